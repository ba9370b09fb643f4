"""Keys and the audit log over HTTP. A secret is shown once, when it is made; what is shown later cannot be used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app import limits
from app.access import keys
from app.access.scopes import Actor, Scope
from app.api.http import authorization as gate
from app.api.http.change_bodies import entered
from app.api.http.openapi_responses import problem_responses, ref
from app.api.http.parameters import NoQuery
from app.api.keys.schemas import AuditQuery, IssuedView, KeyList, KeyRequest, RotationRequest, issued_view, key_list
from app.api.runtime.transactions import ask, change
from app.errors import ProblemError
from app.services.audit_listing import AuditLog, audit_log
from app.tables.storage import audit_log as audit

Done = TypeVar("Done")
KeyId = Annotated[str, Path(title="密钥编号", pattern=keys.KEY_ID_PATTERN, max_length=16, examples=["0123456789abcdef"])]
Admin = Annotated[Actor, Depends(gate.needs(Scope.KEYS_ADMIN))]

router = APIRouter(prefix="/v1", tags=["密钥与审计"])
_AS_IT_IS: Final = "no-store, no-transform"  # not compressed, here or on the way: the length would tell of a secret
_READ: Final[dict[int | str, dict[str, Any]]] = problem_responses((401, 403, 406, 422, 500, 503))
_WRITTEN: Final[dict[int | str, dict[str, Any]]] = problem_responses((400, 401, 403, 406, 413, 415, 422, 500, 503))
_NEW_KEY: Final = {
    "portal": {"summary": "只用于计算的密钥", "value": {"name": "申报门户", "owner": "zhang.wei@example.cn", "scopes": ["calculate"]}},
    "officer": {
        "summary": "起草人的密钥，有效期最长",
        "value": {
            "name": "起草标准表",
            "owner": "li.na@example.cn",
            "scopes": ["tables:read", "tables:write"],
            "valid_days": keys.MAX_DAYS,
        },
    },
}
_NEW_SECRET: Final = {
    "planned": {"summary": "按计划轮换，宽限一天", "value": {}},
    "leaked": {"summary": "密文泄露，旧密文立即失效", "value": {"grace_hours": 0, "valid_days": 30}},
}


def _takes(kind: type[BaseModel], examples: dict[str, Any], needed: Scope) -> dict[str, Any]:
    """Document a body that the operation reads by itself, after it knows who sends it."""
    content = {"application/json": {"schema": ref(kind.__name__), "examples": examples}}
    return {"requestBody": {"required": True, "content": content}, **gate.secured(needed)}


@router.post(
    "/keys",
    operation_id="create_key",
    summary="新建密钥",
    description="新建密钥并给出密文。密文只出现在这一次应答中，请立即存入密钥管理系统。写入审计日志。",
    status_code=201,
    response_model=IssuedView,
    response_description="新密钥的密文",
    responses=_WRITTEN,
    openapi_extra=_takes(KeyRequest, _NEW_KEY, Scope.KEYS_ADMIN),
)
async def create_key(request: Request, actor: Admin, _: NoQuery) -> Response:
    """Make a key."""
    asked = await entered(request, KeyRequest, limits.MAX_KEY_BODY_BYTES)

    def create(session: Session) -> keys.Issued:
        now = datetime.now(UTC)
        return keys.create(
            session, actor.name, name=asked.name, owner=asked.owner, scopes=asked.scopes, days=asked.valid_days, now=now
        )

    return _answer(issued_view(await _changed(request, create)), 201, _AS_IT_IS)


@router.get(
    "/keys",
    operation_id="list_keys",
    summary="列出密钥",
    description="全部密钥及其状态、最近使用时刻；不含密文。",
    response_model=KeyList,
    response_description="密钥列表",
    responses=_READ,
    openapi_extra=gate.secured(Scope.KEYS_ADMIN),
)
async def list_keys(request: Request, _actor: Admin, _: NoQuery) -> Response:
    """List the keys."""
    return _answer(key_list(await ask(request, keys.listed, "keys"), datetime.now(UTC)))


@router.post(
    "/keys/{key_id}/rotate",
    operation_id="rotate_key",
    summary="轮换密钥",
    description="给出新密文；旧密文在宽限期后失效，宽限期为 0 时立即失效。已吊销的密钥不能轮换。写入审计日志。",
    response_model=IssuedView,
    response_description="新密文",
    responses={**_WRITTEN, **problem_responses((404, 409))},
    openapi_extra=_takes(RotationRequest, _NEW_SECRET, Scope.KEYS_ADMIN),
)
async def rotate_key(request: Request, actor: Admin, key_id: KeyId, _: NoQuery) -> Response:
    """Give a key a new secret."""
    asked = await entered(request, RotationRequest, limits.MAX_KEY_BODY_BYTES)

    def rotate(session: Session) -> keys.Issued:
        now = datetime.now(UTC)
        return keys.rotate(session, actor.name, key_id, grace_hours=asked.grace_hours, days=asked.valid_days, now=now)

    return _answer(issued_view(await _changed(request, rotate)), caching=_AS_IT_IS)


@router.delete(
    "/keys/{key_id}",
    operation_id="revoke_key",
    summary="吊销密钥",
    description="立即吊销密钥及其全部密文，不可恢复；其他进程至迟一秒后生效。再次吊销不改变什么。写入审计日志。",
    status_code=204,
    response_description="已吊销",
    responses={**_READ, **problem_responses((404,))},
    openapi_extra=gate.secured(Scope.KEYS_ADMIN),
)
async def revoke_key(request: Request, actor: Admin, key_id: KeyId, _: NoQuery) -> Response:
    """Revoke a key."""
    await _changed(request, lambda session: keys.revoke(session, actor.name, key_id, now=datetime.now(UTC)))
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


@router.get(
    "/audit",
    operation_id="read_audit",
    summary="读取审计日志",
    description="按序号列出记录与链头，可只列一个对象的记录。每条的摘要含前一条的摘要，可据以核对日志未被更改。",
    response_model=AuditLog,
    response_description="审计日志的一段",
    responses=_READ,
    dependencies=[Depends(gate.needs(Scope.AUDIT_READ))],
    openapi_extra=gate.secured(Scope.AUDIT_READ),
)
async def read_audit(request: Request, query: AuditQuery) -> Response:
    """Show a part of the audit log."""

    def read(session: Session) -> AuditLog:
        return audit_log(audit.entries(session, query.after, query.limit, query.object), audit.head_of(session))

    return _answer(await ask(request, read))


async def _changed(request: Request, work: Callable[[Session], Done]) -> Done:
    """Change keys; what the keys refuse are problems."""
    try:
        return await change(request, work, "keys")
    except keys.KeyNotFound:
        raise ProblemError("KEY_NOT_FOUND") from None
    except keys.KeyEnded:
        raise ProblemError("CONFLICT", "密钥已吊销，不能轮换", "The key was revoked and gets no new secret") from None


def _answer(view: BaseModel, status: int = 200, caching: str = "no-store") -> Response:
    return Response(view.model_dump_json(), status, {"Cache-Control": caching}, "application/json")
