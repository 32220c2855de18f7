"""The first thing on the page: the number, what it means, and whether it may be used."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from selectivity.permeation.measured import Measurement, compare
from selectivity.plotting import ion_label
from selectivity.records import Interval
from selectivity.report import words
from selectivity.report.analysis_page import not_converged
from selectivity.report.membrane_page import rest_line
from selectivity.report.page.material import Material, Record
from selectivity.report.ratio_page import CHANNELS, DRY_LIMIT, measured_beside
from selectivity.units import KCAL, rt


@dataclass(frozen=True)
class Stamp:
    """A verdict that cannot be missed: ``good`` or not, its words and its reasons."""

    good: bool
    text: str
    reasons: Sequence[str] = ()


@dataclass(frozen=True)
class Headline:
    """The top of the page.

    ``number`` is the headline in short, ``line`` as every command prints it, ``sentences`` what it
    says in words, ``facts`` (name, value) pairs beside it.
    """

    kicker: str
    number: str
    line: str
    stamps: Sequence[Stamp]
    sentences: Sequence[str]
    facts: Sequence[tuple[str, str]]


def headline(material: Material) -> Headline:
    """The headline of a run with a filter, of one without, or of one with no samples yet."""
    if material.ratio is not None:
        return _of_ratio(material, material.ratio)
    return _of_legs(material)


def _of_ratio(material: Material, record: Record) -> Headline:
    a, b = (ion_label(ion) for ion in record["ions"])
    value, low, high = words.interval_texts(record["ratio"][record["headline"]])
    effective = words.energies(record["ddg_integral_kJ_mol"], "value", "error")
    facts = [
        ("95 % statistical", f"{low} – {high}"),
        ("model span", _span(record)),
        ("RT ln ratio", f"{effective[1]} kcal/mol"),
        ("measured", _measured_short(record)),
        ("V_rest", _rest_short(record)),
    ]
    return Headline(
        _kicker(record),
        f"P({a})/P({b}) = {value}",
        words.headline(record),
        _ratio_stamps(material, record),
        [*_meaning(record), *_experiment(record), f"{rest_line(record)}."],
        [fact for fact in facts if fact[1]],
    )


def _kicker(record: Record) -> str:
    structure = str(record.get("structure") or "")
    facts = [
        record["system"],
        CHANNELS.get(structure, structure),
        f"single file {record['composition']}",
        str(record.get("forcefield") or ""),
        words.tether_text(record.get("tether")),
        words.kelvin(round(record["temperature_K"], 2)),
        f"{record['replicas']} replicas",
        "levelled integral over the interior",
    ]
    return " · ".join(fact for fact in facts if fact)


def _span(record: Record) -> str:
    span = record.get("model_span")
    if span is None:
        return ""
    low, high = words.ratio_text(span["low"]), words.ratio_text(span["high"])
    return f"{low} – {high} ({span.get('lowest', '')} to {span.get('highest', '')})"


def _measured_short(record: Record) -> str:
    beside = measured_beside(record)
    if not beside:
        return ""
    m = beside[0]
    sign = {"value": "", "above": "> ", "below": "< "}[m.kind]
    return f"{sign}{m.value:g} ({m.channel})"


def _rest_short(record: Record) -> str:
    rest = record.get("membrane")
    if rest is None:
        return ""
    v = {name: words.millivolts(words.number(rest["v_rest_mV"], name, math.inf))
         for name in ("value", "low", "high")}  # fmt: skip
    return f"{v['value']} mV ({v['low']} to {v['high']})"


def _ratio_stamps(material: Material, record: Record) -> list[Stamp]:
    stamps = []
    if not record["converged"]:
        reasons = list(record.get("reasons") or record.get("warnings") or ())
        stamps.append(Stamp(False, "NOT CONVERGED: do not quote this number", reasons))
    order = record.get("order") or {}
    if order.get("same_as_kcsa") is False:
        stamps.append(Stamp(False, "WRONG ORDER of the ions", [order["text"]]))
    if not stamps:
        text = f"Converged by its own diagnostics: {record['round_trips']} round trips in the "
        text += "slowest window, forward and backward starts give the same ratio"
        stamps.append(Stamp(True, text, list(record.get("warnings") or ())))
    return stamps + _unfinished(material)


def _unfinished(material: Material) -> list[Stamp]:
    if material.finished:
        return []
    rows = [f"{row['system']}: {100 * row['share']:.0f} % stored" for row in material.status
            if row["share"] < 1.0]  # fmt: skip
    text = "UNFINISHED RUN: this page shows what is stored so far; the same run command continues"
    return [Stamp(False, text, rows)]


def _meaning(record: Record) -> list[str]:
    """The ratio in a sentence, as its interval allows."""
    a, b = (ion_label(ion) for ion in record["ions"])
    found = record["ratio"][record["headline"]]
    value = words.number(found, "value")
    low, high = words.number(found, "low", 0.0), words.number(found, "high", math.inf)
    if not (math.isfinite(value) and value > 0.0):
        return ["The samples give no ratio yet."]
    if low > 1.0:
        text = f"In this model {a} passes {words.ratio_text(value)} times more easily than {b}."
    elif high < 1.0:
        times = words.ratio_text(1.0 / value)
        text = f"In this model {b} passes {times} times more easily than {a}."
    else:
        return [f"The interval holds 1: this run does not tell {a} from {b}."]
    if record["composition"] == "[X]":
        text += f" It is the {DRY_LIMIT}."
    if not record["converged"]:
        text = f"Taken at face value: {text[0].lower()}{text[1:]}"
    energy = rt(record["temperature_K"]) * math.log(value) / KCAL
    size = words.plain(energy)
    return [f"{text} That is an effective difference of barriers of {size} kcal/mol."]


def _experiment(record: Record) -> list[str]:
    found = record["ratio"][record["headline"]]
    value = words.number(found, "value")
    if not math.isfinite(value):
        return []
    computed = Interval(
        value, words.number(found, "low", 0.0), words.number(found, "high", math.inf)
    )
    return [f"Measured: {m}. {_against(computed, m)}" for m in measured_beside(record)]


def _against(computed: Interval, m: Measurement) -> str:
    verdict = compare(computed, m).verdict
    unchecked = "" if m.mark == "text" else " The figure was not checked at its source."
    if verdict == "undecided":
        return f"The computed interval reaches across it: undecided.{unchecked}"
    if verdict == "consistent":
        return f"The computed interval agrees; one number that agrees proves little.{unchecked}"
    where = "below" if computed.high < m.value else "above"
    return f"The computed interval lies {where} it: they disagree.{unchecked}"


def _of_legs(material: Material) -> Headline:
    systems = material.analysis["systems"]
    sentences, facts = [], []
    for system in systems:
        for leg in system["alchemical"]:
            pair = f"{ion_label(leg['from'])} → {ion_label(leg['to'])}"
            own = words.energies(leg, "dg_kJ_mol", "error_kJ_mol")[1]
            facts.append((f"ΔG({pair}), {system['system']}", f"{own} kcal/mol"))
            against = words.number(leg, "ddg_kJ_mol")
            if math.isfinite(against):
                better = ion_label(leg["from"] if against > 0.0 else leg["to"])
                size = words.energies(leg, "ddg_kJ_mol", "ddg_error_kJ_mol")[1]
                sentences.append(
                    f"Against bulk, {system['system']} prefers {better}: ΔΔG({pair}) = {size} "
                    "kcal/mol, one standard error."
                )
    kicker, number, line = _first_leg(systems)
    missing = any(row["kind"] == "filter" for row in material.status if "kind" in row)
    why = "no filter has samples with its droplet yet" if missing else "the run has no filter"
    sentences.append(f"There is no permeability ratio: {why}.")
    return Headline(kicker, number, line, _leg_stamps(material), sentences, facts)


def _first_leg(systems: Sequence[Record]) -> tuple[str, str, str]:
    """What is shown, the number and its line: ΔΔG against bulk, else ΔG, of the first system."""
    if not systems:
        return "", "No samples are stored yet", ""
    leg, name = systems[0]["alchemical"][0], systems[0]["system"]
    pair = f"{ion_label(leg['from'])} → {ion_label(leg['to'])}"
    key, error, sign, what = "dg_kJ_mol", "error_kJ_mol", "ΔG", name
    if math.isfinite(words.number(leg, "ddg_kJ_mol")):
        key, error, sign = "ddg_kJ_mol", "ddg_error_kJ_mol", "ΔΔG"
        what = f"{name} against its bulk reference"
    number = f"{sign}({pair}) = {words.energies(leg, key, error)[1]} kcal/mol"
    return what, number, f"{name}: {words.energy(leg, key, error)}, one standard error"


def _leg_stamps(material: Material) -> list[Stamp]:
    stamps = []
    if not material.analysis["systems"]:
        return _unfinished(material)
    if material.analysis["converged"]:
        stamps.append(Stamp(True, "Converged by its own diagnostics"))
    else:
        reasons = not_converged(material.analysis)
        stamps.append(Stamp(False, "NOT CONVERGED: do not quote these numbers", reasons))
    return stamps + _unfinished(material)
