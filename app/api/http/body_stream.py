"""How a request's body comes in: bounded in bytes, alone and together with others, as it is sent and as it is inflated."""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from app import limits
from app.errors import ProblemError

_GZIP: Final = 16 + zlib.MAX_WBITS
_SLICE: Final = 256 * 1024  # of what is inflated at one go


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


async def inflated(body: bytes, limit: int, arriving: Arriving) -> bytes:
    """Return what a body of gzip holds: one member, and nothing after it. Errors: ProblemError 400, 413, 503.

    Inflating ends as soon as the limit is passed; beyond a small size it goes on in a thread, in slices that are held
    like bytes that arrive: a few kilobytes can become as much as the limit.
    """
    stream = zlib.decompressobj(_GZIP)
    parts: list[bytes] = []
    size = held = 0
    start, ahead = 0, body[: limits.LARGE_BODY_BYTES]
    try:
        while not stream.eof:
            try:
                if size or start:
                    part = await asyncio.to_thread(stream.decompress, ahead, _SLICE)
                else:
                    part = stream.decompress(ahead, limits.LARGE_BODY_BYTES)
            except zlib.error:
                raise _malformed() from None
            parts.append(part)
            size += len(part)
            if size > limit:
                raise too_large(limit)
            if size > limits.LARGE_BODY_BYTES:
                arriving.add(size - held)
                held = size
            start += len(ahead) - len(stream.unconsumed_tail)
            ahead = body[start : start + _SLICE]
            if not part and not ahead and not stream.eof:
                raise _malformed()
        if start < len(body) or stream.unused_data:
            raise _malformed()
        return b"".join(parts)
    finally:
        arriving.size -= held


def _malformed() -> ProblemError:
    zh = "应为一段完整的 gzip：所收到的已损坏、被截断，或其后另有内容"
    return ProblemError("MALFORMED_GZIP", zh, "It should be one whole member of gzip; it is corrupt or cut off, or something follows")
