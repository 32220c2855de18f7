"""What a ratio does to a membrane: the block of the ratio page and its closing line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from selectivity.report import words
from selectivity.report.layout import Say, bullets, heading, line, table

if TYPE_CHECKING:
    from rich.console import RenderableType

Record = Mapping[str, Any]


def membrane_parts(rest: Record | None, say: Say) -> list[RenderableType]:
    """Potentials with and without the leak, their sensitivity, and everything that entered.

    Parameters
    ----------
    rest : mapping or None
        ``membrane`` of ``selectivity ratio --json``
        (:meth:`selectivity.membrane.RestingPotential.as_dict`).
    say : callable
    """
    if rest is None:
        return []
    inputs = rest["inputs"]
    title = f"Membrane: {inputs['membrane']} at {words.kelvin(rest['temperature_K'])}"
    rows = table(say, ("potential, mV", "value", "95 %"))
    leak = f"{inputs['sodium_leak_over_P_K']:g} P_K"
    v_rest = rest["v_rest_mV"]
    only = " and ".join(rest["channel_only_ions"])
    cells = (
        (f"V_rest, sodium leak of {leak} included", _mv(v_rest, "value"), _band(v_rest)),
        ("V_rest without the sodium leak", _mv(rest, "v_rest_no_leak_mV"), ""),
        (f"channel alone: {only} only", _mv(rest, "v_rest_channel_only_mV"), ""),
        ("bi-ionic, −(RT/F) ln ratio", _mv(rest, "bi_ionic_mV"), _ends(rest)),
        ("dV_rest/d ln ratio", words.plain(words.number(rest, "dv_dlnratio_mV"), 2), ""),
    )
    for i, row in enumerate(cells):
        rows.add_row(*map(say, row), style="bold" if i == 0 else "")
    items = [
        f"model: {rest['model']}; the leak is an input: a preset's sodium permeability, that of a "
        "whole membrane, is taken as the leak through other paths",
        "the interval of V_rest is that of the ratio's sampling alone",
        f"inside, mM: {_listed(inputs['inside_mM'])}; outside: {_listed(inputs['outside_mM'])}; "
        f"permeabilities: {_listed(inputs['permeability'])}",
    ]
    if inputs.get("source"):
        unchecked = " (not checked at the source)" if inputs.get("verified") is False else ""
        items.append(f"source: {inputs['source']}{unchecked}")
    items += list(rest.get("warnings") or ())
    return [heading(say, title), rows, line(say, ""), bullets(say, items)]


def rest_line(record: Record) -> str:
    """``V_rest = … mV (… to …)`` with and without the leak, or why there is none."""
    rest = record.get("membrane")
    if rest is None:
        pair = tuple(record["ions"]) == ("K", "Na")
        why = "the run file describes no membrane" if pair else "it is computed from P_K/P_Na"
        return f"V_rest: none, {why}"
    v_rest = rest["v_rest_mV"]
    return (
        f"V_rest = {_mv(v_rest, 'value')} mV ({_band(v_rest)}"
        + (f"; model span {_band(span)}" if (span := rest.get("v_rest_span_mV")) else "")
        + f") with the sodium leak, {_mv(rest, 'v_rest_no_leak_mV')} mV without it"
    )


def _mv(record: Record, key: str) -> str:
    return words.millivolts(words.number(record, key, float("inf")))


def _band(v_rest: Record) -> str:
    return f"{_mv(v_rest, 'low')} to {_mv(v_rest, 'high')}"


def _ends(rest: Record) -> str:
    low, high = rest["bi_ionic_interval_mV"]
    ends = {"low": low, "high": high}
    return _band(ends)


def _listed(values: Mapping[str, float]) -> str:
    return ", ".join(f"{ion} {value:g}" for ion, value in values.items())
