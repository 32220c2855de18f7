"""Numbers, units and signs as text, with a plain ASCII form for pipes and old terminals."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

from selectivity.permeation.span import figure
from selectivity.units import KCAL, rt

_ASCII = {
    "Å": "A",
    "Δ": "d",
    "∂": "d",
    "±": "+-",
    "−": "-",
    "–": "-",
    "—": "-",
    "×": "x",
    "·": "|",
    "≥": ">=",
    "≤": "<=",
    "→": "->",
    "↔": "<->",
    "…": "...",
    "∫": "integral ",
    "∞": "inf",
    "λ": "lambda",
    "β": "beta",
    "Σ": "sum",
    "σ": "sigma",
    "θ": "theta",
    "‡": "#",
    "²": "^2",
    "³": "^3",
    "⁺": "+",
    "°": " deg ",
    "½": "1/2",
    "⟨": "<",
    "⟩": ">",
    "ε": "eps",
    "κ": "kappa",
    "π": "pi",
    "µ": "u",
    "μ": "u",
    "’": "'",
}


def ascii_text(text: str) -> str:
    """``text`` in ASCII: signs of the field by their usual replacements, accents taken off."""
    for sign, plain in _ASCII.items():
        text = text.replace(sign, plain)
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.encode("ascii", "replace").decode("ascii")


def number(record: Mapping[str, Any] | None, key: str, absent: float = math.nan) -> float:
    """A number of a JSON record; ``absent`` where it is null or not there."""
    value = None if record is None else record.get(key)
    return absent if value is None else float(value)


def ratio_text(value: float) -> str:
    """A ratio with three digits."""
    return figure(value)


def interval_texts(record: Mapping[str, Any] | None) -> tuple[str, str, str]:
    """Value, low and high of a ratio record; a null end is unbounded."""
    if record is None:
        return "-", "-", "-"
    return (
        figure(number(record, "value")),
        figure(number(record, "low", 0.0)),
        figure(number(record, "high", math.inf)),
    )


def headline(record: Mapping[str, Any]) -> str:
    """``P_K/P_Na = value (95 % statistical low-high; model span low-high)`` of a ratio record."""
    a, b = record["ions"]
    value, low, high = interval_texts(record["ratio"][record["headline"]])
    text = f"P_{a}/P_{b} = {value} (95 % statistical {low}-{high}"
    span = record.get("model_span")
    if span is not None:
        text += f"; model span {figure(span['low'])}-{figure(span['high'])}"
    return text + ")"


def with_error(value: float, error: float, unit: float = 1.0) -> str:
    """``value ± error`` divided by ``unit``; without a number for the error, ``± ?``."""
    if not math.isfinite(value):
        return "undetermined"
    if not math.isfinite(error):
        return f"{_sign(value / unit)} ± ?"
    digits = 2 if abs(error / unit) < 0.995 else 1
    return f"{_sign(value / unit, digits)} ± {error / unit:.{digits}f}"


def _sign(value: float, digits: int = 2) -> str:
    """Fixed digits with a true minus sign, none for a rounded zero."""
    text = f"{value:.{digits}f}"
    if float(text) == 0.0:
        text = text.removeprefix("-")
    return text.replace("-", "−")


def energies(record: Mapping[str, Any] | None, key: str, error: str) -> tuple[str, str]:
    """An energy (kJ/mol) of a record as two texts: in kJ/mol and in kcal/mol."""
    value, spread = number(record, key), number(record, error)
    return with_error(value, spread), with_error(value, spread, KCAL)


def thermal_logarithm(
    record: Mapping[str, Any], interval: Mapping[str, Any] | None
) -> tuple[str, str]:
    """RT ln of a ratio without an error, at the temperature of its record: kJ/mol and kcal/mol."""
    found = number(interval, "value")
    e = rt(record["temperature_K"]) * math.log(found) if 0.0 < found < math.inf else math.nan
    return plain(e), plain(e / KCAL)


def energy(record: Mapping[str, Any] | None, key: str, error: str) -> str:
    """An energy in both units on one line."""
    kj, kcal = energies(record, key, error)
    return kj if kj == "undetermined" else f"{kj} kJ/mol ({kcal} kcal/mol)"


def millivolts(value: float) -> str:
    """Millivolts with one digit after the point."""
    return _sign(value, 1) if math.isfinite(value) else "unbounded"


def plain(value: float, digits: int = 2) -> str:
    """A number with fixed digits, ``-`` where there is none."""
    return _sign(value, digits) if math.isfinite(value) else "-"


def kelvin(temperature_K: float) -> str:
    """``310.15 K``."""
    return f"{temperature_K:g} K"


def tether_text(tether: Mapping[str, Any] | None) -> str:
    """The tethers of a system in words; empty where there are none."""
    if not tether:
        return ""
    mode, scale = tether.get("mode"), number(tether, "scale", 1.0)
    if mode == "rigid":
        return "rigid cage"
    if mode == "uniform":
        return f"tethers {number(tether, 'k_kJ_mol_A2') / KCAL:.3g} kcal/mol/Å²"
    return "tethers from B-factors" if scale == 1.0 else f"tethers {scale:g} × from B-factors"


def tether_short(row: Mapping[str, Any]) -> str:
    """The tethers of a system in a table cell: ``B``, ``0.5 B``, ``3.1 kcal``, ``rigid``."""
    tether = row.get("tether") or {}
    if tether.get("mode") == "rigid":
        return "rigid"
    if tether.get("mode") == "uniform":
        return f"{number(tether, 'k_kJ_mol_A2') / KCAL:.3g} kcal"
    scale = number(tether, "scale", 1.0)
    return "B" if scale == 1.0 else f"{scale:g} B"


def dependence(record: Mapping[str, Any]) -> list[str]:
    """What the headline hangs on: the ends of the span, the interval and the tilt of f(z)."""
    texts = []
    span = record.get("model_span")
    if span is not None and "lowest" in span:
        ends = [f"{figure(span[key])} ({span[name]})" for key, name in SPAN_ENDS]
        texts.append(f"model span: {ends[0]} to {ends[1]}")
    tilt = record["tilt_sensitivity"]
    factor = math.exp(number(tilt, "integral_kJ_mol") / rt(record["temperature_K"]))
    slope = f"{tilt['tilt_kJ_mol_A'] / KCAL:g} kcal/mol/Å"
    text = f"a tilt of ±{slope} moves the headline up to {figure(factor)}-fold"
    planes = record["ratio"].get("plane_to_plane")
    if planes is not None:
        text += f"; from plane to plane it is {interval_texts(planes)[0]}"
    return [*texts, text]


SPAN_ENDS = (("low", "lowest"), ("high", "highest"))
