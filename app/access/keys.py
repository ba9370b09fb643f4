"""API keys in the database: made, listed, given a new secret, revoked; each with its entry in the audit log.

A secret holds 256 random bits and is shown once; the database has its SHA-256. What is written here is in
the caller's transaction, which must hold the write lock (``app.tables.storage.database.writing``).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlmodel import Session, func, select

from app.access.scopes import OPERATOR_PREFIX, Scope
from app.tables.storage import audit_log as audit
from app.tables.storage.models import ApiKey, ApiKeyEnd, ApiKeySecret, ApiKeyUse

PREFIX: Final = "sk_"
KEY_ID_PATTERN: Final = r"^[0-9a-f]{16}$"
NAME_PATTERN: Final = r"^[^\x00-\x20\x7f\u00a0\u3000]([^\x00-\x1f\x7f]{0,118}[^\x00-\x20\x7f\u00a0\u3000])?$"
# No blank, no colon: one person is written in one way, and nobody can be called like an operator.
OWNER_PATTERN: Final = r"^[0-9A-Za-z\u4e00-\u9fff][0-9A-Za-z\u4e00-\u9fff._@|+-]{0,119}$"
MAX_DAYS: Final = 400
DEFAULT_DAYS: Final = 90
MAX_GRACE_HOURS: Final = 7 * 24
DEFAULT_GRACE_HOURS: Final = 24
REVOCATION: Final = 0
"""The number under which ``api_key_end`` has the end of a whole key."""

assert not re.fullmatch(OWNER_PATTERN, OPERATOR_PREFIX + "root")


class KeyNotFound(LookupError):
    """There is no key with this id."""


class KeyEnded(ValueError):
    """The key was revoked: it gets no new secret."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new secret; the only time that it is seen."""

    key_id: str
    number: int
    secret: str
    expires_at: datetime

    def __repr__(self) -> str:
        """Without the secret: values turn up in logs and tracebacks."""
        return f"Issued({self.key_id!r}, {self.number})"


@dataclass(frozen=True, slots=True)
class SecretState:
    """What may be said of a secret: everything but the secret."""

    number: int
    created_by: str
    created_at: datetime
    expires_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyState:
    """A key with the states of its secrets, oldest first, and its last use to the minute."""

    id: str
    name: str
    owner: str
    scopes: tuple[Scope, ...]
    created_by: str
    created_at: datetime
    secrets: tuple[SecretState, ...]
    revoked_at: datetime | None
    last_used_at: datetime | None


def hash_of(secret: str) -> str:
    """The SHA-256 of a secret's random part, hexadecimal. A slow hash would add nothing to 256 random bits."""
    return sha256(secret.encode("ascii")).hexdigest()


def create(session: Session, actor: str, *, name: str, owner: str, scopes: Iterable[Scope], days: int, now: datetime) -> Issued:
    """Make a key and its first secret. Errors: ValueError for a name, an owner, scopes or days that cannot be."""
    granted = sorted(set(scopes))
    if not re.fullmatch(NAME_PATTERN, name):
        raise ValueError("密钥名称为 1 至 120 个字符，首尾不为空白 / a key's name has 1 to 120 characters and no blank at either end")
    if not re.fullmatch(OWNER_PATTERN, owner):
        raise ValueError("责任人为 1 至 120 个汉字、字母、数字或 . _ @ | + - / an owner is 1 to 120 letters, digits and . _ @ | + -")
    if not granted:
        raise ValueError("密钥至少有一项权限 / a key has at least one scope")
    key_id = secrets.token_hex(8)
    session.add(ApiKey(id=key_id, name=name, owner=owner, scopes=" ".join(granted), created_by=actor, created_at=now))
    session.flush()
    issued = _issue(session, actor, key_id, 1, days, now)
    said = {"name": name, "owner": owner, "scopes": list(granted), "expires_at": audit.instant_text(issued.expires_at)}
    audit.append(session, actor, "key.create", key_id, said)
    return issued


