"""Reading a request's body: the right kind, not too large, JSON in which no key is given twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import accumulate
from math import isinf
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from app.api import limits
from app.api.problems import MAX_ERRORS, FieldError, ProblemError, invalid
from app.api.refusals import pointer_of
from app.calculators.phrases import Phrase


def check_headers(headers: dict[bytes, bytes], limit: int) -> None:
    """Refuse a body that is not JSON or says that it is too large, and a caller that takes no JSON."""
    content_type = headers.get(b"content-type")
    if content_type != b"application/json":
        _check_type(content_type or b"")
    if headers.get(b"content-encoding", b"identity").lower() not in (b"", b"identity"):
        raise ProblemError(
            "UNSUPPORTED_MEDIA_TYPE", "不支持压缩的请求体", "Compressed bodies are not supported"
        )
    check_accept(headers.get(b"accept"))
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length[:20]) > limit:
        raise too_large(limit)


def _check_type(content_type: bytes) -> None:
    media, *parameters = content_type.lower().split(b";")
    if media.strip() != b"application/json":
        raise ProblemError("UNSUPPORTED_MEDIA_TYPE")
    for parameter in parameters:
        name, _, value = parameter.strip().partition(b"=")
        if name == b"charset" and value.strip(b'"') not in (b"utf-8", b"utf8"):
            raise ProblemError("UNSUPPORTED_MEDIA_TYPE", "请求体的字符集须为 UTF-8", "The character set of the body must be UTF-8")


def check_accept(accept: bytes | None) -> None:
    """Refuse a caller whose ``Accept`` leaves no JSON.

    >>> check_accept(b"text/html;q=0.5, application/json")
    """
    if accept is None or accept in (b"*/*", b"application/json", b""):
        return
    for choice in accept.lower().split(b","):
        media, _, parameters = choice.partition(b";")
        refused = parameters.replace(b" ", b"") in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
        if not refused and media.strip() in (
            b"*/*",
            b"application/*",
            b"application/json",
            b"application/problem+json",
        ):
            return
    raise ProblemError("NOT_ACCEPTABLE")


def too_large(limit: int) -> ProblemError:
    """Make the problem of a body over the limit."""
    return ProblemError(
        "PAYLOAD_TOO_LARGE",
        f"请求体不得超过 {limit} 字节；请去掉缩进与空白（紧凑的 JSON），或分成几次发送",
        f"The body must not exceed {limit} bytes; send compact JSON without indentation, or split it into several requests",
    )


class Arriving:
    """The large bodies that are coming in, in bytes: they are held before any of them takes a place among the calculations.

    A place is not taken by who sends slowly; so the bytes are bounded, all together, and small bodies go on.
    """

    __slots__ = ("most", "size")

    def __init__(self, largest: int) -> None:
        self.most, self.size = limits.MAX_BODIES_ARRIVING * largest, 0

    def add(self, size: int) -> None:
        """Hold more. Errors: ProblemError OVERLOADED."""
        if self.size + size > self.most:
            raise ProblemError("OVERLOADED")
        self.size += size


async def read_body(receive: Receive, limit: int, arriving: Arriving) -> bytes:
    """Return the body; stop reading as soon as it is over the limit, or more arrives than is held. Errors: ProblemError 413, 503."""
    parts: list[bytes] = []
    size = held = 0
    try:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part: bytes = message.get("body", b"")
            more: bool = message.get("more_body", False)
            size += len(part)
            if size > limit:
                raise too_large(limit)
            if not more and not parts:
                return part
            if size > limits.LARGE_BODY_BYTES:
                arriving.add(size - held)
                held = size
            parts.append(part)
            if not more:
                return b"".join(parts)
    finally:
        arriving.size -= held


_UP_AND_DOWN: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")  # as signed bytes: 1, 1, -1, -1
_ALL_ELSE: Final = bytes(set(range(256)) - set(b'[]{}"'))
_SLICE: Final = 64 * 1024


def check_depth(body: bytes) -> None:
    """Refuse JSON that is nested too deeply, before anything descends into it.

    A body with few brackets cannot be deep. Of any other, strings are left out and brackets are counted up
    and down, slice by slice: no loop of Python looks at each byte, and other threads go on in between.

    >>> check_depth(b"[" * 64 + b"]" * 64)
    """
    most = limits.MAX_JSON_DEPTH
    if body.count(b"[") + body.count(b"{") <= most:
        return
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside = b"".join(body.translate(None, _ALL_ELSE).split(b'"')[::2])
    steps = memoryview(outside.translate(_UP_AND_DOWN)).cast("b")
    depth = 0
    for start in range(0, len(steps), _SLICE):
        depths = list(accumulate(steps[start : start + _SLICE], initial=depth))
        if max(depths) > most:
            raise _too_deep()
        depth = depths[-1]


def check_json(body: bytes) -> Any:
    """Return the JSON value of a body; refuse what is no JSON and what gives a key twice.

    A decoder keeps one of two equal keys, so a key given twice is a colon that is gone when the value
    is written out again. That costs a third of a decoder that looks at each pair in Python. Only
    ``\\u003a`` can make a colon out of none, so a body that has it takes the slow way.
    """
    check_depth(body)
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _malformed(error, body) from None
    except RecursionError:
        raise _too_deep() from None
    if (
        msgspec.json.encode(value).count(b":") != body.count(b":")
        or b"\\u003a" in body
        or b"\\u003A" in body
    ):
        try:
            _refuse_duplicates(body)
        except RecursionError:
            raise _too_deep() from None
    return value


def read_object(body: bytes) -> dict[str, msgspec.Raw]:
    """Return the fields of a body's outermost object, each as the text that it is.

    What is inside the fields is for later, piece by piece: ten thousand cases are never all decoded.
    A key given twice is a colon gone, as in ``check_json``; a key that has a colon is no field's name.
    """
    check_depth(body)
    try:
        body.decode("utf-8")  # the decoder does not look into what it only skips
        fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        check_json(body)
        raise ProblemError(
            "INVALID_FACTS", errors=[FieldError("", "INVALID_TYPE", "应为对象", "Should be an object")]
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _malformed(error, body) from None
    except RecursionError:
        raise _too_deep() from None
    if msgspec.json.encode(fields).count(b":") < body.count(b":"):
        _refuse_duplicates(body)
    return fields


def _too_deep() -> ProblemError:
    most = limits.MAX_JSON_DEPTH
    return _unreadable(f"JSON 嵌套不得超过 {most} 层", f"The JSON must not be nested deeper than {most} levels")


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
        body.decode("gb18030")
    except UnicodeDecodeError:
        return _unreadable("请求体不是 UTF-8", "The body is not UTF-8")
    return _unreadable("请求体不是 UTF-8（看来是 GBK），请以 UTF-8 发送", "The body is not UTF-8 (it seems to be GBK); send it as UTF-8")


def _too_large_numbers(body: bytes) -> ProblemError:
    """Where the numbers are that no field can hold, unless what follows the first of them cannot be read at all."""
    try:
        pointers = list(_infinite(json.loads(body, parse_int=float), ""))
    except RecursionError:
        return _too_deep()
    except ValueError:
        return _unreadable("JSON 有误或不完整", "The JSON is malformed or not complete")
    zh, en = "数字超出范围", "The number is out of range"
    return invalid([FieldError(pointer, "OUT_OF_RANGE", zh, en) for pointer in pointers[:MAX_ERRORS]], len(pointers))


def _infinite(value: Any, pointer: str) -> Iterator[str]:
    """Where the numbers are that no field can hold."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _infinite(part, pointer + pointer_of([key]))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _infinite(part, f"{pointer}/{index}")
    elif isinstance(value, float) and isinf(value):
        yield pointer


class _Pairs(list[tuple[str, Any]]):
    """The pairs of one object, in order, equal keys included."""


def _refuse_duplicates(body: bytes) -> None:
    found: list[list[str | int]] = []

    def visit(value: Any, path: list[str | int]) -> None:
        if isinstance(value, _Pairs):
            seen: set[str] = set()
            for key, part in value:
                if key in seen:
                    found.append([*path, key])
                seen.add(key)
                visit(part, [*path, key])
        elif isinstance(value, list):
            for index, part in enumerate(value):
                visit(part, [*path, index])

    visit(json.loads(body, object_pairs_hook=_Pairs), [])
    if found:
        errors = [
            FieldError(pointer_of(path), "DUPLICATE_KEY", "同一个键出现两次", "This key is given twice")
            for path in found[:MAX_ERRORS]
        ]
        raise ProblemError("DUPLICATE_KEY", errors=errors, total=len(found))
