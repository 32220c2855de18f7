"""The shell completes commands, shipped run files and options."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.end_to_end.conftest import command


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("selectivity new kcsa_", {"kcsa_compositions", "kcsa_gc"}),
        ("selectivity st", {"status", "structure"}),
    ],
)
def test_bash_is_told_what_may_follow(words: str, wanted: set[str]) -> None:
    environment = {
        **os.environ,
        "_SELECTIVITY_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = subprocess.run(command(), env=environment, capture_output=True, text=True, check=False)
    assert wanted <= set(done.stdout.split())
    assert done.stderr == ""


def test_a_script_can_be_shown_without_touching_a_file() -> None:
    done = subprocess.run(
        command("--show-completion", "bash"), capture_output=True, text=True, check=True
    )
    assert "complete -o default -F" in done.stdout
