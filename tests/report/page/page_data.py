"""The page of a finished tiny run, made once, and what tests read off pages."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

NAMESPACE = "{http://www.w3.org/2000/svg}"


class Reader(HTMLParser):
    """Elements with their attributes, all text outside of scripts and styles, scripts apart."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._in = tag
            self.scripts += [""] if tag == "script" else []

    def handle_endtag(self, tag: str) -> None:
        if tag == self._in:
            self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "script":
            self.scripts[-1] += data
        elif not self._in:
            self.text.append(data)


def read(text: str) -> Reader:
    """A page, parsed."""
    reader = Reader()
    reader.feed(text)
    return reader


def said(text: str) -> str:
    """What a page says, white space folded."""
    return re.sub(r"\s+", " ", " ".join(read(text).text))


def columns(path: Path) -> dict[str, list[str]]:
    """A CSV file by columns."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return {name: [row[i] for row in rows] for i, name in enumerate(header)}
