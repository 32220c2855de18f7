"""Published cells in time by the name of their preset, under events.

    simulate("huebel_dahlem_2014", ["pump 20 s 29.5 s 0"], until_s=500.0)

A preset whose initial values are printed rounded is first left to itself until it rests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from numpy.typing import ArrayLike

from selectivity.cell.dynamics import CellRun, Event, Model, integrate, parse_event
from selectivity.cell.ion_hh import buffered_cell, swelling_cell
from selectivity.cell.ion_hh.buffered import PRESET as BUFFERED
from selectivity.cell.ion_hh.buffered import VASCULAR
from selectivity.cell.ion_hh.swelling import NO_CHLORIDE
from selectivity.cell.ion_hh.swelling import PRESET as SWELLING
from selectivity.cell.volume.published import DUESTERWALD, pump_leak_neuron
from selectivity.errors import InputError

RELAXED_S = 200.0
"""Time that a rounded start is left to itself; its slowest mode that matters takes 5 s."""

_MODELS: dict[str, tuple[Callable[[], Model], bool]] = {
    BUFFERED: (buffered_cell, False),
    VASCULAR: (lambda: buffered_cell(vascular=True), False),
    SWELLING: (swelling_cell, True),
    NO_CHLORIDE: (lambda: swelling_cell(chloride=False), True),
    DUESTERWALD: (pump_leak_neuron, False),
}


def dynamic_presets() -> tuple[str, ...]:
    """Names that :func:`simulate` knows, sorted."""
    return tuple(sorted(_MODELS))


def dynamic_model(preset: str) -> Model:
    """The model of a preset.

    Raises
    ------
    InputError
        Unknown name; the message lists the known ones.
    """
    return _entry(preset)[0]()


def first_state(preset: str, model: Model | None = None, rtol: float | None = None) -> list[float]:
    """The state from which :func:`simulate` starts: the published one, relaxed where rounded."""
    make, rounded = _entry(preset)
    model = make() if model is None else model
    if not rounded:
        return list(model.start())
    run = integrate(model, t_end_s=RELAXED_S, times_s=[RELAXED_S], **_given(rtol=rtol))
    found: list[float] = run.states[-1].tolist()
    return found


def simulate(
    preset: str | Model,
    events: Sequence[Event | str] = (),
    until_s: float = 100.0,
    *,
    dt_out_s: float | None = None,
    times_s: ArrayLike | None = None,
    rtol: float | None = None,
    start: Sequence[float] | None = None,
    progress: Callable[[float], None] | None = None,
    stop: Callable[[float, dict[str, float]], bool] | None = None,
) -> CellRun:
    """Follow a published cell from its rest under ``events``.

    Parameters
    ----------
    preset : str or Model
        One of :func:`dynamic_presets`, or a model (which starts at its own first state).
    events : sequence of Event or str
        Pump failure, ATP, applied current, bath, conductances, parameters; texts as
        :func:`selectivity.cell.dynamics.parse_event` reads them.
    until_s : float
    dt_out_s, times_s, rtol, start, progress, stop
        As :func:`selectivity.cell.dynamics.integrate`.

    Returns
    -------
    CellRun
        With the ledger of every ion.

    Raises
    ------
    InputError
        Unknown preset, or an event that it cannot take.
    ConservationError, NotConvergedError
        As :func:`selectivity.cell.dynamics.integrate`.
    """
    read = [parse_event(event) if isinstance(event, str) else event for event in events]
    model = dynamic_model(preset) if isinstance(preset, str) else preset
    if start is None and isinstance(preset, str):
        start = first_state(preset, model, rtol)
    options = _given(rtol=rtol)
    return integrate(
        model,
        read,
        until_s,
        dt_out_s=dt_out_s,
        times_s=times_s,
        start=start,
        progress=progress,
        stop=stop,
        **options,
    )


def _entry(preset: str) -> tuple[Callable[[], Model], bool]:
    if preset not in _MODELS:
        remedy = "known: " + ", ".join(dynamic_presets())
        raise InputError("preset", preset, "is a cell that can be followed in time", remedy)
    return _MODELS[preset]


def _given(**options: Any) -> dict[str, Any]:
    return {key: value for key, value in options.items() if value is not None}
