"""Input files of GROMACS for the droplet of the benchmark: topology, coordinates, settings.

The droplet is K+ (Joung-Cheatham) in 64 SPC/E waters at 310.15 K. The wall is GROMACS's
flat-bottomed position restraint about the centre on every oxygen, V = ½k(d − R)² beyond R, and the
umbrella its harmonic position restraint with a force constant along z alone: both are the terms of
the engine, in the same form. The droplet stands in the middle of a cube of ``BOX`` nm with a plain
cut-off beyond its diameter: every pair is within it, no image is, and the energy of a configuration
is that of the engine (within 0.01 kJ/mol). Heavy hydrogens are masses moved from the oxygen to
them, which changes no average.

``python -m tests.benchmarks.gromacs_input`` writes the files again; the coordinates come from a
short equilibration by the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from selectivity.api.benchmark.droplet import KAPPA, equilibrate, new_droplet
from selectivity.forcefield.species import SiteType
from selectivity.system.topology import Topology

FOLDER = Path(__file__).parent / "gromacs"
BOX = 8.0  # nm
CUTOFF = 2.6  # nm: oxygens stay within 2 x 0.8 nm
SIGMA = 2.0 * 2.0 ** (-1.0 / 6.0)  # sigma of a site per Rmin/2
MASSES = {"light": (15.9994, 1.008), "heavy": (9.9516, 4.0319)}  # O and H: heavy hydrogens
MASS_K = 39.0983

MDP = """; {title}
integrator           = {integrator}
dt                   = {dt}
nsteps               = -1
tcoupl               = {tcoupl}
tc-grps              = System
tau-t                = {tau}
ref-t                = 310.15
nsttcouple           = {nsttcouple}
cutoff-scheme        = Verlet
verlet-buffer-tolerance = -1
nstlist              = {nstlist}
pbc                  = xyz
rlist                = 2.8
coulombtype          = Cut-off
coulomb-modifier     = None
rcoulomb             = {cutoff}
epsilon-r            = 1
epsilon-rf           = 1
vdwtype              = Cut-off
vdw-modifier         = None
rvdw                 = {cutoff}
DispCorr             = no
constraints          = none
comm-mode            = None
gen-vel              = yes
gen-temp             = 310.15
gen-seed             = {seed}
ld-seed              = {seed}
nstenergy            = {stride}
nstcalcenergy        = {stride}
nstxout-compressed   = {stride}
compressed-x-precision = 10000
nstlog               = 0
nstxout              = 0
nstvout              = 0
nstfout              = 0
"""


@dataclass(frozen=True)
class Setting:
    """One way to run GROMACS: integrator, time step (ps), thermostat and its time (ps), ..."""

    name: str
    integrator: str = "sd"
    dt: float = 0.002
    tau: float = 1.0
    nstlist: int = 100
    masses: str = "light"
    binary: str = "gmx"
    every: float = 0.05  # ps between two stored samples

    @property
    def stride(self) -> int:
        return max(1, round(self.every / self.dt))


SETTINGS = (
    Setting("sd-1fs", dt=0.001),
    Setting("sd-2fs"),
    Setting("sd-2fs-tau0.2", tau=0.2),
    Setting("sd-2fs-tau5", tau=5.0),
    Setting("md-2fs-vrescale", "md", tau=0.5),
    Setting("md-2fs-vrescale0.1", "md", tau=0.1),
    Setting("mdvv-2fs-vrescale", "md-vv", tau=0.5),
    Setting("md-2fs-vrescale-nstlist20", "md", tau=0.5, nstlist=20),
    Setting("sd-4fs-heavy", dt=0.004, masses="heavy"),
    Setting("md-4fs-heavy-vrescale", "md", dt=0.004, tau=0.5, masses="heavy"),
    Setting("md-4fs-heavy-vrescale0.1", "md", dt=0.004, tau=0.1, masses="heavy"),
    Setting("md-5fs-heavy-vrescale0.1", "md", dt=0.005, tau=0.1, masses="heavy"),
    Setting("sd-2fs-double", binary="gmx_d"),
)


def mdp_text(setting: Setting, seed: int = 1) -> str:
    """Run parameters of a setting."""
    return MDP.format(
        title=setting.name,
        integrator=setting.integrator,
        dt=setting.dt,
        tcoupl="no" if setting.integrator == "sd" else "v-rescale",
        tau=setting.tau,
        nsttcouple=10 if setting.integrator != "sd" else -1,
        nstlist=setting.nstlist,
        cutoff=CUTOFF,
        seed=seed,
        stride=setting.stride,
    )


def top_text(topology: Topology, umbrella_k: float, masses: str) -> str:
    """Topology of the droplet; ``umbrella_k`` in kJ/mol/Å²."""
    ion = topology.members[topology.x].molecule.sites[0]
    water = next(m for m in topology.members if m.role == "water")
    oxygen, hydrogen = water.molecule.sites[:2]
    position = np.array(water.molecule.positions)
    oh = 0.1 * float(np.linalg.norm(position[1] - position[0]))
    hh = 0.1 * float(np.linalg.norm(position[2] - position[1]))
    m_o, m_h = MASSES[masses]
    wall = water.wall
    n = sum(m.role == "water" for m in topology.members)

    def lj(site: SiteType) -> str:
        return f"{0.1 * SIGMA * site.rmin_half:.9e} {site.epsilon:.9e}"

    return f"""[ defaults ]
