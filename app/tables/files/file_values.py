"""The values of table files: what each may be and where it stands; a fault never ends the reading."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from app.calculators.bilingual import Phrase
from app.calculators.faults.telling import tell
from app.calculators.terms.model import TermsFault
from app.tables.files.clause_doubts import Doubt
from app.tables.files.term_proofs import Prove, prove_terms
from app.tables.storage import models

Row = (
    models.Fund
    | models.OverlayVersion
    | models.Batch
    | models.BatchVersion
    | models.Direction
    | models.DirectionVersion
    | models.RateTableVersion
    | models.ReferenceRateVersion
    | models.ReferenceRate
    | models.VersionEvent
)
DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(DAY.pattern + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")
_ISSUED = re.compile(r"(?P<year>[12][0-9]{3})(-(?P<month>[0-9]{2})(-(?P<days>[0-9]{2}(、[0-9]{2})*))?)?")
_YEAR = re.compile(r"[12][0-9]{3}")
NUMBER = re.compile(r"[1-9][0-9]{0,5}")
MAX_GIVEN = 60  # characters
SOMEDAY = date(2000, 1, 1)  # stands where a faulty date stood, so that the reading can go on
SOME_INSTANT = datetime(2000, 1, 1, tzinfo=UTC)


def given(raw: Any) -> str:
    """What was written, as a message repeats it: an officer's own text, so that a slip is seen at once, but not at any length."""
    text = repr(raw)
    return text if len(text) <= MAX_GIVEN else f"{text[:MAX_GIVEN]}…"


def key_of(row: Row) -> tuple[Any, ...]:
    """What there can be only one row of."""
    if isinstance(row, models.VersionEvent):
        return (row.rate_table, row.version, row.kind)
    return tuple(getattr(row, column.name) for column in SQLModel.metadata.tables[str(row.__tablename__)].primary_key)


