"""Free-energy profiles of all ions on one common zero, per replica and pooled.

W_X(z) = −RT ln p_X(z) with p_X(z) = Σ_n δ(z − z_n) exp(−βU_nX)/D_n over the samples of one
replica, binned. All ions share the denominators D_n and so one additive constant; that constant
differs between replicas and drops out of every difference between two ions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.mixture import require_same_run
from selectivity.estimators.weights import (
    Weights,
    all_weights,
    bin_of,
    replica_error,
    replica_mean,
    replica_weights,
)
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import R_KJ

BIN_WIDTH = 0.1  # Å
SMOOTHING = 0.2  # Å, standard deviation of the kernel that locates extrema


@dataclass(frozen=True)
class ReplicaProfile:
    """Profiles of one replica.

    Attributes
    ----------
    z : ndarray, shape (B,)
        Bin centres, Å, evenly spaced.
    w : dict of str to ndarray, shape (B,)
        W_X, kJ/mol, on the replica's common zero (∫exp(−W/RT)dz = 1 Å for the first ion over the
        bins); ``nan`` where a bin holds no sample.
    count : ndarray of int, shape (B,)
        Samples in each bin.
    neighbour_overlap : ndarray, shape (K − 1,)
        Overlap of neighbouring windows, the smaller of O_k,k+1 and O_k+1,k.
    residual : float
        Residual of the MBAR solution.
    """

    z: np.ndarray
    w: dict[str, np.ndarray]
    count: np.ndarray
    neighbour_overlap: np.ndarray
    residual: float
    temperature_K: float
    replica: int = 0
    start_ion: str = ""
    start_file: str = "near"


@dataclass(frozen=True)
class ProfileSet:
    """Profiles of R replicas on one zero.

    Attributes
    ----------
    z : ndarray, shape (B,)
        Bin centres, Å.
    w : dict of str to ndarray, shape (R, B)
        W_X, kJ/mol, every replica moved by one shift common to all its ions.
    ions : tuple of str
    temperature_K : float
    start_ions, start_files : tuple of str, length R
        How every replica began, see :class:`~selectivity.sampling.samples.ReplicaSamples`.
    system : str
    """

    z: np.ndarray
    w: dict[str, np.ndarray]
    ions: tuple[str, ...]
    temperature_K: float
    start_ions: tuple[str, ...] = ()
    system: str = ""
    neighbour_overlap: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    start_files: tuple[str, ...] = ()

    @property
    def replicas(self) -> int:
        """Number of replicas R."""
        return next(iter(self.w.values())).shape[0]

    @property
    def width(self) -> float:
        """Bin width, Å."""
        return float(self.z[1] - self.z[0])

    def of(self, ion: str) -> np.ndarray:
        """W of one ion in every replica, shape (R, B), kJ/mol; InputError for another ion."""
        if ion not in self.w:
            raise InputError(f"ion of {self.system}", ion, f"is one of {', '.join(self.ions)}")
        return self.w[ion]

    def mean(self, ion: str) -> np.ndarray:
        """Pooled W_X(z), kJ/mol, shape (B,): mean of the replicas that hold the bin."""
        return replica_mean(self.of(ion))

    def error(self, ion: str) -> np.ndarray:
        """Standard error of W_X(z) after alignment, kJ/mol, shape (B,); nan below two replicas."""
        return replica_error(self.of(ion))

    def difference(self, a: str, b: str) -> np.ndarray:
        """W_b(z) − W_a(z) of every replica, kJ/mol, shape (R, B); needs no alignment."""
        return self.of(b) - self.of(a)

    def difference_mean(self, a: str, b: str) -> np.ndarray:
        """Pooled W_b(z) − W_a(z), kJ/mol, shape (B,)."""
        return replica_mean(self.difference(a, b))

    def difference_error(self, a: str, b: str) -> np.ndarray:
        """Standard error of W_b(z) − W_a(z) over replicas, kJ/mol, shape (B,)."""
        return replica_error(self.difference(a, b))


def bin_centers(lower: float, upper: float, bin_width: float = BIN_WIDTH) -> np.ndarray:
    """Centres of equal bins from ``lower`` to ``upper``, no wider than ``bin_width`` (Å)."""
    if not (upper > lower and bin_width > 0):
        rule = "upper above lower and a positive width"
        raise InputError("bins", (lower, upper, bin_width), rule, "use at least two windows")
    bins = max(2, int(np.ceil((upper - lower) / bin_width - 1e-9)))
    width = (upper - lower) / bins
    return lower + width * (np.arange(bins) + 0.5)


def replica_profile(
    samples: ReplicaSamples, bin_width: float = BIN_WIDTH, weights: Weights | None = None
) -> ReplicaProfile:
    """Profiles of every ion of the ladder from one replica.

    Bins run from the first to the last window centre; samples outside take part in the solution
    and in no bin. ``weights`` are those of the same samples, solved here without them.

    Raises
    ------
    InputError
        No umbrella windows, or samples that are not finite.
    NotConvergedError
        From :func:`selectivity.estimators.separable.solve_windows`.
    """
    weights = weights or replica_weights(samples)
    z = bin_centers(float(samples.centers.min()), float(samples.centers.max()), bin_width)
    which = bin_of(samples.z.ravel(), z)
    w = {
        ion: _binned_profile(log_w, which, z) / samples.beta
        for ion, log_w in weights.log_weights(samples).items()
    }
    first = next(iter(w.values()))
    norm = np.log(np.nansum(np.exp(-samples.beta * (first - np.nanmin(first)))) * (z[1] - z[0]))
    zero = np.nanmin(first) - norm / samples.beta
    return ReplicaProfile(
        z=z,
        w={ion: profile - zero for ion, profile in w.items()},
        count=np.bincount(which[which >= 0], minlength=z.size),
        neighbour_overlap=weights.neighbour_overlap,
        residual=weights.residual,
        temperature_K=1.0 / (R_KJ * samples.beta),
        replica=samples.replica,
        start_ion=samples.start_ion,
        start_file=samples.start_file,
    )


def _binned_profile(log_w: np.ndarray, which: np.ndarray, z: np.ndarray) -> np.ndarray:
    """−ln p(z) from log weights, in kT; nan where a bin is empty."""
    inside = which >= 0
    if not inside.any():
        raise InputError("z of the samples", "all outside", "lie between the window centres")
    top = log_w[inside].max()
    p = np.bincount(which[inside], np.exp(log_w[inside] - top), minlength=z.size)
    with np.errstate(divide="ignore"):
        minus_log = -np.log(p / (z[1] - z[0])) - top
    return np.where(p > 0, minus_log, np.nan)


def profile_set(
    replicas: Sequence[ReplicaSamples],
    bin_width: float = BIN_WIDTH,
    interior: tuple[float, float] | None = None,
    weights: Sequence[Weights] | None = None,
) -> ProfileSet:
    """Profiles of all replicas of one filter, aligned over ``interior`` (see :func:`pool`).

    ``weights`` are those of these replicas, solved here without them.
    """
    first = require_same_run(replicas)
    solved = all_weights(replicas, weights)
    profiles = [
        replica_profile(samples, bin_width, w) for samples, w in zip(replicas, solved, strict=True)
    ]
    return pool(profiles, interior, system=first.system)


def pool(
    profiles: Sequence[ReplicaProfile],
    interior: tuple[float, float] | None = None,
    system: str = "",
) -> ProfileSet:
    """Put the replicas on one zero by least squares: one shift a replica, the same for all ions.

    Minimises Σ (w_rXb − s_r − m_Xb)² over the shifts s_r and the means m_Xb, over the ions X and
    the bins b of ``interior`` (all bins without one), empty bins left out; Σ_r s_r = 0. The zero
    of the set is then the lowest pooled W of the first ion there.
    """
    if not profiles:
        raise InputError("profiles", 0, "holds at least one replica")
    z, ions = profiles[0].z, tuple(profiles[0].w)
    for other in profiles[1:]:
        if other.z.shape != z.shape or not np.allclose(other.z, z) or tuple(other.w) != ions:
            raise InputError(f"profile of replica {other.replica}", "other bins", "shares bins")
    w = {ion: np.stack([p.w[ion] for p in profiles]) for ion in ions}
    inside = _interior_bins(z, interior)
    shift = _alignment(np.concatenate([w[ion][:, inside] for ion in ions], axis=1))
    w = {ion: rows - shift[:, None] for ion, rows in w.items()}
    lowest = replica_mean(w[ions[0]])[inside]
    zero = np.nanmin(lowest) if np.isfinite(lowest).any() else 0.0
    return ProfileSet(
        z=z,
        w={ion: rows - zero for ion, rows in w.items()},
        ions=ions,
        temperature_K=profiles[0].temperature_K,
        start_ions=tuple(p.start_ion for p in profiles),
        start_files=tuple(p.start_file for p in profiles),
        system=system,
        neighbour_overlap=np.stack([p.neighbour_overlap for p in profiles]),
    )


def _interior_bins(z: np.ndarray, interior: tuple[float, float] | None) -> np.ndarray:
    if interior is None:
        return np.ones(z.size, bool)
    inside = (z >= interior[0]) & (z <= interior[1])
    if not inside.any():
        raise InputError("interior", interior, f"lies in {z[0]:.2f} ... {z[-1]:.2f} Å")
    return inside


def _alignment(cells: np.ndarray) -> np.ndarray:
    """Shifts s_r of least squares with means m_c eliminated, shape (R,), summing to zero."""
    have = np.isfinite(cells).astype(float)
    count = np.maximum(have.sum(axis=0), 1.0)
    values = np.where(have > 0, cells, 0.0)
    residual = np.where(have > 0, values - values.sum(axis=0) / count, 0.0)
    normal = np.diag(have.sum(axis=1)) - (have / count) @ have.T
    return np.linalg.pinv(normal, rcond=1e-10) @ residual.sum(axis=1)


def smooth(z: np.ndarray, w: np.ndarray, sigma: float = SMOOTHING) -> np.ndarray:
    """Smooth a profile by a local straight line under a Gaussian weight of ``sigma`` (Å).

    It acts on W, not on p: the logarithm treats wells and barriers alike, whereas a kernel on p is
    ruled by the nearest well and pushes every maximum away from it. The local line leaves any
    straight line unchanged up to the ends, so that a common tilt does not move what is found. It
    serves to locate extrema on the pooled profile and for no height that is reported.

    Parameters
    ----------
    z : ndarray, shape (B,)
    w : ndarray, shape (B,)
        Empty bins are nan and take no part.

    Returns
    -------
    ndarray, shape (B,)
        nan where fewer than two bins within 2σ hold samples.
    """
    have = np.isfinite(w)
    d = z[None, :] - z[:, None]
    g = np.exp(-0.5 * (d / sigma) ** 2) * have
    values = np.where(have, w, 0.0)
    s0, s1, s2 = g.sum(1), (g * d).sum(1), (g * d * d).sum(1)
    t0, t1 = g @ values, (g * d) @ values
    enough = ((np.abs(d) <= 2.0 * sigma + 1e-9) & have).sum(axis=1) >= 2
    determinant = np.where(enough, s0 * s2 - s1 * s1, 1.0)
    return np.where(enough, (s2 * t0 - s1 * t1) / determinant, np.nan)


def fill_gaps(z: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Empty bins between filled ones by straight lines, row by row; bins at the ends stay nan."""
    w = np.array(w, dtype=float)
    for row in w.reshape(-1, z.size):
        have = np.flatnonzero(np.isfinite(row))
        if 1 < have.size < z.size:
            inner = slice(have[0], have[-1] + 1)
            row[inner] = np.interp(z[inner], z[have], row[have])
    return w
