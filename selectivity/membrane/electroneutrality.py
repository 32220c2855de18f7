"""How many ions make a membrane potential: charge on the capacitance against ions in the cell.

A potential V takes the charge q = C V per area. In a compartment of surface A, volume W and charge
concentration c the excess is the fraction C |V| A/(F c W) of its ions: 3 C |V|/(r F c) in a sphere
and 2 C |V|/(r F c) in a cylinder without its ends. It is 1e-5 in a cell body and 50 to
100 times more in a thin process: a model that sets the net charge to zero is in error by as much.

Source: Hille 2001, Ion Channels of Excitable Membranes, ch. 1.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import VALENCE, Solution, ion_symbol, ionic_strength
from selectivity.membrane.water import debye_length
from selectivity.units import AVOGADRO, ELEMENTARY_CHARGE, FARADAY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAPACITANCE_F_M2 = 0.01
"""Capacitance of biological membranes, 1 µF/cm² (Hille 2001)."""


def membrane_charge(voltage_V: ArrayLike, capacitance_F_m2: ArrayLike = CAPACITANCE_F_M2) -> Any:
    """Charge per area on the inner face, q = C V, in C/m².

    Broadcasts; at −70 mV and 1 µF/cm² it is −7.0e-4 C/m², 4369 elementary charges per µm².

    Raises
    ------
    InputError
        V not finite, or a negative capacitance.
    """
    voltage = checks.numbers(voltage_V, "voltage_V")
    capacitance = checks.nonnegative(capacitance_F_m2, "capacitance_F_m2")
    return checks.plain(np.asarray(capacitance * voltage))


@dataclass(frozen=True)
class Compartment:
    """A shape with its membrane area (m²) and volume (m³)."""

    shape: str
    radius_m: float
    area_m2: float
    volume_m3: float
    length_m: float | None = None
    neck_radius_m: float | None = None


def sphere(radius_m: float) -> Compartment:
    """A sphere: A = 4 π r², W = 4/3 π r³. InputError for a radius that is not positive."""
    r = checks.positive(radius_m, "radius_m")
    return Compartment("sphere", r, 4.0 * math.pi * r**2, 4.0 / 3.0 * math.pi * r**3)


def cylinder(radius_m: float, length_m: float = 1e-6) -> Compartment:
    """A piece of a process without its ends: A = 2 π r L, W = π r² L; A/W does not depend on L."""
    r, length = checks.positive(radius_m, "radius_m"), checks.positive(length_m, "length_m")
    return Compartment("cylinder", r, 2.0 * math.pi * r * length, math.pi * r**2 * length, length)


def spine(radius_m: float, neck_radius_m: float, neck_length_m: float) -> Compartment:
    """A spherical head on a cylindrical neck.

    The head is cut where the neck begins, so that it lacks a cap of the height r − √(r² − a²); the
    neck has no ends.

    Raises
    ------
    InputError
        A length that is not positive, or a neck wider than the head.
    """
    r = checks.positive(radius_m, "radius_m")
    a = checks.positive(neck_radius_m, "neck_radius_m")
    length = checks.positive(neck_length_m, "neck_length_m")
    if a >= r:
        raise InputError("neck_radius_m", a, f"is smaller than the head's radius {r:g} m")
    height = r - math.sqrt(r**2 - a**2)
    area = 4.0 * math.pi * r**2 - 2.0 * math.pi * r * height + 2.0 * math.pi * a * length
    cap = math.pi * height**2 * (3.0 * r - height) / 3.0
    volume = 4.0 / 3.0 * math.pi * r**3 - cap + math.pi * a**2 * length
    return Compartment("spine", r, area, volume, length, a)


def excess_fraction(
    voltage_V: ArrayLike,
    compartment: Compartment,
    charge_mM: ArrayLike,
    capacitance_F_m2: ArrayLike = CAPACITANCE_F_M2,
) -> Any:
    """Excess charge over the charge of the ions of either sign, C |V| A/(F c W).

    Parameters
    ----------
    voltage_V : array_like
        V in volt; only its size matters.
    compartment : Compartment
        From :func:`sphere`, :func:`cylinder` or :func:`spine`.
    charge_mM : array_like
        Concentration c of positive (or negative) charge inside, Σ₊ z c, in mM.
    capacitance_F_m2 : array_like
        F/m²; 0.01 is 1 µF/cm².

    Returns
    -------
    float or ndarray
        In the broadcast shape; inf where c is zero. For −70 mV and 150 mM: 1.5e-5 in a sphere of
        10 µm radius, 9.7e-4 in a process of 0.1 µm.

    Raises
    ------
    InputError
        V not finite, a negative concentration or capacitance.
    """
    charge = np.abs(np.asarray(membrane_charge(voltage_V, capacitance_F_m2)))
    ions = FARADAY * checks.nonnegative(charge_mM, "charge_mM") * compartment.volume_m3
    with np.errstate(divide="ignore", invalid="ignore"):
        return checks.plain(np.asarray(charge * compartment.area_m2 / ions))


def ions_moved(
    swing_V: ArrayLike,
    area_m2: ArrayLike,
    z: ArrayLike = 1,
    capacitance_F_m2: ArrayLike = CAPACITANCE_F_M2,
) -> Any:
    """Number of ions that change the potential of a membrane by ``swing_V``, C A |ΔV|/(|z| e).

    The least that an action potential of that height needs; where sodium and potassium currents
    overlap, more pass. Broadcasts: 100 mV and 1 µF/cm² take 6242 monovalent ions per µm².

    Raises
    ------
    InputError
        A number that is not finite, a negative area or capacitance, z = 0.
    """
    charge = np.abs(np.asarray(membrane_charge(swing_V, capacitance_F_m2)))
    area, valence = checks.nonnegative(area_m2, "area_m2"), np.abs(checks.valence(z))
    return checks.plain(np.asarray(charge * area / (valence * ELEMENTARY_CHARGE)))


@dataclass(frozen=True)
class Electroneutrality(Result):
    """Charge, ions and an action potential in one compartment.

    ``excess_ions`` unit charges sit on the membrane, the fraction ``excess_fraction`` of the
    ``charge_mM`` of either sign inside. Charge that the list of ions leaves out is counted as
    monovalent, in ``charge_mM`` and in ``ionic_strength_mM``. One action potential of ``spike_mV``
    moves ``spike_ions`` of ``ion`` (times ``overlap``), which changes its concentration by
    ``spike_change_mM`` where nothing diffuses in; ``spikes_for_tenth`` of them move a tenth of
    what is inside.
    """

    compartment: Compartment
    v_mV: float
    capacitance_uF_cm2: float
    charge_mM: float
    ionic_strength_mM: float
    debye_length_nm: float
    excess_ions: float
    excess_fraction: float
    ion: str
    c_in_mM: float
    spike_mV: float
    overlap: float
    spike_ions: float
    spike_change_mM: float
    spikes_for_tenth: float
    temperature_K: float

    def lines(self) -> list[str]:
        """The numbers as aligned lines, with what is to be said about them."""
        c = self.compartment
        neck = ""
        if c.neck_radius_m is not None and c.length_m is not None:
            neck = f", neck {1e6 * c.neck_radius_m:g} µm by {1e6 * c.length_m:g} µm"
        elif c.length_m is not None:
            neck = f", a piece of {1e6 * c.length_m:g} µm"
        charge = 1e-5 * self.capacitance_uF_cm2 * self.v_mV
        return [
            f"{c.shape} of radius {1e6 * c.radius_m:g} µm{neck}: area {1e12 * c.area_m2:.4g} µm², "
            f"volume {1e18 * c.volume_m3:.4g} µm³",
            f"charge on the membrane at {self.v_mV:g} mV and {self.capacitance_uF_cm2:g} µF/cm²: "
            f"{charge:.3g} C/m², {1e-12 * charge / ELEMENTARY_CHARGE:.4g} e/µm²",
            f"excess ions: {self.excess_ions:.4g}, the fraction {self.excess_fraction:.3g} of the "
            f"{self.charge_mM:g} mM of either charge inside",
            f"Debye length: {self.debye_length_nm:.3f} nm at I = {self.ionic_strength_mM:.4g} mM "
            f"and {self.temperature_K:g} K",
            f"one action potential of {self.spike_mV:g} mV (overlap {self.overlap:g}) moves "
            f"{self.spike_ions:.4g} {self.ion}: {self.spike_change_mM:.3g} mM of "
            f"{self.c_in_mM:g} mM inside",
            f"{self.spikes_for_tenth:.3g} action potentials move a tenth of the {self.ion} inside, "
            "if nothing brings it back"
            if self.c_in_mM > 0.0
            else f"there is no {self.ion} inside to begin with",
        ]

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        return asdict(self)

    def columns(self) -> Columns:
        """The rows as a table; names carry units."""
        record = self.as_dict()
        flat = {**record.pop("compartment"), **record}
        return {key: [float("nan") if value is None else value] for key, value in flat.items()}

    def draw(self, figure: Figure) -> None:
        """Excess fraction against radius for a sphere and a cylinder, and this compartment."""
        from selectivity.plotting import legend, open_frame, tidy

        if self.v_mV == 0.0:
            raise InputError("plot", "V = 0", "shows a charge above zero", "leave the plot out")
        ax = figure.add_subplot()
        radius = np.geomspace(0.03e-6, 300e-6, 200)
        volt, farad = 1e-3 * self.v_mV, 1e-2 * self.capacitance_uF_cm2
        for name, style, make in (("sphere", "-", sphere), ("cylinder", "--", cylinder)):
            y = [excess_fraction(volt, make(r), self.charge_mM, farad) for r in radius]
            ax.plot(1e6 * radius, y, style, color="black", lw=1.4, label=name)
        c = self.compartment
        label = f"this {c.shape}: {self.excess_fraction:.2g}"
        at = (1e6 * c.radius_m, self.excess_fraction)
        ax.plot(*at, "o", ms=7, color="white", mec="black", label=label, ls="none")
        ax.set_xscale("log")
        ax.set_yscale("log")
        title = f"{self.v_mV:g} mV, {self.charge_mM:g} mM, {self.capacitance_uF_cm2:g} µF/cm²"
        tidy(ax, title, "radius (µm)", "excess charge / charge of either sign inside")
        legend(ax)
        open_frame(ax)


def electroneutrality(
    inside: Solution,
    compartment: Compartment,
    voltage_V: float,
    ion: str = "Na",
    spike_V: float = 0.1,
    overlap: float = 1.0,
    capacitance_F_m2: float = CAPACITANCE_F_M2,
) -> Electroneutrality:
    """What a potential and an action potential mean for the ions of one compartment.

    Parameters
    ----------
    inside : Solution
        Its charge of either sign is what the excess is compared with.
    compartment : Compartment
    voltage_V, spike_V : float
        Membrane potential and height of the action potential in volt.
    ion : str
        The ion that an action potential moves; ``inside`` states it.
    overlap : float
        Ions that pass over the least that charge the membrane, at least 1 (4 in Attwell &
        Laughlin 2001, 1.24 in Howarth et al. 2012).
    capacitance_F_m2 : float

    Raises
    ------
    InputError
        An ion that ``inside`` does not state, no ions, a height or capacitance that is not
        positive, an overlap below 1, or a temperature outside 273.15 to 373.15 K.
    """
    symbol = ion_symbol(ion)
    volt, swing = checks.scalar(voltage_V, "voltage_V"), checks.positive(spike_V, "spike_V")
    farad = checks.positive(capacitance_F_m2, "capacitance_F_m2")
    factor = checks.scalar(overlap, "overlap")
    if factor < 1.0:
        raise InputError("overlap", factor, "is 1 or more", "1 is the least that a spike needs")
    charge = _either_charge(inside)
    strength = ionic_strength(inside, fill=True)
    ions = factor * ions_moved(swing, compartment.area_m2, VALENCE[symbol], farad)
    change = ions / AVOGADRO / compartment.volume_m3
    return Electroneutrality(
        compartment=compartment,
        v_mV=1000.0 * volt,
        capacitance_uF_cm2=100.0 * farad,
        charge_mM=charge,
        ionic_strength_mM=strength,
        debye_length_nm=1e9 * debye_length(strength, inside.temperature_K),
        excess_ions=ions_moved(volt, compartment.area_m2, 1, farad),
        excess_fraction=excess_fraction(volt, compartment, charge, farad),
        ion=symbol,
        c_in_mM=inside[symbol],
        spike_mV=1000.0 * swing,
        overlap=factor,
        spike_ions=ions,
        spike_change_mM=change,
        spikes_for_tenth=0.1 * inside[symbol] / change,
        temperature_K=inside.temperature_K,
    )


def _either_charge(solution: Solution) -> float:
    """Charge of the sign of which there is more, in mM."""
    signed = [VALENCE[ion] * c for ion, c in solution.concentrations_mM.items()]
    charge = max(sum(q for q in signed if q > 0.0), -sum(q for q in signed if q < 0.0))
    if charge == 0.0:
        raise InputError(solution.name, 0.0, "holds ions")
    return charge
