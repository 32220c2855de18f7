"""What acts on a cell at a time, and the schedule that events make of it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from selectivity.cell.dynamics.events import Event
from selectivity.cell.dynamics.model import Model
from selectivity.errors import InputError
from selectivity.membrane.solution import VALENCE

Channel = tuple[str, str | None]


@dataclass(frozen=True)
class Drive:
    """What acts at one time.

    ``pump`` multiplies the cycle current; ``current_A_m2`` is the applied current by carrier,
    inward positive; ``bath_mM`` holds every ion of the bath; ``fields`` are fields of the model
    with their values now.
    """

    pump: float = 1.0
    current_A_m2: Mapping[str, float] = field(default_factory=dict)
    bath_mM: Mapping[str, float] = field(default_factory=dict)
    atp_mM: float | None = None
    fields: Mapping[str, float] = field(default_factory=dict)

    def of(self, model: Any) -> Any:
        """``model`` with its fields as they are now."""
        return replace(model, **self.fields) if self.fields else model


class Segment(NamedTuple):
    """A stretch without an edge: ``at(t)`` is the model and the drive; constant if ``steady``."""

    start_s: float
    end_s: float
    steady: bool
    at: Callable[[float], tuple[Any, Drive]]


class Schedule:
    """Events on a model, in the order of time.

    Raises
    ------
    InputError
        An event that the model cannot take, or two on the same target that overlap.
    """

    def __init__(self, model: Model, events: Sequence[Event]) -> None:
        self.model = model
        named = [_with_carrier(model, event) for event in events]
        self.events = tuple(sorted(named, key=lambda event: event.start_s))
        self._by_channel: dict[Channel, list[Event]] = {}
        for event in self.events:
            _check(model, event)
            before = self._by_channel.setdefault(event.channel, [])
            if before and before[-1].end_s > event.start_s:
                rule = (
                    f"starts after the other one on the same target has ended: {before[-1].text()}"
                )
                raise InputError("event", event.text(), rule)
            before.append(event)

    def segments(self, t_end_s: float) -> list[Segment]:
        """Stretches between the edges of the events, up to ``t_end_s``."""
        edges = {t for e in self.events for t in (e.start_s, e.end_s) if 0.0 < t < t_end_s}
        times = [0.0, *sorted(edges), t_end_s]
        return [self._segment(a, b) for a, b in itertools.pairwise(times)]

    def at(self, t_s: float) -> Drive:
        """The drive at a time; at an edge, what holds from there on."""
        channels = self._by_channel.items()
        pump = _level(self._by_channel.get(("pump", None), ()), 1.0, t_s)
        atp = self.model.atp_mM
        if atp is not None:
            atp = _level(self._by_channel.get(("atp", None), ()), atp, t_s)
        current = {
            str(ion): _level(e, 0.0, t_s) for (kind, ion), e in channels if kind == "current"
        }
        bath = dict(self.model.baths_mM)
        for (kind, ion), events in channels:
            if kind == "bath":
                bath[str(ion)] = _level(events, bath[str(ion)], t_s)
        flowing = {ion: value for ion, value in current.items() if value}
        return Drive(pump, flowing, bath, atp, self._fields(t_s))

    def _fields(self, t_s: float) -> dict[str, float]:
        """Fields of the model that events change: the value that holds, times its factor."""
        found: dict[str, float] = {}
        for kind in ("parameter", "conductance"):
            for (own, name), events in self._by_channel.items():
                if own == kind and name is not None:
                    base = found.get(name, getattr(self.model, name))
                    level = _level(events, 1.0 if kind == "conductance" else base, t_s)
                    found[name] = base * level if kind == "conductance" else level
        return found

    def _segment(self, start_s: float, end_s: float) -> Segment:
        middle = 0.5 * (start_s + end_s)
        ramps = any(e.shape == "ramp" and e.start_s < middle < e.end_s for e in self.events)
        if not ramps:
            drive = self.at(middle)
            pair = drive.of(self.model), drive
            return Segment(start_s, end_s, True, lambda t_s: pair)

        last = math.nextafter(end_s, start_s)

        def now(t_s: float) -> tuple[Any, Drive]:
            drive = self.at(min(max(t_s, start_s), last))
            return drive.of(self.model), drive

        return Segment(start_s, end_s, False, now)


def _level(events: Sequence[Event], level: float, t_s: float) -> float:
    """Value of one channel at a time, from what it is without events."""
    for event in events:
        if t_s < event.start_s:
            return level
        if event.shape == "step":
            if t_s < event.end_s:
                return event.value
        elif t_s < event.end_s:
            share = (t_s - event.start_s) / (event.end_s - event.start_s)
            return level + share * (event.value - level)
        else:
            level = event.value
    return level


def _check(model: Model, event: Event) -> None:
    """InputError where ``model`` has nothing that ``event`` could act on."""
    known: Sequence[str]
    if event.kind == "pump":
        return
    if event.kind == "atp":
        if model.atp_mM is None:
            remedy = "use an event on the pump"
            raise InputError(
                "event", event.text(), f"the pump of {model.name} reads no ATP", remedy
            )
        return
    if event.kind == "current":
        known, what = model.carriers, "an ion that carries an applied current"
        if event.target is None and known:
            return
    elif event.kind == "bath":
        known, what = tuple(model.baths_mM), "an ion of the bath"
    else:
        known, what = model.adjustable, "a field that may change"
    if event.target not in known:
        remedy = f"known: {', '.join(known)}" if known else f"{model.name} has none"
        raise InputError("event", event.text(), f"{event.target} is {what} of {model.name}", remedy)
    if event.kind == "bath" and event.value <= 0.0 and event.target in VALENCE:
        raise InputError("event", event.text(), f"the bath holds {event.target}", "give a trace")


def _with_carrier(model: Model, event: Event) -> Event:
    """An applied current with the ion that carries it: the first that the model names."""
    if event.kind == "current" and event.target is None and model.carriers:
        return replace(event, target=model.carriers[0])
    return event
