"""The command from end to end: rows of the shipped sections, files, exit codes."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selectivity import api
from selectivity.cli.main import app
from selectivity.errors import InputError, StoppedError
from selectivity.validation import catalogue
from selectivity.validation.table import COLUMNS

pytestmark = pytest.mark.usefixtures("kernels")


def invoke(*arguments: object, code: int = 0):
    found = CliRunner().invoke(app, ["validate", *map(str, arguments)], catch_exceptions=False)
    assert found.exit_code == code, found.output
    return found


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory):
    """Some quick rows of several sections."""
    out = tmp_path_factory.mktemp("validation") / "out"
    only = ("minima.lj", "minima.carbonyl.charmm36", "minima.*.K.4", "openmm.droplet",
            "ladder.weights", "moves.torsion", "nist")  # fmt: skip
    return api.validate(out, "quick", only), out


def test_rows_of_the_shipped_sections_pass(report):
    found, _ = report
    done = [o for o in found.outcomes if o.verdict != "not run"]
    assert len(done) > 25
    assert {o.row.section for o in done} >= {"minima", "ladder", "moves"}
    assert not [(o.row.id, o.reason) for o in done if o.verdict != "pass"]


def test_every_row_is_there_and_those_not_run_say_why(report):
    found, _ = report
    ids = [row.id for section in catalogue.sections() for row in section.rows]
    assert [o.row.id for o in found.outcomes] == ids
    left = [o for o in found.outcomes if o.verdict == "not run"]
    assert sum(found.counts.values()) == len(ids)
    assert found.counts["not run"] == len(left)
    assert all(o.reason and o.computed is None for o in left)
    nist = next(o for o in left if o.row.section == "nist")
    assert "https://www.nist.gov" in nist.reason


def test_files(report):
    found, out = report
    record = json.loads(
        (out / "results.json").read_text(),
        parse_constant=lambda word: pytest.fail(f"{word} in JSON"),
    )
    assert record["counts"] == found.counts
    assert record["provenance"]["seed"] == 2026
    assert {"date", "commit", "command", "tier"} < set(record["provenance"])
    for verdict, n in found.counts.items():
        assert sum(section[verdict] for section in record["sections"]) == n
    with (out / "results.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [row["id"] for row in record["rows"]]
    one = next(row for row in rows if row["id"] == "minima.lj.13")
    assert float(one["value"]) == pytest.approx(float(one["target"]), abs=1e-5)
    assert (one["verdict"], one["mark"]) == ("pass", "M")


def test_markdown_has_every_row(report):
    found, out = report
    text = (out / "results.md").read_text(encoding="utf-8")
    body = [line for line in text.splitlines() if line.startswith("| ")]
    rows = [line for line in body if line.split(" | ")[0].strip("| *") in found.counts]
    assert len(rows) == len(found.outcomes)
    assert f"tier quick, seed {found.provenance['seed']}" in text
    n = found.counts
    total = [n["pass"], n["fail"] or "-", n["reported"] or "-", n["not run"]]
    assert f"| all | {' | '.join(map(str, total))} |" in body


def test_page_stands_alone(report):
    found, out = report
    text = (out / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<(link|script|img)\b", text)
    assert not re.search(r'(src|href)="(?!#)', re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL))
    assert text.count("<svg") >= 4
    for outcome in found.outcomes:
        (row,) = re.findall(rf'<tr id="{re.escape(outcome.row.id)}".*?</tr>', text, re.DOTALL)
        assert f">{outcome.verdict}</td>" in row


def test_nist_configurations(shared_data, tmp_path):
    """With the files: pair sums with nearest images against the published energies."""
    found = api.validate(tmp_path, "quick", ("nist",), shared_data)
    verdicts = {o.row.id: o.verdict for o in found.outcomes if o.row.section == "nist"}
    for name in ("nist.spce.1.dispersion", "nist.spce.1.real", "nist.lj.4.cutoff-3"):
        assert verdicts[name] == "pass"
    assert "fail" not in verdicts.values()


def test_printed_table(report):
    _, out = report
    text = invoke("--quick", "--only", "minima.lj", "--out", out).stdout
    rows = [line for line in text.splitlines() if line.startswith("pass") and "Jones" in line]
    assert len(rows) == 9
    assert "-44.3268 d -4e-07" in rows[7]
    assert text.isascii()
    assert max(len(line) for line in text.splitlines() if not line.startswith("results")) <= 102
    assert re.search(r"^all +\d+ +- +(-|\d+) +\d+$", text, re.MULTILINE)


def test_json_is_alone_on_standard_output(report):
    _, out = report
    record = json.loads(invoke("--quick", "--only", "minima.lj", "--out", out, "--json").stdout)
    assert {"counts", "sections", "failed", "stopped", "rows", "provenance"} == set(record)


def test_a_failing_row_ends_with_3(report, monkeypatch):
    """The stored energy of a cluster, held against a target that is off."""
    _, out = report
    text = (catalogue.FOLDER / "minima.toml").read_text(encoding="utf-8")
    read = catalogue.tomllib.load

    def altered(stream):
        if stream.name.endswith("minima.toml"):
            return catalogue.tomllib.loads(text.replace("-44.326801", "-44.3"))
        return read(stream)

    monkeypatch.setattr(catalogue.tomllib, "load", altered)
    found = invoke("--quick", "--only", "minima.lj", "--out", out, code=3)
    assert "failing:\n  minima.lj.13: it is off by more than 1e-05" in found.stdout
    assert json.loads((out / "results.json").read_text())["failed"] is True


def test_bad_input(tmp_path):
    with pytest.raises(InputError, match="names no row"):
        invoke("--only", "nothing-like-it", "--out", tmp_path)
    with pytest.raises(InputError, match="or neither"):
        invoke("--quick", "--full", "--out", tmp_path)
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(InputError, match="is a folder"):
        invoke("--quick", "--only", "minima.lj.2", "--out", file)
    with pytest.raises(InputError, match="--seed"):
        invoke("--seed", -1, "--out", tmp_path)
    with pytest.raises(InputError, match="tier"):
        api.validate(tmp_path, "slow")  # type: ignore[arg-type]


def test_an_interrupt_ends_with_4_and_the_command_that_continues(tmp_path: Path):
    code = "from selectivity.cli.main import main; main()"
    command = [sys.executable, "-c", code, "validate", "--quick", "--only", "moves*", "--out", "o"]
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60.0
    while not list(tmp_path.glob("o/rows/*.json")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == StoppedError.exit_code, err
    assert "selectivity validate --quick --only 'moves*' --out o" in err
    record = json.loads((tmp_path / "o" / "results.json").read_text())
    assert record["stopped"] is True
    reasons = {row["reason"] for row in record["rows"] if row["section"] == "moves"}
    assert "stopped; the same command continues" in reasons
    assert record["counts"]["pass"] >= 1
