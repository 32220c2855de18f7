"""Minima of small clusters: quenched from stored starts, their energy by the engine."""

from __future__ import annotations

import numpy as np

from selectivity.forcefield.library import load, water
from selectivity.forcefield.species import Molecule, SiteType, ion
from selectivity.system.topology import Member, Role, absent_sites
from selectivity.units import KCAL
from selectivity.validation.context import Context
from selectivity.validation.quench import Cluster, Minimum, cluster, quench, sites_of
from selectivity.validation.records import Computed
from selectivity.validation.small import assemble, make_run

LOOSE = 1e-3
"""kJ/mol/Å: a force above it says that no minimum was reached."""


def molecules(model: str, symbol: str, n: int) -> list[Molecule]:
    """``n`` waters of a parameter set (or of the water model ``tip4p``), then the ion if any."""
    of_water = water(model) if model == "tip4p" else load(model).water
    return [of_water] * n + ([load(model).ion(symbol)] if symbol != "W" else [])


def engine_energy(of: list[Molecule], sites: list[np.ndarray], forcefield: str) -> float:
    """Energy of molecules in free space by the kernels in double precision, kJ/mol."""
    roles: dict[str, Role] = {"ion": "resident", "water": "water", "carbonyl": "carbonyl"}
    members = [Member(m, roles[m.kind], m.name) for m in of]
    members.append(Member(load(forcefield).ion("K"), "ion", "X", mobile=False))  # not there
    topology = assemble(members, len(members) - 1, forcefield)
    slots = max(len(m.sites) for m in of)
    r = np.array([absent_sites(m, slots) for m in range(len(members))])
    for m, place in enumerate(sites):
        r[m] = 0.0
        r[m, : len(place)] = place
    return make_run(topology, r, "double").energy()


def atoms(context: Context) -> Computed:
    """Energy of the minimum of a cluster of Lennard-Jones atoms, ε."""
    n = context.settings["n"]
    atom = ion("LJ", SiteType("LJ", 0.0, 0.5 * 2.0 ** (1.0 / 6.0), 1.0, False))
    of = [atom] * n
    found = quench(cluster(of), np.array(context.table()["starts"][f"LJ {n}"], float))
    places = [place[None, :3] for place in found.places]
    return Computed(engine_energy(of, places, "jc-tip3p") if found.force < LOOSE else float("nan"))


def minimum(context: Context) -> Computed:
    """Energy of the minimum that a stored start is quenched to, kcal/mol."""
    found, of, c = _quenched(context)
    sites = sites_of(c, found.places)
    apart = [sites[c.owner == m] for m in range(len(of))]
    model = context.settings["model"]
    energy = engine_energy(of, apart, "jc-tip3p" if model == "tip4p" else model)
    if found.force > LOOSE:
        return Computed(float("nan"), note=f"the quench ended with a force of {found.force:.1g}")
    far = [np.linalg.norm(place[0] - apart[-1][0]) for place in apart[:-1]]
    note = f"ion-O {min(far):.2f}-{max(far):.2f} Å" if of[-1].kind == "ion" else ""
    return Computed(energy / KCAL, note=note)


def distance(context: Context) -> Computed:
    """Ion-oxygen distance of the monohydrate's minimum, Å."""
    found, _, _ = _quenched(context)
    return Computed(float(np.linalg.norm(found.places[0, :3] - found.places[1, :3])))


def _quenched(context: Context) -> tuple[Minimum, list[Molecule], Cluster]:
    s = context.settings
    starts = context.table()["starts"]
    name = f"{s['ion']} {s['n']}"
    of = molecules(s["model"], s["ion"], s["n"])
    c = cluster(of)
    return quench(c, np.array(starts.get(f"{name} {s['model']}", starts[name]), float)), of, c


def _dimer(context: Context) -> tuple[float, float]:
    """Distance (Å) and energy (kJ/mol) of the minimum along the axis of C=O, ion beyond O."""
    from scipy.optimize import minimize_scalar

    ff = load(context.settings["model"])
    partner, group = ff.ion(context.settings["ion"]), ff.carbonyl
    place = group.coordinates()
    bond = place[group.main][2]

    def energy(r: float) -> float:
        sites = [place, np.array([[0.0, 0.0, bond + r]])]
        return engine_energy([group, partner], sites, context.settings["model"])

    found = minimize_scalar(energy, bounds=(1.5, 4.0), method="bounded", options={"xatol": 1e-7})
    return float(found.x), float(found.fun)


def dimer_energy(context: Context) -> Computed:
    """Energy of the linear ion-carbonyl dimer, kcal/mol."""
    return Computed(_dimer(context)[1] / KCAL)


def dimer_distance(context: Context) -> Computed:
    """Ion-oxygen distance of the linear ion-carbonyl dimer, Å."""
    return Computed(_dimer(context)[0])
