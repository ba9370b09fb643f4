"""Reference series in files: what their values are, percentages or numbers as exact decimals, days in order (D101)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final, Literal, assert_never

from sqlmodel import Session, col, select

from app.calculators.bilingual import Phrase
from app.calculators.claims.patterns import SERIES_PATTERN
from app.calculators.faults.telling import tell
from app.calculators.quantities.money import decimal_text
from app.calculators.terms import code_lists
from app.tables.files.clause_doubts import Doubt
from app.tables.files.file_values import Entries, given
from app.tables.storage import models
from app.tables.storage.canonical_json import canonical, digest

ValuesAre = Literal["PERCENT", "NUMBER"]
AUTHORITIES: Final = tuple(map(str, code_lists.AUTHORITIES))
VALUES_ARE: Final = ("PERCENT", "NUMBER")  # a rate, 3.45%; or a plain number such as an exchange rate, 7.1879
_PERCENT = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.[0-9]{1,8})?")
_FAR_POINTS = Fraction(30, 100 * 100)  # the prime rates have never moved by more in one month
_FAR_SHARE = Fraction(5, 100)  # nor has the yuan's rate against another currency by more than this part of itself
CONFIRMATION: Final = "confirmed: 'true'"  # as a file or a draft's content says it; a month's request has a field of its own
VERSION = ("version", "published_at", "holds_until", "rows")
ROW = ("on", "value", "confidence", "confirmed")


def values_are(content: Mapping[str, Any]) -> ValuesAre:
    """What the values of a series are, by its stored content; one that does not say so has percentages."""
    return "NUMBER" if content.get("values_are") == "NUMBER" else "PERCENT"


def stored_values_are(session: Session, series: str) -> ValuesAre | None:
    """What the values of a stored series are, the same in all its versions; None where there is no such series."""
    of = models.ReferenceRateVersion
    content = session.exec(select(of.content).where(of.series == series).limit(1)).first()
    return None if content is None else values_are(json.loads(content))


def figure(kind: ValuesAre, raw: Any) -> Fraction | None:
    """The value that a text says, a rate as a decimal fraction; None where it is not written as it should be.

    >>> figure("PERCENT", "3.45%"), figure("NUMBER", "7.1879"), figure("NUMBER", "3.45%")
    (Fraction(69, 2000), Fraction(71879, 10000), None)
    """
    text = str(raw)
    match kind:
        case "PERCENT":
            percent = _PERCENT.fullmatch(text)
            return None if percent is None else Fraction(percent[1]) * Fraction(1, 100)
        case "NUMBER":
            return Fraction(text) if _NUMBER.fullmatch(text) and Fraction(text) > 0 else None
        case unreachable:
            assert_never(unreachable)


def miswritten(kind: ValuesAre, raw: Any) -> Phrase:
    """What is wrong with a value that is not written as it should be."""
    if kind == "PERCENT":
        return tell("SHOULD_BE_PERCENTAGE", given=given(raw))
    return tell("SHOULD_BE_DECIMAL", given=given(raw))


def far(kind: ValuesAre, before: Fraction, now: Fraction) -> bool:
    """Whether a value lies so far from the one before it that it may be mistyped."""
    moved = abs(now - before)
    return moved > _FAR_POINTS or now <= 0 if kind == "PERCENT" else moved > _FAR_SHARE * before


def is_far(kind: ValuesAre, before: Any, row: Mapping[str, Any]) -> bool:
    """Whether a row's value lies far from the one before it and the row does not say that it is right."""
    now, last = figure(kind, row.get("value")), figure(kind, before)
    return now is not None and far(kind, now if last is None else last, now) and row.get("confirmed") != "true"


def too_far(before: str | None) -> Phrase:
    """What is said of such a row."""
    return tell("FAR_FROM_LAST", last=before or "—", confirmation=CONFIRMATION)


def read_series(found: Entries, place: str, raw: Mapping[str, Any]) -> None:
    """The versions of one series, each with all its rows."""
    titles = {key: value for key, value in raw.items() if key != "versions"}
    read_titles(found, place, titles)
    versions = list(found.mappings(f"{place}/versions", raw.get("versions"), VERSION))
    if not versions:
        found.fault(f"{place}/versions", tell("NO_VERSIONS"))
    for at, version in versions:
        read_version(found, at, titles, version)


