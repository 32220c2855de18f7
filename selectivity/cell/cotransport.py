"""Electroneutral cation-chloride cotransport: KCC2 (K + Cl) and NKCC1 (Na + K + 2 Cl).

Both move no net charge, so the membrane potential drives neither; each runs down the sum of the
chemical potentials of what it carries. Written with equilibrium potentials, which holds the two
thermodynamic laws in one form,

    J_KCC2  = g_KCC2  (E_K − E_Cl),
    J_NKCC1 = g_NKCC1 (E_Na + E_K − 2 E_Cl),

where J is F × cycles per area (A/m²), positive *into* the cell, and g (S/m²) is a rate constant
and no electrical conductance: no current flows. E_K − E_Cl = (RT/F) ln[K_out Cl_out/(K_in Cl_in)]
and E_Na + E_K − 2 E_Cl = (RT/F) ln[Na_out K_out Cl_out²/(Na_in K_in Cl_in²)]. The amounts of the
cell of area A change by

    dN_K/dt  = (A/F)(J_KCC2 + J_NKCC1),
    dN_Na/dt = (A/F) J_NKCC1,
    dN_Cl/dt = (A/F)(J_KCC2 + 2 J_NKCC1).

The transporters stand still, and turn round, at

    KCC2:   Cl_in = K_out Cl_out/K_in                            (E_Cl = E_K),
    NKCC1:  Cl_in = Cl_out sqrt[Na_out K_out/(Na_in K_in)]       (E_Cl = (E_Na + E_K)/2).

Sources: Düsterwald et al. 2018, eLife 7:e39575 (KCC2); Østby et al. 2009, PLoS Comput Biol
5:e1000272 (both logarithmic laws); Payne 1997, Am J Physiol 273:C1516 (E_Cl = E_K).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from selectivity.errors import InputError
from selectivity.membrane import checks

CL_PER_NKCC1 = 2
"""Chloride ions of one NKCC1 cycle, with one sodium and one potassium ion."""


def kcc2_current(g: Any, e_k: Any, e_cl: Any) -> Any:
    """J_KCC2 = g (E_K − E_Cl) in A/m² of cycles; negative where KCl leaves the cell.

    Parameters
    ----------
    g : float or ndarray
        Rate constant in S/m².
    e_k, e_cl : float or ndarray
        Equilibrium potentials in volt, of any broadcast shape.

    Notes
    -----
    Arguments are not checked: the function sits in right-hand sides.
    """
    return g * (e_k - e_cl)


def nkcc1_current(g: Any, e_na: Any, e_k: Any, e_cl: Any) -> Any:
    """J_NKCC1 = g (E_Na + E_K − 2 E_Cl) in A/m² of cycles; positive where salt enters the cell.

    A cycle takes one Na, one K and two Cl. Arguments as :func:`kcc2_current`, not checked.
    """
    return g * (e_na + e_k - CL_PER_NKCC1 * e_cl)


def kcc2_reversal(k_in_mM: ArrayLike, k_out_mM: ArrayLike, cl_out_mM: ArrayLike) -> Any:
    """Cl_in (mM) at which KCC2 stands still, K_out Cl_out/K_in; above it KCl leaves.

    Parameters
    ----------
    k_in_mM, k_out_mM, cl_out_mM : array_like
        Concentrations in mM; any broadcast shape.

    Raises
    ------
    InputError
        A negative concentration, or no potassium inside.
    """
    k_in = _above_zero(k_in_mM, "k_in_mM", "K")
    k_out = checks.nonnegative(k_out_mM, "k_out_mM")
    return checks.plain(np.asarray(k_out * checks.nonnegative(cl_out_mM, "cl_out_mM") / k_in))


def nkcc1_reversal(
    na_in_mM: ArrayLike,
    na_out_mM: ArrayLike,
    k_in_mM: ArrayLike,
    k_out_mM: ArrayLike,
    cl_out_mM: ArrayLike,
) -> Any:
    """Cl_in (mM) at which NKCC1 stands still, Cl_out sqrt[Na_out K_out/(Na_in K_in)].

    Above it the cycle runs outward. Parameters are concentrations in mM, of any broadcast shape.

    Raises
    ------
    InputError
        A negative concentration, or no sodium or potassium inside.
    """
    inside = _above_zero(na_in_mM, "na_in_mM", "Na") * _above_zero(k_in_mM, "k_in_mM", "K")
    outside = checks.nonnegative(na_out_mM, "na_out_mM")
    outside = outside * checks.nonnegative(k_out_mM, "k_out_mM")
    chloride = checks.nonnegative(cl_out_mM, "cl_out_mM")
    return checks.plain(np.asarray(chloride * np.sqrt(outside / inside)))


def _above_zero(value: ArrayLike, place: str, ion: str) -> Any:
    array = checks.nonnegative(value, place)
    if (array == 0.0).any():
        raise InputError(place, 0.0, f"is above zero: without {ion} inside there is no reversal")
    return array
