"""Keys over HTTP: made, listed, given a new secret, revoked; what is shown, what is kept, what is written down."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.tables.storage.database import engine_of
from tests.access.conftest import Service, bearer, issued, started

SECRET = re.compile(r"sk_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
OWNER = "wang.fang"


@pytest.fixture
def service(own_database: str) -> Iterator[Service]:
    """A service that asks everybody for a credential; ``here`` shows an administrator's key unless told otherwise."""
    admin = issued(own_database, "keys:admin", "audit:read", owner="admin.zhao")
    with started(own_database, authentication="required") as running:
        running.here.headers.update(bearer(admin.secret))
        yield running


def made(service: Service, **asked: Any) -> dict[str, Any]:
    """A key made over HTTP."""
    body = {"name": "申报门户", "owner": OWNER, "scopes": ["calculate", "tables:read"]} | asked
    response = service.here.post("/v1/keys", json=body)
    assert response.status_code == 201, response.text
    return response.json()  # type: ignore[no-any-return]


def shown(service: Service, key_id: str) -> dict[str, Any]:
    """A key as it is listed."""
    listed = service.here.get("/v1/keys").json()["keys"]
    return next(one for one in listed if one["id"] == key_id)  # type: ignore[no-any-return]


def use(service: Service, secret: str) -> httpx.Response:
    """A request that needs ``tables:read``."""
    return service.elsewhere.get("/v1/funds", headers=bearer(secret))


def days_from_now(instant: str) -> float:
    """How far away an instant is."""
    at = datetime.fromisoformat(instant)
    return (at - datetime.now(at.tzinfo)) / timedelta(days=1)


def audited(service: Service, action: str) -> list[dict[str, Any]]:
    """The entries of the audit log about one action."""
    return [one for one in service.here.get("/v1/audit").json()["entries"] if one["action"] == action]


def test_a_new_key_works_at_once_and_its_secret_is_shown_once(service: Service) -> None:
    """``sk_``, the key's id, 32 random bytes in base64url; the database has the SHA-256 of these."""
    response = service.here.post("/v1/keys", json={"name": "门户", "owner": OWNER, "scopes": ["tables:read"]})
    assert response.headers["cache-control"] == "no-store, no-transform"
    answer = response.json()
    match = SECRET.fullmatch(answer["secret"])
    assert match is not None
    assert (answer["id"], answer["number"]) == (match[1], 1)
    assert use(service, answer["secret"]).status_code == 200
    again = service.here.get("/v1/keys")
    assert again.headers["cache-control"] == "no-store"
    hashed = hashlib.sha256(match[2].encode()).hexdigest()
    for kept in (match[2], hashed):
        assert kept not in again.text
        assert kept not in service.here.get("/v1/audit").text
    with engine_of(service.url).connect() as connection:
        assert hashed in connection.execute(text("SELECT hash FROM api_key_secret")).scalars().all()


def test_two_keys_have_nothing_in_common(service: Service) -> None:
    first, second = made(service), made(service)
    assert first["id"] != second["id"]
    assert first["secret"][-43:] != second["secret"][-43:]


@pytest.mark.parametrize(("asked", "days"), [({}, 90), ({"valid_days": 1}, 1), ({"valid_days": 400}, 400)])
def test_a_key_expires_after_90_days_unless_told_otherwise(service: Service, asked: dict[str, Any], days: int) -> None:
    answer = made(service, **asked)
    assert days - 0.01 < days_from_now(answer["expires_at"]) <= days
    assert answer["expires_at"].endswith("+08:00")


def test_what_is_listed(service: Service) -> None:
    key = shown(service, made(service, scopes=["tables:read", "calculate", "calculate"])["id"])
    assert {name: key[name] for name in ("name", "owner", "scopes", "status", "created_by", "revoked_at", "last_used_at")} == {
        "name": "申报门户",
        "owner": OWNER,
        "scopes": ["calculate", "tables:read"],
        "status": "ACTIVE",
        "created_by": "admin.zhao",
        "revoked_at": None,
        "last_used_at": None,
    }
    assert [(one["number"], one["ends_at"]) for one in key["secrets"]] == [(1, None)]


