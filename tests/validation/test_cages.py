"""Legs out of an analysis record, what follows from several, and the tables of cages and hosts."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from selectivity.config.load import load
from selectivity.permeation.measured import EISENMAN
from selectivity.system.build import build_topology
from selectivity.system.spec import CageSpec
from selectivity.units import DEBYE, KCAL
from selectivity.validation import catalogue, legs
from selectivity.validation.sections import cages, hosts


def record(**dg: float) -> dict[str, Any]:
    """An analysis of systems with ΔG(K→Na) in kcal/mol and a droplet at −18, error 0.3 and 0.4."""
    return {
        "systems": [
            {
                "system": name,
                "alchemical": [
                    {
                        "from": "K",
                        "to": "Na",
                        "dg_kJ_mol": value * KCAL,
                        "error_kJ_mol": 0.3 * KCAL,
                        "ddg_kJ_mol": (value + 18.0) * KCAL,
                        "ddg_error_kJ_mol": 0.5 * KCAL,
                        "round_trips": 70,
                        "replicas": 8,
                    }
                ],
            }
            for name, value in dg.items()
        ]
    }


def test_a_leg_turns_its_sign_with_its_direction() -> None:
    forth = legs.leg(record(a=-12.5), "a", "K", "Na")
    back = legs.leg(record(a=-12.5), "a", "Na", "K")
    assert forth.value("dg") == pytest.approx((-12.5, 0.3))
    assert back.value("ddg") == pytest.approx((-5.5, 0.5))
    assert legs.computed(forth, "ddg").dof == 7.0


def test_a_leg_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="K to Li in a"):
        legs.leg(record(a=-12.5), "a", "K", "Li")


def test_a_missing_reference_leaves_no_number() -> None:
    found = record(a=-12.5)
    found["systems"][0]["alchemical"][0]["ddg_kJ_mol"] = None
    assert math.isnan(legs.leg(found, "a", "K", "Na").ddg)


def test_the_droplet_drops_out_of_a_contrast() -> None:
    found = record(a=-16.0, b=-12.5)
    contrast = legs.contrast(*(legs.leg(found, name, "K", "Na") for name in "ab"))
    assert (contrast.value, contrast.error) == pytest.approx((-3.5, 0.3 * math.sqrt(2.0)))


def test_extremes_and_turning_point() -> None:
    found = record(a=-14.0, b=-16.0, c=-12.0)
    rows = {name: legs.leg(found, name, "K", "Na") for name in "abc"}
    assert (legs.extreme(rows, 1.0).value, legs.extreme(rows, 1.0).note) == (
        pytest.approx(6.0),
        "c",
    )
    assert legs.extreme(rows, -1.0).note == "b"
    turn = legs.turning_point([4, 5, 6], list(rows.values()))
    assert turn.value == 5.0
    assert "n = 4 lies 2.00 ± 0.42" in turn.note


def test_eisenmans_sequences_by_number() -> None:
    assert legs.roman(("K", "Rb", "Cs", "Na", "Li"), EISENMAN) == 4.0
    assert legs.roman(("Li", "Na", "K", "Rb", "Cs"), EISENMAN) == 11.0
    assert math.isnan(legs.roman(("Cs", "K", "Rb", "Na", "Li"), EISENMAN))


def test_oxygens_are_measured_from_the_ion() -> None:
    spec = CageSpec("c", "charmm36", ("K", "Na"), 300.0, n_carbonyls=1, n_waters=2)
    topology = build_topology(spec)
    r = np.full((4, 3, 3), 99.0)
    r[topology.x, 0] = 1.0, 0.0, 0.0
    ligands = [m for m in range(4) if m != topology.x]
    for m, x in zip(ligands, (3.0, 3.4, 3.6), strict=True):
        r[m, topology.members[m].molecule.main] = 1.0 + x, 0.0, 0.0
    assert cages.look(topology, r) == pytest.approx([10.0 / 3.0, 2.0])


def test_charges_of_the_dipole_rows() -> None:
    run = load(catalogue.FOLDER / "cages_shapes.yaml")
    for name, dipole in cages.CHARGES.items():
        spec = run.system(name)
        assert isinstance(spec, CageSpec)
        assert spec.carbonyl_charge == pytest.approx(dipole * DEBYE / 1.23, abs=2e-5)


def test_stiffer_walls_are_only_stiffer() -> None:
    spec = load(catalogue.FOLDER / "cages_charmm.yaml").system("waters-8")
    assert isinstance(spec, CageSpec)
    assert cages.stiffer(spec, {}) is spec
    assert cages.stiffer(spec, {"stiffer": 2.0}) == replace(spec, wall_k=2.0 * spec.wall_k)


def whole_map(value: float) -> dict[str, Any]:
    return record(**{hosts.place(n, q): value for n in hosts.NUMBERS for q in hosts.CHARGES})


def test_the_preferred_ion_is_the_one_with_the_smallest_selectivity_against_k() -> None:
    assert (hosts.winners({"map": whole_map(-12.0)}) == "K").all()
    assert (hosts.winners({"map": whole_map(-19.0)}) == "Na").all()


def test_cells_that_were_not_run_have_no_winner() -> None:
    found = whole_map(-19.0)
    found["systems"] = [s for s in found["systems"] if s["system"] != "q51-8"]
    empty = np.argwhere(hosts.winners({"map": found}) == "")
    assert empty.tolist() == [[hosts.CHARGES.index(0.51), hosts.NUMBERS.index(8)]]
