"""The error family: every message names place, value, rule and remedy; each carries an exit code.

Exit codes of the program: 0 done, 2 bad input, 3 not converged, 4 stopped and resumable,
5 damaged store.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class SelectivityError(Exception):
    """Base of every error that a user may meet; ``exit_code`` is what the program returns."""

    exit_code = 2

    def __reduce__(self) -> tuple[Any, ...]:
        """Comes back whole from another process, whatever its own arguments were."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[SelectivityError], args: tuple[Any, ...], state: dict[str, Any]) -> Any:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class InputError(SelectivityError):
    """A value that breaks a rule.

    Parameters
    ----------
    place : str
        Where it stands (file:line:column, argument or field).
    value : object
        What was found.
    rule : str
        What is required there.
    remedy : str
        What to do about it.
    """

    exit_code = 2

    def __init__(self, place: str, value: object, rule: str, remedy: str = "") -> None:
        self.place, self.value, self.rule, self.remedy = place, value, rule, remedy
        text = f"{place}: {value!r}: {rule}"
        super().__init__(f"{text}; {remedy}" if remedy else text)


@dataclass(frozen=True)
class Problem:
    """One fault of a run file, at ``file:line:column`` (both counted from 1)."""

    file: str
    line: int
    column: int
    key: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.key}: {self.message}"
        return f"{text}; {self.remedy}" if self.remedy else text


class RunFileError(SelectivityError):
    """All faults of a run file at once (``problems``)."""

    exit_code = 2

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class StructureFileError(InputError):
    """All faults of a structure file at once (``problems``)."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        first = problems[0]
        super().__init__(first.file, first.key, first.message, first.remedy)
        self.args = ("\n".join(str(problem) for problem in problems),)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.problems,)


class NotConvergedError(SelectivityError):
    """An estimate that did not converge; whatever was computed is still written and flagged."""

    exit_code = 3


class StoppedError(SelectivityError):
    """A run that was asked to stop; the same command continues it."""

    exit_code = 4


class InterruptedRunError(StoppedError):
    """A run that was asked to stop by its user, its time limit or a signal."""


class LostWorkerError(StoppedError):
    """A block whose worker was lost again and again, or a run that lost all workers."""


class WatchdogError(StoppedError):
    """A block of samples that cannot be trusted, and was not stored."""


class StoreError(SelectivityError):
    """A run folder that is damaged or that another version wrote."""

    exit_code = 5