def test_an_expired_key_is_listed_as_such(service: Service) -> None:
    old = issued(service.url, "calculate", days=10, age_days=11)
    assert shown(service, old.key_id)["status"] == "EXPIRED"


def test_an_answer_that_shows_a_secret_is_never_compressed(service: Service) -> None:
    """Not even for who takes no other: beside a name of the caller's choice its length would tell of the secret."""
    headers = {"Accept-Encoding": "gzip, identity;q=0"}
    made = service.here.post("/v1/keys", json={"name": "门户", "owner": "li", "scopes": ["tables:read"]}, headers=headers)
    turned = service.here.post(f"/v1/keys/{made.json()['id']}/rotate", json={}, headers=headers)
    for response in (made, turned):
        assert "secret" in response.json()
        assert "content-encoding" not in response.headers
        assert response.headers["cache-control"] == "no-store, no-transform"
    assert service.here.get("/v1/keys", headers=headers).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"valid_days": 401}, "/valid_days", "OUT_OF_RANGE"),
        ({"valid_days": 0}, "/valid_days", "OUT_OF_RANGE"),
        ({"valid_days": "90"}, "/valid_days", "INVALID_TYPE"),
        ({"valid_days": True}, "/valid_days", "INVALID_TYPE"),
        ({"valid_days": None}, "/valid_days", "INVALID_TYPE"),
        ({"scopes": []}, "/scopes", "TOO_FEW"),
        ({"scopes": ["everything"]}, "/scopes/0", "INVALID_VALUE"),
        ({"scopes": "calculate"}, "/scopes", "INVALID_TYPE"),
        ({"owner": "operator:root"}, "/owner", "INVALID_NAME"),
        ({"owner": "li na"}, "/owner", "INVALID_NAME"),
        ({"owner": ""}, "/owner", "INVALID_NAME"),
        ({"owner": "a" * 121}, "/owner", "TOO_LONG"),
        ({"name": " x"}, "/name", "INVALID_NAME"),
        ({"name": "x\n"}, "/name", "INVALID_NAME"),
        ({"name": 1}, "/name", "INVALID_TYPE"),
        ({"secret": "mine"}, "/secret", "UNKNOWN_FIELD"),
        ({"id": "0123456789abcdef"}, "/id", "UNKNOWN_FIELD"),
    ],
)
def test_what_a_key_cannot_be(service: Service, wrong: dict[str, Any], pointer: str, code: str) -> None:
    body = {"name": "x", "owner": OWNER, "scopes": ["calculate"]} | wrong
    response = service.here.post("/v1/keys", json=body)
    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(pointer, code)]
    assert len(audited(service, "key.create")) == 1  # the administrator's own


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{", 400, "MALFORMED_JSON"),
        (b"[]", 422, "INVALID_FACTS"),
        (b'{"name": "x", "name": "y", "owner": "li", "scopes": ["calculate"]}', 422, "DUPLICATE_KEY"),
        (b'{"name": "' + b"x" * 20_000 + b'"}', 413, "PAYLOAD_TOO_LARGE"),
    ],
)
def test_a_body_is_read_as_strictly_as_a_calculation(service: Service, content: bytes, status: int, code: str) -> None:
    json_type = {"Content-Type": "application/json"}
    for path in ("/v1/keys", f"/v1/keys/{made(service)['id']}/rotate"):
        response = service.here.post(path, content=content, headers=json_type)
        assert (response.status_code, response.json()["code"]) == (status, code)
    assert service.elsewhere.post("/v1/keys", content=content, headers=json_type).status_code == 401  # before it is read


