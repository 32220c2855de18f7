"""What the ledger of a pump says in words, the common misreading included."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from selectivity.membrane.solution import VALENCE

if TYPE_CHECKING:
    from selectivity.cell.pump_ledger import PumpLedger

BALANCED = 1e-9
"""Sum, as a fraction of the ledger's largest current, up to which an ion counts as balanced."""


def parts_in_words(ledger: PumpLedger) -> list[str]:
    """Which current of the pump is which, and what the other reading would be."""
    unit = ledger.unit.replace("m2", "m²")
    n, k, net = ledger.sodium, ledger.potassium, ledger.net_pump
    part = n * ledger.cycle
    if part == 0.0:
        return ["the pump stands still"]
    said = [
        f"the pump's sodium part is {part:+.4g} {unit}; with {k} K⁺ in for {n} Na⁺ out its net "
        f"current is {net:+.4g} {unit}, {_share(n, k)}"
    ]
    if n != k:
        said.append(
            f"a net pump current of {part:+.4g} {unit} would be another pump: it would carry "
            f"{n * part / (n - k):+.4g} {unit} of sodium"
        )
    if k:
        way = "leak" if "transport" not in ledger.kinds else "leak, with what transporters take,"
        said.append(
            f"a potassium {way} of {k * ledger.cycle:+.4g} {unit} is what balances the potassium"
        )
    return said


def what_is_left(ledger: PumpLedger) -> list[str]:
    """What is not balanced and which way it goes, or that all is."""
    unit = ledger.unit.replace("m2", "m²")
    said = []
    for ion in ledger.unbalanced:
        left = ledger[ion].sum
        way, moves = ("leaves", "falls") if left * VALENCE[ion] > 0.0 else ("enters", "rises")
        said.append(
            f"warning: {ion} is not balanced: {abs(left):.4g} {unit} of it {way} in all, its "
            f"concentration inside {moves}"
        )
    if not said:
        if ledger.assumed:
            ions = " and ".join(ledger.assumed)
            verb = "is" if len(ledger.assumed) == 1 else "are"
            return [f"with the leak of {ions}, which {verb} not given, every ion is balanced"]
        return ["every ion is balanced, and so is the charge: nothing runs down"]
    charge = ledger.charge
    if abs(charge.sum) > BALANCED * ledger.size:
        way = "more negative" if charge.sum > 0.0 else "more positive"
        said.append(
            f"warning: the currents do not cancel ({charge.sum:+.4g} {unit}): V becomes {way}"
        )
    else:
        said.append("the currents cancel: V stands still for the moment, the ions do not")
    return said


def signed(value: float, size: float) -> str:
    """A current with its sign; 0 where it is rounding against ``size``."""
    return "0" if abs(value) <= 1e-12 * size else f"{value:+.4g}"


def _share(n: int, k: int) -> str:
    if n == k:
        return "none at all"
    share = Fraction(n - k, n)
    names = {
        Fraction(1, 3): "a third of it",
        Fraction(1, 2): "half of it",
        Fraction(1): "all of it",
    }
    return names.get(share, f"{share} of it")
