"""Tethers without a common k are alike: Python 3.13 compares fields, and nan is not nan."""

from selectivity.system.spec import Tether


def test_nan_does_not_make_tethers_differ() -> None:
    made = Tether(k=float("nan"))
    assert made == Tether()
    assert hash(made) == hash(Tether())
    assert made != Tether(scale=2.0)
    assert Tether("uniform", 2.0) == Tether("uniform", 2.0)
    assert Tether("uniform", 2.0) != Tether("uniform", 3.0)
    assert made != "bfactor"
