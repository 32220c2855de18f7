"""A potential of mean force along the axis of a pore, as a simulation samples it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.records import Estimate

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AxisProfile:
    """Potentials of mean force along an axis, replica by replica.

    Attributes
    ----------
    z_A : ndarray, shape (B,)
        Bin centres in Å, evenly spaced, from inside to outside.
    w_kJ_mol : mapping of str to ndarray, shape (R, B)
        W of each ion on one common zero; every bin of the interval holds a number.
    interval_A : (float, float)
        Between which z the ions are followed.
    temperature_K : float
    levelling_kJ_mol : ndarray, shape (B,)
        f(z), taken from every ion; it passes through the wells of ``reference``.
    bulk_kJ_mol : mapping of str to Estimate
        ΔG in bulk water from ``reference`` to each other ion.
    reference : str
        The ion whose levelled wells are the zero.
    system : str
        What was sampled, for the words of the result.
    """

    z_A: Array
    w_kJ_mol: Mapping[str, Array]
    interval_A: tuple[float, float]
    temperature_K: float
    levelling_kJ_mol: Array
    bulk_kJ_mol: Mapping[str, Estimate]
    reference: str = "K"
    system: str = ""

    def __post_init__(self) -> None:
        z = checks.numbers(self.z_A, "z_A")
        low, high = self.interval_A
        half = 0.5 * float(z[1] - z[0]) if z.ndim == 1 and z.size > 1 else math.nan
        if not half > 0.0 or not np.allclose(np.diff(z), 2.0 * half):
            raise InputError("z_A", z.shape, "holds at least two evenly spaced, rising bin centres")
        if not z[0] - half - 1e-6 <= low < high <= z[-1] + half + 1e-6:
            rule = f"rises within {z[0] - half:.2f} ... {z[-1] + half:.2f} Å"
            raise InputError("interval_A", self.interval_A, rule)
        if self.reference not in self.w_kJ_mol:
            raise InputError("reference", self.reference, "is an ion of the profile")
        for ion, w in self.w_kJ_mol.items():
            if w.ndim != 2 or w.shape[1] != z.size:
                raise InputError(f"w_kJ_mol.{ion}", w.shape, "has the shape (replicas, bins)")
            if not np.isfinite(w[:, self.lengths_A > 0.0]).all():
                rule = "holds a number in every bin of the interval and replica"
                raise InputError(f"w_kJ_mol.{ion}", math.nan, rule, "sample longer")
            if ion != self.reference and ion not in self.bulk_kJ_mol:
                raise InputError(f"bulk_kJ_mol.{ion}", None, "is given for every other ion")

    @property
    def lengths_A(self) -> Array:  # noqa: N802
        """Length of every bin inside the interval, Å, shape (B,)."""
        half = 0.5 * (self.z_A[1] - self.z_A[0])
        low, high = self.interval_A
        inside = np.minimum(self.z_A + half, high) - np.maximum(self.z_A - half, low)
        found: Array = np.maximum(inside, 0.0)
        return found

    @property
    def ions(self) -> tuple[str, ...]:
        """Ions of the profile."""
        return tuple(self.w_kJ_mol)
