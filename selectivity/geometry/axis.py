"""The symmetry axis of equal subunits, and coordinates about it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Axis:
    """A rotation axis fitted to M copies of the same atoms.

    Attributes
    ----------
    order : tuple of int, length M
        Copies in the order of a positive turn about ``direction``.
    origin, direction : ndarray, shape (3,)
        A point on the axis (the centroid of all atoms), Å, and its unit direction.
    angle_deg : float
        Turn of the best superposition of every copy on the next one.
    rms : float
        What that superposition leaves, Å.
    """

    order: tuple[int, ...]
    origin: np.ndarray
    direction: np.ndarray
    angle_deg: float
    rms: float


def fit_axis(copies: np.ndarray) -> Axis:
    """Fit the M-fold axis of ``copies``, shape (M, n, 3), Å.

    The copies are ordered by angle about the normal of the plane of their centroids. One rotation
    that takes copy m to copy m + 1 for all m at once follows by least squares (Kabsch 1976, Acta
    Cryst. A 32, 922); its axis is the result.
    """
    M = len(copies)
    origin = copies.reshape(-1, 3).mean(axis=0)
    centroids = copies.mean(axis=1) - origin
    normal = np.linalg.svd(centroids)[2][2]
    e1 = _perpendicular(normal)
    e2 = np.cross(normal, e1)
    angles = np.arctan2(centroids @ e2, centroids @ e1)
    order = tuple(int(m) for m in np.argsort(angles))
    here = (copies[list(order)] - origin).reshape(-1, 3)
    there = (copies[list(order[1:] + order[:1])] - origin).reshape(-1, 3)
    rotation = _superposition(here, there)
    direction = _rotation_axis(rotation, normal)
    angle = math.degrees(math.acos(float(np.clip((np.trace(rotation) - 1.0) / 2.0, -1.0, 1.0))))
    rms = float(np.sqrt(np.mean(np.sum((here @ rotation.T - there) ** 2, axis=1))))
    start = order.index(0)
    order = tuple(order[(start + m) % M] for m in range(M))
    return Axis(order, origin, direction, angle, rms)


def reversed_axis(axis: Axis) -> Axis:
    """The same axis pointing the other way; the order of the copies turns round with it."""
    order = (axis.order[0], *reversed(axis.order[1:]))
    return Axis(order, axis.origin, -axis.direction, axis.angle_deg, axis.rms)


def cylindrical(axis: Axis, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """r (Å), φ (radians) and z (Å, from ``axis.origin``) of ``positions`` of shape (..., 3)."""
    e1 = _perpendicular(axis.direction)
    e2 = np.cross(axis.direction, e1)
    relative = positions - axis.origin
    x, y = relative @ e1, relative @ e2
    return np.hypot(x, y), np.arctan2(y, x), relative @ axis.direction


def _superposition(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Rotation R with ``here @ R.T`` closest to ``there``; both centred, shape (N, 3)."""
    u, _, vt = np.linalg.svd(there.T @ here)
    proper = np.diag([1.0, 1.0, float(np.sign(np.linalg.det(u @ vt)))])
    rotation: np.ndarray = u @ proper @ vt
    return rotation


def _rotation_axis(rotation: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Unit axis of ``rotation``, of its two directions the one along ``like``."""
    eigenvalues, vectors = np.linalg.eig(rotation)
    vector = np.real(vectors[:, int(np.argmin(np.abs(eigenvalues - 1.0)))])
    vector = vector / np.linalg.norm(vector)
    return vector if vector @ like > 0.0 else -vector


def _perpendicular(direction: np.ndarray) -> np.ndarray:
    """A unit vector normal to ``direction``, the same for the same direction."""
    helper = np.eye(3)[int(np.argmin(np.abs(direction)))]
    normal = helper - (helper @ direction) * direction
    unit: np.ndarray = normal / np.linalg.norm(normal)
    return unit
