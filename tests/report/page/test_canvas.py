"""Marks, axes and their three forms: SVG in the page, SVG and PDF as files."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from selectivity.report.page.axes import Panel, band, curve, cut, ticks
from selectivity.report.page.canvas import (
    COLOURS,
    Canvas,
    Figure,
    dots,
    label,
    path,
    rectangle,
)
from selectivity.report.page.pdf import write_pdf
from selectivity.report.page.svg import colour_rules, mark_rules, path_data, svg, svg_file
from selectivity.report.page.write import csv_text

CANVAS = Canvas(
    100.0,
    50.0,
    (
        rectangle(0, 0, 10, 10, "fill interior"),
        path([(0, 0), (5, 5), (np.nan, np.nan), (9, 9), (10, 12)], "line K", opacity=0.5),
        path([(0, 0), (5, 5)], "line carbon", 3.0),
        dots([(3, 4), (5, 6)], "dots Na", 8.0),
        label(5, 5, "<b>&\"' ΔΔG $x$</b>", turn=-90.0),
    ),
)


def test_text_is_escaped_and_the_markup_is_sound():
    for text in (svg(CANVAS, "k", "<script>", 'a "b" & c'), svg_file(CANVAS, "<i>", "&")):
        root = ET.fromstring(text)
        assert "<script" not in text
        assert "<b>" not in text
        words = [e.text for e in root.iter() if e.tag.endswith("text")]
        assert words == ["<b>&\"' ΔΔG $x$</b>"]


def test_the_screen_reader_finds_title_and_description():
    root = ET.fromstring(svg(CANVAS, "k", "A title", "A description"))
    assert root.get("role") == "img"
    named = {e.get("id"): e.text for e in root}
    assert [named[key] for key in root.get("aria-labelledby", "").split()] == [
        "A title",
        "A description",
    ]


def test_a_break_lifts_the_pen():
    assert path_data(CANVAS.marks[1].xy) == "M0 0L5 5M9 9L10 12"


def test_a_width_of_its_own_stands_against_the_style_sheet():
    text = svg(CANVAS, "k", "t", "d")
    assert '<path class="m-own c-carbon" stroke-width="3" d="M0 0L5 5"/>' in text
    assert ".m-own{" in mark_rules()
    assert "stroke-width" not in mark_rules().split(".m-own{")[1]


def test_every_colour_has_a_light_and_a_dark_form():
    for scheme in (0, 1):
        rules = colour_rules(scheme)
        assert all(f"--{name}:{pair[scheme]}" in rules for name, pair in COLOURS.items())


def test_pdf_is_one_page_of_the_size_without_a_date(tmp_path: Path):
    first = write_pdf(CANVAS, tmp_path / "a.pdf").read_bytes()
    assert first.startswith(b"%PDF")
    assert first.count(b"/Type /Page ") == 1
    assert b"/MediaBox [ 0 0 100 50 ]" in first
    assert b"CreationDate" not in first
    assert write_pdf(CANVAS, tmp_path / "b.pdf").read_bytes() == first


def test_columns_are_written_to_the_last_bit():
    figure = Figure("n", "t", "c", "a", CANVAS, {"x": [0.1, 1 / 3], "y": ["", 2.0]})
    assert csv_text(figure) == f"x,y\n0.1,\n{1 / 3!r},2.0\n"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.0, 10.0, [0, 2, 4, 6, 8, 10]), (-0.3, 0.31, [-0.2, 0.0, 0.2]), (1.0, 1.0, [])],
)
def test_ticks_are_round_and_inside(low, high, expected):
    assert ticks(low, high) == pytest.approx(expected, abs=1e-12)


def test_a_curve_is_cut_where_it_crosses_the_frame():
    x, y = cut(np.array([0.0, 1.0, 2.0]), np.array([0.0, 4.0, 0.0]), -1.0, 2.0)
    have = np.isfinite(y)
    assert x[have] == pytest.approx([0.0, 0.5, 1.5, 2.0])
    assert y[have] == pytest.approx([0.0, 2.0, 2.0, 0.0])
    assert np.isnan(y[2])


def test_a_curve_that_jumps_over_the_frame_crosses_both_edges():
    x, y = cut(np.array([0.0, 1.0]), np.array([-2.0, 2.0]), -1.0, 1.0)
    assert x[np.isfinite(y)] == pytest.approx([0.25, 0.75])
    assert y[np.isfinite(y)] == pytest.approx([-1.0, 1.0])


def test_points_stand_where_the_scale_says():
    panel = Panel(10.0, 20.0, 100.0, 50.0, (0.0, 2.0), (-1.0, 1.0))
    drawn = curve(panel, np.array([0.0, 2.0]), np.array([-1.0, 1.0]), "line K").xy
    assert drawn == pytest.approx(np.array([[10.0, 70.0], [110.0, 20.0]]))


def test_a_band_leaves_out_what_is_not_known():
    panel = Panel(0.0, 0.0, 10.0, 10.0, (0.0, 4.0), (0.0, 1.0))
    low = np.array([0.1, 0.1, np.nan, 0.2, 0.2])
    found = band(panel, np.arange(5.0), low, low + 0.5, "band K")
    assert [len(mark.xy) for mark in found] == [4, 4]
    assert all(np.isfinite(mark.xy).all() for mark in found)
