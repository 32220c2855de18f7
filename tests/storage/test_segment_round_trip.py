"""What comes back from a segment is what went in, to the bit; and plain h5py reads it."""

from __future__ import annotations

import lzma
import pickle
import subprocess
import sys
import threading
from dataclasses import fields, replace
from pathlib import Path

import h5py
import numpy as np
import pytest
from synthetic_segments import (
    SYSTEM,
    differing,
    make_frames,
    make_samples,
    make_snapshot,
    same_array,
)

from selectivity.errors import InputError, StoreError
from selectivity.sampling.samples import ReplicaSamples, concatenate
from selectivity.storage.folder import RunFolder, create
from selectivity.storage.segment import (
    last_snapshot,
    read_frames,
    read_provenance,
    read_replica,
    read_samples,
    read_snapshot,
    write_segment,
)
from selectivity.storage.sink import FolderSink
from selectivity.storage.verify import verify

PROVENANCE = {"digest": "abc", "versions": {"numpy": "2.0"}, "µ": float("nan")}


@pytest.mark.parametrize("umbrella", [True, False])
def test_samples_come_back_to_the_bit(run_folder: RunFolder, umbrella: bool) -> None:
    samples = make_samples(umbrella=umbrella)
    snapshot = make_snapshot(1, windows=len(samples.centers))
    path = write_segment(run_folder, snapshot, samples, PROVENANCE)
    assert differing(samples, read_samples(path)) == []
    assert differing(snapshot, read_snapshot(path)) == []


@pytest.mark.parametrize("n", [8, 0])
@pytest.mark.parametrize("waters", [1, 5])
def test_waters_of_an_open_file_come_back_to_the_bit(
    run_folder: RunFolder, waters: int, n: int
) -> None:
    samples = make_samples(n=n, waters=waters)
    assert samples.water_z.shape == (3, n, waters)
    path = write_segment(run_folder, make_snapshot(1), samples, {})
    assert differing(samples, read_samples(path)) == []


def test_a_file_without_places_for_waters_comes_back_as_it_was(run_folder: RunFolder) -> None:
    none = make_samples()
    assert none.water_z.shape == (0, 0, 0)
    no_place = replace(none, water_z=np.zeros((3, 8, 0), np.float32))
    for segment, samples in ((1, none), (2, no_place)):
        path = write_segment(run_folder, make_snapshot(segment), samples, {})
        assert differing(samples, read_samples(path)) == []


def test_comparison_sees_one_bit_and_one_type() -> None:
    samples = make_samples()
    u = samples.u.copy()
    u[0, 0, -1] = 0.0  # was -0.0
    assert differing(samples, replace(samples, u=u)) == ["u"]
    assert differing(samples, replace(samples, walker=samples.walker.astype(np.int32))) == [
        "walker"
    ]


def test_every_field_of_the_samples_is_stored(run_folder: RunFolder) -> None:
    samples = make_samples(waters=4)
    defaults = {
        *("coordination", "file_z", "water_z", "start_file", "counters"),
        *("exchange_accepted", "exchange_tried", "cpu_seconds"),
    }
    bare = ReplicaSamples(
        **{f.name: getattr(samples, f.name) for f in fields(samples) if f.name not in defaults}
    )
    path = write_segment(run_folder, make_snapshot(1), bare, {})
    assert differing(bare, read_samples(path)) == []
    assert set(differing(bare, samples)) == defaults


def test_empty_and_wide_integers_survive(run_folder: RunFolder) -> None:
    samples = make_samples(n=5)
    wide = replace(samples, walker=samples.walker + 2**40, identity=samples.identity - 2**20)
    path = write_segment(run_folder, make_snapshot(1), wide, {})
    assert differing(wide, read_samples(path)) == []
    nothing = make_samples(n=0)
    path = write_segment(run_folder, make_snapshot(2), nothing, {})
    assert read_samples(path).u.shape == (3, 0, 4)


def test_foreign_memory_layouts_and_types_survive(run_folder: RunFolder) -> None:
    samples = make_samples()
    odd = replace(samples, u=np.asfortranarray(samples.u), z=samples.z[:, ::-1])
    snapshot = make_snapshot(1)
    snapshot.arrays["flipped"] = snapshot.arrays["flipped"].astype(bool)
    snapshot.arrays["extra"] = np.float32([1.5, -0.0])
    path = write_segment(run_folder, snapshot, odd, {})
    assert differing(odd, read_samples(path)) == []
    assert differing(snapshot, read_snapshot(path)) == []


def test_segment_zero_holds_the_state_alone(run_folder: RunFolder) -> None:
    snapshot = make_snapshot(0)
    path = write_segment(run_folder, snapshot, None, PROVENANCE)
    assert path == run_folder.segment_path(SYSTEM, 3, 0)
    assert differing(snapshot, read_snapshot(path)) == []
    with pytest.raises(StoreError, match=r"segment-0000\.h5.*holds no samples"):
        read_samples(path)
    with pytest.raises(ValueError, match="segment 0"):
        write_segment(run_folder, make_snapshot(0), make_samples(), {})
    with pytest.raises(ValueError, match="segment 0"):
        write_segment(run_folder, make_snapshot(1), None, {})


