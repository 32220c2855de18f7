"""Raw speed at 64 waters: trial moves, pairs of sites, forces, beside a textbook and the hardware.

A pair-site is one distance between two sites of different molecules with its Coulomb and, where
both have it, its Lennard-Jones energy. No such sum is faster than the reciprocal square roots that
it needs, one for each: that is the hardware's bound, taken from a loop over them alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.api.benchmark.droplet import Droplet, equilibrate, new_droplet
from selectivity.api.benchmark.timing import Repeat, by_turns, median_ratio, spread
from selectivity.engine import arrays, sweep, yardsticks
from selectivity.engine.pack import Precision
from selectivity.units import COULOMB, rt

PRECISIONS: tuple[Precision, ...] = ("mixed", "double")
VECTOR = 512  # elements of the hardware's loops: they stay in the first-level cache


@dataclass(frozen=True)
class Times:
    """CPU seconds by turns of everything that is compared, and the pair-sites of one water."""

    calls: dict[str, list[float]]
    pair_sites: int

    def rate(self, name: str, each: float = 1.0) -> dict[str, Any]:
        """How many a CPU second, ``each`` to one repetition."""
        return spread([each / t for t in self.calls[name]])


def throughput(seconds: float, repeats: int, equilibration: int = 4_000) -> dict[str, Any]:
    """Trial moves and forces a second, pair-sites a nanosecond, and their ratios."""
    droplets = {p: new_droplet(precision=p) for p in PRECISIONS}
    for found in droplets.values():
        equilibrate(found, equilibration)
    times = Times(by_turns(_runs(droplets), seconds, repeats), _pair_sites(droplets["mixed"]))
    record = {
        "trial_moves_per_s": _rows(times, "moves", 1.0),
        "pair_sites_per_ns": _rows(times, "pairs", 1e-9 * times.pair_sites),
        "forces_per_s": _rows(times, "forces", 1.0),
        "hardware_per_ns": _rows(times, "hardware", 1e-9 * VECTOR),
    }
    return record | {"ratios": _ratios(times)} | {"share_of_bound": _shares(record)}


def _rows(times: Times, what: str, each: float) -> dict[str, Any]:
    names = [name for name in times.calls if name.startswith(f"{what}: ")]
    return {name.removeprefix(f"{what}: "): times.rate(name, each) for name in names}


def _ratios(times: Times) -> dict[str, float]:
    found = {}
    for what in ("moves", "pairs"):
        for precision in PRECISIONS:
            pair = times.calls[f"{what}: textbook"], times.calls[f"{what}: {precision}"]
            found[f"{what}, {precision} to textbook"] = median_ratio(*pair)
    return found


def _shares(record: dict[str, Any]) -> dict[str, float]:
    """Pair-sites of the engine as a share of the reciprocal square roots in that precision."""
    roots = {"mixed": "1/sqrt float32", "double": "1/sqrt float64"}
    pairs, bound = record["pair_sites_per_ns"], record["hardware_per_ns"]
    return {p: pairs[p]["median"] / bound[name]["median"] for p, name in roots.items()}


def _pair_sites(droplet: Droplet) -> int:
    """Distances between one water and all other molecules."""
    return 3 * (int(droplet.model.n_sites.sum()) - 3)


def _runs(droplets: dict[Precision, Droplet]) -> dict[str, Repeat]:
    runs: dict[str, Repeat] = {}
    first = droplets["mixed"]
    runs["moves: textbook"] = _textbook_moves(first)
    for p, droplet in droplets.items():
        runs[f"moves: {p}"] = _engine_moves(droplet)
    plain = yardsticks.plain(first.topology, first.state.r)
    runs["pairs: NumPy"] = _numpy_pairs(plain)
    runs["pairs: textbook"] = lambda n: yardsticks.plain_pair_sums(plain, n)
    for p, droplet in droplets.items():
        model, state, window, work, _ = droplet.parts
        runs[f"pairs: {p}"] = _bound(yardsticks.pair_sums, model, state, work)
        runs[f"forces: {p}"] = _bound(yardsticks.repeat_forces, model, state, window, work)
    for dtype in (np.float32, np.float64):
        x, constants = np.linspace(1.0, 9.0, VECTOR).astype(dtype), (dtype(1), dtype(0))
        for name, loop in (
            ("1/sqrt", yardsticks.reciprocal_roots),
            ("multiply-add", yardsticks.multiply_adds),
        ):
            runs[f"hardware: {name} {dtype.__name__}"] = _loop(loop, x, constants)
    return runs


def _bound(kernel: Callable[..., object], *parts: Any) -> Repeat:
    return lambda n: kernel(*parts, n)


def _loop(kernel: Callable[..., object], x: np.ndarray, constants: tuple) -> Repeat:
    return lambda n: kernel(x.copy(), n, constants)


def _waters(droplet: Droplet) -> list[int]:
    return [m for m, member in enumerate(droplet.topology.members) if member.role == "water"]


def _engine_moves(droplet: Droplet) -> Repeat:
    """Rigid trials of a water: moved and turned, accepted or not."""
    movers = np.array([[arrays.RIGID, m] for m in _waters(droplet)])
    model = droplet.model._replace(movers=movers, sweep_length=1)
    _, state, window, work, rng = droplet.parts
    return lambda n: sweep.adapt(model, state, window, work, rng, (1, n, 0, 1, 1))


def _textbook_moves(droplet: Droplet) -> Repeat:
    spec, window = droplet.topology.spec, droplet.window
    p = yardsticks.plain(droplet.topology, droplet.state.r)
    cls = droplet.model.cls[_waters(droplet)[0]]
    share = window.step[arrays.RIGID, cls]
    limits = tuple(share * window.step[[arrays.TRANSLATE, arrays.ROTATE], cls])
    wall, beta = (spec.radius, spec.wall_k), 1.0 / rt(spec.temperature_K)  # type: ignore[union-attr]
    return lambda n: yardsticks.plain_moves(p, n, beta, wall, limits, 1)


def _numpy_pairs(p: yardsticks.Plain) -> Repeat:
    """One water with all others by whole arrays: what is possible without a compiler."""
    there = np.arange(3) < p.n_sites[:, None]
    r, q, kind = p.r[there], p.charge[there], p.kind[there]
    owner = np.repeat(np.arange(len(p.r)), p.n_sites)
    a, b = p.A[kind][:, kind], p.B[kind][:, kind]

    def run(n: int) -> float:
        total = 0.0
        for i in range(n):
            m = i % (len(p.r) - 1)
            own, rest = np.flatnonzero(owner == m), owner != m
            d = r[own, None] - r[rest]
            r2 = np.einsum("ijk,ijk->ij", d, d)
            inv6 = 1.0 / r2**3
            u = COULOMB * q[own, None] * q[rest] / np.sqrt(r2)
            total += float((u + (a[own][:, rest] * inv6 - b[own][:, rest]) * inv6).sum())
        return total

    return run


def check_same_work() -> float:
    """Largest relative difference between the sums of textbook, NumPy and engine."""
    droplet = new_droplet(8)
    p = yardsticks.plain(droplet.topology, droplet.state.r)
    model, state, _, work, _ = droplet.parts
    wanted = yardsticks.plain_pair_sums(p, 16)
    sums = [yardsticks.pair_sums(model, state, work, 16), _numpy_pairs(p)(16)]
    return max(abs(found / wanted - 1.0) for found in sums)
