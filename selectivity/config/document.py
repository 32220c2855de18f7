"""A YAML text as a tree of nodes, each of which knows the line and column where it stands.

YAML 1.2 by ruamel.yaml. Everything later (axis lists, overrides, models, rules) works on these
nodes, so that any problem can be reported at the place that the user wrote.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selectivity.errors import Problem, RunFileError

Scalar = str | int | float | bool | None
Key = str | int
UNREADABLE = "cannot be read"
MAX_NODES = 20_000
_TAG = "tag:yaml.org,2002:"
_CONTAINERS = {_TAG + "map", _TAG + "seq"}
_TEXTS = {_TAG + kind for kind in ("str", "timestamp", "value", "merge", "binary")}
_SYNTAX_REMEDIES = {
    "\\t": "indent with spaces, YAML forbids tabs there",
    "mapping values": 'put quotes around a text that holds ": ", or indent the line',
    "expected ',' or": "close the bracket, or put a comma between the items",
    "could not find expected ':'": "write key: value",
    "<block end>": "align the line with its neighbours",
    "another document": "keep one document in a file",
    "undefined alias": 'put quotes around a text that begins with "*"',
    "unexpected end of stream": "close the quotes",
    "<document start>": 'put quotes around a text that begins with "%"',
    "cannot start any token": "put quotes around a text that begins with this sign",
    "unknown escape": "double the backslash, or use single quotes",
}


@dataclass(frozen=True)
class Mark:
    """A place: file, line and column, both counted from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True)
class Node:
    """A value of the file: a mapping, a list or a scalar.

    ``mark`` is where the value begins, ``key_mark`` where its key does (the same for list items),
    ``path`` the dotted keys that lead to it.
    """

    value: dict[str, Node] | list[Node] | Scalar
    mark: Mark
    key_mark: Mark
    path: str


@dataclass(frozen=True)
class Document:
    """A run file as read: its root, its text and the problems that reading it already found.

    ``folder`` is what relative paths in it refer to.
    """

    root: Node
    text: str
    file: str
    folder: Path
    problems: tuple[Problem, ...] = ()
    overrides: tuple[str, ...] = ()


def parse(text: str, file: str, folder: Path) -> Document:
    """Read the YAML ``text``; ``file`` is what messages call it.

    Raises
    ------
    RunFileError
        The text is not YAML, or is not a mapping of keys to values.
    """
    root = compose(text, file)
    if root is None:
        remedy = "start from a shipped one, such as quickstart"
        raise RunFileError([Problem(file, 1, 1, "file", "holds no keys", remedy)])
    problems: list[Problem] = []
    node = build(root, file, "", problems)
    if not isinstance(node.value, dict):
        mark = node.mark
        message = "a run file is a mapping of keys to values"
        remedy = "begin with title:, temperature:, systems:"
        raise RunFileError([Problem(file, mark.line, mark.column, "file", message, remedy)])
    return Document(node, text, file, folder, tuple(problems))


