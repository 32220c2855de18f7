"""Watchdogs: each is broken on purpose and stops the run; a sound run passes all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sampling_cases import sampled
from worker_cases import CAGE, FILTER, PLAN, Store, carry_out

from selectivity.engine import arrays
from selectivity.errors import StoppedError, WatchdogError
from selectivity.sampling import replica as sampling
from selectivity.sampling import watch as watchdogs
from selectivity.sampling.campaign import Task, run_tasks
from selectivity.sampling.executors import make_executor
from selectivity.sampling.replica import Replica, counters
from selectivity.sampling.samples import ReplicaSamples
from selectivity.sampling.watch import identity_scores, transition_counts, transition_scores, watch
from selectivity.system.spec import Composition

OPEN = replace(FILTER, name="open", composition=Composition.parse("[gc X gc]"), log_activity=-11.7)
LONG = replace(PLAN, production=12_000, segments=1)
Pair = tuple[Replica, ReplicaSamples]


@pytest.fixture
def filter_block() -> Pair:
    return sampled(FILTER, PLAN, 1)


def first_failure(spec=CAGE, precision="mixed") -> WatchdogError:
    """What a run of one replica is stopped by; nothing of the bad block is stored."""
    store = Store()
    plan = replace(PLAN, precision=precision)
    with pytest.raises(WatchdogError) as caught:
        run_tasks(
            [Task(spec, plan, 1, None, 1.0)],
            store,
            make_executor("serial"),
            lambda share: None,
            threading.Event(),
        )
    stored = [saved.segment for saved in store.saved.values()]
    assert f"segment {max(stored, default=-1) + 1} of 3" in str(caught.value)
    assert isinstance(caught.value, StoppedError)
    return caught.value


def broken_advance(monkeypatch: pytest.MonkeyPatch, spoil: Callable[..., None]) -> None:
    """Let ``spoil`` change the state or the records after every block of sweeps."""
    advance = sampling.sweep.advance

    def wrong(model, state, window, work, rng, stride, out):
        advance(model, state, window, work, rng, stride, out)
        spoil(state, window, out)

    monkeypatch.setattr(sampling.sweep, "advance", wrong)


@pytest.mark.parametrize(("precision", "off"), [("mixed", 2e-3), ("double", 2e-7)])
def test_a_running_energy_that_drifts_stops_the_run(
    monkeypatch: pytest.MonkeyPatch, precision: str, off: float
) -> None:
    """By little more than twice the limit for the nine molecules of the cage."""

    def spoil(state, window, out):
        state.one[0] += off

    broken_advance(monkeypatch, spoil)
    error = first_failure(precision=precision)
    assert f"{precision} precision allows" in str(error)
    assert "the running energy is" in str(error)


@pytest.mark.parametrize("precision", ["mixed", "double"])
@pytest.mark.parametrize("spec", [FILTER, CAGE, OPEN], ids=lambda spec: spec.name)
def test_rounding_is_far_below_the_limit(spec, precision: str) -> None:
    found, _ = sampled(spec, replace(PLAN, precision=precision), 0)
    assert found.drift / len(found.topology.members) < 0.2 * watchdogs.DRIFT[precision]


@pytest.mark.parametrize(
    ("spoil", "piece"),
    [
        (lambda state, window, out: state.r.__setitem__((0, 0, 0), np.nan), "coordinates"),
        (lambda state, window, out: out.u.__setitem__((-1, 1), np.nan), "window 0 holds u"),
        (lambda state, window, out: out.z.__setitem__(-1, np.inf), "window 0 holds z"),
    ],
)
def test_what_is_no_number_stops_the_run(monkeypatch: pytest.MonkeyPatch, spoil, piece) -> None:
    broken_advance(monkeypatch, spoil)
    assert piece in str(first_failure())


def test_the_window_is_named(filter_block: Pair) -> None:
    found, samples = filter_block
    watch(found, samples)
    samples.u[2, 5, 1] = np.nan
    with pytest.raises(WatchdogError, match="filter replica 1, segment 1 of 3: window 2 holds u"):
        watch(found, samples)


def test_a_drift_that_is_no_number_is_no_small_one(filter_block: Pair) -> None:
    found, samples = filter_block
    found.drift = float("nan")
    with pytest.raises(WatchdogError, match="running energy"):
        watch(found, samples)


def test_books_that_do_not_balance(filter_block: Pair) -> None:
    found, samples = filter_block
    found.walker[:] = 0
    with pytest.raises(WatchdogError, match="no permutation"):
        watch(found, samples)
    found.walker[:] = np.arange(4)
    found.exchange_accepted[1] = found.exchange_tried[1] + 1
    with pytest.raises(WatchdogError, match="more exchanges"):
        watch(found, samples)


def test_waters_out_of_nothing() -> None:
    """Insertions less deletions cannot exceed the places that there are."""
    found, samples = sampled(OPEN, PLAN, 0)
    watch(found, samples)
    assert any(key.startswith("insert:") for key in counters(found))
    places = 4 * sum(len(region.members) for region in found.topology.regions)
    window = found.chains[0].window
    window.accepted[arrays.INSERT, arrays.FILE_WATER] += 2 * places + 1
    window.tried[arrays.INSERT, arrays.FILE_WATER] += 2 * places + 1
    with pytest.raises(WatchdogError, match="waters were put in"):
        watch(found, samples)


@pytest.fixture(scope="module")
def sound() -> Pair:
    """A longer block of the cage, for its statistics; not to be changed."""
    return sampled(CAGE, LONG, 0)


class TestDetailedBalance:
    def test_a_sound_block_has_scores_of_order_one(self, sound: Pair) -> None:
        """Six identities: root mean squares of draws near 1; of steps below, as they return."""
        z = identity_scores(sound[1])
        assert 0.2 < np.sqrt(np.mean(z[z != 0] ** 2)) < 2.0
        z = transition_scores(sound[1], LONG.exchange_every // LONG.stride)
        assert 0.05 < np.sqrt(np.mean(z[z != 0] ** 2)) < 2.0

    def test_frozen_weights_that_move_are_seen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Weights raised during the block: draws fit none that the block could state."""

        def spoil(state, window, out):
            window.log_g[1] += 0.05

        broken_advance(monkeypatch, spoil)
        found, samples = sampled(CAGE, LONG, 0)
        with pytest.raises(WatchdogError, match="standard errors off its probability"):
            watch(found, samples)

    def test_energies_that_are_not_those_of_the_draws_are_seen(self, sound: Pair) -> None:
        found, samples = sound
        scaled = replace(samples, u=samples.u * 1.2)
        with pytest.raises(WatchdogError, match="standard errors off its probability"):
            watch(found, scaled)

    def test_a_cycle_of_identities_is_seen(
        self, sound: Pair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Steps that go round have the right weights and no detailed balance."""
        found, samples = sound
        each = LONG.exchange_every // LONG.stride
        turning = np.tile(np.arange(samples.identity.shape[1]) % 3, (1, 1))
        wrong = replace(samples, identity=turning)
        counts = transition_counts(wrong, each)
        assert counts[0, 1] > 0
        assert counts[1, 0] == 0
        monkeypatch.setattr(watchdogs, "identity_scores", lambda samples: np.zeros((1, 6)))
        with pytest.raises(WatchdogError, match=r"steps from .* and back differ"):
            watch(found, wrong)

    def test_few_counts_decide_nothing(self, sound: Pair) -> None:
        short = replace(
            sound[1], identity=sound[1].identity[:, :5], u=sound[1].u[:, :5], z=sound[1].z[:, :5]
        )
        assert np.abs(identity_scores(short)).max() <= 1.0
        assert np.abs(transition_scores(short, 5)).max() <= 1.0


def test_a_sound_campaign_passes() -> None:
    assert len(carry_out(make_executor("serial"), Store()).samples) == 4
