"""Exchange of configurations between neighbouring windows.

A window with its identity ladder is one mixture state of reduced potential
m_k(x) = ½βκ(z − z_k)² − ln Σ_j exp(g_kj − βU_λj(x)); the identity is summed out before the
exchange and drawn again afterwards in the window where the configuration then sits.
"""

from __future__ import annotations

import numpy as np

from selectivity.engine.metropolis import accept


def mixture_potential(
    z: np.ndarray, u: np.ndarray, centers: np.ndarray, kappa: float, log_g: np.ndarray, beta: float
) -> np.ndarray:
    """m_k(x_n) of every configuration n in every window k.

    Parameters
    ----------
    z : ndarray, shape (N,)
        Å.
    u : ndarray, shape (N, J)
        U_λj − U_λ0, kJ/mol.
    centers : ndarray, shape (K,)
    kappa : float
        kJ/mol/Å².
    log_g : ndarray, shape (K, J)
    beta : float
        mol/kJ.

    Returns
    -------
    ndarray, shape (K, N)
    """
    terms = log_g[:, None, :] - beta * u[None, :, :]
    top = terms.max(axis=2)
    log_sum = top + np.log(np.exp(terms - top[:, :, None]).sum(axis=2))
    bias = 0.5 * beta * kappa * (z[None, :] - centers[:, None]) ** 2
    return bias - log_sum


def exchange_pairs(m_kn: np.ndarray, parity: int, rng: np.random.Generator) -> np.ndarray:
    """Decide on exchanges between windows k and k + 1, for every second k from ``parity`` on.

    The acceptance is that of Sugita, Kitao and Okamoto 2000, J. Chem. Phys. 113:6042:
    min(1, exp{−[m_k(x') + m_k+1(x) − m_k(x) − m_k+1(x')]}).

    Returns
    -------
    ndarray of int, shape (n, 2)
        (k, whether windows k and k + 1 swap).
    """
    decisions = []
    for k in range(parity, len(m_kn) - 1, 2):
        delta = m_kn[k, k + 1] + m_kn[k + 1, k] - m_kn[k, k] - m_kn[k + 1, k + 1]
        decisions.append((k, int(accept(float(delta), rng))))
    return np.array(decisions, dtype=int).reshape(-1, 2)
