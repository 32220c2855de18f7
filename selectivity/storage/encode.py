"""Samples and states as HDF5 groups that explain themselves: units, axes, dimension scales.

Floats are kept as they are, so that an analysis from the disk and one from memory agree in every
bit; integers are stored as narrow as their documented type where their values fit, and come back
in the type that they had.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.errors import StoreError
from selectivity.sampling.samples import ReplicaSamples


@dataclass(frozen=True)
class Column:
    """What a dataset holds: units, the name of each axis, meaning, and its type on disk."""

    units: str
    axes: tuple[str, ...]
    meaning: str
    stored: str = ""


SAMPLES: dict[str, Column] = {
    "z": Column("angstrom", ("window", "sample"), "z of the sampled ion X"),
    "u": Column(
        "kJ/mol",
        ("window", "sample", "ladder"),
        "U_j(x) - U_0(x): Lennard-Jones energy of X as identity j relative to identity 0",
    ),
    "identity": Column("1", ("window", "sample"), "sampled identity j", "i2"),
    "walker": Column("1", ("window", "sample"), "configuration that sat in the window", "i2"),
    "log_g": Column("1", ("window", "ladder"), "frozen identity weights g_kj, as logarithms"),
    "exchange_accepted": Column("1", ("pair",), "exchanges of windows k and k + 1"),
    "exchange_tried": Column("1", ("pair",), "tried exchanges of windows k and k + 1"),
}
"""Arrays of :class:`ReplicaSamples`, by field."""

SCALARS: dict[str, Column] = {
    "beta": Column("mol/kJ", (), "1/RT"),
    "kappa": Column("kJ/mol/angstrom^2", (), "umbrella force constant of kappa/2 (z - z_k)^2"),
    "cpu_seconds": Column("s", (), "CPU time of the replica so far"),
}
CENTERS = Column("angstrom", ("window",), "umbrella centres z_k")
SHELL = Column("1", ("window", "sample"), "oxygens within the first-shell radius of X", "i1")
PLACE = Column("angstrom", ("window", "sample"), "z of another member of the single file")
WATER = Column(
    "angstrom",
    ("window", "sample", "water"),
    "z of the waters in the open stretches of the file, rising; nan where there is none",
)

STATE: dict[str, Column] = {
    "r": Column("angstrom", ("window", "molecule", "site", "xyz"), "coordinates"),
    "identity": Column("1", ("window",), "identity of X"),
    "flipped": Column("1", ("window", "molecule"), "group points against its crystal direction"),
    "counts": Column("1", ("window", "count"), "departures, flips, refusals by the overlap guard"),
    "log_g": Column("1", ("window", "ladder"), "identity weights, as logarithms"),
    "step": Column("angstrom or rad", ("window", "kind", "class"), "largest trial displacement"),
    "tried": Column("1", ("window", "kind", "class"), "trial moves"),
    "accepted": Column("1", ("window", "kind", "class"), "accepted moves"),
    "walker": Column("1", ("window",), "configuration that sits in the window"),
    "exchange_tried": Column("1", ("pair",), "tried exchanges of windows k and k + 1"),
    "exchange_accepted": Column("1", ("pair",), "exchanges of windows k and k + 1"),
    "clock": Column("1", ("clock",), "rounds of exchange done"),
    "cpu": Column("s, kJ/mol", ("cpu",), "CPU time and largest drift of the running energy"),
}
"""Arrays of a snapshot; others are stored without units."""


def write_samples(group: Any, samples: ReplicaSamples) -> None:
    """Store ``samples`` in an empty h5py group; ``u`` and the others carry dimension scales.

    Raises
    ------
    StoreError
        The shapes do not fit together.
    """
    _check_samples(samples)
    group.attrs["start_ion"] = samples.start_ion
    group.attrs["start_file"] = samples.start_file
    for key, column in SCALARS.items():
        put_array(group, key, np.array(getattr(samples, key)), column)
    put_array(group, "centers", samples.centers, CENTERS)
    put_text(group, "ladder", samples.ladder, "ion or intermediate of identity j")
    group["centers"].make_scale("window")
    group["ladder"].make_scale("ladder")
    for key, column in SAMPLES.items():
        put_array(group, key, getattr(samples, key), column)
    shells = group.create_group("coordination", track_order=True)
    for key, values in samples.coordination.items():
        put_array(shells, key, values, SHELL)
    places = group.create_group("file_z", track_order=True)
    for key, values in samples.file_z.items():
        put_array(places, key, values, PLACE)
    put_array(group, "water_z", samples.water_z, WATER)
    put_text(group, "counter", tuple(samples.counters), "what is counted")
    group["counter"].make_scale("counter")
    counts = np.array(list(samples.counters.values()), dtype=np.int64)
    put_array(group, "counters", counts, Column("1", ("counter",), "running totals"))
    scales = {name: group[key] for key, name in _SCALES.items()}
    for dataset in (
        *(group[key] for key in (*SAMPLES, "water_z", "counters")),
        *shells.values(),
        *places.values(),
    ):
        for dim in dataset.dims:
            if dim.label in scales:
                dim.attach_scale(scales[dim.label])


_SCALES = {"centers": "window", "ladder": "ladder", "counter": "counter"}


def take_samples(group: Any, system: str, replica: int) -> ReplicaSamples:
    """Samples of the group that :func:`write_samples` wrote.

    Raises
    ------
    StoreError
        A dataset is missing or has another shape than the rest; names the dataset, not the file.
    """
    fields: dict[str, Any] = {key: take_array(group, key) for key in SAMPLES}
    fields |= {key: take_array(group, key).item() for key in SCALARS}
    shells = _member(group, "coordination")
    coordination = {key: take_array(shells, key) for key in shells}
    places = _member(group, "file_z")
    file_z = {key: take_array(places, key) for key in places}
    names, counts = take_text(group, "counter"), take_array(group, "counters")
    if counts.shape != (len(names),):
        raise StoreError(f"counters has shape {counts.shape}, not ({len(names)},)")
    samples = ReplicaSamples(
        system=system,
        replica=replica,
        start_ion=str(attribute(group, "start_ion")),
        start_file=str(attribute(group, "start_file")),
        file_z=file_z,
        water_z=_water_z(group, fields["z"].shape),
        centers=take_array(group, "centers"),
        ladder=take_text(group, "ladder"),
        coordination=coordination,
        counters=dict(zip(names, (int(n) for n in counts), strict=True)),
        **fields,
    )
    _check_samples(samples)
    return samples


def _check_samples(samples: ReplicaSamples) -> None:
    arrays = {key: getattr(samples, key) for key in ("centers", *SAMPLES)}
    columns = {"centers": CENTERS, **SAMPLES, **dict.fromkeys(samples.coordination, SHELL)}
    columns |= dict.fromkeys(samples.file_z, PLACE) | {"water_z": WATER}
    every = arrays | samples.coordination | samples.file_z
    if samples.water_z.shape != (0, 0, 0):  # the default: nothing is said of waters
        every["water_z"] = samples.water_z
    check_shapes(every, columns, {"ladder": len(samples.ladder)})


def _water_z(group: Any, shape: tuple[int, ...]) -> np.ndarray:
    """``water_z``, without places for waters where the segment was stored before there were any."""
    if "water_z" in group:
        return take_array(group, "water_z")
    return np.zeros((*shape, 0), np.float32)


def write_state(group: Any, arrays: Mapping[str, np.ndarray], windows: int) -> None:
    """Store a snapshot's arrays in an empty h5py group, types as they are.

    Raises
    ------
    StoreError
        A shape does not fit the number of windows or the rest.
    """
    check_shapes(arrays, STATE, {"window": windows})
    put_text(group, "names", tuple(arrays), "arrays of the state")
    for key, values in arrays.items():
        put_array(group, key, values, STATE.get(key))


def take_state(group: Any, windows: int) -> dict[str, np.ndarray]:
    """A snapshot's arrays, checked against the number of windows and each other.

    Raises
    ------
    StoreError
        An array is missing or its shape does not fit.
    """
    arrays = {key: take_array(group, key) for key in take_text(group, "names")}
    check_shapes(arrays, STATE, {"window": windows})
    return arrays


def check_shapes(
    arrays: Mapping[str, np.ndarray], columns: Mapping[str, Column], sizes: dict[str, int]
) -> None:
    """Hold every axis to one length; ``sizes`` gives those known and takes up the others.

    Raises
    ------
    StoreError
        An array has another number of axes, or an axis another length.
    """
    for key, values in arrays.items():
        axes = columns[key].axes if key in columns else ()
        if key in columns and values.ndim != len(axes):
            raise StoreError(f"{key} has shape {values.shape}, not ({', '.join(axes)})")
        for axis, size in zip(axes, values.shape, strict=False):
            known = sizes.setdefault(axis, size)
            if size != known:
                rule = f"axis {axis} has {size} places, elsewhere {known}"
                raise StoreError(f"{key} has shape {values.shape}: {rule}")


def put_array(group: Any, key: str, values: np.ndarray, column: Column | None) -> None:
    """Store one array: in chunks by window, compressed without loss, with units and axis names."""
    if "/" in key:
        raise ValueError(f"{key!r}: a dataset's name has no slash")
    values = np.asarray(values)
    stored = _narrow(values, column.stored) if column and column.stored else values
    options: dict[str, Any] = {}
    if stored.ndim > 1 and stored.size > 0:
        chunks = (1, *stored.shape[1:])
        options = {"chunks": chunks, "compression": "gzip", "compression_opts": 1, "shuffle": True}
    dataset = group.create_dataset(key, data=stored, **options)
    if stored.dtype != values.dtype:
        dataset.attrs["memory_dtype"] = values.dtype.str
    if column is not None:
        dataset.attrs["units"], dataset.attrs["description"] = column.units, column.meaning
        for i, axis in enumerate(column.axes):
            dataset.dims[i].label = axis


def put_text(group: Any, key: str, texts: tuple[str, ...], meaning: str) -> None:
    """Store a list of texts."""
    import h5py

    data = np.array(texts, dtype=object)
    dataset = group.create_dataset(key, data=data, dtype=h5py.string_dtype())
    dataset.attrs["description"] = meaning


def take_array(group: Any, key: str) -> np.ndarray:
    """The array ``key``, in the type it had in memory.

    Raises
    ------
    StoreError
        There is no such dataset.
    """
    dataset = _member(group, key)
    if not hasattr(dataset, "shape"):
        raise StoreError(f"{dataset.name} is not a dataset")
    values = np.asarray(dataset[()])
    return values.astype(dataset.attrs.get("memory_dtype", values.dtype), copy=False)


def take_text(group: Any, key: str) -> tuple[str, ...]:
    """The list of texts ``key``.

    Raises
    ------
    StoreError
        There is no such dataset.
    """
    return tuple(text.decode() for text in _member(group, key)[:])


def attribute(group: Any, key: str) -> Any:
    """The attribute ``key``.

    Raises
    ------
    StoreError
        There is no such attribute.
    """
    if key not in group.attrs:
        raise StoreError(f"attribute {key} of {group.name} is missing")
    return group.attrs[key]


def _member(group: Any, key: str) -> Any:
    if key not in group:
        raise StoreError(f"dataset {group.name.rstrip('/')}/{key} is missing")
    return group[key]


def _narrow(values: np.ndarray, dtype: str) -> np.ndarray:
    narrow = values.astype(dtype)
    return narrow if np.array_equal(narrow, values) else values
