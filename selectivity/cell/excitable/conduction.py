"""Conduction along an axon: velocity between two interior points, the mesh, sodium and ATP."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.cell.excitable.axon import SquidAxon, ion_currents, resting_potential
from selectivity.cell.excitable.cable import (
    Cable,
    CableStates,
    Progress,
    integrate_cable,
    length_constant,
    make_cable,
)
from selectivity.cell.excitable.cost import SpikeCost, spike_cost
from selectivity.cell.excitable.integrate import MILLI
from selectivity.cell.excitable.rates import Array
from selectivity.cell.excitable.spikes import Spike, crossings, find_spikes
from selectivity.cell.excitable.trace import checked_tolerance
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import kelvin

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STATIONS = (0.4, 0.55, 0.7)
"""Where along the cable the spike is timed, in shares of its length."""
LEVEL_V = -0.02
TOLERANCE = 1e-7
DT_S = 2e-5
AFTER_S = (8e-3, 25e-3)
LONGEST_S = 1.0
DIED_OUT_V = 5e-3
BACK_V = 1e-4


@dataclass(frozen=True, eq=False)
class ConductedSpike(Result):
    """A spike on a cable.

    ``v_mV`` shape (t, x) over ``time_ms`` (t,) and ``x_mm`` (x,). ``velocity_m_s`` between the
    first and the last of ``stations_mm``; ``unsteady`` the relative difference between the
    velocities of its two halves. ``spike`` and ``cost`` at the middle station (cost None where it
    was not back at rest). nan and None where the spike did not arrive.
    """

    cable: Cable
    tolerance: float
    time_ms: Array
    x_mm: Array
    v_mV: Array
    stations_mm: tuple[float, ...]
    arrivals_ms: tuple[float, ...]
    velocity_m_s: float
    unsteady: float
    spike: Spike | None
    cost: SpikeCost | None

    @property
    def axon(self) -> SquidAxon:
        """The membrane."""
        return self.cable.axon

    @property
    def conducted(self) -> bool:
        """Whether the spike arrived at every station."""
        return math.isfinite(self.velocity_m_s)

    def lines(self) -> list[str]:
        """Velocity, the spike on its way, and what it costs along a millimetre."""
        cable, axon = self.cable, self.axon
        said = [
            f"squid axon (Hodgkin & Huxley 1952), cable, {kelvin(axon.temperature_K)}, radius "
            f"{1e6 * axon.radius_m:g} µm, R_i {100.0 * axon.axial_resistivity_ohm_m:g} ohm cm",
            f"{1e3 * cable.length_m:.4g} mm in {cable.nodes} compartments, fired at its end by "
            f"{1e6 * cable.stimulus_A:.4g} µA for {1e3 * cable.stimulus_s:.4g} ms; length constant "
            f"at rest {1e3 * length_constant(axon):.3f} mm",
        ]
        if not self.conducted:
            heard = sum(math.isfinite(t) for t in self.arrivals_ms)
            return [*said, f"not conducted: the spike passes {heard} of {len(STATIONS)} stations"]
        where = f"{self.stations_mm[0]:.4g} and {self.stations_mm[-1]:.4g} mm"
        said.append(
            f"velocity between {where}: {self.velocity_m_s:.4f} m/s (its halves differ by "
            f"{abs(self.unsteady):.1e})"
        )
        assert self.spike is not None
        said.append(
            f"on its way: peak {self.spike.peak_mV:.2f} mV, {self.spike.width_ms:.4f} ms wide at "
            f"half height, {self.velocity_m_s * self.spike.width_ms:.1f} mm long"
        )
        if self.cost is not None:
            inside = self.cost.for_axon(axon.radius_m, 1e-3)
            said += [
                *self.cost.lines(),
                f"1 mm of axon: {inside.na_ions:.3e} Na+ in, {inside.atp:.3e} ATP; Na inside rises "
                f"by {inside.na_in_change_mM:.3e} mM, K changes by {inside.k_in_change_mM:.3e} mM",
            ]
        return said

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs; V(x, t) is left to the table."""
        cable, axon = self.cable, self.axon
        return {
            "axon": axon.as_dict(),
            "radius_um": 1e6 * axon.radius_m,
            "axial_resistivity_ohm_cm": 100.0 * axon.axial_resistivity_ohm_m,
            "length_mm": 1e3 * cable.length_m,
            "nodes": cable.nodes,
            "stimulus_uA": 1e6 * cable.stimulus_A,
            "stimulus_ms": 1e3 * cable.stimulus_s,
            "tolerance": self.tolerance,
            "conducted": self.conducted,
            "velocity_m_s": self.velocity_m_s,
            "unsteady": self.unsteady,
            "stations_mm": list(self.stations_mm),
            "arrivals_ms": list(self.arrivals_ms),
            "spike": None if self.spike is None else self.spike.as_dict(),
            "cost": None if self.cost is None else self.cost.as_dict(),
            "axon_cost": None
            if self.cost is None
            else self.cost.for_axon(axon.radius_m, 1e-3).as_dict(),
        }

    def columns(self) -> Columns:
        """Times, and V at ten places along the cable."""
        places = np.unique(np.linspace(0, self.x_mm.size - 1, 11).round().astype(int))
        return {
            "time_ms": self.time_ms,
            **{f"v_at_{self.x_mm[i]:.4g}_mm_mV": self.v_mV[:, i] for i in places},
        }

    def draw(self, figure: Figure) -> None:
        """V over place and time, and V against time at the stations."""
        from selectivity.cell.excitable.figures import draw_conduction

        draw_conduction(figure, self)


