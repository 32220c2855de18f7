"""What `run` ends with: the headline with all that stands beside it, as loud as it must be."""

from __future__ import annotations

import io

import pytest
from report_data import ratio_record, result
from rich.console import Console

from selectivity.permeation.span import headline_line
from selectivity.report import words
from selectivity.report.closing import NOT_CONVERGED, WRONG_ORDER, print_closing
from selectivity.report.console import ORDER_MEANS, print_ratio, ratio_text
from selectivity.report.layout import as_is
from selectivity.units import KCAL

LONGER = {"times": 4, "set": ["systems.a.sampling.production=800", "systems.a.sampling.segments=8"]}
WRONG = {"ions": ["Na", "K"], "relative_to_K": {}, "text": "Na > K", "same_as_kcsa": False}


def box(width: int = 80, say=as_is, **changes) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None)
    print_closing(ratio_record(longer=LONGER, **changes), "mine.run", console, say)
    return file.getvalue()


@pytest.mark.parametrize("width", [80, 50, 36])
def test_the_box_fits_and_holds_every_number(width: int) -> None:
    text = box(width)
    rows = text.splitlines()
    assert {len(row) for row in rows} == {width}
    inside = " ".join(" ".join(row.strip("┃┏┓┗┛━ ").split()) for row in rows)
    assert headline_line(result()).split(" (")[0] in inside
    ddg = result().ddg_integral
    for word in (f"{ddg.value:.2f}", f"{ddg.value / KCAL:.2f}", "> 150", "V_rest", "report"):
        assert word in text
    assert "production: 800" in inside


def test_flags_stand_in_the_box_and_in_boxes_of_their_own() -> None:
    assert NOT_CONVERGED not in box()
    for width in (80, 50):
        text = box(width, converged=False, order=WRONG)
        assert NOT_CONVERGED in text
        assert WRONG_ORDER in text
    page = ratio_text(ratio_record(order=WRONG))
    assert page.count(WRONG_ORDER) == 2
    assert "Na > K" in page
    assert WRONG_ORDER not in ratio_text(ratio_record())


def test_a_pipe_gets_copyable_lines_in_ascii() -> None:
    text = box(60, words.ascii_text)
    assert text.isascii()
    rows = text.splitlines()
    assert rows[2] == headline_line(result())
    assert rows[3].startswith("V_rest = ")
    assert any(row.startswith("next") and "selectivity report mine.run" in row for row in rows)


def test_experiment_and_interval_are_set_beside_each_other() -> None:
    def said(low: float, high: float) -> str:
        record = ratio_record()
        record["ratio"]["integral_levelled"] = {"value": (low * high) ** 0.5, "low": low}
        record["ratio"]["integral_levelled"]["high"] = high
        return " ".join(box(200, ratio=record["ratio"]).split())

    assert "> 150, KcsA: the interval lies above it" in said(200.0, 300.0)
    assert "> 150, KcsA: the interval lies below it" in said(20.0, 30.0)
    assert "> 150, KcsA: the interval reaches across it" in said(20.0, 300.0)


def test_longer_is_left_out_where_a_record_does_not_tell() -> None:
    assert "longer" not in ratio_text(ratio_record())


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "tïny 漢.run"), ("ascii", "tiny ?.run")])
def test_the_name_of_a_folder_is_copied_letter_by_letter(encoding: str, shown: str) -> None:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    print_ratio(ratio_record(), "tïny 漢.run", Console(file=file, width=80))
    file.flush()
    page = raw.getvalue().decode(encoding)
    assert f"selectivity report '{shown}'" in page
    assert f"results: {shown}/results" in page
    assert "ddG#" in page


def test_a_ratio_that_did_not_converge_does_not_stand() -> None:
    assert ORDER_MEANS.split(",")[0] in ratio_text(ratio_record(order=WRONG))
    assert ORDER_MEANS.split(",")[0] not in ratio_text(ratio_record(order=WRONG, converged=False))
