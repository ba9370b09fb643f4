"""Answers of operations as the OpenAPI document describes them."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from app.api.http import problems
from app.errors import KINDS

REF: Final = "#/components/schemas/{model}"


def ref(name: str) -> dict[str, Any]:
    """Return a reference to a schema of the document."""
    return {"$ref": REF.format(model=name)}


CALCULATION_STATUSES: Final = (400, 401, 403, 404, 406, 413, 415, 422, 500, 503)
_STATUS_NAMES: Final = {
    304: "内容未变",
    400: "不能解析",
    401: "没有凭证或凭证无效",
    403: "没有所需权限",
    404: "没有找到",
    406: "不能以所要求的类型应答",
    413: "请求体过大",
    409: "与现状冲突",
    412: "前提条件不满足",
    414: "请求地址过长",
    415: "请求体类型不支持",
    421: "不以这个名称应答",
    422: "格式正确但内容有误",
    428: "须给出前提条件",
    431: "请求头过大或过多",
    500: "服务内部错误",
    503: "暂时不能服务，见 Retry-After",
}
_CHALLENGE: Final = {
    "WWW-Authenticate": {"description": "须以何种凭证访问（RFC 6750）。", "schema": {"type": "string", "pattern": "^Bearer "}}
}
_STATUS_HEADERS: Final[dict[int, dict[str, Any]]] = {
    HTTPStatus.UNAUTHORIZED: _CHALLENGE,
    HTTPStatus.FORBIDDEN: _CHALLENGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: {
        "Accept-Encoding": {"description": "请求体的编码不受支持时：所支持的编码。", "schema": {"type": "string", "const": "gzip"}}
    },
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": {"description": "几秒后重试。", "schema": {"type": "integer", "minimum": 0}}},
}


def problem_responses(statuses: Iterable[int]) -> dict[int | str, dict[str, Any]]:
    """Document these statuses with the codes that the table of problems has for them."""
    documented: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        codes = [code for code, kind in KINDS.items() if kind.status == status]
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            codes.append("STANDARD_NOT_LOADED")
        listed = "；".join(f"`{code}` {KINDS[code].zh}" for code in codes)
        documented[status] = {
            "description": f"{_STATUS_NAMES[status]}。{listed}",
            "content": {problems.PROBLEM_TYPE: {"schema": ref("Problem")}},
        }
        if status in _STATUS_HEADERS:
            documented[status]["headers"] = dict(_STATUS_HEADERS[status])
    return documented


def json_response(description: str, *names: str) -> dict[str, Any]:
    """Document a successful answer, of one schema or any of several."""
    schema = ref(names[0]) if len(names) == 1 else {"anyOf": [ref(name) for name in names]}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def not_modified() -> dict[int | str, dict[str, Any]]:
    """Document 304."""
    return {304: {"description": _STATUS_NAMES[304]}}
