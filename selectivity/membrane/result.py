"""What every result of this room can do: tell itself in words, as JSON, as a table, as a figure."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from selectivity.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Columns = Mapping[str, Sequence[Any] | np.ndarray]


class Result(ABC):
    """A frozen dataclass of numbers with :meth:`lines`, :meth:`record` and :meth:`columns`.

    Keys and column names carry their unit, as in ``v_mV`` and ``c_in_mM``.
    """

    @abstractmethod
    def lines(self) -> list[str]:
        """The result in words and numbers with units, a line each."""

    @abstractmethod
    def record(self) -> dict[str, Any]:
        """The result with its inputs by name; arrays and infinite numbers are allowed."""

    @abstractmethod
    def columns(self) -> Columns:
        """The result as a table: columns of one length by their name."""

    def draw(self, figure: Figure) -> None:
        """Fill an empty figure.

        Raises
        ------
        InputError
            Nothing to draw; a result with a figure has a method of its own.
        """
        rule = "is asked of a result that has a figure"
        raise InputError("plot", type(self).__name__, rule, "leave the plot out")

    def as_dict(self) -> dict[str, Any]:
        """:meth:`record` as plain data for JSON; None where there is no finite number."""
        return {key: json_ready(value) for key, value in self.record().items()}

    def summary(self) -> str:
        """:meth:`lines` as one text."""
        return "\n".join(self.lines())

    def to_json(self, path: str | Path | None = None) -> str:
        """:meth:`as_dict` as JSON text, written to ``path`` if there is one."""
        text = json.dumps(self.as_dict(), indent=2, ensure_ascii=False, allow_nan=False)
        return _written(text + "\n", path)

    def to_csv(self, path: str | Path | None = None) -> str:
        """:meth:`columns` as CSV text with a line of names, written to ``path`` if there is one."""
        columns = self.columns()
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(_cells(column) for column in columns.values()), strict=True))
        return _written(stream.getvalue(), path)

    def plot(
        self, path: str | Path | None = None, size: tuple[float, float] = (6.4, 4.0)
    ) -> Figure:
        """The figure of the result (inches), written to ``path`` (PNG, PDF or SVG) if given.

        Raises
        ------
        InputError
            Another suffix, a path that cannot be written, or a result without a figure.
        """
        from selectivity.plotting import new_figure, save_figure

        figure = new_figure(*size)
        self.draw(figure)
        if path is not None:
            with _writing(path):
                save_figure(figure, path)
        return figure


def json_ready(value: Any) -> Any:
    """Plain dictionaries, lists, texts and numbers; None for a number that is not finite."""
    if isinstance(value, Mapping):
        return {key: json_ready(part) for key, part in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return json_ready(value.tolist())
    if isinstance(value, list | tuple):
        return [json_ready(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _cells(column: Sequence[Any] | np.ndarray) -> list[Any]:
    """Numbers with all their digits, nothing where there is no number."""
    values = column.tolist() if isinstance(column, np.ndarray) else list(column)
    return ["" if isinstance(v, float) and math.isnan(v) else v for v in values]


def _written(text: str, path: str | Path | None) -> str:
    if path is not None:
        with _writing(path):
            Path(path).write_text(text, encoding="utf-8")
    return text


@contextlib.contextmanager
def _writing(path: str | Path) -> Iterator[None]:
    """Turns a failure of the file system into an :class:`InputError` that names the path."""
    try:
        yield
    except OSError as error:
        rule = f"can be written: {error.strerror or error}"
        raise InputError("file", str(path), rule, "name another path") from None
