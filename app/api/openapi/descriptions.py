"""The last hand on the OpenAPI document: what readers show of it, and what generators of clients make of it.

A title is a Chinese name of a field. Readers hide it, so that it is said in the description, too. Generators call
classes by it, so that what becomes a class has it in its description alone and keeps its English name. They take a
field with a default to be always there, so that the default of what may be left out is said in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from app.services.enumerations import ENUMERATIONS, MARK

_REF: Final = "#/components/schemas/"
_LISTS: Final = {tuple(one.codes): name for name, one in ENUMERATIONS.items()}
_SAYS_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


def describe(document: dict[str, Any]) -> None:
    """Finish a document where it stands."""
    for name, schema in document["components"]["schemas"].items():
        _finish(schema, named=name)
    for methods in document["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", ()):
                _finish(parameter["schema"])
                _say(parameter, parameter["schema"].get("title", ""))


def _finish(schema: dict[str, Any], *, named: str = "", optional: bool = False) -> None:
    """Finish a schema and all that is in it; ``named`` where it has a name, ``optional`` where it is a field that may be left out."""
    for part in _parts(schema):
        _finish(part)
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        _finish(field, optional=name not in required)
    title = schema.get("title", "")
    if named or "enum" in schema or schema.get("type") == "object":
        schema.pop("title", None)
    listed = schema.pop(MARK, None) or (None if named else _LISTS.get(tuple(schema.get("enum", ()))))
    if listed:
        for word in ("enum", "type"):
            schema.pop(word, None)
        schema["$ref"] = _REF + listed
    _say(schema, title)
    if optional and "default" in schema:
        default = schema.pop("default")
        if default not in _SAYS_NOTHING:
            _add(schema, f"不填为 {default if isinstance(default, str) else json.dumps(default)}。")


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for word in ("anyOf", "oneOf", "allOf"):
        yield from schema.get(word, ())
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield schema[word]


def _say(schema: dict[str, Any], title: str) -> None:
    """Begin a description with the title, unless it does so already, and go on with the codes of a list."""
    said = schema.get("description", "")
    if title and not said.startswith(title):
        schema["description"] = f"{title}。{said}" if said else title
    for part in (schema, *_parts(schema)) if title else ():
        listed = part.get("$ref", "").removeprefix(_REF)
        if listed in ENUMERATIONS:
            _add(schema, f"{ENUMERATIONS[listed].in_words}。")


def _add(schema: dict[str, Any], sentence: str) -> None:
    said = schema.get("description", "")
    schema["description"] = f"{said}{'' if not said or said.endswith('。') else '。'}{sentence}"
