"""Electrodiffusion in time: implicit Euler steps on the finite volumes of the steady solver.

Each step solves the equations at its end, so that its length is bound by accuracy alone. In a
given field the matrix of a step is an M-matrix that is dominated by its columns: elimination
changes no sign and no concentration becomes negative. With Poisson's equation or electroneutrality
the same linear step starts Newton's method in ln c. What leaves a cell enters its neighbour, so
that the content follows from the fluxes through the faces up to rounding.

Implicit Euler is of first order: the error in time is about half a step times the rate of change.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.electrodiffusion.mesh import volumes
from selectivity.membrane.electrodiffusion.newton import State, Step, solve
from selectivity.membrane.electrodiffusion.result import SlabRun
from selectivity.membrane.electrodiffusion.scharfetter_gummel import cell_flux
from selectivity.membrane.electrodiffusion.slab import Mode, Reduced, Scale, Slab, reduce_slab
from selectivity.membrane.electrodiffusion.steady import faces, mesh_of
from selectivity.membrane.ghk import bernoulli

Array = NDArray[np.float64]
Start = Literal["inside", "outside", "straight"]
Faces = Literal["baths", "closed"]

CELLS = 200
STEPS = 400
FIRST_STEP = 1e-4
"""First time step over the duration; from it the steps grow geometrically."""
SMALLEST = 1e-290
"""Concentration (over the largest at a face) from which Newton's method may start."""
SETTLED = 20.0
"""Duration without one stated, in units of L²/(π² D) of the slowest ion: e⁻²⁰ is 2e-9."""


def slab_run(
    slab: Slab,
    voltage_V: float,
    mode: Mode = "pnp",
    start: Start = "straight",
    duration_s: float | None = None,
    faces: Faces = "baths",
    cells: int = CELLS,
    steps: int = STEPS,
) -> SlabRun:
    """Follow the ions of ``slab`` in time at a fixed voltage.

    Parameters
    ----------
    slab : Slab
    voltage_V : float
        V = φ_in − φ_out, switched on at t = 0 and kept.
    mode : {"constant-field", "electroneutral", "pnp"}
        As :func:`~selectivity.membrane.electrodiffusion.steady.slab_state`.
    start : {"straight", "inside", "outside"}
        Concentrations at t = 0: straight between the faces, or the slab filled with what stands
        just inside one of the faces.
    duration_s : float, optional
        Time to follow; without it 20 L²/(π² D) of the slowest ion, where diffusion has settled.
    faces : {"baths", "closed"}
        Whether the faces are held at the baths' concentrations or let nothing through;
        electroneutrality needs baths.
    cells, steps : int
        Cells of the mesh and time steps, which grow geometrically from 1e-4 of the duration.

    Raises
    ------
    InputError
        An unknown word or a number outside its range.
    NotConvergedError
        Newton's method failed at a step.
    """
    _one_of(start, get_args(Start), "start")
    _one_of(faces, get_args(Faces), "faces")
    if faces == "closed" and mode == "electroneutral":
        rule = "has baths at its faces where it is electroneutral"
        raise InputError("faces", faces, rule, "use pnp or constant-field")
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise InputError("steps", steps, "is a whole number above zero")
    reduced, scale = reduce_slab(slab, mode)
    theta = checks.scalar(voltage_V, "voltage_V") / scale.potential
    x = mesh_of(slab, reduced, cells)
    if x.size < 4:
        raise InputError("cells", cells, "is at least three in a run in time")
    duration = _duration(duration_s, reduced, scale)
    run = _Run(x, reduced, faces == "closed")
    run.begin(_start(start, reduced, x), theta)
    for dt in _steps(duration, steps):
        run.advance(float(dt))
    return _describe(slab, mode, scale, run, faces)


def _one_of(value: str, allowed: tuple[str, ...], place: str) -> None:
    if value not in allowed:
        raise InputError(place, value, "is one of " + ", ".join(allowed))


