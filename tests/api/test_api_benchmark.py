"""The benchmark measures what it says: same work, exact samples, known inefficiency; no timing."""

from __future__ import annotations

import importlib
import json
import math

import numpy as np
import pytest

from selectivity import api
from selectivity.api.benchmark import PARTS, Effort
from selectivity.api.benchmark import effective as effective_module
from selectivity.api.benchmark.droplet import OBSERVED, advance, new_droplet, sample
from selectivity.api.benchmark.estimates import IDENTITY, known_samples
from selectivity.api.benchmark.throughput import check_same_work
from selectivity.api.benchmark.timing import by_turns, median_ratio
from selectivity.errors import InputError
from selectivity.estimators.correlation import effective_samples, statistical_inefficiency
from selectivity.report.benchmark_page import benchmark_lines
from selectivity.storage.files import plain
from selectivity.units import COULOMB

TINY = Effort(0.002, 0.05, 2, (4, 8), 40, (20, 20), (4, 300))


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_inefficiency_of_a_first_order_process(phi):
    """x_n = φ x_{n−1} + noise has g = (1 + φ)/(1 − φ); its estimate scatters by √(2(2m+1)/N)."""
    n, rng = 200_000, np.random.default_rng(5)
    x = rng.normal(size=n)
    for i in range(1, n):
        x[i] = phi * x[i - 1] + math.sqrt(1.0 - phi**2) * x[i]
    exact = (1.0 + phi) / (1.0 - phi)
    window = 12.0 * exact  # lags that enter the sum, a few decay times
    error = exact * math.sqrt(2.0 * (2.0 * window + 1.0) / n)
    assert abs(statistical_inefficiency(x) - exact) < 4.0 * error
    assert effective_samples(x) == pytest.approx(n / statistical_inefficiency(x))


def test_all_loops_do_the_same_work():
    assert check_same_work() < 1e-5


def test_observables_are_those_of_the_configuration():
    droplet = new_droplet(4)
    advance(droplet, 20)
    rows, cpu = sample(droplet, 1, 0.0)
    assert rows.shape[1] == len(OBSERVED)
    assert cpu > 0.0
    r, x = droplet.state.r, droplet.model.x
    waters = [m for m in range(len(r)) if m != x]
    near = sum(np.linalg.norm(r[m, 0] - r[x, 0]) < droplet.model.shell[0] for m in waters)
    charge = np.array([s.charge for s in droplet.topology.members[waters[0]].molecule.sites])
    dipole = sum(charge @ r[m, :, 2] for m in waters)
    z, energy, coordination, along = rows[-1]
    assert z == r[x, 0, 2]
    assert coordination == near
    assert along == pytest.approx(dipole, abs=1e-5)
    sites = [
        (m, droplet.topology.members[m].molecule.sites[s], r[m, s])
        for m in range(len(r))
        for s in range(len(droplet.topology.members[m].molecule.sites))
    ]
    coulomb = sum(
        COULOMB * a.charge * b.charge / np.linalg.norm(p - q)
        for i, (m, a, p) in enumerate(sites)
        for n, b, q in sites[:i]
        if m != n
    )
    assert abs(energy - coulomb) < 0.5 * abs(coulomb)  # Lennard-Jones and the wall are the rest
    model, state = droplet.model, droplet.state
    lj = 0.0
    for i, (m, _, p) in enumerate(sites):
        for n, _, q in sites[:i]:
            if m != n:
                s = next(k for k in range(3) if np.array_equal(state.r[n, k], q))
                t = next(k for k in range(3) if np.array_equal(state.r[m, k], p))
                mp = state.pair.shape[0]
                a, b = state.lj[model.site_type[m, t], :, s * mp + n]
                d = np.linalg.norm(p - q)
                lj += a / d**12 - b / d**6
    walls = sum(state.one)
    assert energy == pytest.approx(coulomb + lj + walls, abs=0.01)


def test_known_samples_are_drawn_from_their_density():
    samples = known_samples(3, 4_000)
    inner = samples.u[1, :, 1] * samples.beta
    assert np.allclose(inner, IDENTITY * np.sin(samples.z[1]))
    expected = 1.0 / (1.0 + np.exp(inner))
    error = math.sqrt(np.mean(expected * (1.0 - expected)) / expected.size)
    assert abs(samples.identity[1].mean() - expected.mean()) < 4.0 * error
    width = 1.0 / math.sqrt(samples.beta * samples.kappa)
    grid = samples.centers[1] + width * np.linspace(-8.0, 8.0, 4001)
    weight = np.exp(-0.5 * ((grid - samples.centers[1]) / width) ** 2)
    weight *= 1.0 + np.exp(-IDENTITY * np.sin(grid))
    mean = np.average(grid, weights=weight)
    assert abs(samples.z[1].mean() - mean) < 4.0 * width / math.sqrt(samples.z.shape[1])


def test_turns_take_every_thing_as_often():
    calls = {"a": 0, "b": 0}

    def count(name):
        def run(n):
            calls[name] += n
            return sum(range(50 * n))

        return run

    found = by_turns({name: count(name) for name in calls}, 0.001, 4)
    assert [len(times) for times in found.values()] == [4, 4]
    assert all(t > 0.0 for times in found.values() for t in times)
    assert median_ratio([2.0, 4.0, 9.0], [1.0, 1.0, 3.0]) == 3.0


@pytest.mark.parametrize("part", ["scaling", "threads", "estimates", "droplet"])
def test_record_of_a_part(part, monkeypatch):
    module = importlib.import_module("selectivity.api.benchmark")
    monkeypatch.setattr(module, "QUICK", TINY)
    said = []
    record = api.benchmark(quick=True, only=part, notice=said.append)
    assert len(said) == 1
    assert set(PARTS) & set(record) == {part}
    json.dumps(plain(record), allow_nan=False)
    assert {"versions", "platform", "cores", "commit", "date", "quick"} <= set(record)
    lines = list(benchmark_lines(record))
    assert len(lines) > 4
    assert "nan" not in "\n".join(lines[2:])


def test_unknown_part_is_refused():
    with pytest.raises(InputError, match="throughput"):
        api.benchmark(only="everything")


def test_filter_has_its_windows_about_s2():
    spec = effective_module.filter_spec()
    assert len(spec.windows.centers()) == 3
    assert sum(spec.windows.centers()) == pytest.approx(0.0)
