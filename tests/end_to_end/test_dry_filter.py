"""The dry filter at the naive stiffness: two seeds, every plane and cage centre (long)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from selectivity import api
from selectivity.geometry.files import load_filter

DRY = """\
title: dry filter, k = kT/<u^2>
temperature: 310.15 K
forcefield: charmm36
ions: [K, Na]
systems:
  dry:
    kind: filter
    structure: kcsa
    composition: "[X]"
    caps: [0, 0]
    tether: 3.1 kcal/mol/angstrom^2
    reference: bulk
  bulk:
    kind: droplet
    waters: 20
    radius: 5.82 angstrom
    wall: 10 kcal/mol/angstrom^2
    sampling: {production: 4000}
sampling:
  replicas: 8
  equilibration: 1500
  adaptation: 3500
  production: 20000
  stride: 10
  exchange_every: 100
  segments: 1
"""


@pytest.mark.validate
def test_two_seeds_agree_at_every_plane_and_cage_centre(tmp_path: Path) -> None:
    file = tmp_path / "dry.yaml"
    file.write_text(DRY, encoding="utf-8")
    means, errors, seconds = [], [], []
    geometry = load_filter("kcsa")
    for seed in (1, 2):
        folder = api.run(file, tmp_path / f"{seed}.run", [f"sampling.seed={seed}"])
        dry = api.analyse(folder, figures=False).computed["dry"]
        assert dry.profiles is not None
        z = dry.profiles.z
        places = np.array([*geometry.planes.values(), *geometry.cage_centers.values()])
        places = places[(places > z[0]) & (places < z[-1])]
        assert len(places) >= 7
        difference = dry.profiles.difference("K", "Na")
        at = np.array([np.interp(places, z, row) for row in difference])
        means.append(at.mean(axis=0))
        errors.append(at.std(axis=0, ddof=1) / np.sqrt(len(at)))
        seconds.append(sum(s.cpu_seconds for s in dry.stored.replicas))
    within = 4.184 * 0.15
    together = np.hypot(*errors)
    assert np.all(np.array(errors) < within), (errors, seconds)
    # eight replicas a seed: Student's t of the difference stays below 4 at all eight places
    assert np.all(np.abs(means[0] - means[1]) < 4.0 * together), (means, errors, seconds)
