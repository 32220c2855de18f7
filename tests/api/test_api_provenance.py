"""Every result says what it rests on."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from selectivity import api
from selectivity.api import provenance as room
from selectivity.api.provenance import forcefield_sha256
from selectivity.forcefield.library import load, names
from selectivity.storage.folder import open_folder
from selectivity.storage.segment import read_provenance


def test_results_say_what_they_rest_on(finished_run: Path) -> None:
    folder = open_folder(finished_run)
    ratio = json.loads((finished_run / "results/ratio.json").read_text())
    analysis = json.loads((finished_run / "results/analysis.json").read_text())
    for record in (ratio["provenance"], analysis["provenance"]):
        assert record["run_digest"] == folder.digest()
        assert record["seeds"] == {"cage": 11, "bulk": 11}
        assert record["forcefield_sha256"] == {"charmm36": forcefield_sha256("charmm36")}
        assert set(record["structure_sha256"]) == {"cage"}
        assert {"selectivity", "python", "numpy", "numba", "h5py"} <= set(record["versions"])
        assert record["platform"]
        assert record["command"]
        assert record["resolved"] == folder.resolved()
        assert record["resolved"]["plans"]["cage"]["production"] == 300
        assert set(record["result"]) == {"versions", "platform", "command"}
    stored = read_provenance(folder.segment_path("bulk", 1, 2))
    assert stored == {key: ratio["provenance"][key] for key in stored}
    assert {"forcefield_sha256", "structure_sha256", "seeds", "digest", "command"} <= set(stored)


def test_a_parameter_set_that_changed_since_is_named(
    finished_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    analysis = api.analyse(finished_run, figures=False)
    monkeypatch.setattr(room, "forcefield_sha256", lambda name: f"other {name}")
    found = room.result_provenance(analysis.run)
    assert found["result"]["forcefield_sha256"] == {"charmm36": "other charmm36"}
    assert found["forcefield_sha256"] == {"charmm36": forcefield_sha256("charmm36")}


def test_the_digest_is_of_every_number_and_of_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = [forcefield_sha256(name) for name in names()]
    assert len(set(digests)) == len(digests)
    plain = load("charmm36")
    potassium = plain.ions["K"]
    (site,) = potassium.sites
    nudged = replace(potassium, sites=(replace(site, epsilon=site.epsilon * (1.0 + 1e-12)),))
    changes = {
        "wording": replace(plain, title="other", sources=()),
        "number": replace(plain, ions={**plain.ions, "K": nudged}),
        "overrides": load("charmm36", overrides={("POT", "OT"): (3.5, 0.4)}),
        "other way round": load("charmm36", overrides={("OT", "POT"): (3.5, 0.4)}),
    }
    found = {}
    for key, changed in changes.items():
        monkeypatch.setattr(room, "load", lambda name, changed=changed: changed)
        found[key] = forcefield_sha256("charmm36")
    assert found["wording"] == digests[names().index("charmm36")]
    assert found["overrides"] == found["other way round"]
    assert len(set(found.values())) == 3


def test_the_digest_is_the_same_in_every_process() -> None:
    code = (
        "from selectivity.api import provenance as p\n"
        "full = p.load('charmm36', overrides={('POT', 'OT'): (3.5, 0.4)})\n"
        "p.load = lambda name: full\n"
        "print(p.forcefield_sha256('charmm36'))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
