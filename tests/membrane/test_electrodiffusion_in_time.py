"""Electrodiffusion in time: ledger, positivity, decay to the steady state, closed faces."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from selectivity.errors import InputError
from selectivity.membrane import VALENCE
from selectivity.membrane.electrodiffusion import slab_run, slab_state
from tests.membrane.slabs import D_NEURON, D_SALT, NEURON, SALT, slab, thick

MODES = ("constant-field", "electroneutral", "pnp")
BIIONIC = ({"K": 100.0, "Na": 0.0, "Cl": 100.0}, {"K": 0.0, "Na": 100.0, "Cl": 100.0})


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("start", ["straight", "inside", "outside"])
@pytest.mark.parametrize(("baths", "d"), [(SALT, D_SALT), (BIIONIC, D_NEURON)])
def test_mass_is_conserved_and_nothing_is_negative(mode, start, baths, d):
    run = slab_run(thick(30.0, baths, d), -0.07, mode, start, cells=80, steps=80)
    for ion, c in run.concentration_mM.items():
        assert run.ledger_error[ion] < 1e-12
        assert np.isfinite(c).all()
        assert (c >= 0.0).all()
        assert (c[1:, 1:-1] > 0.0).all()


@pytest.mark.parametrize("mode", MODES)
def test_it_settles_in_the_steady_state(mode):
    s = thick(10.0, NEURON, D_NEURON)
    run = slab_run(s, -0.05, mode, "outside", cells=100, steps=150)
    state = slab_state(s, -0.05, mode, 100)
    for ion, c in state.concentration_mM.items():
        np.testing.assert_allclose(run.concentration_mM[ion][-1], c, atol=1e-6 * c.max())
        came, went = run.flux_mol_m2_s[ion]
        assert came[-1] == pytest.approx(state.flux_mol_m2_s[ion], rel=1e-6)
        assert went[-1] == pytest.approx(came[-1], rel=1e-6)
        assert run.unsteadiness[ion] < 1e-6
    np.testing.assert_allclose(run.potential_V[-1], state.potential_V, atol=1e-9)


def test_one_huge_step_is_the_steady_state():
    s = slab(NEURON, D_NEURON)
    run = slab_run(s, 0.1, "constant-field", "inside", duration_s=1e6, cells=50, steps=1)
    for ion, c in slab_state(s, 0.1, "constant-field", 50).concentration_mM.items():
        np.testing.assert_allclose(run.concentration_mM[ion][-1], c, rtol=1e-9)


def test_diffusion_alone_is_the_series_of_fourier_to_first_order():
    """No voltage: the slowest mode decays as exp(−π²Dt/L²); the error halves with the step."""
    s = slab(({"K": 100.0}, {"K": 0.0}), {"K": 2e-9})
    time = 0.05 * s.length_m**2 / 2e-9
    y = np.linspace(0.0, 1.0, 101)
    k = np.arange(1, 60)[:, None]
    decay = np.exp(-((k * math.pi) ** 2) * 0.05)
    exact = 100.0 * (1.0 - y - (2.0 / (k * math.pi) * np.sin(k * math.pi * y) * decay).sum(axis=0))
    far = []
    for steps in (100, 200, 400):
        run = slab_run(s, 0.0, "constant-field", "outside", time, cells=100, steps=steps)
        far.append(np.abs(run.concentration_mM["K"][-1] - exact).max())
    assert far[0] < 0.6
    assert far[0] / far[1] == pytest.approx(2.0, rel=0.2)
    assert far[1] / far[2] == pytest.approx(2.0, rel=0.3)


@pytest.mark.parametrize("mode", ["constant-field", "pnp"])
def test_closed_faces_keep_every_ion_and_end_in_boltzmann(mode):
    s = thick(3.0, SALT, D_SALT)
    run = slab_run(s, 0.05, mode, "straight", faces="closed", cells=80, steps=120)
    for ion, c in run.concentration_mM.items():
        content = run.content_mol_m2[ion]
        np.testing.assert_allclose(content, content[0], rtol=1e-12)
        assert (c > 0.0).all()
        level = np.log(c[-1]) + VALENCE[ion] * run.potential_V[-1] / s.thermal_V
        np.testing.assert_allclose(level, level[0], atol=1e-7)


def test_the_whole_current_is_one_along_the_slab():
    """Ions' and displacement current together are the same through every cell at every time."""
    s = thick(20.0, SALT, D_SALT)
    run = slab_run(s, -0.05, "pnp", "straight", cells=60, steps=60)
    assert s.relative_permittivity is not None
    epsilon = s.relative_permittivity * 8.8541878188e-12
    h = np.diff(run.x_m)
    for k in (1, 20, 60):
        dt = run.time_s[k] - run.time_s[k - 1]
        ions = np.zeros(h.size)
        for ion, c in run.concentration_mM.items():
            z = VALENCE[ion]
            w = z * np.diff(run.potential_V[k]) / s.thermal_V
            forward, backward = w / np.expm1(w), -w / np.expm1(-w)
            d = D_SALT[ion] / h
            ions += z * 96485.33212331 * d * (c[k][:-1] * forward - c[k][1:] * backward)
        change = np.diff(run.potential_V[k]) - np.diff(run.potential_V[k - 1])
        whole = ions - epsilon * change / h / dt
        np.testing.assert_allclose(whole, whole.mean(), rtol=1e-6)


def test_a_run_tells_itself(tmp_path):
    run = slab_run(slab(SALT, D_SALT), 0.0, "electroneutral", cells=20, steps=10)
    assert run.steps == 10
    record = json.loads(run.to_json())
    assert max(record["ledger_error"].values()) < 1e-12
    assert len(record["profile"]["concentration_mM"]["Na"]) == 11
    assert run.to_csv().startswith("time_s,content_Na_mol_m2,entered_Na_mol_m2,left_Na_mol_m2")
    assert "ledger closes to" in run.summary()
    run.plot(tmp_path / "run.svg")
    assert (tmp_path / "run.svg").stat().st_size > 5000


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"start": "empty"}, "start"),
        ({"faces": "open"}, "faces"),
        ({"duration_s": -1.0}, "duration_s"),
        ({"steps": 0}, "steps"),
        ({"cells": 2}, "cells"),
        ({"mode": "electroneutral", "faces": "closed"}, "faces"),
    ],
)
def test_bad_runs_are_refused(change, word):
    with pytest.raises(InputError, match=word):
        slab_run(slab(SALT, D_SALT), 0.0, **{"mode": "constant-field", **change})
