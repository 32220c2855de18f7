"""The engine beside OpenMM and GROMACS on one droplet: effective samples per CPU second.

K+ (Joung-Cheatham) in 64 SPC/E waters at 310.15 K, all pairs, half-harmonic wall on the oxygens,
umbrella ½·5 kJ/mol/Å²·z² on the ion. Every program runs on one core, by turns, and is given by the
CPU time of its own process or thread. First each is tried with all its settings; then the settings
that were best in any observable run again, ``--repeats`` times by turns, from other seeds. The
figure of a program is, observable by observable, the median of its best setting; the ratios are of
these. Last come the averages of all programs against each other, since the figures only count
where all sample the same distribution.

    python -m tests.benchmarks.peers [--screen 15] [--seconds 40] [--repeats 3] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from selectivity.api.benchmark.droplet import (
    OBSERVED,
    Droplet,
    equilibrate,
    new_droplet,
    sample,
)
from selectivity.estimators.correlation import statistical_inefficiency
from tests.benchmarks import gromacs_run, openmm_run
from tests.benchmarks.gromacs_input import SETTINGS as GROMACS

# Sweeps for one trajectory (0: none), its mean length, sweeps between two records.
ENGINE = {
    "moves only": (0, 0, 10),
    "trajectory of 20 in 20 sweeps": (20, 20, 20),
    "trajectory of 10 in 10 sweeps": (10, 10, 10),
    "trajectory of 20 in 10 sweeps": (10, 20, 10),
    "trajectory of 40 in 10 sweeps": (10, 40, 10),
    "trajectory of 80 in 20 sweeps": (20, 80, 10),
    "trajectory of 20 in 5 sweeps": (5, 20, 5),
    "trajectory of 20 in 3 sweeps": (3, 20, 2),
    "trajectories of 10": (1, 10, 1),
    "trajectories of 20": (1, 20, 1),
    "trajectories of 40": (1, 40, 1),
}
Rows = tuple[np.ndarray, float]


@dataclass
class Runs:
    """All runs of one setting: figures by observable and run, rows for the averages."""

    program: str
    setting: str
    run: Callable[[int, float], Rows]
    found: list[Rows] = field(default_factory=list)

    def add(self, seed: int, seconds: float) -> None:
        self.found.append(self.run(seed, seconds))

    def figures(self, i: int) -> list[float]:
        """Effective samples per CPU second of observable ``i``, run by run."""
        return [len(rows) / statistical_inefficiency(rows[:, i]) / cpu for rows, cpu in self.found]

    def median(self, i: int) -> float:
        return statistics.median(self.figures(i))

    def average(self, i: int) -> tuple[float, float]:
        """Mean of observable ``i`` over all runs and its standard error."""
        weights, means, variances = [], [], []
        for rows, _ in self.found:
            n = len(rows) / statistical_inefficiency(rows[:, i])
            weights.append(n)
            means.append(rows[:, i].mean())
            variances.append(rows[:, i].var() / n)
        w = np.array(weights) / np.sum(weights)
        return float(w @ means), float(np.sqrt(w**2 @ variances))


def candidates(folder: Path) -> list[Runs]:
    """Every setting of every program that is installed."""
    start = new_droplet()
    equilibrate(start, 4_000)
    found = [Runs("selectivity", name, _engine(*plan)) for name, plan in ENGINE.items()]
    found += [
        Runs("GROMACS", setting.name, _gromacs(setting, start, folder))
        for setting in GROMACS
        if gromacs_run.version(setting.binary)
    ]
    if openmm_run.version():
        found += [Runs("OpenMM", s.name, _openmm(s, start)) for s in openmm_run.SETTINGS]
    return found


def _engine(every: int, steps: int, stride: int) -> Callable[[int, float], Rows]:
    kept: list[Droplet] = []

    def run(seed: int, seconds: float) -> Rows:
        if not kept:
            kept.append(new_droplet(seed=seed))
            equilibrate(kept[0], 4_000, (every, steps))
        return sample(kept[0], stride, seconds)

    return run


def _gromacs(setting: Any, start: Droplet, folder: Path) -> Callable[[int, float], Rows]:
    return lambda seed, seconds: gromacs_run.run(
        setting, start, seed, seconds, folder / setting.name
    )


def _openmm(setting: Any, start: Droplet) -> Callable[[int, float], Rows]:
    return lambda seed, seconds: openmm_run.run(setting, start, seed, seconds)


def best_of(runs: list[Runs], program: str, i: int) -> Runs | None:
    """The setting of a program with the largest median of observable ``i``."""
    own = [r for r in runs if r.program == program and r.found]
    return max(own, key=lambda r: r.median(i), default=None)


def measure(runs: list[Runs], screen: float, seconds: float, repeats: int) -> list[Runs]:
    """Try all, then run the best again by turns; returns the best, with their later runs only.

    Without ``screen`` all run again.
    """
    chosen = runs
    if screen > 0.0:
        for r in runs:
            r.add(1, screen)
            _tell(r)
        programs = list(dict.fromkeys(r.program for r in runs))
        pairs = [(p, i) for p in programs for i in range(len(OBSERVED))]
        chosen = [r for r in runs if any(r is best_of(runs, *pair) for pair in pairs)]
    again = [Runs(r.program, r.setting, r.run) for r in chosen]
    for repeat in range(repeats):
        load = os.getloadavg()[0]
        print(f"round {repeat + 1} of {repeats}, load {load:.1f}", file=sys.stderr, flush=True)
        for r in again:
            r.add(repeat + 2, seconds)
            _tell(r)
    return again


def _tell(r: Runs) -> None:
    rows, cpu = r.found[-1]
    values = "  ".join(f"{name} {r.figures(i)[-1]:7.1f}" for i, name in enumerate(OBSERVED))
    text = f"{r.program:12} {r.setting:28} {len(rows):7d} in {cpu:5.1f} s  {values}"
    print(text, file=sys.stderr, flush=True)


def summary(runs: list[Runs]) -> dict[str, Any]:
    """Best median of every program and observable, averages; the first program against others."""
    programs = list(dict.fromkeys(r.program for r in runs))
    found: dict[str, Any] = {"figures": {}, "ratios": {}, "averages": {}, "z": {}}
    for i, name in enumerate(OBSERVED):
        best = {p: best_of(runs, p, i) for p in programs}
        found["figures"][name] = {
            p: {"per_cpu_second": r.median(i), "setting": r.setting, "runs": r.figures(i)}
            for p, r in best.items()
            if r is not None
        }
        own = found["figures"][name][programs[0]]
        found["ratios"][name] = {
            p: own["per_cpu_second"] / row["per_cpu_second"]
            for p, row in found["figures"][name].items()
            if p != programs[0]
        }
        averages = {f"{r.program}: {r.setting}": r.average(i) for r in runs}
        reference, error = best[programs[0]].average(i)
        found["averages"][name] = averages
        found["z"][name] = {
            key: (mean - reference) / float(np.hypot(error, own_error))
            for key, (mean, own_error) in averages.items()
            if not key.startswith(f"{programs[0]}: ")
        }
    return found


def show(found: dict[str, Any]) -> None:
    """Print the summary."""
    for name, rows in found["figures"].items():
        print(f"\n{name}: effective samples per CPU second (best setting, median)")
        for program, row in rows.items():
            ratio = found["ratios"][name].get(program)
            tail = f"   first program: {ratio:.2f} times that" if ratio else ""
            print(f"  {program:12} {row['per_cpu_second']:8.1f}  {row['setting']:28}{tail}")
        for key, (mean, error) in found["averages"][name].items():
            z = found["z"][name].get(key)
            print(f"    {key:42} {mean:11.4f} ± {error:.4f}" + (f"  z {z:+.1f}" if z else ""))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screen", type=float, default=15.0, help="CPU s of each; 0: none")
    parser.add_argument("--seconds", type=float, default=40.0, help="CPU s of every later run")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--only", default="", help="programs or settings, commas between")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {wanted.core})
    versions = {"GROMACS": gromacs_run.version(), "OpenMM": openmm_run.version()}
    print(json.dumps(versions), file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        runs = [r for r in candidates(Path(folder)) if _wanted(r, wanted.only)]
        found = summary(measure(runs, wanted.screen, wanted.seconds, wanted.repeats))
    show(found)
    screened = [
        {"program": r.program, "setting": r.setting}
        | {name: r.figures(i)[0] for i, name in enumerate(OBSERVED)}
        for r in runs
        if r.found
    ]
    record = found | {"screened": screened, "versions": versions, "settings": _settings()}
    if wanted.json:
        wanted.json.write_text(json.dumps(record, indent=2) + "\n")


def _wanted(r: Runs, only: str) -> bool:
    """Whether ``only`` names the program, the setting, or nothing at all."""
    return not only or bool({r.program, r.setting} & set(only.split(",")))


def _settings() -> dict[str, Any]:
    return {
        "GROMACS": [asdict(s) for s in GROMACS],
        "OpenMM": [asdict(s) for s in openmm_run.SETTINGS],
        "selectivity": ENGINE,
    }


if __name__ == "__main__":
    main()
