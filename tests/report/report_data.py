"""Made-up filters for the report's tests: smooth profiles, exact samples, records; scripts."""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import asdict
from types import ModuleType
from typing import Any

import numpy as np

from selectivity import resources
from selectivity.estimators.alchemical import IdentityFreeEnergies
from selectivity.estimators.barrier import Sites
from selectivity.estimators.profile import ProfileSet, profile_set
from selectivity.membrane import Membrane, RestingPotential, Solution, resting_potential
from selectivity.permeation.ratio import ratio
from selectivity.permeation.result import RatioResult, ratio_json
from selectivity.records import Interval
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import rt

TEMPERATURE = 310.15
BETA = 1.0 / rt(TEMPERATURE)
SITES = Sites(
    (-3.1, 3.1),
    {"S4": -6.2, "S3": -3.1, "S2": 0.0, "S1": 3.1, "S0": 6.2},
    {"T75 O": -4.65, "V76 O": -1.55, "G77 O": 1.55, "Y78 O": 4.65},
)
DEPTH = {"K": 0.0, "Na": 1.0, "Li": 1.5, "Rb": -0.3, "Cs": 0.4}
LEG = {"K": 0.0, "Na": -78.0, "Li": -170.0, "Rb": 21.0, "Cs": 42.0}
"""ΔG_bulk(K → X) of the made-up droplet, kJ/mol."""


def v(z: np.ndarray) -> np.ndarray:
    """W_K: wells at the cages, 8 kJ/mol high planes, steep ends."""
    return (
        4.0 * (1.0 - np.cos(2.0 * np.pi * z / 3.1)) + 60.0 * np.maximum(np.abs(z) - 4.0, 0.0) ** 2
    )


def gap(z: np.ndarray, ion: str) -> np.ndarray:
    """W_X − W_K."""
    return LEG[ion] + DEPTH[ion] * (9.0 - 5.0 * np.cos(2.0 * np.pi * z / 3.1))


def profiles(ions: tuple[str, ...] = ("K", "Na"), replicas: int = 8) -> ProfileSet:
    """Profiles with independent noise of 0.4 kJ/mol a bin, 0.1 Å bins from -4.5 to 4.5 Å."""
    rng = np.random.default_rng(3)
    z = -4.45 + 0.1 * np.arange(90)
    noise = {ion: rng.normal(0.0, 0.4, (replicas, z.size)) for ion in ions}
    return ProfileSet(
        z=z,
        w={ion: v(z) + gap(z, ion) + noise[ion] for ion in ions},
        ions=ions,
        temperature_K=TEMPERATURE,
        start_ions=tuple((ions[0], ions[-1])[i % 2] for i in range(replicas)),
        system="made-up",
        neighbour_overlap=rng.uniform(0.1, 0.2, (replicas, 12)),
    )


def bulk(ions: tuple[str, ...] = ("K", "Na"), replicas: int = 8) -> IdentityFreeEnergies:
    """Free energies of the droplet, scattered by 0.3 kJ/mol."""
    rng = np.random.default_rng(4)
    g = {ion: LEG[ion] + rng.normal(0.0, 0.3 if ion != ions[0] else 0.0, replicas) for ion in ions}
    return IdentityFreeEnergies(ions, g, TEMPERATURE)


def result(set_of: ProfileSet | None = None) -> RatioResult:
    """Ratio of :func:`profiles`."""
    set_of = set_of or profiles()
    return ratio(set_of, bulk(set_of.ions).difference("K", "Na"), SITES)


@functools.cache
def samples(replicas: int = 4, n: int = 120) -> tuple[ReplicaSamples, ...]:
    """Exact samples of v(z) and gap(z, Na) in 31 windows, K and Na with one state between."""
    return tuple(_samples(i, n) for i in range(replicas))


def _samples(replica: int, n: int) -> ReplicaSamples:
    rng = np.random.default_rng([5, replica])
    centers, kappa = np.linspace(-4.5, 4.5, 31), 80.0
    lam = np.array([0.0, 0.5, 1.0])
    grid = np.linspace(-5.6, 5.6, 4001)
    w = v(grid) + lam[:, None] * gap(grid, "Na")
    z, identity = np.empty((centers.size, n)), np.empty((centers.size, n), int)
    log_g = np.empty((centers.size, lam.size))
    for k, center in enumerate(centers):
        a = -BETA * (w + 0.5 * kappa * (grid - center) ** 2)
        log_g[k] = -np.log(np.exp(a - a.max(axis=1)[:, None]).sum(axis=1)) - a.max(axis=1)
        p = np.exp(a + log_g[k][:, None])
        at = np.searchsorted(np.cumsum(p.sum(axis=0)) / p.sum(), rng.random(n))
        z[k] = grid[at]
        share = np.cumsum(p[:, at], axis=0) / p[:, at].sum(axis=0)
        identity[k] = np.minimum((rng.random(n) > share).sum(axis=0), 2)
    shell = np.where(np.abs(z) < 2.0, 8, 6)
    return ReplicaSamples(
        system="made-up",
        replica=replica,
        start_ion=("K", "Na")[replica % 2],
        beta=BETA,
        centers=centers,
        kappa=kappa,
        ladder=("K", "K:0.50:Na", "Na"),
        z=z,
        u=gap(z, "Na")[:, :, None] * lam,
        identity=identity,
        log_g=log_g,
        walker=np.tile(np.arange(centers.size)[:, None], (1, n)),
        coordination={
            "K:ligand": shell,
            "K:water": np.ones_like(shell),
            "Na:ligand": shell - 2,
            "Na:water": np.ones_like(shell),
        },
        exchange_accepted=np.full(centers.size - 1, 25),
        exchange_tried=np.full(centers.size - 1, 100),
    )


