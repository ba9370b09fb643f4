"""Answers as gzip: to whom, of which size, under which ETag, and which never."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import zlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.types import Message

from app import limits
from app.api.http import compression as compressing
from app.api.http.compression import compressed
from tests.contract.requests import INSURANCE, insurance

LARGE = "/openapi.json"
SMALL = "/v1/reference-rates"
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def plain(live_url: str) -> Iterator[httpx.Client]:
    """A client that says nothing of codings, and takes none."""
    with httpx.Client(base_url=live_url, trust_env=False, timeout=600) as opened:
        del opened.headers["accept-encoding"]
        yield opened


def raw(client: httpx.Client, method: str, path: str, **given: Any) -> tuple[httpx.Response, bytes]:
    """An answer and its bytes as they came."""
    with client.stream(method, path, **given) as response:
        return response, b"".join(response.iter_raw())


@pytest.mark.parametrize(
    ("accepted", "coded"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("*", True),
        ("gzip;q=0.001", True),
        ("br;q=1, gzip; q=0.5", True),
        ("gzip, identity", True),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=0.5, identity", False),
        ("identity", False),
        ("br, deflate", False),
        ("*;q=0", False),
        ("identity;q=0", False),
        ("identity;q=0, br", False),
        ("gzip;q=nonsense", False),
        ("gzip;q=nan", False),
        ("gzip;q=2", False),
        ("gzip;Q=1.000", True),
        ("gzip;nonsense", False),
    ],
)
def test_who_prefers_gzip_gets_it(plain: httpx.Client, accepted: str | None, coded: bool) -> None:
    """RFC 9110, 12.5.3. Who refuses everything is answered all the same, as it is."""
    whole = plain.get(LARGE)
    response, body = raw(plain, "GET", LARGE, headers={} if accepted is None else {"Accept-Encoding": accepted})
    assert response.headers.get("content-encoding") == ("gzip" if coded else None)
    assert response.headers["content-length"] == str(len(body))
    assert (gzip.decompress(body) if coded else body) == whole.content
    assert response.headers["vary"] == "Accept-Encoding"
    assert len(body) < len(whole.content) / 4 or not coded


@pytest.mark.parametrize(
    ("path", "accepted", "coded"), [(SMALL, "gzip", False), (SMALL, "gzip, identity;q=0", True), (SMALL, "gzip, *;q=0", True)]
)
def test_a_small_answer_is_compressed_only_for_who_takes_no_other(plain: httpx.Client, path: str, accepted: str, coded: bool) -> None:
    response, body = raw(plain, "GET", path, headers={"Accept-Encoding": accepted})
    assert response.headers.get("content-encoding") == ("gzip" if coded else None)
    assert (gzip.decompress(body) if coded else body) == plain.get(path).content


def test_every_kind_of_answer_is_compressed(plain: httpx.Client) -> None:
    """A problem, a list of cases, a page's file; each as it is without."""
    faults = json.dumps(insurance(policies=[{}]))
    cases = json.dumps({**insurance(), "cases": [{"item_id": str(number)} for number in range(60)]})
    for method, path, content in (
        ("POST", INSURANCE, faults),
        ("POST", f"{INSURANCE}/batch", cases),
        ("GET", "/docs/static/swagger-ui/swagger-ui.css", None),
    ):
        headers = JSON | {"X-Request-ID": "one"}
        without, expected = raw(plain, method, path, content=content, headers=headers)
        response, body = raw(plain, method, path, content=content, headers=headers | {"Accept-Encoding": "gzip, identity;q=0"})
        assert (response.status_code, response.headers["content-encoding"]) == (without.status_code, "gzip")
        assert response.headers["content-type"] == without.headers["content-type"]
        assert response.headers["vary"] == without.headers["vary"]
        assert gzip.decompress(body) == expected


# --- ETags ------------------------------------------------------------------------------------------


def test_each_form_has_its_own_strong_etag_and_either_is_known(plain: httpx.Client) -> None:
    """304 names the form that the caller has, whatever it would take now."""
    as_it_is = plain.get(LARGE).headers["etag"]
    coded = plain.get(LARGE, headers={"Accept-Encoding": "gzip"}).headers["etag"]
    assert coded == f'{as_it_is[:-1]}-gzip"'
    for accepted in ({}, {"Accept-Encoding": "gzip"}):
        for known, told in (
            (as_it_is, as_it_is),
            (coded, coded),
            (f"W/{coded}", coded),
            (f'"x", {coded}', coded),
            (f'"x-gzip", {as_it_is}', as_it_is),
        ):
            response = plain.get(LARGE, headers=accepted | {"If-None-Match": known})
            assert (response.status_code, response.headers["etag"], response.content) == (304, told, b"")
            assert response.headers["vary"] == "Accept-Encoding"
        for unknown in ('"x-gzip"', '"-gzip"', as_it_is[:-1] + '-br"'):
            assert plain.get(LARGE, headers=accepted | {"If-None-Match": unknown}).status_code == 200


