"""From a path to a document, and overrides from the command line (``--set a.b=c``)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from selectivity import resources
from selectivity.config.document import (
    Document,
    Mark,
    Node,
    build,
    children,
    compose,
    named,
    nearest,
    parse,
)
from selectivity.errors import InputError, Problem, RunFileError

MAX_BYTES = 1_000_000


def read(path: str | Path) -> Document:
    """Read a run file.

    Raises
    ------
    RunFileError
        The path holds no readable UTF-8 text, or the text is not YAML.
    """
    file = str(path)
    return parse(_text(Path(path), file), file, Path(path).absolute().parent)


def _text(path: Path, file: str) -> str:
    def fail(message: str, remedy: str, line: int = 1, column: int = 1) -> RunFileError:
        return RunFileError([Problem(file, line, column, "file", message, remedy)])

    try:
        if path.is_dir():
            raise fail("is a folder, not a run file", "name the .yaml file in it")
        if path.exists() and path.stat().st_size > MAX_BYTES:
            raise fail("is too large for a run file", "name the .yaml file, not its results")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise fail("does not exist", _elsewhere(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise fail(f"cannot be read: {reason}", "check the path and its permissions") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"the byte 0x{raw[error.start]:02x} is not UTF-8"
        raise fail(message, "save the file as UTF-8", line, column) from None
    if not text.strip():
        raise fail("is empty", "start from a shipped one: selectivity new quickstart")
    return text


def _elsewhere(path: Path) -> str:
    """What a path that does not exist may have meant."""
    try:
        shipped = resources.names("runs", ".yaml")
    except InputError:
        shipped = []
    if path.stem in shipped:
        return f"copy the shipped one first: selectivity new {path.stem}"
    here = [p.name for p in path.absolute().parent.glob("*.yaml")]
    return nearest(path.name, here, "in that folder") or "shipped: " + ", ".join(shipped)


def set_override(document: Document, text: str) -> Document:
    """The document with one value replaced, as by ``--set sampling.replicas=4``.

    Systems are addressed by the names that the file declares (``systems.kcsa.tether=rigid``); the
    value is read as YAML, so that ``systems.kcsa.composition=[X]`` and ``sampling.seed=7`` mean
    what they do in the file. Problems of the value are reported at ``--set TEXT``.

    Raises
    ------
    RunFileError
        ``text`` is not ``key=value``, or leads through a value that holds no keys or through a
        system that the file does not declare.
    """
    file = f"--set {named(text)}"
    key_text, equals, value_text = text.partition("=")
    if not equals or not key_text.strip() or not value_text.strip():
        message, remedy = "is not key=value", "for example --set sampling.replicas=4"
        raise RunFileError([Problem(file, 1, 1, "override", message, remedy)])
    mark, key = Mark(file, 1, 1), key_text.strip()
    problems: list[Problem] = []
    value = _value(value_text, file, len(key_text) + 1, key, problems)
    root = with_value(document.root, key, value, mark)
    found = (*document.problems, *problems)
    return replace(document, root=root, problems=found, overrides=(*document.overrides, text))


def with_value(root: Node, key: str, value: Node, mark: Mark) -> Node:
    """``root`` with ``value`` at the dotted ``key``, which stands at ``mark`` in messages.

    Raises
    ------
    RunFileError
        The key leads through a value that holds no keys or a system that is not declared.
    """
    return _replaced(root, _split(root, key, mark), value, mark)


def _value(text: str, file: str, offset: int, path: str, problems: list[Problem]) -> Node:
    """The node of an override's value; columns count along the whole override."""
    found: list[Problem] = []
    try:
        root = compose(text, file)
        if root is None:
            raise RunFileError([Problem(file, 1, 1, path, "has no value", "give one")])
        node = build(root, file, path, found)
    except RunFileError as error:
        moved = [replace(p, key=path, column=p.column + offset) for p in error.problems]
        raise RunFileError(moved) from None
    problems.extend(replace(p, column=p.column + offset) for p in found)
    return _shifted(node, offset)


def _shifted(node: Node, offset: int) -> Node:
    mark = replace(node.mark, column=node.mark.column + offset)
    value = node.value
    if isinstance(value, dict):
        value = {key: _shifted(child, offset) for key, child in value.items()}
    elif isinstance(value, list):
        value = [_shifted(child, offset) for child in value]
    return replace(node, value=value, mark=mark)


def _split(root: Node, text: str, mark: Mark) -> list[str]:
    """Keys of a dotted path; the name of a system may itself hold dots."""
    keys = text.split(".")
    systems = children(children(root)["systems"]) if "systems" in children(root) else {}
    if keys[0] != "systems" or len(keys) == 1:
        return keys
    rest = text.partition(".")[2]
    fitting = [n for n in systems if rest == n or rest.startswith(n + ".")]
    if not fitting:
        message = f"the file declares no system {keys[1]!r}"
        remedy = nearest(keys[1], systems, "its systems")
        raise RunFileError([Problem(mark.file, mark.line, mark.column, text, message, remedy)])
    name = max(fitting, key=len)
    below = rest[len(name) + 1 :]
    return ["systems", name, *(below.split(".") if below else [])]


def _replaced(node: Node, keys: list[str], value: Node, mark: Mark) -> Node:
    """``node`` with ``value`` at ``keys``; mappings on the way are made where they are missing."""
    if not keys:
        return replace(value, key_mark=mark, path=node.path)
    if not isinstance(node.value, dict):
        message = "holds no keys in the file"
        remedy = f"replace it as a whole: --set {node.path}=..."
        found = Problem(mark.file, mark.line, mark.column, node.path, message, remedy)
        raise RunFileError([found])
    path = f"{node.path}.{keys[0]}".lstrip(".")
    child = node.value.get(keys[0], Node({}, mark, mark, path))
    return replace(node, value={**node.value, keys[0]: _replaced(child, keys[1:], value, mark)})
