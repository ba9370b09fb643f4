"""What may happen to a fact on its way: it is left out, sent as null, spelled otherwise, dated later or earlier, or moved in its list."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.calculators.terms.model import Measure
from tests.search.model import Path, Spot, at, changed, name_of, spots, without

Json = dict[str, Any]

KINDS = ("remove", "remove all", "null", "respell", "unseen", "post-date", "pre-date", "rate", "reorder")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A request that says the same or less than another."""

    kind: str
    field: str  # ``contracts[].drawdowns[].on``
    how: str
    body: Json


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "trailing blank": lambda text: f"{text} ",
    "leading blank": lambda text: f" {text}",
    "no-break space": lambda text: f"{text}\u00a0",
    "full-width": lambda text: "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text),
    "lower case": str.lower,
    "upper case": str.upper,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "inner double blank": lambda text: text.replace(" ", "  "),
}
UNSEEN: Mapping[str, Callable[[str], str]] = {
    "zero-width space": lambda text: f"{text[:1]}\u200b{text[1:]}",
    "soft hyphen": lambda text: f"{text}\u00ad",
    "right-to-left mark": lambda text: f"{text}\u200f",
    "private use": lambda text: f"{text}\ue000",
}


def variants(body: Json, measures: Mapping[str, Mapping[str, Measure]]) -> Iterator[Variant]:
    """Every variant of a request, field by field."""
    found = list(spots(body, measures))
    for spot in found:
        yield from _left_out(body, spot)
        value = at(body, spot.path)
        match spot.shape:
            case "ID" | "CODE" | "TABLE":
                yield from _respelled(body, spot, value)
            case "RATE":
                yield from _same_rate(body, spot, value)
            case "DATE" | "INSTANT":
                if spot.path not in {("application_date",), ("application_at",)}:
                    yield from _dated(body, spot, value)
            case "LIST" if len(value or ()) > 1:
                yield Variant(kind="reorder", field=spot.name, how="reversed", body=changed(body, spot.path, value[::-1]))
                if len(value) > 2:
                    yield Variant(kind="reorder", field=spot.name, how="rotated", body=changed(body, spot.path, [*value[1:], value[0]]))
    yield from _left_out_everywhere(body, found)


def _left_out(body: Json, spot: Spot) -> Iterator[Variant]:
    if not spot.optional:
        return
    yield Variant(kind="remove", field=spot.name, how=_here(spot), body=without(body, spot.path))
    if isinstance(spot.path[-1], str) and at(body, spot.path) is not None:
        yield Variant(kind="null", field=spot.name, how=_here(spot), body=changed(body, spot.path, None))


def _left_out_everywhere(body: Json, found: list[Spot]) -> Iterator[Variant]:
    """The same field of every entry of a list: of both items, not of one."""
    alike: dict[str, list[Spot]] = {}
    for spot in found:
        if spot.optional and isinstance(spot.path[-1], str):
            alike.setdefault(spot.name, []).append(spot)
    for name, places in alike.items():
        if len(places) > 1:
            lacking = body
            for spot in places:
                lacking = without(lacking, spot.path)
            yield Variant(kind="remove all", field=name, how=f"all {len(places)}", body=lacking)


def _here(spot: Spot) -> str:
    return "/" + "/".join(map(str, spot.path))


def _respelled(body: Json, spot: Spot, value: Any) -> Iterator[Variant]:
    if not isinstance(value, str):
        return
    for kind, ways in (("respell", SPELLINGS), ("unseen", UNSEEN)):
        for how, spell in ways.items():
            other = spell(value)
            if other != value:
                yield Variant(kind=kind, field=spot.name, how=f"{_here(spot)} {how}", body=changed(body, spot.path, other))
    if len(spot.path) > 1 and spot.path[-2] in {"keys", "measures"}:  # the key itself can be misspelt too
        key = str(spot.path[-1])
        for how, spell in SPELLINGS.items():
            if spell(key) != key:
                holder = at(body, spot.path[:-1])
                renamed = {spell(one) if one == key else one: inner for one, inner in holder.items()}
                made = changed(body, spot.path[:-1], renamed)
                yield Variant(kind="respell", field=f"{name_of(spot.path)} (its name)", how=f"{_here(spot)} {how}", body=made)


def _same_rate(body: Json, spot: Spot, value: Any) -> Iterator[Variant]:
    text = str(value)
    padded = [f"{text}0", f"{text}00"] if "." in text else [f"{text}.0", f"{text}.00"]
    for other in (one for one in padded if len(one.partition(".")[2]) <= 8):  # as many decimals as a rate may have
        yield Variant(kind="rate", field=spot.name, how=f"{_here(spot)} {other}", body=changed(body, spot.path, other))


# --- dates ------------------------------------------------------------------------------------------

_ENDS = {"from": "until", "period_from": "period_until", "signed_on": "matures_on", "started_on": "completed_on"}
"""The end of the period that a date begins: it moves along."""


def _dated(body: Json, spot: Spot, value: Any) -> Iterator[Variant]:
    if value is None:
        return
    applied = date.fromisoformat(body["application_date"])
    on = datetime.fromisoformat(value).date() if spot.shape == "INSTANT" else date.fromisoformat(value)
    for kind, days in (("post-date", (1, 45, 400)), ("pre-date", (1, 45, 400, 1200))):
        for by in days:
            day = applied + timedelta(days=by) if kind == "post-date" else on - timedelta(days=by)
            if kind == "post-date" and day <= on:
                continue
            text = day.isoformat() if spot.shape == "DATE" else f"{day.isoformat()}{value[10:]}"
            moved = _moved_along(body, spot.path, on, day)
            made = changed(moved, spot.path, text)
            yield Variant(kind=kind, field=spot.name, how=f"{_here(spot)} {value} to {text}", body=made)
            alone = changed(body, spot.path, text)
            if alone != made:
                yield Variant(kind=kind, field=spot.name, how=f"{_here(spot)} {value} to {text}, its end as it was", body=alone)


def _moved_along(body: Json, path: Path, on: date, day: date) -> Json:
    """The request in which the end of a period follows its beginning, where it would come before it."""
    end = _ENDS.get(str(path[-1]))
    holder = at(body, path[:-1])
    if end is None or not isinstance(holder, dict) or holder.get(end) is None:
        return body
    until = date.fromisoformat(holder[end])
    return changed(body, (*path[:-1], end), (until + (day - on)).isoformat())
