"""Whether samples suffice, as one figure: windows, identities, replicas, running headline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.estimators.barrier import Sites
from selectivity.estimators.convergence import MIN_OVERLAP, MIN_ROUND_TRIPS
from selectivity.estimators.hydration import CoordinationProfile
from selectivity.estimators.mixing import window_round_trips
from selectivity.estimators.profile import ProfileSet
from selectivity.estimators.starts import start_agreement
from selectivity.records import Estimate
from selectivity.report import style
from selectivity.report.running import Running
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import KCAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from selectivity.permeation.result import RatioResult

Z_LABEL = "z (Å)"


def diagnostics_figure(
    replicas: Sequence[ReplicaSamples],
    profiles: ProfileSet,
    result: RatioResult,
    running: Running,
    coordination: CoordinationProfile | None = None,
    sites: Sites | None = None,
    title: str = "",
) -> Figure:
    """Diagnostics of one filter.

    (a) z of every window, (b) overlap and exchange of neighbours, (c) share of every identity,
    (d) identity round trips a window, (e) the headline of every replica by the ion it started as,
    (f) the headline as sampling went on, (g) coordination numbers along z.

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
    profiles : ProfileSet
        Of these replicas.
    result : RatioResult
    running : Running
        From :func:`selectivity.report.running.running_ratio`.
    coordination : CoordinationProfile, optional
        Leaves (g) out where None.
    sites : Sites, optional
        Marks the oxygen planes and the cages in (g).
    title : str
    """
    rows = 3 if coordination is None else 4
    figure = style.new_figure(7.4, 2.45 * rows + 0.4, title)
    grid = figure.add_gridspec(rows, 2)
    axes = [figure.add_subplot(grid[i // 2, i % 2]) for i in range(6)]
    _windows(axes[0], replicas)
    _neighbours(axes[1], replicas, profiles)
    _populations(axes[2], replicas)
    _round_trips(axes[3], replicas, result.a, result.b)
    _replicas(
        axes[4],
        result.per_replica,
        profiles.start_ions,
        result.ddg_integral,
        f"(e) RT ln {style.ratio_label(result.a, result.b)}, levelled integral",
    )
    _running(axes[5], running, result.ddg_integral)
    if coordination is not None:
        ax = figure.add_subplot(grid[3, :])
        _coordination(ax, coordination, result, sites)
    return figure


def identity_figure(
    replicas: Sequence[ReplicaSamples],
    values: np.ndarray,
    ions: tuple[str, str],
    title: str = "",
) -> Figure:
    """Diagnostics of a droplet or a cage: identities, round trips and ΔG of every replica.

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
    values : ndarray, shape (R,)
        ΔG(a → b) of every replica, kJ/mol.
    ions : (str, str)
        a and b.
    title : str
    """
    a, b = ions
    figure = style.new_figure(7.4, 2.8, title)
    first, second, third = figure.subplots(1, 3)
    _ladder(first, replicas)
    trips = np.array([window_round_trips([samples], a, b)[0] for samples in replicas])
    number = np.arange(len(replicas))
    second.bar(number, trips, color=style.ion_colour(a), alpha=0.75)
    second.set_ylim(0.0, 1.1 * max(1.0, float(trips.max())))
    style.whole_numbers(second.xaxis)
    style.whole_numbers(second.yaxis)
    style.tidy(second, f"(b) round trips, {int(trips.sum())} in all", "replica")
    start_ions = tuple(samples.start_ion for samples in replicas)
    leg = f"(c) ΔG({style.ion_label(a)} → {style.ion_label(b)})"
    _replicas(third, np.asarray(values), start_ions, Estimate.from_replicas(values), leg)
    for ax in (first, second):
        style.open_frame(ax)
    return figure


def _windows(ax: Axes, replicas: Sequence[ReplicaSamples]) -> None:
    centers = replicas[0].centers
    pooled = np.concatenate([samples.z for samples in replicas], axis=1)
    bins = 240 if pooled.shape[1] >= 2000 else 120
    edges = np.linspace(pooled.min(), pooled.max(), bins + 1)
    middle = 0.5 * (edges[1:] + edges[:-1])
    colours = (style.ION_COLOURS["K"], "#2C7FB8", style.GREY)
    for k in range(centers.size):
        density, _ = np.histogram(pooled[k], edges, density=True)
        ax.plot(middle, density, color=colours[k % 3], lw=0.9)
        ax.fill_between(middle, 0.0, density, color=colours[k % 3], alpha=0.12, lw=0)
    ax.set_ylim(bottom=0.0)
    style.open_frame(ax)
    style.tidy(ax, f"(a) z in {centers.size} windows", Z_LABEL, "density (1/Å)")


def _neighbours(ax: Axes, replicas: Sequence[ReplicaSamples], profiles: ProfileSet) -> None:
    centers = replicas[0].centers
    between = 0.5 * (centers[1:] + centers[:-1])
    highest = MIN_OVERLAP
    if profiles.neighbour_overlap.size:
        overlap = profiles.neighbour_overlap
        ax.plot(between, overlap.mean(axis=0), "o-", ms=2.5, lw=1.0, color=style.ION_COLOURS["K"])
        ax.lines[-1].set_label("overlap, mean")
        ax.plot(between, overlap.min(axis=0), ":", lw=1.0, color=style.ION_COLOURS["K"])
        ax.lines[-1].set_label("overlap, lowest")
        highest = max(highest, float(overlap.mean(axis=0).max()))
    tried = np.sum([samples.exchange_tried for samples in replicas], axis=0)
    if np.any(tried > 0):
        accepted = np.sum([samples.exchange_accepted for samples in replicas], axis=0)
        rate = accepted / np.maximum(tried, 1)
        ax.plot(between, rate, "s-", ms=2.5, lw=1.0, color=style.ION_COLOURS["Na"])
        ax.lines[-1].set_label("exchange")
        highest = max(highest, float(rate.max()))
    ax.axhline(
        MIN_OVERLAP, color=style.BAD, lw=0.9, ls="--", label=f"overlap needed, {MIN_OVERLAP:g}"
    )
    ax.set_ylim(0.0, 1.6 * highest)
    style.open_frame(ax)
    style.legend(ax, loc="upper left", ncols=2, columnspacing=1.0, handlelength=1.6)
    style.tidy(ax, "(b) neighbouring windows", Z_LABEL)


def ladder_colour(label: str) -> tuple[float, float, float]:
    """Colour of a ladder state: an ion's own, or the mixture of the two it stands between."""
    from matplotlib.colors import to_rgb

    if ":" not in label:
        return to_rgb(style.ion_colour(label))
    first, share, last = label.split(":")
    x = float(share)
    pair = np.array([to_rgb(style.ion_colour(ion)) for ion in (first, last)])
    mixed = 0.5 * ((1.0 - x) * pair[0] + x * pair[1]) + 0.5  # paler than the ions themselves
    return float(mixed[0]), float(mixed[1]), float(mixed[2])


