"""One ion and one ligand: the whole sampler, identity ladder included, against quadrature."""

from __future__ import annotations

import numpy as np

from selectivity.engine import pack, sweep
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare
from selectivity.system.spec import CageSpec
from selectivity.units import KCAL, rt
from selectivity.validation.context import Arrays, Context
from selectivity.validation.exact import PairIntegral, one_ligand, one_ligand_difference
from selectivity.validation.records import Computed
from selectivity.validation.replicas import from_replicas

TEMPERATURE = 300.0
IONS = ("K", "Na")


def spec_of(forcefield: str, ligand: str) -> CageSpec:
    """An ion at the origin and one ligand within the soft sphere of the cages."""
    carbonyls, waters = int(ligand == "carbonyl"), int(ligand == "water")
    name = f"one {ligand} {forcefield}"
    return CageSpec(name, forcefield, IONS, TEMPERATURE, carbonyls, waters)


def sample(context: Context) -> list[Arrays]:
    """Replicas of one pair: weights, ladder energies, energy as identity 0, distance."""
    s = context.settings
    spec = spec_of(s["forcefield"], s["ligand"])
    plan = SamplingPlan(seed=context.seed, equilibration=2000, adaptation=s["adaptation"])

    def one(number: int) -> Arrays:
        return _replica(spec, plan, number, s["records"], s["stride"])

    return context.pieces(range(s["replicas"]), one)


def _replica(spec: CageSpec, plan: SamplingPlan, number: int, n: int, stride: int) -> Arrays:
    replica = new_replica(spec, plan, number)
    prepare(replica)
    model, work, chain = replica.model, replica.work, replica.chains[0]
    ligand = 1 - model.x
    out = pack.new_output(model, 1)
    u, energy = np.empty((n, model.ladder.shape[0])), np.empty(n)
    main = np.empty((n, 3))
    for i in range(n):
        sweep.advance(model, chain.state, chain.window, work, chain.rng, stride, out)
        u[i] = out.u[0]
        energy[i] = sweep.cached_energy(model, chain.state) - u[i, out.identity[0]]
        main[i] = chain.state.r[ligand, model.main[ligand]] - chain.state.r[model.x, 0]
    return {
        "log_g": chain.window.log_g.copy(),
        "u": u,
        "energy": energy,
        "distance": np.linalg.norm(main, axis=1),
    }


def _log_weights(piece: Arrays) -> np.ndarray:
    """ln of the weight of every sample in every identity, shape (N, J).

    Samples of the mixture p(x) ∝ Σ_j exp(g_j − βU_j) have the weight exp(−βU_i)/Σ_j exp(g_j − βU_j)
    in identity i.
    """
    from scipy.special import logsumexp

    log_w = -piece["u"] / rt(TEMPERATURE)
    total: np.ndarray = log_w - logsumexp(piece["log_g"] + log_w, axis=1, keepdims=True)
    return total


def free_energy(context: Context) -> Computed:
    """ΔG(K → Na), kcal/mol."""
    from scipy.special import logsumexp

    found = []
    for piece in context.stage():
        log_w = logsumexp(_log_weights(piece), axis=0)
        found.append(rt(TEMPERATURE) * (log_w[0] - log_w[-1]) / KCAL)
    spec = spec_of(context.settings["forcefield"], context.settings["ligand"])
    return from_replicas(found, target=one_ligand_difference(spec, *IONS) / KCAL)


def mean_energy(context: Context) -> Computed:
    """⟨U⟩ with one of the ions, wall included, kcal/mol."""
    j = _identity(context)
    found = [_mean(p, p["energy"] + p["u"][:, j], j) / KCAL for p in context.stage()]
    return from_replicas(found, target=_exact(context).energy / KCAL)


def mean_distance(context: Context) -> Computed:
    """⟨r⟩ between one of the ions and the oxygen, Å."""
    j = _identity(context)
    found = [_mean(piece, piece["distance"], j) for piece in context.stage()]
    return from_replicas(found, target=_exact(context).distance)


def _identity(context: Context) -> int:
    return 0 if context.settings["ion"] == IONS[0] else -1


def _exact(context: Context) -> PairIntegral:
    """The same pair by quadrature."""
    s = context.settings
    return one_ligand(spec_of(s["forcefield"], s["ligand"]), s["ion"])


def _mean(piece: Arrays, values: np.ndarray, j: int) -> float:
    log_w = _log_weights(piece)[:, j]
    w = np.exp(log_w - log_w.max())
    return float(w @ values / w.sum())
