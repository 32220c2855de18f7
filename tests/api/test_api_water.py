"""What ``analyse`` says of a file that is open to water: record, page, figure and verdict."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from selectivity.api.analysis import system_dict
from selectivity.api.compute import Computed, compute
from selectivity.api.pictures import write_figures
from selectivity.api.ratios import filter_dict
from selectivity.api.stored import StoredSystem
from selectivity.estimators.weights import replica_mean
from selectivity.report.console import analysis_text
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.samples import ReplicaSamples
from selectivity.system.spec import Composition, DropletSpec, FilterSpec, Windows
from tests.report.water_data import CENTERS, droplet_samples, water_samples

STRIDE = 10
IONS = ("K", "Na")


def stored_run(
    composition: str, replicas: tuple[ReplicaSamples, ...], results: Path | None = None
) -> Any:
    """A stored run of one filter of KcsA with its droplet."""
    filter_ = FilterSpec(
        name="made-up",
        forcefield="charmm36",
        ions=IONS,
        temperature_K=310.15,
        structure="kcsa",
        composition=Composition.parse(composition),
        windows=Windows(-4.5, 4.5),
        interior=(-3.1, 3.1),
        reference="bulk",
    )
    droplet = DropletSpec("bulk", "charmm36", IONS, 310.15)
    run_file = SimpleNamespace(
        pair=IONS,
        references={"made-up": "bulk"},
        plans={name: SamplingPlan(stride=STRIDE) for name in ("made-up", "bulk")},
        headline=None,
        title="made-up",
    )
    return SimpleNamespace(
        run_file=run_file,
        systems={
            "made-up": StoredSystem(filter_, replicas),
            "bulk": StoredSystem(droplet, droplet_samples()),
        },
        folder=SimpleNamespace(results_path=lambda name: results / name if results else None),
    )


@pytest.fixture(scope="module")
def computed() -> dict[str, Computed]:
    return compute(stored_run("[gc X gc]", water_samples()))


@pytest.fixture(scope="module")
def record(computed: dict[str, Computed]) -> dict[str, Any]:
    text = json.dumps(system_dict("made-up", computed["made-up"]), allow_nan=False)
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_record_holds_the_numbers(
    computed: dict[str, Computed], record: dict[str, Any]
) -> None:
    c, water = computed["made-up"], record["water"]
    assert water["z_A"] == record["profile"]["z_A"]
    assert water["numbers"] == [0, 1, 2, 3]
    p = np.array(water["p_n_w"]["K"]["mean"], dtype=float)
    assert p.shape == (4, len(water["z_A"]))
    assert np.allclose(np.nansum(p, axis=0), 1.0)
    assert np.allclose(p, replica_mean(c.water.p["K"]))
    assert water["n_w"]["Na"]["error"] == pytest.approx(c.water.error("Na").tolist())
    places = water["site_occupancy"]
    assert list(places) == ["below T75 OG1", "S4", "S3", "S2", "S1", "S0 and beyond"]
    assert (places["S2"]["from_A"], places["S2"]["to_A"]) == (-1.496, 1.496)
    assert places["S0 and beyond"]["to_A"] is None
    total = sum(np.array(place["Na"]["mean"]) for place in places.values())
    assert np.allclose(total, water["n_w"]["Na"]["mean"])


def test_turnover_is_in_sweeps_and_by_window(
    computed: dict[str, Computed], record: dict[str, Any]
) -> None:
    turnover, water = computed["made-up"].turnover, record["water"]
    assert turnover is not None
    windows = water["windows"]
    assert windows["z_A"] == CENTERS.tolist()
    assert windows["correlation_sweeps"] == pytest.approx((STRIDE * turnover.inefficiency).tolist())
    assert windows["round_trips"] == turnover.round_trips.tolist()
    assert windows["extremes"][0] == [turnover.lowest[0], turnover.highest[0]]
    assert water["effective_samples"] == pytest.approx(turnover.effective.sum())
    assert water["walkers"]["extremes"] == list(turnover.walker_extremes)
    assert record["diagnostics"]["water_round_trips"] == turnover.round_trips.min()
    slowest = record["diagnostics"]["water_round_trips_at"]
    assert abs(slowest) < 0.5  # where waters seldom come and go


def test_sites_of_the_ion_sum_up_their_windows(record: dict[str, Any]) -> None:
    water = record["water"]
    sites = water["by_site_of_ion"]
    assert list(sites) == ["S3", "S2", "S1"]
    assert sum(site["windows"] for site in sites.values()) == CENTERS.size
    assert sites["S2"]["round_trips"] == min(water["windows"]["round_trips"])
    assert sites["S2"]["correlation_sweeps"] == max(water["windows"]["correlation_sweeps"])
    gap = sites["S2"]["n_w"]["Na"]["mean"] - sites["S2"]["n_w"]["K"]["mean"]
    assert gap > 0.4
    starts = [*water["starts"]["n_w"]["ion"]["z"], *water["starts"]["n_w"]["file"]["z"]]
    assert max(abs(s["start_z"]) for s in sites.values()) == max(map(abs, starts))


def test_starts_are_compared_by_ion_and_by_file(
    computed: dict[str, Computed], record: dict[str, Any]
) -> None:
    starts = record["water"]["starts"]
    assert starts["kinds"] == {"ion": ["K", "Na"], "file": ["empty", "full"]}
    profiles, verdict = computed["made-up"].profiles, computed["made-up"].verdict
    assert profiles is not None
    rows = profiles.difference("K", "Na")
    full = np.array([f == "full" for f in profiles.start_files])
    difference = rows[full].mean(axis=0) - rows[~full].mean(axis=0)
    assert starts["ddg"]["file"]["difference"] == pytest.approx(difference.tolist())
    chances = [starts["n_w"][kind]["worst_p"] for kind in ("ion", "file")]
    assert min(chances) == pytest.approx(verdict.water_p)


def test_the_page_has_one_row_a_site(record: dict[str, Any]) -> None:
    page = analysis_text({"systems": [record], "converged": record["converged"]})
    assert max(map(len, page.splitlines())) <= 80
    row = next(row for row in page.splitlines() if row.startswith("S2 "))
    site = record["water"]["by_site_of_ion"]["S2"]
    for ion in IONS:
        assert f"{site['n_w'][ion]['mean']:.2f} +- {site['n_w'][ion]['error']:.2f}" in row
    assert f"{site['correlation_sweeps']:,.0f}" in row
    assert row.split()[-2:] == [str(site["round_trips"]), f"{site['start_z']:.1f}"]
    assert "Water in the file of made-up" in page


def test_a_fixed_site_and_a_start_without_scatter(record: dict[str, Any]) -> None:
    sites = {name: dict(site) for name, site in record["water"]["by_site_of_ion"].items()}
    sites["S3"] |= {"round_trips": None, "correlation_sweeps": None, "start_z": -999.0}
    changed = {**record, "water": {**record["water"], "by_site_of_ion": sites}}
    page = analysis_text({"systems": [changed], "converged": False})
    row = next(row for row in page.splitlines() if row.startswith("S3 "))
    assert row.split()[-4:] == ["-", "fixed", ">", "99"]


def test_the_ratio_says_why_it_may_not_be_used(computed: dict[str, Computed]) -> None:
    c = computed["made-up"]
    said = filter_dict(c)
    assert said["composition"] == "[gc X gc]"
    assert any("round trips of the number of waters" in text for text in said["warnings"])
    stuck = tuple(
        replace(s, water_z=np.full_like(s.water_z, np.nan)) if s.start_file == "empty" else s
        for s in water_samples()
    )
    refused = filter_dict(compute(stored_run("[gc X gc]", stuck))["made-up"])
    assert not refused["converged"]
    assert any("files started empty and full differ" in text for text in refused["reasons"])


def test_a_shut_file_has_no_waters(computed: dict[str, Computed]) -> None:
    shut = tuple(replace(s, water_z=np.zeros((0, 0, 0), np.float32)) for s in water_samples())
    c = compute(stored_run("[X]", shut))["made-up"]
    assert c.turnover is None
    plain = system_dict("made-up", c)
    assert "water" not in plain
    assert plain["diagnostics"]["water_round_trips"] is None
    assert plain["profile"] == system_dict("made-up", computed["made-up"])["profile"]
    assert "Water in the file" not in analysis_text({"systems": [plain], "converged": True})


def test_figures_of_an_open_file(computed: dict[str, Computed], tmp_path: Path) -> None:
    run = stored_run("[gc X gc]", water_samples(), tmp_path)
    written = write_figures(run, computed)
    names = sorted(path.name for path in written)
    assert names == [
        "bulk-diagnostics.png",
        "made-up-diagnostics.png",
        "made-up-profile.png",
        "made-up-water.png",
    ]
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in written)
