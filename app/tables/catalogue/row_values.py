"""What single rows say, as the values that calculations read. A row was checked against its digest before it comes here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from sys import intern
from typing import Any, Final, NamedTuple

import msgspec

from app.calculators.terms.model import Overlay, RateTable, Terms, TermsError
from app.calculators.terms.parser import parse_terms
from app.tables.catalogue.series_history import Row, SeriesVersion
from app.tables.catalogue.snapshot import Batch, ContentUnreadable, Direction, Standing

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
_NOT_OF_A_SERIES: Final = ("rows", "extends")
_EVER: Final = datetime.min.replace(tzinfo=UTC)


class Shared(NamedTuple):
    """What a table has in common with the others of its fund."""

    overlays: tuple[Overlay, ...]
    methods: Mapping[str, str]
    exempt: frozenset[str]
    loaded: frozenset[str]


@dataclass(frozen=True, slots=True)
class Read:
    """A version of a table as it was read: its row, and what its content says beside the terms."""

    row: Any
    method: str
    document: str
    authority: str
    exempt: bool
    read_terms: Callable[[], Terms]


def read(row: Any, name: str, unreadable: dict[str, datetime]) -> Read:
    """A version of a table. Where its terms turn out not to be readable, ``unreadable`` says since when."""
    raw = msgspec.json.decode(row.content)
    return Read(
        row,
        intern(str(raw["method"])),
        intern(_document(raw["document"])),
        intern(str(raw["authority"])),
        exempt=(raw["terms"].get("stacking") or {}).get("exempt_direction") == "true",
        read_terms=_TermsOnce(name, row.content, unreadable),
    )


class _TermsOnce:
    """The terms of a version, parsed when they are first asked for; copies of the table share them."""

    __slots__ = ("_content", "_name", "_terms", "_unreadable")

    def __init__(self, name: str, content: str, unreadable: dict[str, datetime]) -> None:
        self._name, self._content, self._unreadable = name, content, unreadable
        self._terms: Terms | None = None

    def __call__(self) -> Terms:
        """Errors: ContentUnreadable where a later release of the service has written them."""
        if self._terms is None:
            try:
                self._terms = parse_terms(json.loads(self._content)["terms"])
            except TermsError as error:
                self._unreadable.setdefault(self._name, datetime.now(UTC))
                raise ContentUnreadable(self._name) from error
        return self._terms


def rate_table(read: Read, direction: Direction, batch: Batch, shared: Shared) -> RateTable:
    row = read.row
    return RateTable(
        id=row.rate_table,
        fund=batch.fund,
        year=batch.year,
        batch=batch.id,
        direction=direction.number or "",
        title=direction.title,
        method=read.method,
        version=row.version,
        digest=row.digest,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        published_at=row.published_at,
        document=read.document,
        authority=read.authority,
        read_terms=read.read_terms,
        overlays=shared.overlays,
        fund_methods=shared.methods,
        fund_exempt=shared.exempt,
        known_tables=shared.loaded,
    )


def direction_of(row: Any, later: Sequence[Any], method: str | None) -> Direction:
    """A direction whose standards were found later has them from its versions; what was said of it later stands in its place."""
    said = json.loads(later[-1].content) if later else _first_said(row)
    reasons = [(_EVER, row.not_loaded), *((one.published_at, json.loads(one.content)["not_loaded"]) for one in later)]
    return Direction(
        rate_table=row.rate_table,
        batch=row.batch_id,
        number=said["no"],
        title=said["title"],
        method=method or said["method"],
        area=said["area"],
        not_loaded=said["not_loaded"] if method is None else None,
        schemes=tuple(said["schemes"]),
        reasons=tuple((at, reason) for at, reason in reasons if reason is not None),
    )


def _first_said(row: Any) -> Mapping[str, Any]:
    said = {"no": row.number, "title": row.title, "method": row.method, "area": row.area, "not_loaded": row.not_loaded}
    return {**said, "schemes": row.schemes.split()}


def overlay_of(row: Any) -> Overlay:
    raw: Mapping[str, Any] = json.loads(row.content)
    period = raw["effective"]
    last = period.get("last_day", "open")
    return Overlay(
        id=row.id,
        title=raw["title"],
        methods=_names(raw.get("methods")),
        facts=_names(raw.get("facts")),
        effective_from=date.fromisoformat(period["first_day"]),
        effective_until=None if last in {None, "open"} else date.fromisoformat(last) + timedelta(days=1),
        known_from=row.recorded_at or row.published_at,
        document=_document(raw.get("document")),
        authority=raw["authority"],
        digest=row.digest,
        terms=parse_terms(raw.get("terms") or {}, overlay=True),
        applies_by=raw.get("applies_by"),
        dated=_first_day((raw.get("document") or {}).get("date")),
    )


def _first_day(said: str | None) -> date | None:
    """The first day that the date of a document, which may be a month or a year, can mean."""
    found = _DATE.fullmatch(said or "")
    return None if found is None else date(int(found[1]), int(found[2] or 1), int(found[3] or 1))


def _names(raw: Any) -> frozenset[str] | None:
    if isinstance(raw, list):
        return frozenset(raw)
    return None if raw in {None, "all"} else frozenset({raw})


def _document(raw: Any) -> str:
    """Title, number and date of a document in one line."""
    parts: Mapping[str, Any] = raw or {}
    return " ".join(str(parts[key]) for key in ("title", "number", "date") if parts.get(key))


def standing_of(row: Any) -> Standing:
    return Standing(row.effective_from, row.effective_until, row.known_from, row.known_until)


def since(event: Any) -> datetime | None:
    return None if event is None else event.recorded_at or event.known_at


def series_version_of(head: Any, values: Sequence[Any], before: SeriesVersion | None) -> SeriesVersion:
    raw = msgspec.json.decode(head.content)
    figures = {row.value: Fraction(row.value) for row in values}  # months of one figure share one number
    return SeriesVersion(
        name=head.series,
        version=head.version,
        digest=head.digest,
        holds_until=head.holds_until,
        published_at=head.published_at,
        known_from=head.recorded_at or head.published_at,
        content={key: value for key, value in raw.items() if key not in _NOT_OF_A_SERIES},
        rows=tuple(Row(row.on.toordinal(), figures[row.value], intern(row.confidence)) for row in values),
        extends=before if "extends" in raw else None,
    )
