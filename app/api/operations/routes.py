"""Whether the service lives and is ready, its metrics, and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import msgspec
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.access.scopes import Scope
from app.api.http import authorization as gate
from app.api.http import metrics
from app.api.http.current_catalogue import catalogue_of
from app.api.http.etag_answers import tagged
from app.api.http.openapi_responses import problem_responses
from app.api.runtime.catalogue_refresher import Database
from app.services.calculation_identity import instant_text
from app.services.shown_model import Instant

router = APIRouter(tags=["运行"])
_EFFECTS: Final = {
    ("zh", "away"): "数据库不可用：计算照常；暂不能变更标准表与密钥",
    ("en", "away"): "The database is away: calculations go on; tables and keys cannot be changed",
    ("zh", "read-only"): "数据库只读：计算照常；暂不能变更标准表与密钥",
    ("en", "read-only"): "The database is read-only: calculations go on; tables and keys cannot be changed",
}


_ALTERED: Final = {
    "zh": "库中有 {count} 行与其摘要不符，依据它们的标准表与利率不用于计算，其余照常；请由备份恢复：{named}",
    "en": "{count} stored rows do not match their digests; tables and series that rest on them are not used, all others are;"
    " restore a backup: {named}",
}
_UNREADABLE: Final = {
    "zh": "库中有 {count} 行为更新的版本所写，本版本的服务不能读懂，依据它们的标准表不用于计算，其余照常；请升级服务：{named}",
    "en": "{count} stored rows were written by a later release, which this one cannot read; tables that rest on them are not used,"
    " all others are; upgrade the service: {named}",
}
MOST_NAMED: Final = 20  # what is wrong is said to everybody, but not at any length


class Live(BaseModel):
    """进程存活。"""

    model_config = ConfigDict(title="存活")
    status: Literal["ok"] = Field(title="状态")


class Degraded(BaseModel):
    """哪一部分不正常，从何时起。"""

    model_config = ConfigDict(title="降级")
    what: Literal["database", "content"] = Field(title="部分；content 为库中的内容与其摘要不符")
    since: Instant = Field(title="起始时刻")
    effect: str = Field(title="影响")


class Ready(BaseModel):
    """标准表已载入，可以计算。"""

    model_config = ConfigDict(title="就绪")
    status: Literal["ready", "degraded"] = Field(title="状态；degraded 时计算照常")
    known_at: Instant = Field(title="标准表所知的最近时刻")
    degraded: list[Degraded] = Field(title="不正常的部分；正常时为空")


@router.get(
    "/health/live",
    operation_id="live",
    summary="是否存活",
    description="进程能应答就是存活。",
    response_description="存活",
    responses=problem_responses((500,)),
)
async def live() -> Live:
    """Answer as long as the process can."""
    return Live(status="ok")


@router.get(
    "/health/ready",
    operation_id="ready",
    summary="是否就绪",
    description="标准表载入后为就绪；此前应答 503。数据库不可用或只读时仍为 200，status 为 degraded，计算照常。"
    "库中有内容与其摘要不符时也是如此，并写明是哪些：它们不用于计算。",
    response_description="就绪",
    responses=problem_responses((500, 503)),
)
async def ready(request: Request) -> Ready:
    """Answer 200 once the tables are loaded, 503 until then."""
    catalogue = catalogue_of(request.scope)
    database: Database = request.app.state.database
    language = request.scope["envelope"].language
    parts = []
    if database.since is not None:
        parts.append(Degraded(what="database", since=instant_text(database.since), effect=_EFFECTS[language, database.state]))
    if catalogue.altered:
        parts.append(_content(_ALTERED[language], catalogue.altered, request.app.state.altered_since))
    if catalogue.unreadable:
        parts.append(_content(_UNREADABLE[language], tuple(catalogue.unreadable), min(catalogue.unreadable.values())))
    status: Literal["ready", "degraded"] = "degraded" if parts else "ready"
    return Ready(status=status, known_at=instant_text(catalogue.latest_known_at), degraded=parts)


def _content(said: str, rows: Sequence[str], since: datetime) -> Degraded:
    effect = said.format(count=len(rows), named=", ".join(rows[:MOST_NAMED]))
    return Degraded(what="content", since=instant_text(since), effect=effect)


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Prometheus 指标",
    description="按方法、路径模板与状态统计的应答时间，及进程指标。",
    response_description="Prometheus 文本格式的指标",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}},
        **problem_responses((401, 403, 500, 503)),
    },
    dependencies=[Depends(gate.needs(Scope.TABLES_READ))],
    openapi_extra=gate.secured(Scope.TABLES_READ),
)
async def expose_metrics() -> Response:
    """Answer the metrics in Prometheus's text format."""
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE_LATEST)


@router.get("/openapi.json", include_in_schema=False)
async def openapi_document(request: Request) -> Response:
    """Answer the OpenAPI document, made once."""
    return tagged(request, msgspec.json.encode(request.app.openapi()))
