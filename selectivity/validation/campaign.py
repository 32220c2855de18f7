"""Goes through all rows: what is stored is read, what can be run is run, the rest says why not."""

from __future__ import annotations

import fnmatch
import importlib.util
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selectivity.errors import InputError, SelectivityError, StoppedError
from selectivity.storage.files import write_json_atomic
from selectivity.validation import catalogue, store
from selectivity.validation.context import Context, Runner
from selectivity.validation.data_files import FILES
from selectivity.validation.judge import judge
from selectivity.validation.records import TIERS, Outcome, Row, Section, Stage
from selectivity.validation.store import Request

KEPT = 2
"""Stages whose result is kept in memory; rows that read one stage stand together."""


def _silent(*_: object) -> None:
    return None


@dataclass(frozen=True)
class Listener:
    """What is told while it works, in this order: the plan, then section by section.

    ``plan(rows, cpu_seconds)``: rows to compute and what their stages cost, about;
    ``section(section)``; ``stage(stage, cpu_seconds)`` before it starts; ``progress(share)`` of it,
    in small parts; ``row(outcome)``.
    """

    plan: Callable[[int, float], None] = _silent
    section: Callable[[Section], None] = _silent
    stage: Callable[[Stage, float], None] = _silent
    progress: Callable[[float], None] = _silent
    row: Callable[[Outcome], None] = _silent


@dataclass
class Campaign:
    """A request with everything that carries it out.

    ``workers`` threads make pieces; ``open`` holds stages in memory, ``broken`` the errors of those
    that failed, which are not tried again for the next row; ``figures`` what sections draw of
    finished stages, ``undrawn`` why a section drew nothing where it should have.
    """

    request: Request
    sections: tuple[Section, ...]
    runner: Runner
    listener: Listener
    stop: threading.Event
    workers: int = 1
    open: dict[tuple[str, str], Any] = field(default_factory=dict)
    broken: dict[tuple[str, str], Exception] = field(default_factory=dict)
    figures: dict[str, list[Any]] = field(default_factory=dict)
    undrawn: dict[str, str] = field(default_factory=dict)
    stage_seconds: dict[str, float] = field(default_factory=dict)


def carry_out(campaign: Campaign) -> list[Outcome]:
    """The outcome of every row, in order; after a stop, those that were left say so.

    Raises
    ------
    InputError
        ``--only`` names no row, ``--data`` no folder.
    """
    _check(campaign)
    listener = campaign.listener
    listener.plan(*_plan(campaign))
    outcomes = []
    for section in campaign.sections:
        listener.section(section)
        for row in section.rows:
            outcome = _outcome(campaign, section, row)
            outcomes.append(outcome)
            listener.row(outcome)
        _draw(campaign, section)
    return outcomes


def _draw(campaign: Campaign, section: Section) -> None:
    """What the section's ``pictures`` makes of its finished stages, where it has that function.

    One that fails costs its figures and nothing else; a section without a selected row has none.
    """
    only = campaign.request.only
    if campaign.stop.is_set() or not any(selected(row, only) for row in section.rows):
        return
    done = [s for s in section.stages.values() if store.finished(campaign.request, section, s)]
    pictures = getattr(catalogue.module_of(section.name), "pictures", None) if done else None
    if pictures is None:
        return
    try:
        found = {stage.name: _open(campaign, section, stage) for stage in done}
        campaign.figures[section.name] = pictures(found)
    except StoppedError:
        campaign.stop.set()
    except Exception as error:
        if os.environ.get("SELECTIVITY_DEBUG") and not isinstance(error, SelectivityError):
            raise
        campaign.undrawn[section.name] = _told(error)


def _check(campaign: Campaign) -> None:
    request, rows = campaign.request, [row for s in campaign.sections for row in s.rows]
    for pattern in request.only:
        if not pattern or not any(selected(row, (pattern,)) for row in rows):
            names = ", ".join(section.name for section in campaign.sections)
            rule = "names no row"
            raise InputError("--only", pattern, rule, f"part of an id, or one of {names}")
    if request.data is not None and not request.data.is_dir():
        raise InputError("--data", str(request.data), "is a folder", "see the rows not run")


def selected(row: Row, only: tuple[str, ...]) -> bool:
    """Whether any pattern names the row: its id, a part of it, or one with * and ?."""
    return not only or any(fnmatch.fnmatchcase(row.id, f"*{pattern}*") for pattern in only)


def _plan(campaign: Campaign) -> tuple[int, float]:
    """Rows that will be computed, and the CPU seconds of the stages that they read."""
    stages: dict[tuple[str, str], float] = {}
    rows = 0
    for section in campaign.sections:
        for row in section.rows:
            if _why_not(campaign, row) or _stored(campaign, section, row) is not None:
                continue
            rows += 1
            if row.stage is not None:
                stage = section.stages[row.stage]
                done = store.finished(campaign.request, section, stage)
                stages[section.name, row.stage] = 0.0 if done else stage.cpu_seconds
    return rows, sum(stages.values())


