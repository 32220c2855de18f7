"""Compiler flags of every kernel, in one place.

``KERNEL`` keeps strict IEEE arithmetic. ``PAIR_SUM`` alone may reassociate, contract and use the
reciprocal square root estimate with its Newton step: it is what lets the pair sum vectorise. NaN
and infinity keep their meaning in both, so an impossible trial is always rejected.
``error_model="numpy"`` is needed for vectorised division.
"""

from __future__ import annotations

from typing import Any

KERNEL: dict[str, Any] = {"error_model": "numpy", "nogil": True, "cache": True}
PAIR_SUM: dict[str, Any] = {
    **KERNEL,
    "fastmath": {"reassoc", "contract", "arcp", "afn", "nsz"},
}

GUARD = 0.8  # Å: no trial is accepted with two sites of different molecules closer than this
REFUSED = 1.0e12  # kJ/mol: energy of a pair inside the guard
LANES = 16  # molecules per slot are padded to a multiple of this
