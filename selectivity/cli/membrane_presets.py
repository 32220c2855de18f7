"""``selectivity membrane presets``: the shipped membranes and cells with numbers and citations."""

from __future__ import annotations

from typing import Annotated

import typer

from selectivity.cli.membrane_output import Csv, Json, emit


def presets(
    cells: Annotated[
        bool, typer.Option("--cells", help="The cells alone; --csv then holds their numbers.")
    ] = False,
    as_json: Json = False,
    csv: Csv = None,
) -> None:
    """The shipped membranes and cells: their numbers, and where each comes from."""
    from selectivity.cell.preset_list import all_presets, cell_preset_list

    emit(cell_preset_list() if cells else all_presets(), as_json, csv, None)