def conduct(
    cable: Cable,
    tolerance: float = TOLERANCE,
    duration_s: float | None = None,
    progress: Progress | None = None,
) -> ConductedSpike:
    """Fire ``cable`` at its end and time the spike at three interior stations.

    Parameters
    ----------
    cable : Cable
        For example of :func:`selectivity.cell.excitable.make_cable`.
    tolerance : float
        Of the integration, relative and absolute (mV).
    duration_s : float, optional
        Without it until 8 ms and 25 ms/φ after the spike has passed the last station, or until it
        has died out.
    progress : callable, optional
        Called with the share of the way, 0 to 1.

    Raises
    ------
    InputError
        A tolerance or duration outside its range.
    """
    tol = checked_tolerance(tolerance)
    limit = LONGEST_S if duration_s is None else checks.positive(duration_s, "duration_s")
    if limit <= cable.stimulus_s:
        raise InputError("duration_s", limit, "is longer than the stimulus")
    if limit > LONGEST_S:
        raise InputError("duration_s", limit, f"is at most {LONGEST_S:g} s")
    places = [min(cable.nodes - 1, round(share * cable.nodes)) for share in STATIONS]
    after = AFTER_S[0] + AFTER_S[1] / max(1.0, cable.axon.phi)
    tell = progress or (lambda share: None)

    rest = resting_potential(cable.axon)
    passed = math.inf

    def finished(t: Array, v: Array) -> bool:
        nonlocal passed
        high = MILLI * v > LEVEL_V
        reached = np.flatnonzero(high.any(axis=0))
        if reached.size:
            tell(min(1.0, float(reached.max() + 1) / cable.nodes))
        at_last = np.flatnonzero(high[:, places[-1]])
        if at_last.size:
            passed = min(passed, float(t[at_last[0]]))
        died = MILLI * v[-1].max() < rest + DIED_OUT_V and t[-1] > cable.stimulus_s + 0.2 * after
        return bool(t[-1] > passed + after or (died and not math.isfinite(passed)))

    stop = finished if duration_s is None else None
    dt = DT_S / max(1.0, cable.axon.phi / 4.0)
    direct = None if stop is not None else progress
    states = integrate_cable(cable, limit, dt, tol, stop, direct)
    tell(1.0)
    return _measured(cable, tol, states, places)


def _measured(
    cable: Cable, tol: float, states: CableStates, places: Sequence[int]
) -> ConductedSpike:
    v = MILLI * states.y[:, :, 0]
    arrivals = []
    for i in places:
        ups = [t for t, up in crossings(states.t_s, v[:, i], states.slope_V_s[:, i], LEVEL_V) if up]
        arrivals.append(ups[0] if ups else math.nan)
    x = cable.x_m[list(places)]
    halves = np.diff(x) / np.diff(arrivals)
    velocity = float((x[-1] - x[0]) / (arrivals[-1] - arrivals[0]))
    spike = cost = None
    if math.isfinite(velocity):
        here = places[1]
        spikes = find_spikes(states.t_s, v[:, here], states.slope_V_s[:, here], LEVEL_V)
        spike = spikes[0] if spikes else None
        if spike is not None and abs(v[-1, here] - v[0, here]) < BACK_V:
            cost = _cost(cable, states, here, spike)
    return ConductedSpike(
        cable=cable,
        tolerance=tol,
        time_ms=states.t_s / MILLI,
        x_mm=cable.x_m / MILLI,
        v_mV=states.y[:, :, 0],
        stations_mm=tuple(float(1e3 * place) for place in x),
        arrivals_ms=tuple(1e3 * t for t in arrivals),
        velocity_m_s=velocity,
        unsteady=float(halves[1] / halves[0] - 1.0),
        spike=spike,
        cost=cost,
    )


