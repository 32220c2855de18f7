"""``validate``: every number outside the program that it can be held against, row by row."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from selectivity.api.analysis import analyse
from selectivity.api.provenance import commit, machine
from selectivity.api.ratios import ratio
from selectivity.api.running import Options, Watcher, run
from selectivity.api.stored import read_run
from selectivity.errors import InputError
from selectivity.sampling.executors import worker_count
from selectivity.storage.files import write_json_atomic, write_text_atomic
from selectivity.validation.campaign import Campaign, Listener, Request, carry_out
from selectivity.validation.catalogue import sections
from selectivity.validation.context import Runner, RunOutput
from selectivity.validation.records import TIERS, Tier
from selectivity.validation.table import Report, csv_text


def validate(
    out: str | Path = "validation",
    tier: Tier = "default",
    only: Sequence[str] = (),
    data: str | Path | None = None,
    seed: int = 2026,
    options: Options | None = None,
    listener: Listener | None = None,
    stop: threading.Event | None = None,
) -> Report:
    """Compute every row of the tier that ``out`` does not hold yet, and judge all of them.

    Writes ``results.json``, ``results.csv``, ``results.md`` and ``index.html`` into ``out``, also
    where it is stopped; finished rows and the samples that they rest on are stored there too, and
    the same call continues.

    Parameters
    ----------
    out : path
        Folder of results.
    tier : {"quick", "default", "full"}
        How much is run. Rows of other tiers stand in the report as not run, unless ``out`` holds
        their result.
    only : sequence of str
        Patterns of row ids; parts of an id serve.
    data : path, optional
        Folder with reference files of others, which the program does not carry.
    seed : int
        Root of all random streams.
    options, listener, stop : optional
        As for :func:`selectivity.api.run`.

    Raises
    ------
    InputError
        A pattern that names no row, an unknown tier, no such folder of data, a seed below zero.
    """
    if tier not in TIERS:
        raise InputError("tier", tier, f"is one of {', '.join(TIERS)}", "")
    if seed < 0:
        raise InputError("--seed", seed, "is at least 0", "")
    folder, stop, listener = Path(out), stop or threading.Event(), listener or Listener()
    if folder.exists() and not folder.is_dir():
        raise InputError("--out", str(out), "is a folder", "name another one")
    request = Request(folder, tier, tuple(only), Path(data) if data is not None else None, seed)
    options = options or Options()
    worker_count(options.workers)  # refuses fewer than one
    runner = _runner(options, listener, stop)
    all_sections = sections()
    # Pieces are many short calls that hold the interpreter's lock: two threads were a third slower
    # than one. Run files use all workers.
    campaign = Campaign(request, all_sections, runner, listener, stop)
    outcomes = carry_out(campaign)
    record = _provenance(request, campaign)
    report = Report(tuple(outcomes), all_sections, record, stop.is_set(), campaign.figures)
    write(report, folder)
    return report


def write(report: Report, folder: Path) -> None:
    """Write the results of a report into ``folder``."""
    from selectivity.validation.page import page
    from selectivity.validation.summary import markdown

    write_json_atomic(folder / "results.json", report.as_dict())
    write_text_atomic(folder / "results.csv", csv_text(report.outcomes))
    write_text_atomic(folder / "results.md", markdown(report))
    write_text_atomic(folder / "index.html", page(report))


def _runner(options: Options, listener: Listener, stop: threading.Event) -> Runner:
    def carry(path: Path, folder: Path, changes: tuple[str, ...]) -> RunOutput:
        watcher = Watcher(progress=listener.progress)
        run(path, folder, changes, options, watcher, stop)
        return RunOutput(
            folder,
            lambda: {name: s.replicas for name, s in read_run(folder).systems.items()},
            cache(lambda: analyse(folder, figures=False).as_dict()),
            cache(lambda: ratio(folder).as_dict()),
        )

    return carry


def _provenance(request: Request, campaign: Campaign) -> dict[str, Any]:
    """What the results rest on."""
    return {
        **machine("numpy", "scipy", "numba", "openmm", "pymbar"),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "tier": request.tier,
        "only": list(request.only),
        "seed": request.seed,
        "stage_cpu_seconds": dict(campaign.stage_seconds),
        "undrawn": dict(campaign.undrawn),
    }