def test_replica_is_its_segments_in_order(run_folder: RunFolder) -> None:
    with pytest.raises(InputError, match="holds no samples yet"):
        read_replica(run_folder, SYSTEM, 3)
    write_segment(run_folder, make_snapshot(0), None, {})
    with pytest.raises(InputError, match="holds no samples yet"):
        read_replica(run_folder, SYSTEM, 3)
    parts = [make_samples(seed, n=4 + seed, waters=2) for seed in (1, 2, 3)]
    for n, part in enumerate(parts, start=1):
        write_segment(run_folder, make_snapshot(n), part, {})
    assert run_folder.segments(SYSTEM, 3) == [0, 1, 2, 3]
    assert differing(concatenate(parts), read_replica(run_folder, SYSTEM, 3)) == []
    last = last_snapshot(run_folder, SYSTEM, 3)
    assert last is not None
    assert differing(make_snapshot(3), last) == []
    assert last_snapshot(run_folder, SYSTEM, 0) is None


def test_a_stored_segment_is_never_replaced(run_folder: RunFolder) -> None:
    path = write_segment(run_folder, make_snapshot(1), make_samples(1), {})
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"segment-0001\.h5: exists already"):
        write_segment(run_folder, make_snapshot(1), make_samples(2), {})
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_same_contents_give_the_same_bytes(run_folder: RunFolder, tmp_path) -> None:
    other = create(tmp_path / "other", {"title": "test"}, "title: test\n", {"digest": "abc"})
    paths = [write_segment(f, make_snapshot(1), make_samples(), {}) for f in (run_folder, other)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_plain_h5py_reads_units_axes_and_scales(run_folder: RunFolder) -> None:
    samples = make_samples(waters=4)
    path = write_segment(run_folder, make_snapshot(1), samples, PROVENANCE)
    with h5py.File(path, "r") as file:
        u = file["samples/u"]
        assert u.attrs["units"] == "kJ/mol"
        assert [dim.label for dim in u.dims] == ["window", "sample", "ladder"]
        assert u.dims[0]["window"][()].tolist() == [0, 1, 2]
        assert same_array(file["samples/centers"][()], samples.centers)
        assert tuple(u.dims[2]["ladder"].asstr()[:]) == samples.ladder
        assert same_array(u[()], samples.u)
        assert file["samples/identity"].dtype == np.int16
        assert file["samples/walker"].dtype == np.int16
        assert file["samples/coordination/K:water"].dtype == np.int8
        water = file["samples/water_z"]
        assert (water.dtype, water.attrs["units"]) == (np.float32, "angstrom")
        assert [dim.label for dim in water.dims] == ["window", "sample", "water"]
        assert water.dims[0]["window"] == file["samples/window"]
        assert file["samples/beta"][()] == samples.beta
        assert file["state/r"].attrs["units"] == "angstrom"
        assert file.attrs["system"] == SYSTEM
        named = [d for d in file["samples"].values() if isinstance(d, h5py.Dataset)]
        assert all("units" in d.attrs or "description" in d.attrs for d in named)


def test_frames_come_back_to_the_bit_beside_the_samples(run_folder: RunFolder) -> None:
    samples = replace(make_samples(), frames=make_frames())
    path = write_segment(run_folder, make_snapshot(1), samples, {})
    frames = read_frames(path)
    assert frames is not None
    assert differing(frames, samples.frames) == []
    assert differing(read_samples(path), samples) == ["frames"]  # read on their own
    bare = write_segment(run_folder, make_snapshot(2), make_samples(), {})
    assert read_frames(bare) is None


def test_frames_that_do_not_fit_are_refused(run_folder: RunFolder) -> None:
    frames = make_frames()
    for odd in (
        make_frames(windows=2),
        replace(frames, sample=frames.sample[:1]),
        replace(frames, atoms=frames.atoms[1:]),
        replace(frames, r=frames.r[..., :2, 0]),
    ):
        with pytest.raises(StoreError, match="has shape"):
            write_segment(run_folder, make_snapshot(1), replace(make_samples(), frames=odd), {})


def test_frames_of_samples_that_are_not_there_are_found(run_folder: RunFolder) -> None:
    frames = make_frames()
    write_segment(run_folder, make_snapshot(0), None, {})
    odd = replace(make_samples(), frames=replace(frames, sample=np.array([1, 8])))
    write_segment(run_folder, make_snapshot(1), odd, {})
    (found,) = (check for check in verify(run_folder) if not check.ok)
    assert found.message == "frames show samples [1, 8] of 8"


def test_a_segment_of_the_first_layout_reads_as_ever(tmp_path: Path) -> None:
    packed = Path(__file__).parent / "segment_first_layout.h5.xz"
    path = tmp_path / "segment-0001.h5"
    path.write_bytes(lzma.decompress(packed.read_bytes()))
    samples = make_samples(windows=2, n=4, states=2, waters=1)
    assert differing(read_samples(path), samples) == []
    assert differing(read_snapshot(path), make_snapshot(1, windows=2, molecules=3)) == []
    assert read_frames(path) is None


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
@pytest.mark.parametrize("umbrella", [True, False])
def test_xarray_opens_every_group(run_folder: RunFolder, engine: str, umbrella: bool) -> None:
    xarray = pytest.importorskip("xarray")
    pytest.importorskip({"netcdf4": "netCDF4"}.get(engine, engine))
    samples = make_samples(umbrella=umbrella, waters=2)
    windows = len(samples.centers)
    samples = replace(samples, frames=make_frames(windows))
    path = write_segment(run_folder, make_snapshot(1, windows=windows), samples, PROVENANCE)
    with xarray.open_dataset(path, group="samples", engine=engine) as found:
        assert found.u.dims == ("window", "sample", "ladder")
        assert found.u.attrs["units"] == "kJ/mol"
        assert found.ladder.values.tolist() == list(samples.ladder)
        chosen = found.u.sel(ladder="Na").isel(window=0)
        assert same_array(chosen.values, samples.u[0, :, -1])
        assert same_array(found.centers.values, samples.centers)
        assert found.attrs["start_ion"] == "Na"
    with xarray.open_dataset(path, group="samples/coordination", engine=engine) as found:
        assert found["K:water"].dims == ("window", "sample")
    with xarray.open_dataset(path, group="frames", engine=engine) as found:
        assert found.r.dims == ("window", "frame", "atom", "xyz")
        z = found.r.sel(atom="I:X1:X", xyz="z")
        assert same_array(z.values, samples.frames.r[:, :, 2, 2])
    with xarray.open_dataset(path, group="state", engine=engine) as found:
        assert found.r.dims == ("window", "molecule", "site", "xyz")
        assert found.step.attrs["units"] == "angstrom or rad"
    with xarray.open_dataset(path, engine=engine) as found:
        assert found.attrs["system"] == SYSTEM


def test_provenance_is_kept_as_strict_json(run_folder: RunFolder) -> None:
    path = write_segment(run_folder, make_snapshot(0), None, PROVENANCE)
    assert read_provenance(path) == {**PROVENANCE, "µ": None}


def test_shapes_that_do_not_fit_are_refused_before_anything_is_stored(
    run_folder: RunFolder,
) -> None:
    short = replace(make_samples(), identity=make_samples().identity[:, 1:])
    with pytest.raises(StoreError, match="identity has shape"):
        write_segment(run_folder, make_snapshot(1), short, {})
    for shape in ((3, 8), (3, 7, 2), (2, 8, 2), (0, 0, 1)):
        odd = replace(make_samples(), water_z=np.zeros(shape, np.float32))
        with pytest.raises(StoreError, match="water_z has shape"):
            write_segment(run_folder, make_snapshot(1), odd, {})
    with pytest.raises(ValueError, match="samples of"):
        write_segment(run_folder, make_snapshot(1), make_samples(system="other"), {})
    assert run_folder.segments(SYSTEM, 3) == []


def test_one_sink_serves_many_threads_and_travels(run_folder: RunFolder) -> None:
    sink = pickle.loads(pickle.dumps(FolderSink(run_folder, PROVENANCE)))
    failed: list[Exception] = []

    def work(replica: int) -> None:
        try:
            sink(make_snapshot(0, replica=replica), None)
            for n in (1, 2):
                sink(make_snapshot(n, replica=replica), make_samples(n, replica=replica))
        except Exception as error:  # seen by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=work, args=(r,)) for r in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    for r in range(6):
        expected = concatenate([make_samples(n, replica=r) for n in (1, 2)])
        assert differing(expected, read_replica(run_folder, SYSTEM, r)) == []


def test_of_many_writers_of_one_segment_one_succeeds(run_folder: RunFolder) -> None:
    outcomes: list[str] = []
    start = threading.Barrier(4)

    def work(seed: int) -> None:
        start.wait()
        try:
            write_segment(run_folder, make_snapshot(1), make_samples(seed), {"seed": seed})
            outcomes.append(f"stored {seed}")
        except StoreError:
            outcomes.append("refused")

    threads = [threading.Thread(target=work, args=(s,)) for s in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("refused") == 3
    path = run_folder.segment_path(SYSTEM, 3, 1)
    assert f"stored {read_provenance(path)['seed']}" in outcomes


def test_storage_is_light_to_import() -> None:
    code = (
        "import sys, selectivity.storage.sink, selectivity.storage.verify, "
        "selectivity.storage.lock\n"
        "print([m for m in ('h5py', 'numba', 'scipy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
