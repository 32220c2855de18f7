"""The guided problem of ischaemia: its working by hand, and its words on short runs."""

import pytest

from selectivity.cell import ischaemia
from tests.problem import problem


@pytest.fixture(scope="module", name="problem")
def fixture_problem():
    return problem("ischaemia")


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
