"""Validation that ends: lists are measured before their entries are looked at, and looking ends at a hundred faults.

Pydantic alone validates every entry and makes an error of a few hundred bytes of every fault: 20 MB of ``{}`` become
23 GB. The bounds are put into the schema that Pydantic makes of a model, wherever it has an object or a list, so that no
list of the model can be forgotten here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from pydantic import ValidationError, ValidationInfo, ValidatorFunctionWrapHandler
from pydantic_core import PydanticKnownError, SchemaValidator, core_schema

from app import limits
from app.errors import MAX_ERRORS

# Strict validation takes no list for a tuple and no mapping for an object, but that is how JSON writes them.
_WRITTEN_IN_JSON: Final = ("dataclass", "model", "tuple", "list", "enum")
_MEASURED: Final[Mapping[str, str]] = {"tuple": "Tuple", "list": "List", "dict": "Dictionary"}


class _Budget:
    """How many faults are still looked for."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_ERRORS


class BoundedValidator:
    """Reads JSON texts of one schema. What it raises holds all faults, or at least ``MAX_ERRORS`` where it stopped looking."""

    def __init__(self, schema: Any) -> None:
        # Models bring validators of their own, without bounds, which Pydantic would rather use than the schema's.
        self._quick = SchemaValidator(_rewritten(schema, _failing_fast), _use_prebuilt=False)
        self._bounded = SchemaValidator(_rewritten(schema, _bounded), _use_prebuilt=False)

    def read(self, body: bytes) -> Any:
        """Return what a text says that ``json_reader.check_json`` has passed. Errors: Pydantic's ``ValidationError``.

        A short one is read at one go, which is faster, up to the first fault of each list. Any other lets other threads
        go on between its objects.
        """
        if len(body) <= limits.QUICK_BYTES:
            try:
                return self._quick.validate_json(body)
            except ValidationError:
                pass  # there may be more faults
        budget = _Budget()
        read = self._bounded.validate_python(msgspec.json.decode(body), context=budget)
        assert budget.left == MAX_ERRORS, "an object with faults was taken"
        return read


def _rewritten(schema: Any, change: Callable[[dict[str, Any]], Any]) -> Any:
    """The schema with every part of it changed, the innermost first."""
    if isinstance(schema, list | tuple):
        return type(schema)(_rewritten(part, change) for part in schema)
    if not isinstance(schema, dict):
        return schema
    made = {key: part if key == "metadata" else _rewritten(part, change) for key, part in schema.items()}
    return change(made) if isinstance(made.get("type"), str) else made


def _failing_fast(schema: dict[str, Any]) -> Any:
    return {**schema, "fail_fast": True} if schema["type"] in ("tuple", "list") else schema


def _bounded(schema: dict[str, Any]) -> Any:
    kind = schema["type"]
    if kind in _WRITTEN_IN_JSON:
        schema = {**schema, "strict": False}
    if kind in ("dataclass", "model"):
        ref = schema.pop("ref", None)  # whatever refers to the object refers to it with its bounds
        return core_schema.with_info_wrap_validator_function(_within_budget(_names(schema)), schema, ref=ref)
    if kind in _MEASURED and "max_length" in schema:
        return core_schema.no_info_before_validator_function(_measured(_MEASURED[kind], schema["max_length"]), schema)
    return schema


def _names(schema: Any) -> frozenset[str]:
    """The fields of an object, as they are sent."""
    inner = schema["schema"]
    while "fields" not in inner:
        inner = inner["schema"]
    fields = inner["fields"]
    named = fields.items() if isinstance(fields, dict) else ((one["name"], one) for one in fields)
    return frozenset(one.get("validation_alias", name) for name, one in named)


def _within_budget(known: frozenset[str]) -> Callable[[Any, ValidatorFunctionWrapHandler, ValidationInfo], Any]:
    """Make the bound of an object: it is looked at as long as there are faults to be found, and at so many of its unknown fields.

    An object that is not looked at any more is handed on as it is; the faults of earlier ones keep it from being taken.
    """

    def look(value: Any, validate: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        budget: _Budget = info.context  # type: ignore[assignment]
        left = budget.left
        if left <= 0:
            return value
        if isinstance(value, dict) and len(value) > len(known):
            unknown = [name for name in value if name not in known]
            value = {name: part for name, part in value.items() if name in known} | dict.fromkeys(unknown[:left])
        try:
            return validate(value)
        except ValidationError as failure:
            budget.left = left - failure.error_count()  # which counts the faults of what is in it, too
            raise

    return look


def _measured(kind: str, most: int) -> Callable[[Any], Any]:
    def measure(value: Any) -> Any:
        if isinstance(value, list | dict) and len(value) > most:
            raise PydanticKnownError("too_long", {"field_type": kind, "max_length": most, "actual_length": len(value)})
        return value

    return measure
