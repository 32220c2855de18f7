"""Guided problem: the sodium pump, ion by ion, what it costs, and the cell that it leaves.

    python analysis/problem_pump.py --out out/problems

Shows the ledger of a sodium leak of −65 pA, and why +65 pA is not the current of the pump; the
work of a cycle against what ATP gives, the efficiency and the stall potential; rate laws side by
side; the one steady state of pump and leak at fixed volume, its potential by Mullins and Noda, and
a pump for which there is none. Writes two figures. Five seconds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from selectivity import cell as c
from selectivity import membrane as m

FARADAY, CHARGE = 96485.33212, 1.602176634e-19
LEAK_PA = -65.0
CYTOSOL = c.Phosphates(3.0, 0.03, 5.0)
NEURON = m.preset("neuron")
VOLT = -0.070
LAWS = (
    c.PumpLaw.cubic(6.75),
    c.PumpLaw.sigmoid(0.5),
    c.PumpLaw.hill(0.1, 10.0, 3.5),
)
P_UNIT = 1e-8
X = c.Impermeant(150.0, -1.0)
RATES = [1e-4 * 1.08**i for i in range(61)]


def steady(law: c.PumpLaw, chloride: float = 0.45) -> c.PumpLeak:
    """The steady state of the preset's bath with P_K = 10 nm/s and impermeants of 150 mM."""
    relative = {**NEURON.permeability, "Cl": chloride}
    p = {ion: value * P_UNIT for ion, value in relative.items()}
    return c.pump_leak(NEURON.outside, c.Leaks({}, p), law, X, phosphates=CYTOSOL)


def scan() -> c.PumpLeakScan:
    """Steady states over the rate of a pump that does not heed the sodium."""
    p = {ion: value * P_UNIT for ion, value in NEURON.permeability.items()}
    law, leaks = c.PumpLaw.constant(1.0), c.Leaks({}, p)
    return c.pump_leak_scan(NEURON.outside, leaks, law, X, RATES, phosphates=CYTOSOL)


def report() -> c.PumpReport:
    """Ledger, rate laws and bound of the preset neuron."""
    inside, outside = NEURON.inside, NEURON.outside
    return c.PumpReport(
        c.pump_ledger({"Na": LEAK_PA}),
        c.pump_curves(LAWS, inside, outside),
        c.pump_bound(inside, outside, VOLT, CYTOSOL),
    )


def ledger_lines(ledger: c.PumpLedger) -> list[str]:
    """The ledger by hand beside the library's rows."""
    cycles = -LEAK_PA * 1e-12 / (3.0 * CHARGE)
    rows = [
        f"   | {row.ion} | {row.leak:+.2f} | {row.pump:+.2f} | {row.sum:+.2f} |"
        for row in (*ledger.rows, ledger.charge)
    ]
    return [
        f"1. A sodium leak of {LEAK_PA:g} pA, pump 3:2. Sodium that comes in is thrown out three "
        "ions a cycle:",
        f"   cycles = 65 pA/(3 e) = {cycles:.4g} per second (library {ledger.atp_per_s:.4g}), and "
        "as many ATP.",
        "",
        "   | ion | leak, pA | pump, pA | sum, pA |",
        "   |---|---|---|---|",
        *(row.replace("+0.00", "0").replace("-0.00", "0") for row in rows),
        "",
        f"   The +65 pA are the pump's sodium part. Its net current is {ledger.net_pump:.2f} pA, a "
        f"third; a potassium leak of {ledger['K'].leak:.2f} pA does the rest.",
        f"   Taken as the net current, +65 pA would move {3 * 65:g} pA of sodium, three times what "
        "comes in.",
    ]


