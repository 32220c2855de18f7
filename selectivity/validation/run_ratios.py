"""Ratios of a finished run as rows: RT ln(P_a/P_b) with its error, differences, orders of ions.

They are read from the record of ``selectivity ratio --json``. A number that did not converge is
given with its value and without an error, which no judged row passes with, and its note says why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from selectivity.errors import InputError
from selectivity.permeation.measured import EISENMAN
from selectivity.permeation.span import figure
from selectivity.units import KCAL, rt
from selectivity.validation.judge import deviate
from selectivity.validation.legs import roman
from selectivity.validation.records import Computed

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Effective:
    """RT ln(P_a/P_b) of one filter (levelled integral), kcal/mol.

    Attributes
    ----------
    value, error : float
    own_error : float
        Without the error of the droplet, which drops out of a difference within one run.
    dof : float
        Replicas less one; with the droplet's share of the error it is rather more.
    converged : bool
    note : str
        The ratio with its 95 % interval, the levelled barrier, the bounds, the verdict.
    """

    value: float
    error: float
    own_error: float
    dof: float
    converged: bool
    note: str


def system_of(record: Record, name: str) -> Record:
    """One filter of a record of ``ratio --json``.

    Raises
    ------
    InputError
        It has no such filter.
    """
    found = {str(row["system"]): row for row in record["systems"]}
    if name not in found:
        raise InputError("systems", name, f"is one of {', '.join(found)}", "")
    row: Record = found[name]
    return row


def effective(row: Record) -> Effective:
    """The effective ΔΔG‡ of a filter."""
    value, error = kcal_of(row["ddg_integral_kJ_mol"])
    _, bulk = kcal_of(row["bulk_dg_kJ_mol"])
    own = math.sqrt(max(error**2 - bulk**2, 0.0)) if math.isfinite(error + bulk) else math.nan
    return Effective(value, error, own, row["replicas"] - 1.0, row["converged"], told(row))


def kcal_of(estimate: Mapping[str, float | None] | None, key: str = "value") -> tuple[float, float]:
    """Value and error of a record in kJ/mol, as kcal/mol; nan where there is none."""
    given = estimate or {}
    value, error = (given.get(name) for name in (key, "error"))
    return tuple(math.nan if x is None else x / KCAL for x in (value, error))  # type: ignore[return-value]


def told(row: Record) -> str:
    """What stands beside a ratio, in words."""
    ratio = row["ratio"]
    a, b = row["ions"]
    headline, bounds = ratio["integral_levelled"], ratio["bounds"]
    parts = [
        f"P_{a}/P_{b} {_shown(headline['value'])} ({_span(headline)} in 95 %)",
        f"levelled barrier {_shown(ratio['barrier_levelled']['value'])}",
        f"{_span(bounds)} whatever common f(z)",
        f"{row['round_trips']} round trips",
    ]
    return f"{', '.join(parts)}; {_verdict(row)}"


def _verdict(row: Record) -> str:
    return "converged" if row["converged"] else f"NOT CONVERGED: {'; '.join(row['reasons'])}"


def _shown(x: float | None) -> str:
    return "unbounded" if x is None else figure(x)


def _span(interval: Record) -> str:
    return f"{_shown(interval['low'])}-{_shown(interval['high'])}"


def reported(found: Effective) -> Computed:
    """A row of a ratio that is not judged."""
    return Computed(found.value, found.error, found.dof, note=found.note)


def judged(found: Effective) -> Computed:
    """A row of a ratio that is judged: without an error where it did not converge."""
    return certain(reported(found), found.converged)


def certain(computed: Computed, *converged: bool) -> Computed:
    """The same, without an error where something that it rests on did not converge."""
    return computed if all(converged) else replace(computed, error=math.nan)


def contrast(upper: Effective, lower: Effective) -> Computed:
    """Normal deviate of RT ln(ratio) of ``upper`` less that of ``lower``, of one run.

    Their droplet drops out. The degrees of freedom are those of the fewer replicas.
    """
    value = upper.value - lower.value
    error = math.hypot(upper.own_error, lower.own_error)
    dof = min(upper.dof, lower.dof)
    note = f"difference {value:.2f} ± {error:.2f} kcal/mol: "
    note += f"{upper.value:.2f} less {lower.value:.2f}"
    names = ("the first", "the second")
    lacking = [n for n, e in zip(names, (upper, lower), strict=True) if not e.converged]
    if lacking:
        note += f"; {' and '.join(lacking)} NOT CONVERGED"
    z = deviate(Computed(value, error, dof), 0.0, 0.0)
    return certain(Computed(z, note=note), upper.converged, lower.converged)


def site(row: Record, name: str) -> Computed:
    """Equilibrium ΔΔG of one cage, from plane to plane, kcal/mol; the note gives its centre's."""
    found = row["sites"][name]
    value, error = kcal_of(found, "ddg_kJ_mol")
    centre, of_centre = kcal_of(found["centre"], "ddg_kJ_mol")
    note = f"at the cage centre {centre:.2f} ± {of_centre:.2f}; {_verdict(row)}"
    return certain(Computed(value, error, row["replicas"] - 1.0, note=note), row["converged"])


def relative(row: Record, ion: str, reference: str = "K") -> Computed:
    """RT ln(P_ion/P_reference), kcal/mol; its error is that of the log-normal 95 % interval."""
    from scipy.special import stdtrit

    found, dof = row["order"][f"relative_to_{reference}"][ion], row["replicas"] - 1.0
    value, low, high = (found[key] for key in ("value", "low", "high"))
    thermal = rt(row["temperature_K"]) / KCAL
    error = math.nan
    if low and high:
        error = thermal * math.log(high / low) / (2.0 * float(stdtrit(dof, 0.975)))
    note = f"P {_shown(value)} ({_span(found)} in 95 %); {_verdict(row)}"
    return Computed(thermal * math.log(value) if value else math.nan, error, dof, note=note)


def order(row: Record) -> Computed:
    """The Eisenman sequence of five ions; the note holds the order and what it leaves open."""
    found = roman(row["order"]["ions"], EISENMAN)
    return certain(
        Computed(found, note=f"{row['order']['text']}; {_verdict(row)}"), row["converged"]
    )
