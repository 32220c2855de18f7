"""Umbrella sampling of one ion as WHAM programs read it: Grossfield's ``wham`` and ``gmx wham``.

Both know ordinary umbrellas of one Hamiltonian. The samples of a window that carry the identity of
an ion are one: p(z, x | j) ∝ exp(−βU_j(x) − ½βκ(z − z_k)²), whatever the weights of the
identities were, so replicas may be pooled. Samples of other identities are left out.

Formats: Grossfield, WHAM, metadata lines ``file center spring`` with V = ½k(x − x₀)², Å and
kcal/mol; GROMACS, ``gmx wham -it -ix``, lists of run inputs and of pull coordinates, nm and kJ/mol.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from selectivity.sampling.samples import ReplicaSamples
from selectivity.storage.tables import NM, PER_NM2, write_lines
from selectivity.units import KCAL

BOX = 40.0  # nm: longer than twice any distance that is pulled
BINS_PER_A = 20


def write_wham(
    folder: Path, replicas: Sequence[ReplicaSamples], ion: str, temperature_K: float, stride: int
) -> list[Path]:
    """Time series, ``metadata.dat`` and the command for Grossfield's ``wham``.

    Parameters
    ----------
    folder : Path
    replicas : sequence of ReplicaSamples
        Of one filter.
    ion : str
        End of the ladder whose samples are written.
    temperature_K : float
    stride : int
        Sweeps between two samples: the unit of the time column is one sweep.

    Returns
    -------
    list of Path
        A window without a sample of ``ion`` has no file; without any sample there is none at all.
    """
    series = ion_series(replicas, ion, stride)
    if not series:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    paths, metadata = [], []
    spring = replicas[0].kappa / KCAL
    for (replica, k), (sweep, z) in series.items():
        path = folder / f"replica-{replica:02d}.window-{k:03d}.dat"
        paths.append(_write_columns(path, sweep, z))
        metadata.append(f"{path.name} {float(replicas[0].centers[k])!r} {spring!r}")
    low, high, bins = _bins([z for _, z in series.values()])
    command = f"wham {low:.1f} {high:.1f} {bins} 1e-8 {temperature_K!r} 0 metadata.dat pmf.dat"
    head = ["# file, centre (A), spring constant k of k/2 (z - z_k)^2 (kcal/mol/A^2)"]
    paths.append(write_lines(folder / "metadata.dat", [*head, *metadata]))
    paths.append(write_lines(folder / "wham.sh", ["#!/bin/sh", 'cd "$(dirname "$0")"', command]))
    return paths


def ion_series(
    replicas: Sequence[ReplicaSamples], ion: str, stride: int
) -> dict[tuple[int, int], tuple[np.ndarray, np.ndarray]]:
    """Sweeps and z (Å) of the samples that carry ``ion``, by replica and window that hold any."""
    found = {}
    for samples in replicas:
        mine = samples.identity == samples.ladder.index(ion)
        for k, kept in enumerate(mine):
            if kept.any():
                sweep = stride * (1 + np.flatnonzero(kept))
                found[samples.replica, k] = (sweep, samples.z[k, kept])
    return found


def _bins(series: Sequence[np.ndarray]) -> tuple[float, float, int]:
    """Lower and upper end (whole 0.1 Å) and number of bins that hold every z."""
    low = np.floor(10.0 * min(z.min() for z in series)) / 10.0
    high = np.ceil(10.0 * max(z.max() for z in series)) / 10.0
    return float(low), float(high), round(BINS_PER_A * (high - low))


def write_gromacs(
    folder: Path, replicas: Sequence[ReplicaSamples], ion: str, temperature_K: float, stride: int
) -> list[Path]:
    """Pull coordinates and forces for ``gmx wham``, and all that ``gmx grompp`` needs for the rest.

    ``gmx wham`` takes centre and force constant of a window from its run input (tpr), a binary
    file that GROMACS alone writes. ``make_tpr.sh`` makes one for every window from a system of two
    atoms, the axis' origin and X, and then runs ``gmx wham``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _two_atoms(folder)
    paths = [folder / name for name in ("conf.gro", "topol.top", "index.ndx")]
    names: dict[str, list[str]] = {"tpr": [], "pullx": [], "pullf": []}
    first = replicas[0]
    used: set[int] = set()
    series = ion_series(replicas, ion, stride)
    for (replica, k), (sweep, z) in series.items():
        center, kappa = NM * float(first.centers[k]), PER_NM2 * first.kappa
        if k not in used:
            used.add(k)
            paths.append(
                write_lines(folder / f"window-{k:03d}.mdp", _mdp(center, kappa, temperature_K))
            )
        stem = f"replica-{replica:02d}.window-{k:03d}"
        position = NM * z
        for kind, values in (("pullx", position), ("pullf", -kappa * (position - center))):
            paths.append(_write_columns(folder / f"{stem}.{kind}.xvg", sweep, values, _xvg(kind)))
            names[kind].append(f"{stem}.{kind}.xvg")
        names["tpr"].append(f"window-{k:03d}.tpr")
    paths += [write_lines(folder / f"{kind}-files.dat", rows) for kind, rows in names.items()]
    bins = _bins([z for _, z in series.values()])
    paths.append(write_lines(folder / "make_tpr.sh", _script(sorted(used), temperature_K, bins)))
    return paths


