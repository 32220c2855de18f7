"""Figures hold the data that they were given; they draw without a warning."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from report_data import (
    SITES,
    bulk,
    profiles,
    ratio_record,
    result,
    sampled_profiles,
    samples,
)

from selectivity.errors import InputError
from selectivity.estimators.convergence import window_round_trips
from selectivity.estimators.hydration import coordination_profile
from selectivity.permeation.measured import measurements
from selectivity.permeation.ratio import ratio
from selectivity.records import Estimate
from selectivity.report import style
from selectivity.report.compositions_plot import row_labels
from selectivity.report.diagnostics_plot import ladder_colour
from selectivity.report.figures import (
    compositions_figure,
    diagnostics_figure,
    identity_figure,
    profile_figure,
    save_figure,
)
from selectivity.report.running import Running
from selectivity.units import KCAL

pytestmark = pytest.mark.filterwarnings("error")


def line_of(ax: Axes, label: str) -> np.ndarray:
    """y of the line with a label."""
    found = [line for line in ax.lines if line.get_label() == label]
    assert len(found) == 1, [line.get_label() for line in ax.lines]
    return np.asarray(found[0].get_ydata(), dtype=float)


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def size(path: Path) -> int:
    return path.stat().st_size


@pytest.fixture(scope="module")
def two() -> Figure:
    return profile_figure(profiles(), SITES, bulk(), result(), "made-up [K W X W]")


def test_profiles_stand_against_their_own_bulk(two: Figure) -> None:
    upper, levelled, lower = two.axes
    p, leg = profiles(), bulk().difference("K", "Na")
    assert np.allclose(line_of(upper, "K⁺"), p.mean("K") / KCAL)
    assert np.allclose(line_of(upper, "Na⁺"), (p.mean("Na") - leg.value) / KCAL)
    f = result().levelling(p.z)
    assert np.allclose(line_of(levelled, "Na⁺"), (p.mean("Na") - leg.value - f) / KCAL)
    ddg = (p.difference_mean("K", "Na") - leg.value) / KCAL
    assert np.allclose(line_of(lower, "_Na against K"), ddg)


def test_the_band_is_the_interval_of_student(two: Figure) -> None:
    p, leg = profiles(), bulk().difference("K", "Na")
    band = next(c for c in two.axes[-1].collections if len(c.get_paths()[0].vertices) > 100)
    vertices = band.get_paths()[0].vertices
    at = 40
    y = vertices[np.isclose(vertices[:, 0], p.z[at])][:, 1]
    row = p.difference("K", "Na")[:, at]
    expected = Estimate.from_replicas(row) - leg
    assert y.max() - y.min() == pytest.approx(2.0 * expected.half_width() / KCAL, rel=1e-9)


def test_planes_cages_and_the_interior_are_marked(two: Figure) -> None:
    upper = two.axes[0]
    assert texts(upper) == ["V76 O", "G77 O", "S3", "S2", "S1"]
    upright = {float(x[0]) for line in upper.lines if np.ptp(x := line.get_xdata()) == 0.0}
    assert {-1.55, 1.55, -3.1, 0.0, 3.1} <= upright
    shaded = upper.patches[0].get_extents().transformed(upper.transData.inverted())
    assert (shaded.x0, shaded.x1) == pytest.approx(SITES.interior)


def test_the_headline_stands_over_the_interior(two: Figure) -> None:
    e = result().ddg_integral
    label = f"RT ln ratio = {e.value / KCAL:.2f} ± {e.half_width() / KCAL:.2f} kcal/mol (95 %)"
    drawn = [c for c in two.axes[-1].collections if c.get_label() == label]
    assert len(drawn) == 1
    segment = drawn[0].get_segments()[0]
    assert segment[:, 0].tolist() == list(SITES.interior)
    assert segment[:, 1] == pytest.approx(e.value / KCAL)
    names = [text.get_text() for text in two.legends[0].get_texts()]
    assert names == ["K⁺", "Na⁺", "f(z) through the wells of K⁺", label]


def test_the_right_axis_is_in_kj(two: Figure) -> None:
    two.canvas.draw()
    ax = two.axes[0]
    right = ax.child_axes[0]
    assert right.get_ylabel() == "kJ/mol"
    assert right.get_ylim() == pytest.approx(tuple(KCAL * y for y in ax.get_ylim()))


def test_climbs_beyond_the_interior_do_not_set_the_frame() -> None:
    p = profiles()
    steep = 600.0 * np.maximum(np.abs(p.z) - 3.8, 0.0)
    climbing = replace(p, w={ion: w + steep for ion, w in p.w.items()})
    plain = profile_figure(p, SITES, bulk()).axes[0]
    ax = profile_figure(climbing, SITES, bulk()).axes[0]
    assert ax.get_ylim() == pytest.approx(plain.get_ylim(), rel=0.05)
    heads = [line for line in ax.lines if line.get_marker() == "^"]
    assert len(heads) == 4  # two ions, both ends
    assert all(line.get_ydata()[0] == ax.get_ylim()[1] for line in heads)
    assert all(abs(line.get_xdata()[0]) > 3.8 for line in heads)


def test_five_ions_gaps_and_one_replica(tmp_path: Path) -> None:
    five = ("K", "Na", "Li", "Rb", "Cs")
    p = profiles(five)
    figure = profile_figure(p, SITES, bulk(five), result(p))
    curves = [line.get_label() for line in figure.axes[-1].lines]
    assert [f"_{ion} against K" for ion in five[1:]] == [c for c in curves if "against" in c]
    assert size(save_figure(figure, tmp_path / "five.png")) > 10_000
    alone = profiles(replicas=1)
    alone.w["Na"][:, 60:63] = np.nan
    figure = profile_figure(alone, SITES, bulk(), result(alone))
    assert np.isnan(line_of(figure.axes[0], "Na⁺")[60:63]).all()
    assert size(save_figure(figure, tmp_path / "one.svg")) > 10_000


@pytest.fixture(scope="module")
def diagnostics() -> Figure:
    p = sampled_profiles()
    found = ratio(p, bulk().difference("K", "Na"), SITES)
    running = Running(np.array([0.1, 0.5, 1.0]), np.array([np.nan, 12.0, 12.6]), np.ones(3) * 0.4)
    shells = coordination_profile(samples())
    return diagnostics_figure(samples(), p, found, running, shells, SITES, "made-up")


def test_diagnostics_hold_what_was_sampled(diagnostics: Figure) -> None:
    windows, neighbours, shares, trips, by_start, running, shells = diagnostics.axes
    assert len(windows.lines) == samples()[0].centers.size
    density = windows.lines[15].get_ydata()
    step = np.diff(windows.lines[15].get_xdata()).mean()
    assert np.sum(density) * step == pytest.approx(1.0, rel=0.02)
    assert line_of(neighbours, "exchange") == pytest.approx(0.25)
    overlap = sampled_profiles().neighbour_overlap
    assert np.allclose(line_of(neighbours, "overlap, mean"), overlap.mean(axis=0))
    heights = [bar.get_height() for bar in trips.patches]
    assert heights == window_round_trips(samples(), "K", "Na").tolist()
    assert len(shares.collections) == 3
    assert line_of(running, "all samples")[0] == pytest.approx(line_of(by_start, "mean")[0])
    assert line_of(shells, "K⁺, water") == pytest.approx(1.0)
    assert line_of(shells, "Na⁺, ligand")[20] == pytest.approx(6.0)


def test_replicas_stand_by_their_start(diagnostics: Figure) -> None:
    ax = diagnostics.axes[4]
    found = ratio(sampled_profiles(), bulk().difference("K", "Na"), SITES)
    assert np.allclose(line_of(ax, "K⁺ start"), found.per_replica[0::2] / KCAL)
    assert np.allclose(line_of(ax, "Na⁺ start"), found.per_replica[1::2] / KCAL)
    assert "starts differ by" in ax.get_title(loc="left")


def test_too_few_round_trips_are_red() -> None:
    p = sampled_profiles()
    found = ratio(p, bulk().difference("K", "Na"), SITES)
    stuck = [replace(s, identity=np.zeros_like(s.identity)) for s in samples()]
    one = Running(np.array([1.0]), np.array([12.0]), np.array([0.5]))
    ax = diagnostics_figure(stuck, p, found, one).axes[3]
    good = diagnostics_figure(samples(), p, found, one).axes[3]
    colours = {bar.get_facecolor() for bar in ax.patches}
    assert len(colours) == 1
    assert colours.isdisjoint({bar.get_facecolor() for bar in good.patches})


def test_a_droplet_shows_its_ladder_and_legs(tmp_path: Path) -> None:
    droplet = [
        replace(s, z=s.z[:1], u=s.u[:1], identity=s.identity[:1], kappa=0.0) for s in samples()
    ]
    values = np.array([-78.0, -78.4, -78.1, -77.9])
    figure = identity_figure(droplet, values, ("K", "Na"), "bulk")
    shares = [bar.get_height() for bar in figure.axes[0].patches]
    pooled = np.concatenate([s.identity[0] for s in droplet])
    assert shares == pytest.approx(np.bincount(pooled, minlength=3) / pooled.size)
    assert np.allclose(line_of(figure.axes[2], "K⁺ start"), values[0::2] / KCAL)
    assert size(save_figure(figure, tmp_path / "bulk.pdf")) > 5_000
    stuck = [replace(s, identity=np.zeros_like(s.identity)) for s in droplet]
    assert identity_figure(stuck, values, ("K", "Na")).axes[1].get_ylim() == (0.0, 1.1)


def test_ladder_states_are_paler_mixtures_of_their_ions() -> None:
    k, middle, na = (np.array(ladder_colour(x)) for x in ("K", "K:0.50:Na", "Na"))
    assert middle == pytest.approx(0.5 + 0.25 * (k + na))


def rows() -> list[dict]:
    first = ratio_record(system="a", composition="[X]")
    open_end = ratio_record(system="b", composition="[K W X W]", converged=False)
    open_end["ratio"] = {
        **first["ratio"],
        "integral_levelled": {"value": 310.0, "low": 0.0, "high": None},
        "bounds": {"low": 0.5, "high": None},
    }
    return [first, open_end]


def test_compositions_are_rows_on_a_log_axis(tmp_path: Path) -> None:
    measured = measurements("K", "Na", "KcsA")
    figure = compositions_figure(rows(), measured, "by composition")
    ax = figure.axes[0]
    assert ax.get_xscale() == "log"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["[X]", "[K W X W]"]
    points = [line for line in ax.lines if line.get_marker() == "o"]
    assert points[0].get_xdata()[0] == result().integral_levelled.value
    assert points[1].get_xdata()[0] == 310.0
    assert points[0].get_markerfacecolor() != "white"
    assert points[1].get_markerfacecolor() == "white"
    assert "310 (no interval)\nnot converged" in texts(ax)
    assert "KcsA > 150" in texts(ax)
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first system stands on top
    assert size(save_figure(figure, tmp_path / "rows.png")) > 5_000


def test_rows_are_named_by_what_differs() -> None:
    stiff = {"mode": "uniform", "k_kJ_mol_A2": 13.0, "scale": 1.0}
    both = [ratio_record(system="a"), ratio_record(system="b", tether=stiff)]
    assert row_labels(both) == [
        "[K W X W], tethers from B-factors",
        "[K W X W], tethers 3.11 kcal/mol/Å²",
    ]
    assert row_labels([ratio_record(system="a"), ratio_record(system="b")]) == ["a", "b"]
    kinds = ("[X]", "[gc X gc]", "[K gc X gc]")
    assert row_labels([ratio_record(composition=c) for c in kinds]) == list(kinds)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(InputError, match="at least one system"):
        compositions_figure([])
    with pytest.raises(InputError, match="one pair"):
        compositions_figure([ratio_record(), ratio_record(ions=["K", "Rb"])])
    none = ratio_record()
    empty = {"value": None, "low": 0.0, "high": None}
    none["ratio"] = {**none["ratio"], "integral_levelled": empty, "barrier_levelled": empty}
    with pytest.raises(InputError, match="finite"):
        compositions_figure([none])


def test_files_are_reproducible_and_other_formats_are_refused(two: Figure, tmp_path: Path) -> None:
    for suffix in (".pdf", ".svg", ".png"):
        first = save_figure(two, tmp_path / f"a{suffix}").read_bytes()
        assert save_figure(two, tmp_path / f"b{suffix}").read_bytes() == first
    assert b"\x89PNG" in (tmp_path / "a.png").read_bytes()[:8]
    with pytest.raises(InputError, match=r"\.png, \.pdf, \.svg"):
        save_figure(two, tmp_path / "a.jpg")


def test_pyplot_stays_out() -> None:
    code = (
        "import sys; sys.path.insert(0, 'tests/report'); import report_data as r;"
        "from selectivity.report.figures import profile_figure;"
        "profile_figure(r.profiles(), r.SITES, r.bulk(), r.result());"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    assert out.stdout.strip() == "False"


@pytest.mark.filterwarnings("error")
def test_signs_that_the_font_has_not_are_no_warning_on_the_screen(tmp_path: Path) -> None:
    figure = style.new_figure(2.0, 2.0, "鉀")
    figure.subplots()
    assert save_figure(figure, tmp_path / "sign.png").is_file()
