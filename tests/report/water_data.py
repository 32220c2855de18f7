"""A made-up open file: waters that come and go by Metropolis moves, beside an ion on its axis."""

from __future__ import annotations

import functools

import numpy as np

from selectivity.estimators.profile import ProfileSet, profile_set
from selectivity.sampling.samples import ReplicaSamples
from tests.report.report_data import BETA, LEG, SITES, gap, v

CENTERS, KAPPA = np.linspace(-4.5, 4.5, 31), 80.0
LAM = np.array([0.0, 0.5, 1.0])
CAGES = np.array(sorted(SITES.cages.values()))
MOST = 4
GRID = np.linspace(-5.6, 5.6, 1121)


def water_energy(z: np.ndarray, lam: np.ndarray) -> np.ndarray:
    """Energy of n = 0 … 3 waters with the ion at z as identity λ, shape (4, *z.shape), kJ/mol."""
    best = 1.0 + 0.8 * np.cos(2.0 * np.pi * z / 6.2) + 0.7 * lam
    n = np.arange(MOST).reshape(-1, *[1] * best.ndim)
    return 5.0 * (n - best) ** 2


def insertion_rate(z: np.ndarray) -> np.ndarray:
    """Share of samples at which an insertion or deletion is tried: seldom about S2."""
    return 0.02 + 0.5 / (1.0 + np.exp(-4.0 * (np.abs(z) - 1.2)))


@functools.cache
def water_samples(replicas: int = 8, n: int = 240) -> tuple[ReplicaSamples, ...]:
    """Four kinds of start by turns; 31 windows with n samples each."""
    return tuple(_samples(r, n) for r in range(replicas))


@functools.cache
def water_profiles(replicas: int = 8, n: int = 240) -> ProfileSet:
    """Profiles of :func:`water_samples`."""
    return profile_set(water_samples(replicas, n), interior=SITES.interior)


def _choose(weights: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One index along the last axis for every row, by its weight."""
    cdf = np.cumsum(weights, axis=-1)
    return (rng.random(cdf.shape[:-1])[..., None] * cdf[..., -1:] > cdf).sum(axis=-1)


def _samples(replica: int, N: int) -> ReplicaSamples:
    rng = np.random.default_rng([7, replica])
    full = replica // 2 % 2 == 1
    K, every = CENTERS.size, np.arange(CENTERS.size)
    bias = 0.5 * KAPPA * (GRID - CENTERS[:, None]) ** 2
    e_jnz = water_energy(GRID, LAM[:, None]).transpose(1, 0, 2)
    e_jnz = e_jnz + v(GRID) + LAM[:, None, None] * gap(GRID, "Na")
    e_kjnz = e_jnz + bias[:, None, None]
    lowest = e_kjnz.min((2, 3))
    log_g = BETA * lowest - np.log(np.exp(-BETA * (e_kjnz - lowest[..., None, None])).sum((2, 3)))
    numbers = np.full(K, MOST - 1 if full else 0)
    identity = np.full(K, 2 if replica % 2 else 0)
    z, n_w, states = np.empty((K, N)), np.empty((K, N), int), np.empty((K, N), int)
    for i in range(N):
        row = e_kjnz[every, identity, numbers]
        at = _choose(np.exp(-BETA * (row - row.min(axis=1, keepdims=True))), rng)
        here = e_kjnz[every, :, :, at]  # (K, λ, n)
        a = log_g - BETA * here[every, :, numbers]
        identity = _choose(np.exp(a - a.max(axis=1, keepdims=True)), rng)
        new = numbers + rng.choice([-1, 1], K)
        tried = (rng.random(K) < insertion_rate(GRID[at])) & (new >= 0) & (new < MOST)
        new = np.where(tried, new, numbers)
        rise = here[every, identity, new] - here[every, identity, numbers]
        numbers = np.where(rng.random(K) < np.exp(-BETA * rise), new, numbers)
        z[:, i], n_w[:, i], states[:, i] = GRID[at], numbers, identity
    shape = water_energy(z[..., None], LAM)
    own = np.take_along_axis(shape, n_w[None, ..., None], axis=0)[0]
    u = gap(z, "Na")[..., None] * LAM + own - own[..., :1]
    waters = _places(z, n_w, rng)
    near = (np.abs(waters - z[..., None]) < 3.6).sum(axis=2)
    return ReplicaSamples(
        system="made-up",
        replica=replica,
        start_ion=("K", "Na")[replica % 2],
        start_file="full" if full else "empty",
        beta=BETA,
        centers=CENTERS,
        kappa=KAPPA,
        ladder=("K", "K:0.50:Na", "Na"),
        z=z,
        u=u,
        identity=states,
        log_g=log_g,
        walker=np.tile(every[:, None], (1, N)),
        coordination={
            **{f"{ion}:ligand": np.full(z.shape, 6) for ion in ("K", "Na")},
            **{f"{ion}:water": near for ion in ("K", "Na")},
        },
        water_z=waters,
        exchange_accepted=np.full(K - 1, 25),
        exchange_tried=np.full(K - 1, 100),
    )


def _places(z: np.ndarray, n_w: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Waters in the cages that the ion leaves free, the nearest rather than others."""
    away = np.abs(CAGES - z[..., None])
    order = np.argsort(np.where(away < 2.0, np.inf, away + rng.gumbel(0.0, 1.5, away.shape)))
    places = CAGES[order[..., :MOST]] + rng.normal(0.0, 0.4, (*z.shape, MOST))
    places[np.arange(MOST) >= n_w[..., None]] = np.nan
    return np.sort(places, axis=-1).astype(np.float32)


def droplet_samples(replicas: int = 8, n: int = 400) -> tuple[ReplicaSamples, ...]:
    """A droplet whose ions turn over at every sample."""
    found = []
    for replica in range(replicas):
        rng = np.random.default_rng([8, replica])
        energy = rng.normal(LEG["Na"], 1.0, (1, n, 1))
        found.append(
            ReplicaSamples(
                system="bulk",
                replica=replica,
                start_ion=("K", "Na")[replica % 2],
                beta=BETA,
                centers=np.array([np.nan]),
                kappa=0.0,
                ladder=("K", "K:0.50:Na", "Na"),
                z=np.zeros((1, n)),
                u=energy * LAM,
                identity=rng.integers(0, 3, (1, n)),
                log_g=BETA * LEG["Na"] * LAM[None],
                walker=np.zeros((1, n), int),
            )
        )
    return tuple(found)
