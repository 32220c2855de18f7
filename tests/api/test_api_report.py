"""The page of a run: it holds the run's numbers, asks for nothing, says what is wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from selectivity import api
from selectivity.api.analysis import analysis_of
from selectivity.api.running import Options
from selectivity.errors import InputError
from selectivity.report import words
from selectivity.storage.files import read_json
from selectivity.units import KCAL
from tests.report.page.page_data import columns, read, said
from tests.tiny import SHORT, TINY

EVIL = "<script>document.title='owned'</script> & \\\"it\\\""
LOADING = ("src", "href", "srcset", "action", "poster", "data", "xlink:href", "background", "style")


@pytest.fixture(scope="module")
def made(finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> api.Report:
    """Report of the finished tiny run, whose title holds markup."""
    base = tmp_path_factory.mktemp("report")
    folder = base / "evil.run"
    shutil.copytree(finished_run, folder)
    file = base / "tiny.yaml"
    file.write_text(TINY.replace("title: tiny", f'title: "{EVIL}"'), encoding="utf-8")
    api.run(file, folder, SHORT, Options(executor="serial"))
    return api.report(folder, base / "out")


def page_of(made: api.Report) -> str:
    return made.page.read_text(encoding="utf-8")


def test_text_of_the_run_file_is_no_markup(made: api.Report) -> None:
    found = read(page_of(made))
    assert len(found.scripts) == 1
    assert "owned" not in found.scripts[0]
    assert "<script>document.title" in " ".join(found.text)


def test_nothing_is_asked_of_the_network(made: api.Report) -> None:
    text = page_of(made)
    elements = read(text).elements
    asked = [a[name] for _, a in elements for name in LOADING if name in a]
    assert len(asked) > 8
    assert [x for x in asked if not str(x).startswith(("#", "data:text/csv;base64,"))] == []
    styles = "".join(re.findall(r"<style>.*?</style>", text, flags=re.S))
    assert len(styles) > 1000
    assert "url(" not in styles
    assert "@import" not in styles
    assert not {tag for tag, _ in elements} & {"link", "img", "iframe", "object", "embed", "base"}


def test_only_the_page_s_own_script_may_run(made: api.Report) -> None:
    found = read(page_of(made))
    policy = next(a["content"] for tag, a in found.elements if "http-equiv" in a)
    digest = base64.b64encode(hashlib.sha256(found.scripts[0].encode()).digest()).decode()
    assert policy is not None
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert not [a for _, a in found.elements if any(name.startswith("on") for name in a)]


def test_the_headline_is_the_record_s(made: api.Report, finished_run: Path) -> None:
    record = read_json(finished_run / "results" / "ratio.json")
    text = said(page_of(made))
    value, low, high = words.interval_texts(record["ratio"]["integral_levelled"])
    assert f"P(K⁺)/P(Na⁺) = {value}" in text
    assert f"{low} – {high}" in text
    assert words.headline(record) in text
    assert made.headline == record["ratio"]["integral_levelled"]
    assert "NOT CONVERGED: do not quote this number" in text
    assert all(reason in text for reason in record["reasons"])
    assert "Measured: P_K/P_Na > 150" in text


def test_every_figure_is_named_described_and_sound(made: api.Report) -> None:
    text = page_of(made)
    drawings = re.findall(r"<svg .*?</svg>", text, flags=re.S)
    assert len(drawings) > 8
    ids = [a["id"] for _, a in read(text).elements if "id" in a]
    assert len(ids) == len(set(ids))
    for drawing in drawings:
        root = ET.fromstring(drawing)
        title, description = root[0], root[1]
        assert title.text
        assert description.text
        assert len(description.text) > 20 or root.find(".//path") is None
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert "nan" not in drawing


def test_every_figure_lies_beside_the_page_three_times(made: api.Report) -> None:
    folder = made.page.parent / "figures"
    stems = {path.stem for path in folder.iterdir()}
    assert {"profiles", "profiles-sampled", "ddg", "hydration", "overlap", "round-trips"} <= stems
    for stem in stems:
        ET.fromstring((folder / f"{stem}.svg").read_text(encoding="utf-8"))
        assert (folder / f"{stem}.pdf").read_bytes().startswith(b"%PDF")
        lengths = {len(values) for values in columns(folder / f"{stem}.csv").values()}
        assert len(lengths) == 1
    listed = {str(path) for path in made.files}
    assert listed == {str(made.page), *(str(path) for path in folder.iterdir())}


def test_data_beside_the_figures_are_the_analysis(made: api.Report, finished_run: Path) -> None:
    analysis = read_json(finished_run / "results" / "analysis.json")
    ratio = read_json(finished_run / "results" / "ratio.json")
    profile = analysis["profile"]
    folder = made.page.parent / "figures"
    sampled, ddg = columns(folder / "profiles-sampled.csv"), columns(folder / "ddg.csv")
    assert [float(z) for z in sampled["z_A"]] == profile["z_A"]
    bulk = ratio["bulk_dg_kJ_mol"]["value"]
    w = {ion: np.array(profile["w_kJ_mol"][ion], float) for ion in ("K", "Na")}
    numbers = {
        key: np.array([float(x or "nan") for x in values]) for key, values in sampled.items()
    }
    assert numbers["W_K_kcal_mol"] * KCAL == pytest.approx(w["K"], nan_ok=True)
    assert numbers["W_Na_kcal_mol"] * KCAL == pytest.approx(w["Na"] - bulk, nan_ok=True)
    levelled = [
        float(x or "nan") for x in columns(folder / "profiles.csv")["W_K_levelled_kcal_mol"]
    ]
    f = numbers["f_kcal_mol"]
    assert levelled == pytest.approx(numbers["W_K_kcal_mol"] - f, nan_ok=True)
    known = [float(x) for x in ddg["ddG_Na_kcal_mol"] if x]
    assert len(known) > 5


def test_stops_of_the_slider_stand_on_the_curves(made: api.Report) -> None:
    elements = read(page_of(made)).elements
    plot = next(a for _, a in elements if "data-marker" in a)
    shots = [a for _, a in elements if a.get("class") == "shot"]
    assert len(shots) >= 3
    left, width, low, high = (float(plot[f"data-{k}"]) for k in ("left", "width", "z0", "z1"))
    for shot in shots:
        x = left + (float(shot["data-z"]) - low) / (high - low) * width
        assert float(shot["data-x"]) == pytest.approx(x, abs=0.3)
        assert len(shot["data-y"].split()) == 2
    slider = next(a for tag, a in elements if tag == "input")
    assert slider["max"] == str(len(shots) - 1)


def test_current_results_are_used_and_old_ones_are_not(
    finished_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copy.run"
    shutil.copytree(finished_run, folder)
    for name in ("analysis", "ratio"):
        os.utime(folder / "results" / f"{name}.json", (2e9, 2e9))
    module = __import__("sys").modules["selectivity.api.report"]
    calls: list[str] = []

    def counted(*arguments: object, **options: object) -> api.Analysis:
        calls.append("analyse")
        return analysis_of(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "analysis_of", counted)
    monkeypatch.setattr(module, "write", lambda material, out: [out / "report.html"])
    first = api.report(folder)
    assert calls == []
    path = folder / "results" / "ratio.json"
    record = read_json(path)
    record["ratio"]["integral_levelled"]["value"] *= 2.0
    for wrong in (json.dumps(record), "{", "[]"):
        path.write_text(wrong, encoding="utf-8")
        os.utime(path, (2e9, 2e9))
        assert api.report(folder).headline == first.headline
    assert calls == 3 * ["analyse"]
    for segment in folder.rglob("segment-0001.h5"):
        os.utime(segment, (3e9, 3e9))
    assert api.report(folder).headline == first.headline
    assert calls == 4 * ["analyse"]


def test_a_page_elsewhere_needs_no_room_in_the_run_folder(
    finished_run: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy.run"
    shutil.copytree(finished_run, folder)
    shutil.rmtree(folder / "results")
    (folder / "results").write_text("no folder", encoding="utf-8")  # nothing can be stored in it
    with pytest.raises(InputError):
        api.report(folder)
    assert api.report(folder, tmp_path / "page").page.is_file()


def test_an_unfinished_run_says_so(finished_run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "half.run"
    shutil.copytree(finished_run, folder, ignore=shutil.ignore_patterns("results"))
    for path in folder.rglob("segment-0003.h5"):
        path.unlink()
    found = api.report(folder)
    assert found.page == folder / "results" / "report" / "report.html"
    assert not found.finished
    assert not found.converged
    text = said(page_of(found))
    assert "UNFINISHED RUN" in text
    assert "cage: 67 % stored" in text


def test_a_run_without_samples_has_a_page_too(finished_run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "begun.run"
    shutil.copytree(finished_run, folder, ignore=shutil.ignore_patterns("results", "*-000[123].h5"))
    found = api.report(folder)
    assert (found.converged, found.finished, found.headline) == (False, False, None)
    text = said(page_of(found))
    assert "No samples are stored yet" in text
    assert "no filter has samples with its droplet yet" in text


def test_the_folder_must_be_one(finished_run: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("here", encoding="utf-8")
    with pytest.raises(InputError, match="is a folder"):
        api.report(finished_run, file)
    with pytest.raises(InputError, match="no such folder"):
        api.report(tmp_path / "nothing")
