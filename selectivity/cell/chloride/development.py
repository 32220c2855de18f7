"""The developmental shift of chloride as a run: KCC2 rises and NKCC1 falls over days.

The pump-leak neuron (:mod:`selectivity.cell.volume.neuron`) is followed in time with both rate
constants on ramps. It relaxes within hours and the ramps take days, so that it stays beside the
closed-form steady state of the rates of each moment, with which the run is compared. V, the
volume and all ions shift along: KCC2 takes out KCl, and water follows.

The neuron has no bicarbonate of its own (its impermeants count for it): the bicarbonate that enters
E_GABA is an input. The shipped course is illustrative where its file says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from selectivity.cell.cell_presets import CellPreset, cell_preset
from selectivity.cell.chloride.reversal import gaba_reversal
from selectivity.cell.dynamics import CellRun, Event, integrate
from selectivity.cell.volume.neuron import PumpLeakNeuron, at_rest
from selectivity.cell.volume.published import pump_leak_neuron
from selectivity.cell.volume.rest import volume_rest
from selectivity.errors import InputError
from selectivity.membrane import checks, preset
from selectivity.membrane.result import Columns, Result
from selectivity.units import ELEMENTARY_CHARGE, FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

COURSE = "chloride_development"
DAY_S = 86400.0
ROWS_PER_DAY = 8
CHECKS = 26
_US_CM2 = 1e-2  # S/m²


@dataclass(frozen=True)
class Course:
    """Rate constant of one transporter: flat, then even from one value to another, then flat.

    Raises
    ------
    InputError
        A negative rate, or days that do not rise from zero or later.
    """

    start_S_m2: float
    end_S_m2: float
    from_day: float
    to_day: float

    def __post_init__(self) -> None:
        for place in ("start_S_m2", "end_S_m2", "from_day"):
            checks.nonnegative(checks.scalar(getattr(self, place), place), place)
        if not self.from_day < checks.scalar(self.to_day, "to_day"):
            raise InputError("to_day", self.to_day, f"is later than from_day, {self.from_day:g}")

    def at(self, day: Any) -> Any:
        """The rate constant at an age in days (S/m²), of any shape."""
        ends = [self.from_day, self.to_day]
        return np.interp(day, ends, [self.start_S_m2, self.end_S_m2])

    def event(self, name: str) -> Event:
        """The ramp as an event on the field ``name`` of a model."""
        times = self.from_day * DAY_S, self.to_day * DAY_S
        return Event("parameter", *times, self.end_S_m2, name, "ramp")


class Bicarbonate(NamedTuple):
    """Bicarbonate on both sides (mM) and P_HCO3/P_Cl of GABA-A receptors."""

    in_mM: float
    out_mM: float
    p_hco3: float


@dataclass(frozen=True)
class Maturation:
    """What changes, over how many days; ``verified`` is False where a number is illustrative."""

    kcc2: Course
    nkcc1: Course
    days: float
    bicarbonate: Bicarbonate
    neuron: PumpLeakNeuron
    source: tuple[str, ...] = ()
    verified: bool | None = None

    def __post_init__(self) -> None:
        checks.positive(self.days, "days")
        for place, value in self.bicarbonate._asdict().items():
            checks.nonnegative(value, f"bicarbonate.{place}")


def maturation(name: str = COURSE) -> Maturation:
    """The shipped course of the shift.

    Raises
    ------
    InputError
        Unknown preset, or one of another kind.
    """
    found = cell_preset(name)
    if found.model != COURSE:
        raise InputError("preset", name, "is a course of development", f"known: {COURSE}")
    receptor = preset(str(found["bicarbonate"]["as_in"]))
    ratio = receptor.permeability["HCO3"] / receptor.permeability["Cl"]
    return Maturation(
        kcc2=_course(found, "kcc2"),
        nkcc1=_course(found, "nkcc1"),
        days=float(found["run"]["days"]),
        bicarbonate=Bicarbonate(receptor.inside["HCO3"], receptor.outside["HCO3"], ratio),
        neuron=pump_leak_neuron(cell_preset(str(found["neuron"]["as_in"]))),
        source=tuple(f"{s.name}: {s.cited}" for s in found.sections.values()),
        verified=all(section.verified for section in found.sections.values()),
    )


def _course(found: CellPreset, name: str) -> Course:
    part = found[name]
    first, last = (_US_CM2 * part[key] for key in ("start_uS_cm2", "end_uS_cm2"))
    return Course(first, last, part["from_day"], part["to_day"])


class QuasiSteady(NamedTuple):
    """Largest distance of the run from the closed form at the rates of the moment."""

    v_mV: float
    e_cl_mV: float
    volume_percent: float
    ages: int


@dataclass(frozen=True, eq=False)
class ChlorideDevelopment(Result):
    """The shift: ``run`` with its ledger, and what GABA does along it.

    ``table`` are columns over age; ``gaba_switch_days`` the ages at which E_GABA crosses V,
    ``cl_switch_days`` those at which E_Cl does; ``quasi_steady`` the distance from the closed form.
    """

    course: Maturation
    run: CellRun
    table: Mapping[str, Array]
    gaba_switch_days: tuple[float, ...]
    cl_switch_days: tuple[float, ...]
    quasi_steady: QuasiSteady

    def lines(self) -> list[str]:
        """The shift in words."""
        out = list(self.course.source)
        for name, c in (("KCC2", self.course.kcc2), ("NKCC1", self.course.nkcc1)):
            rates = f"{c.start_S_m2:g} to {c.end_S_m2:g} S/m²"
            out.append(f"{name}: {rates}, day {c.from_day:g} to {c.to_day:g}")
        b = self.course.bicarbonate
        out += [f"HCO3 {b.in_mM:g}/{b.out_mM:g} mM, P_HCO3/P_Cl = {b.p_hco3:g}", ""]
        rows = ("age_days", "v_mV", "e_cl_mV", "e_gaba_mV", "cl_in_mM", "w_um3", "atp_s")
        out.append("  ".join(f"{name:>10}" for name in rows))
        ages = np.linspace(0.0, self.course.days, 6)
        for age in ages:
            row = int(np.abs(self.table["age_days"] - age).argmin())
            out.append("  ".join(f"{self.table[name][row]:10.4g}" for name in rows))
        out += ["", *self._switches(), ""]
        q = self.quasi_steady
        out.append(
            f"apart from the closed form at {q.ages} ages by {q.v_mV:.2g} mV (V), "
            f"{q.e_cl_mV:.2g} mV (E_Cl), {q.volume_percent:.2g} % (volume) at most"
        )
        return out + self.run.ledger.lines()

    def _switches(self) -> list[str]:
        start = self.table["driving_force_mV"][0]
        said = "depolarises" if start < 0.0 else "hyperpolarises"
        if not self.gaba_switch_days:
            return [f"GABA {said} at every age"]
        days = ", ".join(f"{day:.2f}" for day in self.gaba_switch_days)
        own = ", ".join(f"{day:.2f}" for day in self.cl_switch_days) or "never"
        return [f"GABA {said} at first and turns round on day {days}", f"E_Cl crosses V: day {own}"]

    def record(self) -> dict[str, Any]:
        """The shift with its inputs."""
        return {
            "source": list(self.course.source),
            "verified": self.course.verified,
            "kcc2": asdict(self.course.kcc2),
            "nkcc1": asdict(self.course.nkcc1),
            "days": self.course.days,
            "bicarbonate": self.course.bicarbonate._asdict(),
            "neuron": self.course.neuron.record(),
            "gaba_switch_days": list(self.gaba_switch_days),
            "cl_switch_days": list(self.cl_switch_days),
            "quasi_steady": self.quasi_steady._asdict(),
            "ledger": self.run.ledger.record(),
            "table": dict(self.table),
        }

    def columns(self) -> Columns:
        """The table over age."""
        return dict(self.table)

    def draw(self, figure: Figure) -> None:
        """Rates, potentials, chloride and volume along development."""
        from selectivity.cell.chloride.figures import draw_development

        draw_development(self, figure)


def chloride_development(
    course: Maturation | None = None, progress: Callable[[float], None] | None = None
) -> ChlorideDevelopment:
    """Follow a neuron through the shift (module docstring).

    Parameters
    ----------
    course : Maturation, optional
        The shipped one without it (:func:`maturation`).
    progress : callable, optional
        Called with the share of the run that is done.

    Raises
    ------
    InputError
        No steady state to start from, or a number outside its range.
    ConservationError, NotConvergedError
        As :func:`selectivity.cell.dynamics.integrate`.
    """
    given = maturation() if course is None else course
    young = at_rest(_aged(given, 0.0))
    events = [given.kcc2.event("g_kcc2_S_m2"), given.nkcc1.event("g_nkcc1_S_m2")]
    end, step = given.days * DAY_S, DAY_S / ROWS_PER_DAY
    run = integrate(young, events, end, dt_out_s=step, progress=progress)
    table = _table(given, run)
    return ChlorideDevelopment(
        course=given,
        run=run,
        table=table,
        gaba_switch_days=_crossings(table["age_days"], table["driving_force_mV"]),
        cl_switch_days=_crossings(table["age_days"], table["v_mV"] - table["e_cl_mV"]),
        quasi_steady=_quasi_steady(given, table),
    )


def _aged(course: Maturation, day: float) -> PumpLeakNeuron:
    kcc2, nkcc1 = float(course.kcc2.at(day)), float(course.nkcc1.at(day))
    return replace(course.neuron, g_kcc2_S_m2=kcc2, g_nkcc1_S_m2=nkcc1)


def _table(course: Maturation, run: CellRun) -> dict[str, Array]:
    b, own = course.bicarbonate, course.neuron
    kelvin = own.rt_over_f_V * FARADAY / GAS_CONSTANT
    cl_in, cl_out = run.table["cl_in_mM"], run.table["cl_out_mM"]
    e_gaba = 1e3 * gaba_reversal(cl_in, cl_out, b.in_mM, b.out_mM, b.p_hco3, kelvin)
    amperes = 1e-12 * run.table["pump_A_m2"] * run.table["area_um2"]
    kept = ("v_mV", "e_cl_mV", "e_k_mV", "cl_in_mM", "na_in_mM", "k_in_mM", "w_um3")
    return {
        "age_days": run.t_s / DAY_S,
        "g_kcc2_S_m2": run.table["g_kcc2_S_m2"],
        "g_nkcc1_S_m2": run.table["g_nkcc1_S_m2"],
        **{name: run.table[name] for name in kept},
        "e_gaba_mV": np.asarray(e_gaba),
        "driving_force_mV": run.table["v_mV"] - e_gaba,
        "atp_s": amperes / ELEMENTARY_CHARGE,
    }


def _crossings(days: Array, values: Array) -> tuple[float, ...]:
    """Ages at which ``values`` change sign, between rows by a straight line."""
    turns = np.flatnonzero(np.signbit(values[1:]) != np.signbit(values[:-1]))
    share = values[turns] / (values[turns] - values[turns + 1])
    found: list[float] = (days[turns] + share * (days[turns + 1] - days[turns])).tolist()
    return tuple(found)


def _quasi_steady(course: Maturation, table: Mapping[str, Array]) -> QuasiSteady:
    """Distances from the closed form at rows evenly apart; nan where there is no steady state."""
    picked = np.unique(np.linspace(0, table["age_days"].size - 1, CHECKS).astype(int))
    apart = []
    for row in picked:
        rest = volume_rest(_aged(course, float(table["age_days"][row])))
        if not rest.steady:
            return QuasiSteady(math.nan, math.nan, math.nan, len(picked))
        apart.append(
            (
                table["v_mV"][row] - rest.v_mV,
                table["e_cl_mV"][row] - rest.e_cl_mV,
                100.0 * (table["w_um3"][row] / rest.w_um3 - 1.0),
            )
        )
    most = np.abs(np.array(apart)).max(axis=0)
    v, e_cl, volume = most.tolist()
    return QuasiSteady(v, e_cl, volume, len(picked))
