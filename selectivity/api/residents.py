"""``resident_ions``: where the other ions of the single file stand while X is where."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.api.compute import Computed
from selectivity.api.one_filter import one_filter
from selectivity.estimators.members import Residents, residents
from selectivity.estimators.weights import replica_error, replica_mean
from selectivity.permeation.result import finite
from selectivity.system.spec import FilterSpec

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class ResidentIons:
    """Resident ions of one filter of a run.

    ``converged`` is the verdict on the filter's ratio, which does not look at the residents:
    compare how replicas with different starts came out.
    """

    system: str
    composition: str
    pair: tuple[str, str]
    found: Residents
    converged: bool
    _computed: Computed = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: ``rows`` hold the share of a resident in a site, 0 to 1."""
        return {
            "system": self.system,
            "composition": self.composition,
            "ions": list(self.found.ions),
            "residents": list(self.found.members),
            "sites": list(self.found.sites),
            "starts": list(self.found.starts),
            "converged": self.converged,
            "rows": [row for name in self.found.shares for row in self._rows(*name)],
        }

    def _rows(self, ion: str, member: str) -> list[dict[str, Any]]:
        shares = self.found.shares[ion, member]
        mean, error = replica_mean(shares), replica_error(shares)
        starts = np.array(self.found.starts)
        by_start = {
            start: replica_mean(shares[starts == start])
            for start in dict.fromkeys(self.found.starts)
        }
        return [
            {
                "x": ion,
                "x_in": at,
                "resident": member,
                "in": site,
                "share": finite(float(mean[s, t])),
                "error": finite(float(error[s, t])),
                "by_start": {name: finite(float(v[s, t])) for name, v in by_start.items()},
            }
            for t, at in enumerate(self.found.sites_of_x)
            for s, site in enumerate(self.found.sites)
        ]

    def figure(self, title: str = "") -> Figure:
        """Density of the residents against z of X, for both ions of the ratio."""
        from selectivity.report.resident_plot import residents_figure

        assert self._computed.sites is not None
        title = title or f"{self.system} {self.composition}"
        return residents_figure(self.found, self._computed.sites, self.pair, title)


def resident_ions(path: str | Path, system: str | None = None) -> ResidentIons:
    """Where the resident ions of a filter stand while X is at z, and while X is in a site.

    Parameters
    ----------
    path : path
        Run folder.
    system : str, optional
        Name of a filter; the headline without one.

    Raises
    ------
    InputError
        Not a run folder, no such filter, nothing sampled yet, or a file without a resident ion.
    StoreError
        A damaged folder.
    """
    run, c = one_filter(path, system)
    assert isinstance(c.stored.spec, FilterSpec)
    assert c.profiles is not None
    assert c.sites is not None
    found = residents(c.stored.replicas, c.sites, c.profiles.z, c.weights)
    composition = str(c.stored.spec.composition)
    converged = c.verdict.converged and not c.stored.missing
    return ResidentIons(c.stored.spec.name, composition, run.run_file.pair, found, converged, c)
