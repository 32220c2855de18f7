"""The front of the room and those of its parts: what they offer is there, once, under one name."""

import importlib
import pkgutil

import pytest

from selectivity import cell

PARTS = sorted(part.name for part in pkgutil.iter_modules(cell.__path__) if part.ispkg)
CALLS = {
    "ischaemia": ("ischaemia", "interruption_scan"),
    "simulate": ("simulate", "parse_event", "integrate"),
    "pump": ("pump_ledger", "pump_curves", "pump_bound", "PumpReport"),
    "pump-leak": ("pump_leak", "pump_leak_scan"),
    "donnan": ("donnan",),
    "volume": ("volume_rest", "pump_scan", "volume_sensitivities"),
    "spike": ("space_clamp", "firing_curve", "pulse_threshold", "refractory_period"),
    "cable": ("conduct", "conduction_velocity", "make_cable"),
    "chloride": ("chloride_reversals", "chloride_balance", "chloride_development"),
    "energy": ("energy_budget",),
    "presets": ("all_presets", "cell_preset_list"),
}


def test_the_front_holds_the_calls_of_every_command():
    assert {name for names in CALLS.values() for name in names} <= set(cell.__all__)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_offers_what_it_says(part):
    module = importlib.import_module(f"selectivity.cell.{part}")
    assert module.__all__ == sorted(module.__all__, key=_order)
    for name in module.__all__:
        assert hasattr(module, name), name
        if name in cell.__all__:
            assert getattr(cell, name) is getattr(module, name), name


def _order(name):
    """Constants, classes, functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name
