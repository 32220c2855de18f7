"""What the console prints holds the numbers of the record and reads well in 80 columns."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from report_data import analysis_record, ratio_record, result
from rich.console import Console

from selectivity.permeation.measured import FORCE_FIELD_CAVEAT
from selectivity.permeation.span import figure, headline_line
from selectivity.report.console import (
    analysis_text,
    make_console,
    print_ratio,
    ratio_text,
)
from selectivity.units import KCAL


def closing(text: str) -> list[str]:
    """Lines between the two rules at the end."""
    rows = text.splitlines()
    rules = [i for i, row in enumerate(rows) if row and set(row) == {"="}]
    assert rules[-1] == len(rows) - 1
    return rows[rules[-2] + 1 : -1]


def flat(text: str) -> str:
    """Text with its folded lines joined."""
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def page() -> str:
    return ratio_text(ratio_record())


def test_it_ends_with_the_headline_and_the_potential(page: str) -> None:
    rows = closing(page)
    assert rows[0] == "made-up, composition [K W X W], interior only"
    assert rows[1] == headline_line(result())
    v_rest = ratio_record()["membrane"]["v_rest_mV"]
    assert rows[2].startswith(
        f"V_rest = {v_rest['value']:.1f} mV ({v_rest['low']:.1f} to {v_rest['high']:.1f})"
    )
    assert f"{ratio_record()['membrane']['v_rest_no_leak_mV']:.1f} mV without it" in rows[2]


def test_no_line_is_wider_than_the_terminal(page: str) -> None:
    assert max(map(len, page.splitlines())) <= 80
    assert max(map(len, ratio_text(ratio_record(), 80, ascii_only=False).splitlines())) <= 80


def test_all_four_ratios_stand_side_by_side(page: str) -> None:
    found = result()
    names = {
        "levelled integral *": (found.integral_levelled, found.ddg_integral),
        "levelled barrier": (found.barrier_levelled, found.ddg_barrier),
        "integral as sampled": (found.integral, found.ddg_integral_sampled),
        "barrier as sampled": (found.barrier, found.ddg_barrier_sampled),
    }
    for name, (interval, ddg) in names.items():
        row = next(row for row in page.splitlines() if row.startswith(name))
        for number in (interval.value, interval.low, interval.high):
            assert figure(number) in row
        assert f"{ddg.value:.2f}" in row
        assert f"{ddg.value / KCAL:.2f}" in row
    assert figure(found.diffusion_ratio.ratio.value) in page
    assert figure(found.bounds.low) in page
    assert figure(found.bounds.high) in page
    assert f"{found.tilt_sensitivity.integral:.2f} kJ/mol" in page


def test_sites_wells_and_bulk_stand_there(page: str) -> None:
    found = result()
    row = next(row for row in page.splitlines() if row.startswith("S2"))
    site = found.sites["S2"]
    for number in (site.ddg.value, site.ddg.value / KCAL, site.centre.value):
        assert f"{number:.2f}" in row
    assert f"V76 O {site.planes['V76 O'].value:.1f}" in row
    assert f"S3 {found.wells[0].z:.2f} A" in flat(page)
    assert f"{found.bulk.value:.2f} +- {found.bulk.error:.2f} kJ/mol" in flat(page)


def test_what_limits_the_number_is_said(page: str) -> None:
    text = flat(page)
    assert "conditional on the composition [K W X W]" in text
    assert "departures refused: 1,480" in text
    assert "interior only: entry and access resistance are not included" in text
    assert "statistical only" in text
    assert "P_K/P_Na > 150 (KcsA" in text
    assert "3 carbonyl flips" in text
    assert "101 round trips K <-> Na" in text


def test_an_open_file_is_described_as_one() -> None:
    text = flat(ratio_text(ratio_record(composition="[gc X gc]", file_start_z=-0.4)))
    assert "hold the ions and their order, the number of waters between them is an output" in text
    assert "files started empty and full differ by -0.4 standard errors" in text
    assert "resident ions is not covered" not in text
    beside = flat(ratio_text(ratio_record(composition="[K gc X gc]")))
    assert "resident ions is not covered" in beside
    shut = flat(ratio_text(ratio_record(file_start_z=-0.4)))
    assert "hold the number and the order of what stands in the file" in shut
    assert "files started near and far from X differ by -0.4" in shut


def test_without_notes_the_caveat_of_the_force_field_stands(page: str) -> None:
    assert FORCE_FIELD_CAVEAT not in flat(page)
    assert "NBFIX" in ratio_text(ratio_record(notes=None))


def test_a_number_that_did_not_converge_cannot_be_missed(page: str) -> None:
    assert "NOT CONVERGED" not in page
    reasons = ["12 round trips of the identity in the slowest window"]
    warnings = [*reasons, "split R-hat reaches 1.40"]
    failed = ratio_text(ratio_record(converged=False, reasons=reasons, warnings=warnings))
    rows = failed.splitlines()
    assert closing(failed)[0].endswith("NOT CONVERGED")
    boxed = next(i for i, row in enumerate(rows) if row.startswith("|") and "NOT CONV" in row)
    assert reasons[0] in rows[boxed + 1]
    assert failed.count(reasons[0]) == 1
    assert "split R-hat reaches 1.40" in failed


def test_the_model_span_and_all_systems() -> None:
    other = ratio_record(system="kcsa-X", composition="[X]", converged=False)
    record = ratio_record(model_span={"low": 4.2, "high": 910.0})
    record["systems"] = [other, ratio_record()]
    text = ratio_text(record)
    assert "model span 4.20-910)" in closing(text)[1]
    row = next(row for row in text.splitlines() if row.startswith("kcsa-X"))
    assert "[X]" in row
    assert row.endswith("NO")
    headline = next(row for row in text.splitlines() if row.startswith("made-up *"))
    assert headline.endswith("yes")


def test_several_ions_are_ordered() -> None:
    order = {
        "ions": ["K", "Rb", "Na"],
        "relative_to_K": {
            "K": {"value": 1.0, "low": 1.0, "high": 1.0},
            "Rb": {"value": 0.83, "low": 0.71, "high": 0.97},
            "Na": {"value": 0.0123, "low": 0.01, "high": 0.02},
        },
        "text": "K > Rb > Na; the order of KcsA",
    }
    text = ratio_text(ratio_record(order=order))
    assert "P_X/P_K" in text
    assert re.search(r"^Rb +0\.830 +0\.710-0\.970$", text, re.M)
    assert "K > Rb > Na; the order of KcsA" in text


def test_without_a_membrane_it_says_why() -> None:
    last = closing(ratio_text(ratio_record(membrane=None)))[2]
    assert last == "V_rest: none, the run file describes no membrane"


def test_open_intervals_are_printed() -> None:
    record = ratio_record()
    record["ratio"]["integral_levelled"] = {"value": None, "low": 0.0, "high": None}
    record["ddg_integral_kJ_mol"] = {"value": None, "error": None}
    record["membrane"] = None
    text = ratio_text(record)
    assert "P_K/P_Na = undetermined (95 % statistical 0.00-unbounded)" in text
    assert "nan" not in text


def test_a_pipe_gets_ascii_without_colour_and_a_terminal_gets_signs() -> None:
    record = ratio_record(converged=False, reasons=["too short"])
    piped = io.StringIO()
    print_ratio(record, "runs/mine", make_console(piped, 80))
    assert piped.getvalue().isascii()
    assert "results: runs/mine/results" in piped.getvalue()
    shown = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    console = Console(file=shown, force_terminal=True, width=80, color_system="truecolor")
    print_ratio(record, None, console)
    shown.seek(0)
    text = shown.read()
    assert "ΔΔG" in text
    assert "±" in text
    assert "\x1b[" in text


def test_a_long_headline_stays_one_line() -> None:
    span: dict[str, Any] = {"low": 1.2e-7, "high": 3.4e12}
    rows = closing(ratio_text(ratio_record(model_span=span), width=60))
    assert rows[1].endswith("model span 1.20e-07-3.40e+12)")


def test_legs_and_diagnostics_of_every_system() -> None:
    text = analysis_text(analysis_record())
    assert max(map(len, text.splitlines())) <= 80
    rows = [row for row in text.splitlines() if row.startswith("K -> Na")]
    assert "-78.21 +- 0.13" in rows[0]
    assert "-18.69 +- 0.03" in rows[0]
    for cell in ("-65.66 +- 0.13", "-78.21 +- 0.13", "12.55 +- 0.42", "3.00 +- 0.10", "1,150"):
        assert cell in rows[1]
    row = next(row for row in text.splitlines() if row.startswith("kcsa-K-W-X-W  "))
    assert row.split()[1:] == ["101", "76", "0", "0.14", "0.17", "1.30", "0.7", "ok"]
    droplet = next(row for row in text.splitlines() if row.startswith("bulk  "))
    assert droplet.split()[1:] == ["640", "-", "-", "-", "-", "-", "0.1", "ok"]
    assert "translate ion 0.27" in text
    assert "1,480 departures refused" in text
    assert "kcsa-K-W-X-W: split R-hat reaches 1.30" in text
    assert "NOT CONVERGED" not in text


def test_an_analysis_that_did_not_converge_says_which_system() -> None:
    text = analysis_text(analysis_record(converged=False))
    assert "NOT CONVERGED" in text
    assert "kcsa-K-W-X-W: 12 round trips of the identity in the slowest window" in flat(text)
    assert "NOT OK" in text


def test_rich_is_not_loaded_by_importing_the_pages() -> None:
    import subprocess
    import sys

    code = (
        "import sys, selectivity.report.console, selectivity.report.figures;"
        "print(sorted({'rich', 'matplotlib', 'scipy', 'numba'} & set(sys.modules)))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert out.stdout.strip() == "[]"
