"""On PostgreSQL the service runs as a role that adds rows and owns nothing: the statements are those of the page on security."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import Session

from app.access import keys
from app.access.key_cache import Keyring, write_uses
from app.access.scopes import Actor, Scope
from app.tables.loading.loader import load
from app.tables.storage import audit_log as audit
from app.tables.storage import models
from app.tables.storage.database import engine_of, writing
from app.tables.storage.migrations import migrate
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


def test_a_command_on_a_database_without_tables_says_what_comes_first(server: Server) -> None:
    """PostgreSQL and SQLite say it differently; the operator reads the same."""
    url = server.url(server.create())
    run = [sys.executable, "-m", "app.cli", "tables", "load"]
    done = subprocess.run(run, cwd=ROOT, env=os.environ | {"SUBSIDY_DATABASE_URL": url}, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stderr) == (1, "✗ 数据库中还没有表，先运行 subsidy migrate / the database has no tables yet: run subsidy migrate first\n")
