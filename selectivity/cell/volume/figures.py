"""Figures of the pump-leak cell: the state at rest, the scan over the pump, sensitivities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

    from selectivity.cell.volume.rest import VolumeRest
    from selectivity.cell.volume.scan import PumpScan
    from selectivity.cell.volume.sensitivity import Sensitivities

_HATCH = {"Na": "", "K": "//", "Cl": "", "X": ".."}
_DASH = {"Na": "-", "K": (0, (6, 1.5)), "Cl": (0, (3, 1.5)), "X": (0, (1, 1.2))}

_KEY = {"Na": "Na", "K": "K and its E", "Cl": "Cl and its E", "X": "impermeants"}


def round_ticks(axis: Axis) -> None:
    """Ticks of a logarithmic axis at 1, 2, 5, written as plain numbers over short ranges."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    low, high = sorted(axis.get_view_interval())
    decades = math.log10(high / low)
    subs = (1.0, 2.0, 5.0) if decades < 2.5 else (1.0,)
    axis.set_major_locator(LogLocator(subs=subs, numticks=15))
    axis.set_minor_formatter(NullFormatter())
    if decades < 4.0:
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def draw_rest(rest: VolumeRest, figure: Figure) -> None:
    """Osmolarity of both sides by ion, and E of each ion beside V."""
    from selectivity.plotting import GREY, SMALL, open_frame, tidy

    if not rest.steady:
        raise InputError("plot", "no steady state", "shows a state", "leave the plot out")
    width, height = figure.get_size_inches()
    figure.set_size_inches(max(7.0, width), max(3.6, height))
    left, right = figure.subplots(1, 2)
    _bars(left, rest)
    tidy(left, f"volume {rest.w_um3:.5g} µm³", ylabel="osmolarity (mM)")
    left.margins(x=0.12)
    right.axhline(rest.v_mV, color=GREY, ls="--", lw=1.0)
    right.annotate(
        _mv("V ", rest.v_mV), (2.55, rest.v_mV), (0, 3), textcoords="offset points", fontsize=SMALL,
        ha="right", va="bottom", color=GREY,
    )  # fmt: skip
    for at, row in enumerate(rest.ions.values()):
        right.vlines(at, rest.v_mV, row.e_mV, color=GREY, lw=1.0)
        right.plot(at, row.e_mV, "o", color="black", ms=6)
        right.annotate(
            _mv("", row.e_mV), (at, row.e_mV), (8, 0), textcoords="offset points", fontsize=SMALL,
            va="center",
        )  # fmt: skip
    right.set_xticks(range(3), [f"E of {ion}" for ion in rest.ions])
    right.set_xlim(-0.5, 2.6)
    tidy(right, "what drives each ion: from E to V", ylabel="mV")
    for ax in (left, right):
        open_frame(ax)


def _mv(name: str, value: float) -> str:
    return f"{name}{value:.1f}".replace("-", "−")


def _bars(ax: Axes, rest: VolumeRest) -> None:
    from selectivity.plotting import SMALL, ion_colour

    cell = rest.cell
    sides: tuple[tuple[str, dict[str, float]], ...] = (
        (
            "bath",
            {"Na": cell.na_out_mM, "K": cell.k_out_mM, "Cl": cell.cl_out_mM, "X": cell.x_out_mM},
        ),
        (
            "cell",
            {"Na": rest.na_in_mM, "K": rest.k_in_mM, "Cl": rest.cl_in_mM, "X": rest.x_in_mM},
        ),
    )
    for at, (_, side) in enumerate(sides):
        bottom = 0.0
        for ion, c in side.items():
            ax.bar(
                at, c, 0.55, bottom, color=ion_colour(ion), alpha=0.75, hatch=_HATCH[ion],
                edgecolor="white", lw=0.5,
            )  # fmt: skip
            small = c < 0.04 * cell.osmolarity_mM
            ax.text(
                at + (0.31 if small else 0.0), bottom + 0.5 * c, f"{ion} {c:.3g}", fontsize=SMALL,
                ha="left" if small else "center", va="center", color="black" if small else "white",
                bbox=None if small else {"boxstyle": "square,pad=0.15", "fc": "black", "lw": 0,
                                         "alpha": 0.45},
            )  # fmt: skip
            bottom += c
    ax.set_xticks(range(2), [name for name, _ in sides])
    ax.set_xlim(-0.5, 1.75)


