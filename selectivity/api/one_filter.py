"""One filter of a run folder with its numbers, the headline unless another is named."""

from __future__ import annotations

from pathlib import Path

from selectivity.api.compute import Computed, compute
from selectivity.api.stored import StoredRun, read_run
from selectivity.config.run_file import from_dict
from selectivity.errors import InputError
from selectivity.storage.folder import open_folder
from selectivity.system.spec import FilterSpec


def one_filter(path: str | Path, system: str | None = None) -> tuple[StoredRun, Computed]:
    """The run, with this filter and its droplet alone, and the filter's numbers.

    Raises
    ------
    InputError
        Not a run folder, no such filter, or nothing sampled yet.
    StoreError
        A damaged folder.
    """
    run_file = from_dict(open_folder(Path(path)).resolved())
    name = system if system is not None else run_file.headline
    filters = [spec.name for spec in run_file.systems if isinstance(spec, FilterSpec)]
    if name is None or name not in filters:
        known = ", ".join(filters) or "none: the run has no filter"
        raise InputError("system", name, "is a filter of the run", f"known: {known}")
    run = read_run(path, only=name)
    found = compute(run)
    if name not in found:
        rule = f"holds no samples yet of {name} or of its droplet"
        raise InputError(str(path), name, rule, "continue the run")
    return run, found[name]
