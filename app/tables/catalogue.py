"""The published tables as an immutable snapshot in memory: the calculation path never asks the database."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any, Literal

from app.calculators.terms import Overlay, RateTable, ReferenceSeries
from app.calculators.windows import BEIJING

MOST_CHOICES = 4096
PUBLICATION = time(9)  # the interbank funding centre publishes at nine o'clock


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


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund and the overlays of its rules."""

    id: str
    title: str
    overlays: tuple[Overlay, ...] = ()
    recorded: frozenset[str] = frozenset()  # digests of the overlays that came into a database in use


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
class SeriesVersion:
    """One version of a reference series and when it became known."""

    series: ReferenceSeries
    published_at: datetime
    known_from: datetime
    content: Mapping[str, Any]

    @property
    def complete_at(self) -> datetime:
        """When the last of its rows had become known."""
        return max(self.known_from, row_known_at(self.series.days[-1]))

    def as_known(self, known_at: datetime) -> ReferenceSeries | None:
        """The rows known at a time, the last of them valid up to the publication that followed; None before any."""
        series = self.series
        known = bisect_right(series.days, known_at, key=row_known_at) if self.known_from <= known_at else 0
        if known in {0, len(series.days)}:
            return series if known else None
        following = date.fromordinal(series.days[known])
        return replace(
            series,
            days=series.days[:known],
            values=series.values[:known],
            confidences=series.confidences[:known],
            holds_until=following,
        )


def row_known_at(day: int) -> datetime:
    """When the value published on an ordinal day became known: nine o'clock in Beijing."""
    return datetime.combine(date.fromordinal(day), PUBLICATION, BEIJING)


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
    instants: tuple[datetime, ...] = field(init=False)  # at which anything became known, in order
    latest_known_at: datetime = field(init=False)
    latest_series: Mapping[str, ReferenceSeries] = field(init=False)
    _choices: dict[tuple[str, int | None, date | None, datetime | None], RateTable] = field(init=False, default_factory=dict, repr=False)
    _pinned: dict[tuple[str, int, int, date | None], RateTable] = field(init=False, default_factory=dict, repr=False)
    _series: dict[int, Mapping[str, ReferenceSeries]] = field(init=False, default_factory=dict, repr=False)
    derived: dict[str, Any] = field(init=False, default_factory=dict, repr=False, compare=False)  # made once by whoever shows it

    def __post_init__(self) -> None:
        """Settle what every calculation without ``known_at`` reads."""
        found = tuple(sorted(set(_instants(self))))
        object.__setattr__(self, "instants", found)
        object.__setattr__(self, "latest_known_at", found[-1] if found else datetime(1970, 1, 1, tzinfo=UTC))
        object.__setattr__(self, "latest_series", _series_known(self.references, self.latest_known_at))

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

        Errors: TableNotFound, StandardNotLoaded, ContentAltered, VersionNotFound, NoVersionInForce.
        """
        asked = (table_id, version, as_of, known_at)
        choice = self._choices.get(asked)
        if choice is None:
            choice = self._choose(*asked)
            if len(self._choices) < MOST_CHOICES:  # the caller names the day: what is remembered has a limit
                self._choices[asked] = choice
        return choice

    def _choose(self, table_id: str, version: int | None, as_of: date | None, known_at: datetime | None) -> RateTable:
        found = self.chosen(table_id, version, as_of, known_at)
        instant = known_at or self.latest_known_at
        standing = found.standing(instant)
        until = found.table.effective_until if standing is None else standing.effective_until
        if instant >= self.latest_known_at and until == found.table.effective_until:
            return found.table
        return self._as_known(found.table, instant, until)

    def _as_known(self, table: RateTable, instant: datetime, until: date | None) -> RateTable:
        """The table with its end and its fund as known at a time; made once, for what is derived from a table is derived once."""
        key = (table.id, table.version, bisect_right(self.instants, instant), until)
        found = self._pinned.get(key)
        if found is None:
            later = {name for name, versions in self.tables.items() if all(one.known_from > instant for one in versions)}
            found = self._pinned[key] = replace(
                table,
                effective_until=until,
                overlays=tuple(one for one in table.overlays if one.known_from <= instant),
                fund_methods={name: method for name, method in table.fund_methods.items() if self._known(name, instant)},
                fund_exempt=frozenset(
                    name for name in table.fund_exempt if any(one.terms.stacking.exempt_direction for one in self._known(name, instant))
                ),
                known_tables=table.known_tables - later,
            )
        return found

    def _known(self, table_id: str, instant: datetime) -> list[RateTable]:
        """The versions of a table that were known at a time."""
        return [one.table for one in self.tables[table_id] if one.known_from <= instant]

    def chosen(self, table_id: str, version: int | None = None, as_of: date | None = None, known_at: datetime | None = None) -> Version:
        """As ``choose``, with the content of the version."""
        instant = known_at or self.latest_known_at
        known = [one for one in self.versions(table_id) if one.known_from <= instant]
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
        stretch = bisect_right(self.instants, known_at)
        found = self._series.get(stretch)
        if found is None:
            found = self._series[stretch] = _series_known(self.references, known_at)
        return found

    def reference(self, name: str) -> tuple[SeriesVersion, ...]:
        """All versions of one series. Errors: SeriesNotFound."""
        try:
            return self.references[name]
        except KeyError:
            raise SeriesNotFound(name, dict.fromkeys(self.references, "")) from None


def newest(versions: Iterable[SeriesVersion]) -> SeriesVersion:
    """The version that became known last; of those that became known at once, the one with the higher number."""
    return max(versions, key=lambda one: (one.known_from, one.series.version))


def _series_known(references: Mapping[str, tuple[SeriesVersion, ...]], known_at: datetime) -> dict[str, ReferenceSeries]:
    """Of each series the version published last by then, with the rows known by then."""
    found: dict[str, ReferenceSeries] = {}
    for name, versions in references.items():
        published = [one for one in versions if one.known_from <= known_at]
        known = newest(published).as_known(known_at) if published else None
        if known is not None:
            found[name] = known
    return found


def _instants(catalogue: Catalogue) -> Iterator[datetime]:
    for fund in catalogue.funds.values():
        yield from (one.known_from for one in fund.overlays)
    for versions in catalogue.tables.values():
        for one in versions:
            yield one.known_from
            yield from (at for at in (one.superseded_at, one.withdrawn_at, one.ended_at) if at is not None)
    for known in catalogue.references.values():
        for version in known:
            yield version.complete_at
            yield from (max(version.known_from, row_known_at(day)) for day in version.series.days)
