"""A state carried through time: LSODA, and BDF where LSODA creeps.

LSODA takes Adams steps where a cell is quiet to the eye and BDF steps where it is stiff (μs of
charge, ms of gates, s of water, h of gradients). Begun beside a steady state it may see changes of
the size of rounding only, hold the cell for not stiff, and take Adams steps of 10 ms for days. So
its evaluations are watched: where the state hardly moves over thousands of them it is given up,
and BDF of scipy, which asks for no such judgement, goes on from the last row to the end of the
segment. A cell that works, such as one that fires, moves and is left alone.

Both keep linear invariants to rounding, so that the ledger tells errors of the rates and not of
the step (VODE, which scales its corrections, does not).
"""

from __future__ import annotations

import warnings
from operator import mul
from typing import Any

import numpy as np
from numpy.typing import NDArray

from selectivity.cell.dynamics.drive import Segment
from selectivity.cell.dynamics.model import Model
from selectivity.errors import NotConvergedError

MOST_CALLS = 50_000_000
"""Evaluations of the rates after which a run is given up: some ten minutes."""
WINDOW = 2000
WINDOWS = 3
STILL = 1e-3
"""A creep: scaled components that moved less than this in each of so many windows of calls."""
BDF_RTOL = 1e-8
"""Loosest tolerance of BDF; its numerical Jacobian breaks the ledger above."""
_STEPS_PER_OUTPUT = 10_000_000

Array = NDArray[np.float64]


class _CreepError(Exception):
    """Thousands of evaluations went by and the state stayed where it was."""


class _SpentError(Exception):
    """:data:`MOST_CALLS` are used up."""


class Work:
    """The solver between rows; started anew where the segment changes.

    ``calls`` counts the evaluations of the rates, ``crept_s`` holds the times at which BDF took
    over.
    """

    def __init__(self, model: Model, y: Array, rtol: float) -> None:
        self._model, self._rtol = model, rtol
        self._scale = np.array(model.scales(), dtype=float)
        self._y, self._t = y, 0.0
        self._segment: Segment | None = None
        self._solver: _Lsoda | _Bdf | None = None
        self.calls = 0
        self.crept_s: list[float] = []

    def advance(self, segment: Segment, t_s: float) -> list[float]:
        """The state at ``t_s`` of ``segment``.

        Raises
        ------
        NotConvergedError
            Neither method gets there.
        """
        if t_s > self._t:
            if segment is not self._segment:
                self._segment = segment
                self._solver = _Lsoda(self._rates(segment), self._x(), self._t, self._rtol)
            self._y = self._scale * self._reached(segment, t_s)
            self._t = t_s
        found: list[float] = self._y.tolist()
        return found

    def _x(self) -> Array:
        return self._y / self._scale

    def _reached(self, segment: Segment, t_s: float) -> Array:
        """Scaled state at ``t_s``; BDF takes over where LSODA creeps."""
        assert self._solver is not None
        try:
            try:
                return self._solver.to(t_s)
            except _CreepError:
                if isinstance(self._solver, _Bdf):
                    raise
            self.crept_s.append(self._t)
            rtol = min(self._rtol, BDF_RTOL)
            self._solver = _Bdf(self._rates(segment), self._x(), self._t, segment.end_s, rtol)
            return self._solver.to(t_s)
        except _CreepError:
            why = "LSODA and BDF both take steps too small to move"
        except _SpentError:
            why = f"{MOST_CALLS:,} evaluations of the rates are used up; follow it in parts"
        except (ValueError, ArithmeticError) as fault:
            why = str(fault)
        raise self._failed(t_s, why)

    def _rates(self, segment: Segment) -> Any:
        """dx/dt of the scaled states, counted and watched."""
        scales = self._scale.tolist()
        inverse = [1.0 / s for s in scales]
        at = segment.at
        steady = at(segment.start_s) if segment.steady else None
        last, quiet = self._x(), 0
        due = self.calls + WINDOW

        def rates(t: float, x: Array) -> list[float]:
            nonlocal last, quiet, due
            self.calls += 1
            if self.calls > due:
                due += WINDOW
                quiet = quiet + 1 if np.abs(x - last).max() < STILL else 0
                last = x.copy()
                if self.calls > MOST_CALLS:
                    raise _SpentError
                if quiet == WINDOWS:
                    raise _CreepError
            now, drive = steady or at(t)
            y = list(map(mul, x.tolist(), scales))
            return list(map(mul, now.rates(t, y, drive), inverse))

        return rates

    def _failed(self, t_s: float, why: str) -> NotConvergedError:
        state = ", ".join(f"{n} {v:.6g}" for n, v in zip(self._model.names, self._y, strict=True))
        return NotConvergedError(
            f"{self._model.name}: no solution between t = {self._t:g} s and {t_s:g} s ({why}); "
            f"the last state: {state}; a quantity may have run out there, or try another rtol"
        )


class _Lsoda:
    """LSODA, asked for rows in turn."""

    def __init__(self, rates: Any, x: Array, t_s: float, rtol: float) -> None:
        from scipy.integrate import ode

        self._ode = ode(rates)
        self._ode.set_integrator("lsoda", rtol=rtol, atol=rtol, nsteps=_STEPS_PER_OUTPUT)
        self._ode.set_initial_value(x, t_s)

    def to(self, t_s: float) -> Array:
        """State at ``t_s``; ValueError where LSODA gives up."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            x: Array = np.asarray(self._ode.integrate(t_s))
        if not self._ode.successful() or not np.isfinite(x).all():
            raise ValueError(f"LSODA answers {self._ode.get_return_code()}")
        return x


class _Bdf:
    """BDF of orders 1 to 5 with the rows between its steps."""

    def __init__(self, rates: Any, x: Array, t_s: float, end_s: float, rtol: float) -> None:
        from scipy.integrate import BDF

        self._bdf = BDF(rates, t_s, x, end_s, rtol=rtol, atol=rtol)

    def to(self, t_s: float) -> Array:
        """State at ``t_s``; ValueError where BDF gives up."""
        while self._bdf.t < t_s:
            said = self._bdf.step()
            if self._bdf.status == "failed":
                raise ValueError(f"BDF: {said}")
        if self._bdf.t == t_s:
            return np.array(self._bdf.y)
        return np.asarray(self._bdf.dense_output()(t_s))
