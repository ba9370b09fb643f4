"""Credentials and bodies reach no log, no audit entry, no error: all that is written is searched for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from app.access import authenticator as guarding
from app.tables.storage import audit_log as audit
from app.tables.storage.database import engine_of
from tests.access.conftest import Service, bearer, issued, started
from tests.contract.requests import INSURANCE, at, insurance

NAME = "某某机密科技有限公司"
MARK = "marker-that-nobody-else-writes"


def everything_stored(url: str) -> str:
    """All rows of all tables as text."""
    engine = engine_of(url)
    with engine.connect() as connection:
        found = "\n".join(str(row) for table in SQLModel.metadata.tables for row in connection.execute(text(f'SELECT * FROM "{table}"')))
    engine.dispose()
    return found


def talk(service: Service, secret: str) -> list[str]:
    """Right and wrong requests of every kind with a credential and an applicant; the answers."""
    body = json.dumps(at(insurance(request_no=None), "/applicant/name", NAME))
    shown = bearer(secret) | {"Content-Type": "application/json"}
    wrong = [bearer(secret + MARK), bearer(secret[:-1] + "!"), {"Authorization": f"Basic {secret}"}, {"Authorization": secret}]
    answers = []
    for caller in (service.here, service.elsewhere):
        answers += [
            caller.post(INSURANCE, content=body, headers=shown),
            caller.post(INSURANCE, content=body[:-1], headers=shown),
            caller.post(INSURANCE, content=body.replace('"applicant"', '"x"'), headers=shown),
            caller.post("/v1/keys", content=json.dumps({"name": MARK, "owner": NAME + secret, "scopes": [secret]}), headers=shown),
            caller.post("/v1/keys/0123456789abcdef/rotate", content=json.dumps({"grace_hours": secret, "valid_days": MARK}), headers=shown),
            caller.get("/v1/keys", headers=shown),
            caller.get("/v1/audit", headers=shown),
            caller.get(f"/v1/funds?access_token={secret}", headers=shown),
            caller.get("/v1/funds", headers=shown | {"X-Padding": "x" * 40_000}),
            *(caller.get("/v1/funds", headers=one) for one in wrong),
            *(caller.post(INSURANCE, content=body, headers=one | {"Content-Type": "application/json"}) for one in wrong),
        ]
    return [answer.text for answer in answers]


@pytest.mark.parametrize("mode", ["loopback", "required"])
def test_no_credential_and_no_body_is_written_anywhere(own_database: str, capfd: pytest.CaptureFixture[str], mode: str) -> None:
    """Neither on standard output nor on standard error, nor in an answer, nor in any row of the database."""
    right = issued(own_database, "calculate", "tables:read", "keys:admin", "audit:read")
    with started(own_database, authentication=mode) as service:
        answers = talk(service, right.secret)
        assert MARK not in "".join(answers)
        unexpected(service, right.secret)
    written = capfd.readouterr()
    for place in (written.out, written.err, everything_stored(own_database), *answers):
        assert right.secret[-43:] not in place
        assert NAME not in place
    assert MARK not in written.out + written.err + everything_stored(own_database)
    assert '"request"' in written.out  # the log was written, and captured
    assert "sign-in.refused" in everything_stored(own_database)


def unexpected(service: Service, secret: str) -> None:
    """A fault inside, whose message holds the credential."""

    def broken(*_: Any) -> None:
        raise RuntimeError(f"{secret} {NAME}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guarding.Guard, "find", broken)
        answer = service.here.get("/v1/funds", headers=bearer(secret))
    assert answer.status_code == 500
    assert secret not in answer.text


def test_a_fault_of_the_database_does_not_tell_what_was_to_be_written(
    own_database: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database's own message repeats the statement with its values."""
    admin = issued(own_database, "keys:admin")
    statements: list[str] = []

    def failing(real: Callable[..., None]) -> Callable[..., None]:
        def append(session: Any, *given: Any) -> None:
            real(session, *given)
            statements.append(MARK)
            session.connection().execute(text("INSERT INTO nowhere (name) VALUES (:name)"), {"name": MARK})

        return append

    monkeypatch.setattr(audit, "append", failing(audit.append))
    with started(own_database) as service:
        body = {"name": MARK, "owner": "li", "scopes": ["calculate"]}
        answer = service.here.post("/v1/keys", json=body, headers=bearer(admin.secret))
    assert statements
    assert (answer.status_code, answer.json()["code"]) == (503, "DATABASE_UNAVAILABLE")
    written = capfd.readouterr()
    assert "database unavailable" in written.out
    assert MARK not in written.out + written.err + answer.text
    assert MARK not in everything_stored(own_database)
