"""One-axis lists become systems, each with the droplet of its own parameter set."""

from collections.abc import Callable

import pytest

from selectivity.config.run_file import RunFile
from selectivity.errors import RunFileError
from selectivity.system.spec import CageSpec, DropletSpec, FilterSpec

Read = Callable[..., RunFile]


def names(run: RunFile) -> list[str]:
    return [spec.name for spec in run.systems]


@pytest.mark.parametrize(
    "written",
    ['["[X]", "[W X W]", "[K W X W]"]', "[[X], [W X W], [K, W, X, W]]"],
    ids=["quoted", "nested"],
)
def test_compositions(resolved: Read, written: str) -> None:
    run = resolved(('"[X]"', written))
    assert names(run) == ["kcsa-X", "kcsa-W-X-W", "kcsa-K-W-X-W", "bulk"]
    texts = [str(s.composition) for s in run.systems if isinstance(s, FilterSpec)]
    assert texts == ["[X]", "[W X W]", "[K W X W]"]
    assert run.references == dict.fromkeys(names(run)[:3], "bulk")
    assert run.headline == "kcsa-X"
    assert set(run.plans) == set(names(run))


@pytest.mark.parametrize(
    "written",
    ['["[gc X gc]", "[gc K gc X gc]"]', "[[gc X gc], [gc, K, gc, X, gc]]"],
    ids=["quoted", "nested"],
)
def test_open_compositions(resolved: Read, written: str) -> None:
    run = resolved(("    interior: [S3, S1]\n", ""), ('"[X]"', written))
    assert names(run) == ["kcsa-gc-X-gc", "kcsa-gc-K-gc-X-gc", "bulk"]
    texts = [str(s.composition) for s in run.systems if isinstance(s, FilterSpec)]
    assert texts == ["[gc X gc]", "[gc K gc X gc]"]


def test_reservoirs(resolved: Read) -> None:
    reservoirs = "reservoir: [bulk, caps, bulk and caps]"
    run = resolved(('"[X]"', "[gc X gc]"), ("caps: [0, 0]", f"caps: [2, 2]\n    {reservoirs}"))
    assert names(run) == ["kcsa-bulk", "kcsa-caps", "kcsa-bulk-and-caps", "bulk"]
    found = [s.reservoir for s in run.systems if isinstance(s, FilterSpec)]
    assert found == ["bulk", "caps", "bulk and caps"]


def test_tethers_and_ligand_electrostatics(resolved: Read) -> None:
    tether = "tether: [from B-factors, 10 kcal/mol/angstrom^2, rigid]"
    run = resolved(("caps: [0, 0]", f"caps: [0, 0]\n    {tether}"))
    assert names(run)[:3] == ["kcsa-from-B-factors", "kcsa-10-kcal-mol-angstrom-2", "kcsa-rigid"]
    run = resolved(("caps: [0, 0]", "caps: [0, 0]\n    ligand_electrostatics: [1, 0.5]"))
    scales = [s.ligand_electrostatics for s in run.systems if isinstance(s, FilterSpec)]
    assert names(run)[:2] == ["kcsa-1", "kcsa-0.5"]
    assert scales == [1.0, 0.5]


def test_waters_of_droplets_and_cages(resolved: Read) -> None:
    cage = "  cage: {kind: cage, carbonyls: 4, waters: [0, 2]}\n  bulk: {"
    run = resolved(("  bulk: {", cage))
    assert [s.n_waters for s in run.systems if isinstance(s, CageSpec)] == [0, 2]
    run = resolved(
        ("waters: 20, radius: 5.82", "waters: [10, 20], radius: 5.82"),
        ("reference: bulk", "reference: bulk-20"),
    )
    assert [s.n_waters for s in run.systems if isinstance(s, DropletSpec)] == [10, 20]
    assert run.references == {"kcsa": "bulk-20"}


def test_a_reference_that_stands_for_several_droplets_is_refused(resolved: Read) -> None:
    with pytest.raises(RunFileError, match=r"stands for 2 droplets; name one: bulk-10, bulk-20"):
        resolved(("waters: 20, radius: 5.82", "waters: [10, 20], radius: 5.82"))


def test_force_fields_bring_their_droplets(resolved: Read) -> None:
    axis = "caps: [0, 0]\n    forcefield: [charmm36, jc-tip3p, jc-spce]"
    run = resolved(("caps: [0, 0]", axis))
    assert names(run) == [
        "kcsa-charmm36",
        "kcsa-jc-tip3p",
        "kcsa-jc-spce",
        "bulk",
        "bulk-jc-tip3p",
        "bulk-jc-spce",
    ]
    assert len(run.references) == 3
    for system, droplet in run.references.items():
        assert run.system(system).forcefield == run.system(droplet).forcefield


def test_only_the_droplets_that_are_needed_are_sampled(resolved: Read) -> None:
    run = resolved(("caps: [0, 0]", "caps: [0, 0]\n    forcefield: [jc-tip3p, jc-spce]"))
    assert names(run)[2:] == ["bulk-jc-tip3p", "bulk-jc-spce"]
    cage = "  cage: {kind: cage, reference: bulk}\n  bulk: {"
    run = resolved(
        ("caps: [0, 0]", "caps: [0, 0]\n    forcefield: [jc-tip3p, jc-spce]"), ("  bulk: {", cage)
    )
    assert names(run)[3:] == ["bulk", "bulk-jc-tip3p", "bulk-jc-spce"]
    assert run.references["cage"] == "bulk"


def test_a_droplet_along_the_same_axis_is_matched_by_parameter_set(resolved: Read) -> None:
    run = resolved(
        ("caps: [0, 0]", "caps: [0, 0]\n    forcefield: [jc-tip3p, jc-spce]"),
        ("kind: droplet", "kind: droplet, forcefield: [jc-spce, jc-tip3p]"),
    )
    assert run.references == {
        "kcsa-jc-tip3p": "bulk-jc-tip3p",
        "kcsa-jc-spce": "bulk-jc-spce",
    }


def test_references_are_never_mixed(resolved: Read) -> None:
    with pytest.raises(RunFileError, match="is a droplet of charmm36, the system is of jc-spce"):
        resolved(("caps: [0, 0]", "caps: [0, 0]\n    forcefield: jc-spce"))


def test_the_headline_of_an_axis_is_one_of_its_systems(resolved: Read) -> None:
    axis = ('"[X]"', '["[X]", "[W X W]"]')
    run = resolved(axis, ("title: small", "headline: kcsa-W-X-W"))
    assert run.headline == "kcsa-W-X-W"
    with pytest.raises(RunFileError, match="stands for 2 systems; name one: kcsa-X, kcsa-W-X-W"):
        resolved(axis, ("title: small", "headline: kcsa"))


def test_a_wrong_item_is_reported_once_where_it_stands(resolved: Read) -> None:
    with pytest.raises(RunFileError) as caught:
        resolved(('"[X]"', '["[X]", "[W W]"]'), ("[S3, S1]", "[S3, S9]"))
    places = [(p.line, p.column, p.key) for p in caught.value.problems]
    assert places == [(9, 26, "systems.kcsa.composition"), (10, 20, "systems.kcsa.interior[1]")]
