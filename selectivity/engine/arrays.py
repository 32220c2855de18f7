"""The arrays that kernels work on, as NamedTuples of plain arrays and numbers.

Index letters: m molecule (M of them, Mp padded), s slot of a site inside its molecule (S slots),
t Lennard-Jones type (T), j identity state (J), f place in the single file (F). Sites of one slot
stand together ("structure of arrays"): site s of molecule m is element ``s*Mp + m`` of a row.
Molecules are sorted by falling number of sites, so slot s is looped over its first
``n_slot[s]`` molecules only.

Lengths in Å, energies in kJ/mol. Arrays marked *pair* have the precision of the run: float32 in
"mixed", float64 in "double"; charges of the pair sum carry the square root of the Coulomb constant.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from selectivity.engine.held import held

# Classes of molecules: what moves they make and how their steps are tuned.
ION, CARBONYL, HYDROXYL, FILE_WATER, WATER, RESIDENT = range(6)
N_CLASSES = 6

# Kinds of moves.
TRANSLATE, ROTATE, RIGID, REORIENT, TORSION, AXIAL, SHIFT, HOP = range(8)
INSERT, DELETE, JUMP = range(8, 11)
THRUST, SPIN = range(11, 13)  # the two parts of a trajectory, which is counted as THRUST
N_KINDS = 13
KIND_NAMES = (
    *("translate", "rotate", "rigid", "reorient", "torsion", "axial", "shift", "hop"),
    *("insert", "delete", "jump", "trajectory", "spin"),
)
CLASS_NAMES = ("ion", "carbonyl", "hydroxyl", "file_water", "water", "resident")

# Walls.
NO_WALL, SPHERE, FILE, FUNNEL = range(4)

# Rows of ``State.counts``.
DEPARTURES, FLIPS, GUARDED, SATURATED = range(4)
N_COUNTS = 4

# Columns of ``Model.region``.
Z_LOWER, Z_UPPER, RADIUS, LOG_VOLUME, LOG_ACTIVITY, CONFINED, IN_FILE, FIRST, END, MINIMUM = range(
    10
)


@held
class Model(NamedTuple):
    """What the particles are and where they are held: constant during a run, shared by chains."""

    n_sites: np.ndarray  # (M,) sites of each molecule
    n_slot: np.ndarray  # (S,) padded number of molecules that have slot s
    cls: np.ndarray  # (M,) class of each molecule
    ligand: np.ndarray  # (M,) 1 for carbonyl and hydroxyl groups
    main: np.ndarray  # (M,) slot that walls, z and order refer to
    charge: np.ndarray  # (2, S*Mp) pair; row 1 as ligands see it (ligand partners scaled)
    site_charge: np.ndarray  # (M, S) pair
    site_type: np.ndarray  # (M, S) Lennard-Jones type
    has_lj: np.ndarray  # (T, S) whether type t meets any Lennard-Jones partner in slot s
    base_lj: np.ndarray  # (T, 2, S*Mp) pair: A and B against every site, X as identity 0
    ladder: np.ndarray  # (J, T, 2) A and B of the sampled ion as identity j against type t
    constants: np.ndarray  # (4,) pair: 1, guard², energy of a refused pair, 0
    partner: np.ndarray  # (M,) group of the same residue, or -1
    excluded: np.ndarray  # (S, S) hydroxyl slot × carbonyl slot: bonded, left out of the pair sum
    bond: np.ndarray  # (M, 2) force constant and length of the C...CB term, by molecule
    tether_k: np.ndarray  # (M, S)
    tether_r: np.ndarray  # (M, S, 3)
    theta_k: np.ndarray  # (M,)
    direction: np.ndarray  # (M, 3) crystal direction from slot 0 to slot 1
    wall_kind: np.ndarray  # (M,)
    wall: np.ndarray  # (M, 8) parameters of the wall of each molecule
    file_order: np.ndarray  # (F,) molecules of the single file, from inside to outside
    file_limits: np.ndarray  # (2,) z beyond which a file molecule has departed
    region: np.ndarray  # (R, 10) regions of fluctuating waters, see the columns above
    region_of: np.ndarray  # (M,) region of a molecule that may be absent, or -1
    open_stretch: np.ndarray  # (F + 1,) whether waters may stand inside of file place f
    template: np.ndarray  # (S, 3) a water's sites about its main site
    flat: np.ndarray  # (N,) element s*Mp + m of every site, molecule by molecule, then -1
    first: np.ndarray  # (M,) place of a molecule's slot 0 in ``flat``
    meets_lj: np.ndarray  # (T,) whether type t meets any Lennard-Jones partner
    free: np.ndarray  # (M, 4) 1 where it moves along x, y, z and turns, else 0
    movers: np.ndarray  # (n, 2) table of (kind, molecule) from which a trial is drawn
    oxygen: np.ndarray  # (M, S) 1 for oxygens that count in coordination numbers
    shell: np.ndarray  # (n_ions,) first-shell radius of every end ion
    sweep_length: int  # trials in one sweep
    x: int  # the sampled ion
    x_type: int  # its Lennard-Jones type
    beta: float  # 1/RT, mol/kJ


@held
class State(NamedTuple):
    """One configuration and its cached energies; changed in place by a sweep."""

    r: np.ndarray  # (M, S, 3) float64 coordinates
    site: np.ndarray  # (3, S*Mp) pair: the same, as rows
    lj: np.ndarray  # (T, 2, S*Mp) pair: A and B with X as its present identity
    pair: np.ndarray  # (Mp, Mp) pair: energies between molecules
    one: np.ndarray  # (M,) one-body energies without the umbrella
    identity: np.ndarray  # (1,)
    flipped: np.ndarray  # (M,) whether a group points against its crystal direction
    counts: np.ndarray  # (N_COUNTS,)


@held
class Window(NamedTuple):
    """Umbrella, identity weights and step sizes of one window."""

    umbrella: np.ndarray  # (2,) centre and force constant
    log_g: np.ndarray  # (J,) identity weights
    step: np.ndarray  # (N_KINDS, N_CLASSES) maximum displacement (Å) or angle (rad)
    trajectory: np.ndarray  # (2,) sweeps for a trajectory, 0 for none; its mean number of steps
    tried: np.ndarray  # (N_KINDS, N_CLASSES)
    accepted: np.ndarray  # (N_KINDS, N_CLASSES)


@held
class Work(NamedTuple):
    """Scratch space of one thread."""

    trial: np.ndarray  # (F + C + 1, S, 3) trial coordinates
    file: np.ndarray  # (F + C,) present members of the file by rising z
    sites: np.ndarray  # (S, 4) pair: x, y, z and charge of the molecule in hand
    rows: np.ndarray  # (n, Mp) pair
    spots: np.ndarray  # (k, 3) trial places of an insertion
    turns: np.ndarray  # (l, S, 3) trial orientations of an insertion
    log_w: np.ndarray  # (max(k, l),) logarithms of their weights
    u: np.ndarray  # (J,)
    p: np.ndarray  # (J,)
    sums: np.ndarray  # (T, 2)
    place: np.ndarray  # (3, N) pair: every site, as ``Model.flat``
    charge: np.ndarray  # (2, N) pair: row 1 as ligands see it
    a12: np.ndarray  # (T, N) pair: 12 A of every site against type t
    b6: np.ndarray  # (T, N) pair: 6 B
    pull: np.ndarray  # (S, 3) forces on the sites of one molecule
    force: np.ndarray  # (M, 2, 3) force and torque
    momentum: np.ndarray  # (M, 2, 3) of translation and of rotation
    before: np.ndarray  # (M, S, 3) coordinates before a trajectory
    pair: np.ndarray  # (Mp, Mp) pair: energies after a trajectory, below the diagonal
    one: np.ndarray  # (M,)
    half: np.ndarray  # (S,) molecules of every slot before the one in hand


@held
class Output(NamedTuple):
    """Where a block of samples is written."""

    z: np.ndarray  # (n,)
    u: np.ndarray  # (n, J) U_λj − U_λ0
    identity: np.ndarray  # (n,)
    coordination: np.ndarray  # (n, n_ions, 2) oxygens of ligands and of waters in the first shell
    file_z: np.ndarray  # (n, F) z of the single file, from inside to outside
    water_z: np.ndarray  # (n, C) z of the waters of the first region, rising, then nan
