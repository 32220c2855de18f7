"""Where scan files are found, and the copy of one in its folder."""

from __future__ import annotations

from pathlib import Path

from selectivity import resources
from selectivity.config.scan_file import ScanFile
from selectivity.errors import InputError
from selectivity.storage.files import write_text_atomic

SCANS = "runs/scans"
TEXT = "scan.yaml"


def find_scan_file(name: str | Path) -> Path:
    """The scan file at a path or, where there is none, the shipped one of that name.

    Raises
    ------
    InputError
        Neither exists.
    """
    path = Path(name)
    if path.exists():
        return path
    named = path.parent in (Path(), Path("scans"), Path(SCANS))
    found = resources.shipped(SCANS, path.name, ".yaml") if named else None
    if found is not None:
        return found
    shipped = ", ".join(resources.names(SCANS, ".yaml"))
    raise InputError(str(name), "no such file", "is a scan file", f"shipped: {shipped}")


def keep_text(folder: Path, scan_file: ScanFile) -> None:
    """Keep the scan file as given in the scan's folder."""
    write_text_atomic(folder / TEXT, scan_file.text)
