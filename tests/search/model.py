"""The claim model as a tree of fields, walked by its dataclasses: nothing here names a field of a claim."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from app.calculators.claims import model as facts
from app.calculators.claims import patterns
from app.calculators.terms.model import Measure

Json = dict[str, Any]
Path = tuple[str | int, ...]

OWNERS = {
    "Applicant": "APPLICANT",
    "Contract": "CONTRACT",
    "Drawdown": "DRAWDOWN",
    "Policy": "POLICY",
    "Item": "ITEM",
    "Project": "PROJECT",
    "Investment": "INVESTMENT",
}
"""Which object carries the measures of which level."""

_TEXTS = {
    patterns.MONEY_PATTERN: "MONEY",
    patterns.RATE_PATTERN: "RATE",
    patterns.SPREAD_PATTERN: "RATE",
    patterns.CODE_TEXT_PATTERN: "CODE",
    patterns.SERIES_PATTERN: "CODE",
    patterns.ID_PATTERN: "ID",
    patterns.TABLE_PATTERN: "TABLE",
    patterns.USCC_PATTERN: "TEXT",
    r"^[A-Z]{3}$": "TEXT",  # a currency
    None: "TEXT",
}
"""What a text holds, by its pattern; a pattern that is not here stops the search, so that no field is taken for another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: what it holds, and whether a sender may leave it out."""

    name: str
    shape: str  # MONEY RATE CODE ID TABLE TEXT DATE INSTANT BOOLEAN COUNT CHOICE OBJECT LIST MAP MEASURES
    optional: bool
    objects: tuple[type, ...] = ()  # of OBJECT, and of LIST where its entries are objects
    entry: str = ""  # the shape of a list's entries that are no objects
    choices: tuple[str, ...] = ()
    least: int = 0


@cache
def fields_of(kind: type) -> tuple[Field, ...]:
    """The fields of one object, by the names under which they are sent."""
    hints = get_type_hints(kind)
    return tuple(
        _field(str(one.metadata.get("alias", one.name)), hints[one.name], one.metadata, optional=_has_default(one))
        for one in fields(kind)
        if one.init
    )


def _has_default(one: Any) -> bool:
    return one.default is not MISSING or one.default_factory is not MISSING


def _field(name: str, hint: Any, metadata: Mapping[str, Any], *, optional: bool) -> Field:
    if get_origin(hint) in {Union, types.UnionType}:
        inner = [one for one in get_args(hint) if one is not type(None)]
        hint = inner[0] if len(inner) == 1 else tuple(inner)
    if name == "measures":
        return Field(name=name, shape="MEASURES", optional=optional)
    if isinstance(hint, tuple):
        return Field(name=name, shape="OBJECT", optional=optional, objects=hint)
    if is_dataclass(hint):
        return Field(name=name, shape="OBJECT", optional=optional, objects=(hint,))  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        entry = get_args(hint)[0]
        least = int(metadata.get("min_length", 0))
        if is_dataclass(entry):
            return Field(name=name, shape="LIST", optional=optional, objects=(entry,), least=least)  # type: ignore[arg-type]
        of = _field("", entry, {}, optional=False)
        return Field(name=name, shape="LIST", optional=optional, entry=of.shape, choices=of.choices, least=least)
    if get_origin(hint) is dict:
        return Field(name=name, shape="MAP", optional=optional)
    if get_origin(hint) is Literal:
        return Field(name=name, shape="CHOICE", optional=optional, choices=tuple(map(str, get_args(hint))))
    if hint is str:
        return Field(name=name, shape=_TEXTS[metadata.get("pattern")], optional=optional)
    shapes = {date: "DATE", datetime: "INSTANT", bool: "BOOLEAN", int: "COUNT"}
    return Field(name=name, shape=shapes[hint], optional=optional)


def object_of(field: Field, value: Any) -> type:
    """The dataclass of an object that was sent: of several, the one whose ``kind`` it names."""
    for one in field.objects:
        for own in fields_of(one):
            if own.name == "kind" and own.choices and not own.optional and value.get("kind") not in own.choices:
                break
        else:
            return one
    raise LookupError(field.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place of a request at which something stands."""

    path: Path
    shape: str
    optional: bool  # may be left out: optional fields, entries of lists and maps
    owner: str = ""  # the dataclass that it is a field of

    @property
    def name(self) -> str:
        """The field without the numbers of list entries: ``contracts[].drawdowns[].on``."""
        return name_of(self.path)


def name_of(path: Path) -> str:
    """A path without the numbers of list entries."""
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def spots(body: Json, measures: Mapping[str, Mapping[str, Measure]]) -> Iterator[Spot]:
    """Everything that a request says, from the outside in; ``measures`` are those declared, by the object that carries them."""
    yield from _object(body, facts.Claim, (), measures)


def _object(value: Json, kind: type, path: Path, measures: Mapping[str, Mapping[str, Measure]]) -> Iterator[Spot]:
    for field in fields_of(kind):
        if field.name not in value:
            continue
        here, inner = (*path, field.name), value[field.name]
        yield Spot(path=here, shape=field.shape, optional=field.optional, owner=kind.__name__)
        if inner is None:
            continue
        if field.shape == "OBJECT":
            yield from _object(inner, object_of(field, inner), here, measures)
        elif field.shape == "LIST":
            for no, one in enumerate(inner):
                entry = field.entry or "OBJECT"
                yield Spot(path=(*here, no), shape=entry, optional=len(inner) > field.least, owner=kind.__name__)
                if field.objects:
                    yield from _object(one, object_of(field, one), (*here, no), measures)
        elif field.shape == "MAP":
            yield from (Spot(path=(*here, key), shape="ID", optional=True, owner=kind.__name__) for key in inner)
        elif field.shape == "MEASURES":
            declared = measures.get(OWNERS[kind.__name__], {})
            for key in inner:
                yield Spot(path=(*here, key), shape=_shape_of(declared[key]), optional=True, owner=kind.__name__)


def _shape_of(measure: Measure) -> str:
    """Of a measure; a CODE without listed values is an id."""
    if measure.type == "CODE":
        return "ID" if measure.values is None else "CODE"
    return measure.type


def everything(kind: type = facts.Claim, before: str = "") -> Iterator[str]:
    """The names of all fields that a sender may leave out, at every depth."""
    for field in fields_of(kind):
        name = f"{before}.{field.name}".lstrip(".")
        if field.optional:
            yield name
        inner = f"{name}[]" if field.shape == "LIST" else name
        for one in field.objects:
            yield from everything(one, inner)


def at(body: Any, path: Path) -> Any:
    """What stands at a path."""
    for part in path:
        body = body[part]
    return body


def changed(body: Any, path: Path, value: Any) -> Any:
    """The request with another value at a path; the rest is shared, not copied."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        return [changed(one, rest, value) if no == first else one for no, one in enumerate(body)]
    return {**body, first: changed(body[first], rest, value) if first in body else value}


def without(body: Any, path: Path) -> Any:
    """The request without what stands at a path."""
    first, rest = path[0], path[1:]
    if not rest:
        return [one for no, one in enumerate(body) if no != first] if isinstance(first, int) else {key: body[key] for key in body if key != first}
    return changed(body, (first,), without(body[first], rest))
