"""Sections against the numbers that they are made of."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from selectivity.estimators.weights import all_weights
from selectivity.report.page.diagnostics import OVERLAP_SAMPLES, overlap_matrix
from selectivity.report.page.membrane import membrane_section
from selectivity.report.page.single_file import file_figure, member_places, water_table
from selectivity.report.page.systems import systems_section
from tests.report.report_data import SITES, ratio_record, sampled_profiles, samples


def parts(**changes: object) -> SimpleNamespace:
    """The parts of a filter that these sections read, from exact samples."""
    replicas = tuple(
        replace(s, file_z={"0:K": s.z - 5.0, "2:W": np.full_like(s.z, 3.0)}) for s in samples()
    )
    found = {
        "replicas": replicas,
        "weights": all_weights(replicas),
        "profiles": sampled_profiles(),
        "sites": SITES,
        "composition": "[K X W]",
    }
    return SimpleNamespace(**{**found, **changes})


def test_members_of_the_file_stand_where_the_samples_have_them() -> None:
    made = parts()
    found = member_places(made)
    assert list(found) == [("K", "0:K"), ("K", "2:W"), ("Na", "0:K"), ("Na", "2:W")]
    z, width = made.profiles.z, made.profiles.width
    for (_, member), rows in found.items():
        have = np.isfinite(rows)
        assert have.any(axis=0).mean() > 0.8
        expected = np.broadcast_to(3.0 if member == "2:W" else z - 5.0, rows.shape)
        off = 1e-12 if member == "2:W" else 0.5 * width
        assert np.abs(rows - expected)[have].max() <= off


def test_the_file_in_words_and_columns() -> None:
    figure = file_figure(parts())
    assert figure is not None
    assert "with X = Na⁺ water 3.0 Å" in figure.alt
    assert "with X = K⁺ resident K⁺ −" in figure.alt
    known = [float(x) for x in figure.columns["2_W_while_X_is_K_z_A"] if x != ""]
    assert known == pytest.approx(np.full(len(known), 3.0))
    assert len(known) > 70


def test_an_ion_alone_has_no_rest_of_the_file() -> None:
    assert file_figure(parts(replicas=samples())) is None


def test_the_overlap_matrix_is_one_of_probabilities() -> None:
    made = parts()
    matrix = overlap_matrix(made)
    assert matrix is not None
    windows, n = made.replicas[0].z.shape
    assert n <= OVERLAP_SAMPLES
    assert matrix.shape == (windows, windows)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(windows), abs=1e-6)
    neighbours = np.minimum(np.diag(matrix, 1), np.diag(matrix, -1))
    assert neighbours == pytest.approx(made.profiles.neighbour_overlap.mean(axis=0), abs=0.02)


def test_few_round_trips_of_the_waters_are_marked() -> None:
    one = {"mean": 2.25, "error": 0.125}
    site = {"n_w": {"K": one, "Na": one}, "correlation_sweeps": 120.0, "start_z": -1.25}
    record = {
        "water": {
            "n_w": {"K": None, "Na": None},
            "by_site_of_ion": {
                "S1": {**site, "round_trips": 3},
                "S2": {**site, "round_trips": None},
                "S3": {**site, "round_trips": 1200},
            },
        }
    }
    table = water_table(record)
    assert table is not None
    assert list(table.flags) == [0]
    assert [row[4] for row in table.rows] == ["3", "fixed", "1,200"]
    assert table.rows[0][1] == "2.25 ± 0.12"
    assert water_table({}) is None


def test_every_ratio_stands_beside_its_own_logarithm() -> None:
    record = ratio_record()
    record["ratio"]["plane_to_plane"] = {"value": 88.8, "low": 3.77, "high": 2093.0}
    record["ddg_plane_to_plane_kJ_mol"] = {"value": 13.1, "error": 1.0}  # of binding
    section = systems_section(SimpleNamespace(ratio=record, analysis={"systems": []}))
    assert section is not None
    rows = {row[0]: row for row in section.blocks[0].rows}
    assert "levelled integral, plane to plane" in rows
    thermal = 8.31446261815324e-3 * record["temperature_K"]
    for row in rows.values():
        ratio, kj = (float(row[i].split(" ")[0].replace(",", "")) for i in (1, 4))
        assert kj == pytest.approx(thermal * math.log(ratio), abs=0.03)


def test_the_potential_without_a_leak_follows_the_ratio_too() -> None:
    record = ratio_record()
    section = membrane_section(SimpleNamespace(ratio=record))
    assert section is not None
    columns = section.blocks[0].columns
    ratio, with_leak, without = (
        np.array([float(x) for x in columns[name]])
        for name in ("ratio", "v_rest_mV", "v_rest_no_leak_mV")
    )
    rest = record["membrane"]
    at = np.log(record["ratio"]["integral_levelled"]["value"])
    assert np.interp(at, np.log(ratio), without) == pytest.approx(
        rest["v_rest_no_leak_mV"], abs=0.3
    )
    assert (np.diff(without) < 0.0).all()
    assert (without < with_leak).all()
