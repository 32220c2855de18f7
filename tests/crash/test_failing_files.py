"""A disk that is full or broken at the n-th call: nothing is spoiled, and the run goes on after."""

from __future__ import annotations

import errno
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from failing_files import Disk, failing
from kills import digest, final_answer, segments

from selectivity.api import pictures
from selectivity.cli.main import answer
from selectivity.report.figures import save_figure
from tests.tiny import TINY

CHANGES = (
    "sampling.replicas=2",
    "sampling.equilibration=20",
    "sampling.adaptation=50",
    "sampling.production=100",
    "sampling.segments=2",
)
ERRORS = (errno.ENOSPC, errno.EIO)
STOPPED, DAMAGED = 4, 5
QUICK = 29  # calls that are tried in the quick tests, one in so many


def told(file: Path, folder: Path) -> tuple[int, str]:
    """Exit code and standard error of the run."""
    changes = [text for change in CHANGES for text in ("--set", change)]
    errors = StringIO()
    with redirect_stdout(StringIO()), redirect_stderr(errors):
        code = answer(["run", str(file), "--out", str(folder), "--executor", "serial", *changes])
    return code, errors.getvalue()


@pytest.fixture(scope="module")
def plain_figures() -> Any:
    """Figures of one line, written as all of them are: drawing takes most of the time."""
    from matplotlib.figure import Figure

    def write(run: Any, computed: Any) -> list[Path]:
        return [
            save_figure(Figure((1, 1)), run.folder.results_path(f"{name}.png")) for name in computed
        ]

    patch = pytest.MonkeyPatch()
    patch.setattr(pictures, "write_figures", write)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, kernels: None, plain_figures: None
) -> tuple[Path, list[str], Any]:
    """The run file, the calls of its run and what the run gives."""
    base = tmp_path_factory.mktemp("whole")
    file = base / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    disk = Disk(base / "whole.run")
    with failing(disk):
        code, text = told(file, base / "whole.run")
    assert code in (0, 3), text
    return file, disk.calls, (digest(base / "whole.run"), final_answer(base / "whole.run"))


def test_every_kind_of_call_is_seen(whole: tuple[Path, list[str], Any]) -> None:
    _, calls, _ = whole
    kinds = Counter(call.split()[0] for call in calls)
    assert {"open", "open:xb", "write", "fsync", "link", "replace", "mkdir", "unlink"} <= set(kinds)
    assert kinds["link"] == 1 + len(segments(whole[0].parent / "whole.run"))
    assert kinds["write"] >= kinds["open:xb"]
    assert any("results/ratio.json" in call for call in calls)
    assert any(call.startswith("open:w") and ".png" in call for call in calls)


@pytest.mark.parametrize(
    ("step", "errors"),
    [(QUICK, (errno.ENOSPC,)), pytest.param(1, ERRORS, marks=pytest.mark.validate)],
)
def test_a_failure_at_any_call_spoils_nothing(
    whole: tuple[Path, list[str], Any], tmp_path: Path, step: int, errors: tuple[int, ...]
) -> None:
    file, calls, right = whole
    wrong, codes = [], Counter()
    for number in errors:
        for n in range(1, len(calls) + 1, step):
            folder = tmp_path / f"{number}-{n}.run"
            disk = Disk(folder, n, number)
            with failing(disk):
                code, text = told(file, folder)
            where = f"{errno.errorcode[number]} at {n} ({disk.calls[n - 1]}): {code} {text!r}"
            codes[code] += 1
            wrong += [f"{where}: {why}" for why in _faults(code, text, disk.calls[n - 1])]
            wrong += [f"{where}: {why}" for why in _after(file, folder, right)]
    print(dict(codes), len(calls))
    assert not wrong, "\n".join(wrong)


def _faults(code: int, text: str, call: str) -> list[str]:
    """What is wrong with the answer of a run whose disk failed."""
    found = []
    if "Traceback" in text or "internal error" in text:
        found.append("not told as an error of the disk")
    reading = call.startswith(("open:r", "open "))
    if code not in (0, 3, STOPPED) and not (reading and code == DAMAGED):
        found.append("exit code")
    if code == STOPPED and not ("same command" in text and ("left on" in text or "output" in text)):
        found.append("does not say what happened and what to do")
    return found


def _after(file: Path, folder: Path, right: Any) -> list[str]:
    """What is wrong with the folder, and with the run that is given the same command again."""
    found = []
    if (folder / "resolved.json").exists():
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()):
            if answer(["verify", str(folder)]) != 0:
                found.append(out.getvalue())
    before = {path: path.read_bytes() for path in segments(folder)}
    code, text = told(file, folder)
    if code not in (0, 3):
        return [*found, f"the same command: {code} {text!r}"]
    if any(path.read_bytes() != data for path, data in before.items()):
        found.append("a stored segment changed")
    if (digest(folder), final_answer(folder)) != right:
        found.append("other samples or another answer")
    return found
