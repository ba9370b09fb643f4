"""Stored tables as their file would have them: what drafts are put beside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from app.tables.drafts.planned_rows import OWN_DIRECTION, wall
from app.tables.files.later_additions import present_words
from app.tables.storage import models


def stored_versions(session: Session, table: str) -> Sequence[models.RateTableVersion]:
    """The versions of a table, in order."""
    of = models.RateTableVersion
    return session.exec(select(of).where(of.rate_table == table).order_by(col(of.version))).all()


def versions_of(session: Session, table: str) -> list[dict[str, Any]]:
    """The versions of a table as their file would have them."""
    rows = stored_versions(session, table)
    return [{key: value for key, value in json.loads(row.content).items() if key not in {"method", "title"}} for row in rows]


def events_of(session: Session, table: str) -> list[dict[str, Any]]:
    """The withdrawals and ends of a table's versions as their file would have them."""
    of = models.VersionEvent
    rows = session.exec(select(of).where(of.rate_table == table, of.kind != "SUPERSEDED").order_by(col(of.id))).all()
    return [event(row.version, row.kind, row.known_at, row.ends_on) for row in rows]


def event(version: int, kind: str, known_at: datetime, last_day: date | None = None) -> dict[str, Any]:
    """A withdrawal or an end as a file has it."""
    said = {"version": str(version), "kind": kind, "known_at": wall(known_at)}
    return said if last_day is None else {**said, "last_day": last_day.isoformat()}


def known_direction(session: Session, table: str) -> dict[str, Any]:
    """A direction that has its standards, with its batch."""
    row = session.get_one(models.Direction, table)
    words = present_words(session, row)
    method = json.loads(stored_versions(session, table)[-1].content)["method"]
    return {**{key: words[key] for key in OWN_DIRECTION}, "method": method, "batch": row.batch_id}