@functools.cache
def sampled_profiles() -> ProfileSet:
    """Profiles of :func:`samples`."""
    return profile_set(samples(), interior=SITES.interior)


def membrane(found: Interval) -> RestingPotential:
    """What ``found`` does to a nerve-like membrane."""
    inside = Solution({"K": 140.0, "Na": 10.0}, TEMPERATURE)
    outside = Solution({"K": 4.0, "Na": 145.0}, TEMPERATURE)
    nerve = Membrane(inside, outside, {"K": 1.0, "Na": 0.04}, "nerve-like", "a source", False)
    return resting_potential(found, TEMPERATURE, nerve)


def ratio_record(**changes: Any) -> dict[str, Any]:
    """A record as ``selectivity ratio --json`` prints it, with one filter."""
    found = result()
    record: dict[str, Any] = {
        **ratio_json(found),
        "composition": "[K W X W]",
        "structure": "kcsa",
        "forcefield": "charmm36",
        "tether": {"mode": "bfactor", "k_kJ_mol_A2": None, "scale": 1.0},
        "order": {"ions": ["K", "Na"], "relative_to_K": {}, "text": "K > Na"},
        "flips": 3,
        "departures_refused": 1480,
        "round_trips": 101,
        "start_z": -0.94,
        "converged": True,
        "reasons": [],
        "model_span": None,
        "membrane": membrane(found.headline).as_dict(),
        "notes": ["interior only: entry and access resistance are not included"],
    }
    record["systems"] = [dict(record)]
    return {**record, **changes}


def analysis_record(converged: bool = True) -> dict[str, Any]:
    """A record as ``selectivity analyse --json`` prints it: a droplet and a filter."""
    from selectivity.estimators.convergence import Verdict

    reasons = () if converged else ("12 round trips of the identity in the slowest window",)
    verdict = Verdict(converged, reasons, ("split R-hat reaches 1.30",), 101, 0.7, max_rhat=1.3)
    leg = {"from": "K", "to": "Na", "dg_kJ_mol": -78.21, "error_kJ_mol": 0.13, "round_trips": 1150}
    none = {"reference_dg_kJ_mol": None, "reference_error_kJ_mol": None}
    none |= {"ddg_kJ_mol": None, "ddg_error_kJ_mol": None}
    against = {"reference_dg_kJ_mol": -78.21, "reference_error_kJ_mol": 0.13}
    against |= {"ddg_kJ_mol": 12.55, "ddg_error_kJ_mol": 0.4184}
    counts = {"flips": 2, "departures_refused": 1480, "overlaps_refused": 7}
    counts |= {"acceptance": {"translate:ion": 0.27}, "cpu_seconds": 1234.5}
    common = {"forcefield": "charmm36", "temperature_K": TEMPERATURE, "replicas": 8}
    fine = Verdict(True, (), (), 640, 0.1)
    droplet = {
        "system": "bulk",
        "kind": "droplet",
        "alchemical": [{**leg, **none}],
        "diagnostics": {**asdict(fine), "flips": 0},
        "converged": True,
    }
    judged = {
        **asdict(verdict),
        "min_exchange": 0.14,
        "min_overlap": 0.17,
        "walker_round_trips": 76,
    }
    filter_ = {
        "system": "kcsa-K-W-X-W",
        "kind": "filter",
        "alchemical": [{**leg, **against, "dg_kJ_mol": -65.66}],
        "diagnostics": {**judged, **counts},
        "converged": converged,
        "profile": {"z_A": []},
    }
    systems = [{**common, **droplet}, {**common, **filter_}]
    return {**systems[0], "systems": systems, "converged": converged, "warnings": []}


def analysis_script(name: str) -> ModuleType:
    """A script of ``analysis/`` as a module."""
    spec = importlib.util.spec_from_file_location(name, resources.folder("analysis") / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
