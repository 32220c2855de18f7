"""What ``selectivity membrane`` prints: records for JSON and tables for the terminal."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from selectivity.units import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from rich.table import Table

    from selectivity.membrane import Membrane, Neutrality

NANO = 1e-9
"""Currents are given for a permeability of 1 nm/s per unit of the relative permeabilities."""


def ghk_record(membrane: Membrane, volts: list[float]) -> dict[str, Any]:
    """What ``ghk`` prints about the membrane as given, in mV and mM, ready for JSON."""
    from selectivity import membrane as m

    balance = m.rest_balance(membrane)
    total = sum(balance.conductance.values())
    sides = (membrane.inside, membrane.outside)
    return {
        "membrane": membrane.name,
        "source": membrane.source,
        "verified": membrane.verified,
        "temperature_K": membrane.temperature_K,
        "v_ghk_mV": 1000.0 * balance.v_ghk_V,
        "v_chord_mV": 1000.0 * balance.v_chord_V,
        "v_permeability_mean_mV": 1000.0 * balance.v_permeability_mean_V,
        "net_over_gross_current": balance.imbalance,
        "ions": {
            ion: {
                "z": m.VALENCE[ion],
                "c_in_mM": membrane.inside[ion],
                "c_out_mM": membrane.outside[ion],
                "permeability": p,
                "e_mV": 1000.0 * balance.nernst_V[ion],
                "conductance_share": balance.conductance[ion] / total,
                "current_A_m2_per_nm_s": NANO * balance.current[ion],
            }
            for ion, p in membrane.permeability.items()
        },
        "impermeant": list(membrane.impermeant),
        "currents": [_current_row(membrane, volt) for volt in volts],
        "ionic_strength_mM": {side.name: m.ionic_strength(side) for side in sides},
        "neutrality": {side.name: _neutrality(m.neutrality(side)) for side in sides},
    }


def _neutrality(found: Neutrality) -> dict[str, Any]:
    return {
        "charge_mM": found.charge_mM,
        "fraction": found.fraction,
        "neutral": found.neutral,
        "text": str(found),
    }


def _current_row(membrane: Membrane, volt: float) -> dict[str, Any]:
    from selectivity.membrane import ion_currents

    current = {ion: NANO * i for ion, i in ion_currents(membrane, volt).items()}
    return {
        "v_mV": 1000.0 * volt,
        "current_A_m2_per_nm_s": current,
        "net_A_m2_per_nm_s": sum(current.values()),
    }


def print_json(record: dict[str, Any]) -> None:
    """Print ``record`` as JSON; numbers that are not finite become null."""
    print(json.dumps(_finite(record), indent=2, ensure_ascii=False, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _print(*parts: Any) -> None:
    from rich.console import Console

    console = Console(markup=False, highlight=False)
    for part in parts:
        console.print(part)


def _table(title: str, *columns: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i else "left", no_wrap=True)
    return table


def _kelvin(kelvin: float) -> str:
    return f"{kelvin:g} K ({kelvin - 273.15:.2f} °C)"


def show_nernst(out: dict[str, Any]) -> None:
    """Print the record of ``nernst`` as a table, each line in SI units beside the usual ones."""
    kelvin, z, volt = out["temperature_K"], out["z"], out["e_mV"] / 1000.0
    title = f"{out['ion']} (z = {z:+d}), {out['c_in_mM']:g} mM inside, {out['c_out_mM']:g} outside"
    table = _table(title, "quantity", "value", "SI")
    table.add_row("temperature", f"{kelvin - 273.15:.2f} °C", f"{kelvin:g} K")
    table.add_row("E = (RT/zF) ln(out/in)", f"{out['e_mV']:.3f} mV", f"{volt:.6g} V")
    slope = out["slope_mV_per_decade"]
    table.add_row("slope per decade", f"{slope:.3f} mV", f"{slope / 1000.0:.6g} V")
    if "v_mV" in out:
        force = out["driving_force_mV"]
        table.add_row("driving force V − E", f"{force:.3f} mV", f"{force / 1000.0:.6g} V")
        energy = f"{out['delta_mu_J_mol']:.6g} J/mol"
        table.add_row("Δμ (in − out)", f"{out['delta_mu_kT']:.4f} kT per ion", energy)
    _print(table)
    if math.isfinite(volt):
        back = math.exp(z * FARADAY * volt / (GAS_CONSTANT * kelvin)) * out["c_in_mM"]
        _print(f"check: c_in exp(zFE/RT) = {back:.6g} mM, c_out = {out['c_out_mM']:.6g} mM")


def show_ghk(out: dict[str, Any]) -> None:
    """Print the record of ``ghk`` as tables."""
    _print(f"membrane: {out['membrane']}, {_kelvin(out['temperature_K'])}")
    if out["source"]:
        _print(f"source: {out['source']}")
    _print("", _ion_table(out), _potential_table(out))
    if out["currents"]:
        _print(_current_table(out))
    if "resting_potential" in out:
        _print(*_rest_parts(out["resting_potential"]))
    for line in _checks(out):
        _print(f"check: {line}")
    for line in out["warnings"]:
        _print(f"warning: {line}")


def _ion_table(out: dict[str, Any]) -> Table:
    columns = ("ion", "in mM", "out mM", "P", "E mV", "g share", "I at rest")
    table = _table("ions (I in A/m² for P = 1 meaning 1 nm/s)", *columns)
    for ion, row in out["ions"].items():
        numbers = (row["c_in_mM"], row["c_out_mM"], row["permeability"])
        table.add_row(
            ion,
            *(f"{x:g}" for x in numbers),
            f"{row['e_mV']:.2f}",
            f"{row['conductance_share']:.3f}",
            f"{row['current_A_m2_per_nm_s']:.3e}",
        )
    return table


def _potential_table(out: dict[str, Any]) -> Table:
    table = _table("potential of the membrane as given", "equation", "mV", "V (SI)")
    names = {
        "v_ghk_mV": "GHK",
        "v_chord_mV": "Σ g E/Σ g, chord conductances g",
        "v_permeability_mean_mV": "Σ P E/Σ P (not GHK)",
    }
    for key, name in names.items():
        table.add_row(name, f"{out[key]:.2f}", f"{out[key] / 1000.0:.6f}")
    return table


def _current_table(out: dict[str, Any]) -> Table:
    ions = list(out["ions"])
    title = "GHK currents, A/m² for P = 1 meaning 1 nm/s, outward positive"
    table = _table(title, "V mV", *ions, "net")
    for row in out["currents"]:
        current = row["current_A_m2_per_nm_s"]
        cells = [*(current[ion] for ion in ions), row["net_A_m2_per_nm_s"]]
        table.add_row(f"{row['v_mV']:g}", *(f"{x:.3e}" for x in cells))
    return table


def _rest_parts(rest: dict[str, Any]) -> list[Any]:
    """Table of what the channel's ratio does, and the line that states the model."""
    ratio = rest["inputs"]["ratio"]
    columns = ("with the channel's ratio", "mV", "low", "high")
    table = _table(f"P_K/P_Na = {_triple(ratio)} at {_kelvin(rest['temperature_K'])}", *columns)
    v_rest, bi_ionic = rest["v_rest_mV"], rest["bi_ionic_interval_mV"]
    cells = [_number(v_rest[key]) for key in ("value", "low", "high")]
    table.add_row("resting potential, sodium leak included", *cells)
    table.add_row("the same without the sodium leak", _number(rest["v_rest_no_leak_mV"]), "", "")
    only = " and ".join(rest["channel_only_ions"])
    value = _number(rest["v_rest_channel_only_mV"])
    table.add_row(f"channel alone ({only} only, no Cl)", value, "", "")
    cells = [_number(x) for x in (rest["bi_ionic_mV"], *bi_ionic)]
    table.add_row("bi-ionic, −(RT/F) ln r", *cells)
    table.add_row("dV/d ln r", _number(rest["dv_dlnratio_mV"]), "", "")
    leak = rest["inputs"]["sodium_leak_over_P_K"]
    return [table, f"model: {rest['model']}, with P_Na,leak = {leak:g} P_K (an input)"]


def _number(value: float | None) -> str:
    return "unbounded" if value is None else f"{value:.2f}"


def _triple(ratio: dict[str, Any]) -> str:
    if ratio["low"] == ratio["high"]:
        return f"{ratio['value']:g} (no interval given)"
    high = "unbounded" if ratio["high"] is None else f"{ratio['high']:g}"
    return f"{ratio['value']:g} ({ratio['low']:g} to {high})"


def _checks(out: dict[str, Any]) -> list[str]:
    reduced = FARADAY * out["v_ghk_mV"] / (1000.0 * GAS_CONSTANT * out["temperature_K"])
    lines = [
        f"|Σ I|/Σ|I| at the GHK potential = {out['net_over_gross_current']:.1e}; "
        f"FV/RT = {reduced:.4f}",
        *(side["text"] for side in out["neutrality"].values()),
    ]
    if out["impermeant"]:
        lines.append("taken as impermeant: " + ", ".join(out["impermeant"]))
    return lines
