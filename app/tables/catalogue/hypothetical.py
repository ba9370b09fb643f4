"""The catalogue as it would be if some rows were published: what drafts are tried with, and what their effect is measured by.

Nothing is stored. When a version would stand follows the rules that the database itself keeps (``version_standing``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from app.calculators.terms.code_lists import SUPPORT_METHODS
from app.tables.catalogue.row_values import Shared, direction_of, overlay_of, rate_table, read, series_version_of
from app.tables.catalogue.series_history import SeriesVersion
from app.tables.catalogue.snapshot import Batch, Catalogue, Direction, Fund, Standing, Version
from app.tables.files.file_values import Row
from app.tables.storage import models
from app.tables.storage.write_order import place_of

Kind = TypeVar("Kind")


def supposing(catalogue: Catalogue, rows: Sequence[Row]) -> Catalogue:
    """The catalogue with these rows in it."""
    funds = _funds(catalogue, rows)
    tables = dict(catalogue.tables)
    methods = {row.rate_table: str(json.loads(row.content)["method"]) for row in _of(models.RateTableVersion, rows)}
    directions, batches = _laid_out(catalogue, rows, methods)
    touched = {batches[directions[name].batch].fund for name in methods} | {row.fund_id for row in _of(models.OverlayVersion, rows)}
    for fund in touched:
        shared = _shared(catalogue, funds[fund], directions, batches, methods, rows)
        for name, versions in tables.items():
            if versions[0].table.fund == fund:
                tables[name] = tuple(_sharing(version, directions[name], shared) for version in versions)
        for row in _of(models.RateTableVersion, rows):
            direction = directions[row.rate_table]
            if batches[direction.batch].fund == fund:
                made = _version(row, direction, batches[direction.batch], shared)
                tables[row.rate_table] = (*tables.get(row.rate_table, ()), made)
    for event in sorted(_of(models.VersionEvent, rows), key=lambda one: place_of("version_event", one.model_dump())):
        versions = tables[event.rate_table]
        tables[event.rate_table] = tuple(_after(one, event) if one.table.version == event.version else one for one in versions)
    references = _references(catalogue, rows)
    return Catalogue(
        funds=funds,
        batches=batches,
        directions=directions,
        tables=tables,
        references=references,
        altered=catalogue.altered,
        spoilt=catalogue.spoilt,
        unreadable=catalogue.unreadable,
    )


def _of(kind: type[Kind], rows: Iterable[Any]) -> Iterator[Kind]:
    return (row for row in rows if isinstance(row, kind))


def _funds(catalogue: Catalogue, rows: Sequence[Row]) -> dict[str, Fund]:
    funds = {**catalogue.funds, **{row.id: Fund(row.id, row.title) for row in _of(models.Fund, rows)}}
    for row in _of(models.OverlayVersion, rows):
        fund = funds[row.fund_id]
        versions = tuple(sorted((*fund.versions, overlay_of(row)), key=attrgetter("id")))  # of one id, the new one stays the last
        funds[row.fund_id] = replace(fund, versions=versions, recorded=fund.recorded | {row.digest})
    return funds


def _laid_out(catalogue: Catalogue, rows: Sequence[Row], methods: Mapping[str, str]) -> tuple[dict[str, Direction], dict[str, Batch]]:
    directions, batches = dict(catalogue.directions), dict(catalogue.batches)
    for row in _of(models.Batch, rows):
        batches[row.id] = Batch(
            id=row.id, fund=row.fund_id, year=row.year, title=row.title, digest=row.digest, content=json.loads(row.content), directions=()
        )
    for notice in _of(models.BatchVersion, rows):
        content = json.loads(notice.content)
        batches[notice.batch_id] = replace(batches[notice.batch_id], title=notice.title, digest=notice.digest, content=content)
    for new in _of(models.Direction, rows):
        directions[new.rate_table] = direction_of(new, (), methods.get(new.rate_table))
    for later in _of(models.DirectionVersion, rows):
        said, known = json.loads(later.content), directions[later.rate_table]
        directions[later.rate_table] = replace(
            known, number=said["no"], title=said["title"], area=said["area"], schemes=tuple(said["schemes"])
        )
    for name, method in methods.items():
        directions[name] = replace(directions[name], method=method, not_loaded=None)
    for name in {row.batch_id for row in _of(models.Direction, rows)} | {directions[name].batch for name in methods}:
        batches[name] = replace(batches[name], directions=tuple(one for one in directions.values() if one.batch == name))
    return directions, batches


def _shared(
    catalogue: Catalogue,
    fund: Fund,
    directions: Mapping[str, Direction],
    batches: Mapping[str, Batch],
    methods: Mapping[str, str],
    rows: Sequence[Row],
) -> Shared:
    """What the tables of a fund would have in common."""
    known = next((versions[-1].table for versions in catalogue.tables.values() if versions[-1].table.fund == fund.id), None)
    mine = {name: method for name, method in methods.items() if batches[directions[name].batch].fund == fund.id}
    exempt = {row.rate_table for row in _of(models.RateTableVersion, rows) if read(row, "", {}).exempt}
    exempt |= known.fund_exempt if known else frozenset()
    known_methods = dict(known.fund_methods) if known else {}
    return Shared(fund.overlays, {**known_methods, **mine}, frozenset(exempt), frozenset(catalogue.tables) | methods.keys())


def _sharing(version: Version, direction: Direction, shared: Shared) -> Version:
    table = replace(
        version.table,
        title=direction.title,
        direction=direction.number or "",
        overlays=shared.overlays,
        fund_methods=shared.methods,
        fund_exempt=shared.exempt,
        known_tables=shared.loaded,
    )
    return replace(version, table=table)


def _version(row: models.RateTableVersion, direction: Direction, batch: Batch, shared: Shared) -> Version:
    said = read(row, f"rate_table_version {row.rate_table} {row.version}", {})
    known = row.recorded_at or row.published_at
    standing = Standing(row.effective_from, row.effective_until, known, None)
    return Version(rate_table(said, direction, batch, shared), row.content, known, (standing,), exempt=said.exempt)


def _after(version: Version, event: models.VersionEvent) -> Version:
    """A version after an event: where it stands is closed then and, where it ends, opened anew up to its last day."""
    at = event.recorded_at or event.known_at
    standings = tuple(part for one in version.standings for part in _closed(one, event, at))
    match event.kind:
        case "SUPERSEDED":
            return replace(version, standings=standings, superseded_at=at, superseded_by=event.by_version)
        case "WITHDRAWN":
            return replace(version, standings=standings, withdrawn_at=at)
        case _:
            return replace(version, standings=standings, ended_at=at, ends_on=event.ends_on)


def _closed(standing: Standing, event: models.VersionEvent, at: Any) -> Iterator[Standing]:
    if standing.known_until is not None:
        yield standing
        return
    if event.ends_on is None:
        yield replace(standing, known_until=at)
        return
    until = event.ends_on + timedelta(days=1) if event.ends_on < date.max else date.max
    if standing.effective_until is not None and standing.effective_until <= until:
        yield standing  # it ends before anyhow
        return
    yield replace(standing, known_until=at)
    if standing.effective_from < until:
        yield replace(standing, effective_until=until, known_from=at)


def _references(catalogue: Catalogue, rows: Sequence[Row]) -> Mapping[str, tuple[SeriesVersion, ...]]:
    references = dict(catalogue.references)
    values: dict[tuple[str, int], list[models.ReferenceRate]] = {}
    for value in sorted(_of(models.ReferenceRate, rows), key=attrgetter("on")):
        values.setdefault((value.series, value.version), []).append(value)
    for head in sorted(_of(models.ReferenceRateVersion, rows), key=attrgetter("series", "version")):
        before = references.get(head.series, ())
        made = series_version_of(head, values.get((head.series, head.version), []), before[-1] if before else None)
        references[head.series] = (*before, made)
    return references


# --- whom it touches --------------------------------------------------------------------------------


def touched(catalogue: Catalogue, rows: Sequence[Row]) -> list[str]:
    """The tables whose amounts these rows may change: of versions, ends, rules of their fund, series that they may read."""
    found = {row.rate_table for row in rows if isinstance(row, models.RateTableVersion | models.VersionEvent)}
    for row in _of(models.OverlayVersion, rows):
        methods = overlay_of(row).methods
        for name, versions in catalogue.tables.items():
            table = versions[-1].table
            if table.fund == row.fund_id and (methods is None or table.method in methods):
                found.add(name)
    series = {head.series for head in _of(models.ReferenceRateVersion, rows) if head.series in catalogue.references}
    for name, versions in catalogue.tables.items() if series else ():
        if versions[-1].table.method in LOANS or any(one in version.content for version in versions for one in series):
            found.add(name)
    return sorted(found)


LOANS = frozenset(name for name, row in SUPPORT_METHODS.items() if "CONTRACTS" in row.facts)
"""Methods whose contracts may have floating rates, whatever the table says."""


def in_force_already(catalogue: Catalogue, rows: Sequence[Row]) -> list[str]:
    """Of the tables that are touched, those of which a version stands: their amounts may change for who has an answer."""
    known = catalogue.latest_known_at
    return [name for name in touched(catalogue, rows) if any(one.standing(known) for one in catalogue.tables.get(name, ()))]
