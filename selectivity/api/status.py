"""How far a run is, how well it mixes and how long it still takes."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from selectivity.api.tally import (
    Key,
    Session,
    Tally,
    block_sweeps,
    catch_up,
    costs,
    left,
    new_tally,
    session_since,
    swept,
    what_is_left,
)
from selectivity.config.run_file import from_dict
from selectivity.sampling.plan import SamplingPlan
from selectivity.storage.folder import open_folder
from selectivity.storage.lock import Holder, holders
from selectivity.storage.marks import Mark
from selectivity.system.spec import SystemSpec

PHASES = ("waiting", "equilibration", "weights", "preparation", "production", "finished")
"""``preparation`` is equilibration or weights, where a worker does not tell which."""


@dataclass(frozen=True)
class WindowStatus:
    """One umbrella window, all replicas together.

    ``z_A`` is its centre, None for droplet and cage; ``sweeps`` of production are stored;
    ``acceptance`` of all trial moves and ``exchange`` with the next window are None before there
    are any; ``round_trips`` of the identity lead from one ion of the ratio to the other and back.
    """

    window: int
    z_A: float | None
    sweeps: int
    acceptance: float | None
    round_trips: int
    exchange: float | None


@dataclass(frozen=True)
class SystemStatus:
    """One system: ``stored`` segments of every replica; ``equilibrated`` replicas are prepared.

    ``phase`` is that of the replica that is least far; ``done`` the share of all sweeps, with those
    of preparation and, where they are known, of blocks in hand. ``acceptance`` is the mean,
    ``round_trips`` and ``exchange`` are those of the worst window. ``cpu_seconds_left`` is None
    before the first block of the run is stored.
    """

    system: str
    kind: str
    segments: int
    stored: tuple[int, ...]
    equilibrated: tuple[bool, ...]
    phase: str
    done: float
    sweeps: int
    acceptance: float | None
    round_trips: int
    exchange: float | None
    cpu_seconds: float
    cpu_seconds_left: float | None
    windows: tuple[WindowStatus, ...]

    @property
    def share(self) -> float:
        """Share of the production that is stored."""
        return sum(self.stored) / (self.segments * len(self.stored))


@dataclass(frozen=True)
class Status:
    """How far every system of a run folder is.

    Attributes
    ----------
    path, title : str
    headline : str or None
        The filter whose ratio is the headline.
    systems : tuple of SystemStatus
    share : float
        Of the cost of the whole run.
    cpu_seconds_left : float or None
        None before the first block is stored.
    seconds_left : float or None
        At the pace of the present run; None where nobody works at it or nothing is done yet.
    last_block_age : float or None
        Seconds since the last block was stored.
    holders : tuple of Holder
        Who writes the folder.
    elapsed : float or None
        Seconds since the present run began.
    """

    path: str
    title: str
    headline: str | None
    systems: tuple[SystemStatus, ...]
    share: float
    cpu_seconds_left: float | None
    seconds_left: float | None
    last_block_age: float | None
    holders: tuple[Holder, ...] = ()
    elapsed: float | None = None

    @property
    def finished(self) -> bool:
        """Whether nothing is left to sample."""
        return all(system.share >= 1.0 for system in self.systems)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        rows = [{**asdict(system), "share": system.share} for system in self.systems]
        written = [{**asdict(holder), "here": holder.here} for holder in self.holders]
        return {**asdict(self), "finished": self.finished, "systems": rows, "holders": written}


def status(path: str | Path) -> Status:
    """What a run folder holds and how long the rest takes, from its files alone.

    Parameters
    ----------
    path : path
        Run folder; a run may be writing it, here or on another machine.

    Raises
    ------
    InputError, StoreError
        Not a run folder, or a damaged one.
    """
    return Reader(path).read()


class Reader:
    """Reads the status of a run folder again and again; a stored block is read once."""

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._folder = open_folder(Path(path))
        self._record: dict[str, Any] = {}
        self._tally = self._fresh()

    def _fresh(self) -> Tally:
        self._record = self._folder.resolved()
        return new_tally(from_dict(self._record))

    def read(self) -> Status:
        """The status of the folder as it is now."""
        if self._folder.resolved() != self._record:  # the run was given more to do meanwhile
            self._tally = self._fresh()
        catch_up(self._tally, self._folder)
        writing = tuple(holders(self._folder))
        began = [_began(holder) for holder in writing]
        session = session_since(self._tally, min(began)) if began else None
        return status_of(self._tally, self._path, session, writing)


def _began(holder: Holder) -> float:
    return datetime.fromisoformat(holder.started).timestamp()


def status_of(
    tally: Tally, path: str, session: Session | None, writing: tuple[Holder, ...] = ()
) -> Status:
    """The status that a tally amounts to."""
    run_file, now = tally.run_file, time.time()
    each, measured = costs(tally)
    rest = what_is_left(tally, session, now)
    last = max((block.at for block in tally.ended), default=None)
    return Status(
        path=path,
        title=run_file.title,
        headline=run_file.headline,
        systems=tuple(
            _system(tally, spec, each[spec.name] if measured else None, session is not None)
            for spec in run_file.systems
        ),
        share=rest.share,
        cpu_seconds_left=rest.cpu_seconds,
        seconds_left=rest.seconds,
        last_block_age=None if last is None else max(0.0, now - last),
        holders=writing,
        elapsed=None if session is None else max(0.0, now - session.at),
    )


def _system(tally: Tally, spec: SystemSpec, each: float | None, active: bool) -> SystemStatus:
    name, plan = spec.name, tally.run_file.plans[spec.name]
    replicas = [(name, r) for r in range(plan.replicas)]
    marks = [tally.joined[key] for key in replicas if key in tally.joined]
    windows = _windows(marks, tally.windows[name], plan)
    rates = [w.exchange for w in windows if w.exchange is not None]
    lacking = sum(left(tally, key) for key in replicas)
    done = sum(swept(tally, key) for key in replicas)
    tried = sum(int(mark.tried.sum()) for mark in marks)
    return SystemStatus(
        system=name,
        kind=spec.kind,
        segments=plan.segments,
        stored=tuple(_segment(tally, key) for key in replicas),
        equilibrated=tuple(key in tally.joined for key in replicas),
        phase=_phase(tally, replicas, active),
        done=done / (done + lacking) if done + lacking else 1.0,
        sweeps=sum(w.sweeps for w in windows[:1]),
        acceptance=sum(int(mark.accepted.sum()) for mark in marks) / tried if tried else None,
        round_trips=min((w.round_trips for w in windows), default=0),
        exchange=min(rates, default=None),
        cpu_seconds=sum(mark.cpu_seconds for mark in marks),
        cpu_seconds_left=None if each is None else each * lacking,
        windows=windows,
    )


def _segment(tally: Tally, key: Key) -> int:
    mark = tally.joined.get(key)
    return 0 if mark is None else mark.segment


def _phase(tally: Tally, replicas: list[Key], active: bool) -> str:
    """Phase of the replica that is least far of those that were begun."""
    plan = tally.run_file.plans[replicas[0][0]]
    marks = [tally.joined.get(key) for key in replicas]
    if all(mark is not None and mark.segment >= plan.segments for mark in marks):
        return "finished"
    if None not in marks:
        return "production"
    told = [
        tally.in_hand[key] for key in replicas if key in tally.in_hand and key not in tally.joined
    ]
    if told:
        return "equilibration" if min(told) < plan.equilibration else "weights"
    begun = any(mark is not None for mark in marks)
    return "preparation" if begun or (active and not tally.joined) else "waiting"


def _windows(
    marks: list[Mark], centers: tuple[float, ...], plan: SamplingPlan
) -> tuple[WindowStatus, ...]:
    n = len(centers)

    def total(key: str, size: int) -> np.ndarray:
        return np.sum([getattr(mark, key) for mark in marks] or [np.zeros(size)], axis=0)

    tried, accepted = total("tried", n), total("accepted", n)
    exchange = _rates(total("exchange_accepted", n - 1), total("exchange_tried", n - 1))
    trips = np.sum([mark.passages // 2 for mark in marks] or [np.zeros(n)], axis=0)
    sweeps = sum(mark.segment for mark in marks) * block_sweeps(plan, 1)
    acceptance = _rates(accepted, tried)
    return tuple(
        WindowStatus(
            k,
            None if math.isnan(centers[k]) else float(centers[k]),
            sweeps,
            acceptance[k],
            int(trips[k]),
            exchange[k] if k < n - 1 else None,
        )
        for k in range(n)
    )


def _rates(accepted: np.ndarray, tried: np.ndarray) -> list[float | None]:
    return [float(a / t) if t else None for a, t in zip(accepted, tried, strict=True)]
