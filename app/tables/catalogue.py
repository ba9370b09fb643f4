"""The published tables as an immutable snapshot in memory: the calculation path never asks the database."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any

from app.calculators.terms import Overlay, RateTable, ReferenceSeries
from app.calculators.windows import BEIJING

PUBLICATION = time(9)  # the interbank funding centre publishes at nine o'clock


class CatalogueError(LookupError):
    """What was asked for is not in the catalogue."""


class TableNotFound(CatalogueError):
    """No rate table has this id."""

    def __init__(self, table_id: str) -> None:
        super().__init__(table_id)
        self.table_id = table_id


class BatchNotFound(CatalogueError):
    """No batch has this id."""


class SeriesNotFound(CatalogueError):
    """No reference series has this name."""


class VersionNotFound(CatalogueError):
    """The table has no such version (known at that time); ``existing`` lists those it has."""

    def __init__(self, version: int, existing: tuple[int, ...]) -> None:
        super().__init__(str(version))
        self.version = version
        self.existing = existing


class NoVersionInForce(CatalogueError):
    """No version applies on the day; ``periods`` lists (version, from, until) of those known."""

    def __init__(self, as_of: date, periods: tuple[tuple[int, date, date | None], ...]) -> None:
        super().__init__(as_of.isoformat())
        self.as_of = as_of
        self.periods = periods


class StandardNotLoaded(CatalogueError):
    """The direction exists, but its standards were not loaded; ``reason`` says why."""

    def __init__(self, table_id: str, reason: str) -> None:
        super().__init__(table_id)
        self.table_id = table_id
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund and the overlays of its rules."""

    id: str
    title: str
    overlays: tuple[Overlay, ...] = ()


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
class Version:
    """One version of a table: parsed, as published, and until when it was known to stand."""

    table: RateTable
    content: str  # canonical JSON
    superseded_at: datetime | None = None
    superseded_by: int | None = None
    withdrawn_at: datetime | None = None

    def stands(self, known_at: datetime) -> bool:
        """Whether, as known at that time, the version was published and not replaced or withdrawn."""
        return (
            self.table.published_at <= known_at
            and (self.superseded_at is None or known_at < self.superseded_at)
            and (self.withdrawn_at is None or known_at < self.withdrawn_at)
        )

    @property
    def raw(self) -> Any:
        """The version's content as it was published."""
        return json.loads(self.content)


@dataclass(frozen=True, slots=True)
class SeriesVersion:
    """One version of a reference series and when it became known."""

    series: ReferenceSeries
    published_at: datetime
    content: Mapping[str, Any]

    @property
    def complete_at(self) -> datetime:
        """When the last of its rows had become known."""
        return max(self.published_at, row_known_at(self.series.days[-1]))

    def as_known(self, known_at: datetime) -> ReferenceSeries | None:
        """The rows known at a time, the last of them valid up to the publication that followed; None before any."""
        series = self.series
        known = bisect_right(series.days, known_at, key=row_known_at) if self.published_at <= known_at else 0
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
    latest_known_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    latest_series: Mapping[str, ReferenceSeries] = field(init=False)

    def __post_init__(self) -> None:
        """Settle what every calculation without ``known_at`` reads."""
        object.__setattr__(self, "latest_series", _series_known(self.references, self.latest_known_at))

    def versions(self, table_id: str) -> tuple[Version, ...]:
        """All versions of a table. Errors: TableNotFound, StandardNotLoaded."""
        direction = self.directions.get(table_id)
        if direction is None:
            raise TableNotFound(table_id)
        found = self.tables.get(table_id)
        if not found:
            raise StandardNotLoaded(table_id, direction.not_loaded or "")
        return found

    def choose(self, table_id: str, version: int | None = None, as_of: date | None = None, known_at: datetime | None = None) -> RateTable:
        """The version that applies: a named one, or the one in force on ``as_of`` as known at ``known_at``.

        Errors: TableNotFound, StandardNotLoaded, VersionNotFound, NoVersionInForce.
        """
        table = self.chosen(table_id, version, as_of, known_at).table
        instant = known_at or self.latest_known_at
        if instant >= self.latest_known_at:
            return table
        known = tuple(one for one in table.overlays if one.published_at <= instant)
        return table if len(known) == len(table.overlays) else replace(table, overlays=known)

    def chosen(self, table_id: str, version: int | None = None, as_of: date | None = None, known_at: datetime | None = None) -> Version:
        """As ``choose``, with the content of the version."""
        instant = known_at or self.latest_known_at
        known = [one for one in self.versions(table_id) if one.table.published_at <= instant]
        if version is not None:
            for one in known:
                if one.table.version == version:
                    return one
            raise VersionNotFound(version, tuple(one.table.version for one in known))
        assert as_of is not None, "either version or as_of"
        standing = [one for one in known if _in_force(one.table, as_of) and one.stands(instant)]
        if len(standing) != 1:
            periods = tuple((one.table.version, one.table.effective_from, one.table.effective_until) for one in known)
            raise NoVersionInForce(as_of, periods)
        return standing[0]

    def batch(self, batch_id: str) -> Batch:
        """One batch. Errors: BatchNotFound."""
        try:
            return self.batches[batch_id]
        except KeyError:
            raise BatchNotFound(batch_id) from None

    def series(self, known_at: datetime | None = None) -> Mapping[str, ReferenceSeries]:
        """The reference series as known at a time: of each the last version published by then."""
        if known_at is None or known_at >= self.latest_known_at:
            return self.latest_series
        return _series_known(self.references, known_at)

    def reference(self, name: str) -> tuple[SeriesVersion, ...]:
        """All versions of one series. Errors: SeriesNotFound."""
        try:
            return self.references[name]
        except KeyError:
            raise SeriesNotFound(name) from None


def _series_known(references: Mapping[str, tuple[SeriesVersion, ...]], known_at: datetime) -> dict[str, ReferenceSeries]:
    """Of each series the version published last by then, with the rows known by then."""
    found: dict[str, ReferenceSeries] = {}
    for name, versions in references.items():
        published = [one for one in versions if one.published_at <= known_at]
        known = max(published, key=lambda one: one.published_at).as_known(known_at) if published else None
        if known is not None:
            found[name] = known
    return found


def _in_force(table: RateTable, on: date) -> bool:
    return table.effective_from <= on and (table.effective_until is None or on < table.effective_until)
