"""What a request's body is: of the right kind, JSON that is not too much of it, and no key given twice."""

from __future__ import annotations

from typing import Final

from starlette.types import Receive

from app.api.http.body_stream import Arriving, inflated, read_body, too_large
from app.errors import ProblemError

_GZIP: Final = (b"gzip", b"x-gzip")  # one coding under two names (RFC 9110, 8.4.1.3)
_CODINGS: Final = (b"", b"identity", *_GZIP)


async def received(headers: dict[bytes, bytes], receive: Receive, limit: int, arriving: Arriving) -> bytes:
    """Return the body of a request, inflated where it came compressed. Errors: ProblemError 400, 406, 413, 415, 503."""
    coding = _check_headers(headers, limit)
    body = await read_body(receive, limit, arriving)
    return await inflated(body, limit, arriving) if coding in _GZIP else body


def _check_headers(headers: dict[bytes, bytes], limit: int) -> bytes:
    """Refuse a body that is not JSON or says that it is too large, and a caller that takes no JSON. Return how it is coded."""
    content_type = headers.get(b"content-type")
    if content_type != b"application/json":
        _check_type(content_type or b"")
    coding = headers.get(b"content-encoding", b"").strip().lower()
    if coding not in _CODINGS:
        zh, en = "请求体的编码（Content-Encoding）只支持 gzip", "The only Content-Encoding of a body that is supported is gzip"
        raise ProblemError("UNSUPPORTED_MEDIA_TYPE", zh, en, headers={"Accept-Encoding": "gzip"})
    check_accept(headers.get(b"accept"))
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length[:20]) > limit:
        raise too_large(limit)
    return coding


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
