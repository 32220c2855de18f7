"""Permeability ratios from measured reversal potentials: the inverse of the GHK voltage.

With one unknown permeability the GHK balance at the measured reversal V gives it at once,

    P_X = −Σ_known P_j i_j(V) / i_X(V),

i the current per permeability; for K inside and a monovalent X outside this is
P_X/P_K = (K_in/X_out) e^(FV/RT). An error σ of V becomes σ(ln P_X) = (Σ G / |P_X i_X|) σ, with
G the slope conductances: exactly (F/RT) σ in the bi-ionic case. It is the logarithm that has a
symmetric interval.

Several measurements are fitted together: least squares of (V_GHK − V)/σ over ln P, the covariance
from the derivatives ∂V/∂ln P_j = −P_j i_j/Σ G. Without stated errors their size comes from the
scatter, where there are more measurements than unknowns.

Source: Hille 2001, Ion Channels of Excitable Membranes, ch. 14.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.permeability_fit import (
    MeasuredReversal,
    ln_covariance,
    reversal_problem,
    solve_permeabilities,
)
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import VALENCE, ion_symbol
from selectivity.membrane.text import aligned, fixed, kelvin
from selectivity.records import Estimate, Interval

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
_POOR_FIT = 2.0


@dataclass(frozen=True)
class RatioEstimate:
    """P_X over P of the reference: value, log-normal 95 % interval, standard error of ln."""

    value: float
    low: float
    high: float
    ln_error: float


@dataclass(frozen=True, eq=False)
class PermeabilityRatios(Result):
    """Permeabilities relative to ``reference`` with intervals (nan where no error can be told).

    ``ln_covariance`` in the order of ``ratios``; ``fitted_mV`` and ``residual_mV`` of each
    measurement; ``chi2_per_dof`` nan without stated errors or spare measurements.
    """

    reference: str
    ratios: Mapping[str, RatioEstimate]
    known: Mapping[str, float]
    impermeant: tuple[str, ...]
    measurements: tuple[MeasuredReversal, ...]
    fitted_mV: Array
    ln_covariance: Array
    dof: int
    chi2_per_dof: float
    temperature_K: float
    warnings: tuple[str, ...] = ()

    @property
    def residual_mV(self) -> Array:  # noqa: N802
        """Measured less fitted reversal potentials."""
        return 1000.0 * np.array([m.reversal_V for m in self.measurements]) - self.fitted_mV

    def columns(self) -> Columns:
        """One row an ion: P_X/P_ref with its interval, and the inverse."""
        values = list(self.ratios.values())
        names = {"value": "ratio", "low": "ratio_low", "high": "ratio_high", "ln_error": "ln_error"}
        return {
            "ion": list(self.ratios),
            "reference": [self.reference] * len(values),
            **{name: [getattr(v, key) for v in values] for key, name in names.items()},
            "inverse": [1.0 / v.value for v in values],
        }

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        return {
            "reference": self.reference,
            "temperature_K": self.temperature_K,
            "ratios": {
                ion: {
                    "value": r.value,
                    "interval_95": [r.low, r.high],
                    "ln_error": r.ln_error,
                    "inverse": {"value": 1.0 / r.value, "interval_95": _inverse(r)},
                }
                for ion, r in self.ratios.items()
            },
            "ln_covariance": self.ln_covariance,
            "known": dict(self.known),
            "impermeant": list(self.impermeant),
            "measurements": [
                {
                    "name": m.name,
                    "inside_mM": dict(m.inside.concentrations_mM),
                    "outside_mM": dict(m.outside.concentrations_mM),
                    "reversal_mV": 1000.0 * m.reversal_V,
                    "error_mV": None if m.error_V is None else 1000.0 * m.error_V,
                    "fitted_mV": fit,
                }
                for m, fit in zip(self.measurements, self.fitted_mV.tolist(), strict=True)
            ],
            "dof": self.dof,
            "chi2_per_dof": self.chi2_per_dof,
            "warnings": list(self.warnings),
        }

    def lines(self) -> list[str]:
        """Ratios with intervals, what was assumed, and each measurement beside its fit."""
        ref = self.reference
        said = [f"permeability ratios at {kelvin(self.temperature_K)}, 95 % intervals of ln P"]
        rows = []
        for ion, r in self.ratios.items():
            low, high = _inverse(r)
            rows.append((f"P_{ion}/P_{ref}", f"{r.value:.5g}", *map(_end, (r.low, r.high))))
            rows.append((f"P_{ref}/P_{ion}", f"{1.0 / r.value:.5g}", *map(_end, (low, high))))
        said += aligned(("ratio", "value", "low", "high"), rows)
        if self.known:
            text = ", ".join(f"P_{ion} = {p:g} P_{ref}" for ion, p in self.known.items())
            said.append(f"taken as known: {text}")
        if self.impermeant:
            said.append("taken as impermeant: " + ", ".join(self.impermeant))
        table = [
            (
                m.name or str(i),
                fixed(1000.0 * m.reversal_V),
                "-" if m.error_V is None else fixed(1000.0 * m.error_V),
                fixed(fit),
                fixed(1000.0 * m.reversal_V - fit),
            )
            for i, (m, fit) in enumerate(zip(self.measurements, self.fitted_mV, strict=True), 1)
        ]
        header = ("measurement", "V mV", "error", "fitted", "residual")
        said += ["", *aligned(header, table)]
        if math.isfinite(self.chi2_per_dof):
            said.append(f"χ² per degree of freedom: {self.chi2_per_dof:.3g} ({self.dof})")
        return said + [f"warning: {line}" for line in self.warnings]

    def draw(self, figure: Figure) -> None:
        """The ratios on a logarithmic axis with their intervals."""
        from selectivity.plotting import open_frame, tidy

        ax, labels = figure.add_subplot(), []
        ax.axvline(1.0, color="0.7", lw=0.8)
        for at, (ion, r) in enumerate(self.ratios.items()):
            if math.isfinite(r.low) and math.isfinite(r.high):
                ax.plot([r.low, r.high], [at, at], color="black", lw=1.4)
            ax.plot(r.value, at, "o", color="white", mec="black", ms=6, zorder=5)
            note = f"{r.value:.3g}"
            if math.isfinite(r.low) and math.isfinite(r.high):
                note += f" ({r.low:.3g} to {r.high:.3g})"
            labels.append(f"P({ion})/P({self.reference})\n{note}")
        ax.set_xscale("log")
        ends = [x for r in self.ratios.values() for x in (r.value, r.low, r.high)]
        ends = [x for x in (*ends, 1.0) if math.isfinite(x) and x > 0.0]
        ax.set_xlim(min(ends) / 3.0, max(ends) * 3.0)
        ax.set_ylim(len(labels) - 0.3, -0.7)
        ax.set_yticks(range(len(labels)), labels)
        tidy(ax, f"{self.temperature_K:g} K", f"permeability relative to {self.reference}")
        open_frame(ax)


def _inverse(r: RatioEstimate) -> list[float]:
    return [1.0 / r.high if r.high > 0.0 else math.inf, 1.0 / r.low if r.low > 0.0 else math.inf]


def _end(value: float) -> str:
    return "-" if math.isnan(value) else "unbounded" if math.isinf(value) else f"{value:.4g}"


def permeability_ratios(
    measurements: Sequence[MeasuredReversal],
    reference: str = "K",
    unknown: Sequence[str] | None = None,
    known: Mapping[str, float] | None = None,
) -> PermeabilityRatios:
    """Permeabilities relative to ``reference`` from reversal potentials (module docstring).

    Parameters
    ----------
    measurements : sequence of MeasuredReversal
        At one temperature; standard errors for all or for none.
    reference : str
        The ion whose permeability is 1.
    unknown : sequence of str, optional
        Ions whose permeability is wanted; without it every other cation that occurs.
    known : mapping of str to float, optional
        Relative permeabilities of further ions. Ions in neither list are impermeant, and the
        result names them.

    Raises
    ------
    InputError
        Fewer measurements than unknowns, an unknown that no measurement tells of, a reversal that
        no positive permeability gives, errors for some only, or two temperatures.
    """
    ref = ion_symbol(reference, "reference")
    fixed_p = {ion_symbol(ion, "known"): value for ion, value in (known or {}).items()}
    for ion, value in fixed_p.items():
        checks.nonnegative(value, f"known.{ion}")
    present = _present(measurements)
    wanted = _wanted(present, ref, unknown, fixed_p)
    problem = reversal_problem(measurements, wanted, {ref: 1.0, **fixed_p})
    ln_p = solve_permeabilities(problem, wanted)
    stated = measurements[0].error_V is not None
    dof = len(measurements) - len(wanted)
    chi2 = float(np.sum(problem.residual(ln_p) ** 2))
    covariance = ln_covariance(problem.jacobian(ln_p), wanted)
    if not stated:
        covariance = covariance * (chi2 / dof if dof > 0 else math.nan)
    per_dof = chi2 / dof if stated and dof > 0 else math.nan
    ratios = {
        ion: _estimate(ln, math.sqrt(variance), math.inf if stated else dof)
        for ion, ln, variance in zip(wanted, ln_p, np.diag(covariance), strict=True)
    }
    return PermeabilityRatios(
        reference=ref,
        ratios=ratios,
        known=fixed_p,
        impermeant=tuple(ion for ion in present if ion not in {ref, *wanted, *fixed_p}),
        measurements=tuple(measurements),
        fitted_mV=1000.0 * problem.voltage(ln_p),
        ln_covariance=covariance,
        dof=dof,
        chi2_per_dof=per_dof,
        temperature_K=problem.temperature_K,
        warnings=_warnings(per_dof, stated, dof),
    )


def _present(measurements: Sequence[MeasuredReversal]) -> tuple[str, ...]:
    if not measurements:
        raise InputError("measurements", [], "holds at least one reversal potential")
    listed: dict[str, None] = {}
    for m in measurements:
        for side in (m.inside, m.outside):
            listed |= dict.fromkeys(ion for ion in side if side[ion] > 0.0)
    return tuple(listed)


def _wanted(
    present: tuple[str, ...], ref: str, unknown: Sequence[str] | None, known: Mapping[str, float]
) -> tuple[str, ...]:
    if ref not in present:
        remedy = "choose a reference that the solutions hold"
        raise InputError("reference", ref, "occurs in a solution", remedy)
    if unknown is None:
        wanted = tuple(i for i in present if VALENCE[i] > 0 and i != ref and i not in known)
    else:
        wanted = tuple(dict.fromkeys(ion_symbol(ion, "unknown") for ion in unknown))
    if not wanted:
        raise InputError("unknown", [], "names at least one ion beside the reference")
    for ion in wanted:
        if ion == ref or ion in known:
            raise InputError("unknown", ion, "is neither the reference nor known")
        if ion not in present:
            raise InputError("unknown", ion, "occurs in a solution")
    return wanted


def _estimate(ln: float, error: float, dof: float) -> RatioEstimate:
    if not math.isfinite(error):
        return RatioEstimate(math.exp(ln), math.nan, math.nan, math.nan)
    interval = Interval.from_log(Estimate(float(ln), error, dof))
    return RatioEstimate(interval.value, interval.low, interval.high, error)


def _warnings(per_dof: float, stated: bool, dof: int) -> tuple[str, ...]:
    if not stated and dof == 0:
        return ("no errors are stated and no measurement is to spare: the ratios have no interval",)
    if per_dof > _POOR_FIT:
        return (
            f"χ² per degree of freedom is {per_dof:.2g}: the errors are too small, or GHK with "
            "one set of permeabilities does not describe these measurements",
        )
    return ()
