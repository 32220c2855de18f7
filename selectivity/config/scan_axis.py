"""The axes of a scan: a key of the run file and the values that it takes, listed or on a grid."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from selectivity.config.document import Node, children, nearest, plain, problem_at, shown
from selectivity.config.fields import composition_text
from selectivity.errors import Problem

KEYS = ("key", "label", "values", "from", "to", "n", "scale")
MOST_VALUES = 100
COMMON = ("ions", "pair", "title", "headline", "membrane")
"""Keys of a run file that all cells of a map share."""
_MEASURE = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\D.*)?")
_EXAMPLE = "{key: systems.cage.carbonyls, values: [4, 6, 8]}"
_GRID = "give from:, to: and n:, or values:"


@dataclass(frozen=True)
class Axis:
    """One key of the run file with its values, or several keys that change together.

    Attributes
    ----------
    keys : tuple of str
        Dotted, as ``--set`` takes them; each gets the value.
    label : str
        What figures call it.
    values : tuple of Node
        As they would stand in the run file, each with the place where the scan file gives it.
    log : bool
        Whether the grid is even in the logarithm.
    key_nodes : tuple of Node
        Where ``key:`` names them.
    """

    keys: tuple[str, ...]
    label: str
    values: tuple[Node, ...]
    log: bool
    key_nodes: tuple[Node, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as text, with their units."""
        return tuple(text_of(node) for node in self.values)

    @property
    def unit(self) -> str:
        """The unit that all numbers among the values share; empty where there is none."""
        units = {found[1] for text in self.texts if (found := measure(text)) is not None}
        return units.pop() if len(units) == 1 else ""

    @property
    def numbers(self) -> tuple[float | None, ...]:
        """The values in :attr:`unit`; None for those that are words or have another unit."""
        found = (measure(text) for text in self.texts)
        return tuple(m[0] if m is not None and m[1] == self.unit else None for m in found)


def measure(text: str) -> tuple[float, str] | None:
    """Number and unit of a text such as ``0.5 e``; None for a word."""
    match = _MEASURE.fullmatch(text.strip())
    return None if match is None else (float(match[1]), (match[2] or "").strip())


def text_of(node: Node) -> str:
    """A value as the text that ``--set`` takes."""
    value = plain(node)
    if isinstance(value, bool) or value is None:
        return str(value).lower().replace("none", "null")
    if isinstance(value, list) and any(isinstance(x, str) and measure(x) for x in value):
        return f"[{', '.join(map(str, value))}]"  # an interval; a composition has no commas
    return composition_text(value) or str(value)


def read_axes(node: Node | None, root: Node, problems: list[Problem]) -> list[Axis]:
    """The axes of a scan file; what is wrong with them is appended to ``problems``."""
    if node is None:
        remedy = f"give one or two, for example axes: [{_EXAMPLE}]"
        problems.append(problem_at(root, ("axes",), "is missing", remedy))
        return []
    items = node.value if isinstance(node.value, list) else []
    if not 1 <= len(items) <= 2:
        if isinstance(node.value, list):
            message = f"{len(items)} axes: a scan has one (a curve) or two (a map)"
        else:
            message = f"{shown(plain(node))}: must be a list of one or two axes"
        problems.append(problem_at(node, (), message, f"for example axes: [{_EXAMPLE}]"))
        return []
    axes = [axis for item in items if (axis := _axis(item, problems)) is not None]
    taken = [key for axis in axes for key in axis.keys]
    for axis in axes[-1:]:
        for key, key_node in zip(axis.keys, axis.key_nodes, strict=True):
            if taken.count(key) > 1:
                message = f"{shown(key)}: is changed twice"
                problems.append(problem_at(key_node, (), message, "name another key"))
    return axes


def _axis(node: Node, problems: list[Problem]) -> Axis | None:
    before, keys = len(problems), children(node)
    if not keys:
        message = f"{shown(plain(node))}: an axis is a mapping"
        problems.append(problem_at(node, (), message, f"for example {_EXAMPLE}"))
        return None
    problems.extend(
        problem_at(node, (key,), "unknown key", nearest(key, KEYS), at_key=True)
        for key in keys
        if key not in KEYS
    )
    if "label" in keys and not _is_text(keys["label"]):
        message = f"{shown(plain(keys['label']))}: must be a text"
        problems.append(problem_at(keys["label"], (), message, "put quotes around it"))
    named = _named(node, keys.get("key"), problems)
    values = _values(node, keys, problems)
    if len(problems) > before:
        return None
    names = tuple(str(item.value).strip() for item in named)
    label = names[0].split(".")[-1].replace("_", " ").capitalize()
    if "label" in keys:
        label = str(keys["label"].value).strip()
    log = "scale" in keys and keys["scale"].value == "log"
    return Axis(names, label, tuple(values), log, named)


