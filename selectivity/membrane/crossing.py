"""The reversal potential of a measured current-voltage curve, with the error that the fit implies.

A polynomial I(V) is fitted by least squares, weighted with the errors of the currents where there
are any. Unless its order is given it is one more than that of the least AICc (at most 5): what the
latter leaves out shifts the zero by a good part of its error. The reversal V₀ is the one zero
inside the measured voltages. With C the covariance of the coefficients and g = ∂I/∂(coefficients)
at V₀,

    σ(V₀) = √(gᵀ C g) / |I′(V₀)|,

and the 95 % interval is Fieller's: every V at which I(V) is not told from zero, |I(V)| ≤ t σ_I(V).
Without errors of the currents C comes from the scatter about the fit, and t has its degrees of
freedom.

Sources: Fieller 1954, J R Stat Soc B 16:175; Hurvich & Tsai 1989, Biometrika 76:297.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from selectivity.errors import InputError
from selectivity.membrane.iv import IVCurve
from selectivity.membrane.measured import CONDUCTANCE, MeasuredIV
from selectivity.membrane.polynomial import (
    PolynomialFit,
    fit_polynomial,
    zero_error,
    zeros_inside,
)
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned, fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
MAX_ORDER = 5
_POOR_FIT = 2.0


class OrderFit(NamedTuple):
    """One polynomial: its order, AICc, zero (mV; nan without a single one) and standard error."""

    order: int
    aicc: float
    reversal_mV: float
    error_mV: float


@dataclass(frozen=True, eq=False)
class Reversal(Result):
    """Where a measured current changes its sign.

    ``error_mV`` is one standard error, ``low_mV`` to ``high_mV`` the 95 % interval (infinite
    where the slope is not told from zero); nan without spare points. ``interpolated_mV`` joins the
    two neighbouring points. ``slope`` is dI/dV at the reversal in ``slope_unit``;
    ``chi2_per_dof`` is nan where the file has no errors. ``by_order`` shows how the zero depends on
    the order. ``model`` is the curve of a given membrane, ``scale`` what brings it to the data.
    """

    measured: MeasuredIV
    order: int
    reversal_mV: float
    error_mV: float
    low_mV: float
    high_mV: float
    interpolated_mV: float
    slope: float
    slope_unit: str
    points: int
    dof: int
    chi2_per_dof: float
    by_order: tuple[OrderFit, ...]
    fitted: Array
    warnings: tuple[str, ...] = ()
    model: IVCurve | None = None
    scale: float = math.nan

    def columns(self) -> Columns:
        """The points with the fitted current; in the unit ``measured.unit``."""
        unit = self.measured.unit.replace("²", "2").replace("/", "_per_")
        table = {"v_mV": self.measured.v_mV, f"i_{unit}": self.measured.current}
        if self.measured.error is not None:
            table[f"i_error_{unit}"] = self.measured.error
        return {**table, f"i_fit_{unit}": self.fitted}

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        record: dict[str, Any] = {
            "file": self.measured.source,
            "current_unit": self.measured.unit,
            "reversal_mV": self.reversal_mV,
            "error_mV": self.error_mV,
            "interval_95_mV": [self.low_mV, self.high_mV],
            "interpolated_mV": self.interpolated_mV,
            "slope_conductance": self.slope,
            "slope_unit": self.slope_unit,
            "order": self.order,
            "points": self.points,
            "dof": self.dof,
            "chi2_per_dof": self.chi2_per_dof,
            "by_order": [fit._asdict() for fit in self.by_order],
            "warnings": list(self.warnings),
            **self.columns(),
        }
        if self.model is not None:
            membrane = self.model.membrane
            record["model"] = {
                "membrane": membrane.name,
                "temperature_K": membrane.temperature_K,
                "reversal_mV": self.model.reversal_mV,
                "scale": self.scale,
            }
        return record

    def lines(self) -> list[str]:
        """The reversal with its error, its dependence on the order, and what the model says."""
        error = f"± {self.error_mV:.3g} mV (one standard error)"
        said = [
            f"measured: {self.measured.source}, {self.points} points, current in "
            f"{self.measured.unit}",
            f"reversal: {self.reversal_mV:.3f} mV "
            + (error if math.isfinite(self.error_mV) else "(no spare points: no error)"),
            f"95 % interval: {fixed(self.low_mV, 3)} to {fixed(self.high_mV, 3)} mV",
            f"between the two neighbouring points: {self.interpolated_mV:.3f} mV",
            f"slope conductance there: {self.slope:.4g} {self.slope_unit}",
        ]
        if math.isfinite(self.chi2_per_dof):
            said.append(f"χ² per degree of freedom: {self.chi2_per_dof:.3g} ({self.dof})")
        rows = [
            (
                f"{fit.order}" + (" (taken)" if fit.order == self.order else ""),
                fixed(fit.aicc),
                fixed(fit.reversal_mV, 3),
                fixed(fit.error_mV, 3),
            )
            for fit in self.by_order
        ]
        said += ["", *aligned(("order of I(V)", "AICc", "reversal mV", "error mV"), rows)]
        said.append("without a given order: one above the least AICc, as far as the points allow")
        if self.model is not None:
            gap = self.reversal_mV - self.model.reversal_mV
            errors = gap / self.error_mV if self.error_mV > 0.0 else math.nan
            said.append(
                f"GHK of {self.model.membrane.name}: {fixed(self.model.reversal_mV, 3)} mV; "
                f"measured less this {fixed(gap, 3)} mV = {fixed(errors, 1)} standard errors"
            )
        return said + [f"warning: {line}" for line in self.warnings]

    def draw(self, figure: Figure) -> None:
        """Points, fit, the reversal with its interval; the GHK curve where a membrane is given."""
        from selectivity.plotting import GREY, legend, open_frame, tidy

        ax, data = figure.add_subplot(), self.measured
        ax.axhline(0.0, color="0.7", lw=0.8)
        if math.isfinite(self.low_mV) and math.isfinite(self.high_mV):
            ax.axvspan(self.low_mV, self.high_mV, color="0.85", label="95 % interval")
        ax.errorbar(
            data.v_mV, data.current, data.error, fmt="o", color=GREY, ms=4, label="measured"
        )
        sort = np.argsort(data.v_mV)
        v = np.linspace(data.v_mV.min(), data.v_mV.max(), 201)
        curve = Polynomial.fit(data.v_mV[sort], self.fitted[sort], self.order)
        ax.plot(v, curve(v), color="black", lw=1.4, label=f"fit of order {self.order}")
        if self.model is not None:
            near = (self.model.v_mV >= v[0]) & (self.model.v_mV <= v[-1])
            net = self.scale * self.model.net_A_m2[near]
            label = f"GHK of {self.model.membrane.name}, scaled"
            ax.plot(self.model.v_mV[near], net, color="black", ls="--", lw=1.1, label=label)
        label = f"reversal {self.reversal_mV:.2f} mV"
        if math.isfinite(self.error_mV):
            label += f" ± {self.error_mV:.2g} mV"
        ax.plot(self.reversal_mV, 0.0, "o", color="white", mec="black", ms=6, zorder=5, label=label)
        tidy(ax, "", "V (mV)", f"current ({data.unit})")
        open_frame(ax)
        legend(ax)


def reversal_of(
    measured: MeasuredIV,
    order: int | None = None,
    between_V: tuple[float, float] | None = None,
    model: IVCurve | None = None,
) -> Reversal:
    """Reversal potential of a measured curve (module docstring).

    Parameters
    ----------
    measured : MeasuredIV
        From :func:`selectivity.membrane.read_iv` or made from arrays; two or more voltages.
    order : int, optional
        Of the polynomial, 1 to 5; without it the AICc decides (module docstring).
    between_V : (float, float), optional
        Only points between these two potentials (volt) enter.
    model : IVCurve, optional
        Curve of a membrane at the measured potentials or others, to be compared.

    Raises
    ------
    InputError
        Too few points for the order, no change of sign, or several zeros of the fit among the
        measured voltages (the message lists them: choose one with ``between_V``).
    """
    measured = _between(measured, between_V)
    distinct = _checked(measured, order)
    v = measured.v_mV
    centre, half = 0.5 * (v.max() + v.min()), 0.5 * float(np.ptp(v))
    x = (v - centre) / half
    # AICc needs two points more than coefficients and the scatter
    highest = max(1, min(MAX_ORDER, distinct - 1, v.size - 4))
    fits = {n: fit_polynomial(x, measured, n) for n in sorted({*range(1, highest + 1), order or 1})}
    best = min(range(1, highest + 1), key=lambda n: fits[n].aicc)
    taken = order or min(best + 1, highest)
    fit = fits[taken]
    zero = _one_zero(fit, taken, centre, half)
    slope = float(Polynomial(fit.coefficients).deriv()(zero)) / half
    error, low, high = zero_error(fit, zero, measured, v.size - taken - 1)
    unit, factor = CONDUCTANCE[measured.unit]
    found = Reversal(
        measured=measured,
        order=taken,
        reversal_mV=centre + half * zero,
        error_mV=half * error,
        low_mV=centre + half * low,
        high_mV=centre + half * high,
        interpolated_mV=_interpolated(measured, centre + half * zero),
        slope=factor * slope,
        slope_unit=unit,
        points=v.size,
        dof=v.size - taken - 1,
        chi2_per_dof=_chi2(fit, measured, v.size - taken - 1),
        by_order=tuple(_by_order(n, f, measured, (centre, half)) for n, f in fits.items()),
        fitted=Polynomial(fit.coefficients)(x),
        model=model,
        scale=_scale(measured, model),
    )
    return replace(found, warnings=_warnings(found))


def _checked(measured: MeasuredIV, order: int | None) -> int:
    """Number of different potentials, after what a reversal needs."""
    current, distinct = measured.current, np.unique(measured.v_mV).size
    if distinct < 2:
        raise InputError("v_mV", measured.v_mV.tolist(), "holds two or more different potentials")
    if not ((current < 0.0).any() and (current > 0.0).any()):
        rule = "changes its sign between the voltages"
        remedy = "measure on both sides of the reversal: an extrapolation is not offered"
        raise InputError("current", [float(current.min()), float(current.max())], rule, remedy)
    if order is not None and not 1 <= order <= min(MAX_ORDER, distinct - 1):
        rule = f"lies between 1 and {min(MAX_ORDER, distinct - 1)} for {distinct} potentials"
        raise InputError("order", order, rule)
    return int(distinct)


def _between(measured: MeasuredIV, ends_V: tuple[float, float] | None) -> MeasuredIV:
    if ends_V is None:
        return measured
    low, high = (1000.0 * end for end in ends_V)
    if not low < high:
        raise InputError("between_V", ends_V, "is a lower and a higher potential")
    keep = (measured.v_mV >= low) & (measured.v_mV <= high)
    if not keep.any():
        rule = f"holds points: the voltages run from {measured.v_mV.min():g} to "
        raise InputError("between_V", ends_V, rule + f"{measured.v_mV.max():g} mV")
    error = None if measured.error is None else measured.error[keep]
    return MeasuredIV(
        measured.v_mV[keep], measured.current[keep], error, measured.unit, measured.source
    )


def _one_zero(fit: PolynomialFit, order: int, centre: float, half: float) -> float:
    zeros = zeros_inside(fit.coefficients)
    if len(zeros) != 1:
        rule = f"the fit of order {order} crosses zero once between the measured voltages"
        found = [round(centre + half * zero, 3) for zero in zeros]
        raise InputError("reversal_mV", found, rule, "choose the points (between), or the order")
    return zeros[0]


def _interpolated(measured: MeasuredIV, near: float) -> float:
    """Zero of the line between neighbouring points (repeats averaged), the one next to ``near``."""
    v, which = np.unique(measured.v_mV, return_inverse=True)
    mean = np.bincount(which, measured.current) / np.bincount(which)
    if (mean == 0.0).any():
        return float(min(v[mean == 0.0], key=lambda at: abs(at - near)))
    left = np.flatnonzero(np.sign(mean[:-1]) != np.sign(mean[1:]))
    if left.size == 0:
        return math.nan
    zeros = v[left] - mean[left] * (v[left + 1] - v[left]) / (mean[left + 1] - mean[left])
    return float(min(zeros, key=lambda at: abs(at - near)))


def _by_order(
    n: int, fit: PolynomialFit, measured: MeasuredIV, scale: tuple[float, float]
) -> OrderFit:
    zeros = zeros_inside(fit.coefficients)
    if len(zeros) != 1:
        return OrderFit(n, fit.aicc, math.nan, math.nan)
    error = zero_error(fit, zeros[0], measured, max(1, measured.v_mV.size - n - 1))[0]
    return OrderFit(n, fit.aicc, scale[0] + scale[1] * zeros[0], scale[1] * error)


def _chi2(fit: PolynomialFit, measured: MeasuredIV, dof: int) -> float:
    return fit.chi2 / dof if measured.error is not None and dof > 0 else math.nan


def _scale(measured: MeasuredIV, model: IVCurve | None) -> float:
    """Factor that brings the model's net current to the measured one, by least squares."""
    if model is None:
        return math.nan
    outside = {"left": 0.0, "right": 0.0}  # points beyond the model's curve do not count
    net = np.interp(measured.v_mV, model.v_mV, model.net_A_m2, **outside)
    weight = np.ones(net.size) if measured.error is None else measured.error**-2.0
    size = float((weight * net) @ net)
    return float((weight * net) @ measured.current) / size if size > 0.0 else math.nan


def _warnings(found: Reversal) -> tuple[str, ...]:
    said = []
    if found.chi2_per_dof > _POOR_FIT:
        said.append(
            f"χ² per degree of freedom is {found.chi2_per_dof:.2g}: the errors of the currents "
            "are too small, or a higher order is needed"
        )
    others = [fit for fit in found.by_order if abs(fit.order - found.order) == 1]
    moved = [abs(fit.reversal_mV - found.reversal_mV) for fit in others]
    if found.error_mV > 0.0 and any(gap > 2.0 * found.error_mV for gap in moved):
        said.append("the reversal moves by more than two standard errors with the order of the fit")
    if found.slope < 0.0:
        said.append("the current falls with V there: is its sign outward positive?")
    return tuple(said)
