"""Adds up the blocks of a run as they are stored: how far it is, how it mixes, how long it takes.

The unit of cost is a sweep of all windows of a replica. It is measured from the blocks of this run,
CPU seconds over sweeps; a system without blocks is taken at the mean cost of a trial move in the
others, with the number of its moves as ``selectivity check`` counts them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from selectivity.config.check import cost
from selectivity.config.run_file import RunFile
from selectivity.sampling.plan import SamplingPlan
from selectivity.storage.folder import RunFolder
from selectivity.storage.marks import Mark, join, read_mark

Key = tuple[str, int]
"""System and replica."""


@dataclass(frozen=True)
class Ended:
    """When a block of a replica ended (seconds since 1970) and the sweeps it had."""

    key: Key
    at: float
    sweeps: int


@dataclass
class Tally:
    """What is stored of a run, and what its workers have in hand.

    Attributes
    ----------
    run_file : RunFile
    moves : dict of str to float
        Trial moves of a sweep of all windows, by system.
    windows : dict of str to tuple of float
        Umbrella centres (Å) by system; a droplet and a cage have one, nan.
    joined : dict
        Marks of all stored blocks of a replica as one.
    ended : list of Ended
    in_hand : dict
        Sweeps done of a block that is not stored yet, where its worker tells.
    """

    run_file: RunFile
    moves: dict[str, float] = field(default_factory=dict)
    windows: dict[str, tuple[float, ...]] = field(default_factory=dict)
    joined: dict[Key, Mark] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)
    in_hand: dict[Key, int] = field(default_factory=dict)


def new_tally(run_file: RunFile) -> Tally:
    """The tally of a run of which nothing is stored."""
    tally = Tally(run_file)
    for spec in run_file.systems:
        plan = run_file.plans[spec.name]
        tally.moves[spec.name] = cost(spec, plan).moves / (plan.replicas * plan.sweeps)
        centers = spec.windows.centers() if spec.kind == "filter" else (float("nan"),)
        tally.windows[spec.name] = centers
    return tally


def add(tally: Tally, mark: Mark) -> None:
    """Add the next block of a replica."""
    key = (mark.system, mark.replica)
    before = tally.joined.get(key)
    tally.joined[key] = mark if before is None else join(before, mark)
    sweeps = block_sweeps(tally.run_file.plans[mark.system], mark.segment)
    tally.ended.append(Ended(key, mark.ended, sweeps))
    tally.in_hand.pop(key, None)


def catch_up(tally: Tally, folder: RunFolder) -> None:
    """Add whatever the folder holds that the tally does not.

    Raises
    ------
    StoreError
        A segment is damaged.
    """
    for spec in tally.run_file.systems:
        for replica in range(tally.run_file.plans[spec.name].replicas):
            mark = tally.joined.get((spec.name, replica))
            known = -1 if mark is None else mark.segment
            for n in folder.segments(spec.name, replica):
                if n > known:
                    add(tally, read_mark(folder, spec.name, replica, n, tally.run_file.pair))


def block_sweeps(plan: SamplingPlan, segment: int) -> int:
    """Sweeps of a window in one block: preparation (0) or a segment of production."""
    prepared = plan.equilibration + plan.adaptation
    return plan.production // plan.segments if segment else prepared


def swept(tally: Tally, key: Key) -> float:
    """Sweeps of a window that a replica has done, stored or in hand."""
    plan, mark = tally.run_file.plans[key[0]], tally.joined.get(key)
    stored = 0 if mark is None else sum(block_sweeps(plan, n) for n in range(mark.segment + 1))
    whole = plan.equilibration + plan.adaptation + plan.segments * block_sweeps(plan, 1)
    return float(min(whole, stored + tally.in_hand.get(key, 0)))


def left(tally: Tally, key: Key) -> float:
    """Sweeps of a window that a replica still lacks."""
    plan = tally.run_file.plans[key[0]]
    whole = plan.equilibration + plan.adaptation + plan.segments * block_sweeps(plan, 1)
    return whole - swept(tally, key)


def keys(tally: Tally) -> list[Key]:
    """All systems and replicas of the run."""
    plans = tally.run_file.plans
    return [(name, r) for name, plan in plans.items() for r in range(plan.replicas)]


def costs(tally: Tally) -> tuple[dict[str, float], bool]:
    """Cost of a sweep by system, and whether it is in CPU seconds; else it is in trial moves."""
    cpu: dict[str, float] = {}
    sweeps: dict[str, float] = {}
    for (name, _), mark in tally.joined.items():
        plan = tally.run_file.plans[name]
        cpu[name] = cpu.get(name, 0.0) + mark.cpu_seconds
        stored = sum(block_sweeps(plan, n) for n in range(mark.segment + 1))
        sweeps[name] = sweeps.get(name, 0.0) + stored
    measured = {name: cpu[name] / sweeps[name] for name in cpu if cpu[name] > 0 and sweeps[name]}
    if not measured:
        return dict(tally.moves), False
    moves = sum(tally.moves[name] * sweeps[name] for name in measured)
    each = sum(cpu[name] for name in measured) / moves
    return {name: measured.get(name, each * n) for name, n in tally.moves.items()}, True


@dataclass(frozen=True)
class Left:
    """What a run still needs.

    ``share`` of its whole cost is done; ``cpu_seconds`` are None where no block is stored yet,
    ``seconds`` where nothing was done since the run began or was continued.
    """

    share: float
    cpu_seconds: float | None
    seconds: float | None


@dataclass(frozen=True)
class Session:
    """Where the present run began: ``at`` (seconds since 1970), with ``swept`` done by replica.

    ``hidden`` workers do not tell how far their blocks are: they count as half done.
    """

    at: float
    swept: dict[Key, float]
    hidden: int = 0


def session_since(tally: Tally, at: float) -> Session:
    """The session that began at ``at`` (seconds since 1970), from the blocks stored since."""
    done = {key: swept(tally, key) for key in keys(tally)}
    for block in tally.ended:
        if block.at >= at:
            done[block.key] -= block.sweeps
    return Session(at, done)


def what_is_left(tally: Tally, session: Session | None, now: float | None = None) -> Left:
    """Cost that is left and, of a run that is going on, the time that it will take.

    Parameters
    ----------
    tally : Tally
    session : Session or None
        None where nobody works at the run.
    now : float, optional
        Seconds since 1970.
    """
    each, measured = costs(tally)
    rest = {key: each[key[0]] * left(tally, key) for key in keys(tally)}
    total = sum(rest.values())
    whole = total + sum(each[name] * swept(tally, (name, r)) for name, r in keys(tally))
    share = 1.0 - total / whole if whole else 1.0
    seconds = None
    if session is not None and total > 0.0:
        seconds = _seconds(tally, session, each, rest, time.time() if now is None else now)
        if seconds is not None and measured:  # a replica's blocks follow each other
            seconds = max(seconds, max(rest.values()))
    return Left(share, total if measured else None, 0.0 if total <= 0.0 else seconds)


def _seconds(
    tally: Tally, session: Session, each: dict[str, float], rest: dict[Key, float], now: float
) -> float | None:
    """Time left at the pace since the session began; None where that is not known yet."""
    done = sum(each[key[0]] * (swept(tally, key) - session.swept[key]) for key in rest)
    recent = [block for block in tally.ended if block.at >= session.at]
    until = now
    if not tally.in_hand:  # what workers have in hand is not seen: count up to the last block
        if not recent:
            return None
        until = max(block.at for block in recent)
        mean = sum(each[block.key[0]] * block.sweeps for block in recent) / len(recent)
        done += 0.5 * mean * max(0, session.hidden - 1)
    elapsed = until - session.at
    if done <= 0.0 or elapsed <= 0.0:
        return None
    return max(0.0, sum(rest.values()) * elapsed / done - (now - until))