def test_a_small_answer_is_known_by_either_form(plain: httpx.Client) -> None:
    tag = plain.get(SMALL).headers["etag"]
    assert plain.get(SMALL, headers={"Accept-Encoding": "gzip"}).headers["etag"] == tag
    assert plain.get(SMALL, headers={"If-None-Match": tag[:-1] + '-gzip"'}).status_code == 304


def test_a_page_s_file_is_known_by_either_form(plain: httpx.Client) -> None:
    path = "/docs/static/swagger-ui/swagger-ui.css"
    for accepted in ("gzip", "identity"):
        tag = plain.get(path, headers={"Accept-Encoding": accepted}).headers["etag"]
        assert plain.get(path, headers={"If-None-Match": tag}).headers["etag"] == tag


def test_head_tells_of_the_form_that_get_would_send(plain: httpx.Client) -> None:
    for path in (LARGE, SMALL, "/nowhere"):
        for accepted in ("gzip", "identity"):
            get, head = (plain.request(method, path, headers={"Accept-Encoding": accepted}) for method in ("GET", "HEAD"))
            same = ("content-encoding", "content-length", "content-type", "etag", "vary")
            assert [head.headers.get(name) for name in same] == [get.headers.get(name) for name in same]
            assert head.content == b""


# --- pieces -----------------------------------------------------------------------------------------


def sent_through(pieces: list[bytes], accepted: bytes = b"gzip", whole: bool = False) -> list[Message]:
    """The messages of an answer in pieces."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def answer() -> None:
        through = compressed({b"accept-encoding": accepted}, send)
        await through({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"a"')]})
        for index, piece in enumerate(pieces):
            await through({"type": "http.response.body", "body": piece, "more_body": not whole or index < len(pieces) - 1})
        if not whole:
            await through({"type": "http.response.body", "body": b""})

    asyncio.run(answer())
    return messages


def test_each_piece_can_be_read_when_it_has_come() -> None:
    """What is answered slowly is read slowly, and nothing is held back until the end."""
    pieces = [b"a" * limits.MIN_COMPRESSED_BYTES, b"b", b"c" * 200_000]
    start, *bodies = sent_through(pieces)
    names = dict(start["headers"])
    assert (names[b"content-encoding"], names[b"etag"], b"content-length" in names) == (b"gzip", b'"a-gzip"', False)
    reader = zlib.decompressobj(31)
    assert [reader.decompress(one["body"]) for one in bodies] == [*pieces, b""]
    assert reader.eof
    assert [one.get("more_body", False) for one in bodies] == [True, True, True, False]


def test_what_begins_small_goes_out_as_it_is() -> None:
    start, *bodies = sent_through([b"a", b"b" * 100_000])
    assert dict(start["headers"]) == {b"etag": b'"a"'}
    assert [one["body"] for one in bodies] == [b"a", b"b" * 100_000, b""]


def test_a_large_piece_is_compressed_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    where: list[tuple[int, bool]] = []
    real = compressing._flushed

    def flushed(stream: Any, body: bytes, more: bool) -> bytes:
        where.append((len(body), threading.current_thread() is threading.main_thread()))
        return real(stream, body, more)

    monkeypatch.setattr(compressing, "_flushed", flushed)
    sent_through([b"a" * limits.LARGE_BODY_BYTES, b"a" * (limits.LARGE_BODY_BYTES + 1)])
    sent_through([b"a" * (limits.LARGE_BODY_BYTES + 1)], whole=True)
    assert where == [(limits.LARGE_BODY_BYTES, True), (limits.LARGE_BODY_BYTES + 1, False), (0, True), (limits.LARGE_BODY_BYTES + 1, False)]


def test_a_problem_after_a_head_that_was_not_sent_is_answered_alone() -> None:
    """The head waits for the first piece; where a fault comes instead, the problem has a head of its own."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def answer() -> None:
        through = compressed({b"accept-encoding": b"gzip"}, send)
        await through({"type": "http.response.start", "status": 200, "headers": []})
        await through({"type": "http.response.start", "status": 500, "headers": []})
        await through({"type": "http.response.body", "body": b"{}"})

    asyncio.run(answer())
    assert [(one["type"], one.get("status")) for one in messages] == [("http.response.start", 500), ("http.response.body", None)]


def test_every_answer_says_that_it_depends_on_the_coding(plain: httpx.Client) -> None:
    for path in ("/health/live", "/docs", "/metrics", "/v1/funds", "/nowhere", "/v1/keys"):
        assert "Accept-Encoding" in plain.get(path).headers["vary"], path
    assert plain.post(INSURANCE, json=insurance()).headers.get_list("vary") == ["Accept-Language, Accept-Encoding"]
