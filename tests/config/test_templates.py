"""Shipped run files explain their keys, and the blank one holds every key with its default."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from selectivity import resources
from selectivity.config import model
from selectivity.config.load import load

FOLDER = resources.folder("runs")
SELF_EXPLAINED = {"title", "systems", "sampling", "membrane", "kind"}
EXAMPLES = {"rings", "forcefield", "sampling", "solvent", "reservoir", "lower", "upper", "radius"}
"""Keys of the blank file that show another value than the one that holds without them."""

FIELDS = {
    kind.__name__: set(kind.model_fields)
    for kind in (
        model.RunModel,
        model.FilterModel,
        model.CageModel,
        model.DropletModel,
        model.WindowsModel,
        model.RingModel,
        model.SamplingModel,
        model.MembraneModel,
        model.PermeabilityModel,
    )
}
KNOWN = {field for fields in FIELDS.values() for field in fields}


def keys(text: str) -> list[tuple[int, str]]:
    """Line numbers and names of the keys of a run file that are not in comments."""
    rows = text.splitlines()
    found = []
    for i, row in enumerate(rows):
        match = re.match(r"^ *([a-z_]+):(?: |$)", row)
        if match:
            found.append((i, match[1]))
    return found


BRIEF: set[str] = set()
"""Files that explain what they ask, and leave the other keys to ``blank``."""


@pytest.mark.parametrize("name", sorted({*resources.names("runs", ".yaml")} - BRIEF))
def test_every_key_is_explained_where_it_first_stands(name: str) -> None:
    """By a comment on its line, above it or above its block."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    rows = text.splitlines()
    unexplained, seen = [], set()
    for i, key in keys(text):
        if key in KNOWN - SELF_EXPLAINED and key not in seen:
            above = i > 0 and rows[i - 1].lstrip().startswith("#")
            below = i + 1 < len(rows) and rows[i + 1].lstrip().startswith("#")
            if not ("#" in rows[i] or above or below):
                unexplained.append(f"{i + 1}: {key}")
            seen.add(key)
    assert not unexplained


def test_the_blank_file_names_every_key() -> None:
    text = (FOLDER / "blank.yaml").read_text(encoding="utf-8")
    missing = {
        f"{kind}.{field}"
        for kind, fields in FIELDS.items()
        for field in fields
        if not re.search(rf"\b{field}:?", text)
    }
    assert not missing


def test_what_the_blank_file_leaves_out_is_what_holds_without_it(tmp_path: Path) -> None:
    """Its commented keys, taken in, change nothing that is sampled."""
    text = (FOLDER / "blank.yaml").read_text(encoding="utf-8")
    rows = []
    cage = False
    for row in text.splitlines():
        if cage or "# cage:" in row:
            cage = row.strip().startswith("#")
            continue
        match = re.match(r"^( *)# ( *)([a-zA-Z_]+):( .+)?$", row)
        wanted = match and match[3] in KNOWN and match[3] not in EXAMPLES
        rows.append(f"{match[1]}{match[2]}{match[3]}:{match[4] or ''}" if wanted else row)
    membrane = rows.index("membrane:")
    path = tmp_path / "full.yaml"
    path.write_text("\n".join(rows[:membrane]) + "\n", encoding="utf-8")
    assert sum("# " in row[:12] for row in rows) < sum(
        "# " in row[:12] for row in text.splitlines()
    )
    assert load(path).digest() == load(FOLDER / "blank.yaml").digest()
