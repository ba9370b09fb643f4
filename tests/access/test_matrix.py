"""Who may do what: every operation against every kind of caller, as a table."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.access import keys
from app.access.scopes import Scope
from app.api.calculations.examples import MANY, SINGLE
from app.tables.storage.database import engine_of, writing
from tests.access.conftest import Service, bearer, issued, started

OPEN = None
NOBODYS = "0123456789abcdef"
WRITE, APPROVE = "tables:write", "tables:approve"
EITHER = f"{WRITE} {APPROVE}"


@dataclass(frozen=True)
class Operation:
    """A request, the scope that it needs (one of several, where it names them), and the status that it then has."""

    name: str
    path: str
    scope: str | None
    status: int = 200
    body: Any = None


def calculations() -> Iterator[Operation]:
    """Each calculation, alone and as a list."""
    for kind in SINGLE:
        for tail, examples in (("", SINGLE), ("/batch", MANY)):
            path = f"/v1/{kind}/calculate{tail}"
            yield Operation(f"POST {path}", path, "calculate", body=examples[kind]["ordinary"]["value"])


TABLE, BATCH, SERIES = "bj-gjj-2025-1-11", "bj-gjj-2025-1", "LPR_1Y"
OPERATIONS = [
    *calculations(),
    Operation("GET /v1/funds", "/v1/funds", "tables:read"),
    Operation("GET /v1/batches", "/v1/batches", "tables:read"),
    Operation("GET /v1/batches/{batch_id}", f"/v1/batches/{BATCH}", "tables:read"),
    Operation("GET /v1/rate-tables", "/v1/rate-tables", "tables:read"),
    Operation("GET /v1/rate-tables/{table_id}", f"/v1/rate-tables/{TABLE}", "tables:read"),
    Operation("GET /v1/rate-tables/{table_id}/versions", f"/v1/rate-tables/{TABLE}/versions", "tables:read"),
    Operation("GET /v1/rate-tables/{table_id}/versions/{version}", f"/v1/rate-tables/{TABLE}/versions/1", "tables:read"),
    Operation(
        "GET /v1/rate-tables/{table_id}/versions/{version}/diff", f"/v1/rate-tables/{TABLE}/versions/1/diff?against=1", "tables:read"
    ),
    Operation("GET /v1/reference-rates", "/v1/reference-rates", "tables:read"),
    Operation("GET /v1/reference-rates/{series}", f"/v1/reference-rates/{SERIES}", "tables:read"),
    Operation("GET /metrics", "/metrics", "tables:read"),
    Operation("POST /v1/drafts", "/v1/drafts", WRITE, 422, {}),
    Operation("GET /v1/drafts", "/v1/drafts", EITHER),
    Operation("GET /v1/drafts/{draft_id}", f"/v1/drafts/{NOBODYS}", EITHER, 404),
    Operation("PUT /v1/drafts/{draft_id}", f"/v1/drafts/{NOBODYS}", WRITE, 428, {}),
    Operation("DELETE /v1/drafts/{draft_id}", f"/v1/drafts/{NOBODYS}", WRITE, 428),
    Operation("POST /v1/drafts/{draft_id}/check", f"/v1/drafts/{NOBODYS}/check", WRITE, 428),
    Operation("POST /v1/drafts/{draft_id}/approve", f"/v1/drafts/{NOBODYS}/approve", APPROVE, 428),
    Operation("POST /v1/drafts/{draft_id}/publish", f"/v1/drafts/{NOBODYS}/publish", APPROVE, 428),
    Operation("GET /v1/drafts/{draft_id}/report", f"/v1/drafts/{NOBODYS}/report", EITHER, 404),
    Operation("POST /v1/drafts/{draft_id}/effect", f"/v1/drafts/{NOBODYS}/effect", EITHER, 422, {}),
    Operation("POST /v1/drafts/{draft_id}/calculate", f"/v1/drafts/{NOBODYS}/calculate", EITHER, 404, {}),
    Operation("POST /v1/reference-rates", "/v1/reference-rates", WRITE, 422, {}),
    Operation("GET /v1/audit", "/v1/audit", "audit:read"),
    Operation("GET /v1/keys", "/v1/keys", "keys:admin"),
    Operation("POST /v1/keys", "/v1/keys", "keys:admin", 422, {}),
    Operation("POST /v1/keys/{key_id}/rotate", f"/v1/keys/{NOBODYS}/rotate", "keys:admin", 404, {}),
    Operation("DELETE /v1/keys/{key_id}", f"/v1/keys/{NOBODYS}", "keys:admin", 404),
    Operation("GET /health/live", "/health/live", OPEN),
    Operation("GET /health/ready", "/health/ready", OPEN),
]
OPEN_HERE = {"calculate", "tables:read"}
WRONG = ["expired", "revoked", "replaced", "unknown", "wrong secret", "malformed", "no Bearer", "empty", "two"]


@dataclass(frozen=True)
class Running:
    """The service in both modes, on one database, and the headers of every kind of caller."""

    loopback: Service
    required: Service
    headers: dict[str, list[tuple[str, str]]]


@pytest.fixture(scope="module")
def running(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Keys of every kind are made before the start."""
    path: Path = tmp_path_factory.mktemp("matrix") / "own.db"
    shutil.copyfile(database.removeprefix("sqlite:///"), path)
    url = f"sqlite:///{path}"
    shown = {scope.value: issued(url, scope.value).secret for scope in Scope}
    every = [scope.value for scope in Scope]
    shown["expired"] = issued(url, *every, days=30, age_days=30).secret
    revoked, replaced, right = issued(url, *every), issued(url, *every), issued(url, *every)
    engine = engine_of(url)
    with writing(engine) as session:
        now = revoked.expires_at.replace(year=2000)
        keys.revoke(session, "operator:test", revoked.key_id, now=now)
        keys.rotate(session, "operator:test", replaced.key_id, grace_hours=0, days=90, now=now)
    engine.dispose()
    shown |= {
        "revoked": revoked.secret,
        "replaced": replaced.secret,
        "unknown": right.secret.replace(right.key_id, NOBODYS),
        "wrong secret": right.secret[:-43] + shown["calculate"][-43:],
        "malformed": right.secret + "A",
        "empty": "",
    }
    headers = {who: list(bearer(secret).items()) for who, secret in shown.items()}
    headers["nothing"] = []
    headers["no Bearer"] = [("Authorization", f"Basic {right.secret}")]
    headers["two"] = [*bearer(right.secret).items(), *bearer(right.secret).items()]
    with started(url) as loopback, started(url, authentication="required") as required:
        yield Running(loopback, required, headers)


