"""Panels of the figures of the pump: its ledger and its rate laws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selectivity.membrane.solution import VALENCE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from selectivity.cell.pump_ledger import PumpLedger


def draw_ledger(ax: Axes, ledger: PumpLedger) -> None:
    """Bars of leak, pump part and sum for every ion and for all charge; numbers above them."""
    from selectivity.plotting import SMALL, ion_colour, ion_label, legend, open_frame, tidy

    rows = (*ledger.rows, ledger.charge)
    size = max((abs(x) for row in rows for x in (row.leak, row.pump)), default=0.0) or 1.0
    unit = ledger.unit.replace("m2", "m²")
    kinds = (("leak", -0.2, ""), ("pump", 0.2, "////"))
    for at, row in enumerate(rows):
        colour = ion_colour(row.ion)
        for kind, shift, hatch in kinds:
            value = getattr(row, kind)
            ax.bar(
                at + shift, value, 0.36, color="white" if hatch else colour, ec=colour, hatch=hatch
            )
            up = value >= 0.0
            text = f"{round(value, 12) + 0.0:+.3g}" if value else "0"
            ax.text(
                at + shift,
                value + (0.03 if up else -0.03) * size,
                text,
                ha="center",
                va="bottom" if up else "top",
                fontsize=SMALL,
            )
    ax.axhline(0.0, color="black", lw=0.8)
    names = [ion_label(row.ion, VALENCE[row.ion]) for row in ledger.rows]
    ax.set_xticks(range(len(rows)), [*names, "all charge"])
    ax.set_ylim(-1.3 * size, 1.45 * size)
    for kind, _, hatch in kinds:
        ax.bar([0], [0], color="white" if hatch else "0.4", ec="0.4", hatch=hatch, label=kind)
    tidy(ax, f"{ledger.atp_per_s:.3g} ATP/s" + _place(ledger), "", f"current, outward ({unit})")
    open_frame(ax)
    legend(ax, loc="upper right", ncols=2)


def _place(ledger: PumpLedger) -> str:
    return f", pump {ledger.sodium}:{ledger.potassium}" if ledger.unit == "pA" else " per µm²"
