"""Problems (RFC 9457): one table of codes, from which answers and documentation are made.

A problem is raised as ``ProblemError`` anywhere under ``app.api`` and becomes one
``application/problem+json`` document. Codes are stable and never translated; titles and details are
Chinese unless ``Accept-Language`` prefers English. Nothing of a calculation's body is ever repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import msgspec

Language = Literal["zh", "en"]

PROBLEM_TYPE: Final = "application/problem+json"
MAX_ERRORS: Final = 100
RETRY_AFTER_SECONDS: Final = 2


class Kind(NamedTuple):
    """What one code means."""

    status: int
    zh: str
    en: str


KINDS: Final[Mapping[str, Kind]] = {
    "MALFORMED_JSON": Kind(400, "请求体不是合法的 JSON", "The body is not valid JSON"),
    "UNAUTHENTICATED": Kind(401, "未通过身份验证", "Not authenticated"),
    "FORBIDDEN": Kind(403, "没有权限", "Forbidden"),
    "OWN_DRAFT": Kind(403, "编写者不能批准自己的草案", "Who wrote a draft cannot approve it"),
    "NOT_FOUND": Kind(404, "没有这个地址", "No such address"),
    "FUND_NOT_FOUND": Kind(404, "没有这项资金", "No such fund"),
    "BATCH_NOT_FOUND": Kind(404, "没有这个批次", "No such batch"),
    "RATE_TABLE_NOT_FOUND": Kind(404, "没有这张标准表", "No such rate table"),
    "DRAFT_NOT_FOUND": Kind(404, "没有这个草案", "No such draft"),
    "KEY_NOT_FOUND": Kind(404, "没有这个密钥", "No such key"),
    "VERSION_NOT_FOUND": Kind(404, "没有这个版本", "No such version"),
    "NO_VERSION_IN_FORCE": Kind(404, "该日没有生效的版本", "No version is in force on that day"),
    "STANDARD_NOT_LOADED": Kind(404, "该方向的标准未载入", "The standards of this direction are not loaded"),
    "REFERENCE_SERIES_NOT_FOUND": Kind(404, "没有这个参考利率", "No such reference series"),
    "METHOD_NOT_ALLOWED": Kind(405, "该地址不支持这种方法", "Method not allowed"),
    "NOT_ACCEPTABLE": Kind(406, "只能以 JSON 应答", "Only JSON can be answered"),
    "CONFLICT": Kind(409, "与现状冲突", "Conflict"),
    "PRECONDITION_FAILED": Kind(412, "前提条件不满足", "Precondition failed"),
    "PAYLOAD_TOO_LARGE": Kind(413, "请求体过大", "The body is too large"),
    "URI_TOO_LONG": Kind(414, "请求地址过长", "The address is too long"),
    "UNSUPPORTED_MEDIA_TYPE": Kind(415, "请求体须为 application/json", "The body must be application/json"),
    "HOST_NOT_ALLOWED": Kind(421, "不以这个名称应答", "Not answered under this name"),
    "DRAFT_FAULTY": Kind(422, "草案内容有误", "The draft has faults"),
    "INVALID_FACTS": Kind(422, "请求内容有误", "The request is invalid"),
    "FACT_REQUIRED": Kind(422, "缺少标准表要求的事实", "A fact that the rate table needs is missing"),
    "UNKNOWN_MEASURE": Kind(422, "标准表没有声明这项事实", "The rate table declares no such measure"),
    "UNKNOWN_CATEGORY": Kind(422, "标准表没有这个类别", "The rate table has no such category"),
    "WRONG_FACTS": Kind(422, "事实的种类不对", "The wrong kind of facts"),
    "WRONG_METHOD": Kind(422, "该标准表不在这个接口计算", "The rate table belongs to another endpoint"),
    "REFERENCE_RATE_NOT_COVERED": Kind(
        422, "参考利率尚未公布到该日", "The reference series does not reach that day"
    ),
    "INVALID_USCC": Kind(
        422, "统一社会信用代码有误", "The unified social credit code is wrong (GB 32100-2015)"
    ),
    "DUPLICATE_KEY": Kind(422, "JSON 中有重复的键", "The JSON has a duplicate key"),
    "NOT_COMPUTABLE": Kind(
        422, "已公布的条款不足以算出金额", "What was published does not decide the amount"
    ),
    "PRECONDITION_REQUIRED": Kind(428, "须以 If-Match 给出所见的 ETag", "Give the ETag that was seen as If-Match"),
    "HEADERS_TOO_LARGE": Kind(431, "请求头过大或过多", "The headers are too large or too many"),
    "INTERNAL_ERROR": Kind(500, "服务内部错误", "Internal error"),
    "OVERLOADED": Kind(503, "服务繁忙，请稍后重试", "Overloaded, try again later"),
    "TABLES_UNAVAILABLE": Kind(503, "标准表尚未载入，请稍后重试", "The tables are not loaded yet"),
    "CONTENT_ALTERED": Kind(503, "库中的内容与其摘要不符，不用于计算", "The stored content does not match its digest and is not used"),
    "DATABASE_UNAVAILABLE": Kind(503, "数据库暂不可用，请稍后重试", "The database is not available, try again later"),
    "SIGN_IN_UNAVAILABLE": Kind(503, "暂时不能核验令牌，请稍后重试", "Tokens cannot be checked at the moment, try again later"),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of the request, in both languages."""

    pointer: str
    code: str
    zh: str
    en: str


