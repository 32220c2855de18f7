"""Waters of an open file as one figure: how many, where, and whether their number turned over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.estimators.barrier import Sites
from selectivity.estimators.convergence import ADVISED_WATER_TRIPS
from selectivity.estimators.occupancy import WaterProfile, number_of_waters
from selectivity.estimators.profile import ProfileSet
from selectivity.estimators.starts import ddg_by_start
from selectivity.estimators.turnover import WaterTurnover
from selectivity.records import Estimate
from selectivity.report import style, words
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import KCAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.figure import Figure

Z_LABEL = "z of the ion (Å), inside → outside"
SEEN = 0.01  # waters in a stretch below which it is left out
BLOCKS = 300  # points a trace is drawn with
FILE_DASHES: dict[str, Any] = {"empty": (0, (4, 1.5)), "full": "-"}


def water_figure(
    replicas: Sequence[ReplicaSamples],
    water: WaterProfile,
    turnover: WaterTurnover,
    profiles: ProfileSet,
    sites: Sites,
    bulk: Estimate,
    ions: tuple[str, str] = ("K", "Na"),
    stride: int = 1,
    title: str = "",
) -> Figure:
    """Waters in the open stretches of one filter.

    (a, b) p(n_w | z) of both ions with the mean, (c, d) mean number of waters in every stretch
    with the ion at z, (e) ΔΔG(z) by the four kinds of start, (f) n_w of the slowest window as
    sampling went on, one replica a kind, (g) correlation time and (h) round trips of n_w by
    window. Bands are 95 % (Student's t).

    Parameters
    ----------
    replicas : sequence of ReplicaSamples
    water : WaterProfile
    turnover : WaterTurnover
    profiles : ProfileSet
        All of these replicas.
    sites : Sites
    bulk : Estimate
        ΔG_bulk of the first of ``ions`` → the second, kJ/mol.
    ions : (str, str)
    stride : int
        Sweeps between two samples.
    title : str
    """
    figure = style.new_figure(7.4, 11.2, title)
    grid = figure.add_gridspec(5, 2, height_ratios=(1.05, 1.0, 1.1, 1.2, 0.85))
    axes = [[figure.add_subplot(grid[row, i]) for i in range(2)] for row in (0, 1, 4)]
    wide = [figure.add_subplot(grid[row, :]) for row in (2, 3)]
    for ax in (*axes[0], *axes[1], *axes[2], wide[0]):
        style.filter_marks(ax, sites, water.z)
    for i, ion in enumerate(ions):
        mesh = _numbers(axes[0][i], water, ion, f"({'ab'[i]}) waters in the file, ion {_name(ion)}")
        style.filter_names(axes[0][i], sites, water.z)
        _places(axes[1][i], water, ion, f"({'cd'[i]}) where they stand, ion {_name(ion)}")
    _bar(figure, mesh, axes[0][1])
    _same_height(axes[1])
    _starts(wide[0], profiles, sites, bulk, ions)
    _traces(wide[1], replicas, turnover, stride)
    _correlation(axes[2][0], turnover, stride)
    _round_trips(axes[2][1], turnover)
    half = 0.5 * (water.z[1] - water.z[0])
    for ax in (*axes[0], *axes[1], wide[0]):
        ax.set_xlim(water.z[0] - half, water.z[-1] + half)
    return figure


def _name(ion: str) -> str:
    return style.ion_label(ion)


def _numbers(ax: Axes, water: WaterProfile, ion: str, title: str) -> QuadMesh:
    """p(n | z) in grey with the mean of n and its band."""
    half = 0.5 * (water.z[1] - water.z[0])
    edges = np.append(water.z - half, water.z[-1] + half)
    levels = np.append(water.numbers - 0.5, water.numbers[-1] + 0.5)
    p = np.ma.masked_invalid(_mean_p(water, ion))
    mesh = ax.pcolormesh(edges, levels, p, cmap="Greys", vmin=0.0, vmax=1.0, zorder=0.5)
    mesh.set_rasterized(True)
    mean = water.mean(ion)
    spread = style.half_widths(mean, water.error(ion), water.replicas)
    colour = style.ion_colour(ion)
    ax.fill_between(water.z, mean - spread, mean + spread, color=colour, alpha=0.35, lw=0, zorder=3)
    ax.plot(water.z, mean, color="white", lw=3.0, zorder=3)
    ax.plot(water.z, mean, color=colour, lw=1.6, label="mean", zorder=4)
    ax.set_yticks(water.numbers)
    ax.set_ylim(-0.5, water.numbers[-1] + 0.5)
    style.tidy(ax, ylabel="number of waters")
    ax.set_title(title, fontsize=style.TEXT, loc="left", pad=22)
    return mesh


def _mean_p(water: WaterProfile, ion: str) -> np.ndarray:
    from selectivity.estimators.weights import replica_mean

    return replica_mean(water.p[ion])


def _bar(figure: Figure, mesh: QuadMesh, ax: Axes) -> None:
    """The scale of grey at the right of a panel."""
    bar = figure.colorbar(mesh, cax=ax.inset_axes((1.04, 0.0, 0.05, 1.0)))
    bar.ax.tick_params(labelsize=style.SMALL, width=0.7, length=3)
    bar.set_label("p(n | z)", fontsize=style.TEXT)


def _places(ax: Axes, water: WaterProfile, ion: str, title: str) -> None:
    """Waters in every stretch that holds any, dark inside to light outside."""
    from matplotlib import colormaps

    shades = colormaps["viridis"](np.linspace(0.0, 0.88, len(water.stretches)))
    for s, stretch in enumerate(water.stretches):
        if not _seen(water, s):
            continue
        rows = water.occupancy[ion][:, s]
        mean, half = _with_band(rows)
        ax.fill_between(water.z, mean - half, mean + half, color=shades[s], alpha=0.25, lw=0)
        ax.plot(water.z, mean, color=shades[s], lw=1.5, label=stretch.name)
    style.open_frame(ax)
    style.tidy(ax, title, Z_LABEL, "waters")


def _seen(water: WaterProfile, s: int) -> bool:
    """Whether a stretch holds water with any ion at any z."""
    return any(bool(np.nanmax(rows[:, s]) > SEEN) for rows in water.occupancy.values())


def _with_band(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from selectivity.estimators.weights import replica_error, replica_mean

    mean = replica_mean(rows)
    return mean, style.half_widths(mean, replica_error(rows), rows.shape[0])


def _same_height(axes: list[Axes]) -> None:
    """One scale for both ions; the stretches are named at the right, outside on top."""
    curves = [line for ax in axes for line in ax.lines if str(line.get_label())[0] != "_"]
    top = max([float(np.nanmax(line.get_ydata())) for line in curves], default=1.0)
    for ax in axes:
        ax.set_ylim(0.0, 1.08 * max(top, 0.2))
    handles, names = axes[-1].get_legend_handles_labels()
    if not handles:
        return
    style.legend(
        axes[-1],
        handles=handles[::-1],
        labels=names[::-1],
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
        handlelength=1.2,
    )


def _starts(
    ax: Axes, profiles: ProfileSet, sites: Sites, bulk: Estimate, ions: tuple[str, str]
) -> None:
    """ΔΔG(z) of every kind of start; bands from the scatter within the kinds."""
    means, scatter, dof = ddg_by_start(profiles, *ions)
    kinds = list(zip(profiles.start_ions, profiles.start_files, strict=True))
    inside = (profiles.z >= sites.interior[0]) & (profiles.z <= sites.interior[1])
    ends = []
    for (ion, file), mean in means.items():
        colour, value = style.ion_colour(ion), (mean - bulk.value) / KCAL
        n = kinds.count((ion, file))
        half = np.zeros(value.size)
        if dof > 0:
            factor = Estimate(0.0, 1.0, float(dof)).half_width() / np.sqrt(n)
            half = np.nan_to_num(scatter) * factor / KCAL
        ax.fill_between(profiles.z, value - half, value + half, color=colour, alpha=0.13, lw=0)
        dashes = FILE_DASHES.get(file, "-")
        ax.plot(
            profiles.z, value, color=colour, ls=dashes, lw=1.4, label=f"as {_name(ion)}, {file}"
        )
        ends += [value[inside] - half[inside], value[inside] + half[inside]]
    low, high = float(np.nanmin(ends)), float(np.nanmax(ends))
    reach = max(high - low, 0.2)
    ax.set_ylim(low - 0.1 * reach, high + 0.35 * reach)
    style.legend(ax, loc="upper left", ncols=4, handlelength=2.2)
    style.tidy(ax, "(e) ΔΔG(z) by start, less bulk", Z_LABEL, "kcal/mol")
    style.kj_axis(ax, "kJ/mol")


def _traces(
    ax: Axes, replicas: Sequence[ReplicaSamples], turnover: WaterTurnover, stride: int
) -> None:
    """n_w of one window in the first replica of every kind of start, one lane a kind."""
    k = turnover.slowest
    if k is None:
        k = turnover.centers.size // 2
    kinds: dict[tuple[str, str], np.ndarray] = {}
    for samples in replicas:
        kinds.setdefault((samples.start_ion, samples.start_file), number_of_waters(samples)[k])
    top = max(1, *(int(n.max()) for n in kinds.values()))
    ticks, lane = [], top + 0.8
    for i, ((ion, file), n) in enumerate(kinds.items()):
        base = -lane * i
        ax.axhline(base, color=style.LIGHT, lw=0.8, zorder=0)
        _trace(ax, n, base, stride, style.ion_colour(ion))
        where: dict[str, Any] = {
            "transform": ax.get_yaxis_transform(),
            "va": "center",
            "fontsize": style.SMALL,
        }
        ax.text(1.01, base + 0.5 * top, f"as {_name(ion)}, {file}", **where)
        ticks += [(base + m, str(m)) for m in sorted({0, top})]
    ax.set_yticks([at for at, _ in ticks], [name for _, name in ticks])
    ax.set_ylim(-lane * (len(kinds) - 1) - 0.4, top + 0.4)
    ax.set_xlim(0.0, stride * replicas[0].z.shape[1])
    style.open_frame(ax)
    what = "slowest window" if turnover.slowest is not None else "window"
    title = f"(f) number of waters in the {what}, z = {words.plain(turnover.centers[k])} Å"
    style.tidy(ax, title, "production sweeps", "number of waters")


def _trace(ax: Axes, n: np.ndarray, base: float, stride: int, colour: str) -> None:
    """A trace above ``base``; where it is long, its mean over blocks with its range in them."""
    block = max(1, n.size // BLOCKS)
    rows = base + n[: n.size // block * block].reshape(-1, block)
    sweeps = stride * block * (np.arange(rows.shape[0]) + 0.5)
    if block > 1:
        low, high = rows.min(axis=1), rows.max(axis=1)
        ax.fill_between(sweeps, low, high, step="mid", color=colour, alpha=0.25, lw=0)
    ax.step(sweeps, rows.mean(axis=1), where="mid", color=colour, lw=0.9)


def _correlation(ax: Axes, turnover: WaterTurnover, stride: int) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    sweeps, title = stride * turnover.inefficiency, "(g) correlation time"
    ax.plot(turnover.centers, sweeps, "o-", ms=3.0, lw=1.0, color=style.ION_COLOURS["K"])
    if np.isfinite(sweeps).any():
        ax.set_yscale("log")
        ax.set_ylim(0.8 * float(np.nanmin(sweeps)), 1.3 * float(np.nanmax(sweeps)))
        ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.4g}"))
        ax.yaxis.set_minor_formatter(NullFormatter())
        total = float(np.nansum(turnover.effective))
        title += f", {total:,.0f} effective samples"
    else:
        ax.set_yticks([])
        ax.text(
            0.5, 0.5, "n never changed", transform=ax.transAxes, ha="center", fontsize=style.TEXT
        )
    _whole_windows(ax, turnover)
    style.open_frame(ax)
    style.tidy(ax, title, "z (Å)", "sweeps")


def _round_trips(ax: Axes, turnover: WaterTurnover) -> None:
    centers, free, trips = turnover.centers, ~turnover.fixed, turnover.round_trips
    width = 0.8 * float(centers[1] - centers[0])
    colours = np.where(trips < ADVISED_WATER_TRIPS, style.BAD, style.GOOD)[free]
    ax.bar(centers[free], trips[free], width=width, color=colours.tolist(), alpha=0.8)
    label = f"advised: {ADVISED_WATER_TRIPS}"
    ax.axhline(ADVISED_WATER_TRIPS, color="black", lw=0.9, ls="--", label=label)
    if not free.all():
        at = np.zeros(int((~free).sum()))
        ax.plot(centers[~free], at, "x", ms=4, color=style.GREY, label="one n alone is likely")
    most = max([ADVISED_WATER_TRIPS, *trips[free].tolist()])
    ax.set_ylim(-0.03 * most, 1.5 * most)
    _whole_windows(ax, turnover)
    style.open_frame(ax)
    style.legend(ax, loc="upper right")
    fewest = f", fewest {trips[free].min()}" if free.any() else ""
    style.tidy(ax, f"(h) round trips of n{fewest}", "z (Å)")


def _whole_windows(ax: Axes, turnover: WaterTurnover) -> None:
    """x limits beyond the outermost windows."""
    spacing = float(turnover.centers[1] - turnover.centers[0])
    ax.set_xlim(turnover.centers[0] - 0.6 * spacing, turnover.centers[-1] + 0.6 * spacing)
