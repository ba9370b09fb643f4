"""Two pairs of eyes are two persons: however a name is spelled, by key or by token, nobody approves what he wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app.tables.drafts import workflow as drafts
from app.tables.storage.database import engine_of, writing
from app.tables.storage.models import DraftStep
from app.tables.storage.persons import person_of
from tests.access.conftest import Service, bearer, issued, started
from tests.access.provider import AUDIENCE, ISSUER, SET, token

TABLE = "bj-gjj-2025-3-1"
ALL = ("tables:write", "tables:approve")
WITHDRAWAL = {"kind": "WITHDRAWAL", "target": TABLE, "content": {"rate_table": TABLE, "version": "2", "reason": "依据的通知已废止"}}
SAME = ["li", "Li", "LI", "ｌｉ", "Ｌi", "l\u200bi", "li\ufeff", "\u202eli", "l\u034fi", "li\ufe0f", "l\u00adi"]


def approval(service: Service, writer: str, approver: str) -> tuple[int, str]:
    """Begin and check with one credential, approve with another; status and code."""
    begun = service.here.post("/v1/drafts", json=WITHDRAWAL, headers=bearer(writer))
    assert begun.status_code == 201, begun.text
    at = f"/v1/drafts/{begun.json()['id']}"
    checked = service.here.post(f"{at}/check", headers=bearer(writer) | {"If-Match": begun.headers["etag"]})
    answer = service.here.post(f"{at}/approve", headers=bearer(approver) | {"If-Match": checked.headers["etag"]})
    return answer.status_code, answer.json().get("code", "")


def test_another_spelling_is_not_another_person(own_database: str, tmp_path: Path) -> None:
    """By key and by token alike; only a name that is another in normal form approves."""
    (tmp_path / "keys.json").write_text(json.dumps(SET))
    scope = " ".join(ALL)
    key = issued(own_database, *ALL, owner="Li").secret
    with started(own_database, oidc_issuer=ISSUER, oidc_audience=AUDIENCE, oidc_jwks=str(tmp_path / "keys.json")) as service:
        for name in SAME:
            assert approval(service, key, token(sub=name, scope=scope)) == (403, "OWN_DRAFT"), ascii(name)
        assert approval(service, token(sub="l\u200bi", scope=scope), key) == (403, "OWN_DRAFT")
        assert approval(service, key, token(sub="li.na", scope=scope)) == (200, "")


@pytest.mark.parametrize("name", SAME)
def test_the_normal_form_of_a_name(name: str) -> None:
    assert person_of(name) == "li"


def test_different_persons_stay_different() -> None:
    names = ["li", "li.na", "li-na", "lina", "李", "李娜", "l1", "ı", "wang@a", "wang@b"]
    assert len({person_of(name) for name in names}) == len(names)


def test_the_database_compares_persons_by_itself(own_database: str) -> None:
    """Where the code is gone past: a step by the same person under another spelling is refused by the trigger."""
    engine = engine_of(own_database)
    with writing(engine) as session:
        made = drafts.begin(session, "Li", WITHDRAWAL["kind"], TABLE, WITHDRAWAL["content"], "nothing").draft.id
        drafts.check(session, "Li", made, None)
    row = f"SELECT draft_id, 1, 'APPROVED', 'li', at, '', {{person}} FROM draft_step WHERE draft_id = '{made}'"
    for person in ("'li'", "NULL"):
        statement = "INSERT INTO draft_step (draft_id, revision, kind, actor, at, note, person) " + row.format(person=person)
        with engine.connect() as connection, pytest.raises(DBAPIError, match="who wrote a draft cannot approve it"):
            connection.execute(text(statement))
    with Session(engine) as session:
        assert [(one.kind, one.person) for one in session.exec(select(DraftStep).where(DraftStep.draft_id == made))] == [("CHECKED", "li")]
    engine.dispose()
