"""An ischaemia as a result: the verdict in words, the numbers, the figure of four panels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.cell.dynamics import CellRun, Event
from selectivity.cell.dynamics.run import draw_panel
from selectivity.cell.ischaemia.depolarisation import CRITERION, END_NOTE, RECOVERY, Depolarisation
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned, fixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS = 4
_NAMES = {
    "v_mV": "V, mV",
    "na_in_mM": "Na inside, mM",
    "k_in_mM": "K inside, mM",
    "cl_in_mM": "Cl inside, mM",
    "k_out_mM": "K outside, mM",
    "w_um3": "volume, µm³",
}


@dataclass(frozen=True, eq=False)
class Ischaemia(Result):
    """A failure of the pump on a cell.

    Attributes
    ----------
    run : CellRun
        The whole run with its ledger.
    failure : Event
    rest : mapping of str to float
        The first row.
    depolarisations : tuple of Depolarisation
        Stretches that meet :data:`selectivity.cell.ischaemia.CRITERION`.
    recovered : bool
        By :data:`selectivity.cell.ischaemia.RECOVERY`.
    donnan : mapping of str to float or None
        Where the amounts at the end of the run would end without a pump.
    """

    title: str
    run: CellRun
    failure: Event
    rest: Mapping[str, float]
    depolarisations: tuple[Depolarisation, ...]
    recovered: bool
    donnan: Mapping[str, float] | None

    @property
    def spreading_depolarisation(self) -> bool:
        """Whether one occurred."""
        return bool(self.depolarisations)

    @property
    def k_out_peak_mM(self) -> float:  # noqa: N802
        """Highest outside potassium."""
        return float(self.run.table["k_out_mM"].max())

    @property
    def swelling(self) -> float:
        """Largest volume over that at rest; 1 where the model holds it fixed."""
        return float(self.run.table["w_um3"].max()) / self.rest["w_um3"]

    @property
    def from_donnan(self) -> dict[str, float] | None:
        """The last row less the Donnan state; None where there is none."""
        if self.donnan is None:
            return None
        end = self.run.final
        return {column: end[column] - value for column, value in self.donnan.items()}

    def lines(self) -> list[str]:
        """What happened, in words, with rest, extremes, end and Donnan state beside each other."""
        run, failure = self.run, self.failure
        end = "for good" if failure.end_s == math.inf else f"to {failure.end_s:g} s"
        left = f"the pump at {100.0 * failure.value:g} % of its rate"
        said = [f"{run.model.name}: {self.title}"]
        said.append(f"{left} from {failure.start_s:g} s {end}; run to {run.t_s[-1]:g} s")
        said += [f"event: {e.text()}" for e in run.events if e is not failure]
        said += ["", *self._verdict(), "", *self._table(), "", *self._donnan_lines()]
        return said + run.cautions() + run.ledger.lines()

    def _verdict(self) -> list[str]:
        if not self.depolarisations:
            said = [f"spreading depolarisation: no (criterion: {CRITERION})"]
        else:
            stretches = ", ".join(_stretch(d) for d in self.depolarisations)
            said = [f"spreading depolarisation: yes, {stretches}", f"  criterion: {CRITERION}"]
            if self.depolarisations[-1].end_s < math.inf:
                said.append(f"  {END_NOTE}")
        said += [f"recovered: {'yes' if self.recovered else 'no'} (criterion: {RECOVERY})"]
        k_out = self.run.table["k_out_mM"]
        peak_s = float(self.run.t_s[k_out.argmax()])
        rest = self.rest["k_out_mM"]
        if np.ptp(k_out) == 0.0:
            said.append(f"K outside: held at {rest:.4g} mM by the bath, so none can spread")
        else:
            peak = f"peak {self.k_out_peak_mM:.4g} mM at {peak_s:g} s"
            said.append(f"K outside: {rest:.3g} mM at rest, {peak}")
        if np.ptp(self.run.table["w_um3"]) == 0.0:
            return [*said, "volume: held fixed by this model"]
        last = self.run.final["w_um3"] / self.rest["w_um3"]
        grown = (
            f"at most {100.0 * (self.swelling - 1.0):+.1f} %, at the end {100 * (last - 1):+.1f} %"
        )
        return [*said, f"volume: {grown} of that at rest"]

    def _table(self) -> list[str]:
        end, donnan, rows = self.run.final, self.donnan or {}, []
        for column, name in _NAMES.items():
            x = self.run.table[column]
            values = [self.rest[column], float(x.min()), float(x.max()), end[column]]
            rows.append((name, *(fixed(v) for v in (*values, donnan.get(column, math.nan)))))
        return aligned(("", "rest", "least", "most", "end", "Donnan"), rows)

    def _donnan_lines(self) -> list[str]:
        away = self.from_donnan
        if away is None:
            return ["Donnan state: none, the cell would swell without bound"]
        said = ", ".join(f"{_NAMES[c]} {fixed(away[c])}" for c in ("v_mV", "k_out_mM", "w_um3"))
        what = "the end less the Donnan state, where the cell would end without a pump"
        return [f"{what}: {said}"]

    def record(self) -> dict[str, Any]:
        """The verdict, rest, end and Donnan state, and the run."""
        return {
            "preset": self.run.model.name,
            "failure": self.failure.record(),
            "spreading_depolarisation": self.spreading_depolarisation,
            "criterion": CRITERION,
            "depolarisations": [asdict(d) for d in self.depolarisations],
            "recovered": self.recovered,
            "recovery_criterion": RECOVERY,
            "k_out_peak_mM": self.k_out_peak_mM,
            "swelling": self.swelling,
            "rest": dict(self.rest),
            "end": self.run.final,
            "donnan": None if self.donnan is None else dict(self.donnan),
            "end_less_donnan": self.from_donnan,
            "ledger": self.run.ledger.record(),
            "run": self.run.record(),
        }

    def columns(self) -> Columns:
        """The table of the run."""
        return self.run.columns()

    def draw(self, figure: Figure) -> None:
        """V, outside potassium, inside sodium, volume or buffer, with the Donnan state."""
        width, height = figure.get_size_inches()
        figure.set_size_inches(max(8.0, width), max(5.2, height))
        axes = figure.subplots(2, 2, sharex=True).ravel()
        panels = self.run.model.panels[:_PANELS]
        for ax, (column, label) in zip(axes, panels, strict=False):
            draw_panel(ax, self.run, column, label)
            self._mark(ax, column)
        for ax in axes[2:]:
            ax.set_xlabel("time (s)", fontsize=8.5)
        self._key(figure, axes[0])

    def _mark(self, ax: Axes, column: str) -> None:
        if self.donnan is not None and column in self.donnan:
            ax.axhline(self.donnan[column], color="#202020", lw=0.9, ls=(0, (4, 2)))
        if column == "w_um3" and np.ptp(self.run.table["w_um3"]) == 0.0:
            ax.set_ylim(0.0, 1.2 * self.rest["w_um3"])

    def _key(self, figure: Figure, ax: Axes) -> None:
        """Depolarised stretches as a bar over V; what the marks of all panels mean."""
        from matplotlib.lines import Line2D
        from matplotlib.patches import Patch

        from selectivity.plotting import BAD, GREY, key_below

        bottom, top = ax.get_ylim()
        bar = top + 0.06 * (top - bottom)
        last = float(self.run.t_s[-1])
        for d in self.depolarisations:
            span = [d.start_s, min(d.end_s, last)]
            ax.plot(span, [bar, bar], color=BAD, lw=3.5, solid_capstyle="butt")
        handles: list[Any] = [Patch(color=GREY, alpha=0.22, lw=0, label="pump failing")]
        if self.depolarisations:
            handles.append(Line2D([], [], color=BAD, lw=3.5, label="spreading depolarisation"))
        if self.donnan is not None:
            label = "where the cell would end without a pump (Donnan)"
            handles.append(Line2D([], [], color="#202020", lw=0.9, ls=(0, (4, 2)), label=label))
        key_below(figure, handles)


def _stretch(d: Depolarisation) -> str:
    if d.end_s == math.inf:
        return f"from {d.start_s:g} s to the end of the run"
    return f"{d.start_s:g} s to {d.end_s:g} s ({d.end_s - d.start_s:g} s long)"
