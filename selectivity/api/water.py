"""The waters of an open file as plain data, for ``analyse --json``."""

from __future__ import annotations

from typing import Any

import numpy as np

from selectivity.api.compute import Computed
from selectivity.estimators.occupancy import Stretch, WaterProfile
from selectivity.estimators.starts import Contrast, contrast, worst_of
from selectivity.estimators.turnover import LIKELY, WaterTurnover
from selectivity.estimators.weights import replica_error, replica_mean
from selectivity.permeation.result import finite

MOST_Z = 999.0  # stands for a difference between starts without any scatter, which JSON cannot hold


def water_dict(c: Computed) -> dict[str, Any]:
    """Number and places of the waters, their turnover and the agreement of starts.

    z and interval ends in Å, correlation times in sweeps; null where there is no number.
    """
    water, turnover = c.water, c.turnover
    assert turnover is not None
    starts = _starts(c, turnover)
    return {
        "z_A": water.z.tolist(),
        "numbers": water.numbers.tolist(),
        "p_n_w": {ion: _estimates(water.p[ion]) for ion in water.ions},
        "n_w": {ion: _estimates(water.of(ion)) for ion in water.ions},
        "site_occupancy": _occupancy(water),
        "by_site_of_ion": _by_site(c, water, turnover, starts),
        "windows": _windows(turnover, c.stride),
        "walkers": {
            "extremes": list(turnover.walker_extremes),
            "round_trips": turnover.walker_round_trips.tolist(),
            "correlation_sweeps": _numbers(c.stride * turnover.walker_inefficiency),
        },
        "effective_samples": finite(float(np.nansum(turnover.effective))),
        "extreme_from_probability": LIKELY,
        "stride_sweeps": c.stride,
        "starts": starts,
    }


def _numbers(values: np.ndarray) -> Any:
    """Nested lists of numbers; null where there is none."""
    if values.ndim > 1:
        return [_numbers(row) for row in values]
    return [finite(float(v)) for v in values]


def _estimates(rows: np.ndarray) -> dict[str, Any]:
    """Mean and standard error over replicas, the first axis of ``rows``."""
    return {"mean": _numbers(replica_mean(rows)), "error": _numbers(replica_error(rows))}


def _ends(stretch: Stretch) -> dict[str, float | None]:
    return {"from_A": finite(stretch.low), "to_A": finite(stretch.high)}


def _occupancy(water: WaterProfile) -> dict[str, Any]:
    """Mean number of waters in every stretch of the file along z of the ion."""
    return {
        stretch.name: {
            **_ends(stretch),
            **{ion: _estimates(water.occupancy[ion][:, s]) for ion in water.ions},
        }
        for s, stretch in enumerate(water.stretches)
    }


def _by_site(
    c: Computed, water: WaterProfile, turnover: WaterTurnover, starts: dict[str, Any]
) -> dict[str, Any]:
    """A summary for every stretch in which the ion was sampled, of the windows centred there."""
    found = {}
    for s, stretch in enumerate(water.stretches):
        here = (turnover.centers >= stretch.low) & (turnover.centers < stretch.high)
        if not here.any():
            continue
        free = here & ~turnover.fixed
        longest = turnover.inefficiency[here]
        longest = longest[np.isfinite(longest)]
        z = [starts["n_w"][kind]["z"][k] for kind in ("ion", "file") for k in np.flatnonzero(here)]
        known = [value for value in z if value is not None]
        while_in = {ion: water.while_in[ion][:, s : s + 1] for ion in water.ions}
        found[stretch.name] = {
            **_ends(stretch),
            "windows": int(here.sum()),
            "n_w": {
                ion: {key: values[0] for key, values in _estimates(rows).items()}
                for ion, rows in while_in.items()
            },
            "correlation_sweeps": float(c.stride * longest.max()) if longest.size else None,
            "round_trips": int(turnover.round_trips[free].min()) if free.any() else None,
            "start_z": max(known, key=abs) if known else None,
        }
    return found


def _windows(turnover: WaterTurnover, stride: int) -> dict[str, Any]:
    """Turnover by window; a window in which one number alone is likely has no round trips."""
    return {
        "z_A": turnover.centers.tolist(),
        **_estimates(turnover.mean),
        "extremes": [
            [int(low), int(high)]
            for low, high in zip(turnover.lowest, turnover.highest, strict=True)
        ],
        "round_trips": [
            None if fixed else int(trips)
            for fixed, trips in zip(turnover.fixed, turnover.round_trips, strict=True)
        ],
        "correlation_sweeps": _numbers(stride * turnover.inefficiency),
        "effective_samples": _numbers(turnover.effective),
    }


def _starts(c: Computed, turnover: WaterTurnover) -> dict[str, Any]:
    """Agreement of the kinds of start: ΔΔG at every bin, mean n_w in every window."""
    profiles, replicas = c.profiles, c.stored.replicas
    assert profiles is not None
    assert c.ratio is not None
    rows = profiles.difference(c.ratio.a, c.ratio.b)
    kinds = {
        "ion": [samples.start_ion for samples in replicas],
        "file": [samples.start_file for samples in replicas],
    }
    windows = turnover.centers.size
    return {
        "kinds": {what: list(dict.fromkeys(starts)) for what, starts in kinds.items()},
        "ddg": {
            "z_A": profiles.z.tolist(),
            **{what: _contrast(contrast(rows, s)) for what, s in kinds.items()},
        },
        "n_w": {
            "z_A": turnover.centers.tolist(),
            **{
                what: {
                    **_contrast(found := turnover.starts(s)),
                    **_worst(found, turnover.centers, windows),
                }
                for what, s in kinds.items()
            },
        },
    }


def _contrast(found: Contrast) -> dict[str, Any]:
    """z and difference, second kind less first."""
    return {"z": _numbers(_capped(found.z)), "difference": _numbers(found.difference)}


def _worst(found: Contrast, places: np.ndarray, independent: int) -> dict[str, float | None]:
    worst = worst_of(found, places, independent)
    z = float(_capped(np.array(worst.z)))
    return {"worst_z": finite(z), "worst_z_at_A": finite(worst.at), "worst_p": finite(worst.p)}


def _capped(z: np.ndarray) -> np.ndarray:
    return np.clip(z, -MOST_Z, MOST_Z)
