"""The connection beneath the service: other protocols offered, trailers, framing, deadlines, and how bodies come in."""

from __future__ import annotations

import gzip
import json
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from email.message import Message
from http.client import HTTPResponse, IncompleteRead
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import ValidationError

from app import limits
from app.api.calculations import routes as calculations
from app.api.http import compression as compressing
from app.http_protocol import bounded
from app.main import create_app
from app.serving import OPTIONS, Discreet
from app.settings import Settings
from tests.access.conftest import issued
from tests.conftest import PATIENCE_SECONDS, served
from tests.contract.requests import INSURANCE, insurance

BODY = json.dumps(insurance()).encode()
JSON = b"Content-Type: application/json\r\n"
MARK = "marker-that-nobody-else-writes"


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    """A bare connection."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_SECONDS) as connection:
        yield connection


def head(line: str = f"POST {INSURANCE} HTTP/1.1", *headers: str) -> bytes:
    """A request's head."""
    return "".join(f"{one}\r\n" for one in (line, "Host: localhost", *headers, "")).encode()


def chunked(*parts: bytes, trailers: bytes = b"") -> bytes:
    """A body in chunks."""
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n" + trailers + b"\r\n"


def until_the_end(connection: socket.socket) -> bytes:
    """All that comes until the service ends the connection; what it had not read may break the connection first."""
    answer = b""
    try:
        while part := connection.recv(65_536):
            answer += part
    except ConnectionResetError:
        pass
    return answer


def asked(url: str, *pieces: bytes) -> tuple[int, Message, bytes]:
    """Status, headers and body of the answer to a request that is sent in pieces."""
    with connected(url) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.02)  # in packets of their own, as a rule; the answer is the same where they are not
        answer = HTTPResponse(connection)
        answer.begin()
        try:
            return answer.status, answer.headers, answer.read()
        except IncompleteRead as error:
            return answer.status, answer.headers, error.partial


# --- other protocols --------------------------------------------------------------------------------

