"""Donnan equilibrium as a result: composition, potential, pressure, and the volume it leads to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.cell.donnan_equilibrium import (
    donnan_excess,
    donnan_log_ratio,
    swollen_concentration,
)
from selectivity.errors import InputError
from selectivity.membrane import Solution, checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import NEUTRAL_FRACTION, VALENCE
from selectivity.membrane.text import aligned, fixed, kelvin
from selectivity.units import FARADAY, GAS_CONSTANT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VOLUMES = ("fixed", "free")
UNBOUNDED = (
    "no equilibrium: the impermeants inside draw water at every volume, since the bath holds no "
    "impermeants and no wall bears a pressure; the volume grows without bound"
)


@dataclass(frozen=True)
class Impermeant:
    """What cannot cross: concentration (mM) and mean charge number, of several kinds together.

    Raises
    ------
    InputError
        A negative concentration, or a charge number that is not finite.
    """

    c_mM: float
    z: float = 0.0

    def __post_init__(self) -> None:
        checks.nonnegative(self.c_mM, "impermeant c_mM")
        checks.scalar(self.c_mM, "impermeant c_mM")
        checks.scalar(self.z, "impermeant z")

    @property
    def charge_mM(self) -> float:  # noqa: N802
        """z X."""
        return self.z * self.c_mM


NONE = Impermeant(0.0)
"""No impermeants."""


def together(*kinds: Impermeant) -> Impermeant:
    """Several kinds as one, with their mean charge number."""
    total = sum(kind.c_mM for kind in kinds)
    charge = sum(kind.charge_mM for kind in kinds)
    return Impermeant(total, charge / total if total else 0.0)


@dataclass(frozen=True)
class Donnan(Result):
    """Permeant ions at equilibrium across a wall that holds impermeants back.

    ``swelling`` is the volume over the one at which the impermeants inside have the concentration
    ``given``; 1 at fixed volume, inf without an equilibrium (``equilibrium`` False, ``reason``).
    ``inner`` are the impermeants at that volume, ``pressure_Pa`` what the inside then exerts on the
    wall (RT times the osmotic difference), ``wall_Pa`` what the wall was said to bear.
    """

    outside: Solution
    given: Impermeant
    outer: Impermeant
    volume: str
    wall_Pa: float
    equilibrium: bool
    reason: str
    inside_mM: Mapping[str, float]
    inner: Impermeant
    log_ratio: float
    v_mV: float
    pressure_Pa: float
    swelling: float

    @property
    def ratio(self) -> float:
        """r, by which a monovalent cation is concentrated."""
        return math.exp(self.log_ratio)

    def lines(self) -> list[str]:
        """The equilibrium in words and numbers."""
        given = f"{self.given.c_mM:g} mM of charge {self.given.z:g} at the volume given"
        out = [
            f"Donnan equilibrium at {kelvin(self.outside.temperature_K)}, {self.volume} volume; "
            f"impermeants inside {given}"
        ]
        if not self.equilibrium:
            return [*out, self.reason]
        rows = [
            (ion, f"{VALENCE[ion]:+d}", fixed(self.outside[ion], 4), fixed(self.inside_mM[ion], 4))
            for ion in self.outside
        ]
        if self.outer.c_mM > 0.0:
            rows.append(("X outside", f"{self.outer.z:+g}", fixed(self.outer.c_mM, 4), ""))
        rows.append(("X inside", f"{self.inner.z:+g}", "", fixed(self.inner.c_mM, 4)))
        out += aligned(("", "z", "out, mM", "in, mM"), rows)
        out.append(f"r = {self.ratio:.6g}, V = {fixed(self.v_mV, 3)} mV")
        if self.volume == "fixed":
            towards = "water is drawn in" if self.pressure_Pa > 0.0 else "water is drawn out"
            if abs(self.pressure_Pa) < 1e-6:
                towards = "no water moves"
            need = f"pressure to hold this volume: {self.pressure_Pa / 1e3:.4g} kPa ({towards})"
            return [*out, need]
        wall = f", where the wall bears {self.wall_Pa / 1e3:.4g} kPa" if self.wall_Pa else ""
        return [*out, f"volume at rest: {self.swelling:.6g} of the one given{wall}"]

    def record(self) -> dict[str, Any]:
        """The equilibrium with its inputs."""
        return {
            "outside_mM": dict(self.outside.concentrations_mM),
            "temperature_K": self.outside.temperature_K,
            "impermeant_in": {"c_mM": self.given.c_mM, "z": self.given.z},
            "impermeant_out": {"c_mM": self.outer.c_mM, "z": self.outer.z},
            "volume": self.volume,
            "wall_Pa": self.wall_Pa,
            "equilibrium": self.equilibrium,
            "reason": self.reason,
            "inside_mM": dict(self.inside_mM),
            "x_in_mM": self.inner.c_mM,
            "ratio": self.ratio,
            "v_mV": self.v_mV,
            "pressure_Pa": self.pressure_Pa,
            "volume_ratio": self.swelling,
        }

    def columns(self) -> Columns:
        """A row for each ion and for the impermeants of both sides."""
        ions = list(self.outside)
        return {
            "species": [*ions, "X_out", "X_in"],
            "z": [*(float(VALENCE[ion]) for ion in ions), self.outer.z, self.inner.z],
            "c_out_mM": [*(self.outside[ion] for ion in ions), self.outer.c_mM, 0.0],
            "c_in_mM": [*(self.inside_mM[ion] for ion in ions), 0.0, self.inner.c_mM],
        }

    def curves(self, swelling: Any) -> tuple[Any, Any]:
        """V (mV) and pressure (Pa) at volumes relative to the one given, any shape."""
        x = self.given.c_mM / np.asarray(swelling, dtype=float)
        c, z = _arrays(self.outside)
        y = donnan_log_ratio(c, z, self.given.z * x)
        rt = GAS_CONSTANT * self.outside.temperature_K
        pressure = rt * (np.asarray(donnan_excess(c, z, y)) + x - self.outer.c_mM)
        return -1e3 * rt / FARADAY * np.asarray(y), pressure

    def draw(self, figure: Figure) -> None:
        """Pressure and potential against the volume, this equilibrium marked."""
        from selectivity.cell.volume.figures import round_ticks
        from selectivity.plotting import GREY, legend, open_frame, tidy

        if self.given.c_mM == 0.0:
            rule = "shows impermeants inside"
            raise InputError("plot", "X = 0", rule, "leave the plot out")
        end = self.swelling if math.isfinite(self.swelling) else 1.0
        span = np.geomspace(0.5 * min(1.0, end), 5.0 * max(1.0, end), 300)
        v, pressure = self.curves(span)
        width, height = figure.get_size_inches()
        figure.set_size_inches(max(7.6, width), max(3.6, height))
        left, right = figure.subplots(1, 2)
        left.plot(span, pressure / 1e3, color="black", lw=1.4)
        left.axhline(self.wall_Pa / 1e3, color=GREY, ls="--", lw=0.9)
        right.plot(span, v, color="black", lw=1.4)
        for ax, y in ((left, self.pressure_Pa / 1e3), (right, self.v_mV)):
            if self.equilibrium:
                label = "at rest" if self.volume == "free" else "at this volume"
                ax.plot(self.swelling, y, "o", ms=7, color="white", mec="black", label=label)
                legend(ax)
            ax.set_xscale("log")
            round_ticks(ax.xaxis)
            open_frame(ax)
        tidy(left, "osmotic pressure (dashed: the wall)", "volume / volume given", "kPa")
        tidy(right, "potential", "volume / volume given", "V (mV)")


def donnan(
    outside: Solution,
    inside: Impermeant,
    outer: Impermeant | None = None,
    volume: str = "fixed",
    wall_Pa: float = 0.0,
) -> Donnan:
    """Donnan equilibrium of the ions of ``outside``, all of them permeant, with impermeants inside.

    c_in = c_out r^z with Σ z c_in + z_X X = 0, V = −(RT/F) ln r and the osmotic pressure
    ΔΠ = RT (Σ c_in + X − Σ c_out − X_out); at free volume X is what makes ΔΠ that of the wall
    (:mod:`selectivity.cell.donnan_equilibrium`; Donnan 1911, Z Elektrochem 17:572).

    Parameters
    ----------
    outside : Solution
        The bath, large enough to keep its concentrations.
    inside : Impermeant
        Impermeants inside and their mean charge, at the volume given.
    outer : Impermeant, optional
        Impermeants of the bath; together with its ions it is neutral.
    volume : {"fixed", "free"}
        Whether water may move until the pressure is ``wall_Pa``.
    wall_Pa : float
        Pressure that a wall bears at rest; of use at free volume alone.

    Returns
    -------
    Donnan
        With ``equilibrium`` False where a free volume grows without bound.

    Raises
    ------
    InputError
        A bath that is not neutral, no permeant counter-ion, no impermeants inside a free volume, a
        negative wall pressure, or one at fixed volume.
    """
    bath = Impermeant(0.0) if outer is None else outer
    _neutral(outside, bath)
    if volume not in VOLUMES:
        raise InputError("volume", volume, "is fixed or free")
    checks.nonnegative(wall_Pa, "wall_Pa")
    if volume == "fixed" and wall_Pa > 0.0:
        rule = "is of use where the volume is free: a fixed one bears whatever comes"
        raise InputError("wall_Pa", wall_Pa, rule, "leave it out, or free the volume")
    if volume == "free" and inside.c_mM == 0.0:
        rule = "is above zero: without impermeants inside, a free volume has no size of its own"
        raise InputError("impermeant c_mM", 0.0, rule)
    c, z = _arrays(outside)
    x: float | None = inside.c_mM
    if volume == "free":
        held = bath.c_mM + wall_Pa / (GAS_CONSTANT * outside.temperature_K)
        x = swollen_concentration(c, z, inside.z, held)
    return _result(outside, inside, bath, volume, wall_Pa, x)


def _result(
    outside: Solution,
    inside: Impermeant,
    bath: Impermeant,
    volume: str,
    wall_Pa: float,
    x: float | None,
) -> Donnan:
    c, z = _arrays(outside)
    rt = GAS_CONSTANT * outside.temperature_K
    y = math.nan if x is None else float(donnan_log_ratio(c, z, inside.z * x))
    excess = math.nan if x is None else float(donnan_excess(c, z, y)) + x - bath.c_mM
    return Donnan(
        outside=outside,
        given=inside,
        outer=bath,
        volume=volume,
        wall_Pa=wall_Pa,
        equilibrium=x is not None,
        reason="" if x is not None else UNBOUNDED,
        inside_mM={ion: outside[ion] * math.exp(VALENCE[ion] * y) for ion in outside},
        inner=Impermeant(0.0 if x is None else x, inside.z),
        log_ratio=y,
        v_mV=-1e3 * rt / FARADAY * y,
        pressure_Pa=rt * excess,
        swelling=1.0 if volume == "fixed" else math.inf if x is None else inside.c_mM / x,
    )


def _arrays(outside: Solution) -> tuple[np.ndarray, np.ndarray]:
    ions = list(outside)
    return np.array([outside[i] for i in ions]), np.array([float(VALENCE[i]) for i in ions])


def _neutral(outside: Solution, bath: Impermeant) -> None:
    charges = [VALENCE[ion] * outside[ion] for ion in outside]
    excess = math.fsum([*charges, bath.charge_mM])
    size = sum(abs(q) for q in charges) + abs(bath.charge_mM)
    if size == 0.0:
        raise InputError(outside.name, 0.0, "holds permeant ions")
    if abs(excess) > NEUTRAL_FRACTION * size:
        rule = "is neutral: its ions and its impermeants together"
        remedy = f"give impermeants outside with {bath.charge_mM - excess:+.6g} mM of charge"
        raise InputError(f"{outside.name} (charge, mM)", round(excess, 9), rule, remedy)
