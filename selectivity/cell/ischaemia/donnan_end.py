"""Where a cell without a pump ends: its Donnan state, as a row of its table."""

from __future__ import annotations

import math
from collections.abc import Sequence

from selectivity.cell.donnan_equilibrium import donnan_log_ratio, swollen_concentration
from selectivity.cell.dynamics import Drive, Model
from selectivity.cell.ion_hh import BufferedCell, SwellingCell
from selectivity.cell.volume.neuron import PumpLeakNeuron

COMPARED = ("v_mV", "na_in_mM", "k_in_mM", "cl_in_mM", "k_out_mM", "w_um3")
"""Columns in which an end is compared with it."""


def donnan_end(model: Model, y: Sequence[float]) -> dict[str, float] | None:
    """Columns of :data:`COMPARED` where the amounts of ``y`` end without a pump.

    A closed system shares its ions out (:mod:`selectivity.cell.ion_hh.donnan`); a cell in a bath
    takes what its impermeants ask for (:mod:`selectivity.cell.donnan_equilibrium`).

    Parameters
    ----------
    model : Model
    y : sequence of float
        A state of it.

    Returns
    -------
    dict or None
        None where the model has no such state, or swells without bound.
    """
    if isinstance(model, PumpLeakNeuron):
        return _in_a_bath(model)
    if not isinstance(model, BufferedCell | SwellingCell):
        return None
    row = model.observe(0.0, model.donnan_state(list(y)), Drive(0.0, bath_mM=model.baths_mM))
    return {column: row[column] for column in COMPARED}


def _in_a_bath(cell: PumpLeakNeuron) -> dict[str, float] | None:
    bath, valence = [cell.na_out_mM, cell.k_out_mM, cell.cl_out_mM], [1, 1, -1]
    if cell.x_fmol is None:
        return None
    x_mM = swollen_concentration(bath, valence, cell.z, cell.x_out_mM)
    if x_mM is None:
        return None
    log_r = float(donnan_log_ratio(bath, valence, cell.z * x_mM))
    inside = [c * math.exp(z * log_r) for c, z in zip(bath, valence, strict=True)]
    v_mV, w_um3 = -1e3 * cell.rt_over_f_V * log_r, 1e3 * cell.x_fmol / x_mM
    return dict(zip(COMPARED, (v_mV, *inside, bath[1], w_um3), strict=True))
