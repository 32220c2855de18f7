"""What a row of the validation is, what it is computed from, and what came out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Tier = Literal["quick", "default", "full"]
TIERS: tuple[Tier, ...] = ("quick", "default", "full")

Criterion = Literal["z", "absolute", "relative", "range", "reported"]
Verdict = Literal["pass", "fail", "reported", "not run"]

MARKS = {
    "V": "seen at its source",
    "C": "computed independently of this program",
    "M": "quoted from memory, not checked at its source",
}


@dataclass(frozen=True)
class Target:
    """What a row is held against.

    Attributes
    ----------
    criterion : {"z", "absolute", "relative", "range", "reported"}
        ``z``: agreement within three standard errors of both; ``absolute`` and ``relative``: within
        ``tolerance``; ``range``: from ``low`` to ``high``; ``reported``: printed and not judged.
    value : float or None
        None for a range, and where the row computes its own exact value.
    uncertainty : float
        One standard error of ``value``.
    low, high : float
        Ends of a range; infinite where it has none.
    tolerance : float
    beyond : float
        Standard errors by which a value must lie inside of a range.
    largest_error : float
        A row whose standard error is above it, or unknown, tells too little to pass.
    """

    criterion: Criterion
    value: float | None = None
    uncertainty: float = 0.0
    low: float = -math.inf
    high: float = math.inf
    tolerance: float = math.nan
    beyond: float = 0.0
    largest_error: float = math.inf


@dataclass(frozen=True)
class Row:
    """One number, what it is held against, and how it is computed.

    Attributes
    ----------
    id : str
        ``section.name``, unique.
    section, title, unit : str
    target : Target
    source, mark : str
        Where the target comes from; V, C or M (see ``MARKS``).
    tier : {"quick", "default", "full"}
        The first tier that runs it.
    compute : str
        Function of the section's module, ``Context -> Computed``.
    settings : mapping
        What decides the computation, beside the code and the seed.
    stage : str or None
        The stage that it reads.
    needs : tuple of str
        Files of ``--data`` that it reads.
    packages : tuple of str
        Modules that must be installed.
    known : str
        Why it fails, where that is known.
    """

    id: str
    section: str
    title: str
    unit: str
    target: Target
    source: str
    mark: str
    tier: Tier
    compute: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    stage: str | None = None
    needs: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    known: str = ""


@dataclass(frozen=True)
class Stage:
    """A computation that several rows read; its pieces are stored as they are done.

    Attributes
    ----------
    name, section, title : str
    compute : str
        Function of the section's module, ``Context -> anything``; empty for a run file.
    run : str
        Run file in ``sections/``, or the name of a shipped one; empty for a function.
    settings : mapping
        For a run file, ``set``: a list of ``key=value`` changes to it.
    cpu_seconds : float
        What it costs, about.
    packages : tuple of str
    """

    name: str
    section: str
    title: str
    compute: str = ""
    run: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    cpu_seconds: float = 1.0
    packages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Rows of one kind; ``name`` is that of its module and of its table in ``sections/``."""

    name: str
    title: str
    text: str
    rows: tuple[Row, ...]
    stages: Mapping[str, Stage] = field(default_factory=dict)


@dataclass(frozen=True)
class Computed:
    """What a row's function found.

    Attributes
    ----------
    value : float
    error : float
        One standard error; 0 for a number without one (an energy), nan where it is unknown.
    dof : float
        Degrees of freedom of ``error``, replicas less one; infinite where it is exact.
    n_eff : float
        Effective samples, nan where the word means nothing.
    note : str
    target, target_error : float
        Of a row whose exact value is computed with it; None for a target of the table.
    """

    value: float
    error: float = 0.0
    dof: float = math.inf
    n_eff: float = math.nan
    note: str = ""
    target: float | None = None
    target_error: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """A row with its verdict.

    Attributes
    ----------
    row : Row
    verdict : {"pass", "fail", "reported", "not run"}
    computed : Computed or None
        None where nothing was computed.
    z : float
        Normal deviate of the difference, nan where there is no error.
    reason : str
        Why it fails or was not run.
    cpu_seconds : float
    stored : bool
        Whether an earlier command computed it.
    """

    row: Row
    verdict: Verdict
    computed: Computed | None = None
    z: float = math.nan
    reason: str = ""
    cpu_seconds: float = 0.0
    stored: bool = False

    @property
    def target(self) -> float | None:
        """The value that it was held against, None for a range."""
        if self.row.target.value is not None or self.computed is None:
            return self.row.target.value
        return self.computed.target

    @property
    def target_error(self) -> float:
        """Standard error of :attr:`target`."""
        if self.row.target.value is not None or self.computed is None:
            return self.row.target.uncertainty
        return self.computed.target_error
