"""The ratio against the composition of the single file, and the order of five ions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.errors import InputError
from selectivity.permeation.measured import measurements
from selectivity.records import Estimate
from selectivity.units import KCAL, rt
from selectivity.validation import run_ratios, single_file
from selectivity.validation.context import Context, RunOutput
from selectivity.validation.records import Computed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST = 1e-4
"""Least standard error of a share that is printed: replicas that all agree to more do not know."""


def system(context: Context, key: str = "system") -> run_ratios.Record:
    """The filter that a setting names, as ``ratio --json`` has it."""
    return run_ratios.system_of(context.stage().ratio(), context.settings[key])


def effective(context: Context) -> Computed:
    """RT ln(P_K/P_Na) of a filter, kcal/mol, reported."""
    return run_ratios.reported(run_ratios.effective(system(context)))


def measured(context: Context) -> Computed:
    """The same, judged: no error where it did not converge."""
    return run_ratios.judged(run_ratios.effective(system(context)))


def above(context: Context) -> Computed:
    """Normal deviate of RT ln(ratio) of ``upper`` less that of ``lower``."""
    upper, lower = (run_ratios.effective(system(context, key)) for key in ("upper", "lower"))
    return run_ratios.contrast(upper, lower)


def upper_bound(context: Context) -> Computed:
    """RT ln of the largest ratio that a common f(z) can give, kcal/mol."""
    row = system(context)
    high = row["ratio"]["bounds"]["high"]
    value = math.inf if high is None else rt(row["temperature_K"]) / KCAL * math.log(high)
    note = run_ratios.told(row)
    return run_ratios.certain(Computed(value, note=note), row["converged"])


def spread(context: Context) -> Computed:
    """RT ln of the largest over the smallest ratio of all compositions run, kcal/mol."""
    record = context.stage().ratio()
    span = record["model_span"]
    thermal = rt(record["temperature_K"]) / KCAL
    note = f"{span['low']:.3g} in {span['lowest']} to {span['high']:.3g} in {span['highest']}"
    lacking = [row["composition"] for row in record["systems"] if not row["converged"]]
    if lacking:
        note += f"; NOT CONVERGED: {', '.join(lacking)}"
    return Computed(thermal * math.log(span["high"] / span["low"]), math.nan, note=note)


def site(context: Context) -> Computed:
    """Equilibrium ΔΔG of one cage of a filter, kcal/mol."""
    return run_ratios.site(system(context), context.settings["site"])


def resident(context: Context) -> Computed:
    """Share of the time that the resident K+ is in ``other`` while X, a K+, is in ``site``."""
    s, row = context.settings, system(context)
    file = single_file.read_file(context.stage(), s["system"], row["structure"])
    at, other = file.names.index(s["site"]), file.names.index(s["other"])
    tables = {ion: single_file.residents(file, ion) for ion in row["ions"]}
    shares = {ion: single_file.given(table, at) for ion, table in tables.items()}
    found = Estimate.from_replicas(shares["K"][:, other])
    places = "; ".join(
        f"beside {ion}+ in {s['site']} it stands in "
        + ", ".join(f"{n} {p:.0%}" for n, p in _likely(file.names, share.mean(axis=0)))
        for ion, share in shares.items()
    )
    both = tables["K"].mean(axis=0)[at, other]
    note = f"{places}; both so in {both:.0%} of all samples of two K+"
    if not row["converged"]:
        note += "; NOT CONVERGED"
    return Computed(found.value, max(found.error, LEAST), found.dof, note=note)


def _likely(names: tuple[str, ...], p: np.ndarray) -> list[tuple[str, float]]:
    return [(name, float(x)) for name, x in zip(names, p, strict=True) if x >= 0.005]


def waters(context: Context) -> Computed:
    """Mean number of waters in an open file, evenly over the interior, with X = K+."""
    s, row = context.settings, system(context)
    file = single_file.read_file(context.stage(), s["system"], row["structure"])
    low, high = row["interior_A"]
    p = {ion: single_file.waters(file, ion, (low, high)) for ion in row["ions"]}
    found = Estimate.from_replicas(p["K"] @ np.arange(p["K"].shape[1]))
    note = "; ".join(
        f"{ion}+: "
        + ", ".join(f"p({n}) {x:.2f}" for n, x in enumerate(each.mean(axis=0)) if x >= 0.005)
        for ion, each in p.items()
    )
    if not row["converged"]:
        note += "; NOT CONVERGED"
    return Computed(found.value, found.error, found.dof, note=note)


def order(context: Context) -> Computed:
    """Number of the Eisenman sequence in which five ions come out."""
    return run_ratios.order(system(context))


def relative(context: Context) -> Computed:
    """RT ln(P_X/P_K) of one ion, kcal/mol, reported."""
    return run_ratios.relative(system(context), context.settings["ion"])


def relative_judged(context: Context) -> Computed:
    """The same of one ion: no error where it did not converge."""
    return run_ratios.certain(relative(context), system(context)["converged"])


def pictures(found: Mapping[str, RunOutput]) -> list[Figure]:
    """Ratios of all compositions, and permeabilities of five ions relative to K+."""
    figures = []
    if "compositions" in found:
        systems = found["compositions"].ratio()["systems"]
        figures += ratios_figure(systems, "KcsA by composition; headline [K W X W]")
    if "alkali" in found:
        figures.append(_ions(found["alkali"].ratio()["systems"]))
    return figures


def ratios_figure(systems: list[dict[str, Any]], title: str) -> list[Figure]:
    """Ratios of several filters in one figure; none where there is no finite ratio."""
    from selectivity.report.compositions_plot import compositions_figure

    try:
        return [compositions_figure(systems, measurements("K", "Na", "KcsA"), title)]
    except InputError:
        return []


def _ions(systems: list[dict[str, Any]]) -> Figure:
    """P_X/P_K of every ion with 95 % intervals, one panel a filter."""
    from selectivity.report.style import ion_colour, ion_label, new_figure, open_frame, tidy

    figure = new_figure(3.4 * len(systems), 2.6)
    for i, row in enumerate(systems):
        ax = figure.add_subplot(1, len(systems), i + 1)
        ions = sorted(row["order"]["relative_to_K"], key=("Li", "Na", "K", "Rb", "Cs").index)
        for x, ion in enumerate(ions):
            p = row["order"]["relative_to_K"][ion]
            value, low, high = (p[key] for key in ("value", "low", "high"))
            if not (value and low and high):
                continue
            face = ion_colour(ion) if row["converged"] else "white"
            ax.plot([x, x], [max(low, 1e-9), min(high, 1e9)], color=ion_colour(ion), lw=1.6)
            ax.plot(x, value, "o", mfc=face, mec=ion_colour(ion))
        ax.set_yscale("log")
        ax.axhline(1.0, color="grey", lw=0.7)
        ax.set_xticks(range(len(ions)), [ion_label(ion) for ion in ions])
        state = "" if row["converged"] else ", not converged"
        tidy(ax, f"{row['composition']}{state}", ylabel="P(X)/P(K⁺)" if i == 0 else "")
        open_frame(ax)
    return figure
