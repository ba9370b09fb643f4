"""Keys and the audit log as they are asked for and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.access import keys
from app.access.scopes import TITLES, Scope
from app.api.http.parameters import Closed
from app.services.audit_listing import MAX_AUDIT_ENTRIES
from app.services.calculation_identity import instant_text
from app.services.shown_model import Instant, View

OBJECT_PATTERN: Final = r"^[^\x00]*$"  # PostgreSQL takes no other text
ScopeName = Annotated[
    Scope, WithJsonSchema({"type": "string", "enum": list(Scope), "title": "；".join(f"{one} {title}" for one, title in TITLES.items())})
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


Days = Annotated[int, Field(title="有效天数", ge=1, le=keys.MAX_DAYS, examples=[keys.DEFAULT_DAYS])]


class KeyRequest(_Body):
    """要新建的密钥。责任人是对使用这个密钥所做的一切负责的人；起草与批准须是两个责任人。"""

    model_config = ConfigDict(title="新建密钥")
    name: str = Field(title="名称，说明用途", pattern=keys.NAME_PATTERN, max_length=120, examples=["申报门户"])
    owner: str = Field(
        title="责任人，与其令牌的 sub 一致", pattern=keys.OWNER_PATTERN, max_length=120, examples=["zhang.wei@example.cn"]
    )
    scopes: list[ScopeName] = Field(title="权限", min_length=1, max_length=len(Scope), examples=[["calculate", "tables:read"]])
    valid_days: Days = keys.DEFAULT_DAYS


class RotationRequest(_Body):
    """轮换密钥：产生新密文，旧密文在宽限期后失效。"""

    model_config = ConfigDict(title="轮换密钥")
    grace_hours: int = Field(
        keys.DEFAULT_GRACE_HOURS, title="旧密文还可使用的小时数", ge=0, le=keys.MAX_GRACE_HOURS, examples=[keys.DEFAULT_GRACE_HOURS]
    )
    valid_days: Days = keys.DEFAULT_DAYS


class IssuedView(View):
    """新密文；只在这一次应答中出现，服务只保存它的 SHA-256。"""

    model_config = ConfigDict(title="新密文")
    id: str = Field(title="密钥编号", pattern=keys.KEY_ID_PATTERN)
    number: int = Field(title="密文序号，自 1 起")
    secret: str = Field(title="密文：写在 Authorization: Bearer 之后")
    expires_at: Instant = Field(title="失效时刻")


class SecretView(View):
    """密文的状态，不含密文。"""

    model_config = ConfigDict(title="密文状态")
    number: int = Field(title="密文序号，自 1 起")
    created_by: str = Field(title="由谁产生")
    created_at: Instant = Field(title="产生时刻")
    expires_at: Instant = Field(title="有效期止")
    ends_at: Instant | None = Field(title="因轮换而失效的时刻；空为没有轮换")


class KeyView(View):
    """一个密钥，不含密文。"""

    model_config = ConfigDict(title="密钥")
    id: str = Field(title="密钥编号", pattern=keys.KEY_ID_PATTERN)
    name: str = Field(title="名称")
    owner: str = Field(title="责任人")
    scopes: list[ScopeName] = Field(title="权限")
    status: Literal["ACTIVE", "EXPIRED", "REVOKED"] = Field(title="状态：可用、全部密文已失效、已吊销")
    created_by: str = Field(title="由谁新建")
    created_at: Instant = Field(title="新建时刻")
    revoked_at: Instant | None = Field(title="吊销时刻；空为没有吊销")
    last_used_at: Instant | None = Field(title="最近使用时刻，精确到分钟；空为没有用过")
    secrets: list[SecretView] = Field(title="各密文的状态")


class KeyList(View):
    """全部密钥。"""

    model_config = ConfigDict(title="密钥列表")
    keys: list[KeyView] = Field(title="密钥")


class AuditPage(Closed):
    """Which part of the log to show."""

    after: int = Field(0, title="从这一条之后起", ge=0, le=2**31 - 1, examples=[0])
    limit: int = Field(100, title="至多几条", ge=1, le=MAX_AUDIT_ENTRIES, examples=[100])
    object: str | None = Field(
        None,
        title="只列对这个对象所做的，如草案编号、密钥编号，与记录中的 object 完全一致",
        min_length=1,
        max_length=200,
        pattern=OBJECT_PATTERN,
        examples=["0123456789abcdef"],
    )


AuditQuery = Annotated[AuditPage, Query()]


def _shown(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)


def issued_view(issued: keys.Issued) -> IssuedView:
    """Show a new secret."""
    return IssuedView(id=issued.key_id, number=issued.number, secret=issued.secret, expires_at=instant_text(issued.expires_at))


def key_list(found: Sequence[keys.KeyState], now: datetime) -> KeyList:
    """Show keys as they are at an instant."""
    return KeyList(keys=[_key(one, now) for one in found])


def _key(key: keys.KeyState, now: datetime) -> KeyView:
    secrets = [
        SecretView(
            number=one.number,
            created_by=one.created_by,
            created_at=instant_text(one.created_at),
            expires_at=instant_text(one.expires_at),
            ends_at=_shown(one.ends_at),
        )
        for one in key.secrets
    ]
    live = any(now < one.expires_at and (one.ends_at is None or now < one.ends_at) for one in key.secrets)
    return KeyView(
        id=key.id,
        name=key.name,
        owner=key.owner,
        scopes=list(key.scopes),
        status="REVOKED" if key.revoked_at is not None and key.revoked_at <= now else "ACTIVE" if live else "EXPIRED",
        created_by=key.created_by,
        created_at=instant_text(key.created_at),
        revoked_at=_shown(key.revoked_at),
        last_used_at=_shown(key.last_used_at),
        secrets=secrets,
    )
