"""Statements of textbooks about membranes: what each gives under stated inputs, and a verdict.

    python analysis/textbook_statements.py --out out/textbook

Prints a table in Markdown and writes it as textbook.md and textbook.json. Nothing is quoted: every
value is computed here from the presets of the package and the numbers in the column of inputs. The
pump-leak rows use the closed form of Keener and Sneyd for the neuron of Düsterwald et al. 2018
(eLife 7:e39575). One second.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from selectivity import membrane as m

R, F = 8.31446261815324, 96485.33212331  # J/(mol K), C/mol
TRUE, FALSE, DEPENDS = "true", "false", "depends"


@dataclass(frozen=True)
class Statement:
    """A statement, the inputs, the numbers computed, their words, and whether it holds."""

    statement: str
    inputs: str
    numbers: dict[str, float]
    value: str
    verdict: str
    reading: str


def weighted_mean() -> Statement:
    """GHK against the two means that it is taken for."""
    cell = m.preset("neuron").with_permeability({"K": 1.0, "Na": 0.05})
    rest = m.rest_balance(cell)
    v = {
        "ghk_mV": 1000.0 * rest.v_ghk_V,
        "permeability_mean_mV": 1000.0 * rest.v_permeability_mean_V,
        "conductance_mean_mV": 1000.0 * rest.v_chord_V,
    }
    return Statement(
        "V_rest is the permeability-weighted average of the Nernst potentials",
        "neuron, K 140/5, Na 15/145 mM, P_K : P_Na = 1 : 0.05, 310.15 K",
        v,
        f"GHK {v['ghk_mV']:.1f} mV; Σ P E/Σ P {v['permeability_mean_mV']:.1f} mV; "
        f"Σ g E/Σ g {v['conductance_mean_mV']:.1f} mV",
        FALSE,
        "true of chord conductances; the mean over permeabilities is another number",
    )


def pump_current() -> Statement:
    """The ledger of a 3:2 pump, ion by ion."""
    leak_na = -65.0
    cycle = -leak_na / 3.0
    pump = {"Na": 3.0 * cycle, "K": -2.0 * cycle}
    leak = {ion: -part for ion, part in pump.items()}
    v = {
        "leak_Na_pA": leak["Na"],
        "pump_Na_pA": pump["Na"],
        "leak_K_pA": leak["K"],
        "pump_K_pA": pump["K"],
        "pump_net_pA": sum(pump.values()),
        "sum_pA": sum(pump.values()) + sum(leak.values()),
    }
    return Statement(
        "A sodium leak of −65 pA needs a pump current of +65 pA",
        "3 Na out, 2 K in per cycle; no other ion",
        v,
        f"pump: Na {v['pump_Na_pA']:+.1f}, K {v['pump_K_pA']:+.1f}, net {v['pump_net_pA']:+.1f} pA"
        f"; leak: Na {v['leak_Na_pA']:+.1f}, K {v['leak_K_pA']:+.1f} pA; sum {v['sum_pA']:.1f}",
        FALSE,
        "+65 pA is the sodium part of the pump; its net current is a third, and K leaks the rest",
    )


def ratio_of_twelve() -> Statement:
    """exp(ΔΔG/RT) with the interval that an error implies."""
    ddg, error = 12_000.0, 500.0
    v = {}
    for kelvin in (298.15, 310.15):
        v[f"ratio_{kelvin:g}_K"] = math.exp(ddg / (R * kelvin))
    spread = 1.959964 * error / (R * 310.15)
    v["low_310_K"] = v["ratio_310.15_K"] * math.exp(-spread)
    v["high_310_K"] = v["ratio_310.15_K"] * math.exp(spread)
    return Statement(
        "12 kJ/mol gives a permeability ratio of about 100",
        "ΔΔG = 12.0 ± 0.5 kJ/mol (one standard error), equal prefactors",
        v,
        f"{v['ratio_298.15_K']:.0f} at 298.15 K, {v['ratio_310.15_K']:.0f} at 310.15 K "
        f"(95 %: {v['low_310_K']:.0f} to {v['high_310_K']:.0f})",
        TRUE,
        "at 37 °C; at 25 °C it is a fifth more, and 0.5 kJ/mol means a factor of 1.5 either way",
    )


def channel_ratio() -> Statement:
    """A channel's ratio in a membrane, with and without the leak of other paths."""
    cell = m.preset("neuron").with_permeability({"K": 1.0, "Na": 0.04, "Cl": 0.45})
    rest = m.resting_potential(m.Interval(150.0, 150.0, 150.0), 310.15, cell)
    v = {
        "with_leak_mV": rest.v_rest_mV.value,
        "without_leak_mV": rest.v_rest_no_leak_mV,
        "channel_only_mV": rest.v_rest_channel_only_mV,
    }
    return Statement(
        "The channel's P_K/P_Na sets the resting potential",
        "neuron, channel P_K/P_Na = 150, P_Na,leak = 0.04 P_K, P_Cl = 0.45 P_K, 310.15 K",
        v,
        f"{v['with_leak_mV']:.1f} mV with the leak, {v['without_leak_mV']:.1f} mV without, "
        f"{v['channel_only_mV']:.1f} mV for the channel alone",
        FALSE,
        "the sodium leak of other paths does; it is an input, not an output of the channel",
    )


