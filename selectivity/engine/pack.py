"""The door of the engine: a topology and coordinates go in as arrays, samples come out."""

from __future__ import annotations

import math

import numpy as np

from selectivity.engine import arrays
from selectivity.engine.growth import PLACES, TURNS
from selectivity.engine.pack_model import Precision, pack_model

__all__ = ["Precision", "new_output", "new_window", "new_work", "pack_model", "pack_state"]

HOP_REACH = 6.0  # Å: two cages, so that a hop may cross one and its planes; not tuned
FAR = 1.0e4  # Å: where the empty places of a slot stand, without charge or Lennard-Jones


def pack_state(model: arrays.Model, r: np.ndarray, identity: int = 0) -> arrays.State:
    """A state at coordinates ``r`` (M, S, 3) in Å; its caches are filled by ``sweep.refresh``."""
    mp, dtype = model.charge.shape[1] // len(model.n_slot), model.charge.dtype
    return arrays.State(
        r=np.array(r, dtype=float),
        site=np.full((3, model.charge.shape[1]), FAR, dtype=dtype),
        lj=model.base_lj.copy(),
        pair=np.zeros((mp, mp), dtype=dtype),
        one=np.zeros(len(r)),
        identity=np.array([identity]),
        flipped=np.zeros(len(r), dtype=np.int64),
        counts=np.zeros(arrays.N_COUNTS, dtype=np.int64),
    )


def new_window(
    model: arrays.Model, center: float, kappa: float, trajectory: tuple[int, int] = (0, 0)
) -> arrays.Window:
    """A window with equal identity weights and first guesses of the step sizes.

    ``trajectory`` is the number of sweeps for one trajectory, 0 for none, and its mean length.
    """
    step = np.zeros((arrays.N_KINDS, arrays.N_CLASSES))
    step[arrays.TRANSLATE] = 0.25
    step[arrays.ROTATE] = 0.5
    step[arrays.RIGID] = 0.6
    step[arrays.REORIENT] = math.pi
    step[arrays.TORSION] = 1.0
    step[arrays.AXIAL] = 0.25
    step[arrays.SHIFT] = 0.15
    step[arrays.HOP] = HOP_REACH
    shape = (arrays.N_KINDS, arrays.N_CLASSES)
    umbrella = (0.0, 0.0) if math.isnan(center) else (center, kappa)
    return arrays.Window(
        umbrella=np.array(umbrella),
        log_g=np.zeros(model.ladder.shape[0]),
        step=step,
        trajectory=np.array(trajectory),
        tried=np.zeros(shape, dtype=np.int64),
        accepted=np.zeros(shape, dtype=np.int64),
    )


def new_work(model: arrays.Model) -> arrays.Work:
    """Scratch arrays of one thread."""
    n_slots, mp = len(model.n_slot), model.charge.shape[1] // len(model.n_slot)
    dtype = model.charge.dtype
    n_file = len(model.file_order) + int((model.region_of == 0).sum())
    n_flat, n_types = len(model.flat), model.ladder.shape[1]
    charge = np.zeros((2, n_flat), dtype=dtype)
    charge[:, model.flat >= 0] = model.charge[:, model.flat[model.flat >= 0]]
    places, turns = (PLACES, TURNS) if len(model.region) else (0, 0)
    return arrays.Work(
        trial=np.zeros((n_file + 1, n_slots, 3)),
        file=np.zeros(n_file, dtype=np.int64),
        sites=np.zeros((n_slots, 4), dtype=dtype),
        rows=np.zeros((max(n_file + 1, turns), mp), dtype=dtype),
        spots=np.zeros((places, 3)),
        turns=np.zeros((turns, n_slots, 3)),
        log_w=np.zeros(max(places, turns)),
        u=np.zeros(model.ladder.shape[0]),
        p=np.zeros(model.ladder.shape[0]),
        sums=np.zeros((n_types, 2)),
        place=np.zeros((3, n_flat), dtype=dtype),
        charge=charge,
        a12=np.zeros((n_types, n_flat), dtype=dtype),
        b6=np.zeros((n_types, n_flat), dtype=dtype),
        pull=np.zeros((n_slots, 3)),
        force=np.zeros((len(model.n_sites), 2, 3)),
        momentum=np.zeros((len(model.n_sites), 2, 3)),
        before=np.zeros((len(model.n_sites), n_slots, 3)),
        pair=np.zeros((mp, mp), dtype=dtype),
        one=np.zeros(len(model.n_sites)),
        half=np.zeros(n_slots, dtype=np.int64),
    )


def new_output(model: arrays.Model, n: int) -> arrays.Output:
    """Room for ``n`` records."""
    return arrays.Output(
        z=np.zeros(n),
        u=np.zeros((n, model.ladder.shape[0])),
        identity=np.zeros(n, dtype=np.int64),
        coordination=np.zeros((n, len(model.shell), 2), dtype=np.int64),
        file_z=np.zeros((n, len(model.file_order))),
        water_z=np.full((n, int((model.region_of == 0).sum())), np.nan),
    )
