"""NEURON, in a process of its own, as an outside witness of the squid axon."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from selectivity.cell.excitable import (
    cable_temperature_K,
    conduct,
    make_cable,
    pulse,
    pulse_threshold,
    resting_potential,
    space_clamp,
    squid_axon,
)

pytest.importorskip("neuron", reason="the witness is NEURON (extra `validation`)")

CELSIUS = (6.3, 18.5, 25.0)
WIDTH_MS = 0.5
STRENGTH = 30.0  # µA/cm²
REST_MV = 1e3 * resting_potential(squid_axon())
STATIONS = (0.4, 0.7)
CABLE = make_cable(squid_axon(cable_temperature_K()))


def tasks():
    shared = {"width": WIDTH_MS, "rest": REST_MV}
    spikes = [{"kind": "spike", "celsius": c, "strength": STRENGTH, **shared} for c in CELSIUS]
    fire = [
        {"kind": "threshold", "celsius": c, "below": 10.0, "above": 30.0, **shared} for c in CELSIUS
    ]
    return [*spikes, *fire]


def cable_task():
    return {
        "kind": "cable",
        "celsius": CELSIUS[1],
        "length": 1e6 * CABLE.length_m,
        "diameter": 2e6 * CABLE.axon.radius_m,
        "resistivity": 100.0 * CABLE.axon.axial_resistivity_ohm_m,
        "nodes": CABLE.nodes,
        "strength": 1e9 * CABLE.stimulus_A,
        "width": 1e3 * CABLE.stimulus_s,
        "duration": 6.0,
        "stations": STATIONS,
        "rest": REST_MV,
    }


def asked(work):
    """Answers of NEURON to a list of tasks."""
    script = Path(__file__).with_name("neuron_axon.py")
    done = subprocess.run(
        [sys.executable, str(script)],
        input=json.dumps(work),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def witness():
    return asked(tasks())


@pytest.mark.parametrize("k", range(len(CELSIUS)))
def test_peak_and_width(witness, k):
    axon = squid_axon(CELSIUS[k] + 273.15)
    trace = space_clamp(axon, pulse(1e-3, 1e-3 * WIDTH_MS, STRENGTH / 100.0), 0.025)
    assert trace.peak_mV == pytest.approx(witness[k]["peak"], abs=0.005)
    (spike,) = trace.spikes
    assert spike.width_ms == pytest.approx(witness[k]["width"], rel=1e-4)


@pytest.mark.parametrize("k", range(len(CELSIUS)))
def test_threshold(witness, k):
    found = pulse_threshold(squid_axon(CELSIUS[k] + 273.15), 1e-3 * WIDTH_MS)
    theirs = witness[len(CELSIUS) + k]["strength"]
    assert 100.0 * found.current_A_m2 == pytest.approx(theirs, rel=1e-5)


@pytest.mark.validate
def test_conduction_velocity():
    """On the same mesh, so that only the equations and the time integration are compared."""
    (theirs,) = asked([cable_task()])
    found = conduct(CABLE)
    assert found.velocity_m_s == pytest.approx(theirs["velocity"], rel=1e-4)
    at = CABLE.nodes * 4 // 10
    assert found.v_mV[:, at].max() == pytest.approx(theirs["peak"], abs=0.05)
