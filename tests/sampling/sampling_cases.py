"""What the sampling tests share: exact answers by quadrature, and estimates without estimators."""

from __future__ import annotations

from scipy.special import logsumexp

from selectivity.forcefield.species import Molecule
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import Replica, new_replica, prepare, produce
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import KCAL, rt
from selectivity.validation.exact import gauss, pair_integral

__all__ = ["end_to_end", "gauss", "pair_free_energy", "sampled"]


def sampled(spec, plan: SamplingPlan, number: int = 0) -> tuple[Replica, ReplicaSamples]:
    """A replica and the samples of its first segment."""
    replica = new_replica(spec, plan, number)
    prepare(replica)
    return replica, produce(replica)


def end_to_end(samples: ReplicaSamples, window: int = 0) -> float:
    """Free energy from the first identity to the last, kcal/mol, by reweighting a window's samples.

    Samples of the mixture p(x) ∝ Σ_j exp(g_j − βU_j) have the weight exp(−βU_i)/Σ_j exp(g_j − βU_j)
    in identity i.
    """
    log_w = -samples.beta * samples.u[window]
    log_w -= logsumexp(samples.log_g[window] + log_w, axis=1, keepdims=True)
    return float(logsumexp(log_w[:, 0]) - logsumexp(log_w[:, -1])) / samples.beta / KCAL


def pair_free_energy(
    molecule: Molecule, ions: tuple[Molecule, Molecule], wall, temperature_K: float
) -> float:
    """K→Na free energy of one molecule around a fixed ion, kcal/mol, by quadrature."""
    log_z = [pair_integral(molecule, ion, wall, temperature_K).log_z for ion in ions]
    return (log_z[0] - log_z[1]) * rt(temperature_K) / KCAL
