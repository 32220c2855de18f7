"""What is shipped is found and loads, and rooms keep their private names to themselves."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import selectivity
from selectivity import resources
from selectivity.config.load import load
from selectivity.errors import InputError
from selectivity.geometry.files import load_filter

PACKAGE = Path(selectivity.__file__).resolve().parent
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("kind", "suffix", "some"),
    [
        ("runs", ".yaml", {"quickstart", "kcsa", "droplet"}),
        ("structures", ".toml", {"kcsa", "mthk"}),
        ("analysis", ".py", {"compositions_table"}),
    ],
)
def test_shipped_folders_are_found(kind: str, suffix: str, some: set[str]) -> None:
    assert some <= set(resources.names(kind, suffix))
    name = sorted(some)[0]
    assert resources.shipped(kind, name, suffix) == resources.folder(kind) / f"{name}{suffix}"
    assert resources.shipped(kind, name + suffix, suffix) == resources.shipped(kind, name, suffix)


@pytest.mark.parametrize("name", ["../pyproject", "../runs/kcsa", "nothing", ""])
def test_no_other_file_passes_for_a_shipped_one(name: str) -> None:
    assert resources.shipped("runs", name, ".yaml") is None


def test_an_installation_without_a_folder_says_so() -> None:
    with pytest.raises(InputError, match="lacks this folder"):
        resources.folder("no-such-kind")


@pytest.mark.parametrize("name", resources.names("runs", ".yaml"))
def test_every_shipped_run_file_loads(name: str) -> None:
    path = resources.shipped("runs", name, ".yaml")
    assert path is not None
    run = load(path)
    assert run.systems
    assert all(plan.replicas >= 8 for plan in run.plans.values())
    filters = [spec.name for spec in run.systems if spec.kind == "filter"]
    assert (run.headline in filters) == bool(filters)
    assert set(run.references) >= set(filters)


@pytest.mark.parametrize("name", resources.names("structures", ".toml"))
def test_every_shipped_structure_loads_and_names_its_source(name: str) -> None:
    geometry = load_filter(name)
    assert geometry.name == name
    assert geometry.source
    assert geometry.preparation


def test_private_names_stay_in_their_room() -> None:
    """No file imports a name or a module with a leading underscore from another room."""
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            parts = node.module.split(".")
            if parts[0] != "selectivity" or parts[1:2] == [room]:
                continue
            names = [*parts[1:], *(alias.name for alias in node.names)]
            private = [name for name in names if re.match(r"_(?!_)", name)]
            wrong += [f"{path.relative_to(PACKAGE)}:{node.lineno}: {name}" for name in private]
    assert not wrong


def test_the_readme_holds_one_test_command_and_names_every_run_file() -> None:
    """.ci/run takes its test command from the README by this very pattern."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\$ (pip install .*pytest.*)$", text, flags=re.MULTILINE)) == 1
    missing = [name for name in resources.names("runs", ".yaml") if f"`{name}`" not in text]
    assert not missing
