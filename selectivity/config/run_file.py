"""The resolved run file: every system, its reference and its plan, in internal units."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from selectivity.errors import StoreError
from selectivity.geometry.mutations import RingChange
from selectivity.sampling.plan import SamplingPlan
from selectivity.system.spec import (
    CageSpec,
    Composition,
    DropletSpec,
    FilterSpec,
    SystemSpec,
    Tether,
    Windows,
)

FORMAT = 1
NOT_SAMPLED = ("title", "source", "text", "overrides", "membrane")
"""Keys of :meth:`RunFile.to_dict` that change nothing that is sampled."""
NOT_OF_PLANS = ("frames_every",)
"""Keys of a plan that change nothing that is sampled."""
LENGTHS = ("replicas", "production", "segments")
"""Keys of a plan that say how many replicas and segments there are, not what one of them is."""
_WITHOUT_TRAJECTORIES = {"trajectory_every": 0}  # of a plan stored before there were any


@dataclass(frozen=True)
class MembraneInput:
    """What the ratio is put into: concentrations in mM, permeabilities relative to the channel's K.

    ``permeability["Na"]`` is the sodium leak through other paths; ``verified`` is False where a
    number was not checked against its source, None where nothing is said of it.
    """

    name: str
    temperature_K: float
    inside_mM: dict[str, float]
    outside_mM: dict[str, float]
    permeability: dict[str, float]
    source: str
    verified: bool | None = None


@dataclass(frozen=True)
class RunFile:
    """A run file after expansion of its lists, with nothing left to default.

    Attributes
    ----------
    title, source, text : str
        Title; path as given; the YAML text as it was read.
    overrides : tuple of str
        ``key=value`` texts that were applied to it.
    temperature_K : float
    ions : tuple of str
        Identity ladder, in its order.
    pair : tuple of two str
        Ions of the ratio: the first over the second.
    systems : tuple of SystemSpec
        In the order of the file, one-axis lists written out.
    references : dict of str to str
        Filter, cage or droplet of an amide -> its droplet of water (those without one are left
        out).
    plans : dict of str to SamplingPlan
        System -> how it is sampled.
    headline : str or None
        The filter whose ratio is the headline; None where the file has no filter.
    membrane : MembraneInput or None
    structure_sha256 : dict of str to str
        Filter -> digest of the file of its structure.
    """

    title: str
    source: str
    text: str
    overrides: tuple[str, ...]
    temperature_K: float
    ions: tuple[str, ...]
    pair: tuple[str, str]
    systems: tuple[SystemSpec, ...]
    references: dict[str, str]
    plans: dict[str, SamplingPlan]
    headline: str | None
    membrane: MembraneInput | None
    structure_sha256: dict[str, str]

    def system(self, name: str) -> SystemSpec:
        """The system called ``name``; KeyError if there is none."""
        return {spec.name: spec for spec in self.systems}[name]

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, texts and numbers (JSON-ready); :func:`from_dict` reads it back.

        A filter has its reservoir where its composition has ``gc`` and its rings where some are
        changed, and no such key elsewhere; a droplet of an amide its solvent, one of water no such
        key.
        """
        record = {"format": FORMAT, **asdict(self)}
        record["systems"] = {spec.name: _record(spec) for spec in self.systems}
        plain: dict[str, Any] = _json_ready(record)
        return plain

    def digest(self) -> str:
        """SHA-256 of everything that decides what is sampled and reported as the headline.

        Title, comments, path of the file, membrane and how often frames are kept do not enter; of
        a structure its content does, not the path.
        """
        return _sha256(_identity(self.to_dict()))

    def run_digest(self) -> str:
        """SHA-256 of everything that decides a segment, however many of them are asked for.

        What :meth:`digest` rests on, with the length of a segment in place of the numbers of
        replicas, sweeps of production and segments: a run and its continuation share it.
        """
        record = _identity(self.to_dict())
        record["plans"] = {name: _of_a_segment(plan) for name, plan in record["plans"].items()}
        return _sha256(record)


