"""Generated wrong input: few cases in every run of the tests, many under the mark ``validate``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings


def cases(few: int, many: int) -> pytest.MarkDecorator:
    """Parametrizes ``count`` with ``few``, and with ``many`` where long tests are asked for."""
    return pytest.mark.parametrize("count", [few, pytest.param(many, marks=pytest.mark.validate)])


def try_all(count: int, case: Callable[..., None], *strategies: Any) -> None:
    """Call ``case`` with ``count`` examples of the strategies, the same in every run of the tests.

    The first that fails is shrunk.
    """
    quiet = settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    quiet(given(*strategies)(case))()


def flipped(raw: bytes, bits: list[int]) -> bytes:
    """``raw`` with some of its bits, counted from its first, turned over."""
    found = bytearray(raw)
    for bit in bits:
        found[bit // 8] ^= 1 << (bit % 8)
    return bytes(found)
