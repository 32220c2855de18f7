"""Datasets of HDF5 that explain themselves: units, named axes, dimension scales.

What h5py opens, netCDF-4 readers such as xarray open too: every axis has a scale of its own name
in the group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from selectivity.errors import StoreError


@dataclass(frozen=True)
class Column:
    """What a dataset holds: units, the name of each axis, meaning, and its type on disk."""

    units: str
    axes: tuple[str, ...]
    meaning: str
    stored: str = ""


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
    axes = column.axes if column is not None else [f"{key}_{i}" for i in range(values.ndim)]
    for i, axis in enumerate(axes):
        dataset.dims[i].label = axis


def put_text(group: Any, key: str, texts: tuple[str, ...], meaning: str) -> None:
    """Store a list of texts, which is the scale of the axis of its own name."""
    import h5py

    data = np.array(texts, dtype=object)
    dataset = group.create_dataset(key, data=data, dtype=h5py.string_dtype())
    dataset.attrs["description"] = meaning
    dataset.make_scale(key)


def put_scales(group: Any) -> None:
    """Give every named axis of the group and its subgroups a dimension scale, as netCDF-4 has it.

    The scale of an axis is the group's dataset of the same name: texts that are there already, x,
    y and z, or else numbers from 0.
    """
    import h5py

    members: list[Any] = []
    group.visititems(lambda _, item: members.append(item))
    for dataset in (item for item in members if isinstance(item, h5py.Dataset)):
        for i, dim in enumerate(dataset.dims):
            if dim.label:
                scale = _scale(group, dim.label, dataset.shape[i])
                if scale != dataset:
                    dim.attach_scale(scale)


def _scale(group: Any, axis: str, length: int) -> Any:
    if axis not in group and axis == "xyz":
        put_text(group, axis, ("x", "y", "z"), "Cartesian axis")
    elif axis not in group:
        options = {"compression": "gzip", "shuffle": True} if length > 99 else {}
        numbers = np.arange(length, dtype=np.int32)
        scale = group.create_dataset(axis, data=numbers, **options)
        scale.attrs["description"] = f"number of the {axis}"
    if not group[axis].is_scale:
        group[axis].make_scale(axis)
    return group[axis]


def take_array(group: Any, key: str) -> np.ndarray:
    """The array ``key``, in the type it had in memory.

    Raises
    ------
    StoreError
        There is no such dataset.
    """
    dataset = member(group, key)
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
    return tuple(text.decode() for text in member(group, key)[:])


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


def member(group: Any, key: str) -> Any:
    """The dataset or group ``key``.

    Raises
    ------
    StoreError
        There is none.
    """
    if key not in group:
        raise StoreError(f"dataset {group.name.rstrip('/')}/{key} is missing")
    return group[key]


def _narrow(values: np.ndarray, dtype: str) -> np.ndarray:
    narrow = values.astype(dtype)
    return narrow if np.array_equal(narrow, values) else values
