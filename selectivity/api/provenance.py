"""What a result rests on: run file, seeds, parameter sets, structures, versions, command."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import fields, is_dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from selectivity import __version__
from selectivity.api.stored import StoredRun
from selectivity.config.run_file import RunFile
from selectivity.forcefield.library import load
from selectivity.storage.files import sha256_of

PACKAGES = ("numpy", "numba", "scipy", "h5py", "mdtraj")


def machine(*packages: str) -> dict[str, Any]:
    """Versions of the program, of Python and of those ``packages`` that are there; platform."""
    import platform

    versions = {"selectivity": __version__, "python": platform.python_version()}
    for name in packages:
        with contextlib.suppress(PackageNotFoundError):
            versions[name] = version(name)
    return {"versions": versions, "platform": f"{platform.system()} {platform.machine()}"}


def commit() -> str:
    """The commit of the program where it runs from a checkout, marked where files differ."""
    import subprocess

    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / ".git").exists():
        return f"of release {__version__}"
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return found.stdout.strip()


def command() -> list[str]:
    """The command line of this process, without the folder of the program."""
    return [Path(sys.argv[0]).name, *sys.argv[1:]]


def provenance(run_file: RunFile) -> dict[str, Any]:
    """What samples rest on; kept in the run folder and in every segment.

    ``versions platform command digest run_digest run_file seeds forcefield_sha256
    structure_sha256``: ``digest`` is that of the resolved run file, ``run_digest`` the same for a
    run and its continuation with more segments or replicas, ``forcefield_sha256`` has for every
    parameter set the digest of all its numbers (:func:`forcefield_sha256`).
    """
    sets = dict.fromkeys(spec.forcefield for spec in run_file.systems)
    return {
        **machine(*PACKAGES),
        "command": command(),
        "digest": run_file.digest(),
        "run_digest": run_file.run_digest(),
        "run_file": Path(run_file.source).name,
        "seeds": {name: plan.seed for name, plan in run_file.plans.items()},
        "forcefield_sha256": {name: forcefield_sha256(name) for name in sets},
        "structure_sha256": dict(run_file.structure_sha256),
    }


def result_provenance(run: StoredRun) -> dict[str, Any]:
    """What a result of ``run`` rests on.

    What the samples rest on, as stored, with the ``resolved`` run file; under ``result`` what
    computed the result from them: ``versions``, ``platform``, ``command``, and
    ``forcefield_sha256`` of the sets as they are now where they differ from those sampled with.
    """
    stored = run.folder.provenance()
    now = {**machine(*PACKAGES), "command": command()}
    sampled = stored.get("forcefield_sha256", {})
    changed = {name: forcefield_sha256(name) for name in sampled}
    changed = {name: digest for name, digest in changed.items() if digest != sampled[name]}
    if changed:
        now["forcefield_sha256"] = changed
    return {**stored, "resolved": run.folder.resolved(), "result": now}


def forcefield_sha256(name: str) -> str:
    """SHA-256 of every number and type name of a parameter set; its sources do not enter."""
    return sha256_of(_numbers(load(name)))


def _numbers(value: Any) -> Any:
    """``value`` in JSON's types, mappings by sorted text keys, without titles and sources."""
    if is_dataclass(value):
        kept = (f.name for f in fields(value) if f.name not in ("title", "sources"))
        return {key: _numbers(getattr(value, key)) for key in kept}
    if isinstance(value, dict):
        return {_key(key): _numbers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(item) for item in value]
    return value


def _key(key: Any) -> str:
    return key if isinstance(key, str) else " ".join(sorted(key))
