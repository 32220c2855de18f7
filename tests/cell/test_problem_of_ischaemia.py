"""The guided problem of ischaemia: its working by hand, and its words on short runs."""

import importlib.util

import pytest

from selectivity import resources
from selectivity.cell import ischaemia


@pytest.fixture(scope="module")
def problem():
    path = resources.folder("analysis") / "problem_ischaemia.py"
    spec = importlib.util.spec_from_file_location("problem_ischaemia", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_by_hand(problem):
    text = "\n".join(problem.rest_lines())
    assert "E_K = 26.64 ln(4/129.26) = -92.59 mV" in text
    assert "0.00642 fmol, 2.3e-05 of the 279.2 fmol" in text
    run = ischaemia(problem.NO_CHLORIDE, 0.5, until_s=1.0)
    # by hand with the volumes of the printed rest, 0.3 µm³ beside those of its Donnan state
    assert problem.donnan_by_hand() == pytest.approx(run.donnan["v_mV"], abs=0.015)


def test_words(problem):
    closed = ischaemia(problem.CLOSED, 0.5, until_s=1.0)
    text = "\n".join(problem.end_lines(closed, closed))
    assert "Donnan state -16.26 mV and 2631" in text
