"""Where the keys and values of a TOML text stand; ``tomllib`` tells only what they are.

The text is one that ``tomllib`` has read without complaint, so nothing is checked here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys and indexes (from 0) that lead to a value: ``("rings", 2, "atoms", 1, "r_A")``."""

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'")
_LONG = re.compile(r'"""(?:\\.|[^\\])*?"""+|\'\'\'.*?\'\'\'+', re.DOTALL)
_SCALAR = re.compile(r"[^,\]}#\n]*")


class Place(NamedTuple):
    """Line and column, both counted from 1."""

    line: int
    column: int


class Places:
    """Place of every key and of every value of a text.

    Attributes
    ----------
    keys, values : dict of Path to Place
        A table has the place of its header, an item of a list that of its value.
    """

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._starts = [0, *(m.end() for m in re.finditer("\n", self._text))]
        self._at = 0
        self._arrays: dict[Path, int] = {}
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self._document()

    def of(self, path: Path, key: bool = False) -> Place:
        """Place of the value (or ``key``) at ``path``, or of the nearest thing that holds it."""
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        for end in range(len(path), 0, -1):
            place = first.get(path[:end]) or second.get(path[:end])
            if place is not None:
                return place
        return Place(1, 1)

    def _document(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            begin = self._at
            if self._text.startswith("[", begin):
                table = self._header()
                self._note(table, begin, begin)
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self) -> Path:
        double = self._text.startswith("[[", self._at)
        self._at += 2 if double else 1
        *above, last = self._key()
        self._at += 2 if double else 1
        path = (*self._resolved(above), last)
        if double:
            self._arrays[path] = self._arrays.get(path, -1) + 1
        return self._resolved_one(path)

    def _resolved(self, keys: list[str]) -> Path:
        path: Path = ()
        for key in keys:
            path = self._resolved_one((*path, key))
        return path

    def _resolved_one(self, path: Path) -> Path:
        """``path``, and behind it the index of the last table where it is a list of tables."""
        return (*path, self._arrays[path]) if path in self._arrays else path

    def _pair(self, table: Path) -> None:
        begin = self._at
        path = (*table, *self._key())
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._note(path, begin, self._at)
        self._value(path)

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip(_SPACE)
            match = _QUOTED.match(self._text, self._at) or _BARE.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            parts.append(match[0].strip("\"'"))
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return parts
            self._at += 1

    def _value(self, path: Path) -> None:
        head = self._text[self._at : self._at + 1]
        if head == "[":
            self._list(path)
        elif head == "{":
            self._inline(path)
        else:
            pattern = _SCALAR if head not in ("'", '"') else _QUOTED
            match = _LONG.match(self._text, self._at) or pattern.match(self._text, self._at)
            assert match is not None
            self._at = match.end()

    def _list(self, path: Path) -> None:
        self._at += 1
        index = 0
        while True:
            self._skip(_BLANK)
            if self._text.startswith("]", self._at):
                break
            if self._text.startswith(",", self._at):
                self._at, index = self._at + 1, index + 1
                continue
            self._note((*path, index), self._at, self._at)
            self._value((*path, index))
        self._at += 1

    def _inline(self, path: Path) -> None:
        self._at += 1
        while True:
            self._skip(_BLANK)
            if self._text.startswith("}", self._at):
                break
            if self._text.startswith(",", self._at):
                self._at += 1
            else:
                self._pair(path)
        self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self._text, self._at)
        assert match is not None
        self._at = match.end()

    def _note(self, path: Path, key: int, value: int) -> None:
        for end in range(1, len(path)):  # tables that a header or a dotted key opens on its way
            self.keys.setdefault(path[:end], self._place(key))
            self.values.setdefault(path[:end], self._place(key))
        self.keys.setdefault(path, self._place(key))
        self.values.setdefault(path, self._place(value))

    def _place(self, position: int) -> Place:
        line = bisect_right(self._starts, position)
        return Place(line, position - self._starts[line - 1] + 1)
