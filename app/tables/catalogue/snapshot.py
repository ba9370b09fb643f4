"""The published tables as an immutable snapshot in memory: the calculation path never asks the database."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

from app.calculators.terms.model import Overlay, RateTable, ReferenceSeries
from app.tables.catalogue.bounded_cache import MethodsKnown, Recent, TablesKnown
from app.tables.catalogue.series_history import SeriesVersion, series_known

MOST_CHOICES = 16_384  # of (table, version, day, instant), whatever callers name; a look-up each
MOST_PINNED = 1_024  # tables as known at an earlier time, each a copy that shares all but a few fields
MOST_STRETCHES = 64  # of time between two publications, for each the values that were known of all series: 200 KB of ten years


class CatalogueError(LookupError):
    """What was asked for is not in the catalogue."""


class NotThere(CatalogueError):
    """Nothing has this id; ``known`` are those that there are, with their titles."""

    def __init__(self, asked: str, known: Mapping[str, str]) -> None:
        super().__init__(asked)
        self.asked = asked
        self.known = known


class TableNotFound(NotThere):
    """No rate table has this id; it may be that of management measures (``overlay``), which nothing is calculated with (D42)."""

    def __init__(self, asked: str, known: Mapping[str, str], *, overlay: bool = False) -> None:
        super().__init__(asked, known)
        self.overlay = overlay


class BatchNotFound(NotThere):
    """No batch has this id."""


class SeriesNotFound(NotThere):
    """No reference series has this name."""


class VersionNotFound(CatalogueError):
    """The table has no such version (known at that time); ``existing`` lists those it has, ``later`` since when the version is known."""

    def __init__(self, version: int, existing: tuple[int, ...], later: datetime | None = None) -> None:
        super().__init__(str(version))
        self.version = version
        self.existing = existing
        self.later = later


class NoVersionInForce(CatalogueError):
    """No version applies on the day; ``periods`` lists (version, from, until) of those known.

    ``later`` is the instant since which anything of the table is known, where that is after the instant asked for.
    """

    def __init__(self, as_of: date, periods: tuple[tuple[int, date, date | None], ...], later: datetime | None = None) -> None:
        super().__init__(as_of.isoformat())
        self.as_of = as_of
        self.periods = periods
        self.later = later


class StandardNotLoaded(CatalogueError):
    """The direction exists, but its standards were not loaded; ``reason`` says why."""

    def __init__(self, table_id: str, reason: str) -> None:
        super().__init__(table_id)
        self.table_id = table_id
        self.reason = reason


class ContentAltered(CatalogueError):
    """What the table rests on does not match its digest: it is not calculated with. ``what`` names the stored row."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class ContentUnreadable(CatalogueError):
    """A version is as it was stored, but this release of the service cannot read its terms. ``what`` names the stored row."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def in_place(overlays: Iterable[Overlay], known_at: datetime | None = None) -> tuple[Overlay, ...]:
    """Of each overlay the version that was known last at a time: it stands in the place of those before it, as a whole."""
    known = [one for one in overlays if known_at is None or one.known_from <= known_at]
    return tuple({one.id: one for one in known}.values())


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund and the overlays of its rules."""

    id: str
    title: str
    versions: tuple[Overlay, ...] = ()  # every version of its overlays, those of one overlay as they became known
    recorded: frozenset[str] = frozenset()  # digests of the overlays that came into a database in use

    @property
    def overlays(self) -> tuple[Overlay, ...]:
        """Those that stand now."""
        return in_place(self.versions)


@dataclass(frozen=True, slots=True)
class Direction:
    """One direction of a batch."""

    rate_table: str
    batch: str
    number: str | None
    title: str
    method: str | None
    area: str | None
    not_loaded: str | None
    schemes: tuple[str, ...]
    reasons: tuple[tuple[datetime, str], ...] = ()  # why it had no standards, as known since when

    def without(self, known_at: datetime) -> str | None:
        """Why it had no standards, as known at a time; None where it had them from the first."""
        return next((reason for since, reason in reversed(self.reasons) if since <= known_at), None)


