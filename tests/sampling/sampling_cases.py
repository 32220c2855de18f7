"""What the sampling tests share: exact answers by quadrature, and estimates without estimators."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import logsumexp

from selectivity.forcefield.mixing import lennard_jones_ab, pair_parameters
from selectivity.forcefield.species import Molecule
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import Replica, new_replica, prepare, produce
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import COULOMB, KCAL, rt


def ion_at(points: np.ndarray, molecule: Molecule, ion: Molecule) -> np.ndarray:
    """Energy of an ion at ``points`` (..., 3) of a molecule's own frame, kJ/mol."""
    total = np.zeros(points.shape[:-1])
    for site, position in zip(molecule.sites, molecule.coordinates(), strict=True):
        d = np.linalg.norm(points - position, axis=-1)
        A, B = lennard_jones_ab(*pair_parameters(site, ion.sites[0]))
        total += COULOMB * site.charge * ion.charge / d + A / d**12 - B / d**6
    return total


def gauss(a: float, b: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre points and weights between a and b."""
    x, w = np.polynomial.legendre.leggauss(n)
    return 0.5 * (b - a) * x + 0.5 * (a + b), 0.5 * (b - a) * w


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
    """K→Na free energy of one molecule around a fixed ion, kcal/mol, by quadrature.

    The wall holds the main site, whose distance from the ion does not change when the pair is
    turned: in the molecule's frame, origin at the main site, Z = 8π² ∫exp(−β[U(s) + wall(|s|)])d³s
    over the places s of the ion.
    """
    beta, origin = 1.0 / rt(temperature_K), molecule.coordinates()[molecule.main]
    r, w_r = gauss(1.3, 6.0, 160)
    t, w_t = gauss(0.0, 1.0, 120)
    # Both ends of the axis are where a charged ligand puts an ion: points are dense there.
    c, w_c = np.cos(np.pi * t), np.pi * np.sin(np.pi * t) * w_t
    phi, w_phi = gauss(0.0, 0.5 * math.pi, 24)
    s = np.sqrt(1.0 - c**2)[:, None]
    direction = np.stack(
        np.broadcast_arrays(s * np.cos(phi), s * np.sin(phi), c[:, None] + 0.0 * phi), axis=-1
    )
    points = r[:, None, None, None] * direction
    held = wall(points)
    weight = (w_r * r**2)[:, None, None] * w_c[:, None] * w_phi
    log_z = [
        logsumexp(-beta * (ion_at(points + origin, molecule, ion) + held), b=weight) for ion in ions
    ]
    return float(log_z[0] - log_z[1]) / beta / KCAL
