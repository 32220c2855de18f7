"""How long a user waits for the help: CPU seconds, which a busy machine changes little."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys

import pytest

HELP = "from selectivity.cli.main import main; main()"


@pytest.mark.benchmark
def test_help_comes_in_half_a_second() -> None:
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", HELP, "--help"], check=True, stdout=subprocess.DEVNULL
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert statistics.median(spent) < 0.5
