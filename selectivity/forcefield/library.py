"""Loads the shipped parameter sets (``parameters/*.toml``) into internal units."""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from selectivity.errors import InputError
from selectivity.forcefield import species
from selectivity.forcefield.species import Molecule, SiteType
from selectivity.units import kcal

_FOLDER = Path(__file__).resolve().parent / "parameters"
WATER = "water"
_RMIN_HALF_PER_SIGMA = 2.0 ** (1.0 / 6.0) / 2.0


@dataclass(frozen=True)
class ForceField:
    """One parameter set: the molecules that a system may be built of, in Å, kJ/mol and e.

    Attributes
    ----------
    name, title : str
    water : Molecule
    ions : dict of str to Molecule
        By symbol: Li, Na, K, Rb, Cs and, where the set has it, Cl.
    carbonyl, hydroxyl : Molecule
        Backbone C=O and threonine CB-OG1-HG1.
    amides : dict of str to Molecule
        Liquid amides with the set's own peptide parameters, by name: ``nma`` and, where the set
        has it, ``formamide``.
    overrides : dict
        Unordered pair of type names -> (full Rmin in Å, ε in kJ/mol); empty unless asked for.
    first_shell_A : dict of str to float
        First minimum of the ion-oxygen g(r) in water, Å: radius within which oxygens count as
        coordinating.
    sources : tuple of str
        Where every part of the set comes from.
    """

    name: str
    title: str
    water: Molecule
    ions: dict[str, Molecule]
    carbonyl: Molecule
    hydroxyl: Molecule
    amides: dict[str, Molecule]
    overrides: dict[frozenset[str], tuple[float, float]]
    first_shell_A: dict[str, float]
    sources: tuple[str, ...]

    def ion(self, symbol: str, place: str = "ion") -> Molecule:
        """The ion ``symbol``; InputError naming the nearest known one if the set lacks it."""
        _require(symbol, self.ions, place, f"is an ion of the parameter set {self.name}")
        return self.ions[symbol]

    def solvent(self, name: str, place: str = "solvent") -> Molecule:
        """The molecule of the liquid ``name``, :data:`WATER` or an amide.

        Raises
        ------
        InputError
            The set has no such molecule; a remedy names the nearest one that it has.
        """
        _require(name, (WATER, *self.amides), place, f"is a solvent of the set {self.name}")
        return self.water if name == WATER else self.amides[name]

    def types(self) -> dict[str, SiteType]:
        """Every site type of the set by its name."""
        molecules = (
            *(self.water, self.carbonyl, self.hydroxyl),
            *self.ions.values(),
            *self.amides.values(),
        )
        return {site.name: site for molecule in molecules for site in molecule.sites}


def names() -> list[str]:
    """Names of the shipped parameter sets, sorted."""
    return sorted(_table("sets"))


def load(
    name: str,
    pair_overrides: bool = False,
    carbonyl_charge: float | None = None,
    overrides: Mapping[tuple[str, str], tuple[float, float]] | None = None,
) -> ForceField:
    """Load a parameter set.

    Parameters
    ----------
    name : str
        One of :func:`names`.
    pair_overrides : bool
        Apply the set's own table of pair overrides (NBFIX). Off unless asked for.
    carbonyl_charge : float, optional
        Charge of the carbonyl's C, and negated of its O, in e, in place of the set's own.
    overrides : mapping, optional
        The caller's own overrides, (type name, type name) -> (full Rmin in Å, ε in kJ/mol); they
        go before the set's.

    Raises
    ------
    InputError
        Unknown set; unknown type in an override; no shipped table to apply; a carbonyl charge or
        an override that is not a finite number in range.
    """
    sets = _table("sets")
    _require(name, sets, "force field", "is a shipped parameter set")
    row = sets[name]
    ion_row = _table("ions")[row["ions"]]
    carbonyl_row = _table("ligands")["carbonyl"][row["carbonyl"]]
    hydroxyl_row = _table("ligands")["hydroxyl"][row["hydroxyl"]]
    amide_rows = _table("amides")[row["amides"]]
    shell = _table("ions")["first_shell"]
    force_field = ForceField(
        name=name,
        title=row["title"],
        water=water(row["water"]),
        ions={symbol: species.ion(symbol, _site(r)) for symbol, r in ion_row["ions"].items()},
        carbonyl=_carbonyl(carbonyl_row, carbonyl_charge),
        hydroxyl=_hydroxyl(hydroxyl_row),
        amides={name: _amide(name, r) for name, r in amide_rows.items()},
        overrides=_shipped_overrides(name, row) if pair_overrides else {},
        first_shell_A={s: r for s, r in shell["radius_A"].items() if s in ion_row["ions"]},
        sources=(
            row["source"],
            _table("waters")[row["water"]]["source"],
            ion_row["source"],
            carbonyl_row["source"],
            hydroxyl_row["source"],
            *(r["source"] for r in amide_rows.values()),
            shell["source"],
        ),
    )
    if not overrides:
        return force_field
    own = _checked_overrides(force_field, overrides)
    return replace(force_field, overrides={**force_field.overrides, **own})


