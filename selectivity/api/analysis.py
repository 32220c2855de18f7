"""``analyse``: free energies, profiles and diagnostics of every system of a run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from selectivity.api.compute import Computed, compute
from selectivity.api.provenance import result_provenance
from selectivity.api.stored import StoredRun, read_run
from selectivity.api.water import water_dict
from selectivity.permeation.amides import NAMES, measured
from selectivity.permeation.result import finite
from selectivity.records import Estimate
from selectivity.storage.files import write_json_atomic
from selectivity.system.spec import DropletSpec


@dataclass(frozen=True)
class Analysis:
    """Numbers of all systems of a run; ``run`` and ``computed`` hold what they rest on."""

    run: StoredRun
    computed: dict[str, Computed]
    warnings: tuple[str, ...]

    @property
    def converged(self) -> bool:
        """Whether every system converged."""
        return all(c.verdict.converged for c in self.computed.values()) and not self.warnings

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the first system at top level, all of them in ``systems``."""
        return self._record

    @cached_property
    def _record(self) -> dict[str, Any]:
        systems = [system_dict(name, c) for name, c in self.computed.items()]
        first = systems[0] if systems else {}
        return {
            **first,
            "systems": systems,
            "converged": self.converged,
            "warnings": list(self.warnings),
            "provenance": result_provenance(self.run),
        }


def analyse(path: str | Path, figures: bool = True) -> Analysis:
    """Analyse a run folder; writes ``results/analysis.json`` and the figures there.

    Raises
    ------
    InputError, StoreError
        Not a run folder, or a damaged one.
    """
    analysis = analysis_of(path)
    store_analysis(analysis)
    if figures:
        from selectivity.api.pictures import write_figures

        write_figures(analysis.run, analysis.computed)
    return analysis


def analysis_of(path: str | Path) -> Analysis:
    """What :func:`analyse` finds, with nothing written."""
    run = read_run(path)
    missing = tuple(s.missing for s in run.systems.values() if s.missing)
    return Analysis(run, compute(run), missing)


def store_analysis(analysis: Analysis) -> None:
    """Write ``results/analysis.json``."""
    write_json_atomic(analysis.run.folder.results_path("analysis.json"), analysis.as_dict())


def system_dict(name: str, c: Computed) -> dict[str, Any]:
    """One system of ``analyse --json``; energies in kJ/mol, z in Å.

    ``water`` stands there for a file that is open to water (``gc``), ``solvent`` for a droplet of
    an amide.
    """
    spec = c.stored.spec
    record: dict[str, Any] = {
        "system": name,
        "kind": spec.kind,
        "forcefield": spec.forcefield,
        "temperature_K": c.free.temperature_K,
        "replicas": len(c.stored.replicas),
        "alchemical": [_leg(c, a, b) for a, b in combinations(c.free.ions, 2)],
        "diagnostics": {**_plain(asdict(c.verdict)), **_totals(c)},
        "converged": c.verdict.converged,
    }
    if isinstance(spec, DropletSpec) and spec.solvent in NAMES:
        record["solvent"] = _solvent(spec)
    if c.profiles is not None:
        record["profile"] = _profile(c)
        record["wham_difference_kJ_mol"] = _witness(c)
    if c.turnover is not None:
        record["water"] = water_dict(c)
    return record


def _solvent(spec: DropletSpec) -> dict[str, Any]:
    """The amide of a droplet, with what was measured of K+ and Na+ in it, kJ/mol."""
    known = measured(spec.solvent)
    return {
        "name": spec.solvent,
        "molecules": spec.n_waters,
        "radius_A": spec.radius,
        "measured_ddg_K_to_Na_kJ_mol": list(known.values),
        "measured_source": known.source,
    }


def _witness(c: Computed) -> dict[str, float | None]:
    """How far histogram WHAM lies from the MBAR profile over the interior, by ion."""
    from selectivity.estimators.wham import largest_difference

    assert c.profiles is not None
    assert c.sites is not None
    return {
        ion: finite(largest_difference(c.stored.replicas, ion, c.profiles, c.sites.interior))
        for ion in c.profiles.ions
    }


def _leg(c: Computed, a: str, b: str) -> dict[str, Any]:
    from selectivity.estimators.mixing import window_round_trips

    site = c.free.difference(a, b)
    reference = c.reference.difference(a, b) if c.reference is not None else None
    difference = site - reference if reference is not None else None
    return {
        "from": a,
        "to": b,
        **_estimate("dg", site),
        **_estimate("reference_dg", reference),
        **_estimate("ddg", difference),
        "round_trips": int(window_round_trips(c.stored.replicas, a, b).min()),
        "replicas": len(c.stored.replicas),
    }


def _estimate(name: str, e: Estimate | None) -> dict[str, float | None]:
    error = f"{name.removesuffix('dg')}error_kJ_mol" if name != "ddg" else "ddg_error_kJ_mol"
    if e is None:
        return {f"{name}_kJ_mol": None, error: None}
    return {f"{name}_kJ_mol": finite(e.value), error: finite(e.error)}


def _profile(c: Computed) -> dict[str, Any]:
    profiles = c.profiles
    assert profiles is not None
    return {
        "z_A": profiles.z.tolist(),
        "w_kJ_mol": {ion: _list(profiles.mean(ion)) for ion in profiles.ions},
        "error_kJ_mol": {ion: _list(profiles.error(ion)) for ion in profiles.ions},
        "coordination": c.shells.as_dict(),
    }


def _list(values: np.ndarray) -> list[float | None]:
    return [finite(float(v)) for v in values]


def _totals(c: Computed) -> dict[str, Any]:
    """Counters summed over replicas: flips, departures, acceptance of every kind of move."""
    total: dict[str, int] = {}
    for samples in c.stored.replicas:
        for key, value in samples.counters.items():
            total[key] = total.get(key, 0) + value
    rates = {
        key.removesuffix(":tried"): total[key.replace(":tried", ":accepted")] / tried
        for key, tried in total.items()
        if key.endswith(":tried") and tried
    }
    return {
        "flips": total.get("flips", 0),
        "departures_refused": total.get("departures", 0),
        "overlaps_refused": total.get("guarded", 0),
        "acceptance": rates,
        "cpu_seconds": sum(samples.cpu_seconds for samples in c.stored.replicas),
    }


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {k: finite(v) if isinstance(v, float) else v for k, v in record.items()}