def _duration(duration_s: float | None, slab: Reduced, scale: Scale) -> float:
    """Duration in reduced units."""
    if duration_s is None:
        return SETTLED / (np.pi**2 * float(slab.d.min()))
    return checks.positive(duration_s, "duration_s") / scale.time


def _steps(duration: float, steps: int) -> Array:
    """Geometrically growing steps that add up to ``duration``, the first 1e-4 of it or more."""
    from scipy.optimize import brentq

    if steps * FIRST_STEP >= 1.0 or steps == 1:
        return np.full(steps, duration / steps)
    k = np.arange(steps)
    most = FIRST_STEP ** (-1.0 / (steps - 1))  # the last step alone would fill the duration
    growth = brentq(lambda q: FIRST_STEP * float((q**k).sum()) - 1.0, 1.0, most)
    sizes: Array = growth**k
    return duration * sizes / sizes.sum()


def _start(start: str, slab: Reduced, x: Array) -> Array:
    left, right = slab.left[:, None], slab.right[:, None]
    c = {"inside": left + 0.0 * x, "outside": right + 0.0 * x}.get(start)
    c = left * (1.0 - x) + right * x if c is None else c
    c[:, 0], c[:, -1] = slab.left, slab.right
    return c


class _Moment(NamedTuple):
    time: float
    c: Array
    phi: Array
    entered: Array
    left: Array
    flux_in: Array
    flux_out: Array


@dataclass
class _Run:
    """The states of one run, in reduced units."""

    x: Array
    slab: Reduced
    closed: bool
    theta: float = 0.0
    moments: list[_Moment] = field(default_factory=list)

    def begin(self, c: Array, theta: float) -> None:
        """The state at t = 0, its potential that of its charge."""
        self.theta = theta
        nothing = np.zeros(self.slab.z.size)
        phi = self._potential(c, theta)
        flux = self._fluxes(c, phi)
        self.moments.append(_Moment(0.0, c, phi, nothing, nothing, flux[:, 0], flux[:, -1]))

    def advance(self, dt: float) -> None:
        """One implicit step."""
        last = self.moments[-1]
        c = linear_step(self.x, self.slab, last.c, last.phi, 1.0 / dt, self.closed)
        phi = last.phi
        if self.slab.coupling != np.inf:
            c, phi = self._coupled(c, last, dt)
        flux = self._fluxes(c, phi)
        came, went = (0.0 * flux[:, 0],) * 2 if self.closed else (flux[:, 0], flux[:, -1])
        self.moments.append(
            _Moment(
                last.time + dt,
                c,
                phi,
                last.entered + dt * came,
                last.left + dt * went,
                came,
                went,
            )
        )

    def _fluxes(self, c: Array, phi: Array) -> Array:
        z, d = self.slab.z[:, None], self.slab.d[:, None]
        return cell_flux(d, np.diff(self.x), z * np.diff(phi), c)

    def _potential(self, c: Array, theta: float) -> Array:
        """φ of Poisson's equation for the charge of ``c``; straight where there is none to ask."""
        from scipy.linalg import solve_banded

        straight = faces(self.slab, theta, self.x)
        if not 0.0 < self.slab.coupling < np.inf:
            return straight
        h, vol = np.diff(self.x), volumes(self.x)[1:-1]
        charge = (self.slab.z @ c + self.slab.fixed)[1:-1]
        bands = np.zeros((3, h.size - 1))
        bands[0, 1:], bands[2, :-1] = 1.0 / h[1:-1], 1.0 / h[1:-1]
        bands[1] = -1.0 / h[:-1] - 1.0 / h[1:]
        phi = straight.copy()
        phi[1:-1] += solve_banded((1, 1), bands, -vol * charge / self.slab.coupling)
        return phi

    def _coupled(self, c: Array, last: _Moment, dt: float) -> tuple[Array, Array]:
        there = c[:, 1:-1].max(axis=1) > 0.0
        s = self.slab
        part = s._replace(z=s.z[there], d=s.d[there], left=s.left[there], right=s.right[there])
        log_c = np.log(np.maximum(c[there], SMALLEST))
        with np.errstate(divide="ignore"):
            if not self.closed:
                log_c[:, 0], log_c[:, -1] = np.log(part.left), np.log(part.right)
        step = Step(last.c[there], 1.0 / dt, self.closed)
        state = solve(self.x, part, State(log_c, last.phi, self.theta), step)
        found = np.zeros_like(c)
        found[there] = state.c
        return found, state.phi


