"""Frames show the samples that they say, and keeping them changes no sample."""

from dataclasses import replace

import numpy as np
import pytest

from selectivity.sampling.checkpoint import resume, snapshot
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.sampling.samples import Frames, ReplicaSamples, concatenate
from selectivity.system.spec import CageSpec, Composition, FilterSpec, Windows
from tests.same_samples import same

CLOSED = FilterSpec(
    "filter",
    "charmm36",
    ("K", "Na"),
    310.15,
    structure="kcsa",
    composition=Composition.parse("[W X]"),
    windows=Windows(0.0, 0.6, 0.3),
    interior=(0.2, 0.4),
    caps=(1, 1),
)
OPEN = replace(CLOSED, name="open", composition=Composition.parse("[gc X gc]"))
PLAN = SamplingPlan(
    seed=5,
    equilibration=60,
    adaptation=80,
    production=300,  # three segments of five rounds
    stride=10,
    exchange_every=20,
    frames_every=45,  # every second round, whatever segment it is in
    segments=3,
)


def run(spec: FilterSpec | CageSpec, plan: SamplingPlan) -> list[ReplicaSamples]:
    """All segments of replica 0, each from the stored state of the one before."""
    replica, parts = new_replica(spec, plan, 0), []
    prepare(replica)
    for _ in range(plan.segments):
        replica = resume(spec, plan, snapshot(replica))
        parts.append(produce(replica))
    return parts


def frames_of(samples: ReplicaSamples) -> Frames:
    """Its frames; there are some."""
    assert samples.frames is not None
    return samples.frames


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("spec", [CLOSED, OPEN, CageSpec("cage", "charmm36", ("K", "Na"), 300.0)])
def test_frames_show_their_samples_and_change_none(spec: FilterSpec | CageSpec) -> None:
    parts = run(spec, PLAN)
    # rounds 2, 4 | 6, 8, 10 | 12, 14 of 15, two samples each; a round's last sample is its state
    assert [frames_of(part).sample.tolist() for part in parts] == [[3, 7], [1, 5, 9], [3, 7]]
    topology = new_replica(spec, PLAN, 0).topology
    first = np.cumsum([0, *(len(m.molecule.sites) for m in topology.members)])
    for part in parts:
        frames = frames_of(part)
        assert frames.r.dtype == np.float32
        assert frames.r.shape == (len(part.centers), len(frames.sample), first[-1], 3)
        x = frames.r[:, :, first[topology.x]]
        np.testing.assert_array_equal(x[..., 2], part.z[:, frames.sample].astype(np.float32))
        assert len(frames.atoms) == len(set(frames.atoms)) == first[-1]
        assert frames.atoms[first[topology.x]] == "I:X1:X"
        there = np.isfinite(frames.r).all(axis=3)
        absent = np.count_nonzero(~there[:, :, first[:-1]], axis=2)
        places = part.water_z.shape[2]
        number = np.isfinite(part.water_z[:, frames.sample]).sum(axis=2)
        np.testing.assert_array_equal(absent, places - number)
    assert (places > 0) == (spec is OPEN)
    without = run(spec, replace(PLAN, frames_every=0))
    for part, other in zip(parts, without, strict=True):
        assert other.frames is None
        same(replace(part, frames=None), other)


def test_frames_stay_with_their_segments() -> None:
    parts = run(CLOSED, PLAN)
    assert concatenate(parts).frames is None


def test_a_plan_names_its_frames() -> None:
    plan = SamplingPlan(exchange_every=20, frames_every=50)
    assert [n for n in range(1, 9) if plan.keeps_frame(n)] == [2, 4, 6, 8]
    assert [n for n in range(1, 4) if replace(plan, frames_every=1).keeps_frame(n)] == [1, 2, 3]
    assert not any(replace(plan, frames_every=0).keeps_frame(n) for n in range(1, 100))
