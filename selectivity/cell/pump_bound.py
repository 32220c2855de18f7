"""The pump of a given cell against the bound that ATP sets: efficiency, stall, limiting gradients.

Equations and sources: :mod:`selectivity.cell.atp`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from selectivity.cell.atp import Phosphates, coupling, stall_potential
from selectivity.cell.pump_law import K_PER_CYCLE, NA_PER_CYCLE
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.nernst import nernst
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import VALENCE, Solution, common_temperature
from selectivity.membrane.text import aligned, fixed, kelvin
from selectivity.units import FARADAY, rt

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class PumpBound(Result):
    """The work of a cycle against what ATP gives, per mole.

    ``work_kJ_mol`` has its parts ``sodium_kJ_mol`` = nF(E_Na − V) and ``potassium_kJ_mol`` =
    kF(V − E_K); ``efficiency`` is the work over −ΔG_ATP. ``stall_mV`` is nan for n = k.
    ``na_in_least_mM`` is the lowest inner sodium that the pump can reach at this V and this
    potassium, ``k_in_most_mM`` the highest inner potassium at this V and this sodium (inf where
    the pump moves none).
    """

    temperature_K: float
    v_mV: float
    na_in_mM: float
    na_out_mM: float
    k_in_mM: float
    k_out_mM: float
    phosphates: Phosphates
    sodium: int
    potassium: int
    free_energy_kJ_mol: float
    sodium_kJ_mol: float
    potassium_kJ_mol: float
    stall_mV: float
    na_in_least_mM: float
    k_in_most_mM: float

    @property
    def work_kJ_mol(self) -> float:  # noqa: N802
        """Work of a mole of cycles."""
        return self.sodium_kJ_mol + self.potassium_kJ_mol

    @property
    def efficiency(self) -> float:
        """Work over what ATP gives; above 1 the pump runs backwards."""
        return self.work_kJ_mol / -self.free_energy_kJ_mol

    @property
    def runs_forward(self) -> bool:
        """Whether ATP pays for the cycle."""
        return self.work_kJ_mol < -self.free_energy_kJ_mol

    def columns(self) -> Columns:
        """The energies, a row each."""
        return {
            "part": ["sodium out", "potassium in", "cycle", "ATP gives"],
            "kJ_mol": [
                self.sodium_kJ_mol,
                self.potassium_kJ_mol,
                self.work_kJ_mol,
                -self.free_energy_kJ_mol,
            ],
        }

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        own = dict(vars(self))
        own["phosphates"] = vars(self.phosphates)
        extra = {"work_kJ_mol": self.work_kJ_mol, "efficiency": self.efficiency}
        return {**own, **extra, "runs_forward": self.runs_forward}

    def lines(self) -> list[str]:
        """The cost of a cycle against ATP, the efficiency, and what the pump could reach."""
        p, n, k = self.phosphates, self.sodium, self.potassium
        to_mV = 1e6 / FARADAY
        rows = [
            (part, fixed(energy), fixed(to_mV * energy, 1))
            for part, energy in (
                (f"{n} Na⁺ out, {n} F(E_Na − V)", self.sodium_kJ_mol),
                (f"{k} K⁺ in, {k} F(V − E_K)", self.potassium_kJ_mol),
                ("a cycle", self.work_kJ_mol),
                ("ATP gives, −ΔG_ATP", -self.free_energy_kJ_mol),
            )
        ]
        said = [
            f"pump {n}:{k} at {self.v_mV:g} mV, {kelvin(self.temperature_K)}: Na "
            f"{self.na_in_mM:g}/{self.na_out_mM:g} mM, K {self.k_in_mM:g}/{self.k_out_mM:g} mM",
            f"ATP {p.atp_mM:g} mM, ADP {p.adp_mM:g} mM, Pi {p.pi_mM:g} mM; ΔG°′ = "
            f"{p.standard_kJ_mol:g} kJ/mol: {p.source}",
            "",
            *aligned(("per mole of cycles", "kJ/mol", "mV"), rows),
            "",
        ]
        if self.runs_forward:
            said.append(f"efficiency: {100.0 * self.efficiency:.1f} %; the pump runs forward")
        else:
            said.append(
                f"a cycle needs {100.0 * self.efficiency:.1f} % of what ATP gives: past the bound, "
                "the pump would run backwards and make ATP"
            )
        return said + self._limits()

    def _limits(self) -> list[str]:
        if math.isnan(self.stall_mV):
            stall = "it moves no net charge: V does not bear on it, there is no stall potential"
        else:
            side = "above" if self.sodium > self.potassium else "below"
            stall = f"it stalls at V = {self.stall_mV:.1f} mV and runs forward {side}"
        said = [
            stall,
            f"at this V and this potassium it could lower Na_in to {self.na_in_least_mM:.3g} mM",
        ]
        if math.isfinite(self.k_in_most_mM):
            said.append(
                f"at this V and this sodium it could hold K_in up to {self.k_in_most_mM:.4g} mM"
            )
        return said

    def draw(self, figure: Figure) -> None:
        """Work of a cycle against V beside what ATP gives; the stall is where they cross."""
        from selectivity.cell.pump_figures import draw_bound

        draw_bound(figure.add_subplot(), self)


def pump_bound(
    inside: Solution,
    outside: Solution,
    voltage_V: float,
    phosphates: Phosphates,
    sodium: int = NA_PER_CYCLE,
    potassium: int = K_PER_CYCLE,
) -> PumpBound:
    """Work, efficiency, stall potential and limiting gradients (module docstring).

    Parameters
    ----------
    inside, outside : Solution
        With Na and K, each above zero on both sides; one temperature.
    voltage_V : float
    phosphates : Phosphates
    sodium, potassium : int
        Ions moved per ATP, 3 and 2 for the sodium pump.

    Raises
    ------
    InputError
        Na or K missing or zero, two temperatures, ATP that gives nothing, or a bad coupling.
    """
    n, k = coupling(sodium, potassium)
    temperature = common_temperature(inside, outside)
    energy = phosphates.free_energy_kJ_mol(temperature)
    if energy >= 0.0:
        rule = "is below zero: these concentrations make ATP hydrolysis uphill"
        raise InputError("free_energy_kJ_mol", energy, rule, "give more ATP or less ADP and Pi")
    e = {ion: reversal(ion, inside, outside) for ion in ("Na", "K")}
    volt = checks.scalar(voltage_V, "voltage_V")
    parts = 1e-3 * FARADAY * n * (e["Na"] - volt), 1e-3 * FARADAY * k * (volt - e["K"])
    spare = (-energy - sum(parts)) / rt(temperature)
    return PumpBound(
        temperature_K=temperature,
        v_mV=1000.0 * volt,
        na_in_mM=inside["Na"],
        na_out_mM=outside["Na"],
        k_in_mM=inside["K"],
        k_out_mM=outside["K"],
        phosphates=phosphates,
        sodium=n,
        potassium=k,
        free_energy_kJ_mol=energy,
        sodium_kJ_mol=parts[0],
        potassium_kJ_mol=parts[1],
        stall_mV=1000.0 * stall_potential(e["Na"], e["K"], energy, n, k),
        na_in_least_mM=inside["Na"] * math.exp(-spare / n),
        k_in_most_mM=inside["K"] * math.exp(spare / k) if k else math.inf,
    )


def reversal(ion: str, inside: Solution, outside: Solution) -> float:
    """E of ``ion`` in volt; InputError where a side lacks it."""
    for side in (inside, outside):
        if side[ion] == 0.0:
            rule = "is above zero: without it the work of a cycle has no bound"
            raise InputError(f"{side.name}.{ion}", 0.0, rule, "give what the water holds")
    return float(nernst(VALENCE[ion], inside[ion], outside[ion], inside.temperature_K))
