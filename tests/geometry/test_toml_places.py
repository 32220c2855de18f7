"""Places of keys and values in TOML texts, held against what tomllib reads."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import selectivity
from selectivity.geometry.toml_places import Place, Places

SHIPPED = sorted(
    [
        *Path(selectivity.__file__).parent.rglob("*.toml"),
        *(Path(selectivity.__file__).parent.parent / "structures").glob("*.toml"),
    ]
)
ODD = '''\
# a comment with [brackets] = and "quotes"
"a key" = 1
a.b."c d" = { x = 'one', y = [1, [2, 3,], # inside
  """long
"text" ]""", 4] }
t = 1979-05-27 07:32:00
e = []
f = {}
[a.g]
h = "x # not a comment"
[[list]]
n = 1
[list.below]
m = 2
[[list]]
n = +inf
[[list.inner]]
o = \'\'\'lit'eral\'\'\'
[[list.inner]]
o = "\\"\\\\"
'''


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple, object]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from leaves(item, (*path, i))
    else:
        yield path, value


def check(text: str) -> int:
    """Every value begins at its place, and its key at the key's: read again from there."""
    places, lines = Places(text), text.split("\n")
    found = list(leaves(tomllib.loads(text)))
    for path, value in found:
        at = places.values[path]
        rest = "\n".join([lines[at.line - 1][at.column - 1 :], *lines[at.line :]])
        assert begins(rest, value), (path, at)
        if isinstance(path[-1], str):
            at = places.keys[path]
            line = lines[at.line - 1][at.column - 1 :]
            assert line.partition("=")[0].strip().strip("\"'").endswith(path[-1]), (path, at)
    return len(found)


def begins(rest: str, value: object) -> bool:
    """Whether TOML's ``rest`` begins with ``value``."""
    for end in range(1, len(rest) + 1):
        try:
            if tomllib.loads(f"v = {rest[:end]}")["v"] == value:
                return True
        except tomllib.TOMLDecodeError:
            continue
    return False


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_value_of_the_shipped_tables_has_its_place(path: Path) -> None:
    places = Places(path.read_text(encoding="utf-8"))
    found = list(leaves(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert found
    for leaf, _ in found:
        assert leaf in places.values


def test_places_of_a_shipped_structure_are_those_of_its_values() -> None:
    text = next(path for path in SHIPPED if path.stem == "kcsa").read_text(encoding="utf-8")
    assert check(text) > 60


def test_odd_but_sound_toml() -> None:
    assert check(ODD) == 14
    assert Places(ODD.replace("\n", "\r\n")).values == Places(ODD).values


def test_what_is_missing_stands_where_it_belongs() -> None:
    places = Places(ODD)
    assert places.of(("list", 1, "missing")) == Place(15, 1)
    assert places.of(("nowhere",)) == Place(1, 1)
    assert places.of(("list",)) == Place(11, 1)
    assert Places("a = 1\r\nb = 2\r\n").values[("b",)] == Place(2, 5)
