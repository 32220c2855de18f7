"""The ledger of the sodium pump: what each ion carries through the membrane and by the pump.

A cycle moves n Na out and k K in for one ATP. With the cycle current q = F × cycles

    I_Na,pump = +n q,   I_K,pump = −k q,   net pump current (n − k) q,   ATP = q/F,

so that for 3:2 the net current is a third of the sodium part. Every ion is at steady state where
its leak and its pump part cancel: a sodium leak of −65 pA needs a *sodium part* of +65 pA, hence
21.67 pA of net pump current and a potassium leak of +43.33 pA. A passive ion, such as chloride
without a transporter, carries nothing there; its E is V.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from selectivity.cell.atp import coupling
from selectivity.cell.pump_law import K_PER_CYCLE, NA_PER_CYCLE
from selectivity.cell.pump_words import BALANCED, parts_in_words, signed, what_is_left
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.pump import PumpedRest
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.solution import ion_symbol
from selectivity.membrane.text import aligned
from selectivity.units import ELEMENTARY_CHARGE, FARADAY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNITS: Mapping[str, str] = {"pA": "pA", "A/m2": "A_m2"}
"""Units of a ledger, with the suffix of its keys."""
_CHLORIDE = "Cl"


@dataclass(frozen=True)
class LedgerRow:
    """Currents of one ion in the ledger's unit, outward positive.

    ``transport`` is what an electroneutral transporter carries of it, counted as charge.
    """

    ion: str
    leak: float
    pump: float
    transport: float = 0.0

    @property
    def sum(self) -> float:
        """What is left: it moves the concentration of the ion."""
        return self.leak + self.pump + self.transport


@dataclass(frozen=True)
class PumpLedger(Result):
    """Leak, pump part and sum of every ion, with the pump's current and its ATP.

    ``unit`` is pA (of a cell) or A/m2; ``cycle`` is q in it, ``sodium`` and ``potassium`` the ions
    per cycle; ``assumed`` names pumped ions whose leak was not given and is what the pump balances.
    """

    unit: str
    sodium: int
    potassium: int
    cycle: float
    rows: tuple[LedgerRow, ...]
    assumed: tuple[str, ...] = ()

    def __getitem__(self, ion: str) -> LedgerRow:
        """The row of ``ion``."""
        for row in self.rows:
            if row.ion == ion:
                return row
        raise InputError("ion", ion, "is one of " + ", ".join(row.ion for row in self.rows))

    @property
    def net_pump(self) -> float:
        """Net current of the pump, (n − k) q."""
        return (self.sodium - self.potassium) * self.cycle

    @property
    def charge(self) -> LedgerRow:
        """All ions together: what is left of it moves V."""
        carried = math.fsum(row.transport for row in self.rows)
        return LedgerRow("all", math.fsum(r.leak for r in self.rows), self.net_pump, carried)

    @property
    def size(self) -> float:
        """The largest current of the ledger, as an absolute number."""
        parts = ((row.leak, row.pump, row.transport) for row in self.rows)
        return max((abs(part) for row in parts for part in row), default=0.0)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What moves ions here: leak, pump, and transport where there is a transporter."""
        moved = ("transport",) if any(row.transport for row in self.rows) else ()
        return ("leak", "pump", *moved)

    @property
    def atp_per_s(self) -> float:
        """ATP per second, one a cycle: of the cell (pA), or of a µm² of membrane (A/m2)."""
        return 1e-12 * self.cycle / ELEMENTARY_CHARGE

    @property
    def atp_mol_m2_s(self) -> float:
        """ATP in mol/(m² s); nan for the pA of a whole cell."""
        return self.cycle / FARADAY if self.unit == "A/m2" else math.nan

    @property
    def unbalanced(self) -> tuple[str, ...]:
        """Ions whose leak and pump part do not cancel."""
        return tuple(row.ion for row in self.rows if abs(row.sum) > BALANCED * self.size)

    def columns(self) -> Columns:
        """A row for each ion and one for all charge; names carry the unit."""
        rows, end = (*self.rows, self.charge), UNITS[self.unit]
        parts = {
            f"{kind}_{end}": [getattr(row, kind) for row in rows] for kind in (*self.kinds, "sum")
        }
        return {"ion": [row.ion for row in rows], **parts}

    def record(self) -> dict[str, Any]:
        """The numbers with their inputs."""
        end = UNITS[self.unit]
        parts = {
            row.ion: {f"{kind}_{end}": getattr(row, kind) for kind in (*self.kinds, "sum")}
            for row in (*self.rows, self.charge)
        }
        atp = {"atp_per_s": self.atp_per_s}
        if self.unit == "A/m2":
            atp = {"atp_per_um2_s": self.atp_per_s, "atp_mol_m2_s": self.atp_mol_m2_s}
        return {
            "sodium_per_cycle": self.sodium,
            "potassium_per_cycle": self.potassium,
            f"cycle_{end}": self.cycle,
            f"net_pump_{end}": self.net_pump,
            **atp,
            "ledger": parts,
            "balanced": not self.unbalanced,
            "leaks_not_given": list(self.assumed),
        }

    def table(self) -> list[str]:
        """The ledger as a table, with the cycles and the ATP that they take."""
        unit = self.unit.replace("m2", "m²")
        kinds = (*self.kinds, "sum")
        rows = [
            (row.ion, *(signed(getattr(row, kind), self.size) for kind in kinds))
            for row in (*self.rows, self.charge)
        ]
        place = "" if self.unit == "pA" else " a µm²"
        return [
            f"pump {self.sodium}:{self.potassium}, currents outward positive",
            "",
            *aligned(("ion", *(f"{kind} {unit}" for kind in kinds)), rows),
            "",
            f"cycles: {self.cycle:.4g} {unit} / e = {self.atp_per_s:.4g} per second{place}, and as "
            "many ATP",
        ]

    def lines(self) -> list[str]:
        """The table, whose current is which, and what is not balanced."""
        return self.table() + parts_in_words(self) + what_is_left(self)

    def draw(self, figure: Figure) -> None:
        """Leak, pump part and sum of every ion and of all charge."""
        from selectivity.cell.pump_figures import draw_ledger

        draw_ledger(figure.add_subplot(), self)


