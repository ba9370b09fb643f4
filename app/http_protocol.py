"""HTTP/1.1 on a connection, bounded: heads and framing in bytes, heads and bodies in seconds, and no change of protocol.

The parser (llhttp, through uvicorn) collects a head, a trailer or a chunk's extension without end until memory does, hands
trailers over as though they were headers, and gives up the body of a request that offers another protocol
(``Upgrade: h2c``, as Java's HttpClient does by default). None of that reaches the service.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import ClassVar, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.limits import BODY_SECONDS, HEAD_SECONDS, MAX_FRAMING_BYTES, MAX_HEAD_BYTES

_SLICE: Final = 16 * 1024  # parsed between two looks at the limits: so far they may be passed, and so much is copied over and over
_IDLE: Final = (0, "")


class BoundedHttp(HttpToolsProtocol):
    """One connection. What breaks a limit is answered in plain text where nothing was answered yet, and the connection ends."""

    head_seconds: ClassVar[float] = HEAD_SECONDS
    body_seconds: ClassVar[float] = BODY_SECONDS

    in_head = True  # also before its first byte: then the last request, if any, is an earlier one
    beside_body = 0  # bytes of this request that are no body, since it began or since its head ended
    body_bytes = 0
    messages = 0
    awaited = _IDLE  # which request's head or body is not complete
    timed = _IDLE  # and for which of them the clock runs
    deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Expect a head from now on."""
        super().connection_made(transport)
        self.awaited = (1, "head")
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing any more."""
        self.awaited = _IDLE
        self._watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, piece by piece, as long as it keeps within the limits."""
        self._unset_keepalive_if_required()
        if len(data) <= _SLICE:
            self._parse(data)
        else:
            whole = memoryview(data)
            for start in range(0, len(data), _SLICE):
                if self.transport.is_closing():
                    break
                self._parse(whole[start : start + _SLICE])
        if self.awaited is _IDLE and self.timeout_keep_alive_task is None and (self.cycle is None or self.cycle.response_complete):
            self.awaited = (self.messages + 1, "head")  # line ends alone: something began that must become a request
        if self.awaited is not self.timed:
            self._watch()

    def _parse(self, part: bytes | memoryview) -> None:
        try:
            self.parser.feed_data(part)
        except httptools.HttpParserUpgrade as upgrade:
            self._go_on_without_upgrade(part[upgrade.args[0] :])
            return
        except httptools.HttpParserError:
            self._refuse_malformed()
            return
        self.beside_body += len(part)
        if self.in_head:
            if self.beside_body > MAX_HEAD_BYTES:
                self._refuse(431, f"请求行与请求头不得超过 {MAX_HEAD_BYTES} 字节 / The head must not exceed {MAX_HEAD_BYTES} bytes")
        elif self.beside_body > MAX_FRAMING_BYTES + self.body_bytes:
            self._refuse(400, "分块过小，或分块扩展、尾部字段过多 / Chunks too small, or too many chunk extensions or trailers")

    def _go_on_without_upgrade(self, rest: bytes | memoryview) -> None:
        """Read the request again as if it had offered no other protocol: a server may ignore the offer (RFC 9110, 7.8).

        The parser is done with HTTP where it sees one, and takes the body for the other protocol. What it has read is
        written down as it understood it, so that nobody can understand it otherwise, without the offer itself.
        """
        if self.parser.get_method() == b"CONNECT":
            self._refuse_malformed()
            return
        lines = [self.parser.get_method() + b" " + self.url + b" HTTP/" + self.parser.get_http_version().encode("ascii")]
        lines += [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
        try:
            self.parser.feed_data(b"\r\n".join([*lines, b"", b""]))
        except httptools.HttpParserError:
            self._refuse_malformed()
            return
        self.beside_body = 0
        if rest:
            self._parse(rest)

    # What the parser calls ------------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A request begins."""
        self.in_head, self.beside_body, self.body_bytes = True, 0, 0
        self.messages += 1
        self.awaited = (self.messages, "head")
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; a trailer of a chunked body is read away, for a gateway has not looked at it and nobody here needs one."""
        if self.in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its head has ended; one that offers another protocol is read once more."""
        if not self.parser.should_upgrade():
            super().on_headers_complete()  # which may find fault with the address: then it is still a head
            self.in_head, self.beside_body = False, 0
            self.awaited = (self.messages, "body")

    def on_body(self, body: bytes) -> None:
        """A piece of its body."""
        self.beside_body -= len(body)
        self.body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """It has come in."""
        if not self.parser.should_upgrade():
            self.in_head, self.beside_body = True, 0
            self.awaited = _IDLE
            super().on_message_complete()

    # Deadlines ------------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Let the clock run for what is awaited now."""
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None
        self.timed = self.awaited
        if self.awaited is not _IDLE:
            seconds = self.head_seconds if self.awaited[1] == "head" else self.body_seconds
            self.deadline = self.loop.call_later(seconds, self._late)

    def _late(self) -> None:
        self.deadline = None
        if self.flow.read_paused:  # it is not read, as an earlier request is being answered: not its sender's fault
            self._watch()
        elif self.messages == 0:
            self.transport.close()  # nobody asked anything
        else:
            seconds = self.head_seconds if self.in_head else self.body_seconds
            self._refuse(408, f"请求未在 {seconds:g} 秒内收完 / The request did not come in within {seconds:g} seconds")

    # Refusals -------------------------------------------------------------------------------------------------------

    def _refuse_malformed(self) -> None:
        message = "Invalid HTTP request received."
        self.logger.warning(message)
        self._refuse(400, message)

    def _refuse(self, status: int, said: str) -> None:
        """End the connection, with an answer where the one who reads it cannot take it for that of an earlier request."""
        if self.transport.is_closing():
            return
        last = self.cycle
        if (last is None or last.response_complete) if self.in_head else not (last.response_started or self.pipeline):
            text = said.encode()
            head = (
                f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: text/plain; charset=utf-8\r\n"
                f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
            )
            self.transport.write(head.encode("ascii") + text)
        if last is not None and not last.response_complete:
            last.disconnected = True  # nothing that the service answers from now on is written after this
            last.message_event.set()
        self.transport.close()


def bounded(head_seconds: float, body_seconds: float) -> type[BoundedHttp]:
    """The protocol with these deadlines."""
    return type("BoundedHttp", (BoundedHttp,), {"head_seconds": head_seconds, "body_seconds": body_seconds})
