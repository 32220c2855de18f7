"""Ion-ligand dimers against minima computed by another program from the same literature tables.

The energy here is written out in plain NumPy and does not use the package's mixing rules.
"""

import numpy as np
import pytest
from scipy.optimize import minimize, minimize_scalar

from selectivity.forcefield import load
from selectivity.units import COULOMB, KCAL

IONS = ("Li", "Na", "K", "Rb", "Cs")

# (ion-O distance in Å, energy in kcal/mol), ion beyond O on the C=O axis
CARBONYL = {
    "charmm36": [
        (1.860, -31.710),
        (2.220, -24.106),
        (2.575, -18.982),
        (2.753, -17.111),
        (2.955, -15.264),
    ],
    "jc-tip3p": [
        (1.867, -35.468),
        (2.247, -26.480),
        (2.616, -20.833),
        (2.768, -19.137),
        (2.939, -17.413),
    ],
    "jc-spce": [
        (1.874, -35.940),
        (2.243, -26.988),
        (2.600, -21.309),
        (2.733, -19.654),
        (2.804, -18.377),
    ],
}

# energy in kcal/mol, ion-O distance in Å
MONOHYDRATE = {
    "jc-tip3p": [
        (-33.8522, 1.902),
        (-24.2936, 2.289),
        (-18.5086, 2.665),
        (-16.7746, 2.822),
        (-15.0756, 2.997),
    ],
    "jc-spce": [
        (-34.6047, 1.924),
        (-25.1007, 2.296),
        (-19.2335, 2.657),
        (-17.5632, 2.792),
        (-16.4925, 2.854),
    ],
    "jc-tip4pew": [
        (-34.5608, 1.859),
        (-24.5771, 2.254),
        (-18.7472, 2.625),
        (-16.9929, 2.782),
        (-15.3905, 2.935),
    ],
    "charmm36": [
        (-34.0045, 1.887),
        (-24.7439, 2.261),
        (-18.8789, 2.624),
        (-16.7701, 2.807),
        (-14.7481, 3.014),
    ],
}


def energy_kcal(ion, molecule, r_ion):
    """Coulomb and Lennard-Jones of an ion at ``r_ion`` with a molecule in its template place."""
    a = ion.sites[0]
    total = 0.0
    for site, position in zip(molecule.sites, molecule.coordinates(), strict=True):
        r = np.linalg.norm(np.asarray(r_ion) - position)
        x = ((a.rmin_half + site.rmin_half) / r) ** 6
        total += COULOMB * a.charge * site.charge / r
        total += np.sqrt(a.epsilon * site.epsilon) * (x * x - 2.0 * x)
    return total / KCAL


@pytest.mark.parametrize("name", CARBONYL)
def test_ion_carbonyl_minima(name):
    ff = load(name)
    r_co = ff.carbonyl.positions[1][2]
    for symbol, (distance, energy) in zip(IONS, CARBONYL[name], strict=True):

        def along_axis(r, ion=ff.ions[symbol]):
            return energy_kcal(ion, ff.carbonyl, (0.0, 0.0, r_co + r))

        found = minimize_scalar(
            along_axis, bounds=(1.5, 4.0), method="bounded", options={"xatol": 1e-8}
        )
        assert found.x == pytest.approx(distance, abs=1e-3)
        assert found.fun == pytest.approx(energy, abs=1e-3)


@pytest.mark.parametrize("name", MONOHYDRATE)
def test_monohydrate_minima(name):
    ff = load(name)
    for symbol, (energy, distance) in zip(IONS, MONOHYDRATE[name], strict=True):

        def everywhere(r_ion, ion=ff.ions[symbol]):
            return energy_kcal(ion, ff.water, r_ion)

        found = minimize(everywhere, (0.3, 0.2, -2.5), method="BFGS", options={"gtol": 1e-7})
        assert found.fun == pytest.approx(energy, abs=1e-3)
        assert np.linalg.norm(found.x) == pytest.approx(distance, abs=1e-3)
