"""Random streams, keyed by what they are for, so that no result depends on who ran it or when."""

from __future__ import annotations

import hashlib
import json

import numpy as np

EXCHANGE = 1_000_000  # window key of a replica's exchange decisions
BUILD = 2_000_000  # window key of a replica's starting coordinates


def stream(seed: int, system: str, replica: int, window: int) -> np.random.Generator:
    """Independent generator for one window of one replica of one system.

    The key is a SeedSequence spawned from ``seed`` by (digest of the system's name, replica,
    window).
    """
    name = int.from_bytes(hashlib.sha256(system.encode()).digest()[:8], "big")
    key = (name >> 32, name & 0xFFFFFFFF, replica, window)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def dump(rng: np.random.Generator) -> str:
    """State of a generator as JSON text."""
    return json.dumps(rng.bit_generator.state, sort_keys=True)


def restore(text: str) -> np.random.Generator:
    """Generator that continues where :func:`dump` was called."""
    bits = np.random.PCG64()
    bits.state = json.loads(text)
    return np.random.Generator(bits)
