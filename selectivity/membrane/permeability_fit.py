"""Numerics of the permeability ratios: reversal potentials fitted over ln P."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.ghk import ghk_current, slope_conductance
from selectivity.membrane.reversal import ghk_voltage
from selectivity.membrane.solution import VALENCE, Solution

Array = NDArray[np.float64]
_SINGULAR = 1e-7


@dataclass(frozen=True)
class MeasuredReversal:
    """A reversal potential between two solutions.

    ``reversal_V`` in volt (φ_in − φ_out, junction potentials already taken off), ``error_V`` its
    standard error or None; an ion that a solution does not list counts as absent from it.
    """

    inside: Solution
    outside: Solution
    reversal_V: float
    error_V: float | None = None
    name: str = ""


class ReversalProblem(NamedTuple):
    """Arrays over measurements k and permeant ions j, the unknown ones first."""

    z: Array  # (J,)
    c_in: Array  # (K, J)
    c_out: Array
    fixed: Array  # permeabilities of the ions after the unknown ones
    volts: Array  # (K,)
    sigma: Array  # (K,), 1 V each where no errors are stated
    temperature_K: float

    def p(self, ln_p: Array) -> Array:
        """Permeabilities of all ions."""
        return np.concatenate([np.exp(ln_p), self.fixed])

    def voltage(self, ln_p: Array) -> Array:
        """GHK voltage (volt) of each measurement."""
        p = np.broadcast_to(self.p(ln_p)[:, None], self.c_in.T.shape)
        return np.asarray(ghk_voltage(p, self.z, self.c_in.T, self.c_out.T, self.temperature_K))

    def residual(self, ln_p: Array) -> Array:
        """(V_GHK − V)/σ of each measurement."""
        return (self.voltage(ln_p) - self.volts) / self.sigma

    def jacobian(self, ln_p: Array) -> Array:
        """∂residual/∂ln P, shape (K, unknown)."""
        at = (self.voltage(ln_p)[:, None], self.temperature_K)
        ions = (self.p(ln_p), self.z, self.c_in, self.c_out)
        total = np.asarray(slope_conductance(*ions, *at)).sum(axis=1, keepdims=True)
        current = np.asarray(ghk_current(*ions, *at))[:, : ln_p.size]
        return -current / total / self.sigma[:, None]


def reversal_problem(
    measurements: Sequence[MeasuredReversal], wanted: tuple[str, ...], given: Mapping[str, float]
) -> ReversalProblem:
    """Checked arrays of ``measurements``: ``wanted`` ions, then those of ``given`` permeability."""
    if len(measurements) < len(wanted):
        rule = f"are as many as the unknown permeabilities ({', '.join(wanted)})"
        raise InputError("measurements", len(measurements), rule, "state some of them as known")
    warm = {s.temperature_K for m in measurements for s in (m.inside, m.outside)}
    if len(warm) != 1:
        raise InputError("temperature_K", sorted(warm), "is one for all solutions")
    errors = [m.error_V for m in measurements]
    if any(e is None for e in errors) and any(e is not None for e in errors):
        raise InputError("error_V", errors, "is stated for all measurements or for none")
    for e in errors:
        if e is not None:
            checks.positive(e, "error_V")
    ions = (*wanted, *given)
    c = [
        np.array([[s.concentrations_mM.get(i, 0.0) for i in ions] for s in sides])
        for sides in ([m.inside for m in measurements], [m.outside for m in measurements])
    ]
    return ReversalProblem(
        z=np.array([VALENCE[ion] for ion in ions], dtype=float),
        c_in=c[0],
        c_out=c[1],
        fixed=np.array(list(given.values()), dtype=float),
        volts=np.array([checks.scalar(m.reversal_V, "reversal_V") for m in measurements]),
        sigma=np.array([1.0 if e is None else e for e in errors], dtype=float),
        temperature_K=warm.pop(),
    )


def solve_permeabilities(problem: ReversalProblem, wanted: tuple[str, ...]) -> Array:
    """ln P: the currents balance linearly in P, which starts the fit of the potentials."""
    from scipy.optimize import least_squares, nnls

    n = len(wanted)
    at = (problem.volts[:, None], problem.temperature_K)
    current = np.asarray(ghk_current(1.0, problem.z, problem.c_in, problem.c_out, *at))
    scale = np.abs(current).max(axis=1, keepdims=True)
    if not (scale > 0.0).all():
        raise InputError("measurements", int(np.argmin(scale)) + 1, "holds a permeant ion")
    balance = current / scale
    start, _ = nnls(balance[:, :n], -(balance[:, n:] @ problem.fixed))
    for ion, value in zip(wanted, start, strict=True):
        if value <= 0.0:
            rule = "comes out of these reversal potentials as zero or negative"
            remedy = "check the sign of V (inside minus outside) and which side holds which ion"
            raise InputError(f"permeability.{ion}", float(value), rule, remedy)
    begin = np.log(start)
    if not np.isfinite(problem.voltage(begin)).all():
        rule = "has permeant ions on both sides"
        raise InputError("measurements", problem.voltage(begin).tolist(), rule)
    fit = least_squares(
        problem.residual, begin, problem.jacobian, method="lm", xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    return np.asarray(fit.x)


def ln_covariance(jacobian: Array, wanted: tuple[str, ...]) -> Array:
    """(JᵀJ)⁻¹ of the logarithms; refuses ions that the measurements do not tell apart."""
    size = np.linalg.norm(jacobian, axis=0)
    if (size == 0.0).any():
        ion = wanted[int(np.argmin(size))]
        raise InputError(f"permeability.{ion}", None, "is told by at least one measurement")
    scaled = jacobian / size
    if np.linalg.svd(scaled, compute_uv=False)[-1] < _SINGULAR:
        rule = "are told apart by the measurements"
        remedy = "add a measurement with other solutions, or state one as known"
        raise InputError("unknown", list(wanted), rule, remedy)
    inverse = np.linalg.inv(scaled.T @ scaled)
    return np.asarray(inverse / np.outer(size, size))
