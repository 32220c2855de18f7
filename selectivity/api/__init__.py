"""One function per job: check, run, analyse, ratio, status.

Functions take paths and plain values and return records with ``as_dict()``; the command line and
the scripts of ``analysis/`` are thin over them.
"""

from selectivity.api.analysis import Analysis, analyse
from selectivity.api.files import check, new
from selectivity.api.ratios import RatioReport, ratio
from selectivity.api.running import run
from selectivity.api.status import Status, status

__all__ = [
    "Analysis",
    "RatioReport",
    "Status",
    "analyse",
    "check",
    "new",
    "ratio",
    "run",
    "status",
]
