"""What a run costs: windows, states and moves counted by hand, disk against what is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import pytest

from selectivity.config.check import cost, describe, sample_bytes
from selectivity.config.run_file import RunFile, from_dict
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, produce
from selectivity.storage.encode import write_samples
from selectivity.storage.folder import open_folder
from selectivity.system.build import build_topology
from selectivity.system.spec import (
    CageSpec,
    Composition,
    DropletSpec,
    FilterSpec,
    SystemSpec,
    Windows,
)

Read = Callable[..., RunFile]
SHARED = ("charmm36", ("K", "Na"), 310.15)
CLOSED = FilterSpec(
    "file",
    *SHARED,
    structure="kcsa",
    composition=Composition.parse("[K W X W]"),
    windows=Windows(0.0, 0.6),
    interior=(0.2, 0.4),
    caps=(2, 2),
)
OPEN = replace(CLOSED, composition=Composition.parse("[gc K gc X gc]"))


def test_cost(resolved: Read) -> None:
    described = describe(resolved(("[S3, S1]", "[-3 angstrom, 3 angstrom]")))
    kcsa, bulk = described.systems
    # windows from 0.3 Å below T75 O to 0.3 Å above Y78 O, by at most 0.3 Å; ladder K to Na in 5
    # steps; 5 rings of 4 and X
    assert (kcsa.windows, kcsa.identities, kcsa.molecules, kcsa.mobile) == (34, 6, 21, 21)
    assert (bulk.windows, bulk.identities, bulk.molecules, bulk.mobile) == (1, 6, 21, 20)
    # 2000 sweeps without trajectories and 4400 with one in ten, of 20 steps and their start, each
    # of which takes 0.7 of the time of a sweep
    sweeps = 2000 + 4400 * (0.9 + 0.1 * 0.7 * 21)
    assert kcsa.moves == pytest.approx(34 * 2 * sweeps * 21, abs=0.5)
    assert bulk.moves == pytest.approx(1 * 2 * sweeps * 20, abs=0.5)
    assert (kcsa.trajectories, bulk.trajectories) == (34 * 2 * 440, 2 * 440)
    assert described.moves == kcsa.moves + bulk.moves
    assert kcsa.samples == 34 * 2 * 40
    assert kcsa.disk_bytes > 7 * kcsa.samples * 5
    assert described.references == {"kcsa": "bulk"}


def test_moves_without_trajectories(resolved: Read) -> None:
    run = resolved(("segments: 4", "segments: 4, trajectory_every: 0"))
    kcsa = describe(run).systems[0]
    assert kcsa.moves == 34 * 2 * (2000 + 4000 + 400) * 21
    assert kcsa.trajectories == 0


def test_a_rigid_cage_moves_the_ion_alone(resolved: Read) -> None:
    run = resolved(("caps: [0, 0]", "caps: [0, 0]\n    tether: rigid"))
    assert describe(run).systems[0].mobile == 1


@pytest.mark.parametrize(
    "spec",
    [CLOSED, OPEN, CageSpec("cage", *SHARED), DropletSpec("drop", *SHARED, n_waters=4, radius=4.0)],
    ids=["closed", "open", "cage", "droplet"],
)
def test_the_bytes_of_a_sample_are_those_that_are_stored(spec: SystemSpec) -> None:
    plan = SamplingPlan(equilibration=0, adaptation=20, production=40, segments=1)
    samples = produce(new_replica(spec, plan, 0))
    found = 0

    def add(name: str, item: h5py.Dataset | h5py.Group) -> None:
        nonlocal found
        if isinstance(item, h5py.Dataset) and "sample" in [dim.label for dim in item.dims]:
            found += item.nbytes

    with h5py.File("samples", "w", driver="core", backing_store=False) as file:
        write_samples(file, samples)
        file.visititems(add)
    assert samples.z.size > 0
    assert found == samples.z.size * sample_bytes(build_topology(spec, plan.states_per_gap))


def test_the_disk_is_what_a_run_takes(finished_run: Path) -> None:
    folder = open_folder(finished_run)
    run_file = from_dict(folder.resolved())
    for spec in run_file.systems:
        files = (finished_run / "segments" / spec.name).rglob("*.h5")
        stored = sum(path.stat().st_size for path in files)
        assert 0.9 < cost(spec, run_file.plans[spec.name]).disk_bytes / stored < 1.1


def test_an_open_file_says_where_its_water_comes_from() -> None:
    plan = SamplingPlan()
    assert cost(CLOSED, plan).water is None
    assert cost(OPEN, plan).water == "liquid water"
    assert cost(replace(OPEN, reservoir="caps"), plan).water == "the caps"
    both = cost(replace(OPEN, reservoir="bulk and caps"), plan).water
    assert both == "liquid water, which fills the caps too"


def test_places_for_waters_are_stored_and_moved() -> None:
    plan = SamplingPlan()
    without = replace(OPEN, composition=Composition.parse("[K X]"))
    places = cost(OPEN, plan).mobile - cost(without, plan).mobile
    assert places > 0
    topologies = [build_topology(spec, plan.states_per_gap) for spec in (OPEN, without)]
    assert sample_bytes(topologies[0]) - sample_bytes(topologies[1]) == 4 * places
