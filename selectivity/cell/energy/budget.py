"""The energy budget of a neuron: rest, spikes and synapses in ATP/s, beside what a paper prints.

    total = f (spike + boutons × release probability × vesicle) + rest (neuron + glia)

with the costs of :mod:`selectivity.cell.energy.costs`. Signalling alone is counted: what a cell
needs to keep itself (protein, lipids, transport) is left out, as in the papers.

Sources: Attwell & Laughlin 2001, J Cereb Blood Flow Metab 21:1133; Howarth et al. 2012, J Cereb
Blood Flow Metab 32:1222.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from selectivity.cell.energy.costs import atp_of_sodium, resting_atp, tissue_rate
from selectivity.cell.energy.inputs import EnergyInputs, EnergyPreset, energy_preset
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.presets import unverified_mark
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned
from selectivity.units import AVOGADRO

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PARTS = ("spikes", "postsynaptic", "rest", "recycling", "presynaptic")
GRAMS_PER_CM3 = 1.0


@dataclass(frozen=True)
class Costs:
    """Costs that follow from the inputs: of a spike, a vesicle (ATP), a second of rest (ATP/s)."""

    spike_ATP: float
    vesicle_ATP: float
    rest_neuron_ATP_s: float
    rest_glia_ATP_s: float


@dataclass(frozen=True)
class EnergyBudget(Result):
    """What a neuron spends on signalling.

    ``parts_ATP_s`` by :data:`PARTS` (presynaptic: calcium and the vesicle cycle),
    ``tissue_umol_g_min`` in tissue, ``per_hertz_umol_g_min`` what one more spike a second adds.
    ``power_W`` per neuron and ``power_W_kg`` in tissue are None without the free energy of ATP.
    """

    preset: EnergyPreset
    costs: Costs
    parts_ATP_s: Mapping[str, float]
    total_ATP_s: float
    tissue_umol_g_min: float
    per_hertz_umol_g_min: float
    free_energy_kJ_mol: float | None = None
    power_W: float | None = None
    power_W_kg: float | None = None

    @property
    def share_percent(self) -> dict[str, float]:
        """Each part of the total, per cent."""
        return {part: 100.0 * value / self.total_ATP_s for part, value in self.parts_ATP_s.items()}

    def comparison(self) -> list[tuple[str, float, float, bool]]:
        """Quantity, computed, published, and whether the published one was checked."""
        computed = {
            **asdict(self.costs),
            "total_ATP_s": self.total_ATP_s,
            "tissue_umol_g_min": self.tissue_umol_g_min,
            **{f"{part}_percent": share for part, share in self.share_percent.items()},
        }
        return [
            (key, computed[key], said.value, said.verified)
            for key, said in self.preset.published.items()
        ]

    def lines(self) -> list[str]:
        """The budget in words, beside what the paper prints."""
        p, share = self.preset, self.share_percent
        out = [f"{p.name}: {p.title}"]
        out += [f"changed: {', '.join(p.changed)}"] if p.changed else []
        rows = [
            (part, f"{value:.4g}", f"{share[part]:.1f}") for part, value in self.parts_ATP_s.items()
        ]
        rows.append(("total", f"{self.total_ATP_s:.4g}", "100.0"))
        out += ["", *aligned(("signalling", "ATP/s", "%"), rows), ""]
        out.append(
            f"tissue: {self.tissue_umol_g_min:.4g} µmol ATP/g/min, "
            f"{self.per_hertz_umol_g_min:.3g} more for each Hz"
        )
        if self.power_W is not None:
            out.append(
                f"power at ΔG_ATP {self.free_energy_kJ_mol:g} kJ/mol: {self.power_W:.3g} W per "
                f"neuron, {self.power_W_kg:.3g} W/kg"
            )
        return [*out, "", *self._beside(), "", *self._inputs()]

    def _beside(self) -> list[str]:
        """Computed against published, with the difference."""
        title = "published" + (" (of the cell as it was)" if self.preset.changed else "")
        rows = []
        for key, mine, theirs, verified in self.comparison():
            points = key.endswith("_percent")
            apart = mine - theirs if points else 100.0 * (mine / theirs - 1.0)
            mark = unverified_mark(verified)
            number = ".1f" if points else ".4g"
            unit = " points" if points else " %"
            rows.append((f"{key}{mark}", f"{mine:{number}}", f"{theirs:g}", f"{apart:+.2f}{unit}"))
        return aligned(("quantity", "computed", title, "difference"), rows)

    def _inputs(self) -> list[str]:
        rows = []
        for key, value in asdict(self.preset.inputs).items():
            if value is None:
                continue
            said = self.preset.origin.get(key)
            source = "given" if key in self.preset.changed or said is None else said.cited
            rows.append(f"{key} = {value:g}    {source}")
        return ["inputs:", *(f"  {row}" for row in rows)]

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        p = self.preset
        return {
            "preset": p.name,
            "title": p.title,
            "changed": list(p.changed),
            "inputs": asdict(p.inputs),
            "costs": asdict(self.costs),
            "parts_ATP_s": dict(self.parts_ATP_s),
            "share_percent": self.share_percent,
            "total_ATP_s": self.total_ATP_s,
            "tissue_umol_g_min": self.tissue_umol_g_min,
            "per_hertz_umol_g_min": self.per_hertz_umol_g_min,
            "free_energy_kJ_mol": self.free_energy_kJ_mol,
            "power_W": self.power_W,
            "power_W_kg": self.power_W_kg,
            "published": [
                {"quantity": key, "computed": mine, "published": theirs, "verified": verified}
                for key, mine, theirs, verified in self.comparison()
            ],
            "sources": {
                key: {"source": section.source, "verified": section.verified}
                for key, section in p.origin.items()
            },
        }

    def columns(self) -> Columns:
        """A row for each part."""
        said = {
            key.removesuffix("_percent"): value.value
            for key, value in self.preset.published.items()
            if key.endswith("_percent")
        }
        return {
            "part": list(self.parts_ATP_s),
            "ATP_s": list(self.parts_ATP_s.values()),
            "share_percent": list(self.share_percent.values()),
            "published_percent": [said.get(part, float("nan")) for part in self.parts_ATP_s],
        }

    def draw(self, figure: Figure) -> None:
        """Bars of the parts with the published shares beside them."""
        from selectivity.cell.energy.figures import draw_budget

        draw_budget(self, figure)


def energy_budget(
    preset: str | EnergyPreset,
    changes: Mapping[str, float] | None = None,
    free_energy_kJ_mol: float | None = None,
) -> EnergyBudget:
    """The budget of a preset, with inputs replaced by name.

    Parameters
    ----------
    preset : str or EnergyPreset
    changes : mapping of str to float, optional
        Only with a name: inputs that replace those of the preset.
    free_energy_kJ_mol : float, optional
        ΔG of ATP hydrolysis, negative; turns ATP into watt.

    Raises
    ------
    InputError
        As :func:`selectivity.cell.energy.energy_preset`; E_K < V < E_Na broken; nothing spent; or
        a free energy that is not negative.
    """
    if isinstance(preset, str):
        preset = energy_preset(preset, changes)
    elif changes:
        raise InputError("changes", dict(changes), "goes with the name of a preset")
    given = preset.inputs
    costs = energy_costs(given)
    vesicles = given.boutons * given.release_probability
    receptors = given.non_nmda_ATP + given.nmda_ATP + given.mglur_ATP
    release = given.presynaptic_calcium_ATP + given.vesicle_cycle_ATP
    parts = {
        "spikes": given.rate_Hz * costs.spike_ATP,
        "postsynaptic": given.rate_Hz * vesicles * receptors,
        "rest": costs.rest_neuron_ATP_s + given.glia_per_neuron * costs.rest_glia_ATP_s,
        "recycling": given.rate_Hz * vesicles * given.recycling_ATP,
        "presynaptic": given.rate_Hz * vesicles * release,
    }
    total = sum(parts.values())
    if total <= 0.0:
        raise InputError("inputs", total, "spends ATP on something")
    per_spike = costs.spike_ATP + vesicles * costs.vesicle_ATP
    power, density = _power(total, given.neurons_per_cm3, free_energy_kJ_mol)
    return EnergyBudget(
        preset=preset,
        costs=costs,
        parts_ATP_s=parts,
        total_ATP_s=total,
        tissue_umol_g_min=tissue_rate(total, given.neurons_per_cm3, GRAMS_PER_CM3),
        per_hertz_umol_g_min=tissue_rate(per_spike, given.neurons_per_cm3, GRAMS_PER_CM3),
        free_energy_kJ_mol=free_energy_kJ_mol,
        power_W=power,
        power_W_kg=density,
    )


def energy_costs(given: EnergyInputs) -> Costs:
    """Costs of a spike, a vesicle and a second of rest; raises as :func:`energy_budget`."""
    rest, spike = given.rest_neuron_ATP_s, given.spike_ATP
    if rest is None:
        siemens = 1e-6 / given.input_resistance_Mohm
        volt = [1e-3 * v for v in (given.v_mV, given.e_na_mV, given.e_k_mV)]
        rest = resting_atp(siemens, *volt)
    if spike is None:
        spike = atp_of_sodium(given.sodium_minimum, given.overlap)
    vesicle = given.non_nmda_ATP + given.nmda_ATP + given.mglur_ATP
    vesicle += given.presynaptic_calcium_ATP + given.recycling_ATP + given.vesicle_cycle_ATP
    return Costs(spike, vesicle, rest, given.glia_ATP_s)


def _power(
    total: float, neurons_per_cm3: float, free_energy_kJ_mol: float | None
) -> tuple[float | None, float | None]:
    """W per neuron and W/kg of tissue."""
    if free_energy_kJ_mol is None:
        return None, None
    gives = -1000.0 * checks.scalar(free_energy_kJ_mol, "free_energy_kJ_mol")
    if gives <= 0.0:
        rule = "is negative: hydrolysis gives energy"
        raise InputError("free_energy_kJ_mol", free_energy_kJ_mol, rule, "-57 kJ/mol in a cell")
    watt = total * gives / AVOGADRO
    return watt, 1000.0 * watt * neurons_per_cm3 / GRAMS_PER_CM3
