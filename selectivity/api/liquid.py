"""The chemical potential of a water model's liquid, from droplets of pure water."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.errors import InputError
from selectivity.forcefield.reservoir import Published, liquid, published, waters
from selectivity.records import Estimate
from selectivity.units import AVOGADRO, rt

if TYPE_CHECKING:
    from selectivity.sampling.liquid import DropletTrials

SIZES = (64, 125, 216, 343)
_MN_PER_M = 1.0e3 * 1.0e3 / AVOGADRO * 1.0e20  # mN/m for 1 kJ/mol/Å²


@dataclass(frozen=True)
class DropletPotential:
    """One droplet: N, T, μ_ex (kJ/mol) and the density of its inside (Å⁻³).

    ``mu_excess`` is RT ln(z*/ρ) with the droplet's own activity z* and the density ρ of the bulk
    liquid, so that it differs from the liquid's by the droplet's smallness alone.
    """

    waters: int
    temperature_K: float
    mu_excess: Estimate
    core_density: Estimate


@dataclass(frozen=True)
class LiquidPotential:
    """The liquid at one temperature: extrapolated μ_ex (kJ/mol), and ρ (Å⁻³) that it refers to.

    ``without_smallest`` is ``mu_excess`` less what it is without the smallest droplet.
    """

    temperature_K: float
    mu_excess: Estimate
    density: float
    without_smallest: Estimate | None


@dataclass(frozen=True)
class WaterPotential:
    """What :func:`water_potential` found.

    ``slope`` is that of μ_ex against N^(−1/3), kJ/mol, and ``surface_tension`` the γ in mN/m that
    it stands for; ``chi2`` and ``dof`` say how well straight lines describe the droplets;
    ``published`` is what others have found for the model.
    """

    water: str
    liquids: tuple[LiquidPotential, ...]
    droplets: tuple[DropletPotential, ...]
    slope: Estimate
    surface_tension: Estimate
    chi2: float
    dof: int
    cpu_seconds: float
    published: Published | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data; energies in kJ/mol, densities in Å⁻³, None where there is no number."""
        record: dict[str, Any] = _plain(asdict(self))
        return record


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@dataclass(frozen=True)
class DropletSettings:
    """How much is sampled, in blocks of ten sweeps.

    ``production`` is that of the largest droplet; smaller ones get more, ∝ 1/N, since their error
    for a block is much the same, a block costs less, and the line needs them as much.
    """

    sizes: tuple[int, ...] = SIZES
    replicas: int = 8
    equilibration: int = 500
    production: int = 700
    seed: int = 2026

    def blocks(self, n: int) -> int:
        """Blocks of production of a droplet of ``n`` waters."""
        return round(self.production * max(self.sizes) / n)


