"""Limits of what a caller may send, and the security headers of every answer."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI

from app import limits
from app.api.calculations import routes as calculations
from app.limits import MAX_HEAD_BYTES
from tests.contract.requests import INSURANCE, insurance, loan

POLICY = "default-src 'none'; frame-ancestors 'none'"
JSON = {"Content-Type": "application/json"}


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize(("length", "expected"), [(8 * 1024, 404), (8 * 1024 + 1, 414)])
@pytest.mark.parametrize("shape", ["path", "query", "both"])
def test_an_address_of_8_kib_at_most(client: httpx.Client, length: int, expected: int, shape: str) -> None:
    """Path and query without the question mark between them."""
    match shape:
        case "path":
            address = "/" + "a" * (length - 1)
        case "query":
            address = "/x?" + "a" * (length - 2)
        case _:
            address = "/" + "a" * (length // 2 - 1) + "?" + "a" * (length - length // 2)
    response = client.get(address)
    assert code(response) == (expected, "URI_TOO_LONG" if expected == 414 else "NOT_FOUND")


def test_headers_of_32_kib_at_most(client: httpx.Client) -> None:
    """Names and values of all together; the client's own are counted, too."""
    own = sum(len(name) + len(value) for name, value in client.build_request("GET", "/health/live", headers={"X": ""}).headers.raw)
    room = 32 * 1024 - own
    assert client.get("/health/live", headers={"X": "a" * room}).status_code == 200
    assert code(client.get("/health/live", headers={"X": "a" * (room + 1)})) == (431, "HEADERS_TOO_LARGE")


def test_a_hundred_headers_at_most(client: httpx.Client) -> None:
    own = len(client.build_request("GET", "/health/live").headers.raw)
    many = [(f"X-{number}", "a") for number in range(100 - own)]
    assert client.get("/health/live", headers=many).status_code == 200
    assert code(client.get("/health/live", headers=[*many, ("X-More", "a")])) == (431, "HEADERS_TOO_LARGE")


@pytest.mark.parametrize("head", [b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX: ", b"GET /"])
def test_a_head_without_end_is_cut_off(live_url: str, head: bytes) -> None:
    """Not collected until memory ends: 431 and the end of the connection soon after the limit."""
    parts = urlsplit(live_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=600) as connection:
        connection.sendall(head)
        sent = 0
        answer = b""
        connection.setblocking(False)
        while not answer and sent < 64 * 1024 * 1024:
            try:
                sent += connection.send(b"a" * 16_384)
            except BlockingIOError:
                pass
            except (BrokenPipeError, ConnectionResetError):
                break
            try:
                answer = connection.recv(100)
            except BlockingIOError:
                continue
            except ConnectionResetError:
                break
    assert sent < 16 * 1024 * 1024
    assert not answer or answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("line", [b"FOO /v1/funds HTTP/1.1", b"get /v1/funds HTTP/1.1", b"nonsense-of-the-caller"])
def test_a_method_that_http_does_not_know_never_reaches_the_service(live_url: str, line: bytes) -> None:
    """The parser refuses it, says nothing of it, and ends the connection."""
    parts = urlsplit(live_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=600) as connection:
        connection.sendall(line + b"\r\nHost: localhost\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(1000), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"x-request-id" not in head.lower()
    assert body == b"Invalid HTTP request received."


def test_many_requests_on_one_connection_are_not_one_long_head(live_url: str) -> None:
    with httpx.Client(base_url=live_url, trust_env=False) as one:
        padding = {"X-Padding": "a" * 20_000}
        for _ in range(2 * MAX_HEAD_BYTES // 20_000):
            assert one.get("/health/live", headers=padding).status_code == 200
        large = json.dumps(insurance(request_no="x")).encode() + b" " * (3 * MAX_HEAD_BYTES)
        for _ in range(3):
            assert one.post(INSURANCE, content=large, headers=JSON).status_code == 200


def nested(depth: int, inner: bytes = b"1") -> bytes:
    """Arrays in arrays: JSON of that depth."""
    return b"[" * depth + inner + b"]" * depth


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (nested(64), False),
        (nested(65), True),
        (b'{"a":' * 64 + b"1" + b"}" * 64, False),
        (b'{"a":' * 65 + b"1" + b"}" * 65, True),
        (b'{"a":[' * 32 + b"1" + b"]}" * 32, False),
        (b'{"a":[' * 33 + b"1" + b"]}" * 33, True),
        (b"[" + b",".join([nested(63)] * 50) + b"]", False),
        (b"[" + b",".join([nested(63)] * 50 + [nested(64)]) + b"]", True),
        (b"[" + b"[]," * 50_000 + b"[]]", False),
        (b"[" + b"[]," * 50_000 + nested(64) + b"]", True),
        (b'["' + b"[{" * 500 + b'"]', False),
        (b'["\\"' + b"[{" * 500 + b'"]', False),
        (b'["\\\\",' + nested(64) + b"]", True),
        (b'["\\\\\\"' + b"[" * 500 + b'"]', False),
        (b'["\\u005b\\u005b' + b"[" * 500 + b'"]', False),
        (nested(100_000), True),
        (b"[" * 100_000, True),
        (b'{"a":' * 100_000, True),
    ],
    ids=range(18),
)
def test_json_is_64_deep_at_most(client: httpx.Client, content: bytes, refused: bool) -> None:
    """Brackets in strings do not count. What is not too deep is refused for what it is: no object."""
    for path in (INSURANCE, INSURANCE + "/batch"):
        response = client.post(path, content=content, headers=JSON | {"Accept-Language": "en"})
        if refused:
            assert code(response) == (400, "MALFORMED_JSON")
            assert response.json()["detail"] == "The JSON must not be nested deeper than 64 levels"
        else:
            assert code(response) in ((422, "INVALID_FACTS"), (422, "FIELD_REQUIRED"), (422, "DUPLICATE_KEY"))


def large(body: dict[str, Any]) -> bytes:
    """A right body that is large because of the blanks at its end."""
    return json.dumps(body).encode() + b" " * limits.LARGE_BODY_BYTES


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, threading.Semaphore]]:
    """Large calculations wait until they may go on; each says when it has begun."""
    may_go_on, begun = threading.Event(), threading.Semaphore(0)
    real = calculations.asked_in

    def waiting(body: bytes, *given: Any) -> Any:
        if len(body) > limits.LARGE_BODY_BYTES:
            begun.release()
            assert may_go_on.wait(60)
        return real(body, *given)

    monkeypatch.setattr(calculations, "asked_in", waiting)
    yield may_go_on, begun
    may_go_on.set()


