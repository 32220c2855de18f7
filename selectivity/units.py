"""Constants and the internal units: Å, kJ/mol, elementary charge, K.

Values are the CODATA ones that :mod:`scipy.constants` carries, written out so that importing the
package does not import SciPy; a test holds the two together.
"""

AVOGADRO = 6.02214076e23  # 1/mol, exact
BOLTZMANN = 1.380649e-23  # J/K, exact
ELEMENTARY_CHARGE = 1.602176634e-19  # C, exact
FARADAY = ELEMENTARY_CHARGE * AVOGADRO  # C/mol
GAS_CONSTANT = BOLTZMANN * AVOGADRO  # J/(mol K)
R_KJ = GAS_CONSTANT / 1000.0  # kJ/(mol K)

KCAL = 4.184  # kJ per kcal (thermochemical)
COULOMB = 332.0637133 * KCAL  # kJ Å / (mol e²), e²N_A/(4πε0)
DEBYE = 0.20819434  # e Å per debye


def rt(temperature_K: float) -> float:
    """Thermal energy RT in kJ/mol at ``temperature_K`` (K)."""
    return R_KJ * temperature_K


def kcal(energy_kcal_mol: float) -> float:
    """Convert kcal/mol to the internal kJ/mol."""
    return energy_kcal_mol * KCAL


def size(n: float) -> str:
    """``n`` bytes in MB or GB."""
    return f"{n / 1e9:.1f} GB" if n >= 1e9 else f"{n / 1e6:.0f} MB"


def duration(seconds: float) -> str:
    """``45 s``, ``12 min``, ``5 h 20 min`` or ``3 days 4 h``."""
    if seconds < 99.5:
        return f"{max(1.0, seconds):.0f} s"
    minutes = round(seconds / 60.0)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} days {hours % 24} h"
