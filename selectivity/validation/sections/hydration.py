"""Ions in water: free energies in droplets, first shells, small clusters in the gas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.estimators.alchemical import IdentityFreeEnergies, free_energies
from selectivity.estimators.mixing import window_round_trips
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.streams import stream
from selectivity.system.spec import DropletSpec
from selectivity.units import KCAL, rt
from selectivity.validation import hydrates, shells
from selectivity.validation.context import Arrays, Context, RunOutput
from selectivity.validation.records import Computed
from selectivity.validation.replicas import by_name, from_replicas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IONS = ("Li", "Na", "K", "Rb", "Cs")
COUNTED = "Cs"  # about it waters come and go: the largest ion, which trial places suit best


@lru_cache(maxsize=2)
def _droplet(run: RunOutput) -> tuple[IdentityFreeEnergies, int, dict[str, int]]:
    """Free energies of the ladder's ions, its round trips, replicas that were an ion at all."""
    (replicas,) = run.samples().values()
    trips = int(window_round_trips(replicas, IONS[0], IONS[-1]).sum())
    seen = {
        ion: sum(bool(np.any(s.identity == s.ladder.index(ion))) for s in replicas) for ion in IONS
    }
    return free_energies(replicas), trips, seen


def droplet_difference(context: Context) -> Computed:
    """ΔG(a → b) of a droplet's ion, kcal/mol."""
    found, trips, seen = _droplet(context.stage())
    a, b = context.settings["a"], context.settings["b"]
    each = found.per_replica(a, b) / KCAL
    note = f"{each.size} replicas, {each.min():.2f} to {each.max():.2f}"
    note += f"; {trips} round trips {IONS[0]}-{IONS[-1]}"
    missing = [f"{each.size - seen[ion]} never became {ion}" for ion in (a, b)]
    note += "".join(f", {m}" for m in missing if not m.startswith("0 "))
    return from_replicas(each, note)


def shell_samples(context: Context) -> dict[str, list[Arrays]]:
    """Replicas of all ions in one droplet each, by ion."""
    s = context.settings
    lengths = {key: s[key] for key in ("records", "stride", "equilibration")}

    def one(ion: str, number: int) -> Arrays:
        spec = DropletSpec("shell", s["forcefield"], (ion,), 298.15, s["n"], s["radius"])
        name = f"shell {s['forcefield']} {s['n']} {ion}"
        return shells.shell_replica(spec, lengths, stream(context.seed, name, number, 0))

    return by_name(context, IONS, one)


def shell_distance(context: Context) -> Computed:
    """Distance of the maximum of g(r), Å."""
    pieces = context.stage()[context.settings["ion"]]
    g = np.mean([piece["g"] for piece in pieces], axis=0)
    return from_replicas([shells.maximum(piece["g"]) for piece in pieces], f"g {g.max():.1f} there")


def shell_number(context: Context) -> Computed:
    """Mean number of oxygens within the first-shell radius."""
    pieces = context.stage()[context.settings["ion"]]
    share = np.sum([piece["shell"] for piece in pieces], axis=0, dtype=float)
    share *= 100.0 / share.sum()
    note = ", ".join(f"{n}: {x:.0f} %" for n, x in enumerate(share) if x >= 1.0)
    return from_replicas([shells.mean_number(piece["shell"]) for piece in pieces], note)


@dataclass(frozen=True)
class Hydrates:
    """Clusters of 0, 1, ..., N waters by replica, kcal/mol; index 0 is the ion alone.

    Attributes
    ----------
    energy : ndarray, shape (N + 1, R, ions)
        ⟨U⟩.
    g : ndarray, shape (N + 1, R, ions)
        Free energy less that with ``COUNTED``.
    counted : ndarray, shape (N + 1, R)
        ΔG° of the n-th water of ``COUNTED``.
    """

    energy: np.ndarray
    g: np.ndarray
    counted: np.ndarray

    def enthalpies(self, n: int, ion: str) -> np.ndarray:
        """ΔH of the n-th water, shape (R,)."""
        i = IONS.index(ion)
        found: np.ndarray = self.energy[n, :, i] - self.energy[n - 1, :, i]
        return found - rt(hydrates.TEMPERATURE) / KCAL

    def free_energies(self, n: int, ion: str) -> np.ndarray:
        """ΔG° of the n-th water, shape (R,)."""
        i = IONS.index(ion)
        found: np.ndarray = self.counted[n] + self.g[n, :, i] - self.g[n - 1, :, i]
        return found


