"""How often the program's own intervals hold the truth, over many short runs of solved systems.

Every repeat is a whole run in small: eight replicas through the sampler, weights adapted and
frozen, the package's estimators on what came out. The truth comes from quadrature for an ion with
one ligand (:mod:`selectivity.validation.exact`), and from the energy itself for an ion alone on the
axis of a rigid filter, where W_X(z) = U_X(z).
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.engine import energy, pack
from selectivity.estimators.alchemical import free_energies
from selectivity.estimators.barrier import Sites
from selectivity.estimators.profile import BIN_WIDTH, ProfileSet, bin_centers, profile_set
from selectivity.geometry.files import load_filter, write_toml
from selectivity.geometry.filter import FilterGeometry, Ring, RingAtom
from selectivity.permeation.ratio import ratio
from selectivity.permeation.result import RatioResult
from selectivity.records import Estimate, Interval
from selectivity.sampling.chain import Chain, refresh
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import Replica, new_replica, prepare, produce, start_ion
from selectivity.sampling.samples import ReplicaSamples
from selectivity.sampling.streams import EXCHANGE, stream
from selectivity.system.build import build_topology, start
from selectivity.system.spec import (
    CageSpec,
    Composition,
    DropletSpec,
    FilterSpec,
    SystemSpec,
    Tether,
    Windows,
)
from selectivity.units import KCAL, rt
from selectivity.validation.context import Arrays, Context
from selectivity.validation.exact import one_ligand_difference
from selectivity.validation.records import Computed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORCEFIELD, IONS, TEMPERATURE = "charmm36", ("K", "Na"), 300.0
REPLICAS = 8
BATCH = 25  # repeats in one stored piece

CAGE = CageSpec("one carbonyl", FORCEFIELD, IONS, TEMPERATURE, n_carbonyls=1)
DROPLET = DropletSpec("one water", FORCEFIELD, IONS, TEMPERATURE, n_waters=1, radius=4.0)
RADII = (2.5, 2.5, 2.6)  # Å, of the oxygens of three rings, 3 Å apart
INTERIOR = (-1.1, 1.0)  # Å, from well to well of K+


def legs(context: Context) -> Mapping[str, np.ndarray]:
    """ΔG(K → Na) of the cage and what is left of it less that of the droplet, repeat by repeat."""
    plan = _plan(context)

    def one(repeat: int) -> dict[str, list[float]]:
        cage, droplet = (_leg(spec, plan, repeat) for spec in (CAGE, DROPLET))
        return {"leg": _row(cage), "difference": _row(cage - droplet)}

    cage, droplet = (one_ligand_difference(spec, *IONS) for spec in (CAGE, DROPLET))
    truth = {"leg": cage, "difference": cage - droplet}
    return _repeats(context, one, truth)


def ratios(context: Context) -> Mapping[str, np.ndarray]:
    """RT ln of the levelled integral and of the levelled barrier, with their intervals."""
    plan = _plan(context)
    with tempfile.TemporaryDirectory() as folder:
        spec, sites = axis(Path(folder))
        base = new_replica(spec, plan, 0)
        found = true_ratio(spec, sites)

        def one(repeat: int) -> dict[str, list[float]]:
            samples = [_run(again(base, number)) for number in _numbers(repeat)]
            profiles = profile_set(samples, interior=spec.interior)
            result = ratio(profiles, _leg(DROPLET, plan, repeat), sites)
            thermal = rt(TEMPERATURE)
            return {
                "integral": _row(result.ddg_integral, result.integral_levelled, thermal),
                "barrier": _row(result.ddg_barrier, result.barrier_levelled, thermal),
            }

        binned = true_ratio(spec, sites, BIN_WIDTH)
        truth = {
            "integral": found.ddg_integral.value,
            "integral, bins": binned.ddg_integral.value,
            "barrier": found.ddg_barrier.value,
            "barrier, bins": binned.ddg_barrier.value,
        }
        return _repeats(context, one, truth)


def axis(folder: Path) -> tuple[FilterSpec, Sites]:
    """An ion alone on the axis of three rigid rings of carbonyls, whose table goes to ``folder``.

    Two cages, a barrier between them and a slope: so the levelling has something to level.
    """
    path = folder / "three_rings.toml"
    write_toml(_three_rings(), path)
    spec = FilterSpec(
        name="three rings",
        forcefield=FORCEFIELD,
        ions=IONS,
        temperature_K=TEMPERATURE,
        structure=str(path),
        composition=Composition.parse("[X]"),
        windows=Windows(INTERIOR[0] - 0.6, INTERIOR[1] + 0.6, 0.34),
        interior=INTERIOR,
        caps=(0, 0),
        tether=Tether("rigid"),
        on_axis=True,
    )
    geometry = load_filter(path)
    return spec, Sites(INTERIOR, geometry.cage_centers, geometry.planes)


def _three_rings() -> FilterGeometry:
    rings = []
    for i, radius in enumerate(RADII):
        z, phi = 3.0 * (i - 1), 45.0 * (i % 2)
        carbon, oxygen = (
            RingAtom(name, r, z, phi, 15.0) for name, r in (("C", radius + 1.23), ("O", radius))
        )
        rings.append(Ring(f"ring {i}", f"residue {i}", "carbonyl", (carbon, oxygen)))
    text = "made for the calibration of error bars"
    return FilterGeometry("three rings", text, text, text, 4, tuple(rings), ("lower", "upper"), {})


def again(base: Replica, number: int) -> Replica:
    """Replica ``number`` as ``new_replica`` makes it, where every replica starts at one place.

    Laying the rings over their crystal places is most of what a short run of a rigid filter costs.
    """
    plan, spec = base.plan, base.topology.spec
    work = pack.new_work(base.model)
    identity = base.topology.ladder.endpoints[start_ion(spec, number)]
    chains = []
    for k, chain in enumerate(base.chains):
        state = pack.pack_state(base.model, chain.state.r, identity)
        window = pack.new_window(base.model, *chain.window.umbrella)
        chains.append(Chain(state, window, stream(plan.seed, spec.name, number, k)))
        refresh(base.model, chains[-1], work)
    return replace(
        base,
        number=number,
        work=work,
        chains=chains,
        walker=np.arange(len(chains)),
        exchange_rng=stream(plan.seed, spec.name, number, EXCHANGE),
        exchange_tried=np.zeros(len(chains) - 1, dtype=np.int64),
        exchange_accepted=np.zeros(len(chains) - 1, dtype=np.int64),
    )


def true_ratio(spec: FilterSpec, sites: Sites, width: float = 0.005) -> RatioResult:
    """The ratio of the exact profiles W_X(z) = U_X(z), in bins of ``width`` Å, without noise."""
    topology = build_topology(spec)
    r = start(topology, 0.0, np.random.default_rng(0))
    inside = 5 if width > 0.05 else 1  # points of a bin
    z = bin_centers(spec.windows.lower, spec.windows.upper, width)
    fine = bin_centers(spec.windows.lower, spec.windows.upper, width / inside)
    ends = [topology.ladder.endpoints[ion] for ion in IONS]
    u = np.empty((len(ends), fine.size))
    for i, height in enumerate(fine):
        r[topology.x, 0] = 0.0, 0.0, height
        u[:, i] = [energy.total_energy(topology, r, j) for j in ends]
    u -= u.min()
    p = np.exp(-u / rt(TEMPERATURE)).reshape(len(ends), z.size, -1).mean(axis=2)
    w = {ion: -rt(TEMPERATURE) * np.log(row)[None, :] for ion, row in zip(IONS, p, strict=True)}
    profiles = ProfileSet(z, w, IONS, TEMPERATURE, system=spec.name)
    return ratio(profiles, Estimate(one_ligand_difference(DROPLET, *IONS), 0.0, math.inf), sites)


def _plan(context: Context) -> SamplingPlan:
    s = context.settings
    return SamplingPlan(
        seed=context.seed,
        replicas=REPLICAS,
        equilibration=s["equilibration"],
        adaptation=s["adaptation"],
        production=s["production"],
        stride=s["stride"],
        exchange_every=s["exchange_every"],
        segments=1,
    )


def _numbers(repeat: int) -> range:
    """Replicas of one repeat: even ones start as K+, odd ones as Na+, as in any run."""
    return range(REPLICAS * repeat, REPLICAS * (repeat + 1))


def _run(replica: Replica) -> ReplicaSamples:
    prepare(replica)
    return produce(replica)


def _leg(spec: SystemSpec, plan: SamplingPlan, repeat: int) -> Estimate:
    samples = [_run(new_replica(spec, plan, number)) for number in _numbers(repeat)]
    return free_energies(samples).difference(*IONS)


def _row(e: Estimate, interval: Interval | None = None, thermal: float = 1.0) -> list[float]:
    """Value, error, dof, ends of the 95 % interval as it is printed; kJ/mol."""
    half = e.half_width()
    low, high = e.value - half, e.value + half
    if interval is not None:
        low, high = thermal * math.log(interval.low), thermal * math.log(interval.high)
    return [e.value, e.error, e.dof, low, high]


def _repeats(
    context: Context,
    one: Callable[[int], dict[str, list[float]]],
    truth: Mapping[str, float],
) -> dict[str, np.ndarray]:
    """Rows of :func:`_row` of every repeat less the truth, shape (repeats, 5), kJ/mol.

    What stands before a comma in the name of a truth is what was computed.
    """

    def batch(number: int) -> Arrays:
        rows = [one(repeat) for repeat in range(BATCH * number, BATCH * (number + 1))]
        return {name: np.array([row[name] for row in rows]) for name in rows[0]}

    pieces = context.pieces(range(context.settings["repeats"] // BATCH), batch)
    found = {}
    for name, value in truth.items():
        rows = np.concatenate([piece[name.partition(",")[0]] for piece in pieces])
        rows[:, [0, 3, 4]] -= value
        found[name] = rows
    return found


def _of(context: Context) -> np.ndarray:
    """Rows of the settings' quantity; of the first ``repeats`` where they are given."""
    s: Any = context.settings
    rows: np.ndarray = context.stage()[s["of"]]
    return rows[: s.get("repeats", len(rows))]


