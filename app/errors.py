"""Why something is refused: one table of codes with status, title and advice, and the errors that carry them.

Use cases and readers of claims raise ``ProblemError`` for HTTP, commands and files alike. Codes are stable and never translated; titles and
details come in Chinese and English. Nothing of a calculation's body is ever repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from app.calculators.bilingual import Phrase

Language = Literal["zh", "en"]

MAX_ERRORS: Final = 100
RETRY_AFTER_SECONDS: Final = 2


class Kind(NamedTuple):
    """What one code means."""

    status: int
    zh: str
    en: str


KINDS: Final[Mapping[str, Kind]] = {
    "MALFORMED_JSON": Kind(400, "请求体不是合法的 JSON", "The body is not valid JSON"),
    "MALFORMED_GZIP": Kind(400, "请求体不是完整的 gzip", "The body is not whole gzip"),
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
    "NOT_A_RATE": Kind(422, "所引用的系列不是利率", "The series that was named is no rate"),
    "WRONG_APPLICANT": Kind(422, "标准表不支持这种申请主体", "The rate table does not admit this kind of applicant"),
    "WRONG_METHOD": Kind(422, "该标准表不在这个接口计算", "The rate table belongs to another endpoint"),
    "REFERENCE_RATE_NOT_COVERED": Kind(422, "参考利率尚未公布到该日", "The reference series does not reach that day"),
    "INVALID_USCC": Kind(422, "统一社会信用代码有误", "The unified social credit code is wrong (GB 32100-2015)"),
    "DUPLICATE_KEY": Kind(422, "JSON 中有重复的键", "The JSON has a duplicate key"),
    "NOT_COMPUTABLE": Kind(422, "已公布的条款不足以算出金额", "What was published does not decide the amount"),
    "TOO_MUCH_WORK": Kind(422, "计算量超出限度", "More work than is done in one request"),
    "ANSWER_TOO_LARGE": Kind(422, "应答超出限度", "The answer would be too large"),
    "PRECONDITION_REQUIRED": Kind(428, "须以 If-Match 给出所见的 ETag", "Give the ETag that was seen as If-Match"),
    "HEADERS_TOO_LARGE": Kind(431, "请求头过大或过多", "The headers are too large or too many"),
    "INTERNAL_ERROR": Kind(500, "服务内部错误", "Internal error"),
    "OVERLOADED": Kind(503, "服务繁忙，请稍后重试", "Overloaded, try again later"),
    "TABLES_UNAVAILABLE": Kind(503, "标准表尚未载入，请稍后重试", "The tables are not loaded yet"),
    "CONTENT_ALTERED": Kind(503, "库中的内容与其摘要不符，不用于计算", "The stored content does not match its digest and is not used"),
    "DATABASE_UNAVAILABLE": Kind(503, "数据库暂不可用，请稍后重试", "The database is not available, try again later"),
    "SIGN_IN_UNAVAILABLE": Kind(503, "暂时不能核验令牌，请稍后重试", "Tokens cannot be checked at the moment, try again later"),
}


# What to do, where the one who raises a problem says nothing else: its detail never repeats its title.
_ADVICE: Final[Mapping[str, tuple[str, str]]] = {
    "UNAUTHENTICATED": ("请以 Authorization: Bearer 附上有效的密钥或令牌", "Send a valid key or token as Authorization: Bearer"),
    "FORBIDDEN": ("所用密钥或令牌不含这项操作的权限", "The key or token in use does not allow this operation"),
    "OWN_DRAFT": ("请由另一人批准", "Another person has to approve it"),
    "NOT_FOUND": ("全部地址见 /docs 与 /openapi.json", "All addresses are listed in /docs and /openapi.json"),
    "DRAFT_NOT_FOUND": ("全部草案见 GET /v1/drafts", "GET /v1/drafts lists all drafts"),
    "KEY_NOT_FOUND": ("全部密钥见 GET /v1/keys", "GET /v1/keys lists all keys"),
    "METHOD_NOT_ALLOWED": ("可用的方法见 Allow", "Allow names the methods that there are"),
    "NOT_ACCEPTABLE": ("Accept 中应有 application/json", "Accept should hold application/json"),
    "CONFLICT": ("期间已有其他变更；请重新读取后再试", "Something else was changed meanwhile; read it again, then try again"),
    "PRECONDITION_FAILED": ("请重新读取，以新的 ETag 作为 If-Match", "Read it again and send the new ETag as If-Match"),
    "UNSUPPORTED_MEDIA_TYPE": ("Content-Type 应为 application/json", "Content-Type should be application/json"),
    "PRECONDITION_REQUIRED": ("请重新读取，以最近收到的 ETag 作为 If-Match", "Send the last ETag you received as If-Match"),
    "INTERNAL_ERROR": ("请以 request_id 联系运维", "Please report the request_id"),
    "OVERLOADED": ("同时处理的请求过多；几秒后重试", "Too many requests at once; try again in a few seconds"),
    "TABLES_UNAVAILABLE": ("服务正在启动；几秒后重试", "The service is starting; try again in a few seconds"),
    "DATABASE_UNAVAILABLE": ("计算不受影响；变更请稍后再试", "Calculations go on; try changes again later"),
    "SIGN_IN_UNAVAILABLE": ("身份服务没有应答；以密钥登录不受影响", "The identity provider does not answer; keys still work"),
}
_OF_FIELDS: Final = ("内容见 errors", "See errors")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One fault of the request, in both languages; ``title`` is that of a fact that only its table names."""

    pointer: str
    code: str
    zh: str
    en: str
    title: Phrase | None = None


class ProblemError(Exception):
    """A request that cannot be answered; ``zh`` and ``en`` say why in one sentence, by default the first of its errors."""

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
        unfinished: bool = False,
    ) -> None:
        kind = KINDS[code]
        if zh == kind.zh:  # a detail never repeats its title
            zh = en = None
        self.errors = tuple(errors)
        first = (self.errors[0].zh, self.errors[0].en) if self.errors else _ADVICE.get(code, _OF_FIELDS)
        super().__init__(f"{code}: {en or first[1]}")
        self.code = code
        self.status = status or kind.status
        self.zh = zh or first[0]
        self.en = en or first[1]
        self.own = zh is not None  # speaks of the whole problem, not of its first error
        self.total = max(total, len(self.errors))  # how many faults there are, of which the first are listed
        self.unfinished = unfinished  # that many were enough: nobody looked for more
        self.headers = dict(headers or {})
        if self.status == 503:
            self.headers.setdefault("Retry-After", str(RETRY_AFTER_SECONDS))


def invalid(errors: list[FieldError], total: int = 0, codes: Set[str] | None = None, *, unfinished: bool = False) -> ProblemError:
    """Make the problem of these faults; when all are of one kind that has a title, it is that kind.

    ``total`` and ``codes`` are those of all faults, where only the first are given; ``unfinished`` where nobody looked for more.
    """
    codes = {error.code for error in errors} if codes is None else codes
    only = next(iter(codes)) if len(codes) == 1 else ""
    return ProblemError(only if only in KINDS else "INVALID_FACTS", errors=errors, total=total, unfinished=unfinished)
