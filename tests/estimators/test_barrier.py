"""Landmarks on profiles whose wells and maxima are known."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.errors import InputError, NotConvergedError
from selectivity.estimators.barrier import (
    Levelling,
    Sites,
    Well,
    interval_bins,
    levelling,
    maximum,
    wells,
)
from selectivity.estimators.profile import ProfileSet, bin_centers

PERIOD = 3.1
SITES = Sites(
    interior=(-3.1, 3.1),
    cages={"S1": 3.1, "S3": -3.1, "S2": 0.0, "S4": -6.2, "S0": 7.0},
    planes={"T75": -4.65, "V76": -1.55, "G77": 1.55, "Y78": 4.65},
)
Z = bin_centers(-5.0, 5.0)


def profiles(w_k: np.ndarray, w_na: np.ndarray | None = None, z: np.ndarray = Z) -> ProfileSet:
    w_na = w_k - 70.0 if w_na is None else w_na
    w = {"K": np.atleast_2d(w_k), "Na": np.atleast_2d(w_na)}
    return ProfileSet(z, w, ("K", "Na"), 310.15, ("K", "Na"), "handmade")


def cosine(z: np.ndarray) -> np.ndarray:
    return 10.0 * (1.0 - np.cos(2.0 * np.pi * z / PERIOD))


class TestSites:
    def test_cages_of_the_interior_from_inside_to_outside(self):
        assert list(SITES.inner_cages()) == ["S3", "S2", "S1"]

    def test_planes_beside_a_cage(self):
        assert SITES.beside(0.0) == ("V76", "G77")
        assert SITES.beside(3.1) == ("G77", "Y78")
        assert SITES.beside(-6.2) is None
        assert SITES.beside(7.0) is None

    def test_plane_to_plane(self):
        assert SITES.plane_to_plane() == (-4.65, 4.65)
        assert Sites((-0.5, 0.5), {}, SITES.planes).plane_to_plane() is None
        assert Sites((-3.1, 7.0), SITES.cages, SITES.planes).plane_to_plane() is None


class TestWells:
    def test_found_where_they_are(self):
        found = wells(profiles(cosine(Z - 0.3)), SITES, "K")
        assert [well.site for well in found] == ["S3", "S2", "S1"]
        np.testing.assert_allclose([well.z for well in found], [-2.8, 0.3, 3.4], atol=0.051)
        assert not any(well.at_centre for well in found)

    def test_a_centre_without_a_well_stands_in_and_is_flagged(self):
        w = np.where(Z > 1.55, 20.0 - 3.0 * (Z - 1.55), cosine(Z))
        found = wells(profiles(w), SITES, "K")
        assert [well.at_centre for well in found] == [False, False, True]
        assert found[2].z == 3.1
        assert found[2].w_kJ_mol == pytest.approx(20.0 - 3.0 * 1.55, abs=1e-6)

    def test_a_lower_slope_at_the_edge_is_no_well(self):
        """A steep tilt makes the end of the stretch the lowest point; the minimum is kept."""
        found = wells(profiles(cosine(Z) + 12.0 * Z), SITES, "K")
        assert not any(well.at_centre for well in found)
        np.testing.assert_allclose(np.diff([well.z for well in found]), PERIOD, atol=0.11)

    def test_only_of_the_ion_that_is_asked(self):
        both = profiles(cosine(Z), cosine(Z - 0.9))
        assert wells(both, SITES, "Na")[1].z == pytest.approx(0.9, abs=0.06)

    def test_no_samples_in_a_cage(self):
        w = np.where(Z > 1.8, np.nan, cosine(Z))
        with pytest.raises(NotConvergedError, match="S1"):
            wells(profiles(w), SITES, "K")


class TestLevelling:
    def test_lines_through_the_nodes_continued(self):
        f = Levelling((-3.0, 0.0, 3.0), (1.0, 4.0, -2.0))
        z = np.array([-4.0, -3.0, -1.5, 0.0, 1.0, 3.0, 5.0])
        np.testing.assert_allclose(f(z), [0.0, 1.0, 2.5, 4.0, 2.0, -2.0, -6.0])

    def test_one_node_and_none(self):
        np.testing.assert_array_equal(Levelling((1.0,), (7.0,))(Z), 7.0)
        np.testing.assert_array_equal(Levelling((), ())(Z), 0.0)

    def test_takes_a_tilt_out(self):
        """A tilt moves every minimum by the same small distance; what is left is periodic."""
        tilted = cosine(Z) + 6.0 * Z
        f = levelling(wells(profiles(tilted), SITES, "K"))
        left = tilted - f(Z)
        peaks = [left[np.abs(Z - c) < 1.0].max() for c in (-4.65, -1.55, 1.55, 4.65)]
        assert np.ptp(peaks) < 0.35

    def test_wells_in_one_place(self):
        with pytest.raises(InputError, match="apart"):
            levelling((Well("S3", 1.0, 0.0, False), Well("S2", 1.0, 0.0, False)))


class TestMaximum:
    def test_found_and_not_at_an_end(self):
        peak = maximum(profiles(cosine(Z) + 2.0 * Z), "K", (-3.1, 3.1))
        assert peak.z == pytest.approx(1.6, abs=0.06)
        assert not peak.at_end

    def test_on_an_end(self):
        assert maximum(profiles(5.0 * Z), "K", (-3.1, 3.1)).at_end
        assert maximum(profiles(-5.0 * Z), "K", (-3.1, 3.1)).at_end

    def test_after_taking_f_away(self):
        w = cosine(Z) + 20.0 * Z
        peak = maximum(profiles(w), "K", (-3.1, 3.1), 20.0 * Z - 4.0 * (Z < 0))
        assert peak.z == pytest.approx(-1.55, abs=0.06)

    def test_pooled_maximum_is_not_that_of_one_noisy_bin(self):
        rng = np.random.default_rng(4)
        rows = cosine(Z) * np.exp(-0.02 * (Z - 1.5) ** 2) + rng.normal(0.0, 3.0, (8, Z.size))
        peak = maximum(profiles(rows, rows - 70.0), "K", (-3.1, 3.1))
        assert peak.z == pytest.approx(1.55, abs=0.3)

    def test_no_samples(self):
        with pytest.raises(NotConvergedError, match="interior"):
            maximum(profiles(np.full(Z.size, np.nan)), "K", (-3.1, 3.1))


class TestInterval:
    def test_lengths_add_up(self):
        lengths = interval_bins(profiles(Z), (-3.13, 2.96))
        assert lengths.sum() == pytest.approx(6.09)
        assert lengths.max() == pytest.approx(0.1)
        whole = interval_bins(profiles(Z), (-5.0, 5.0))
        np.testing.assert_allclose(whole, 0.1)

    @pytest.mark.parametrize("interval", [(-5.2, 3.0), (0.0, 6.0), (1.0, 1.0), (2.0, -2.0)])
    def test_outside_the_windows(self, interval):
        with pytest.raises(InputError, match="interval"):
            interval_bins(profiles(Z), interval)
