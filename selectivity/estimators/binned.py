"""Profiles of all ions on one common zero by binned UWHAM: the fast estimate beside MBAR.

From the cells of :mod:`selectivity.estimators.cells` with bins that divide those of the output:
W_X(z) = −RT ln Σ_b p_bX over the solver's bins b in the output's, p_c = h_c/D_c. It costs a few
passes over cells, whatever the number of samples, so that resampling is cheap. Beside
:func:`selectivity.estimators.profile.replica_profile` it takes the density to be flat within a
bin of the solver, and weighs a sample of window k by p(j | x_n, k) in place of its weight in the
mixture of all windows; both are consistent, and they differ by less than either's error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.cells import (
    REFINE,
    Cells,
    CellSolution,
    bins_of,
    cells,
    posterior_jn,
    solve_cells,
)
from selectivity.estimators.correlation import statistical_inefficiency
from selectivity.estimators.mixture import (
    factors,
    ion_states,
    require_same_run,
    require_samples,
)
from selectivity.estimators.newton import overlap_of, require_solved, residual
from selectivity.estimators.profile import BIN_WIDTH, ProfileSet, ReplicaProfile, bin_centers, pool
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import R_KJ

TOL = 1e-10


@dataclass(frozen=True)
class _Sorted:
    """Samples sorted into bins of the solver, which divide the output's bins."""

    posterior: np.ndarray
    place: np.ndarray
    bins: np.ndarray
    grid: tuple[float, float]
    z: np.ndarray


def binned_profile(samples: ReplicaSamples, bin_width: float = BIN_WIDTH) -> ReplicaProfile:
    """Profiles of every ion of the ladder from one replica, by binned UWHAM.

    Bins and zero are those of :func:`selectivity.estimators.profile.replica_profile`; samples
    beyond the bins take part in the solution. ``neighbour_overlap`` is that of configurations and
    identities together, no larger than that of configurations alone.

    Raises
    ------
    InputError
        No umbrella windows, or samples that are not finite.
    NotConvergedError
        The residual of 1e-10 is not met, or windows share no cell.
    """
    sorted_in = _sorted(samples, bin_width)
    found = _cells(samples, sorted_in)
    n = found.h_kbj.sum(axis=(1, 2))
    solution = solve_cells(found, TOL)
    require_solved(solution.state, n, TOL, solution.iterations)
    overlap = overlap_of(solution.state, n)
    rows = _profiles(samples, found, solution, sorted_in.z)
    out = found.bins[sorted_in.place] // REFINE
    out = out[(out >= 0) & (out < sorted_in.z.size)]
    return ReplicaProfile(
        z=sorted_in.z,
        w=dict(zip(ion_states(samples.ladder), rows, strict=True)),
        count=np.bincount(out, minlength=sorted_in.z.size),
        neighbour_overlap=np.minimum(np.diag(overlap, 1), np.diag(overlap, -1)),
        residual=residual(solution.state, n),
        temperature_K=1.0 / (R_KJ * samples.beta),
        replica=samples.replica,
        start_ion=samples.start_ion,
        start_file=samples.start_file,
    )


def binned_profile_set(
    replicas: Sequence[ReplicaSamples],
    bin_width: float = BIN_WIDTH,
    interior: tuple[float, float] | None = None,
) -> ProfileSet:
    """Profiles of all replicas by binned UWHAM, aligned over ``interior`` as MBAR's are.

    See :func:`selectivity.estimators.profile.profile_set`.
    """
    first = require_same_run(replicas)
    profiles = [binned_profile(samples, bin_width) for samples in replicas]
    return pool(profiles, interior, system=first.system)


