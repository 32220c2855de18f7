"""A call of a kernel leaves nothing behind: runs of days make a billion of them."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import pytest

from selectivity import engine
from selectivity.engine import sweep
from selectivity.sampling.plan import SamplingPlan
from selectivity.sampling.replica import new_replica, prepare, produce
from selectivity.system.spec import CageSpec

PLAN = SamplingPlan(
    equilibration=20, adaptation=20, production=20, stride=10, exchange_every=20, segments=1
)


@pytest.mark.usefixtures("kernels")
def test_kernels_give_back_their_generator() -> None:
    replica = new_replica(CageSpec("cage", "charmm36", ("K", "Na"), 300.0), PLAN, 0)
    chain = replica.chains[0]
    before = sys.getrefcount(chain.rng)
    prepare(replica)
    produce(replica)
    for _ in range(5):
        sweep.relabel(replica.model, chain.state, chain.window, replica.work, chain.rng)
    after = sys.getrefcount(chain.rng)
    assert after == before


@pytest.mark.usefixtures("kernels")
def test_what_is_compiled_into_kernels_returns_no_arrays() -> None:
    """It has no reference counts, and a kernel would give up one that nobody took."""
    replica = new_replica(CageSpec("cage", "charmm36", ("K", "Na"), 300.0), PLAN, 0)
    prepare(replica)
    produce(replica)
    for info in pkgutil.iter_modules(engine.__path__):
        module = importlib.import_module(f"{engine.__name__}.{info.name}")
        for function in vars(module).values():
            for overload in getattr(function, "overloads", {}).values():
                returned = str(overload.signature.return_type)
                assert "array" not in returned.lower(), (info.name, function)
