"""A small run file that tests change, and a helper that reads it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from selectivity.config.load import load_text
from selectivity.config.run_file import RunFile

BASE = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")


@pytest.fixture
def resolved() -> Callable[..., RunFile]:
    """``resolved((old, new), ..., overrides=())``: the small file after replacing texts in it."""

    def read(*changes: tuple[str, str], overrides: tuple[str, ...] = ()) -> RunFile:
        text = BASE
        for old, new in changes:
            assert old in text, f"{old!r} is not in the small run file"
            text = text.replace(old, new)
        return load_text(text, overrides=overrides)

    return read
