"""Waters that come, go and jump: numbers and places against closed forms and quadrature."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import trapezoid

from selectivity.engine.arrays import RIGID, ROTATE, TRANSLATE
from selectivity.forcefield.mixing import lennard_jones_ab, pair_parameters
from selectivity.geometry.confinement import (
    FileWalls,
    Funnel,
    SphereWall,
    file_energy,
    funnel_energy,
)
from selectivity.sampling.streams import stream
from selectivity.units import kcal
from selectivity.validation.context import Arrays, Context
from selectivity.validation.sections.moves import (
    Sampled,
    distribution,
    pictures,
    sampled,
    uniform,
)
from selectivity.validation.small import Run
from selectivity.validation.statistics import Counts, Density
from selectivity.validation.water import (
    BETA,
    FF,
    SEVERAL,
    UNCHARGED,
    WEAK,
    Ion,
    Pool,
    about_ion,
    any_water,
    count,
    flask,
    over_cylinder,
    poisson,
    shared,
    watch,
)

__all__ = ["CASES", "distribution", "pictures", "sample", "uniform"]

ORIGIN = (0.0, 0.0, 0.0)
MOVES = [(TRANSLATE, 0), (RIGID, 0), (ROTATE, 0)]


@dataclass(frozen=True)
class WaterCase:
    """A flask, what is looked at after ``trials`` exchanges and ``sweeps`` other moves, and p."""

    make: Callable[[np.random.Generator], Run]
    observe: Callable[[Run], tuple[float, ...]]
    exact: Callable[[], tuple[Density | Counts, ...]]
    trials: int
    sweeps: int = 0


def ideal_waters() -> WaterCase:
    """Ideal waters in a cylinder with a reservoir: p(N) ∝ (zV)^N/N!, nine places."""
    mean, volume = 2.5, math.pi * 1.3**2 * 3.0
    pool = Pool(9, (-1.0, 2.0), 1.3, math.log(mean / volume))
    return WaterCase(
        lambda rng: flask([pool], trials=SEVERAL, seed=rng),
        lambda run: (float(count(run)),),
        lambda: (Counts("number", poisson(mean, 9)),),
        12,
    )


def weak_ion(sweeps: int = 0) -> WaterCase:
    """One water at most about a weak ion: half of the time, by the choice of the activity."""
    empty = Pool(1, (-3.5, 4.5), 4.2)
    r, density = about_ion(empty, FF.water, WEAK)
    pool = dataclasses.replace(empty, log_activity=-math.log(trapezoid(density, r)))

    def make(rng: np.random.Generator) -> Run:
        run = flask(
            [pool], [Ion(WEAK, ORIGIN)], FF.water, guard=True, trials=(6, 4), movers=MOVES, seed=rng
        )
        run.window.step[TRANSLATE] = 0.6
        return run

    def observe(run: Run) -> tuple[float, ...]:
        far = float(np.linalg.norm(any_water(run)[0]))
        return float(math.isfinite(far)), far

    return WaterCase(
        make,
        observe,
        lambda: (
            Counts("occupancy", np.array([0.5, 0.5])),
            Density("distance", r, np.log(np.maximum(density, 1e-300))),
        ),
        20,
        sweeps,
    )


def two_waters() -> WaterCase:
    """None, one or two waters that meet by Lennard-Jones in a harmonic well.

    With E = ½k r² for each, centre and distance d are independent:
    ∫∫ = (2π/βk)^{3/2} · (βk/4π)^{3/2} (2π/βk)^{3/2} ∫exp(−β[¼k d² + u(d)]) 4πd² dd.
    """
    k = 2.0
    one = (2.0 * math.pi / (BETA * k)) ** 1.5
    d = np.linspace(0.5, 15.0, 8001)
    A, B = lennard_jones_ab(*pair_parameters(UNCHARGED.sites[0], UNCHARGED.sites[0]))
    log_p = 2.0 * np.log(d) - BETA * (0.25 * k * d**2 + A / d**12 - B / d**6)
    integral = trapezoid(4.0 * math.pi * np.exp(log_p), d)
    two = one**2 * (BETA * k / (4.0 * math.pi)) ** 1.5 * integral
    z = math.sqrt(2.0 / two)
    p = np.array([1.0, z * one, 0.5 * z * z * two])
    pool = Pool(2, (-6.5, 6.5), 6.5, math.log(z), SphereWall(0.0, k))
    movers = [(TRANSLATE, 0), (TRANSLATE, 1), (RIGID, 1)]

    def make(rng: np.random.Generator) -> Run:
        run = flask([pool], water=UNCHARGED, guard=True, movers=movers, seed=rng)
        run.window.step[TRANSLATE] = 1.5
        return run

    def observe(run: Run) -> tuple[float, ...]:
        r, n = run.state.r, count(run)
        return float(n), float(np.linalg.norm(r[0, 0] - r[1, 0])) if n == 2 else math.nan

    exact = (Counts("number", p / p.sum()), Density("distance of two", d, log_p))
    return WaterCase(make, observe, lambda: exact, 30, 10)


FILE = FileWalls(-1.5, 1.0, kcal(2.0), 0.8, 1.0)
FUNNEL = Funnel(2.5, 1, 1.0, 0.8, 1.5, kcal(1.5))


def jumps_between_wells() -> WaterCase:
    """Five ideal waters share a file and a funnel by jumps alone: binomial by their integrals."""
    a = Pool(5, (-2.5, 2.0), 1.8, wall=FILE)
    b = Pool(5, (1.8, 5.0), 3.0, wall=FUNNEL)
    weights = [
        over_cylinder(a, lambda x: np.exp(-BETA * file_energy(FILE, x))),
        over_cylinder(b, lambda x: np.exp(-BETA * funnel_energy(FUNNEL, x))),
    ]
    start = [[(0.0, 0.0, 0.1 * i) for i in range(2)], [(0.0, 0.0, 3.4 + 0.1 * i) for i in range(3)]]
    return WaterCase(
        lambda rng: flask([a, b], start=start, seed=rng),
        lambda run: (float(count(run, 0)),),
        lambda: (Counts("number in the file", shared(weights, 5, [5, 5]).sum(axis=1)),),
        10,
    )


def jumps_about_ion() -> WaterCase:
    """One water in two regions about a weak ion: p_a/p_b = ∫_a exp(−βu)/∫_b exp(−βu)."""
    a, b = Pool(1, (1.9, 3.9), 1.5, in_file=True), Pool(2, (-6.0, -1.8), 3.0)
    weight = []
    for pool in (a, b):
        r, density = about_ion(pool, FF.water, WEAK)
        weight.append(trapezoid(density, r))
    inside = weight[0] / sum(weight)
    r, density = about_ion(b, FF.water, WEAK)

    def make(rng: np.random.Generator) -> Run:
        ions, start = [Ion(WEAK, ORIGIN)], [[(0.0, 0.0, 2.9)]]
        return flask([a, b], ions, FF.water, guard=True, start=start, seed=rng)

    def observe(run: Run) -> tuple[float, ...]:
        return float(count(run, 0)), float(np.linalg.norm(any_water(run, 1)[0]))

    exact = (
        Counts("in the file", np.array([1.0 - inside, inside])),
        Density("distance outside", r, np.log(np.maximum(density, 1e-300))),
    )
    return WaterCase(make, observe, lambda: exact, 20)


CASES: dict[str, Callable[[], WaterCase]] = {
    "come and go: ideal": ideal_waters,
    "come and go: weak ion": weak_ion,
    "come and go: all moves": lambda: weak_ion(6),
    "come and go: two waters": two_waters,
    "jump: file and funnel": jumps_between_wells,
    "jump: about a weak ion": jumps_about_ion,
}


def sample(context: Context) -> Sampled:
    """Many short independent runs of one case."""
    s = context.settings
    case = CASES[s["case"]]()

    def one(seed: int) -> Arrays:
        rng = stream(context.seed, f"water {s['case']}", seed, 0)
        run = case.make(rng)
        return {"series": watch(run, s["records"], case.trials, case.observe, case.sweeps)}

    return sampled(context, one, case.exact)