def activity_shifts() -> Statement:
    """γ and the shift of E_K, for equal and unequal ionic strength."""
    inside = m.Solution({"K": 140.0, "Na": 10.0, "Cl": 150.0}, 310.15, "inside")
    bath = m.Solution({"K": 5.0, "Na": 145.0, "Cl": 150.0}, 310.15, "outside")
    thin = m.Solution({"K": 5.0, "Na": 10.0, "Cl": 15.0}, 310.15, "outside")

    def shift(outside: m.Solution, model: str) -> float:
        rows = m.activity_shift(inside, outside, [model]).rows
        return next(row.shift_mV for row in rows if row.ion == "K")

    gamma = m.activities(inside, ["davies", "pitzer"]).gamma
    v = {
        "gamma_davies": gamma["davies"]["K"],
        "gamma_pitzer": gamma["pitzer"]["K"],
        "equal_davies_mV": shift(bath, "davies"),
        "equal_pitzer_mV": shift(bath, "pitzer"),
        "unequal_davies_mV": shift(thin, "davies"),
        "unequal_pitzer_mV": shift(thin, "pitzer"),
    }
    return Statement(
        "Activity coefficients of 0.75-0.85 shift E by several millivolts",
        "K 140/5 mM at 310.15 K; 150 mM salt inside, 150 or 15 mM outside; Davies, Pitzer",
        v,
        f"γ(K) {v['gamma_davies']:.2f}, {v['gamma_pitzer']:.2f}; shift at equal ionic strength "
        f"{v['equal_davies_mV']:.2f}, {v['equal_pitzer_mV']:+.2f} mV; against 15 mM "
        f"{v['unequal_davies_mV']:+.1f}, {v['unequal_pitzer_mV']:+.1f} mV",
        DEPENDS,
        "only γ_out/γ_in enters: tenths of a mV or nothing at equal ionic strength",
    )


def excess_charge() -> Statement:
    """The excess fraction in four compartments."""
    shapes = {
        "soma": m.sphere(10e-6),
        "axon": m.cylinder(0.5e-6),
        "thin": m.cylinder(0.1e-6),
        "spine": m.spine(0.25e-6, 0.05e-6, 1e-6),
    }
    v = {name: m.excess_fraction(-0.07, shape, 150.0) for name, shape in shapes.items()}
    return Statement(
        "The excess charge is 1e-5 of the ions",
        "−70 mV, 1 µF/cm², 150 mM; soma r = 10 µm, axon 0.5 µm, process 0.1 µm, spine 0.25 µm",
        v,
        f"soma {v['soma']:.1e}, axon {v['axon']:.1e}, thin process {v['thin']:.1e}, "
        f"spine {v['spine']:.1e}",
        DEPENDS,
        "true of a soma; in thin processes and spines it is 50 to 70 times more",
    )


