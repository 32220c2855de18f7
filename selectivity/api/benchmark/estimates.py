"""How long estimates take on umbrella samples whose profile is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from selectivity.api.benchmark.timing import by_turns, spread
from selectivity.estimators.profile import bin_centers
from selectivity.estimators.weights import replica_weights
from selectivity.estimators.wham import wham
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import kcal, rt

TEMPERATURE_K = 310.15
KAPPA = kcal(20.0)
SPACING = 0.3
IDENTITY = 2.0  # RT: U_1(z) − U_0(z) = IDENTITY·sin(z)


def known_samples(windows: int, per_window: int, seed: int = 1) -> ReplicaSamples:
    """Independent samples of a flat profile under umbrellas, with two identities.

    W_0(z) = 0 and U_1 − U_0 = 2RT·sin z: window k samples z with the weight
    exp(−½βκ(z − z_k)²)(1 + exp(−βΔU)) and then the identity, both exactly.
    """
    rng, beta = np.random.default_rng(seed), 1.0 / rt(TEMPERATURE_K)
    centers = SPACING * np.arange(windows)
    shape = (windows, per_window)
    z = np.empty(shape)
    for k, centre in enumerate(centers):
        pool = rng.normal(centre, 1.0 / np.sqrt(beta * KAPPA), 12 * per_window)
        weight = 1.0 + np.exp(-IDENTITY * np.sin(pool))
        kept = pool[rng.random(pool.size) * (1.0 + np.exp(IDENTITY)) < weight]
        z[k] = np.resize(kept, per_window)
    u = np.stack([np.zeros(shape), IDENTITY / beta * np.sin(z)], axis=2)
    share = 1.0 / (1.0 + np.exp(beta * u[..., 1]))
    return ReplicaSamples(
        "known", 0, "K", beta, centers, KAPPA, ("K", "Na"), z, u,
        (rng.random(shape) < share).astype(np.int64), np.zeros((windows, 2)),
        np.zeros(shape, dtype=np.int64),
    )  # fmt: skip


def estimates(windows: int, per_window: int, seconds: float, repeats: int) -> dict[str, Any]:
    """CPU seconds of binned WHAM and of unbinned MBAR on ``windows`` × ``per_window`` samples.

    Beside them the residual of MBAR, and the largest departure of WHAM's profile from the flat one
    that was sampled, kJ/mol.
    """
    samples = known_samples(windows, per_window)
    z = bin_centers(0.0, float(samples.centers[-1]))
    runs = {
        "binned WHAM, one ion": lambda n: [wham(samples, "K", z) for _ in range(n)],
        "unbinned MBAR, all ions": lambda n: [replica_weights(samples) for _ in range(n)],
    }
    found = by_turns(runs, seconds, repeats)
    record: dict[str, Any] = {name: {"cpu_s": spread(times)} for name, times in found.items()}
    weights = replica_weights(samples)
    record["unbinned MBAR, all ions"]["residual"] = weights.residual
    record["binned WHAM, one ion"]["largest_error_kJ_mol"] = _error(wham(samples, "K", z)[0])
    return record | {"windows": windows, "samples_per_window": per_window}


def _error(w: np.ndarray) -> float:
    """Largest departure of a profile from the flat one, both about their means."""
    return float(np.nanmax(np.abs(w - np.nanmean(w))))
