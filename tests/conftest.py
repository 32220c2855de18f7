"""Fixtures that every room's tests share."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from selectivity.engine.flags import cache_folder
from tests.tiny import SHORT, TINY

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Before any test: signals are heard, and kernels that are nowhere kept are compiled once.

    A shell's background job ignores Ctrl-C and so do its children: here they shall hear it.
    """
    if not hasattr(config, "workerinput") and not any(cache_folder().glob("*.nbi")):
        compile_both()
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with crystal structures and reference configurations, which is not shipped."""
    path = REPOSITORY.parent / "shared" / "data"
    if not path.is_dir():
        pytest.skip(f"reference files are not here: no folder {path.parent.name}/{path.name}")
    return path


COMPILE = (
    "from selectivity.sampling.warmup import compile_kernels as c; c([{!r}], lambda text: None)"
)


def compile_both() -> None:
    """Compile the kernels of both precisions side by side; seconds where they are kept."""
    double = subprocess.Popen([sys.executable, "-c", COMPILE.format("double")])
    subprocess.run([sys.executable, "-c", COMPILE.format("mixed")], check=True)
    assert double.wait() == 0


@pytest.fixture(scope="session")
def kernels() -> None:
    """The kernels of both precisions."""
    compile_both()


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a finished tiny run of two replicas, with its ratio; read it, never change it."""
    from selectivity import api
    from selectivity.api.running import Options

    base = tmp_path_factory.mktemp("finished")
    file = base / "tiny.yaml"
    file.write_text(TINY, encoding="utf-8")
    folder = api.run(file, base / "tiny.run", SHORT, Options(executor="serial"))
    api.ratio(folder)
    return folder
