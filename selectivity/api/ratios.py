"""``ratio``: P_K/P_Na of the headline system, its span over the models run, and the membrane."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selectivity.api.analysis import Analysis, analyse
from selectivity.api.compute import Computed
from selectivity.api.longer import longer
from selectivity.api.provenance import result_provenance
from selectivity.config.run_file import MembraneInput
from selectivity.errors import InputError
from selectivity.membrane import Membrane, RestingPotential, Solution, resting_potential
from selectivity.permeation.amides import amide_dict
from selectivity.permeation.measured import FORCE_FIELD_CAVEAT, INTERIOR_ONLY
from selectivity.permeation.order import PermeabilityOrder
from selectivity.permeation.result import RatioResult, finite, interval_json, ratio_json
from selectivity.permeation.span import Span, model_span
from selectivity.records import Interval
from selectivity.storage.files import write_json_atomic
from selectivity.system.spec import FilterSpec


@dataclass(frozen=True)
class RatioReport:
    """The headline ratio of a run with everything that stands beside it.

    ``span`` is None where one filter only was run, ``membrane`` where the run file gives none.
    ``converged`` is the verdict on the headline; ``ordered`` whether the ions come out in KcsA's
    order. The program exits with 3 unless both hold.
    """

    analysis: Analysis
    headline: Computed
    span: Span | None
    membrane: RestingPotential | None
    warnings: tuple[str, ...]

    @property
    def converged(self) -> bool:
        """Whether the headline may be used."""
        return self.headline.verdict.converged and not self.headline.stored.missing

    @property
    def ordered(self) -> bool:
        """Whether the ions that were sampled come out in KcsA's order."""
        return self.order.same_as_kcsa

    @property
    def result(self) -> RatioResult:
        """The headline's ratio."""
        assert self.headline.ratio is not None
        return self.headline.ratio

    @property
    def order(self) -> PermeabilityOrder:
        """The headline's order of ions."""
        assert self.headline.order is not None
        return self.headline.order

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the headline at top level, every filter in ``systems``."""
        record = filter_dict(self.headline)
        record["model_span"] = _span_dict(self.span)
        record["membrane"] = self._membrane_dict()
        record["converged"] = self.converged
        record["warnings"] = list(self.warnings)
        filters = [c for c in self.analysis.computed.values() if c.ratio is not None]
        record["systems"] = [filter_dict(c) for c in filters]
        caveats = [system["amides"]["text"] for system in (record, *record["systems"])]
        record["notes"] = [INTERIOR_ONLY, FORCE_FIELD_CAVEAT, *dict.fromkeys(caveats)]
        record["longer"] = self._longer()
        record["provenance"] = result_provenance(self.analysis.run)
        return record

    def _longer(self) -> dict[str, Any]:
        """How the headline and its droplet are sampled longer."""
        run_file, name = self.analysis.run.run_file, self.headline.stored.spec.name
        reference = run_file.references.get(name)
        return longer(run_file, [name, *([reference] if reference else [])])

    def _membrane_dict(self) -> dict[str, Any] | None:
        """The membrane, with the resting potentials at the ends of the model span."""
        if self.membrane is None:
            return None
        record = self.membrane.as_dict()
        if self.span is not None:
            given = self.analysis.run.run_file.membrane
            ends = []
            for value in (self.span.low, self.span.high):
                rest = _rest(Interval(value, value, value), self.result.temperature_K, given)
                assert rest is not None
                ends.append(rest.v_rest_mV.value)
            record["v_rest_span_mV"] = {"low": min(ends), "high": max(ends)}
        return record


def ratio(path: str | Path, analysis: Analysis | None = None) -> RatioReport:
    """P_K/P_Na of a run folder; writes ``results/ratio.json``.

    Parameters
    ----------
    path : path
        Run folder.
    analysis : Analysis, optional
        Of the same folder, where it was just made.

    Raises
    ------
    InputError
        Not a run folder, no filter in the run, or nothing to compute the headline from yet.
    StoreError
        A damaged folder.
    """
    report = ratio_of(analysis or analyse(path, figures=False))
    store_ratio(report)
    return report


def store_ratio(report: RatioReport) -> None:
    """Write ``results/ratio.json``."""
    folder = report.analysis.run.folder
    write_json_atomic(folder.results_path("ratio.json"), report.as_dict())


def ratio_of(analysis: Analysis) -> RatioReport:
    """What :func:`ratio` finds, with nothing written."""
    headline = _headline(analysis)
    filters = {name: c for name, c in analysis.computed.items() if c.ratio is not None}
    results = {name: c.ratio for name, c in filters.items() if c.ratio is not None}
    assert headline.ratio is not None
    span = model_span(results) if len(results) > 1 else None
    membrane = _membrane(headline.ratio, analysis.run.run_file.membrane)
    warnings = _warnings(analysis, headline, filters, membrane)
    return RatioReport(analysis, headline, span, membrane, warnings)


def _headline(analysis: Analysis) -> Computed:
    run = analysis.run
    name, place = run.run_file.headline, str(run.folder.path)
    if name is None:
        rule = "has no filter, so no permeability ratio"
        raise InputError(place, run.run_file.title, rule, '"selectivity analyse" shows its legs')
    if name not in analysis.computed:
        rule = f"holds no samples yet of {name} or of its droplet"
        raise InputError(place, run.run_file.title, rule, "continue the run")
    return analysis.computed[name]


def _membrane(result: RatioResult, given: MembraneInput | None) -> RestingPotential | None:
    if (result.a, result.b) != ("K", "Na"):
        return None
    return _rest(result.headline, result.temperature_K, given)


def _rest(
    ratio: Interval, temperature_K: float, given: MembraneInput | None
) -> RestingPotential | None:
    if given is None:
        return None
    membrane = Membrane(
        Solution(given.inside_mM, given.temperature_K),
        Solution(given.outside_mM, given.temperature_K),
        given.permeability,
        given.name,
        given.source,
        given.verified,
    )
    return resting_potential(ratio, temperature_K, membrane)


def filter_dict(c: Computed) -> dict[str, Any]:
    """One filter of ``ratio --json``."""
    spec, result, order = c.stored.spec, c.ratio, c.order
    assert isinstance(spec, FilterSpec)
    assert result is not None
    assert order is not None
    verdict = c.verdict
    record = ratio_json(result)
    record.update(
        composition=str(spec.composition),
        structure=_structure(spec),
        rings=[str(change) for change in spec.rings],
        forcefield=spec.forcefield,
        amides=amide_dict(spec.forcefield, result.a, result.b, result.temperature_K),
        tether={
            "mode": spec.tether.mode,
            "k_kJ_mol_A2": finite(spec.tether.k),
            "scale": spec.tether.scale,
        },
        order={
            "ions": list(order.order),
            "kcsa": list(order.kcsa_order),
            "same_as_kcsa": order.same_as_kcsa,
            "relative_to_" + order.reference: {
                ion: interval_json(interval) for ion, interval in order.relative.items()
            },
            "text": order.text,
        },
        flips=sum(s.counters.get("flips", 0) for s in c.stored.replicas),
        departures_refused=sum(s.counters.get("departures", 0) for s in c.stored.replicas),
        round_trips=verdict.round_trips,
        start_z=finite(verdict.start_z),
        file_start_z=finite(verdict.file_start_z),
        converged=verdict.converged and not c.stored.missing,
        reasons=[*verdict.reasons],
        warnings=[*record["warnings"], *verdict.warnings],
    )
    return record


def _structure(spec: FilterSpec) -> str:
    """Name of the structure; one with changed rings has no measurement of its channel beside it."""
    name = Path(spec.structure).stem
    return f"{name} with {'; '.join(map(str, spec.rings))}" if spec.rings else name


def _span_dict(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "low": span.low,
        "high": span.high,
        "lowest": span.lowest,
        "highest": span.highest,
        "values": span.values,
        "left_out": list(span.left_out),
    }


def _warnings(
    analysis: Analysis,
    headline: Computed,
    filters: dict[str, Computed],
    membrane: RestingPotential | None,
) -> tuple[str, ...]:
    assert headline.ratio is not None
    assert headline.order is not None
    found = [*analysis.warnings, *headline.verdict.reasons, *headline.verdict.warnings]
    found += [text for text in headline.ratio.warnings if text not in found]
    if not headline.order.same_as_kcsa:
        found.append(f"the order of the ions is not KcsA's: {headline.order.text}")
    for name, c in filters.items():
        if c is not headline and not c.verdict.converged:
            found.append(f"{name} is not converged: {'; '.join(c.verdict.reasons)}")
    if membrane is not None:
        found += membrane.warnings
    return tuple(dict.fromkeys(found))
