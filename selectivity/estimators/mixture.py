"""One mixture state per window: what a sample weighs for every identity.

Each umbrella window together with its ladder of identities is one mixture state: with the identity
summed out, window k samples q_k(x) ∝ exp(−u_k(x)) relative to identity 0 without a bias, where

    u_k(x) = ½βκ(z − z_k)² − ln Σ_j exp(log_g[k, j] − βU_λj(x)).

The K mixture states of one replica give the denominators D_n of MBAR, and exp(−βU_λj(x_n))/D_n is
the weight of sample n in the unbiased ensemble of identity j, whatever identity it was sampled
with (Rao-Blackwell). All identities so share one zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.sampling.samples import ReplicaSamples

WIDE = 300.0  # kT between windows' weights beyond which the matrix product would lose terms


def mixture_reduced_bias(samples: ReplicaSamples) -> np.ndarray:
    """Reduced bias of every sample in every mixture state of one replica.

    u_kn = ½βκ(z_n − z_k)² − ln Σ_j exp(log_g[k, j] − βU_nj), relative to identity 0 without bias.

    Parameters
    ----------
    samples : ReplicaSamples
        K windows with N samples each and J identities.

    Returns
    -------
    ndarray, shape (K, K·N)
        Samples flattened window by window (sample n of window k at k·N + n).

    Raises
    ------
    InputError
        Energies, positions or weights that are not finite, or shapes that do not fit.
    """
    require_samples(samples)
    K, N = samples.z.shape
    reduced = samples.beta * samples.u.reshape(K * N, len(samples.ladder))
    u_kn = -_log_mixture(reduced, samples.log_g)
    if samples.kappa > 0:
        z = samples.z.ravel()
        for k, centre in enumerate(samples.centers):
            u_kn[k] += 0.5 * samples.beta * samples.kappa * (z - centre) ** 2
    return u_kn


def require_samples(samples: ReplicaSamples) -> None:
    """Check that shapes fit and that positions, energies and weights are finite.

    Raises
    ------
    InputError
    """
    K, N = samples.z.shape
    J = len(samples.ladder)
    if samples.u.shape != (K, N, J) or samples.log_g.shape != (K, J):
        found = (samples.z.shape, samples.u.shape, samples.log_g.shape)
        raise InputError(_place(samples), found, "z, u, log_g are (K, N), (K, N, J), (K, J)")
    for name in ("z", "u", "log_g"):
        if not np.all(np.isfinite(getattr(samples, name))):
            raise InputError(f"{_place(samples)}.{name}", "not finite", "is finite everywhere")


@dataclass(frozen=True)
class Factors:
    """The two factors of the sum over identities, which alone join window and sample.

    Σ_j exp(log_g[k, j] − βU_nj) = exp(top_n) Σ_j g_kj e_jn.

    Attributes
    ----------
    log_g_kj : ndarray, shape (K, J)
        ln g_kj: log_g relative to its mean over the windows, so that only the differences between
        windows (a few tens of kT) stand there.
    e_jn : ndarray, shape (J, K·N)
        exp(mean log_g − βU_nj − top_n), the largest of every sample being 1.
    top_n : ndarray, shape (K·N,)
    """

    log_g_kj: np.ndarray
    e_jn: np.ndarray
    top_n: np.ndarray

    @property
    def wide(self) -> bool:
        """Whether the windows' weights differ by so much that the product would lose terms."""
        return bool(np.ptp(self.log_g_kj) > WIDE)


def factors(samples: ReplicaSamples) -> Factors:
    """Factors of the mixture states of one replica; as much memory as the energies themselves."""
    middle = samples.log_g.mean(axis=0)
    e_jn = np.multiply(samples.u.reshape(-1, middle.size).T, -samples.beta, order="C")
    e_jn += middle[:, None]
    top_n = e_jn.max(axis=0)
    e_jn -= top_n
    np.exp(e_jn, out=e_jn)
    return Factors(samples.log_g - middle, e_jn, top_n)


def _place(samples: ReplicaSamples) -> str:
    return f"samples of {samples.system}, replica {samples.replica}"


def _log_mixture(reduced_nj: np.ndarray, log_g_kj: np.ndarray) -> np.ndarray:
    """ln Σ_j exp(log_g[k, j] − u_nj), shape (K, N), as one matrix product.

    The mean weights over the windows go with the samples, so that only the differences between
    windows (a few tens of kT) stand in the other factor.
    """
    middle = log_g_kj.mean(axis=0)
    relative = log_g_kj - middle
    a_nj = middle - reduced_nj
    top = a_nj.max(axis=1)
    if np.ptp(relative) > WIDE:
        return np.stack([_rows_log_sum_exp(a_nj + row) for row in relative])
    return np.log(np.exp(relative) @ np.exp(a_nj - top[:, None]).T) + top


def _rows_log_sum_exp(a: np.ndarray) -> np.ndarray:
    top = a.max(axis=1)
    return top + np.log(np.exp(a - top[:, None]).sum(axis=1))


def ion_states(ladder: Sequence[str]) -> dict[str, int]:
    """Index of every ion that the ladder names as an end point (``"K:0.4:Na"`` is none)."""
    return {name: j for j, name in enumerate(ladder) if ":" not in name}


def log_weights(samples: ReplicaSamples, log_denominator_n: np.ndarray) -> dict[str, np.ndarray]:
    """ln[exp(−βU_nX)/D_n] of every sample in the unbiased ensemble of every ion X, shape (N,)."""
    reduced = samples.beta * samples.u.reshape(-1, len(samples.ladder))
    return {
        ion: -reduced[:, j] - log_denominator_n for ion, j in ion_states(samples.ladder).items()
    }


def posterior(samples: ReplicaSamples, ion: str) -> np.ndarray:
    """Probability that each sample carries the identity ``ion`` given its coordinates, (K, N)."""
    states = ion_states(samples.ladder)
    if ion not in states:
        raise InputError(f"ion of {samples.system}", ion, f"is one of {', '.join(states)}")
    a = np.multiply(samples.u.transpose(2, 0, 1), -samples.beta, order="C")
    a += samples.log_g.T[:, :, None]
    a -= a.max(axis=0)
    np.exp(a, out=a)
    return a[states[ion]] / a.sum(axis=0)


def require_same_run(replicas: Sequence[ReplicaSamples]) -> ReplicaSamples:
    """First replica, after checking that all share system, ladder, temperature and windows.

    Raises
    ------
    InputError
    """
    if not replicas:
        raise InputError("replicas", 0, "holds at least one replica", "run the sampling first")
    first = replicas[0]
    for other in replicas[1:]:
        place = f"replica {other.replica} of {other.system}"
        if other.system != first.system or other.ladder != first.ladder:
            rule = f"belongs to {first.system} with the ladder {first.ladder}"
            raise InputError(place, (other.system, other.ladder), rule)
        if other.beta != first.beta:
            raise InputError(place, other.beta, f"has the same temperature, beta = {first.beta}")
        if not np.array_equal(other.centers, first.centers, equal_nan=True):
            raise InputError(place, "centers", "has the same windows in every replica")
    return first
