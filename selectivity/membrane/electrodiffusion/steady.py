"""Steady electrodiffusion: a constant field, electroneutrality, or Poisson's equation in full.

In a constant field the fluxes follow at once. Otherwise Newton's method starts from the constant
field and follows the solution while the charge of the ions is switched on (pnp) or while the
voltage rises (electroneutral); a step that fails is halved.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.errors import InputError, NotConvergedError
from selectivity.membrane import checks
from selectivity.membrane.electrodiffusion.mesh import even_mesh, graded_mesh, layered_mesh
from selectivity.membrane.electrodiffusion.newton import State, solve
from selectivity.membrane.electrodiffusion.result import SlabCurve, SlabState
from selectivity.membrane.electrodiffusion.scharfetter_gummel import (
    end_to_end_flux,
    log_resistance,
    profile_between,
)
from selectivity.membrane.electrodiffusion.slab import Mode, Reduced, Scale, Slab, reduce_slab
from selectivity.membrane.nernst import log_ratio

Array = NDArray[np.float64]

CELLS = 400
SMALLEST_STRIDE = 1e-4


def slab_state(
    slab: Slab, voltage_V: float | None, mode: Mode = "pnp", cells: int = CELLS
) -> SlabState:
    """Steady state of ``slab`` at a voltage, or in an open circuit.

    Parameters
    ----------
    slab : Slab
    voltage_V : float or None
        V = φ_in − φ_out between the baths; None for no net current.
    mode : {"constant-field", "electroneutral", "pnp"}
        φ straight from face to face; Σ z c + X = 0 everywhere, with Donnan jumps at the faces; or
        Poisson's equation with φ fixed at the faces, whose charged layers then lie in the slab.
    cells : int
        Cells of the mesh, crowded where concentrations change fast.

    Returns
    -------
    SlabState
        Profiles, fluxes and currents; fluxes positive from inside to outside.

    Raises
    ------
    InputError
        See :func:`~selectivity.membrane.electrodiffusion.slab.reduce_slab`; an open circuit in
        which nothing bounds the voltage.
    NotConvergedError
        Newton's method failed.
    """
    reduced, scale = reduce_slab(slab, mode)
    x = mesh_of(slab, reduced, cells)
    if voltage_V is None:
        state = _open_circuit(x, reduced)
        reversal = scale.potential * state.voltage
    else:
        state = _at_voltage(x, reduced, checks.scalar(voltage_V, "voltage_V") / scale.potential)
        reversal = _reversal_V(x, reduced, scale)
    return _describe(slab, mode, x, (reduced, scale), state, reversal)


def slab_currents(
    slab: Slab, voltages_V: ArrayLike, mode: Mode = "pnp", cells: int = CELLS
) -> SlabCurve:
    """Steady currents of ``slab`` at every voltage (V,), with the potential of no net current.

    Raises
    ------
    InputError, NotConvergedError
        As :func:`slab_state`.
    """
    volts = np.atleast_1d(checks.numbers(voltages_V, "voltages_V"))
    if volts.ndim != 1 or volts.size == 0:
        raise InputError("voltages_V", f"shape {volts.shape}", "is a list of voltages")
    reduced, scale = reduce_slab(slab, mode)
    x = mesh_of(slab, reduced, cells)
    current = np.empty((len(slab.ions), volts.size))
    state = None
    for i in np.argsort(volts):
        theta = float(volts[i]) / scale.potential
        state = _at_voltage(x, reduced, theta, state)
        current[:, i] = scale.current * reduced.z * fluxes(x, reduced, state)
    by_ion = dict(zip(slab.ions, current, strict=True))
    return SlabCurve(slab, mode, volts, by_ion, _reversal_V(x, reduced, scale))


def mesh_of(slab: Slab, reduced: Reduced, cells: int) -> Array:
    """Nodes from 0 to 1: crowded at the faces (pnp) or where ions are few (electroneutral)."""
    if reduced.coupling == np.inf:
        return even_mesh(cells)
    if reduced.coupling > 0.0:
        return layered_mesh(cells, slab.debye_length_m() / slab.length_m)
    left, right = (float(reduced.z**2 @ side) for side in (reduced.left, reduced.right))
    return graded_mesh(cells, right / left)


def faces(slab: Reduced, theta: float, x: Array) -> Array:
    """φ straight between its values just inside the two faces."""
    left, right = theta + slab.jump_left, slab.jump_right
    found: Array = left + (right - left) * x
    return found


def in_given_field(x: Array, slab: Reduced, phi: Array, theta: float) -> State:
    """The steady concentrations in a potential that is given."""
    log_c = profile_between(x, slab.z[:, None] * phi, slab.left, slab.right)
    with np.errstate(divide="ignore"):
        log_c[:, 0], log_c[:, -1] = np.log(slab.left), np.log(slab.right)
    return State(log_c, phi, theta)


def fluxes(x: Array, slab: Reduced, state: State) -> Array:
    """Flux of every ion through the slab in the potential of ``state``, reduced, shape (n,)."""
    psi = slab.z[:, None] * state.phi
    return end_to_end_flux(slab.d, psi, log_resistance(x, psi), slab.left, slab.right)


def _describe(
    slab: Slab,
    mode: Mode,
    x: Array,
    units: tuple[Reduced, Scale],
    state: State,
    reversal_V: float,
) -> SlabState:
    """A state in SI units."""
    reduced, scale = units
    flux = scale.flux * fluxes(x, reduced, state)
    return SlabState(
        slab=slab,
        mode=mode,
        voltage_V=scale.potential * state.voltage,
        reversal_V=reversal_V,
        x_m=scale.length * x,
        potential_V=scale.potential * state.phi,
        concentration_mM=dict(zip(slab.ions, scale.concentration * state.c, strict=True)),
        flux_mol_m2_s=dict(zip(slab.ions, flux.tolist(), strict=True)),
    )


def _moving(slab: Reduced) -> Reduced:
    """Only the ions that are on one side at least."""
    there = (slab.left > 0.0) | (slab.right > 0.0)
    return slab._replace(
        z=slab.z[there], d=slab.d[there], left=slab.left[there], right=slab.right[there]
    )


def _completed(slab: Reduced, state: State) -> State:
    """``state`` of the moving ions with those that are nowhere put back."""
    there = (slab.left > 0.0) | (slab.right > 0.0)
    log_c = np.full((there.size, state.phi.size), -np.inf)
    log_c[there] = state.log_c
    return State(log_c, state.phi, state.voltage)


def _at_voltage(x: Array, full: Reduced, theta: float, near: State | None = None) -> State:
    """Steady state at the reduced voltage; ``near`` is one at another voltage."""
    slab = _moving(full)
    straight = in_given_field(x, slab, faces(slab, theta, x), theta)
    if _is_constant_field(slab) or x.size < 3:
        return _completed(full, straight)
    if near is not None:
        there = (full.left > 0.0) | (full.right > 0.0)
        phi = near.phi + (theta - near.voltage) * (1.0 - x)
        log_c = near.log_c[there]
        with_ends = State(log_c, phi, theta)
        try:
            return _completed(full, solve(x, slab, with_ends))
        except NotConvergedError:
            pass
    found = _charged(x, slab, theta) if slab.coupling > 0.0 else _neutral(x, slab, theta)
    return _completed(full, found)


def _charged(x: Array, slab: Reduced, theta: float) -> State:
    """Poisson's equation: Λ² comes down to its value from where the field is nearly constant."""
    start = in_given_field(x, slab, faces(slab, theta, x), theta)
    top = max(0.0, -np.log(slab.coupling))

    def at(s: float, guess: State) -> State:
        return solve(x, slab._replace(coupling=slab.coupling * float(np.exp((1 - s) * top))), guess)

    return _follow(at, at(0.0, start))


