"""Canvases as SVG: inside the page, where its style sheet colours them, or as files."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np

from selectivity.report.page.canvas import COLOURS, KINDS, Canvas, Kind, Mark

FONT = "system-ui,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif"


def svg(
    canvas: Canvas,
    key: str,
    title: str,
    description: str,
    extra: Mapping[str, str] | None = None,
    tail: str = "",
) -> str:
    """Inline SVG that a screen reader names by ``title`` and describes by ``description``.

    ``extra`` are attributes of the root; ``tail`` is markup drawn last and taken as it is.
    """
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in (extra or {}).items())
    return (
        f'<svg viewBox="0 0 {canvas.width:g} {canvas.height:g}" role="img" '
        f'aria-labelledby="{key}-t {key}-d"{attributes}>'
        f'<title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(description)}</desc>'
        f"{''.join(_mark(mark) for mark in canvas.marks)}{tail}</svg>"
    )


def svg_file(canvas: Canvas, title: str, description: str) -> str:
    """The same as a file of its own, in the light colours on white."""
    size = f'width="{canvas.width:g}pt" height="{canvas.height:g}pt"'
    body = "".join(_mark(mark) for mark in canvas.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {canvas.width:g} {canvas.height:g}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        f"<style>svg{{font-family:{FONT}}}{colour_rules(0)}{mark_rules()}</style>"
        f'<rect width="100%" height="100%" fill="#fff"/>{body}</svg>\n'
    )


def colour_rules(scheme: int) -> str:
    """The colours as CSS variables; ``scheme`` 0 is light, 1 is dark."""
    values = ";".join(f"--{name}:{pair[scheme]}" for name, pair in COLOURS.items())
    return f":root{{{values}}}"


def mark_rules() -> str:
    """CSS of all kinds and colours of marks."""
    rules = [f".c-{name}{{--c:var(--{name})}}" for name in COLOURS]
    rules += [f".m-{name}{{{_rule(name, kind)}}}" for name, kind in KINDS.items()]
    own = "fill:none;stroke:var(--c);stroke-linecap:round;stroke-linejoin:round"
    return "".join([*rules, f".m-own{{{own}}}"])


def _rule(name: str, kind: Kind) -> str:
    if kind.filled:
        opacity = f";opacity:{kind.opacity:g}" if kind.opacity < 1.0 else ""
        weight = ";font-weight:650" if name == "bold" else ""
        return f"fill:var(--c);stroke:none{opacity}{weight}"
    dash = f";stroke-dasharray:{' '.join(f'{d:g}' for d in kind.dash)}" if kind.dash else ""
    round_ends = ";stroke-linecap:round" if not kind.dash else ""
    opacity = f";opacity:{kind.opacity:g}" if kind.opacity < 1.0 else ""
    return (
        f"fill:none;stroke:var(--c);stroke-width:{kind.width:g};stroke-linejoin:round"
        f"{dash}{round_ends}{opacity}"
    )


def _mark(mark: Mark) -> str:
    kind, colour = mark.style.split()
    classes = f'class="m-{kind} c-{colour}"'
    faded = f' opacity="{mark.opacity * KINDS[kind].opacity:.3g}"' if mark.opacity < 1.0 else ""
    if mark.kind == "text":
        return _text(mark, classes + faded)
    if mark.kind == "dots":
        d = "".join(f"M{_n(x)} {_n(y)}h0" for x, y in mark.xy)
    else:
        d = path_data(mark.xy)
    if mark.size:  # a width of its own: as an attribute it would lose against the kind's class
        classes = f'class="m-own c-{colour}" stroke-width="{_n(mark.size)}"'
    return f'<path {classes}{faded} d="{d}"/>' if d else ""


def path_data(xy: np.ndarray) -> str:
    """``M x y L x y …``; a point that is nan ends one stroke and begins another."""
    pieces, pen = [], "M"
    for x, y in xy:
        if not (np.isfinite(x) and np.isfinite(y)):
            pen = "M"
            continue
        pieces.append(f"{pen}{_n(x)} {_n(y)}")
        pen = "L"
    return "".join(pieces)


def _text(mark: Mark, attributes: str) -> str:
    x, y = mark.xy[0]
    turn = f' transform="rotate({mark.turn:g} {_n(x)} {_n(y)})"' if mark.turn else ""
    anchor = f' text-anchor="{mark.anchor}"' if mark.anchor != "start" else ""
    return (
        f'<text {attributes} x="{_n(x)}" y="{_n(y)}" font-size="{mark.size:g}"{anchor}{turn}>'
        f"{escape(mark.text)}</text>"
    )


def _n(value: float) -> str:
    """One digit after the point, none where it is 0."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")
