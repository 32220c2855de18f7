"""Samples as text tables that other programs read: CSV and PLUMED's COLVAR.

Numbers are written so that they read back to the bit.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from selectivity.sampling.samples import ReplicaSamples

NM = 0.1  # nm in 1 Å
PER_NM2 = 100.0  # 1/Å² in 1/nm²


def write_rows(path: Path, header: Sequence[str], columns: Sequence[np.ndarray]) -> Path:
    """A CSV file with one header line; a float has the digits that give it back to the bit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(zip(*(np.asarray(column).tolist() for column in columns), strict=True))
    return path


def write_csv(folder: Path, replicas: Sequence[ReplicaSamples], stride: int) -> list[Path]:
    """``replica-NN.csv`` with every sample, and ``states.csv`` with what was sampled from.

    Parameters
    ----------
    folder : Path
        Of one system.
    replicas : sequence of ReplicaSamples
        Of one system.
    stride : int
        Sweeps between two samples.

    Returns
    -------
    list of Path
        ``states.csv`` has a row for every replica, window and identity; a window's mixture density
        is ∝ Σ_j exp(log_g_j − βU_j(x) − ½βκ(z − z_k)²). ``replica-NN.csv`` has a row for every
        window and sample.
    """
    paths = [_states(folder, replicas)]
    for samples in replicas:
        header, columns = zip(*_sample_columns(samples, stride), strict=True)
        paths.append(write_rows(folder / f"replica-{samples.replica:02d}.csv", header, columns))
    return paths


def _states(folder: Path, replicas: Sequence[ReplicaSamples]) -> Path:
    header = ("replica", "window", "identity", "ion", "center_A", "kappa_kJ_mol_A2")
    rows = [
        (s.replica, k, j, ion, float(s.centers[k]), s.kappa, s.beta, float(s.log_g[k, j]))
        for s in replicas
        for k in range(len(s.centers))
        for j, ion in enumerate(s.ladder)
    ]
    columns = [np.array(column, dtype=object) for column in zip(*rows, strict=True)]
    return write_rows(folder / "states.csv", (*header, "beta_mol_kJ", "log_g"), columns)


def _sample_columns(samples: ReplicaSamples, stride: int) -> Iterator[tuple[str, np.ndarray]]:
    """Name and values of every column, samples window by window."""
    windows, n = samples.z.shape
    yield "window", np.repeat(np.arange(windows), n)
    yield "sample", np.tile(np.arange(n), windows)
    yield "sweep", np.tile(stride * np.arange(1, n + 1), windows)
    yield "z_A", samples.z.ravel()
    yield "identity", samples.identity.ravel()
    yield "walker", samples.walker.ravel()
    for j, ion in enumerate(samples.ladder):
        yield f"u_{ion}_kJ_mol", samples.u[:, :, j].ravel()
    for key, values in samples.coordination.items():
        yield f"shell_{key}", values.ravel()
    for key, values in samples.file_z.items():
        yield f"file_{key}_z_A", values.ravel()
    for c in range(samples.water_z.shape[2]):
        yield f"water_{c}_z_A", samples.water_z[:, :, c].ravel()


def write_colvars(folder: Path, samples: ReplicaSamples, stride: int) -> list[Path]:
    """One replica as PLUMED has it: ``COLVAR.NN.KKK``, ``plumed.NN.KKK.dat`` for every window K.

    Fields: ``time`` (sweeps), ``z`` (nm), ``restraint.bias`` (kJ/mol), ``identity`` and
    ``u.ION`` (kJ/mol). ``plumed.NN.KKK.dat`` reads z and applies the restraint again. Where no
    umbrella holds the ion there is no restraint and no input.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held = samples.kappa > 0.0
    ladder = [f"u.{ion.replace(':', '_')}" for ion in samples.ladder]
    bias = ["restraint.bias"] if held else []
    fields = ["time", "z", *bias, "identity", *ladder]
    paths = []
    for k, (z, u) in enumerate(zip(samples.z, samples.u, strict=True)):
        name = f"COLVAR.{samples.replica:02d}.{k:03d}"
        time = stride * np.arange(1, len(z) + 1)
        umbrella = [0.5 * samples.kappa * (z - samples.centers[k]) ** 2] if held else []
        columns = (time, NM * z, *umbrella, samples.identity[k], *u.T)
        lines = [f"#! FIELDS {' '.join(fields)}", *_lines(columns)]
        paths.append(write_lines(folder / name, lines))
        if held:
            paths.append(_plumed_input(folder / f"plumed.{name[7:]}.dat", samples, k, name))
    return paths


def _plumed_input(path: Path, samples: ReplicaSamples, k: int, colvar: str) -> Path:
    at, kappa = NM * float(samples.centers[k]), PER_NM2 * samples.kappa
    lines = [
        f"# plumed driver --noatoms --plumed {path.name}",
        "UNITS LENGTH=nm ENERGY=kj/mol",
        f"z: READ FILE={colvar} VALUES=z IGNORE_TIME",
        f"restraint: RESTRAINT ARG=z AT={at!r} KAPPA={kappa!r}",
        f"PRINT ARG=z,restraint.bias FILE=again.{colvar}",
    ]
    return write_lines(path, lines)


def _lines(columns: Iterable[np.ndarray]) -> Iterator[str]:
    for row in zip(*(column.tolist() for column in columns), strict=True):
        yield " " + " ".join(map(repr, row))


def write_lines(path: Path, lines: Iterable[str]) -> Path:
    """A text file, one line for each of ``lines``."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
