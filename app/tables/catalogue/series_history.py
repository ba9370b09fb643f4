"""Reference series in memory: their versions, and which of their values were known at which time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from fractions import Fraction
from itertools import takewhile
from typing import Any

from app.calculators.quantities.calendar import BEIJING
from app.calculators.terms.model import ReferenceSeries
from app.tables.files.reference_series import values_are

PUBLICATION = time(9)  # the interbank funding centre publishes at nine o'clock


@dataclass(frozen=True, slots=True)
class Row:
    """One published value."""

    day: int  # the ordinal of the day of publication
    value: Fraction
    confidence: str


@dataclass(frozen=True, slots=True, eq=False)
class SeriesVersion:
    """One version of a reference series and when it became known.

    A month adds a version with its own value to the values of the version before (``extends``): 360 months are 360 values.
    """

    name: str
    version: int
    digest: str
    holds_until: date
    published_at: datetime
    known_from: datetime
    content: Mapping[str, Any]  # as stored, without rows
    rows: tuple[Row, ...]  # its own, in order; those of ``extends`` come before them
    extends: SeriesVersion | None = None

    @property
    def series(self) -> ReferenceSeries:
        """All values, as calculations read them. Made for each who asks: ``Catalogue.series`` keeps what is asked for again."""
        rows = list(self._backwards())[::-1]
        return ReferenceSeries(
            series=self.name,
            version=self.version,
            digest=self.digest,
            holds_until=self.holds_until,
            days=tuple(row.day for row in rows),
            values=tuple(row.value for row in rows),
            confidences=tuple(row.confidence for row in rows),
            values_are=values_are(self.content),
        )

    def instants(self) -> Iterator[datetime]:
        """When anything of this version became known: it itself, and values that were published only later."""
        yield self.known_from
        yield from takewhile(lambda known: known > self.known_from, (row_known_at(row.day) for row in self._backwards()))

    def as_known(self, known_at: datetime) -> ReferenceSeries | None:
        """Its rows known at a time, itself being known, the last of them valid up to the publication that followed; None before any."""
        series = self.series
        known = bisect_right(series.days, known_at, key=row_known_at)
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

    def _backwards(self) -> Iterator[Row]:
        """All rows, the last one first."""
        version: SeriesVersion | None = self
        while version is not None:
            yield from reversed(version.rows)
            version = version.extends


def row_known_at(day: int) -> datetime:
    """When the value published on an ordinal day became known: nine o'clock in Beijing."""
    return datetime.combine(date.fromordinal(day), PUBLICATION, BEIJING)


def newest(versions: Iterable[SeriesVersion]) -> SeriesVersion:
    """The version that became known last; of those that became known at once, the one with the higher number."""
    return max(versions, key=lambda one: (one.known_from, one.version))


def series_known(references: Mapping[str, tuple[SeriesVersion, ...]], known_at: datetime) -> dict[str, ReferenceSeries]:
    """Of each series the version published last by then, with the rows known by then."""
    found: dict[str, ReferenceSeries] = {}
    for name, versions in references.items():
        published = [one for one in versions if one.known_from <= known_at]
        known = newest(published).as_known(known_at) if published else None
        if known is not None:
            found[name] = known
    return found
