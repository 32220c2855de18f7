"""The guided problems of ``analysis/``, loaded as modules."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from selectivity import resources


def problem(name: str) -> ModuleType:
    """``problem_NAME.py`` of the analysis folder."""
    path = resources.folder("analysis") / f"problem_{name}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
