"""The two witnesses: histogram WHAM and umbrella integration, beside MBAR and the exact profile."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from synthetic_filter import DOUBLE_WELL, HARMONIC, RT, draw

from selectivity.errors import InputError, NotConvergedError
from selectivity.estimators.mixture import posterior
from selectivity.estimators.profile import bin_centers, replica_profile
from selectivity.estimators.wham import umbrella_integration, wham

CENTERS = np.linspace(-2.1, 2.1, 15)
Z = bin_centers(-2.1, 2.1)


def centred(w: np.ndarray) -> np.ndarray:
    return w - w.mean(axis=-1, keepdims=True)


def profiles(model, method, ion: str, runs: int, n: int) -> np.ndarray:
    found = []
    for r in range(runs):
        w = method(draw(model, 31, CENTERS, n=n, replica=r), ion)
        found.append(w)
    return centred(np.array(found))


METHODS = {
    "wham": lambda samples, ion: wham(samples, ion, Z)[0],
    "integration": lambda samples, ion: umbrella_integration(samples, ion, Z),
    "mbar": lambda samples, ion: replica_profile(samples).w[ion],
}


@pytest.mark.parametrize("ion", ["K", "Na"])
@pytest.mark.parametrize("method", list(METHODS))
def test_harmonic_profile_is_exact(method, ion):
    """W is a parabola: z-scores over 40 runs in every bin; umbrella integration has no bias."""
    w = profiles(HARMONIC, METHODS[method], ion, 40, 200)
    exact = centred(HARMONIC.binned(Z, ion))
    z = (w.mean(axis=0) - exact) / (w.std(axis=0, ddof=1) / np.sqrt(40))
    # 42 correlated bins with t_39 errors: 4.5 is a chance of less than 1 in 400 together.
    assert np.max(np.abs(z)) < 4.5
    assert 0.3 < np.mean(z**2) < 2.5


@pytest.mark.parametrize("ion", ["K", "Na"])
def test_wham_on_a_double_well(ion):
    w = profiles(DOUBLE_WELL, METHODS["wham"], ion, 40, 200)
    exact = centred(DOUBLE_WELL.binned(Z, ion))
    z = (w.mean(axis=0) - exact) / (w.std(axis=0, ddof=1) / np.sqrt(40))
    assert np.max(np.abs(z)) < 4.5


def test_integration_on_a_double_well_within_its_assumption():
    """The biased distributions are not Gaussian there: 0.25 kJ/mol of a 12 kJ/mol barrier."""
    w = profiles(DOUBLE_WELL, METHODS["integration"], "K", 40, 400).mean(axis=0)
    assert np.max(np.abs(w - centred(DOUBLE_WELL.binned(Z, "K")))) < 0.25


@pytest.mark.parametrize("ion", ["K", "Na"])
def test_witnesses_agree_with_mbar_sample_by_sample(ion):
    """On the same samples the difference is far below the statistical error of any of them."""
    runs = {name: profiles(DOUBLE_WELL, method, ion, 20, 300) for name, method in METHODS.items()}
    error = runs["mbar"].std(axis=0, ddof=1).mean()
    assert np.abs(runs["wham"] - runs["mbar"]).mean() < 0.7 * error
    assert np.abs((runs["wham"] - runs["mbar"]).mean(axis=0)).max() < 0.35 * error
    assert np.abs(runs["integration"] - runs["mbar"]).mean() < 1.2 * error


def test_window_free_energies_are_those_of_two_parabolas():
    """f_k = ½ kκ z_k²/(k + κ) in kT for W = ½k z² with k = 4 kJ/mol/Å²: z-scores of 30 runs."""
    k, kappa = 4.0, 60.0
    exact = 0.5 * k * kappa / (k + kappa) * CENTERS**2 / RT
    f = np.array([wham(draw(HARMONIC, 3, CENTERS, n=100, replica=r), "K", Z)[1] for r in range(30)])
    deviation = f[:, 1:] - (exact - exact[0])[1:]
    z = deviation.mean(axis=0) / (deviation.std(axis=0, ddof=1) / np.sqrt(30))
    assert np.max(np.abs(z)) < 4.0


def test_posterior_written_out():
    samples = draw(DOUBLE_WELL, 1, CENTERS, n=20)
    p = np.exp(samples.log_g[3] - samples.beta * samples.u[3, 7])
    assert posterior(samples, "Na")[3, 7] == pytest.approx(p[-1] / p.sum(), rel=1e-12)
    with pytest.raises(InputError, match="is one of K, Na"):
        posterior(samples, "Cs")


def test_posterior_is_the_mean_of_the_identity():
    """Counting identities and averaging posteriors agree: z-score over 15 × 2000 samples."""
    samples = draw(DOUBLE_WELL, 8, CENTERS, n=2000)
    p = posterior(samples, "Na")
    difference = (samples.identity == 4) - p
    z = difference.sum() / np.sqrt(np.sum(p * (1.0 - p)))
    assert abs(z) < 3.0


def test_window_without_the_ion():
    samples = draw(HARMONIC, 1, CENTERS, n=20)
    u = samples.u.copy()
    u[4, :, -1] = 1e7
    with pytest.raises(NotConvergedError, match="Na"):
        wham(replace(samples, u=u), "Na", Z)
    with pytest.raises(NotConvergedError, match="Na"):
        umbrella_integration(replace(samples, u=u), "Na", Z)


def test_empty_bins_are_nan():
    samples = draw(HARMONIC, 1, CENTERS, n=20)
    z = bin_centers(-4.0, 2.1)
    w, _ = wham(samples, "K", z)
    assert np.isnan(w[0])
    assert np.isfinite(w[-20])
