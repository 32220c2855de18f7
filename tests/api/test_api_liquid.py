"""The chemical potential of a liquid from droplets, and the script that prints it."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from selectivity import api
from selectivity.api.liquid import surface_tension
from selectivity.errors import InputError
from selectivity.forcefield.reservoir import liquid
from selectivity.units import rt

SHORT = api.DropletSettings(sizes=(10, 20), replicas=2, equilibration=100, production=400)


@pytest.fixture(scope="module")
def found(kernels: None) -> api.WaterPotential:
    return api.water_potential("tip3p", (298.15,), SHORT, workers=2)


def test_a_droplet_and_its_liquid_are_told(found: api.WaterPotential) -> None:
    assert [(d.waters, d.temperature_K) for d in found.droplets] == [(10, 298.15), (20, 298.15)]
    (one,) = found.liquids
    x = [d.waters ** (-1.0 / 3.0) for d in found.droplets]
    a, b = (d.mu_excess.value for d in found.droplets)
    slope = (a - b) / (x[0] - x[1])
    assert found.slope.value == pytest.approx(slope)
    assert one.mu_excess.value == pytest.approx(b - slope * x[1])
    assert one.density == liquid("tip3p", 298.15).density
    assert -40.0 < b < -10.0  # kJ/mol: a cluster holds its water less than the liquid does
    assert found.cpu_seconds > 0.0


def test_threads_change_nothing(found: api.WaterPotential) -> None:
    alone = api.water_potential("tip3p", (298.15,), SHORT, workers=1)
    assert replace(alone, cpu_seconds=0.0, droplets=()) == replace(
        found, cpu_seconds=0.0, droplets=()
    )


def test_another_density_moves_the_reference_only(found: api.WaterPotential) -> None:
    other = api.water_potential("tip3p", (298.15,), SHORT, densities_A3=(0.02,), workers=2)
    change = -rt(298.15) * math.log(0.02 / found.liquids[0].density)
    moved = other.liquids[0].mu_excess.value - found.liquids[0].mu_excess.value
    assert moved == pytest.approx(change)


def test_progress_adds_up() -> None:
    shares: list[float] = []
    settings = api.DropletSettings(sizes=(3, 5), replicas=1, equilibration=60, production=300)
    api.water_potential("spce", (310.15,), settings, workers=1, progress=shares.append)
    assert sum(shares) == pytest.approx(1.0)


def test_surface_tension_of_a_known_slope() -> None:
    """γ = 0.0720 N/m and ρ = 0.0334 Å⁻³: 2γ/(ρR) at R of 1000 waters, over 1000^(−1/3)."""
    radius = (3.0 * 1000 / (4.0 * math.pi * 0.0334)) ** (1.0 / 3.0) * 1e-10
    excess = 2.0 * 0.0720 / (0.0334e30 * radius) * 6.02214076e23 / 1e3  # kJ/mol
    assert surface_tension(excess * 10.0, 0.0334) == pytest.approx(72.0)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"settings": api.DropletSettings(sizes=(64,))}, "two or more different"),
        ({"settings": api.DropletSettings(sizes=(0, 64))}, "two or more different"),
        ({"densities_A3": (0.033, 0.034)}, "one positive density"),
        ({"densities_A3": (math.nan,)}, "one positive density"),
        ({"water": "tip9p"}, "no stored chemical potential"),
        ({"water": "tip9p", "densities_A3": (0.033,)}, "is the water of a parameter set"),
        ({"temperatures_K": (350.0,)}, "is stored for"),
    ],
)
def test_faults_are_told_before_any_sampling(changes: dict, match: str) -> None:
    given = {"water": "tip3p", "temperatures_K": (298.15,)} | changes
    with pytest.raises(InputError, match=match):
        api.water_potential(**given)


def test_the_script_prints_and_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(__file__).resolve().parents[2] / "analysis"
    monkeypatch.syspath_prepend(folder)
    import water_chemical_potential as script

    quick = api.DropletSettings(sizes=(4, 8, 12), replicas=2, equilibration=100, production=400)
    monkeypatch.setattr(script.api, "DropletSettings", lambda **_: quick)
    assert script.main(["--water", "spce", "--out", str(tmp_path), "--format", "svg"]) == 0
    printed = capsys.readouterr().out
    assert "| spce | 298.15 | 12 |" in printed
    assert "-7.05" in printed  # published, beside what was computed
    assert "temperature_K = 310.15, mu_excess_kcal_mol = " in printed
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"water.md", "water.json", "water.svg"}
    assert script.main(["--water", "tip9p", "--out", str(tmp_path)]) == 2
    assert "no stored chemical potential" in capsys.readouterr().err
    sys.modules.pop("water_chemical_potential")
