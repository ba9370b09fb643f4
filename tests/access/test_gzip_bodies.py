"""Bodies that come compressed: taken wherever a body is, bounded as sent and as inflated."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
import zlib
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app import limits
from app.api.calculations import routes as calculations
from app.api.http import body_stream as arriving
from app.api.http.body_stream import Arriving, inflated
from app.errors import ProblemError
from app.main import create_app
from app.settings import Settings
from tests.access.conftest import bearer, issued
from tests.conftest import PATIENCE_SECONDS, served
from tests.contract.requests import INSURANCE, insurance

JSON = {"Content-Type": "application/json"}
GZIP = JSON | {"Content-Encoding": "gzip"}
BODY = json.dumps(insurance()).encode()
LARGE = BODY + b" " * (4 * limits.LARGE_BODY_BYTES)
BOMB = gzip.compress(b" " * 40_000_000)


def code(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize("body", [BODY, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_a_compressed_body_is_answered_as_the_body_is(client: httpx.Client, body: bytes, coding: str) -> None:
    """Also one in chunks, and a list of cases."""
    plain = client.post(INSURANCE, content=body, headers=JSON)
    sent = gzip.compress(body)
    headers = JSON | {"Content-Encoding": coding}
    for content in (sent, (sent[at : at + 50] for at in range(0, len(sent), 50))):
        assert client.post(INSURANCE, content=content, headers=headers).content == plain.content
    cases = json.dumps({**insurance(), "cases": [{"item_id": "A"}]}).encode()
    answer = client.post(f"{INSURANCE}/batch", content=gzip.compress(cases), headers=headers).json()
    assert answer["cases"][0]["result"] == plain.json()


def test_every_endpoint_that_takes_a_body_takes_it_compressed(own_database: str) -> None:
    """No one says that the coding is not supported, and each reads what was inside: JSON that is no object."""
    key = issued(own_database, "calculate", "tables:write", "keys:admin").secret
    app = create_app(Settings(database_url=own_database))
    with served(app) as url:
        asked = {path: [method for method, one in operations.items() if "requestBody" in one] for path, operations in app.openapi()["paths"].items()}
        takes = [(method, path.format(draft_id="0" * 16, key_id="0" * 16)) for path, methods in asked.items() for method in methods]
        assert len(takes) == 15
        for method, path in takes:
            headers = GZIP | bearer(key) | {"If-Match": '"1-draft-0123456789abcdef"'}
            response = httpx.request(method, url + path, content=gzip.compress(b"[]"), headers=headers, trust_env=False, timeout=PATIENCE_SECONDS)
            assert response.status_code == (404 if path.endswith("/drafts/" + "0" * 16 + "/calculate") else 422), (path, response.text)


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "*"])
def test_another_coding_is_told_which_one_is_taken(client: httpx.Client, coding: str) -> None:
    """RFC 9110, 15.5.16."""
    response = client.post(INSURANCE, content=BODY, headers=JSON | {"Content-Encoding": coding})
    assert code(response) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert response.headers["accept-encoding"] == "gzip"
    assert "gzip" in response.json()["detail"]


WHOLE = gzip.compress(BODY)
BROKEN = {
    "empty": b"",
    "no gzip": BODY,
    "zlib": zlib.compress(BODY),
    "cut in the head": WHOLE[:5],
    "cut in the middle": WHOLE[: len(WHOLE) // 2],
    "cut in the check": WHOLE[:-1],
    "wrong check": WHOLE[:-8] + b"\0\0\0\0" + WHOLE[-4:],
    "wrong length": WHOLE[:-4] + b"\0\0\0\0",
    "corrupt": WHOLE[:20] + b"\xff\xff\xff" + WHOLE[23:],
    "two members": WHOLE + WHOLE,
    "something follows": WHOLE + b"{}",
    "large, cut": gzip.compress(LARGE)[:-3],
    "large, something follows": gzip.compress(LARGE) + b"\0",
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("path", [INSURANCE, f"{INSURANCE}/batch"])
def test_what_is_not_one_whole_member_is_refused(app: FastAPI, client: httpx.Client, path: str, sent: bytes) -> None:
    response = client.post(path, content=sent, headers=GZIP)
    assert code(response) == (400, "MALFORMED_GZIP")
    assert app.state.arriving.size == 0


def test_a_body_that_inflates_to_more_than_the_limit_is_refused(app: FastAPI, client: httpx.Client) -> None:
    """As is one that is too large as it is sent."""
    assert code(client.post(INSURANCE, content=BOMB, headers=GZIP)) == (413, "PAYLOAD_TOO_LARGE")
    assert code(client.post(INSURANCE, content=b"\0" * (app.state.max_body_bytes + 1), headers=GZIP)) == (413, "PAYLOAD_TOO_LARGE")
    assert app.state.arriving.size == 0


class Counting:
    """A stream that says how much it has inflated, and where."""

    def __init__(self, *given: Any) -> None:
        self.stream = zlib._decompressobj(*given)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def decompress(self, data: bytes, most: int) -> bytes:
        """As of the stream."""
        part: bytes = self.stream.decompress(data, most)
        inflated_by.append((threading.current_thread(), len(part)))
        return part


inflated_by: list[tuple[threading.Thread, int]] = []


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[threading.Thread, int]]:
    """What is inflated, slice by slice."""
    monkeypatch.setattr(zlib, "_decompressobj", zlib.decompressobj, raising=False)
    monkeypatch.setattr(arriving.zlib, "decompressobj", Counting)
    inflated_by.clear()
    return inflated_by


def test_inflating_stops_where_the_limit_is_passed(counted: list[tuple[threading.Thread, int]]) -> None:
    """Of 40 MB no more than the limit and one slice; beyond a small beginning not on the event loop, and held like what arrives."""
    held = Arriving(1_000_000)
    with pytest.raises(ProblemError, match="PAYLOAD_TOO_LARGE"):
        asyncio.run(inflated(BOMB, 1_000_000, held))
    assert sum(size for _, size in counted) < 1_000_000 + 300_000
    here = [size for thread, size in counted if thread is threading.current_thread()]
    assert here == [limits.LARGE_BODY_BYTES]
    assert held.size == 0


def test_bodies_that_inflate_are_bounded_together() -> None:
    """With those that arrive."""
    held = Arriving(1_000_000)
    held.add(held.most - 500_000)
    with pytest.raises(ProblemError, match="OVERLOADED"):
        asyncio.run(inflated(gzip.compress(b" " * 900_000), 1_000_000, held))
    assert held.size == held.most - 500_000


@pytest.mark.parametrize("level", [0, 1, 9])
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 262_144 + 65_536, 1_000_003])
def test_whatever_the_slices_the_whole_comes_out(size: int, level: int) -> None:
    whole = b"".join(b"%d," % number for number in range(size // 4 + 1))[:size]
    assert asyncio.run(inflated(gzip.compress(whole, level), 2_000_000, Arriving(2_000_000))) == whole


def test_a_deflate_stream_that_says_nothing_ends(client: httpx.Client) -> None:
    """A million empty blocks: bytes that are read and hold nothing."""
    nothing = gzip.compress(b"")[:10] + b"\0\0\0\xff\xff" * 1_000_000
    assert code(client.post(INSURANCE, content=nothing, headers=GZIP)) == (400, "MALFORMED_GZIP")


def test_a_large_body_takes_a_place_by_its_inflated_size(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kilobyte that becomes a megabyte is read like a megabyte: in a thread, one of few."""
    seen: list[threading.Thread] = []
    real = calculations.asked_in

    def asked_in(*given: Any) -> Any:
        seen.append(threading.current_thread())
        return real(*given)

    monkeypatch.setattr(calculations, "asked_in", asked_in)
    for body in (BODY, LARGE):
        assert client.post(INSURANCE, content=gzip.compress(body), headers=GZIP).status_code == 200
    assert len(gzip.compress(LARGE)) < limits.LARGE_BODY_BYTES
    assert seen[0] is not seen[1]
