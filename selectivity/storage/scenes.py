"""Scenes beside an exported trajectory: a script for VMD, and MolViewSpec files for Mol*.

``scene.mvsj`` names the PDB file by a relative address, for a web server; ``scene.mvsx`` is the
same scene with the PDB file in one archive, which opens by dragging it into a window of Mol*
(molstar.org/viewer). Both show the first frame of a DCD or XTC and every model of a PDB file.
MolViewSpec: Midlik et al. 2025, Nucleic Acids Res. 53, W408; its tree schema, version 1.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from selectivity.plotting import ION_COLOURS
from selectivity.storage.files import write_text_atomic
from selectivity.system.atoms import ION_CHAIN, SOLVENT_CHAIN, Atom

OUTSIDE_A = 40.0
"""Waters that are absent in a frame stand farther from the axis than this (at 60 Å)."""
_CARBON, _OXYGEN, _NITROGEN, _HYDROGEN = "#8C8C8C", "#D62728", "#3050F8", "#F0F0F0"
_ELEMENTS = {"C": _CARBON, "O": _OXYGEN, "N": _NITROGEN, "H": _HYDROGEN}
_RING = {"C": "O", "CB": "OG1"}  # carbon of a group, and its oxygen
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the same scene gives the same file


def write_scenes(folder: Path, names: Sequence[Atom], kind: str, title: str) -> list[Path]:
    """``scene.tcl``, ``scene.mvsj`` and ``scene.mvsx`` in ``folder``, where the trajectory lies.

    Parameters
    ----------
    folder : Path
        Holds ``topology.pdb`` and ``trajectory.<kind>``.
    names : sequence of Atom
        All atoms.
    kind : {"pdb", "dcd", "xtc"}
    title : str
    """
    pdb = "trajectory.pdb" if kind == "pdb" else "topology.pdb"
    tcl, mvsj, mvsx = (folder / f"scene.{suffix}" for suffix in ("tcl", "mvsj", "mvsx"))
    write_text_atomic(tcl, vmd_script(names, kind, title))
    scene = json.dumps(molstar_scene(names, pdb, title), indent=2, ensure_ascii=False) + "\n"
    write_text_atomic(mvsj, scene)
    with zipfile.ZipFile(mvsx, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("index.mvsj", scene.encode()), (pdb, (folder / pdb).read_bytes())):
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return [tcl, mvsj, mvsx]


def _ligand_chains(names: Sequence[Atom]) -> list[str]:
    chains = dict.fromkeys(atom.chain for atom in names)
    return sorted(set(chains) & set(ascii_uppercase) - {ION_CHAIN, SOLVENT_CHAIN})


def molstar_scene(names: Sequence[Atom], pdb: str, title: str) -> dict[str, Any]:
    """A MolViewSpec state: ligands as sticks, ions as spheres, waters, the rings' names.

    The view is from the side, the outside up.
    """
    ligands: list[dict[str, Any]] = [{"auth_asym_id": c} for c in _ligand_chains(names)]
    elements = [_node("color", color=c, selector={"type_symbol": e}) for e, c in _ELEMENTS.items()]
    sticks = _node("representation", type="ball_and_stick", children=elements)
    parts = []
    if ligands:
        parts.append(_node("component", selector=ligands, children=[sticks, _view()]))
    ions = {atom.residue: atom for atom in names if atom.chain == ION_CHAIN}
    for residue, atom in ions.items():
        colour = _node("color", color=ION_COLOURS.get(atom.element, _CARBON))
        ball = _node("representation", type="spacefill", size_factor=0.45, children=[colour])
        selector = {"auth_asym_id": ION_CHAIN, "label_comp_id": residue}
        parts.append(_node("component", selector=selector, children=[ball]))
    if any(atom.chain == SOLVENT_CHAIN for atom in names):
        selector = {"auth_asym_id": SOLVENT_CHAIN}
        parts.append(_node("component", selector=selector, children=[sticks]))
    parts += [_label(atom) for atom in names if atom.chain == "A" and atom.name in _RING]
    structure = _node("structure", type="model", children=parts)
    parse = _node("parse", format="pdb", children=[structure])
    download = _node("download", url=pdb, children=[parse])
    return {
        "metadata": {"version": "1", "title": title, "timestamp": "1980-01-01T00:00:00Z"},
        "root": {"kind": "root", "children": [download]},
    }


def _node(kind: str, children: Sequence[dict[str, Any]] = (), **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": kind, "params": params}
    return {**found, "children": list(children)} if children else found


def _view() -> dict[str, Any]:
    return _node("focus", direction=[0, 1, 0], up=[0, 0, 1], radius_factor=1.2)


def _label(atom: Atom) -> dict[str, Any]:
    """The name of a ring, beside the carbon of its first group."""
    selector = {"auth_asym_id": "A", "auth_seq_id": atom.number, "auth_atom_id": atom.name}
    oxygen = _RING[atom.name].removesuffix("1" if atom.residue == "SER" else "")
    text = f"{atom.residue.capitalize()}{atom.number} {oxygen}"
    return _node("component", selector=selector, children=[_node("label", text=text)])


def vmd_script(names: Sequence[Atom], kind: str, title: str) -> str:
    """Tcl for VMD: loads topology and frames, and draws ligands, ions and waters."""
    ligands, chains = _ligand_chains(names), {atom.chain for atom in names}
    shown = [("Licorice 0.15 12 12", f"chain {' '.join(ligands)}")] if ligands else []
    shown.append(("VDW 0.6 24", f"chain {ION_CHAIN}"))
    if SOLVENT_CHAIN in chains:
        shown.append(("CPK 0.6 0.3 12 12", f"chain {SOLVENT_CHAIN} and x < {OUTSIDE_A:g}"))
    lines = [
        f"# {title}",
        "# vmd -e scene.tcl, from any folder; frames.csv says what each frame is.",
        "set here [file dirname [file normalize [info script]]]",
    ]
    if kind == "pdb":
        lines.append("mol new [file join $here trajectory.pdb] type pdb waitfor all")
    else:
        lines += [
            "mol new [file join $here topology.pdb] type pdb waitfor all",
            "animate delete all",
            f"mol addfile [file join $here trajectory.{kind}] type {kind} waitfor all",
        ]
    lines.append("mol delrep 0 top")
    for i, (style, selection) in enumerate(shown):
        lines += [
            f"mol representation {style}",
            "mol color Name",
            f"mol selection {{{selection}}}",
            "mol material Opaque",
            "mol addrep top",
            f"mol selupdate {i} top on",
        ]
    lines += [
        "display projection Orthographic",
        "color Display Background white",
        "axes location Off",
        "rotate x by -90",
    ]
    return "\n".join(lines) + "\n"
