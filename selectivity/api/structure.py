"""``structure list``, ``show`` and ``import``: filter geometries, shipped and of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from selectivity import resources
from selectivity.errors import InputError
from selectivity.geometry.files import load_filter, shipped_filters, write_toml
from selectivity.geometry.filter import FilterGeometry
from selectivity.geometry.oddities import beside, inward_deg, oddities, rms
from selectivity.geometry.tethers import tether_constant
from selectivity.plotting import FORMATS

TEMPLATE = "own_structure"
"""The run file that is there to be given a structure."""
_TEMPERATURE_K, _K_THETA = 310.15, 83.68  # 20 kcal/mol: what run files begin with


@dataclass(frozen=True)
class RingRow:
    """One ring: Å and degrees; B of its oxygen in Å², its tethers in kJ/mol/Å²."""

    name: str
    kind: str
    radius_A: float
    z_A: float
    across_A: float
    beside_A: float
    above_A: float | None
    inward_deg: float
    b_A2: float
    rms_A: float
    tether_kJ_mol_A2: float


@dataclass(frozen=True)
class StructureReport:
    """A filter geometry: where it comes from, its rings and sites, and what is odd about it.

    Attributes
    ----------
    name, title, source, preparation : str
    symmetry : int
    rings : tuple of RingRow
        From inside to outside; ``above_A`` is the distance to the next plane.
    cages : dict of str to float
        z of the centres, Å.
    sites : dict of str to float
        z of the crystal's ions, Å.
    notes : tuple of str
        What the source says of itself.
    odd : tuple of str
        What no conducting filter has.
    next_steps : tuple of str
        How to run it, a line each.
    files : tuple of str
        Files that were written.
    geometry : FilterGeometry
        Not part of :meth:`as_dict`.
    """

    name: str
    title: str
    source: str
    preparation: str
    symmetry: int
    rings: tuple[RingRow, ...]
    cages: dict[str, float]
    sites: dict[str, float]
    notes: tuple[str, ...]
    odd: tuple[str, ...]
    next_steps: tuple[str, ...]
    files: tuple[str, ...] = ()
    geometry: FilterGeometry | None = field(default=None, repr=False, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        found = asdict(self)
        del found["geometry"]
        return found


def list_structures() -> tuple[StructureReport, ...]:
    """The shipped filter geometries, by name."""
    return tuple(_report(load_filter(name), name) for name in shipped_filters())


def show_structure(structure: str | Path, plot: str | Path | None = None) -> StructureReport:
    """Rings, distances, sites and oddities of a structure, and on request a drawing of it.

    Parameters
    ----------
    structure : str or path
        Shipped name, or path of a structure file.
    plot : path, optional
        Where to draw top and side views: .png, .svg or .pdf.

    Raises
    ------
    InputError, StructureFileError
        No such structure, or a file that is none; another suffix of ``plot``.
    """
    _check_plot(plot)
    geometry = load_filter(structure)
    return _report(geometry, str(structure), _drawn(geometry, plot))


def import_structure(
    file: str | Path,
    out: str | Path | None = None,
    residues: str | Sequence[str] | None = None,
    model: int | None = None,
    b_factor: float | None = None,
    plot: str | Path | None = None,
) -> StructureReport:
    """Read the filter of a PDB or mmCIF file and write it as a structure file that ``run`` takes.

    Parameters
    ----------
    file : path
        PDB or mmCIF, plain or gzipped.
    out : path, optional
        The .toml file to write; the file's name in the working folder without it.
    residues : str or sequence of str, optional
        The filter from inside to outside, ``"T75,V76,G77,Y78"``; found by its sequence without.
    model : int, optional
        Which of several models, counted from 1.
    b_factor : float, optional
        In place of the file's B-factors, Å².
    plot : path, optional
        As for :func:`show_structure`.

    Raises
    ------
    InputError
        What :func:`selectivity.geometry.crystal.read_crystal` raises; ``out`` exists, or its folder
        does not; a name that a shipped structure has.
    """
    from selectivity.geometry.crystal import read_crystal

    _check_plot(plot)
    target = _target(Path(file), out)
    named = residues.split(",") if isinstance(residues, str) else residues
    labels = tuple(part.strip() for part in named) if named is not None else None
    geometry = read_crystal(file, labels, model, target.stem, b_factor)
    drawn = _drawn(geometry, plot)
    write_toml(geometry, target)
    return _report(load_filter(str(target.resolve())), str(target), (str(target), *drawn))


def _target(file: Path, out: str | Path | None) -> Path:
    """Where to write; never over anything, and under no shipped structure's name."""
    if out is None:
        stem = file.name.split(".")[0] or "structure"
        target = Path(f"my_{stem}.toml" if stem in shipped_filters() else f"{stem}.toml")
        remedy = f"name another file: --out {stem}-2.toml"
    else:
        target, remedy = Path(out), "choose another place"
    if target.exists():
        raise InputError(str(target), "exists", "is a new file", remedy)
    if not target.parent.is_dir():
        raise InputError(str(target.parent), "no such folder", "is a folder", "make it first")
    if target.suffix != ".toml":
        remedy = f"write --out {target.with_suffix('.toml')}"
        raise InputError("--out", str(target), "ends in .toml", remedy)
    if target.stem in shipped_filters():
        rule = "is no shipped structure's name, which a run file would take instead"
        raise InputError("--out", str(target), rule, f"write --out my_{target.stem}.toml")
    return target


