"""One free-energy difference by four methods and two engines.

A pair of ends, each a system with the ion at one place; ΔG(K → Na) at either end, and ΔΔG, that of
the second less that of the first: (a) by the identity ladder, as the program does it; (b) by
chains at fixed identity and fixed place, joined by the Bennett acceptance ratio; (c) by profiles
of each ion alone, W_X from one end to the other, which close the cycle; (d) as (b), by Langevin
dynamics in OpenMM.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from selectivity.estimators.alchemical import replica_free_energies
from selectivity.estimators.profile import replica_profile
from selectivity.estimators.wham import wham
from selectivity.records import Estimate
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.sampling.samples import ReplicaSamples
from selectivity.sampling.streams import BUILD, stream
from selectivity.system.build import build_topology, start
from selectivity.system.spec import CageSpec, Composition, FilterSpec, SystemSpec, Tether, Windows
from selectivity.system.topology import Topology
from selectivity.units import KCAL, rt
from selectivity.validation.context import Arrays, Context
from selectivity.validation.fixed_ion import equilibrate
from selectivity.validation.openmm_witness import first_sites, flat
from selectivity.validation.records import Computed
from selectivity.validation.replicas import by_name, from_estimate
from selectivity.validation.small import Run, make_run

FORCEFIELD, IONS, TEMPERATURE = "charmm36", ("K", "Na"), 300.0
GAPS = 4  # of the ladder of (b) and (d)
PLANE = 1.496  # Å, z of the upper plane of the idealised cage
BIN = PLANE / 30.0  # Å: centre and plane are centres of bins
S2 = (0.0, 1.5)  # Å, of KcsA: from the centre to the plane above


@dataclass(frozen=True)
class End:
    """A system and the height (Å) of its ion; nan where it is fixed at the origin."""

    spec: SystemSpec
    z: float = float("nan")


def tethered() -> tuple[End, End]:
    """One tethered cage of eight carbonyls, the ion on the axis: from its centre to its plane."""
    spec = FilterSpec(
        name="tethered cage",
        forcefield=FORCEFIELD,
        ions=IONS,
        temperature_K=TEMPERATURE,
        structure="s2_idealised",
        composition=Composition.parse("[X]"),
        windows=Windows(-12.5 * BIN, PLANE + 12.5 * BIN),
        interior=(0.0, PLANE),
        caps=(0, 0),
        tether=Tether("bfactor"),
        on_axis=True,
    )
    return End(spec, 0.0), End(spec, PLANE)


def free() -> tuple[End, End]:
    """Free carbonyls in a soft sphere about the ion: from four to eight."""
    four = CageSpec("four carbonyls", FORCEFIELD, IONS, TEMPERATURE, n_carbonyls=4)
    return End(four), End(replace(four, name="eight carbonyls", n_carbonyls=8))


def kcsa() -> tuple[End, End]:
    """KcsA with its water and a resident K+: from the centre of S2 to the plane above it."""
    file = Composition.parse("[K W X W]")
    spec = FilterSpec(
        "KcsA [K W X W]", FORCEFIELD, IONS, TEMPERATURE, "kcsa", file, Windows(*S2), interior=S2
    )
    return End(spec, S2[0]), End(spec, S2[1])


CASES: dict[str, Callable[[], tuple[End, End]]] = {
    "tethered": tethered,
    "free": free,
    "kcsa": kcsa,  # for both precisions alone
}


def sample(context: Context) -> dict[str, list[Arrays]]:
    """Independent replicas of every method of the settings; those of OpenMM where it is there."""
    import importlib.util

    ends = CASES[context.settings["case"]]()
    methods = list(context.settings["methods"])
    if "openmm" in methods and importlib.util.find_spec("openmm") is None:
        methods.remove("openmm")

    def one(method: str, number: int) -> Arrays:
        return METHODS[method](context, ends, number)

    return by_name(context, methods, one)


def by_ladder(context: Context, ends: tuple[End, End], number: int, **changes: Any) -> Arrays:
    """(a) ΔG at both ends from the program's sampler and estimators, kJ/mol."""
    if isinstance(ends[0].spec, FilterSpec):
        profile = replica_profile(_produced(context, ends[0].spec, number, **changes), BIN)
        gap = profile.w["Na"] - profile.w["K"]
        return {"dg": np.array([np.interp(end.z, profile.z, gap) for end in ends])}
    runs = [_produced(context, end.spec, number, **changes) for end in ends]
    return {"dg": np.array([replica_free_energies(samples)["Na"] for samples in runs])}


