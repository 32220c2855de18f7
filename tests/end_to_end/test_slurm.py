"""The shipped SLURM script: replicas as jobs of their own, in any order, one stopped."""

from __future__ import annotations

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from selectivity import api, resources
from selectivity.api.running import Options
from selectivity.storage.folder import open_folder
from selectivity.storage.segment import read_replica
from tests.same_samples import same
from tests.tiny import TINY

SRUN = '#!/bin/sh\nexec "$@"\n'
SCONTROL = '#!/bin/sh\necho "$@" >> requeued\n'
SELECTIVITY = "#!/bin/sh\nexec {} -c 'from selectivity.cli.main import main; main()' \"$@\"\n"
SHORT = "sampling.production=300"


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    """A folder with a run file and stand-ins for the commands that the script calls."""
    (tmp_path / "tiny.yaml").write_text(TINY, encoding="utf-8")
    programs = tmp_path / "bin"
    programs.mkdir()
    texts = {
        "srun": SRUN,
        "scontrol": SCONTROL,
        "selectivity": SELECTIVITY.format(sys.executable),
    }
    for name, text in texts.items():
        path = programs / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return tmp_path


def submit(cluster: Path, replica: int, *arguments: str) -> subprocess.Popen[bytes]:
    """One job of the array, in a process group of its own as SLURM signals it."""
    script = resources.folder("runs") / "slurm" / "array.sbatch"
    environment = {
        **os.environ,
        "PATH": f"{cluster / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "SLURM_ARRAY_TASK_ID": str(replica),
        "SLURM_ARRAY_JOB_ID": "77",
    }
    log = (cluster / f"{replica}.log").open("ab")
    return subprocess.Popen(
        ["bash", str(script), "tiny.yaml", "a.run", *arguments],
        cwd=cluster,
        env=environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize("replicas", [2, pytest.param(4, marks=pytest.mark.validate)])
def test_an_array_of_replicas_in_random_order_gives_the_same_bits(
    cluster: Path, replicas: int
) -> None:
    """All at once, begun in an order that is not theirs."""
    order = list(range(replicas))
    random.Random(3).shuffle(order)
    assert order != sorted(order)
    overrides = (SHORT, f"sampling.replicas={replicas}")
    arguments = [text for override in overrides for text in ("--set", override)]
    jobs = [submit(cluster, replica, *arguments) for replica in order]
    for replica, job in zip(order, jobs, strict=True):
        assert job.wait(300) == 0, (cluster / f"{replica}.log").read_text()
    assert api.status(cluster / "a.run").finished
    whole = api.run(cluster / "tiny.yaml", cluster / "b.run", overrides, Options(executor="serial"))
    for system in ("cage", "bulk"):
        for replica in order:
            a, b = (
                read_replica(open_folder(folder), system, replica)
                for folder in (whole, cluster / "a.run")
            )
            same(a, b)
            assert np.isfinite(a.z).any() or system == "bulk"
    assert not (cluster / "requeued").exists()


@pytest.mark.validate
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_a_job_out_of_time_is_queued_again(cluster: Path) -> None:
    """SIGUSR1 goes to the step, the program, and not to the script."""
    job = submit(cluster, 1, "--set", "sampling.production=3000000", "--grace", "1")
    deadline = time.monotonic() + 120
    while not list((cluster / "a.run").glob("segments/*/*/*.h5")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (step,) = Path(f"/proc/{job.pid}/task/{job.pid}/children").read_text().split()
    os.kill(int(step), signal.SIGUSR1)
    assert job.wait(120) == 0
    assert (cluster / "requeued").read_text() == "requeue 77_1\n"
    assert not api.status(cluster / "a.run").finished
