"""The shipped parameter sets: sources, neutrality, geometry, switches and refusals."""

import math
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import selectivity.forcefield as forcefield
from selectivity.errors import InputError
from selectivity.forcefield import library, load, names
from selectivity.units import DEBYE, KCAL

PARAMETERS = Path(forcefield.__file__).parent / "parameters"
CATIONS = ("Li", "Na", "K", "Rb", "Cs")
COMPLETE = ("charmm36", "jc-tip3p", "jc-spce", "jc-tip4pew")


def tables(name):
    return tomllib.loads((PARAMETERS / f"{name}.toml").read_text(encoding="utf-8"))


def test_every_row_has_a_source():
    rows = [*tables("waters").values(), *tables("sets").values(), *tables("overrides").values()]
    rows += [row for kind in tables("ligands").values() for row in kind.values()]
    rows += [*tables("ions").values(), *tables("reservoir").values()]
    rows += [row for kind in tables("amides").values() for row in kind.values()]
    rows += [ion for row in tables("ions").values() for ion in row.get("ions", {}).values()]
    rows += [pair for row in tables("overrides").values() for pair in row["pairs"]]
    assert len(rows) > 50
    for row in rows:
        assert len(row["source"]) > 10
    assert {path.stem for path in PARAMETERS.glob("*.toml")} == {
        "waters",
        "ions",
        "ligands",
        "sets",
        "overrides",
        "reservoir",
        "amides",
    }


def test_shipped_sets():
    assert set(names()) == {*COMPLETE, "charmm36-ecc"}
    for name in COMPLETE:
        assert set(load(name).ions) == {*CATIONS, "Cl"}
    assert set(load("charmm36-ecc").ions) == {"Na", "K", "Cl"}


@pytest.mark.parametrize("name", names())
def test_groups_are_neutral_and_ions_carry_their_charge(name):
    ff = load(name)
    unit = 0.78 if name.endswith("ecc") else 1.0
    for molecule in (ff.water, ff.carbonyl, ff.hydroxyl):
        assert molecule.charge == pytest.approx(0.0, abs=1e-12)
    for symbol, ion in ff.ions.items():
        assert ion.charge == (-unit if symbol == "Cl" else unit)
        assert ion.kind == "ion"
        assert ion.main == 0


@pytest.mark.parametrize("name", names())
def test_main_site_is_the_oxygen_and_only_hydrogens_are_guarded(name):
    ff = load(name)
    assert ff.water.site_names[ff.water.main] == "O"
    assert ff.carbonyl.site_names[ff.carbonyl.main] == "O"
    assert ff.hydroxyl.site_names[ff.hydroxyl.main] == "OG1"
    for molecule in (ff.water, ff.carbonyl, ff.hydroxyl, *ff.ions.values()):
        for atom, site in zip(molecule.site_names, molecule.sites, strict=True):
            assert site.hydrogen == atom.startswith("H")
        assert molecule.coordinates().shape == (len(molecule.sites), 3)


@pytest.mark.parametrize(
    ("name", "r_oh", "angle_deg", "sigma", "epsilon_kcal"),
    [
        ("tips3p", 0.9572, 104.52, 3.15057, 0.1521),
        ("tip3p", 0.9572, 104.52, 3.150752, 0.1520),
        ("spce", 1.0, 109.47, 3.16572, 0.1553),
        ("tip4p", 0.9572, 104.52, 3.153578, 0.15504),
        ("tip4pew", 0.9572, 104.52, 3.16435, 0.16275),
        ("spce-nist", 1.0, 109.47, 3.16555789, 0.15539426),
    ],
)
def test_water_models(name, r_oh, angle_deg, sigma, epsilon_kcal):
    water = library.water(name)
    oxygen, h1, h2 = water.coordinates()[:3]
    assert np.linalg.norm(h1 - oxygen) == pytest.approx(r_oh)
    assert np.linalg.norm(h2 - oxygen) == pytest.approx(r_oh)
    cosine = (h1 - oxygen) @ (h2 - oxygen) / r_oh**2
    assert math.degrees(math.acos(cosine)) == pytest.approx(angle_deg)
    site = water.sites[water.main]
    assert 2.0 * site.rmin_half / 2.0 ** (1.0 / 6.0) == pytest.approx(sigma, abs=2e-5)
    assert site.epsilon / KCAL == pytest.approx(epsilon_kcal, abs=2e-6)


def test_fourth_site_stands_where_the_published_weights_put_it():
    oxygen, h1, h2, m = library.water("tip4pew").coordinates()
    expected = 0.786646558 * oxygen + 0.106676721 * (h1 + h2)
    assert m == pytest.approx(expected, abs=1e-7)
    four = library.water("tip4pew")
    assert four.site_names == ("O", "H1", "H2", "M")
    assert four.sites[0].charge == 0.0
    assert four.sites[3].epsilon == 0.0