def bound_lines(bound: c.PumpBound) -> list[str]:
    """The work of a cycle against ATP, by hand."""
    e = m.nernst_potentials(NEURON)
    volt = 3.0 * (e["Na"] - VOLT) + 2.0 * (VOLT - e["K"])
    gives = -bound.free_energy_kJ_mol
    return [
        f"2. Work of a cycle at {1000 * VOLT:g} mV: 3 (E_Na − V) + 2 (V − E_K) = "
        f"3 ({1000 * e['Na']:.1f} + 70) + 2 (−70 + {-1000 * e['K']:.1f}) = {1000 * volt:.0f} mV, "
        f"times F {volt * FARADAY / 1000.0:.1f} kJ/mol (library {bound.work_kJ_mol:.1f}).",
        f"   ATP 3 mM, ADP 0.03 mM, Pi 5 mM give {gives:.1f} kJ/mol: efficiency "
        f"{100 * bound.efficiency:.0f} %.",
        f"   The pump stalls at {bound.stall_mV:.0f} mV; at −70 mV it could lower Na_in to "
        f"{bound.na_in_least_mM:.2g} mM.",
    ]


def law_rows(curves: c.PumpCurves) -> list[str]:
    """Each law at the cell, and what a tenth more of its two ions does."""
    rows = []
    for law, q in zip(curves.laws, curves.at_A_m2, strict=True):
        sodium, potassium = curves.per_tenth(law)
        rows.append(f"   | {law.kind} | {q:.2e} | {sodium:+.1f} % | {potassium:+.1f} % |")
    return rows


def steady_lines() -> list[str]:
    """Steady states of three laws, the Mullins-Noda form, chloride, and no steady state."""
    rows = []
    for law in LAWS:
        found = steady(law)
        own = NEURON.permeability
        form = 1000.0 * m.mullins_noda_voltage(
            [own["K"], own["Na"]],
            [found.k_in_mM, found.na_in_mM],
            [NEURON.outside["K"], NEURON.outside["Na"]],
            NEURON.temperature_K,
        )
        numbers = f"{found.v_mV:.3f} | {form:.3f} | {found.na_in_mM:.2f} | {found.k_in_mM:.1f}"
        rows.append(f"   | {law.kind} | {numbers} | {found.cl_in_mM:.2f} | {found.q_A_m2:.2e} |")
    tight, leaky = (steady(LAWS[2], p) for p in (0.01, 10.0))
    fast = steady(c.PumpLaw.constant(0.1))
    through = scan()
    last = through.rates_A_m2[through.steady].max()
    return [
        "4. Pump and leak at fixed volume (P_K = 10 nm/s, P_Na = 0.04 P_K, impermeants 150 mM of "
        "charge −1). Every ion stands still:",
        "",
        "   | law | V, mV | Mullins-Noda | Na_in, mM | K_in | Cl_in | cycles, A/m² |",
        "   |---|---|---|---|---|---|---|",
        *rows,
        "",
        "   The potential is that of Mullins and Noda, since J_Na/J_K = −3/2 at a steady state.",
        f"   Chloride is passive: with P_Cl = 0.01 and 10 P_K V is {tight.v_mV:.3f} and "
        f"{leaky.v_mV:.3f} mV.",
        "   Na_in falls with the rate of the cycle and every law rises with Na_in: one steady "
        "state, or none.",
        f"   A constant pump of 0.1 A/m²: no steady state ({fast.reason}).",
        f"   The last constant rate with one, of those in the figure: {last:.3g} A/m².",
    ]


def working() -> str:
    """The problem with its solution as Markdown; every line is computed."""
    found = report()
    assert found.ledger is not None
    assert found.curves is not None
    assert found.bound is not None
    lines = [
        "# The sodium pump",
        "",
        *ledger_lines(found.ledger),
        *bound_lines(found.bound),
        "3. Three rate laws at Na 15/145 mM, K 140/5 mM:",
        "",
        "   | law | cycles, A/m² | with 10 % more Na_in | with 10 % more K_out |",
        "   |---|---|---|---|",
        *law_rows(found.curves),
        "",
        *steady_lines(),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    report().plot(given.out / "pump.png")
    scan().plot(given.out / "pump_leak.png")
    print(working(), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
