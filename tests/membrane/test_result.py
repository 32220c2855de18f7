"""A result in words, JSON, CSV and as a figure."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane.result import Result, json_ready


@dataclass(frozen=True)
class Line(Result):
    x: np.ndarray
    y: np.ndarray

    def lines(self) -> list[str]:
        return ["a line", f"from {self.x[0]:g} to {self.x[-1]:g} mV"]

    def record(self) -> dict[str, Any]:
        return {"v_mV": self.x, "i_pA": self.y, "end": math.inf}

    def columns(self):
        return {"v_mV": self.x, "i_pA": self.y}


class Drawn(Line):
    def draw(self, figure) -> None:
        figure.add_subplot().plot(self.x, self.y)


@pytest.fixture
def numbers():
    return np.array([-70.0, 0.1 + 0.2]), np.array([math.nan, 1.0])


def test_words_json_and_table(numbers, tmp_path):
    result = Line(*numbers)
    assert result.summary() == "a line\nfrom -70 to 0.3 mV"
    record = json.loads(result.to_json(tmp_path / "r.json"))
    assert record == {"v_mV": [-70.0, 0.1 + 0.2], "i_pA": [None, 1.0], "end": None}
    assert json.loads((tmp_path / "r.json").read_text()) == record
    assert result.to_csv(tmp_path / "r.csv") == "v_mV,i_pA\n-70.0,\n0.30000000000000004,1.0\n"
    assert (tmp_path / "r.csv").read_text() == result.to_csv()
    assert result.as_dict() == record


def test_columns_of_one_length(numbers):
    with pytest.raises(ValueError, match="shorter"):
        Line(numbers[0], numbers[1][:1]).to_csv()


def test_figures(numbers, tmp_path):
    for suffix in (".png", ".pdf", ".svg"):
        Drawn(*numbers).plot(tmp_path / f"r{suffix}")
        assert (tmp_path / f"r{suffix}").stat().st_size > 1000
    with pytest.raises(InputError, match=r"\.png"):
        Drawn(*numbers).plot(tmp_path / "r.bmp")
    with pytest.raises(InputError, match="has a figure"):
        Line(*numbers).plot()


@pytest.mark.parametrize("write", ["to_json", "to_csv", "plot"])
def test_a_path_that_cannot_be_written(numbers, tmp_path, write):
    with pytest.raises(InputError, match="can be written"):
        getattr(Drawn(*numbers), write)(tmp_path / "nowhere" / "r.png")


def test_json_ready():
    found = json_ready({"a": (1, np.float64("nan")), "b": np.arange(2), "c": "x", "d": True})
    assert found == {"a": [1, None], "b": [0, 1], "c": "x", "d": True}