def _mdp(center_nm: float, kappa: float, temperature_K: float) -> list[str]:
    """Run parameters of one window; only what ``gmx wham`` reads of them matters."""
    return [
        *("integrator = md", "dt = 0.001", "nsteps = 0", "cutoff-scheme = Verlet"),
        *("coulombtype = cut-off", "rcoulomb = 1.0", "rvdw = 1.0", "verlet-buffer-tolerance = -1"),
        *("rlist = 1.0", "tcoupl = no", "comm-mode = none"),
        *("gen-vel = yes", f"gen-temp = {temperature_K!r}", "gen-seed = 1"),
        *("pull = yes", "pull-ngroups = 2", "pull-ncoords = 1"),
        *("pull-group1-name = origin", "pull-group2-name = X"),
        *("pull-coord1-groups = 1 2", "pull-coord1-type = umbrella"),
        *("pull-coord1-geometry = direction", "pull-coord1-vec = 0 0 1"),
        *("pull-coord1-start = no", f"pull-coord1-init = {center_nm!r}"),
        f"pull-coord1-k = {kappa!r}",
    ]


def _two_atoms(folder: Path) -> None:
    """A box with an atom at the origin of z and X beside it, the stand-ins of every window."""
    middle = BOX / 2
    rows = [
        f"{1:5d}ORG    ORG{1:5d}{middle:8.3f}{middle:8.3f}{middle:8.3f}",
        f"{2:5d}X      X  {2:5d}{middle:8.3f}{middle:8.3f}{middle + 0.1:8.3f}",
    ]
    box = f"{BOX:10.5f}{BOX:10.5f}{BOX:10.5f}"
    write_lines(folder / "conf.gro", ["the origin of z and X", "    2", *rows, box])
    topology = [
        *("[ defaults ]", "1 2 no 1.0 1.0", "[ atomtypes ]"),
        *("ORG 1 1.0 0.0 A 0.1 0.0", "X 1 1.0 0.0 A 0.1 0.0"),
    ]
    for name in ("ORG", "X"):
        topology += [
            "[ moleculetype ]",
            f"{name} 0",
            "[ atoms ]",
            f"1 {name} 1 {name} {name} 1 0.0",
        ]
    topology += ["[ system ]", "stand-ins", "[ molecules ]", "ORG 1", "X 1"]
    write_lines(folder / "topol.top", topology)
    write_lines(folder / "index.ndx", ["[ System ]", "1 2", "[ origin ]", "1", "[ X ]", "2"])


def _script(
    windows: Sequence[int], temperature_K: float, bins: tuple[float, float, int]
) -> list[str]:
    """Makes the run inputs of all windows and computes the profile."""
    low, high = NM * bins[0], NM * bins[1]
    grompp = "gmx grompp -f $w.mdp -c conf.gro -p topol.top -n index.ndx -o $w.tpr -maxwarn 9"
    return [
        *("#!/bin/sh", "set -e", 'cd "$(dirname "$0")"'),
        f"for w in {' '.join(f'window-{k:03d}' for k in windows)}; do",
        f"  {grompp} -po mdout.mdp",
        "done",
        "gmx wham -it tpr-files.dat -ix pullx-files.dat -o profile.xvg -hist histograms.xvg \\",
        f"  -unit kJ -temp {temperature_K!r} -b 0 -tol 1e-8 \\",
        f"  -min {low:.2f} -max {high:.2f} -bins {bins[2]}",
    ]


def _xvg(kind: str) -> list[str]:
    axis = {"pullx": "z (nm)", "pullf": "force (kJ/mol/nm)"}[kind]
    return ['@ xaxis label "sweeps"', f'@ yaxis label "{axis}"', "@TYPE xy"]


def _write_columns(
    path: Path, time: np.ndarray, values: np.ndarray, head: Sequence[str] = ()
) -> Path:
    rows = (f"{t} {v!r}" for t, v in zip(time.tolist(), values.tolist(), strict=True))
    return write_lines(path, [*head, *rows])
