"""What a right run file resolves to: records in internal units, nothing left to default."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from selectivity import resources
from selectivity.config.load import load, load_text
from selectivity.config.run_file import RunFile, from_dict
from selectivity.errors import RunFileError
from selectivity.geometry.files import load_filter, write_toml
from selectivity.sampling.plan import SamplingPlan
from selectivity.system.spec import (
    CageSpec,
    Composition,
    DropletSpec,
    FilterSpec,
    Tether,
    Windows,
)

RUNS = sorted(resources.folder("runs").glob("*.yaml"))
Read = Callable[..., RunFile]


def test_a_filter_and_its_droplet() -> None:
    run = load(resources.folder("runs") / "quickstart.yaml")
    geometry = load_filter("kcsa")
    assert run.system("kcsa") == FilterSpec(
        name="kcsa",
        forcefield="charmm36",
        ions=("K", "Na"),
        temperature_K=310.15,
        structure="kcsa",
        composition=Composition(("K", "W", "X", "W")),
        windows=Windows(geometry.planes["V76 O"] - 0.3, geometry.planes["Y78 O"] + 0.3, 0.3, 83.68),
        interior=(geometry.sites["S2"], geometry.sites["S1"]),
        caps=(6, 6),
        tether=Tether(),
        k_theta=83.68,
        reference="bulk",
    )
    assert run.system("bulk") == DropletSpec(
        "bulk", "charmm36", ("K", "Na"), 310.15, 64, 7.7, 41.84
    )
    assert run.references["kcsa"] == "bulk"
    assert run.references["amber"] == "bulk-amber"
    assert run.headline == "kcsa"
    assert run.pair == ("K", "Na")
    assert run.membrane is not None
    assert run.membrane.inside_mM == {"K": 140.0, "Na": 15.0, "Cl": 10.0, "Ca": 1e-4}
    assert run.membrane.permeability == {"K": 1.0, "Na": 0.04, "Cl": 0.45}
    assert "Hodgkin" in run.membrane.source


def test_noskovs_two_cages() -> None:
    run = load(resources.folder("runs") / "noskov_cage.yaml")
    base, without = run.systems[:2]
    assert base == CageSpec(
        "cage", "charmm36", ("K", "Na"), 300.0, 8, 0, 3.5, 2092.0, 1.0, None, "bulk"
    )
    assert isinstance(without, CageSpec)
    assert without.ligand_electrostatics == 0.0
    assert run.headline is None


@pytest.mark.parametrize("path", RUNS, ids=lambda p: p.stem)
def test_shipped_run_files_load(path: Path) -> None:
    run = load(path)
    assert set(run.plans) == {spec.name for spec in run.systems}
    assert {spec.kind for spec in run.systems if spec.name in run.references.values()} <= {
        "droplet"
    }
    head = path.read_text(encoding="utf-8").splitlines()[0]
    assert head.startswith("# ")
    for spec in run.systems:
        if isinstance(spec, FilterSpec):
            assert spec.windows.lower <= spec.interior[0] - 1.0
            assert spec.windows.upper >= spec.interior[1] + 1.0
            assert run.system(run.references[spec.name]).forcefield == spec.forcefield


@pytest.mark.parametrize(
    ("composition", "ends"),
    [
        ("[X]", "S3 S1"),
        ("[W X W]", "S3 S1"),
        ("[K X]", "S3 S1"),
        ("[K W X W]", "S2 S1"),
        ("[gc X gc]", "S3 S1"),
        ("[gc K X]", "S3 S1"),
        ("[K gc X gc]", "S2 S1"),
        ("[gc K gc X gc]", "S2 S1"),
    ],
)
def test_the_interior_left_out_is_what_the_composition_leaves_to_x(
    resolved: Read, composition: str, ends: str
) -> None:
    run = resolved(("    interior: [S3, S1]\n", ""), ('"[X]"', f'"{composition}"'))
    spec = run.system("kcsa")
    sites = load_filter("kcsa").sites
    assert isinstance(spec, FilterSpec)
    assert spec.interior == tuple(sites[name] for name in ends.split())


def test_windows_left_out_reach_beyond_the_interior_and_its_planes(resolved: Read) -> None:
    planes = load_filter("kcsa").planes
    spec = resolved(("[S3, S1]", "[-3 angstrom, 0.3 nm]")).system("kcsa")
    assert isinstance(spec, FilterSpec)
    assert spec.interior == (-3.0, 3.0)
    assert spec.windows.lower == pytest.approx(planes["T75 O"] - 0.3)
    assert spec.windows.upper == pytest.approx(planes["Y78 O"] + 0.3)
    wide = resolved(("[S3, S1]", "[-4.4 angstrom, 4.4 angstrom]")).system("kcsa")
    assert isinstance(wide, FilterSpec)
    assert (wide.windows.lower, wide.windows.upper) == pytest.approx((-5.4, 5.4))


@pytest.mark.parametrize(
    ("text", "tether"),
    [
        ("from B-factors", Tether("bfactor")),
        ("0.5 x B-factors", Tether("bfactor", scale=0.5)),
        ("1.6 kcal/mol/angstrom^2", Tether("uniform", k=6.6944)),
        ("rigid", Tether("rigid")),
    ],
)
def test_tethers(resolved: Read, text: str, tether: Tether) -> None:
    spec = resolved(("caps: [0, 0]", f"caps: [0, 0]\n    tether: {text}")).system("kcsa")
    assert isinstance(spec, FilterSpec)
    assert (spec.tether.mode, spec.tether.scale) == (tether.mode, tether.scale)
    assert spec.tether.k == tether.k or math.isnan(spec.tether.k)
    assert math.isnan(spec.tether.k) == math.isnan(tether.k)


def test_free_orientation_is_no_term(resolved: Read) -> None:
    spec = resolved(("caps: [0, 0]", "caps: [0, 0]\n    orientation: free")).system("kcsa")
    assert isinstance(spec, FilterSpec)
    assert spec.k_theta == 0.0


@pytest.mark.parametrize("written", ["[K W X W]", "[K, W, X, W]", '"[K, W, X, W]"'])
def test_a_composition_without_quotes_means_the_same(resolved: Read, written: str) -> None:
    spec = resolved(('"[X]"', written)).systems[0]
    assert isinstance(spec, FilterSpec)
    assert spec.name == "kcsa"
    assert spec.composition.order == ("K", "W", "X", "W")


@pytest.mark.parametrize("written", ["[gc K gc X gc]", "[gc, K, gc, X, gc]", '"[gc K gc X gc]"'])
def test_an_open_file_and_its_reservoir(resolved: Read, written: str) -> None:
    open_file = ('"[X]"\n    interior: [S3, S1]\n    caps: [0, 0]', written)
    spec = resolved(open_file).systems[0]
    assert isinstance(spec, FilterSpec)
    assert spec.name == "kcsa"
    assert spec.composition.order == ("gc", "K", "gc", "X", "gc")
    assert spec.reservoir == "bulk"
    for reservoir in ("bulk", "caps", "bulk and caps"):
        stated = (open_file[0], f"{written}\n    reservoir: {reservoir}")
        spec = resolved(stated).systems[0]
        assert isinstance(spec, FilterSpec)
        assert (spec.reservoir, spec.caps) == (reservoir, (6, 6))


def test_a_system_may_have_its_own_lengths(resolved: Read) -> None:
    run = resolved(("5.82 angstrom}", "5.82 angstrom, sampling: {production: 800, seed: 7}}"))
    shared = SamplingPlan(replicas=2, production=400, exchange_every=100, segments=4, stride=10)
    assert run.plans["kcsa"] == shared
    own = run.plans["bulk"]
    assert (own.production, own.seed, own.replicas) == (800, 7, 2)


@pytest.mark.parametrize("count", ["800", "800 sweeps", "8e2"])
def test_counts(resolved: Read, count: str) -> None:
    run = resolved(("production: 400", f"production: {count}"))
    assert run.plans["kcsa"].production == 800


def test_the_pair_of_five_ions(resolved: Read) -> None:
    assert resolved(("[K, Na]", "[Li, Na, K, Rb, Cs]")).pair == ("K", "Na")
    assert resolved(("[K, Na]", "[Rb, Na, Cs]")).pair == ("Rb", "Cs")
    assert resolved(("[K, Na]", "[Rb, Na, Cs]\npair: [Cs, Na]")).pair == ("Cs", "Na")


def test_a_structure_beside_the_run_file(tmp_path: Path, resolved: Read) -> None:
    write_toml(load_filter("mthk"), tmp_path / "own.toml")
    text = resolved().text.replace("structure: kcsa", "structure: own.toml")
    (tmp_path / "run.yaml").write_text(text, encoding="utf-8")
    run = load(tmp_path / "run.yaml")
    spec = run.system("kcsa")
    assert isinstance(spec, FilterSpec)
    assert Path(spec.structure) == (tmp_path / "own.toml").resolve()
    assert spec.interior[0] == load_filter("mthk").sites["S3"]


def test_a_broken_structure_is_reported_at_its_name(tmp_path: Path, resolved: Read) -> None:
    (tmp_path / "own.toml").write_text("name = 'x'\nrings = 3\n", encoding="utf-8")
    text = resolved().text.replace("structure: kcsa", "structure: own.toml")
    with pytest.raises(RunFileError) as caught:
        load_text(text, "run.yaml", tmp_path)
    assert "run.yaml:8:16: systems.kcsa.structure: " in str(caught.value)


def test_stated_membranes(resolved: Read) -> None:
    tail = "title: small\nmembrane:\n  permeability: {Na_leak: 0.02}\n"
    preset = resolved(("title: small", tail + "  preset: neuron")).membrane
    assert preset is not None
    assert preset.permeability == {"K": 1.0, "Na": 0.02, "Cl": 0.45}
    assert "changed in the run file: Na_leak" in preset.source
    sides = "{K: {inside: 140 mM, outside: 5 mM}, Na: {inside: 0.015 M, outside: 145 mM}}"
    stated = resolved(("title: small", tail + f"  concentrations: {sides}")).membrane
    assert stated is not None
    assert stated.inside_mM == {"K": 140.0, "Na": 15.0}
    assert stated.outside_mM == {"K": 5.0, "Na": 145.0}
    assert stated.permeability == {"K": 1.0, "Na": 0.02}
    assert stated.temperature_K == 310.15


OWN = resources.folder("runs") / "own_structure.yaml"


def test_changed_rings_are_sampled_over_the_interval_of_the_filter_as_it_is() -> None:
    run = load(OWN, ("systems.pore.rings=[{}, {G61 O: deleted}]",))
    intact, changed = (run.system(f"pore-{name}") for name in ("as-it-is", "G61-O-deleted"))
    assert intact.rings == ()
    assert [str(change) for change in changed.rings] == ["G61 O deleted"]
    assert (changed.interior, changed.windows) == (intact.interior, intact.windows)


def test_rings_enter_the_digest_and_only_where_some_are_changed() -> None:
    plain = load(OWN)
    assert "rings" not in plain.to_dict()["systems"]["pore"]
    empty = load(OWN, ("systems.pore.rings={V60 O: {charge_scale: 1}}",))
    assert empty.digest() == plain.digest()
    found = {
        load(OWN, (f"systems.pore.rings={{{text}}}",)).digest()
        for text in (
            "V60 O: {charge_scale: 0.8}",
            "V60 O: {radius: 2.6 angstrom}",
            "V60 O: deleted",
        )
    }
    assert len(found | {plain.digest()}) == 4
    one = load(OWN, ("systems.pore.rings={V60 O: hydroxyl}",))
    again = from_dict(json.loads(json.dumps(one.to_dict())))
    assert again.digest() == one.digest()
    assert again.systems == one.systems
