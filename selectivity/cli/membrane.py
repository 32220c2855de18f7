"""``selectivity membrane``: what ions do to a membrane, one command a topic."""

from __future__ import annotations

import typer

from selectivity.cli import (
    membrane_activity,
    membrane_cable,
    membrane_chloride,
    membrane_donnan,
    membrane_driving_force,
    membrane_electrodiffusion,
    membrane_energy,
    membrane_ghk,
    membrane_ischaemia,
    membrane_iv,
    membrane_nernst,
    membrane_neutrality,
    membrane_permeability,
    membrane_presets,
    membrane_pump,
    membrane_pump_leak,
    membrane_rest,
    membrane_simulate,
    membrane_spike,
    membrane_volume,
)

app = typer.Typer(no_args_is_help=True, help="What ions and a permeability ratio do to a membrane.")
app.command("nernst")(membrane_nernst.nernst)
app.command("ghk")(membrane_ghk.ghk)
app.command("iv")(membrane_iv.iv)
app.command("permeability")(membrane_permeability.permeability)
app.command("rest")(membrane_rest.rest)
app.command("driving-force")(membrane_driving_force.driving_force)
app.command("activity")(membrane_activity.activity)
app.command("neutrality")(membrane_neutrality.neutrality)
app.command("electrodiffusion")(membrane_electrodiffusion.electrodiffusion)
app.command("iv-filter")(membrane_electrodiffusion.iv_filter)
app.command("pump")(membrane_pump.pump)
app.command("pump-leak")(membrane_pump_leak.pump_leak)
app.command("spike")(membrane_spike.spike)
app.command("cable")(membrane_cable.cable)
app.command("presets")(membrane_presets.presets)
app.command("donnan")(membrane_donnan.donnan)
app.command("volume")(membrane_volume.volume)
app.command("ischaemia")(membrane_ischaemia.ischaemia)
app.command("simulate")(membrane_simulate.simulate)
app.command("chloride")(membrane_chloride.chloride)
app.command("energy")(membrane_energy.energy)
