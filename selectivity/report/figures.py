"""The figures of a report; each returns a matplotlib ``Figure`` that ``save_figure`` writes."""

from selectivity.report.compositions_plot import compositions_figure
from selectivity.report.diagnostics_plot import diagnostics_figure, identity_figure
from selectivity.report.profile_plot import profile_figure
from selectivity.report.style import save_figure
from selectivity.report.water_plot import water_figure

__all__ = [
    "compositions_figure",
    "diagnostics_figure",
    "identity_figure",
    "profile_figure",
    "save_figure",
    "water_figure",
]
