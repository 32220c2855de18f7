"""Independent replicas: their pieces in a stage, and what they found as a row has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from selectivity.records import Estimate
from selectivity.validation.context import Arrays, Context
from selectivity.validation.records import Computed


def by_name(
    context: Context, names: Iterable[str], make: Callable[[str, int], Arrays]
) -> dict[str, list[Arrays]]:
    """Pieces ``make(name, number)`` of as many replicas of every name as the settings ask for.

    All are made together, so that no worker waits, and stored as ``name-number``.
    """
    n = context.settings["replicas"]
    names = list(names)
    of = {f"{name}-{number}": (name, number) for name in names for number in range(n)}
    pieces = context.pieces(of, lambda key: make(*of[key]))
    return {name: pieces[i * n : (i + 1) * n] for i, name in enumerate(names)}


def from_replicas(
    values: Sequence[float] | np.ndarray, note: str = "", target: float | None = None
) -> Computed:
    """Mean of independent replicas, its standard error and replicas less one."""
    return from_estimate(Estimate.from_replicas(values), note, target=target)


def from_estimate(
    found: Estimate, note: str = "", unit: float = 1.0, target: float | None = None
) -> Computed:
    """An estimate in units of ``unit``."""
    return Computed(found.value / unit, found.error / unit, found.dof, note=note, target=target)
