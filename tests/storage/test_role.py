"""On PostgreSQL the service runs as a role that adds rows and owns nothing: the statements are those of the page on security."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from app.access import keys
from app.access.actors import Actor, Scope
from app.access.keyring import Keyring, write_uses
from app.tables import audit, models
from app.tables.database import engine_of, writing
from app.tables.loader import load
from app.tables.migrating import migrate
from tests.conftest import PUBLISHED, ROOT
from tests.storage.postgres import Server


def test_the_role_can_do_its_work_and_no_more(server: Server) -> None:
    """It loads tables, keeps keys and writes the audit log; it changes, deletes and drops nothing."""
    owner = server.url(server.create())
    migrate(owner)
    (statements,) = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"), re.DOTALL)
    engine = engine_of(owner)
    with engine.begin() as connection:
        connection.execute(text(statements))
    engine.dispose()
    engine = engine_of(owner.replace("postgres@", "subsidy@"))
    with Session(engine) as session:
        assert load(session, [PUBLISHED])["added"] > 0
    now = datetime.now(UTC)
    with writing(engine) as session:
        made = keys.create(session, "operator:test", name="x", owner="li", scopes=[Scope.CALCULATE], days=90, now=now)
        keys.rotate(session, "operator:test", made.key_id, grace_hours=1, days=90, now=now)
        keys.revoke(session, "operator:test", keys.create(session, "t", name="x", owner="li", scopes=[Scope.CALCULATE], days=1, now=now).key_id, now=now)
    for _ in range(2):
        with writing(engine) as session:
            write_uses(session, {made.key_id: datetime.now(UTC)})
    with Session(engine) as session:
        assert isinstance(Keyring.read(session).find(made.secret, now), Actor)
        assert audit.verify(session) == []
    for table in models.KEPT:
        for statement in (f'DELETE FROM "{table}"', f'TRUNCATE "{table}"', f'ALTER TABLE "{table}" DISABLE TRIGGER ALL', f'DROP TABLE "{table}"'):
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), engine.begin() as connection:
                connection.execute(text(statement))
    engine.dispose()
