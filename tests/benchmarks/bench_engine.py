"""How fast the engine is beside a textbook loop, as ratios taken in one run on one core.

The textbook loop is compiled too (numba), but written the way one writes it first: sites as an
array of structures in float64, one pair after the other, energies before and after every trial.
Run as a script for a table, or with ``pytest -m benchmark``.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numba
import numpy as np
import pytest

from selectivity.engine import arrays, pack, sweep
from selectivity.engine.delta import molecule_row
from selectivity.forcefield.mixing import lj_tables
from selectivity.system.build import build_topology, start
from selectivity.system.spec import DropletSpec
from selectivity.system.topology import Topology
from selectivity.units import COULOMB, rt

REPEATS = 7
FORCE_FIELDS = ("charmm36", "jc-tip3p")  # with and without Lennard-Jones on hydrogen
# In mixed precision; without radii on hydrogen the plain loop skips most of its work too.
TARGETS = {
    ("pair sum", "charmm36"): 12.0,
    ("pair sum", "jc-tip3p"): 9.0,
    ("trial moves", "charmm36"): 4.0,
    ("trial moves", "jc-tip3p"): 4.0,
}


class Plain(NamedTuple):
    """What the textbook loop works on: molecules of at most three sites, one record per site."""

    r: np.ndarray  # (M, 3, 3)
    n_sites: np.ndarray  # (M,)
    charge: np.ndarray  # (M, 3)
    kind: np.ndarray  # (M, 3)
    A: np.ndarray  # (T, T)
    B: np.ndarray  # (T, T)


@numba.njit(nogil=True)
def plain_energy(p, m, trial):
    """Energy of molecule ``m`` at ``trial`` with all others."""
    energy = 0.0
    for n in range(p.r.shape[0]):
        if n == m:
            continue
        for a in range(p.n_sites[m]):
            for b in range(p.n_sites[n]):
                dx = trial[a, 0] - p.r[n, b, 0]
                dy = trial[a, 1] - p.r[n, b, 1]
                dz = trial[a, 2] - p.r[n, b, 2]
                r2 = dx * dx + dy * dy + dz * dz
                energy += COULOMB * p.charge[m, a] * p.charge[n, b] / math.sqrt(r2)
                A = p.A[p.kind[m, a], p.kind[n, b]]
                if A > 0.0:
                    r6 = r2 * r2 * r2
                    energy += A / (r6 * r6) - p.B[p.kind[m, a], p.kind[n, b]] / r6
    return energy


@numba.njit(nogil=True)
def plain_pair_sums(p, n):
    """Energies of ``n`` molecules in turn, each with all others."""
    total = 0.0
    for i in range(n):
        m = i % (p.r.shape[0] - 1)
        total += plain_energy(p, m, p.r[m])
    return total


@numba.njit(nogil=True)
def plain_moves(p, n, beta, radius, wall_k, step, angle, seed):
    """``n`` trials of a water each: moved and turned about a random axis, Metropolis."""
    np.random.seed(seed)
    trial = np.empty((3, 3))
    accepted = 0
    for _ in range(n):
        m = np.random.randint(p.r.shape[0] - 1)
        c = 2.0 * np.random.random() - 1.0
        phi = 2.0 * math.pi * np.random.random()
        s = math.sqrt(1.0 - c * c)
        k = (s * math.cos(phi), s * math.sin(phi), c)
        turn = angle * (2.0 * np.random.random() - 1.0)
        ct, st = math.cos(turn), math.sin(turn)
        shift = (
            step * (2.0 * np.random.random() - 1.0),
            step * (2.0 * np.random.random() - 1.0),
            step * (2.0 * np.random.random() - 1.0),
        )
        for a in range(3):
            d0 = p.r[m, a, 0] - p.r[m, 0, 0]
            d1 = p.r[m, a, 1] - p.r[m, 0, 1]
            d2 = p.r[m, a, 2] - p.r[m, 0, 2]
            dot = (k[0] * d0 + k[1] * d1 + k[2] * d2) * (1.0 - ct)
            trial[a, 0] = (
                p.r[m, 0, 0] + shift[0] + ct * d0 + st * (k[1] * d2 - k[2] * d1) + dot * k[0]
            )
            trial[a, 1] = (
                p.r[m, 0, 1] + shift[1] + ct * d1 + st * (k[2] * d0 - k[0] * d2) + dot * k[1]
            )
            trial[a, 2] = (
                p.r[m, 0, 2] + shift[2] + ct * d2 + st * (k[0] * d1 - k[1] * d0) + dot * k[2]
            )
        delta = plain_energy(p, m, trial) - plain_energy(p, m, p.r[m])
        for sign, x in ((1.0, trial[0]), (-1.0, p.r[m, 0])):
            excess = math.sqrt(x[0] ** 2 + x[1] ** 2 + x[2] ** 2) - radius
            if excess > 0.0:
                delta += sign * 0.5 * wall_k * excess**2
        if delta <= 0.0 or np.random.random() < math.exp(-beta * delta):
            accepted += 1
            for a in range(3):
                for i in range(3):
                    p.r[m, a, i] = trial[a, i]
    return accepted


@numba.njit(nogil=True)
def engine_pair_sums(model, state, work, n):
    """The same pair sums by the engine's kernel."""
    total = 0.0
    row = work.rows[0]
    for i in range(n):
        m = i % (model.n_sites.shape[0] - 1)
        molecule_row(row, m, state.r[m], model, state, work)
        for j in range(model.n_sites.shape[0]):
            total += np.float64(row[j])
    return total