def draw_scan(scan: PumpScan, figure: Figure) -> None:
    """Composition, volume and potentials against the rate of the pump."""
    from selectivity.plotting import GREY, ion_colour, key_below, open_frame, tidy

    steady = scan.steady
    if not steady.any():
        raise InputError("plot", "no steady state", "shows one", "scan other rates")
    width, height = figure.get_size_inches()
    figure.set_size_inches(max(10.0, width), max(3.6, height))
    axes = figure.subplots(1, 3)
    rate, table = scan.rate_A_m2, scan.table
    key: list[Any] = []
    for ion, label in _KEY.items():
        column, style = table[f"{ion.lower()}_in_mM"], {"color": ion_colour(ion), "ls": _DASH[ion]}
        key += axes[0].plot(rate, column, lw=1.4, label=label, **style)
        if ion in ("K", "Cl"):
            axes[2].plot(rate, table[f"e_{ion.lower()}_mV"], lw=1.2, **style)
    key += axes[2].plot(rate, table["v_mV"], color="black", lw=1.6, label="V, volume")
    axes[1].plot(rate, table["w_um3"], color="black", lw=1.6)
    least = float(np.min(table["w_um3"][steady]))
    most = min(4.0 * least, float(np.max(table["w_um3"][steady])))
    room = max(0.25 * (most - least), 1e-3 * least)
    axes[1].set_ylim((0.0, 1.1 * most) if most > 1.5 * least else (least - room, most + room))
    if math.isfinite(scan.least_rate_A_m2):
        label = f"least volume, {scan.least_w_um3:.5g} µm³ at {scan.least_rate_A_m2:.3g} A/m²"
        at = (scan.least_rate_A_m2, scan.least_w_um3)
        key += axes[1].plot(*at, "o", color="white", mec="black", ms=7, label=label, ls="none")
    for ax, title, unit in zip(
        axes, ("inside", "volume", "potentials"), ("mM", "µm³", "mV"), strict=True
    ):
        if math.isfinite(scan.own_rate_A_m2):
            line = ax.axvline(scan.own_rate_A_m2, color=GREY, lw=0.8, label="this cell")
            key += [line] if ax is axes[0] else []
        ax.set_xscale("log")
        ax.set_xlim(float(rate[0]), float(rate[-1]))
        round_ticks(ax.xaxis)
        tidy(ax, title, f"pump rate, {scan.law} (A/m²)", unit)
        open_frame(ax)
    for start, end in scan.gaps():
        _none_here(axes, start, end)
    key_below(figure, key)


def _none_here(axes: Sequence[Axes], start: float, end: float) -> None:
    """Shade rates without a steady state, and say so where there is room."""
    from selectivity.plotting import GREY, SMALL

    for ax in axes:
        ax.axvspan(start, end, color=GREY, alpha=0.2, lw=0)
    low, high = axes[1].get_xlim()
    if math.log(end / start) > 0.08 * math.log(high / low):
        axes[1].text(
            math.sqrt(start * end), 0.5, "no steady state", rotation=90, fontsize=SMALL,
            ha="center", va="center", transform=axes[1].get_xaxis_transform(),
        )  # fmt: skip


def draw_sensitivities(found: Sensitivities, figure: Figure, shown: tuple[str, ...]) -> None:
    """A bar for each parameter, one panel for each of the outputs ``shown``."""
    from selectivity.plotting import GREY, SMALL, open_frame, tidy

    names = list(found.parameters)
    width, _ = figure.get_size_inches()
    figure.set_size_inches(max(2.0 + 2.9 * len(shown), width), 1.0 + 0.24 * len(names))
    axes: Any = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for ax, output in zip(axes, shown, strict=True):
        values = np.array([found.value(output, name) for name in names])
        ax.barh(range(len(names)), values, 0.65, color="#5A5A5A")
        ax.axvline(0.0, color="black", lw=0.7)
        reach = 1.25 * max(1e-12, float(np.nanmax(np.abs(values))))
        ax.set_xlim(-reach, reach)
        ax.locator_params(axis="x", nbins=5)
        ax.grid(axis="y", color=GREY, alpha=0.2, lw=0.5)
        tidy(ax, output, xlabel=found.unit(output))
        open_frame(ax)
    axes[0].set_yticks(range(len(names)), names, fontsize=SMALL)
    axes[0].invert_yaxis()
