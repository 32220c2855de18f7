"""Integration of a model in time: LSODA on scaled states, a new start at every edge of an event.

LSODA takes Adams steps where a cell is quiet to the eye and BDF steps where it is stiff (μs of
charge, ms of gates, s of water, h of gradients). Linear invariants survive a step of either to
rounding, so the ledger that is checked at every output tells errors of the rates, not of the step.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.cell.dynamics.drive import Schedule, Segment
from selectivity.cell.dynamics.events import Event
from selectivity.cell.dynamics.ledger import Auditor
from selectivity.cell.dynamics.model import Model
from selectivity.cell.dynamics.run import CellRun
from selectivity.errors import InputError, NotConvergedError
from selectivity.membrane import checks

RTOL = 1e-9
LIMIT = 1e-9
OUTPUTS = 2000
_STEPS_PER_OUTPUT = 10_000_000

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
        Tolerance of LSODA, relative and on the scaled states.
    start : array_like, shape (n,), optional
        First state in place of the model's own.
    limit : float
        Largest relative change of a total that the ledger allows.
    progress, stop : callable, optional
        Called at the rows: with t/t_end; with the time and the row, to end the run where True.

    Raises
    ------
    InputError
        A number outside its range, or an event that the model cannot take.
    ConservationError
        The ledger does not close.
    NotConvergedError
        LSODA gives up.
    """
    end = checks.positive(t_end_s, "t_end_s")
    schedule = Schedule(model, events)
    segments = schedule.segments(end)
    wanted = _times(segments, end, dt_out_s, times_s)
    y0 = _state(model, model.start() if start is None else start)
    auditor = Auditor(model, y0.tolist(), limit)
    work = _Work(model, y0, checks.positive(rtol, "rtol"))
    rows = _rows(work, segments, wanted, auditor)
    kept = list(_watched(rows, end, progress, stop))
    table = {key: np.array([row[key] for row, _ in kept]) for key in kept[0][0]}
    states = np.array([y for _, y in kept])
    stopped = kept[-1][0]["t_s"] < wanted[-1]
    ledger = auditor.ledger()
    return CellRun(model, schedule.events, table, states, ledger, rtol, work.calls, stopped)


def _rows(
    work: _Work, segments: Sequence[Segment], wanted: Sequence[float], auditor: Auditor
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


class _Work:
    """LSODA between rows; started anew where the segment changes."""

    def __init__(self, model: Model, y: NDArray[np.float64], rtol: float) -> None:
        self._model, self._rtol = model, rtol
        self._scale = np.array(model.scales(), dtype=float)
        self._y, self._t = y, 0.0
        self._segment: Segment | None = None
        self._solver: Any = None
        self.calls = 0

    def advance(self, segment: Segment, t_s: float) -> list[float]:
        """The state at ``t_s`` of ``segment``."""
        if t_s > self._t:
            if segment is not self._segment:
                self._segment = segment
                self._solver = self._begin(segment)
            self._y = self._scale * self._integrated(t_s)
            self._t = t_s
        found: list[float] = self._y.tolist()
        return found

    def _begin(self, segment: Segment) -> Any:
        from scipy.integrate import ode

        scales = self._scale.tolist()
        inverse = [1.0 / s for s in scales]
        at = segment.at
        steady = at(segment.start_s) if segment.steady else None

        def rates(t: float, x: NDArray[np.float64]) -> list[float]:
            self.calls += 1
            now, drive = steady or at(t)
            y = list(map(mul, x.tolist(), scales))
            return list(map(mul, now.rates(t, y, drive), inverse))

        solver = ode(rates)
        solver.set_integrator("lsoda", rtol=self._rtol, atol=self._rtol, nsteps=_STEPS_PER_OUTPUT)
        solver.set_initial_value(self._y / self._scale, self._t)
        return solver

    def _integrated(self, t_s: float) -> NDArray[np.float64]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                y = np.asarray(self._solver.integrate(t_s))
        except (ValueError, OverflowError, ZeroDivisionError) as fault:
            raise self._failed(t_s, str(fault)) from None
        if not self._solver.successful() or not np.isfinite(y).all():
            raise self._failed(t_s, f"LSODA answers {self._solver.get_return_code()}")
        return y

    def _failed(self, t_s: float, why: str) -> NotConvergedError:
        state = ", ".join(f"{n} {v:.6g}" for n, v in zip(self._model.names, self._y, strict=True))
        return NotConvergedError(
            f"{self._model.name}: no solution between t = {self._t:g} s and {t_s:g} s ({why}); "
            f"the last state: {state}; a quantity may have run out there, or try another rtol"
        )


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
