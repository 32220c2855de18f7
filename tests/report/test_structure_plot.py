"""The drawing of a filter: everything that it must tell is in it, at its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from selectivity.geometry import load_filter
from selectivity.plotting import BAD
from selectivity.report.structure_plot import structure_figure
from selectivity.report.style import save_figure


@pytest.mark.parametrize("name", ["kcsa", "kcsa_collapsed", "cage_six", "cage_four"])
def test_every_ring_has_a_panel_with_its_distances(name: str) -> None:
    geometry = load_filter(name)
    side, *tops = structure_figure(geometry).axes
    assert len(tops) == len(geometry.rings)
    told = [text.get_text() for text in side.texts]
    for below, above in zip(geometry.rings[:-1], geometry.rings[1:], strict=True):
        assert f"{above.oxygen.z - below.oxygen.z:.2f}" in told
    for ring, top in zip(reversed(geometry.rings), tops, strict=True):
        assert f"{2.0 * ring.oxygen.r:.2f}" in told
        assert top.get_title().startswith(ring.name)
        oxygens = geometry.group_positions(ring)[:, 1, :2]
        drawn = np.array([patch.center for patch in top.patches])
        for oxygen in oxygens:
            assert np.min(np.linalg.norm(drawn - oxygen, axis=1)) < 1e-9
    for cage in geometry.cage_names:
        assert cage in told


def test_turned_carbonyls_stand_out() -> None:
    side = structure_figure(load_filter("kcsa_collapsed")).axes[0]
    red = {text.get_text().split("  ")[0] for text in side.texts if text.get_color() == BAD}
    assert red == {"V76 O", "Y78 O"}


def test_the_same_structure_gives_the_same_file(tmp_path: Path) -> None:
    files = [tmp_path / f"{i}.svg" for i in range(2)]
    for file in files:
        save_figure(structure_figure(load_filter("cage_six")), file)
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size > 2000
