"""Where samples remember their start: a resident ion that stands elsewhere is found."""

from __future__ import annotations

import numpy as np
import pytest

from selectivity.estimators.convergence import verdict
from selectivity.estimators.memory import disagreements
from selectivity.sampling.samples import ReplicaSamples

CENTERS = np.linspace(-2.0, 2.0, 9)
FILES = ("near", "near", "far", "far") * 2


def replicas(shift: float, seed: int = 3) -> list[ReplicaSamples]:
    """Eight replicas; the resident of those started far stands ``shift`` Å higher in one window."""
    rng = np.random.default_rng(seed)
    found = []
    for number, file in enumerate(FILES):
        z = rng.normal(CENTERS[:, None], 0.2, (CENTERS.size, 50))
        resident = -6.0 + rng.normal(0.0, 0.3, z.shape) + rng.normal(0.0, 0.1, (CENTERS.size, 1))
        resident[4] += shift * (file == "far")
        zeros = np.zeros(z.shape)
        found.append(
            ReplicaSamples(
                "filter", number, ("K", "Na")[number % 2], 0.4, CENTERS, 80.0, ("K", "Na"), z,
                np.zeros((*z.shape, 2)), zeros.astype(int), np.zeros((CENTERS.size, 2)),
                zeros.astype(int), file_z={"0:K": resident, "1:W": resident + 3.0},
                start_file=file,
            )
        )  # fmt: skip
    return found


@pytest.mark.parametrize("seed", range(5))
def test_the_same_place_is_left_alone(seed):
    (found,) = disagreements(replicas(0.0, seed), ("K", "Na"), None, None, None)
    assert found.field == "resident"
    assert found.worst.p > 1e-3


@pytest.mark.parametrize("shift", [1.5, -1.5])
def test_another_place_is_found_where_it_is(shift):
    """Eight replicas, scatter of a mean 0.11 Å: 1.5 Å are about 19 standard errors."""
    (found,) = disagreements(replicas(shift), ("K", "Na"), None, None, None)
    assert found.worst.p < 1e-3
    assert found.worst.at == CENTERS[4]
    assert found.worst.difference == pytest.approx(shift, abs=0.3)
    text = found.warning()
    assert text.startswith("mean places of the K+ at place 0 of files started near and far differ")
    assert "Å (" in text


def test_it_warns_and_refuses_nothing():
    """The ratio is compared between the same starts; this tells what it is conditional on."""
    found = verdict(replicas(1.5), np.arange(8) % 3 * 1.0)
    assert not [text for text in found.reasons if "mean places" in text]
    assert [text for text in found.warnings if "mean places" in text]
    assert found.resident_p < 1e-3
    assert found.resident_z_at == CENTERS[4]


def test_waters_of_the_file_are_not_asked():
    found = disagreements(replicas(1.5), ("K", "Na"), None, None, None)
    assert [d.field for d in found] == ["resident"]