def read_titles(found: Entries, place: str, titles: Mapping[str, Any]) -> None:
    """What is said of a series beside its versions."""
    name = found.text(place, titles, "series")
    if name and not re.fullmatch(SERIES_PATTERN, name):  # no expression and no contract could name it
        found.fault(f"{place}/series", tell("CODE_SPELLING", given=given(name)))
    found.one_of(f"{place}/authority", titles.get("authority"), AUTHORITIES)
    found.one_of(f"{place}/values_are", titles.get("values_are", "PERCENT"), VALUES_ARE)


def read_version(found: Entries, place: str, titles: Mapping[str, Any], version: Mapping[str, Any], rows: str = "rows") -> None:
    """A version with its rows, which stand under ``rows`` for who reads its faults.

    One that ``extends`` the version before holds the rows that it adds and the digest of that version, whose rows come
    before its own; so its own digest stands for them all.
    """
    text = canonical({**titles, **version})
    holds_until = found.day(f"{place}/holds_until", version.get("holds_until"))
    head = models.ReferenceRateVersion(
        series=str(titles.get("series") or ""),
        version=found.number(f"{place}/version", version.get("version")),
        published_at=found.instant(f"{place}/published_at", version.get("published_at")),
        holds_until=holds_until,
        content=text,
        digest=digest(text),
    )
    found.add(place, head)
    last = _rows(found, f"{place}/{rows}", head, version.get("rows"), values_are(titles))
    if last is None:
        found.fault(f"{place}/{rows}", tell("NO_ROWS"))
    elif holds_until <= last:
        found.fault(f"{place}/holds_until", tell("NOT_AFTER_LAST_PUBLICATION"))


def latest_version(session: Session, series: str) -> models.ReferenceRateVersion | None:
    """The version of a series with the highest number; None where there is no such series."""
    of = models.ReferenceRateVersion
    return session.exec(select(of).where(of.series == series).order_by(col(of.version).desc()).limit(1)).first()


def extended(head: models.ReferenceRateVersion) -> dict[str, str]:
    """How a version names the one that it adds to."""
    return {"version": str(head.version), "digest": head.digest}


def stored_rows(session: Session, head: models.ReferenceRateVersion | None) -> list[dict[str, Any]]:
    """All rows of a version as its file would have them, those of the versions that it adds to included."""
    if head is None:
        return []
    of = models.ReferenceRateVersion
    query = select(of.content).where(of.series == head.series, of.version <= head.version).order_by(col(of.version).desc())
    found: list[list[dict[str, Any]]] = []
    for content in session.exec(query.execution_options(yield_per=50)):  # pragma: no branch - the first version adds to none
        raw = json.loads(content)
        found.append(raw["rows"])
        if "extends" not in raw:
            break
    return [row for rows in reversed(found) for row in rows]


def _rows(found: Entries, place: str, head: models.ReferenceRateVersion, raw: Any, kind: ValuesAre) -> date | None:
    """Add the rows of a version; the day of the last of them."""
    last: date | None = None
    before: str | None = None
    for at, row in found.mappings(place, raw, ROW):
        on = found.day(f"{at}/on", row.get("on"))
        if last is not None and on <= last:
            found.fault(f"{at}/on", tell("NOT_AFTER_ROW_BEFORE", day=last))
        last = on
        figured = figure(kind, row.get("value"))
        if figured is None:
            found.fault(f"{at}/value", miswritten(kind, row.get("value")))
            continue
        if before is not None and is_far(kind, before, row):
            en = f"Far from the value before it, {before}; if it is right, add {CONFIRMATION}"
            found.doubts.append(Doubt(place=f"{at}/value", about=str(row["value"]), zh=too_far(before).zh, en=en, clause=""))
        before = str(row["value"])
        confidence = found.one_of(f"{at}/confidence", row.get("confidence"), ("read", "implied"))
        value = decimal_text(figured)
        found.add(at, models.ReferenceRate(series=head.series, version=head.version, on=on, value=value, confidence=confidence))
    return last
