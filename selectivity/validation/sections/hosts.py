"""The map of Thomas, Jayatilaka and Corry: selectivity against number and charge of the ligands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.validation import legs
from selectivity.validation.context import Context, RunOutput
from selectivity.validation.records import Computed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NUMBERS = (3, 4, 5, 6, 7, 8, 9)
CHARGES = (0.30, 0.40, 0.51, 0.65, 0.80)
WET = {0.30: (4, 6, 8), 0.51: (4, 5, 6, 7, 8), 0.80: (4, 6, 8)}
MARKS = {"K⁺ channel,\nquadruplex": (8, 0.51), "valinomycin": (6, 0.51)}
"""Hosts that the figure shows: number of ligands and their charge."""
LOOSE = {"18-crown-6": (6, 0.22), "nonactin": (8, 0.365)}
"""Shown with open marks: their ligands are not those of the cage."""


def place(n: int, q: float) -> str:
    """Name of the cage of ``n`` carbonyls with charge ``q``."""
    return f"q{round(100 * q)}-{n}"


def cell(context: Context) -> Computed:
    """ΔΔG(a→b) of one cage, kcal/mol."""
    s = context.settings
    found = legs.leg(context.stage().analysis(), s["system"], s.get("a", "K"), s.get("b", "Na"))
    return legs.computed(found, "ddg")


def contrast(context: Context) -> Computed:
    """ΔΔG(K→Na) of one cage less that of another."""
    s, analysis = context.settings, context.stage().analysis()
    return legs.contrast(*(legs.leg(analysis, s[key], "K", "Na") for key in ("system", "than")))


def smallest(context: Context) -> Computed:
    """The smallest ΔΔG(K→Na) of the map."""
    analysis = context.stage().analysis()
    names = [place(n, q) for n in NUMBERS for q in CHARGES]
    return legs.extreme({name: legs.leg(analysis, name, "K", "Na") for name in names}, -1.0)


def host(context: Context) -> Computed:
    """ΔΔG(K→Na) of a host's cage, with the figures of the paper beside it."""
    found, s = cell(context), context.settings
    note = f"predicted {s['predicted']}, simulated {s['simulated']}, experiment {s['measured']}"
    if "why" in s:
        note += f"; {s['why']}"
    return Computed(found.value, found.error, found.dof, found.n_eff, note)


def pictures(stages: Mapping[str, Any]) -> list[Figure]:
    """The map with the hosts on it, the ion that each cage prefers, and two waters' effect."""
    from selectivity.report.style import new_figure

    records = {n: s.analysis() for n, s in stages.items() if isinstance(s, RunOutput)}
    if "map" not in records:
        return []
    figure = new_figure(10.4, 3.9)
    axes = figure.subplots(1, 3, width_ratios=(1.35, 0.9, 1.1))
    _heat(figure, axes[0], records["map"])
    _winners(axes[1], records)
    _waters(axes[2], records)
    return [figure]


def grid(record: Mapping[str, Any], a: str, b: str) -> np.ndarray:
    """ΔΔG(a→b) of the map, kcal/mol, shape (charges, numbers); nan where a cage is missing."""
    held = {system["system"] for system in record["systems"]}
    found = np.full((len(CHARGES), len(NUMBERS)), np.nan)
    for i, q in enumerate(CHARGES):
        for j, n in enumerate(NUMBERS):
            if place(n, q) in held:
                found[i, j] = legs.leg(record, place(n, q), a, b).ddg
    return found


def winners(records: Mapping[str, Mapping[str, Any]]) -> np.ndarray:
    """The ion of those that were run that every cage prefers most, as against water; else empty."""
    above = {"K": np.zeros((len(CHARGES), len(NUMBERS))), "Na": grid(records["map"], "K", "Na")}
    if "small ions" in records:
        above["Li"] = above["Na"] + grid(records["small ions"], "Na", "Li")
    if "large ions" in records:
        above |= {ion: grid(records["large ions"], "K", ion) for ion in ("Rb", "Cs")}
    ions, values = np.array(list(above)), np.array(list(above.values()))
    known = np.isfinite(values).all(axis=0)
    return np.where(known, ions[np.argmin(np.where(known, values, 0.0), axis=0)], "")


