"""``verify``: what of a run folder is sound, what is damaged, and what can still be used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selectivity.storage.folder import RESOLVED, RUN, open_folder, run_folder_at
from selectivity.storage.verify import Check
from selectivity.storage.verify import verify as verify_files

_SEGMENT = re.compile(r"segment-(\d+)\.h5")


@dataclass(frozen=True)
class ReplicaVerdict:
    """What of one replica can be used.

    ``usable`` counts its segments before the first that is damaged or missing, the equilibrated
    state (segment 0) among them; ``in_the_way`` are the files from there on, which a run must not
    meet when it samples these segments again.
    """

    directory: Path
    usable: int
    in_the_way: tuple[Path, ...]

    @property
    def name(self) -> str:
        """``SYSTEM/replica-03``, as in the folder."""
        return f"{self.directory.parent.name}/{self.directory.name}"


@dataclass(frozen=True)
class Verification:
    """Verdict on every file and every replica of a run folder."""

    path: str
    files: tuple[Check, ...]
    replicas: tuple[ReplicaVerdict, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is damaged."""
        return all(check.ok for check in self.files)

    @property
    def remedies(self) -> tuple[str, ...]:
        """What to do about the damage, one sentence each; nothing of it is done here."""
        found = [_of_records(check.path) for check in self.files if not check.ok]
        told = [text for text in dict.fromkeys(found) if text]
        return (*told, *(_of_replica(replica) for replica in self.replicas if replica.in_the_way))

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; paths relative to the folder."""
        root = Path(self.path)
        return {
            "path": self.path,
            "sound": self.sound,
            "files": [
                {"path": str(c.path.relative_to(root)), "ok": c.ok, "message": c.message}
                for c in self.files
            ],
            "replicas": [
                {
                    "replica": r.name,
                    "usable_segments": r.usable,
                    "continues_after": r.usable - 1 if r.usable else None,
                    "in_the_way": [str(path.relative_to(root)) for path in r.in_the_way],
                }
                for r in self.replicas
            ],
            "remedies": list(self.remedies),
        }


def verify(path: str | Path) -> Verification:
    """Read and check every file of a run folder; nothing is changed.

    Raises
    ------
    InputError
        Not a run folder.
    """
    folder = run_folder_at(path) or open_folder(path)
    checks = tuple(verify_files(folder))
    by_replica: dict[Path, list[Check]] = {}
    for check in checks:
        if _SEGMENT.fullmatch(check.path.name):
            by_replica.setdefault(check.path.parent, []).append(check)
    replicas = tuple(_replica(*item) for item in by_replica.items())
    return Verification(str(folder.path), checks, replicas)


def _replica(directory: Path, checks: list[Check]) -> ReplicaVerdict:
    sound = {check.path.name for check in checks if check.ok}
    usable = 0
    while f"segment-{usable:04d}.h5" in sound:
        usable += 1
    return ReplicaVerdict(directory, usable, tuple(check.path for check in checks[usable:]))


def _of_replica(replica: ReplicaVerdict) -> str:
    files = ", ".join(path.name for path in replica.in_the_way)
    then = (
        f"continues it after segment {replica.usable - 1}" if replica.usable else "begins it anew"
    )
    return f"{replica.name}: move {files} out of the folder; the same run command {then}"


def _of_records(path: Path) -> str:
    """What to do about a damaged file that is no segment."""
    if path.name == RESOLVED:
        return (
            f"{RESOLVED}: move it out of the folder; the same run command writes it anew and goes "
            "on with the segments"
        )
    if path.name == RUN:
        return (
            f"{RUN}: a copy that no command reads; {RESOLVED} holds the text that was run "
            "(resolved.text)"
        )
    if "results" in path.parts and path.suffix == ".json":
        return f"results/{path.name}: selectivity analyse and ratio write it again"
    return ""
