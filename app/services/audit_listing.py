"""The audit log as it is shown, over HTTP and by commands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from pydantic import ConfigDict, Field

from app.services.shown_model import Instant, View
from app.tables.storage import audit_log as audit
from app.tables.storage.models import Audit

MAX_AUDIT_ENTRIES: Final = 1_000
_HASH: Final = r"^(sha256:[0-9a-f]{64})?$"


class AuditEntryView(View):
    """审计日志的一条记录。"""

    model_config = ConfigDict(title="审计记录")
    id: int = Field(title="序号，自 1 起，连续")
    at: Instant = Field(title="时刻（UTC，摘要按此文本计算）")
    actor: str = Field(title="谁；- 为未能识别")
    action: str = Field(title="做了什么")
    object: str = Field(title="对什么")
    detail: dict[str, Any] = Field(title="详情")
    previous: str = Field(title="前一条的摘要；第一条为空", pattern=_HASH)
    hash: str = Field(title="本条的摘要", pattern=_HASH)


class AuditHeadView(View):
    """审计日志的链头：最后一条的序号与摘要。"""

    model_config = ConfigDict(title="审计日志链头")
    last: int = Field(title="最后一条的序号；0 为没有记录")
    hash: str = Field(title="最后一条的摘要；没有记录时为空", pattern=_HASH)


class AuditLog(View):
    """审计日志的一段，按序号排列。"""

    model_config = ConfigDict(title="审计日志")
    entries: list[AuditEntryView] = Field(title="记录")
    head: AuditHeadView = Field(title="链头")


def audit_log(entries: Sequence[Audit], head: audit.Head) -> AuditLog:
    """Show a part of the log; instants as they were hashed."""
    shown = [
        AuditEntryView(
            id=one.id,
            at=audit.instant_text(one.at),
            actor=one.actor,
            action=one.action,
            object=one.object,
            detail=json.loads(one.detail),
            previous=one.previous,
            hash=one.hash,
        )
        for one in entries
    ]
    return AuditLog(entries=shown, head=AuditHeadView(last=head.last, hash=head.hash))
