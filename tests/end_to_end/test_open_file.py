"""Water that comes from a reservoir against water that comes from the caps (long).

The number of waters in the file given the number in all, p(n | N), does not depend on the activity:
a run whose file and caps are open to liquid water, looked at while it holds N waters, and a closed
run of N waters that jump between caps and file must agree.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from selectivity.engine import pack, sweep
from selectivity.engine.water import exchange_waters
from selectivity.sampling.chain import tune
from selectivity.system.build import build_topology, start
from selectivity.system.spec import Composition, FilterSpec, Windows
from selectivity.system.topology import is_absent

SPEC = FilterSpec(
    name="witness",
    forcefield="charmm36",
    ions=("K", "Na"),
    temperature_K=310.15,
    structure="kcsa",
    composition=Composition.parse("[gc X gc]"),
    windows=Windows(1.5, 1.8),
    interior=(1.0, 2.0),
    caps=(2, 2),
)
ALL = 4
RECORDS, REPLICAS = 16_000, 8


def waters(spec: FilterSpec, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Waters in all and in the file of every record, after a fifth of them for equilibration."""
    topology = build_topology(spec)
    model = pack.pack_model(topology)
    work, rng = pack.new_work(model), np.random.default_rng(seed)
    state = pack.pack_state(model, start(topology, 1.5, rng, spread=seed % 2 == 1))
    window = pack.new_window(model, 1.5, spec.windows.kappa)
    sweep.refresh(model, state, work)
    out = pack.new_output(model, 1)
    places = np.concatenate([region.members for region in topology.regions])
    found = np.zeros((RECORDS, 2), dtype=int)
    for i in range(RECORDS):
        exchange_waters(model, state, window, work, rng, 24)
        sweep.advance(model, state, window, work, rng, 10, out)
        if i < RECORDS // 5 and i % 20 == 19:
            tune(window)
        found[i] = (~is_absent(state.r[places])).sum(), np.isfinite(out.water_z[0]).sum()
    found = found[RECORDS // 5 :]
    return found[:, 0], found[:, 1]


@pytest.mark.validate
def test_waters_from_the_caps_and_from_the_liquid_fill_the_file_alike() -> None:
    closed, opened = [], []
    for seed in range(REPLICAS):
        n_all, n_file = waters(replace(SPEC, reservoir="caps"), seed)
        assert np.all(n_all == ALL)
        closed.append(np.bincount(n_file, minlength=ALL + 1) / n_file.size)
        n_all, n_file = waters(replace(SPEC, reservoir="bulk and caps", log_activity=-11.7), seed)
        seen = n_file[n_all == ALL]
        assert seen.size > 500
        opened.append(np.bincount(seen, minlength=ALL + 1) / seen.size)
    numbers = np.arange(ALL + 1)
    a, b = np.array(closed), np.array(opened)
    for values in (lambda p: p @ numbers, *(lambda p, n=n: p[:, n] for n in range(ALL + 1))):
        x, y = values(a), values(b)
        error = np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / REPLICAS)
        print(f"{x.mean():.3f} {y.mean():.3f} +- {error:.3f}")
        assert abs(x.mean() - y.mean()) <= 4.0 * max(error, 0.005)
