"""Problems: RFC 9457 documents, statuses, languages, and the headers that go with them."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import limits
from app.api.http.problems import preferred_language
from app.errors import KINDS
from app.main import create_app
from app.settings import Settings
from tests.contract.requests import INSURANCE, insurance

MEMBERS = ["type", "title", "status", "detail", "instance", "code", "errors", "request_id"]


def check(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem in a response, which is of this status and code and has every member."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert list(problem) == MEMBERS
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["type"] == "/problems/" + code.lower().replace("_", "-")
    assert response.headers["cache-control"] == "no-store"
    return problem


NO_IDS = ["nope", "NOPE", "%00", "%FF", "a%20b", "x" * 200, "标准表"]
"""What no id looks like is not there, either."""


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("GET", "/v1/funds/", 404, "NOT_FOUND"),
        ("GET", "/docs/static/nowhere.js", 404, "NOT_FOUND"),
        ("GET", "/v1/batches/xx-none-2025-1", 404, "BATCH_NOT_FOUND"),
        ("GET", "/v1/rate-tables?batch=xx-none-2025-1", 404, "BATCH_NOT_FOUND"),
        ("GET", "/v1/rate-tables/xx-none-2025-1-1", 404, "RATE_TABLE_NOT_FOUND"),
        *(("GET", f"/v1/batches/{one}", 404, "BATCH_NOT_FOUND") for one in NO_IDS),
        *(("GET", f"/v1/rate-tables?batch={one}", 404, "BATCH_NOT_FOUND") for one in NO_IDS),
        *(("GET", f"/v1/rate-tables/{one}", 404, "RATE_TABLE_NOT_FOUND") for one in NO_IDS),
        *(("GET", f"/v1/rate-tables/{one}/versions", 404, "RATE_TABLE_NOT_FOUND") for one in NO_IDS),
        *(("GET", f"/v1/reference-rates/{one}", 404, "REFERENCE_SERIES_NOT_FOUND") for one in NO_IDS),
        ("GET", "/v1/rate-tables/bj-gjj-2025-1-11/versions/0", 404, "VERSION_NOT_FOUND"),
        ("GET", f"/v1/rate-tables/bj-gjj-2025-1-11/versions/{10**30}", 404, "VERSION_NOT_FOUND"),
        ("GET", "/v1/rate-tables/bj-gjj-2025-1-11?as_of=2001-01-01", 404, "NO_VERSION_IN_FORCE"),
        ("GET", "/v1/rate-tables/bj-gjj-2025-1-11/versions/99", 404, "VERSION_NOT_FOUND"),
        ("GET", "/v1/rate-tables/bj-gjj-2025-1-11/versions/1/diff?against=99", 404, "VERSION_NOT_FOUND"),
        ("GET", "/v1/reference-rates/NONE", 404, "REFERENCE_SERIES_NOT_FOUND"),
        ("GET", "/v1/reference-rates/LPR_5Y?on=2199-01-01", 422, "REFERENCE_RATE_NOT_COVERED"),
        ("GET", "/v1/funds?x=1", 422, "INVALID_FACTS"),
        ("GET", "/v1/rate-tables?as_of=1641340800", 422, "INVALID_FACTS"),
        ("GET", "/v1/rate-tables?as_of=2025-02-30", 422, "INVALID_FACTS"),
        ("GET", "/v1/rate-tables?method=NONE", 422, "INVALID_FACTS"),
        ("GET", "/v1/rate-tables/bj-gjj-2025-1-11/versions/one", 422, "INVALID_FACTS"),
        ("GET", "/v1/rate-tables/bj-gjj-2025-1-11/versions/1/diff", 422, "INVALID_FACTS"),
        ("GET", INSURANCE, 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/v1/funds", 405, "METHOD_NOT_ALLOWED"),
        ("PUT", "/v1/keys", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/v1/keys/0123456789abcdef", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/health/live", 405, "METHOD_NOT_ALLOWED"),
        ("POST", INSURANCE, 415, "UNSUPPORTED_MEDIA_TYPE"),
    ],
)
def test_each_refusal_is_a_problem(client: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    response = client.request(method, path)
    check(response, status, code)
    if status == 405:
        allowed = {"/v1/keys": "GET, HEAD, POST", "/v1/keys/0123456789abcdef": "DELETE", INSURANCE: "POST"}
        assert response.headers["allow"] == allowed.get(path, "GET, HEAD")


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("/v1/funds/", "末尾不带斜杠：/v1/funds", "there is /v1/funds"),
        ("/v1/batches/bj-gjj-2025-1//", "末尾不带斜杠：/v1/batches/bj-gjj-2025-1", "there is /v1/batches/bj-gjj-2025-1"),
        (INSURANCE + "/", f"末尾不带斜杠：{INSURANCE}", f"there is {INSURANCE}"),
        ("/docs/", "末尾不带斜杠：/docs", "there is /docs"),
        ("/v1/fonds/", "全部地址见 /docs 与 /openapi.json", "listed in /docs and /openapi.json"),
        ("/v1/fonds", "全部地址见 /docs 与 /openapi.json", "listed in /docs and /openapi.json"),
        ("//", "全部地址见 /docs 与 /openapi.json", "listed in /docs and /openapi.json"),
    ],
)
def test_an_address_that_is_not_there_says_which_is(client: httpx.Client, path: str, zh: str, en: str) -> None:
    for method in ("GET", "POST"):
        assert check(client.request(method, path), 404, "NOT_FOUND")["detail"].endswith(zh)
    assert check(client.get(path, headers={"Accept-Language": "en"}), 404, "NOT_FOUND")["detail"].endswith(en)


@pytest.mark.parametrize(
    ("method", "path", "pointers", "code"),
    [
        ("POST", INSURANCE + "?version=9", ["/query/version"], "UNKNOWN_FIELD"),
        ("POST", INSURANCE + "?a", ["/query/a"], "UNKNOWN_FIELD"),
        ("POST", INSURANCE + "/batch?a=1&b=2", ["/query/a", "/query/b"], "UNKNOWN_FIELD"),
        ("POST", INSURANCE + "?" + "x" * 65 + "=1", ["/query"], "UNKNOWN_FIELD"),
        ("POST", INSURANCE + "?version=1&version=2", ["/query/version"], "DUPLICATE_PARAMETER"),
        ("GET", "/v1/rate-tables?batch=bj-gjj-2025-1&batch=bj-gjj-2024-1", ["/query/batch"], "DUPLICATE_PARAMETER"),
        ("GET", "/v1/rate-tables/bj-gjj-2025-1-11?as_of=2025-02-01&as_of=2025-02-01", ["/query/as_of"], "DUPLICATE_PARAMETER"),
        ("GET", "/v1/rate-tables?method=INSURANCE&metho%64=AWARD", ["/query/method"], "DUPLICATE_PARAMETER"),
        ("GET", "/v1/audit?limit=1&limit=", ["/query/limit"], "DUPLICATE_PARAMETER"),
    ],
)
def test_parameters_are_as_strict_as_fields(client: httpx.Client, method: str, path: str, pointers: list[str], code: str) -> None:
    """A misspelt one, or one that stands twice, must not change an amount silently."""
    response = client.request(method, path, json=insurance() if method == "POST" else None)
    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(pointer, code) for pointer in pointers]


def test_a_batch_is_spoken_of_as_a_batch(client: httpx.Client) -> None:
    assert "批次" in client.get("/v1/batches/nope").json()["detail"]
    assert "批次" in client.get("/v1/rate-tables?batch=nope").json()["detail"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"rate_table": "xx-none-2025-1-1"}, 404, "RATE_TABLE_NOT_FOUND"),
        ({"version": 99}, 404, "VERSION_NOT_FOUND"),
        ({"as_of": "2001-01-01"}, 404, "NO_VERSION_IN_FORCE"),
        ({"known_on": "2001-01-01"}, 404, "NO_VERSION_IN_FORCE"),
        ({"known_at": "2001-01-01T00:00:00Z"}, 404, "NO_VERSION_IN_FORCE"),
    ],
)
def test_a_table_that_is_not_there(client: httpx.Client, changes: dict[str, Any], status: int, code: str) -> None:
    check(client.post(INSURANCE, json=insurance(**changes)), status, code)


def test_a_version_that_is_not_there_lists_those_that_are(client: httpx.Client) -> None:
    existing = client.get("/v1/rate-tables/bj-gjj-2025-1-11/versions").json()["versions"]
    problem = client.post(INSURANCE, json=insurance(version=99)).json()
    assert problem["detail"].endswith(", ".join(str(one["version"]) for one in existing))


def test_a_direction_without_standards_says_why(client: httpx.Client) -> None:
    batches = client.get("/v1/batches").json()["batches"]
    missing = [one for batch in batches for one in batch["directions"] if not one["loaded"]]
    assert missing, "a batch with a direction whose standards are not loaded is published"
    for direction in missing:
        table = direction["rate_table"]
        problem = check(client.post(INSURANCE, json=insurance(rate_table=table)), 404, "STANDARD_NOT_LOADED")
        assert direction["not_loaded"] in problem["detail"]
        check(client.get(f"/v1/rate-tables/{table}"), 404, "STANDARD_NOT_LOADED")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("*", "zh"),
        ("fr", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9,zh;q=0.5", "en"),
        ("zh;q=0.1, en;q=0.2", "en"),
        ("en;q=0", "zh"),
        ("en;q=x", "zh"),
        (",;,;q=", "zh"),
    ],
)
def test_chinese_unless_english_is_preferred(header: str | None, language: str) -> None:
    assert preferred_language(header) == language


def test_codes_are_never_translated(client: httpx.Client) -> None:
    body = insurance(version="1", as_of=1)
    chinese = client.post(INSURANCE, json=body)
    english = client.post(INSURANCE, json=body, headers={"Accept-Language": "en"})
    assert chinese.headers["content-language"] == "zh-CN"
    assert english.headers["content-language"] == "en"
    assert chinese.json()["title"] == KINDS["INVALID_FACTS"].zh
    assert english.json()["title"] == KINDS["INVALID_FACTS"].en
    assert [one["code"] for one in chinese.json()["errors"]] == [one["code"] for one in english.json()["errors"]]
    assert english.text.isascii()


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/json; charset=gbk", "application/jsonx", ""]
)
def test_only_json_is_taken(client: httpx.Client, content_type: str) -> None:
    content = json.dumps(insurance())
    check(client.post(INSURANCE, content=content, headers={"Content-Type": content_type}), 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])
def test_json_is_taken_however_it_is_spelt(client: httpx.Client, content_type: str) -> None:
    content = json.dumps(insurance())
    assert client.post(INSURANCE, content=content, headers={"Content-Type": content_type}).status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=0.9, text/*", "application/json;q=0"])
def test_only_json_is_answered(client: httpx.Client, accept: str) -> None:
    check(client.post(INSURANCE, json=insurance(), headers={"Accept": accept}), 406, "NOT_ACCEPTABLE")
    check(client.get("/v1/funds", headers={"Accept": accept}), 406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html;q=0.5, application/*;q=0.1", "application/json; charset=utf-8"])
def test_json_is_answered_to_whom_it_is_acceptable(client: httpx.Client, accept: str) -> None:
    assert client.post(INSURANCE, json=insurance(), headers={"Accept": accept}).status_code == 200
    assert client.get("/v1/funds", headers={"Accept": accept}).status_code == 200


def send_raw(live_url: str, head: str, *chunks: bytes) -> bytes:
    """The beginning of the answer to a request that is sent as it is."""
    parts = urlsplit(live_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=600) as connection:
        connection.sendall(f"{head}\r\nHost: localhost\r\nContent-Type: application/json\r\n".encode())
        for chunk in chunks:
            connection.sendall(chunk)
        return connection.recv(200)


@pytest.mark.parametrize("path", [INSURANCE, INSURANCE + "/batch"])
def test_a_body_over_the_limit_is_refused_by_its_length(live_url: str, path: str) -> None:
    length = f"Content-Length: {Settings().max_body_bytes + 1}\r\n\r\n".encode()
    assert b" 413 " in send_raw(live_url, f"POST {path} HTTP/1.1", length)


@pytest.mark.parametrize("path", [INSURANCE, INSURANCE + "/batch"])
def test_a_body_over_the_limit_is_refused_while_it_comes_in(live_url: str, path: str) -> None:
    """A body without a length is not read to its end: the answer comes at the limit."""
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    chunks = [chunk] * (Settings().max_body_bytes // 0x10000 + 1)
    answer = send_raw(live_url, f"POST {path} HTTP/1.1", b"Transfer-Encoding: chunked\r\n\r\n", *chunks)
    assert b" 413 " in answer


def test_no_tables_is_503_with_retry_after(tmp_path: Any) -> None:
    empty_app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/empty.db"))
    with TestClient(empty_app, client=("127.0.0.1", 50000), base_url="http://localhost") as empty:
        for response in (
            empty.post(INSURANCE, json=insurance()),
            empty.post(INSURANCE + "/batch", json={"cases": []}),
            empty.get("/v1/funds"),
            empty.get("/health/ready"),
        ):
            check(response, 503, "TABLES_UNAVAILABLE")
            assert int(response.headers["retry-after"]) > 0
        assert empty.get("/health/live").status_code == 200


def test_too_many_requests_at_once_are_503(app: FastAPI, monkeypatch: pytest.MonkeyPatch, client: httpx.Client) -> None:
    assert client.get("/v1/funds").status_code == 200
    monkeypatch.setattr(limits, "MAX_IN_FLIGHT", 0)
    check(client.get("/v1/funds"), 503, "OVERLOADED")
    assert client.get("/health/live").status_code == 200


def test_too_many_lists_at_once_are_503(app: FastAPI, monkeypatch: pytest.MonkeyPatch, client: httpx.Client) -> None:
    monkeypatch.setattr(limits, "MAX_CASE_LISTS_IN_FLIGHT", 0)
    check(client.post(INSURANCE + "/batch", json={"cases": []}), 503, "OVERLOADED")
    assert app.state.case_lists_in_flight == 0


def test_what_nobody_expected_is_500_and_tells_nothing(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch, client: httpx.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("某某机密科技有限公司")

    monkeypatch.setattr("app.calculators.assessment.assess", broken)
    response = client.post(INSURANCE, json=insurance(request_no="机密"))
    check(response, 500, "INTERNAL_ERROR")
    assert "机密" not in response.text


def test_a_caller_that_goes_away_breaks_nothing(live_url: str, client: httpx.Client) -> None:
    parts = urlsplit(live_url)
    for _ in range(3):
        with socket.create_connection((parts.hostname, parts.port)) as connection:
            connection.sendall(
                f"POST {INSURANCE} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{{".encode()
            )
    asyncio.run(asyncio.sleep(0.1))
    assert client.get("/health/live").status_code == 200
