"""Polynomials fitted to a current-voltage curve: coefficients, covariance, zeros and their errors.

Everything is in x = (V − centre)/half, which runs from −1 to 1 over the points.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from selectivity.membrane.measured import MeasuredIV

Array = NDArray[np.float64]
_LEVEL = 0.95


class PolynomialFit(NamedTuple):
    """A polynomial in x = (V − centre)/half with its covariance."""

    coefficients: Array
    covariance: Array
    chi2: float
    aicc: float


def fit_polynomial(x: Array, measured: MeasuredIV, order: int) -> PolynomialFit:
    """Least squares of the given order, weighted with the errors of the currents."""
    n, k = x.size, order + 1
    weight = np.ones(n) if measured.error is None else 1.0 / measured.error
    design = np.vander(x, k, increasing=True) * weight[:, None]
    target = measured.current * weight
    q, r = np.linalg.qr(design)
    coefficients = np.linalg.solve(r, q.T @ target)
    residual = target - design @ coefficients
    chi2 = float(residual @ residual)
    inverse = np.linalg.inv(r)
    covariance = inverse @ inverse.T
    parameters = k
    if measured.error is None:
        covariance = covariance * (chi2 / (n - k) if n > k else math.nan)
        floor = n * (1e-15 * float(np.abs(target).max())) ** 2
        parameters, likelihood = k + 1, n * math.log(max(chi2, floor) / n)
    else:
        likelihood = chi2
    spare = n - parameters - 1
    penalty = 2.0 * parameters * (parameters + 1) / spare if spare > 0 else math.inf
    return PolynomialFit(coefficients, covariance, chi2, likelihood + 2.0 * parameters + penalty)


def zeros_inside(coefficients: Array) -> list[float]:
    """Real zeros between the ends, in x."""
    roots = Polynomial(coefficients).roots()
    real = roots[np.abs(np.imag(roots)) <= 1e-9 * np.maximum(1.0, np.abs(roots))].real
    return sorted(float(root) for root in real if abs(root) <= 1.0 + 1e-12)


def zero_error(
    fit: PolynomialFit, zero: float, measured: MeasuredIV, dof: int
) -> tuple[float, float, float]:
    """Standard error and the ends of Fieller's interval, in x."""
    if not np.isfinite(fit.covariance).all():
        return math.nan, math.nan, math.nan
    powers = zero ** np.arange(fit.coefficients.size)
    slope = abs(float(Polynomial(fit.coefficients).deriv()(zero)))
    error = math.sqrt(max(0.0, float(powers @ fit.covariance @ powers))) / slope
    from scipy.special import ndtri, stdtrit

    level = 0.5 * (1.0 + _LEVEL)
    t = float(ndtri(level)) if measured.error is not None else float(stdtrit(dof, level))
    variance = np.zeros(2 * fit.coefficients.size - 1)
    for (i, j), value in np.ndenumerate(fit.covariance):
        variance[i + j] += value
    edge = Polynomial(fit.coefficients) ** 2 - t**2 * Polynomial(variance)
    roots = edge.roots()
    real = np.sort(roots[np.abs(np.imag(roots)) <= 1e-9 * np.maximum(1.0, np.abs(roots))].real)
    below, above = real[real < zero], real[real > zero]
    if error == 0.0:
        return 0.0, zero, zero
    low = float(below[-1]) if below.size else -math.inf
    return error, low, float(above[0]) if above.size else math.inf
