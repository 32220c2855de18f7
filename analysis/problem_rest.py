"""Guided problem: from a channel's P_K/P_Na to a resting potential.

    python analysis/problem_rest.py --out out/problems
    python analysis/problem_rest.py --run RUN --out out/problems

With --run the ratio is the stored one of a run folder (results/ratio.json, written by
`selectivity ratio`), with its interval and temperature; without it 150 (80 to 300) stands in.
Shows the bi-ionic potential of the channel; the potential of the channel alone between a neuron's
solutions; the sodium leak of other paths, which is an explicit input; the band that the interval
leaves, and how it shrinks with the leak; five equations for one membrane and why they differ.
Writes the figure. Two seconds.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path

from selectivity import membrane as m

FARADAY, GAS = 96485.33212, 8.314462618
EXAMPLE = m.Interval(150.0, 80.0, 300.0)
NEURON = m.preset("neuron")
LEAKS = (0.0, 0.01, 0.04, 0.1)


def stored_ratio(run: Path) -> tuple[m.Interval, float]:
    """Headline ratio of a run folder with its interval, and its temperature in kelvin."""
    table = json.loads((run / "results" / "ratio.json").read_text(encoding="utf-8"))
    entry = table["ratio"]["integral_levelled"]
    low = 0.0 if entry["low"] is None else float(entry["low"])
    high = math.inf if entry["high"] is None else float(entry["high"])
    return m.Interval(float(entry["value"]), low, high), float(table["temperature_K"])


def forms(ratio: m.Interval, kelvin: float) -> m.Rest:
    """The neuron with the channel in it, by all equations."""
    handover = m.resting_potential(ratio, kelvin, NEURON)
    return m.resting_forms(m.with_channel(NEURON, handover), handover)


def leak_rows(ratio: m.Interval, kelvin: float) -> list[str]:
    """V_rest and its band for several sodium leaks."""
    rows = []
    for leak in LEAKS:
        membrane = NEURON.with_permeability({**NEURON.permeability, "Na": leak})
        v = m.resting_potential(ratio, kelvin, membrane).v_rest_mV
        rows.append(f"   | {leak:g} | {v.value:.2f} | {v.low:.2f} to {v.high:.2f} |")
    return rows


def working(ratio: m.Interval, kelvin: float) -> str:
    """The problem with its solution as Markdown; every line is computed."""
    rest = forms(ratio, kelvin)
    handover = rest.handover
    assert handover is not None
    thermal = 1000.0 * GAS * kelvin / FARADAY
    by_hand = -thermal * math.log(ratio.value)
    low, high = handover.bi_ionic_interval_mV
    table = [f"   | {f.name} | {f.v_mV:.2f} | {f.difference_mV:+.2f} |" for f in rest.forms]
    lines = [
        "# From a channel's ratio to a resting potential",
        "",
        f"P_K/P_Na = {ratio.value:.4g} ({ratio.low:.4g} to {ratio.high:.4g}) at {kelvin:g} K; "
        "membrane: the preset neuron.",
        "",
        f"1. The channel between K inside and Na outside: V = −RT/F ln r = {by_hand:.2f} mV "
        f"(library {handover.bi_ionic_mV:.2f}; {low:.2f} to {high:.2f}).",
        "2. The channel alone between the neuron's solutions, K and Na only: "
        f"{handover.v_rest_channel_only_mV:.2f} mV; E_K = "
        f"{1000.0 * m.nernst(1, NEURON.inside['K'], NEURON.outside['K'], kelvin):.2f} mV.",
        "   A neuron lets sodium in by other paths, too: P_Na = P_K/r + P_Na,leak:",
        "",
        "   | P_Na,leak / P_K | V_rest, mV | band of the ratio's interval |",
        "   |---|---|---|",
        *leak_rows(ratio, kelvin),
        "",
        f"   The channel adds P_K/r = {1.0 / ratio.value:.4g} P_K to the preset's leak of "
        "0.04 P_K; the larger decides.",
        f"   dV/d ln r = {handover.dv_dlnratio_mV:.2f} mV with that leak.",
        "3. One membrane, several equations, mV:",
        "",
        "   | equation | V | less GHK |",
        "   |---|---|---|",
        *table,
        "",
        *(f"   - {form.name}: {form.why}." for form in rest.forms),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the working and write the figure; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--run", type=Path, help="run folder with results/ratio.json")
    parser.add_argument("--out", type=Path, default=Path("out/problems"), help="folder")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    ratio, kelvin = EXAMPLE, NEURON.temperature_K
    if given.run is not None:
        ratio, kelvin = stored_ratio(given.run)
    rest = forms(ratio, kelvin)
    rest.plot(given.out / "rest.png", (9.6, 4.0))
    print(working(ratio, kelvin), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
