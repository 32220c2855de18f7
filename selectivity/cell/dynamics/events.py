"""Events of a run: what is done to a cell, when, and how the text of a command line says it.

    KIND [TARGET] [ramp] START END VALUE

    pump 20 s 29.5 s 0              the pump at 0 of its rate between 20 s and 29.5 s
    pump ramp 20 s 80 s 0.2         falling evenly from what it was to 0.2, which then holds
    atp 50 s end 0.1 mM             for pumps that read ATP; "end" is the end of the run
    current K 1 s 1.5 s 0.1 A/m2    applied, inward positive; without an ion the model's first
    bath K 10 s 60 s 12 mM          concentration of a bath
    conductance g_na_S_m2 0 s 9 s 0.5     a factor on a field of the model
    parameter g_kcc2_S_m2 ramp 0 s 1 h 2  a new value of a field, in the unit of its name

A step holds from START until before END and then what was there returns; a ramp keeps its value.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from selectivity.errors import InputError
from selectivity.membrane import checks

KINDS = ("pump", "atp", "current", "bath", "conductance", "parameter")
SHAPES = ("step", "ramp")
_NEEDS_TARGET = ("bath", "conductance", "parameter")
_NO_TARGET = ("pump", "atp")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
_MILLIMOLAR = {"uM": 1e-3, "mM": 1.0, "M": 1e3}
_A_M2 = {"A/m2": 1.0, "mA/m2": 1e-3, "uA/cm2": 1e-2, "mA/cm2": 10.0}
_VALUE_UNITS: dict[str, dict[str, float]] = {
    "pump": {"": 1.0, "%": 0.01},
    "atp": _MILLIMOLAR,
    "current": _A_M2,
    "bath": _MILLIMOLAR,
    "conductance": {"": 1.0, "%": 0.01},
    "parameter": {"": 1.0},
}
_UNIT_SAID = {"atp": " mM", "current": " A/m2", "bath": " mM"}
_EXAMPLE = 'for example "pump 20 s 29.5 s 0" or "bath K 10 s 60 s 12 mM"'
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Event:
    """One thing that is done to a cell.

    Parameters
    ----------
    kind : {"pump", "atp", "current", "bath", "conductance", "parameter"}
        A factor of the pump; mM of ATP; applied current in A/m², inward positive; mM of a bath; a
        factor of a field of the model; a value of such a field.
    start_s, end_s : float
        ``end_s`` may be infinite for a step.
    value : float
    target : str, optional
        The ion (bath; carrier of a current) or the field of the model.
    shape : {"step", "ramp"}
        A step holds in start ≤ t < end; a ramp goes evenly to ``value`` and stays there.

    Raises
    ------
    InputError
        Unknown kind or shape, times that do not rise, a negative factor or concentration, a target
        that is missing or has no meaning.
    """

    kind: str
    start_s: float
    end_s: float
    value: float
    target: str | None = None
    shape: str = "step"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError("event", self.kind, "is one of " + ", ".join(KINDS), _EXAMPLE)
        place = f"event {self.kind}"
        if self.shape not in SHAPES:
            raise InputError(place, self.shape, "is a step or a ramp")
        if checks.scalar(self.start_s, f"{place} start") < 0.0:
            raise InputError(f"{place} start", self.start_s, "is zero or later")
        endless = self.shape == "step" and self.end_s == math.inf
        if not endless and checks.scalar(self.end_s, f"{place} end") <= self.start_s:
            raise InputError(f"{place} end", self.end_s, f"is after its start, {self.start_s:g} s")
        value = checks.scalar(self.value, f"{place} value")
        if value < 0.0 and self.kind not in ("current", "parameter"):
            raise InputError(f"{place} value", value, "is zero or positive")
        if self.kind in _NEEDS_TARGET and not self.target:
            raise InputError(place, None, "names its ion or field", _EXAMPLE)
        if self.kind in _NO_TARGET and self.target:
            raise InputError(place, self.target, "names no ion or field", _EXAMPLE)

    @property
    def channel(self) -> tuple[str, str | None]:
        """What it acts on: kind and target."""
        return self.kind, self.target

    def text(self) -> str:
        """The event as :func:`parse_event` reads it."""
        end = "end" if self.end_s == math.inf else f"{self.end_s:.12g} s"
        words = [self.kind, self.target or "", "ramp" if self.shape == "ramp" else ""]
        value = f"{self.value:.12g}{_UNIT_SAID.get(self.kind, '')}"
        return " ".join([*(word for word in words if word), f"{self.start_s:.12g} s", end, value])

    def record(self) -> dict[str, Any]:
        """The event as plain data."""
        return {
            "kind": self.kind,
            "target": self.target,
            "shape": self.shape,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "value": self.value,
            "text": self.text(),
        }


def pump_failure(start_s: float, end_s: float = math.inf, depth: float = 1.0) -> Event:
    """The pump loses the share ``depth`` of its rate (1: all of it) between two times.

    Raises
    ------
    InputError
        A depth outside 0 to 1, or times as in :class:`Event`.
    """
    if not 0.0 <= checks.scalar(depth, "depth") <= 1.0:
        raise InputError("depth", depth, "is the lost share of the pump, between 0 and 1")
    return Event("pump", start_s, end_s, 1.0 - depth)


def parse_event(text: str) -> Event:
    """An event from its text, ``KIND [TARGET] [ramp] START END VALUE``.

    "pump 20 s 29.5 s 0", "pump ramp 20 s 80 s 0.2", "atp 50 s end 0.1 mM", "current K 1 s 2 s 0.1
    A/m2" (inward positive), "bath K 10 s 60 s 12 mM", "conductance g_na_S_m2 0 s 9 s 0.5" (a
    factor), "parameter g_kcc2_S_m2 ramp 0 s 1 h 2" (a value, in the unit of the field's name).

    Raises
    ------
    InputError
        What is wrong, with the text.
    """
    words = re.sub(r"\^|\*\*", "", text).replace("µ", "u").replace("μ", "u").split()
    if not words or words[0] not in KINDS:
        found = words[0] if words else text
        raise InputError("event", found, "begins with one of " + ", ".join(KINDS), _EXAMPLE)
    kind, rest = words[0], _apart(words[1:])
    target, shape = None, "step"
    if rest and rest[0] != "ramp" and not _NUMBER.fullmatch(rest[0]):
        target, rest = rest[0], rest[1:]
    if rest and rest[0] == "ramp":
        shape, rest = "ramp", rest[1:]
    start, rest = _read(rest, _SECONDS, text, "a start such as 20 s")
    if rest[:1] == ["end"]:
        end, rest = math.inf, rest[1:]
    else:
        end, rest = _read(rest, _SECONDS, text, 'an end such as 29.5 s, or "end"')
    units = _VALUE_UNITS[kind]
    said = "a value" if "" in units else f"a value in {' or '.join(units)}"
    value, rest = _read(rest, units, text, said)
    if rest:
        raise InputError("event", text, f"ends with its value; found {' '.join(rest)!r}", _EXAMPLE)
    return Event(kind, start, end, value, target, shape)


def _apart(words: list[str]) -> list[str]:
    """``20s`` as two words, number and unit."""
    out: list[str] = []
    for word in words:
        match = _NUMBER.match(word)
        out += [word] if match is None else [w for w in (match[0], word[match.end() :]) if w]
    return out


def _read(
    words: list[str], units: dict[str, float], text: str, what: str
) -> tuple[float, list[str]]:
    """A number with one of ``units`` from the front of ``words``, and what is left."""
    if not words or not _NUMBER.fullmatch(words[0]):
        raise InputError("event", text, f"has {what}", _EXAMPLE)
    number, rest = float(words[0]), words[1:]
    if rest and rest[0] in units:
        return number * units[rest[0]], rest[1:]
    if "" in units:
        return number, rest
    found = f"{words[0]} {rest[0]}" if rest else words[0]
    known = ", ".join(units)
    raise InputError("event", text, f"{found!r} needs a unit: {known}", _EXAMPLE)