; nbfunc comb-rule gen-pairs
1 2 no

[ atomtypes ]
; name mass charge ptype sigma epsilon
OW {m_o} {oxygen.charge} A {lj(oxygen)}
HW {m_h} {hydrogen.charge} A 0.0 0.0
K {MASS_K} {ion.charge} A {lj(ion)}

[ moleculetype ]
SOL 2

[ atoms ]
1 OW 1 SOL OW 1 {oxygen.charge} {m_o}
2 HW 1 SOL HW1 1 {hydrogen.charge} {m_h}
3 HW 1 SOL HW2 1 {hydrogen.charge} {m_h}

[ settles ]
1 1 {oh:.9f} {hh:.9f}

[ exclusions ]
1 2 3
2 1 3
3 1 2

[ position_restraints ]
; the wall: flat within {0.1 * wall.radius} nm of the centre
1 2 1 {0.1 * wall.radius} {100.0 * wall.k}

[ moleculetype ]
K 1

[ atoms ]
1 K 1 K K 1 {ion.charge} {MASS_K}

[ position_restraints ]
; the umbrella along z
1 1 0 0 {100.0 * umbrella_k}

[ system ]
K+ in {n} SPC/E waters

[ molecules ]
SOL {n}
K 1
"""


def gro_text(topology: Topology, r: np.ndarray) -> str:
    """Coordinates ``r`` (M, S, 3) in Å about the centre of the box; waters first, then K+."""
    lines: list[str] = []
    order = [m for m in range(len(r)) if m != topology.x] + [topology.x]
    for residue, m in enumerate(order, start=1):
        water = ("SOL", ("OW", "HW1", "HW2"))
        kind, names = ("K", ("K",)) if m == topology.x else water
        for x, name in zip(0.1 * r[m] + 0.5 * BOX, names, strict=False):
            place = "".join(f"{v:11.6f}" for v in x)
            lines += [f"{residue:5d}{kind:<5s}{name:>5s}{len(lines) + 1:5d}{place}"]
    box = f"{BOX:10.5f}" * 3
    return "\n".join(["K+ in SPC/E waters", f"{len(lines):5d}", *lines, box, ""])


def write_all(topology: Topology, r: np.ndarray, umbrella_k: float, folder: Path = FOLDER) -> None:
    """Write topologies, equilibrated coordinates, reference places and all settings."""
    folder.mkdir(exist_ok=True)
    for masses in MASSES:
        (folder / f"droplet-{masses}.top").write_text(top_text(topology, umbrella_k, masses))
    (folder / "droplet.gro").write_text(gro_text(topology, r))
    (folder / "centre.gro").write_text(gro_text(topology, np.zeros_like(r)))
    for setting in SETTINGS:
        (folder / f"{setting.name}.mdp").write_text(mdp_text(setting))


def main() -> None:
    """Write the files of the benchmark's droplet."""
    droplet = new_droplet()
    equilibrate(droplet, 3_000)
    write_all(droplet.topology, droplet.state.r, KAPPA)


if __name__ == "__main__":
    main()
