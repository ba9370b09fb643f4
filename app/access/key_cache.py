"""The keys in memory: a request that shows one costs a look-up and a hash, and never the database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from typing import Final, Self

from sqlmodel import Session, func, select

from app.access import keys
from app.access.scopes import Actor, Reason, Refusal
from app.tables.storage.models import ApiKey, ApiKeyEnd, ApiKeySecret, ApiKeyUse

CREDENTIAL: Final = re.compile(r"sk_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
USE_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Secret:
    hash: str
    expires_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Key:
    actor: Actor
    secrets: tuple[_Secret, ...]
    revoked_at: datetime | None


_NOBODY: Final = (_Secret("0" * 64, datetime.min.replace(tzinfo=UTC), None),)
"""What the secret of an unknown key is compared with, so that it takes as long as that of a known one."""

Counts = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Keyring:
    """Every key as it was read. ``counts`` tell whether a row was added since: rows are never changed."""

    keys: Mapping[str, _Key]
    counts: Counts

    @classmethod
    def renewed(cls, session: Session, before: Self | None) -> Self:
        """The keys as they are now; those of before where nothing was added."""
        return cls.read(session) if before is None or counted(session) != before.counts else before

    @classmethod
    def read(cls, session: Session) -> Self:
        """The keys of a database."""
        counts = counted(session)
        secrets: dict[str, list[_Secret]] = {}
        ends = keys.ends_of_keys(session)
        for one in session.exec(select(ApiKeySecret)).all():
            ends_at = keys.end_of(one.number, ends.get(one.key_id, {}))
            secrets.setdefault(one.key_id, []).append(_Secret(one.hash, one.expires_at, ends_at))
        found = {}
        for key in session.exec(select(ApiKey)).all():
            actor = Actor(key.owner, frozenset(keys.scopes_of(key)), key.id)
            found[key.id] = _Key(actor, tuple(secrets.get(key.id, ())), ends.get(key.id, {}).get(keys.REVOCATION))
        return cls(found, counts)

    def find(self, credential: str, now: datetime) -> Actor | Refusal:
        """Who shows this credential, or why it is refused.

        Takes equally long for a known and an unknown key and for a right and a wrong secret. That a key was
        revoked or has expired is only said to whoever has its secret.
        """
        match = CREDENTIAL.fullmatch(credential)
        if match is None:
            return Refusal(Reason.MALFORMED)
        key_id, secret = match.groups()
        key = self.keys.get(key_id)
        given = keys.hash_of(secret)
        shown: _Secret | None = None
        for one in _NOBODY if key is None else key.secrets:
            if compare_digest(one.hash, given):
                shown = one
        if key is None:
            return Refusal(Reason.UNKNOWN_KEY, key_id)
        if shown is None:
            return Refusal(Reason.WRONG_SECRET, key_id)
        if key.revoked_at is not None and key.revoked_at <= now:
            return Refusal(Reason.REVOKED, key_id)
        if shown.ends_at is not None and shown.ends_at <= now:
            return Refusal(Reason.REPLACED, key_id)
        if shown.expires_at <= now:
            return Refusal(Reason.EXPIRED, key_id)
        return key.actor


def counted(session: Session) -> Counts:
    """How many keys, secrets and ends there are."""
    kinds = (ApiKey, ApiKeySecret, ApiKeyEnd)
    first, second, third = session.execute(select(*(select(func.count()).select_from(kind).scalar_subquery() for kind in kinds))).one()
    return first, second, third


class Uses:
    """When each key was last used, remembered here and written down now and then."""

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._written: dict[str, datetime] = {}

    def note(self, key_id: str, now: datetime) -> None:
        """Remember a use; no database is asked."""
        self._last[key_id] = now

    def due(self) -> dict[str, datetime]:
        """The uses that are to be written: at most one a minute for each key."""
        written = self._written
        return {key: at for key, at in self._last.items() if key not in written or at - written[key] >= USE_EVERY}

    def written(self, uses: Mapping[str, datetime]) -> None:
        """Those uses are in the database now."""
        self._written.update(uses)


def write_uses(session: Session, uses: Mapping[str, datetime]) -> None:
    """Write down last uses; one that another process wrote later stays."""
    for key_id, at in uses.items():
        stored = session.get(ApiKeyUse, key_id, with_for_update=True)
        if stored is None:
            session.add(ApiKeyUse(key_id=key_id, last_used_at=at))
        elif stored.last_used_at < at:
            stored.last_used_at = at
    session.flush()
