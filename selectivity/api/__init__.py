"""One function per job: check, run, scan, analyse, ratio, report, filter_iv, resident_ions, status,
validate, verify, export, water_potential, benchmark.

Functions take paths and plain values and return records with ``as_dict()``; the command line and
the scripts of ``analysis/`` are thin over them.
"""

from selectivity.api.analysis import Analysis, analyse
from selectivity.api.benchmark import benchmark
from selectivity.api.export import Exported, export
from selectivity.api.files import check, new
from selectivity.api.filter_iv import Pore, SampledAxis, filter_iv, filter_profile
from selectivity.api.liquid import DropletSettings, WaterPotential, water_potential
from selectivity.api.ratios import RatioReport, ratio
from selectivity.api.report import Report, report
from selectivity.api.residents import ResidentIons, resident_ions
from selectivity.api.running import run
from selectivity.api.scan import Scan, scan
from selectivity.api.status import Status, status
from selectivity.api.structure import (
    StructureReport,
    import_structure,
    list_structures,
    show_structure,
)
from selectivity.api.validate import validate
from selectivity.api.verify import Verification, verify
from selectivity.records import Estimate

__all__ = [
    "Analysis",
    "DropletSettings",
    "Estimate",
    "Exported",
    "Pore",
    "RatioReport",
    "Report",
    "ResidentIons",
    "SampledAxis",
    "Scan",
    "Status",
    "StructureReport",
    "Verification",
    "WaterPotential",
    "analyse",
    "benchmark",
    "check",
    "export",
    "filter_iv",
    "filter_profile",
    "import_structure",
    "list_structures",
    "new",
    "ratio",
    "report",
    "resident_ions",
    "run",
    "scan",
    "show_structure",
    "status",
    "validate",
    "verify",
    "water_potential",
]