@dataclass(frozen=True, slots=True)
class Batch:
    """One notice of a fund, with its directions in order."""

    id: str
    fund: str
    year: int
    title: str
    digest: str
    content: Mapping[str, Any]
    directions: tuple[Direction, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """In force from … until …, as known from … until …; both half-open."""

    effective_from: date
    effective_until: date | None
    known_from: datetime
    known_until: datetime | None

    def known(self, at: datetime) -> bool:
        """Whether this was known at a time."""
        return self.known_from <= at and (self.known_until is None or at < self.known_until)

    def covers(self, on: date) -> bool:
        """Whether a day lies in the effective period."""
        return self.effective_from <= on and (self.effective_until is None or on < self.effective_until)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a table: parsed, as published, and when it stands, as known when."""

    table: RateTable
    content: str  # canonical JSON
    known_from: datetime
    standings: tuple[Standing, ...]
    superseded_at: datetime | None = None
    superseded_by: int | None = None
    withdrawn_at: datetime | None = None
    ended_at: datetime | None = None
    ends_on: date | None = None  # the last day, where an end of validity was published
    exempt: bool = False  # its terms exempt the table from a single direction (D43)

    def standing(self, known_at: datetime) -> Standing | None:
        """The effective period that the version has, as known at that time; None where it was not known or is gone."""
        return next((one for one in self.standings if one.known(known_at)), None)

    def in_force(self, on: date, known_at: datetime) -> bool:
        """Whether the version applies on a day, as known at that time."""
        standing = self.standing(known_at)
        return standing is not None and standing.covers(on)

    def state(self, known_at: datetime) -> Literal["PUBLISHED", "SUPERSEDED", "WITHDRAWN"]:
        """PUBLISHED, SUPERSEDED or WITHDRAWN, as known at that time."""
        if self.withdrawn_at is not None and self.withdrawn_at <= known_at:
            return "WITHDRAWN"
        if self.superseded_at is not None and self.superseded_at <= known_at:
            return "SUPERSEDED"
        return "PUBLISHED"

    @property
    def raw(self) -> Any:
        """The version's content as it was published."""
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that was published, as one immutable value."""

    funds: Mapping[str, Fund] = field(default_factory=dict)
    batches: Mapping[str, Batch] = field(default_factory=dict)
    directions: Mapping[str, Direction] = field(default_factory=dict)
    tables: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    references: Mapping[str, tuple[SeriesVersion, ...]] = field(default_factory=dict)
    altered: tuple[str, ...] = ()  # stored rows that do not match their digests
    spoilt: Mapping[str, str] = field(default_factory=dict)  # tables that rest on one of them, and on which
    unreadable: dict[str, datetime] = field(default_factory=dict)  # rows of which this release could not read the terms, since when
    instants: tuple[datetime, ...] = field(init=False)  # at which anything became known, in order
    latest_known_at: datetime = field(init=False)
    latest_series: Mapping[str, ReferenceSeries] = field(init=False)
    known_since: Mapping[str, datetime] = field(init=False)  # when the first version of each table became known
    _exempt_since: Mapping[str, datetime] = field(init=False, repr=False)  # and the first that exempts it from one direction (D43)
    _choices: Recent[tuple[str, int | None, date | None, datetime | None], RateTable] = field(init=False, repr=False)
    _pinned: Recent[tuple[str, int, int, date | None], RateTable] = field(init=False, repr=False)
    _series: Recent[int, Mapping[str, ReferenceSeries]] = field(init=False, repr=False)
    derived: dict[str, Any] = field(init=False, default_factory=dict, repr=False, compare=False)  # made once by whoever shows it

    def __post_init__(self) -> None:
        """Settle what every calculation without ``known_at`` reads."""
        found = tuple(sorted(set(_instants(self))))
        object.__setattr__(self, "instants", found)
        object.__setattr__(self, "latest_known_at", found[-1] if found else datetime(1970, 1, 1, tzinfo=UTC))
        object.__setattr__(self, "latest_series", series_known(self.references, self.latest_known_at))
        since = {name: min(one.known_from for one in versions) for name, versions in self.tables.items()}
        exempt = {name: [one.known_from for one in versions if one.exempt] for name, versions in self.tables.items()}
        object.__setattr__(self, "known_since", since)
        object.__setattr__(self, "_exempt_since", {name: min(instants) for name, instants in exempt.items() if instants})
        object.__setattr__(self, "_choices", Recent(MOST_CHOICES))
        object.__setattr__(self, "_pinned", Recent(MOST_PINNED))
        object.__setattr__(self, "_series", Recent(MOST_STRETCHES))

    def versions(self, table_id: str) -> tuple[Version, ...]:
        """All versions of a table. Errors: TableNotFound, StandardNotLoaded, ContentAltered."""
        self.check_intact(table_id)
        direction = self.directions.get(table_id)
        if direction is None:
            overlays = {one.id for fund in self.funds.values() for one in fund.overlays}
            known = {name: one.title for name, one in self.directions.items()}
            raise TableNotFound(table_id, known, overlay=table_id in overlays)
        found = self.tables.get(table_id)
        if not found:
            raise StandardNotLoaded(table_id, direction.not_loaded or "")
        return found

    def check_intact(self, table_id: str) -> None:
        """Errors: ContentAltered where the table rests on what was altered in the database."""
        if table_id in self.spoilt:
            raise ContentAltered(self.spoilt[table_id])

    def choose(self, table_id: str, version: int | None = None, as_of: date | None = None, known_at: datetime | None = None) -> RateTable:
        """The version that applies: a named one, or the one in force on ``as_of`` as known at ``known_at``.

        Errors: TableNotFound, StandardNotLoaded, ContentAltered, ContentUnreadable, VersionNotFound, NoVersionInForce.
        """
        asked = (table_id, version, as_of, known_at)
        return self._choices.get(asked, lambda: self._choose(*asked))

    def _choose(self, table_id: str, version: int | None, as_of: date | None, known_at: datetime | None) -> RateTable:
        found = self.chosen(table_id, version, as_of, known_at)
        assert found.table.terms  # parsed here, where an error is one of the catalogue
        instant = known_at or self.latest_known_at
        standing = found.standing(instant)
        until = found.table.effective_until if standing is None else standing.effective_until
        if instant >= self.latest_known_at and until == found.table.effective_until:
            return found.table
        key = (table_id, found.table.version, bisect_right(self.instants, instant), until)
        return self._pinned.get(key, lambda: self._as_known(found.table, instant, until))

    def _as_known(self, table: RateTable, instant: datetime, until: date | None) -> RateTable:
        """The table with its end and its fund as known at a time; kept, for what is derived from a table is derived once.

        Nothing in it grows with the number of tables: callers name the time, and copies of it may be many.
        """
        return replace(
            table,
            effective_until=until,
            overlays=in_place(self.funds[table.fund].versions, instant),
            fund_methods=MethodsKnown(table.fund_methods, self.known_since, instant),
            fund_exempt=TablesKnown(self._exempt_since, instant),
            known_tables=TablesKnown(self.known_since, instant),
        )

    def chosen(self, table_id: str, version: int | None = None, as_of: date | None = None, known_at: datetime | None = None) -> Version:
        """As ``choose``, with the content of the version."""
        instant = known_at or self.latest_known_at
        known = [one for one in self.versions(table_id) if one.known_from <= instant]
        reason = None if known else self.directions[table_id].without(instant)
        if reason is not None:  # it has its standards since: then they had not been seen
            raise StandardNotLoaded(table_id, reason)
        if version is not None:
            for one in known:
                if one.table.version == version:
                    return one
            later = next((one.known_from for one in self.versions(table_id) if one.table.version == version), None)
            raise VersionNotFound(version, tuple(one.table.version for one in known), later)
        assert as_of is not None, "either version or as_of"
        standing = [one for one in known if one.in_force(as_of, instant)]
        if len(standing) != 1:
            stood = [(one.table.version, one.standing(instant)) for one in known]
            periods = tuple((no, of.effective_from, of.effective_until) for no, of in stood if of is not None)
            later = None if known else min(one.known_from for one in self.versions(table_id))
            raise NoVersionInForce(as_of, periods, later)
        return standing[0]

    def batch(self, batch_id: str) -> Batch:
        """One batch. Errors: BatchNotFound."""
        try:
            return self.batches[batch_id]
        except KeyError:
            raise BatchNotFound(batch_id, {name: one.title for name, one in self.batches.items()}) from None

    def series(self, known_at: datetime | None = None) -> Mapping[str, ReferenceSeries]:
        """The reference series as known at a time: of each the last version published by then."""
        if known_at is None or known_at >= self.latest_known_at:
            return self.latest_series
        return self._series.get(bisect_right(self.instants, known_at), lambda: series_known(self.references, known_at))

    def reference(self, name: str) -> tuple[SeriesVersion, ...]:
        """All versions of one series. Errors: SeriesNotFound."""
        try:
            return self.references[name]
        except KeyError:
            raise SeriesNotFound(name, dict.fromkeys(self.references, "")) from None


def _instants(catalogue: Catalogue) -> Iterator[datetime]:
    for fund in catalogue.funds.values():
        yield from (one.known_from for one in fund.versions)
    for versions in catalogue.tables.values():
        for one in versions:
            yield one.known_from
            yield from (at for at in (one.superseded_at, one.withdrawn_at, one.ended_at) if at is not None)
    for known in catalogue.references.values():
        for version in known:
            yield from version.instants()
