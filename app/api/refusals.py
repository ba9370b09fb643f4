"""What Pydantic found wrong with a request, as field errors with JSON pointers and stable codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.access import keys
from app.api.claims import BATCH_PATTERN, DATE_PATTERN, FACT_LISTS, INSTANT_PATTERN, REFERENCE_RATE_PATTERN
from app.api.limits import MAX_KEY_LENGTH
from app.api.problems import MAX_ERRORS, FieldError, ProblemError
from app.calculators import facts

LIST_NAMES: Final = {
    "contracts": ("贷款合同", "loan contracts"),
    "policies": ("保单", "policies"),
    "items": ("事项", "items"),
    "projects": ("项目", "projects"),
}

UNKNOWN: Final = ("UNKNOWN_FIELD", "没有这个字段或参数", "There is no such field or parameter")
# Pydantic's type of error -> code, Chinese, English; {…} is filled from the limits of the schema only.
_TEXTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "missing": ("FIELD_REQUIRED", "缺少必填字段", "This field is required"),
    "unexpected_keyword_argument": ("UNKNOWN_FIELD", "没有这个字段", "There is no such field"),
    "string_type": ("INVALID_TYPE", "应为字符串", "Should be a string"),
    "int_type": ("INVALID_TYPE", "应为整数（不加引号）", "Should be a whole number, without quotes"),
    "bool_type": ("INVALID_TYPE", "应为 true 或 false", "Should be true or false"),
    "tuple_type": ("INVALID_TYPE", "应为数组", "Should be an array"),
    "dict_type": ("INVALID_TYPE", "应为对象", "Should be an object"),
    "dataclass_type": ("INVALID_TYPE", "应为对象", "Should be an object"),
    "model_type": ("INVALID_TYPE", "应为对象", "Should be an object"),
    "list_type": ("INVALID_TYPE", "应为数组", "Should be an array"),
    "enum": ("INVALID_VALUE", "应为 {expected} 之一", "Should be one of {expected}"),
    "none_required": ("INVALID_TYPE", "应为 null", "Should be null"),
    "measure_type": (
        "INVALID_TYPE",
        "应为字符串、整数或 true/false",
        "Should be a string, a whole number or true/false",
    ),
    "date_parameter": ("INVALID_DATE", "应为日期 YYYY-MM-DD", "Should be a date, YYYY-MM-DD"),
    "int_parsing": ("INVALID_TYPE", "应为整数", "Should be a whole number"),
    "extra_forbidden": UNKNOWN,
    "string_pattern_mismatch": ("INVALID_FORMAT", "格式应为 {pattern}", "Should match {pattern}"),
    "string_too_long": ("TOO_LONG", "至多 {max_length} 个字符", "At most {max_length} characters"),
    "too_long": ("TOO_MANY", "至多 {max_length} 项", "At most {max_length} entries"),
    "too_short": ("TOO_FEW", "至少 {min_length} 项", "At least {min_length} entries"),
    "greater_than_equal": ("OUT_OF_RANGE", "不得小于 {ge}", "Should not be below {ge}"),
    "less_than_equal": ("OUT_OF_RANGE", "不得大于 {le}", "Should not be above {le}"),
    "literal_error": ("INVALID_VALUE", "应为 {expected} 之一", "Should be one of {expected}"),
    "union_tag_invalid": ("INVALID_VALUE", "应为 {expected_tags} 之一", "Should be one of {expected_tags}"),
    "union_tag_not_found": ("FIELD_REQUIRED", "缺少必填字段", "This field is required"),
}
_CALENDAR: Final = ("INVALID_DATE", "没有这一天或这一时刻", "There is no such day or instant")
_OTHER: Final = ("INVALID_VALUE", "内容有误", "This value is not valid")
_FORMATS: Final[Mapping[str, tuple[str, str, str]]] = {
    DATE_PATTERN: ("INVALID_DATE", "应为日期 YYYY-MM-DD", "Should be a date, YYYY-MM-DD"),
    INSTANT_PATTERN: (
        "INVALID_INSTANT",
        "应为带时区的时刻，如 2023-11-20T16:05:00+08:00",
        "Should be an instant with its offset, such as 2023-11-20T16:05:00+08:00",
    ),
    REFERENCE_RATE_PATTERN: (
        "INVALID_RATE",
        "利率应为小数形式的字符串，如 3.00% 写作 0.0300，至多八位小数",
        "A rate is a decimal fraction as a string with at most eight decimals: 3.00% is 0.0300",
    ),
    facts.MONEY_PATTERN: (
        "INVALID_MONEY",
        "金额应为字符串，单位元，恰好两位小数，整数至多十三位，如 1234567.80",
        "Money is a string in yuan with exactly two decimals and at most 13 digits before them",
    ),
    facts.RATE_PATTERN: (
        "INVALID_RATE",
        "利率或比例应为小数形式的字符串，至多八位小数，如 0.0345",
        "A rate is a decimal fraction as a string with at most eight decimals, such as 0.0345",
    ),
    facts.SPREAD_PATTERN: (
        "INVALID_RATE",
        "加点应为小数形式的字符串，可为负，至多八位小数，如 -0.0020",
        "A spread is a decimal fraction as a string with at most eight decimals, such as -0.0020",
    ),
    facts.CODE_PATTERN: (
        "INVALID_CODE",
        "代码由大写字母、数字与下划线组成，以字母开头",
        "A code is made of capitals, digits and underscores and begins with a letter",
    ),
    facts.ID_PATTERN: (
        "INVALID_ID",
        "编号为 1 至 64 个字符，不含控制字符",
        "An id has 1 to 64 characters and no control characters",
    ),
    facts.TABLE_PATTERN: (
        "INVALID_ID",
        "标准表编号形如 bj-gjj-2025-1-11",
        "The id of a rate table looks like bj-gjj-2025-1-11",
    ),
    BATCH_PATTERN: ("INVALID_ID", "批次编号形如 bj-gjj-2025-1", "The id of a batch looks like bj-gjj-2025-1"),
    facts.SERIES_PATTERN: (
        "INVALID_CODE",
        "参考利率代码形如 LPR_5Y",
        "The code of a reference series looks like LPR_5Y",
    ),
    keys.NAME_PATTERN: (
        "INVALID_NAME",
        "名称为 1 至 120 个字符，首尾不为空白，不含控制字符",
        "A name has 1 to 120 characters, no blank at either end and no control characters",
    ),
    keys.OWNER_PATTERN: (
        "INVALID_NAME",
        "责任人为 1 至 120 个汉字、字母、数字或 . _ @ | + -，以前三者之一开头",
        "An owner is 1 to 120 letters, digits and . _ @ | + -, and begins with a letter or a digit",
    ),
    keys.KEY_ID_PATTERN: (
        "INVALID_ID",
        "密钥编号为十六位十六进制数字，小写",
        "The id of a key has sixteen hexadecimal digits in small letters",
    ),
    facts.USCC_PATTERN: (
        "INVALID_USCC",
        "统一社会信用代码为十八位数字与大写字母（GB 32100-2015）",
        "The unified social credit code has 18 digits and capitals (GB 32100-2015)",
    ),
}


def pointer_of(path: Sequence[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) of a path.

    >>> pointer_of(["contracts", 0, "a/b"])
    '/contracts/0/a~1b'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def wrong_list(name: str, lists: Sequence[str]) -> FieldError:
    """Return the fault of facts of the wrong kind, which names the right one (D1)."""
    zh = "或".join(f"{right}（{LIST_NAMES[right][0]}）" for right in lists)
    en = " or ".join(right for right in lists)
    return FieldError(f"/{name}" if name else "", "WRONG_FACTS", f"这个接口使用 {zh}", f"This endpoint takes {en}")


def _located(error: Mapping[str, Any], body: Any) -> list[str | int]:
    """Return where an error is in the request: Pydantic's place without the tags of unions in it."""
    path: list[str | int] = []
    place = error["loc"]
    value = body
    for index, part in enumerate(place):
        if isinstance(value, dict):
            if part in value:
                value = value[part]
            elif index < len(place) - 1 or error["type"] != "missing":
                continue  # the tag of a union, or the key "[key]" that Pydantic adds for keys
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            continue
        path.append(part)
    if error["type"] in ("union_tag_invalid", "union_tag_not_found"):
        path.append("kind")
    return path


