"""Points and orientations for starting coordinates."""

from __future__ import annotations

import math

import numpy as np

from selectivity.forcefield.species import Molecule


def random_rotation(rng: np.random.Generator) -> np.ndarray:
    """Rotation matrix, uniform over all orientations (from a normal quaternion)."""
    w, x, y, z = (q := rng.normal(size=4)) / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def lattice(lower: np.ndarray, upper: np.ndarray, spacing: float) -> np.ndarray:
    """Face-centred cubic points with nearest distance ``spacing`` inside a box, shape (n, 3)."""
    edge = spacing * math.sqrt(2.0)
    counts = np.ceil((upper - lower) / edge).astype(int) + 1
    cell = np.stack(np.meshgrid(*[np.arange(c) for c in counts], indexing="ij"), -1).reshape(-1, 3)
    basis = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
    points = (cell[:, None, :] + basis[None]).reshape(-1, 3) * edge + lower
    return points[np.all(points <= upper + 1e-9, axis=1)]


def ball_lattice(
    n: int, radius: float, clearance: float, rng: np.random.Generator
) -> np.ndarray | None:
    """``n`` lattice points in a ball, none within ``clearance`` of its centre, or None.

    The spacing starts at liquid water's and shrinks until the points fit, but not below 2.6 Å;
    of the points that fit, the n nearest the centre are taken.
    """
    for spacing in np.arange(3.2, 2.59, -0.05):
        box = np.full(3, radius + spacing)
        points = lattice(-box, box, spacing) + rng.uniform(-0.5, 0.5, 3) * spacing
        distance = np.linalg.norm(points, axis=1)
        inside = points[(distance <= radius) & (distance >= clearance)]
        if len(inside) >= n:
            return inside[np.argsort(np.linalg.norm(inside, axis=1))[:n]]
    return None


def roomiest(
    molecule: Molecule,
    point: np.ndarray,
    placed: np.ndarray,
    rng: np.random.Generator,
    centred: bool = False,
) -> np.ndarray:
    """The molecule with its main site at ``point``, in the roomiest of 32 orientations.

    Roomiest is the one whose closest approach to the sites ``placed``, shape (n, 3), is largest.
    With ``centred`` the mean of its sites is at ``point`` instead.
    """
    template = molecule.coordinates()
    template = template - (template.mean(axis=0) if centred else template[molecule.main])
    if len(template) == 1:
        return template + point
    trials = [template @ random_rotation(rng).T + point for _ in range(32)]
    return max(trials, key=lambda sites: closest(sites, placed))


def settle(
    sites: np.ndarray,
    molecule: Molecule,
    point: np.ndarray,
    placed: list[np.ndarray],
    rng: np.random.Generator,
) -> None:
    """Place a molecule by :func:`roomiest` and count it among what is placed.

    Parameters
    ----------
    sites : ndarray, shape (S, 3)
        Its coordinates, filled here; places of sites that it lacks become zero.
    placed : list of ndarray
        Sites to keep clear of; its own are added.
    """
    n = len(molecule.sites)
    sites[:n] = roomiest(molecule, point, np.array(placed), rng)
    sites[n:] = 0.0
    placed.extend(sites[:n])


def closest(points: np.ndarray, others: np.ndarray) -> float:
    """Smallest distance between two sets of points (inf where one is empty), Å."""
    if len(points) == 0 or len(others) == 0:
        return math.inf
    return float(np.sqrt(((points[:, None] - others[None]) ** 2).sum(-1)).min())
