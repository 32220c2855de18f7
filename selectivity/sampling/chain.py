"""One chain: a configuration in a window, its step sizes and its random stream."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selectivity.engine import arrays, sweep

TARGET_ACCEPTANCE = 0.25  # gave more effective samples per second than 0.44
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
    balance. RIGID steps are tuned as a share of the separate translation and rotation steps.
    """
    for kind, largest in _LARGEST.items():
        for cls in range(arrays.N_CLASSES):
            tried = window.tried[kind, cls]
            if tried < 20:
                continue
            rate = window.accepted[kind, cls] / tried
            factor = np.clip((rate + 0.02) / (TARGET_ACCEPTANCE + 0.02), 0.5, 2.0)
            window.step[kind, cls] = min(window.step[kind, cls] * factor, largest)
            window.tried[kind, cls] = window.accepted[kind, cls] = 0


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