@pytest.mark.parametrize("name", names())
def test_ligand_geometry(name):
    ff = load(name)
    r_co = 1.230 if name.startswith("charmm") else 1.229
    assert ff.carbonyl.positions == ((0.0, 0.0, 0.0), (0.0, 0.0, r_co))
    carbon, oxygen, hydrogen = ff.hydroxyl.coordinates()
    assert np.linalg.norm(oxygen - carbon) == pytest.approx(1.42)
    assert np.linalg.norm(hydrogen - oxygen) == pytest.approx(0.96)
    cosine = (carbon - oxygen) @ (hydrogen - oxygen) / (1.42 * 0.96)
    assert math.degrees(math.acos(cosine)) == pytest.approx(106.0)


def test_carbonyl_dipole_of_charmm36():
    carbonyl = load("charmm36").carbonyl
    dipole = carbonyl.charges() @ carbonyl.coordinates()
    assert np.linalg.norm(dipole) / DEBYE == pytest.approx(3.01, abs=0.005)


def test_carbonyl_charge_can_be_set():
    stronger = load("charmm36", carbonyl_charge=0.6).carbonyl
    assert list(stronger.charges()) == [0.6, -0.6]
    assert replace(stronger, sites=load("charmm36").carbonyl.sites) == load("charmm36").carbonyl
    for wrong in (-0.1, 3.0, math.nan):
        with pytest.raises(InputError, match="carbonyl_charge"):
            load("charmm36", carbonyl_charge=wrong)


def test_scaled_charges_keep_the_water_and_backbone_of_charmm36():
    plain, scaled = load("charmm36"), load("charmm36-ecc")
    assert (scaled.water, scaled.carbonyl, scaled.hydroxyl) == (
        plain.water,
        plain.carbonyl,
        plain.hydroxyl,
    )
    for symbol, sigma in (("K", 3.0032574), ("Na", 2.412032), ("Cl", 3.9413736)):
        site, original = scaled.ions[symbol].sites[0], plain.ions[symbol].sites[0]
        assert 2.0 * site.rmin_half / 2.0 ** (1.0 / 6.0) == pytest.approx(sigma)
        assert site.epsilon == original.epsilon
        assert site.charge == pytest.approx(0.78 * original.charge)


def test_pair_overrides_are_off_unless_asked_for():
    assert load("charmm36").overrides == {}
    on = load("charmm36", pair_overrides=True).overrides
    assert on[frozenset(("SOD", "CLA"))] == (3.731, pytest.approx(0.0839 * KCAL))
    assert len(on) == 3
    with pytest.raises(InputError, match="ships no pair overrides"):
        load("jc-spce", pair_overrides=True)


def test_own_overrides_go_before_the_shipped_ones():
    own = {("CLA", "SOD"): (3.5, 0.2), ("SOD", "O"): (3.13, 0.31)}
    ff = load("charmm36", pair_overrides=True, overrides=own)
    assert ff.overrides[frozenset(("SOD", "CLA"))] == (3.5, 0.2)
    assert ff.overrides[frozenset(("O", "SOD"))] == (3.13, 0.31)
    assert len(ff.overrides) == 4


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({("SOD", "OO"): (3.0, 0.1)}, "pair override SOD-OO: 'OO'"),
        ({("SOD", "O"): (-3.0, 0.1)}, "Rmin of the pair is positive"),
        ({("SOD", "O"): (3.0, math.nan)}, "ε of the pair"),
    ],
)
def test_wrong_overrides_are_refused(overrides, words):
    with pytest.raises(InputError, match=words):
        load("charmm36", overrides=overrides)


def test_unknown_names_get_a_suggestion():
    with pytest.raises(InputError, match=r"'charm36'.*did you mean charmm36\?.*jc-spce"):
        load("charm36")
    with pytest.raises(InputError, match=r"'Kk': is an ion of .*charmm36.*did you mean K\?"):
        load("charmm36").ion("Kk")
    with pytest.raises(InputError, match="known: Cl, K, Na"):
        load("charmm36-ecc").ion("Tl")
    with pytest.raises(InputError, match="did you mean tip4pew"):
        library.water("tip4p-ew")


def test_first_shell_radii_grow_with_the_ion():
    radii = load("charmm36").first_shell_A
    assert [radii[symbol] for symbol in CATIONS] == [2.56, 3.24, 3.56, 3.80, 4.10]
    assert set(load("charmm36-ecc").first_shell_A) == {"Na", "K"}
