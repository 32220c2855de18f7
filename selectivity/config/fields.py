"""Field types of the run file: a text of the file to a value in internal units.

Each raises pydantic's custom error with a rule and a remedy, never a bare type name.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, get_args

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from selectivity.config.document import nearest, shown
from selectivity.config.quantity import examples, internal_unit, parse_quantity
from selectivity.errors import InputError
from selectivity.geometry.mutations import Ligand
from selectivity.system.spec import Composition, Reservoir, Tether

MAX_COUNT = 10**12
SOFTEST = 0.01
"""kJ/mol/Å²: a spring that lets go for 16 Å at body temperature holds nothing."""
_SITE = re.compile(r"[A-Za-z].*")
_COUNT = re.compile(r"(\d{1,20})(?: sweeps?)?")
_SCALED = re.compile(r"(.+?)\s*[x×*]\s*B-factors?", re.IGNORECASE)


def fault(value: object, rule: str, remedy: str = "") -> PydanticCustomError:
    """The error of a field: what was found, what is needed, what to do."""
    context = {"rule": f"{shown(value)}: {rule}", "remedy": remedy}
    return PydanticCustomError("selectivity", "{rule}; {remedy}", context)


def _read(value: object, dimension: str) -> float:
    try:
        return parse_quantity(value, dimension, "")
    except InputError as error:
        raise fault(value, error.rule, error.remedy) from None


def quantity(
    dimension: str,
    above: float | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    remedy: str = "",
) -> PlainValidator:
    """Validator of a quantity of ``dimension``; the limits are in its internal unit."""
    unit = f" {internal_unit(dimension)}".rstrip()

    def check(value: object) -> float:
        number = _read(value, dimension)
        if above is not None and number <= above:
            raise fault(value, f"must be above {above:g}{unit}", remedy)
        if at_least is not None and number < at_least:
            raise fault(value, f"must be at least {at_least:g}{unit}", remedy)
        if at_most is not None and number > at_most:
            raise fault(value, f"must be at most {at_most:g}{unit}", remedy)
        return number

    return PlainValidator(check)


def _temperature(value: object) -> float:
    number = _read(value, "temperature")
    if not 200.0 <= number <= 500.0:
        remedy = "the models hold for liquid water, 270 to 380 K"
        if 0.0 <= number <= 100.0:
            remedy = f'write "{number:g} degC" if it is degrees Celsius'
        raise fault(value, "must lie between 200 and 500 K", remedy)
    return number


def _orientation(value: object) -> float:
    if value == "free":
        return 0.0
    if isinstance(value, str) and value.strip().isalpha():
        raise fault(value, 'must be "free" or an energy', 'for example "20 kcal/mol"')
    number = _read(value, "energy")
    if number < 0.0:
        raise fault(value, "must not be negative", 'write "free" for carbonyls without the term')
    return number


def count(least: int, most: int = MAX_COUNT) -> PlainValidator:
    """Validator of a whole number from ``least`` to ``most``; ``2000 sweeps`` reads as 2000."""

    def check(value: object) -> int:
        number = value
        if isinstance(value, str) and (match := _COUNT.fullmatch(value.strip())):
            number = int(match[1])
        if isinstance(number, float) and number.is_integer() and abs(number) <= 2**53:
            number = int(number)
        remedy = f"write a whole number from {least} to {most}, without a unit"
        if isinstance(number, bool) or not isinstance(number, int):
            raise fault(value, "must be a whole number", remedy)
        if not least <= number <= most:
            limit = f"at least {least}" if number < least else f"at most {most}"
            raise fault(value, f"must be {limit}", remedy)
        return number

    return PlainValidator(check)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        several = isinstance(value, list | dict)
        remedy = "one text stands here, no list" if several else "put it in quotes if it is one"
        raise fault(value, "must be a text", remedy)
    return value.strip()


def choice(*choices: str) -> PlainValidator:
    """Validator of one of several words."""

    def check(value: object) -> str:
        if value not in choices:
            near = nearest(str(value), choices, "one of")
            raise fault(value, f"must be {' or '.join(choices)}", near)
        return str(value)

    return PlainValidator(check)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise fault(value, "must be true or false", "without quotes")
    return value


def pair_of(what: str, example: str) -> BeforeValidator:
    """Validator of a list of exactly two."""

    def check(value: object) -> object:
        if not isinstance(value, list) or len(value) != 2:
            raise fault(value, f"must be a list of two {what}", f"for example {example}")
        return value

    return BeforeValidator(check)


def _ion(value: object) -> str:
    if value not in Composition.RESIDENTS:
        near = nearest(str(value), Composition.RESIDENTS, "one of")
        raise fault(value, "is not an ion that can be sampled", near)
    return str(value)


def _ion_list(value: object) -> object:
    if not isinstance(value, list) or len(value) < 2:
        raise fault(value, "must be a list of at least two ions", "for example [K, Na]")
    if len({str(ion) for ion in value}) != len(value):
        raise fault(value, "must name every ion once", "delete the repetition")
    return value


def _two_ions(value: object) -> object:
    if isinstance(value, list) and len(value) == 2 and value[0] == value[1]:
        raise fault(value, "must be two different ions", "a ratio to itself is 1")
    return value


def _interior_end(value: object) -> str | float:
    if isinstance(value, str) and _SITE.fullmatch(value.strip()):
        return value.strip()
    return _read(value, "length")


def composition_text(value: object) -> str | None:
    """A composition as a text in brackets, or None where ``value`` is none (an axis list, say).

    ``[K W X W]`` without quotes is a YAML list; what was meant is clear, so it is taken.
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        return None
    if all(isinstance(item, str) and not item.strip().startswith("[") for item in value):
        return "[" + " ".join(value) + "]"
    return None