def test_the_table_has_every_operation_of_the_document(running: Running) -> None:
    document = running.required.here.get("/openapi.json").json()
    listed = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert {operation.name for operation in OPERATIONS} == listed
    for operation in OPERATIONS:
        method, path = operation.name.split()
        security = document["paths"][path][method.lower()]["security"]
        assert security == ([] if operation.scope is OPEN else [{"bearer": [scope]} for scope in operation.scope.split()])


def answered(service: Service, operation: Operation, where: str, headers: list[tuple[str, str]]) -> tuple[int, str]:
    """Status and code of the answer."""
    caller = service.here if where == "here" else service.elsewhere
    content = None if operation.body is None else json.dumps(operation.body)
    sent = [*headers, ("Content-Type", "application/json")]
    response = caller.request(operation.name.split()[0], operation.path, content=content, headers=sent)
    if response.status_code == 401:
        assert response.headers["www-authenticate"].startswith('Bearer realm="subsidy"')
    problem = response.headers["content-type"] == "application/problem+json" if response.content else False
    return response.status_code, response.json()["code"] if problem else ""


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
class TestOperation:
    """One operation."""

    def test_without_a_credential(self, running: Running, operation: Operation) -> None:
        """Open only to a caller on the machine, only calculating and reading, and only where the deployment says so."""
        for service, where in (
            (running.loopback, "here"),
            (running.loopback, "elsewhere"),
            (running.required, "here"),
            (running.required, "elsewhere"),
        ):
            status, code = answered(service, operation, where, running.headers["nothing"])
            may = operation.scope is OPEN or (service is running.loopback and where == "here" and operation.scope in OPEN_HERE)
            expected = (operation.status, code) if may else (401, "UNAUTHENTICATED")
            assert (status, code) == expected, (service.app.state.guard.mode, where)

    @pytest.mark.parametrize("scope", [scope.value for scope in Scope])
    def test_with_one_scope(self, running: Running, operation: Operation, scope: str) -> None:
        """A key with the scope may; one with any other may not, wherever it is shown."""
        for service in (running.loopback, running.required):
            for where in ("here", "elsewhere"):
                status, code = answered(service, operation, where, running.headers[scope])
                if operation.scope is OPEN or scope in operation.scope.split():
                    assert status == operation.status
                else:
                    assert (status, code) == (403, "FORBIDDEN")

    @pytest.mark.parametrize("who", WRONG)
    def test_with_a_wrong_credential(self, running: Running, operation: Operation, who: str) -> None:
        """Refused also where none is needed: whoever shows a credential wants it to count."""
        for service in (running.loopback, running.required):
            for where in ("here", "elsewhere"):
                status, code = answered(service, operation, where, running.headers[who])
                assert (status, code) == ((operation.status, "") if operation.scope is OPEN else (401, "UNAUTHENTICATED"))


