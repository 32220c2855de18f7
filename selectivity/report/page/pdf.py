"""Canvases as PDF, drawn by matplotlib's PDF backend mark by mark in the light colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.report.page.canvas import COLOURS, KINDS, Canvas, Mark

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase, RendererBase

_ALIGN: dict[str, Any] = {"start": "left", "middle": "center", "end": "right"}
TYPE_SHARE = 0.92
"""Size of type over that of the SVG: matplotlib's own is wider than a browser's."""


def write_pdf(canvas: Canvas, path: Path) -> Path:
    """Write a canvas as a PDF of its size; fonts are embedded as outlines, without a date."""
    from matplotlib import rc_context
    from matplotlib.artist import Artist
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure

    class Marks(Artist):
        """The whole canvas as one artist: one for each mark would take ten times as long."""

        def draw(self, renderer: RendererBase) -> None:
            for mark in canvas.marks:
                _DRAW[mark.kind](renderer, mark, canvas.height, self.get_figure())

    size = (canvas.width / 72.0, canvas.height / 72.0)
    figure = Figure(figsize=size, dpi=72.0, facecolor="white")
    FigureCanvasPdf(figure)
    figure.add_artist(Marks())
    # outlines (Type 3): to make subsets of fonts takes a third of a second a file
    with rc_context({"pdf.fonttype": 3}):
        figure.savefig(path, metadata={"CreationDate": None})
    return path


def _context(renderer: RendererBase, mark: Mark) -> GraphicsContextBase:
    kind, colour = mark.style.split()
    context = renderer.new_gc()
    context.set_alpha(KINDS[kind].opacity * mark.opacity)
    context.set_foreground(COLOURS[colour][0])
    return context


def _colour(mark: Mark) -> Any:
    from matplotlib.colors import to_rgba

    kind, colour = mark.style.split()
    return to_rgba(COLOURS[colour][0], KINDS[kind].opacity * mark.opacity)


def _up(mark: Mark, height: float) -> np.ndarray:
    """Points with y upward, as the backend has it."""
    return np.stack([mark.xy[:, 0], height - mark.xy[:, 1]], axis=1)


def _path(renderer: RendererBase, mark: Mark, height: float, _: Any) -> None:
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import IdentityTransform

    kind = KINDS[mark.style.split()[0]]
    context, filled = _context(renderer, mark), kind.filled and not mark.size
    context.set_linewidth(0.0 if filled else mark.size or kind.width)
    context.set_joinstyle("round")
    context.set_capstyle("butt" if kind.dash and not mark.size else "round")
    if kind.dash and not mark.size:
        context.set_dashes(0, list(kind.dash))
    outline = Outline(_up(mark, height))
    renderer.draw_path(context, outline, IdentityTransform(), _colour(mark) if filled else None)
    context.restore()


def _dots(renderer: RendererBase, mark: Mark, height: float, _: Any) -> None:
    from matplotlib.path import Path as Outline
    from matplotlib.transforms import Affine2D, IdentityTransform

    context = _context(renderer, mark)
    context.set_linewidth(0.0)
    radius = 0.5 * (mark.size or KINDS[mark.style.split()[0]].width)
    renderer.draw_markers(
        context,
        Outline.unit_circle(),
        Affine2D().scale(radius),
        Outline(_up(mark, height)),
        IdentityTransform(),
        _colour(mark),
    )
    context.restore()


def _text(renderer: RendererBase, mark: Mark, height: float, figure: Any) -> None:
    from matplotlib.text import Text

    x, y = _up(mark, height)[0]
    text = Text(
        x,
        y,
        mark.text.replace("$", r"\$"),
        fontsize=TYPE_SHARE * mark.size,
        color=_colour(mark),
        weight="bold" if mark.style.startswith("bold") else "normal",
        ha=_ALIGN[mark.anchor],
        va="baseline",
        rotation=-mark.turn,
        rotation_mode="anchor",
    )
    text.set_figure(figure)
    text.draw(renderer)


_DRAW: dict[str, Any] = {"path": _path, "dots": _dots, "text": _text}
