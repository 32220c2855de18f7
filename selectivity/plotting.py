"""What all figures share: colours, sizes, empty figures, axes and files."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selectivity.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

# Told apart under every common colour blindness: they differ in lightness as well as in hue.
ION_COLOURS = {
    "K": "#5E3C99",
    "Na": "#E66101",
    "Li": "#00876C",
    "Rb": "#62B1E6",
    "Cs": "#202020",
    "Cl": "#1B7837",
    "Ca": "#8C510A",
}
ION_DASHES: dict[str, Any] = {
    "K": "-",
    "Na": "-",
    "Li": (0, (5, 1.5)),
    "Rb": (0, (3, 1, 1, 1)),
    "Cs": (0, (1.2, 1.2)),
}
GREY = "#6E6E6E"
LIGHT = "#F1F1F4"  # the interior
GOOD, BAD = "#3B7A57", "#B2182B"
SMALL, TEXT, LARGE = 7.5, 8.5, 10.0  # pt
FORMATS = (".png", ".pdf", ".svg")


def ion_label(ion: str, z: int = 1) -> str:
    """Symbol with its charge, K⁺ or Ca²⁺."""
    size = "" if abs(z) == 1 else "⁰¹²³⁴"[abs(z)]
    return f"{ion}{size}{'⁺' if z > 0 else '⁻'}"


def ion_colour(ion: str) -> str:
    """Colour of an ion in every figure."""
    return ION_COLOURS.get(ion, GREY)


def new_figure(width: float, height: float, title: str = "") -> Figure:
    """An empty figure on the Agg canvas, inches; pyplot's state is not touched."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.06)  # type: ignore[union-attr, call-arg]
    FigureCanvasAgg(figure)
    if title:
        figure.suptitle(title, fontsize=LARGE)
    return figure


def tidy(ax: Axes, title: str = "", xlabel: str = "", ylabel: str = "") -> None:
    """Sizes of ticks and labels; the title stands at the left, above the axes."""
    ax.tick_params(labelsize=SMALL, width=0.7, length=3)
    for spine in ax.spines.values():
        spine.set_linewidth(0.7)
    if title:
        ax.set_title(title, fontsize=TEXT, loc="left")
    if xlabel:
        ax.set_xlabel(xlabel, fontsize=TEXT)
    if ylabel:
        ax.set_ylabel(ylabel, fontsize=TEXT)


def open_frame(ax: Axes) -> None:
    """Take away the upper and the right spine."""
    ax.spines["top"].set_visible(False)
    ax.spines["right"].set_visible(False)


def whole_numbers(axis: Axis) -> None:
    """Ticks at integers only."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(integer=True))


def legend(ax: Axes, **options: Any) -> None:
    """A legend without a frame that hides no line."""
    options.setdefault("loc", "best")
    box = ax.legend(fontsize=SMALL, framealpha=0.85, edgecolor="none", **options)
    box.set_zorder(10)


def key_below(figure: Figure, handles: Sequence[Any], ncols: int = 4) -> None:
    """A legend of the whole figure below its panels."""
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=min(ncols, max(1, len(handles))),
        fontsize=SMALL,
        frameon=False,
    )


def save_figure(figure: Figure, path: str | Path, dpi: int = 150) -> Path:
    """Write a figure as PNG, PDF or SVG by the suffix of ``path``.

    Files hold no date, so that the same numbers give the same file; PDF embeds TrueType fonts.

    Raises
    ------
    InputError
        Another suffix.
    """
    from matplotlib import rc_context

    path = Path(path)
    if path.suffix not in FORMATS:
        raise InputError("figure", str(path), f"ends in {', '.join(FORMATS)}")
    dateless = {".png": {}, ".pdf": {"CreationDate": None}, ".svg": {"Date": None}}
    with (
        rc_context({"pdf.fonttype": 42, "svg.fonttype": "none", "svg.hashsalt": "selectivity"}),
        warnings.catch_warnings(),
    ):
        # A title may hold signs that the font has not: the figure shows a box there.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        # The layout is settled once: it would move a little with every further drawing.
        layout = figure.get_layout_engine()
        if layout is not None:
            figure.set_dpi(dpi)
            layout.execute(figure)
            figure.set_layout_engine("none")
        figure.savefig(path, dpi=dpi, metadata=dateless[path.suffix])
    return path
