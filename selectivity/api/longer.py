"""Which keys of a run file ask a run folder for more production."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from selectivity.config.run_file import RunFile

TIMES = 4
"""As much production as there was: half the statistical interval."""


def longer(run_file: RunFile, systems: Iterable[str], times: int = TIMES) -> dict[str, Any]:
    """What to write for ``times`` the production, in segments as long as they are.

    Parameters
    ----------
    run_file : RunFile
    systems : iterable of str
    times : int

    Returns
    -------
    dict
        ``times``, and ``set``: ``key=value`` texts for the run file or ``--set``. A system that the
        file does not name, since a list was expanded into it, is asked for by the shared keys.
    """
    found: dict[str, int] = {}
    for name in systems:
        plan = run_file.plans[name]
        named = re.search(rf"^\s+[\"']?{re.escape(name)}[\"']?\s*:", run_file.text, re.MULTILINE)
        place = f"systems.{name}.sampling" if named else "sampling"
        found[f"{place}.production"] = times * plan.production
        found[f"{place}.segments"] = times * plan.segments
    return {"times": times, "set": [f"{key}={value}" for key, value in found.items()]}