def linear_step(
    x: Array, slab: Reduced, old: Array, phi: Array, rate: float, closed: bool
) -> Array:
    """One implicit step of every ion in a given potential, shape (n, N + 1); never negative.

    The faces keep their concentrations, or with ``closed`` let nothing through. The solution is
    corrected once by its own residual, so that the content closes to rounding.
    """
    d, h, vol = slab.d[:, None], np.diff(x), volumes(x)
    w = slab.z[:, None] * np.diff(phi)
    part = slice(None) if closed else slice(1, -1)
    found = old.copy()
    if closed:
        source = vol * rate * old
    else:
        found[:, part] = 0.0  # the faces alone: what they send to their neighbours
        source = vol * rate * old + _inflow(cell_flux(d, h, w, found))
    for i in range(slab.z.size):
        found[i, part] = _solve_ion(slab.d[i] / h, w[i], vol * rate, source[i], part)
    gap = vol * rate * (old - found) + _inflow(cell_flux(d, h, w, found))
    for i in range(slab.z.size):
        better = found[i, part] + _solve_ion(slab.d[i] / h, w[i], vol * rate, gap[i], part)
        found[i, part] = np.where(better >= 0.0, better, found[i, part])
    return found


def _inflow(flux: Array) -> Array:
    """What the cells beside a node bring to it, shape (n, N + 1)."""
    nothing = np.zeros((flux.shape[0], 1))
    return np.hstack([nothing, flux]) - np.hstack([flux, nothing])


def _solve_ion(g: Array, w: Array, storage: Array, source: Array, part: slice) -> Array:
    """Storage times c plus outflow equals ``source``, at the nodes of ``part``."""
    from scipy.linalg import solve_banded

    down, up = g * bernoulli(w), g * bernoulli(-w)  # J = down c_k − up c_k+1
    own = storage.copy()
    own[:-1] += down
    own[1:] += up
    size = own[part].size
    bands = np.zeros((3, size))
    inner = slice(None) if size == own.size else slice(1, -1)
    bands[0, 1:], bands[1], bands[2, :-1] = -up[inner], own[part], -down[inner]
    found: Array = solve_banded((1, 1), bands, source[part])
    return found


def _describe(slab: Slab, mode: Mode, scale: Scale, run: _Run, faces: Faces) -> SlabRun:
    def by_ion(rows: list[Array], unit: float) -> dict[str, Array]:
        stacked = unit * np.array(rows)
        return {ion: stacked[:, i] for i, ion in enumerate(slab.ions)}

    moments, vol = run.moments, volumes(run.x)
    inner = slice(None) if run.closed else slice(1, -1)
    amount = scale.concentration * scale.length
    came = by_ion([m.flux_in for m in moments], scale.flux)
    went = by_ion([m.flux_out for m in moments], scale.flux)
    return SlabRun(
        slab=slab,
        mode=mode,
        faces=faces,
        voltage_V=scale.potential * run.theta,
        time_s=scale.time * np.array([m.time for m in moments]),
        x_m=scale.length * run.x,
        potential_V=scale.potential * np.array([m.phi for m in moments]),
        concentration_mM=by_ion([m.c for m in moments], scale.concentration),
        content_mol_m2=by_ion([m.c[:, inner] @ vol[inner] for m in moments], amount),
        entered_mol_m2=by_ion([m.entered for m in moments], amount),
        left_mol_m2=by_ion([m.left for m in moments], amount),
        flux_mol_m2_s={ion: (came[ion], went[ion]) for ion in slab.ions},
        steps=len(moments) - 1,
    )
