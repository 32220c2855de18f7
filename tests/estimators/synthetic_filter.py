"""Exactly solvable filter: z and one hidden coordinate y that the identity couples to.

V_j(z, y) = V(z) + λ_j [D(z) + c·y] + ½k y², so that
W_j(z) = V(z) + λ_j D(z) − λ_j² c²/2k exactly (up to one constant), and y | j is normal. Samples are
drawn independently from every window's mixture over the identities, by inversion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import rt

TEMPERATURE = 310.15
RT = rt(TEMPERATURE)
BETA = 1.0 / RT
LADDER = ("K", "K:0.25:Na", "K:0.5:Na", "K:0.75:Na", "Na")


@dataclass(frozen=True)
class Model:
    """Potential V, difference D (both functions of z, kJ/mol), coupling c and stiffness k."""

    v: Callable[[np.ndarray], np.ndarray]
    d: Callable[[np.ndarray], np.ndarray]
    c: float = 5.0
    k: float = 3.0
    lower: float = -6.0
    upper: float = 6.0
    ladder: tuple[str, ...] = LADDER

    @property
    def lam(self) -> np.ndarray:
        return np.linspace(0.0, 1.0, len(self.ladder))

    def w(self, z: np.ndarray) -> np.ndarray:
        """Exact W_j(z), shape (J, len(z)), kJ/mol."""
        lam = self.lam[:, None]
        return self.v(z) + lam * self.d(z) - lam**2 * self.c**2 / (2.0 * self.k)

    def binned(self, z: np.ndarray, ion: str) -> np.ndarray:
        """−RT ln of the mean of exp(−W/RT) over bins with centres z, by quadrature."""
        width = z[1] - z[0]
        x = z[:, None] + width * ((np.arange(201) + 0.5) / 201 - 0.5)
        w = self.w(x.ravel())[self.ladder.index(ion)].reshape(x.shape)
        return -RT * np.log(np.exp(-BETA * w).mean(axis=1))


def flat(z: np.ndarray) -> np.ndarray:
    return np.zeros_like(z)


HARMONIC = Model(v=lambda z: 2.0 * z**2, d=lambda z: 3.0 * z - 70.0)
DOUBLE_WELL = Model(
    v=lambda z: 12.0 * ((z / 1.5) ** 2 - 1.0) ** 2,
    d=lambda z: -70.0 + 6.0 * np.cos(2.0 * z) + 2.0 * z,
    lower=-3.5,
    upper=3.5,
)
PERIODIC = Model(
    v=lambda z: 6.0 * (1.0 - np.cos(2.0 * np.pi * z / 3.1)),
    d=lambda z: -70.0 - 8.0 * np.cos(2.0 * np.pi * z / 3.1 + 0.4),
)
DROPLET = Model(v=flat, d=lambda z: 0.0 * z - 72.0, lower=-0.5, upper=0.5)


def draw(
    model: Model,
    seed: int,
    centers: np.ndarray | None,
    kappa: float = 60.0,
    n: int = 200,
    replica: int = 0,
) -> ReplicaSamples:
    """n independent samples of every window (of the whole range without ``centers``)."""
    rng = np.random.default_rng([seed, replica])
    if centers is None:
        centers, kappa = np.array([np.nan]), 0.0
    K, J = centers.size, len(model.ladder)
    edges = np.linspace(model.lower, model.upper, 4001)
    grid = 0.5 * (edges[1:] + edges[:-1])
    w = model.w(grid)
    log_g = np.empty((K, J))
    z = np.empty((K, n))
    for k in range(K):
        bias = 0.5 * kappa * (grid - centers[k]) ** 2 if kappa > 0 else 0.0
        a = -BETA * (w + bias)
        top = a.max(axis=1)
        log_g[k] = -(top + np.log(np.exp(a - top[:, None]).sum(axis=1)))
        log_g[k] += rng.normal(0.0, 0.3, J)
        p = np.exp(a + log_g[k][:, None]).sum(axis=0)
        cdf = np.concatenate([[0.0], np.cumsum(p)])
        z[k] = np.interp(rng.random(n), cdf / cdf[-1], edges)
    a = log_g[:, :, None] - BETA * model.w(z.ravel()).reshape(J, K, n).transpose(1, 0, 2)
    p = np.exp(a - a.max(axis=1, keepdims=True))
    cdf = np.cumsum(p, axis=1) / p.sum(axis=1, keepdims=True)
    identity = np.minimum((rng.random((K, 1, n)) > cdf).sum(axis=1), J - 1)
    y = rng.normal(0.0, np.sqrt(RT / model.k), (K, n)) - model.lam[identity] * model.c / model.k
    return ReplicaSamples(
        system="synthetic",
        replica=replica,
        start_ion=(model.ladder[0], model.ladder[-1])[replica % 2],
        beta=BETA,
        centers=centers,
        kappa=kappa,
        ladder=model.ladder,
        z=z,
        u=(model.d(z) + model.c * y)[:, :, None] * model.lam,
        identity=identity,
        log_g=log_g,
        walker=np.tile(np.arange(K)[:, None], (1, n)),
        exchange_accepted=np.full(max(K - 1, 0), 30),
        exchange_tried=np.full(max(K - 1, 0), 100),
    )
