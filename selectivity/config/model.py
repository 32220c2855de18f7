"""The shape of a run file: its keys, what each holds, and what stands for those left out.

The models check values one by one; what several values must satisfy together is in ``rules``.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from selectivity.config import fields as f
from selectivity.sampling.plan import SamplingPlan
from selectivity.system.spec import Tether, Windows
from selectivity.units import kcal

_PLAN = SamplingPlan()


class Model(BaseModel):
    """Base of the models: no other keys, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WindowsModel(Model):
    """Umbrella windows; ``lower`` and ``upper`` left out reach 1 Å beyond the interior."""

    lower: f.Length | None = None
    upper: f.Length | None = None
    spacing: f.PositiveLength = Windows(0.0, 0.0).spacing
    force_constant: f.PositiveForceConstant = Windows(0.0, 0.0).kappa


class RingModel(Model):
    """A change of one ring; ``ligand`` alone may stand for the whole: ``G77 O: deleted``."""

    radius: f.PositiveLength | None = None
    charge_scale: f.Scale = 1.0
    ligand: f.RingLigand | None = None


class FilterModel(Model):
    """``kind: filter``, an ion on the axis of a selectivity filter."""

    kind: Literal["filter"]
    structure: f.Text
    composition: f.CompositionField
    reservoir: f.ReservoirField = "bulk"
    # None, which is not validated, stands for the interior that the composition leaves to X
    interior: f.Interior = None  # type: ignore[assignment]
    reference: f.Text
    windows: WindowsModel = WindowsModel()
    caps: f.Caps = (6, 6)
    tether: f.TetherField = Tether()
    orientation: f.Orientation = kcal(20.0)
    ligand_electrostatics: f.Fraction = 1.0
    on_axis: f.Flag = False
    rings: Annotated[dict[str, Annotated[RingModel, f.RingChangeField]], f.RingChangesField] = {}
    forcefield: f.Text | None = None


class CageModel(Model):
    """``kind: cage``, an ion and ligands in a soft sphere."""

    kind: Literal["cage"]
    carbonyls: f.Few = 8
    waters: f.Few = 0
    radius: f.PositiveLength = 3.5
    wall: f.PositiveForceConstant = kcal(500.0)
    ligand_electrostatics: f.Fraction = 1.0
    carbonyl_charge: f.CarbonylCharge | None = None
    reference: f.Text | None = None
    forcefield: f.Text | None = None


class DropletModel(Model):
    """``kind: droplet``, an ion and waters in a soft sphere: the bulk reference.

    With ``solvent`` a liquid amide takes the place of water: ``molecules`` counts it, ``radius``
    left out is that of the liquid, and ``reference`` may name the droplet of water.
    """

    kind: Literal["droplet"]
    solvent: f.Text = "water"
    waters: Annotated[int, f.count(1, 1000)] = 64
    molecules: Annotated[int, f.count(1, 1000)] = 64
    radius: f.PositiveLength | None = None
    reference: f.Text | None = None
    wall: f.PositiveForceConstant = kcal(10.0)
    forcefield: f.Text | None = None


class SamplingModel(Model):
    """``sampling:``, of the whole file or of one system."""

    seed: Annotated[int, f.count(0, 2**64 - 1)] = _PLAN.seed
    replicas: Annotated[int, f.count(2, 10_000)] = _PLAN.replicas
    states_per_gap: Annotated[int, f.count(1, 100)] = _PLAN.states_per_gap
    equilibration: f.Natural = _PLAN.equilibration
    adaptation: f.Positive = _PLAN.adaptation
    production: f.Positive = _PLAN.production
    stride: f.Positive = _PLAN.stride
    exchange_every: f.Positive = _PLAN.exchange_every
    trajectory_every: f.Natural = _PLAN.trajectory_every
    trajectory_steps: Annotated[int, f.count(1, 1000)] = _PLAN.trajectory_steps
    frames_every: f.Natural = _PLAN.frames_every
    segments: Annotated[int, f.count(1, 10_000)] = _PLAN.segments
    precision: Annotated[Literal["mixed", "double"], f.choice("mixed", "double")] = _PLAN.precision


class SidesModel(Model):
    """Concentrations of one ion on both sides of the membrane."""

    inside: f.Concentration
    outside: f.Concentration


class PermeabilityModel(Model):
    """Permeabilities of the membrane relative to that of K through the channels."""

    K: f.Permeability = 1.0
    Na_leak: f.Permeability | None = None
    Cl: f.Permeability | None = None


class ConcentrationsModel(Model):
    """Concentrations of the three ions of the membrane potential."""

    K: SidesModel | None = None
    Na: SidesModel | None = None
    Cl: SidesModel | None = None


class MembraneModel(Model):
    """``membrane:``, a preset, or concentrations and permeabilities, or a preset with changes."""

    preset: f.Text | None = None
    temperature: f.Temperature | None = None
    concentrations: ConcentrationsModel = ConcentrationsModel()
    permeability: PermeabilityModel = PermeabilityModel()
    source: f.Text | None = None


class RunModel(Model):
    """The keys of the whole file, without ``systems:`` and ``sampling:``."""

    temperature: f.Temperature
    ions: f.Ions
    forcefield: f.Text
    title: f.Text = "untitled"
    pair: f.IonPair | None = None
    headline: f.Text | None = None
    membrane: MembraneModel | None = None


SYSTEM_MODELS: dict[str, type[FilterModel] | type[CageModel] | type[DropletModel]] = {
    "filter": FilterModel,
    "cage": CageModel,
    "droplet": DropletModel,
}
