"""What a file of a corpus of wrong input must be answered with, read from its first lines."""

from __future__ import annotations

from pathlib import Path


def expectations(path: Path) -> list[tuple[int, int, list[str]]]:
    """Line, column, and key with pieces of the message, of every ``# expect`` line of a file."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# expect "):
            place, *pieces = line.removeprefix("# expect ").split(" | ")
            row, column = place.split(":")
            found.append((int(row), int(column), pieces))
    return found