def test_a_new_secret_and_the_old_one_side_by_side_for_a_day(service: Service) -> None:
    first = made(service)
    second = service.here.post(f"/v1/keys/{first['id']}/rotate", json={}).json()
    assert (second["id"], second["number"]) == (first["id"], 2)
    assert 89.9 < days_from_now(second["expires_at"]) <= 90
    assert use(service, first["secret"]).status_code == 200
    assert use(service, second["secret"]).status_code == 200
    ends = [one["ends_at"] for one in shown(service, first["id"])["secrets"]]
    assert 0.99 < days_from_now(ends[0]) <= 1
    assert ends[1] is None


def test_without_grace_the_old_secret_ends_at_once(service: Service) -> None:
    first = made(service)
    second = service.here.post(f"/v1/keys/{first['id']}/rotate", json={"grace_hours": 0, "valid_days": 30}).json()
    assert 29.9 < days_from_now(second["expires_at"]) <= 30
    assert use(service, first["secret"]).status_code == 401
    assert use(service, second["secret"]).status_code == 200
    assert shown(service, first["id"])["status"] == "ACTIVE"


def test_a_second_rotation_does_not_prolong_the_first_secret(service: Service) -> None:
    key = made(service)
    service.here.post(f"/v1/keys/{key['id']}/rotate", json={"grace_hours": 1})
    third = service.here.post(f"/v1/keys/{key['id']}/rotate", json={"grace_hours": 168}).json()
    ends = [one["ends_at"] for one in shown(service, key["id"])["secrets"]]
    assert [round(days_from_now(end) * 24) for end in ends[:2]] == [1, 168]
    assert (third["number"], ends[2]) == (3, None)


def test_a_leak_during_the_grace_period_ends_every_secret_before(service: Service) -> None:
    key = made(service)
    second = service.here.post(f"/v1/keys/{key['id']}/rotate", json={"grace_hours": 168}).json()
    third = service.here.post(f"/v1/keys/{key['id']}/rotate", json={"grace_hours": 0}).json()
    assert [use(service, one["secret"]).status_code for one in (key, second, third)] == [401, 401, 200]


@pytest.mark.parametrize("wrong", [{"grace_hours": -1}, {"grace_hours": 169}, {"grace_hours": 1.5}, {"grace_hours": "1"}])
def test_how_long_the_grace_can_be(service: Service, wrong: dict[str, Any]) -> None:
    response = service.here.post(f"/v1/keys/{made(service)['id']}/rotate", json=wrong)
    assert (response.status_code, [one["pointer"] for one in response.json()["errors"]]) == (422, ["/grace_hours"])


def test_a_revoked_key_is_refused_at_once_for_good(service: Service) -> None:
    key = made(service)
    second = service.here.post(f"/v1/keys/{key['id']}/rotate", json={}).json()
    assert service.here.delete(f"/v1/keys/{key['id']}").status_code == 204
    for secret in (key["secret"], second["secret"]):
        assert use(service, secret).status_code == 401
    assert shown(service, key["id"])["status"] == "REVOKED"
    response = service.here.post(f"/v1/keys/{key['id']}/rotate", json={})
    assert (response.status_code, response.json()["code"]) == (409, "CONFLICT")
    assert service.here.delete(f"/v1/keys/{key['id']}").status_code == 204
    assert len(audited(service, "key.revoke")) == 1


def test_a_key_that_is_not_there(service: Service) -> None:
    for response in (
        service.here.delete("/v1/keys/0123456789abcdef"),
        service.here.post("/v1/keys/0123456789abcdef/rotate", json={}),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "KEY_NOT_FOUND")
    for wrong in ("0123456789ABCDEF", "x", "0123456789abcde"):
        assert service.here.delete(f"/v1/keys/{wrong}").status_code == 422


