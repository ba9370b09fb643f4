"""The audit log: who did what to what and when. Each entry holds the hash of the one before it.

The database refuses to change or delete an entry. Whoever gets past the database can still be found out:
``verify`` reads the whole chain, and a head that was written down elsewhere shows whether the chain was
made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlmodel import Session, select

from app.tables.storage.canonical_json import canonical, digest
from app.tables.storage.models import Audit, AuditHead


class Head(NamedTuple):
    """Number and hash of the last entry; 0 and nothing before the first."""

    last: int
    hash: str


class Entry(NamedTuple):
    """An entry as it lies in a backup; a row of the database (``Audit``) costs ten times as much to make."""

    id: int
    at: datetime
    actor: str
    action: str
    object: str
    detail: str
    previous: str
    hash: str


def append(session: Session, actor: str, action: str, object: str, detail: Mapping[str, Any]) -> None:
    """Add an entry inside the caller's transaction; the head stays locked until that ends.

    On SQLite the transaction must have begun with BEGIN IMMEDIATE (``app.tables.storage.database.writing``).
    """
    head = session.get_one(AuditHead, 1, with_for_update=True, populate_existing=True)
    entry = Audit(
        id=head.last + 1,
        at=datetime.now(UTC),
        actor=actor[:120],
        action=action,
        object=object[:200],
        detail=canonical(dict(detail)),
        previous=head.hash,
        hash="",
    )
    entry.hash = hash_of(entry)
    session.add(entry)
    head.last, head.hash = entry.id, entry.hash
    session.flush()


def instant_text(at: datetime) -> str:
    """An instant as it is hashed: UTC, always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(entry: Audit | Entry) -> str:
    """The hash that an entry must have; ``detail`` counts as the text that is stored."""
    return digest(
        canonical(
            {
                "id": entry.id,
                "at": instant_text(entry.at),
                "actor": entry.actor,
                "action": entry.action,
                "object": entry.object,
                "detail": entry.detail,
                "previous": entry.previous,
            }
        )
    )


def head_of(session: Session) -> Head:
    """The head as it is stored; that of an empty log where somebody took it away."""
    stored = session.get(AuditHead, 1, populate_existing=True)
    return Head(0, "") if stored is None else Head(stored.last, stored.hash)


def entries(session: Session, after: int, limit: int, object: str | None = None) -> list[Audit]:
    """At most ``limit`` entries that follow number ``after``; of one object, or of all."""
    query = select(Audit).where(Audit.id > after).order_by(Audit.id).limit(limit)  # type: ignore[arg-type]
    if object is not None:
        query = query.where(Audit.object == object)
    return list(session.exec(query).all())


def verify(session: Session, noted: Head | None = None) -> list[str]:
    """Every place where the chain is broken, in Chinese and English; empty where it holds.

    ``noted`` is a head that was written down elsewhere: a log that was made anew as a whole does not have it.
    """
    faults: list[str] = []
    last = Head(0, "")
    missed = noted is not None
    for entry in _all(session):
        faults += broken(entry, last)
        last = Head(entry.id, entry.hash)
        missed = missed and last != noted
    if missed and noted is not None:
        faults.append(
            f"没有当时记下的第 {noted.last} 条：日志被重写或截短"
            f" / entry {noted.last} as it was noted is not there: the log was made anew or cut off"
        )
    head = head_of(session)
    if head != last:
        faults.append(
            f"链头为第 {head.last} 条，日志止于第 {last.last} 条，或两者的摘要不同：末尾的记录被删除、添加或更改"
            f" / the head says entry {head.last}, the log ends with entry {last.last}, or their hashes differ: "
            "the end was removed, added to or altered"
        )
    return faults


def missing(session: Session, noted: str) -> list[str]:
    """What is wrong with a head that was noted earlier, ``number hash``: the log must still hold it."""
    number, _, hash = noted.strip().partition(" ")
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        return ["记下的链头应为“序号 摘要” / a noted head is 'number hash'"]
    entry = session.get(Audit, int(number))
    if hash == (entry.hash if entry is not None else None if int(number) else ""):
        return []
    return [f"日志中没有记下的第 {number} 条：日志被重做 / the noted entry {number} is not in the log: it was made anew"]


def _all(session: Session) -> Iterator[Audit]:
    """Every entry, a thousand at a time."""
    after = 0
    while found := entries(session, after, 1000):
        yield from found
        after = found[-1].id
        session.expunge_all()


def broken(entry: Audit | Entry, before: Head) -> Iterator[str]:
    """What is wrong with an entry that follows another one, in Chinese and English."""
    number = entry.id
    if number != before.last + 1:
        first, last = before.last + 1, number - 1
        yield f"缺第 {first} 至 {last} 条：记录被删除 / entries {first} to {last} are missing: removed"
    elif entry.previous != before.hash:
        yield (
            f"第 {number} 条与前一条不相接：其中一条被更改或插入"
            f" / entry {number} does not follow the one before it: one of them was altered or inserted"
        )
    if entry.hash != hash_of(entry):
        yield f"第 {number} 条与其摘要不符：内容被更改 / entry {number} does not match its hash: altered"
