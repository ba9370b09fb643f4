"""JSON in a body: not too much of it, and no key given twice."""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from itertools import islice
from math import isinf
from typing import Any, Final

import msgspec

from app import limits
from app.calculators.bilingual import Phrase
from app.claim_input.json_size import check_structure
from app.claim_input.validation_errors import pointer_within
from app.errors import MAX_ERRORS, FieldError, ProblemError, invalid

_SAMPLE: Final = 64 * 1024  # of a text in another encoding
_OUTERMOST: Final = ("最外层的某个键出现两次", "A key of the outermost object is given twice")


def check_json(body: bytes, most: int = limits.MAX_TOKENS) -> Any:
    """Return the JSON value of a body; refuse what is no JSON, what is too much of it, and what gives a key twice.

    A decoder keeps one of two equal keys, so a key given twice is a colon that is gone when the value
    is written out again. That costs a third of a decoder that looks at each pair in Python. Only
    ``\\u003a`` can make a colon out of none, so a body that has it takes the slow way.
    """
    check_structure(body, most)
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _malformed(error, body) from None
    if msgspec.json.encode(value).count(b":") != body.count(b":") or b"\\u003a" in body or b"\\u003A" in body:
        _refuse_duplicates(body)
    return value


def read_object(body: bytes) -> dict[str, msgspec.Raw]:
    """Return the fields of a body's outermost object, each as the text that it is.

    What is inside the fields is for later, piece by piece: ten thousand cases are never all decoded.
    A key given twice is a colon gone, as in ``check_json``; a key that has a colon is no field's name.
    """
    check_structure(body, limits.MAX_LIST_TOKENS)
    try:
        body.decode("utf-8")  # the decoder does not look into what it only skips
        fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        check_json(body)
        raise ProblemError("INVALID_FACTS", errors=[FieldError("", "INVALID_TYPE", "应为对象", "Should be an object")]) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _malformed(error, body) from None
    if msgspec.json.encode(fields).count(b":") < body.count(b":"):
        try:
            check_structure(body)
        except ProblemError:  # too much of it to be decoded as a whole only to say which
            raise ProblemError("DUPLICATE_KEY", errors=[FieldError("", "DUPLICATE_KEY", *_OUTERMOST)]) from None
        _refuse_duplicates(body)
    return fields


def _unreadable(zh: str, en: str) -> ProblemError:
    return ProblemError("MALFORMED_JSON", zh, en, errors=[FieldError("", "MALFORMED_JSON", zh, en)])


def _malformed(error: Exception, body: bytes) -> ProblemError:
    """What is wrong with a body that is no JSON, as far as its bytes tell: an encoding is the usual cause."""
    if not body.strip():
        return _unreadable("请求体为空，应为 JSON", "The body is empty; it should be JSON")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in body[:4]:
        return _unreadable("请求体看来是 UTF-16，应为 UTF-8", "The body seems to be UTF-16; it should be UTF-8")
    if body.startswith(b"\xef\xbb\xbf"):
        return _unreadable("请求体以字节顺序标记（BOM）开头，请去掉", "The body begins with a byte order mark (BOM); leave it out")
    if isinstance(error, UnicodeDecodeError):
        return _not_utf8(body)
    if isinstance(error, msgspec.ValidationError):  # valid JSON, a number beyond every field's range
        return _too_large_numbers(body)
    where = str(error).rpartition("(byte ")[2].removesuffix(")")
    if where.isdigit():
        zh, en = _line_and_column(body, int(where))
        return _unreadable(f"JSON 在{zh}处有误", f"The JSON is malformed at {en}")
    zh, en = _line_and_column(body, len(body))
    return _unreadable(f"JSON 不完整，可能被截断：止于{zh}", f"The JSON is not complete; it may have been cut off: it ends at {en}")


def _line_and_column(body: bytes, at: int) -> Phrase:
    """Where a byte stands, as an editor counts it: lines and columns from 1, columns in characters; the byte from 0."""
    line, begins = body.count(b"\n", 0, at) + 1, body.rfind(b"\n", 0, at) + 1
    column = len(body[begins:at].decode(errors="replace")) + 1
    return Phrase(f"第 {line} 行第 {column} 列（第 {at} 字节）", f"line {line}, column {column} (byte {at})")


def _not_utf8(body: bytes) -> ProblemError:
    try:
        getincrementaldecoder("gb18030")().decode(body[:_SAMPLE])
    except UnicodeDecodeError:
        return _unreadable("请求体不是 UTF-8", "The body is not UTF-8")
    return _unreadable("请求体不是 UTF-8（看来是 GBK），请以 UTF-8 发送", "The body is not UTF-8 (it seems to be GBK); send it as UTF-8")


def _too_large_numbers(body: bytes) -> ProblemError:
    """Where the numbers are that no field can hold, unless what follows the first of them cannot be read at all."""
    try:
        paths = list(islice(_infinite(json.loads(body, parse_int=float), ()), MAX_ERRORS))
    except ValueError:
        return _unreadable("JSON 有误或不完整", "The JSON is malformed or not complete")
    zh, en = "数字超出范围", "The number is out of range"
    return invalid([FieldError(pointer_within(path), "OUT_OF_RANGE", zh, en) for path in paths], unfinished=len(paths) == MAX_ERRORS)


_Path = tuple[str | int, ...]


def _infinite(value: Any, path: _Path) -> Iterator[_Path]:
    """Where the numbers are that no field can hold."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _infinite(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _infinite(part, (*path, index))
    elif isinstance(value, float) and isinf(value):
        yield path


class _Pairs(list[tuple[str, Any]]):
    """The pairs of one object, in order, equal keys included."""


def _refuse_duplicates(body: bytes) -> None:
    """Refuse a body in which a key is given twice; the first hundred are looked for."""
    any_twice = False

    def kept(pairs: list[tuple[str, Any]]) -> _Pairs:
        nonlocal any_twice
        any_twice = any_twice or len(dict(pairs)) < len(pairs)
        return _Pairs(pairs)

    value = json.loads(body, object_pairs_hook=kept)
    if any_twice:
        errors = [
            FieldError(pointer_within(path), "DUPLICATE_KEY", "同一个键出现两次", "This key is given twice")
            for path in islice(_given_twice(value, ()), MAX_ERRORS)
        ]
        raise ProblemError("DUPLICATE_KEY", errors=errors, unfinished=len(errors) == MAX_ERRORS)


def _given_twice(value: Any, path: _Path) -> Iterator[_Path]:
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for key, part in value:
            if key in seen:
                yield (*path, key)
            seen.add(key)
            yield from _given_twice(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _given_twice(part, (*path, index))
