"""A voltage trace of the space-clamped axon, with gates, currents, sodium load and ATP."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.cell.excitable.axon import SquidAxon, ion_currents
from selectivity.cell.excitable.cost import SODIUM_PER_ATP, SpikeCost, spike_cost
from selectivity.cell.excitable.integrate import C_M2, MILLI, Solution, integrate
from selectivity.cell.excitable.rates import Array
from selectivity.cell.excitable.spikes import LEVEL_V, Spike, find_spikes, peaks
from selectivity.cell.excitable.stimulus import Stimulus
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import kelvin
from selectivity.units import AVOGADRO, FARADAY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SAMPLES_AT_MOST = 5_000_000


@dataclass(frozen=True, eq=False)
class SpikeTrace(Result):
    """Space-clamped axon under a stimulus.

    Arrays of shape (n,) at ``time_ms``; at an edge of the stimulus a time stands twice, before and
    after. Currents in A/m², outward positive, the stimulus inward positive;
    ``na_load_mol_m2`` is the sodium that has entered above the resting inflow since the start.
    ``rest_mV`` is V at the start, ``peak_mV`` the highest anywhere; ``level_mV`` the potential
    above which an excursion is a spike.
    """

    axon: SquidAxon
    stimulus: Stimulus
    time_ms: Array
    v_mV: Array
    m: Array
    h: Array
    n: Array
    i_na_A_m2: Array
    i_k_A_m2: Array
    i_leak_A_m2: Array
    stimulus_A_m2: Array
    na_load_mol_m2: Array
    charge_na_C_m2: Array
    charge_k_C_m2: Array
    charge_leak_C_m2: Array
    spikes: tuple[Spike, ...]
    peak_mV: float
    level_mV: float
    tolerance: float

    @property
    def rest_mV(self) -> float:  # noqa: N802
        """Potential at the start."""
        return float(self.v_mV[0])

    @property
    def atp_um2(self) -> Array:
        """ATP (molecules/µm²) that pumps the sodium load so far out again."""
        return self.na_load_mol_m2 * AVOGADRO * 1e-12 / SODIUM_PER_ATP

    def cost(self, from_s: float = 0.0, to_s: float | None = None) -> SpikeCost:
        """Cost per spike over a window, the whole trace without one.

        The trace should run on until the membrane is at rest again: 20 ms at 6.3 °C.

        Raises
        ------
        InputError
            No spike in the window, or a window that is not in the trace.
        """
        last = MILLI * float(self.time_ms[-1])
        end = last if to_s is None else checks.scalar(to_s, "to_s")
        if not 0.0 <= from_s < end <= last * (1.0 + 1e-12):
            raise InputError("from_s, to_s", (from_s, end), f"lie in the trace, 0 to {last:g} s")
        inside = [s for s in self.spikes if 1e3 * from_s <= s.peak_ms <= 1e3 * end]
        if not inside:
            remedy = "give a stronger stimulus or another window"
            raise InputError("trace", f"{from_s:g} to {end:g} s", "holds a spike", remedy)
        ends = np.array([from_s, end]) / MILLI
        moved = [
            float(np.diff(np.interp(ends, self.time_ms, charge))[0])
            for charge in (self.charge_na_C_m2, self.charge_k_C_m2)
        ]
        peak = sum(s.peak_mV for s in inside) / len(inside)
        least = self.axon.capacitance_F_m2 * MILLI * (peak - self.rest_mV)
        at_rest = (float(self.i_na_A_m2[0]), float(self.i_k_A_m2[0]))
        return spike_cost((moved[0], moved[1]), at_rest, (from_s, end), least, len(inside))

    def columns(self) -> Columns:
        """Every array by its name."""
        return {
            "time_ms": self.time_ms,
            "v_mV": self.v_mV,
            "m": self.m,
            "h": self.h,
            "n": self.n,
            "i_na_A_m2": self.i_na_A_m2,
            "i_k_A_m2": self.i_k_A_m2,
            "i_leak_A_m2": self.i_leak_A_m2,
            "stimulus_A_m2": self.stimulus_A_m2,
            "na_load_mol_m2": self.na_load_mol_m2,
            "atp_um2": self.atp_um2,
        }

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        cost = self.cost() if self.spikes else None
        axon = self.axon
        inside = None if cost is None else cost.for_axon(axon.radius_m, 1e-3).as_dict()
        return {
            "axon": axon.as_dict(),
            "stimulus": self.stimulus.as_dict(),
            "tolerance": self.tolerance,
            "rest_mV": self.rest_mV,
            "peak_mV": self.peak_mV,
            "level_mV": self.level_mV,
            "spikes": [spike.as_dict() for spike in self.spikes],
            "cost": None if cost is None else cost.as_dict(),
            "axon_cost": inside,
            **self.columns(),
        }

    def lines(self) -> list[str]:
        """Rest, spikes and cost."""
        axon = self.axon
        said = [
            f"squid axon (Hodgkin & Huxley 1952), space clamp, {kelvin(axon.temperature_K)}, "
            f"E_leak = {1e3 * axon.e_leak_V:g} mV",
            f"starts at {self.rest_mV:.3f} mV; highest {self.peak_mV:.3f} mV",
        ]
        if not self.spikes:
            return [*said, f"no spike: V has no maximum of its own above {self.level_mV:g} mV"]
        said.append(f"spikes: {len(self.spikes)} (V above {self.level_mV:g} mV)")
        said += [
            f"  peak {spike.peak_mV:.3f} mV at {spike.peak_ms:.3f} ms, {spike.width_ms:.4f} ms "
            f"wide at half height ({spike.half_height_mV:.2f} mV), "
            f"trough {spike.trough_mV:.2f} mV"
            for spike in self.spikes[:5]
        ]
        if len(self.spikes) > 5:
            said.append(f"  and {len(self.spikes) - 5} more")
        cost = self.cost()
        inside = cost.for_axon(axon.radius_m, 1e-3)
        return [
            *said,
            *cost.lines(),
            f"1 mm of axon of {inside.radius_um:g} µm radius: {inside.na_ions:.3e} Na+ in, "
            f"{inside.atp:.3e} ATP; Na inside rises by {inside.na_in_change_mM:.3e} mM, "
            f"K changes by {inside.k_in_change_mM:.3e} mM",
        ]

    def draw(self, figure: Figure) -> None:
        """Potential, gates, currents, sodium load with its ATP, one above the other."""
        from selectivity.cell.excitable.figures import draw_trace

        draw_trace(figure, self)


def space_clamp(
    axon: SquidAxon,
    stimulus: Stimulus,
    duration_s: float,
    dt_s: float = 1e-5,
    tolerance: float = 1e-10,
    level_V: float = LEVEL_V,
) -> SpikeTrace:
    """Voltage trace of the membrane under ``stimulus``.

    Starts at the steady state under the stimulus' held current (at rest without one).

    Parameters
    ----------
    duration_s, dt_s : float
        Length of the trace and distance of its samples.
    tolerance : float
        Relative and absolute tolerance of the integration on scaled states.
    level_V : float
        Potential above which an excursion counts as a spike.

    Raises
    ------
    InputError
        A duration, distance or tolerance that is not above 0, or too many samples.
    """
    length, dt = checks.positive(duration_s, "duration_s"), checks.positive(dt_s, "dt_s")
    if length / dt > SAMPLES_AT_MOST:
        rule = f"is at most {SAMPLES_AT_MOST:,} samples of {dt:g} s"
        raise InputError("duration_s", length, rule, "take a shorter trace or a longer dt_s")
    tol = checked_tolerance(tolerance)
    level = checks.scalar(level_V, "level_V")
    return _trace(axon, stimulus, integrate(axon, stimulus, length, dt, tol), level, tol)


def checked_tolerance(value: float) -> float:
    """A tolerance that double precision can hold.

    Raises
    ------
    InputError
        Outside 1e-13 to 1e-3.
    """
    tol = checks.positive(value, "tolerance")
    if not 1e-13 <= tol <= 1e-3:
        raise InputError("tolerance", tol, "lies between 1e-13 and 1e-3", "1e-10 is the default")
    return tol


def _trace(
    axon: SquidAxon, stimulus: Stimulus, found: Solution, level: float, tol: float
) -> SpikeTrace:
    v, (m, h, n) = MILLI * found.y[:, 0], found.y[:, 1:4].T
    na, k, leak = ion_currents(axon, v, m, h, n)
    charges = C_M2 * found.y[:, 4:7].T
    tops = [value for _, value in peaks(found.t_s, v, found.slope_V_s, edges=True)]
    inflow = (float(na[0]) * found.t_s - charges[0]) / FARADAY
    return SpikeTrace(
        axon=axon,
        stimulus=stimulus,
        time_ms=found.t_s / MILLI,
        v_mV=found.y[:, 0],
        m=m,
        h=h,
        n=n,
        i_na_A_m2=na,
        i_k_A_m2=k,
        i_leak_A_m2=leak,
        stimulus_A_m2=found.stimulus_A_m2,
        na_load_mol_m2=inflow,
        charge_na_C_m2=charges[0],
        charge_k_C_m2=charges[1],
        charge_leak_C_m2=charges[2],
        spikes=find_spikes(found.t_s, v, found.slope_V_s, level),
        peak_mV=1e3 * max(float(v.max()), *tops, -math.inf),
        level_mV=1e3 * level,
        tolerance=tol,
    )