def test_only_so_many_large_calculations_wait(
    app: FastAPI, client: httpx.Client, live_url: str, slow: tuple[threading.Event, threading.Semaphore]
) -> None:
    """One is read, seven wait; the ninth is told to come again, whether its length is known or not. Small ones go on meanwhile."""
    may_go_on, begun = slow
    content = large(insurance())
    answers: list[int] = []

    def send() -> None:
        with httpx.Client(base_url=live_url, trust_env=False, timeout=600) as own:
            answers.append(own.post(INSURANCE, content=content, headers=JSON).status_code)

    threads = [threading.Thread(target=send) for _ in range(limits.MAX_LARGE_IN_FLIGHT)]
    for thread in threads:
        thread.start()
    assert begun.acquire(timeout=600)
    while app.state.large_in_flight < limits.MAX_LARGE_IN_FLIGHT:
        time.sleep(0.01)
    assert not begun.acquire(blocking=False), "they are read one after the other"
    refused = client.post(INSURANCE, content=content, headers=JSON)
    assert code(refused) == (503, "OVERLOADED")
    assert int(refused.headers["retry-after"]) > 0
    pieces = (content[at : at + 16_384] for at in range(0, len(content), 16_384))
    assert code(client.post(INSURANCE, content=pieces, headers=JSON)) == (503, "OVERLOADED")
    assert client.post(INSURANCE, json=insurance()).status_code == 200
    may_go_on.set()
    for thread in threads:
        thread.join(timeout=600)
    assert answers == [200] * limits.MAX_LARGE_IN_FLIGHT
    assert app.state.large_in_flight == 0
    assert client.post(INSURANCE, content=content, headers=JSON).status_code == 200


def test_a_place_is_given_back_whatever_happens(app: FastAPI, client: httpx.Client) -> None:
    for content in (large({}), b"[" * limits.LARGE_BODY_BYTES + b"[", large(loan())):
        client.post(INSURANCE, content=content, headers=JSON)
        assert app.state.large_in_flight == 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("GET", "/v1/funds", 200),
        ("GET", "/metrics", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/docs/nowhere", 404),
        ("GET", "/docs/static/nowhere.js", 404),
        ("GET", "/v1/keys", 401),
        ("POST", INSURANCE, 415),
        ("DELETE", "/v1/funds", 405),
        ("GET", "/" + "a" * 9000, 414),
    ],
)
def test_every_answer_has_the_security_headers(client: httpx.Client, method: str, path: str, status: int) -> None:
    """Each exactly once; nothing says what serves."""
    response = client.request(method, path)
    assert response.status_code == status
    expected = {
        "x-content-type-options": "nosniff",
        "content-security-policy": POLICY,
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
    }
    for name, value in expected.items():
        assert response.headers.get_list(name) == [value]
    assert "server" not in response.headers
    assert "x-powered-by" not in response.headers


@pytest.mark.parametrize("path", ["/docs", "/docs/swagger"])
def test_the_documentation_keeps_its_own_policy(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    (policy,) = response.headers.get_list("content-security-policy")
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy
    for name in ("referrer-policy", "x-content-type-options", "cross-origin-resource-policy"):
        assert len(response.headers.get_list(name)) == 1


@pytest.mark.parametrize("path", [INSURANCE, "/v1/funds", "/v1/keys", "/health/live", "/openapi.json"])
def test_no_other_origin_is_let_in(client: httpx.Client, path: str) -> None:
    """A browser's question before a request of another page is answered without any permission."""
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for response in (client.options(path, headers=asked), client.get(path, headers={"Origin": "https://evil.example"})):
        assert not [name for name in response.headers if name.startswith("access-control")]
    assert client.options(path, headers=asked).status_code == 405