def pump_ledger(
    leak: Mapping[str, float],
    unit: str = "pA",
    sodium: int = NA_PER_CYCLE,
    potassium: int = K_PER_CYCLE,
    cycle: float | None = None,
) -> PumpLedger:
    """Ledger of a pump against given leaks (module docstring).

    Parameters
    ----------
    leak : mapping of str to float
        Leak current of each ion, outward positive (a sodium leak is negative). Without an entry
        the leaks of Na and K are those that the pump balances, and Cl is passive: zero.
    unit : {"pA", "A/m2"}
        Of all currents.
    sodium, potassium : int
        Ions per cycle.
    cycle : float, optional
        q = F × cycles; without it the pump balances the sodium leak.

    Raises
    ------
    InputError
        Unknown unit or ion, no sodium leak and no ``cycle``, an outward sodium leak without
        ``cycle``, or a bad coupling.
    """
    n, k = coupling(sodium, potassium)
    if unit not in UNITS:
        raise InputError("unit", unit, "is one of " + ", ".join(UNITS))
    given: dict[str, float] = {}
    for written, value in leak.items():
        ion = ion_symbol(written, f"leak.{written}")
        if ion in given:
            raise InputError(f"leak.{written}", written, "stands once", "leave one of the two out")
        given[ion] = checks.scalar(value, f"leak.{ion}")
    if cycle is None:
        if "Na" not in given:
            rule = "is given: the pump is set by the sodium that it throws out"
            raise InputError("leak.Na", None, rule, "for example {'Na': -65.0}, or give cycle")
        if given["Na"] > 0.0:
            rule = "is zero or negative: sodium leaks inward, the pump throws it out"
            raise InputError("leak.Na", given["Na"], rule, "currents are outward positive")
        q = -given["Na"] / n
    else:
        q = checks.scalar(cycle, "cycle")
    pump = {"Na": n * q, "K": -k * q}
    leaks = {"Na": -pump["Na"], "K": -pump["K"], _CHLORIDE: 0.0} | given
    rows = tuple(LedgerRow(ion, x + 0.0, pump.get(ion, 0.0) + 0.0) for ion, x in leaks.items())
    assumed = tuple(ion for ion in pump if ion not in given and pump[ion] != 0.0)
    return PumpLedger(unit, n, k, q + 0.0, rows, assumed)


def ledger_of_rest(rest: PumpedRest) -> PumpLedger:
    """The ledger (A/m²) of a resting potential with a pump, from the same rows.

    Raises
    ------
    InputError
        A coupling that is no ratio of small whole numbers.
    """
    ratio = Fraction(rest.coupling).limit_denominator(12)
    if abs(float(ratio) - rest.coupling) > 1e-12 * rest.coupling:
        raise InputError("coupling", rest.coupling, "is a ratio of small whole numbers", "3:2")
    n, k = ratio.numerator, ratio.denominator
    rows = tuple(LedgerRow(ion, row.leak_A_m2, row.pump_A_m2) for ion, row in rest.ledger.items())
    cycle = rest.ledger["Na"].pump_A_m2 / n if "Na" in rest.ledger else rest.pump_A_m2 / (n - k)
    return PumpLedger("A/m2", n, k, cycle, rows)
