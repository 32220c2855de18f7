"""Sections of the tests' own, in place of the shipped ones."""

from __future__ import annotations

import threading
from pathlib import Path
from types import ModuleType

import pytest

from selectivity.validation import catalogue
from selectivity.validation.campaign import Campaign, Listener, Request, carry_out
from selectivity.validation.records import Outcome


class Bench:
    """A folder of sections with their functions, and campaigns over them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.out = folder / "sections", folder / "out"
        self.folder.mkdir()
        self.modules: dict[str, ModuleType] = {}
        self.listener = Listener()
        self.runner = None
        monkeypatch.setattr(catalogue, "FOLDER", self.folder)
        monkeypatch.setattr(catalogue, "module_of", lambda name: self.modules[name])

    def section(self, name: str, table: str, **functions) -> None:
        """Write a section; ``functions`` are those of its module."""
        (self.folder / f"{name}.toml").write_text(table, encoding="utf-8")
        module = ModuleType(name)
        vars(module).update(functions)
        self.modules[name] = module

    def read(self):
        names = tuple(sorted(path.stem for path in self.folder.glob("*.toml")))
        return catalogue.sections(names, self.folder)

    def campaign(self, stop: threading.Event | None = None, **request) -> Campaign:
        asked = Request(self.out, **request)
        stop = stop or threading.Event()
        return Campaign(asked, self.read(), self.runner, self.listener, stop)

    def run(self, stop: threading.Event | None = None, **request) -> dict[str, Outcome]:
        """Outcomes by id."""
        return {o.row.id: o for o in carry_out(self.campaign(stop, **request))}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)
