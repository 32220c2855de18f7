"""Measured permeability ratios and bulk diffusion coefficients, each with its source.

``mark`` says how far a figure was checked: ``"text"`` it was read in the source or its abstract,
``"memory"`` it was written down without the source at hand and is to be checked before it is
quoted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from selectivity.errors import InputError
from selectivity.records import Interval

FORCE_FIELD_CAVEAT = (
    "Polarisation is missing, and additive force fields over-favour K+ in amides: transfer of "
    "K+ to Na+ from water to liquid NMA costs -1.1 kcal/mol in experiment (Na+ preferred), +1.6 "
    "with CHARMM22, +2.8 with CHARMM27 and +4.7 with CHARMM27/NBFIX (Varma, Rogers, Pratt & Rempe "
    "2011 J Gen Physiol 137:479, Table I). A shift of 2 to 6 kcal/mol is a factor of 26 to 17,000 "
    "in P_K/P_Na at 310 K."
)
INTERIOR_ONLY = "interior only: entry and access resistance are not included"

# Bulk diffusion coefficients at 298 K, 1e-5 cm²/s: experimental column of Yu et al. 2010 J Chem
# Theory Comput 6:774, Table 2.
BULK_DIFFUSION = {"Li": 1.03, "Na": 1.33, "K": 1.98, "Rb": 2.07, "Cs": 2.06}

# Orders of permeability from the most permeant: Eisenman 1962 Biophys J 2:259.
EISENMAN = {
    "I": ("Cs", "Rb", "K", "Na", "Li"),
    "II": ("Rb", "Cs", "K", "Na", "Li"),
    "III": ("Rb", "K", "Cs", "Na", "Li"),
    "IV": ("K", "Rb", "Cs", "Na", "Li"),
    "V": ("K", "Rb", "Na", "Cs", "Li"),
    "VI": ("K", "Na", "Rb", "Cs", "Li"),
    "VII": ("Na", "K", "Rb", "Cs", "Li"),
    "VIII": ("Na", "K", "Rb", "Li", "Cs"),
    "IX": ("Na", "K", "Li", "Rb", "Cs"),
    "X": ("Na", "Li", "K", "Rb", "Cs"),
    "XI": ("Li", "Na", "K", "Rb", "Cs"),
}
KCSA_SEQUENCE = "IV"


@dataclass(frozen=True)
class Measurement:
    """P_a/P_b of one channel from reversal potentials.

    ``kind``: ``"value"``, or ``"above"`` / ``"below"`` where the experiment gives a bound.
    """

    channel: str
    a: str
    b: str
    kind: Literal["value", "above", "below"]
    value: float
    source: str
    mark: Literal["text", "memory"]

    def __str__(self) -> str:
        sign = {"value": "=", "above": ">", "below": "<"}[self.kind]
        return f"P_{self.a}/P_{self.b} {sign} {self.value:g} ({self.channel}, {self.source})"


Kind = Literal["value", "above", "below"]
_TURNED: dict[Kind, Kind] = {"value": "value", "above": "below", "below": "above"}
_KCSA = "LeMasurier, Heginbotham & Miller 2001 J Gen Physiol 118:303"
_FROG = "Hille 1973 J Gen Physiol 61:669"
_SHAKER = "Heginbotham & MacKinnon 1993 Biophys J 65:2089"

MEASUREMENTS = (
    Measurement("KcsA", "K", "Na", "above", 150.0, _KCSA, "text"),
    Measurement("KcsA", "Rb", "K", "value", 0.8, _KCSA, "memory"),
    Measurement("delayed rectifier, frog node", "Na", "K", "below", 0.01, _FROG, "text"),
    Measurement("delayed rectifier, frog node", "Rb", "K", "value", 0.92, _FROG, "text"),
    Measurement("delayed rectifier, frog node", "Li", "K", "below", 0.018, _FROG, "memory"),
    Measurement("delayed rectifier, frog node", "Cs", "K", "below", 0.077, _FROG, "memory"),
    Measurement("Shaker", "Na", "K", "below", 0.01, _SHAKER, "memory"),
    Measurement("Shaker", "Rb", "K", "value", 0.66, _SHAKER, "memory"),
    Measurement(
        "K+ channels in general",
        "K",
        "Na",
        "above",
        1000.0,
        "Martinac et al. 2008 Physiol Rev (as quoted by BioNumbers 112282)",
        "text",
    ),
    Measurement(
        "NaK, wild type", "Na", "K", "value", 1.0, "abstract: similar permeability", "text"
    ),
    Measurement(
        "Na+ channel, frog muscle",
        "K",
        "Na",
        "value",
        0.048,
        "Campbell 1976 J Gen Physiol 67:295",
        "text",
    ),
)


@dataclass(frozen=True)
class Comparison:
    """A computed ratio beside a measured one, both as P_a/P_b.

    ``verdict`` compares the statistical interval with the measurement: ``"consistent"``,
    ``"inconsistent"`` or ``"undecided"`` (the interval reaches across a bound).
    """

    measurement: Measurement
    computed: Interval
    verdict: Literal["consistent", "inconsistent", "undecided"]

    def __str__(self) -> str:
        m, c = self.measurement, self.computed
        ours = f"computed {c.value:.3g} (95 % statistical {c.low:.3g}-{c.high:.3g})"
        return f"{m}: {ours}: {self.verdict}"


def measurements(a: str, b: str, channel: str | None = None) -> tuple[Measurement, ...]:
    """Measurements of P_a/P_b, those of P_b/P_a turned over, of one channel or of all."""
    found = []
    for m in MEASUREMENTS:
        if channel is not None and m.channel != channel:
            continue
        if (m.a, m.b) == (a, b):
            found.append(m)
        elif (m.a, m.b) == (b, a):
            found.append(replace(m, a=a, b=b, kind=_TURNED[m.kind], value=1.0 / m.value))
    return tuple(found)


def compare(ratio: Interval, measurement: Measurement) -> Comparison:
    """Set a computed P_a/P_b beside a measured one.

    A value counts as consistent where the interval holds it; a bound where the whole interval
    respects it, and as undecided where the interval reaches across it.
    """
    m = measurement
    if m.kind == "value":
        inside = ratio.low <= m.value <= ratio.high
        return Comparison(m, ratio, "consistent" if inside else "inconsistent")
    respects_low = ratio.low > m.value if m.kind == "above" else ratio.low < m.value
    respects_high = ratio.high > m.value if m.kind == "above" else ratio.high < m.value
    if respects_low and respects_high:
        return Comparison(m, ratio, "consistent")
    return Comparison(m, ratio, "undecided" if respects_low or respects_high else "inconsistent")


def bulk_diffusion_ratio(a: str, b: str) -> float:
    """D_a/D_b in bulk water (1.49 for K+ over Na+).

    Raises
    ------
    InputError
        For an ion that is not in ``BULK_DIFFUSION``.
    """
    for ion in (a, b):
        if ion not in BULK_DIFFUSION:
            raise InputError("ion", ion, f"is one of {', '.join(BULK_DIFFUSION)}")
    return BULK_DIFFUSION[a] / BULK_DIFFUSION[b]