class ProblemError(Exception):
    """A request that cannot be answered; ``zh`` and ``en`` say why in one sentence."""

    def __init__(
        self,
        code: str,
        zh: str | None = None,
        en: str | None = None,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        status: int | None = None,
        total: int = 0,
    ) -> None:
        kind = KINDS[code]
        super().__init__(f"{code}: {en or kind.en}")
        self.code = code
        self.status = status or kind.status
        self.zh = zh or kind.zh
        self.en = en or kind.en
        self.errors = tuple(errors)
        self.total = max(total, len(self.errors))  # how many faults there are, of which the first are listed
        self.headers = dict(headers or {})
        if self.status == 503:
            self.headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))


def invalid(errors: list[FieldError], total: int = 0) -> ProblemError:
    """Make the problem of these faults; when all are of one kind that has a title, it is that kind."""
    codes = {error.code for error in errors}
    only = codes.pop() if len(codes) == 1 else ""
    if only in KINDS and len(errors) == 1:
        return ProblemError(only, errors[0].zh, errors[0].en, errors=errors)
    return ProblemError(only if only in KINDS else "INVALID_FACTS", errors=errors, total=total)


def document(problem: ProblemError, *, language: Language, instance: str, request_id: str) -> dict[str, Any]:
    """Return the problem as the document that is sent."""
    chinese = language == "zh"
    kind = KINDS[problem.code]
    detail = problem.zh if chinese else problem.en
    if problem.total > MAX_ERRORS:
        most = MAX_ERRORS
        detail += f"（共 {problem.total} 处，只列前 {most} 处）" if chinese else f" ({problem.total} faults, the first {most} are listed)"
    return {
        "type": f"/problems/{problem.code.lower().replace('_', '-')}",
        "title": kind.zh if chinese else kind.en,
        "status": problem.status,
        "detail": detail,
        "instance": instance,
        "code": problem.code,
        "errors": [
            {
                "pointer": error.pointer,
                "code": error.code,
                "detail": error.zh if chinese else error.en,
            }
            for error in problem.errors[:MAX_ERRORS]
        ],
        "request_id": request_id,
    }


def encoded(problem: ProblemError, *, language: Language, instance: str, request_id: str) -> bytes:
    """Return the problem as bytes."""
    return msgspec.json.encode(
        document(problem, language=language, instance=instance, request_id=request_id)
    )


def preferred_language(accept_language: str | None) -> Language:
    """Return ``en`` when the header prefers English to Chinese, else ``zh``.

    >>> preferred_language("en-GB,en;q=0.9,zh;q=0.5"), preferred_language("fr"), preferred_language(None)
    ('en', 'zh', 'zh')
    """
    if not accept_language:
        return "zh"
    best = {"zh": 0.0, "en": 0.0}
    for choice in accept_language[:500].lower().split(","):
        tag, _, parameters = choice.strip().partition(";")
        primary = tag.strip().partition("-")[0]
        quality = parameters.strip().removeprefix("q=").strip() if parameters else "1"
        try:
            weight = float(quality)
        except ValueError:
            continue
        if primary in best and 0 <= weight <= 1:
            best[primary] = max(best[primary], weight)
    return "en" if best["en"] > best["zh"] else "zh"
