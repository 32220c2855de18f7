"""MBAR against closed forms, quadrature and pymbar; calibration of what replicas say about it."""

from __future__ import annotations

import contextlib
import io
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp
from synthetic_filter import BETA, DOUBLE_WELL, HARMONIC, Model, draw

from selectivity.errors import InputError, NotConvergedError
from selectivity.estimators.mbar import mbar, overlap_matrix
from selectivity.estimators.mixture import mixture_reduced_bias


def gaussian_windows(
    seed: int, centers: np.ndarray, N_k: np.ndarray, k_base: float = 1.0, kappa: float = 8.0
) -> tuple[np.ndarray, np.ndarray]:
    """Samples of ½k z² + ½κ(z − z_k)² (in kT) and the exact f_k − f_0 of the biases.

    Z_k = ∫exp(−½k z² − ½κ(z − z_k)²)dz = sqrt(2π/(k + κ)) exp(−½ kκ z_k²/(k + κ)).
    """
    rng = np.random.default_rng(seed)
    mean, sd = kappa * centers / (k_base + kappa), 1.0 / np.sqrt(k_base + kappa)
    z = np.concatenate([rng.normal(m, sd, n) for m, n in zip(mean, N_k, strict=True)])
    exact = 0.5 * k_base * kappa / (k_base + kappa) * centers**2
    return 0.5 * kappa * (z[None, :] - centers[:, None]) ** 2, exact - exact[0]


def pymbar_f(u_kn: np.ndarray, N_k: np.ndarray) -> np.ndarray:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        import pymbar

        solution = pymbar.MBAR(
            u_kn,
            N_k,
            relative_tolerance=1e-14,
            solver_protocol=({"method": "adaptive", "options": {"maxiter": 500}},),
        )
    return np.asarray(solution.f_k)


CENTERS = np.linspace(-3.0, 3.0, 9)


class TestExact:
    def test_one_state_needs_no_solution(self):
        u = np.random.default_rng(0).normal(size=(1, 50)) * 30.0
        result = mbar(u, np.array([50]))
        assert result.f_k.tolist() == [0.0]
        np.testing.assert_allclose(result.log_denominator_n, np.log(50) - u[0], rtol=1e-14)

    def test_equations_hold(self):
        N_k = np.array([40, 200, 90, 5, 300, 80, 120, 60, 100])
        u, _ = gaussian_windows(1, CENTERS, N_k)
        result = mbar(u, N_k)
        f = -logsumexp(-u - result.log_denominator_n, axis=1)
        np.testing.assert_allclose(f, result.f_k, atol=1e-10)
        log_d = logsumexp(result.f_k[:, None] - u, b=N_k[:, None], axis=0)
        np.testing.assert_allclose(result.log_denominator_n, log_d, rtol=1e-13)
        assert result.residual <= 1e-10

    @pytest.mark.parametrize("seed", range(6))
    def test_pymbar_agrees(self, seed):
        rng = np.random.default_rng(seed)
        N_k = rng.integers(30, 400, CENTERS.size)
        u, _ = gaussian_windows(seed, CENTERS, N_k, kappa=rng.uniform(3.0, 12.0))
        u += rng.normal(0.0, 40.0, (CENTERS.size, 1))
        np.testing.assert_allclose(mbar(u, N_k).f_k, pymbar_f(u, N_k), rtol=0, atol=1e-8)

    def test_pymbar_agrees_on_mixture_states(self):
        samples = draw(DOUBLE_WELL, 3, np.linspace(-2.4, 2.4, 17), n=120)
        u, N_k = mixture_reduced_bias(samples), np.full(17, 120)
        np.testing.assert_allclose(mbar(u, N_k).f_k, pymbar_f(u, N_k), rtol=0, atol=1e-8)

    def test_state_without_samples(self):
        u, _ = gaussian_windows(2, CENTERS, np.full(9, 200))
        N_k = np.full(9, 200)
        N_k[[0, 4]] = 0
        keep = np.repeat(N_k > 0, 200)
        full = mbar(u[:, keep], N_k)
        sub = mbar(u[N_k > 0][:, keep], N_k[N_k > 0])
        np.testing.assert_allclose(full.f_k[N_k > 0] - full.f_k[1], sub.f_k, atol=1e-12)
        assert full.f_k[0] == 0.0
        np.testing.assert_allclose(full.f_k, pymbar_f(u[:, keep], N_k), atol=1e-8)
        f = -logsumexp(-u[:, keep] - full.log_denominator_n, axis=1)
        np.testing.assert_allclose(f, full.f_k, atol=1e-10)

    def test_start_far_away_and_states_out_of_order(self):
        u, _ = gaussian_windows(4, CENTERS, np.full(9, 100))
        offsets = np.array([0.0, 900.0, -400.0, 3.0, 1e4, -2e3, 7.0, 50.0, -1e3])
        reference = mbar(u, np.full(9, 100)).f_k
        shifted = mbar(u + offsets[:, None], np.full(9, 100)).f_k
        np.testing.assert_allclose(shifted - offsets, reference, atol=1e-8)
        order = np.array([0, 8, 3, 5, 1, 7, 2, 6, 4])
        columns = np.concatenate([np.arange(100 * k, 100 * k + 100) for k in order])
        shuffled = mbar(u[order][:, columns], np.full(9, 100))
        np.testing.assert_allclose(shuffled.f_k, reference[order] - reference[order[0]], atol=1e-9)

    @settings(max_examples=25, deadline=None)
    @given(st.integers(0, 10**6))
    def test_order_of_samples_does_not_matter(self, seed):
        N_k = np.array([20, 35, 10, 40, 25, 30, 15, 20, 30])
        u, _ = gaussian_windows(5, CENTERS, N_k)
        order = np.random.default_rng(seed).permutation(u.shape[1])
        mixed = mbar(u[:, order], N_k)
        straight = mbar(u, N_k)
        np.testing.assert_allclose(mixed.f_k, straight.f_k, atol=1e-9)
        log_d = straight.log_denominator_n[order]
        np.testing.assert_allclose(mixed.log_denominator_n, log_d, atol=1e-9)

    def test_blocks_do_not_show(self, monkeypatch):
        u, _ = gaussian_windows(6, CENTERS, np.full(9, 111))
        whole = mbar(u, np.full(9, 111)).f_k
        monkeypatch.setattr("selectivity.estimators.mbar.BLOCK", 7)
        np.testing.assert_allclose(mbar(u, np.full(9, 111)).f_k, whole, atol=1e-11)


