"""Lets these tests draw samples from the exactly solvable filter of the estimators' tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "estimators"))
