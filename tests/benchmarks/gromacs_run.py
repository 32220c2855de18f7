"""Runs GROMACS on the droplet and reads the four observables of the benchmark back."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from pathlib import Path

import numpy as np

from selectivity.api.benchmark.droplet import KAPPA, Droplet
from tests.benchmarks.gromacs_input import BOX, FOLDER, Setting, mdp_text

CALIBRATION = 10_000  # steps
DISCARD_PS = 20.0  # from the start of every run


def version(binary: str = "gmx") -> str | None:
    """Version of an installed GROMACS and its SIMD instructions; None where it is not there."""
    if shutil.which(binary) is None:
        return None
    text = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout
    rows = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return f"{rows['GROMACS version'].strip()}, {rows['SIMD instructions'].strip()}"


def _call(command: list[str], folder: Path, answer: str = "") -> float:
    """Run a command; CPU seconds of it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = os.environ | {"OMP_NUM_THREADS": "1", "GMX_MAXBACKUP": "-1"}
    done = subprocess.run(
        command, cwd=folder, input=answer, capture_output=True, text=True, env=env
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _mdrun(setting: Setting, folder: Path, steps: int) -> float:
    command = [setting.binary, "mdrun", "-s", "run.tpr", "-nt", "1", "-pin", "off"]
    return _call([*command, "-nsteps", str(steps), "-deffnm", "run"], folder)


def run(
    setting: Setting, droplet: Droplet, seed: int, cpu_seconds: float, folder: Path
) -> tuple[np.ndarray, float]:
    """Sample for about ``cpu_seconds`` of mdrun; rows (n, 4) of the observables, CPU seconds.

    The first ``DISCARD_PS`` and their share of the CPU time are left out, and so is what starting
    costs: a run of no step.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.mdp").write_text(mdp_text(setting, seed))
    grompp = [setting.binary, "grompp", "-f", "run.mdp", "-o", "run.tpr", "-maxwarn", "3"]
    places = ["-c", str(FOLDER / "droplet.gro"), "-r", str(FOLDER / "centre.gro")]
    _call([*grompp, *places, "-p", str(FOLDER / f"droplet-{setting.masses}.top")], folder)
    start = _mdrun(setting, folder, 0)
    per_step = (_mdrun(setting, folder, CALIBRATION) - start) / CALIBRATION
    discard = round(DISCARD_PS / setting.dt)
    steps = discard + max(round(cpu_seconds / per_step), 20 * setting.stride)
    cpu = (_mdrun(setting, folder, steps) - start) * (1.0 - discard / steps)
    rows = read(droplet, folder, setting.binary)
    return rows[1 + discard // setting.stride :], cpu


def read(droplet: Droplet, folder: Path, binary: str = "gmx") -> np.ndarray:
    """Observables of a finished run."""
    import mdtraj

    with mdtraj.formats.XTCTrajectoryFile(str(folder / "run.xtc")) as stream:
        xyz = stream.read()[0].astype(float)
    command = [binary, "energy", "-f", "run.edr", "-o", "run.xvg", "-dp"]
    _call(command, folder, "Potential\nPosition-Rest.\n\n")
    lines = (folder / "run.xvg").read_text().splitlines()
    table = np.array([line.split() for line in lines if line[0] not in "#@"], dtype=float)
    n = min(len(xyz), len(table))
    restraint, potential = table[:n, 1:3].T  # in the order of the file, not of the answer
    rows = observables(droplet, 10.0 * (xyz[:n] - 0.5 * BOX), potential)
    umbrella = 0.5 * KAPPA * rows[:, 0] ** 2
    if np.abs(umbrella - restraint).max() > 0.05 + 0.02 * umbrella.max():
        raise RuntimeError("the umbrella of GROMACS is not that of its coordinates")
    return rows


def observables(droplet: Droplet, r: np.ndarray, potential: np.ndarray) -> np.ndarray:
    """Observables (n, 4) of coordinates (n, sites, 3) in Å, the ion last, and of U + umbrella."""
    water = r[:, :-1].reshape(len(r), -1, 3, 3)
    ion = r[:, -1]
    member = next(m for m in droplet.topology.members if m.role == "water")
    charge = np.array([site.charge for site in member.molecule.sites])
    near = np.linalg.norm(water[:, :, 0] - ion[:, None], axis=2) < droplet.model.shell[0]
    z = ion[:, 2]
    dipole = np.einsum("nms,s->n", water[:, :, :, 2], charge)
    return np.stack([z, potential - 0.5 * KAPPA * z**2, near.sum(axis=1), dipole], axis=1)