def solvents() -> tuple[str, ...]:
    """Liquids that a droplet may be of, water first; not every set has them all."""
    return (WATER, *_table("amides")["liquid"])


def amide_density(name: str) -> float:
    """Number density of a liquid amide, Å⁻³."""
    return float(_table("amides")["liquid"][name]["density_A3"])


def water(name: str) -> Molecule:
    """A shipped water model alone: those of the sets, ``tip4p`` and ``spce-nist``."""
    waters = _table("waters")
    _require(name, waters, "water", "is a shipped water model")
    row = waters[name]
    virtual = _site(row["M"]) if "M" in row else None
    return species.water(
        name,
        _site(row["O"]),
        _site(row["H"], hydrogen=True),
        row["r_oh_A"],
        row["angle_hoh_deg"],
        virtual,
        row.get("r_om_A", 0.0),
    )


def _carbonyl(row: dict[str, Any], charge: float | None) -> Molecule:
    carbon, oxygen = _site(row["C"]), _site(row["O"])
    if charge is not None:
        if not (math.isfinite(charge) and 0.0 <= charge <= 2.0):
            rule = "the carbonyl's charge lies between 0 and 2 e"
            raise InputError("carbonyl_charge", charge, rule, "0.51 is CHARMM36's")
        carbon, oxygen = replace(carbon, charge=charge), replace(oxygen, charge=-charge)
    return species.carbonyl("C=O", carbon, oxygen, row["r_co_A"])


def _hydroxyl(row: dict[str, Any]) -> Molecule:
    sites = (_site(row["CB"]), _site(row["OG1"]), _site(row["HG1"], hydrogen=True))
    return species.hydroxyl("C-O-H", sites, row["r_co_A"], row["r_oh_A"], row["angle_coh_deg"])


def _amide(name: str, row: dict[str, Any]) -> Molecule:
    rows = row["sites"]
    return species.amide(
        name,
        tuple(_site(r, hydrogen=r["name"].startswith("H")) for r in rows),
        tuple(r["name"] for r in rows),
        tuple((r["xyz_A"][0], r["xyz_A"][1], r["xyz_A"][2]) for r in rows),
    )


def _site(row: dict[str, Any], hydrogen: bool = False) -> SiteType:
    """A row of a parameter file, converted to internal units."""
    if "sigma_A" in row:
        rmin_half = row["sigma_A"] * _RMIN_HALF_PER_SIGMA
    else:
        rmin_half = row["rmin_half_A"]
    epsilon = row["epsilon_kJ_mol"] if "epsilon_kJ_mol" in row else kcal(row["epsilon_kcal_mol"])
    return SiteType(row["type"], row["charge_e"], rmin_half, epsilon, hydrogen)


def _shipped_overrides(name: str, row: dict[str, Any]) -> dict[frozenset[str], tuple[float, float]]:
    if "overrides" not in row:
        having = [other for other, r in sorted(_table("sets").items()) if "overrides" in r]
        rule = f"the parameter set {name} ships no pair overrides"
        remedy = f"leave them off, give your own, or take {' or '.join(having)}"
        raise InputError("pair_overrides", True, rule, remedy)
    table = _table("overrides")[row["overrides"]]
    return {
        frozenset(pair["types"]): (pair["rmin_A"], kcal(pair["epsilon_kcal_mol"]))
        for pair in table["pairs"]
    }


def _checked_overrides(
    force_field: ForceField, overrides: Mapping[tuple[str, str], tuple[float, float]]
) -> dict[frozenset[str], tuple[float, float]]:
    known = force_field.types()
    checked: dict[frozenset[str], tuple[float, float]] = {}
    for pair, (rmin, epsilon) in overrides.items():
        place = f"pair override {'-'.join(pair)}"
        for type_name in pair:
            _require(type_name, known, place, f"is a site type of {force_field.name}")
        if not (math.isfinite(rmin) and rmin > 0.0):
            raise InputError(place, rmin, "Rmin of the pair is positive", "give it in Å")
        if not (math.isfinite(epsilon) and epsilon >= 0.0):
            raise InputError(place, epsilon, "ε of the pair is not negative", "give it in kJ/mol")
        checked[frozenset(pair)] = (float(rmin), float(epsilon))
    return checked


@cache
def _table(name: str) -> dict[str, Any]:
    with (_FOLDER / f"{name}.toml").open("rb") as stream:
        return tomllib.load(stream)


def _require(name: str, known: Iterable[str], place: str, rule: str) -> None:
    choices = sorted(known)
    if name in choices:
        return
    near = difflib.get_close_matches(name, choices, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    raise InputError(place, name, rule, f"{hint}known: {', '.join(choices)}")
