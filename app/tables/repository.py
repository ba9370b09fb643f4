"""From rows to the catalogue: read and parsed at the start, and again when rows were added; no calculation asks the database."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlmodel import Session, select

from app.calculators.reading import parse_terms
from app.calculators.terms import Overlay, RateTable, ReferenceSeries, Terms
from app.tables import models
from app.tables.catalogue import Batch, Catalogue, Direction, Fund, SeriesVersion, Standing, Version
from app.tables.intact import Said, fault_of_content, fault_of_series, fault_of_version
from app.tables.series import values_are

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")



@dataclass(slots=True)
class _Altered:
    """Stored rows that do not match their digests, and by which of them what is not calculated with."""

    rows: list[str] = field(default_factory=list)
    tables: dict[str, str] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    funds: dict[str, str] = field(default_factory=dict)
    series: dict[str, str] = field(default_factory=dict)

    def passes(self, spoils: dict[str, str], key: str, name: str, fault: Said | None) -> bool:
        """Whether a row is intact; one that is not is noted as what spoils ``key``."""
        if fault is not None:
            self.rows.append(name)
            spoils.setdefault(key, name)
        return fault is None


def read_catalogue(session: Session) -> Catalogue:
    """The whole catalogue; what was altered in the database is left out and named.

    Errors: TermsError should stored content not parse, which loading prevents.
    """
    altered = _Altered()
    query = select(models.RateTableVersion).order_by(models.RateTableVersion.rate_table, models.RateTableVersion.version)  # type: ignore[arg-type]
    rows = [(row, json.loads(row.content)) for row in session.exec(query).all() if _is_intact(altered, row)]
    methods_of = {row.rate_table: str(raw["method"]) for row, raw in rows}
    listed = select(models.Direction).order_by(models.Direction.batch_id, models.Direction.position, models.Direction.rate_table)  # type: ignore[arg-type]
    directions = {row.rate_table: _direction(row, methods_of) for row in session.exec(listed).all()}
    funds = _funds(session, altered)
    batches = _batches(session, directions, altered)
    references = _references(session, altered)
    methods = {  # of published versions only: since when a direction without standards is known is nowhere said
        fund: {name: method for name, method in methods_of.items() if batches[directions[name].batch].fund == fund} for fund in funds
    }
    tables = _tables(session, rows, directions, batches, funds, methods)
    spoilt = _spoilt(altered, tables, directions, batches)
    return Catalogue(
        funds,
        batches,
        directions,
        {name: versions for name, versions in tables.items() if name not in spoilt},
        references,
        tuple(altered.rows),
        spoilt,
    )


def _is_intact(altered: _Altered, row: models.RateTableVersion) -> bool:
    fault = _version_fault(row.digest, row.content, row.version, row.effective_from, row.effective_until, row.supersedes)
    return altered.passes(altered.tables, row.rate_table, f"rate_table_version {row.rate_table} {row.version}", fault)


@lru_cache(maxsize=8192)
def _version_fault(
    digest: str, content: str, version: int, effective_from: date, effective_until: date | None, supersedes: int | None
) -> Said | None:
    """What is wrong with a version, found out once for a process."""
    period = {"effective_from": effective_from, "effective_until": effective_until}
    return fault_of_version({"digest": digest, "content": content, "version": version, "supersedes": supersedes, **period})


def _spoilt(
    altered: _Altered, tables: Mapping[str, Sequence[Version]], directions: Mapping[str, Direction], batches: Mapping[str, Batch]
) -> dict[str, str]:
    """The tables that rest on an altered row: their own, their batch's, one of their fund's or of a series that they name."""
    found: dict[str, str] = {}
    if not altered.rows:
        return found
    for name, direction in directions.items():
        batch = batches[direction.batch]
        tables_terms = [version.table.terms for version in tables.get(name, ())]
        overlays_terms = [overlay.terms for version in tables.get(name, ()) for overlay in version.table.overlays]
        named = sorted({series for terms in (*tables_terms, *overlays_terms) for series in terms.series})
        by = [altered.tables.get(name), altered.batches.get(batch.id), altered.funds.get(batch.fund), *map(altered.series.get, named)]
        first = next((one for one in by if one is not None), None)
        if first is not None:
            found[name] = first
    return found


def _direction(row: models.Direction, methods: Mapping[str, str]) -> Direction:
    """A direction whose standards were found later has them from its versions; its own row stays as it was."""
    method = methods.get(row.rate_table)
    not_loaded = row.not_loaded if method is None else None
    schemes = tuple(row.schemes.split())
    return Direction(row.rate_table, row.batch_id, row.number, row.title, method or row.method, row.area, not_loaded, schemes)


def _funds(session: Session, altered: _Altered) -> dict[str, Fund]:
    overlays: dict[str, list[Overlay]] = {}
    recorded: dict[str, set[str]] = {}
    rows = session.exec(select(models.OverlayVersion).order_by(models.OverlayVersion.id, models.OverlayVersion.version)).all()  # type: ignore[arg-type]
    for row in rows:
        fault = fault_of_content(row.content, row.digest)
        if not altered.passes(altered.funds, row.fund_id, f"overlay_version {row.id} {row.version}", fault):
            continue
        overlays.setdefault(row.fund_id, []).append(_overlay(row))
        if row.recorded_at is not None:
            recorded.setdefault(row.fund_id, set()).add(row.digest)
    funds = session.exec(select(models.Fund).order_by(models.Fund.id)).all()
    return {
        row.id: Fund(row.id, row.title, tuple(overlays.get(row.id, ())), frozenset(recorded.get(row.id, ()))) for row in funds
    }


def _overlay(row: models.OverlayVersion) -> Overlay:
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


def _batches(session: Session, directions: Mapping[str, Direction], altered: _Altered) -> dict[str, Batch]:
    ordered = session.exec(select(models.Direction).order_by(models.Direction.position)).all()  # type: ignore[arg-type]
    later = session.exec(select(models.BatchVersion).order_by(models.BatchVersion.version)).all()  # type: ignore[arg-type]
    latest: dict[str, models.Batch | models.BatchVersion] = {row.batch_id: row for row in later}
    found = {}
    for row in session.exec(select(models.Batch).order_by(models.Batch.year, models.Batch.id)).all():  # type: ignore[arg-type]
        mine = tuple(directions[one.rate_table] for one in ordered if one.batch_id == row.id)
        said = latest.get(row.id, row)  # what a later notice says of the batch stands in its place
        name = f"batch_version {row.id} {said.version}" if isinstance(said, models.BatchVersion) else f"batch {row.id}"
        intact = altered.passes(altered.batches, row.id, name, fault_of_content(said.content, said.digest))
        content = json.loads(said.content) if intact else {}
        found[row.id] = Batch(row.id, row.fund_id, row.year, said.title, said.digest, content, mine)
    return found


def _tables(
    session: Session,
    rows: Sequence[tuple[models.RateTableVersion, Any]],
    directions: Mapping[str, Direction],
    batches: Mapping[str, Batch],
    funds: Mapping[str, Fund],
    methods: Mapping[str, Mapping[str, str]],
) -> dict[str, tuple[Version, ...]]:
    events: dict[tuple[str, int, str], models.VersionEvent] = {
        (row.rate_table, row.version, row.kind): row for row in session.exec(select(models.VersionEvent)).all()
    }
    standings: dict[tuple[str, int], list[Standing]] = {}
    for stood in session.exec(select(models.VersionStanding).order_by(models.VersionStanding.id)).all():  # type: ignore[arg-type]
        standings.setdefault((stood.rate_table, stood.version), []).append(_standing(stood))
    found: dict[str, list[Version]] = {}
    exempt = frozenset(
        row.rate_table for row, raw in rows if (raw["terms"].get("stacking") or {}).get("exempt_direction") == "true"
    )
    loaded = frozenset(row.rate_table for row, _ in rows)
    for row, raw in rows:
        direction = directions[row.rate_table]
        batch = batches[direction.batch]
        table = rate_table(row, raw, direction, batch, funds[batch.fund].overlays, methods[batch.fund], exempt, loaded)
        known = {kind: events.get((row.rate_table, row.version, kind)) for kind in ("SUPERSEDED", "WITHDRAWN", "ENDED")}
        superseded, ended = known["SUPERSEDED"], known["ENDED"]
        found.setdefault(row.rate_table, []).append(
            Version(
                table,
                row.content,
                known_from=row.recorded_at or row.published_at,
                standings=tuple(standings.get((row.rate_table, row.version), ())),
                superseded_at=_since(superseded),
                superseded_by=superseded.by_version if superseded else None,
                withdrawn_at=_since(known["WITHDRAWN"]),
                ended_at=_since(ended),
                ends_on=ended.ends_on if ended else None,
            )
        )
    return {name: tuple(versions) for name, versions in found.items()}


def rate_table(
    row: models.RateTableVersion,
    raw: Mapping[str, Any],
    direction: Direction,
    batch: Batch,
    overlays: tuple[Overlay, ...],
    methods: Mapping[str, str],
    exempt: frozenset[str],
    loaded: frozenset[str],
) -> RateTable:
    """One version as calculations see it, with what is known of its fund and which tables there are."""
    return RateTable(
        id=row.rate_table,
        fund=batch.fund,
        year=batch.year,
        batch=batch.id,
        direction=direction.number or "",
        title=direction.title,
        method=raw["method"],
        version=row.version,
        digest=row.digest,
        effective_from=row.effective_from,
        effective_until=row.effective_until,
        published_at=row.published_at,
        document=_document(raw["document"]),
        authority=raw["authority"],
        terms=_parsed(row.digest, row.content),
        overlays=overlays,
        fund_methods=methods,
        fund_exempt=exempt,
        known_tables=loaded,
    )


@lru_cache(maxsize=4096)
def _parsed(digest: str, content: str) -> Terms:
    """The terms of a version, parsed once for a process: a catalogue that is read again costs only what is new."""
    assert digest
    return parse_terms(json.loads(content)["terms"])


def _standing(row: models.VersionStanding) -> Standing:
    return Standing(row.effective_from, row.effective_until, row.known_from, row.known_until)


def _since(event: models.VersionEvent | None) -> datetime | None:
    return None if event is None else event.recorded_at or event.known_at


def _references(session: Session, altered: _Altered) -> dict[str, tuple[SeriesVersion, ...]]:
    values: dict[tuple[str, int], list[models.ReferenceRate]] = {}
    query = select(models.ReferenceRate).order_by(models.ReferenceRate.on)  # type: ignore[arg-type]
    for row in session.exec(query).all():
        values.setdefault((row.series, row.version), []).append(row)
    found: dict[str, list[SeriesVersion]] = {}
    versions = select(models.ReferenceRateVersion).order_by(models.ReferenceRateVersion.series, models.ReferenceRateVersion.version)  # type: ignore[arg-type]
    for head in session.exec(versions).all():
        mine = values.get((head.series, head.version), [])
        name = f"reference_rate_version {head.series} {head.version}"
        if not altered.passes(altered.series, head.series, name, _series_fault(head, mine)):
            continue
        content = {key: value for key, value in json.loads(head.content).items() if key != "rows"}
        figures = {row.value: Fraction(row.value) for row in mine}  # months of one figure share one number
        series = ReferenceSeries(
            series=head.series,
            version=head.version,
            digest=head.digest,
            holds_until=head.holds_until,
            days=tuple(row.on.toordinal() for row in mine),
            values=tuple(figures[row.value] for row in mine),
            confidences=tuple(row.confidence for row in mine),
            values_are=values_are(content),
        )
        known_from = head.recorded_at or head.published_at
        found.setdefault(head.series, []).append(SeriesVersion(series, head.published_at, known_from, content))
    return {name: tuple(rows) for name, rows in found.items() if name not in altered.series}


def _series_fault(head: models.ReferenceRateVersion, rates: Sequence[models.ReferenceRate]) -> Said | None:
    stored = tuple((row.on, row.value, row.confidence) for row in rates)
    return _series_fault_of(head.digest, head.content, head.holds_until, stored)


@lru_cache(maxsize=1024)
def _series_fault_of(digest: str, content: str, holds_until: date, rates: tuple[tuple[date, str, str], ...]) -> Said | None:
    """What is wrong with a version of a series, found out once for a process."""
    rows = [{"on": on, "value": value, "confidence": confidence} for on, value, confidence in rates]
    return fault_of_series({"digest": digest, "content": content, "holds_until": holds_until}, rows)
