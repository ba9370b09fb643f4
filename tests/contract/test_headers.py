"""Headers of every answer, what is logged, and what is measured."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.contract.requests import INSURANCE, at, insurance

MADE = re.compile(r"[0-9a-f]{32}")


@pytest.mark.parametrize("given", ["a", "order-1.2_3", "A" * 64])
def test_a_safe_request_id_is_taken(client: httpx.Client, given: str) -> None:
    for response in (
        client.get("/health/live", headers={"X-Request-ID": given}),
        client.get("/nowhere", headers={"X-Request-ID": given}),
        client.post(INSURANCE, json=insurance(), headers={"X-Request-ID": given}),
    ):
        assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", "a/b", "A" * 65, "<script>", "é"])
def test_any_other_request_id_is_replaced(client: httpx.Client, given: str) -> None:
    response = client.get("/health/live", headers=[(b"x-request-id", given.encode())])
    assert MADE.fullmatch(response.headers["x-request-id"])


def test_a_traceparent_is_continued(client: httpx.Client) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    response = client.get("/health/live", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    version, same, span, flags = response.headers["traceparent"].split("-")
    assert (version, same, flags) == ("00", trace, "01")
    assert span != "b7ad6b7169203331"


@pytest.mark.parametrize(
    "given",
    ["00-" + "0" * 32 + "-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-" + "0" * 16 + "-01", "x", "00-abc-def-01"],
)
def test_a_broken_traceparent_is_left_alone(client: httpx.Client, given: str) -> None:
    assert "traceparent" not in client.get("/health/live", headers={"traceparent": given}).headers


def test_calculations_are_not_stored(client: httpx.Client) -> None:
    for path, body in ((INSURANCE, insurance()), (INSURANCE + "/batch", {"cases": [{"item_id": "1", **insurance()}]})):
        response = client.post(path, json=body)
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["vary"] == "Accept-Language, Accept-Encoding"
        assert response.headers["content-language"] == "zh-CN"


TABLES = [
    "/v1/funds",
    "/v1/batches",
    "/v1/batches/bj-gjj-2025-1",
    "/v1/rate-tables",
    "/v1/rate-tables?method=INSURANCE",
    "/v1/rate-tables/bj-gjj-2025-1-11",
    "/v1/rate-tables/bj-gjj-2025-1-11/versions",
    "/v1/rate-tables/bj-gjj-2025-1-11/versions/1",
    "/v1/rate-tables/bj-gjj-2025-1-11/versions/1/diff?against=1",
    "/v1/reference-rates",
    "/v1/reference-rates/LPR_1Y?on=2024-03-01",
    "/openapi.json",
]


@pytest.mark.parametrize("path", TABLES)
def test_tables_carry_a_strong_etag_and_answer_304(client: httpx.Client, path: str) -> None:
    first = client.get(path, headers={"Accept-Encoding": "identity"})  # of compressed answers: test_compressed
    assert first.status_code == 200
    tag = first.headers["etag"]
    assert re.fullmatch(r'"sha256:[0-9a-f]{64}"', tag)
    for known in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == tag
    assert client.get(path, headers={"If-None-Match": '"x"'}).content == first.content


@pytest.mark.parametrize("path", [*TABLES, "/health/live", "/health/ready", "/metrics", "/docs", "/docs/static/docs.css", "/nowhere", "/v1/batches/nope"])
def test_head_is_get_without_the_body(live_url: str, path: str) -> None:
    """RFC 9110, 9.3.2: the same status and headers. With a socket, for a body that is sent all the same would be the next answer."""
    with httpx.Client(base_url=live_url, trust_env=False) as own:
        get, head = own.get(path), own.head(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        same = ("content-type", "content-length", "etag", "cache-control", "content-security-policy")
        if path != "/metrics":  # which has counted meanwhile
            assert [head.headers.get(name) for name in same] == [get.headers.get(name) for name in same]
        assert own.head(path).status_code == get.status_code  # over the same connection


def test_head_where_there_is_no_get(client: httpx.Client) -> None:
    response = client.head(INSURANCE)
    assert (response.status_code, response.headers["allow"], response.content) == (405, "POST", b"")


def test_head_answers_304_as_get_does(client: httpx.Client) -> None:
    tag = client.get("/v1/funds").headers["etag"]
    assert client.head("/v1/funds", headers={"If-None-Match": tag}).status_code == 304


def test_a_log_line_says_what_happened_and_nothing_of_the_request(
    database: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    body = at(insurance(), "/applicant/name", "某某机密科技有限公司")
    trace = "0af7651916cd43dd8448eb211c80319c"
    with TestClient(create_app(Settings(database_url=database)), client=("127.0.0.1", 50000), base_url="http://localhost") as own:
        own.post(INSURANCE, json=body, headers={"X-Request-ID": "r-1", "traceparent": f"00-{trace}-b7ad6b7169203331-01"})
        own.get("/v1/batches/bj-gjj-2025-1?secret=1")
        own.get("/%E6%9C%BA%E5%AF%86")
    written = capsysbinary.readouterr().out.decode()
    lines = [json.loads(line) for line in written.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert [(line["method"], line["path"], line["status"]) for line in requests] == [
        ("POST", INSURANCE, 200),
        ("GET", "/v1/batches/{batch_id}", 422),
        ("GET", "unmatched", 404),
    ]
    assert requests[0]["request_id"] == "r-1"
    assert requests[0]["trace_id"] == trace
    assert all(line["ms"] >= 0 for line in requests)
    for secret in ("机密", "91350100M000100Y43", "secret", "8000000"):
        assert secret not in written


@pytest.mark.parametrize("fails", [OSError(28, "No space left on device"), BrokenPipeError(), ValueError("I/O operation on closed file")])
def test_an_answer_goes_out_though_nobody_takes_its_log_line(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, fails: Exception
) -> None:
    tried = []

    class Closed:
        buffer = property(lambda self: self)

        def write(self, line: bytes) -> None:
            tried.append(line)
            raise fails

    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", Closed())
        assert client.get("/v1/funds").status_code == 200
        assert client.get("/v1/funds").status_code == 200  # over the same connection: the first request has been logged
    assert tried


def test_metrics_count_requests_by_template(client: httpx.Client) -> None:
    client.get("/v1/batches/bj-gjj-2025-1")
    client.get("/nowhere/at/all")
    client.request("BREW", "/nowhere")
    text = client.get("/metrics").text
    assert 'subsidy_request_seconds_count{method="GET",path="/v1/batches/{batch_id}",status="200"}' in text
    assert 'path="unmatched",status="404"' in text
    assert "nowhere" not in text
    assert "BREW" not in text


def test_live_and_ready(client: httpx.Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    ready = client.get("/health/ready").json()
    assert ready["status"] == "ready"
    assert ready["known_at"].endswith("+08:00")
