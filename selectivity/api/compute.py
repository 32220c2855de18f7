"""Numbers of every system of a stored run, computed once for ``analyse`` and ``ratio``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from selectivity.api.stored import StoredRun, StoredSystem
from selectivity.config.run_file import RunFile
from selectivity.estimators.alchemical import IdentityFreeEnergies, free_energies
from selectivity.estimators.barrier import Sites
from selectivity.estimators.convergence import Verdict, verdict
from selectivity.estimators.hydration import CoordinationProfile, coordination_profile
from selectivity.estimators.occupancy import WaterProfile, water_profile
from selectivity.estimators.profile import ProfileSet, profile_set
from selectivity.estimators.turnover import WaterTurnover, water_turnover
from selectivity.estimators.weights import Weights, all_weights
from selectivity.permeation.order import PermeabilityOrder, permeability_order
from selectivity.permeation.pair import log_integral
from selectivity.permeation.ratio import ratio as permeability_ratio
from selectivity.permeation.result import RatioResult
from selectivity.system.spec import FilterSpec
from selectivity.units import rt


@dataclass(frozen=True)
class Computed:
    """One system: identity free energies and, of a filter, profiles, ratio and order.

    ``free`` are free energies over everything that the windows cover; a filter's own selectivity
    is ``ratio``. ``verdict`` judges the headline of a filter, ΔG of droplet and cage. ``weights``
    are those of a filter's samples, solved once for all that is read along its axis. ``turnover``
    is that of the waters of a file with ``gc``, None for others; ``stride`` the sweeps between two
    samples.
    """

    stored: StoredSystem
    free: IdentityFreeEnergies
    verdict: Verdict
    reference: IdentityFreeEnergies | None = None
    sites: Sites | None = None
    profiles: ProfileSet | None = None
    ratio: RatioResult | None = None
    order: PermeabilityOrder | None = None
    weights: tuple[Weights, ...] = ()
    turnover: WaterTurnover | None = None
    stride: int = 1

    @cached_property
    def shells(self) -> CoordinationProfile:
        """Coordination numbers of a filter along the bins of its profiles; computed once."""
        assert self.profiles is not None
        return coordination_profile(self.stored.replicas, self.profiles.z, self.weights)

    @cached_property
    def water(self) -> WaterProfile:
        """Waters of a file with ``gc`` along the bins of its profiles; computed once."""
        assert self.profiles is not None
        assert self.sites is not None
        return water_profile(self.stored.replicas, self.sites, self.profiles.z, self.weights)


def compute(run: StoredRun) -> dict[str, Computed]:
    """Everything that can be computed from what is stored; systems without samples are left out.

    A filter whose droplet has no samples yet is left out too.
    """
    found: dict[str, Computed] = {}
    a, b = run.run_file.pair
    references = run.run_file.references
    ordered = sorted(run.systems.values(), key=lambda stored: stored.spec.name in references)
    for stored in ordered:
        if not stored.replicas:
            continue
        reference = found.get(references.get(stored.spec.name, ""))
        if isinstance(stored.spec, FilterSpec):
            if reference is not None:
                found[stored.spec.name] = _filter(stored, reference, run.run_file)
            continue
        free = free_energies(stored.replicas)
        found[stored.spec.name] = Computed(
            stored,
            free,
            verdict(stored.replicas, free.per_replica(a, b), a=a, b=b),
            reference.free if reference is not None else None,
        )
    return {name: found[name] for name in run.systems if name in found}


def sites_of(spec: FilterSpec) -> Sites:
    """Cages and planes of a filter's structure, and the interior that its run file fixed."""
    from selectivity.system.filter_geometry import filter_geometry

    geometry = filter_geometry(spec)
    return Sites(spec.interior, geometry.cage_centers, geometry.planes)


def _filter(stored: StoredSystem, droplet: Computed, run_file: RunFile) -> Computed:
    assert isinstance(stored.spec, FilterSpec)
    a, b = run_file.pair
    sites = sites_of(stored.spec)
    weights = tuple(all_weights(stored.replicas))
    profiles = profile_set(stored.replicas, interior=stored.spec.interior, weights=weights)
    missing = (droplet.stored.missing,) if droplet.stored.missing else ()
    droplet_faults = (*droplet.verdict.reasons, *missing)
    result = permeability_ratio(profiles, droplet.free.difference(a, b), sites, a, b)
    fluctuates = stored.spec.composition.fluctuates
    turnover = water_turnover(stored.replicas) if fluctuates else None
    judged = verdict(
        stored.replicas,
        result.per_replica,
        a=a,
        b=b,
        profiles=profiles,
        interval=stored.spec.interior,
        droplet=droplet.stored.replicas,
        problems=(*result.problems, *(f"{droplet.free.system}: {r}" for r in droplet_faults)),
        water=turnover,
    )
    return Computed(
        stored,
        _free_energies(profiles),
        judged,
        droplet.free,
        sites,
        profiles,
        result,
        permeability_order(profiles, droplet.free, sites, reference=a),
        weights,
        turnover,
        run_file.plans[stored.spec.name].stride,
    )


def _free_energies(profiles: ProfileSet) -> IdentityFreeEnergies:
    """Free energies of the ions over all bins, F_X = −RT ln Σ_b exp(−W_X/RT), per replica."""
    thermal, lengths = rt(profiles.temperature_K), np.ones(profiles.z.size)
    g = {
        ion: -log_integral(np.nan_to_num(profiles.of(ion), nan=np.inf), lengths, thermal, -1.0)
        for ion in profiles.ions
    }
    first = g[profiles.ions[0]]
    return IdentityFreeEnergies(
        profiles.ions,
        {ion: values - first for ion, values in g.items()},
        profiles.temperature_K,
        profiles.start_ions,
        profiles.system,
    )
