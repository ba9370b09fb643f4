"""The published tables as an immutable snapshot in memory: the calculation path never asks the database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.calculators.terms import Overlay, RateTable, ReferenceSeries


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


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that was published, as one immutable value."""

    funds: Mapping[str, Fund] = field(default_factory=dict)
    batches: Mapping[str, Batch] = field(default_factory=dict)
    directions: Mapping[str, Direction] = field(default_factory=dict)
    tables: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    references: Mapping[str, tuple[SeriesVersion, ...]] = field(default_factory=dict)
    latest_known_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)

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
        if as_of is None:
            raise ValueError("either version or as_of")
        standing = [one for one in known if one.stands(instant) and _in_force(one.table, as_of)]
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
        instant = known_at or self.latest_known_at
        found: dict[str, ReferenceSeries] = {}
        for name, versions in self.references.items():
            known = [one for one in versions if one.published_at <= instant]
            if known:
                found[name] = max(known, key=lambda one: one.published_at).series
        return found

    def reference(self, name: str) -> tuple[SeriesVersion, ...]:
        """All versions of one series. Errors: SeriesNotFound."""
        try:
            return self.references[name]
        except KeyError:
            raise SeriesNotFound(name) from None


def _in_force(table: RateTable, on: date) -> bool:
    return table.effective_from <= on and (table.effective_until is None or on < table.effective_until)


def end_of_day(day: date) -> datetime:
    """The last instant of a day in Beijing, for ``known_on``."""
    from app.calculators.windows import BEIJING

    return datetime(day.year, day.month, day.day, tzinfo=BEIJING) + timedelta(days=1) - timedelta(microseconds=1)
