"""Free-energy profiles of all ions and ΔΔG(z) over the rings of the filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.estimators.alchemical import IdentityFreeEnergies
from selectivity.estimators.barrier import Sites
from selectivity.estimators.profile import ProfileSet
from selectivity.permeation.result import RatioResult
from selectivity.records import Estimate
from selectivity.report import style
from selectivity.units import KCAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BEYOND = 0.35  # Å beyond the interior that still count for the y limits


def profile_figure(
    profiles: ProfileSet,
    sites: Sites,
    bulk: IdentityFreeEnergies,
    result: RatioResult | None = None,
    title: str = "",
) -> Figure:
    """W_X(z) − ΔG_bulk(ref → X) of every ion, and ΔΔG(z) = W_X − W_ref − ΔG_bulk(ref → X).

    Panels share z: W as sampled, W levelled (with ``result``), ΔΔG. Bands are 95 % (Student's t
    over replicas). The zero of W is the lowest point of the reference ion in the interior, common
    to all ions, so that only differences between curves and along them have a meaning. The y
    limits follow the interior: whatever climbs beyond is cut at the frame and marked there by an
    arrow head.

    Parameters
    ----------
    profiles : ProfileSet
    sites : Sites
        Interior, cages and planes.
    bulk : IdentityFreeEnergies
        Of the droplet with the same parameter set.
    result : RatioResult, optional
        Adds the levelling function, the levelled profiles and RT ln of the headline.
    title : str
    """
    reference = result.a if result else ("K" if "K" in profiles.ions else profiles.ions[0])
    panels = 2 if result is None else 3
    figure = style.new_figure(6.6, 2.7 * panels + 0.9, title)
    axes = figure.subplots(panels, 1, sharex=True)
    for ax in axes:
        style.filter_marks(ax, sites, profiles.z)
    _draw_profiles(axes[0], profiles, sites, bulk, reference)
    style.tidy(axes[0], ylabel="W(z) − bulk (kcal/mol)")
    if result is not None:
        _draw_levelling(axes[0], result)
        _draw_profiles(axes[1], profiles, sites, bulk, reference, result.levelling(profiles.z))
        style.tidy(axes[1], ylabel="levelled, W(z) − bulk − f(z) (kcal/mol)")
    _draw_differences(axes[-1], profiles, sites, bulk, reference)
    if result is not None:
        _draw_headline(axes[-1], result, len(profiles.ions) > 2)
    two = len(profiles.ions) == 2
    what = f"{style.ion_label(reference)} preferred where > 0" if two else "against bulk"
    style.tidy(axes[-1], "", "z of the ion on the axis (Å), inside → outside")
    style.tidy(axes[-1], ylabel=f"ΔΔG(z), {what} (kcal/mol)")
    style.filter_names(axes[0], sites, profiles.z)
    half = 0.5 * profiles.width
    axes[-1].set_xlim(profiles.z[0] - half, profiles.z[-1] + half)
    for ax in axes:
        style.kj_axis(ax, "kJ/mol")
    figure.align_ylabels(axes)
    _key(figure, axes[0], axes[-1])
    return figure


def _key(figure: Figure, upper: Axes, lower: Axes) -> None:
    """One legend below all panels, where it hides nothing; an ion has one colour throughout."""
    drawn = [*upper.lines, *lower.collections]
    named = [artist for artist in drawn if not str(artist.get_label()).startswith("_")]
    style.key_below(figure, named)


def _draw_profiles(
    ax: Axes,
    profiles: ProfileSet,
    sites: Sites,
    bulk: IdentityFreeEnergies,
    reference: str,
    f: np.ndarray | float = 0.0,
) -> None:
    """W_X − ΔG_bulk(ref → X) − f of every ion with its band."""
    shown = []
    for ion in profiles.ions:
        leg = bulk.difference(reference, ion).value if ion != reference else 0.0
        mean = (profiles.mean(ion) - leg - f) / KCAL
        half = style.half_widths(mean, profiles.error(ion) / KCAL, profiles.replicas)
        _curve(ax, profiles.z, mean, half, ion, style.ion_label(ion))
        shown.append((ion, mean, half))
    _limits(ax, profiles.z, shown, sites.interior)


def _draw_differences(
    ax: Axes, profiles: ProfileSet, sites: Sites, bulk: IdentityFreeEnergies, reference: str
) -> None:
    ax.axhline(0.0, color=style.GREY, lw=0.8, zorder=1)
    shown = []
    for ion in profiles.ions:
        if ion == reference:
            continue
        leg = bulk.difference(reference, ion)
        mean = (profiles.difference_mean(reference, ion) - leg.value) / KCAL
        error = profiles.difference_error(reference, ion)
        half = np.array([difference_half(e, profiles.replicas, leg) for e in error]) / KCAL
        _curve(ax, profiles.z, mean, half, ion, f"_{ion} against {reference}")
        shown.append((ion, mean, half))
    _limits(ax, profiles.z, shown, sites.interior)


def difference_half(error: float, replicas: int, leg: Estimate) -> float:
    """Half width of ΔΔG in one bin with the bulk leg's error, 0 where there is none."""
    if not np.isfinite(error):
        return 0.0
    half = (Estimate(0.0, float(error), replicas - 1.0) - leg).half_width()
    return half if np.isfinite(half) else 0.0


