"""One filter as ``ratio --json`` has it, by hand."""

from __future__ import annotations

from selectivity.permeation.measured import EISENMAN
from selectivity.units import KCAL


def record(name="a", ddg=3.0, error=0.5, bulk_error=0.3, converged=True):
    return {
        "system": name,
        "composition": f"[{name}]",
        "temperature_K": 310.15,
        "ions": ["K", "Na"],
        "replicas": 8,
        "ratio": {
            "integral_levelled": {"value": 130.0, "low": 40.0, "high": None},
            "barrier_levelled": {"value": 100.0, "low": 1.0, "high": 200.0},
            "bounds": {"low": 2.0, "high": 3000.0},
        },
        "ddg_integral_kJ_mol": {"value": ddg * KCAL, "error": error * KCAL},
        "bulk_dg_kJ_mol": {"value": -80.0, "error": bulk_error * KCAL},
        "sites": {
            "S2": {
                "ddg_kJ_mol": 5.0 * KCAL,
                "error": 0.2 * KCAL,
                "centre": {"ddg_kJ_mol": 6.0 * KCAL, "error": None},
            }
        },
        "order": {
            "ions": list(EISENMAN["IV"]),
            "text": "K > Rb > Cs > Na > Li",
            "relative_to_K": {"Rb": {"value": 0.8, "low": 0.4, "high": 1.6}},
        },
        "round_trips": 99,
        "converged": converged,
        "reasons": [] if converged else ["too short"],
    }
