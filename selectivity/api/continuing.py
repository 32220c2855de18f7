"""Whether a run file may go on in a run folder, and what to do where it may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from selectivity.config.run_file import RunFile, has_other_moves, refused_keys
from selectivity.errors import InputError
from selectivity.storage.folder import RunFolder

FREE = (
    "title, membrane, frames_every, workers and executor, more replicas, and more production in "
    "more segments of the same length"
)
"""What may change in a run folder without another one."""
SHOWN = 20  # differing keys that are listed


def refuse_another(folder: RunFolder, run_file: RunFile) -> None:
    """Hold a run file to the run that its folder holds.

    Raises
    ------
    InputError
        They differ in what decides the stored segments, or fewer of them are asked for than the
        folder was made for; all differing keys are listed.
    StoreError
        The folder is damaged.
    """
    old, new = folder.resolved(), run_file.to_dict()
    if has_other_moves(old):
        rule = "was sampled by an earlier version with other moves: can be analysed, not continued"
        raise InputError(str(folder.path), run_file.source, rule, "give another folder with --out")
    found = refused_keys(old, new)
    if not found:
        return
    rows = [f"\n  {key}: {a!r} there, {b!r} here" for key, a, b in found[:SHOWN]]
    if len(found) > SHOWN:
        rows.append(f"\n  and {len(found) - SHOWN} more")
    rule = "holds another run; what differs:" + "".join(rows)
    told = "".join(f"\n{text}" for text in dict.fromkeys(_lengths(old, new)))
    remedy = (
        f"{told}\nchange the run file back, or give another folder with --out\n"
        f"what may change in a run folder: {FREE}"
    )
    raise InputError(str(folder.path), run_file.source, rule, remedy)


def _lengths(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """How a longer production is written, where that is what was wanted."""
    for name in old["plans"].keys() & new["plans"].keys():
        a, b = old["plans"][name], new["plans"][name]
        sweeps = a["production"] // a["segments"]
        if sweeps == b["production"] // b["segments"] or b["production"] <= a["production"]:
            continue
        segments = max(a["segments"] + 1, round(b["production"] / sweeps))
        yield (
            f"a segment has {sweeps} sweeps here: to go on, write production: "
            f"{segments * sweeps} with segments: {segments}"
        )
