"""Kernels are compiled before the first test of this folder, which are timed without it."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _compiled(kernels):
    """Both precisions."""
