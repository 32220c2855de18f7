"""What decides a stored result: code, not its wording."""

from __future__ import annotations

from pathlib import Path

import pytest

from selectivity.validation import digest

CODE = '''"""Words."""
import numpy as np


def f(x):
    """More words."""
    return np.sin(x) + 1.0  # a remark
'''


@pytest.fixture
def code(tmp_path: Path):
    def of(text: str) -> bytes:
        path = tmp_path / f"{abs(hash(text))}.py"
        path.write_text(text)
        return digest._code(path)

    return of


@pytest.mark.parametrize(
    ("old", "new"),
    [("More words.", "Other words."), ("  # a remark", ""), ('"""Words."""\n', ""),
     ("np.sin(x) + 1.0", "(np.sin(x)\n        + 1.0)")],
)  # fmt: skip
def test_wording_and_layout_change_nothing(code, old, new):
    assert code(CODE) == code(CODE.replace(old, new))


@pytest.mark.parametrize(("old", "new"), [("1.0", "1.5"), ("sin", "cos"), ("f(x)", "f(x=0)")])
def test_code_does(code, old, new):
    assert code(CODE) != code(CODE.replace(old, new))


def test_imports_are_followed():
    files = {p.relative_to(digest.PACKAGE).as_posix() for p in digest.closure(f"{ROOM}.pairs")}
    assert {"engine/sweep.py", "units.py", "forcefield/mixing.py", "engine/metropolis.py"} <= files
    assert "validation/exact.py" in files
    assert not {"cli/main.py", "report/words.py", "api/ratios.py"} & files
    assert not {"validation/records.py", "validation/context.py"} & files


@pytest.mark.parametrize("section", ["filter", "compositions", "openmm"])
def test_figures_and_membranes_decide_no_number(section):
    rooms = {p.relative_to(digest.PACKAGE).parts[0] for p in digest.closure(f"{ROOM}.{section}")}
    assert "units.py" in rooms
    assert not {"report", "plotting.py", "membrane"} & rooms


def test_sections_do_not_hang_on_one_another():
    """A new section leaves the stored results of the others as they are."""
    files = digest.closure(f"{ROOM}.minima")
    others = [
        p for p in files if p.parent.name == "sections" and p.stem not in ("minima", "__init__")
    ]
    assert not others


ROOM = "selectivity.validation.sections"


def test_parameters_and_structures_enter():
    names = {path.name for path in digest._data_files()}
    assert {"ions.toml", "waters.toml", "kcsa.toml"} <= names


def test_other_packages_do_not_enter():
    assert digest.closure("numpy") == set()
    assert digest.closure("selectivity.no.such.module") == set()


RUN = """
title: A cage
temperature: 300 K
forcefield: charmm36
ions: [K, Na]
systems:
  cage: {kind: cage, carbonyls: 4, radius: 3.5 angstrom, wall: 500 kcal/mol/angstrom^2}
sampling: {seed: 1}
"""


class TestSamplesOfARunFile:
    @pytest.fixture
    def of(self, tmp_path: Path):
        (tmp_path / "cage.yaml").write_text(RUN)
        return lambda *changes: digest.run_digest(tmp_path / "cage.yaml", changes)

    @pytest.mark.parametrize(
        "change", ["systems.cage.carbonyls=5", "sampling.seed=2", "sampling.production=12000"]
    )
    def test_what_is_sampled_counts(self, of, change):
        assert of(change) != of()
        assert of(change) == of(change)

    def test_a_parameter_counts_where_it_is_used(self, of, monkeypatch):
        """The kernels' arrays enter: a well that is deeper by a millionth is another run."""
        from selectivity.engine import pack

        first = of()
        before = pack.pack_model

        def deeper(*arguments):
            model = before(*arguments)
            return model._replace(ladder=model.ladder * (1.0 + 1e-6))

        monkeypatch.setattr(pack, "pack_model", deeper)
        digest.run_digest.cache_clear()
        assert of() != first

    def test_the_title_does_not(self, of, tmp_path: Path):
        first = of()
        digest.run_digest.cache_clear()
        (tmp_path / "cage.yaml").write_text(RUN.replace("A cage", "Another"))
        assert of() == first
