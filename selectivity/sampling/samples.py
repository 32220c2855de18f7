"""What sampling hands to storage and to the estimators: the samples of one replica."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class Frames:
    """Coordinates of all windows at some of a segment's samples.

    Attributes
    ----------
    sample : ndarray of int, shape (F,)
        The samples of the segment that the frames show; every other quantity of a frame is that
        of its sample.
    r : ndarray of float32, shape (K, F, A, 3)
        Å, sites molecule by molecule; ``nan`` for a molecule that is not there.
    atoms : tuple of str, length A
        Chain, residue and atom of every site, ``"A:THR75:OG1"``; ``"I:X1:X"`` is the sampled ion.
    """

    sample: np.ndarray
    r: np.ndarray
    atoms: tuple[str, ...]


@dataclass(frozen=True)
class ReplicaSamples:
    """Production samples of one replica of one system.

    K windows (1 for droplet and cage), N samples per window, J identity states, ladder[j] naming
    the ion at an end point (its symbol) or an intermediate (``"K:0.4:Na"``).

    Attributes
    ----------
    system : str
    replica : int
    start_ion : str
        Identity at which the replica was started.
    beta : float
        1/RT in mol/kJ.
    centers : ndarray, shape (K,)
        Umbrella centres z_k, Å (``nan`` for droplet and cage).
    kappa : float
        Umbrella force constant, kJ/mol/Å² (0 for droplet and cage).
    ladder : tuple of str, length J
    z : ndarray, shape (K, N)
        z of X, Å.
    u : ndarray, shape (K, N, J)
        U_λj(x) − U_λ0(x), kJ/mol: Lennard-Jones energy of the sampled ion as identity j, relative
        to identity 0.
    identity : ndarray of int, shape (K, N)
        Sampled identity j.
    log_g : ndarray, shape (K, J)
        Frozen identity weights: window k samples p(x, j) ∝ exp(log_g[k, j] − βU_λj(x)
        − ½βκ(z − z_k)²).
    walker : ndarray of int, shape (K, N)
        Which walker (configuration) sat in the window: follows the window exchanges.
    coordination : dict of str to ndarray, shape (K, N)
        Oxygens within the first-shell radius of X: ``"ligand"`` and ``"water"``.
    file_z : dict of str to ndarray, shape (K, N)
        z (Å) of every other member of the single file, by place from inside and symbol:
        ``"0:K"``, ``"1:W"``.
    water_z : ndarray, shape (K, N, C)
        z (Å) of the waters in the open stretches of a file with ``gc``, rising, then ``nan`` up to
        the C places that there are; their number in a sample is n_w. C is 0 without ``gc``.
    start_file : str
        ``"near"`` where the file was started close about X, ``"far"`` where it was spread out to
        the ends of the file; with ``gc``, ``"empty"`` (near, without a water) and ``"full"`` (far,
        waters wherever they fit).
    counters : dict of str to int
        Accepted and tried moves, flips, refused departures, exchange counts.
    exchange_accepted, exchange_tried : ndarray, shape (K - 1,)
    cpu_seconds : float
    frames : Frames or None
        Coordinates at some samples of one segment; None where samples were read back or joined,
        which leaves frames where they are stored.
    """

    system: str
    replica: int
    start_ion: str
    beta: float
    centers: np.ndarray
    kappa: float
    ladder: tuple[str, ...]
    z: np.ndarray
    u: np.ndarray
    identity: np.ndarray
    log_g: np.ndarray
    walker: np.ndarray
    coordination: dict[str, np.ndarray] = field(default_factory=dict)
    file_z: dict[str, np.ndarray] = field(default_factory=dict)
    water_z: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0), np.float32))
    start_file: str = "near"
    counters: dict[str, int] = field(default_factory=dict)
    exchange_accepted: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    exchange_tried: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    cpu_seconds: float = 0.0
    frames: Frames | None = None


def concatenate(parts: Sequence[ReplicaSamples]) -> ReplicaSamples:
    """Samples of one replica's consecutive segments in one record.

    Counters, exchange counts and CPU seconds are running totals: the last part's stand.
    """
    last = parts[-1]
    return replace(
        last,
        z=np.concatenate([p.z for p in parts], axis=1),
        u=np.concatenate([p.u for p in parts], axis=1),
        identity=np.concatenate([p.identity for p in parts], axis=1),
        walker=np.concatenate([p.walker for p in parts], axis=1),
        coordination={
            key: np.concatenate([p.coordination[key] for p in parts], axis=1)
            for key in last.coordination
        },
        file_z={key: np.concatenate([p.file_z[key] for p in parts], axis=1) for key in last.file_z},
        water_z=np.concatenate([p.water_z for p in parts], axis=1),
        frames=None,
    )