def hydrate_samples(context: Context) -> Hydrates:
    """Ladders of all ions with 1, 2, ... waters, and insertions about one of the ions."""
    s = context.settings
    numbers = tuple(range(1, s["largest"] + 1))

    def make(name: str, number: int) -> Arrays:
        kind, _, waters = name.partition("-")
        n = int(waters)
        if kind == "ladder":
            spec = hydrates.hydrate(s["forcefield"], IONS, n)
            return hydrates.ladder_replica(spec, _plan(context, n), number)
        of, blocks = (s["forcefield"], COUNTED, n), tuple(s["blocks"])
        return hydrates.insertion_replica(of, blocks, (context.seed, number))

    names = [f"{kind}-{n}" for kind in ("ladder", "insertion") for n in numbers]
    pieces = by_name(context, names, make)
    energy, g, counted = [], [], []
    for n in numbers:
        ladders = pieces[f"ladder-{n}"]
        energy.append([piece["energy"] / KCAL for piece in ladders])
        g.append([(p["g"] - p["g"][IONS.index(COUNTED)]) / KCAL for p in ladders])
        log_k = [float(piece["log_k"]) for piece in pieces[f"insertion-{n}"]]
        counted.append([hydrates.free_energy(x) for x in log_k])
    alone = np.zeros((1, s["replicas"], len(IONS)))
    return Hydrates(
        np.concatenate([alone, energy]),
        np.concatenate([alone, g]),
        np.concatenate([alone[:, :, 0], counted]),
    )


def _plan(context: Context, n: int) -> SamplingPlan:
    """Lengths of the settings are moves; a sweep is n of them."""
    s = context.settings
    return SamplingPlan(
        seed=context.seed,
        states_per_gap=s["states_per_gap"],
        equilibration=2000,
        adaptation=s["adaptation"] // n,
        production=s["production"] // n,
        stride=s["stride"] // n,
        exchange_every=100 // n,
    )


def step_enthalpy(context: Context) -> Computed:
    """−ΔH of the n-th water, kcal/mol."""
    s = context.settings
    return from_replicas(-context.stage().enthalpies(s["n"], s["ion"]))


def step_free_energy(context: Context) -> Computed:
    """−ΔG° of the n-th water at 1 atm, kcal/mol."""
    s = context.settings
    return from_replicas(-context.stage().free_energies(s["n"], s["ion"]))


def first_enthalpy(context: Context) -> Computed:
    """−ΔH of the first water against quadrature, kcal/mol."""
    s = context.settings
    exact = hydrates.exact_step(s["forcefield"], s["ion"])[0]
    return from_replicas(-context.stage().enthalpies(1, s["ion"]), target=-exact)


def first_free_energy(context: Context) -> Computed:
    """−ΔG° of the first water against quadrature, kcal/mol."""
    s = context.settings
    exact = hydrates.exact_step(s["forcefield"], s["ion"])[1]
    return from_replicas(-context.stage().free_energies(1, s["ion"]), target=-exact)


def pictures(stages: Mapping[str, Any]) -> list[Figure]:
    """Free energies by size of the droplet, g(r), and the clusters' steps."""
    from selectivity.validation import hydration_figures as figures

    droplets = {name: _droplet(s)[0] for name, s in stages.items() if isinstance(s, RunOutput)}
    hydrated = {name: s for name, s in stages.items() if isinstance(s, Hydrates)}
    around = {name: s for name, s in stages.items() if isinstance(s, dict)}
    found = []
    if droplets:
        found.append(figures.sizes(droplets))
    if around:
        found.append(figures.radial(around))
    if hydrated:
        found.append(figures.steps(hydrated))
    return found
