"""Harmonic sites in closed form, and the crystal's B-factors given back by the tethers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from selectivity.engine.arrays import TRANSLATE
from selectivity.forcefield.library import load
from selectivity.geometry.confinement import SphereWall
from selectivity.sampling.streams import stream
from selectivity.system.build import build_topology
from selectivity.system.filter_build import superpose
from selectivity.system.topology import Member, Topology, absent_sites
from selectivity.units import KCAL, kcal, rt
from selectivity.validation.context import Arrays, Context
from selectivity.validation.filter_sites import dry_filter
from selectivity.validation.records import Computed
from selectivity.validation.replicas import from_replicas
from selectivity.validation.small import assemble, make_run, record

TEMPERATURE = 300.0


def sample_ion(context: Context) -> list[Arrays]:
    """A K+ bound to the origin by ½k r², under an umbrella ½κ(z − z_i)²."""
    s = context.settings
    wall = SphereWall(0.0, kcal(s["k"]))
    topology = assemble([Member(load("charmm36").ion("K"), "ion", "X", wall=wall)], 0, "charmm36")

    def one(replica: int) -> Arrays:
        rng = stream(context.seed, "harmonic ion", replica, 0)
        run = make_run(
            topology,
            np.zeros((1, 1, 3)),
            umbrella=(s["center"], kcal(s["kappa"])),
            movers=[(TRANSLATE, 0)],
            seed=rng,
        )
        run.window.step[TRANSLATE] = 0.8
        return {"r": record(run, s["records"], s["stride"], lambda r: r[0, 0].copy())}

    return context.pieces(range(s["replicas"]), one)


def mean_height(context: Context) -> Computed:
    """⟨z⟩ = κz_i/(κ + k), Å."""
    s = context.settings
    exact = s["kappa"] * s["center"] / (s["kappa"] + s["k"])
    found = [piece["r"][:, 2].mean() for piece in context.stage()]
    return from_replicas(found, target=exact)


def variance(context: Context) -> Computed:
    """RT/(κ + k) along the umbrella, RT/k across, Å²."""
    s = context.settings
    along = s["axis"] == "z"
    exact = rt(TEMPERATURE) / KCAL / (s["k"] + (s["kappa"] if along else 0.0))
    axis = 2 if along else 0
    found = [piece["r"][:, axis].var() for piece in context.stage()]
    return from_replicas(found, target=exact)


def alone(topology: Topology, label: str) -> tuple[Topology, np.ndarray]:
    """One ligand group of a filter with its tethers, nothing else there, and its coordinates."""
    member = next(m for m in topology.members if m.label == label)
    assert member.anchor is not None
    anchor = replace(member.anchor, partner=-1, bond=(0.0, 0.0))
    member = replace(member, anchor=anchor)
    x = Member(topology.forcefield.ion("K"), "ion", "X", mobile=False)
    small = assemble([member, x], 1, topology.spec.forcefield)
    r = np.array([absent_sites(m, len(member.molecule.sites)) for m in range(2)])
    r[0] = superpose(member.molecule.coordinates(), anchor.position)
    return replace(small, spec=topology.spec), r


def sample_ring(context: Context) -> list[Arrays]:
    """The oxygen of one isolated group: its displacement from the crystal position."""
    s = context.settings
    filter_topology = build_topology(dry_filter(s["structure"], 0.0, s["forcefield"]))
    topology, r = alone(filter_topology, f"{s['ring']} 0")
    anchor = topology.members[0].anchor
    assert anchor is not None
    oxygen = topology.members[0].molecule.main

    def one(replica: int) -> Arrays:
        rng = stream(context.seed, f"ring {s['structure']} {s['ring']}", replica, 0)
        run = make_run(topology, r, seed=rng)
        run.window.step[:3] = 0.5
        move = record(
            run, s["records"], s["stride"], lambda r: r[0, oxygen] - anchor.position[oxygen]
        )
        return {"u": move}

    return context.pieces(range(s["replicas"]), one)


def rms(context: Context) -> Computed:
    """(⟨u_O²⟩/3)^½, Å, which the crystal gives as (B/8π²)^½."""
    found = [math.sqrt((piece["u"] ** 2).sum(axis=1).mean() / 3.0) for piece in context.stage()]
    return from_replicas(found)