@dataclass(slots=True)
class Entries:
    """What a set of files says, as rows, with every fault that was found."""

    rows: list[Row] = field(default_factory=list)
    faults: list[TermsFault] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)  # of files: what their clauses say otherwise
    tables: list[str] = field(default_factory=list)
    series: dict[str, str] = field(default_factory=dict)  # named by tables, with the place that names it first
    rates: dict[str, str] = field(default_factory=dict)  # of these, the ones that are read as rates
    others: dict[str, str] = field(default_factory=dict)  # tables that rules of tables name, with the place that names them first
    paths: dict[str, Path] = field(default_factory=dict)  # of each file by its name, for whoever looks for a line
    places: dict[tuple[Any, ...], str] = field(default_factory=dict)  # of each row, by its kind and key
    prove: Prove = prove_terms
    published: frozenset[str] = frozenset()  # places of versions that are stored: they were proved when they were published

    def fault(self, place: str, told: Phrase) -> None:
        """Record a fault; reading goes on."""
        self.faults.append(TermsFault(place, told))

    def add(self, place: str, row: Row) -> None:
        """Keep a row that fits its columns and is not there yet."""
        for column in SQLModel.metadata.tables[str(row.__tablename__)].columns:
            most, value = getattr(column.type, "length", None), getattr(row, column.name)
            if most is not None and value is not None and len(value) > most:
                self.fault(place, tell("TOO_LONG", name=column.name, most=most))
        key = (type(row), *key_of(row))
        if key in self.places:
            self.fault(place, tell("TWICE_IN_FILES", what=" ".join(str(part) for part in key[1:])))
        self.places.setdefault(key, place)
        self.rows.append(row)

    def place_of(self, row: Row) -> str:
        """Where a row stands in its file."""
        return self.places[(type(row), *key_of(row))]

    # --- what holds values

    def mapping(self, place: str, raw: Any, words: Collection[str]) -> Mapping[str, Any] | None:
        """Keys and values; each key must be a known word."""
        if not isinstance(raw, Mapping):
            self.fault(place, tell("KEYS_AND_VALUES_HERE"))
            return None
        for key in raw:
            if key not in words:
                self.fault(f"{place}/{key}", tell("UNKNOWN_KEY", words=" ".join(words)))
        return raw

    def mappings(self, place: str, raw: Any, words: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The members of a list of keys and values, each with its place; nothing stands for an empty list."""
        if raw is not None and not isinstance(raw, list):
            self.fault(place, tell("LIST_HERE"))
            return
        for no, one in enumerate(raw or ()):
            found = self.mapping(f"{place}/{no}", one, words)
            if found is not None:
                yield f"{place}/{no}", found

    # --- values; where one is faulty, one that can be gone on with

    def text(self, place: str, raw: Mapping[str, Any], key: str) -> str:
        """A text that is not empty."""
        value = raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(f"{place}/{key}", tell("TEXT_HERE"))
            return ""
        return value

    def perhaps(self, place: str, raw: Mapping[str, Any], key: str) -> str | None:
        """A text, or nothing."""
        return None if raw.get(key) is None else self.text(place, raw, key)

    def one_of(self, place: str, raw: Any, words: Collection[str]) -> str:
        """One of some words."""
        if not isinstance(raw, str) or raw not in words:
            self.fault(place, tell("ONE_OF_WORDS", words=" ".join(words), given=given(raw)))
            return next(iter(words))
        return raw

    def several_of(self, place: str, raw: Any, words: Collection[str]) -> None:
        """A list of some words, or ``all``, which is also meant where nothing stands."""
        if raw is None or raw == "all":
            return
        if not isinstance(raw, list) or not raw:
            self.fault(place, tell("ALL_OR_LIST", words=" ".join(words)))
            return
        for no, one in enumerate(raw):
            self.one_of(f"{place}/{no}", one, words)

    def number(self, place: str, raw: Any) -> int:
        """A whole number from 1."""
        if not isinstance(raw, str) or not NUMBER.fullmatch(raw):
            self.fault(place, tell("WHOLE_FROM_ONE", given=given(raw)))
            return 1
        return int(raw)

    def year(self, place: str, raw: Any) -> int:
        """A year from 1000 to 2999."""
        if not isinstance(raw, str) or not _YEAR.fullmatch(raw):
            self.fault(place, tell("SHOULD_BE_YEAR", given=given(raw)))
            return SOMEDAY.year
        return int(raw)

    def day(self, place: str, raw: Any) -> date:
        """A day YYYY-MM-DD from the year 1000 to 2999."""
        try:
            if isinstance(raw, str) and DAY.fullmatch(raw):
                return date.fromisoformat(raw)
        except ValueError:
            pass
        self.fault(place, tell("SHOULD_BE_DAY", given=given(raw)))
        return SOMEDAY

    def opening(self, place: str, raw: Any) -> date | None:
        """A day, perhaps with a clock time ``2027-04-30T17:00``; None where nothing stands or it is none."""
        if raw is None:
            return None
        day, _, clock = raw.partition("T") if isinstance(raw, str) else ("", "", "")
        faults = len(self.faults)
        found = self.day(place, day or raw)
        if "T" in str(raw) and len(self.faults) == faults and not _CLOCK.fullmatch(clock):
            self.fault(place, tell("NOT_A_CLOCK_TIME", given=given(clock)))
        return found if len(self.faults) == faults else None

    def issued(self, place: str, raw: Any) -> None:
        """The date of a document: a day, several days of a month, a month or a year, as far as it is known."""
        match = _ISSUED.fullmatch(raw) if isinstance(raw, str) else None
        try:
            if match is not None:
                for day in (match["days"] or "01").split("、"):
                    date(int(match["year"]), int(match["month"] or 1), int(day))
                return
        except ValueError:
            pass
        self.fault(place, tell("DAY_MONTH_OR_YEAR", given=given(raw)))

    def instant(self, place: str, raw: Any) -> datetime:
        """An instant with its zone (RFC 3339); in UTC, for SQLite keeps no zone."""
        try:
            if isinstance(raw, str) and _INSTANT.fullmatch(raw):
                return datetime.fromisoformat(raw).astimezone(UTC)
        except ValueError:
            pass
        self.fault(place, tell("SHOULD_BE_INSTANT", given=given(raw)))
        return SOME_INSTANT
