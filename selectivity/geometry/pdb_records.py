"""What a PDB file's own lines say that its reader passes over in silence.

A reader takes ``  1.2x4`` for a number or for zero and a file that was cut for a whole one; a
filter averaged over such atoms looks sound.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

from selectivity.errors import Problem

_NUMBERS = {"x": (30, 38), "y": (38, 46), "z": (46, 54), "B-factor": (60, 66)}
_SUFFIXES = (".pdb", ".ent")


def is_pdb(path: Path) -> bool:
    """Whether the name is that of a PDB file, plain or gzipped."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return bool(suffixes) and (suffixes[-1] in _SUFFIXES or _gzipped(suffixes))


def _gzipped(suffixes: list[str]) -> bool:
    return len(suffixes) == 2 and suffixes[0] in _SUFFIXES and suffixes[1] == ".gz"


def pdb_lines(path: Path) -> list[str]:
    """Lines of a PDB file; what cannot be read at all is left to its reader, which says so."""
    try:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.suffix.lower() == ".gz" else raw
    except (OSError, EOFError, zlib.error):
        return []
    return raw.decode("latin-1").splitlines()


def broken_atoms(lines: list[str], file: str) -> list[Problem]:
    """Coordinates and B-factors of atom records that are no numbers, at line and column."""
    return [
        Problem(file, number, begin + 1, name, f"{line[begin:end]!r}: is not a number")
        for number, line in enumerate(lines, start=1)
        if line.startswith(("ATOM", "HETATM"))
        for name, (begin, end) in _NUMBERS.items()
        if not _is_number(line[begin:end], blank=name == "B-factor")
    ]


def is_cut(lines: list[str]) -> bool:
    """Whether the file lacks the END record that closes it."""
    return not any(line[:6].strip() == "END" for line in lines[-20:])


def _is_number(text: str, blank: bool) -> bool:
    if blank and not text.strip():
        return True
    if "_" in text:
        return False
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