def coverage(context: Context) -> Computed:
    """Share of the intervals that hold the truth, per cent; ``level`` 0.95 is as printed."""
    rows, level = _of(context), context.settings["level"]
    inside = covered(rows, level)
    n = inside.size
    p = float(inside.mean())
    note = f"{int(inside.sum())} of {n}; value off by {rows[:, 0].mean() / KCAL:+.4f} kcal/mol "
    note += f"on average, standard error {_typical(rows) / KCAL:.3f}"
    return Computed(100.0 * p, 100.0 * math.sqrt(p * (1.0 - p) / n), n_eff=float(n), note=note)


def covered(rows: np.ndarray, level: float) -> np.ndarray:
    """Whether the interval holds the truth (0), shape (repeats,)."""
    if level == 0.95:
        inside: np.ndarray = (rows[:, 3] <= 0.0) & (rows[:, 4] >= 0.0)
        return inside
    half = np.array([Estimate(*row[:3]).half_width(level) for row in rows])
    return np.abs(rows[:, 0]) <= half


def deviates(rows: np.ndarray) -> np.ndarray:
    """Normal deviate of every repeat: value/error by Student's t with its own dof."""
    from scipy.special import ndtri, stdtr

    t = rows[:, 0] / rows[:, 1]
    z: np.ndarray = -np.sign(t) * ndtri(stdtr(rows[:, 2], -np.abs(t)))
    return z