def _outcome(campaign: Campaign, section: Section, row: Row) -> Outcome:
    found = _stored(campaign, section, row)
    if found is not None:
        return found
    reason = _why_not(campaign, row)
    if reason:
        return Outcome(row, "not run", reason=reason)
    try:
        return _compute(campaign, section, row)
    except StoppedError:
        campaign.stop.set()
        return Outcome(row, "not run", reason="stopped; the same command continues")
    except Exception as error:
        if os.environ.get("SELECTIVITY_DEBUG") and not isinstance(error, SelectivityError):
            raise
        return Outcome(row, "fail", reason=_told(error))


def _told(error: Exception) -> str:
    if isinstance(error, SelectivityError):
        return str(error)
    return f"internal error: {type(error).__name__}: {error}"


def _why_not(campaign: Campaign, row: Row) -> str:
    """Why a row is not run, empty where it is."""
    request = campaign.request
    if campaign.stop.is_set():
        return "stopped; the same command continues"
    if not selected(row, request.only):
        return "not selected"
    if TIERS.index(row.tier) > TIERS.index(request.tier):
        return "needs --full" if row.tier == "full" else "not part of --quick"
    for package in row.packages:
        if importlib.util.find_spec(package) is None:
            return f"needs {package}: pip install selectivity[validation]"
    for name in row.needs:
        if request.data is None or not (request.data / name).is_file():
            return f"needs {name} in --data: {FILES[name]}"
    return ""


def _compute(campaign: Campaign, section: Section, row: Row) -> Outcome:
    function = getattr(catalogue.module_of(section.name), row.compute)
    began, before = time.process_time(), sum(campaign.stage_seconds.values())
    computed = function(_context(campaign, section, row))
    beside = sum(campaign.stage_seconds.values()) - before
    seconds = max(0.0, time.process_time() - began - beside)
    store.write_row(campaign.request, section, row, (computed, seconds))
    return judge(row, computed, seconds)


def _stored(campaign: Campaign, section: Section, row: Row) -> Outcome | None:
    record = store.read_row(campaign.request, section, row)
    if record is None:
        return None
    return judge(row, record[0], record[1], stored=True)


def _context(
    campaign: Campaign,
    section: Section,
    of: Row | Stage,
    tick: Callable[[float], None] | None = None,
) -> Context:
    request = campaign.request

    def open_stage() -> Any:
        assert isinstance(of, Row)
        assert of.stage is not None
        return _open(campaign, section, section.stages[of.stage])

    def file(name: str) -> Path:
        assert request.data is not None
        return request.data / name

    return Context(
        settings=catalogue.at_tier(of.settings, request.tier),
        seed=request.seed,
        open_stage=open_stage,
        file=file,
        folder=store.stage_folder(request, section, of) if isinstance(of, Stage) else None,
        section=catalogue.FOLDER / section.name,
        stop=campaign.stop,
        tick=tick or _silent,
        workers=campaign.workers,
    )


def _open(campaign: Campaign, section: Section, stage: Stage) -> Any:
    """What a stage found, from memory, from its pieces or by running it."""
    place = (section.name, stage.name)
    if place in campaign.open:
        return campaign.open[place]
    if place in campaign.broken:
        raise campaign.broken[place]
    done = store.done_file(campaign.request, section, stage)
    new = not done.is_file()
    if new:
        campaign.listener.stage(stage, stage.cpu_seconds)
    context = _context(campaign, section, stage, campaign.listener.progress if new else None)
    began = time.process_time()
    try:
        found = _run_stage(campaign, section, stage, context)
    except StoppedError:
        raise
    except Exception as error:
        campaign.broken[place] = error
        raise
    name, seconds = f"{section.name}: {stage.name}", time.process_time() - began
    campaign.stage_seconds[name] = campaign.stage_seconds.get(name, 0.0) + seconds
    if new:
        write_json_atomic(
            done, store.stage_record(campaign.request, section, stage) | {"cpu_seconds": seconds}
        )
    campaign.open[place] = found
    while len(campaign.open) > KEPT:
        del campaign.open[next(iter(campaign.open))]
    return found


def _run_stage(campaign: Campaign, section: Section, stage: Stage, context: Context) -> Any:
    if not stage.run:
        return getattr(catalogue.module_of(section.name), stage.compute)(context)
    assert context.folder is not None
    changes = store.run_changes(context.settings, context.seed)
    return campaign.runner(store.run_file(stage), context.folder, changes)
