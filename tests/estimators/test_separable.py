"""MBAR in linear memory beside MBAR on the whole table, beside pymbar, and what it refuses."""

from __future__ import annotations

import contextlib
import io
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from synthetic_filter import DOUBLE_WELL, DROPLET, HARMONIC, PERIODIC, draw

from selectivity.errors import InputError, NotConvergedError
from selectivity.estimators import separable
from selectivity.estimators.mbar import mbar, overlap_matrix
from selectivity.estimators.mixture import mixture_reduced_bias
from selectivity.estimators.separable import solve_windows

CENTERS = np.linspace(-2.4, 2.4, 17)


@pytest.mark.parametrize("model", [HARMONIC, DOUBLE_WELL, PERIODIC])
def test_the_solution_is_that_of_the_whole_table(model):
    samples = draw(model, 3, CENTERS, n=150)
    u_kn, N_k = mixture_reduced_bias(samples), np.full(17, 150)
    table, found = mbar(u_kn, N_k), solve_windows(samples)
    np.testing.assert_allclose(found.f_k, table.f_k, rtol=0, atol=1e-9)
    np.testing.assert_allclose(found.log_denominator_n, table.log_denominator_n, rtol=0, atol=1e-9)
    overlap = overlap_matrix(u_kn, N_k, table.f_k)
    np.testing.assert_allclose(found.overlap, overlap, rtol=0, atol=1e-10)
    assert found.residual <= 1e-10


def test_pymbar_agrees():
    samples = draw(DOUBLE_WELL, 4, CENTERS, n=120)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        import pymbar

        reference = pymbar.MBAR(
            mixture_reduced_bias(samples),
            np.full(17, 120),
            relative_tolerance=1e-14,
            solver_protocol=({"method": "adaptive", "options": {"maxiter": 500}},),
        )
    np.testing.assert_allclose(solve_windows(samples).f_k, reference.f_k, rtol=0, atol=1e-8)


def test_blocks_and_windows_left_out_do_not_show(monkeypatch):
    """Windows over 24 Å: in most blocks most of them are left out."""
    samples = draw(PERIODIC, 5, np.linspace(-5.8, 5.8, 40), kappa=120.0, n=40)
    monkeypatch.setattr(separable, "BLOCK", 23)
    used = []
    in_reach = separable._in_reach
    monkeypatch.setattr(separable, "_in_reach", lambda *a: used.append(in_reach(*a)) or used[-1])
    with_few = solve_windows(samples)
    assert max(found.size for found in used) < 20
    monkeypatch.setattr(separable, "LOST", np.inf)
    with_all = solve_windows(samples)
    assert used[-1].size == 40
    np.testing.assert_allclose(with_few.f_k, with_all.f_k, rtol=0, atol=1e-11)
    np.testing.assert_allclose(with_few.overlap, with_all.overlap, rtol=0, atol=1e-12)


def test_a_start_saves_steps_and_moves_nothing():
    samples = draw(DOUBLE_WELL, 6, CENTERS, n=100)
    found = solve_windows(samples)
    again = solve_windows(samples, start=found.f_k)
    far = solve_windows(samples, start=found.f_k + 5.0 * np.sin(np.arange(17.0)))
    assert again.iterations < found.iterations < far.iterations
    np.testing.assert_allclose(again.f_k, found.f_k, rtol=0, atol=1e-10)
    np.testing.assert_allclose(far.f_k - far.f_k[0], found.f_k, rtol=0, atol=1e-10)


def test_energies_far_from_zero_and_weights_that_follow():
    """Energies and weights of an identity moved together change no denominator's meaning."""
    samples = draw(HARMONIC, 7, CENTERS, n=60)
    offset = np.array([0.0, 4e3, -2e4, 7e2, 1e5])
    moved = replace(samples, u=samples.u + offset, log_g=samples.log_g + samples.beta * offset)
    np.testing.assert_allclose(solve_windows(moved).f_k, solve_windows(samples).f_k, atol=1e-8)


def test_wide_weights_and_one_state_take_the_table():
    samples = draw(HARMONIC, 1, np.linspace(-1.0, 1.0, 4), n=30)
    log_g = samples.log_g.copy()
    log_g[1] += np.array([0.0, 500.0, -300.0, 900.0, -50.0])
    wide = replace(samples, log_g=log_g)
    table = mbar(mixture_reduced_bias(wide), np.full(4, 30))
    np.testing.assert_array_equal(solve_windows(wide).f_k, table.f_k)
    droplet = draw(DROPLET, 1, None, n=40)
    found = solve_windows(droplet)
    assert found.f_k.tolist() == [0.0]
    expected = np.log(40.0) - mixture_reduced_bias(droplet)[0]
    np.testing.assert_allclose(found.log_denominator_n, expected, rtol=1e-13)


def test_memory_grows_with_samples_and_not_with_windows():
    """Less than the table of windows by samples, and the same for four times the windows."""

    def peak(windows: int, n: int) -> int:
        samples = draw(PERIODIC, 8, np.linspace(-5.0, 5.0, windows), n=n)
        tracemalloc.start()
        solve_windows(samples)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few, many = peak(25, 1600), peak(100, 400)
    assert many < 0.6 * 100 * 40_000 * 8
    assert many < few + 8e6  # the cells of the start: windows × bins × identities
    assert peak(25, 3200) < 2.1 * few


def test_what_cannot_be_solved_is_refused():
    samples = draw(HARMONIC, 1, np.linspace(-1.0, 1.0, 4), n=30)
    values = samples.u.copy()
    values.flat[3] = np.nan
    with pytest.raises(InputError, match="u"):
        solve_windows(replace(samples, u=values))
    with pytest.raises(NotConvergedError, match="residual"):
        solve_windows(samples, max_iterations=0)
    apart = draw(HARMONIC, 1, np.array([-5.0, -4.9, 4.9, 5.0]), kappa=2000.0, n=50)
    with pytest.raises(NotConvergedError, match=r"without overlap|overlap too little"):
        solve_windows(apart)