def _produced(context: Context, spec: SystemSpec, number: int, **changes: Any) -> ReplicaSamples:
    s = context.settings
    plan = SamplingPlan(
        seed=context.seed,
        equilibration=s["equilibration"],
        adaptation=s["adaptation"],
        production=s["production"],
        segments=1,
        **changes,
    )
    replica = new_replica(spec, plan, number)
    prepare(replica)
    return produce(replica)


def by_profiles(context: Context, ends: tuple[End, End], number: int) -> Arrays:
    """(c) W_Na − W_K at both ends from windows of each ion alone, by histogram WHAM, kJ/mol."""
    z = BIN * np.arange(-12, 43)
    rows = {}
    for ion in IONS:
        spec = replace(ends[0].spec, name=f"{ends[0].spec.name}, {ion} alone", ions=(ion,))
        rows[ion] = wham(_produced(context, spec, number), ion, z)[0]
    gap = rows["Na"] - rows["K"]
    return {"dg": np.array([np.interp(end.z, z, gap) for end in ends])}


def by_bar(context: Context, ends: tuple[End, End], number: int) -> Arrays:
    """(b) Energies of all identities along chains at fixed identity, (ends, J, N, J), kJ/mol."""
    s = context.settings
    u = []
    for end in ends:
        topology = held(end.spec)
        for j in range(GAPS + 1):
            run = chain(context, end, j, number)
            sites = np.empty((s["records"], topology.n_sites, 3))
            for n in range(len(sites)):
                run.equilibrate(s["stride"])
                sites[n] = flat(topology, run.state.r)
            u.append(ladder_energies(topology, sites))
    return {"u": np.reshape(u, (len(ends), GAPS + 1, s["records"], GAPS + 1))}


def chain(context: Context, end: End, j: int, number: int) -> Run:
    """A chain at fixed identity and place, its steps tuned in the first half of equilibration."""
    topology = held(end.spec)
    rng = stream(context.seed, f"fixed {end.spec.name} {end.z}", number, j)
    run = make_run(topology, start(topology, end.z, rng), identity=j, seed=rng)
    equilibrate(run, context.settings["equilibration"])
    return run


def by_openmm(context: Context, ends: tuple[End, End], number: int) -> Arrays:
    """(d) The same from Langevin dynamics; odd replicas go through the identities backwards."""
    from selectivity.validation.langevin import langevin

    s = context.settings
    order = list(range(GAPS + 1))[:: 1 if number % 2 == 0 else -1]
    u = []
    for end in ends:
        topology = held(end.spec)
        rng = stream(context.seed, f"OpenMM {end.spec.name} {end.z}", number, BUILD)
        sites = langevin(
            topology,
            start(topology, end.z, rng),
            order,
            int(rng.integers(1, 2**31 - 1)),
            records=s["frames"],
            steps=s["frame_steps"],
            equilibration=s["frames"] * s["frame_steps"] // 5,
            step_fs=s["step_fs"],
        )
        rows = [ladder_energies(topology, row) for row in sites]
        u.append([rows[order.index(j)] for j in range(GAPS + 1)])
    return {"u": np.array(u)}


METHODS: dict[str, Callable[..., Arrays]] = {
    "ladder": by_ladder,
    "double": partial(by_ladder, precision="double"),
    "bar": by_bar,
    "profiles": by_profiles,
    "openmm": by_openmm,
}


def held(spec: SystemSpec) -> Topology:
    """The topology of (b) and (d): the sampled ion does not move."""
    topology = build_topology(spec, GAPS)
    members = list(topology.members)
    members[topology.x] = replace(members[topology.x], mobile=False)
    return replace(topology, members=tuple(members))


def ladder_energies(topology: Topology, sites: np.ndarray) -> np.ndarray:
    """U_j − U_0 of configurations (N, P, 3), kJ/mol, shape (N, J): Lorentz-Berthelot written out.

    Only the Lennard-Jones parameters of the sampled ion differ between identities.
    """
    types = [site for member in topology.members for site in member.molecule.sites]
    x = int(first_sites(topology)[topology.x])
    others = [p for p in range(len(types)) if p != x]
    half = np.array([types[p].rmin_half for p in others])
    epsilon = np.array([types[p].epsilon for p in others])
    d2 = ((sites[:, others] - sites[:, [x]]) ** 2).sum(axis=2)
    rungs = topology.ladder
    u = np.empty((len(sites), len(rungs.labels)))
    for j in range(u.shape[1]):
        s6 = ((half + rungs.rmin_half[j]) ** 2 / d2) ** 3
        u[:, j] = (s6 * (s6 - 2.0)) @ np.sqrt(epsilon * rungs.epsilon[j])
    return u - u[:, :1]


