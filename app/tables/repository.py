"""From rows to the catalogue: read once at the start, parsed, and never asked again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlmodel import Session, select

from app.calculators.reading import parse_terms
from app.calculators.terms import Overlay, RateTable, ReferenceSeries
from app.tables import models
from app.tables.catalogue import Batch, Catalogue, Direction, Fund, SeriesVersion, Version


def aware(instant: datetime) -> datetime:
    """SQLite gives instants back without their zone; they were stored in UTC."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant


def read_catalogue(session: Session) -> Catalogue:
    """The whole catalogue. Errors: TermsError should stored content not parse, which loading prevents."""
    directions = {row.rate_table: _direction(row) for row in session.exec(select(models.Direction)).all()}
    funds = _funds(session)
    batches = _batches(session, directions)
    methods = {
        fund: {one.rate_table: str(one.method) for one in directions.values() if batches[one.batch].fund == fund and one.method}
        for fund in funds
    }
    tables = _tables(session, directions, batches, funds, methods)
    references = _references(session)
    instants = [one.published_at for fund in funds.values() for one in fund.overlays]
    for versions in tables.values():
        for one in versions:
            instants += [at for at in (one.table.published_at, one.superseded_at, one.withdrawn_at) if at is not None]
    instants += [one.complete_at for known in references.values() for one in known]
    return Catalogue(funds, batches, directions, tables, references, max(instants, default=datetime(1970, 1, 1, tzinfo=UTC)))


def _direction(row: models.Direction) -> Direction:
    return Direction(row.rate_table, row.batch_id, row.number, row.title, row.method, row.area, row.not_loaded, tuple(row.schemes.split()))


def _funds(session: Session) -> dict[str, Fund]:
    overlays: dict[str, list[Overlay]] = {}
    rows = session.exec(select(models.OverlayVersion).order_by(models.OverlayVersion.id, models.OverlayVersion.version)).all()  # type: ignore[arg-type]
    for row in rows:
        overlays.setdefault(row.fund_id, []).append(_overlay(row))
    return {row.id: Fund(row.id, row.title, tuple(overlays.get(row.id, ()))) for row in session.exec(select(models.Fund)).all()}


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
        published_at=aware(row.published_at),
        document=_document(raw.get("document")),
        authority=raw["authority"],
        digest=row.digest,
        terms=parse_terms(raw.get("terms") or {}, overlay=True),
    )


def _names(raw: Any) -> frozenset[str] | None:
    if isinstance(raw, list):
        return frozenset(raw)
    return None if raw in {None, "all"} else frozenset({raw})


def _document(raw: Any) -> str:
    """Title, number and date of a document in one line."""
    parts: Mapping[str, Any] = raw or {}
    return " ".join(str(parts[key]) for key in ("title", "number", "date") if parts.get(key))


def _batches(session: Session, directions: Mapping[str, Direction]) -> dict[str, Batch]:
    ordered = session.exec(select(models.Direction).order_by(models.Direction.position)).all()  # type: ignore[arg-type]
    found = {}
    for row in session.exec(select(models.Batch).order_by(models.Batch.year, models.Batch.id)).all():  # type: ignore[arg-type]
        mine = tuple(directions[one.rate_table] for one in ordered if one.batch_id == row.id)
        found[row.id] = Batch(row.id, row.fund_id, row.year, row.title, row.digest, json.loads(row.content), mine)
    return found


def _tables(
    session: Session,
    directions: Mapping[str, Direction],
    batches: Mapping[str, Batch],
    funds: Mapping[str, Fund],
    methods: Mapping[str, Mapping[str, str]],
) -> dict[str, tuple[Version, ...]]:
    events: dict[tuple[str, int, str], models.VersionEvent] = {
        (row.rate_table, row.version, row.kind): row for row in session.exec(select(models.VersionEvent)).all()
    }
    found: dict[str, list[Version]] = {}
    query = select(models.RateTableVersion).order_by(models.RateTableVersion.rate_table, models.RateTableVersion.version)  # type: ignore[arg-type]
    rows = [(row, json.loads(row.content)) for row in session.exec(query).all()]
    exempt = frozenset(
        row.rate_table for row, raw in rows if (raw["terms"].get("stacking") or {}).get("exempt_direction") == "true"
    )
    for row, raw in rows:
        direction = directions[row.rate_table]
        batch = batches[direction.batch]
        table = RateTable(
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
            published_at=aware(row.published_at),
            document=_document(raw["document"]),
            authority=raw["authority"],
            terms=parse_terms(raw["terms"]),
            overlays=funds[batch.fund].overlays,
            fund_methods=methods[batch.fund],
            fund_exempt=exempt,
        )
        superseded = events.get((row.rate_table, row.version, "SUPERSEDED"))
        withdrawn = events.get((row.rate_table, row.version, "WITHDRAWN"))
        found.setdefault(row.rate_table, []).append(
            Version(
                table,
                row.content,
                aware(superseded.known_at) if superseded else None,
                superseded.by_version if superseded else None,
                aware(withdrawn.known_at) if withdrawn else None,
            )
        )
    return {name: tuple(versions) for name, versions in found.items()}


def _references(session: Session) -> dict[str, tuple[SeriesVersion, ...]]:
    values: dict[tuple[str, int], list[models.ReferenceRate]] = {}
    query = select(models.ReferenceRate).order_by(models.ReferenceRate.on)  # type: ignore[arg-type]
    for row in session.exec(query).all():
        values.setdefault((row.series, row.version), []).append(row)
    found: dict[str, list[SeriesVersion]] = {}
    versions = select(models.ReferenceRateVersion).order_by(models.ReferenceRateVersion.series, models.ReferenceRateVersion.version)  # type: ignore[arg-type]
    for head in session.exec(versions).all():
        mine = values[head.series, head.version]
        figures = {row.value: Fraction(row.value) for row in mine}  # months of one figure share one number
        series = ReferenceSeries(
            series=head.series,
            version=head.version,
            digest=head.digest,
            holds_until=head.holds_until,
            days=tuple(row.on.toordinal() for row in mine),
            values=tuple(figures[row.value] for row in mine),
            confidences=tuple(row.confidence for row in mine),
        )
        content = {key: value for key, value in json.loads(head.content).items() if key != "rows"}
        found.setdefault(head.series, []).append(SeriesVersion(series, aware(head.published_at), content))
    return {name: tuple(rows) for name, rows in found.items()}
