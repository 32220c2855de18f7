"""The status of a run: counts are those of the analysis, times those of the blocks."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from selectivity import api
from selectivity.api.running import Options, Watcher
from selectivity.api.status import Reader, Status, status_of
from selectivity.api.stored import read_run
from selectivity.api.tally import Session, add, keys, left, new_tally, swept, what_is_left
from selectivity.config.load import load
from selectivity.estimators.mixing import min_exchange, round_trips, window_round_trips
from selectivity.storage.files import plain
from selectivity.storage.lock import lock
from selectivity.storage.marks import Mark, _passages, join
from tests.tiny import TINY


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    return path


def mark(system: str, replica: int, segment: int, cpu: float, ended: float = 0.0) -> Mark:
    """A block of one window without moves."""
    one, none = np.zeros(1, int), np.zeros(0, int)
    return Mark(system, replica, segment, ended, cpu, one, one, none, none, one, one - 1, one - 1)


def test_counts_are_those_of_the_analysis(finished_run: Path) -> None:
    found = {s.system: s for s in api.status(finished_run).systems}
    for name, stored in read_run(finished_run).systems.items():
        windows = found[name].windows
        trips = window_round_trips(stored.replicas, "K", "Na")
        assert [w.round_trips for w in windows] == trips.tolist()
        assert found[name].round_trips == trips.min()
        sweeps = stored.replicas[0].z.shape[1] * 10 * len(stored.replicas)
        assert {w.sweeps for w in windows} == {sweeps}
        counts = [sum(s.counters[k] for s in stored.replicas for k in s.counters if k.endswith(end))
                  for end in (":accepted", ":tried")]  # fmt: skip
        assert found[name].acceptance == pytest.approx(counts[0] / counts[1])
        expected = min_exchange(stored.replicas)
        assert (found[name].exchange is None) == np.isnan(expected)
        if found[name].exchange is not None:
            assert found[name].exchange == pytest.approx(expected)
    assert found["cage"].windows[0].z_A == pytest.approx(
        read_run(finished_run).systems["cage"].replicas[0].centers[0]
    )
    assert found["bulk"].windows[0].z_A is None


def test_round_trips_do_not_end_with_a_block() -> None:
    rng = np.random.default_rng(5)
    identity = rng.integers(0, 3, (4, 200))
    ladder, pair = ("K", "K:0.5:Na", "Na"), ("K", "Na")
    cuts = [0, 3, 4, 90, 150, 200]
    parts = []
    for n, (a, b) in enumerate(itertools.pairwise(cuts)):
        passages = _passages(identity[:, a:b], ladder, pair)
        assert passages is not None
        none = np.zeros(0, int)
        parts.append(Mark("x", 0, n, 0.0, 0.0, none, none, none, none, *passages))
    whole = parts[0]
    for part in parts[1:]:
        whole = join(whole, part)
    assert (whole.passages // 2).tolist() == [round_trips(row, 0, 2) for row in identity]


def test_a_run_tells_what_its_files_tell(tmp_path: Path, tiny: Path) -> None:
    told: list[Status] = []
    options = Options(executor="serial")
    short = ("sampling.replicas=2", "sampling.production=150", "sampling.equilibration=50")
    folder = api.run(tiny, tmp_path / "a.run", short, options, Watcher(status=told.append))
    assert told[0].share == 0.0
    assert {s.phase for s in told[0].systems} == {"preparation"}
    shares = [status.share for status in told]
    assert shares[-1] == 1.0
    assert all(status.seconds_left is not None for status in told if status.share > 0.1)
    ours, theirs = told[-1].as_dict(), api.status(folder).as_dict()
    assert ours["systems"] == theirs["systems"]
    assert theirs["finished"]
    assert theirs["seconds_left"] == 0.0
    assert theirs["last_block_age"] < 100.0
    plain(theirs)


def test_a_reader_sees_new_blocks_and_who_writes(finished_run: Path) -> None:
    reader = Reader(finished_run)
    first = reader.read()
    assert first.holders == ()
    with lock(reader._folder):
        second = reader.read()
    assert [h.here for h in second.holders] == [True]
    assert second.as_dict()["holders"][0]["pid"] == second.holders[0].pid
    assert second.systems == first.systems


def test_what_is_left_is_weighted_by_measured_blocks(tiny: Path) -> None:
    """The droplet's sweeps cost what its blocks took; the cage's, unmeasured, the same a move."""
    tally = new_tally(load(tiny, ("sampling.replicas=2",)))
    assert what_is_left(tally, None).cpu_seconds is None
    add(tally, mark("bulk", 0, 0, 3.0))
    each = 3.0 / 300  # 100 + 200 sweeps of preparation
    cage = each * tally.moves["cage"] / tally.moves["bulk"]
    expected = each * (1200 + 1500) + cage * 2 * 1500
    rest = what_is_left(tally, None)
    assert rest.cpu_seconds == pytest.approx(expected)
    assert rest.seconds is None
    assert rest.share == pytest.approx(3.0 / (expected + 3.0))


def test_time_left_follows_the_pace_of_this_session(tiny: Path) -> None:
    tally = new_tally(load(tiny, ("sampling.replicas=2",)))
    add(tally, mark("bulk", 0, 0, 3.0, ended=50.0))
    done = {key: swept(tally, key) for key in keys(tally)}
    session = Session(100.0, done)
    assert what_is_left(tally, session, 101.0).seconds is None
    add(tally, mark("bulk", 1, 0, 6.0, ended=106.0))  # 300 of 600 sweeps, 9 CPU s
    rest = what_is_left(tally, session, 110.0)
    assert rest.cpu_seconds is not None
    assert rest.seconds == pytest.approx(rest.cpu_seconds * 6.0 / 4.5 - 4.0)
    assert left(tally, ("bulk", 1)) == 1200
    tally.in_hand["bulk", 1] = 200
    assert left(tally, ("bulk", 1)) == 1000


def test_phases(tiny: Path) -> None:
    tally = new_tally(load(tiny, ("sampling.replicas=2",)))

    def phase(session: Session | None = None) -> str:
        return next(s.phase for s in status_of(tally, "", session).systems if s.system == "bulk")

    session = Session(0.0, dict.fromkeys(keys(tally), 0.0))
    assert phase() == "waiting"
    assert phase(session) == "preparation"
    tally.in_hand["bulk", 0] = 40
    assert phase(session) == "equilibration"
    tally.in_hand["bulk", 0] = 150
    assert phase(session) == "weights"
    add(tally, mark("bulk", 0, 0, 1.0))
    assert phase(session) == "preparation"
    add(tally, mark("bulk", 1, 0, 1.0))
    assert phase(session) == "production"
    for replica in range(2):
        for segment in range(1, 4):
            add(tally, mark("bulk", replica, segment, 2.0))
    assert phase(session) == "finished"
