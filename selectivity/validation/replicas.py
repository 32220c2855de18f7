"""What independent replicas found, as a row has it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from selectivity.records import Estimate
from selectivity.validation.records import Computed


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
