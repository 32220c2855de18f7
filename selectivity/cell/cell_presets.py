"""Published cells that the package carries, each section of numbers with its source.

They are TOML files in ``presets/`` beside this module. On top stand ``title`` and ``model`` (which
code runs it); every table below is a section with ``source`` (the citation), ``verified`` (true
where each number was read off that source, its tables or its published model file; false where one
is from memory or was chosen), perhaps ``note``, and numbers whose keys end in their unit. Numbers
are those that the paper prints, in its units; a model converts.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selectivity.errors import InputError, StoreError
from selectivity.membrane.presets import unverified_mark
from selectivity.membrane.result import Columns, Result

_FOLDER = Path(__file__).with_name("presets")
_WORDS = ("source", "verified", "note")


@dataclass(frozen=True)
class Section:
    """Numbers of one source; ``verified`` says whether they were checked there."""

    name: str
    values: Mapping[str, Any]
    source: str
    verified: bool
    note: str = ""

    @property
    def cited(self) -> str:
        """The source, marked where it was not verified."""
        return self.source + unverified_mark(self.verified)

    def __getitem__(self, key: str) -> Any:
        """A number by its key.

        Raises
        ------
        StoreError
            The file lacks the key.
        """
        if key not in self.values:
            raise StoreError(f"the section {self.name} of a preset lacks the key {key!r}")
        return self.values[key]


@dataclass(frozen=True)
class CellPreset(Result):
    """A published cell: its sections of numbers by name.

    ``preset["pump"]["rho_uA_cm2"]`` is a number of it.
    """

    name: str
    title: str
    model: str
    sections: Mapping[str, Section]

    def __getitem__(self, section: str) -> Section:
        """A section by its name.

        Raises
        ------
        StoreError
            The file lacks the section.
        """
        if section not in self.sections:
            raise StoreError(f"presets/{self.name}.toml lacks the section {section!r}")
        return self.sections[section]

    def lines(self) -> list[str]:
        """The numbers by section, with their sources."""
        out = [f"{self.name}: {self.title}"]
        for section in self.sections.values():
            said = ", ".join(f"{key} {_said(value)}" for key, value in section.values.items())
            out.append(f"  {section.name}: {said}")
            out.append(f"    {section.cited}")
            if section.note:
                out.append(f"    {section.note}")
        return out

    def record(self) -> dict[str, Any]:
        """The numbers with their sources."""
        return {
            "name": self.name,
            "title": self.title,
            "model": self.model,
            "sections": {
                name: {
                    **s.values,
                    "source": s.source,
                    "verified": s.verified,
                    **({"note": s.note} if s.note else {}),
                }
                for name, s in self.sections.items()
            },
        }

    def columns(self) -> Columns:
        """A row for each number."""
        rows = [
            (s, key if part is None else f"{key}.{part}", value)
            for s in self.sections.values()
            for key, whole in s.values.items()
            for part, value in (whole.items() if isinstance(whole, Mapping) else [(None, whole)])
        ]
        return {
            "preset": [self.name for _ in rows],
            "section": [s.name for s, _, _ in rows],
            "key": [key for _, key, _ in rows],
            "value": [value for _, _, value in rows],
            "source": [s.source for s, _, _ in rows],
            "verified": [s.verified for s, _, _ in rows],
        }


def cell_preset_names() -> tuple[str, ...]:
    """Names that :func:`cell_preset` knows, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def cell_preset(name: str) -> CellPreset:
    """The published cell ``name`` with its numbers and citations.

    Raises
    ------
    InputError
        Unknown name; the message lists the known ones.
    StoreError
        A file without title, model, source or verified.
    """
    if name not in cell_preset_names():
        remedy = "known: " + ", ".join(cell_preset_names())
        raise InputError("preset", name, "is a shipped cell", remedy)
    table = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    try:
        return CellPreset(
            name=name,
            title=table["title"],
            model=table["model"],
            sections={
                key: _section(key, part) for key, part in table.items() if isinstance(part, dict)
            },
        )
    except KeyError as missing:
        raise StoreError(f"presets/{name}.toml lacks the key {missing}") from None


def _section(name: str, table: dict[str, Any]) -> Section:
    values = {key: value for key, value in table.items() if key not in _WORDS}
    return Section(name, values, table["source"], table["verified"], table.get("note", ""))


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} {_said(part)}" for key, part in value.items()) + "}"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
