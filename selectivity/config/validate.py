"""Runs a model over a node and says what is wrong in the words of the file."""

from __future__ import annotations

import typing
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from selectivity.config.document import Key, Node, nearest, plain, problem_at, shown
from selectivity.config.known import forcefields
from selectivity.errors import Problem

M = TypeVar("M", bound=BaseModel)
_SYNONYMS = {
    "k_theta": "orientation",
    "kappa": "force_constant",
    "k": "force_constant",
    "wall_k": "wall",
    "n_waters": "waters",
    "n_molecules": "molecules",
    "n_carbonyls": "carbonyls",
    "temperature_k": "temperature",
    "force_field": "forcefield",
    "bulk": "reference",
    "sweeps": "production",
    "min": "lower",
    "max": "upper",
}
_PARTS_OF_A_SET = ("water", "water_model", "watermodel", "ion_set", "ion_model")
_EXAMPLES = {
    "temperature": "for example temperature: 310.15 K",
    "ions": "for example ions: [K, Na]",
    "reference": "name the droplet of the same parameter set",
    "structure": "for example structure: kcsa",
    "composition": 'for example composition: "[K W X W]"',
    "interior": "for example interior: [S3, S1]",
    "forcefield": "for example forcefield: charmm36",
}


def validate(model: type[M], node: Node, problems: list[Problem]) -> M | None:
    """The ``model`` of ``node``, or None with what is wrong appended to ``problems``."""
    if not isinstance(node.value, dict):
        message = f"{shown(plain(node))}: needs keys with values"
        remedy = f"its keys: {', '.join(model.model_fields)}"
        problems.append(problem_at(node, (), message, remedy, at_key=node.value is None))
        return None
    empty = list(_empty(node))
    for keys in empty:
        remedy = "give it one, or delete the line"
        problems.append(problem_at(node, keys, "has no value", remedy, at_key=True))
    data = _without(plain(node), empty)
    try:
        found = model.model_validate(data)
    except ValidationError as error:
        found_wrong = [i for i in error.errors(include_url=False) if tuple(i["loc"]) not in empty]
        problems.extend(_problem(model, node, item) for item in found_wrong)
        return None
    return None if empty else found


def _empty(node: Node, keys: tuple[Key, ...] = ()) -> typing.Iterator[tuple[Key, ...]]:
    """Keys of every mapping entry below ``node`` that holds nothing."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            if child.value is None:
                yield (*keys, key)
            else:
                yield from _empty(child, (*keys, key))


def _without(data: Any, empty: list[tuple[Key, ...]]) -> Any:
    for keys in empty:
        inner = data
        for key in keys[:-1]:
            inner = inner[key]
        del inner[keys[-1]]
    return data


def _problem(model: type[BaseModel], node: Node, item: Any) -> Problem:
    keys: tuple[Key, ...] = tuple(item["loc"])
    kind, context = item["type"], item.get("ctx", {})
    if kind == "selectivity":
        return problem_at(node, keys, context["rule"], context["remedy"])
    if kind == "extra_forbidden":
        known = _fields(model, keys[:-1])
        word = str(keys[-1])
        synonym = _SYNONYMS.get(word.lower())
        remedy = f'did you mean "{synonym}"?' if synonym in known else nearest(word, known)
        if word == "<<":
            remedy = "write the keys out: merge keys are not used here"
        elif word.lower() in _PARTS_OF_A_SET and "forcefield" in known and "waters" not in known:
            remedy = (
                "a parameter set brings the water and the ions that were fitted to each other, "
                f"choose one: forcefield: {' or '.join(forcefields())}"
            )
        return problem_at(node, keys, "unknown key", remedy, at_key=True)
    if kind == "missing":
        remedy = _EXAMPLES.get(str(keys[-1]), f"add {keys[-1]}:")
        return problem_at(node, keys, "is missing", remedy)
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        remedy = f"its keys: {', '.join(_fields(model, keys))}"
        return problem_at(node, keys, f"{shown(item['input'])}: needs keys with values", remedy)
    return problem_at(node, keys, f"{shown(item['input'])}: {item['msg']}")


def _fields(model: type[BaseModel], keys: tuple[Key, ...]) -> list[str]:
    """Names of the fields of the model at ``keys`` below ``model``."""
    for key in keys:
        if str(key) in model.model_fields:  # else the name of an entry, which its own model follows
            model = _model_in(model.model_fields[str(key)].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation holds, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in typing.get_args(annotation))
    return next((model for model in found if model is not None), None)
