"""The OpenAPI 3.1 document: FastAPI's paths with the schemas of ``schemas`` and the table of problems."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app import limits
from app.access.scopes import OPEN_ON_LOOPBACK
from app.api.http.openapi_responses import problem_responses
from app.api.openapi import operation_examples, schemas
from app.api.openapi.descriptions import describe
from app.errors import MAX_ERRORS

TITLE: Final = "补贴计算服务"
DESCRIPTION: Final = f"""把已公布的补贴政策和真实的事实变成精确到分、每一步都有条款依据的金额。

- 金额是字符串，单位元，恰好两位小数；利率是小数形式的字符串；期间左闭右开（算头不算尾）。
- 不符合条件不是错误：应答 200，`status` 为 `NOT_ELIGIBLE`，金额 `0.00`，附原因与条款。
- 错误是 RFC 9457 问题文档；`code` 稳定，不随语言变化；计算请求的内容从不写回。
- 带着应答中的 `known_at` 与标准表 `version` 重发同一请求，得到逐字节相同的结果；此后无论公布什么都是如此。
  `known_at`、`known_on` 晚于服务已知的最近时刻时，按已知的最近时刻计算，并如实写在应答的 `known_at` 中。
- 一次请求的计算量在计算之前估算，应答的行数有上限：超过的为 422 `TOO_MUCH_WORK` 或 `ANSWER_TOO_LARGE`，写明数目、上限与办法。
- `Accept-Language: en` 可得英文说明。GET 的地址也答 HEAD。
- 请求体可以 gzip 压缩（`Content-Encoding: gzip`，只有一段；展开后仍受同一上限）。
  `Accept-Encoding: gzip` 时，{limits.MIN_COMPRESSED_BYTES} 字节起的应答以 gzip 压缩，其 ETag 末尾为 `-gzip`；
  `If-Match`、`If-None-Match` 两种写法都认。
- JSON 至多 {limits.MAX_JSON_DEPTH} 层；值与键合计至多 {limits.MAX_TOKENS} 个，草案与密钥的请求至多 {limits.MAX_DRAFT_TOKENS} 个，
  批量请求至多 {limits.MAX_LIST_TOKENS} 个（每个案例与公共部分各至多 {limits.MAX_TOKENS} 个）。错误满 {MAX_ERRORS} 处即停止检查并写明。
"""
TAGS: Final = (
    ("贷款贴息", "贷款贴息与融资租赁贴息。"),
    ("保险补贴", "保险补贴。"),
    ("奖励", "奖励与券。"),
    ("补助", "项目投资补助。"),
    ("标准表", "资金、批次、标准表及其版本、参考利率。"),
    ("草案", "标准表、批次与参考利率的变更：起草、检查、比较、试算、批准、公布。"),
    ("密钥与审计", "密钥的新建、轮换与吊销，审计日志。"),
    ("运行", "存活、就绪与指标。"),
)
_EVERY_REQUEST: Final = (414, 421, 431)
"""What any operation may answer before it is reached."""
_SCHEMES: Final = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "密钥（`sk_…`）或身份提供方签发的令牌（JWT），写在 `Authorization: Bearer` 之后；所需权限见各操作的 `security`。",
    }
}
_ETAG: Final = {
    "ETag": {
        "description": "内容的摘要，压缩的应答末尾加 -gzip；下次以 If-None-Match 给出，内容未变则应答 304。",
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
    }
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "已有内容的 ETag，一个或几个；内容未变则应答 304，不再传送。",
    "schema": {"title": "已有内容的 ETag", "type": "string"},
}
_REQUEST_ID_HEADER: Final = {
    "X-Request-ID": {
        "description": "请求编号：取自请求，否则生成。",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
    }
}


class Service(FastAPI):
    """FastAPI with this document, made when it is first asked for."""

    def openapi(self) -> dict[str, Any]:
        """Return the document."""
        if self.openapi_schema is None:
            self.openapi_schema = document(self)
        return self.openapi_schema


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of the application."""
    made = get_openapi(
        title=TITLE,
        version="1.0.0",
        openapi_version="3.1.0",
        summary="有据可查、精确到分的补贴计算",
        description=DESCRIPTION,
        routes=app.routes,
        tags=[{"name": name, "description": text} for name, text in TAGS],
        license_info=None,
        servers=[{"url": app.state.root_path or "/"}],
    )
    own = made.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError", "Scope"):  # FastAPI lists what is nowhere referred to
        own.pop(name, None)
    own.update(schemas.components())
    made["components"]["schemas"] = dict(sorted(own.items()))
    made["components"]["securitySchemes"] = _SCHEMES
    answers = operation_examples.recorded_answers()
    open_on_loopback = app.state.guard.mode == "loopback"
    for operations in made["paths"].values():
        for operation in operations.values():
            operation.setdefault("security", [])
            scopes = {scope for one in operation["security"] for scope in one.get("bearer", ())}
            if open_on_loopback and scopes and scopes <= OPEN_ON_LOOPBACK:
                operation["security"] = [{}, *operation["security"]]  # on loopback no credential is needed: readers show the first
            operation["responses"].update({str(status): one for status, one in problem_responses(_EVERY_REQUEST).items()})
            operation["responses"] = dict(sorted(operation["responses"].items()))
            if "304" in operation["responses"]:
                operation.setdefault("parameters", []).append(dict(_IF_NONE_MATCH))
                for status in ("200", "304"):
                    operation["responses"][status].setdefault("headers", {}).update(_ETAG)
            operation_examples.document_examples(operation)
            operation_examples.document_answers(operation, answers)
            for response in operation["responses"].values():
                response.setdefault("headers", {}).update(_REQUEST_ID_HEADER)
    describe(made)
    return made
