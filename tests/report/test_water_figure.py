"""The figure of the waters holds what was computed, and draws where nothing fluctuates."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from selectivity.estimators.occupancy import WaterProfile, number_of_waters, water_profile
from selectivity.estimators.profile import profile_set
from selectivity.estimators.starts import ddg_by_start
from selectivity.estimators.turnover import WaterTurnover, water_turnover
from selectivity.estimators.weights import replica_mean
from selectivity.report.figures import save_figure, water_figure
from selectivity.sampling.samples import ReplicaSamples
from selectivity.units import KCAL
from tests.report.report_data import SITES, bulk
from tests.report.water_data import water_profiles, water_samples

pytestmark = pytest.mark.filterwarnings("error")
LEG = bulk().difference("K", "Na")


@pytest.fixture(scope="module")
def water() -> WaterProfile:
    return water_profile(water_samples(), SITES, water_profiles().z)


@pytest.fixture(scope="module")
def turnover() -> WaterTurnover:
    return water_turnover(water_samples())


@pytest.fixture(scope="module")
def figure(water: WaterProfile, turnover: WaterTurnover) -> Figure:
    return water_figure(
        water_samples(), water, turnover, water_profiles(), SITES, LEG, stride=10, title="made-up"
    )


def drawn(replicas: list[ReplicaSamples] | tuple[ReplicaSamples, ...]) -> Figure:
    profiles = profile_set(replicas)
    found = water_profile(replicas, SITES, profiles.z)
    return water_figure(replicas, found, water_turnover(replicas), profiles, SITES, LEG)


def panel(figure: Figure, letter: str) -> Axes:
    (found,) = [ax for ax in figure.axes if ax.get_title(loc="left").startswith(f"({letter})")]
    return found


def line_of(ax: Axes, label: str) -> np.ndarray:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return np.asarray(found.get_ydata(), dtype=float)


@pytest.mark.parametrize(("letter", "ion"), [("a", "K"), ("b", "Na")])
def test_the_map_is_p_of_n(figure: Figure, water: WaterProfile, letter: str, ion: str) -> None:
    ax = panel(figure, letter)
    (mesh,) = [c for c in ax.collections if c.get_array() is not None]
    assert np.allclose(np.asarray(mesh.get_array()), replica_mean(water.p[ion]))
    assert np.array_equal(line_of(ax, "mean"), water.mean(ion))


def test_places_stand_by_stretch(figure: Figure, water: WaterProfile) -> None:
    names = [stretch.name for stretch in water.stretches]
    assert names == ["S4 and beyond", "S3", "S2", "S1", "S0 and beyond"]
    for letter, ion in (("c", "K"), ("d", "Na")):
        for s, name in enumerate(names):
            own = line_of(panel(figure, letter), name)
            assert np.allclose(own, replica_mean(water.occupancy[ion][:, s]))


def test_every_kind_of_start_has_its_curve(figure: Figure) -> None:
    ax = panel(figure, "e")
    means = ddg_by_start(water_profiles(), "K", "Na")[0]
    for (ion, file), mean in means.items():
        assert np.allclose(line_of(ax, f"as {ion}⁺, {file}"), (mean - LEG.value) / KCAL)
    upright = {float(x[0]) for line in ax.lines if np.ptp(x := line.get_xdata()) == 0.0}
    assert {-1.55, 1.55, 0.0} <= upright


def test_traces_are_those_of_the_slowest_window(figure: Figure, turnover: WaterTurnover) -> None:
    ax, k = panel(figure, "f"), turnover.slowest
    assert k is not None
    assert f"{abs(turnover.centers[k]):.2f} Å" in ax.get_title(loc="left")
    traces = [np.asarray(line.get_ydata()) for line in ax.lines if len(line.get_ydata()) > 2]
    assert len(traces) == 4
    assert np.allclose(traces[0], number_of_waters(water_samples()[0])[k])
    texts = [text.get_text() for text in ax.texts]
    assert texts == ["as K⁺, empty", "as Na⁺, empty", "as K⁺, full", "as Na⁺, full"]


def test_turnover_by_window(figure: Figure, turnover: WaterTurnover) -> None:
    times = [line for line in panel(figure, "g").lines if line.get_marker() == "o"]
    assert np.allclose(times[0].get_ydata(), 10 * turnover.inefficiency)
    bars = [bar.get_height() for bar in panel(figure, "h").patches if bar.get_width() < 1.0]
    assert bars == turnover.round_trips[~turnover.fixed].tolist()


def test_long_traces_are_drawn_in_blocks() -> None:
    once = water_samples()[:4]
    long = [
        replace(
            s,
            **{key: np.tile(getattr(s, key), (1, 3)) for key in ("z", "identity", "walker")},
            u=np.tile(s.u, (1, 3, 1)),
            water_z=np.tile(s.water_z, (1, 3, 1)),
        )
        for s in once
    ]
    ax = panel(drawn(long), "f")
    traces = [np.asarray(line.get_ydata()) for line in ax.lines if len(line.get_ydata()) > 2]
    k = water_turnover(long).slowest
    assert traces[0] == pytest.approx(number_of_waters(long[0])[k].reshape(-1, 2).mean(axis=1))


def test_nothing_fluctuates_and_two_replicas(tmp_path: Path) -> None:
    four = water_samples()[:4]
    dry = [replace(s, water_z=np.full_like(s.water_z, np.nan)) for s in four]
    figure = drawn(dry)
    assert "n never changed" in [text.get_text() for text in panel(figure, "g").texts]
    marks = [line for line in panel(figure, "h").lines if line.get_marker() == "x"]
    assert len(marks[0].get_xdata()) == four[0].centers.size
    assert save_figure(figure, tmp_path / "dry.png").stat().st_size > 10_000
    assert len(panel(drawn(four[:2]), "f").texts) == 2
