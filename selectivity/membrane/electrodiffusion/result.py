"""Results of electrodiffusion through a slab: profiles, current-voltage curve, a run in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from selectivity.membrane.electrodiffusion import figures
from selectivity.membrane.electrodiffusion.slab import Slab
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import VALENCE
from selectivity.membrane.text import kelvin
from selectivity.units import FARADAY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

MODE_WORDS = {
    "constant-field": "constant field (Goldman)",
    "electroneutral": "electroneutral (Planck), Donnan jumps at the faces",
    "pnp": "Poisson-Nernst-Planck",
}


def slab_record(slab: Slab, mode: str) -> dict[str, Any]:
    """What was put in, with units in the names."""
    pnp = slab.relative_permittivity is not None
    debye = slab.debye_length_m() if pnp else None
    return {
        "mode": mode,
        "temperature_K": slab.temperature_K,
        "length_m": slab.length_m,
        "diffusion_m2_s": dict(slab.diffusion_m2_s),
        "partition": {ion: slab.partition.get(ion, 1.0) for ion in slab.ions},
        "permeability_m_s": slab.permeability_m_s,
        "inside_mM": {ion: slab.inside[ion] for ion in slab.ions},
        "outside_mM": {ion: slab.outside[ion] for ion in slab.ions},
        "fixed_charge_mM": slab.fixed_charge_mM,
        "relative_permittivity": slab.relative_permittivity,
        "debye_length_m": debye,
        "length_over_debye": None if debye is None else slab.length_m / debye,
    }


def slab_lines(slab: Slab, mode: str) -> list[str]:
    """The slab in words."""
    warm = kelvin(slab.temperature_K)
    lines = [f"{MODE_WORDS[mode]}, slab of {1e9 * slab.length_m:g} nm, {warm}"]
    lines += [
        f"{ion} (z = {VALENCE[ion]:+d}): {slab.inside[ion]:g} mM inside, "
        f"{slab.outside[ion]:g} mM outside, D = {d:g} m²/s, partition "
        f"{slab.partition.get(ion, 1.0):g}, P = partition · D/L = "
        f"{slab.permeability_m_s[ion]:.4g} m/s"
        for ion, d in slab.diffusion_m2_s.items()
    ]
    if slab.fixed_charge_mM:
        lines.append(f"fixed charge {slab.fixed_charge_mM:+g} mM")
    if slab.relative_permittivity is not None:
        debye = slab.debye_length_m()
        lines.append(
            f"relative permittivity {slab.relative_permittivity:g}: Debye length "
            f"{1e9 * debye:.4g} nm, L/λ = {slab.length_m / debye:.4g}"
        )
    return lines


@dataclass(frozen=True, eq=False)
class SlabState(Result):
    """Steady state of a slab; profiles on the nodes ``x_m`` from the inside to the outside face.

    ``concentration_mM`` and ``potential_V`` are those just inside the faces and between them;
    fluxes and currents are positive from inside to outside. ``reversal_V`` is the voltage of no net
    current, nan where none stops it.
    """

    slab: Slab
    mode: str
    voltage_V: float
    reversal_V: float
    x_m: Array
    potential_V: Array
    concentration_mM: Mapping[str, Array]
    flux_mol_m2_s: Mapping[str, float]

    @property
    def current_A_m2(self) -> dict[str, float]:  # noqa: N802
        """Current density of each ion, zFJ."""
        return {ion: VALENCE[ion] * FARADAY * j for ion, j in self.flux_mol_m2_s.items()}

    @property
    def net_current_A_m2(self) -> float:  # noqa: N802
        """Sum of the currents of all ions."""
        return sum(self.current_A_m2.values())

    def lines(self) -> list[str]:
        """Inputs, voltage, fluxes and currents in words."""
        lines = slab_lines(self.slab, self.mode)
        lines.append(f"V = {1000.0 * self.voltage_V:.6g} mV (inside less outside)")
        for ion, flux in self.flux_mol_m2_s.items():
            lines.append(
                f"{ion}: flux {flux:.6g} mol/(m² s), current {self.current_A_m2[ion]:.6g} A/m²"
            )
        lines.append(f"net current {self.net_current_A_m2:.6g} A/m², outward positive")
        lines.append(f"no net current at V = {1000.0 * self.reversal_V:.6g} mV")
        return lines

    def record(self) -> dict[str, Any]:
        """Inputs, voltage (mV), profiles, fluxes and currents."""
        return {
            **slab_record(self.slab, self.mode),
            "v_mV": 1000.0 * self.voltage_V,
            "reversal_mV": 1000.0 * self.reversal_V,
            "flux_mol_m2_s": dict(self.flux_mol_m2_s),
            "current_A_m2": self.current_A_m2,
            "net_current_A_m2": self.net_current_A_m2,
            "profile": {
                "x_m": self.x_m,
                "phi_mV": 1000.0 * self.potential_V,
                "concentration_mM": dict(self.concentration_mM),
            },
        }

    def columns(self) -> Columns:
        """x (nm), φ (mV) and the concentrations (mM) along the slab."""
        return {
            "x_nm": 1e9 * self.x_m,
            "phi_mV": 1000.0 * self.potential_V,
            **{f"c_{ion}_mM": c for ion, c in self.concentration_mM.items()},
        }

    def draw(self, figure: Figure) -> None:
        """c(x) of every ion and φ(x), one above the other."""
        figures.draw_state(self, figure)


@dataclass(frozen=True, eq=False)
class SlabCurve(Result):
    """Steady currents (A/m²) of a slab at voltages (V), with the potential of no net current.

    ``reversal_V`` is nan where no voltage stops the current.
    """

    slab: Slab
    mode: str
    voltage_V: Array
    current_A_m2: Mapping[str, Array]
    reversal_V: float

    @property
    def net_current_A_m2(self) -> Array:  # noqa: N802
        """Sum of the currents of all ions at every voltage."""
        found: Array = np.sum(list(self.current_A_m2.values()), axis=0)
        return found

    def lines(self) -> list[str]:
        """Inputs, reversal potential and the net current at every voltage."""
        lines = slab_lines(self.slab, self.mode)
        lines.append(f"no net current at V = {1000.0 * self.reversal_V:.6g} mV")
        lines += [
            f"V = {1000.0 * v:g} mV: net current {i:.6g} A/m²"
            for v, i in zip(self.voltage_V, self.net_current_A_m2, strict=True)
        ]
        return lines

    def record(self) -> dict[str, Any]:
        """Inputs, voltages (mV), currents by ion and in sum."""
        return {
            **slab_record(self.slab, self.mode),
            "reversal_mV": 1000.0 * self.reversal_V,
            "v_mV": 1000.0 * self.voltage_V,
            "current_A_m2": dict(self.current_A_m2),
            "net_current_A_m2": self.net_current_A_m2,
        }

    def columns(self) -> Columns:
        """Voltage (mV), current of every ion and net current (A/m²)."""
        return {
            "v_mV": 1000.0 * self.voltage_V,
            **{f"i_{ion}_A_m2": i for ion, i in self.current_A_m2.items()},
            "i_net_A_m2": self.net_current_A_m2,
        }

    def draw(self, figure: Figure) -> None:
        """Currents against the voltage, the reversal marked."""
        figures.draw_curve(self, figure)


@dataclass(frozen=True, eq=False)
class SlabRun(Result):
    """A slab in time at a fixed voltage, from t = 0 (T stored times).

    Attributes
    ----------
    time_s : ndarray, shape (T,)
    potential_V : ndarray, shape (T, N + 1)
    concentration_mM : mapping of str to ndarray, shape (T, N + 1)
    content_mol_m2 : mapping of str to ndarray, shape (T,)
        ∫c dx per area over the control volumes of the inner nodes (all nodes where the faces are
        closed).
    entered_mol_m2, left_mol_m2 : mapping of str to ndarray, shape (T,)
        What came through the inside face and went through the outside face since t = 0.
    steps : int
        Time steps taken.
    """

    slab: Slab
    mode: str
    faces: str
    voltage_V: float
    time_s: Array
    x_m: Array
    potential_V: Array
    concentration_mM: Mapping[str, Array]
    content_mol_m2: Mapping[str, Array]
    entered_mol_m2: Mapping[str, Array]
    left_mol_m2: Mapping[str, Array]
    flux_mol_m2_s: Mapping[str, tuple[Array, Array]]
    steps: int

    @property
    def ledger_error(self) -> dict[str, float]:
        """Largest |content − content(0) − entered + left| over the larger of content and passage.

        Zero up to rounding: what one cell loses its neighbour gains.
        """
        found = {}
        for ion, content in self.content_mol_m2.items():
            came, went = self.entered_mol_m2[ion], self.left_mol_m2[ion]
            gap = np.abs(content - content[0] - came + went).max()
            size = max(np.abs(content).max(), np.abs(came).max(), np.abs(went).max())
            found[ion] = float(gap / size) if size > 0.0 else 0.0
        return found

    @property
    def unsteadiness(self) -> dict[str, float]:
        """|flux in − flux out| at the end over the largest of the two at any time."""
        found = {}
        for ion, (came, went) in self.flux_mol_m2_s.items():
            size = max(np.abs(came).max(), np.abs(went).max())
            found[ion] = float(abs(came[-1] - went[-1]) / size) if size > 0.0 else 0.0
        return found

    def lines(self) -> list[str]:
        """Inputs, the last state, the ledger of every ion."""
        lines = slab_lines(self.slab, self.mode)
        lines.append(
            f"V = {1000.0 * self.voltage_V:.6g} mV; {self.steps} implicit steps to "
            f"t = {self.time_s[-1]:.6g} s, faces: {self.faces}"
        )
        error, rest = self.ledger_error, self.unsteadiness
        for ion, content in self.content_mol_m2.items():
            lines.append(
                f"{ion}: content {content[0]:.6g} to {content[-1]:.6g} mol/m², entered "
                f"{self.entered_mol_m2[ion][-1]:.6g}, left {self.left_mol_m2[ion][-1]:.6g}; "
                f"ledger closes to {error[ion]:.1e}; (flux in − flux out)/largest {rest[ion]:.1e}"
            )
        return lines

    def record(self) -> dict[str, Any]:
        """Inputs, times, profiles at every stored time and the ledger."""
        return {
            **slab_record(self.slab, self.mode),
            "faces": self.faces,
            "v_mV": 1000.0 * self.voltage_V,
            "steps": self.steps,
            "time_s": self.time_s,
            "content_mol_m2": dict(self.content_mol_m2),
            "entered_mol_m2": dict(self.entered_mol_m2),
            "left_mol_m2": dict(self.left_mol_m2),
            "ledger_error": self.ledger_error,
            "unsteadiness": self.unsteadiness,
            "profile": {
                "x_m": self.x_m,
                "phi_mV": 1000.0 * self.potential_V,
                "concentration_mM": dict(self.concentration_mM),
            },
        }

    def columns(self) -> Columns:
        """Time (s), content, entered and left (mol/m²) of every ion."""
        found: dict[str, Array] = {"time_s": self.time_s}
        for ion, content in self.content_mol_m2.items():
            found[f"content_{ion}_mol_m2"] = content
            found[f"entered_{ion}_mol_m2"] = self.entered_mol_m2[ion]
            found[f"left_{ion}_mol_m2"] = self.left_mol_m2[ion]
        return found

    def draw(self, figure: Figure) -> None:
        """Profiles of every ion at stored times, from light to dark."""
        figures.draw_run(self, figure)
