"""Cached energies against the plain NumPy sum, term by term, before and after moves."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import SYSTEMS, cage, droplet, filter_, make_run, scrambled, start_z

from selectivity.engine import energy, sweep
from selectivity.engine.flags import kernel
from selectivity.engine.identity import ladder_energies
from selectivity.forcefield import load
from selectivity.geometry import excluded_pairs, load_filter
from selectivity.system.build import build_topology
from selectivity.system.spec import CageSpec
from selectivity.units import COULOMB, kcal

DOUBLE = 1e-9  # relative
MIXED_PAIR = 1e-4  # kJ/mol: a pair of molecules in float32 against float64, at most


@kernel
def ladder(model, state, work):
    ladder_energies(model, state, work)


@pytest.fixture(params=SYSTEMS)
def topology(request):
    return build_topology(SYSTEMS[request.param])


def ends(topology):
    """First, an intermediate and the last identity."""
    last = len(topology.ladder.labels) - 1
    return (0, last // 2, last)


class TestKernelsAgainstReference:
    def test_double(self, topology):
        r = scrambled(topology, start_z(topology.spec), seed=5)
        for identity in ends(topology):
            run = make_run(topology, r, "double", identity)
            pairs = energy.pair_matrix(topology, r, identity)
            n = len(r)
            np.testing.assert_allclose(run.state.pair[:n, :n], pairs, rtol=DOUBLE, atol=1e-10)
            assert np.all(run.state.pair[n:] == 0.0)
            np.testing.assert_allclose(
                run.state.one, energy.one_body_energies(topology, r), rtol=DOUBLE, atol=1e-10
            )
            assert run.energy() == pytest.approx(
                energy.total_energy(topology, r, identity), rel=DOUBLE
            )

    def test_mixed(self, topology):
        r = scrambled(topology, start_z(topology.spec), seed=6)
        for identity in ends(topology):
            run = make_run(topology, r, "mixed", identity)
            pairs = energy.pair_matrix(topology, r, identity)
            n = len(r)
            error = np.abs(run.state.pair[:n, :n] - pairs)
            # A pair is a sum of site pairs of up to hundreds of kJ/mol that cancel; steep contacts
            # are as good as float32 coordinates allow.
            assert np.all(error < MIXED_PAIR + 1e-5 * np.abs(pairs))

    def test_ladder_energies(self, topology):
        r = scrambled(topology, start_z(topology.spec), seed=7)
        for precision in ("double", "mixed"):
            run = make_run(topology, r, precision, 0)
            ladder(run.model, run.state, run.work)
            u = [energy.total_energy(topology, r, j) for j in range(len(topology.ladder.labels))]
            np.testing.assert_allclose(run.work.u, np.array(u) - u[0], rtol=1e-9, atol=1e-7)

    @pytest.mark.parametrize("precision", ["double", "mixed"])
    def test_cache_follows_moves(self, topology, precision):
        """After accepted moves and changes of identity the cache is the energy of what is there."""
        run = make_run(topology, scrambled(topology, start_z(topology.spec), 8, 0.0), precision)
        run.window.umbrella[:] = start_z(topology.spec), 80.0
        run.equilibrate(100)
        for block in range(3):
            sweep.adapt(
                run.model, run.state, run.window, run.work, run.rng, (20, 1, 20 * block, 30, 0)
            )
            identity, n = int(run.state.identity[0]), len(run.state.r)
            exact = energy.total_energy(topology, run.state.r, identity)
            pairs = energy.pair_matrix(topology, run.state.r, identity)
            if precision == "double":
                assert run.energy() == pytest.approx(exact, rel=DOUBLE, abs=1e-8)
                np.testing.assert_allclose(run.state.pair[:n, :n], pairs, rtol=DOUBLE, atol=1e-9)
            else:
                # The error of the sum: independent roundings of n(n − 1)/2 pairs.
                assert abs(run.energy() - exact) < MIXED_PAIR * n
                assert np.all(
                    np.abs(run.state.pair[:n, :n] - pairs) < MIXED_PAIR + 1e-5 * np.abs(pairs)
                )
            np.testing.assert_allclose(
                run.state.one, energy.one_body_energies(topology, run.state.r), atol=1e-9
            )
        assert run.window.accepted.sum() > 20

    def test_rigid_bodies_stay_rigid(self, topology):
        run = make_run(topology, scrambled(topology, start_z(topology.spec), 9, 0.0))
        run.equilibrate(200)
        for m, member in enumerate(topology.members):
            n = len(member.molecule.sites)
            now, template = run.state.r[m, :n], member.molecule.coordinates()
            np.testing.assert_allclose(
                np.linalg.norm(now[:, None] - now[None], axis=-1),
                np.linalg.norm(template[:, None] - template[None], axis=-1),
                atol=1e-10,
            )


class TestReference:
    def test_ion_and_carbonyl_by_hand(self):
        """K+ 2.575 Å beyond the O of a CHARMM C=O: −18.982 kcal/mol (linear dimer minimum)."""
        topology = build_topology(cage(n_carbonyls=1))
        r = np.zeros((2, 2, 3))
        r[0] = [[0.0, 0.0, -2.575 - 1.230], [0.0, 0.0, -2.575]]
        terms = energy.energy_terms(topology, r)
        assert sum(terms.values()) == pytest.approx(kcal(-18.982), abs=kcal(5e-4))
        coulomb = COULOMB * 0.51 * (1.0 / 3.805 - 1.0 / 2.575)
        assert terms["coulomb"] == pytest.approx(coulomb, rel=1e-12)
        assert energy.pair_matrix(topology, r)[0, 1] == pytest.approx(sum(terms.values()))

    def test_one_body_terms_by_hand(self):
        topology = build_topology(filter_())
        r = scrambled(topology, 0.37, seed=3)
        m = next(i for i, member in enumerate(topology.members) if member.role == "carbonyl")
        member = topology.members[m]
        r[m, :2] = member.anchor.position + np.array([0.3, 0.0, 0.0])
        before = energy.energy_terms(topology, r)
        r[m, :2] = member.anchor.position[::-1]
        after = energy.energy_terms(topology, r)
        assert after["orientation"] - before["orientation"] == pytest.approx(2 * kcal(20.0))
        length2 = np.sum((member.anchor.position[1] - member.anchor.position[0]) ** 2)
        change = 0.5 * member.anchor.k.sum() * (length2 - 0.09)
        assert after["tethers"] - before["tethers"] == pytest.approx(change, rel=1e-10)

    def test_every_term_is_strained(self):
        """The configurations above have no term that vanishes: none is compared as 0 with 0."""
        topology = build_topology(filter_())
        terms = energy.energy_terms(topology, scrambled(topology, 0.37, 5), 2, umbrella=(1.0, 80.0))
        assert set(terms) == set(energy.TERMS)
        assert min(abs(value) for value in terms.values()) > 1.0

    def test_umbrella(self):
        topology = build_topology(filter_("[X]"))
        r = scrambled(topology, 0.37, 5)
        assert energy.energy_terms(topology, r)["umbrella"] == 0.0
        terms = energy.energy_terms(topology, r, umbrella=(-0.63, 84.0))
        assert terms["umbrella"] == pytest.approx(42.0)
        assert energy.total_energy(topology, r, 0, (-0.63, 84.0)) == pytest.approx(
            energy.total_energy(topology, r) + 42.0
        )

    def test_exclusions_are_those_of_the_geometry(self):
        geometry = load_filter("kcsa")
        hydroxyl, carbonyl = geometry.ring("T75 OG1"), geometry.ring("T75 O")
        assert set(excluded_pairs(hydroxyl, carbonyl)) == energy.EXCLUDED

    def test_bonded_pairs_only_between_groups_of_one_subunit(self):
        topology = build_topology(filter_())
        r = scrambled(topology, 0.37, 5)
        bond = energy.pair_terms(topology, r)["bond"]
        pairs = {frozenset(pair) for pair in np.argwhere(bond > 0.0).tolist()}
        labels = {frozenset(topology.members[m].label for m in pair) for pair in pairs}
        assert labels == {frozenset((f"T75 O {i}", f"T75 OG1 {i}")) for i in range(4)}
        assert np.array_equal(bond, bond.T)

    @pytest.mark.parametrize("forcefield", ["charmm36", "jc-tip3p"])
    def test_end_identities_are_the_ions(self, forcefield):
        """Identity j of the ladder has the energy of a system that holds that ion alone."""
        spec = cage(forcefield, n_waters=2)
        topology = build_topology(spec)
        r = scrambled(topology, 0.0, 4)
        for ion, j in topology.ladder.endpoints.items():
            alone = build_topology(CageSpec("cage", forcefield, (ion,), 300.0, n_waters=2))
            assert energy.total_energy(topology, r, j) == pytest.approx(
                energy.total_energy(alone, r), rel=1e-12
            )

    def test_ligand_electrostatics_leaves_ion_and_water_alone(self):
        full, off = (
            build_topology(cage(n_waters=2, ligand_electrostatics=scale)) for scale in (1.0, 0.0)
        )
        r = scrambled(full, 0.0, 4)
        difference = energy.pair_matrix(full, r) - energy.pair_matrix(off, r)
        ligand = np.array([member.is_ligand for member in full.members])
        assert np.all(difference[~np.outer(ligand, ligand)] == 0.0)
        between = np.outer(ligand, ligand) & ~np.eye(len(ligand), dtype=bool)
        assert np.all(difference[between] != 0.0)

    def test_types_of_one_name_are_one_type(self):
        """The kernels index Lennard-Jones types by name: two of one name must not differ."""
        for spec in SYSTEMS.values():
            ff = load(spec.forcefield)
            molecules = (ff.water, ff.carbonyl, ff.hydroxyl, *ff.ions.values())
            seen = {}
            for site in (site for molecule in molecules for site in molecule.sites):
                first = seen.setdefault(site.name, site)
                assert (site.rmin_half, site.epsilon) == (first.rmin_half, first.epsilon)


class TestGuard:
    @pytest.mark.parametrize("precision", ["double", "mixed"])
    def test_no_site_comes_closer(self, precision):
        """A hydrogen without Lennard-Jones radius would fall onto a chloride or a carbonyl O."""
        topology = build_topology(droplet("jc-spce", n_waters=2))
        r = scrambled(topology, 0.0, 1, far=0.0)
        r[1, :3] = r[0, :3] + np.array([0.0, 0.0, 5.0])
        run = make_run(topology, r, precision)
        assert run.state.pair[0, 1] < 1e3
        r[1, :3] += r[0, 1] - r[1, 1] + np.array([0.0, 0.0, 0.79])
        assert make_run(topology, r, precision).state.pair[0, 1] > 0.9e12
        r[1, :3] += np.array([0.0, 0.0, 0.02])
        closest = np.linalg.norm(r[0, :3, None] - r[1, None, :3], axis=-1).min()
        inside = closest < 0.8
        assert (make_run(topology, r, precision).state.pair[0, 1] > 0.9e12) == inside

    @pytest.mark.parametrize("precision", ["double", "mixed"])
    def test_holds_between_groups_of_one_residue(self, precision):
        """The hydroxyl's hydrogen has no radius in ff14SB and is not excluded from its carbonyl."""
        topology = build_topology(filter_("[X]", "jc-tip3p"))
        r = scrambled(topology, 0.37, 1, 0.0)
        labels = [member.label for member in topology.members]
        h, c = labels.index("T75 OG1 2"), labels.index("T75 O 2")
        for distance, refused in ((0.79, True), (0.81, False)):
            r[h, 2] = r[c, 1] + [0.0, 0.0, distance]
            pair = make_run(topology, r, precision).state.pair
            assert (pair[h, c] > 0.9e12) == refused
            assert pair[h, c] == pair[c, h]

    def test_sites_on_top_of_each_other_are_never_accepted(self):
        topology = build_topology(droplet("jc-spce", n_waters=2))
        r = scrambled(topology, 0.0, 1, far=0.0)
        r[1] = r[0]
        run = make_run(topology, r)
        assert not run.state.pair[0, 1] < 1e12  # refused, infinite or NaN
