"""The identity ladder: Lennard-Jones parameters that lead from one ion to another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.errors import InputError
from selectivity.forcefield.library import ForceField
from selectivity.forcefield.mixing import lennard_jones_ab, pair_parameters
from selectivity.forcefield.species import SiteType


@dataclass(frozen=True)
class Ladder:
    """J identities of one ion; charge and geometry are the same for all.

    Attributes
    ----------
    labels : tuple of str, length J
        The ion's symbol at an end point, ``"K:0.20:Na"`` one fifth of the way from K to Na.
    rmin_half : ndarray, shape (J,)
        Rmin/2, Å.
    epsilon : ndarray, shape (J,)
        ε, kJ/mol.
    endpoints : dict of str to int
        Index of every real ion.
    """

    labels: tuple[str, ...]
    rmin_half: np.ndarray
    epsilon: np.ndarray
    endpoints: dict[str, int]


def ladder(ff: ForceField, ions: tuple[str, ...], states_per_gap: int) -> Ladder:
    """Identities from ``ions[0]`` to ``ions[-1]`` in ``states_per_gap`` steps per gap.

    Between consecutive ions a and b, at λ = m/``states_per_gap``: Rmin/2 = (1−λ)Rmin_a/2 +
    λRmin_b/2 and ε = (1−λ)ε_a + λε_b. With G gaps J = G·``states_per_gap`` + 1; one ion alone
    gives J = 1.

    Raises
    ------
    InputError
        No ion, an ion that the set lacks, one named twice, charges that differ, or fewer than one
        step per gap.
    """
    _check(ff, ions, states_per_gap)
    sites = [ff.ion(symbol).sites[0] for symbol in ions]
    labels, rmin_half, epsilon = [ions[0]], [sites[0].rmin_half], [sites[0].epsilon]
    endpoints = {ions[0]: 0}
    for g in range(len(ions) - 1):
        for m in range(1, states_per_gap + 1):
            t = m / states_per_gap
            last = m == states_per_gap
            labels.append(ions[g + 1] if last else f"{ions[g]}:{t:.2f}:{ions[g + 1]}")
            rmin_half.append((1.0 - t) * sites[g].rmin_half + t * sites[g + 1].rmin_half)
            epsilon.append((1.0 - t) * sites[g].epsilon + t * sites[g + 1].epsilon)
        endpoints[ions[g + 1]] = len(labels) - 1
    return Ladder(tuple(labels), np.array(rmin_half), np.array(epsilon), endpoints)


def pair_tables(
    rungs: Ladder, ff: ForceField, partners: Sequence[SiteType]
) -> tuple[np.ndarray, np.ndarray]:
    """A and B of E = A/r¹² − B/r⁶ between every identity and every partner site.

    Lorentz-Berthelot with the interpolated Rmin/2 and ε. Where the set's overrides name an end
    ion's pair with a partner, the pair's own Rmin and ε are interpolated along that gap instead,
    so that both end points are exact.

    Returns
    -------
    A : ndarray, shape (J, n)
        kJ Å¹²/mol.
    B : ndarray, shape (J, n)
        kJ Å⁶/mol.
    """
    ends = sorted(rungs.endpoints.items(), key=lambda item: item[1])
    at = np.array([index for _, index in ends], dtype=float)
    states = np.arange(len(rungs.labels), dtype=float)
    A, B = np.empty((len(states), len(partners))), np.empty((len(states), len(partners)))
    for n, partner in enumerate(partners):
        ion_sites = [ff.ion(symbol).sites[0] for symbol, _ in ends]
        real = np.array([pair_parameters(site, partner, ff.overrides) for site in ion_sites])
        named = [frozenset((site.name, partner.name)) in ff.overrides for site in ion_sites]
        rmin = rungs.rmin_half + partner.rmin_half
        epsilon = np.sqrt(rungs.epsilon * partner.epsilon)
        for g in range(max(1, len(ends) - 1)):
            if not any(named[g : g + 2]):
                continue
            gap = (states >= at[g]) & (states <= at[min(g + 1, len(at) - 1)])
            rmin[gap] = np.interp(states[gap], at, real[:, 0])
            epsilon[gap] = np.interp(states[gap], at, real[:, 1])
        for j in range(len(states)):
            A[j, n], B[j, n] = lennard_jones_ab(float(rmin[j]), float(epsilon[j]))
    return A, B


def _check(ff: ForceField, ions: tuple[str, ...], states_per_gap: int) -> None:
    if not ions:
        raise InputError("ions", ions, "names at least one ion", 'for example ("K", "Na")')
    molecules = [ff.ion(symbol, "ions") for symbol in ions]
    if len(set(ions)) != len(ions):
        raise InputError("ions", ions, "names every ion once", "remove the repetition")
    for symbol, molecule in zip(ions, molecules, strict=True):
        if not math.isclose(molecule.charge, molecules[0].charge, abs_tol=1e-12):
            rule = f"has the charge of {ions[0]}, {molecules[0].charge:+g} e, not "
            rule += f"{molecule.charge:+g} e"
            remedy = "an identity ladder changes Lennard-Jones parameters only; leave it out"
            raise InputError("ions", symbol, rule, remedy)
    if states_per_gap < 1:
        raise InputError("states_per_gap", states_per_gap, "is at least 1", "5 is the default")
