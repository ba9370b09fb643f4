"""A month's publication of reference rates: what is added to a series, and what is refused about it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from app.calculators.bilingual import Phrase
from app.calculators.faults.telling import tell
from app.calculators.quantities.calendar import BEIJING
from app.calculators.quantities.money import decimal_text
from app.calculators.terms.code_lists import AUTHORITIES
from app.calculators.terms.model import TermsFault
from app.calculators.wording.labels import word
from app.tables.files.file_values import given
from app.tables.files.reference_series import ValuesAre, figure, is_far, miswritten, too_far, values_are


def appended(
    faults: list[TermsFault], place: str, series: Mapping[str, Any], before: Sequence[Mapping[str, Any]], at: datetime, kind: ValuesAre
) -> list[Mapping[str, Any]]:
    """All rows of the new version: those given whole as ``rows``, or the present ones and those to ``add``.

    A row to be added is refused when its day is there already, out of order or not yet come, and when its value lies
    far from the one before it and the row does not say ``confirmed: 'true'``.
    """
    rows, add = series.get("rows"), series.get("add")
    if (rows is None) == (add is None):
        faults.append(TermsFault(place, tell("ROWS_OR_ADD")))
        return []
    if rows is not None:
        listed = rows if isinstance(rows, list) else []
        today = at.astimezone(BEIJING).date().isoformat()
        for no, row in enumerate(listed):
            if isinstance(row, Mapping) and isinstance(row.get("on"), str) and row["on"] > today:
                faults.append(TermsFault(f"{place}/rows/{no}/on", tell("DAY_NOT_YET_COME", day=row["on"])))
        faults += _far_rows(f"{place}/rows", listed, before, kind)
        return listed
    if not before:
        faults.append(TermsFault(f"{place}/add", tell("SERIES_NOT_PUBLISHED")))
    if not isinstance(add, list):
        faults.append(TermsFault(f"{place}/add", tell("LIST_HERE")))
        return []
    made, days = list(before), {row["on"] for row in before}
    for no, row in enumerate(add):
        if not isinstance(row, Mapping) or set(row) - {"on", "value", "confidence", "confirmed"}:
            faults.append(TermsFault(f"{place}/add/{no}", tell("SHOULD_BE", wanted="{on, value, confidence, confirmed}")))
            continue
        refused = _refused(made, days, row, at, kind)
        if refused is not None:
            key, message = refused
            faults.append(TermsFault(f"{place}/add/{no}/{key}", message))
            continue  # the rows after it are compared with the last one that is right
        made.append({key: row.get(key) for key in ("on", "value")} | {"confidence": row.get("confidence", "read")})
        days.add(row["on"])
    return made


def _far_rows(place: str, rows: Sequence[Any], before: Sequence[Mapping[str, Any]], kind: ValuesAre) -> Iterator[TermsFault]:
    """Rows of a whole series that lie far from the one before them, but for those that were published so."""
    published = {(one["value"], other["on"], other["value"]) for one, other in pairwise(before)}
    for no, (last, row) in enumerate(pairwise(rows), 1):
        if not (isinstance(last, Mapping) and isinstance(row, Mapping)) or figure(kind, last.get("value")) is None:
            continue
        value = str(last["value"])
        if is_far(kind, value, row) and (value, row.get("on"), row["value"]) not in published:
            yield TermsFault(f"{place}/{no}/value", too_far(value))


def said(
    name: str,
    before: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    holds_until: str,
    head: Mapping[str, Any],
) -> Iterator[tuple[str, str]]:
    """What a proved version of a series changes, in sentences, Chinese and English; beside each new value the one before it.

    ``head`` is what the series says of itself: of a new one it is told.
    """
    kind = values_are(head)
    was, now = ({str(row["on"]): str(row["value"]) for row in one} for one in (before, rows))
    if not was:
        first, last, authority = min(now), max(now), word(AUTHORITIES, head.get("authority"))
        zh, en = f"{name} 首次公布，{first} 至 {last} 共 {len(now)} 个值", f"{name} is new: {len(now)} values from {first} to {last}"
        yield f"{zh}；“{head.get('title')}”，{authority.zh}", f"{en}; “{head.get('title')}”, {authority.en}"
    days = sorted(now)
    for on, value in now.items():
        if on not in was:
            place = bisect_left(days, on)
            earlier = days[place - 1] if place else None
            zh, en = ("", "") if earlier is None else _beside(kind, earlier, now[earlier], value)
            yield f"{name} {on} 公布 {value}{zh}", f"{name}: {value} published on {on}{en}"
        elif was[on] != value:
            moved = _moved(kind, was[on], value)
            yield f"{name} {on} 由 {was[on]} 更正为 {value}，{moved[0]}", f"{name} of {on}: corrected from {was[on]} to {value}, {moved[1]}"
    for on in sorted(was.keys() - now.keys()):
        yield f"{name} 删去 {on} 的 {was[on]}", f"{name} of {on}: {was[on]} is taken away"
    yield f"{name} 有效至 {holds_until}（不含）", f"{name} is valid until {holds_until}, exclusive"


def _beside(kind: ValuesAre, on: str, before: str, now: str) -> tuple[str, str]:
    zh, en = _moved(kind, before, now)
    return f"（此前 {on} 为 {before}，{zh}）", f" ({before} on {on} before it, {en})"


def _moved(kind: ValuesAre, before: str, now: str) -> tuple[str, str]:
    """How far a value lies from another, exact."""
    old, new = figure(kind, before), figure(kind, now)
    assert old is not None
    assert new is not None
    if old == new:
        return "不变", "the same"
    moved = (new - old) * (100 if kind == "PERCENT" else 1)
    text = ("+" if moved > 0 else "-") + decimal_text(abs(moved))
    return (f"{text} 个百分点", f"{text} percentage points") if kind == "PERCENT" else (text, text)


def _refused(
    before: Sequence[Mapping[str, Any]], days: Collection[Any], row: Mapping[str, Any], at: datetime, kind: ValuesAre
) -> tuple[str, Phrase] | None:
    """Which key of a row is refused, and why."""
    try:
        on = date.fromisoformat(str(row.get("on")))
    except ValueError:
        return "on", tell("SHOULD_BE_DAY", given=given(row.get("on")))
    value = figure(kind, row.get("value"))
    if value is None:
        return "value", miswritten(kind, row.get("value"))
    if on > at.astimezone(BEIJING).date():
        return "on", tell("DAY_NOT_YET_COME", day=on)
    if on.isoformat() in days:
        return "on", tell("VALUE_PUBLISHED_ALREADY", day=on)
    if before and on.isoformat() < str(before[-1]["on"]):
        return "on", tell("BEFORE_LAST_PUBLICATION", day=before[-1]["on"])
    last = str(before[-1]["value"]) if before else None
    return ("value", too_far(last)) if is_far(kind, last, row) else None