def _check_plot(plot: str | Path | None) -> None:
    if plot is not None and Path(plot).suffix not in FORMATS:
        rule = f"ends in {', '.join(FORMATS)}"
        raise InputError("--plot", str(plot), rule, "for example --plot filter.png")
    if plot is not None and not Path(plot).parent.is_dir():
        raise InputError("--plot", str(plot), "its folder exists", "make it first")


def _drawn(geometry: FilterGeometry, plot: str | Path | None) -> tuple[str, ...]:
    if plot is None:
        return ()
    from selectivity.report.structure_plot import structure_figure
    from selectivity.report.style import save_figure

    return (str(save_figure(structure_figure(geometry), plot)),)


def _report(geometry: FilterGeometry, named: str, files: tuple[str, ...] = ()) -> StructureReport:
    return StructureReport(
        geometry.name,
        geometry.title,
        geometry.source,
        geometry.preparation,
        geometry.symmetry,
        _rows(geometry),
        geometry.cage_centers,
        geometry.sites,
        geometry.notes,
        oddities(geometry),
        _next_steps(geometry, named),
        files,
        geometry,
    )


def _rows(geometry: FilterGeometry) -> tuple[RingRow, ...]:
    rows = []
    for i, ring in enumerate(geometry.rings):
        o = ring.oxygen
        last = i == len(geometry.rings) - 1
        rows.append(
            RingRow(
                ring.name,
                ring.kind,
                o.r,
                o.z,
                2.0 * o.r,
                beside(geometry, ring),
                None if last else geometry.rings[i + 1].oxygen.z - o.z,
                inward_deg(ring),
                o.b_factor,
                rms(ring),
                tether_constant(o.b_factor, ring.bond_length, _K_THETA, _TEMPERATURE_K),
            )
        )
    return tuple(rows)


def _next_steps(geometry: FilterGeometry, named: str) -> tuple[str, ...]:
    """How to run it: the run file, the lines to write in it, the command."""
    lines = (resources.folder("runs") / f"{TEMPLATE}.yaml").read_text(encoding="utf-8").splitlines()
    return (
        f"selectivity new {TEMPLATE} mine.yaml",
        *(
            f"in line {_line_of(key, lines)} of mine.yaml write  {key}: {value}"
            for key, value in (("structure", named), *_other_keys(geometry))
        ),
        "selectivity check mine.yaml && selectivity run mine.yaml",
    )


def _line_of(key: str, lines: Sequence[str]) -> int:
    return next(i for i, line in enumerate(lines, 1) if line.strip().startswith(f"{key}:"))


def _other_keys(geometry: FilterGeometry) -> tuple[tuple[str, str], ...]:
    """What the template's composition and interval must become where S1 and S2 are not there."""
    if {"S1", "S2"} <= {*geometry.cage_names, *geometry.sites}:
        return ()
    names, centers = geometry.cage_names, [cage.center for cage in geometry.cages]
    if len(names) > 1:
        return (("composition", '"[W X W]"'), ("interior", f"[{names[0]}, {names[-1]}]"))
    low, high = (f"{centers[0] + side:g} angstrom" for side in (-0.5, 0.5))
    return (("composition", '"[X]"'), ("interior", f"[{low}, {high}]"))