def _shares(samples: Sequence[ReplicaSamples]) -> np.ndarray:
    """Share of every identity in every window, replicas together, shape (K, J)."""
    states = len(samples[0].ladder)
    pooled = np.concatenate([s.identity for s in samples], axis=1)
    return np.stack([np.bincount(row, minlength=states) / row.size for row in pooled])


def _populations(ax: Axes, replicas: Sequence[ReplicaSamples]) -> None:
    ladder, centers = replicas[0].ladder, replicas[0].centers
    colours = [ladder_colour(label) for label in ladder]
    labels = [style.ion_label(x) if ":" not in x else "" for x in ladder]
    ax.stackplot(centers, _shares(replicas).T, colors=colours, labels=labels, lw=0)
    ax.set_ylim(0.0, 1.0)
    ax.set_xlim(centers[0], centers[-1])
    handles, names = ax.get_legend_handles_labels()
    shown = [(h, name) for h, name in zip(handles, names, strict=True) if name]
    style.legend(
        ax,
        handles=[h for h, _ in shown],
        labels=[name for _, name in shown],
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        borderaxespad=0.1,
        ncols=len(shown),
        handlelength=1.2,
        columnspacing=1.0,
    )
    style.tidy(ax, f"(c) share of {len(ladder)} identities", Z_LABEL)


def _ladder(ax: Axes, replicas: Sequence[ReplicaSamples]) -> None:
    ladder = replicas[0].ladder
    at = np.arange(len(ladder))
    ax.bar(at, _shares(replicas)[0], color=[ladder_colour(label) for label in ladder])
    ax.axhline(1.0 / len(ladder), color=style.GREY, lw=0.8, ls="--")
    ends = [j for j, label in enumerate(ladder) if ":" not in label]
    ax.set_xticks(ends, [style.ion_label(ladder[j]) for j in ends])
    style.tidy(ax, "(a) share of every identity")


def _round_trips(ax: Axes, replicas: Sequence[ReplicaSamples], a: str, b: str) -> None:
    centers = replicas[0].centers
    trips = window_round_trips(replicas, a, b)
    low = trips < MIN_ROUND_TRIPS
    width = 0.8 * float(centers[1] - centers[0])
    colours = np.where(low, style.BAD, style.GOOD)
    ax.bar(centers, trips, width=width, color=colours.tolist(), alpha=0.8)
    ax.axhline(
        MIN_ROUND_TRIPS, color="black", lw=0.9, ls="--", label=f"required: {MIN_ROUND_TRIPS}"
    )
    ax.set_ylim(0.0, 1.25 * max(float(trips.max()), MIN_ROUND_TRIPS))
    style.open_frame(ax)
    style.legend(ax, loc="upper right")
    pair = f"{style.ion_label(a)} ↔ {style.ion_label(b)}"
    style.tidy(ax, f"(d) round trips {pair} a window, fewest {trips.min()}", Z_LABEL)


