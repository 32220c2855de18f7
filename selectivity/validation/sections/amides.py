"""Ions among liquid amides: against published force fields, experiment and the stored caveat."""

from __future__ import annotations

from selectivity.permeation.amides import measured, transfers
from selectivity.records import Estimate
from selectivity.units import KCAL
from selectivity.validation.context import Context
from selectivity.validation.records import Computed


def transfer(context: Context) -> Computed:
    """ΔΔG(K→Na) from water into the amide of one system, kcal/mol."""
    found, note = _transfer(context)
    return Computed(found.value, found.error, found.dof, note=note)


def against_experiment(context: Context) -> Computed:
    """The same beside the mean of the measured values."""
    found, note = _transfer(context)
    known = measured(context.settings["amide"])
    values = " and ".join(f"{value / KCAL:+.1f}" for value in known.values)
    target = known.value / KCAL
    note = f"measured {values}; computed less measured {found.value - target:+.2f}; {note}"
    return Computed(found.value, found.error, found.dof, note=note, target=target)


def excess(context: Context) -> Computed:
    """Computed less measured."""
    found, note = _transfer(context)
    known = measured(context.settings["amide"]).value / KCAL
    return Computed(found.value - known, found.error, found.dof, note=note)


def against_stored(context: Context) -> Computed:
    """The same beside the value that the package stores for the parameter set."""
    found, note = _transfer(context)
    s = context.settings
    stored = {t.amide: t.computed for t in transfers(s["forcefield"])}
    if s["amide"] not in stored:
        return Computed(found.value, found.error, found.dof, note=f"none is stored; {note}")
    known = stored[s["amide"]]
    return Computed(
        found.value,
        found.error,
        found.dof,
        note=note,
        target=known.value / KCAL,
        target_error=known.error / KCAL,
    )


def _transfer(context: Context) -> tuple[Estimate, str]:
    """ΔΔG of the system in kcal/mol, and how often K+ and Na+ changed places."""
    name = context.settings["system"]
    systems = {system["system"]: system for system in context.stage().analysis()["systems"]}
    system = systems[name]
    leg = next(leg for leg in system["alchemical"] if (leg["from"], leg["to"]) == ("K", "Na"))
    value, error = leg["ddg_kJ_mol"] / KCAL, leg["ddg_error_kJ_mol"] / KCAL
    verdict = "" if system["converged"] else "not converged, "
    note = f"{verdict}{leg['round_trips']} round trips"
    return Estimate(value, error, leg["replicas"] - 1.0), note
