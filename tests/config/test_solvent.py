"""``solvent:`` of a droplet: its keys, its reference, its record, and files that lack it."""

import json
import math

import pytest

from selectivity.config.load import load_text
from selectivity.config.run_file import from_dict
from selectivity.errors import RunFileError

HEAD = """\
temperature: 310.15 K
forcefield: {forcefield}
ions: [K, Na]
systems:
  bulk: {{kind: droplet, waters: 20, radius: 5.82 angstrom}}
  amide: {{kind: droplet, {amide}}}
sampling: {{replicas: 2}}
"""


def resolved(amide: str, forcefield: str = "charmm36"):
    return load_text(HEAD.format(amide=amide, forcefield=forcefield))


def told(amide: str, forcefield: str = "charmm36") -> str:
    with pytest.raises(RunFileError) as caught:
        resolved(amide, forcefield)
    return "; ".join(f"{p.message}; {p.remedy}" for p in caught.value.problems)


def test_an_amide_droplet_and_its_reference():
    run = resolved("solvent: nma, molecules: 32, reference: bulk")
    spec = run.system("amide")
    assert (spec.solvent, spec.n_waters, spec.reference) == ("nma", 32, "bulk")
    assert run.references == {"amide": "bulk"}
    liquid = (3.0 * 32 / (4.0 * math.pi * 0.00778)) ** (1.0 / 3.0)
    assert 0.0 <= spec.radius - liquid < 0.01
    record = run.to_dict()
    assert record["systems"]["amide"]["n_molecules"] == 32
    assert "n_waters" not in record["systems"]["amide"]
    assert from_dict(json.loads(json.dumps(record))) == run


def test_water_resolves_as_it_did():
    run = resolved("waters: 64")
    assert run.to_dict()["systems"]["amide"] == {
        "kind": "droplet",
        "forcefield": "charmm36",
        "ions": ["K", "Na"],
        "temperature_K": 310.15,
        "n_waters": 64,
        "radius": 7.7,
        "wall_k": 41.84,
    }
    assert resolved("solvent: water, waters: 64").digest() == run.digest()
    assert run.references == {}


def test_lists_make_one_droplet_of_each():
    run = resolved("solvent: [formamide, nma], molecules: 20, reference: bulk")
    assert [s.name for s in run.systems] == ["bulk", "amide-formamide", "amide-nma"]
    assert run.references == {"amide-formamide": "bulk", "amide-nma": "bulk"}


def test_a_list_of_force_fields_gives_each_its_own_water():
    run = resolved("solvent: nma, molecules: 9, reference: bulk, forcefield: [charmm36, jc-spce]")
    assert run.references == {"amide-charmm36": "bulk", "amide-jc-spce": "bulk-jc-spce"}


@pytest.mark.parametrize(
    ("amide", "forcefield", "words"),
    [
        ("solvent: nna", "charmm36", 'did you mean "nma"?'),
        ("solvent: nma, waters: 20", "charmm36", "write molecules:"),
        ("molecules: 20", "charmm36", "write waters:"),
        ("waters: 20, reference: bulk", "charmm36", "what others refer to"),
        ("solvent: formamide, molecules: 20", "jc-tip3p", "of the set jc-tip3p"),
        ("solvent: nma, molecules: 20, radius: 5 angstrom", "charmm36", "8.5 angstrom"),
        ("solvent: nma, molecules: 0", "charmm36", "at least 1"),
        ("solvent: nma, reference: amide", "charmm36", "is a droplet of nma"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(amide, forcefield, words):
    assert words in told(amide, forcefield)


def test_a_cage_refers_to_water_only():
    text = HEAD.format(amide="solvent: nma, molecules: 20", forcefield="charmm36").replace(
        "sampling", "  cage: {kind: cage, reference: amide}\nsampling"
    )
    with pytest.raises(RunFileError) as caught:
        load_text(text)
    assert "the reference is a droplet of water" in caught.value.problems[0].remedy