def test_every_change_of_a_key_is_in_the_audit_log(service: Service) -> None:
    """Who, what, which key, and what was asked; the log's chain goes to its head."""
    key = made(service)
    service.here.post(f"/v1/keys/{key['id']}/rotate", json={"grace_hours": 2})
    service.here.delete(f"/v1/keys/{key['id']}")
    log = service.here.get("/v1/audit?after=1").json()
    assert [(one["actor"], one["action"], one["object"]) for one in log["entries"]] == [
        ("admin.zhao", "key.create", key["id"]),
        ("admin.zhao", "key.rotate", key["id"]),
        ("admin.zhao", "key.revoke", key["id"]),
    ]
    created, rotated, _ = (one["detail"] for one in log["entries"])
    assert created | {"expires_at": ""} == {
        "name": "申报门户",
        "owner": OWNER,
        "scopes": ["calculate", "tables:read"],
        "expires_at": "",
    }
    assert rotated["number"] == 2
    assert log["entries"][1]["previous"] == log["entries"][0]["hash"]
    assert log["head"] == {"last": 4, "hash": log["entries"][-1]["hash"]}


def test_the_log_is_read_page_by_page(service: Service) -> None:
    for _ in range(4):
        made(service)
    pages = [service.here.get(f"/v1/audit?after={after}&limit=2").json()["entries"] for after in (0, 2, 4, 5)]
    assert [[one["id"] for one in page] for page in pages] == [[1, 2], [3, 4], [5], []]
    for wrong in ("limit=0", "limit=1001", "after=-1", "after=x", "before=1", "object=", "object=%00", f"object={'x' * 201}"):
        assert service.here.get(f"/v1/audit?{wrong}").status_code == 422


def test_the_log_of_one_object_is_read_page_by_page(service: Service) -> None:
    """Its entries alone, in order, with the head of the whole log; what only resembles the object is another one."""
    first, second = made(service)["id"], made(service)["id"]
    for _ in range(2):
        for key in (first, second):
            assert service.here.post(f"/v1/keys/{key}/rotate", json={}).status_code == 200

    def page(**query: Any) -> list[tuple[int, str]]:
        log = service.here.get("/v1/audit", params=query).json()
        assert log["head"]["last"] == 7
        return [(one["id"], one["action"]) for one in log["entries"]]

    assert page(object=first) == [(2, "key.create"), (4, "key.rotate"), (6, "key.rotate")]
    assert page(object=second, limit=2) == [(3, "key.create"), (5, "key.rotate")]
    assert page(object=second, limit=2, after=5) == [(7, "key.rotate")]
    assert page(object=first[:-1]) == page(object=first.upper() + " ") == page(object="%") == []


def test_a_database_that_is_away_is_503(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a snapshot goes on; keys that were known are still recognised; nothing is half done."""
    key = made(service)
    monkeypatch.setattr(service.app.state.changes, "engine", engine_of("sqlite:////proc/nowhere.db"))
    for response in (
        service.here.get("/v1/keys"),
        service.here.get("/v1/audit"),
        service.here.post("/v1/keys", json={"name": "x", "owner": OWNER, "scopes": ["calculate"]}),
        service.here.post(f"/v1/keys/{key['id']}/rotate", json={}),
        service.here.delete(f"/v1/keys/{key['id']}"),
    ):
        assert (response.status_code, response.json()["code"]) == (503, "DATABASE_UNAVAILABLE")
        assert int(response.headers["retry-after"]) > 0
    assert use(service, key["secret"]).status_code == 200


def test_a_database_without_its_schema_is_503(tmp_path: Any) -> None:
    """A key cannot be looked up there: that is no answer to whether it is right."""
    with started(f"sqlite:///{tmp_path}/empty.db") as running:
        response = running.here.get("/v1/keys", headers=bearer("sk_0123456789abcdef_" + "A" * 43))
        assert (response.status_code, response.json()["code"]) == (503, "DATABASE_UNAVAILABLE")
        assert running.here.get("/health/live").status_code == 200
