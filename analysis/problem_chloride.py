"""Guided problem: what GABA does to a neuron, and how that turns round as it matures.

    python analysis/problem_chloride.py --out out/problems

Shows E_Cl and E_GABA of a mature and an immature neuron with bicarbonate by hand; the chloride at
which KCC2 and NKCC1 stand still; where leak, KCC2 and NKCC1 leave chloride as a weighted mean, who
wins, and what NKCC1 costs; the shift of development as a run on a neuron with a pump and a volume,
beside its closed form and its ledger, with and without bicarbonate. Writes three figures. Ten
seconds.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from selectivity.cell import chloride as c

FARADAY, GAS = 96485.33212, 8.314462618
KCC2 = 0.2  # S/m², of the published neuron


def reversal_rows() -> list[str]:
    """Mature and immature neuron: E_Cl, E_GABA and what GABA does."""
    rows = []
    for name in (c.MATURE, c.IMMATURE):
        r = c.chloride_reversals(c.chloride_cell(name))
        rows.append(
            f"   | {name} | {r.cell.inside['Cl']:g} | {r.cell_e_cl_mV:.2f} | "
            f"{r.cell_e_gaba_mV:.2f} | {r.driving_force_mV:+.2f} | {r.effect} |"
        )
    return rows


def balance_rows(cell: c.ChlorideCell) -> list[str]:
    """Steady chloride for several rates of NKCC1."""
    rows = []
    for nkcc1 in (0.0, 0.002, 0.02, 0.2):
        b = c.chloride_balance(cell, c.ChlorideRates(0.2, KCC2, nkcc1))
        rows.append(
            f"   | {nkcc1:g} | {b.cl_in_mM:.2f} | {b.e_cl_mV:.2f} | {b.e_gaba_mV:.2f} | "
            f"{b.winner} | {1e9 * b.atp_mol_m2_s:.2f} |"
        )
    return rows


def shift_rows(shift: c.ChlorideDevelopment) -> list[str]:
    """The shift at every fifth day."""
    t = shift.table
    rows = []
    for day in range(0, int(shift.course.days) + 1, 5):
        i = int(abs(t["age_days"] - day).argmin())
        rows.append(
            f"   | {day} | {t['cl_in_mM'][i]:.2f} | {t['v_mV'][i]:.2f} | {t['e_cl_mV'][i]:.2f} | "
            f"{t['e_gaba_mV'][i]:.2f} | {t['w_um3'][i]:.0f} |"
        )
    return rows


def published_end() -> c.ChlorideDevelopment:
    """The shift that ends at the rates of Düsterwald et al. 2018: KCC2 as printed, no NKCC1."""
    course = c.maturation()
    return c.chloride_development(
        replace(
            course,
            kcc2=replace(course.kcc2, end_S_m2=KCC2),
            nkcc1=replace(course.nkcc1, end_S_m2=0.0),
        )
    )


def by_hand(cell: c.ChlorideCell) -> float:
    """E_GABA in mV from its definition."""
    p = cell.p_hco3
    inside = cell.inside["Cl"] + p * cell.inside["HCO3"]
    outside = cell.outside["Cl"] + p * cell.outside["HCO3"]
    return 1000.0 * GAS * cell.temperature_K / FARADAY * math.log(inside / outside)


def working(shift: c.ChlorideDevelopment) -> str:
    """The problem with its solution as Markdown; every line is computed."""
    cell = c.chloride_cell()
    r = c.chloride_reversals(cell)
    b = c.chloride_balance(cell, c.ChlorideRates(0.2, KCC2, 0.02))
    last = {key: float(column[-1]) for key, column in published_end().table.items()}
    q = shift.quasi_steady
    turn, own = shift.gaba_switch_days[0], shift.cl_switch_days[0]
    lines = [
        "# What GABA does to a neuron",
        "",
        *(f"   {line}" for line in cell.lines()),
        "",
        f"1. E_GABA = RT/F ln[(Cl_in + 0.2 HCO3_in)/(Cl_out + 0.2 HCO3_out)] = {by_hand(cell):.2f}"
        f" mV (library {r.cell_e_gaba_mV:.2f}).",
        "",
        "   | neuron | Cl_in, mM | E_Cl, mV | E_GABA, mV | V − E_GABA, mV | GABA |",
        "   |---|---|---|---|---|---|",
        *reversal_rows(),
        "",
        f"   KCC2 stands still at K_out Cl_out/K_in = {r.kcc2_cl_mM:.2f} mM, NKCC1 at "
        f"Cl_out √(Na_out K_out/(Na_in K_in)) = {r.nkcc1_cl_mM:.1f} mM; GABA turns round at "
        f"{r.switch_cl_mM:.2f} mM.",
        "2. With V, Na and K held, chloride rests where leak (0.2 S/m²), KCC2 "
        f"({KCC2:g} S/m²) and NKCC1 cancel: E_Cl is the mean of V, E_K and (E_Na + E_K)/2 with the "
        "weights g_Cl, g_KCC2 and 4 g_NKCC1.",
        "",
        "   | g_NKCC1, S/m² | Cl_in, mM | E_Cl, mV | E_GABA, mV | wins | nmol ATP/(m² s) |",
        "   |---|---|---|---|---|---|",
        *balance_rows(cell),
        "",
        f"   GABA turns round at g_NKCC1 = {b.switch_nkcc1_S_m2:.4f} S/m², "
        f"1/{KCC2 / b.switch_nkcc1_S_m2:.0f} of KCC2: "
        "bicarbonate lifts E_GABA above E_Cl, so that KCC2 may win and GABA still depolarise.",
        f"3. Development: KCC2 from {shift.course.kcc2.start_S_m2:g} to "
        f"{shift.course.kcc2.end_S_m2:g} S/m² (day {shift.course.kcc2.from_day:g} to "
        f"{shift.course.kcc2.to_day:g}), NKCC1 from {shift.course.nkcc1.start_S_m2:g} to "
        f"{shift.course.nkcc1.end_S_m2:g} (day {shift.course.nkcc1.from_day:g} to "
        f"{shift.course.nkcc1.to_day:g}); an illustrative course.",
        "",
        "   | day | Cl_in, mM | V, mV | E_Cl, mV | E_GABA, mV | volume, µm³ |",
        "   |---|---|---|---|---|---|",
        *shift_rows(shift),
        "",
        f"   E_Cl crosses V on day {own:.1f}, E_GABA on day {turn:.1f}: with bicarbonate GABA "
        f"turns round {turn - own:.1f} days later.",
        f"   From the closed form at the rates of the day: {q.v_mV:.1g} mV in V, "
        f"{q.e_cl_mV:.1g} mV in E_Cl, {q.volume_percent:.1g} % in volume at most.",
        *(f"   {line}" for line in shift.run.ledger.lines()),
        "4. A shift that ends at the published rates (KCC2 0.2 S/m², no NKCC1) ends at V = "
        f"{last['v_mV']:.4f} mV and E_Cl = {last['e_cl_mV']:.4f} mV as printed, with E_GABA = "
        f"{last['e_gaba_mV']:.2f} mV: {last['v_mV'] - last['e_cl_mV']:.1f} mV of drive on chloride,"
        f" {last['driving_force_mV']:.2f} mV on GABA.",
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    shift = c.chloride_development()
    cell = c.chloride_cell()
    c.chloride_reversals(cell).plot(given.out / "chloride.png")
    balance = c.chloride_balance(cell, c.ChlorideRates(0.2, KCC2, 0.02))
    balance.plot(given.out / "chloride_balance.png")
    shift.plot(given.out / "chloride_development.png")
    print(working(shift), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
