"""The scripts of analysis/ on driving forces, activities, electroneutrality and textbooks."""

from __future__ import annotations

import importlib.util
import json
import sys
from types import ModuleType

import pytest

from selectivity import resources


def script(name: str) -> ModuleType:
    path = resources.folder("analysis") / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "figures", "said"),
    [
        ("problem_driving_force", ["driving_force.png"], "| K | 8593 | -6754 | 1839 | 0.713 |"),
        (
            "problem_activity",
            ["activity.png", "activity_shift.png"],
            "| Davies | 0.755 | 0.5",
        ),
        (
            "problem_neutrality",
            ["neutrality.png"],
            "r = 10 µm | 5.49e+06 | 1.45e-05",
        ),
    ],
)
def test_problems(name, figures, said, tmp_path, capsys):
    assert script(name).main(["--out", str(tmp_path)]) == 0
    assert said in capsys.readouterr().out
    for figure in figures:
        assert (tmp_path / figure).stat().st_size > 10_000


def test_the_cycle_of_the_pump_costs_less_than_atp_gives():
    """3 Na out and 2 K in of the preset neuron at −70 mV: 41.5 kJ per mole of cycles."""
    assert "uphill: 41.5 kJ per mole" in script("problem_driving_force").working()


@pytest.fixture(scope="module")
def textbook() -> ModuleType:
    return script("textbook_statements")


TARGETS = {
    "weighted_mean": {
        "ghk_mV": -65.25,
        "permeability_mean_mV": -81.93,
        "conductance_mean_mV": -65.25,
    },
    "pump_current": {"pump_net_pA": 65.0 / 3.0, "leak_K_pA": 130.0 / 3.0, "sum_pA": 0.0},
    "ratio_of_twelve": {"ratio_298.15_K": 126.56, "ratio_310.15_K": 104.95, "low_310_K": 71.77},
    "channel_ratio": {
        "with_leak_mV": -65.72,
        "without_leak_mV": -77.42,
        "channel_only_mV": -84.35,
    },
    "activity_shifts": {
        "equal_davies_mV": 0.0,
        "equal_pitzer_mV": -0.1142,
        "unequal_davies_mV": 4.160,
    },
    "excess_charge": {"soma": 1.451e-5, "thin": 9.673e-4, "spine": 7.205e-4},
    "no_pump": {"swelling": 5.179, "stopped_mV": 0.4069, "x_without_bath_impermeants_mM": 0.0},
    "chloride_and_swelling": {"rate_per_h": 0.1615, "rate_tight_per_h": 0.01931},
    "two_temperatures": {"celsius_of_310_K": 36.85, "e_k_140_5_at_37_C_mV": -89.06},
}


@pytest.mark.parametrize("name", TARGETS)
def test_numbers_of_the_statements(textbook, name):
    found = getattr(textbook, name)()
    for key, expected in TARGETS[name].items():
        assert found.numbers[key] == pytest.approx(expected, rel=5e-4), key


def test_every_statement_stands_in_the_table(textbook, tmp_path, capsys):
    assert textbook.main(["--out", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert text.count("\n") == len(textbook.STATEMENTS) + 2
    assert text == (tmp_path / "textbook.md").read_text()
    record = json.loads((tmp_path / "textbook.json").read_text())
    assert {s["verdict"] for s in record} == {"true", "false", "depends"}
    assert {f.__name__ for f in textbook.STATEMENTS} == set(TARGETS)


def test_what_the_verdicts_rest_on(textbook):
    mean = textbook.weighted_mean().numbers
    assert abs(mean["permeability_mean_mV"] - mean["ghk_mV"]) > 15.0
    assert mean["conductance_mean_mV"] == pytest.approx(mean["ghk_mV"], abs=1e-9)
    assert textbook.pump_current().numbers["pump_net_pA"] * 3.0 == pytest.approx(65.0)
    excess = textbook.excess_charge().numbers
    assert 45 < excess["spine"] / excess["soma"] < excess["thin"] / excess["soma"] < 70
    assert abs(textbook.chloride_and_swelling().numbers["volume_ratio_minus_1"]) < 1e-12


def test_the_pump_leak_form_gives_the_published_rest(textbook):
    """Düsterwald et al. 2018, with the cubic pump: V, Na, K, Cl and X of the paper's model."""
    rest = textbook.pumped()
    published = (-72.5881058, 14.0016478, 122.8733282, 5.1648278, 154.9601962)
    for found, expected in zip(
        (rest.v_mV, rest.na, rest.k, rest.cl, rest.x), published, strict=True
    ):
        assert found == pytest.approx(expected, rel=4e-5)
    assert textbook.PUMP * (rest.na / textbook.NA_O) ** 3 == pytest.approx(rest.q, rel=1e-10)
    charge = rest.na + rest.k - rest.cl + textbook.Z_X * rest.x
    assert charge == pytest.approx(0.0, abs=1e-10)