def _replicas(
    ax: Axes, values: np.ndarray, start_ions: tuple[str, ...], estimate: Estimate, title: str
) -> None:
    """Values of all replicas, in kcal/mol, one marker by starting ion; mean with 95 % band."""
    number = np.arange(values.size)
    mean, half = estimate.value / KCAL, estimate.half_width() / KCAL
    if np.isfinite(half):
        ax.axhspan(mean - half, mean + half, color=style.GREY, alpha=0.18, lw=0, label="95 %")
    ax.axhline(mean, color="black", lw=1.0, ls="--", label="mean")
    for ion, marker in zip(dict.fromkeys(start_ions), "osD^v", strict=False):
        mine = np.array([start == ion for start in start_ions])
        ax.plot(number[mine], values[mine] / KCAL, marker, color=style.ion_colour(ion), ms=5)
        ax.lines[-1].set_label(f"{style.ion_label(ion)} start")
    z = start_agreement(values, start_ions).z
    agreement = f"\nstarts differ by {abs(z):.1f} standard errors" if np.isfinite(z) else ""
    style.whole_numbers(ax.xaxis)
    _room(ax, values / KCAL, mean, half)
    style.legend(ax, loc="upper center", ncols=2, columnspacing=1.0, handletextpad=0.5)
    style.tidy(ax, title + agreement, "replica", "kcal/mol")
    style.kj_axis(ax, "kJ/mol")


def _room(ax: Axes, values: np.ndarray, mean: float, half: float) -> None:
    """y limits that hold all values and leave the upper third to the legend."""
    inside = np.concatenate([values[np.isfinite(values)], [mean]])
    inside = inside[np.isfinite(inside)]
    if inside.size == 0:
        return
    low, high = float(inside.min()), float(inside.max())
    if np.isfinite(half) and half < 4.0 * max(high - low, 0.05):
        low, high = min(low, mean - half), max(high, mean + half)
    reach = max(high - low, 0.05)
    ax.set_ylim(low - 0.12 * reach, high + 0.55 * reach)


def _running(ax: Axes, running: Running, final: Estimate) -> None:
    value, half = running.value / KCAL, running.half_width / KCAL
    bars = np.where(np.isfinite(half), half, 0.0)
    colour = style.ION_COLOURS["K"]
    ax.errorbar(
        running.fraction, value, yerr=bars, fmt="o-", ms=3.5, lw=1.0, capsize=2, color=colour
    )
    ax.axhline(final.value / KCAL, color="black", lw=1.0, ls="--", label="all samples")
    ax.set_xlim(0.0, 1.04)
    later = running.fraction >= 0.2
    ends = np.concatenate([(value - bars)[later], (value + bars)[later], [final.value / KCAL]])
    ends = ends[np.isfinite(ends)]
    reach = max(float(np.ptp(ends)), 0.05)
    ax.set_ylim(float(ends.min()) - 0.15 * reach, float(ends.max()) + 0.35 * reach)
    style.legend(ax, loc="upper right")
    style.tidy(ax, "(f) the same as sampling went on, 95 %", "share of the samples", "kcal/mol")
    style.kj_axis(ax, "kJ/mol")


def _coordination(
    ax: Axes, coordination: CoordinationProfile, result: RatioResult, sites: Sites | None
) -> None:
    if sites is None:
        ax.axvspan(*result.interior, color=style.LIGHT, lw=0, zorder=0)
    else:
        style.filter_marks(ax, sites, coordination.z)
    replicas = next(iter(coordination.numbers.values())).shape[0]
    highest = 0.0
    for ion in coordination.ions:
        for what, dashes in (("ligand", "-"), ("water", (0, (3, 1.5)))):
            mean = coordination.mean(ion, what)
            half = style.half_widths(mean, coordination.error(ion, what), replicas)
            colour = style.ion_colour(ion)
            band: dict[str, Any] = {"color": colour, "alpha": 0.2, "lw": 0}
            ax.fill_between(coordination.z, mean - half, mean + half, **band)
            label = f"{style.ion_label(ion)}, {what}"
            ax.plot(coordination.z, mean, color=colour, ls=dashes, lw=1.4, label=label)
            highest = max(highest, float(np.nanmax(mean)))
    ax.set_xlim(coordination.z[0], coordination.z[-1])
    ax.set_ylim(0.0, 1.4 * max(highest, 1.0))
    style.legend(ax, loc="upper left", ncols=max(2, len(coordination.ions)))
    style.open_frame(ax)
    style.tidy(ax, "(g) oxygens in the first shell", "z (Å), inside → outside", "number")
