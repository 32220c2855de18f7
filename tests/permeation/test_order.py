"""Order of several ions by permeability, and what of it is resolved."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from handmade_profiles import RT, SITES, TEMPERATURE, Z, cosine, set_of

from selectivity.errors import InputError
from selectivity.estimators.alchemical import IdentityFreeEnergies
from selectivity.permeation.measured import EISENMAN
from selectivity.permeation.order import permeability_order
from selectivity.permeation.ratio import ratio

BULK = {"Li": -90.0, "Na": 0.0, "K": 75.0, "Rb": 97.0, "Cs": 122.0}


def droplet(ions: tuple[str, ...], error: float = 0.0, replicas: int = 4) -> IdentityFreeEnergies:
    rng = np.random.default_rng(5)
    g = {ion: BULK[ion] + error * rng.normal(size=replicas) for ion in ions}
    return IdentityFreeEnergies(ions, g, TEMPERATURE, system="droplet")


def filter_of(resistance: dict[str, float], noise: float = 0.0):
    """ΔΔG of every ion against bulk, kJ/mol, constant over the filter."""
    w = {ion: cosine(Z, 8.0) + BULK[ion] + value for ion, value in resistance.items()}
    rng = np.random.default_rng(6)
    field = noise * rng.normal(size=(len(w), 4, 1)) + np.zeros((len(w), 4, Z.size))
    return set_of(w, 4, field)


@pytest.mark.parametrize("name", list(EISENMAN))
def test_every_eisenman_sequence_is_recognised(name):
    sequence = EISENMAN[name]
    profiles = filter_of({ion: 4.0 * sequence.index(ion) for ion in BULK})
    found = permeability_order(profiles, droplet(tuple(BULK)), SITES)
    assert found.order == sequence
    assert found.eisenman == name
    assert found.same_as_kcsa == (name == "IV")
    assert all(pair.resolved for pair in found.neighbours)


def test_values_are_those_of_the_pairwise_ratio():
    profiles = filter_of({"Na": 9.0, "K": 0.0, "Rb": 2.0}, noise=0.5)
    bulk = droplet(("Na", "K", "Rb"), error=0.3)
    found = permeability_order(profiles, bulk, SITES)
    for ion in ("Na", "Rb"):
        direct = ratio(profiles, bulk.difference(ion, "K"), SITES, a=ion, b="K").headline
        assert found.relative[ion].value == pytest.approx(direct.value)
        assert found.relative[ion].low == pytest.approx(direct.low)
        assert found.relative[ion].high == pytest.approx(direct.high)
    assert found.relative["K"].value == found.relative["K"].high == 1.0
    assert found.kcsa_order == ("K", "Rb", "Na")
    assert found.eisenman is None


def test_pairs_multiply_up():
    profiles = filter_of({"Na": 9.0, "K": 0.0, "Rb": 2.0, "Cs": 5.0, "Li": 20.0}, noise=0.5)
    found = permeability_order(profiles, droplet(tuple(BULK), 0.3), SITES, reference="Na")
    product = np.prod([pair.ratio.value for pair in found.neighbours])
    first, last = found.order[0], found.order[-1]
    ends = found.relative[first].value / found.relative[last].value
    assert product == pytest.approx(ends)
    assert found.relative["K"].value == pytest.approx(np.exp(9.0 / RT), rel=0.6)


def test_unresolved_neighbours_are_named():
    profiles = filter_of({"Li": 30.0, "Na": 12.0, "K": 0.0, "Rb": 0.1, "Cs": 5.0}, noise=0.6)
    found = permeability_order(profiles, droplet(tuple(BULK), 0.2), SITES)
    open_pairs = [(pair.a, pair.b) for pair in found.neighbours if not pair.resolved]
    assert len(open_pairs) == 1
    assert set(open_pairs[0]) == {"K", "Rb"}
    assert "unresolved within the 95 % interval: " + "/".join(open_pairs[0]) in found.text


def test_order_that_is_no_eisenman_sequence():
    known = set(EISENMAN.values())
    odd = next(p for p in permutations(BULK) if p not in known)
    profiles = filter_of({ion: 4.0 * odd.index(ion) for ion in BULK})
    found = permeability_order(profiles, droplet(tuple(BULK)), SITES)
    assert found.eisenman is None
    assert "KcsA has K > Rb > Cs > Na > Li (Eisenman IV)" in found.text


def test_one_replica_resolves_nothing():
    w = {ion: cosine(Z, 8.0) + BULK[ion] for ion in ("K", "Na")}
    found = permeability_order(set_of(w, 1), droplet(("K", "Na"), replicas=1), SITES)
    assert found.relative["Na"].high == np.inf
    assert not found.neighbours[0].resolved


def test_refusals():
    profiles = filter_of({"Na": 9.0, "K": 0.0})
    with pytest.raises(InputError, match="reference"):
        permeability_order(profiles, droplet(("Na", "K")), SITES, reference="Cs")
    with pytest.raises(InputError, match="droplet"):
        permeability_order(profiles, droplet(("Na", "Cs")), SITES)
