"""Results of pump and leak: one steady state, and steady states over the rate of the pump."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from selectivity.cell.atp import Phosphates
from selectivity.cell.donnan import Impermeant
from selectivity.cell.leaks import IONS, Inside, Leaks
from selectivity.cell.pump_bound import PumpBound
from selectivity.cell.pump_law import K_PER_CYCLE, NA_PER_CYCLE, RATE_SYMBOL, PumpLaw
from selectivity.cell.pump_ledger import LedgerRow, PumpLedger
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import VALENCE, Solution
from selectivity.membrane.text import aligned, fixed, kelvin
from selectivity.units import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NONE = "no steady state"
_EVEN_MM = 0.01


class NoSteadyState(NamedTuple):
    """Why there is none."""

    reason: str


@dataclass(frozen=True)
class PumpLeak(Result):
    """A steady state of pump and leak at fixed volume, or the reason why there is none.

    Numbers are nan where ``reason`` is not empty. ``q_A_m2`` is the cycle current; ``cl_in_mM`` is
    nan where chloride does not pass; ``bound`` is None without phosphates.
    """

    outside: Solution
    leaks: Leaks
    law: PumpLaw
    impermeant: Impermeant
    outer: Impermeant
    phosphates: Phosphates | None
    reason: str
    v_mV: float = math.nan
    q_A_m2: float = math.nan
    na_in_mM: float = math.nan
    k_in_mM: float = math.nan
    cl_in_mM: float = math.nan
    bound: PumpBound | None = None

    @property
    def steady(self) -> bool:
        """Whether there is a steady state."""
        return not self.reason

    def with_bound(self, bound: PumpBound) -> PumpLeak:
        """The same state with its place under the bound of ATP."""
        return replace(self, bound=bound)

    @property
    def inside_mM(self) -> dict[str, float]:  # noqa: N802
        """Inner concentrations of the ions that pass."""
        all_three = zip(IONS, (self.na_in_mM, self.k_in_mM, self.cl_in_mM), strict=True)
        return {ion: c for ion, c in all_three if self.leaks.passes(ion)}

    @property
    def osmolarity_mM(self) -> tuple[float, float]:  # noqa: N802
        """Sum of what is dissolved inside and outside (of the listed ions), mM."""
        inner = math.fsum((*self.inside_mM.values(), self.impermeant.c_mM))
        outer = math.fsum((*self.outside.concentrations_mM.values(), self.outer.c_mM))
        return (inner if self.steady else math.nan), outer

    @property
    def pressure_kPa(self) -> float:  # noqa: N802
        """Pressure of the wall that holds the volume, RT (Σ c_in − Σ c_out)."""
        inner, outer = self.osmolarity_mM
        return 1e-3 * GAS_CONSTANT * self.outside.temperature_K * (inner - outer)

    @property
    def ledger(self) -> PumpLedger:
        """Currents of every ion at the state, from the currents themselves (A/m²)."""
        bath = Inside(*(self.outside[i] if self.leaks.passes(i) else math.nan for i in IONS))
        inner = Inside(self.na_in_mM, self.k_in_mM, self.cl_in_mM)
        kelvins = self.outside.temperature_K
        found = self.leaks.currents(1e-3 * self.v_mV, inner, bath, kelvins)
        pump = {"Na": NA_PER_CYCLE * self.q_A_m2, "K": -K_PER_CYCLE * self.q_A_m2}
        rows = (
            LedgerRow(ion, leak, pump.get(ion, 0.0), moved) for ion, (leak, moved) in found.items()
        )
        return PumpLedger("A/m2", NA_PER_CYCLE, K_PER_CYCLE, self.q_A_m2, tuple(rows))

    def reversal_mV(self, ion: str) -> float:  # noqa: N802
        """E of ``ion`` at the state; nan where there is none."""
        c = self.inside_mM.get(ion, math.nan)
        thermal = 1000.0 * GAS_CONSTANT * self.outside.temperature_K / FARADAY
        return thermal * math.log(self.outside[ion] / c) / VALENCE[ion]

    def columns(self) -> Columns:
        """A row for each ion."""
        ions = list(self.inside_mM)
        return {
            "ion": ions,
            "c_in_mM": [self.inside_mM[ion] for ion in ions],
            "c_out_mM": [self.outside[ion] for ion in ions],
            "e_mV": [self.reversal_mV(ion) for ion in ions],
        }

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs; null where there is no steady state."""
        inner, outer = self.osmolarity_mM
        return {
            "steady": self.steady,
            "reason": self.reason,
            "v_mV": self.v_mV,
            "inside_mM": self.inside_mM,
            "impermeant_mM": self.impermeant.c_mM,
            "impermeant_z": self.impermeant.z,
            "bath_impermeant_mM": self.outer.c_mM,
            "q_A_m2": self.q_A_m2,
            "osmolarity_in_mM": inner,
            "osmolarity_out_mM": outer,
            "wall_pressure_kPa": self.pressure_kPa,
            "ledger": self.ledger.record() if self.steady else None,
            "bound": None if self.bound is None else self.bound.record(),
            "outside_mM": dict(self.outside.concentrations_mM),
            "temperature_K": self.outside.temperature_K,
            "conductance_S_m2": dict(self.leaks.conductance_S_m2),
            "permeability_m_s": dict(self.leaks.permeability_m_s),
            "kcc2_S_m2": self.leaks.kcc2_S_m2,
            "law": {"kind": self.law.kind, "source": self.law.source, **self.law.parameters},
            "phosphates": None if self.phosphates is None else asdict(self.phosphates),
        }

    def lines(self) -> list[str]:
        """The state with its ledger, or that there is none and why."""
        numbers = ", ".join(f"{name} = {value:g}" for name, value in self.law.parameters.items())
        said = [
            f"fixed volume, {kelvin(self.outside.temperature_K)}; impermeants inside "
            f"{self.impermeant.c_mM:g} mM of charge {self.impermeant.z:g}",
            f"pump: {self.law.kind}, {numbers}; {self.law.source}",
            "",
        ]
        if not self.steady:
            return [*said, f"{NONE}: {self.reason}"]
        rows = [
            (ion, fixed(c, 3), fixed(self.outside[ion], 3), fixed(self.reversal_mV(ion)))
            for ion, c in self.inside_mM.items()
        ]
        inner, outer = self.osmolarity_mM
        said += [
            f"steady state, the only one: V = {self.v_mV:.3f} mV, cycles {self.q_A_m2:.4g} A/m²",
            "",
            *aligned(("ion", "in mM", "out mM", "E mV"), rows),
            "",
            f"dissolved inside {inner:.2f} mM, outside {outer:.2f} mM as listed: "
            f"{_wall(inner - outer, self.pressure_kPa)}",
            "",
            *self.ledger.table(),
        ]
        return said + self._bound_lines()

    def _bound_lines(self) -> list[str]:
        if self.bound is None or self.q_A_m2 == 0.0:
            return []
        share = f"{100.0 * self.bound.efficiency:.1f} % of what ATP gives"
        if self.bound.runs_forward:
            return [f"a cycle takes {share} ({-self.bound.free_energy_kJ_mol:.1f} kJ/mol)"]
        return [
            f"warning: a cycle would take {share}: no pump reaches this state; the rate law does "
            "not know the energy of ATP"
        ]

    def draw(self, figure: Figure) -> None:
        """The composition beside the ledger; the words where there is no steady state."""
        from selectivity.cell.pump_figures import draw_composition, draw_ledger, draw_words

        if not self.steady:
            draw_words(figure.add_subplot(), NONE, self.reason)
            return
        width, height = figure.get_size_inches()
        figure.set_size_inches(max(9.6, width), height)
        left, right = figure.subplots(1, 2)
        draw_composition(left, self)
        draw_ledger(right, self.ledger)


