"""``selectivity membrane electrodiffusion`` and ``iv-filter`` on the command line."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from selectivity.cli.membrane import app
from selectivity.errors import InputError

SALT = ["--in", "Na=10 mM, Cl=10 mM", "--out", "Na=100 mM, Cl=100 mM", "--temperature", "25 degC"]
D = ["--diffusion", "Na=1.33e-9 m^2/s, Cl=2.03e-5 cm^2/s"]
BASE = ["electrodiffusion", *SALT, *D, "--length", "30 nm"]
FILTER = ["--in", "K=140 mM, Na=15 mM, Cl=10 mM", "--out", "K=5 mM, Na=145 mM, Cl=110 mM"]


def run(*arguments, code=0):
    result = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def record(*arguments, code=0):
    return json.loads(run(*arguments, "--json", code=code))


def refused(*arguments):
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_open_circuit_of_a_salt_is_plancks():
    out = record(*BASE, "--mode", "electroneutral", "--open-circuit")
    expected = 1000.0 * (1.33 - 2.03) / 3.36 * 8.31446261815324 * 298.15 / 96485.33212331
    assert out["v_mV"] == pytest.approx(expected * math.log(10.0), abs=1e-3)
    assert abs(out["net_current_A_m2"]) < 1e-6 * abs(out["current_A_m2"]["Na"])


def test_profiles_in_words_csv_and_a_figure(tmp_path):
    table, figure = tmp_path / "p.csv", tmp_path / "p.png"
    arguments = [*BASE, "--mode", "pnp", "--permittivity", "water", "--voltage", "-50 mV"]
    text = run(*arguments, "--cells", "100", "--csv", table, "--plot", figure)
    assert "Poisson-Nernst-Planck, slab of 30 nm" in text
    assert "relative permittivity 78.3" in text
    assert len(table.read_text().splitlines()) == 102
    assert figure.stat().st_size > 10_000


def test_a_curve_and_a_run_in_time():
    out = record(*BASE, "--mode", "constant-field", "--iv", "-100 mV to 100 mV", "--points", "5")
    assert out["v_mV"] == pytest.approx([-100.0, -50.0, 0.0, 50.0, 100.0])
    assert np.all(np.diff(out["net_current_A_m2"]) > 0.0)
    arguments = [*BASE, "--mode", "constant-field", "--voltage", "0 mV", "--time", "settled"]
    out = record(*arguments, "--start", "inside", "--cells", "30")
    assert max(out["ledger_error"].values()) < 1e-12
    short = record(*BASE, "--mode", "constant-field", "--voltage", "0 mV", "--time", "10 ns")
    assert short["time_s"][-1] == pytest.approx(1e-8)


def test_charge_and_partition_enter():
    more = ["--fixed-charge", "-200 mM", "--partition", "Cl=0.5"]
    out = record(*BASE, "--mode", "electroneutral", "--open-circuit", *more)
    assert out["v_mV"] > 0.0  # cations carry
    assert out["partition"] == {"Na": 1.0, "Cl": 0.5}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--mode", "pnp"], "--voltage"),
        (["--mode", "pnp", "--voltage", "0 mV"], "relative_permittivity"),
        (["--mode", "pnp", "--voltage", "0 mV", "--open-circuit"], "one of --voltage"),
        (["--mode", "goldman", "--voltage", "0 mV"], "mode"),
        (["--mode", "constant-field", "--voltage", "-70"], "needs a unit"),
        (["--mode", "constant-field", "--iv", "100 mV to -100 mV"], "--iv"),
        (["--mode", "constant-field", "--open-circuit", "--time", "1 us"], "--time"),
        (["--mode", "constant-field", "--voltage", "0 mV", "--closed"], "--closed"),
        (["--mode", "constant-field", "--voltage", "0 mV", "--partition", "K=1"], "partition.K"),
    ],
)
def test_bad_input_names_ion_and_option(arguments, words):
    assert words in refused(*BASE, *arguments)


def test_a_missing_ion_is_named():
    few = ["--in", "Na=10 mM", "--out", "Na=1 mM, Cl=1 mM", "--temperature", "25 degC"]
    message = refused(
        "electrodiffusion", *few, *D, "--length", "1 nm", "--mode", "pnp", "--voltage", "0 mV"
    )
    assert "inside.Cl" in message
    message = refused(
        "electrodiffusion", *SALT[:4], *D, "--length", "1 nm", "--mode", "pnp", "--voltage", "0 mV"
    )
    assert "--temperature" in message


def test_the_filter_of_a_stored_run(finished_run: Path, tmp_path):
    """The permeabilities of the curve are the headline ratio of the run times D_K/D_Na."""
    figure = tmp_path / "iv.png"
    pore = ["--radius", "1.5 angstrom", "--reduction", "0.1", "--plot", figure]
    out = record("iv-filter", finished_run, *FILTER, *pore, code=3)
    assert not out["converged"]
    stored = json.loads((finished_run / "results" / "ratio.json").read_text())
    headline = stored["ratio"]["integral_levelled"]
    for end in ("value", "low", "high"):
        assert out["permeability_ratio"][end] == pytest.approx(
            headline[end] * 1.98 / 1.33, rel=1e-6
        )
    assert out["interval_A"] == stored["interior_A"]
    assert out["diffusion_m2_s"]["K"] == pytest.approx(1.98e-10)
    assert out["reduction"] == 0.1
    assert out["replicas"] == 2
    assert len(out["net_current_pA"]["value"]) == 21
    assert any("Cl: not sampled" in text for text in out["warnings"])
    assert any("round trips" in text for text in out["warnings"])
    assert figure.stat().st_size > 10_000
    deeper = record("iv-filter", finished_run, *FILTER, *pore[:4], "--well", "-1 kcal/mol", code=3)
    assert deeper["current_pA"]["K"]["value"][0] / out["current_pA"]["K"]["value"][0] == (
        pytest.approx(math.exp(4.184 / (8.31446261815324e-3 * 310.15)), rel=1e-9)
    )


def test_a_filter_needs_its_inputs(finished_run: Path):
    pore = ["--radius", "1.5 angstrom", "--reduction", "0.1"]
    assert "reduction" in refused(
        "iv-filter", finished_run, *FILTER, "--radius", "1 nm", "--reduction", "2"
    )
    assert "is a filter of the run" in refused(
        "iv-filter", finished_run, *FILTER, *pore, "--system", "bulk"
    )
    assert "sampled ion" in refused(
        "iv-filter", finished_run, "--in", "Cl=1 mM", "--out", "Cl=1 mM", *pore
    )
    missing = CliRunner().invoke(app, ["iv-filter", str(finished_run), *FILTER, *pore[:2]])
    assert missing.exit_code == 2
    assert "reduction" in missing.output
