"""Filters that have no reason to be selective, beside KcsA in the same composition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from selectivity.validation.context import RunOutput
from selectivity.validation.sections.compositions import (
    above,
    effective,
    measured,
    ratios_figure,
    waters,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["above", "effective", "measured", "pictures", "waters"]


def pictures(found: Mapping[str, RunOutput]) -> list[Figure]:
    """Ratios of all filters side by side."""
    figures: list[Figure] = []
    for run in found.values():
        figures += ratios_figure(run.ratio()["systems"], "KcsA, two sites, the collapsed filter")
    return figures