def _curve(
    ax: Axes, z: np.ndarray, mean: np.ndarray, half: np.ndarray, ion: str, label: str
) -> None:
    colour = style.ion_colour(ion)
    ax.fill_between(z, mean - half, mean + half, color=colour, alpha=0.22, lw=0, zorder=2)
    dashes = style.ION_DASHES.get(ion, "-")
    ax.plot(z, mean, color=colour, ls=dashes, lw=1.6, label=label, zorder=3)


def y_limits(
    z: np.ndarray,
    shown: list[tuple[str, np.ndarray, np.ndarray]],
    interior: tuple[float, float],
) -> tuple[float, float] | None:
    """y limits that follow the interior, from (ion, mean, half width) of every curve.

    None where no curve has a number there.
    """
    inside = (z >= interior[0] - BEYOND) & (z <= interior[1] + BEYOND)
    means = np.concatenate([mean[inside] for _, mean, _ in shown])
    if not np.isfinite(means).any():
        return None
    low, high = float(np.nanmin(means)), float(np.nanmax(means))
    bands = np.concatenate([half[inside] for _, _, half in shown])
    # A band is shown whole unless it is wider than what it surrounds.
    reach = max(high - low, 1.0)
    pad = min(float(np.nanmax(bands)), reach) + 0.10 * reach
    return min(low - pad, -0.05 * reach), high + pad + 0.10 * reach


def _limits(
    ax: Axes,
    z: np.ndarray,
    shown: list[tuple[str, np.ndarray, np.ndarray]],
    interior: tuple[float, float],
) -> None:
    """y limits from the interior; curves that leave them are marked at the frame."""
    limits = y_limits(z, shown, interior)
    if limits is None:
        return
    low, high = limits
    ax.set_ylim(low, high)
    for ion, mean, _ in shown:
        for above, edge, marker in ((True, high, "^"), (False, low, "v")):
            _exits(ax, z, mean, edge, above, marker, style.ion_colour(ion))


def _exits(
    ax: Axes, z: np.ndarray, mean: np.ndarray, edge: float, above: bool, marker: str, colour: str
) -> None:
    """Arrow heads on the frame where a curve leaves it."""
    out = np.nan_to_num(mean, nan=edge) > edge if above else np.nan_to_num(mean, nan=edge) < edge
    for i in np.flatnonzero(out[1:] != out[:-1]):
        span = mean[i + 1] - mean[i]
        if np.isfinite(span) and span != 0.0:
            x = z[i] + (edge - mean[i]) / span * (z[i + 1] - z[i])
            ax.plot(x, edge, marker, color=colour, ms=5, clip_on=False, zorder=6)


def _draw_levelling(ax: Axes, result: RatioResult) -> None:
    """f(z) over the interior, its nodes as dots."""
    nodes = np.array(result.levelling.z)
    z = np.unique(np.concatenate([nodes, result.interior]))
    common: dict[str, Any] = {"color": style.GREY, "zorder": 4}
    label = f"f(z) through the wells of {style.ion_label('K')}"
    ax.plot(z, result.levelling(z) / KCAL, lw=1.0, ls=(0, (6, 3)), label=label, **common)
    ax.plot(nodes, np.array(result.levelling.f) / KCAL, marker="o", ms=3.5, ls="none", **common)


def _draw_headline(ax: Axes, result: RatioResult, several: bool) -> None:
    """Effective ΔΔG‡ (RT ln of the headline) with its 95 % interval over the interior."""
    e = result.ddg_integral
    half = e.half_width()
    name = f"{result.a}/{result.b}: " if several else ""
    label = f"{name}RT ln ratio = {e.value / KCAL:.2f}"
    if np.isfinite(half):
        label += f" ± {half / KCAL:.2f}"
        low, high = (e.value - half) / KCAL, (e.value + half) / KCAL
        ax.fill_between(result.interior, low, high, color=style.GREY, alpha=0.18, lw=0, zorder=1)
    ax.hlines(
        e.value / KCAL,
        *result.interior,
        color="black",
        lw=1.0,
        ls=(0, (6, 3)),
        label=f"{label} kcal/mol (95 %)",
        zorder=2,
    )
