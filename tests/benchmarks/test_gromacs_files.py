"""The committed input files of GROMACS are those of the parameters and settings as they are."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.api.benchmark.droplet import KAPPA, droplet_spec
from selectivity.system.build import build_topology
from tests.benchmarks.gromacs_input import BOX, FOLDER, MASSES, SETTINGS, mdp_text, top_text

TOPOLOGY = build_topology(droplet_spec())


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_settings(setting):
    assert (FOLDER / f"{setting.name}.mdp").read_text() == mdp_text(setting)


@pytest.mark.parametrize("masses", MASSES)
def test_topology(masses):
    assert (FOLDER / f"droplet-{masses}.top").read_text() == top_text(TOPOLOGY, KAPPA, masses)
    oxygen, hydrogen = MASSES[masses]
    assert oxygen + 2.0 * hydrogen == pytest.approx(18.0154)


def test_coordinates_are_a_droplet_in_the_middle_of_the_box():
    lines = (FOLDER / "droplet.gro").read_text().splitlines()[2:-1]
    r = np.array([[float(line[20 + 11 * k : 31 + 11 * k]) for k in range(3)] for line in lines])
    assert len(r) == 3 * 64 + 1
    water = r[:-1].reshape(64, 3, 3)
    assert np.allclose(np.linalg.norm(water[:, 1:] - water[:, :1], axis=2), 0.1, atol=3e-6)
    assert np.linalg.norm(water[:, 0] - 0.5 * BOX, axis=1).max() < 0.1 * 7.7 + 0.15
    assert (FOLDER / "centre.gro").read_text().count(f"{0.5 * BOX:11.6f}" * 3) == len(r)
