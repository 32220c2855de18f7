"""How long estimates take and how much memory they hold, on samples of a known profile.

W_j(z) = ½kz² + λ_jD − λ_j²c²/2s with a hidden normal coordinate that the identity couples to, so
that every estimate has its exact answer beside it. Each figure is taken in a process of its own,
in CPU seconds (median of turns) beside a fixed loop of exponentials, which tells a loaded machine
from a slow estimate; the peak is that of the whole process. Run as a script for a table, with
``--pymbar`` for that library beside it (minutes), or with ``pytest -m benchmark``.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from selectivity.estimators.binned import binned_profile, bootstrap_profiles
from selectivity.estimators.mbar import mbar
from selectivity.estimators.mixture import mixture_reduced_bias
from selectivity.estimators.profile import bin_centers, replica_profile
from selectivity.estimators.separable import solve_windows
from selectivity.estimators.wham import wham
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import rt

TEMPERATURE = 310.15
BASE, D, C, S = 0.5, -70.0, 5.0, 3.0  # kJ/mol/Å², kJ/mol, kJ/mol/Å, kJ/mol/Å²
KAPPA = 60.0  # kJ/mol/Å²
GIB = 2.0**30
# Windows, identities, samples of a window.
CASES = {"forty": (40, 2, 10_000), "hundred": (100, 6, 10_000)}
# CPU seconds and bytes that are allowed, and the largest residual.
LIMITS = {
    ("forty", "binned"): (0.3, GIB),
    ("forty", "unbinned"): (3.0, GIB),
    ("hundred", "binned"): (10.0, GIB),
    ("hundred", "unbinned"): (10.0, GIB),
}
RESIDUAL = 1e-10


def samples_of(windows: int, identities: int, n: int, seed: int = 1) -> ReplicaSamples:
    """Independent samples of every window's mixture, 0.3 Å between centres."""
    rng, beta = np.random.default_rng(seed), 1.0 / rt(TEMPERATURE)
    lam = np.linspace(0.0, 1.0, identities)
    centers = 0.3 * (np.arange(windows) - 0.5 * (windows - 1))
    stiff = BASE + KAPPA
    z = KAPPA / stiff * centers[:, None] + rng.normal(0, (beta * stiff) ** -0.5, (windows, n))
    chance = rng.dirichlet(np.full(identities, 5.0), windows)
    identity = np.stack([rng.choice(identities, n, p=row) for row in chance])
    y = rng.normal(0.0, (beta * S) ** -0.5, (windows, n)) - lam[identity] * C / S
    return ReplicaSamples(
        system="known",
        replica=0,
        start_ion="K",
        beta=beta,
        centers=centers,
        kappa=KAPPA,
        ladder=("K", *(f"K:{x:.2f}:Na" for x in lam[1:-1]), "Na"),
        z=z,
        u=(D + C * y)[:, :, None] * lam,
        identity=identity,
        log_g=np.log(chance) + beta * (lam * D - lam**2 * C**2 / (2.0 * S)),
        walker=np.broadcast_to(np.arange(windows)[:, None], (windows, n)),
    )


def loop() -> float:
    """CPU seconds of 1.5e7 exponentials in double precision."""
    x = np.random.default_rng(0).normal(size=(64, 4096))
    return cpu(lambda: [np.exp(x) for _ in range(60)])


def cpu(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def _by_pymbar(samples: ReplicaSamples) -> float:
    """CPU seconds of pymbar, and the largest difference of its free energies printed."""
    from pymbar import MBAR

    K, n = samples.z.shape
    u_kn, found = mixture_reduced_bias(samples), []
    spent = cpu(lambda: found.append(MBAR(u_kn, np.full(K, n)).f_k))
    off = np.abs(found[0] - solve_windows(samples).f_k).max()
    print(f"  pymbar's f_k lie within {off:.1e} kT", file=sys.stderr)
    return spent


def measure(case: str, method: str, turns: int = 5) -> dict[str, Any]:
    """Figures of one estimate in this process."""
    samples = samples_of(*CASES[case])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
    K, n = samples.z.shape
    z = bin_centers(float(samples.centers[0]), float(samples.centers[-1]))
    runs: dict[str, Callable[[], Any]] = {
        "binned": lambda: binned_profile(samples),
        "unbinned": lambda: replica_profile(samples),
        "table": lambda: mbar(mixture_reduced_bias(samples), np.full(K, n)),
        "WHAM of one ion": lambda: wham(samples, "K", z),
        "bootstrap, 10 draws": lambda: bootstrap_profiles(samples, 10, seed=1),
    }
    if method == "pymbar":
        return {"cpu": _by_pymbar(samples), "loop": loop(), "peak": 0.0, "before": before}
    loops, spent, found = [], [], None
    for _ in range(turns):
        loops.append(loop())
        began = time.process_time()
        found = runs[method]()
        spent.append(time.process_time() - began)
    record = {
        "cpu": statistics.median(spent),
        "loop": statistics.median(loops),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0,
        "before": before,
    }
    if method in ("binned", "unbinned"):
        gap = found.w["Na"] - found.w["K"] - (D - C**2 / (2.0 * S))
        record |= {"residual": found.residual, "error": float(np.sqrt(np.mean(gap**2)))}
    return record


def apart(case: str, method: str) -> dict[str, Any]:
    """:func:`measure` in a process of its own, on one thread."""
    one = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    run = subprocess.run(
        [sys.executable, __file__, "--measure", case, method],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **one},
    )
    return dict(json.loads(run.stdout))


@pytest.mark.benchmark
@pytest.mark.parametrize(("case", "method"), list(LIMITS))
def test_time_memory_and_residual(case: str, method: str) -> None:
    found, (seconds, peak) = apart(case, method), LIMITS[case, method]
    assert found["cpu"] <= seconds
    assert found["peak"] <= peak
    assert found["residual"] <= RESIDUAL
    assert found["error"] < 0.1  # kJ/mol; independent samples leave 0.06


def main() -> None:
    """Table of all estimates."""
    print(
        "estimate                      CPU s  / loop   limit  peak MiB (samples)  residual  error"
    )
    methods = ["binned", "unbinned", "WHAM of one ion", "bootstrap, 10 draws", "table"]
    methods += ["pymbar"] if "--pymbar" in sys.argv else []
    for case in CASES:
        for method in methods:
            if (case, method) == ("hundred", "pymbar"):
                continue
            r = apart(case, method)
            limit = f"{LIMITS[case, method][0]:.1f}" if (case, method) in LIMITS else ""
            text = f"{case + ', ' + method:28s} {r['cpu']:6.3f} {r['cpu'] / r['loop']:7.1f}"
            text += f" {limit:>7s}  {r['peak'] / 2**20:8.0f} ({r['before'] / 2**20:7.0f})"
            if "residual" in r:
                text += f"  {r['residual']:8.1e}  {r['error']:.3f} kJ/mol"
            print(text, flush=True)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure(*sys.argv[-2:])))
    else:
        main()
