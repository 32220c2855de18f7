"""One-axis lists: a system with a list where one value belongs becomes one system per value.

It happens on the nodes of the file, before any value is checked, so that a wrong item of a list is
reported where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from selectivity.config.document import Node, children, plain, problem_at, shown
from selectivity.config.fields import composition_text
from selectivity.errors import Problem

AXES: dict[str, tuple[str, ...]] = {
    "filter": (
        "composition",
        "reservoir",
        "tether",
        "forcefield",
        "structure",
        "orientation",
        "ligand_electrostatics",
        "rings",
    ),
    "cage": (
        "forcefield",
        "carbonyls",
        "waters",
        "radius",
        "carbonyl_charge",
        "ligand_electrostatics",
    ),
    "droplet": ("forcefield", "solvent", "waters", "molecules"),
}
"""Keys of each kind of system that may hold a list."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@dataclass(frozen=True)
class Declared:
    """A system after expansion.

    ``aliases`` are the names that another system may call it by: its own, and the one that the
    file declares where it stands for a whole axis. ``reported`` says that its problems are told,
    and that nothing should be concluded from it.
    """

    name: str
    aliases: tuple[str, ...]
    kind: str
    node: Node
    axis: str | None = None
    reported: bool = False

    def text(self, key: str) -> str | None:
        """The value of ``key`` where it is a text."""
        child = children(self.node).get(key)
        return child.value if child is not None and isinstance(child.value, str) else None


def slug(text: str) -> str:
    """``text`` as a part of a name: ``[K W X W]`` gives ``K-W-X-W``."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-.")[:40] or "value"


def expand(systems: Node, base_forcefield: str | None, problems: list[Problem]) -> list[Declared]:
    """Systems of the file in its order, lists written out; problems are appended.

    A list of force fields in a system also makes the droplet that it refers to one of each, unless
    the droplet names its own: a filter or cage goes with the droplet of its own parameter set.
    """
    if not children(systems):
        remedy = "declare at least one, for example bulk: {kind: droplet}"
        problems.append(problem_at(systems, (), "holds no systems by name", remedy))
        return []
    declared = [
        member
        for name, node in children(systems).items()
        for member in _along_axis(name, node, problems)
    ]
    declared = _with_droplets(declared, base_forcefield)
    _refuse_collisions(declared, problems)
    return declared


def _along_axis(name: str, node: Node, problems: list[Problem]) -> Iterator[Declared]:
    told = Declared(name, (name,), "", node, reported=True)
    if not _NAME.fullmatch(name):
        message = f"{shown(name)}: a name has letters, digits, . _ - only, at most 80"
        problems.append(problem_at(node, (), message, "rename the system", at_key=True))
        yield told
        return
    if not isinstance(node.value, dict):
        message = f"{shown(plain(node))}: a system is a mapping of keys to values"
        problems.append(problem_at(node, (), message, "begin with kind: filter"))
        yield told
        return
    kind = Declared(name, (name,), "", node).text("kind") or ""
    axes = {key: items for key in AXES.get(kind, ()) if (items := _items(key, node)) is not None}
    if len(axes) > 1:
        first, second = list(axes)[:2]
        message = f"a second list: {first} already holds one, a system has one axis"
        problems.append(problem_at(node, (second,), message, "write two systems"))
        yield told
        return
    if not axes:
        yield Declared(name, (name,), kind, node)
        return
    key, items = next(iter(axes.items()))
    if not items:
        problems.append(problem_at(node, (key,), "an empty list", "give it values"))
        yield told
    for item in items:
        value = plain(item)
        text = composition_text(value) if key == "composition" else None
        member = f"{name}-{slug(text if text is not None else _told(value))}"
        child = replace(item, path=f"{node.path}.{key}")
        yield Declared(
            member, (member, name), kind, replace(node, value={**node.value, key: child}), key
        )


def _told(value: object) -> str:
    """A value in words: a mapping of rings by its names and values, an empty one "as it is"."""
    if not isinstance(value, dict):
        return str(value)
    parts = [f"{key} {_told_of_ring(change)}" for key, change in value.items()]
    return " ".join(parts) or "as it is"


def _told_of_ring(change: object) -> str:
    return " ".join(map(str, change.values())) if isinstance(change, dict) else str(change)


def _items(key: str, node: Node) -> list[Node] | None:
    """Items of the list at ``key``, None where it holds one value."""
    child = children(node).get(key)
    if child is None or not isinstance(child.value, list):
        return None
    if key == "composition" and composition_text(plain(child)) is not None:
        return None
    return child.value


def _with_droplets(declared: list[Declared], base: str | None) -> list[Declared]:
    expanded: list[Declared] = []
    for droplet in declared:
        own = "forcefield" in children(droplet.node)
        users = [d for d in declared if _refers(d, droplet)]
        along = [d for d in users if d.axis == "forcefield"]
        if droplet.kind != "droplet" or own or not along:
            expanded.append(droplet)
            continue
        needed = {text: d for d in along if (text := d.text("forcefield")) is not None}
        if base not in needed and len(along) < len(users):
            expanded.append(droplet)
        for forcefield, user in needed.items():
            expanded.append(droplet if forcefield == base else _copy(droplet, user, forcefield))
    return expanded


def _refers(system: Declared, droplet: Declared) -> bool:
    return system.text("reference") in droplet.aliases


def _copy(droplet: Declared, user: Declared, forcefield: str) -> Declared:
    name = f"{droplet.name}-{slug(forcefield)}"
    value = {**children(droplet.node), "forcefield": children(user.node)["forcefield"]}
    node = replace(droplet.node, value=value)
    return Declared(name, (name, *droplet.aliases), "droplet", node, "forcefield")


def _refuse_collisions(declared: list[Declared], problems: list[Problem]) -> None:
    seen: dict[str, Declared] = {}
    for system in declared:
        other = seen.setdefault(system.name.lower(), system)
        if other is system:
            continue
        message = f"two systems would be called {system.name}"
        remedy = "rename one, or delete the value that stands twice"
        keys = (system.axis,) if system.axis else ()
        problems.append(problem_at(system.node, keys, message, remedy, at_key=not keys))
