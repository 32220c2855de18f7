"""A failure of the pump on a published cell, and what comes of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from selectivity.cell.cell_presets import cell_preset, cell_preset_names
from selectivity.cell.dynamics import Event, Model, parse_event, pump_failure
from selectivity.cell.ischaemia.depolarisation import Watch, recovered
from selectivity.cell.ischaemia.donnan_end import donnan_end
from selectivity.cell.ischaemia.result import Ischaemia
from selectivity.cell.simulate import simulate
from selectivity.errors import InputError
from selectivity.membrane import checks

ROWS = 2000
LONGEST_ROW_S = 0.5
MOST_ROWS = 20_000
_VARIANTS = {"_no_cl": "; without chloride", "_vascular": "; vessels in place of the buffer"}


def ischaemia(
    preset: str | Model,
    from_s: float = 20.0,
    to_s: float = math.inf,
    depth: float = 1.0,
    until_s: float = 500.0,
    *,
    events: Sequence[Event | str] = (),
    rtol: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> Ischaemia:
    """Let the pump of a published cell fail between two times, and follow the cell.

    Parameters
    ----------
    preset : str or Model
        As :func:`selectivity.cell.simulate.simulate` takes it.
    from_s, to_s : float
        The failure; ``to_s`` inf is a failure for good.
    depth : float
        Share of the pump that is lost, 1 for all.
    until_s : float
        End of the run.
    events : sequence of Event or str
        What else is done to the cell.

    Raises
    ------
    InputError
        A failure that does not lie in the run, a depth outside 0 to 1, an unknown preset.
    NotConvergedError
        As :func:`selectivity.cell.dynamics.integrate`.
    """
    end = checks.positive(until_s, "until_s")
    if from_s >= end:
        raise InputError("from_s", from_s, f"lies before the end of the run, {end:g} s")
    read = [parse_event(event) if isinstance(event, str) else event for event in events]
    failure = pump_failure(from_s, to_s, depth)
    run = simulate(
        preset,
        [failure, *read],
        end,
        dt_out_s=max(min(end / ROWS, LONGEST_ROW_S), end / MOST_ROWS),
        rtol=rtol,
        progress=progress,
    )
    rest = {key: float(column[0]) for key, column in run.table.items()}
    found = Watch().read(run.table).all()
    return Ischaemia(
        title=_title(run.model.name),
        run=run,
        failure=failure,
        rest=rest,
        depolarisations=found,
        recovered=recovered(found, rest, run.final),
        donnan=donnan_end(run.model, run.states[-1].tolist()),
    )


def _title(name: str) -> str:
    """That of the preset; a variant's is that of what it is made from, with what is other."""
    base, variant = next(
        ((name.removesuffix(end), said) for end, said in _VARIANTS.items() if name.endswith(end)),
        (name, ""),
    )
    return cell_preset(base).title + variant if base in cell_preset_names() else "a model given"