JAVA = ("Connection: Upgrade, HTTP2-Settings", "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA", "Upgrade: h2c")
CURL = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")
WEB_SOCKET = ("Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
OFFERS = {"java": JAVA, "curl": CURL, "web socket": WEB_SOCKET, "two": (*JAVA, "Upgrade: TLS/1.0"), "unknown": ("connection: upgrade", "upgrade: x/1")}


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_another_protocol_that_is_offered_is_not_taken_and_the_body_is_kept(live_url: str, offer: tuple[str, ...]) -> None:
    """As bytes of Java's HttpClient and of ``curl --http2``; in one packet, in two, within the head, in chunks."""
    long = head(f"POST {INSURANCE} HTTP/1.1", *offer, "Content-Type: application/json", f"Content-Length: {len(BODY)}")
    pieces = head(f"POST {INSURANCE} HTTP/1.1", *offer, "Content-Type: application/json", "Transfer-Encoding: chunked")
    for sent in ([long + BODY], [long, BODY], [long[:40], long[40:] + BODY[:9], BODY[9:]], [pieces + chunked(BODY[:50], BODY[50:])], [pieces, chunked(BODY)]):
        status, first, body = asked(live_url, *sent)
        assert status == 200, (first, body)
        assert json.loads(body)["amount"] == "3000000.00"
        assert "upgrade" not in first


def test_the_connection_goes_on_after_an_offer(live_url: str) -> None:
    """What follows the body is the next request, not another protocol; without a body it follows the head."""
    offered = head(f"POST {INSURANCE} HTTP/1.1", *JAVA, "Content-Type: application/json", f"Content-Length: {len(BODY)}") + BODY
    looked = head("GET /health/live HTTP/1.1", *WEB_SOCKET)
    last = head("GET /health/live HTTP/1.1", "Connection: close")
    with connected(live_url) as connection:
        connection.sendall(looked + offered + looked + last)
        answer = until_the_end(connection)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 4
    assert answer.count(b'"3000000.00"') > 0


def test_an_http_1_0_caller_that_offers_another_protocol_stays_one(live_url: str) -> None:
    """The connection ends after the answer without having been asked to."""
    status, first, _ = asked(live_url, head("GET /health/live HTTP/1.0", *JAVA))
    assert (status, first["connection"]) == (200, "close")


@pytest.mark.parametrize(
    "sent",
    [
        head("CONNECT localhost:80 HTTP/1.1"),
        head("CONNECT /v1/funds HTTP/1.1"),
        head(f"POST {INSURANCE} HTTP/1.1", *JAVA, "Content-Length: 5", "Transfer-Encoding: chunked") + chunked(BODY),
        head(f"POST {INSURANCE} HTTP/1.1", *JAVA, "Content-Length: 5", "Content-Length: 6") + BODY,
        head(f"POST {INSURANCE} HTTP/1.1", *JAVA, "Transfer-Encoding: chunked") + b"zz\r\n",
        head("GET /v1/funds HTTP/1.1", *JAVA, "X: a\r\n folded"),
        head("PRI * HTTP/2.0") + b"SM\r\n\r\n",
    ],
    ids=["connect", "connect with a path", "two framings", "two lengths", "no chunk", "folded", "HTTP/2 at once"],
)
def test_an_offer_is_no_way_around_the_parser(live_url: str, sent: bytes) -> None:
    """What is no HTTP/1.1 is refused as ever, once, and the connection ends."""
    status, first, body = asked(live_url, sent)
    assert (status, body) == (400, b"Invalid HTTP request received.")
    assert first["connection"] == "close"


def test_what_is_malformed_is_not_answered_in_place_of_an_earlier_request(live_url: str) -> None:
    """Who sends a second request before the first is answered would take the refusal for the first one's answer."""
    right = head(f"POST {INSURANCE}/batch HTTP/1.1", "Content-Type: application/json", "Content-Length: 2") + b"{}"
    with connected(live_url) as connection:
        connection.sendall(right + b"nonsense\r\n\r\n")
        assert until_the_end(connection) == b""


# --- trailers and framing ---------------------------------------------------------------------------


def test_a_trailer_never_becomes_a_header(own_database: str) -> None:
    """A credential after the body is none, wherever it is cut; and a right request with trailers is answered."""
    key = issued(own_database, "calculate").secret
    start = f"POST {INSURANCE} HTTP/1.1"
    usual = ("Content-Type: application/json", "Transfer-Encoding: chunked")
    trailers = f"Authorization: Bearer {key}\r\nX-Request-ID: {MARK}\r\n".encode()
    with served(create_app(Settings(database_url=own_database, authentication="required"))) as url:
        for offer in ((), JAVA):
            sent = head(start, *usual, *offer, "Trailer: Authorization") + chunked(BODY, trailers=trailers)
            for pieces in ([sent], [sent[: -len(trailers)], sent[-len(trailers) :]]):
                assert asked(url, *pieces)[0] == 401
            status, first, _ = asked(url, head(start, *usual, *offer, f"Authorization: Bearer {key}") + chunked(BODY, trailers=trailers))
            assert (status, first["x-request-id"] == MARK) == (200, False)


ENDLESS = {
    "one trailer": (b"0\r\nX: ", b"a" * 16_384),
    "many trailers": (b"0\r\n", b"X: aaaa\r\n" * 2_000),
    "an extension of a chunk": (b"1;x=", b"a" * 16_384),
    "chunks of one byte": (b"1\r\n \r\n", b"1\r\n \r\n" * 3_000),
    "zeros before a size": (b"", b"0" * 16_384),
}


@pytest.mark.parametrize("kind", ENDLESS)
@pytest.mark.parametrize("path", [INSURANCE, "/nowhere"])
def test_framing_without_end_is_cut_off(live_url: str, kind: str, path: str) -> None:
    """Whether somebody waits for the body or it was refused before: soon after the limit, not when memory ends."""
    first, more = ENDLESS[kind]
    sent = 0
    with connected(live_url) as connection:
        connection.sendall(head(f"POST {path} HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked") + first)
        try:
            while sent < 64 * 1024 * 1024:
                connection.sendall(more)
                sent += len(more)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert sent < 16 * 1024 * 1024  # what the operating system holds beside


def test_a_small_body_in_chunks_of_one_byte_is_answered(live_url: str) -> None:
    sent = head(f"POST {INSURANCE} HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked")
    status, _, body = asked(live_url, sent + chunked(*(BODY[at : at + 1] for at in range(len(BODY)))))
    assert status == 200, body


def test_a_large_body_before_the_next_head_is_not_taken_for_a_long_head(live_url: str) -> None:
    """In whatever pieces both are read."""
    long = BODY + b" " * 300_000
    posted = head(f"POST {INSURANCE} HTTP/1.1", "Content-Type: application/json", f"Content-Length: {len(long)}") + long
    last = head("GET /health/live HTTP/1.1", "Connection: close")
    with connected(live_url) as connection:
        connection.sendall(posted + posted + last[:20])
        connection.sendall(last[20:])
        assert until_the_end(connection).count(b"HTTP/1.1 200 OK\r\n") == 3


# --- deadlines --------------------------------------------------------------------------------------


@pytest.fixture
def impatient(own_database: str) -> Iterator[Callable[..., Any]]:
    """Starts services with deadlines of their own."""
    with ExitStack() as stack:
        yield lambda head_seconds, body_seconds: stack.enter_context(
            served(create_app(Settings(database_url=own_database)), http=bounded(head_seconds, body_seconds))
        )


def answered(url: str, sent: bytes) -> bytes:
    """All that is answered; once more where the connection ended before this slow machine had sent anything on it."""
    for _ in range(50):
        with connected(url) as connection:
            try:
                connection.sendall(sent)
            except (BrokenPipeError, ConnectionResetError):
                continue
            if answer := until_the_end(connection):
                return answer
    raise AssertionError("never answered")


@pytest.mark.parametrize("begun", [b"G", b"GET /health/live HTTP/1.1\r\nHost: local", head("GET /health/live HTTP/1.1") + b"\r\n\r\nGE"])
def test_a_head_that_does_not_come_in_ends_the_connection(impatient: Callable[..., Any], begun: bytes) -> None:
    """The first of a connection, or the next one."""
    answer = answered(impatient(0.5, 3600), begun)
    refusal = answer[answer.rindex(b"HTTP/1.1 ") :]
    assert refusal.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert "请求未在 0.5 秒内收完 / The request did not come in within 0.5 seconds".encode() in refusal
    assert answer.count(b"HTTP/1.1 200") == begun.count(b"\r\n\r\nGE")


def test_a_connection_on_which_nothing_is_asked_ends(impatient: Callable[..., Any]) -> None:
    with connected(impatient(0.5, 3600)) as connection:
        assert until_the_end(connection) == b""


def test_line_ends_keep_no_connection_awake(impatient: Callable[..., Any]) -> None:
    """After an answer, where they are no beginning of anything."""
    url = impatient(0.5, 3600)
    answer = b""
    while not answer:  # the connection may end before this slow machine has sent anything on it
        with connected(url) as connection, suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(head("GET /health/live HTTP/1.1"))
            answer = connection.recv(65_536)
            time.sleep(0.2)  # it is complete by then, as a rule; else the line end belongs to no request all the same
            connection.sendall(b"\r\n")
            assert b"HTTP/1.1 200 " not in until_the_end(connection)
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("framing", [f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("offer", [(), JAVA])
def test_a_body_that_does_not_come_in_ends_the_connection(impatient: Callable[..., Any], framing: str, offer: tuple[str, ...]) -> None:
    url = impatient(3600, 0.5)
    with connected(url) as connection:
        connection.sendall(head(f"POST {INSURANCE} HTTP/1.1", "Content-Type: application/json", framing, *offer) + b"5")
        answer = until_the_end(connection)
    assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert answer.count(b"HTTP/1.1 ") == 1
    with connected(url) as connection:  # refused before its body: the rest is not waited for either
        connection.sendall(head("POST /nowhere HTTP/1.1", "Content-Type: application/json", framing, *offer) + b"5")
        answer = until_the_end(connection)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_a_deadline_ends_with_what_it_is_for(impatient: Callable[..., Any]) -> None:
    """A body that has come in is none that is awaited, however long the connection is kept."""
    sent = head(f"POST {INSURANCE} HTTP/1.1", "Content-Type: application/json", f"Content-Length: {len(BODY)}") + BODY
    with connected(impatient(3600, 0.5)) as connection:
        for _ in range(2):
            connection.sendall(sent)
            answer = connection.recv(100)
            assert answer.startswith(b"HTTP/1.1 200 ")
            time.sleep(1)
            while not answer.endswith(b"}"):
                answer += connection.recv(65_536)


def test_deadlines_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HEAD", "BODY", "CHANGE", "ANSWER", "LOCK"):
        monkeypatch.delenv(f"SUBSIDY_{name}_SECONDS")
    assert (Settings().head_seconds, Settings().body_seconds) == (20, 60)
    assert (Settings().change_seconds, Settings().answer_seconds, Settings().lock_seconds) == (4, 1.5, 5)
    monkeypatch.setenv("SUBSIDY_HEAD_SECONDS", "5")
    monkeypatch.setenv("SUBSIDY_BODY_SECONDS", "300")
    assert (Settings().head_seconds, Settings().body_seconds) == (5, 300)


# --- places -----------------------------------------------------------------------------------------


def wait_until(holds: Callable[[], bool]) -> None:
    """Only a fault takes so long."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("path", [INSURANCE, INSURANCE + "/batch"])
def test_bodies_that_come_slowly_take_no_place(own_database: str, path: str) -> None:
    """Five large ones under way, and a sixth is answered at once; then the five are."""
    content = BODY if path == INSURANCE else json.dumps({**insurance(), "cases": [{"item_id": "A"}]}).encode()
    content += b" " * (2 * limits.LARGE_BODY_BYTES)
    app = create_app(Settings(database_url=own_database))
    sent = head(f"POST {path} HTTP/1.1", "Content-Type: application/json", f"Content-Length: {len(content)}", "Connection: close")
    with ExitStack() as stack:
        url = stack.enter_context(served(app))
        slow = [stack.enter_context(connected(url)) for _ in range(limits.MAX_LARGE_IN_FLIGHT + 1)]
        for one in slow:
            one.sendall(sent + content[:-1])
        wait_until(lambda: app.state.arriving.size == len(slow) * (len(content) - 1))
        assert httpx.post(url + path, content=content, headers={"Content-Type": "application/json"}, trust_env=False, timeout=PATIENCE_SECONDS).status_code == 200
        for one in slow:
            one.sendall(content[-1:])
            assert until_the_end(one).startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 503 "))
    assert (app.state.arriving.size, app.state.large_in_flight, app.state.case_lists_in_flight) == (0, 0, 0)


def test_bodies_that_come_slowly_are_bounded_together(own_database: str) -> None:
    """Ten of the largest; what is beyond is told to come again, and small ones are answered meanwhile."""
    size = 100_000
    app = create_app(Settings(database_url=own_database, max_body_bytes=size))
    content = BODY + b" " * (size - len(BODY))
    sent = head(f"POST {INSURANCE} HTTP/1.1", "Content-Type: application/json", f"Content-Length: {size}", "Connection: close")
    with ExitStack() as stack:
        url = stack.enter_context(served(app))
        slow = [stack.enter_context(connected(url)) for _ in range(limits.MAX_BODIES_ARRIVING)]
        for one in slow:
            one.sendall(sent + content[:-1])
        wait_until(lambda: app.state.arriving.size == len(slow) * (size - 1))
        last = stack.enter_context(connected(url))
        last.sendall(sent + content[:-1])
        refusal = until_the_end(last)
        assert refusal.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after:" in refusal.lower()
        assert b'"OVERLOADED"' in refusal
        assert httpx.post(url + INSURANCE, json=insurance(), trust_env=False, timeout=PATIENCE_SECONDS).status_code == 200
        for one in slow:
            one.close()
        wait_until(lambda: app.state.arriving.size == 0)


# --- logs -------------------------------------------------------------------------------------------


def test_no_address_and_no_query_reaches_a_log(own_database: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of upgrades, of what is malformed, of a fault when half an answer is out: its kind and place are written, not its words."""

    async def broken(*_: Any) -> AsyncIterator[bytes]:
        yield b"{"
        raise RuntimeError(f"{MARK}\n  File \"{MARK}\", line 1, in {MARK}\n{MARK}: {MARK}")

    monkeypatch.setattr(calculations, "answers", broken)
    body = json.dumps({"cases": [{"item_id": "A"}]}).encode()
    with served(create_app(Settings(database_url=own_database)), log_level="debug") as url:
        for sent in (
            head(f"GET /{MARK}?a={MARK} HTTP/1.1", *WEB_SOCKET),
            head(f"GET /{MARK}?a={MARK} HTTP/1.1", *JAVA),
            head(f"GET /\x7f{MARK} HTTP/1.1"),
            head(f"GET {MARK} HTTP/1.1"),
            head(f"GET http://[{MARK}/ HTTP/1.1"),
            head(f"GET /%ff%00{MARK}?%ff HTTP/1.1"),
            head(f"{MARK} / HTTP/1.1"),
            head(f"POST {INSURANCE}/batch HTTP/1.1", "Content-Type: application/json", f"Content-Length: {len(body)}") + body,
        ):
            asked(url, sent)
    written = capfd.readouterr()
    assert MARK not in written.out + written.err
    assert "Exception in ASGI application: RuntimeError (" in written.err
    assert '"event":"request"' in written.out


def test_nothing_of_a_body_that_is_refused_is_logged(own_database: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it cannot be inflated, counted, decoded or validated, or the answer to it cannot be compressed."""
    mark = MARK.encode()

    def broken(*_: Any) -> bytes:
        raise RuntimeError(MARK)

    refused = (
        (b'{"%s":1,"%s":2}' % (mark, mark), 422),
        (b'{"%s":"%s"}' % (mark, mark), 422),
        (b'{"%s":[%s1' % (mark, b"[" * 100), 400),
        (b'{"%s":%s' % (mark, mark), 400),
        (b'["' + mark + b'",' + b"1," * limits.MAX_TOKENS + b"1]", 413),
    )
    app = create_app(Settings(database_url=own_database))
    with served(app, log_level="debug") as url, httpx.Client(base_url=url, trust_env=False, timeout=PATIENCE_SECONDS) as client:
        headers = {"Content-Type": "application/json"}
        for path in (INSURANCE, f"{INSURANCE}/batch"):
            for body, status in refused:
                assert client.post(path, content=body, headers=headers).status_code in (status, 422), body[:60]
                cut = gzip.compress(body, 0)[:-1]
                assert client.post(path, content=cut, headers=headers | {"Content-Encoding": "gzip"}).status_code == 400
        monkeypatch.setattr(compressing, "_flushed", broken)
        assert client.get(f"/openapi.json?{MARK}", headers={"Accept-Encoding": "gzip"}).status_code == 500
    written = capfd.readouterr()
    assert MARK not in written.out + written.err
    assert '"event":"unexpected"' in written.out


def test_what_writes_addresses_cannot_be_turned_on() -> None:
    """Not the server's list of requests, nor the level at which it writes each one's scope; and every line passes the filter."""
    assert (OPTIONS["access_log"], OPTIONS["ws"], OPTIONS["proxy_headers"]) == (False, "none", False)
    with pytest.raises(ValidationError):
        Settings(log_level="trace")
    config = OPTIONS["log_config"]
    assert config["root"]["handlers"]
    assert {tuple(handler["filters"]) for handler in config["handlers"].values()} == {("discreet",)}
    assert config["filters"] == {"discreet": {"()": Discreet}}
    try:
        raise ValueError(MARK)
    except ValueError:
        fault = sys.exc_info()
    record = logging.LogRecord("asyncio", logging.ERROR, "", 0, "went wrong\n%s", (MARK,), fault)
    record.color_message = MARK
    assert Discreet().filter(record)
    assert MARK not in logging.Formatter().format(record)
    assert "went wrong: ValueError (" in record.getMessage()
    assert not hasattr(record, "color_message")
