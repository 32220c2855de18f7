"""Every command, given what it cannot use: one message, the right exit code, no traceback."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from selectivity.cli.main import _command, answer

REPOSITORY = Path(__file__).resolve().parents[2]
LONG = "a" * 300
ODD = [
    "", ".", "nowhere", "plain.txt", "plain.txt/x", "other", "empty", LONG, "é水.run", "-x",
    "a\nb", "\x1b[31m", "\udcff", "/dev/null", "/" * 400, "x/" * 2500,
]  # fmt: skip
"""Paths and names that are nothing that a command could use."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a file, an empty folder and a folder of something else."""
    monkeypatch.chdir(tmp_path)
    Path("plain.txt").write_text("no run file\n", encoding="utf-8")
    Path("empty").mkdir()
    Path("other").mkdir()
    Path("other/notes.md").write_text("# notes\n", encoding="utf-8")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], code: int, *arguments: str | Path) -> str:
    """What stands on standard error after a command that must answer with ``code``."""
    found = answer([str(a) for a in arguments])
    captured = capsys.readouterr()
    assert found == code, captured.err
    assert "Traceback" not in captured.err
    assert "internal error" not in captured.err
    return captured.err


@pytest.mark.parametrize("command", ["status", "analyse", "ratio", "verify", "export"])
def test_what_is_no_run_folder(
    place: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    more = ["--to", "csv"] if command == "export" else []
    for path in ODD:
        text = said(capsys, 2, command, *more, "--", path)
        assert text.count("\n") == 1
        assert ";" in text  # what to do about it
        assert "\x1b" not in text
    assert "there is no such folder" in said(capsys, 2, command, *more, "nowhere")
    assert "is not a folder" in said(capsys, 2, command, *more, "plain.txt")
    assert "holds no resolved.json" in said(capsys, 2, command, *more, "other")
    assert sorted(p.name for p in place.iterdir()) == ["empty", "other", "plain.txt"]


@pytest.mark.parametrize("command", ["check", "run"])
def test_what_is_no_run_file(place: Path, capsys: pytest.CaptureFixture[str], command: str) -> None:
    for path in ODD:
        text = said(capsys, 2, command, "--", path)
        assert "\x1b" not in text
        assert len(text) < 8000
    assert "shipped: " in said(capsys, 2, command, "nowhere")
    assert "is a folder, not a run file" in said(capsys, 2, command, "other")
    assert not list(place.glob("*.run"))


def test_new_and_structure(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ODD:
        said(capsys, 2, "new", "--", name)
        said(capsys, 2, "structure", "show", "--", name)
        said(capsys, 2, "structure", "import", "--out", "mine.toml", "--", name)
    for target in ("plain.txt", "plain.txt/x", "nowhere/x.yaml", LONG, "no\x00thing"):
        said(capsys, 2, "new", "quickstart", target)
    assert "did you mean kcsa?" in said(capsys, 2, "structure", "show", "kcas")
    assert "is not TOML" in said(capsys, 2, "structure", "show", "plain.txt")
    assert sorted(p.name for p in place.iterdir()) == ["empty", "other", "plain.txt"]
    assert said(capsys, 0, "new", "quickstart", "é水.yaml") == ""
    assert said(capsys, 0, "check", "é水.yaml") == ""


def test_validate(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options in (
        ["--only", "nosuchrow"],
        ["--quick", "--full"],
        ["--workers", "0", "--only", "pairs"],
        ["--workers", "two"],
        ["--data", "nowhere"],
        ["--data", "plain.txt"],
        ["--out", "plain.txt"],
        ["--out", "plain.txt/x", "--only", "pairs"],
        ["--seed", "-1", "--only", "pairs"],
        ["--seed", "x"],
    ):
        assert said(capsys, 2, "validate", *options)


def commands() -> Iterator[tuple[list[str], Any]]:
    """Every command with the words that call it."""
    root = _command()
    for name, command in root.commands.items():
        if hasattr(command, "commands"):
            for inner, found in command.commands.items():
                yield [name, inner], found
        else:
            yield [name], command


EVERY = [pytest.param(words, found, id="-".join(words)) for words, found in commands()]
SENSELESS = ["", "x", "nan", "-1", "1e400", "K=", "K=1 K", "=", ",", "K=140", "Zz=1 mM"]
IN_TIME = ("cable", "spike", "simulate", "ischaemia", "volume", "pump-leak")
"""Commands that compute for seconds where an option is right."""


@pytest.mark.parametrize(("words", "command"), EVERY)
def test_senseless_options_of_every_command(
    place: Path, capsys: pytest.CaptureFixture[str], words: list[str], command: Any
) -> None:
    """Each option in turn, each with texts that mean nothing there."""
    needed = ["nowhere" for p in command.params if p.param_type_name == "argument" and p.required]
    senseless = SENSELESS[1:2] if words[-1] in IN_TIME else SENSELESS
    for parameter in command.params:
        if parameter.param_type_name != "option" or parameter.is_flag or words == ["validate"]:
            continue
        for value in senseless:
            option = [f"{parameter.opts[0]}={value}"]
            code = answer([*words, *option, *needed])
            captured = capsys.readouterr()
            assert code in (0, 2), (option, captured.err)
            assert "Traceback" not in captured.err + captured.out
            assert "internal error" not in captured.err
            assert code == 0 or captured.err


def test_wrong_words(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["chek"], ["--bogus"], ["check"], ["membrane", "nerst"], ["structure", "x"]):
        text = said(capsys, 2, *arguments)
        assert "Error: " in text or "Usage: " in text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden_for_real(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("plain.txt").chmod(0)
    Path("empty").chmod(0)
    assert "Permission denied" in said(capsys, 2, "check", "plain.txt")
    assert "Permission denied" in said(capsys, 2, "status", "empty")


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        (errno.EACCES, 2, "check the path and its permissions"),
        (errno.ENOTDIR, 2, "check the path"),
        (errno.ELOOP, 2, "check the path"),
        (errno.ENOSPC, 4, "make room, then give the same command again"),
        (errno.EDQUOT, 4, "make room"),
        (errno.EIO, 4, "Input/output error"),
    ],
)
def test_what_the_system_refuses(
    place: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    code: int,
    words: str,
) -> None:
    def refused(self: Path, *arguments: object, **options: object) -> None:
        raise OSError(number, os.strerror(number), str(self))

    monkeypatch.setattr(Path, "write_text", refused)
    text = said(capsys, code, "new", "quickstart", "mine.yaml")
    assert "mine.yaml" in text
    assert words in text


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 4, "stopped"),
        (MemoryError(), 2, "memory"),
        (EOFError(), 4, "stopped"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 0, ""),
        (typer.Exit(3), 3, ""),
        (ZeroDivisionError("odd"), 1, "internal error, a fault of the program: ZeroDivisionError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
@pytest.mark.parametrize("command", ["status", "analyse", "ratio"])
def test_how_a_command_ends(
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    error: BaseException,
    code: int,
    words: str,
) -> None:
    from selectivity import api

    def fails(path: Path) -> None:
        raise error

    monkeypatch.setattr(api, command, fails)
    monkeypatch.setattr("selectivity.cli.ending._silence", lambda: None)
    monkeypatch.delenv("SELECTIVITY_DEBUG", raising=False)
    assert answer([command, "any"]) == code
    text = capfd.readouterr().err
    assert words in text
    assert "Traceback" not in text


PROGRAM = [sys.executable, "-c", "from selectivity.cli.main import main; main()"]


def started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)} | options.pop("env", {})
    return subprocess.Popen(
        [*PROGRAM, *arguments], stderr=subprocess.PIPE, env=environment, **options
    )


def ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    with contextlib.closing(process.stderr) as stream:  # type: ignore[type-var]
        text = stream.read().decode()
    code = process.wait(60)
    assert "Traceback" not in text
    assert "Exception ignored" not in text
    return code, text


def test_a_reader_that_goes_away() -> None:
    """``selectivity check quickstart --json | true``."""
    read, write = os.pipe()
    os.close(read)
    process = started("check", "quickstart", "--json", stdout=write)
    os.close(write)
    assert ended(process) == (0, "")


def test_standard_output_closed_or_full() -> None:
    closed = started("structure", "show", "kcsa", preexec_fn=lambda: os.close(1))
    assert ended(closed) == (0, "")
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "wb") as full:
        code, text = ended(started("structure", "show", "kcsa", stdout=full))
    assert code == 4
    assert "standard output: No space left on device; make room" in text


def test_letters_that_a_terminal_lacks() -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii:strict"}
    command = ["structure", "show", "kcsa"]
    process = started(*command, stdout=subprocess.DEVNULL, env=ascii_only)
    assert ended(process) == (0, "")


def test_control_c_in_an_analysis(tmp_path: Path) -> None:
    """Sent while the command waits for a run folder that a pipe pretends to hold."""
    folder = tmp_path / "a.run"
    folder.mkdir()
    file = tmp_path / "slow.yaml"
    os.mkfifo(file)
    process = started("check", str(file), stdout=subprocess.DEVNULL)
    writer = os.open(file, os.O_WRONLY)  # returns when the command has opened it to read
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    code, text = ended(process)
    os.close(writer)
    assert code == 4
    assert text == "selectivity: stopped; the same command does it again\n"


def test_a_wrong_file_from_the_shell(tmp_path: Path) -> None:
    wrong = REPOSITORY / "tests" / "config" / "wrong" / "many_problems.yaml"
    out = tmp_path / "a.run"
    for command in (["check", str(wrong)], ["run", str(wrong), "--out", str(out)]):
        code, text = ended(started(*command, stdout=subprocess.PIPE))
        assert code == 2
        assert text.count("many_problems.yaml:") >= 4
    assert not out.exists()
