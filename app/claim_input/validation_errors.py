"""What Pydantic found wrong with a request, as field errors with JSON pointers and stable codes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, Final

import msgspec
from pydantic import ValidationError

from app.calculators.bilingual import Phrase
from app.calculators.wording.nearest_names import NOBODY, meant
from app.claim_input import field_formats as formats
from app.claim_input.claim_schemas import FACT_LISTS, READERS
from app.claim_input.field_names import fields_at
from app.errors import MAX_ERRORS, FieldError, ProblemError, invalid
from app.limits import MAX_KEY_LENGTH

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
    "string_too_long": ("TOO_LONG", "至多 {max_length} 个字符，收到 {given} 个", "At most {max_length} characters; {given} were sent"),
    "too_long": ("TOO_MANY", "至多 {max_length} 项，收到 {given} 项", "At most {max_length} entries; {given} were sent"),
    "too_short": ("TOO_FEW", "至少 {min_length} 项，收到 {given} 项", "At least {min_length} entries; {given} were sent"),
    "greater_than_equal": ("OUT_OF_RANGE", "不得小于 {ge}", "Should not be below {ge}"),
    "less_than_equal": ("OUT_OF_RANGE", "不得大于 {le}", "Should not be above {le}"),
    "literal_error": ("INVALID_VALUE", "应为 {expected} 之一", "Should be one of {expected}"),
    "union_tag_invalid": ("INVALID_VALUE", "应为 {expected_tags} 之一", "Should be one of {expected_tags}"),
    "union_tag_not_found": ("FIELD_REQUIRED", "缺少必填字段", "This field is required"),
}
_CALENDAR: Final = ("INVALID_DATE", "没有这一天或这一时刻", "There is no such day or instant")
_OTHER: Final = ("INVALID_VALUE", "内容有误", "This value is not valid")

def pointer_of(path: Sequence[str | int]) -> str:
    """Return the JSON pointer (RFC 6901) of a path.

    >>> pointer_of(["contracts", 0, "a/b"])
    '/contracts/0/a~1b'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def pointer_within(path: Sequence[str | int]) -> str:
    """The pointer to a place, or to what holds the first key of unusual length: a caller's own text is not repeated at any length.

    >>> pointer_within(["measures", "a" * 65, 0])
    '/measures'
    """
    return pointer_of(tuple(takewhile(lambda part: isinstance(part, int) or len(part) <= MAX_KEY_LENGTH, path)))


def wrong_list(name: str, lists: Sequence[str]) -> FieldError:
    """Return the fault of facts of the wrong kind, which names the right ones, and the endpoint of those that were sent (D1)."""
    zh = "或".join(f"{right}（{LIST_NAMES[right][0]}）" for right in lists)
    en = " or ".join(right for right in lists)
    others = "" if name in lists else " ".join(f"/v1/{one.path}/calculate" for one in READERS if name in one.lists)
    zh, en = f"这个接口使用 {zh}", f"This endpoint takes {en}"
    if others:
        zh, en = f"{zh}；{name}（{LIST_NAMES[name][0]}）请用 {others}", f"{en}; for {name} use {others}"
    return FieldError(f"/{name}" if name else "", "WRONG_FACTS", zh, en)


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


def _described(error: Mapping[str, Any], path: list[str | int], lists: Sequence[str], value: Any = None) -> FieldError:
    kind = error["type"]
    unknown = kind == "unexpected_keyword_argument"
    if (unknown or kind == "missing") and len(path) == 1 and path[0] in FACT_LISTS:
        return wrong_list(str(path[0]), lists)
    context = error.get("ctx", {})
    if kind.startswith(("date_from", "date_parsing", "datetime_", "timezone_")):
        code, zh, en = _CALENDAR
    elif kind == "string_pattern_mismatch" and context.get("pattern") in formats.CODES:
        code = formats.CODES[context["pattern"]]
        zh, en = formats.described(context["pattern"], value)
    else:
        code, zh, en = _TEXTS.get(kind, _OTHER)
        pattern = formats.pattern_of(path)
        if kind in ("string_type", "string_too_long") and pattern is not None:
            zh, en = formats.described(pattern, value)
    near = _nearest(kind, path, value, context)
    if path and isinstance(path[-1], str) and len(path[-1]) > MAX_KEY_LENGTH:
        path = path[:-1]  # a key of the caller's own making is not repeated at any length
    context.pop("tag", None)  # the caller's own text
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", ", ")
    context["given"] = len(value) if isinstance(value, (str, list, dict)) else 0
    return FieldError(pointer_of(path), code, zh.format_map(context) + near.zh, en.format_map(context) + near.en)


def _nearest(kind: str, path: Sequence[str | int], value: Any, context: Mapping[str, Any]) -> Phrase:
    """The field or the word that may have been meant."""
    if kind in ("unexpected_keyword_argument", "extra_forbidden") and path and path[0] not in ("query", "path"):
        return meant(path[-1], fields_at(path[:-1]))
    words = context.get("expected") or context.get("expected_tags")
    return meant(value, re.findall(r"'([^']+)'", str(words))) if words else NOBODY


def _at(body: Any, path: Sequence[str | int]) -> Any:
    """What stands at a place; nothing where there is none."""
    for part in path:
        if isinstance(body, dict):
            body = body.get(part)
        elif isinstance(body, list) and isinstance(part, int):
            body = body[part]
    return body


def problem_of(failure: ValidationError, body: bytes, lists: Sequence[str]) -> ProblemError:
    """Return the faults of a request, without those that only follow from another one; the first hundred are listed.

    Validation stops at so many (``bounded_validation``), so that there may be more than it has found. Pydantic calls a list
    whose entries are wrong also too short; that is left out.
    """
    found = failure.errors(include_url=False, include_input=False)
    parsed = msgspec.json.decode(body)
    deeper = {tuple(error["loc"][:depth]) for error in found for depth in range(len(error["loc"]))}
    own = [error for error in found if error["type"] != "too_short" or error["loc"] not in deeper]
    faults = []
    for error in own[:MAX_ERRORS]:
        path = _located(error, parsed)
        faults.append(_described(error, path, lists, _at(parsed, path)))
    return invalid(faults, len(own), unfinished=failure.error_count() >= MAX_ERRORS)


def parameter_errors(failures: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Return the faults that Pydantic found in a path or a query; the pointer begins with ``/path`` or ``/query``."""
    return [
        _described({**error, "ctx": dict(error.get("ctx", {}))}, list(error["loc"]), (), error.get("input"))
        for error in failures[:MAX_ERRORS]
    ]
