"""``export``: samples and coordinates of a run folder in the formats of other programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from selectivity.api.provenance import result_provenance
from selectivity.api.stored import StoredRun, StoredSystem, read_run
from selectivity.errors import InputError
from selectivity.storage.files import write_json_atomic, write_text_atomic
from selectivity.storage.folder import slug
from selectivity.system.spec import SystemSpec

FORMATS = ("csv", "plumed", "wham", "pdb", "dcd", "xtc")
_ABOUT = {
    "csv": (
        "states.csv: what every replica and window sampled from. replica-NN.csv: every sample; "
        "u_ION is the energy of X as ION less that as the first ion. Units stand in the names."
    ),
    "plumed": (
        "COLVAR.REPLICA.WINDOW: time in sweeps, z in nm, energies in kJ/mol; "
        "plumed.REPLICA.WINDOW.dat applies the restraint again (plumed driver --noatoms). The "
        "identity of X changes along a file: choose the rows of one identity for an ordinary "
        "umbrella."
    ),
    "wham": (
        "One folder per ion, with the samples in which X was that ion. metadata.dat and wham.sh "
        "are for Grossfield's wham (A, kcal/mol). gromacs/: make_tpr.sh makes the run inputs "
        "(tpr, which GROMACS alone can write) with gmx grompp and runs gmx wham. Errors that "
        "these programs print take samples as independent in time; the program's own come from "
        "replicas."
    ),
}
_TRAJECTORY = (
    "topology.pdb has the names, trajectory the frames, frames.csv what each frame is: X changes "
    "its identity along the trajectory, and frames of all windows follow each other. scene.tcl "
    "opens it in VMD (vmd -e scene.tcl); scene.mvsx opens in Mol* when it is dragged into a window "
    "of molstar.org/viewer, scene.mvsj from a web server."
)


@dataclass(frozen=True)
class Exported:
    """Where an export lies, its files, and what to know of it."""

    format: str
    folder: Path
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    provenance: dict[str, Any] = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON; files relative to the folder."""
        files = [str(path.relative_to(self.folder)) for path in self.files]
        return {**asdict(self), "files": files}


@dataclass
class _Job:
    """One export while it is written."""

    run: StoredRun
    format: str
    folder: Path
    ion: str | None
    files: list[Path] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def export(
    path: str | Path,
    format: str,
    out: str | Path | None = None,
    system: str | None = None,
    ion: str | None = None,
) -> Exported:
    """Write what a run folder holds so far in another program's format.

    Parameters
    ----------
    path : path
        Run folder.
    format : str
        One of :data:`FORMATS`.
    out : path, optional
        A folder that is new or empty; ``NAME-FORMAT`` in the working folder without it.
    system : str, optional
        Of all systems only this one.
    ion : str, optional
        Only samples or frames in which X is this ion; ``csv`` and ``plumed`` always have all.

    Raises
    ------
    InputError
        Not a run folder; an unknown format, system or ion; nothing is stored yet; ``out`` holds
        something.
    StoreError
        A damaged folder.
    """
    if format not in FORMATS:
        raise InputError("--format", format, f"is one of {', '.join(FORMATS)}", "choose one")
    run = read_run(path)
    chosen = _chosen(run, system)
    if ion is not None and (ion not in run.run_file.ions or format in ("csv", "plumed")):
        rule = f"is one of {', '.join(run.run_file.ions)}, for wham and trajectories"
        raise InputError("--ion", ion, rule, "csv and plumed hold every identity")
    folder = _new_folder(Path(out) if out is not None else _default(run, format))
    job = _Job(run, format, folder, ion)
    for stored in chosen:
        if stored.missing:
            job.notes.append(stored.missing)
        if stored.replicas:
            _WRITERS[format](job, stored)
    if not job.files:
        folder.rmdir()
        raise InputError(str(path), format, "there is nothing to export", "; ".join(job.notes))
    about = _ABOUT.get(format, _TRAJECTORY)
    provenance = result_provenance(run)
    found = Exported(format, folder, tuple(job.files), (about, *job.notes), provenance)
    write_text_atomic(folder / "README.txt", "\n\n".join(found.notes) + "\n")
    write_json_atomic(folder / "export.json", found.as_dict())
    return found


def _chosen(run: StoredRun, system: str | None) -> list[StoredSystem]:
    if system is None:
        return list(run.systems.values())
    if system not in run.systems:
        known = ", ".join(run.systems)
        raise InputError("--system", system, f"is one of {known}", "names are those of the run")
    return [run.systems[system]]


def _default(run: StoredRun, format: str) -> Path:
    return Path(f"{run.folder.path.stem}-{format}")


def _new_folder(path: Path) -> Path:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        rule = "is a folder that is new or empty"
        raise InputError("--out", str(path), rule, "name another one, or move that away")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        rule = f"must be writable: {error.strerror}"
        raise InputError("--out", str(path), rule, "name another folder") from None
    return path


def _stride(job: _Job, spec: SystemSpec) -> int:
    return job.run.run_file.plans[spec.name].stride


def _csv(job: _Job, stored: StoredSystem) -> None:
    from selectivity.storage.tables import write_csv

    folder, stride = job.folder / slug(stored.spec.name), _stride(job, stored.spec)
    job.files += write_csv(folder, stored.replicas, stride)


def _plumed(job: _Job, stored: StoredSystem) -> None:
    from selectivity.storage.tables import write_colvars

    folder, stride = job.folder / slug(stored.spec.name), _stride(job, stored.spec)
    for samples in stored.replicas:
        job.files += write_colvars(folder, samples, stride)


def _wham(job: _Job, stored: StoredSystem) -> None:
    from selectivity.storage.wham_files import write_gromacs, write_wham

    spec = stored.spec
    if spec.kind != "filter":
        job.notes.append(f"{spec.name} has no umbrella windows and is left out")
        return
    for ion in (job.ion,) if job.ion else spec.ions:
        folder = job.folder / slug(spec.name) / ion
        given = (stored.replicas, ion, spec.temperature_K, _stride(job, spec))
        written = write_wham(folder, *given)
        if written:
            job.files += [*written, *write_gromacs(folder / "gromacs", *given)]
        else:
            job.notes.append(f"{spec.name}: X was never {ion}; its folder is left out")


def _trajectory(job: _Job, stored: StoredSystem) -> None:
    from selectivity.storage.trajectories import gather, write_trajectory
    from selectivity.system.build import build_topology

    spec, plan = stored.spec, job.run.run_file.plans[stored.spec.name]
    topology = build_topology(spec, plan.states_per_gap)
    replicas = [samples.replica for samples in stored.replicas]
    identity = topology.ladder.endpoints[job.ion] if job.ion else None
    gathered = gather(job.run.folder, topology, replicas, plan.stride, identity)
    if not len(gathered.r):
        job.notes.append(f"{spec.name}: no frame with X as {job.ion}; left out")
        return
    if gathered.at_ends:
        job.notes.append(
            f"{spec.name}: no frames were stored (sampling.frames_every); the states after each "
            "segment and its last exchange stand here instead"
        )
    named = job.ion or spec.ions[0]
    if job.ion is None:
        job.notes.append(f"{spec.name}: X is called {named} whatever it is; see frames.csv")
    folder = job.folder / slug(spec.name)
    job.files += write_trajectory(folder, topology, gathered, named, job.format)


_WRITERS: dict[str, Callable[[_Job, StoredSystem], None]] = {
    "csv": _csv,
    "plumed": _plumed,
    "wham": _wham,
    **dict.fromkeys(("pdb", "dcd", "xtc"), _trajectory),
}
