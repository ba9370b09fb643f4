"""The log of every change: each entry holds the hash of the one before it, so that what was altered is found.

Entries are written in the transaction of the change that they tell of. No applicant's data and no secret is in them.
A chain without a secret does not stop who can rewrite all of it; its head, noted elsewhere, does (docs/security.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, select

from app.tables import models
from app.tables.canonical import canonical, digest

START = ""


class Finding(NamedTuple):
    """An entry that is not as it was written."""

    entry: int
    zh: str
    en: str


def append(session: Session, actor: str, action: str, thing: str, detail: Mapping[str, Any] | None = None) -> models.Audit:
    """Add an entry after the last one; the head stays locked until the transaction ends."""
    head = session.exec(select(models.AuditHead).with_for_update()).one()
    entry = models.Audit(
        id=head.last + 1,
        at=datetime.now(UTC),
        actor=actor[:120],
        action=action,
        object=thing[:200],
        detail=canonical(detail or {}),
        previous=head.hash,
        hash="",
    )
    entry.hash = hash_of(entry)
    session.add(entry)
    head.last, head.hash = entry.id, entry.hash
    session.flush()
    return entry


def hash_of(entry: models.Audit) -> str:
    """The hash of an entry: of all that it says, and of the entry before it."""
    said = {
        "id": str(entry.id),
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "action": entry.action,
        "object": entry.object,
        "detail": entry.detail,
        "previous": entry.previous,
    }
    return digest(canonical(said))


def verify(session: Session, head: tuple[int, str] | None = None) -> list[Finding]:
    """Every entry that was altered, removed or inserted; ``head`` is a last entry and hash that were noted elsewhere."""
    return list(_findings(session, head))


def _findings(session: Session, noted: tuple[int, str] | None) -> Iterator[Finding]:
    expected, previous = 1, START
    hashes: dict[int, str] = {}
    for entry in session.exec(select(models.Audit).order_by(models.Audit.id).execution_options(yield_per=1000)):  # type: ignore[arg-type]
        if entry.id != expected:
            yield Finding(expected, f"第 {expected} 至 {entry.id - 1} 条缺失", f"entries {expected} to {entry.id - 1} are missing")
        elif entry.previous != previous:
            yield Finding(entry.id, f"第 {entry.id} 条与前一条不相连", f"entry {entry.id} does not follow the one before it")
        if hash_of(entry) != entry.hash:
            yield Finding(entry.id, f"第 {entry.id} 条被改动", f"entry {entry.id} was altered")
        expected, previous = entry.id + 1, entry.hash
        if noted is not None and entry.id == noted[0]:
            hashes[entry.id] = entry.hash
    kept = session.exec(select(models.AuditHead)).one()
    for last, known in ((kept.last, kept.hash), *((noted,) if noted else ())):
        if last >= expected:
            yield Finding(expected, f"第 {expected} 至 {last} 条缺失", f"entries {expected} to {last} are missing")
        elif last == expected - 1 and known != previous:
            yield Finding(last, f"第 {last} 条不是当时记下的", f"entry {last} is not the one that was noted")
        elif last < expected - 1 and (last, known) == (kept.last, kept.hash):
            yield Finding(last + 1, f"第 {last + 1} 条起系插入", f"entries from {last + 1} on were inserted")
        elif last in hashes and hashes[last] != known:
            yield Finding(last, f"第 {last} 条不是当时记下的", f"entry {last} is not the one that was noted")
