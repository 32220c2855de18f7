"""The overlap of sodium and potassium currents in a simulated action potential of the squid axon.

The factor 4 of Attwell & Laughlin 2001 was taken from squid: near 18.5 °C the axon of Hodgkin and
Huxley gives 3.9 in the space clamp, at its own 6.3 °C 13. An energy budget takes it as ``overlap``.
"""

from __future__ import annotations

START_S = 1e-3
WIDTH_S = 1.5e-3
STRENGTH_A_M2 = 0.3
WINDOW_S = 0.03


def squid_overlap(temperature_K: float) -> float:
    """Sodium load over the least that charges the membrane, of one spike in the space clamp.

    The spike follows a pulse of 1.5 ms and 30 µA/cm², whose own charge is a part of what charges
    the membrane.

    Raises
    ------
    InputError
        No temperature of liquid water, or too warm a one for a spike.
    """
    from selectivity.cell.excitable import pulse, space_clamp, squid_axon

    axon = squid_axon(temperature_K=temperature_K)
    trace = space_clamp(axon, pulse(START_S, WIDTH_S, STRENGTH_A_M2), WINDOW_S)
    return float(trace.cost().overlap)
