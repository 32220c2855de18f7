"""Small samples and states made from a seed, in the shapes that sampling hands over."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from selectivity.sampling.checkpoint import Snapshot
from selectivity.sampling.samples import Frames, ReplicaSamples
from selectivity.sampling.streams import dump, stream

SYSTEM = "filter-K-W-X-W"


def make_samples(
    seed: int = 1,
    windows: int = 3,
    n: int = 8,
    states: int = 4,
    system: str = SYSTEM,
    replica: int = 3,
    umbrella: bool = True,
    waters: int = 0,
) -> ReplicaSamples:
    """Samples of one segment; ``umbrella=False`` gives a droplet's (one centre, NaN).

    ``waters`` are the places of a file with ``gc``; a random number of them is taken.
    The seed decides the samples; windows, ladder and weights are the same for every seed.
    """
    rng, fixed = np.random.default_rng(seed), np.random.default_rng(0)
    k = windows if umbrella else 1
    u = rng.normal(0.0, 20.0, (k, n, states))
    u[:, :, 0] = 0.0
    u[0, :1, -1], u[-1, 1:2, -1] = -0.0, 5e-324
    ladder = ("K", *(f"K:{i}:Na" for i in range(1, states - 1)), "Na")
    shells = ("K:ligand", "K:water", "Na:ligand", "Na:water")
    members = {"0:K": -5.0, "1:W": -2.0, "3:W": 6.0} if umbrella else {}
    kept = {"water_z": make_water_z(seed, k, n, waters)} if waters else {}
    return ReplicaSamples(
        system=system,
        replica=replica,
        start_ion="K" if replica % 2 == 0 else "Na",
        beta=1.0 / (8.314462618e-3 * 310.15),
        centers=np.linspace(-2.0, 3.7, k) if umbrella else np.array([np.nan]),
        kappa=83.68 if umbrella else 0.0,
        ladder=ladder,
        z=rng.normal(0.0, 3.0, (k, n)),
        u=u,
        identity=rng.integers(0, states, (k, n)),
        log_g=fixed.normal(0.0, 4.0, (k, states)),
        walker=rng.permuted(np.tile(np.arange(k)[:, None], (1, n)), axis=0),
        coordination={key: rng.integers(0, 9, (k, n)) for key in shells},
        file_z={key: np.full((k, n), z, np.float32) for key, z in members.items()},
        start_file="far" if waters == 0 else "full",
        **kept,
        counters={"translate:ion:tried": 10**12 + seed, "flips": 0, "departures": seed},
        exchange_accepted=rng.integers(0, 50, k - 1),
        exchange_tried=rng.integers(50, 99, k - 1),
        cpu_seconds=float(rng.exponential(9.0)),
    )


def make_water_z(seed: int, windows: int, n: int, waters: int) -> np.ndarray:
    """Rising z of 0 to ``waters`` waters, then NaN, shape (windows, n, waters)."""
    rng = np.random.default_rng([seed, waters])
    z = np.sort(rng.uniform(-9.0, 9.0, (windows, n, waters)).astype(np.float32))
    number = rng.integers(0, waters + 1, (windows, n, 1))
    return np.where(np.arange(waters) < number, z, np.float32("nan"))


def make_frames(windows: int = 3, frames: int = 2) -> Frames:
    """Frames of an ion, a ligand and a water that is not in the first of them."""
    rng = np.random.default_rng(windows)
    r = rng.normal(0.0, 5.0, (windows, frames, 6, 3)).astype(np.float32)
    r[:, 0, 3:] = np.nan
    atoms = ("A:VAL76:C", "A:VAL76:O", "I:X1:X", "W:HOH1:O", "W:HOH1:H1", "W:HOH1:H2")
    return Frames(3 * np.arange(frames) + 1, r, atoms)


def make_snapshot(
    segment: int,
    seed: int = 1,
    windows: int = 3,
    molecules: int = 12,
    system: str = SYSTEM,
    replica: int = 3,
) -> Snapshot:
    """A state with the arrays of :func:`selectivity.sampling.checkpoint.snapshot`."""
    rng = np.random.default_rng([seed, segment])
    arrays = {
        "r": rng.normal(0.0, 5.0, (windows, molecules, 3, 3)),
        "identity": rng.integers(0, 4, windows),
        "flipped": rng.integers(0, 2, (windows, molecules)),
        "counts": rng.integers(0, 9, (windows, 3)),
        "log_g": rng.normal(0.0, 4.0, (windows, 4)),
        "step": rng.uniform(0.0, 1.0, (windows, 7, 6)),
        "tried": rng.integers(0, 10**9, (windows, 7, 6)),
        "accepted": rng.integers(0, 10**9, (windows, 7, 6)),
        "walker": rng.permutation(windows),
        "exchange_tried": rng.integers(0, 99, windows - 1),
        "exchange_accepted": rng.integers(0, 99, windows - 1),
        "clock": np.array([17]),
        "cpu": rng.exponential(9.0, 2),
    }
    streams = tuple(dump(stream(seed, system, replica, k)) for k in range(windows + 1))
    return Snapshot(system, replica, segment, arrays, streams)


def same_array(a: np.ndarray, b: np.ndarray) -> bool:
    """Same type, shape and bits (NaN, −0 and all)."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def differing(a: object, b: object) -> list[str]:
    """Fields of two records of one class that are not the same to the bit."""
    found = []
    for field in fields(a):  # type: ignore[arg-type]
        x, y = getattr(a, field.name), getattr(b, field.name)
        if isinstance(x, np.ndarray):
            same = same_array(x, y)
        elif isinstance(x, dict):
            same = list(x) == list(y) and all(
                same_array(x[key], y[key]) if isinstance(x[key], np.ndarray) else x[key] == y[key]
                for key in x
            )
        else:
            same = x == y and type(x) is type(y)
        if not same:
            found.append(field.name)
    return found
