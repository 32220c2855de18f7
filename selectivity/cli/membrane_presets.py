"""``selectivity membrane presets``: the shipped membranes with their numbers and citations."""

from __future__ import annotations

from selectivity.cli.membrane_output import Csv, Json, emit


def presets(as_json: Json = False, csv: Csv = None) -> None:
    """The shipped membranes: concentrations, permeabilities, and where each comes from."""
    from selectivity import membrane as m

    emit(m.preset_list(), as_json, csv, None)
