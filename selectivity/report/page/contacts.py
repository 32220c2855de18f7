"""Distances from the ion to oxygens, read off stored frames.

In a narrow bin of z and for one identity of the ion the umbrella is one number and so is the
weight of the identity: frames of any window that fall there are drawn from the same distribution,
and their plain mean estimates that of the unbiased ensemble, up to what z varies within the bin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selectivity.estimators.weights import bin_of, replica_error, replica_mean
from selectivity.report.page.material import Frames
from selectivity.system.topology import Topology

FAR = 99.0  # Å, in place of an oxygen that is not there


@dataclass(frozen=True)
class Oxygens:
    """Sites of a topology that are oxygens: of ligands and of the solvent; and X."""

    ligand: np.ndarray
    solvent: np.ndarray
    x: int


def first_sites(topology: Topology) -> tuple[int, ...]:
    """Index of the first site of every molecule."""
    sizes = [len(member.molecule.sites) for member in topology.members]
    return tuple(int(i) for i in np.cumsum([0, *sizes[:-1]]))


def oxygens(topology: Topology) -> Oxygens:
    """Where the oxygens are."""
    ligand: list[int] = []
    solvent: list[int] = []
    for first, member in zip(first_sites(topology), topology.members, strict=True):
        for i, name in enumerate(member.molecule.site_names):
            if name.startswith("O") and len(member.molecule.sites) > 1:
                (ligand if member.is_ligand else solvent).append(first + i)
    x = first_sites(topology)[topology.x]
    return Oxygens(np.array(ligand, int), np.array(solvent, int), x)


def distances(r: np.ndarray, x: int, sites: np.ndarray) -> np.ndarray:
    """Distances from X to ``sites``, rising, shape (F, S), Å; :data:`FAR` where absent."""
    found = np.linalg.norm(r[:, sites] - r[:, [x]], axis=2) if sites.size else r[:, :0, 0]
    return np.sort(np.nan_to_num(found, nan=FAR), axis=1)


@dataclass(frozen=True)
class Contact:
    """Mean distance of the ``first`` to ``last`` nearest oxygens of one kind, by replica.

    ``values`` has the shape (R, B), nan where a replica has no frame in the bin.
    """

    ion: str
    what: str
    first: int
    last: int
    values: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Mean over replicas, shape (B,), Å."""
        return replica_mean(self.values)

    @property
    def error(self) -> np.ndarray:
        """Standard error over replicas, shape (B,), Å."""
        return replica_error(self.values)


def along_z(frames: Frames, z: np.ndarray, groups: Sequence[tuple[str, int, int]]) -> list[Contact]:
    """Mean distances in the bins ``z`` for every ion and every (kind, first, last) of ``groups``.

    ``first`` and ``last`` count oxygens from the nearest, 1; groups that the system has too few
    oxygens for are left out.
    """
    where = oxygens(frames.topology)
    kinds = {"ligand": where.ligand, "water": where.solvent}
    found = []
    for ion in frames.identities:
        r, at, replica = frames.of(ion)
        which = bin_of(at, z)
        for what, first, last in groups:
            if kinds[what].size < last or not len(r):
                continue
            near = distances(r, where.x, kinds[what])[:, first - 1 : last].mean(axis=1)
            near = np.where(near < 0.5 * FAR, near, np.nan)
            values = [
                _bin_means(near[replica == n], which[replica == n], z.size)
                for n in np.unique(frames.gathered.rows[:, 0])
            ]
            found.append(Contact(ion, what, first, last, np.stack(values)))
    return found


def _bin_means(values: np.ndarray, which: np.ndarray, bins: int) -> np.ndarray:
    have = (which >= 0) & np.isfinite(values)
    count = np.bincount(which[have], minlength=bins)
    total = np.bincount(which[have], values[have], minlength=bins)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def shell_numbers(frames: Frames, ion: str, radii: np.ndarray) -> dict[str, np.ndarray]:
    """Mean number of oxygens within every radius of the ion, by kind; for systems without z."""
    where = oxygens(frames.topology)
    r, _, _ = frames.of(ion)
    found = {}
    for what, sites in (("ligand", where.ligand), ("water", where.solvent)):
        if sites.size and len(r):
            near = np.sort(distances(r, where.x, sites).ravel())
            found[what] = np.searchsorted(near, radii, side="right") / len(r)
    return found