def bootstrap_profiles(
    samples: ReplicaSamples, draws: int, seed: int, bin_width: float = BIN_WIDTH
) -> dict[str, np.ndarray]:
    """Profiles of one replica from resampled blocks of its windows, each started from the whole.

    Blocks, drawn with replacement window by window, are twice as long as the statistical
    inefficiency of z or of the energy between the ends of the ladder, whichever is longer; the
    last block of a window is cut to its number of samples. The standard deviation of a difference
    over draws is its error, given that the chains visit all that there is: what a chain has not
    seen it cannot know, and in a narrow filter independent replicas scatter several times as far.
    The error of a result is therefore that of replicas; this serves where there is only one.

    Parameters
    ----------
    samples : ReplicaSamples
        Windows that do not exchange with each other, or rarely: they are resampled independently.
    draws : int
        At least two.
    seed : int
    bin_width : float
        Å.

    Returns
    -------
    dict of str to ndarray, shape (draws, B)
        W_X in kJ/mol, on the zero of :func:`binned_profile`.
    """
    if draws < 2:
        raise InputError("draws", draws, "is at least 2", "100 give an error within 7 %")
    sorted_in = _sorted(samples, bin_width)
    whole = _cells(samples, sorted_in)
    start = solve_cells(whole, TOL).f_k
    lengths = _block_lengths(samples)
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(draws):
        count = _resample(samples.z.shape, lengths, rng)
        weighed = sorted_in.posterior * count.ravel()
        found = cells(samples, weighed, sorted_in.bins, sorted_in.place, sorted_in.grid)
        n = found.h_kbj.sum(axis=(1, 2))
        solution = solve_cells(found, TOL, start=start)
        require_solved(solution.state, n, TOL, solution.iterations)
        rows.append(_profiles(samples, found, solution, sorted_in.z))
    return dict(zip(ion_states(samples.ladder), np.stack(rows, axis=1), strict=True))


def _sorted(samples: ReplicaSamples, bin_width: float) -> _Sorted:
    require_samples(samples)
    if samples.kappa <= 0 or samples.z.shape[0] < 2:
        place = f"windows of {samples.system}"
        rule = "means along z need at least two umbrella windows"
        raise InputError(place, samples.z.shape[0], rule, "droplet and cage have none")
    z = bin_centers(float(samples.centers.min()), float(samples.centers.max()), bin_width)
    width = float(z[1] - z[0])
    grid = (float(z[0]) - 0.5 * width, width / REFINE)
    bins, place_n = bins_of(samples.z.ravel(), *grid)
    return _Sorted(posterior_jn(samples, factors(samples)), place_n, bins, grid, z)


def _cells(samples: ReplicaSamples, s: _Sorted) -> Cells:
    return cells(samples, s.posterior, s.bins, s.place, s.grid)


def _profiles(
    samples: ReplicaSamples, found: Cells, solution: CellSolution, z: np.ndarray
) -> np.ndarray:
    """W_X of the ions on their common zero, kJ/mol, shape (ions, B); nan in empty bins."""
    h_bj = found.h_kbj.sum(axis=0)
    log_d = solution.state.log_d.reshape(h_bj.shape)
    out = found.bins // REFINE
    inside = (out >= 0) & (out < z.size)
    if not inside.any():
        raise InputError("z of the samples", "all outside", "lie between the window centres")
    ends = list(ion_states(samples.ladder).values())
    top = log_d[inside].min()
    p_bj = h_bj[inside] * np.exp(top - log_d[inside])
    p = np.stack([np.bincount(out[inside], p_bj[:, j], minlength=z.size) for j in ends])
    width = z[1] - z[0]
    with np.errstate(divide="ignore"):
        w = np.where(p > 0, -np.log(p / p[0].sum() / width), np.nan)
    return np.asarray(w / samples.beta)


def _block_lengths(samples: ReplicaSamples) -> np.ndarray:
    """Samples of a block in every window, shape (K,)."""
    gap = samples.u[:, :, -1] - samples.u[:, :, 0]
    g = [
        max(statistical_inefficiency(z), statistical_inefficiency(u))
        for z, u in zip(samples.z, gap, strict=True)
    ]
    return np.minimum(np.ceil(2.0 * np.array(g)), samples.z.shape[1]).astype(int)


def _resample(shape: tuple[int, int], lengths: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How often every sample was drawn, in circular blocks, shape (K, N); every row sums to N."""
    K, N = shape
    count = np.empty(shape)
    for k in range(K):
        first = rng.integers(0, N, -(-N // lengths[k]))
        drawn = (first[:, None] + np.arange(lengths[k])).ravel()[:N] % N
        count[k] = np.bincount(drawn, minlength=N)
    return count
