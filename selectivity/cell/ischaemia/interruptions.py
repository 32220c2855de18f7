"""How long the pump may stop: the shortest interruption that depolarises, and who recovers.

One run without the pump is kept, state by state; from the state at each duration the cell goes on
with the pump back. The shortest duration that triggers is bracketed between rows of that run by
halving, which takes for granted that a longer stop triggers where a shorter one does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.cell.dynamics import CellRun, pump_failure
from selectivity.cell.ischaemia.depolarisation import (
    CRITERION,
    RECOVERY,
    Depolarisation,
    Watch,
    recovered,
)
from selectivity.cell.simulate import simulate
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned, fixed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PATIENCE_S = 30.0
"""How long a depolarisation may take to begin once the pump is back."""
_BASE_SHARE = 0.5


@dataclass(frozen=True)
class Interruption:
    """What came of one duration, times from the start of the stop; mV and mM at the end."""

    duration_s: float
    depolarisations: tuple[Depolarisation, ...]
    recovered: bool
    k_out_peak_mM: float
    v_end_mV: float
    k_out_end_mM: float
    w_end_um3: float
    ledger: float


@dataclass(frozen=True)
class InterruptionScan(Result):
    """Interruptions of the pump of one cell by their duration.

    ``shortest_s`` is the shortest that triggers a spreading depolarisation, known to
    ``resolution_s`` from above; None where none up to the longest does.
    """

    preset: str
    depth: float
    after_s: float
    resolution_s: float
    shortest_s: float | None
    interruptions: tuple[Interruption, ...]

    def lines(self) -> list[str]:
        """The shortest duration, and a line for each."""
        longest = self.interruptions[-1].duration_s
        lost = f"{100.0 * self.depth:g} % of the pump lost"
        if self.shortest_s is None:
            first = f"no stop up to {longest:g} s triggers a spreading depolarisation"
        else:
            low = max(0.0, self.shortest_s - self.resolution_s)
            first = (
                "shortest stop that triggers a spreading depolarisation: "
                f"between {low:g} and {self.shortest_s:g} s"
            )
        rows = [
            (
                f"{i.duration_s:g}",
                "yes" if i.depolarisations else "no",
                fixed(i.depolarisations[0].start_s) if i.depolarisations else "-",
                fixed(i.depolarisations[-1].end_s) if _over(i) else _no_end(i),
                fixed(i.k_out_peak_mM),
                fixed(i.v_end_mV),
                "yes" if i.recovered else "no",
            )
            for i in self.interruptions
        ]
        header = ("stop, s", "SD", "from s", "to s", "K_o peak", "V end", "recovered")
        return [
            f"{self.preset}: {lost}, then {self.after_s:g} s with the pump back",
            first,
            "",
            *aligned(header, rows),
            "",
            f"SD: {CRITERION}",
            f"recovered: {RECOVERY}",
            f"ledger, largest relative change: {max(i.ledger for i in self.interruptions):.1e}",
        ]

    def record(self) -> dict[str, Any]:
        """Everything by name."""
        return {
            "preset": self.preset,
            "depth": self.depth,
            "after_s": self.after_s,
            "criterion": CRITERION,
            "recovery_criterion": RECOVERY,
            "shortest_s": self.shortest_s,
            "resolution_s": self.resolution_s,
            "interruptions": [asdict(i) for i in self.interruptions],
        }

    def columns(self) -> Columns:
        """A row for each duration."""
        nan, all_ = math.nan, self.interruptions
        first = [i.depolarisations[0].start_s if i.depolarisations else nan for i in all_]
        last = [i.depolarisations[-1].end_s if i.depolarisations else nan for i in all_]
        return {
            "duration_s": [i.duration_s for i in all_],
            "spreading_depolarisation": [bool(i.depolarisations) for i in all_],
            "from_s": first,
            "to_s": last,
            "recovered": [i.recovered for i in all_],
            "k_out_peak_mM": [i.k_out_peak_mM for i in all_],
            "v_end_mV": [i.v_end_mV for i in all_],
            "k_out_end_mM": [i.k_out_end_mM for i in all_],
            "w_end_um3": [i.w_end_um3 for i in all_],
        }

    def draw(self, figure: Figure) -> None:
        """Time bars: the stop, the depolarisation, and whether the cell recovered."""
        from matplotlib.patches import Patch

        from selectivity.plotting import BAD, GOOD, GREY, SMALL, key_below, open_frame, tidy

        width, height = figure.get_size_inches()
        figure.set_size_inches(max(7.2, width), max(height, 1.4 + 0.32 * len(self.interruptions)))
        ax = figure.subplots()
        end = self.after_s + self.interruptions[-1].duration_s
        for row, i in enumerate(self.interruptions):
            ax.barh(row - 0.2, i.duration_s, 0.32, color=GREY)
            for d in i.depolarisations:
                till = min(d.end_s, i.duration_s + self.after_s)
                ax.barh(row + 0.2, till - d.start_s, 0.32, left=d.start_s, color=BAD, hatch="////")
            word, colour = ("recovered", GOOD) if i.recovered else ("not recovered", BAD)
            if i.recovered and not i.depolarisations:
                word = "not triggered"
            ax.text(1.01 * end, row, word, fontsize=SMALL, va="center", color=colour)
        ax.set_yticks(range(len(self.interruptions)))
        ax.set_yticklabels([f"{i.duration_s:g}" for i in self.interruptions])
        ax.set_xlim(0.0, 1.22 * end)
        ax.invert_yaxis()
        tidy(ax, self.preset, "time from the stop of the pump (s)", "stop of the pump (s)")
        open_frame(ax)
        handles = [Patch(color=GREY, label="pump stopped")]
        handles.append(Patch(facecolor=BAD, hatch="////", label="spreading depolarisation"))
        key_below(figure, handles)


def interruption_scan(
    preset: str,
    durations_s: ArrayLike,
    depth: float = 1.0,
    after_s: float = 500.0,
    *,
    resolution_s: float = 0.1,
    rtol: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> InterruptionScan:
    """Stop the pump for each duration and follow the cell; find the shortest stop that triggers.

    Parameters
    ----------
    preset : str
        As :func:`selectivity.cell.simulate.simulate` takes it.
    durations_s : array_like, shape (n,)
        Rising, above zero; the shortest trigger is looked for up to the last.
    depth : float
        Share of the pump that is lost.
    after_s : float
        How long the cell is followed with the pump back.
    resolution_s : float
        To which the shortest trigger is known.
    rtol, progress
        As :func:`selectivity.cell.dynamics.integrate`.

    Raises
    ------
    InputError
        Durations that do not rise from above zero, or another number outside its range.
    """
    wanted = checks.numbers(durations_s, "durations_s").ravel()
    if wanted.size == 0 or wanted[0] <= 0.0 or (np.diff(wanted) <= 0.0).any():
        raise InputError("durations_s", wanted.tolist(), "rise from above zero")
    after, step = (
        checks.positive(after_s, "after_s"),
        checks.positive(resolution_s, "resolution_s"),
    )
    told = progress or (lambda share: None)
    longest = float(wanted[-1])
    rows = np.append(step * np.arange(math.floor(longest / step) + 1), wanted)
    base = simulate(
        preset,
        [pump_failure(0.0, depth=depth)],
        longest,
        times_s=np.unique(np.minimum(np.round(rows, 9), longest)),
        rtol=rtol,
        progress=lambda share: told(_BASE_SHARE * share),
    )
    shortest = _shortest(preset, base, rtol)
    found = []
    for turn, duration in enumerate(wanted.tolist()):
        found.append(_followed(preset, base, duration, after, rtol))
        told(_BASE_SHARE + (1.0 - _BASE_SHARE) * (turn + 1) / wanted.size)
    return InterruptionScan(preset, depth, after, step, shortest, tuple(found))


def _rows(base: CellRun, last: int) -> dict[str, Any]:
    return {key: column[: last + 1] for key, column in base.table.items()}


def _followed(
    preset: str, base: CellRun, duration: float, after: float, rtol: float | None
) -> Interruption:
    """The rest of the run after a stop of ``duration``."""
    row = int(np.abs(base.t_s - duration).argmin())
    run = simulate(preset, (), after, start=base.states[row].tolist(), rtol=rtol)
    before = _rows(base, row)
    stretches = Watch().read(before).read(run.table, duration).all()
    rest, end = {key: float(c[0]) for key, c in base.table.items()}, run.final
    peak = max(float(before["k_out_mM"].max()), float(run.table["k_out_mM"].max()))
    return Interruption(
        duration_s=duration,
        depolarisations=stretches,
        recovered=recovered(stretches, rest, end),
        k_out_peak_mM=peak,
        v_end_mV=end["v_mV"],
        k_out_end_mM=end["k_out_mM"],
        w_end_um3=end["w_um3"],
        ledger=max(run.ledger.largest, base.ledger.largest),
    )


def _shortest(preset: str, base: CellRun, rtol: float | None) -> float | None:
    """The first row of ``base`` from which a depolarisation comes, by halving."""

    def triggers(row: int) -> bool:
        watch = Watch().read(_rows(base, row))
        if watch.met:
            return True
        shift, start = float(base.t_s[row]), base.states[row].tolist()

        def stop(t_s: float, values: dict[str, float]) -> bool:
            return watch(shift + t_s, values)

        simulate(preset, (), PATIENCE_S, dt_out_s=0.1, start=start, rtol=rtol, stop=stop)
        return watch.met

    low, high = 0, base.t_s.size - 1
    if not triggers(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if triggers(middle) else (middle, high)
    return float(base.t_s[high])


def _over(i: Interruption) -> bool:
    return bool(i.depolarisations) and math.isfinite(i.depolarisations[-1].end_s)


def _no_end(i: Interruption) -> str:
    return "the end" if i.depolarisations else "-"
