"""Stored coordinates as trajectories with real names: PDB, DCD and XTC, written by mdtraj.

Ligands come first, by chain and residue, then X, resident ions and waters; ``topology.pdb`` holds
the names for the formats that have none. A molecule that is not there in a frame (an open file's
water) stands far off the axis, at x = 60 Å.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.storage.folder import RunFolder
from selectivity.storage.scenes import write_scenes
from selectivity.storage.segment import read_frames, read_samples, read_snapshot
from selectivity.storage.tables import NM, write_rows
from selectivity.system.atoms import Atom, atoms
from selectivity.system.topology import Topology, is_absent

if TYPE_CHECKING:
    import mdtraj

FORMATS = ("pdb", "dcd", "xtc")
PARKED = 60.0  # Å
_BOND_A = (1.7, 1.2, 0.0)  # longest bond of a pair with so many hydrogens
INDEX = ("replica", "window", "segment", "sample", "sweep", "walker", "identity", "z_A")


@dataclass(frozen=True)
class Gathered:
    """Frames of one system: ``r`` (F, A, 3) in Å, nan where absent, and rows of :data:`INDEX`.

    ``at_ends`` says that no frames were stored and the states after segments stand in for them;
    they are no samples (``sample`` and ``sweep`` are −1).
    """

    r: np.ndarray
    rows: np.ndarray
    at_ends: bool


def gather(
    folder: RunFolder,
    topology: Topology,
    replicas: Sequence[int],
    stride: int,
    identity: int | None = None,
) -> Gathered:
    """Every stored frame of ``replicas``, replica by replica, window by window, in time.

    Parameters
    ----------
    folder : RunFolder
    topology : Topology
        Of the system, as the run file has it.
    replicas : sequence of int
    stride : int
        Sweeps between two samples.
    identity : int, optional
        Only frames in which X has it.

    Raises
    ------
    StoreError
        A segment is damaged.
    """
    for source in (_frames_of, _end_of):
        parts = [
            source(folder, topology, replica, segment, stride)
            for replica in replicas
            for segment in folder.segments(topology.spec.name, replica)[1:]
        ]
        r = np.concatenate([part[0] for part in parts]) if parts else np.zeros((0, 0, 3))
        if len(r):
            break
    rows = np.concatenate([part[1] for part in parts]) if parts else np.zeros((0, len(INDEX)))
    order = np.lexsort((rows[:, 3], rows[:, 2], rows[:, 1], rows[:, 0]))
    if identity is not None:
        order = order[rows[order, INDEX.index("identity")] == identity]
    return Gathered(r[order], rows[order], source is _end_of)


Part = tuple[np.ndarray, np.ndarray]


def _frames_of(
    folder: RunFolder, topology: Topology, replica: int, segment: int, stride: int
) -> Part:
    path = folder.segment_path(topology.spec.name, replica, segment)
    frames = read_frames(path)
    if frames is None:
        return np.zeros((0, topology.n_sites, 3), np.float32), np.zeros((0, len(INDEX)))
    samples = read_samples(path)
    windows, n = samples.z.shape
    shown = frames.sample
    sweep = stride * ((segment - 1) * n + shown + 1)
    columns = [
        *(replica, np.arange(windows)[:, None], segment, shown, sweep),
        *(samples.walker[:, shown], samples.identity[:, shown], samples.z[:, shown]),
    ]
    return frames.r.reshape(-1, *frames.r.shape[2:]), _rows(columns, (windows, len(shown)))


def _end_of(folder: RunFolder, topology: Topology, replica: int, segment: int, _: int) -> Part:
    path = folder.segment_path(topology.spec.name, replica, segment)
    state = read_snapshot(path).arrays
    sites = np.array([len(member.molecule.sites) for member in topology.members])
    r = np.array(state["r"])
    r[is_absent(r)] = np.nan
    z = r[:, topology.x, 0, 2]
    r = r[:, np.arange(r.shape[2]) < sites[:, None]].astype(np.float32)
    columns = [replica, np.arange(len(r)), segment, -1, -1, state["walker"], state["identity"], z]
    return r, _rows(columns, (len(r),))


def _rows(columns: Sequence[Any], shape: tuple[int, ...]) -> np.ndarray:
    return np.stack([np.broadcast_to(np.asarray(c, float), shape).ravel() for c in columns], axis=1)


def write_trajectory(
    folder: Path, topology: Topology, gathered: Gathered, ion: str, kind: str
) -> list[Path]:
    """``topology.pdb``, ``trajectory.<kind>``, ``frames.csv``, which says what each frame is, and
    scenes for VMD and Mol* (``storage.scenes``).

    Parameters
    ----------
    folder : Path
    topology : Topology
    gathered : Gathered
        At least one frame.
    ion : str
        What X is called in the topology; ``frames.csv`` has its identity in every frame.
    kind : {"pdb", "dcd", "xtc"}
        XTC keeps 0.01 Å, PDB 0.001 Å, DCD single precision.
    """
    import mdtraj

    folder.mkdir(parents=True, exist_ok=True)
    names = atoms(topology, ion)
    order = _order(names)
    xyz = NM * _parked(topology, gathered.r)[:, order]
    made = _mdtraj_topology(topology, names, order)
    trajectory = mdtraj.Trajectory(xyz, made, time=np.arange(len(xyz)))
    paths = [folder / "topology.pdb", folder / f"trajectory.{kind}", folder / "frames.csv"]
    trajectory[0].save_pdb(str(paths[0]))
    getattr(trajectory, f"save_{kind}")(str(paths[1]))
    rows = [gathered.rows[:, i].astype(int) for i in range(len(INDEX) - 1)]
    labels = np.array(topology.ladder.labels)[rows[INDEX.index("identity")]]
    columns = [np.arange(len(xyz)), *rows, labels, gathered.rows[:, -1]]
    header = ("frame", *INDEX[:-1], "ion", INDEX[-1])
    write_rows(paths[2], header, columns)
    return paths + write_scenes(folder, names, kind, topology.spec.name)


def _parked(topology: Topology, r: np.ndarray) -> np.ndarray:
    """``r`` with molecules that are absent in a row beside the system."""
    r, first = r.copy(), 0
    for m, member in enumerate(topology.members):
        n = len(member.molecule.sites)
        sites = r[:, first : first + n]
        away = member.molecule.coordinates() + np.array([PARKED, 0.0, 4.0 * m])
        sites[:] = np.where(np.isnan(sites), away.astype(r.dtype), sites)
        first += n
    return r


def _order(names: Sequence[Atom]) -> list[int]:
    """Sites in the order of a structure file: chain, residue number, and as they come."""
    last = {"I": "~I", "W": "~W"}
    return sorted(
        range(len(names)), key=lambda a: (last.get(names[a].chain, names[a].chain), names[a].number)
    )


def _mdtraj_topology(
    topology: Topology, names: Sequence[Atom], order: Sequence[int]
) -> mdtraj.Topology:
    import mdtraj

    made = mdtraj.Topology()
    chain = residue = None
    found: dict[int, Any] = {}
    for a in order:
        atom = names[a]
        if chain is None or chain.chain_id != atom.chain:
            chain, residue = made.add_chain(atom.chain), None
        if residue is None or residue.resSeq != atom.number:
            residue = made.add_residue(atom.residue, chain, resSeq=atom.number)
        known = mdtraj.element.Element.getBySymbol(atom.element) if atom.element else None
        found[a] = made.add_atom(atom.name, known or mdtraj.element.virtual, residue)
    for a, b in _bonds(topology):
        made.add_bond(found[a], found[b])
    return made


def _bonds(topology: Topology) -> list[tuple[int, int]]:
    """Pairs of sites of one molecule that its template has within bonding distance."""
    found, first = [], 0
    for member in topology.members:
        molecule = member.molecule
        r = molecule.coordinates()
        for i, name in enumerate(molecule.site_names):
            for j in range(i):
                hydrogens = molecule.sites[i].hydrogen + molecule.sites[j].hydrogen
                reach = 0.0 if "M" in (name, molecule.site_names[j]) else _BOND_A[hydrogens]
                if np.linalg.norm(r[i] - r[j]) < reach:
                    found.append((first + j, first + i))
        first += len(r)
    return found