def _composition(value: object) -> Composition:
    text = composition_text(value)
    if text is None:
        raise fault(value, "must be a composition", 'for example "[K W X W]"')
    try:
        return Composition.parse(text)
    except InputError as error:
        raise fault(error.value, error.rule, error.remedy) from None


def _tether(value: object) -> Tether:
    remedy = 'write "from B-factors", "0.5 x B-factors", "1.6 kcal/mol/angstrom^2" or "rigid"'
    if not isinstance(value, str):
        raise fault(value, "must be a stiffness", remedy)
    text = value.strip()
    if text.lower() == "rigid":
        return Tether("rigid")
    if text.lower() in ("from b-factors", "b-factors"):
        return Tether("bfactor")
    if match := _SCALED.fullmatch(text):
        scale = _read(match[1], "dimensionless")
        if scale <= 0.0:
            raise fault(value, "must scale the stiffness by a positive factor", remedy)
        return Tether("bfactor", scale=scale)
    try:
        k = parse_quantity(text, "force_constant", "")
    except InputError as error:
        rule = error.rule if text[:1].isdigit() else "is not a stiffness"
        raise fault(value, rule, remedy) from None
    if k < SOFTEST:
        raise fault(value, f"must be at least {SOFTEST:g} kJ/mol/angstrom^2", remedy)
    return Tether("uniform", k=k)


def _ring_change(value: object) -> object:
    """One word in place of a mapping is the ligand: ``G77 O: deleted``."""
    if isinstance(value, str):
        return {"ligand": value}
    if not isinstance(value, dict):
        rule = "must be deleted, another ligand, or a mapping"
        raise fault(value, rule, "for example {radius: 2.6 angstrom} or deleted")
    return value


def _ring_changes(value: object) -> object:
    if not isinstance(value, dict):
        rule = "must be a mapping of rings to what is changed"
        raise fault(value, rule, "for example rings: {G77 O: {charge_scale: 0.8}}")
    return value


def _reservoir(value: object) -> str:
    text = value.strip() if isinstance(value, str) else value
    if text not in (known := get_args(Reservoir)):
        raise fault(value, "is not a reservoir of water", nearest(str(text), known, "one of"))
    return str(text)


_LENGTH, _SPRING = examples("length", "3.5"), examples("force_constant", "20")
_CHARGE = 'write for example "0.51 e": that of the carbon, the oxygen has its negative'
_SHARE = "0 switches it off, 1 leaves it as it is"
Length = Annotated[float, quantity("length", at_least=-1000.0, at_most=1000.0, remedy=_LENGTH)]
PositiveLength = Annotated[float, quantity("length", above=0.0, at_most=1000.0, remedy=_LENGTH)]
PositiveForceConstant = Annotated[
    float, quantity("force_constant", at_least=SOFTEST, at_most=1e7, remedy=_SPRING)
]
Concentration = Annotated[
    float, quantity("concentration", at_least=0.0, remedy=examples("concentration", "145"))
]
CarbonylCharge = Annotated[float, quantity("charge", at_least=0.0, at_most=2.0, remedy=_CHARGE)]
Fraction = Annotated[float, quantity("dimensionless", at_least=0.0, at_most=1.0, remedy=_SHARE)]
Scale = Annotated[
    float,
    quantity("dimensionless", at_least=0.0, at_most=3.0, remedy="1 leaves the charges as they are"),
]
Permeability = Annotated[
    float, quantity("dimensionless", at_least=0.0, remedy="relative to that of K, such as 0.04")
]
Temperature = Annotated[float, PlainValidator(_temperature)]
Orientation = Annotated[float, PlainValidator(_orientation)]
CompositionField = Annotated[Composition, PlainValidator(_composition)]
ReservoirField = Annotated[Reservoir, PlainValidator(_reservoir)]
TetherField = Annotated[Tether, PlainValidator(_tether)]
RingLigand = Annotated[Ligand, choice(*get_args(Ligand))]
RingChangeField = BeforeValidator(_ring_change)
RingChangesField = BeforeValidator(_ring_changes)
Text = Annotated[str, PlainValidator(_text)]
Flag = Annotated[bool, PlainValidator(_flag)]
Ion = Annotated[str, PlainValidator(_ion)]
Ions = Annotated[tuple[Ion, ...], BeforeValidator(_ion_list)]
IonPair = Annotated[tuple[Ion, Ion], BeforeValidator(_two_ions), pair_of("ions", "[K, Na]")]
Natural = Annotated[int, count(0)]
Few = Annotated[int, count(0, 1000)]
Positive = Annotated[int, count(1)]
InteriorEnd = Annotated[Any, PlainValidator(_interior_end)]
Caps = Annotated[tuple[Few, Few], pair_of("numbers of waters", "[6, 6]")]
Interior = Annotated[tuple[InteriorEnd, InteriorEnd], pair_of("sites or lengths", "[S3, S1]")]
