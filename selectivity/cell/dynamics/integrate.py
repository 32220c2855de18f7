"""Integration of a model in time on scaled states, with a new start at every edge of an event.

The steps are those of :mod:`selectivity.cell.dynamics.work`. Linear invariants survive them to
rounding, so the ledger that is checked at every output tells errors of the rates, not of the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.cell.dynamics.drive import Schedule, Segment
from selectivity.cell.dynamics.events import Event
from selectivity.cell.dynamics.ledger import Auditor
from selectivity.cell.dynamics.model import Model
from selectivity.cell.dynamics.run import CellRun
from selectivity.cell.dynamics.work import Work
from selectivity.errors import InputError
from selectivity.membrane import checks

RTOL = 1e-9
LIMIT = 1e-9
OUTPUTS = 2000

Row = dict[str, float]


def integrate(
    model: Model,
    events: Sequence[Event] = (),
    t_end_s: float = 0.0,
    *,
    dt_out_s: float | None = None,
    times_s: ArrayLike | None = None,
    rtol: float = RTOL,
    start: ArrayLike | None = None,
    limit: float = LIMIT,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[float, Row], bool] | None = None,
) -> CellRun:
    """Follow ``model`` from t = 0 to ``t_end_s`` under ``events``.

    Parameters
    ----------
    model : Model
        Members in :mod:`selectivity.cell.dynamics`.
    dt_out_s : float, optional
        Time between rows of the table; 1/2000 of the run without it. The edges of events and the
        end are rows as well.
    times_s : array_like, shape (T,), optional
        The times of the rows instead, rising, within the run, which ends with the last.
    rtol : float
        Tolerance, relative and on the scaled states.
    start : array_like, shape (n,), optional
        First state in place of the model's own.
    limit : float
        Largest relative change of a total that the ledger allows.
    progress, stop : callable, optional
        Called at the rows: with t/t_end; with time and row, to end the run where True.

    Raises
    ------
    InputError
        A number outside its range, or an event that the model cannot take.
    ConservationError, NotConvergedError
        The ledger does not close; neither LSODA nor BDF gets on.
    """
    end = checks.positive(t_end_s, "t_end_s")
    schedule = Schedule(model, events)
    segments = schedule.segments(end)
    wanted = _times(segments, end, dt_out_s, times_s)
    y0 = _state(model, model.start() if start is None else start)
    auditor = Auditor(model, y0.tolist(), limit)
    work = Work(model, y0, checks.positive(rtol, "rtol"))
    rows = _rows(work, segments, wanted, auditor)
    kept = list(_watched(rows, end, progress, stop))
    return CellRun(
        model=model,
        events=schedule.events,
        table={key: np.array([row[key] for row, _ in kept]) for key in kept[0][0]},
        states=np.array([y for _, y in kept]),
        ledger=auditor.ledger(),
        rtol=rtol,
        calls=work.calls,
        stopped=kept[-1][0]["t_s"] < wanted[-1],
        crept_s=tuple(work.crept_s),
    )


def _rows(
    work: Work, segments: Sequence[Segment], wanted: Sequence[float], auditor: Auditor
) -> Iterator[tuple[Row, list[float]]]:
    """Rows of the table with their states; the ledger is checked at each and at the edges."""
    kept = set(wanted)
    for t_s, segment in _visits(segments, wanted):
        y = work.advance(segment, t_s)
        auditor.check(t_s, y)
        if t_s in kept:
            now, drive = _after(segments, t_s)
            yield {"t_s": t_s, **now.observe(t_s, y, drive)}, y


def _watched(
    rows: Iterator[tuple[Row, list[float]]],
    end: float,
    progress: Callable[[float], None] | None,
    stop: Callable[[float, Row], bool] | None,
) -> Iterator[tuple[Row, list[float]]]:
    """The same rows, told to ``progress``, up to the one that ``stop`` answers with True."""
    for row, y in rows:
        yield row, y
        if progress is not None:
            progress(row["t_s"] / end)
        if stop is not None and stop(row["t_s"], row):
            return


def _after(segments: Sequence[Segment], t_s: float) -> tuple[Any, Any]:
    """Model and drive at a row: at an edge, what holds from there on."""
    for segment in segments:
        if t_s < segment.end_s:
            return segment.at(t_s)
    return segments[-1].at(t_s)


def _times(
    segments: Sequence[Segment], end: float, dt: float | None, given: ArrayLike | None
) -> list[float]:
    """Times of the rows."""
    edges = [segment.end_s for segment in segments]
    if given is None:
        step = end / OUTPUTS if dt is None else checks.positive(dt, "dt_out_s")
        count = math.floor(end / step * (1.0 + 1e-12))
        wanted = np.minimum(step * np.arange(count + 1), end)
        for edge in edges:  # a time beside an edge within rounding is the edge
            wanted[np.isclose(wanted, edge, rtol=1e-13, atol=0.0)] = edge
        return np.unique(np.append(wanted, edges)).tolist()
    if dt is not None:
        raise InputError("dt_out_s", dt, "stands without times_s", "give one of the two")
    wanted = checks.numbers(given, "times_s").ravel()
    if wanted.size == 0 or (np.diff(wanted) <= 0.0).any():
        raise InputError("times_s", wanted.tolist()[:5], "holds rising times")
    if wanted[0] < 0.0 or wanted[-1] > end:
        raise InputError("times_s", wanted.tolist()[:5], f"lies between 0 and {end:g} s")
    return wanted.tolist()


def _visits(
    segments: Sequence[Segment], wanted: Sequence[float]
) -> Iterator[tuple[float, Segment]]:
    """Rows and edges of events up to the last row, each with the segment that leads to it."""
    rest = iter(segments)
    segment = next(rest)
    edges = [s.end_s for s in segments if s.end_s < wanted[-1]]
    for t_s in sorted({*wanted, *edges}):
        while t_s > segment.end_s:
            segment = next(rest)
        yield t_s, segment


def _state(model: Model, values: ArrayLike | Sequence[float]) -> NDArray[np.float64]:
    y = checks.numbers(values, "start").ravel()
    if y.size != len(model.names):
        raise InputError("start", y.size, f"has {len(model.names)} components")
    return y