def mean_deviate(context: Context) -> Computed:
    """Mean normal deviate: the bias in standard errors of one run."""
    z = deviates(_of(context))
    return Computed(float(z.mean()), float(z.std(ddof=1) / math.sqrt(z.size)), z.size - 1.0)


def variance(context: Context) -> Computed:
    """Variance of the normal deviates: 1 where the error bars are right."""
    z = deviates(_of(context))
    v = float(z.var(ddof=1))
    return Computed(v, v * math.sqrt(2.0 / (z.size - 1.0)), z.size - 1.0)


def binning(context: Context) -> Computed:
    """What bins of 0.1 Å do to the exact profiles' levelled integral, kcal/mol."""
    with tempfile.TemporaryDirectory() as folder:
        spec, sites = axis(Path(folder))
        value = true_ratio(spec, sites, BIN_WIDTH).ddg_integral.value
        fine = true_ratio(spec, sites).ddg_integral.value
    return Computed((value - fine) / KCAL)


def _typical(rows: np.ndarray) -> float:
    return float(np.sqrt(np.mean(rows[:, 1] ** 2)))


def pictures(stages: Mapping[str, Mapping[str, np.ndarray]]) -> list[Figure]:
    """Histograms of the normal deviates over the normal density."""
    from selectivity.report.style import GOOD, new_figure, open_frame, tidy

    panels = [(name, rows) for stage in stages.values() for name, rows in stage.items()]
    figure = new_figure(9.0, 2.0)
    x = np.linspace(-4.0, 4.0, 200)
    for place, (name, rows) in enumerate(panels):
        ax = figure.add_subplot(1, len(panels), place + 1)
        ax.hist(
            np.clip(deviates(rows), -4.0, 4.0), bins=33, range=(-4.0, 4.0), density=True, color=GOOD
        )
        ax.plot(x, np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi), color="black", lw=0.8)
        ax.set_yticks([])
        ax.set_xlabel(f"deviate, {len(rows)} runs", fontsize=7.0)
        tidy(ax, name)
        ax.title.set_fontsize(7.0)
        open_frame(ax)
    return [figure]
