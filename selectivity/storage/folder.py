"""The run folder's layout, its run file and the resolved form of it.

::

    DIR/run.yaml                                          the run file as given
    DIR/resolved.json                                     its resolved form, digest, provenance
    DIR/segments/<system>/replica-03/segment-0000.h5      equilibrated state
    DIR/segments/<system>/replica-03/segment-0001.h5      samples of a segment, state after it
    DIR/results/                                          tables and figures, made from segments
    DIR/lock/                                             who writes
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selectivity.errors import InputError, StoreError
from selectivity.storage.files import (
    explained,
    is_temporary,
    make_directory,
    plain,
    read_json,
    sha256_of,
    write_json_atomic,
    write_new,
    write_text_atomic,
)

FORMAT = 1
RUN, RESOLVED = "run.yaml", "resolved.json"
SHOWN = 6  # run folders that a message names
_OWN = {RUN, "segments", "results", "lock"}  # what a folder may hold that lost its record
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,148}[A-Za-z0-9_-])?")
_SEGMENT = re.compile(r"segment-(\d{4,})\.h5")


@dataclass(frozen=True)
class RunFolder:
    """A run folder at ``path``; :func:`create` and :func:`open_folder` make and check one.

    They make ``path`` absolute, so that a worker started elsewhere finds the same folder.
    """

    path: Path

    def record(self) -> dict[str, Any]:
        """``resolved.json``: ``format digest text_sha256 provenance resolved checksum``.

        Raises
        ------
        StoreError
            The file is missing, damaged, edited or of another format.
        """
        return _checked(self.path / RESOLVED)

    def resolved(self) -> dict[str, Any]:
        """The resolved run file as given to :func:`create` (in JSON's types; NaN is None)."""
        resolved: dict[str, Any] = self.record()["resolved"]
        return resolved

    def provenance(self) -> dict[str, Any]:
        """What the folder was made with: digest, seed, versions, platform, command."""
        provenance: dict[str, Any] = self.record()["provenance"]
        return provenance

    def digest(self) -> str:
        """What identifies the run; every segment carries it."""
        return str(self.record()["digest"])

    def text(self) -> str:
        """The run file's text as given.

        Raises
        ------
        StoreError
            The file is missing or is not text.
        """
        path = self.path / RUN
        try:
            return path.read_bytes().decode()
        except FileNotFoundError:
            raise StoreError(f"{path}: is missing") from None
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"{path}: cannot be read: {error}") from None

    def segment_path(self, system: str, replica: int, n: int) -> Path:
        """File of segment ``n`` (0: the equilibrated state) of one replica."""
        return self._replica_path(system, replica) / f"segment-{n:04d}.h5"

    def segments(self, system: str, replica: int) -> list[int]:
        """Numbers 0, 1, … of the stored segments of a replica, up to the first that is missing.

        A segment gets its name when it is whole, so the last of them is where a run continues.
        """
        found = stored_numbers(self._replica_path(system, replica))
        return [n for i, n in enumerate(found) if n == i]

    def results_path(self, name: str) -> Path:
        """Where the result ``name`` (``"ratio.json"``, ``"figures/profile.png"``) belongs.

        Its directory is made if it is missing.
        """
        relative = Path(name)
        if not name or relative.is_absolute() or ".." in relative.parts:
            raise ValueError(f"{name!r} is not a name inside results/")
        path = self.path / "results" / relative
        with explained(path):
            make_directory(path.parent)
        return path

    def _replica_path(self, system: str, replica: int) -> Path:
        return self.path / "segments" / slug(system) / f"replica-{replica:02d}"


def create(
    path: Path | str, resolved: dict[str, Any], text: str, provenance: dict[str, Any]
) -> RunFolder:
    """Make a run folder at ``path``, or find the same run there.

    Several processes may do this at once for one run. A run folder that lost its ``resolved.json``
    gets it back; its segments are held to the digest as they are read.

    Parameters
    ----------
    path : Path or str
        A folder that is empty, does not exist, or holds this run.
    resolved : dict
        The resolved run file, JSON-ready.
    text : str
        The run file as read.
    provenance : dict
        Seed, versions, platform, command. Its ``run_digest``, or else its ``digest``, or else the
        SHA-256 of ``resolved`` identifies the run.

    Raises
    ------
    InputError
        The folder holds something else or another run, or may not be written.
    StoreError
        The run folder there is damaged.
    """
    folder = RunFolder(Path(path).absolute())
    record = _record(resolved, text, provenance)
    with explained(folder.path):
        if folder.path.exists():
            _refuse_foreign(folder.path)
    data = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    begun = True
    try:
        write_new(folder.path / RESOLVED, data)
    except FileExistsError:
        begun = False
        _same_run(folder, record)
    if begun or not (folder.path / RUN).exists():
        write_text_atomic(folder.path / RUN, text)
    return folder


