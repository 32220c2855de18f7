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
