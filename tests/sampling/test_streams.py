"""Random streams: keyed by purpose, independent, and stored without loss."""

from __future__ import annotations

import numpy as np
from scipy.stats import kstest

from selectivity.sampling.streams import BUILD, EXCHANGE, dump, restore, stream


def test_same_key_same_stream():
    a, b = (stream(1, "kcsa", 2, 3).random(5) for _ in range(2))
    assert np.array_equal(a, b)


def test_every_part_of_the_key_counts():
    keys = [(1, "kcsa", 2, 3), (2, "kcsa", 2, 3), (1, "kcsb", 2, 3), (1, "kcsa", 3, 3),
            (1, "kcsa", 2, 4), (1, "kcsa", 3, 2), (1, "kcsa", 2, EXCHANGE),
            (1, "kcsa", 2, BUILD)]  # fmt: skip
    firsts = {float(stream(*key).random()) for key in keys}
    assert len(firsts) == len(keys)


def test_streams_are_uncorrelated():
    """First numbers of 2000 neighbouring streams are uniform and uncorrelated with the next."""
    draws = np.array([stream(1, "kcsa", i // 50, i % 50).random(2) for i in range(2000)])
    assert kstest(draws[:, 0], "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(draws[:-1, 0], draws[1:, 0])[0, 1]) < 4.0 / np.sqrt(2000)
    assert abs(np.corrcoef(draws[:, 0], draws[:, 1])[0, 1]) < 4.0 / np.sqrt(2000)


def test_restored_stream_continues():
    rng = stream(1, "kcsa", 0, 0)
    rng.random(17)
    text = dump(rng)
    expected = rng.random(5)
    assert np.array_equal(restore(text).random(5), expected)
    assert dump(restore(text)) == text


def test_names_beyond_ascii():
    assert stream(1, "käfig Å", 0, 0).random() != stream(1, "kafig A", 0, 0).random()
