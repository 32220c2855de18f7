"""One chain: a configuration in a window, its step sizes and its random stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selectivity.engine import arrays, sweep

TARGET_ACCEPTANCE = 0.25  # gave more effective samples per second than 0.44
TRAJECTORY_ACCEPTANCE = 0.7  # 0.6 to 0.8 gave the same within a tenth
FIRST_EPSILON = 0.3  # share of its thermal amplitude by which a step displaces a molecule
_LARGEST = {
    arrays.TRANSLATE: 2.0,
    arrays.ROTATE: np.pi,
    arrays.RIGID: 1.0,
    arrays.TORSION: np.pi,
    arrays.AXIAL: 2.0,
    arrays.SHIFT: 1.0,
}


@dataclass
class Chain:
    """A configuration (``state``) in a ``window``; exchanges swap states, windows stay."""

    state: arrays.State
    window: arrays.Window
    rng: np.random.Generator


def tune(window: arrays.Window) -> None:
    """Scale every step size towards the target acceptance, and forget the counts.

    Only ever called in equilibration: steps that follow the chain's history break detailed
    balance. RIGID steps are tuned as a share of the separate translation and rotation steps, the
    steps of trajectories all by one factor.
    """
    _tune_trajectories(window)
    for kind, largest in _LARGEST.items():
        for cls in range(arrays.N_CLASSES):
            tried = window.tried[kind, cls]
            if tried < 20:
                continue
            rate = window.accepted[kind, cls] / tried
            factor = np.clip((rate + 0.02) / (TARGET_ACCEPTANCE + 0.02), 0.5, 2.0)
            window.step[kind, cls] = min(window.step[kind, cls] * factor, largest)
            window.tried[kind, cls] = window.accepted[kind, cls] = 0


def _tune_trajectories(window: arrays.Window) -> None:
    tried = int(window.tried[arrays.THRUST].sum())
    if tried < 20:
        return
    rate = int(window.accepted[arrays.THRUST].sum()) / tried
    factor = np.clip(0.5 + 0.5 * rate / TRAJECTORY_ACCEPTANCE, 0.7, 1.25)
    window.step[arrays.THRUST] *= factor
    window.step[arrays.SPIN] *= factor
    window.tried[arrays.THRUST] = window.accepted[arrays.THRUST] = 0


def start_trajectories(
    model: arrays.Model, window: arrays.Window, squares: np.ndarray, plan: tuple[int, int]
) -> None:
    """Set first steps of trajectories from the mean squares of forces and torques, and allow them.

    The thermal amplitude of a class is RT/√⟨F²⟩ for each component, as ⟨F²⟩ = RT⟨∂²U⟩.

    Parameters
    ----------
    squares : ndarray, shape (N_CLASSES, 2, 2)
        Class; force or torque; sum of squares and their number (``trajectory.add_squares``).
    plan : tuple of int
        Sweeps for one trajectory (0: none) and its mean number of steps.
    """
    total, number = squares[..., 0], squares[..., 1]
    root = np.sqrt(total / np.maximum(number, 1.0))
    amplitude = 1.0 / (model.beta * np.maximum(root, 1.0 / model.beta))  # 1 Å or rad at most
    step = np.where(number > 0.0, FIRST_EPSILON * amplitude, 0.0)
    window.step[arrays.THRUST], window.step[arrays.SPIN] = step[:, 0], step[:, 1]
    window.trajectory[:] = plan


def refresh(model: arrays.Model, chain: Chain, work: arrays.Work) -> None:
    """Recompute every cached energy from the coordinates.

    Done wherever a chain is stored, so that a stored and a continued chain are bit-identical.
    """
    sweep.refresh(model, chain.state, work)


def energy_drift(model: arrays.Model, chain: Chain, work: arrays.Work) -> float:
    """Cached energy less the energy recomputed in full by the same pair function, kJ/mol.

    The caches are refreshed by it, as by :func:`refresh`.
    """
    before = sweep.cached_energy(model, chain.state)
    refresh(model, chain, work)
    return before - sweep.cached_energy(model, chain.state)