def compose(text: str, file: str) -> Any:
    """The YAML nodes of ``text`` (None where it holds none), or RunFileError at the fault."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning
    from ruamel.yaml.reader import ReaderError

    def fail(line: int, column: int, message: str, remedy: str = "") -> RunFileError:
        return RunFileError([Problem(file, line, column, "YAML", message, remedy)])

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)
            return YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        raise fail(*_syntax(error)) from None
    except ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"the character {error.character!r} is not allowed"
        raise fail(line, column, message, "delete it") from None
    except RecursionError:
        raise fail(1, 1, "brackets or indents nest too deeply", "close them") from None
    except Exception as error:  # the YAML reader answers some malformed escapes with ValueError &c
        raise fail(1, 1, f"cannot be read as YAML ({error})", "look for odd escapes") from None


def _syntax(error: Any) -> tuple[int, int, str, str]:
    """Line, column, message and remedy; what is open at the end is reported where it begins."""
    message = str(error.problem or error.context).split("\n")[0]
    mark, begin = error.problem_mark or error.context_mark, error.context_mark
    if begin is not None and error.context and _at(begin) != _at(mark):
        if "end of stream" in message or "stream end" in message:
            mark, message = begin, f"{error.context}: {message}"
        else:
            message += f" ({error.context} that begins at {begin.line + 1}:{begin.column + 1})"
    remedy = next((text for key, text in _SYNTAX_REMEDIES.items() if key in message), "")
    line, column = _at(mark)
    return line + 1, column + 1, message, remedy


def _at(mark: Any) -> tuple[int, int]:
    return (mark.line, mark.column) if mark is not None else (0, 0)


def build(node: Any, file: str, path: str, problems: list[Problem]) -> Node:
    """The tree of a YAML node; what YAML allows and a run file does not goes to ``problems``."""
    return _Builder(file, problems).build(node, path)


class _Builder:
    """The recursion of :func:`build`, with the nodes that are open and their number."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file, self.problems, self.count = file, problems, 0
        self.open: set[int] = set()

    def build(self, node: Any, path: str, key_mark: Mark | None = None) -> Node:
        mark = self.mark(node)
        key_mark = key_mark or mark
        self.count += 1
        if id(node) in self.open or self.count > MAX_NODES:
            message = "holds itself" if id(node) in self.open else "the file is too large"
            raise RunFileError([self.problem(mark, path, message, "write it out without aliases")])
        self.open.add(id(node))
        value: dict[str, Node] | list[Node] | Scalar
        if isinstance(node.value, str):
            value = self.scalar(node, path, mark)
        elif node.value and isinstance(node.value[0], tuple):
            value = self.mapping(node, path)
        elif node.tag == _TAG + "map":
            value = {}
        else:
            value = [self.build(item, f"{path}[{i}]") for i, item in enumerate(node.value)]
        if not isinstance(node.value, str) and node.tag not in _CONTAINERS:
            self.problems.append(self.problem(mark, path, *_tag_message(node.tag)))
        self.open.discard(id(node))
        return Node(value, mark, key_mark, path)

    def mapping(self, node: Any, path: str) -> dict[str, Node]:
        children: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key_mark = self.mark(key_node)
            if not isinstance(key_node.value, str):
                message = "a key is a plain word, not a list or a mapping"
                remedy = "put quotes around a text that begins with [ or {"
                self.problems.append(self.problem(key_mark, path, message, remedy))
                continue
            key = key_node.value
            child = self.build(value_node, f"{path}.{named(key)}".lstrip("."), key_mark)
            if key in children:
                line = children[key].key_mark.line
                message = f"the key {shown(key)} stands twice (first on line {line})"
                problem = self.problem(key_mark, child.path, message, "keep one of the two")
                self.problems.append(problem)
            else:
                children[key] = child
        return children

    def scalar(self, node: Any, path: str, mark: Mark) -> Scalar:
        text, tag = node.value, node.tag
        if tag in _TEXTS:
            return str(text)
        try:
            if tag == _TAG + "null":
                return None
            if tag == _TAG + "bool":
                return {"true": True, "false": False}[text.lower()]
            if tag == _TAG + "int":
                return _integer(text)
            if tag == _TAG + "float":
                return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
        except (ValueError, KeyError):
            message = f"{shown(text)}: {UNREADABLE}"
            remedy = "write a number of at most 30 digits, or put quotes around a text"
            self.problems.append(self.problem(mark, path, message, remedy))
            return str(text)
        self.problems.append(self.problem(mark, path, *_tag_message(tag)))
        return str(text)

    def mark(self, node: Any) -> Mark:
        line, column = _at(node.start_mark)
        return Mark(self.file, line + 1, column + 1)

    def problem(self, mark: Mark, path: str, message: str, remedy: str = "") -> Problem:
        return Problem(mark.file, mark.line, mark.column, path or "file", message, remedy)


def _tag_message(tag: str) -> tuple[str, str]:
    return (
        f"the tag {shown(tag)} has no meaning here",
        'delete it; quote a text that begins with "!"',
    )


def _integer(text: str) -> int:
    digits = text.replace("_", "")
    if len(digits) > 30:
        raise ValueError("too long")
    return int(digits) if digits.lstrip("+-").isdigit() else int(digits, 0)


def plain(node: Node) -> Any:
    """The value of ``node`` as nested dicts, lists and scalars."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def children(node: Node) -> dict[str, Node]:
    """The values of a mapping by key; nothing for a list or a scalar."""
    return node.value if isinstance(node.value, dict) else {}


def locate(node: Node, keys: Sequence[Key]) -> tuple[Node, int]:
    """The deepest node on the way along ``keys`` below ``node``, and how many keys led to it."""
    for depth, key in enumerate(keys):
        if isinstance(node.value, dict) and key in node.value:
            node = node.value[str(key)]
        elif isinstance(node.value, list) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
        else:
            return node, depth
    return node, len(keys)


def problem_at(
    node: Node, keys: Sequence[Key], message: str, remedy: str = "", at_key: bool = False
) -> Problem:
    """A problem of the value at ``keys`` below ``node``.

    It stands at the value, at its key with ``at_key``, and, for what is missing, at the key that
    should hold it.
    """
    found, depth = locate(node, keys)
    mark = found.mark if depth == len(keys) and not at_key else found.key_mark
    path = ".".join([found.path, *(named(str(key)) for key in keys[depth:])]).lstrip(".")
    return Problem(mark.file, mark.line, mark.column, path or "file", message, remedy)


def named(key: str) -> str:
    """A key in a message: as it is, or cut and quoted where it would spoil the line."""
    return key if key.isprintable() and len(key) <= 80 else shown(key)


def shown(value: object, limit: int = 60) -> str:
    """``repr`` of a value, cut to a length that fits a message."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 4]}...{text[-1]}"


def nearest(word: str, known: Iterable[str], what: str = "known") -> str:
    """``did you mean "x"?``, or the list of what is known, for a name that is not."""
    choices = list(dict.fromkeys(known))
    by_lower = {name.lower(): name for name in choices}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{by_lower[close[0]]}"?'
    return f"{what}: {', '.join(choices)}" if choices else ""
