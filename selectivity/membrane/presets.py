"""Membranes that the package carries, each number with its source.

They are TOML files in ``presets/`` beside this module: temperature, concentrations and relative
permeabilities, with ``verified = false`` where a number was not checked against its source.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from selectivity.errors import InputError, StoreError
from selectivity.membrane.membrane import Membrane
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
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        table = tomllib.load(file)
    try:
        return _membrane(name, table)
    except KeyError as missing:
        raise StoreError(f"presets/{name}.toml lacks the key {missing}") from None


def _membrane(name: str, table: dict[str, Any]) -> Membrane:
    concentrations, permeability = table["concentrations"], table["permeability"]
    temperature = table["temperature_K"]
    parts = [
        f"{kind}: {part['source']}" + ("" if part["verified"] else " [not verified]")
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