def test_a_refusal_names_the_scope_that_is_needed(running: Running) -> None:
    response = running.required.here.get("/v1/keys", headers=running.headers["calculate"])
    assert response.status_code == 403
    assert "keys:admin" in response.json()["detail"]
    assert response.headers["www-authenticate"] == 'Bearer realm="subsidy", error="insufficient_scope", scope="keys:admin"'


@pytest.mark.parametrize(
    ("who", "said"),
    [
        ("nothing", "Give a key or a token as Authorization: Bearer"),
        ("expired", "The credential has expired"),
        ("revoked", "The key was revoked"),
        ("replaced", "The key has a new secret, the grace period of this one is over"),
        ("unknown", "The credential is not valid"),
        ("wrong secret", "The credential is not valid"),
        ("malformed", "The credential is not valid"),
    ],
)
def test_what_is_wrong_is_told_only_to_who_has_the_secret(running: Running, who: str, said: str) -> None:
    """An unknown key and a wrong secret are one answer: nobody can find out which keys there are."""
    response = running.required.here.get("/v1/funds", headers=[*running.headers[who], ("Accept-Language", "en")])
    assert (response.status_code, response.json()["detail"]) == (401, said)
    challenge = 'Bearer realm="subsidy"' + ("" if who == "nothing" else ', error="invalid_token"')
    assert response.headers["www-authenticate"] == challenge


@pytest.mark.parametrize("path", ["/docs", "/docs/swagger", "/openapi.json", "/docs/static/docs.css"])
def test_the_documentation_is_open(running: Running, path: str) -> None:
    assert running.required.elsewhere.get(path).status_code == 200


@pytest.mark.parametrize("name", ["access_token", "token", "api_key", "authorization"])
def test_a_credential_in_the_query_is_none(running: Running, name: str) -> None:
    """Addresses end up in logs and histories."""
    (_, value), = running.headers["tables:read"]
    for path in ("/metrics", "/v1/funds"):
        assert running.required.here.get(path, params={name: value.removeprefix("Bearer ")}).status_code == 401


FORWARDING = [
    *("Forwarded", "Forwarded-For", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded", "X-Real-IP"),
    *("X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Original-Forwarded-For", "WL-Proxy-Client-IP"),
]


@pytest.mark.parametrize("header", FORWARDING)
@pytest.mark.parametrize("value", ["203.0.113.9", "127.0.0.1", "for=127.0.0.1", ""])
def test_who_comes_through_a_proxy_is_not_here(running: Running, header: str, value: str) -> None:
    """Whatever the header claims: the caller may be anywhere."""
    assert running.loopback.here.get("/v1/funds").status_code == 200
    assert running.loopback.here.get("/v1/funds", headers={header: value}).status_code == 401


@pytest.mark.parametrize(("header", "shown"), [("Via", "Via"), ("x-real-ip", "X-Real-Ip"), ("X-Forwarded-Secret", "X-Forwarded…"), ("X-Original-For", "X-Original-…")])
def test_who_is_refused_for_the_proxy_is_told_so(running: Running, header: str, shown: str) -> None:
    """Only where it is the reason: not from elsewhere, nor where a credential is needed anyway, nor with a wrong one."""
    forwarded = {header: "a", "Accept-Language": "en"}
    answer = running.loopback.here.get("/v1/funds", headers=forwarded)
    assert answer.status_code == 401
    assert answer.json()["detail"] == (
        f"A proxy forwarded the request (it bears {shown}), so it is not taken as coming from this machine: give a key or a token as Authorization: Bearer"
    )
    assert shown in running.loopback.here.get("/v1/funds", headers={header: "a"}).json()["detail"]
    for other in (
        running.loopback.elsewhere.get("/v1/funds", headers=forwarded),
        running.loopback.here.get("/v1/keys", headers=forwarded),
        running.required.here.get("/v1/funds", headers=forwarded),
        running.loopback.here.get("/v1/funds", headers=forwarded | {"Authorization": "Bearer x"}),
    ):
        assert other.status_code == 401
        assert "proxy" not in other.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("127.0.0.1", 200),
        ("127.8.9.10", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("192.0.2.7", 401),
        ("::ffff:192.0.2.7", 401),
        ("10.0.0.1", 401),
        ("0.0.0.0", 401),
        ("localhost", 401),
        ("testclient", 401),
        ("", 401),
    ],
)
def test_here_is_a_loopback_address(running: Running, address: str, status: int) -> None:
    """The address of the connection, never a name."""
    caller = TestClient(running.loopback.app, client=(address, 1), base_url="http://localhost")
    caller.portal = running.loopback.here.portal
    assert caller.get("/v1/funds").status_code == status


def test_bearer_is_written_in_any_case(running: Running) -> None:
    (_, value), = running.headers["tables:read"]
    for word in ("bearer", "BEARER", "Bearer "):
        header = {"Authorization": value.replace("Bearer", word)}
        assert running.required.here.get("/v1/funds", headers=header).status_code == 200