def _neutral(x: Array, slab: Reduced, theta: float) -> State:
    """Electroneutrality: the voltage comes up from that of a field that vanishes inside."""
    rest = slab.jump_right - slab.jump_left

    def at(s: float, guess: State) -> State:
        v = rest + s * (theta - rest)
        phi = guess.phi + (v - guess.voltage) * (1.0 - x)
        return solve(x, slab, State(guess.log_c, phi, v))

    mixed = slab.left[:, None] * (1.0 - x) + slab.right[:, None] * x
    with np.errstate(divide="ignore"):
        start = State(np.log(mixed), faces(slab, rest, x), rest)
    return _follow(at, at(0.0, start))


def _follow(at: Callable[[float, State], State], state: State) -> State:
    """Follow the solution from s = 0 to 1; the stride doubles on success and halves on failure."""
    s, stride = 0.0, 1.0
    while s < 1.0:
        target = min(1.0, s + stride)
        try:
            state = at(target, state)
        except NotConvergedError:
            stride *= 0.5
            if stride < SMALLEST_STRIDE:
                raise
            continue
        s, stride = target, 2.0 * stride
    return state


def _is_constant_field(slab: Reduced) -> bool:
    return slab.coupling == np.inf


def _reversal_V(x: Array, slab: Reduced, scale: Scale) -> float:  # noqa: N802
    """Potential of no net current in volt, nan where none stops it."""
    try:
        return scale.potential * _open_circuit(x, slab).voltage
    except InputError:
        return float("nan")


def _open_circuit(x: Array, full: Reduced) -> State:
    """The state of no net current.

    The flux of an ion has the sign of V − E whatever the field inside is, so that the potentials
    of no flux bound the answer.
    """
    from scipy.optimize import brentq

    slab = _moving(full)
    low, high = _bracket(slab)
    found: list[State] = []

    def net(theta: float) -> float:
        state = _at_voltage(x, slab, theta, found[-1] if found else None)
        found.append(state)
        return float(slab.z @ fluxes(x, slab, state))

    if low == high:
        return _completed(full, _at_voltage(x, slab, low))
    theta = float(brentq(net, low, high, xtol=1e-13, rtol=1e-14))
    state = _at_voltage(x, slab, theta, found[-1])
    return _completed(full, state)


def _bracket(slab: Reduced) -> tuple[float, float]:
    """Least and greatest reduced equilibrium potential of the ions, widened where infinite."""
    jump = slab.jump_right - slab.jump_left
    equilibria = np.asarray(log_ratio(slab.right, slab.left)) / slab.z + jump
    finite = equilibria[np.isfinite(equilibria)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    if (equilibria == -np.inf).all() or (equilibria == np.inf).all():
        rule = "bound the voltage of an open circuit from both sides"
        remedy = "every ion that crosses is missing on the same side"
        raise InputError("inside, outside", equilibria.tolist(), rule, remedy)
    reach = 60.0
    if (equilibria == -np.inf).any():
        low = low - reach
    if (equilibria == np.inf).any():
        high = high + reach
    return float(low), float(high)
