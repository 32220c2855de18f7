"""The band of the resting potential that the interval of a channel's P_K/P_Na leaves open."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from selectivity.membrane import checks
from selectivity.membrane.handover import RestingPotential
from selectivity.membrane.membrane import Membrane
from selectivity.membrane.result import Columns
from selectivity.membrane.reversal import ghk_voltage
from selectivity.membrane.solution import VALENCE, Solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
_DECADES = 2.0


def potential_of_ratio(membrane: Membrane, ratio: ArrayLike, leak: float) -> Array:
    """GHK voltage (volt) of ``membrane`` with P_Na = P_K/``ratio`` + ``leak``.

    Parameters
    ----------
    membrane : Membrane
        With a potassium permeability; its own sodium permeability is replaced.
    ratio : array_like
        P_K/P_Na of the channel, above zero.
    leak : float
        Sodium permeability of other paths in the membrane's unit.

    Raises
    ------
    InputError
        A ratio that is not positive, a negative leak, or a missing ion.
    """
    r = checks.nonnegative(ratio, "ratio")
    sodium = membrane.permeability["K"] / r + checks.nonnegative(leak, "leak")
    own = {**membrane.permeability, "Na": 0.0}
    one = (1,) * r.ndim
    p = [sodium if ion == "Na" else np.full(r.shape, value) for ion, value in own.items()]
    c_in = np.array([membrane.inside[ion] for ion in own]).reshape(-1, *one)
    c_out = np.array([membrane.outside[ion] for ion in own]).reshape(-1, *one)
    z = [VALENCE[ion] for ion in own]
    return np.asarray(ghk_voltage(np.stack(p), z, c_in, c_out, membrane.temperature_K))


def _membrane_of(rest: RestingPotential) -> Membrane:
    inputs, warm = rest.inputs, rest.temperature_K
    return Membrane(
        Solution(inputs["inside_mM"], warm, "inside"),
        Solution(inputs["outside_mM"], warm, "outside"),
        inputs["permeability"],
        inputs["membrane"],
    )


def _grid(rest: RestingPotential) -> Array:
    ratio = rest.inputs["ratio"]
    ends = [x for x in (ratio["low"], ratio["high"]) if x > 0.0 and math.isfinite(x)]
    low = min([ratio["value"] / 10.0**_DECADES, *(x / 3.0 for x in ends)])
    high = max([ratio["value"] * 10.0**_DECADES, *(3.0 * x for x in ends)])
    return np.geomspace(low, high, 201)


def band_columns(rest: RestingPotential) -> Columns:
    """V against P_K/P_Na: with the leak, without it, and the bi-ionic potential."""
    membrane, grid = _membrane_of(rest), _grid(rest)
    leak = membrane.permeability["Na"]
    return {
        "ratio": grid,
        "v_rest_mV": 1000.0 * potential_of_ratio(membrane, grid, leak),
        "v_rest_no_leak_mV": 1000.0 * potential_of_ratio(membrane, grid, 0.0),
    }


def draw_band(ax: Axes, rest: RestingPotential) -> None:
    """V_rest against P_K/P_Na with and without the leak; the interval and its band shaded."""
    from selectivity.plotting import GREY, legend, open_frame, tidy

    table, ratio = band_columns(rest), rest.inputs["ratio"]
    x, v = np.asarray(table["ratio"]), rest.v_rest_mV
    leak = rest.inputs["sodium_leak_over_P_K"]
    ax.semilogx(x, table["v_rest_mV"], color="black", lw=1.6, label=f"with leak {leak:g} P_K")
    ax.semilogx(x, table["v_rest_no_leak_mV"], color=GREY, ls="--", lw=1.2, label="without leak")
    low, high = max(ratio["low"], x[0]), min(ratio["high"], x[-1])
    if low < high:
        inside = (x >= low) & (x <= high)
        grid = np.concatenate([[low], x[inside], [high]])
        curve = np.interp(np.log(grid), np.log(x), np.asarray(table["v_rest_mV"]))
        ax.axvspan(low, high, color="0.93", zorder=0)
        ax.axhspan(v.low, v.high, color="0.82", zorder=0)
        ax.plot(grid, curve, color="black", lw=3.5, solid_capstyle="butt")
    label = f"{v.value:.1f} mV ({v.low:.1f} to {v.high:.1f})" if low < high else f"{v.value:.1f} mV"
    ax.plot(ratio["value"], v.value, "o", color="white", mec="black", ms=6, zorder=5, label=label)
    title = f"{rest.inputs['membrane']}, {rest.temperature_K:g} K"
    tidy(ax, title, r"$P_\mathrm{K}/P_\mathrm{Na}$ of the channel", "resting potential (mV)")
    open_frame(ax)
    legend(ax)
