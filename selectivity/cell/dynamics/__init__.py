"""A cell in time: events, integration, the ledger of what is conserved, the run as a result.

A **model** is a frozen dataclass with the members of :class:`selectivity.cell.dynamics.Model`:

``name``
    Text, as of its preset.
``names``
    Components of the state with their units, such as ``("na_in_fmol", ..., "w_um3", "n")``. They
    are conserved amounts, volumes and gates; the potential is not among them but follows from the
    charge of the amounts and of constant impermeants. What a bath or a buffer took up is a
    component of its own, so that every ion's total is a constant of the motion.
``start()``
    The first state, a sequence of floats in the units of ``names``.
``scales()``
    A size for each component; LSODA sees ``y/scale``, so the scales make these of the order of 1.
``rates(t_s, y, drive)``
    dy/dt per second as a list. ``y`` is a list of plain floats; ``math`` and no arrays here, it is
    called 10⁵ times a run.
``observe(t_s, y, drive)``
    One row of the table as a dictionary of floats, units in the names, always the same keys. By
    convention ``v_mV``, ``na_in_mM``, ``k_out_mM``, ``w_um3``, ``e_cl_mV``, ``pump_A_m2``.
``totals(y)``
    Ion to amount: inside + outside + buffer + bath.
``charge_gap(y)``
    Net charge (amount of elementary charges) of all that ``totals`` counts, impermeants included;
    a constant too, 0 where the two sides were neutral together at the start.
``adjustable``
    Fields that events of the kinds ``conductance`` (a factor) and ``parameter`` (a new value) may
    name. The integrator hands ``rates`` and ``observe`` a copy of the model with such fields
    replaced: a model does nothing about it. What must stay (impermeants, charge) is not adjustable.
``baths_mM``
    Concentrations by ion that a ``bath`` event may change; empty without a bath.
``atp_mM``
    ATP at rest where the pump reads it, else None.
``carriers``
    Ions that may carry an applied current, the usual one first; empty if none may.
``panels``
    Columns that :meth:`CellRun.draw` shows, one panel each: ``(column, label of the axis)``.

``drive`` (:class:`Drive`) is what events change: ``drive.pump`` (factor of the cycle current),
``drive.current_A_m2`` (ion to current, *inward* positive; an applied current J carried by an ion of
charge number z adds J A/(z F) per second to its amount inside and takes it from outside),
``drive.bath_mM`` (ion to mM, complete) and ``drive.atp_mM``.

    run = integrate(model, [Event("pump", 20.0, 29.5, 0.0)], t_end_s=500.0)
    run.table["v_mV"], run.ledger.largest, run.final

Amounts are in any one unit (fmol here): the ledger is relative.
"""

from selectivity.cell.dynamics.drive import Drive, Schedule
from selectivity.cell.dynamics.events import Event, parse_event, pump_failure
from selectivity.cell.dynamics.integrate import integrate
from selectivity.cell.dynamics.ledger import ConservationError, Ledger
from selectivity.cell.dynamics.model import Model
from selectivity.cell.dynamics.run import CellRun

__all__ = [
    "CellRun",
    "ConservationError",
    "Drive",
    "Event",
    "Ledger",
    "Model",
    "Schedule",
    "integrate",
    "parse_event",
    "pump_failure",
]
