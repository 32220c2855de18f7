"""``membrane iv-filter``: the current-voltage curve of a filter that was sampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from selectivity.api.compute import Computed
from selectivity.api.one_filter import one_filter
from selectivity.api.stored import StoredRun
from selectivity.errors import InputError
from selectivity.estimators.profile import fill_gaps
from selectivity.membrane import Solution
from selectivity.membrane.electrodiffusion import AxisProfile, FilterCurve, filter_current
from selectivity.permeation.measured import BULK_DIFFUSION
from selectivity.system.spec import FilterSpec

BULK_SOURCE = "bulk at 298 K: Yu et al. 2010 J Chem Theory Comput 6:774, Table 2"
CM2_S = 1e-9
"""m²/s of 1e-5 cm²/s, the unit of the table of bulk diffusion coefficients."""


@dataclass(frozen=True)
class SampledAxis:
    """Profile of one filter of a run for :func:`selectivity.membrane.filter_current`.

    ``converged`` is the verdict on the filter's ratio; ``warnings`` say what is to be known of the
    sampling.
    """

    profile: AxisProfile
    composition: str
    converged: bool
    warnings: tuple[str, ...]


def filter_profile(path: str | Path, system: str | None = None) -> SampledAxis:
    """Levelled potentials of mean force of a filter of a run folder.

    The interval is the interior that the run file fixed; f(z) and ΔG in bulk water are those of
    the headline ratio. Replicas with an empty bin in the interior are left out, and named.

    Parameters
    ----------
    path : path
        Run folder.
    system : str, optional
        Name of a filter; the headline without one.

    Raises
    ------
    InputError
        Not a run folder, no such filter, or nothing sampled yet.
    StoreError
        A damaged folder.
    """
    run, found = one_filter(path, system)
    return _axis(run, found.stored.spec.name, found)


def _axis(run: StoredRun, name: str, c: Computed) -> SampledAxis:
    profiles, ratio, spec = c.profiles, c.ratio, c.stored.spec
    assert profiles is not None
    assert ratio is not None
    assert c.reference is not None
    assert isinstance(spec, FilterSpec)
    a = ratio.a
    w = {ion: fill_gaps(profiles.z, profiles.of(ion)) for ion in profiles.ions}
    half = 0.5 * profiles.width
    low, high = spec.interior
    inside = (profiles.z + half > low) & (profiles.z - half < high)
    whole = np.all([np.isfinite(rows[:, inside]).all(axis=1) for rows in w.values()], axis=0)
    warnings = [*c.verdict.reasons, *ratio.warnings]
    if c.stored.missing:
        warnings.append(c.stored.missing)
    if not whole.all():
        lost = int((~whole).sum())
        warnings.append(f"{lost} replicas left out: bins of the interior without samples")
    if not whole.any():
        remedy = "continue the run"
        raise InputError(name, 0, "has a replica that fills the interior", remedy)
    profile = AxisProfile(
        z_A=profiles.z,
        w_kJ_mol={ion: rows[whole] for ion, rows in w.items()},
        interval_A=spec.interior,
        temperature_K=profiles.temperature_K,
        levelling_kJ_mol=ratio.levelling(profiles.z),
        bulk_kJ_mol={ion: c.reference.difference(a, ion) for ion in profiles.ions if ion != a},
        reference=a,
        system=f"{name} {spec.composition}",
    )
    converged = c.verdict.converged and not c.stored.missing
    return SampledAxis(profile, str(spec.composition), converged, tuple(dict.fromkeys(warnings)))


@dataclass(frozen=True)
class Pore:
    """What sampling does not tell of a filter; nothing here has a value of its own.

    Parameters
    ----------
    radius_m : float
        Radius of the cross-section to which W refers.
    reduction : float
        D in the pore over D in bulk water, above zero and at most 1.
    bulk_m2_s : mapping of str to float, optional
        Bulk diffusion coefficients; without them those measured at 298 K (K⁺ 1.98e-9, Na⁺
        1.33e-9 m²/s).
    well_kJ_mol : float
        Height of the levelled wells of K⁺ above the baths.

    Raises
    ------
    InputError
        A factor outside 0 ... 1.
    """

    radius_m: float
    reduction: float
    bulk_m2_s: Mapping[str, float] | None = None
    well_kJ_mol: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.reduction <= 1.0:
            raise InputError("reduction", self.reduction, "is above 0 and at most 1")

    @property
    def bulk(self) -> dict[str, float]:
        """Bulk diffusion coefficients in use, m²/s."""
        if self.bulk_m2_s is not None:
            return dict(self.bulk_m2_s)
        return {ion: CM2_S * d for ion, d in BULK_DIFFUSION.items()}

    @property
    def bulk_source(self) -> str:
        """Where they come from."""
        return BULK_SOURCE if self.bulk_m2_s is None else "input"


def filter_iv(
    path: str | Path,
    inside_mM: Mapping[str, float],
    outside_mM: Mapping[str, float],
    pore: Pore,
    voltages_V: ArrayLike,
    system: str | None = None,
) -> FilterCurve:
    """Current-voltage curve of a sampled filter, in pA, with its band over replicas.

    The baths are taken at the temperature of the run. Ions of the baths that were not sampled
    carry no current, and are named. Further arguments and errors as :func:`filter_profile` and
    :func:`selectivity.membrane.electrodiffusion.filter_current`.
    """
    axis = filter_profile(path, system)
    kelvin = axis.profile.temperature_K
    inside, outside = (
        Solution(c, kelvin, name) for c, name in ((inside_mM, "inside"), (outside_mM, "outside"))
    )
    named = tuple(dict.fromkeys((*inside, *outside)))
    ions = [ion for ion in axis.profile.ions if ion in named]
    others = [ion for ion in named if ion not in ions]
    if not ions:
        known = ", ".join(axis.profile.ions)
        raise InputError("inside, outside", list(named), f"hold a sampled ion: {known}")
    bulk = pore.bulk
    for ion in ions:
        if ion not in bulk:
            known = ", ".join(bulk)
            raise InputError(f"diffusion.{ion}", ion, f"has a bulk value; known: {known}")
    curve = filter_current(
        axis.profile,
        inside,
        outside,
        {ion: pore.reduction * bulk[ion] for ion in ions},
        pore.radius_m,
        voltages_V,
        pore.well_kJ_mol,
    )
    inputs = {
        **curve.inputs,
        "reduction": pore.reduction,
        "bulk_diffusion_m2_s": {ion: bulk[ion] for ion in ions},
        "bulk_diffusion_source": pore.bulk_source,
        "composition": axis.composition,
        "converged": axis.converged,
    }
    notes = [f"{', '.join(others)}: not sampled, no current"] if others else []
    return replace(curve, inputs=inputs, warnings=(*curve.warnings, *notes, *axis.warnings))
