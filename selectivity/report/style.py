"""What figures of filters share, beside what all figures do (``selectivity.plotting``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.estimators.barrier import Sites
from selectivity.plotting import (
    BAD,
    FORMATS,
    GOOD,
    GREY,
    ION_COLOURS,
    ION_DASHES,
    LARGE,
    LIGHT,
    SMALL,
    TEXT,
    ion_colour,
    ion_label,
    key_below,
    legend,
    new_figure,
    open_frame,
    save_figure,
    tidy,
    whole_numbers,
)
from selectivity.records import Estimate
from selectivity.units import KCAL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "BAD",
    "FORMATS",
    "GOOD",
    "GREY",
    "ION_COLOURS",
    "ION_DASHES",
    "LARGE",
    "LIGHT",
    "SMALL",
    "TEXT",
    "filter_marks",
    "filter_names",
    "half_widths",
    "ion_colour",
    "ion_label",
    "key_below",
    "kj_axis",
    "legend",
    "new_figure",
    "open_frame",
    "ratio_label",
    "save_figure",
    "tidy",
    "whole_numbers",
]


def ratio_label(a: str, b: str) -> str:
    """P(K⁺)/P(Na⁺)."""
    return f"P({ion_label(a)})/P({ion_label(b)})"


def kj_axis(ax: Axes, label: str) -> None:
    """Second axis at the right in kJ/mol, for axes in kcal/mol."""
    turn = (lambda y: np.asarray(y) * KCAL, lambda y: np.asarray(y) / KCAL)
    right = ax.secondary_yaxis("right", functions=turn)
    right.tick_params(labelsize=SMALL, width=0.7, length=3)
    right.set_ylabel(label, fontsize=TEXT)
    right.spines["right"].set_linewidth(0.7)


def filter_marks(ax: Axes, sites: Sites, z: np.ndarray) -> None:
    """The interior shaded, oxygen planes as lines, cage centres dotted, where ``z`` reaches."""
    ax.axvspan(*sites.interior, color=LIGHT, lw=0, zorder=0)
    for plane in _within(sites.planes, z).values():
        ax.axvline(plane, color=GREY, lw=0.9, zorder=1)
    for centre in _within(sites.cages, z).values():
        ax.axvline(centre, color=GREY, lw=0.7, ls=(0, (1, 3)), zorder=1)


def filter_names(ax: Axes, sites: Sites, z: np.ndarray) -> None:
    """Names above the frame: cages in bold, planes in a row of their own above them."""
    common: dict[str, Any] = {"ha": "center", "va": "bottom", "clip_on": False}
    common["transform"] = ax.get_xaxis_transform()
    for name, plane in _within(sites.planes, z).items():
        ax.text(plane, 1.075, name, fontsize=SMALL, color=GREY, **common)
    for name, centre in _within(sites.cages, z).items():
        ax.text(centre, 1.01, name, fontsize=TEXT, fontweight="bold", **common)


def _within(places: Mapping[str, float], z: np.ndarray) -> dict[str, float]:
    return {name: place for name, place in places.items() if z[0] <= place <= z[-1]}


def half_widths(value: np.ndarray, error: np.ndarray, replicas: int) -> np.ndarray:
    """Half widths of 95 % intervals, error times Student's t with R − 1 degrees of freedom.

    Zero where there is no error, so that nothing is drawn.
    """
    if replicas < 2:
        return np.zeros_like(value)
    factor = Estimate(0.0, 1.0, replicas - 1.0).half_width()
    return np.where(np.isfinite(error), error * factor, 0.0)
