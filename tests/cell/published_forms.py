"""The equations of the two papers as they print them: V of its own, sodium by neutrality.

Written from the papers' equations in their units (mV, ms to s, µA/cm², mM), nothing of the package.
"""

import math

import numpy as np
from scipy.integrate import odeint

GNA_L, GNA, GK_L, GK, RHO, PHI = 0.0175, 100.0, 0.05, 40.0, 6.8, 3.0
RT_F = 26.64
AREA_OVER_F = 9.55589e-2  # fmol/s per µA/cm²


def lin(x, c):
    return c if abs(x / c) < 1e-9 else x / (1.0 - math.exp(-x / c))


def gates(v):
    """alpha_m, beta_m, alpha_n, beta_n, alpha_h, beta_h in 1/ms."""
    return (
        0.1 * lin(v + 30, 10),
        4 * math.exp(-(v + 55) / 18),
        0.01 * lin(v + 34, 10),
        0.125 * math.exp(-(v + 44) / 80),
        0.07 * math.exp(-(v + 44) / 20),
        1 / (1 + math.exp(-(v + 14) / 10)),
    )


def currents(v, n, h, inner, outer, p, gcl):
    """I_Na, I_K, I_Cl in µA/cm²; concentrations in the order Na, K, Cl."""
    am, bm = gates(v)[:2]
    m = am / (am + bm)
    e_na, e_k = (RT_F * math.log(outer[i] / inner[i]) for i in (0, 1))
    e_cl = -RT_F * math.log(outer[2] / inner[2])
    pump = p * RHO / ((1 + math.exp((25 - inner[0]) / 3)) * (1 + math.exp(5.5 - outer[1])))
    i_na = (GNA_L + GNA * m**3 * h) * (v - e_na) + 3 * pump
    i_k = (GK_L + GK * n**4) * (v - e_k) - 2 * pump
    return i_na, i_k, gcl * (v - e_cl)


class Buffered:
    """V, n, K_i, Cl_i, D of Huebel & Dahlem 2014; ``vascular`` in place of the glial buffer."""

    w_i, w_o = 2160.0, 720.0
    inner0 = (25.231485, 129.25764, 9.900239)
    outer0 = (125.30555, 4.0, 123.2716)
    start = (-67.193253, 0.069410823, 129.25764, 9.900239, 0.0)
    vascular = False

    def sides(self, y):
        _, _, k, cl, d = y
        inner = (self.inner0[0] + (self.inner0[1] - k) - (self.inner0[2] - cl), k, cl)
        r = self.w_i / self.w_o
        outer = [o + r * (a - b) for o, a, b in zip(self.outer0, self.inner0, inner, strict=True)]
        outer[1] += d
        return inner, outer

    def __call__(self, y, t, p):
        v, n, _, _, d = y
        inner, outer = self.sides(y)
        h = 1 - 1 / (1 + math.exp(-6.5 * (n - 0.35)))
        i_na, i_k, i_cl = currents(v, n, h, inner, outer, p, 0.02)
        _, _, an, bn, _, _ = gates(v)
        rate = 1000 * AREA_OVER_F / self.w_i
        k2 = 5e-5 / (1 + math.exp((15 - outer[1]) / 1.09))
        held = -5e-5 * d - k2 * outer[1] * (500 + d)
        if self.vascular:
            held = 0.03 * (4.0 - outer[1])
        dv = -1000 * (i_na + i_k + i_cl)
        dn = 1000 * PHI * (an * (1 - n) - bn * n)
        return [dv, dn, -rate * i_k, rate * i_cl, held]


class Swelling:
    """V, n, h, N_K, N_Cl, w of Huebel & Ullah 2016."""

    inner0 = (54.6, 277.7, 21.7)
    outer0 = (91.3, 2.8, 89.8)
    x_i, x_o, w_total, tau = 318.0, 40.0, 2880.0, 0.25
    start = (-67.0, 0.070, 0.978, 277.7, 21.7, 2160.0)

    def __init__(self, gcl=0.05):
        self.gcl = gcl

    def amounts(self, y):
        k, cl = y[3], y[4]
        inner = (self.inner0[0] + (self.inner0[1] - k) - (self.inner0[2] - cl), k, cl)
        outer = [o + a - b for o, a, b in zip(self.outer0, self.inner0, inner, strict=True)]
        return inner, outer

    def sides(self, y):
        inner, outer = self.amounts(y)
        w = y[5]
        return [1000 * n / w for n in inner], [1000 * n / (self.w_total - w) for n in outer]

    def __call__(self, y, t, p):
        v, n, h, _, _, w = y
        i_na, i_k, i_cl = currents(v, n, h, *self.sides(y), p, self.gcl)
        inner, outer = self.amounts(y)
        s_i, s_o = sum(inner) + self.x_i, sum(outer) + self.x_o
        _, _, an, bn, ah, bh = gates(v)
        return [
            -1000 * (i_na + i_k + i_cl),
            1000 * PHI * (an * (1 - n) - bn * n),
            1000 * PHI * (ah * (1 - h) - bh * h),
            -AREA_OVER_F * i_k,
            AREA_OVER_F * i_cl,
            (self.w_total * s_i / (s_i + s_o) - w) / self.tau,
        ]


def follow(form, switches, rtol=1e-9):
    """State at the end of each (end of the stretch in s, p)."""

    def rates(y, t, p):
        return form(y.tolist(), t, p)

    y, t, found = np.array(form.start), 0.0, []
    for end, p in switches:
        y = odeint(rates, y, [t, end], args=(p,), rtol=rtol, atol=1e-9, mxstep=10_000_000)[-1]
        t = end
        found.append(y)
    return found
