"""NIST reference configurations, and clusters of Lennard-Jones atoms, by the engine's pair sums."""

from __future__ import annotations

import numpy as np

from selectivity.engine import energy
from selectivity.forcefield.library import load, water
from selectivity.system.topology import Member, Topology, absent_sites
from selectivity.units import COULOMB, R_KJ
from selectivity.validation.context import Context
from selectivity.validation.periodic import Configuration, pair_sum, read_configuration
from selectivity.validation.records import Computed
from selectivity.validation.small import assemble, make_run

WATER = "spce-nist"
EWALD = 5.6
"""α L of the reference calculation."""


def _waters(context: Context) -> Configuration:
    number = context.settings["configuration"]
    return read_configuration(context.file(f"nist_spce_sample_config_periodic{number}.xyz"))


def dispersion(context: Context) -> Computed:
    """Σ over pairs of oxygens nearer than the cutoff, nearest images, E/k_B in K."""
    c, molecule = _waters(context), water(WATER)
    oxygens = Configuration(c.edge, c.x[::3])
    site, n = molecule.sites[0], len(c.x) // 3
    A, B = (
        site.epsilon * (2.0 * site.rmin_half) ** 12,
        2.0 * site.epsilon * (2.0 * site.rmin_half) ** 6,
    )
    total, distance, _ = pair_sum(
        oxygens, np.arange(n), context.settings["cutoff"], A, B, np.zeros(n)
    )
    return Computed(total / R_KJ, note=f"{distance.size} pairs")


def real_space(context: Context) -> Computed:
    """Σ q_i q_j erfc(αr)/r: the engine's Coulomb sum less its smooth part, E/k_B in K."""
    from scipy.special import erf

    c, molecule = _waters(context), water(WATER)
    n = len(c.x) // 3
    q = np.tile(molecule.charges(), n) * np.sqrt(COULOMB)
    total, distance, product = pair_sum(
        c, np.repeat(np.arange(n), 3), context.settings["cutoff"], 0.0, 0.0, q
    )
    smooth = float(np.sum(product * erf(EWALD / c.edge * distance) / distance))
    return Computed((total - smooth) / R_KJ, note=f"{distance.size} pairs of sites")


def free_topology(n: int) -> Topology:
    """``n`` waters of the reference calculation, and an ion that is not there."""
    members = [Member(water(WATER), "water", f"W{i}") for i in range(n)]
    members.append(Member(load("jc-spce").ion("K"), "ion", "X", mobile=False))
    return assemble(members, n, "jc-spce")


def free_configuration(context: Context) -> tuple[Topology, np.ndarray]:
    """The configuration's molecules in free space: no images, no cutoff."""
    c = _waters(context)
    n = len(c.x) // 3
    r = np.array([absent_sites(m, 3) for m in range(n + 1)])
    r[:n] = c.x.reshape(n, 3, 3)
    return free_topology(n), r


def free_space(context: Context) -> Computed:
    """Energy in free space by the kernels, against a plain sum over sites, E/k_B in K."""
    topology, r = free_configuration(context)
    found = make_run(topology, r, context.settings["precision"]).energy()
    return Computed(found / R_KJ, target=plain_sum(r[:-1]) / R_KJ)


def plain_sum(r: np.ndarray) -> float:
    """Σ q_a q_b/(4πε0 r) + 4ε[(σ/r)¹² − (σ/r)⁶] over molecules (n, 3, 3), by hand, kJ/mol."""
    molecule = water(WATER)
    q, oxygen = molecule.charges(), molecule.sites[0]
    sigma = 2.0 * oxygen.rmin_half / 2.0 ** (1.0 / 6.0)
    total = 0.0
    for i in range(len(r) - 1):
        d = np.linalg.norm(r[i][:, None] - r[i + 1 :, None], axis=-1)  # (others, 3, 3)
        total += COULOMB * float(np.sum(np.outer(q, q) / d))
        s6 = (sigma / d[:, 0, 0]) ** 6
        total += 4.0 * oxygen.epsilon * float(np.sum(s6 * s6 - s6))
    return total


def openmm_free_space(context: Context) -> Computed:
    """The same energy by OpenMM, in double on its Reference platform, E/k_B in K."""
    from selectivity.validation.openmm_witness import openmm_energy

    topology, r = free_configuration(context)
    return Computed(
        energy.total_energy(topology, r) / R_KJ, target=openmm_energy(topology, r, 0) / R_KJ
    )


def lennard_jones(context: Context) -> Computed:
    """Σ 4[r⁻¹² − r⁻⁶] over atoms nearer than the cutoff, nearest images, reduced units."""
    number = context.settings["configuration"]
    c = read_configuration(context.file(f"nist_lj_sample_config_periodic{number}.xyz"))
    n = len(c.x)
    total, distance, _ = pair_sum(
        c, np.arange(n), context.settings["cutoff"], 4.0, 4.0, np.zeros(n)
    )
    return Computed(total, note=f"{distance.size} pairs")
