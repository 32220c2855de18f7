"""Quenches clusters of rigid molecules to the next minimum of their energy.

A molecule has a place of seven numbers: the position t of its main site (Å) and a quaternion
q = (w, v) that need not be normalised. A site at s in the molecule's frame, main site at the
origin, stands at

    x = t + [(w² − v·v) s + 2 (v·s) v + 2 w v × s] / (w² + v·v).

The energy is that of :mod:`selectivity.engine.energy` without walls and tethers, Σ q_a q_b/(4πε0 r)
+ A/r¹² − B/r⁶ over sites of different molecules, written once more with its gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.forcefield.mixing import lj_tables
from selectivity.forcefield.species import Molecule
from selectivity.units import COULOMB


@dataclass(frozen=True)
class Cluster:
    """Rigid molecules as arrays over their N sites.

    Attributes
    ----------
    owner : ndarray of int, shape (N,)
        Molecule of every site.
    body : ndarray, shape (N, 3)
        Sites in their molecule's frame, main site at the origin, Å.
    coulomb, A, B : ndarray, shape (N, N)
        Of E = coulomb/r + A/r¹² − B/r⁶, kJ/mol and Å; zero within a molecule.
    """

    owner: np.ndarray
    body: np.ndarray
    coulomb: np.ndarray
    A: np.ndarray
    B: np.ndarray


@dataclass(frozen=True)
class Minimum:
    """Energy (kJ/mol) and places (M, 7) of a minimum, and its largest force (kJ/mol/Å)."""

    energy: float
    places: np.ndarray
    force: float


def cluster(molecules: Sequence[Molecule]) -> Cluster:
    """The arrays of ``molecules``, mixed without pair overrides."""
    sites = [site for molecule in molecules for site in molecule.sites]
    owner = np.repeat(np.arange(len(molecules)), [len(m.sites) for m in molecules])
    body = np.concatenate([m.coordinates() - m.coordinates()[m.main] for m in molecules])
    A, B = lj_tables(sites)
    charge = np.array([site.charge for site in sites])
    apart = owner[:, None] != owner
    return Cluster(owner, body, apart * COULOMB * np.outer(charge, charge), apart * A, apart * B)


def sites_of(c: Cluster, places: np.ndarray) -> np.ndarray:
    """Coordinates of all sites, shape (N, 3), Å, for places of shape (M, 7)."""
    t, w, v = places[c.owner, :3], places[c.owner, 3:4], places[c.owner, 4:]
    return t + _turned(c.body, w, v) / (w * w + np.sum(v * v, axis=1, keepdims=True))


def _turned(s: np.ndarray, w: np.ndarray, v: np.ndarray) -> np.ndarray:
    vv, vs = np.sum(v * v, axis=1, keepdims=True), np.sum(v * s, axis=1, keepdims=True)
    return (w * w - vv) * s + 2.0 * vs * v + 2.0 * w * np.cross(v, s)


def energy(c: Cluster, places: np.ndarray) -> tuple[float, np.ndarray]:
    """Energy (kJ/mol) and its gradient with respect to the places, shape (M, 7)."""
    x = sites_of(c, places)
    d = x[:, None] - x
    r2 = np.sum(d * d, axis=-1)
    r2[c.owner[:, None] == c.owner] = np.inf
    i2 = 1.0 / r2
    i6 = i2**3
    coulomb = c.coulomb * np.sqrt(i2)
    total = 0.5 * float(np.sum(coulomb + (c.A * i6 - c.B) * i6))
    pull = -(coulomb + (12.0 * c.A * i6 - 6.0 * c.B) * i6) * i2
    return total, _on_places(c, places, np.einsum("ij,ijk->ik", pull, d))


def _on_places(c: Cluster, places: np.ndarray, g: np.ndarray) -> np.ndarray:
    """Gradient with respect to the places from that with respect to the sites (N, 3)."""
    s, w, v = c.body, places[c.owner, 3:4], places[c.owner, 4:]
    n = w * w + np.sum(v * v, axis=1, keepdims=True)
    vs = np.sum(v * s, axis=1, keepdims=True)
    along = np.sum(g * _turned(s, w, v), axis=1, keepdims=True) / n
    by_w = 2.0 * np.sum(g * (w * s + np.cross(v, s)), axis=1, keepdims=True) - 2.0 * w * along
    by_v = -2.0 * v * np.sum(g * s, axis=1, keepdims=True) + 2.0 * s * np.sum(
        g * v, axis=1, keepdims=True
    )
    by_v += 2.0 * vs * g + 2.0 * w * np.cross(s, g) - 2.0 * v * along
    found = np.zeros_like(places)
    np.add.at(found, c.owner, np.concatenate([g, by_w / n, by_v / n], axis=1))
    return found


def quench(c: Cluster, places: np.ndarray) -> Minimum:
    """The minimum that BFGS reaches from ``places`` (M, 7)."""
    from scipy.optimize import minimize

    shape = places.shape

    def flat(p: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = energy(c, p.reshape(shape))
        return value, gradient.ravel()

    found = minimize(flat, places.ravel(), jac=True, method="BFGS", options={"gtol": 1e-6})
    places = found.x.reshape(shape)
    places[:, 3:] /= np.linalg.norm(places[:, 3:], axis=1, keepdims=True)
    value, gradient = energy(c, places)
    return Minimum(value, places, float(np.abs(gradient).max()))
