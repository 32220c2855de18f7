"""What every block of every run is held to before it is stored.

1. The running energy is the energy: its drift against a full recomputation, for each molecule.
2. Every coordinate and every measure is a number.
3. The books balance: walkers are a permutation, and waters put in and taken out differ by no more
   than there are places.
4. Detailed balance: the identity is drawn from p(j|x) ∝ exp(g_j − βU_j(x)), and between two
   neighbouring records it goes from i to j as often as from j to i. The second holds for any moves
   that keep p(x|i) followed by a draw from p(j|x): ∫ p(x) p(i|x) p(j|x) dx is symmetric.
"""

from __future__ import annotations

import numpy as np

from selectivity.errors import WatchdogError
from selectivity.sampling.replica import Replica, counters
from selectivity.sampling.samples import ReplicaSamples
from selectivity.system.topology import is_absent

DRIFT = {"mixed": 1e-4, "double": 1e-8}
"""Largest drift of the running energy by precision, kJ/mol for each molecule."""
Z_LIMIT = 7.0  # a sound block exceeds it once in 10¹⁰ or less
FEWEST = 25.0  # smaller variances count as this one: rare events are no normal variables

_MEASURES = ("z", "u", "identity", "log_g")


def watch(replica: Replica, samples: ReplicaSamples | None) -> None:
    """Hold a replica and the block that it has just produced to the rules of this page.

    Raises
    ------
    WatchdogError
        One is broken; the message names system, replica, segment and, where there is one, window.
    """
    problem = _not_a_number(replica, samples) or _drift(replica) or _books(replica)
    if not problem and samples is not None:
        problem = _balance(replica, samples)
    if problem:
        spec, plan = replica.topology.spec, replica.plan
        where = f"{spec.name} replica {replica.number}, segment {replica.segment}"
        raise WatchdogError(
            f"{where} of {plan.segments}: {problem}; the block is not stored. Blocks before it are "
            "unharmed; the same command computes it again and meets the same unless the machine "
            "was at fault"
        )


def _not_a_number(replica: Replica, samples: ReplicaSamples | None) -> str:
    for k, chain in enumerate(replica.chains):
        r = chain.state.r[~is_absent(chain.state.r)]
        if not (np.all(np.isfinite(r)) and np.all(np.isfinite(chain.window.log_g))):
            return f"window {k} holds coordinates or weights that are not numbers"
    if samples is None:
        return ""
    for key in _MEASURES:
        rows = np.isfinite(getattr(samples, key)).reshape(len(replica.chains), -1).all(axis=1)
        if not rows.all():
            return f"window {int(np.argmin(rows))} holds {key} that are not numbers"
    return ""


def _drift(replica: Replica) -> str:
    """``not <=``, so that a drift that is not a number is no small one."""
    limit = DRIFT[replica.plan.precision]
    each = replica.drift / len(replica.topology.members)
    if each <= limit:
        return ""
    return (
        f"the running energy is {each:.2g} kJ/mol for each molecule off its recomputation, "
        f"more than the {limit:g} that {replica.plan.precision} precision allows"
    )


def _books(replica: Replica) -> str:
    n = len(replica.chains)
    if not np.array_equal(np.sort(replica.walker), np.arange(n)):
        return f"walkers {replica.walker.tolist()} are no permutation of the windows"
    if np.any(replica.exchange_accepted > replica.exchange_tried):
        return "more exchanges are accepted than were tried"
    counts = counters(replica)
    inserted, deleted = (
        sum(n for key, n in counts.items() if key.startswith(kind) and key.endswith("accepted"))
        for kind in ("insert:", "delete:")
    )
    places = n * sum(len(region.members) for region in replica.topology.regions)
    if abs(inserted - deleted) > places:
        return f"{inserted} waters were put in and {deleted} taken out of {places} places"
    return ""


def _balance(replica: Replica, samples: ReplicaSamples) -> str:
    plan, ladder = replica.plan, samples.ladder
    z = np.abs(identity_scores(samples))
    if np.max(z) > Z_LIMIT:
        k, j = np.unravel_index(int(np.argmax(z)), z.shape)
        off = f"{z[k, j]:.1f} standard errors off its probability"
        return f"window {k}: identity {ladder[int(j)]} is drawn {off}"
    z = np.abs(transition_scores(samples, plan.exchange_every // plan.stride))
    if np.max(z) > Z_LIMIT:
        i, j = np.unravel_index(int(np.argmax(z)), z.shape)
        steps = f"steps from {ladder[int(i)]} to {ladder[int(j)]} and back"
        return f"{steps} differ by {np.max(z):.1f} standard errors"
    return ""


def identity_scores(samples: ReplicaSamples) -> np.ndarray:
    """Draws of identity j less their expectation, in standard errors, shape (K, J).

    Σ_n [1(j_n = j) − p(j|x_n)] / √(Σ_n p(1 − p)): given x_n the draws are independent, so that
    the correlation of the samples does not enter.
    """
    log_p = samples.log_g[:, None, :] - samples.beta * samples.u
    p = np.exp(log_p - log_p.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    seen = np.arange(len(samples.ladder)) == samples.identity[:, :, None]
    return _scores((seen - p).sum(axis=1), (p * (1.0 - p)).sum(axis=1))


def transition_counts(samples: ReplicaSamples, each: int) -> np.ndarray:
    """How often identity i was followed by j in the next record, shape (J, J).

    Steps of all windows between the ``each`` records of one round of exchange: a window that kept
    its walker in an exchange is no fair draw.
    """
    j = samples.identity.reshape(len(samples.identity), -1, each)
    counts = np.zeros((len(samples.ladder),) * 2, dtype=np.int64)
    np.add.at(counts, (j[:, :, :-1].ravel(), j[:, :, 1:].ravel()), 1)
    return counts


def transition_scores(samples: ReplicaSamples, each: int) -> np.ndarray:
    """Difference of steps i to j and back, over the root of their sum, shape (J, J)."""
    counts = transition_counts(samples, each)
    return _scores(counts - counts.T, counts + counts.T)


def _scores(difference: np.ndarray, variance: np.ndarray) -> np.ndarray:
    return difference / np.sqrt(np.maximum(variance, FEWEST))
