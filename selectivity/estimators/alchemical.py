"""Free-energy differences between identities where there is no coordinate: droplet and cage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.estimators.mixture import log_weights, require_same_run
from selectivity.estimators.separable import solve_windows
from selectivity.records import Estimate
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import R_KJ


@dataclass(frozen=True)
class IdentityFreeEnergies:
    """Free energies of the ions of one ladder, per replica.

    Attributes
    ----------
    ions : tuple of str
        In the order of the ladder.
    g : dict of str to ndarray, shape (R,)
        F_X − F_first, kJ/mol.
    temperature_K : float
    start_ions : tuple of str, length R
    system : str
    """

    ions: tuple[str, ...]
    g: dict[str, np.ndarray]
    temperature_K: float
    start_ions: tuple[str, ...] = ()
    system: str = ""

    def per_replica(self, a: str, b: str) -> np.ndarray:
        """ΔG(a → b) = F_b − F_a of every replica, kJ/mol, shape (R,)."""
        for ion in (a, b):
            if ion not in self.g:
                raise InputError(f"ion of {self.system}", ion, f"is one of {', '.join(self.ions)}")
        return self.g[b] - self.g[a]

    def difference(self, a: str, b: str) -> Estimate:
        """ΔG(a → b) with the standard error of independent replicas, kJ/mol."""
        return Estimate.from_replicas(self.per_replica(a, b))


def replica_free_energies(samples: ReplicaSamples) -> dict[str, float]:
    """F_X − F_first of one replica in kJ/mol, F_X = −RT ln Σ_n exp(−βU_nX)/D_n.

    For one state (droplet, cage) D_n needs no solution; with windows, F_X is the free energy over
    everything that the windows cover.
    """
    weights = log_weights(samples, solve_windows(samples).log_denominator_n)
    if not weights:
        raise InputError(f"ladder of {samples.system}", samples.ladder, "names at least one ion")
    f = {ion: -_log_sum_exp(w) / samples.beta for ion, w in weights.items()}
    first = next(iter(f.values()))
    return {ion: value - first for ion, value in f.items()}


def free_energies(replicas: Sequence[ReplicaSamples]) -> IdentityFreeEnergies:
    """Free energies of all ions of a ladder from the replicas of one droplet or cage.

    Raises
    ------
    InputError
        No replica, or replicas of different ladders or temperatures.
    """
    first = require_same_run(replicas)
    rows = [replica_free_energies(samples) for samples in replicas]
    return IdentityFreeEnergies(
        ions=tuple(rows[0]),
        g={ion: np.array([row[ion] for row in rows]) for ion in rows[0]},
        temperature_K=1.0 / (R_KJ * first.beta),
        start_ions=tuple(samples.start_ion for samples in replicas),
        system=first.system,
    )


def _log_sum_exp(a: np.ndarray) -> float:
    top = float(a.max())
    return top + float(np.log(np.exp(a - top).sum()))