class TestRefusals:
    def test_states_without_overlap(self):
        z = np.concatenate(
            [np.random.default_rng(0).normal(m, 0.1, 50) for m in (0, 0.1, 50, 50.1)]
        )
        u = 50.0 * (z[None, :] - np.array([0, 0.1, 50, 50.1])[:, None]) ** 2
        with pytest.raises(NotConvergedError, match="without overlap"):
            mbar(u, np.full(4, 50))

    def test_residual_that_is_not_met(self):
        u, _ = gaussian_windows(1, CENTERS, np.full(9, 50))
        with pytest.raises(NotConvergedError, match="residual"):
            mbar(u, np.full(9, 50), tol=1e-30)
        with pytest.raises(NotConvergedError, match="residual"):
            mbar(u, np.full(9, 50), max_iterations=0)

    @pytest.mark.parametrize(
        ("shape", "counts"),
        [((2, 10), [5, 4]), ((2, 10), [10]), ((2, 10), [12, -2]), ((2, 0), [0, 0])],
    )
    def test_counts_that_do_not_fit(self, shape, counts):
        with pytest.raises(InputError):
            mbar(np.zeros(shape), np.array(counts))

    def test_values_that_are_not_finite(self):
        u = np.zeros((2, 4))
        u[1, 2] = np.nan
        with pytest.raises(InputError, match="finite"):
            mbar(u, np.array([2, 2]))


