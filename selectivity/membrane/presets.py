"""Membranes that the package carries, each number with its source.

They are TOML files in ``presets/`` beside this module: temperature, concentrations and relative
permeabilities, with ``verified = false`` where a number was not checked against its source.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from selectivity.errors import InputError, StoreError
from selectivity.membrane.membrane import Membrane
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import Solution

_FOLDER = Path(__file__).with_name("presets")


def preset_names() -> tuple[str, ...]:
    """Names that :func:`preset` knows, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def preset(name: str) -> Membrane:
    """The shipped membrane ``name``.

    The fields ``source`` and ``verified`` say where the numbers come from and whether each was
    checked there. The lists leave out impermeant anions and bicarbonate, so the solutions are not
    electroneutral as listed.

    Raises
    ------
    InputError
        Unknown name; the message lists the known ones.
    """
    if name not in preset_names():
        remedy = "known: " + ", ".join(preset_names())
        raise InputError("preset", name, "is a shipped membrane", remedy)
    try:
        return _membrane(name, _table(name))
    except KeyError as missing:
        raise StoreError(f"presets/{name}.toml lacks the key {missing}") from None


@dataclass(frozen=True)
class PresetEntry:
    """A shipped membrane with the source of each part; ``verified`` says if it was checked there.

    Concentrations in mM, permeabilities relative to each other.
    """

    name: str
    title: str
    temperature_K: float
    inside_mM: Mapping[str, float]
    outside_mM: Mapping[str, float]
    permeability: Mapping[str, float]
    concentrations_source: str
    concentrations_verified: bool
    permeability_source: str
    permeability_verified: bool


@dataclass(frozen=True)
class Presets(Result):
    """Every shipped membrane with its numbers and citations."""

    entries: tuple[PresetEntry, ...]

    def lines(self) -> list[str]:
        """The numbers as aligned lines, with what is to be said about them."""
        out: list[str] = []
        for e in self.entries:
            ions = dict.fromkeys((*e.inside_mM, *e.outside_mM))
            mM = (f"{i} {_said(e.inside_mM, i)}/{_said(e.outside_mM, i)}" for i in ions)
            ratios = (f"{ion} {p:g}" for ion, p in e.permeability.items())
            out += [
                f"{e.name}: {e.title}, {e.temperature_K:g} K",
                f"  in/out, mM: {', '.join(mM)}",
                f"    {e.concentrations_source}{unverified_mark(e.concentrations_verified)}",
                f"  P, relative: {', '.join(ratios)}",
                f"    {e.permeability_source}{unverified_mark(e.permeability_verified)}",
            ]
        return out

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        return {"presets": [asdict(entry) for entry in self.entries]}

    def columns(self) -> Columns:
        """The rows as a table; names carry units."""
        rows = [
            (e, ion) for e in self.entries for ion in dict.fromkeys((*e.inside_mM, *e.outside_mM))
        ]
        nan = float("nan")
        return {
            "preset": [e.name for e, _ in rows],
            "ion": [ion for _, ion in rows],
            "c_in_mM": [e.inside_mM.get(ion, nan) for e, ion in rows],
            "c_out_mM": [e.outside_mM.get(ion, nan) for e, ion in rows],
            "permeability": [e.permeability.get(ion, nan) for e, ion in rows],
            "temperature_K": [e.temperature_K for e, _ in rows],
            "concentrations_source": [e.concentrations_source for e, _ in rows],
            "concentrations_verified": [e.concentrations_verified for e, _ in rows],
            "permeability_source": [e.permeability_source for e, _ in rows],
            "permeability_verified": [e.permeability_verified for e, _ in rows],
        }


def preset_list() -> Presets:
    """Every shipped membrane with its numbers and citations."""
    return Presets(tuple(_entry(name, _table(name)) for name in preset_names()))


def _entry(name: str, table: dict[str, Any]) -> PresetEntry:
    concentrations, permeability = table["concentrations"], table["permeability"]
    return PresetEntry(
        name=name,
        title=table["title"],
        temperature_K=table["temperature_K"],
        inside_mM=concentrations["inside_mM"],
        outside_mM=concentrations["outside_mM"],
        permeability=permeability["relative"],
        concentrations_source=concentrations["source"],
        concentrations_verified=concentrations["verified"],
        permeability_source=permeability["source"],
        permeability_verified=permeability["verified"],
    )


def _said(side: Mapping[str, float], ion: str) -> str:
    return f"{side[ion]:g}" if ion in side else "-"


def unverified_mark(verified: bool) -> str:
    """What is printed behind a source whose numbers are from memory or were chosen."""
    return "" if verified else " [not verified]"


def _table(name: str) -> dict[str, Any]:
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def _membrane(name: str, table: dict[str, Any]) -> Membrane:
    concentrations, permeability = table["concentrations"], table["permeability"]
    temperature = table["temperature_K"]
    parts = [
        f"{kind}: {part['source']}{unverified_mark(part['verified'])}"
        for kind, part in (("concentrations", concentrations), ("permeability", permeability))
    ]
    return Membrane(
        inside=Solution(concentrations["inside_mM"], temperature, "inside"),
        outside=Solution(concentrations["outside_mM"], temperature, "outside"),
        permeability=permeability["relative"],
        name=f"{name} ({table['title']})",
        source="; ".join(parts),
        verified=concentrations["verified"] and permeability["verified"],
    )
