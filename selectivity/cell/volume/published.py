"""The published pump-leak neuron, read from its preset."""

from __future__ import annotations

from typing import Any

from selectivity.cell.cell_presets import CellPreset, cell_preset
from selectivity.cell.pump_law import PumpLaw
from selectivity.cell.volume.neuron import PumpLeakNeuron

MODEL = "pump_leak_neuron"
DUESTERWALD = "duesterwald_2018"


def pump_leak_neuron(preset: CellPreset | None = None, **changes: Any) -> PumpLeakNeuron:
    """The neuron of a preset, at its published rest; ``changes`` replace fields of it.

    Parameters
    ----------
    preset : CellPreset, optional
        Of the model ``pump_leak_neuron``; the one of Düsterwald et al. 2018 without it.
    **changes
        Fields of :class:`PumpLeakNeuron`, such as ``g_nkcc1_S_m2=0.02``.

    Raises
    ------
    InputError
        What the class refuses.
    StoreError
        The preset lacks a number.
    """
    found = cell_preset(DUESTERWALD) if preset is None else preset
    bath, membrane, rest = found["bath"], found["membrane"], found["rest"]
    volume = 1000.0 * rest["volume_pL"]
    fields: dict[str, Any] = {
        "na_out_mM": bath["na_mM"],
        "k_out_mM": bath["k_mM"],
        "cl_out_mM": bath["cl_mM"],
        "x_out_mM": bath["x_mM"],
        "g_na_S_m2": 0.01 * membrane["g_na_uS_cm2"],
        "g_k_S_m2": 0.01 * membrane["g_k_uS_cm2"],
        "g_cl_S_m2": 0.01 * membrane["g_cl_uS_cm2"],
        "g_kcc2_S_m2": 0.01 * membrane["g_kcc2_uS_cm2"],
        "g_nkcc1_S_m2": 0.0,
        "pump": PumpLaw.cubic(100.0 * found["pump"]["p_C_dm2_s"]),
        "z": found["impermeants"]["z"],
        "x_fmol": 1e-3 * rest["x_mM"] * volume,
        "rt_over_f_V": 1e-3 * found["constants"]["rt_over_f_mV"],
        "faraday_C_mol": found["constants"]["faraday_C_mol"],
        "capacitance_F_m2": 0.01 * membrane["capacitance_uF_cm2"],
        "length_um": found["geometry"]["length_um"],
        "water_molar_volume_m3_mol": 1e-3 * found["water"]["molar_volume_L_mol"],
        "water_permeability_m_s": 0.1 * found["water"]["permeability_dm_s"],
        "start_v_V": 1e-3 * rest["v_mV"],
        "start_k_mM": rest["k_mM"],
        "start_cl_mM": rest["cl_mM"],
        "start_w_um3": volume,
        "name": found.name,
        "source": found["membrane"].cited,
    }
    return PumpLeakNeuron(**{**fields, **changes})
