"""Samples and states as HDF5 groups that explain themselves: units, axes, dimension scales.

Floats are kept as they are, so that an analysis from the disk and one from memory agree in every
bit; integers are stored as narrow as their documented type where their values fit, and come back
in the type that they had.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from selectivity.errors import StoreError
from selectivity.sampling.samples import Frames, ReplicaSamples
from selectivity.storage.datasets import (
    Column,
    attribute,
    check_shapes,
    member,
    put_array,
    put_scales,
    put_text,
    take_array,
    take_text,
)

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

FRAMES: dict[str, Column] = {
    "sample": Column("1", ("frame",), "sample of this segment that the frame shows"),
    "r": Column(
        "angstrom",
        ("window", "frame", "atom", "xyz"),
        "coordinates of all sites; nan for a molecule that is not there",
    ),
}
"""Arrays of :class:`Frames`, by field."""

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
    counts = np.array(list(samples.counters.values()), dtype=np.int64)
    put_array(group, "counters", counts, Column("1", ("counter",), "running totals"))
    put_scales(group)


def take_samples(group: Any, system: str, replica: int) -> ReplicaSamples:
    """Samples of the group that :func:`write_samples` wrote.

    Raises
    ------
    StoreError
        A dataset is missing or has another shape than the rest; names the dataset, not the file.
    """
    fields: dict[str, Any] = {key: take_array(group, key) for key in SAMPLES}
    fields |= {key: take_array(group, key).item() for key in SCALARS}
    shells = member(group, "coordination")
    coordination = {key: take_array(shells, key) for key in shells}
    places = member(group, "file_z")
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
    put_scales(group)


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


def write_frames(group: Any, frames: Frames, windows: int) -> None:
    """Store ``frames`` in an empty h5py group.

    Raises
    ------
    StoreError
        The shapes do not fit together.
    """
    arrays = {key: getattr(frames, key) for key in FRAMES}
    check_shapes(arrays, FRAMES, {"window": windows, "atom": len(frames.atoms)})
    put_text(group, "atom", frames.atoms, "chain, residue and atom of every site")
    for key, column in FRAMES.items():
        put_array(group, key, arrays[key], column)
    put_scales(group)


def take_frames(group: Any, windows: int | None = None, samples: int | None = None) -> Frames:
    """Frames of the group that :func:`write_frames` wrote.

    Raises
    ------
    StoreError
        A dataset is missing, has another shape than the rest or than ``windows``, or shows more
        than the ``samples`` that there are.
    """
    arrays = {key: take_array(group, key) for key in FRAMES}
    atoms = take_text(group, "atom")
    sizes = {"atom": len(atoms)} | ({} if windows is None else {"window": windows})
    check_shapes(arrays, FRAMES, sizes)
    shown = arrays["sample"]
    if samples is not None and np.any((shown < 0) | (shown >= samples)):
        raise StoreError(f"frames show samples {shown.tolist()} of {samples}")
    return Frames(**arrays, atoms=atoms)