def plain(topology: Topology, r: np.ndarray) -> Plain:
    """The textbook's arrays of a droplet, the sampled ion last."""
    sites = [member.molecule.sites for member in topology.members]
    types = list(dict.fromkeys(site for row in sites for site in row))
    charge, kind = np.zeros((len(sites), 3)), np.zeros((len(sites), 3), dtype=np.int64)
    for m, row in enumerate(sites):
        charge[m, : len(row)] = [site.charge for site in row]
        kind[m, : len(row)] = [types.index(site) for site in row]
    A, B = lj_tables(types)
    return Plain(r.copy(), np.array([len(row) for row in sites]), charge, kind, A, B)


def cpu_per_call(run: Callable[[int], object], n: int) -> float:
    began = time.process_time()
    run(n)
    return (time.process_time() - began) / n


def ratio(
    plain_run: Callable[[int], object], fast_run: Callable[[int], object]
) -> dict[str, float]:
    """Median CPU time of both by turns, microseconds per call, and their ratio."""
    for run in (plain_run, fast_run):
        run(10)  # compiled here
    pairs = [
        (cpu_per_call(plain_run, 8_000), cpu_per_call(fast_run, 40_000)) for _ in range(REPEATS)
    ]
    return {
        "plain_us": 1e6 * statistics.median(slow for slow, _ in pairs),
        "engine_us": 1e6 * statistics.median(fast for _, fast in pairs),
        "ratio": statistics.median(slow / fast for slow, fast in pairs),
    }


def droplet(forcefield: str, precision: str) -> tuple[DropletSpec, Topology, tuple]:
    """64 waters around K+, equilibrated, with step sizes like those of a tuned run."""
    spec = DropletSpec("bench", forcefield, ("K", "Na"), 298.15, 64, 7.7)
    topology = build_topology(spec)
    model = pack.pack_model(topology, precision)
    state = pack.pack_state(model, start(topology, 0.0, np.random.default_rng(1)))
    window, work = pack.new_window(model, math.nan, 0.0), pack.new_work(model)
    rng = np.random.Generator(np.random.PCG64(1))
    sweep.refresh(model, state, work)
    sweep.adapt(model, state, window, work, rng, (200, 1, 0, 100, 1))
    return spec, topology, (model, state, window, work, rng)


def pair_sum_ratio(forcefield: str, precision: str) -> dict[str, float]:
    """One water with the 63 others and the ion."""
    _, topology, (model, state, _, work, _) = droplet(forcefield, precision)
    p = plain(topology, state.r)
    slow, fast = plain_pair_sums(p, 640), engine_pair_sums(model, state, work, 640)
    assert math.isclose(slow, fast, rel_tol=1e-4)  # the same work is timed
    return ratio(lambda n: plain_pair_sums(p, n), lambda n: engine_pair_sums(model, state, work, n))


def move_ratio(forcefield: str, precision: str) -> dict[str, float]:
    """Rigid trials of a water: moved and turned, accepted or not."""
    spec, topology, (model, state, window, work, rng) = droplet(forcefield, precision)
    waters = [m for m in range(len(topology.members)) if m != topology.x]
    model = model._replace(movers=np.array([[arrays.RIGID, m] for m in waters]), sweep_length=1)
    p = plain(topology, state.r)
    beta, cls = 1.0 / rt(spec.temperature_K), model.cls[waters[0]]
    step = window.step[arrays.RIGID, cls] * window.step[arrays.TRANSLATE, cls]
    angle = window.step[arrays.RIGID, cls] * window.step[arrays.ROTATE, cls]
    return ratio(
        lambda n: plain_moves(p, n, beta, spec.radius, spec.wall_k, step, angle, 1),
        lambda n: sweep.adapt(model, state, window, work, rng, (1, n, 0, 1, 1)),
    )


BENCHES = {"pair sum": pair_sum_ratio, "trial moves": move_ratio}


@pytest.mark.benchmark
@pytest.mark.parametrize("forcefield", FORCE_FIELDS)
@pytest.mark.parametrize("name", BENCHES)
def test_ratio(name, forcefield):
    found = BENCHES[name](forcefield, "mixed")
    print(name, forcefield, found)
    assert found["ratio"] >= TARGETS[name, forcefield]


def main() -> None:
    """Print all ratios."""
    print(
        f"{'':12} {'force field':10} {'precision':9} {'plain µs':>9} {'engine µs':>9} {'ratio':>6}"
    )
    for name, bench in BENCHES.items():
        for forcefield in FORCE_FIELDS:
            for precision in ("mixed", "double"):
                found = bench(forcefield, precision)
                print(
                    f"{name:12} {forcefield:10} {precision:9} {found['plain_us']:9.3f}"
                    f" {found['engine_us']:9.3f} {found['ratio']:6.1f}"
                )


if __name__ == "__main__":
    main()
