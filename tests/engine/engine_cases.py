"""Systems that the engine's tests share, and small things to run one of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.spatial.transform import Rotation
from scipy.stats import kstest

from selectivity.engine import arrays, pack, sweep
from selectivity.estimators.correlation import statistical_inefficiency
from selectivity.forcefield.identity import ladder
from selectivity.forcefield.library import load
from selectivity.forcefield.mixing import lennard_jones_ab, pair_parameters
from selectivity.forcefield.species import Molecule
from selectivity.system.build import start
from selectivity.system.spec import (
    CageSpec,
    Composition,
    DropletSpec,
    FilterSpec,
    SystemSpec,
    Tether,
    Windows,
)
from selectivity.system.topology import Member, Topology, sort_members
from selectivity.units import COULOMB, kcal

FORCE_FIELDS = ("charmm36", "jc-tip3p", "jc-spce", "jc-tip4pew", "charmm36-ecc")
KAPPA = kcal(20.0)


def droplet(forcefield: str = "charmm36", **changes) -> DropletSpec:
    changes = {"n_waters": 20, "radius": 5.82} | changes
    return DropletSpec("droplet", forcefield, ("K", "Na"), 298.15, **changes)


def cage(forcefield: str = "charmm36", **changes) -> CageSpec:
    return CageSpec("cage", forcefield, ("K", "Na"), 300.0, **changes)


def filter_(composition: str = "[K W X W]", forcefield: str = "charmm36", **changes) -> FilterSpec:
    changes = {"structure": "kcsa", "caps": (6, 6)} | changes
    return FilterSpec(
        name="filter",
        forcefield=forcefield,
        ions=changes.pop("ions", ("K", "Na")),
        temperature_K=310.15,
        composition=Composition.parse(composition),
        windows=changes.pop("windows", Windows(-4.2, 4.5, 0.3, KAPPA)),
        interior=(-3.1, 3.5),
        **changes,
    )


# Every kind of system and every force field; each with what is special about it in its name.
SYSTEMS: dict[str, SystemSpec] = {
    **{f"droplet {ff}": droplet(ff) for ff in FORCE_FIELDS},
    **{f"cage {ff}": cage(ff, n_waters=2) for ff in FORCE_FIELDS},
    **{f"filter {ff}": filter_(forcefield=ff) for ff in FORCE_FIELDS},
    "cage ligand electrostatics off": cage(ligand_electrostatics=0.0),
    "cage other dipole, four ions": CageSpec(
        "cage", "charmm36", ("K", "Na", "Rb", "Li"), 300.0, 6, 2, carbonyl_charge=0.3
    ),
    "filter ligand electrostatics scaled": filter_(ligand_electrostatics=0.4),
    "filter dry and rigid on its axis": filter_(
        "[X]", tether=Tether("rigid"), on_axis=True, caps=(0, 0)
    ),
    "filter turning freely": filter_("[K X]", k_theta=0.0, tether=Tether("uniform", kcal(3.1))),
    "filter one cap": filter_("[W X W]", caps=(0, 9)),
    "mthk": filter_(structure="mthk", ions=("K", "Na", "Cs")),
    "collapsed": filter_("[X]", structure="kcsa_collapsed"),
    "ideal cage": filter_("[X]", structure="s2_idealised", windows=Windows(-1.5, 1.5)),
}


@dataclass
class Run:
    """A system ready to move: what the kernels take, in their order."""

    topology: Topology
    model: arrays.Model
    state: arrays.State
    window: arrays.Window
    work: arrays.Work
    rng: np.random.Generator

    def refresh(self) -> None:
        sweep.refresh(self.model, self.state, self.work)

    def advance(self, records: int, stride: int) -> arrays.Output:
        out = pack.new_output(self.model, records)
        sweep.advance(self.model, self.state, self.window, self.work, self.rng, stride, out)
        return out

    def equilibrate(self, sweeps: int) -> None:
        """Sweeps at fixed identity."""
        sweep.adapt(self.model, self.state, self.window, self.work, self.rng, (1, sweeps, 0, 1, 1))

    def energy(self) -> float:
        """What the caches hold, without the umbrella."""
        return sweep.cached_energy(self.model, self.state)


def make_run(
    topology: Topology,
    r: np.ndarray,
    precision: str = "mixed",
    identity: int = 0,
    umbrella: tuple[float, float] = (float("nan"), 0.0),
    seed: int = 1,
    movers: list[tuple[int, int]] | None = None,
) -> Run:
    """A run at coordinates ``r``, its caches filled; ``movers`` replaces the table of moves."""
    model = pack.pack_model(topology, precision)
    if movers is not None:
        model = model._replace(movers=np.array(movers), sweep_length=1)
    state = pack.pack_state(model, r, identity)
    window = pack.new_window(model, *umbrella)
    rng = np.random.Generator(np.random.PCG64(seed))
    run = Run(topology, model, state, window, pack.new_work(model), rng)
    run.refresh()
    return run


def scrambled(topology: Topology, z: float, seed: int, far: float = 0.25) -> np.ndarray:
    """The start with every molecule displaced and turned a little, one 9 Å beyond each wall.

    So that no term vanishes: tethers, orientation and C...CB are strained, walls are overstepped.
    With ``far`` = 0 it is the start itself.
    """
    rng = np.random.default_rng(seed)
    r = start(topology, z, rng)
    for m, member in enumerate(topology.members):
        n = len(member.molecule.sites)
        turn = Rotation.from_rotvec(rng.uniform(-far, far, 3)).as_matrix()
        pivot = r[m, member.molecule.main].copy()
        if m != topology.x:
            r[m, :n] = (r[m, :n] - pivot) @ turn.T + pivot + rng.uniform(-far, far, 3)
    if far == 0.0:
        return r
    walls: list[object] = []
    for m, member in enumerate(topology.members):
        if m == topology.x or member.wall is None or member.wall in walls:
            continue
        walls.append(member.wall)
        n = len(member.molecule.sites)
        out = r[m, member.molecule.main] * np.array([1.0, 1.0, 0.2])
        r[m, :n] += 9.0 * out / np.linalg.norm(out)
    return r


def start_z(spec: SystemSpec) -> float:
    """A height of X inside the windows of a filter, away from any symmetry."""
    return 0.37 if spec.kind == "filter" else 0.0


def assemble(members: list[Member], x: int, forcefield: str = "jc-tip3p", **changes) -> Topology:
    """A topology of hand-made members, at 300 K; ``x`` and ``file`` are places in ``members``."""
    spec = CageSpec("hand-made", forcefield, ("K", "Na"), 300.0)
    ff = load(forcefield)
    ordered, new = sort_members(members)
    if "file" in changes:
        changes["file_order"] = tuple(new[m] for m in changes.pop("file"))
    return Topology(spec, ff, ladder(ff, spec.ions, 5), ordered, new[x], **changes)


def ion_at(points: np.ndarray, molecule: Molecule, ion: Molecule) -> np.ndarray:
    """Energy of an ion at ``points`` (..., 3) of a molecule's own frame, kJ/mol."""
    total = np.zeros(points.shape[:-1])
    for site, position in zip(molecule.sites, molecule.coordinates(), strict=True):
        d = np.linalg.norm(points - position, axis=-1)
        A, B = lennard_jones_ab(*pair_parameters(site, ion.sites[0]))
        total += COULOMB * site.charge * ion.charge / d + A / d**12 - B / d**6
    return total