def rotate(session: Session, actor: str, key_id: str, *, grace_hours: int, days: int, now: datetime) -> Issued:
    """Give a key a new secret; those before it are refused when the grace period is over, or earlier if they were to be.

    Errors: KeyNotFound, KeyEnded, ValueError for hours or days that cannot be.
    """
    if not 0 <= grace_hours <= MAX_GRACE_HOURS:
        raise ValueError(f"宽限期为 0 至 {MAX_GRACE_HOURS} 小时 / the grace period is 0 to {MAX_GRACE_HOURS} hours")
    _existing(session, key_id)
    if session.get(ApiKeyEnd, (key_id, REVOCATION)) is not None:
        raise KeyEnded(key_id)
    latest = session.exec(select(func.max(ApiKeySecret.number)).where(ApiKeySecret.key_id == key_id)).one()
    ends_at = now + timedelta(hours=grace_hours)
    session.add(ApiKeyEnd(key_id=key_id, number=latest, ends_at=ends_at, ended_by=actor))
    issued = _issue(session, actor, key_id, latest + 1, days, now)
    said = {"number": issued.number, "others_end_at": audit.instant_text(ends_at), "expires_at": audit.instant_text(issued.expires_at)}
    audit.append(session, actor, "key.rotate", key_id, said)
    return issued


def revoke(session: Session, actor: str, key_id: str, *, now: datetime) -> None:
    """Refuse a key from now on, with all its secrets; what is revoked stays so. Errors: KeyNotFound."""
    _existing(session, key_id)
    if session.get(ApiKeyEnd, (key_id, REVOCATION)) is None:
        session.add(ApiKeyEnd(key_id=key_id, number=REVOCATION, ends_at=now, ended_by=actor))
        audit.append(session, actor, "key.revoke", key_id, {})


def listed(session: Session) -> list[KeyState]:
    """Every key, in the order in which they were made; never a secret nor its hash."""
    secrets_of: dict[str, list[ApiKeySecret]] = {}
    for secret in session.exec(select(ApiKeySecret).order_by(ApiKeySecret.number)).all():  # type: ignore[arg-type]
        secrets_of.setdefault(secret.key_id, []).append(secret)
    ends = ends_of_keys(session)
    used = {use.key_id: use.last_used_at for use in session.exec(select(ApiKeyUse)).all()}
    keys = session.exec(select(ApiKey).order_by(ApiKey.created_at, ApiKey.id)).all()  # type: ignore[arg-type]
    return [_state(key, secrets_of.get(key.id, []), ends.get(key.id, {}), used.get(key.id)) for key in keys]


def _state(key: ApiKey, own: Sequence[ApiKeySecret], ends: Mapping[int, datetime], used: datetime | None) -> KeyState:
    return KeyState(
        id=key.id,
        name=key.name,
        owner=key.owner,
        scopes=scopes_of(key),
        created_by=key.created_by,
        created_at=key.created_at,
        secrets=tuple(
            SecretState(
                number=one.number,
                created_by=one.created_by,
                created_at=one.created_at,
                expires_at=one.expires_at,
                ends_at=end_of(one.number, ends),
            )
            for one in own
        ),
        revoked_at=ends.get(REVOCATION),
        last_used_at=used,
    )


def ends_of_keys(session: Session) -> dict[str, dict[int, datetime]]:
    """The ends of every key by their number."""
    found: dict[str, dict[int, datetime]] = {}
    for end in session.exec(select(ApiKeyEnd)).all():
        found.setdefault(end.key_id, {})[end.number] = end.ends_at
    return found


def end_of(number: int, ends: Mapping[int, datetime]) -> datetime | None:
    """When a secret ends: each rotation ends the secret of its number and all before it, so the earliest of them counts."""
    return min((at for ended, at in ends.items() if ended >= number), default=None)


def scopes_of(key: ApiKey) -> tuple[Scope, ...]:
    """The scopes of a key; a word that this version does not know gives nothing."""
    known = {scope.value for scope in Scope}
    return tuple(Scope(word) for word in key.scopes.split() if word in known)


def _existing(session: Session, key_id: str) -> ApiKey:
    key = session.get(ApiKey, key_id)
    if key is None:
        raise KeyNotFound(key_id)
    return key


def _issue(session: Session, actor: str, key_id: str, number: int, days: int, now: datetime) -> Issued:
    if not 1 <= days <= MAX_DAYS:
        raise ValueError(f"有效期为 1 至 {MAX_DAYS} 天 / a secret is valid for 1 to {MAX_DAYS} days")
    random = secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=days)
    session.add(
        ApiKeySecret(key_id=key_id, number=number, hash=hash_of(random), created_by=actor, created_at=now, expires_at=expires_at)
    )
    session.flush()
    return Issued(key_id, number, f"{PREFIX}{key_id}_{random}", expires_at)
