"""Run folders that were cut or had bits turned over: every command says so, none believes them."""

from __future__ import annotations

import contextlib
import io
import shutil
from pathlib import Path

import pytest
from hypothesis import strategies as st

from selectivity.cli.main import answer
from tests.fuzzing import cases, flipped, try_all

READ = ("analyse", "ratio", "verify", "status")


@pytest.fixture(scope="module")
def store(finished_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of a finished run, without its lock and its figures."""
    folder = tmp_path_factory.mktemp("spoiled") / "tiny.run"
    shutil.copytree(finished_run, folder)
    shutil.rmtree(folder / "results" / "figures", ignore_errors=True)
    return folder


@pytest.fixture(autouse=True)
def no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take seconds to draw and have their own tests."""
    from selectivity.api import pictures

    monkeypatch.setattr(pictures, "write_figures", lambda run, computed: [])


def told(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and standard error of a command; a traceback or a fault of the program fails."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = answer([str(a) for a in arguments])
    said = err.getvalue()
    assert "Traceback" not in said + out.getvalue()
    assert "internal error" not in said, said
    return code, said


@contextlib.contextmanager
def content(path: Path, raw: bytes):
    """``path`` holds ``raw`` for a while."""
    before = path.read_bytes()
    path.write_bytes(raw)
    try:
        yield
    finally:
        path.write_bytes(before)


def segments(store: Path) -> list[Path]:
    return sorted((store / "segments").rglob("*.h5"))


def test_the_store_that_is_spoiled_is_sound(store: Path) -> None:
    assert told("verify", store) == (0, "")
    assert told("status", store) == (0, "")
    assert len(segments(store)) >= 6
    for command in ("analyse", "ratio"):
        assert told(command, store) == (3, "")


def sampled(store: Path) -> list[Path]:
    """Segments with samples, which every analysis reads."""
    return [path for path in segments(store) if not path.stem.endswith("0000")]


def spoiled(raw: bytes, end: float | None, places: list[float]) -> bytes:
    """``raw`` cut at the share ``end`` of it, or with bits turned over at shares of it."""
    if end is not None:
        return raw[: int(end * len(raw))]
    return flipped(raw, sorted({int(p * 8 * len(raw)) for p in places}))


PART = st.floats(0.0, 1.0, exclude_max=True)
SPOILT = st.one_of(
    st.tuples(PART, st.just([])),
    st.tuples(st.none(), st.lists(PART, min_size=1, max_size=8)),
)


@cases(12, 600)
def test_spoiled_segments(store: Path, count: int) -> None:
    paths = sampled(store)

    def case(which: float, how: tuple[float | None, list[float]]) -> None:
        path = paths[int(which * len(paths))]
        with content(path, spoiled(path.read_bytes(), *how)):
            for command in READ[:3]:
                code, said = told(command, store)
                assert code == 5, (command, path, how)
                assert path.name in said or command == "verify"
            assert told("status", store)[0] in (0, 5)

    try_all(count, case, PART, SPOILT)


@cases(15, 600)
def test_spoiled_records(store: Path, count: int) -> None:
    path = store / "resolved.json"

    def case(how: tuple[float | None, list[float]]) -> None:
        with content(path, spoiled(path.read_bytes(), *how)):
            for command in READ:
                code, said = told(command, store)
                assert code == 5, (command, how)
                assert "resolved.json" in said or command == "verify"

    try_all(count, case, SPOILT)


@cases(10, 300)
def test_spoiled_run_files_and_results(store: Path, count: int) -> None:
    """The text of the run file and results are not what a run rests on; ``verify`` tells."""
    paths = [store / "run.yaml", store / "results" / "ratio.json"]

    def case(which: int, how: tuple[float | None, list[float]]) -> None:
        path = paths[which]
        raw = spoiled(path.read_bytes(), *how)
        with content(path, raw):
            assert told("verify", store)[0] in (0, 5)
            assert told("status", store)[0] == 0
            code, _ = told("membrane", "rest", "--preset", "neuron", "--from", store)
            assert code in (0, 2, 3, 5)

    try_all(count, case, st.integers(0, 1), SPOILT)


def test_files_that_are_gone_or_are_something_else(store: Path, tmp_path: Path) -> None:
    first, *_, last = sampled(store)
    for name, change, commands, codes in (
        ("first", lambda p: p.unlink(), READ[:2], (3, 5)),
        ("last", lambda p: p.unlink(), READ[:2], (3, 5)),
        ("last", lambda p: (p.unlink(), p.mkdir()), READ[:3], (5,)),
        ("last", lambda p: p.write_bytes(b""), READ[:3], (5,)),
        ("last", lambda p: p.write_bytes(first.read_bytes()), READ[:3], (5,)),
        ("resolved", lambda p: p.unlink(), READ, (2, 5)),
        ("resolved", lambda p: p.write_bytes(b"{}"), READ, (5,)),
        ("resolved", lambda p: p.write_bytes(b"[" * 100_000), READ, (5,)),
        ("resolved", lambda p: p.write_bytes(b"9" * 5000), READ, (5,)),
        ("resolved", lambda p: (p.unlink(), p.mkdir()), READ, (2, 5)),
        ("segments", lambda p: (shutil.rmtree(p), p.write_bytes(b"")), READ, (0, 2, 3, 5)),
        ("segments", lambda p: shutil.rmtree(p), READ, (0, 2, 3, 5)),
    ):
        copy = tmp_path / "copy.run"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(store, copy)
        places = {
            "first": copy / first.relative_to(store),
            "last": copy / last.relative_to(store),
            "resolved": copy / "resolved.json",
            "segments": copy / "segments",
        }
        change(places[name])
        for command in commands:
            code, said = told(command, copy)
            assert code in codes, (name, command, said)


def test_the_run_command_tells_a_damaged_folder_too(store: Path) -> None:
    from tests.tiny import SHORT, TINY

    file = store.parent / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    options = [part for text in SHORT for part in ("--set", text)]
    damaged = segments(store)[-1]
    for path in (damaged, store / "resolved.json"):
        raw = path.read_bytes()
        with content(path, raw[: len(raw) // 2]):
            code, said = told("run", file, "--out", store, "--executor", "serial", *options)
            assert code == 5
            assert path.name in said