def _named(node: Node, key: Node | None, problems: list[Problem]) -> tuple[Node, ...]:
    """The keys that ``key:`` names, one or a list of them."""
    if key is None:
        problems.append(problem_at(node, ("key",), "is missing", f"for example {_EXAMPLE}"))
        return ()
    named = tuple(key.value) if isinstance(key.value, list) else (key,)
    if not named or not all(_is_text(item) for item in named):
        message = f"{shown(plain(key))}: must be a key of the run file, or a list of keys"
        problems.append(problem_at(key, (), message, "dotted: systems.cage.radius"))
        return ()
    for item in named:
        name = str(item.value).strip()
        if name.split(".")[0] in COMMON:
            message = f"{shown(name)}: is the same in all cells of a map"
            problems.append(problem_at(item, (), message, "name another key, or write two scans"))
    return named


def _is_text(node: Node) -> bool:
    return isinstance(node.value, str) and bool(node.value.strip())


def _values(node: Node, keys: dict[str, Node], problems: list[Problem]) -> list[Node]:
    grid = [key for key in ("from", "to", "n", "scale") if key in keys]
    if "values" not in keys:
        return _grid(node, keys, problems)
    if grid:
        message = f"stands beside values: {', '.join(grid)}"
        problems.append(problem_at(node, (grid[0],), message, _GRID, at_key=True))
        return []
    listed = keys["values"]
    if not isinstance(listed.value, list) or not 2 <= len(listed.value) <= MOST_VALUES:
        message = f"{shown(plain(listed))}: must be a list of 2 to {MOST_VALUES} values"
        problems.append(problem_at(listed, (), message, "or a grid: from:, to: and n:"))
        return []
    seen: set[str] = set()
    for item in listed.value:
        text = text_of(item)
        if text in seen:
            message = f"{shown(text)}: stands twice"
            problems.append(problem_at(item, (), message, "keep one of the two"))
        seen.add(text)
    return listed.value


def _grid(node: Node, keys: dict[str, Node], problems: list[Problem]) -> list[Node]:
    """Values from ``from`` to ``to``, both included, even in themselves or in the logarithm."""
    found = list(_grid_faults(node, keys))
    problems.extend(found)
    if found:
        return []
    (low, unit), (high, _) = (_end(keys[key]) for key in ("from", "to"))  # type: ignore[misc]
    n, log = int(plain(keys["n"])), "scale" in keys and keys["scale"].value == "log"
    shares = [i / (n - 1) for i in range(n)]
    if log:
        numbers = [low * (high / low) ** share for share in shares]
    else:
        numbers = [low + (high - low) * share for share in shares]
    written = [_written(number, unit) for number in numbers]
    if len(set(written)) < n:
        message = f"{n}: values of the grid are the same to six digits"
        problems.append(problem_at(keys["n"], (), message, "take fewer, or ends farther apart"))
        return []
    return [replace(keys["from"], value=value) for value in written]


def _written(number: float, unit: str) -> str | int | float:
    rounded = float(f"{number:.6g}")
    if unit:
        return f"{rounded:g} {unit}" if float(f"{rounded:g}") == rounded else f"{rounded!r} {unit}"
    return int(rounded) if rounded.is_integer() else rounded


def _end(node: Node) -> tuple[float, str] | None:
    value: Any = plain(node)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = measure(str(value))
    return found if found is not None and math.isfinite(found[0]) else None


def _grid_faults(node: Node, keys: dict[str, Node]) -> Iterator[Problem]:
    missing = [key for key in ("from", "to", "n") if key not in keys]
    if missing:
        yield problem_at(node, (missing[0],), "is missing", _GRID)
        return
    n = plain(keys["n"])
    if isinstance(n, bool) or not isinstance(n, int) or not 2 <= n <= MOST_VALUES:
        message = f"{shown(n)}: must be a whole number from 2 to {MOST_VALUES}"
        yield problem_at(keys["n"], (), message, "both ends are among them")
    scale = plain(keys["scale"]) if "scale" in keys else "linear"
    if scale not in ("linear", "log"):
        yield problem_at(
            keys["scale"],
            (),
            f"{shown(scale)}: must be linear or log",
            "linear where it is left out",
        )
    low, high = _end(keys["from"]), _end(keys["to"])
    for key, end in (("from", low), ("to", high)):
        if end is None:
            message = f"{shown(plain(keys[key]))}: must be a number, with its unit if it has one"
            yield problem_at(keys[key], (), message, 'for example "0.3 e"; words go into values:')
    if low is None or high is None:
        return
    if low[1] != high[1]:
        message = f"{shown(plain(keys['to']))}: has another unit than from: ({low[1] or 'none'})"
        yield problem_at(keys["to"], (), message, f'for example "{high[0]:g} {low[1]}"'.rstrip())
    elif low[0] == high[0]:
        yield problem_at(keys["to"], (), "ends where it begins", "give another number")
    elif scale == "log" and min(low[0], high[0]) <= 0.0:
        wrong = "from" if low[0] <= 0.0 else "to"
        message = f"{shown(plain(keys[wrong]))}: must be above zero with scale: log"
        yield problem_at(keys[wrong], (), message, "scale: linear takes any number")
