"""Where results lie in the output folder, and what decides whether a stored one still holds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from selectivity import resources
from selectivity.errors import InputError, SelectivityError
from selectivity.storage.files import read_json, sha256_of, write_json_atomic
from selectivity.validation import catalogue
from selectivity.validation.digest import code_digest, file_digest, run_digest
from selectivity.validation.records import Computed, Row, Section, Stage, Tier


@dataclass(frozen=True)
class Request:
    """What is asked for; ``only`` are patterns of row ids, all rows if empty."""

    out: Path
    tier: Tier = "default"
    only: tuple[str, ...] = ()
    data: Path | None = None
    seed: int = 2026


def write_row(request: Request, section: Section, row: Row, found: tuple[Computed, float]) -> None:
    """Store what a row's function found, and its CPU seconds."""
    computed, seconds = found
    record = {
        "key": row_key(request, section, row),
        "id": row.id,
        "computed": asdict(computed),
        "cpu_seconds": seconds,
    }
    write_json_atomic(row_path(request, row), record)


def read_row(request: Request, section: Section, row: Row) -> tuple[Computed, float] | None:
    """What is stored of a row, None where nothing is or it rests on something else."""
    path = row_path(request, row)
    if not path.is_file():
        return None
    try:
        record = read_json(path)
        if record["key"] != row_key(request, section, row):
            return None
        return restored(record["computed"]), float(record["cpu_seconds"])
    except (SelectivityError, KeyError, TypeError):
        return None


def restored(record: dict[str, Any]) -> Computed:
    """A :class:`Computed` of its JSON record, where None stands for numbers that JSON lacks."""
    lacking: dict[str, Any] = {"value": math.nan, "error": math.nan, "dof": math.inf}
    lacking["n_eff"] = math.nan
    fields: dict[str, Any] = {k: lacking.get(k) if v is None else v for k, v in record.items()}
    return Computed(**fields)


def row_path(request: Request, row: Row) -> Path:
    """File of a row's result."""
    return request.out / "rows" / f"{row.id}.json"


def stage_folder(request: Request, section: Section, stage: Stage) -> Path:
    """Folder of a stage's pieces, or its run folder; its name follows what the stage rests on."""
    parent, slug = _named(request, section, stage)
    return parent / f"{slug}-{stage_key(request, section, stage)[:12]}"


def _named(request: Request, section: Section, stage: Stage) -> tuple[Path, str]:
    """Where the stage's folders lie, and what their names begin with."""
    slug = re.sub(r"[^A-Za-z0-9]+", "-", f"{section.name} {stage.name}").strip("-")
    return request.out / ("runs" if stage.run else "stages"), slug


def done_file(request: Request, section: Section, stage: Stage) -> Path:
    """Stands beside a stage's folder once the stage is finished."""
    folder = stage_folder(request, section, stage)
    return folder.with_name(f"{folder.name}.json")


def finished(request: Request, section: Section, stage: Stage) -> bool:
    """Whether the stage is finished.

    Its key, for which a run file is resolved, is worked out only where a stage of its name is.
    """
    parent, slug = _named(request, section, stage)
    return any(parent.glob(f"{slug}-*.json")) and done_file(request, section, stage).is_file()


def stage_key(request: Request, section: Section, stage: Stage) -> str:
    """Digest of :func:`stage_record`."""
    return sha256_of(stage_record(request, section, stage))


def stage_record(request: Request, section: Section, stage: Stage) -> dict[str, Any]:
    """Everything that decides what a stage finds."""
    settings = catalogue.at_tier(stage.settings, request.tier)
    code = section_code(section)
    if stage.run:
        code = run_digest(run_file(stage), run_changes(settings, request.seed))
    return {
        "stage": stage.name,
        "compute": stage.compute,
        "run": stage.run,
        "settings": settings,
        "seed": request.seed,
        "code": code,
    }


def run_changes(settings: Mapping[str, Any], seed: int) -> tuple[str, ...]:
    """The ``key=value`` changes that a stage makes to its run file."""
    return (*settings.get("set", ()), f"sampling.seed={seed}")


def run_file(stage: Stage) -> Path:
    """The run file of a stage: one of ``sections/``, or a shipped one.

    Raises
    ------
    InputError
        There is none of that name.
    """
    own = catalogue.FOLDER / stage.run
    if own.is_file():
        return own
    found = resources.shipped("runs", stage.run, ".yaml")
    if found is None:
        raise InputError(stage.name, stage.run, "is a run file of sections/ or a shipped one", "")
    return found


def row_key(request: Request, section: Section, row: Row) -> str:
    """Everything that decides what a row computes; its target is not among it."""
    stage = section.stages[row.stage] if row.stage is not None else None
    needs = [request.data / name for name in row.needs] if request.data else []
    return sha256_of(
        {
            "row": row.id,
            "compute": row.compute,
            "settings": catalogue.at_tier(row.settings, request.tier),
            "seed": request.seed,
            "code": section_code(section),
            "stage": stage_key(request, section, stage) if stage else "",
            "analysis": code_digest("selectivity.api.ratios") if stage and stage.run else "",
            "data": file_digest(path for path in needs if path.is_file()),
        }
    )


def section_code(section: Section) -> str:
    """Digest of what the section's functions rest on, its own data and run files included."""
    own = [p for p in catalogue.FOLDER.glob(f"{section.name}*") if p.suffix in (".json", ".yaml")]
    module = f"selectivity.validation.sections.{section.name}"
    return sha256_of([code_digest(module), file_digest(sorted(own))])
