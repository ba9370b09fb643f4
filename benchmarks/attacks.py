"""Hostile requests over plain sockets: sent whole or in part, answered within a time or not, and never waited for longer."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import NamedTuple

from benchmarks.hostile_bodies import Hostile

PIECE = 1 << 20
SHOWN = 1 << 16  # bytes of an answer that are looked at
UNREAD_SECONDS = 2.0  # for which a caller who does not read stays
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3})")
_CODE = re.compile(rb'"code" *: *"([A-Z_]+)"')


class Outcome(NamedTuple):
    """What became of a request: a status, with the code of a problem, or a word where there was none."""

    said: str
    answer_bytes: int = 0

    @property
    def fault(self) -> bool:
        """A refusal that was not meant: an internal error, or a server that is gone."""
        return self.said.startswith("500") or self.said in {"refused", "died"}


def framed(hostile: Hostile, body: bytes, more: dict[str, str]) -> Iterator[bytes]:
    """The bytes of a request, piece by piece."""
    chunked = hostile.sent == "TRAILERS"
    framing = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(len(body))}
    headers = {"Host": "127.0.0.1", "Content-Type": "application/json", "Connection": "close", **framing, **hostile.headers, **more}
    head = f"POST {hostile.path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    yield head.encode()
    if not chunked:
        yield body
        return
    yield b"%x\r\n%s\r\n0\r\n" % (len(body), body)
    trailer = b"X-Trailer: " + b"x" * 1_000 + b"\r\n"
    yield from [trailer * 1_000] * (hostile.trailers // (1_000 * len(trailer)))
    yield b"\r\n"


def attempt(port: int, hostile: Hostile, body: bytes, seconds: float, more: dict[str, str] | None = None) -> Outcome:
    """Send a request and say what became of it. A server that answers early and closes may be heard only in part: ``cut``."""
    until = time.monotonic() + seconds
    try:
        connection = socket.create_connection(("127.0.0.1", port), seconds)
    except OSError:
        return Outcome("refused")
    with connection:
        if hostile.sent == "UNREAD":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        try:
            for piece in framed(hostile, body, more or {}):
                connection.settimeout(max(0.01, until - time.monotonic()))
                connection.sendall(piece)
        except TimeoutError:
            return Outcome("timeout")
        except OSError:
            pass  # it was answered before it was sent
        if hostile.sent == "LEFT":
            return Outcome("left")
        if hostile.sent == "UNREAD":
            time.sleep(UNREAD_SECONDS)
            return Outcome("unread")
        return _answered(connection, until)


def _answered(connection: socket.socket, until: float) -> Outcome:
    first, size = b"", 0
    try:
        while True:
            connection.settimeout(max(0.01, until - time.monotonic()))
            piece = connection.recv(PIECE)
            if not piece:
                break
            size += len(piece)
            first += piece[: SHOWN - len(first)]
    except TimeoutError:
        return Outcome("timeout", size)
    except OSError:
        pass  # a reset after an early answer
    status = _STATUS.match(first)
    if status is None:
        return Outcome("cut", size)
    code = _CODE.search(first) if status[1] >= b"400" else None
    return Outcome(status[1].decode() + (f" {code[1].decode()}" if code else ""), size)


def begun(port: int, body: bytes, bearer: str, seconds: float) -> tuple[Hostile, dict[str, str]] | Outcome:
    """The check of a new draft of this content and the headers that it needs; or what became of the draft that was not begun."""
    shown = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
    connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("POST", "/v1/drafts", body, shown)
        answer = connection.getresponse()
        said = json.loads(answer.read())
    except TimeoutError:
        return Outcome("timeout")
    except (OSError, HTTPException):
        return Outcome("refused" if connection.sock is None else "cut")
    finally:
        connection.close()
    if answer.status != HTTPStatus.CREATED:
        return Outcome(f"{answer.status} {said['code']}")
    check = Hostile(name="check", path=f"/v1/drafts/{said['id']}/check", body=lambda _: b"")
    return check, {"Authorization": shown["Authorization"], "If-Match": answer.headers["ETag"]}