def bar(forward: np.ndarray, reverse: np.ndarray) -> float:
    """Bennett's acceptance ratio: F_1 − F_0 in kT.

    Solves Σ_F 1/(1 + exp(M + w − Δ)) = Σ_R 1/(1 + exp(−M + w + Δ)), M = ln(N_F/N_R), for Δ.

    Parameters
    ----------
    forward : ndarray, shape (N_F,)
        u_1 − u_0 of samples of state 0, kT.
    reverse : ndarray, shape (N_R,)
        u_0 − u_1 of samples of state 1, kT.

    Notes
    -----
    Bennett 1976 J Comput Phys 22:245.
    """
    from scipy.optimize import brentq
    from scipy.special import expit

    m = float(np.log(forward.size / reverse.size))

    def unbalanced(delta: float) -> float:
        return float(expit(delta - m - forward).sum() - expit(m - delta - reverse).sum())

    ends = np.concatenate([forward, -reverse])
    return float(brentq(unbalanced, ends.min() - 10.0, ends.max() + 10.0, xtol=1e-10))


def pymbar_bar(forward: np.ndarray, reverse: np.ndarray) -> float:
    """The same by pymbar, which says at every start that it would like to have JAX."""
    logging.getLogger("pymbar").setLevel(logging.ERROR)
    from pymbar.other_estimators import bar as witness

    return float(witness(forward, reverse, compute_uncertainty=False)["Delta_f"])


def leg(u: np.ndarray, estimator: Callable[[np.ndarray, np.ndarray], float] = bar) -> float:
    """ΔG from the first identity to the last over all neighbours, kJ/mol; ``u`` is (J, N, J)."""
    thermal = rt(TEMPERATURE)
    return thermal * sum(
        estimator((u[j, :, k] - u[j, :, j]) / thermal, (u[k, :, j] - u[k, :, k]) / thermal)
        for j, k in pairwise(range(len(u)))
    )


def estimate(
    pieces: list[Arrays], estimator: Callable[[np.ndarray, np.ndarray], float] = bar
) -> Estimate:
    """ΔΔG of one method, kcal/mol, with the error of its replicas."""
    values = []
    for piece in pieces:
        dg = piece["dg"] if "dg" in piece else [leg(u, estimator) for u in piece["u"]]
        values.append((dg[1] - dg[0]) / KCAL)
    return Estimate.from_replicas(values)


def value(context: Context) -> Computed:
    """ΔΔG by one method, kcal/mol."""
    return from_estimate(estimate(context.stage()[context.settings["method"]]))


def agreement(context: Context) -> Computed:
    """ΔΔG by one method less that by another, kcal/mol."""
    found: Mapping[str, list[Arrays]] = context.stage()
    a, b = (estimate(found[context.settings[key]]) for key in ("method", "other"))
    note = f"{a.value:.3f} ± {a.error:.3f} and {b.value:.3f} ± {b.error:.3f}"
    return from_estimate(a - b, note)


def against_pymbar(context: Context) -> Computed:
    """ΔΔG of (b) by the acceptance ratio written out here less that by pymbar, kcal/mol."""
    pieces = context.stage()["bar"]
    return Computed(estimate(pieces).value - estimate(pieces, pymbar_bar).value)


def precision(context: Context) -> Computed:
    """ΔΔG with pair energies in single precision less that in double, kcal/mol.

    Both energies of the same configurations: F_mixed − F_double = RT ln⟨exp(−β(U_double −
    U_mixed))⟩ over samples of the mixed energy, for both ions and at both ends.
    """
    s, thermal = context.settings, rt(TEMPERATURE)
    shift = []
    for end in CASES[s["case"]]():
        for j in (0, GAPS):
            run = chain(context, end, j, 0)
            work = np.empty(s["records"])
            for n in range(work.size):
                run.equilibrate(s["stride"])
                strict = make_run(run.topology, run.state.r, "double", identity=j)
                work[n] = strict.energy() - run.energy()
            shift.append(thermal * np.log(np.mean(np.exp(-work / thermal))))
    k0, na0, k1, na1 = shift
    return Computed(((na1 - k1) - (na0 - k0)) / KCAL)
