"""The membrane panel: V_rest against the ratio, with the headline on the curve."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from selectivity.membrane import Membrane, Solution, resting_potential
from selectivity.plotting import ion_label
from selectivity.records import Interval
from selectivity.report import words
from selectivity.report.page.axes import (
    SMALL,
    WIDTH,
    Panel,
    column,
    curve,
    frame,
    key,
    padded,
)
from selectivity.report.page.canvas import (
    Canvas,
    Figure,
    Mark,
    Section,
    Table,
    dots,
    label,
    path,
    rectangle,
)
from selectivity.report.page.material import Material, Record
from selectivity.report.page.profiles import LEFT, PLOT

POINTS = 25


def membrane_section(material: Material) -> Section | None:
    """V_rest of the ratio, what it would be for others, and everything that entered."""
    record = material.ratio
    if record is None or record.get("membrane") is None:
        return None
    rest = record["membrane"]
    inputs = rest["inputs"]
    remarks = [
        f"Model: {rest['model']}; the leak is an input, taken as that through other paths.",
        "The interval of V_rest is that of the ratio's sampling alone.",
        f"Inside, mM: {_listed(inputs['inside_mM'])}; outside: {_listed(inputs['outside_mM'])}; "
        f"permeabilities: {_listed(inputs['permeability'])}.",
    ]
    if inputs.get("source"):
        unchecked = " (not checked at the source)" if inputs.get("verified") is False else ""
        remarks.append(f"Source: {inputs['source']}{unchecked}")
    remarks += list(rest.get("warnings") or ())
    title = f"What it does to a membrane: {inputs['membrane']}"
    return Section("membrane", title, (), [_figure(record, rest), _table(rest)], remarks)


def _listed(values: Mapping[str, float]) -> str:
    return ", ".join(f"{ion} {value:g}" for ion, value in values.items())


def _rest_of(ratio: float, record: Record, rest: Record) -> tuple[float, float]:
    """V_rest (mV) with and without the leak for a channel of this ratio, all else as in the run."""
    inputs = rest["inputs"]
    temperature = inputs["membrane_temperature_K"]
    membrane = Membrane(
        Solution(inputs["inside_mM"], temperature),
        Solution(inputs["outside_mM"], temperature),
        inputs["permeability"],
        inputs["membrane"],
    )
    found = resting_potential(Interval(ratio, ratio, ratio), record["temperature_K"], membrane)
    return float(found.v_rest_mV.value), float(found.v_rest_no_leak_mV)


def _figure(record: Record, rest: Record) -> Figure:
    found = record["ratio"][record["headline"]]
    value = words.number(found, "value")
    low, high = words.number(found, "low", 0.0), words.number(found, "high", math.inf)
    span = record.get("model_span") or {}
    known = [x for x in (value, low, high, span.get("low"), span.get("high"))
             if x and math.isfinite(x) and x > 0.0]  # fmt: skip
    first = math.floor(min([0.0, *(math.log10(x) for x in known)]))
    last = math.ceil(max([3.0, *(math.log10(x) for x in known)]))
    exponent = np.linspace(first, last, POINTS)
    v, bare = np.array([_rest_of(10.0**x, record, rest) for x in exponent]).T
    limits = padded([v, bare], 10.0)
    panel = Panel(LEFT, 14.0, PLOT, 170.0, (float(first), float(last)), limits)
    marks: list[Mark] = []
    ends = ((span.get("low"), span.get("high"), "fill interior"), (low, high, "band K"))
    for begin, end, style in ends:
        if begin and end and begin > 0.0 and math.isfinite(end):
            left, right = (float(panel.at_x(math.log10(x))) for x in (begin, end))
            marks.append(rectangle(left, panel.top, right, panel.bottom, style))
    marks.append(curve(panel, exponent, v, "line ink"))
    marks.append(curve(panel, exponent, bare, "dash grey"))
    at = words.number(rest["v_rest_mV"], "value")
    if value > 0.0 and math.isfinite(value) and math.isfinite(at):
        point = [(float(panel.at_x(math.log10(value))), float(panel.at_y(at)))]
        marks.append(dots(point, "dots K", 10.0))
    marks += _frame(panel, record)
    marks += key([("dots K", "this run"), ("band K", "95 %"), ("dash grey", "no leak")]
                 + ([("fill interior", "model span")] if span else []),
                 panel.left - 20, panel.bottom + 48.0, 10.0)  # fmt: skip
    return Figure(
        "membrane",
        "Resting potential against the ratio",
        "V_rest of this membrane for every ratio that its potassium channels might have, with "
        "its sodium leak and, dashed, without it. Where the curve is flat, a better filter would "
        "change nothing.",
        f"V_rest falls from {words.millivolts(v[0])} mV at a ratio of {10.0**first:g} to "
        f"{words.millivolts(v[-1])} mV at {10.0**last:g}; at the headline it is "
        f"{words.millivolts(at)} mV.",
        Canvas(WIDTH, panel.bottom + 54.0, tuple(marks)),
        {
            "ratio": column(10.0**exponent),
            "v_rest_mV": column(v),
            "v_rest_no_leak_mV": column(bare),
        },
    )


def _frame(panel: Panel, record: Record) -> list[Mark]:
    """The frame with powers of ten below it."""
    pair = "/".join(f"P({ion_label(ion)})" for ion in record["ions"])
    bare = Panel(panel.left, panel.top, panel.width, panel.height, (0.2, 0.8), panel.y)
    marks = [m for m in frame(bare, pair, "V_rest, mV") if not _below(m, panel)]
    for power in range(int(panel.x[0]), int(panel.x[1]) + 1):
        x = float(panel.at_x(power))
        marks.append(path([(x, panel.bottom), (x, panel.bottom + 3)], "thin grey"))
        text = f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
        marks.append(label(x, panel.bottom + 14, text, "text grey", SMALL, "middle"))
    return marks


def _below(mark: Mark, panel: Panel) -> bool:
    """Whether a mark is a tick of x or its number."""
    y = mark.xy[:, 1]
    return bool(y.min() >= panel.bottom and y.max() < panel.bottom + 20.0)


def _table(rest: Mapping[str, Any]) -> Table:
    leak = f"{rest['inputs']['sodium_leak_over_P_K']:g} P_K"
    low, high = rest["bi_ionic_interval_mV"]
    v_rest = rest["v_rest_mV"]
    mv = words.millivolts
    rows = [
        (f"V_rest with a sodium leak of {leak}", mv(words.number(v_rest, "value", math.inf)),
         f"{mv(words.number(v_rest, 'low', math.inf))} to "
         f"{mv(words.number(v_rest, 'high', math.inf))}"),
        ("V_rest without the leak", mv(words.number(rest, "v_rest_no_leak_mV", math.inf)), ""),
        ("channel alone, two ions", mv(words.number(rest, "v_rest_channel_only_mV", math.inf)), ""),
        ("bi-ionic, −(RT/F) ln ratio", mv(words.number(rest, "bi_ionic_mV", math.inf)),
         f"{mv(words.number({'x': low}, 'x', math.inf))} to "
         f"{mv(words.number({'x': high}, 'x', math.inf))}"),
        ("dV_rest / d ln ratio", words.plain(words.number(rest, "dv_dlnratio_mV")), ""),
    ]  # fmt: skip
    if span := rest.get("v_rest_span_mV"):
        rows.append(("V_rest over the model span", "",
                     f"{mv(span['low'])} to {mv(span['high'])}"))  # fmt: skip
    return Table("Potentials", ("potential", "mV", "95 % or span"), rows)