def in_body_frame(water: np.ndarray, point: np.ndarray) -> np.ndarray:
    """``point`` as seen by a water (O, H1, H2, ...): O at the origin, H in the xz plane."""
    x = water[1] - water[2]
    z = 0.5 * (water[1] + water[2]) - water[0]
    x, z = x / np.linalg.norm(x), z / np.linalg.norm(z)
    return np.array([x, np.cross(z, x), z]) @ (point - water[0])


def record(run: Run, n: int, stride: int, observe) -> np.ndarray:
    """``observe(r)`` of ``n`` configurations, ``stride`` sweeps apart, after n/10 of them."""
    run.equilibrate(stride * (n // 10))
    rows = []
    for _ in range(n):
        run.equilibrate(stride)
        rows.append(observe(run.state.r))
    return np.array(rows)


def marginal(log_density: np.ndarray, keep: int, *grids: np.ndarray) -> np.ndarray:
    """ln of the density of one coordinate: the others integrated over by the trapezoidal rule."""
    density = np.exp(log_density - log_density.max())
    for axis in reversed(range(len(grids))):
        if axis != keep:
            density = np.trapezoid(density, grids[axis], axis=axis)
    return np.log(np.maximum(density, 1e-300))


def assert_follows(
    series: np.ndarray, grid: np.ndarray, log_density: np.ndarray, least: int = 1000
) -> None:
    """A correlated series comes from a density on a fine grid: KS of its independent part, mean.

    The series is thinned by 1.5 times its statistical inefficiency; ``least`` samples must be
    left. Mean: |z| < 3.5; Kolmogorov-Smirnov: p > 1e-3.
    """
    thin = series[:: math.ceil(1.5 * statistical_inefficiency(series))]
    assert len(thin) >= least, f"{len(thin)} effective samples of {len(series)}"
    weight = np.exp(log_density - log_density.max())
    cumulative = cumulative_trapezoid(weight, grid, initial=0.0)
    assert grid[0] <= series.min()
    assert series.max() <= grid[-1]
    mean = np.trapezoid(weight * grid, grid) / cumulative[-1]
    z = (thin.mean() - mean) / (thin.std(ddof=1) / math.sqrt(len(thin)))
    p = kstest(thin, lambda x: np.interp(x, grid, cumulative / cumulative[-1])).pvalue
    print(f"N_eff {len(thin)}, z {z:.2f}, p {p:.3f}")
    assert abs(z) < 3.5, f"mean {thin.mean():.4f}, exact {mean:.4f}, z = {z:.1f}"
    assert p > 1e-3, f"p = {p:.1e} with {len(thin)} samples"