# --- pump and leak: Düsterwald 2018, in S/m², A/m², mM, volt ---

THERMAL = 0.026725  # RT/F of the paper, 37 °C
NA_O, K_O, CL_O, X_O = 145.0, 3.5, 119.0, 29.5
G_NA, G_K, G_CL, G_KCC2, PUMP, Z_X = 0.2, 0.7, 0.2, 0.2, 10.0, -0.85


@dataclass(frozen=True)
class Steady:
    """A steady state of pump, leak and volume: V (mV), concentrations inside (mM), current q."""

    v_mV: float
    na: float
    k: float
    cl: float
    x: float
    q: float


def with_pump_current(
    q: float, g_cl: float = G_CL, g_kcc2: float = G_KCC2, bath_x: float = X_O
) -> Steady:
    """Closed form for a constant cycle current q (A/m²); x ≤ 0 means that there is none.

    Impermeants of the bath (charge −1) are exchanged for chloride where ``bath_x`` is changed.
    """
    cl_out = CL_O + X_O - bath_x
    osmolarity = NA_O + K_O + cl_out + bath_x
    beta = 1.0 / (G_K * g_cl + g_kcc2 * G_K + g_kcc2 * g_cl)
    sodium = NA_O * math.exp(-3.0 * q / (G_NA * THERMAL))
    potassium = K_O * math.exp(2.0 * q * (g_cl + g_kcc2) * beta / THERMAL)
    chloride = cl_out * math.exp(-2.0 * q * g_kcc2 * beta / THERMAL)
    s, z = sodium + potassium, Z_X
    root = math.sqrt((z * osmolarity) ** 2 + 4.0 * (1.0 - z * z) * chloride * s)
    theta = (-z * osmolarity + root) / (2.0 * (1.0 - z) * s)
    na, k, cl = sodium * theta, potassium * theta, chloride / theta
    return Steady(-1000.0 * THERMAL * math.log(theta), na, k, cl, osmolarity - na - k - cl, q)


def pumped(pump: float = PUMP, g_cl: float = G_CL, g_kcc2: float = G_KCC2) -> Steady:
    """The steady state of a pump p (Na_i/Na_o)³, by bisection of ln q (one root)."""
    low, high = math.log(1e-9), math.log(pump)
    for _ in range(200):
        middle = 0.5 * (low + high)
        found = with_pump_current(math.exp(middle), g_cl, g_kcc2)
        if pump * (found.na / NA_O) ** 3 > math.exp(middle):
            low = middle
        else:
            high = middle
    return with_pump_current(math.exp(0.5 * (low + high)), g_cl, g_kcc2)


def initial_swelling(g_cl: float) -> float:
    """Relative rate of swelling (1/h of volume) just after the pump stops, without KCC2.

    V goes to Σ g E/Σ g at once; chloride enters with as much cation, and water follows.
    """
    rest = pumped(g_cl=g_cl, g_kcc2=0.0)
    e = [THERMAL * math.log(o / i) for o, i in ((NA_O, rest.na), (K_O, rest.k))]
    e_cl = -THERMAL * math.log(CL_O / rest.cl)
    volt = (G_NA * e[0] + G_K * e[1] + g_cl * e_cl) / (G_NA + G_K + g_cl)
    entry = 2.0 * g_cl * (volt - e_cl) / F  # mol of ions per m² and s; Cl enters where V > E_Cl
    area_over_volume = 2.0 / 5e-6  # cylinder of 5 µm radius
    return 3600.0 * entry * area_over_volume / (NA_O + K_O + CL_O + X_O)


