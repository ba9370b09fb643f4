"""Answers compressed with gzip for callers that ask for it, whole or piece by piece as they are made.

Each form of an answer has an ETag of its own, the compressed one with ``-gzip`` at its end; ``plain_tags`` lets a caller
name what it has by either. An answer that shows a secret says ``no-transform`` and is never compressed, here or by a
gateway: its length would tell of the secret to who can choose the text beside it (BREACH).
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import MutableSequence
from functools import lru_cache
from typing import Final

from starlette.types import Message, Scope, Send

from app import limits

Headers = list[tuple[bytes, bytes]]

_GZIP: Final = 16 + zlib.MAX_WBITS
_LEVEL: Final = 3  # of JSON as fast as level 1; level 6 takes twice as long for a quarter less
_NAMES: Final = (b"gzip", b"x-gzip")
_CONDITIONS: Final = (b"if-match", b"if-none-match")
_WEIGHT: Final = re.compile(rb"q=([01](?:\.[0-9]{0,3})?)")
_SUFFIX: Final = b'-gzip"'
_BY_LANGUAGE: Final = (b"vary", b"Accept-Language")
_BY_BOTH: Final = (b"vary", b"Accept-Language, Accept-Encoding")
_BY_CODING: Final = (b"vary", b"Accept-Encoding")


def vary(headers: MutableSequence[tuple[bytes, bytes]]) -> None:
    """Say that an answer depends on ``Accept-Encoding``, beside the language that it may depend on."""
    if _BY_LANGUAGE in headers:
        headers[headers.index(_BY_LANGUAGE)] = _BY_BOTH
    else:
        headers.append(_BY_CODING)


def plain_tags(scope: Scope, headers: dict[bytes, bytes]) -> Scope:
    """The scope with the tags of compressed answers in its conditions replaced by those of the same answers as they are."""
    if b"if-match" not in headers and b"if-none-match" not in headers:
        return scope
    plain = [(name, value.replace(_SUFFIX, b'"') if name in _CONDITIONS else value) for name, value in scope["headers"]]
    return {**scope, "headers": plain}


def compressed(headers: dict[bytes, bytes], send: Send) -> Send:
    """``send`` for the answer to a request with these headers: compressed where the caller prefers that."""
    accepted = headers.get(b"accept-encoding")
    least = None if accepted is None else _least(accepted)
    known = headers.get(b"if-none-match", b"")
    if least is None and _SUFFIX not in known:
        return send
    return _Compressing(send, least, known)


@lru_cache(maxsize=64)
def _least(accepted: bytes) -> int | None:
    """From how many bytes on an answer is compressed for a caller with this ``Accept-Encoding`` (RFC 9110, 12.5.3); None for never.

    >>> _least(b"gzip, br") == limits.MIN_COMPRESSED_BYTES, _least(b"gzip, identity;q=0"), _least(b"gzip;q=0, *"), _least(b"br")
    (True, 1, None, None)
    """
    weights: dict[bytes, float] = {}
    for choice in accepted[:500].lower().split(b","):
        coding, _, parameter = choice.partition(b";")
        match = _WEIGHT.fullmatch(parameter.strip())
        if not parameter or match:
            weights[coding.strip()] = float(match[1]) if match else 1.0
    others = weights.get(b"*")
    gzip = max((weights[name] for name in _NAMES if name in weights), default=others or 0.0)
    plain = weights.get(b"identity", 0.0 if others == 0 else None)
    if gzip <= 0 or (plain is not None and plain > gzip):
        return None
    return 1 if plain == 0 else limits.MIN_COMPRESSED_BYTES


class _Compressing:
    """Sends one answer, and decides by the first piece of its body how."""

    __slots__ = ("known", "least", "send", "start", "stream")

    def __init__(self, send: Send, least: int | None, known: bytes) -> None:
        self.send, self.least, self.known = send, least, known
        self.start: Message | None = None
        self.stream: zlib._Compress | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message of the answer; its head goes out with the first piece of its body."""
        if message["type"] == "http.response.start":
            self.start = message
            return
        body, more = message.get("body", b""), message.get("more_body", False)
        if self.start is not None:
            start, self.start = self.start, None
            headers: Headers = list(start["headers"])
            if start["status"] == 304:
                _tell_known(headers, self.known)
            elif self.least is not None and len(body) >= self.least and _may_be(headers):
                self.stream = zlib.compressobj(_LEVEL, wbits=_GZIP)
            if self.stream is not None:
                body = await self._coded(body, more)
                _tell_coded(headers, None if more else len(body))
            await self.send({**start, "headers": headers})
        elif self.stream is not None:
            body = await self._coded(body, more)
        await self.send({**message, "body": body})

    async def _coded(self, body: bytes, more: bool) -> bytes:
        """A piece, so that all of it can be read when it has come; a large one is compressed in a thread."""
        assert self.stream is not None
        if len(body) > limits.LARGE_BODY_BYTES:
            return await asyncio.to_thread(_flushed, self.stream, body, more)
        return _flushed(self.stream, body, more)


def _flushed(stream: zlib._Compress, body: bytes, more: bool) -> bytes:
    return stream.compress(body) + stream.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)


def _may_be(headers: Headers) -> bool:
    """Whether nothing forbids to compress an answer: all that is answered here is text."""
    return not any(name == b"content-encoding" or (name == b"cache-control" and b"no-transform" in value) for name, value in headers)


def _tell_coded(headers: Headers, length: int | None) -> None:
    kept = [(name, _tagged(value) if name == b"etag" else value) for name, value in headers if name != b"content-length"]
    headers[:] = [*kept, (b"content-encoding", b"gzip")]
    if length is not None:
        headers.append((b"content-length", b"%d" % length))


def _tell_known(headers: Headers, known: bytes) -> None:
    """Of an answer that has not changed, name the form that the caller has."""
    headers[:] = [(name, _tagged(value) if name == b"etag" and _tagged(value) in known else value) for name, value in headers]


def _tagged(tag: bytes) -> bytes:
    """The ETag of the compressed form."""
    return tag[:-1] + _SUFFIX
