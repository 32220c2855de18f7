"""``scan``: a run file over one or two axes of values, to a curve or a map."""

from selectivity.api.scan.carrying_out import scan
from selectivity.api.scan.result import Scan

__all__ = ["Scan", "scan"]