def no_pump() -> Statement:
    """Volume without a pump, with impermeants in the bath and without."""
    rest, bath, bare = pumped(), with_pump_current(0.0), with_pump_current(0.0, bath_x=0.0)
    v = {
        "rest_mV": rest.v_mV,
        "stopped_mV": bath.v_mV,
        "swelling": rest.x / bath.x,
        "x_without_bath_impermeants_mM": bare.x,
    }
    return Statement(
        "A cell without a pump swells until it bursts",
        "Düsterwald neuron, bath with 29.5 mM of impermeants (z = −1) or with chloride instead",
        v,
        f"with impermeants outside: volume × {v['swelling']:.2f} at {v['stopped_mV']:.1f} mV "
        f"(pumped: {v['rest_mV']:.1f} mV); without: the impermeants inside are diluted to "
        f"{abs(v['x_without_bath_impermeants_mM']):.0f} mM, no finite volume",
        DEPENDS,
        "true without impermeants in the bath or a wall; with them there is a finite volume",
    )


def chloride_and_swelling() -> Statement:
    """Steady volume and first rate of swelling for two chloride conductances."""
    wide, tight = (pumped(g_cl=g, g_kcc2=0.0) for g in (G_CL, 0.1 * G_CL))
    v = {
        "rest_mV": wide.v_mV,
        "volume_ratio_minus_1": wide.x / tight.x - 1.0,
        "rate_per_h": initial_swelling(G_CL),
        "rate_tight_per_h": initial_swelling(0.1 * G_CL),
    }
    return Statement(
        "A low chloride permeability prevents swelling",
        "Düsterwald neuron without KCC2, g_Cl = 20 and 2 µS/cm²; then the pump stops",
        v,
        f"steady volumes differ by {abs(v['volume_ratio_minus_1']):.0e}; first swelling after the "
        f"pump stops {v['rate_per_h']:.2f} and {v['rate_tight_per_h']:.2f} of the volume per hour",
        FALSE,
        "it slows it; with passive chloride the steady volume does not depend on g_Cl",
    )


def two_temperatures() -> Statement:
    """310 K in °C, and E_K of different texts."""
    v = {
        "celsius_of_310_K": 310.0 - 273.15,
        "e_k_140_5_at_310_K_mV": 1000.0 * m.nernst(1, 140.0, 5.0, 310.0),
        "e_k_140_5_at_37_C_mV": 1000.0 * m.nernst(1, 140.0, 5.0, 310.15),
        "e_k_145_5_at_37_C_mV": 1000.0 * m.nernst(1, 145.0, 5.0, 310.15),
    }
    return Statement(
        "310 K is 37 °C, and E_K is −89 or −90 mV",
        "K 140/5 and 145/5 mM",
        v,
        f"310 K is {v['celsius_of_310_K']:.2f} °C; E_K of 140/5 mM "
        f"{v['e_k_140_5_at_310_K_mV']:.2f} mV at 310 K, {v['e_k_140_5_at_37_C_mV']:.2f} mV "
        f"at 37 °C; of 145/5 mM {v['e_k_145_5_at_37_C_mV']:.2f} mV",
        DEPENDS,
        "37 °C is 310.15 K, worth 0.04 mV; the millivolt comes from other concentrations",
    )


STATEMENTS: tuple[Callable[[], Statement], ...] = (
    weighted_mean,
    pump_current,
    ratio_of_twelve,
    channel_ratio,
    activity_shifts,
    excess_charge,
    no_pump,
    chloride_and_swelling,
    two_temperatures,
)


def table(found: Sequence[Statement]) -> str:
    """The statements in Markdown."""
    lines = ["| statement | inputs | computed | verdict |", "|---|---|---|---|"]
    lines += [
        f"| {s.statement} | {s.inputs} | {s.value} | **{s.verdict}**: {s.reading} |" for s in found
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compute, print and write; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/textbook"), help="folder")
    given = parser.parse_args(arguments)
    found = [statement() for statement in STATEMENTS]
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "textbook.md").write_text(table(found), encoding="utf-8")
    record = json.dumps([asdict(s) for s in found], indent=1, ensure_ascii=False)
    (given.out / "textbook.json").write_text(record + "\n", encoding="utf-8")
    print(table(found), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