def _cost(cable: Cable, states: CableStates, here: int, spike: Spike) -> SpikeCost:
    """Cost at one compartment; by trapezia, exact for a pulse that starts and ends at rest."""
    axon = cable.axon
    v, m, h, n = states.y[:, here, :].T
    na, k, _ = ion_currents(axon, MILLI * v, m, h, n)
    moved = tuple(float(np.trapezoid(current, states.t_s)) for current in (na, k))
    least = axon.capacitance_F_m2 * MILLI * (spike.peak_mV - float(v[0]))
    window = (float(states.t_s[0]), float(states.t_s[-1]))
    return spike_cost((moved[0], moved[1]), (float(na[0]), float(k[0])), window, least)


@dataclass(frozen=True, eq=False)
class Velocity(Result):
    """Velocity on finer and finer meshes, and what it extrapolates to.

    ``nodes`` and ``velocity_m_s`` shape (n,), each mesh twice as fine as the one before;
    ``extrapolated_m_s`` = v₂ + (v₂ − v₁)/3 of the last two, for an error that goes as h²;
    ``ratio`` of the last two changes, 4 where it does (nan with two meshes); ``wave_m_s`` of the
    travelling-wave equation, which has no mesh.
    """

    runs: tuple[ConductedSpike, ...]
    nodes: Array
    velocity_m_s: Array
    extrapolated_m_s: float
    ratio: float
    wave_m_s: float

    def lines(self) -> list[str]:
        """The finest run, then the meshes."""
        said = self.runs[-1].lines()
        if not self.runs[-1].conducted:
            return said
        pairs = zip(self.nodes, self.velocity_m_s, strict=True)
        meshes = ", ".join(f"{v:.4f} at {n:.0f}" for n, v in pairs)
        order = f"; changes shrink by {self.ratio:.2f}" if math.isfinite(self.ratio) else ""
        return [
            *said,
            f"m/s by compartments: {meshes}{order}; at h = 0: {self.extrapolated_m_s:.4f} m/s",
            f"travelling-wave equation, without a mesh: {self.wave_m_s:.4f} m/s",
        ]

    def record(self) -> dict[str, Any]:
        """The finest run with the meshes."""
        return {
            **self.runs[-1].record(),
            "mesh_nodes": self.nodes,
            "mesh_velocity_m_s": self.velocity_m_s,
            "extrapolated_m_s": self.extrapolated_m_s,
            "mesh_ratio": self.ratio,
            "wave_m_s": self.wave_m_s,
        }

    def columns(self) -> Columns:
        """The table of the finest run."""
        return self.runs[-1].columns()

    def draw(self, figure: Figure) -> None:
        """The figure of the finest run."""
        self.runs[-1].draw(figure)


def conduction_velocity(
    axon: SquidAxon,
    length_m: float | None = None,
    nodes: Sequence[int] = (140, 280, 560),
    stimulus_A: float | None = None,
    progress: Progress | None = None,
) -> Velocity:
    """Velocity on meshes of ``nodes`` compartments, extrapolated, beside the travelling wave.

    Raises
    ------
    InputError
        Fewer than two meshes, or one that is not twice as fine as the one before.
    """
    from selectivity.cell.excitable.wave import wave_velocity

    counts = list(nodes)
    if len(counts) < 2 or any(b != 2 * a for a, b in pairwise(counts)):
        raise InputError("nodes", counts, "are two or more, each twice the one before")
    total, done = float(sum(counts)), [0.0]
    runs = []
    for count in counts:

        def part(share: float, count: int = count) -> None:
            if progress is not None:
                progress((done[0] + share * count) / total)

        runs.append(conduct(make_cable(axon, length_m, count, stimulus_A), progress=part))
        done[0] += count
    v = np.array([run.velocity_m_s for run in runs])
    change = np.diff(v)
    best = float(v[-1] + change[-1] / 3.0)
    return Velocity(
        runs=tuple(runs),
        nodes=np.array(counts, dtype=float),
        velocity_m_s=v,
        extrapolated_m_s=best,
        ratio=float(change[-2] / change[-1]) if change.size > 1 else math.nan,
        wave_m_s=wave_velocity(axon, best) if math.isfinite(best) else math.nan,
    )