def water_potential(
    water: str,
    temperatures_K: Sequence[float] = (298.15, 310.15),
    settings: DropletSettings | None = None,
    densities_A3: Sequence[float] | None = None,
    workers: int | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> WaterPotential:
    """Excess chemical potential of liquid water by droplets that gain and lose one molecule.

    μ_ex = RT ln(z/ρ), z the activity with which a large droplet would be in balance; see
    :mod:`selectivity.sampling.liquid` and :mod:`selectivity.estimators.insertion`.

    Parameters
    ----------
    water : str
        A water model that a parameter set has: tips3p, tip3p, spce, tip4pew.
    temperatures_K : sequence of float
        Fitted together, with one surface tension.
    settings : DropletSettings, optional
        Two sizes or more.
    densities_A3 : sequence of float, optional
        ρ of the liquid for every temperature, Å⁻³; by default what is stored for the model. μ_ex
        changes by −RT with ln ρ, z not at all.
    workers : int, optional
        Threads; the numbers do not depend on it. All cores by default.
    progress : callable, optional
        Called with the share of all work that was just done.

    Raises
    ------
    InputError
        Unknown water; fewer than two sizes; no density for a temperature.
    NotConvergedError
        A droplet that never changed its number of waters.
    """
    settings = settings or DropletSettings()
    if len(set(settings.sizes)) < 2 or min(settings.sizes) < 1:
        rule = "are two or more different numbers of waters"
        raise InputError("sizes", settings.sizes, rule, f"for example {SIZES}")
    densities = _densities(water, temperatures_K, densities_A3)
    trials = _sample(water, temperatures_K, settings, workers, progress)
    return _evaluate(water, tuple(temperatures_K), densities, settings, trials)


def _densities(
    water: str, temperatures_K: Sequence[float], given: Sequence[float] | None
) -> tuple[float, ...]:
    if given is None:
        return tuple(liquid(water, t).density for t in temperatures_K)
    if len(given) != len(temperatures_K) or not all(0.0 < rho < math.inf for rho in given):
        rule = "holds one positive density for each temperature, in Å⁻³"
        raise InputError("densities_A3", tuple(given), rule, "for example 0.0334")
    return tuple(given)


def _sample(
    water: str,
    temperatures_K: Sequence[float],
    settings: DropletSettings,
    workers: int | None,
    progress: Callable[[float], None],
) -> list[DropletTrials]:
    """All replicas, by temperature, size and number; the largest droplets are run first."""
    from selectivity.sampling.executors import make_executor
    from selectivity.sampling.liquid import (
        DropletPlan,
        droplet_radius,
        toggle_droplet,
        water_droplet,
    )

    tasks = []
    for temperature in temperatures_K:
        for n in settings.sizes:
            topology = water_droplet(water, temperature, n, droplet_radius(n))
            plan = DropletPlan(settings.equilibration, settings.blocks(n), seed=settings.seed)
            tasks += [(topology, replica, plan) for replica in range(settings.replicas)]
    cost = np.array([topology.n_sites**2 for topology, _, _ in tasks], dtype=float)  # of a block
    length = np.array([plan.equilibration + plan.production for _, _, plan in tasks])
    share = cost / (cost @ length)
    with make_executor("serial" if workers == 1 else "threads", workers) as executor:
        futures = {}
        for i in np.argsort(-cost * length, kind="stable").tolist():
            topology, replica, plan = tasks[i]
            tick = partial(progress, float(share[i]))
            futures[i] = executor.submit(toggle_droplet, topology, replica, plan, tick)
        return [futures[i].result() for i in range(len(tasks))]


def _evaluate(
    water: str,
    temperatures_K: tuple[float, ...],
    densities: tuple[float, ...],
    settings: DropletSettings,
    trials: list[DropletTrials],
) -> WaterPotential:
    from selectivity.estimators.insertion import bennett, bulk_limit

    sizes = settings.sizes
    shape = (len(temperatures_K), len(sizes), -1)
    log_z = np.array([t.log_z - bennett(t.log_ratio, t.upper) for t in trials]).reshape(shape)
    core = np.array([t.core_density for t in trials]).reshape(shape)
    mu = np.array([rt(t) for t in temperatures_K])[:, None, None] * (
        log_z - np.log(densities)[:, None, None]
    )
    limit = bulk_limit(sizes, mu, [settings.blocks(n) for n in sizes])
    liquids = tuple(
        LiquidPotential(
            temperature,
            limit.bulk[i],
            densities[i],
            limit.without_smallest[i] if limit.without_smallest else None,
        )
        for i, temperature in enumerate(temperatures_K)
    )
    droplets = tuple(
        DropletPotential(n, t, Estimate.from_replicas(mu[i, j]), Estimate.from_replicas(core[i, j]))
        for i, t in enumerate(temperatures_K)
        for j, n in enumerate(sizes)
    )
    tension = surface_tension(1.0, float(np.mean(densities)))
    return WaterPotential(
        water,
        liquids,
        droplets,
        limit.slope,
        Estimate(tension * limit.slope.value, tension * limit.slope.error, limit.slope.dof),
        limit.chi2,
        limit.dof,
        sum(t.cpu_seconds for t in trials),
        published(water) if water in waters() else None,
    )


def surface_tension(slope: float, density: float) -> float:
    """γ (mN/m) of a slope of μ against N^(−1/3), kJ/mol: b = 2γ (4π/3)^(1/3) ρ^(−2/3)."""
    return _MN_PER_M * slope * density ** (2.0 / 3.0) / (2.0 * math.cbrt(4.0 * math.pi / 3.0))