def _heat(figure: Figure, ax: Axes, record: Mapping[str, Any]) -> None:
    """Colours from Na+ (dark) to K+ (light), so that grey shows the same order."""
    from selectivity.report.style import SMALL, TEXT, tidy

    values = grid(record, "K", "Na")
    n, q = np.array(NUMBERS, float), np.array(CHARGES)
    levels = np.arange(2 * np.floor(np.nanmin(values) / 2), np.nanmax(values) + 2, 2)
    drawn = ax.contourf(n, q, values, levels, cmap="cividis")
    lines = ax.contour(n, q, values, levels, colors="white", linewidths=0.8)
    ax.contour(n, q, values, [0.0], colors="white", linewidths=2.0)
    ax.clabel(lines, fmt="%+.0f", fontsize=SMALL)
    bar = figure.colorbar(drawn, ax=ax)
    bar.ax.tick_params(labelsize=SMALL)
    bar.set_label("ΔΔG(K⁺→Na⁺), kcal/mol", fontsize=TEXT)
    for marks, face in ((MARKS, "black"), (LOOSE, "white")):
        for label, (x, y) in marks.items():
            ax.plot(x, y, "o", mfc=face, mec="black", ms=6, zorder=5, clip_on=False)
            box: dict[str, Any] = {
                "facecolor": "white",
                "edgecolor": "none",
                "alpha": 0.85,
                "pad": 1.0,
            }
            offset: dict[str, Any] = {
                "xytext": (0, 7),
                "textcoords": "offset points",
                "ha": "center",
            }
            ax.annotate(label, (x, y), fontsize=6.5, bbox=box, zorder=6, **offset)
    ax.set_ylim(0.2, q[-1])
    tidy(ax, "a", "number of ligands", "ligand's charge, e")


def _winners(ax: Axes, records: Mapping[str, Mapping[str, Any]]) -> None:
    """The preferred ion's symbol in every cell."""
    from selectivity.report.style import SMALL, ion_colour, tidy

    for (i, j), ion in np.ndenumerate(winners(records)):
        ax.text(NUMBERS[j], i, ion, color=ion_colour(str(ion)), fontsize=9, **CENTRED)
    ax.set_xlim(NUMBERS[0] - 0.6, NUMBERS[-1] + 0.6)
    ax.set_ylim(-0.6, len(CHARGES) - 0.4)
    ax.set_yticks(range(len(CHARGES)), [f"{q:.2f}" for q in CHARGES])
    tidy(ax, "b  preferred ion", "number of ligands", "ligand's charge, e")
    ax.tick_params(labelsize=SMALL)


CENTRED: dict[str, Any] = {"ha": "center", "va": "center", "fontweight": "bold"}


def _waters(ax: Axes, records: Mapping[str, Mapping[str, Any]]) -> None:
    """ΔΔG(K→Na) against n without water (full lines) and with two waters (dashed)."""
    from selectivity.report.style import GREY, ion_colour, legend, open_frame, tidy

    colours = {0.30: ion_colour("Rb"), 0.51: ion_colour("K"), 0.80: ion_colour("Na")}
    for (q, numbers), marker in zip(WET.items(), "osD", strict=True):
        style: dict[str, Any] = {"color": colours[q], "marker": marker, "ms": 4, "lw": 1.0}
        row = grid(records["map"], "K", "Na")[CHARGES.index(q)]
        ax.plot(NUMBERS, row, label=f"{q:.2f} e", **style)
        if "ligands" in records:
            wet = _along(records["ligands"], [f"wet-{round(100 * q)}-{n - 2}" for n in numbers])
            ax.plot(numbers, wet, ls="--", mfc="white", label="two waters", **style)
    ax.axhline(0.0, color=GREY, lw=0.7, zorder=0)
    tidy(ax, "c", "number of ligands", "ΔΔG(K⁺→Na⁺), kcal/mol")
    open_frame(ax)
    ax.set_ylim(None, 22.0)  # room for the legend
    legend(ax, loc="upper center", ncols=2)


def _along(record: Mapping[str, Any], names: Sequence[str]) -> list[float]:
    return [legs.leg(record, name, "K", "Na").ddg for name in names]