def _described(error: Mapping[str, Any], path: list[str | int], lists: Sequence[str]) -> FieldError:
    kind = error["type"]
    unknown = kind == "unexpected_keyword_argument"
    if (unknown or kind == "missing") and len(path) == 1 and path[0] in FACT_LISTS:
        return wrong_list(str(path[0]), lists)
    context = error.get("ctx", {})
    if kind.startswith(("date_from", "date_parsing", "datetime_", "timezone_")):
        code, zh, en = _CALENDAR
    elif kind == "string_pattern_mismatch" and context.get("pattern") in _FORMATS:
        code, zh, en = _FORMATS[context["pattern"]]
    else:
        code, zh, en = _TEXTS.get(kind, _OTHER)
    if path and isinstance(path[-1], str) and len(path[-1]) > MAX_KEY_LENGTH:
        path = path[:-1]  # a key of the caller's own making is not repeated at any length
    context.pop("tag", None)  # the caller's own text
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", ", ")
    return FieldError(pointer_of(path), code, zh.format_map(context), en.format_map(context))


def field_errors(failure: ValidationError, body: bytes, lists: Sequence[str]) -> list[FieldError]:
    """Return the faults of a request, without those that only follow from another one.

    Pydantic calls a list whose entries are wrong also too short; that is left out.
    """
    found = failure.errors(include_url=False, include_input=False)
    if found[0]["type"] == "json_invalid":  # valid JSON by now, so it can only be too deep
        raise ProblemError("MALFORMED_JSON", "JSON 嵌套过深", "The JSON is nested too deeply") from None
    parsed = msgspec.json.decode(body)
    deeper = {tuple(error["loc"][:depth]) for error in found for depth in range(len(error["loc"]))}
    faults = []
    for error in found:
        if error["type"] == "too_short" and error["loc"] in deeper:
            continue
        faults.append(_described(error, _located(error, parsed), lists))
        if len(faults) == MAX_ERRORS:
            break
    return faults


def parameter_errors(failure: RequestValidationError) -> list[FieldError]:
    """Return the faults of a path or a query; the pointer begins with ``/path`` or ``/query``."""
    return [
        _described({**error, "ctx": dict(error.get("ctx", {}))}, list(error["loc"]), ())
        for error in failure.errors()[:MAX_ERRORS]
    ]
