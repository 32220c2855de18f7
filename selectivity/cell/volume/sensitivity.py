"""How a steady state answers to each of its parameters.

The elasticity of an output y to a parameter p is d ln y/d ln p, per cent of y per per cent of p.
For a potential, whose zero is arbitrary in a logarithm, it is dV/d ln p, stated in mV per 1 %.
Derivatives are central differences in ln p at two steps h and h/2, joined by Richardson's formula
(4 D(h/2) − D(h))/3, exact to h⁴; |D(h/2) − D(h)|/3, the error of the finer one, is kept as the
bound of the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from selectivity.cell.volume.cell import PUMP, VolumeCell
from selectivity.cell.volume.rest import volume_rest
from selectivity.errors import InputError
from selectivity.membrane import checks
from selectivity.membrane.result import Columns, Result
from selectivity.membrane.text import aligned

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Numbers = Mapping[str, float]
STEP = 2e-3
POTENTIAL = "_mV"
_FIXED = ("rt_over_f_V", "faraday_C_mol")
_IN_TIME = ("start_", "fixed_charge", "water_")


@dataclass(frozen=True)
class Sensitivities(Result):
    """Derivatives of the outputs of a steady state with respect to its parameters.

    ``rows[parameter][output]`` is (value, bound): an elasticity, or mV per 1 % where the name of
    the output ends in ``_mV``. nan where a neighbour has no steady state or the output is zero.
    ``left_out`` are parameters at zero, which have no relative change.
    """

    name: str
    parameters: Numbers
    outputs: Numbers
    rows: Mapping[str, Mapping[str, tuple[float, float]]]
    left_out: tuple[str, ...]
    step: float

    def value(self, output: str, parameter: str) -> float:
        """Sensitivity of ``output`` to ``parameter``.

        Raises
        ------
        InputError
            A name that is not there.
        """
        if parameter not in self.rows:
            raise InputError("parameter", parameter, "is one of " + ", ".join(self.rows))
        if output not in self.rows[parameter]:
            raise InputError("output", output, "is one of " + ", ".join(self.outputs))
        return self.rows[parameter][output][0]

    def unit(self, output: str) -> str:
        """In what the sensitivities of ``output`` are."""
        return "mV per 1 %" if output.endswith(POTENTIAL) else "% per 1 %"

    @property
    def largest_bound(self) -> float:
        """Largest of the bounds."""
        bounds = [bound for row in self.rows.values() for _, bound in row.values()]
        return max((b for b in bounds if math.isfinite(b)), default=0.0)

    def lines(self) -> list[str]:
        """The table: a row for each parameter."""
        shown = list(self.outputs)
        rows = [
            (name, f"{self.parameters[name]:.6g}", *(_said(row[out][0]) for out in shown))
            for name, row in self.rows.items()
        ]
        units = ("", "", *(self.unit(out) for out in shown))
        out = [f"{self.name}: change of the steady state with 1 % of each parameter"]
        out += aligned(("parameter", "value", *shown), [units, *rows])
        out.append(f"largest error of a difference: {self.largest_bound:.0e}")
        if self.left_out:
            out.append(f"at zero, hence without a relative change: {', '.join(self.left_out)}")
        return out

    def record(self) -> dict[str, Any]:
        """Parameters, outputs and sensitivities."""
        return {
            "name": self.name,
            "parameters": dict(self.parameters),
            "outputs": dict(self.outputs),
            "units": {output: self.unit(output) for output in self.outputs},
            "sensitivities": {
                name: {output: value for output, (value, _) in row.items()}
                for name, row in self.rows.items()
            },
            "bounds": {
                name: {output: bound for output, (_, bound) in row.items()}
                for name, row in self.rows.items()
            },
            "left_out": list(self.left_out),
            "step": self.step,
        }

    def columns(self) -> Columns:
        """A row for each parameter, a column for each output and its bound."""
        names = list(self.rows)
        table: dict[str, list[Any]] = {
            "parameter": names,
            "value": [self.parameters[name] for name in names],
        }
        for output in self.outputs:
            unit = "mV_per_percent" if output.endswith(POTENTIAL) else "elasticity"
            table[f"{output}__{unit}"] = [self.rows[name][output][0] for name in names]
            table[f"{output}__bound"] = [self.rows[name][output][1] for name in names]
        return table

    def draw(self, figure: Figure) -> None:
        """Bars of potential, volume and chloride, as far as there are such."""
        from selectivity.cell.volume.figures import draw_sensitivities

        wanted = [o for o in ("v_mV", "w_um3", "cl_in_mM", "na_in_mM") if o in self.outputs]
        draw_sensitivities(self, figure, tuple(wanted[:3] or list(self.outputs)[:3]))


def sensitivities(
    steady: Callable[[Numbers], Numbers | None],
    parameters: Numbers,
    names: Sequence[str] | None = None,
    step: float = STEP,
    name: str = "steady state",
) -> Sensitivities:
    """Sensitivities of any steady state (module docstring).

    Parameters
    ----------
    steady : callable
        From the values of all parameters to the outputs by name; None where there is no state.
    parameters : mapping of str to float
        Their values.
    names : sequence of str, optional
        Which of them are changed; all without it.
    step : float
        Relative size h of the larger step.
    name : str
        What it is called in words.

    Raises
    ------
    InputError
        No steady state at the parameters themselves, an unknown name, or a step outside 0 to 0.1.
    """
    if not 0.0 < checks.scalar(step, "step") <= 0.1:
        raise InputError("step", step, "lies between 0 and 0.1")
    at = steady(parameters)
    if at is None:
        raise InputError(name, None, "has a steady state", "other parameters may have one")
    chosen = list(parameters if names is None else names)
    for own in chosen:
        if own not in parameters:
            raise InputError("parameter", own, "is one of " + ", ".join(parameters))
    rows = {
        own: _row(steady, parameters, own, at, step) for own in chosen if parameters[own] != 0.0
    }
    return Sensitivities(
        name=name,
        parameters={own: parameters[own] for own in rows},
        outputs=dict(at),
        rows=rows,
        left_out=tuple(own for own in chosen if parameters[own] == 0.0),
        step=step,
    )


def _row(
    steady: Callable[[Numbers], Numbers | None], p: Numbers, own: str, at: Numbers, h: float
) -> dict[str, tuple[float, float]]:
    """(value, bound) of each output for one parameter."""
    coarse, fine = (
        [steady({**p, own: p[own] * math.exp(sign * size)}) for sign in (1.0, -1.0)]
        for size in (h, 0.5 * h)
    )
    found = {}
    for output, y in at.items():
        wide, near = _slope(coarse, output, h), _slope(fine, output, 0.5 * h)
        scale = 0.01 if output.endswith(POTENTIAL) else 1.0 / y if y else math.nan
        found[output] = (scale * (4.0 * near - wide) / 3.0, abs(scale * (near - wide) / 3.0))
    return found


def _slope(pair: Sequence[Numbers | None], output: str, h: float) -> float:
    up, down = pair
    if up is None or down is None:
        return math.nan
    return (up[output] - down[output]) / (2.0 * h)


def volume_sensitivities(cell: VolumeCell, step: float = STEP) -> Sensitivities:
    """Sensitivities of potential, composition, volume and pump current of ``cell`` at rest.

    To every number of the cell that a steady state knows; what only sets the pace, such as the
    permeability of water, and the constants are no parameters of it.

    Raises
    ------
    InputError
        The cell has no steady state.
    """

    def steady(numbers: Numbers) -> Numbers | None:
        rest = volume_rest(cell.with_numbers({n: numbers[n] for n in names}))
        return rest.outputs() if rest.steady else None

    known = cell.numbers()
    names = [n for n in known if n not in _FIXED and not n.startswith(_IN_TIME)]
    first = volume_rest(cell)
    if not first.steady:
        raise InputError(cell.name, first.reason, "has a steady state", "change the pump or bath")
    ordered = sorted(names, key=lambda n: (n.startswith(PUMP), names.index(n)))
    return sensitivities(steady, known, ordered, step, cell.name)


def _said(value: float) -> str:
    return "-" if math.isnan(value) else f"{value + 0.0:+.4f}"
