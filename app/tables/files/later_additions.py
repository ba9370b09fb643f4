"""What became known later about a batch or a direction: a row added, never a row changed; for files and for drafts alike.

A batch may get a better title, window or document; a direction without standards gets its standards and, with them or
before, its title. What has standards says no more of itself: its versions do.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.calculators.faults.telling import FaultError, tell
from app.tables.storage import models
from app.tables.storage.canonical_json import canonical, digest


class CannotSay(FaultError, ValueError):
    """What would be added contradicts what is stored; the message says how."""


def later_notices(session: Session, batch: str) -> Sequence[models.BatchVersion]:
    """What was published later about a batch, in order."""
    of = models.BatchVersion
    return session.exec(select(of).where(of.batch_id == batch).order_by(col(of.version))).all()


def later_words(session: Session, table: str) -> Sequence[models.DirectionVersion]:
    """What was published later about a direction, in order."""
    of = models.DirectionVersion
    return session.exec(select(of).where(of.rate_table == table).order_by(col(of.version))).all()


def notice_added(session: Session, said: models.Batch, at: datetime, *, again: bool) -> models.BatchVersion | None:
    """The later notice that a batch's header is; None where it says nothing new. Errors: CannotSay.

    ``again``: what was said before and corrected since may be said again. A file does not do that: it may be an old one.
    """
    stored = session.get_one(models.Batch, said.id)
    if (said.fund_id, said.year) != (stored.fund_id, stored.year):
        raise CannotSay(tell("BATCH_IS_FIXED", fund=stored.fund_id, year=stored.year))
    later = later_notices(session, said.id)
    if _is_known(said.digest, [stored.digest, *(one.digest for one in later)], again=again):
        return None
    return models.BatchVersion(
        batch_id=said.id, version=2 + len(later), published_at=at, title=said.title, content=said.content, digest=said.digest
    )


def words_added(session: Session, said: models.Direction, at: datetime, *, again: bool) -> models.DirectionVersion | None:
    """What is new about a direction that is stored; None where nothing is. Errors: CannotSay."""
    stored, later = session.get_one(models.Direction, said.rate_table), later_words(session, said.rate_table)
    text = words_of(said)
    known = [digest(words_of(stored)), *(one.digest for one in later)]
    if said.batch_id == stored.batch_id and _is_known(digest(text), known, again=again):
        return None
    if said.batch_id != stored.batch_id or stored.not_loaded is None:
        raise CannotSay(tell("PUBLISHED_IS_FIXED"))
    of = models.RateTableVersion
    published = session.exec(select(of).where(of.rate_table == said.rate_table).limit(1)).first() is not None
    if published and (said.not_loaded is not None or present_words(session, stored)["not_loaded"] is None):
        raise CannotSay(tell("DIRECTION_IS_FIXED"))
    return models.DirectionVersion(rate_table=said.rate_table, version=2 + len(later), published_at=at, content=text, digest=digest(text))


def words_of(row: models.Direction) -> str:
    """What a direction says of itself, as canonical JSON."""
    said = {"no": row.number, "title": row.title, "method": row.method, "area": row.area, "not_loaded": row.not_loaded}
    return canonical({**said, "schemes": row.schemes.split()})


def present_words(session: Session, row: models.Direction) -> dict[str, Any]:
    """What is known of a direction now."""
    later = later_words(session, row.rate_table)
    return dict(json.loads(later[-1].content if later else words_of(row)))


def present_notice(session: Session, row: models.Batch) -> models.Batch | models.BatchVersion:
    """The last notice of a batch."""
    later = later_notices(session, row.id)
    return later[-1] if later else row


def _is_known(said: str, known: Collection[str], *, again: bool) -> bool:
    return said == list(known)[-1] if again else said in known
