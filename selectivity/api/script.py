"""What the scripts of analysis/ share: arguments, small runs, figures, errors in words."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selectivity.api.running import run
from selectivity.api.scan import scan
from selectivity.errors import InputError, NotConvergedError, SelectivityError
from selectivity.plotting import save_figure
from selectivity.storage.files import read_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 110
"""Of the pictures: readable on a page of text, and small."""


def parser(doc: str | None, name: str, run: str = "folder of the run") -> argparse.ArgumentParser:
    """Arguments that every script has: ``--run``, ``--out``, ``--format`` and ``--dpi``.

    Parameters
    ----------
    doc : str
        The script's docstring; its first line is the description.
    name : str
        Of the script: ``out/NAME`` is the folder of its files without ``--out``.
    run : str
        What ``--run`` is.
    """
    made = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    made.add_argument("--run", type=Path, metavar="DIR", help=f"{run}; a small one without it")
    made.add_argument("--out", type=Path, default=Path("out") / name, help="folder of the files")
    made.add_argument("--format", choices=("png", "pdf", "svg"), default="png")
    made.add_argument("--dpi", type=int, default=DPI, help=f"dots an inch of a png; {DPI}")
    return made


def carry_out(work: Callable[[argparse.Namespace], bool], given: argparse.Namespace) -> int:
    """Do the work of a script; the exit code of a command.

    0 where ``work`` says that all is converged, 3 where it is not; an error of the program is
    printed, and has its own.
    """
    try:
        Path(given.out).mkdir(parents=True, exist_ok=True)
        converged = work(given)
    except SelectivityError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(InputError("--out", str(given.out), f"can be written: {error}"), file=sys.stderr)
        return InputError.exit_code
    return 0 if converged else NotConvergedError.exit_code


def picture(given: argparse.Namespace, figure: Figure, name: str) -> Path:
    """Write a figure of a script and say where it is."""
    path = save_figure(figure, Path(given.out) / f"{name}.{given.format}", given.dpi)
    print(f"figure: {path}")
    return path


def run_folder(given: argparse.Namespace, name: str, small: Sequence[str]) -> Path:
    """The run that was given, or a small one of the shipped run file ``name`` under ``--out``.

    ``small`` are the changes that make it small, as of ``selectivity run --set``.
    """
    if given.run is not None:
        return Path(given.run)
    print(f"no --run: a small run of {name}, far from converged, in {given.out}")
    return run(name, Path(given.out) / f"{name}.run", small)


def scan_record(given: argparse.Namespace, name: str, small: Sequence[str]) -> dict[str, Any]:
    """The scan in ``given.run`` as ``Scan.as_dict()`` has it, or a small one; prints its table.

    Raises
    ------
    InputError
        Not the folder of a scan.
    """
    from selectivity.report.scan_page import print_scan

    folder = Path(given.run) if given.run is not None else Path(given.out) / f"{name}.scan"
    if given.run is None:
        print(f"no --run: a small scan of {name}, far from converged, in {given.out}")
        scan(name, folder, small)
    path = folder / "scan.json"
    if not path.is_file():
        remedy = f"make it: selectivity scan {name}"
        raise InputError("--run", str(folder), "is the folder of a scan", remedy)
    record: dict[str, Any] = read_json(path)
    print_scan(record, folder)
    return record