def from_dict(record: dict[str, Any]) -> RunFile:
    """The run file of :meth:`RunFile.to_dict`.

    Raises
    ------
    StoreError
        Another version wrote the record, or it is incomplete.
    """
    if record.get("format") != FORMAT:
        raise StoreError(f"resolved run file of format {record.get('format')!r}, not {FORMAT}")
    try:
        fields = {key: value for key, value in record.items() if key != "format"}
        fields["systems"] = tuple(
            _spec(name, dict(spec)) for name, spec in record["systems"].items()
        )
        fields["plans"] = {
            name: SamplingPlan(**_WITHOUT_TRAJECTORIES | plan)
            for name, plan in record["plans"].items()
        }
        membrane = record["membrane"]
        fields["membrane"] = None if membrane is None else MembraneInput(**membrane)
        for key in ("ions", "pair", "overrides"):
            fields[key] = tuple(record[key])
        return RunFile(**fields)
    except (KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"the resolved run file is incomplete: {error}") from None


def has_other_moves(record: dict[str, Any]) -> bool:
    """Whether a :meth:`RunFile.to_dict` record was stored before there were trajectories."""
    return any("trajectory_every" not in plan for plan in record["plans"].values())


def changed_keys(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """What differs between two :meth:`RunFile.to_dict` records in what is sampled.

    Returns
    -------
    list of (str, object, object)
        Dotted key, old and new value (None where a side lacks the key); empty if the digests are
        the same.
    """
    return list(_differences(_identity(old), _identity(new), ""))


def refused_keys(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """Of :func:`changed_keys` those that a run folder of ``old`` cannot take.

    It takes more replicas, and more production in more segments of the same length: segments
    depend on the ones before them and on nothing that comes later.
    """
    free = {
        f"plans.{name}.{key}"
        for name in old["plans"].keys() & new["plans"].keys()
        for key in _grown(old["plans"][name], new["plans"][name])
    }
    return [change for change in changed_keys(old, new) if change[0] not in free]


def _grown(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Keys of a plan in which ``new`` only goes on where ``old`` ends."""
    if new["replicas"] >= old["replicas"]:
        yield "replicas"
    if _segment_sweeps(old) == _segment_sweeps(new) and new["segments"] >= old["segments"]:
        yield from ("production", "segments")


def _segment_sweeps(plan: dict[str, Any]) -> int:
    return int(plan["production"]) // int(plan["segments"])


def _of_a_segment(plan: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in plan.items() if key not in LENGTHS}
    return {**kept, "segment_sweeps": _segment_sweeps(plan)}


def _sha256(record: dict[str, Any]) -> str:
    text = json.dumps(record, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _differences(old: Any, new: Any, path: str) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(old.get(key), new.get(key), f"{path}.{key}".lstrip("."))
    elif old != new:
        yield path, old, new


def _identity(record: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in record.items() if key not in NOT_SAMPLED}
    kept["plans"] = {
        name: {k: v for k, v in plan.items() if k not in NOT_OF_PLANS}
        for name, plan in record["plans"].items()
    }
    kept["systems"] = {
        name: {k: v for k, v in spec.items() if k != "structure"}
        for name, spec in record["systems"].items()
    }
    return kept


def _json_ready(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json_ready(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json_ready(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _record(spec: SystemSpec) -> dict[str, Any]:
    """The keys of one system; its name is the key that it stands at."""
    record = asdict(spec)
    del record["name"]
    if isinstance(spec, FilterSpec):
        record["composition"] = str(spec.composition)
        if not spec.composition.fluctuates:
            del record["reservoir"]
        if spec.log_activity is None:
            del record["log_activity"]
        if not spec.rings:
            del record["rings"]
    if isinstance(spec, DropletSpec):
        _tell_solvent(record)
    return record


def _tell_solvent(record: dict[str, Any]) -> None:
    """A droplet of water has neither solvent nor reference; another counts its molecules."""
    if record["solvent"] == "water":
        del record["solvent"], record["reference"]
    else:
        record["n_molecules"] = record.pop("n_waters")


def _spec(name: str, spec: dict[str, Any]) -> SystemSpec:
    kind = spec["kind"]
    spec = {key: tuple(v) if isinstance(v, list) else v for key, v in spec.items()}
    if kind == "droplet":
        if "n_molecules" in spec:
            spec["n_waters"] = spec.pop("n_molecules")
        return DropletSpec(name, **spec)
    if kind == "cage":
        return CageSpec(name, **spec)
    if kind != "filter":
        raise TypeError(f"{kind!r} is not a kind of system")
    spec["composition"] = Composition.parse(spec["composition"])
    spec["windows"] = Windows(**spec["windows"])
    spec["rings"] = tuple(RingChange(**change) for change in spec.get("rings", ()))
    spec["tether"] = Tether(**{k: v for k, v in spec["tether"].items() if v is not None})
    return FilterSpec(name, **spec)
