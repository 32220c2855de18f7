"""A four-fold channel of round numbers as the lines of a PDB file, for tests to spoil."""

from __future__ import annotations

import math

RESIDUES = (("THR", 75), ("VAL", 76), ("GLY", 77), ("TYR", 78), ("GLY", 79))
PLANES = {"THR": -4.5, "VAL": -1.5, "GLY": 1.5, "TYR": 4.5}
HYDROXYL = (("CB", "C", 3.60, -6.70), ("OG1", "O", 2.60, -7.60))


def atom(
    serial: int,
    name: str,
    residue: str,
    chain: str,
    number: int,
    place: tuple[float, ...],
    b: float,
) -> str:
    """One ATOM record; ``place`` is x, y, z in Å."""
    x, y, z = place
    element = name[0]
    return (
        f"ATOM  {serial:5d}  {name:<3} {residue} {chain}{number:4d}    "
        f"{x:8.3f}{y:8.3f}{z:8.3f}{1.0:6.2f}{b:6.2f}          {element:>2}"
    )


def lines(chains: str = "ABCD") -> list[str]:
    """ATOM records of the subunits named, T75 to G79 of each, four-fold about z."""
    found: list[str] = []
    for chain in chains:
        turn = "ABCD".index(chain)
        for residue, number in RESIDUES:
            z = PLANES.get(residue, 0.0) if number < 79 else 7.5
            atoms = [("CA", "C", 5.0, z), ("C", "C", 3.6, z + 0.25), ("O", "O", 2.4, z)]
            atoms += list(HYDROXYL) if residue == "THR" else []
            for name, _, r, height in atoms:
                angle = math.radians(90.0 * turn)
                place = (r * math.cos(angle), r * math.sin(angle), height)
                found.append(atom(len(found) + 1, name, residue, chain, number, place, 20.0))
    return found


def text(chains: str = "ABCD") -> str:
    """The whole file."""
    return "\n".join([*lines(chains), "END", ""])
