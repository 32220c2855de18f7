"""Warming up compiles every kernel that a run calls, and changes nothing else."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from selectivity.engine import sweep
from selectivity.sampling import warmup


def entries() -> dict[str, object]:
    """Kernels of the sweep module, by name, as the sampling room calls them."""
    return {
        name: value
        for name, value in vars(sweep).items()
        if hasattr(value, "signatures") and value.__module__ == sweep.__name__
    }


@pytest.mark.parametrize("precision", ["mixed", "double"])
def test_every_kernel_that_sampling_calls_is_compiled(precision: str) -> None:
    warmup.compile_kernels([precision, precision], lambda text: None)
    from selectivity.sampling import chain, replica

    source = inspect.getsource(replica) + inspect.getsource(chain)
    called = {name for name in entries() if f"sweep.{name}(" in source}
    assert {"relabel", "refresh", "cached_energy"} <= called
    if inspect.isfunction(sweep.sample):
        pytest.skip("compilation is switched off")
    called.add("sample")  # by adapt and advance
    cold = [name for name in called if not getattr(sweep, name).signatures]
    assert not cold


def test_an_open_file_finds_its_exchange_of_waters_compiled() -> None:
    from selectivity.engine.water import exchange_waters

    if inspect.isfunction(exchange_waters):
        pytest.skip("compilation is switched off")
    before = len(exchange_waters.signatures)
    warmup.compile_kernels(["mixed"], lambda text: None, open_file=True)
    assert len(exchange_waters.signatures) >= max(1, before)


def test_a_quick_warm_up_says_nothing_and_a_long_one_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Now:
        """A timer whose time is up at once, or never."""

        up = False
        daemon = False

        def __init__(self, seconds: float, call, arguments: tuple[str, ...]) -> None:
            self.call, self.arguments = call, arguments

        def start(self) -> None:
            if self.up:
                self.call(*self.arguments)

        def cancel(self) -> None:
            pass

    said: list[str] = []
    monkeypatch.setattr(warmup.threading, "Timer", Now)
    warmup.compile_kernels([], said.append)
    assert not said
    Now.up = True
    warmup.compile_kernels([], said.append)
    assert len(said) == 1
    assert said[0].startswith("compiling the kernels")


def test_warming_up_draws_nothing_from_the_global_stream() -> None:
    before = np.random.get_state(legacy=False)["state"]
    warmup.compile_kernels(["mixed"], lambda text: None)
    after = np.random.get_state(legacy=False)["state"]
    assert after["pos"] == before["pos"]
    np.testing.assert_array_equal(after["key"], before["key"])