def _wall(excess_mM: float, pressure_kPa: float) -> str:
    """What holds the volume."""
    if abs(excess_mM) <= _EVEN_MM:
        return "osmotic balance, no wall is needed"
    if excess_mM > 0.0:
        return f"the fixed volume takes a wall that bears {pressure_kPa:.1f} kPa"
    return f"the fixed volume takes a wall that keeps it open against {-pressure_kPa:.1f} kPa"


@dataclass(frozen=True)
class PumpLeakScan(Result):
    """Steady states over the rate of the law; ``states`` in the order of the rates."""

    law: PumpLaw
    states: tuple[PumpLeak, ...]

    @property
    def rates_A_m2(self) -> np.ndarray:  # noqa: N802
        """The rate of the law of each state."""
        return np.array([state.law.rate_A_m2 for state in self.states])

    @property
    def steady(self) -> np.ndarray:
        """Whether each rate has a steady state."""
        return np.array([state.steady for state in self.states])

    def columns(self) -> Columns:
        """A row for each rate; empty cells where there is no steady state."""
        names = ("v_mV", "na_in_mM", "k_in_mM", "cl_in_mM", "q_A_m2")
        found = {name: np.array([getattr(s, name) for s in self.states]) for name in names}
        bounds = [math.nan if s.bound is None else s.bound.efficiency for s in self.states]
        return {
            "rate_A_m2": self.rates_A_m2,
            "steady": self.steady,
            **found,
            "wall_pressure_kPa": np.array([s.pressure_kPa for s in self.states]),
            "efficiency": np.array(bounds),
        }

    def record(self) -> dict[str, Any]:
        """The table with the reasons, and the inputs of the first state."""
        first = self.states[0].record()
        shared: tuple[str, ...] = ("outside_mM", "temperature_K", "kcc2_S_m2")
        shared += ("conductance_S_m2", "permeability_m_s", "law", "phosphates")
        shared += ("impermeant_mM", "impermeant_z", "bath_impermeant_mM")
        reasons = [state.reason for state in self.states]
        return {**self.columns(), "reason": reasons, **{key: first[key] for key in shared}}

    def lines(self) -> list[str]:
        """The rates with their states."""
        rows = [(f"{s.law.rate_A_m2:.4g}", fixed(s.v_mV), *self._numbers(s)) for s in self.states]
        ions = tuple(f"{ion}_in mM" for ion in self.states[0].inside_mM)
        said = [
            f"pump: {self.law.kind}, rate = {self.rate_symbol}; {self.law.source}",
            "",
            *aligned(("rate A/m²", "V mV", *ions, "cycles A/m²", "state"), rows),
        ]
        for reason in dict.fromkeys(s.reason for s in self.states if not s.steady):
            said += ["", f"{NONE}: {reason}"]
        return said

    @property
    def rate_symbol(self) -> str:
        """What the rate is called in the law: q, p, ρ or q_max."""
        return RATE_SYMBOL[self.law.kind]

    def _numbers(self, state: PumpLeak) -> tuple[str, ...]:
        past = state.bound is not None and not state.bound.runs_forward
        word = ("past the bound" if past else "steady") if state.steady else "none"
        cycles = "-" if not state.steady else f"{state.q_A_m2:.4g}"
        return (*(fixed(c, 3) for c in state.inside_mM.values()), cycles, word)

    def draw(self, figure: Figure) -> None:
        """Composition and potential against the rate; where there is no steady state is grey."""
        from selectivity.cell.pump_figures import draw_scan

        draw_scan(figure, self)
