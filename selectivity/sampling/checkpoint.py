"""A replica's whole state as plain arrays and texts, and back: all that a resume needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from selectivity.errors import StoreError
from selectivity.sampling.chain import refresh
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import Replica, new_replica
from selectivity.sampling.streams import dump, restore
from selectivity.system.spec import SystemSpec


@dataclass(frozen=True)
class Snapshot:
    """State of a replica after ``segment`` production segments (0: equilibrated).

    ``arrays``: ``r`` (K, M, S, 3) in Å, ``identity`` (K,), ``flipped`` (K, M), ``counts`` (K, n),
    ``log_g`` (K, J), ``step``, ``tried`` and ``accepted`` (K, kinds, classes), ``walker`` (K,),
    ``exchange_tried`` and ``exchange_accepted`` (K − 1,), ``clock`` (rounds,), ``cpu`` (CPU
    seconds, drift in kJ/mol). ``streams``: random streams of the K windows and, last, of the
    exchange decisions, as JSON texts.
    """

    system: str
    replica: int
    segment: int
    arrays: dict[str, np.ndarray]
    streams: tuple[str, ...]


_STATE = ("r", "identity", "flipped", "counts")
_WINDOW = ("log_g", "step", "tried", "accepted")


def snapshot(replica: Replica) -> Snapshot:
    """The present state of ``replica``, copied."""
    arrays = {key: np.array([getattr(c.state, key) for c in replica.chains]) for key in _STATE}
    arrays |= {key: np.array([getattr(c.window, key) for c in replica.chains]) for key in _WINDOW}
    arrays["identity"] = arrays["identity"][:, 0]
    arrays["walker"] = replica.walker.copy()
    arrays["exchange_tried"] = replica.exchange_tried.copy()
    arrays["exchange_accepted"] = replica.exchange_accepted.copy()
    arrays["clock"] = np.array([replica.rounds])
    arrays["cpu"] = np.array([replica.cpu_seconds, replica.drift])
    streams = tuple(dump(rng) for rng in (*(c.rng for c in replica.chains), replica.exchange_rng))
    spec = replica.topology.spec
    return Snapshot(spec.name, replica.number, replica.segment, arrays, streams)


def resume(spec: SystemSpec, plan: SamplingPlan, saved: Snapshot) -> Replica:
    """The replica that :func:`snapshot` saw; it continues bit for bit.

    Raises
    ------
    StoreError
        The snapshot is not of this system, or its arrays have other shapes.
    """
    replica = new_replica(spec, plan, saved.replica, placed=False)
    current = snapshot(replica)
    if saved.system != spec.name or len(saved.streams) != len(current.streams):
        raise StoreError(f"{saved.system} replica {saved.replica}: not a state of {spec.name}")
    step = saved.arrays.get("step")
    if step is not None and step.shape[1:2] != current.arrays["step"].shape[1:2]:
        raise StoreError(
            f"{spec.name} replica {saved.replica}: stored by a version of this program with other "
            "moves, which alone can continue it; what is sampled can be analysed, a new folder run"
        )
    for key, value in current.arrays.items():
        if key not in saved.arrays or saved.arrays[key].shape != value.shape:
            raise StoreError(f"{spec.name} replica {saved.replica}: {key} has another shape")
    for k, chain in enumerate(replica.chains):
        for key in _STATE:
            getattr(chain.state, key)[...] = saved.arrays[key][k]
        for key in _WINDOW:
            getattr(chain.window, key)[...] = saved.arrays[key][k]
        chain.window.trajectory[:] = plan.trajectory
        chain.rng = restore(saved.streams[k])
        refresh(replica.model, chain, replica.work)
    replica.exchange_rng = restore(saved.streams[-1])
    replica.walker = saved.arrays["walker"].copy()
    replica.exchange_tried = saved.arrays["exchange_tried"].copy()
    replica.exchange_accepted = saved.arrays["exchange_accepted"].copy()
    replica.rounds = int(saved.arrays["clock"][0])
    replica.cpu_seconds, replica.drift = (float(x) for x in saved.arrays["cpu"])
    replica.segment = saved.segment
    return replica
