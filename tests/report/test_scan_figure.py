"""The figure and the page of a scan, from records made by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from selectivity.report import scan_plot
from selectivity.report.layout import as_is
from selectivity.report.scan_page import print_scan, range_line, scan_parts
from selectivity.report.scan_plot import cell_text, scan_figure
from selectivity.report.style import save_figure
from selectivity.units import KCAL

ALKALI = ("Li", "Na", "K", "Rb", "Cs")


def axis(label: str, values: list[str], numbers: list[float | None], unit: str = "") -> dict:
    return {
        "keys": [f"systems.cage.{label}"], "label": label, "values": values, "numbers": numbers,
        "unit": unit, "log": False,
    }  # fmt: skip


def cell(index: tuple[int, ...], ddg: dict[str, float], state: str = "done", **more) -> dict:
    """ΔΔG(K → X) in kcal/mol, each with an error of 0.1."""
    order = sorted({"K": 0.0, **ddg}, key=lambda ion: {"K": 0.0, **ddg}[ion])
    steps = np.diff([{"K": 0.0, **ddg}[ion] for ion in order])
    legs = [
        {
            "to": ion, "ddg_kJ_mol": KCAL * g, "ddg_error_kJ_mol": 0.1 * KCAL, "ddg_kcal_mol": g,
            "ddg_error_kcal_mol": 0.1, "ddg_half_width_kcal_mol": 0.2,
        }
        for ion, g in ddg.items()
    ]  # fmt: skip
    found = {
        "index": list(index), "values": [str(i) for i in index], "state": state, "reasons": [],
        "legs": legs, "order": order, "winner": order[0], "resolved": bool(steps[0] > 0.2),
        "order_resolved": bool(min(steps) > 0.2), "margin_kcal_mol": float(steps[0]),
        "eisenman": None,
    }  # fmt: skip
    if state in ("failed", "not finished"):
        found |= {"legs": [], "order": [], "winner": None, "resolved": False}
        found |= {"margin_kcal_mol": None, "reasons": ["it broke"] if state == "failed" else []}
    return {**found, **more}


def a_map() -> dict:
    cells = [cell((i, j), {"Na": 3.0 * i - 2.0 * j - 1.0}) for i, j in product(range(4), range(3))]
    cells[3] = cell((1, 0), {"Na": 2.0}, "not converged", reasons=["5 round trips"])
    cells[7] = cell((2, 1), {"Na": 3.0}, "failed")
    cells[0] = cell((0, 0), {"Na": 0.1})
    return {
        "title": "a map", "system": "cage", "ions": ["K", "Na"], "pair": ["K", "Na"],
        "axes": [
            axis("carbonyls", ["4", "5", "6", "8"], [4, 5, 6, 8]),
            axis("tether", ["1.6 kcal", "25 kcal", "rigid"], [1.6, 25, None], "kcal"),
        ],
        "cells": cells,
    }  # fmt: skip


def a_curve() -> dict:
    weak = {"Li": 9.0, "Na": 4.0, "Rb": -1.0, "Cs": -3.0}
    strong = {"Li": -5.0, "Na": -2.0, "Rb": 1.0, "Cs": 1.1}
    none = {"Li": -5.0, "Na": 4.0, "Rb": 1.0, "Cs": 2.0}
    cells = [
        cell((0,), weak, eisenman="I"), cell((1,), strong, eisenman="XI"), cell((2,), none),
        cell((3,), none, "not finished"),
    ]  # fmt: skip
    numbers = [0.3, 0.5, 0.7, 0.9]
    return {
        "title": "a curve", "system": "cage", "ions": list(ALKALI), "pair": ["K", "Na"],
        "axes": [axis("charge", [f"{q} e" for q in numbers], list(numbers), "e")], "cells": cells,
    }  # fmt: skip


def texts(figure) -> list[str]:  # type: ignore[no-untyped-def]
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_every_cell_names_its_winner_and_what_is_wrong() -> None:
    found = texts(scan_figure(a_map()))
    assert found.count("failed") == 1
    assert "K⁺\n2.0 n.c." in found
    assert "K⁺?\n0.1" in found
    assert "Na⁺\n3.0" in found
    assert sum("kcal\n" in text and text.endswith("kJ") for text in found) == 0  # a cell is missing


def test_contours_are_labelled_in_both_units() -> None:
    record = a_map()
    record["cells"][7] = cell((2, 1), {"Na": 3.0})
    labels = [text for text in texts(scan_figure(record)) if text.endswith(" kJ")]
    assert "0 kcal\n0 kJ" in labels
    assert any(text == "+3 kcal\n+13 kJ" for text in labels)


def test_the_ramp_is_readable_in_grey() -> None:
    """Luminance falls from one end to the other, by more than half of its range."""
    grey = [np.dot(to_rgb(c), (0.299, 0.587, 0.114)) for c in scan_plot.RAMP]
    assert np.all(np.diff(grey) < -0.05)
    assert grey[0] - grey[-1] > 0.5


def test_hatching_marks_what_is_no_result() -> None:
    (ax, *_) = scan_figure(a_map()).axes
    assert sum(patch.get_hatch() is not None for patch in ax.patches) == 2


def test_a_curve_prints_the_sequence_of_every_charge() -> None:
    found = texts(scan_figure(a_curve()))
    assert found == ["Cs⁺\nI", "Li⁺\nXI?", "Li⁺\n-", "-"]


def test_more_ions_on_two_axes_show_the_lead() -> None:
    record = a_curve()
    record["axes"].append(axis("carbonyls", ["6"], [6]))
    for one in record["cells"]:
        one["index"].append(0)
    assert texts(scan_figure(record)) == ["Cs⁺\nI", "Li⁺\nXI?", "Li⁺\n-", "-"]


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_files_are_the_same_each_time(tmp_path, suffix: str) -> None:  # type: ignore[no-untyped-def]
    paths = [save_figure(scan_figure(a_map()), tmp_path / f"{i}{suffix}") for i in (0, 1)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_map_that_holds_nothing_yet_is_drawn() -> None:
    record = a_map()
    record["cells"] = [
        cell(tuple(c["index"]), {"Na": 1.0}, "not finished") for c in record["cells"]
    ]
    assert set(texts(scan_figure(record))) == {"-"}
    assert range_line(record) == "no cell has a result yet"


def test_the_page_names_the_files_that_there_are(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    record = a_map()
    print_scan(record, tmp_path)
    assert "map.png, map.svg, map.pdf" in capsys.readouterr().out
    record["cells"] = [cell(tuple(c["index"]), {"Na": 1.0}, "failed") for c in record["cells"]]
    print_scan(record, tmp_path)
    found = capsys.readouterr().out
    assert "scan.csv, scan.json" in found
    assert "map." not in found


def test_the_page_says_what_the_map_says(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    print_scan(a_map(), tmp_path)
    text = capsys.readouterr().out
    assert "10 of 12 cells done, 1 not converged, 1 failed" in text
    assert "K+ 2.0 n.c." in text
    assert "5 round trips" in text
    assert "it broke" in text
    assert "ddG(K->Na) from -20.9 to +33.5 kJ/mol (-5.0 to +8.0 kcal/mol)" in text
    assert text.isascii()
    print_scan(a_curve(), tmp_path)
    text = capsys.readouterr().out
    assert "XI" in text
    assert "Cs > Rb > K" in text
    assert len(scan_parts(a_curve(), as_is)) == 3


def test_reasons_that_all_cells_share_are_told_once(tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    record = a_map()
    for one in record["cells"]:
        one.update(state="not converged", reasons=["bulk: short"])
    print_scan(record, tmp_path)
    assert capsys.readouterr().out.count("bulk: short") == 1


def test_texts_of_cells() -> None:
    assert cell_text(cell((0,), {"Na": -2.0})) == "Na⁺\n2.0"
    assert cell_text(cell((0,), {"Na": -2.0}, "failed")) == "failed"