class TestStatistics:
    def test_free_energies_are_calibrated(self):
        """f_K-1 of 160 runs of 8 replicas: deviations over their errors follow Student's t_7."""
        from scipy.stats import kstest, t

        centers = np.linspace(-2.0, 2.5, 6)
        values = np.empty((160, 8))
        for run, replica in np.ndindex(values.shape):
            u, exact = gaussian_windows(1000 * run + replica, centers, np.full(6, 60))
            values[run, replica] = mbar(u, np.full(6, 60)).f_k[-1] - exact[-1]
        score = values.mean(axis=1) / (values.std(axis=1, ddof=1) / np.sqrt(8))
        assert kstest(score, t(7).cdf).pvalue > 0.01
        z = np.abs(t(7).cdf(score) - 0.5)
        from scipy.stats import norm

        mean_square = np.mean(norm.ppf(0.5 + z) ** 2)
        assert abs(mean_square - 1.0) < 3.0 * np.sqrt(2.0 / 160)
        # All 1280 solutions together: the bias is small against the error of their mean.
        assert abs(values.mean()) < 3.0 * values.std() / np.sqrt(values.size)

    def test_overlap_matrix(self):
        N_k = np.array([40, 200, 90, 50, 300, 80, 120, 60, 100])
        u, _ = gaussian_windows(1, CENTERS, N_k)
        f = mbar(u, N_k).f_k
        overlap = overlap_matrix(u, N_k, f)
        np.testing.assert_allclose(overlap.sum(axis=1), 1.0, atol=1e-9)
        assert np.max(np.abs(np.linalg.eigvals(overlap))) == pytest.approx(1.0, abs=1e-9)
        np.testing.assert_allclose(N_k[:, None] * overlap, (N_k[:, None] * overlap).T, rtol=1e-9)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            import pymbar

            reference = pymbar.MBAR(u, N_k).compute_overlap()["matrix"]
        np.testing.assert_allclose(overlap, reference, atol=1e-7)

    def test_overlap_of_equal_states(self):
        u = np.tile(np.random.default_rng(0).normal(size=60), (3, 1))
        overlap = overlap_matrix(u, np.array([20, 20, 20]), np.zeros(3))
        np.testing.assert_allclose(overlap, 1.0 / 3.0, rtol=1e-12)


class TestMixture:
    def test_written_out(self):
        samples = draw(HARMONIC, 1, np.linspace(-1.0, 1.0, 4), n=30)
        u_kn = mixture_reduced_bias(samples)
        assert u_kn.shape == (4, 120)
        k, m, n = 2, 1, 17
        z, u = samples.z[m, n], samples.u[m, n]
        bias = 0.5 * BETA * samples.kappa * (z - samples.centers[k]) ** 2
        expected = bias - np.log(np.sum(np.exp(samples.log_g[k] - BETA * u)))
        assert u_kn[k, m * 30 + n] == pytest.approx(expected, rel=1e-12)

    def test_wide_weights_take_the_other_path(self):
        from dataclasses import replace

        samples = draw(HARMONIC, 1, np.linspace(-1.0, 1.0, 4), n=30)
        log_g = samples.log_g.copy()
        log_g[1] += np.array([0.0, 500.0, -300.0, 900.0, -50.0])
        wide = replace(samples, log_g=log_g)
        a = log_g[:, None, :] - BETA * samples.u.reshape(1, 120, 5)
        expected = -logsumexp(a, axis=2)
        expected += (
            0.5
            * BETA
            * samples.kappa
            * (samples.z.ravel()[None, :] - samples.centers[:, None]) ** 2
        )
        np.testing.assert_allclose(mixture_reduced_bias(wide), expected, rtol=1e-11)

    @pytest.mark.parametrize("name", ["z", "u", "log_g"])
    def test_what_is_not_finite_is_named(self, name):
        from dataclasses import replace

        samples = draw(HARMONIC, 1, np.linspace(-1.0, 1.0, 4), n=30)
        values = getattr(samples, name).copy()
        values.flat[0] = np.inf
        with pytest.raises(InputError, match=name):
            mixture_reduced_bias(replace(samples, **{name: values}))

    def test_free_energies_of_the_mixture_states(self):
        """f_k against quadrature over z of every window's mixture, as a z-score over replicas."""
        model: Model = DOUBLE_WELL
        centers = np.linspace(-2.0, 2.0, 11)
        deviations = []
        for replica in range(40):
            samples = draw(model, 77, centers, n=150, replica=replica)
            result = mbar(mixture_reduced_bias(samples), np.full(11, 150))
            grid = np.linspace(-3.5, 3.5, 7001)
            a = (
                samples.log_g[:, :, None]
                - BETA * model.w(grid)[None]
                - 0.5 * BETA * samples.kappa * (grid - centers[:, None, None]) ** 2
            )
            exact = -logsumexp(a, axis=(1, 2))
            deviations.append(result.f_k[1:] - (exact[1:] - exact[0]))
        deviations = np.array(deviations)
        z = deviations.mean(axis=0) / (deviations.std(axis=0, ddof=1) / np.sqrt(40))
        assert np.max(np.abs(z)) < 3.5


@pytest.mark.benchmark
def test_speed_of_thirty_windows():
    samples = draw(DOUBLE_WELL, 5, np.linspace(-3.0, 3.0, 30), n=2000)
    start = time.perf_counter()
    result = mbar(mixture_reduced_bias(samples), np.full(30, 2000))
    assert time.perf_counter() - start < 1.0
    assert result.residual < 1e-10