def rewrite(
    folder: RunFolder, resolved: dict[str, Any], text: str, provenance: dict[str, Any]
) -> None:
    """Store another run file of the same run: title, membrane and lengths may change.

    The old text goes first: whoever is killed on the way leaves no text rather than one that
    belongs to another record, and the same call writes it.

    Raises
    ------
    InputError
        The ``run_digest`` is another one.
    """
    record = _record(resolved, text, provenance)
    _same_run(folder, record)
    with explained(folder.path):
        (folder.path / RUN).unlink(missing_ok=True)
    write_json_atomic(folder.path / RESOLVED, record)
    write_text_atomic(folder.path / RUN, text)


def open_folder(path: Path | str) -> RunFolder:
    """The run folder at ``path``.

    Raises
    ------
    InputError
        There is none.
    StoreError
        Its ``resolved.json`` is damaged, edited or of another format.
    """
    folder = RunFolder(Path(path).absolute())
    if not (folder.path / RESOLVED).is_file():
        rule = f"is not a run folder: it holds no {RESOLVED}"
        if not folder.path.is_dir():
            rule = "is not a folder" if folder.path.exists() else "there is no such folder"
        raise InputError("run folder", str(path), rule, _run_folders(Path(path)))
    folder.record()
    return folder


def _run_folders(path: Path) -> str:
    """What to give in place of ``path``: the folder of that run file, or those that lie there."""
    if path.is_file() and (path.with_suffix(".run") / RESOLVED).is_file():
        return f"did you mean the folder of its run, {path.with_suffix('.run')}?"
    place = path if path.is_dir() else path.parent
    found = sorted(str(other.parent) for other in place.glob(f"*/{RESOLVED}"))
    if not found:
        return "give the folder that a run wrote (--out)"
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"give the folder that a run wrote; there are: {', '.join(found[:SHOWN])}{more}"


def run_folder_at(path: Path | str) -> RunFolder | None:
    """The run folder at ``path``, also one whose ``resolved.json`` is damaged or lost.

    None where nothing there is of a run folder.
    """
    folder = RunFolder(Path(path).absolute())
    known = (folder.path / RESOLVED).is_file() or (folder.path / "segments").is_dir()
    return folder if known else None


def slug(system: str) -> str:
    """Name of a system's directory: the name itself where it is plain, else a part and a digest."""
    if _PLAIN_NAME.fullmatch(system):
        return system
    part = re.sub(r"[^A-Za-z0-9]+", "-", system).strip("-")[:60] or "system"
    return f"{part}-{hashlib.sha256(system.encode()).hexdigest()[:10]}"


def stored_numbers(directory: Path) -> list[int]:
    """Numbers of all segment files in a replica's directory, ascending."""
    if not directory.is_dir():
        return []
    matches = (_SEGMENT.fullmatch(path.name) for path in directory.iterdir())
    return sorted(int(match[1]) for match in matches if match)


def text_sha256(text: str) -> str:
    """SHA-256 of a run file's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _record(resolved: dict[str, Any], text: str, provenance: dict[str, Any]) -> dict[str, Any]:
    record = {
        "format": FORMAT,
        "digest": _digest(resolved, provenance),
        "text_sha256": text_sha256(text),
        "provenance": plain(provenance),
        "resolved": plain(resolved),
    }
    return {**record, "checksum": sha256_of(record)}


def _digest(resolved: dict[str, Any], provenance: dict[str, Any]) -> str:
    return str(provenance.get("run_digest") or provenance.get("digest") or sha256_of(resolved))


def _checked(path: Path) -> dict[str, Any]:
    record = read_json(path)
    if not isinstance(record, dict) or "format" not in record:
        raise StoreError(f"{path}: is not the record of a run folder")
    if record["format"] != FORMAT:
        raise StoreError(f"{path}: has format {record['format']!r}, this version reads {FORMAT}")
    contents = {key: value for key, value in record.items() if key != "checksum"}
    if record.get("checksum") != sha256_of(contents):
        raise StoreError(f"{path}: its checksum differs: it is damaged or was edited")
    return record


def _refuse_foreign(path: Path) -> None:
    if not path.is_dir():
        raise InputError("run folder", str(path), "is a file", "give --out another name")
    others = sorted(p.name for p in path.iterdir() if not is_temporary(p))
    lost = "segments" in others and _OWN.issuperset(others)
    if others and not lost and not (path / RESOLVED).exists():
        rule = f"is not empty and not a run folder (it holds {', '.join(others[:3])})"
        raise InputError("run folder", str(path), rule, "give --out an empty or a new folder")


def _same_run(folder: RunFolder, record: dict[str, Any]) -> None:
    digest = folder.digest()
    if digest != record["digest"]:
        rule = f"holds another run ({digest[:12]}, not {record['digest'][:12]})"
        raise InputError("run folder", str(folder.path), rule, "give --out another folder")
