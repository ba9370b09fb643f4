"""From rows to the catalogue: each row is read and checked once for a process; no calculation asks the database.

``Stock`` keeps what was read. After a publication it reads what was added, and the new catalogue shares everything else
with the one before it. The terms of a version are parsed when they are first asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from sqlmodel import Session

from app.calculators.terms.model import Overlay
from app.tables.catalogue.integrity import Said, fault_of_content, fault_of_series, fault_of_version
from app.tables.catalogue.new_rows import KNOWN_BY, Key, Rows, unread
from app.tables.catalogue.row_values import Read, Shared, direction_of, overlay_of, rate_table, read, series_version_of, since, standing_of
from app.tables.catalogue.series_history import SeriesVersion
from app.tables.catalogue.snapshot import Batch, Catalogue, Direction, Fund, Standing, Version


@dataclass(slots=True)
class _Altered:
    """Stored rows that do not match their digests, and by which of them what is not calculated with."""

    rows: list[str] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    funds: dict[str, str] = field(default_factory=dict)
    series: dict[str, str] = field(default_factory=dict)

    def passes(self, spoils: dict[str, str], key: str, name: str, fault: Said | None) -> bool:
        """Whether a row is intact; one that is not is noted as what spoils ``key``."""
        if fault is not None:
            self.rows.append(name)
            spoils.setdefault(key, name)
        return fault is None


class _LaidOut(NamedTuple):
    """Directions and batches, made of rows of their own and of the methods that the versions say."""

    methods: Mapping[str, str]
    directions: dict[str, Direction]
    batches: dict[str, Batch]
    altered: dict[str, str]  # batches of which the last notice was altered, and its row


class Stock:
    """Every published row that this process has read, checked against its digest, and what was made of it."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._keys: dict[str, set[Key]] = {name: set() for name in KNOWN_BY}
        self._values = 0
        self._altered = _Altered()
        self._unreadable: dict[str, datetime] = {}
        self._funds: dict[str, str] = {}
        self._overlays: dict[str, dict[tuple[str, int], tuple[Any, Overlay]]] = {}
        self._batches: dict[str, Any] = {}
        self._notices: dict[str, tuple[str, Any, Mapping[str, Any] | None]] = {}  # the last of each batch
        self._directions: dict[str, Any] = {}
        self._later: dict[str, dict[int, Any]] = {}  # what was said of directions later
        self._laid_out: _LaidOut | None = None
        self._versions: dict[str, dict[int, Read]] = {}
        self._events: dict[str, dict[tuple[int, str], Any]] = {}
        self._standings: dict[str, dict[int, tuple[Standing, ...]]] = {}
        self._series: dict[str, dict[int, SeriesVersion]] = {}
        self._shared: dict[str, Shared] = {}
        self._made: dict[str, tuple[tuple[Any, ...], tuple[Version, ...]]] = {}

    def unread(self, session: Session) -> tuple[Rows, bool]:
        """The rows that are not in the stock yet: what the database has to answer."""
        return unread(session, self._keys, self._values)

    def catalogue_with(self, rows: Rows, anew: bool) -> Catalogue:
        """Take rows in and make the catalogue of all; what was altered in the database is left out and named.

        Errors: TermsError should the stored content of an overlay not parse, which loading prevents.
        """
        if anew:
            self._begin()
        for name, columns in KNOWN_BY.items():
            self._keys[name].update(tuple(getattr(row, column) for column in columns) for row in rows.get(name, ()))
        self._funds.update({row.id: row.title for row in rows.get("fund", ())})
        self._directions.update({row.rate_table: row for row in rows.get("direction", ())})
        for row in rows.get("direction_version", ()):
            fault = fault_of_content(row.content, row.digest)
            if self._altered.passes(self._altered.tables, row.rate_table, f"direction_version {row.rate_table} {row.version}", fault):
                self._later.setdefault(row.rate_table, {})[row.version] = row
        if any(rows.get(name) for name in ("batch", "batch_version", "direction", "direction_version")):
            self._laid_out = None
        self._take_overlays(rows.get("overlay_version", ()))
        self._take_batches(rows)
        self._take_versions(rows)
        self._take_series(rows)
        return self._catalogue()

    # --- rows taken in

    def _take_overlays(self, rows: Sequence[Any]) -> None:
        for row in rows:
            fault = fault_of_content(row.content, row.digest)
            if self._altered.passes(self._altered.funds, row.fund_id, f"overlay_version {row.id} {row.version}", fault):
                self._overlays.setdefault(row.fund_id, {})[row.id, row.version] = (row, overlay_of(row))

    def _take_batches(self, rows: Rows) -> None:
        """What a later notice says of a batch stands in its place."""
        said = [(row.id, f"batch {row.id}", row) for row in rows.get("batch", ())]
        later = sorted(rows.get("batch_version", ()), key=lambda row: int(row.version))
        said += [(row.batch_id, f"batch_version {row.batch_id} {row.version}", row) for row in later]
        for batch, name, row in said:
            content = json.loads(row.content) if fault_of_content(row.content, row.digest) is None else None
            self._notices[batch] = (name, row, content)
        self._batches.update({row.id: row for row in rows.get("batch", ())})

    def _take_versions(self, rows: Rows) -> None:
        for row in rows.get("rate_table_version", ()):
            name = f"rate_table_version {row.rate_table} {row.version}"
            if self._altered.passes(self._altered.tables, row.rate_table, name, fault_of_version(row._mapping)):
                self._versions.setdefault(row.rate_table, {})[row.version] = read(row, name, self._unreadable)
        for row in rows.get("version_event", ()):
            self._events.setdefault(row.rate_table, {})[row.version, row.kind] = row
        stood = sorted(rows.get("version_standing", ()), key=lambda row: (row.rate_table, row.id))
        for table, its in groupby(stood, key=lambda row: str(row.rate_table)):
            found: dict[int, tuple[Standing, ...]] = {}
            for row in its:
                found[row.version] = (*found.get(row.version, ()), standing_of(row))
            self._standings[table] = found
        for name in ("rate_table_version", "version_event", "version_standing"):
            for row in rows.get(name, ()):
                self._made.pop(row.rate_table, None)

    def _take_series(self, rows: Rows) -> None:
        values: dict[tuple[str, int], list[Any]] = {}
        for row in sorted(rows.get("reference_rate", ()), key=lambda row: row.on):
            values.setdefault((row.series, row.version), []).append(row)
            self._values += 1
        for head in sorted(rows.get("reference_rate_version", ()), key=lambda row: (row.series, row.version)):
            before = self._series.get(head.series, {}).get(head.version - 1)
            mine = values.get((head.series, head.version), [])
            fault = fault_of_series(head._mapping, [row._mapping for row in mine], None if before is None else before.digest)
            if self._altered.passes(self._altered.series, head.series, f"reference_rate_version {head.series} {head.version}", fault):
                self._series.setdefault(head.series, {})[head.version] = series_version_of(head, mine, before)

    # --- the catalogue made of them

    def _catalogue(self) -> Catalogue:
        methods = {name: versions[max(versions)].method for name, versions in self._versions.items() if versions}
        if self._laid_out is None or self._laid_out.methods != methods:
            self._laid_out = self._lay_out(methods)
        directions, batches, altered_batches = self._laid_out.directions, self._laid_out.batches, self._laid_out.altered
        funds = {name: self._fund(name, title) for name, title in sorted(self._funds.items())}
        tables = self._tables(directions, batches, funds, methods)
        spoilt = self._spoilt(tables, directions, batches, altered_batches)
        references = {
            name: tuple(versions[number] for number in sorted(versions))
            for name, versions in sorted(self._series.items())
            if name not in self._altered.series
        }
        return Catalogue(
            funds=funds,
            batches=batches,
            directions=directions,
            tables={name: versions for name, versions in tables.items() if name not in spoilt},
            references=references,
            altered=(*self._altered.rows, *altered_batches.values()),
            spoilt=spoilt,
            unreadable=self._unreadable,
        )

    def _fund(self, name: str, title: str) -> Fund:
        overlays = [made for _, made in sorted(self._overlays.get(name, {}).items())]
        recorded = frozenset(row.digest for row, _ in overlays if row.recorded_at is not None)
        return Fund(name, title, tuple(overlay for _, overlay in overlays), recorded)

    def _lay_out(self, methods: Mapping[str, str]) -> _LaidOut:
        """The directions in order, and the batches by year."""
        listed = sorted(self._directions.values(), key=lambda row: (row.batch_id, row.position, row.rate_table))
        directions = {}
        for row in listed:
            later = [said for _, said in sorted(self._later.get(row.rate_table, {}).items())]
            directions[row.rate_table] = direction_of(row, later, methods.get(row.rate_table))
        mine: dict[str, list[Direction]] = {}
        for direction in directions.values():
            mine.setdefault(direction.batch, []).append(direction)
        found, altered = {}, {}
        for row in sorted(self._batches.values(), key=lambda row: (row.year, row.id)):
            name, said, content = self._notices[row.id]
            if content is None:
                altered[row.id] = name
            own = tuple(mine.get(row.id, ()))
            found[row.id] = Batch(
                id=row.id, fund=row.fund_id, year=row.year, title=said.title, digest=said.digest, content=content or {}, directions=own
            )
        return _LaidOut(methods, directions, found, altered)

    def _tables(
        self, directions: Mapping[str, Direction], batches: Mapping[str, Batch], funds: Mapping[str, Fund], methods: Mapping[str, str]
    ) -> dict[str, tuple[Version, ...]]:
        """The versions of each table; those of before where nothing that they rest on has changed."""
        shared = self._shared_of(directions, batches, funds, methods)
        found = {}
        for name in sorted(self._versions):
            direction = directions[name]
            batch = batches[direction.batch]
            common = shared[batch.fund]
            rests_on = (direction, batch.fund, batch.year, common)
            made = self._made.get(name)
            if made is None or made[0][:3] != rests_on[:3] or made[0][3] is not common:
                made = self._made[name] = (rests_on, tuple(self._versions_of(name, direction, batch, common)))
            found[name] = made[1]
        return found

    def _shared_of(
        self, directions: Mapping[str, Direction], batches: Mapping[str, Batch], funds: Mapping[str, Fund], methods: Mapping[str, str]
    ) -> dict[str, Shared]:
        """What the tables of each fund share; the very same as before where it is equal, so that nothing has to be made again."""
        exempt = frozenset(name for name, versions in self._versions.items() if any(one.exempt for one in versions.values()))
        of_fund: dict[str, dict[str, str]] = {name: {} for name in funds}
        for name in sorted(methods):  # of published versions only: since when a direction without standards is known is nowhere said
            of_fund[batches[directions[name].batch].fund][name] = methods[name]
        loaded = frozenset(methods)
        for name, fund in funds.items():
            new, before = Shared(fund.overlays, of_fund[name], exempt, loaded), self._shared.get(name)
            if before is None or new != before:
                self._shared[name] = new
        return self._shared

    def _versions_of(self, table: str, direction: Direction, batch: Batch, shared: Shared) -> Iterator[Version]:
        events, standings = self._events.get(table, {}), self._standings.get(table, {})
        for number, one in sorted(self._versions[table].items()):
            row = one.row
            superseded, withdrawn, ended = (events.get((number, kind)) for kind in ("SUPERSEDED", "WITHDRAWN", "ENDED"))
            yield Version(
                rate_table(one, direction, batch, shared),
                row.content,
                known_from=row.recorded_at or row.published_at,
                standings=standings.get(number, ()),
                superseded_at=since(superseded),
                superseded_by=superseded.by_version if superseded else None,
                withdrawn_at=since(withdrawn),
                ended_at=since(ended),
                ends_on=ended.ends_on if ended else None,
                exempt=one.exempt,
            )

    def _spoilt(
        self,
        tables: Mapping[str, Sequence[Version]],
        directions: Mapping[str, Direction],
        batches: Mapping[str, Batch],
        altered_batches: Mapping[str, str],
    ) -> dict[str, str]:
        """The tables that rest on an altered row: their own, their batch's, one of their fund's or of a series that they name."""
        altered, found = self._altered, {}
        if not altered.rows and not altered_batches:
            return {}
        for name, direction in directions.items():
            batch = batches[direction.batch]
            named = _series_named(tables.get(name, ()), altered.series)
            by = [altered.tables.get(name), altered_batches.get(batch.id), altered.funds.get(batch.fund), *map(altered.series.get, named)]
            first = next((one for one in by if one is not None), None)
            if first is not None:
                found[name] = first
        return found


def read_catalogue(session: Session) -> Catalogue:
    """The whole catalogue, read anew; what was altered in the database is left out and named. Errors: TermsError as of ``Stock``."""
    stock = Stock()
    return stock.catalogue_with(*stock.unread(session))


def _series_named(versions: Sequence[Version], altered: Mapping[str, str]) -> list[str]:
    """Which of some series the versions of a table or their overlays name."""
    if not altered:
        return []
    every = [version.table.terms for version in versions] + [one.terms for version in versions for one in version.table.overlays]
    return sorted({series for terms in every for series in terms.series if series in altered})
