"""Profile sets written down by hand, for tests of what is read off them."""

from __future__ import annotations

import numpy as np

from selectivity.estimators.barrier import Sites
from selectivity.estimators.profile import ProfileSet, bin_centers
from selectivity.records import Estimate
from selectivity.units import rt

TEMPERATURE = 310.15
RT = rt(TEMPERATURE)
PERIOD = 3.1
Z = bin_centers(-4.65, 4.65)
SITES = Sites(
    interior=(-3.1, 3.1),
    cages={"S3": -3.1, "S2": 0.0, "S1": 3.1, "S4": -6.2},
    planes={"T75": -4.65, "V76": -1.55, "G77": 1.55, "Y78": 4.65},
)
SURE = Estimate(-70.0, 0.0, 7.0)


def cosine(z: np.ndarray, a: float) -> np.ndarray:
    """a(1 − cos 2πz/L): wells in the cages, maxima in the planes."""
    return a * (1.0 - np.cos(2.0 * np.pi * z / PERIOD))


def set_of(
    w: dict[str, np.ndarray], replicas: int = 4, noise: np.ndarray | None = None, name: str = "X"
) -> ProfileSet:
    """The same profiles in every replica; ``noise`` (ions, R, B) or a scalar field is added."""
    rows = {ion: np.tile(np.atleast_2d(values), (replicas, 1)) for ion, values in w.items()}
    rows = {ion: values[:replicas] for ion, values in rows.items()}
    if noise is not None:
        rows = {ion: values + noise[i] for i, (ion, values) in enumerate(rows.items())}
    starts = tuple(("K", "Na")[r % 2] for r in range(replicas))
    return ProfileSet(Z, rows, tuple(w), TEMPERATURE, starts, name)
