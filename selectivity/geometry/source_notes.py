"""What a crystal file's own records say that a user of the filter should know, a sentence each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from selectivity.geometry.tetramer import Tetramer

LOW_RESOLUTION_A = 2.6
_UNEQUAL_A = 0.3
_UNEQUAL_DEG = 1.0
_SOFT_B = 80.0  # Å²: 1.0 Å of each oxygen along every axis
_POTASSIUM = re.compile("T[VI]G[YF]G")
_PREDICTED = re.compile("alphafold|esmfold|rosettafold|prediction for|predicted", re.IGNORECASE)


def source_notes(
    structure: Any, found: Tetramer, elements: Sequence[str], b_factor: float | None, cut: bool
) -> tuple[str, ...]:
    """Notes on the file behind a filter.

    Parameters
    ----------
    structure : gemmi.Structure
    found : Tetramer
    elements : sequence of str
        Of the ions on the axis.
    b_factor : float or None
        The B-factor given in place of the file's, Å².
    cut : bool
        Whether the file may be cut.
    """
    info = dict(structure.info.items())
    notes = ["The file has no END record and may be cut."] if cut else []
    notes += _signature(found.copies[0].signature)
    notes += _method(info.get("_exptl.method", ""), structure.resolution)
    notes += _symmetry(found)
    if b_factor is not None:
        notes.append(f"B-factors of the file are not used: {b_factor:g} Å² for every atom.")
    elif _PREDICTED.search(info.get("_struct.title", "")):
        notes.append(
            "The title speaks of a prediction: its B column holds a confidence, not B-factors, so "
            "the tethers mean nothing. Give one: --b-factor 20."
        )
    else:
        notes += _b_factors(np.array([part.b_factors for part in found.copies]))
    notes += sorted({f"{note}." for part in found.copies for note in part.notes})
    others = sorted(set(elements) - {"K"})
    if others:
        notes.append(f"On the axis stands {', '.join(others)}, so the sites are not those of K+.")
    elif not elements:
        notes.append("No ion stands on the axis: cage centres are the middles between planes.")
    return tuple(notes)


def _signature(letters: str) -> list[str]:
    notes = []
    if len(letters) == len("TVGYG") and not _POTASSIUM.match(letters):
        text = f"The signature is {letters}, a relative of TVGYG."
        if re.match("T[VI]GD", letters):
            text += " NaK has it, which does not select K+ over Na+."
        notes.append(text)
    if letters.startswith("S"):
        notes.append("The innermost hydroxyl is a serine's; a threonine's parameters stand for it.")
    elif letters and letters[0] != "T":
        notes.append(f"The innermost residue, {letters[0]}, has no hydroxyl: carbonyls only.")
    return notes


def _method(method: str, resolution: float) -> list[str]:
    notes = []
    if resolution > LOW_RESOLUTION_A:
        notes.append(
            f"Resolution {resolution:.2f} Å: carbonyl oxygens are placed by the refinement's "
            "geometry more than by density, and their distances are good to some 0.3 Å."
        )
    if "MICROSCOPY" in method.upper():
        notes.append(
            "Electron microscopy: B-factors say how sharp the map is as much as how atoms move. "
            "Compare with --b-factor 20, or with other tethers in the run file."
        )
    if "NMR" in method.upper():
        notes.append(
            "NMR: models of an ensemble have no B-factors that tethers could rest on. Give one: "
            "--b-factor 20."
        )
    return notes


def _symmetry(found: Tetramer) -> list[str]:
    axis = found.axis
    if axis.rms <= _UNEQUAL_A and abs(axis.angle_deg - 90.0) <= _UNEQUAL_DEG:
        return []
    return [
        f"The subunits are unequal: turned by {axis.angle_deg:.1f} degrees about the axis they "
        f"differ by {axis.rms:.2f} Å. What is written is their four-fold average."
    ]


def _b_factors(b: np.ndarray) -> list[str]:
    """``b`` has the shape (subunits, groups, 2)."""
    oxygens = b[:, :, 1].mean(axis=0)
    if np.ptp(b) < 0.01:
        return [
            f"Every B-factor is {b.flat[0]:.1f} Å²: they were not refined atom by atom, and the "
            "tethers know nothing of which ring is softer."
        ]
    if oxygens.max() > _SOFT_B:
        return [
            f"B-factors of the oxygens reach {oxygens.max():.0f} Å², "
            f"{np.sqrt(oxygens.max() / (8 * np.pi**2)):.1f} Å along every axis: more disorder than "
            "motion, most likely. Compare with stiffer tethers in the run file."
        ]
    return []
