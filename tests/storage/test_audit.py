"""The audit log: entries follow one another by hash, and whoever gets past the database's own guard is found out."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session, select
from typer.testing import CliRunner

from app import cli
from app.settings import settings
from app.tables.storage import audit_log as audit
from app.tables.storage.database import engine_of, writing
from app.tables.storage.migrations import migrate
from app.tables.storage.models import Audit, AuditHead
from tests.storage.postgres import Server


def filled(engine: Engine, count: int = 5) -> None:
    """A log with entries 1 to ``count``."""
    with writing(engine) as session:
        for number in range(1, count + 1):
            audit.append(session, "李明", "draft.check", f"d{number}", {"number": number})


def faults(engine: Engine) -> list[str]:
    """What the check says."""
    with Session(engine) as session:
        return audit.verify(session)


def past_the_guard(engine: Engine, statement: str) -> None:
    """Run a statement as somebody who may take triggers away."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        else:
            for trigger in ("audit_no_update", "audit_no_delete", "audit_chain"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        connection.execute(text(statement))


def test_entries_are_numbered_and_chained(migrated: Engine) -> None:
    """hash = SHA-256 of the canonical JSON of number, instant, actor, action, object, detail and the hash before."""
    before = datetime.now(UTC)
    filled(migrated, 2)
    with Session(migrated) as session:
        first, second = session.exec(select(Audit).order_by(Audit.id)).all()  # type: ignore[arg-type]
        head = session.get_one(AuditHead, 1)
        assert (first.id, first.previous, second.id, second.previous) == (1, "", 2, first.hash)
        assert (head.last, head.hash) == (2, second.hash)
        assert before <= first.at <= second.at <= datetime.now(UTC)
        hashed = (
            f'{{"action":"draft.check","actor":"李明","at":"{second.at.astimezone(UTC).isoformat(timespec="microseconds")}",'
            f'"detail":"{{\\"number\\":2}}","id":2,"object":"d2","previous":"{first.hash}"}}'
        )
        assert json.loads(hashed)["detail"] == '{"number":2}'
        assert second.hash == "sha256:" + hashlib.sha256(hashed.encode()).hexdigest()
    assert faults(migrated) == []


def test_nothing_is_kept_of_a_transaction_that_fails(migrated: Engine) -> None:
    filled(migrated, 1)
    with pytest.raises(RuntimeError), writing(migrated) as session:
        audit.append(session, "li", "draft.check", "d2", {})
        raise RuntimeError
    filled(migrated, 1)
    with Session(migrated) as session:
        assert [entry.id for entry in audit.entries(session, 0, 10)] == [1, 2]
    assert faults(migrated) == []


def test_writers_at_the_same_time_wait_for_one_another(migrated: Engine) -> None:
    def write(number: int) -> None:
        with writing(migrated) as session:
            audit.append(session, f"writer {number}", "draft.check", "-", {})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(20)))
    with Session(migrated) as session:
        assert len({entry.actor for entry in audit.entries(session, 0, 100)}) == 20
    assert faults(migrated) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET actor = 'wang' WHERE id = 3", ["entry 3 does not match its hash: altered"]),
        ("UPDATE audit SET detail = '{\"number\": 3}' WHERE id = 3", ["entry 3 does not match its hash: altered"]),
        ("UPDATE audit SET at = '2024-01-01 00:00:00.000000' WHERE id = 3", ["entry 3 does not match its hash: altered"]),
        ("UPDATE audit SET hash = 'sha256:0' WHERE id = 3", ["entry 3 does not match", "entry 4 does not follow the one before it"]),
        ("UPDATE audit SET previous = '' WHERE id = 3", ["entry 3 does not follow the one before it", "entry 3 does not match"]),
        ("DELETE FROM audit WHERE id = 3", ["entries 3 to 3 are missing: removed"]),
        ("DELETE FROM audit WHERE id <= 2", ["entries 1 to 2 are missing: removed"]),
        ("DELETE FROM audit WHERE id >= 4", ["the head says entry 5, the log ends with entry 3"]),
        ("DELETE FROM audit", ["the head says entry 5, the log ends with entry 0"]),
        ("UPDATE audit_head SET last = 4", ["the head says entry 4, the log ends with entry 5"]),
        ("DELETE FROM audit_head", ["the head says entry 0, the log ends with entry 5"]),
        (
            "INSERT INTO audit SELECT 6, at, 'wang', action, object, detail, hash, 'sha256:0' FROM audit WHERE id = 5",
            ["entry 6 does not match its hash", "the head says entry 5, the log ends with entry 6"],
        ),
    ],
)
def test_each_row_that_was_altered_removed_or_added_is_named(migrated: Engine, statement: str, said: list[str]) -> None:
    """In Chinese and in English, one line for each place, in order."""
    filled(migrated)
    past_the_guard(migrated, statement)
    found = faults(migrated)
    assert len(found) == len(said)
    for line, part in zip(found, said, strict=True):
        chinese, _, english = line.partition(" / ")
        assert part in english
        assert not chinese.isascii()
        assert english.isascii()


def test_a_long_log_is_read_in_pieces(migrated: Engine) -> None:
    filled(migrated, 2050)
    assert faults(migrated) == []
    past_the_guard(migrated, "DELETE FROM audit WHERE id IN (1000, 1001, 2049)")
    assert [line.partition(" / ")[2] for line in faults(migrated)] == [
        "entries 1000 to 1001 are missing: removed",
        "entries 2049 to 2049 are missing: removed",
    ]


def test_a_log_made_anew_is_found_by_a_head_noted_elsewhere(migrated: Engine) -> None:
    """Whoever owns the database can rewrite all of it, its head too; not what was written down outside."""
    filled(migrated)
    with Session(migrated) as session:
        noted = audit.head_of(session)
        assert audit.verify(session, noted) == []
    past_the_guard(migrated, "DELETE FROM audit")
    with migrated.begin() as connection:
        connection.execute(text("UPDATE audit_head SET last = 0, hash = ''"))
    filled(migrated, 6)
    with Session(migrated) as session:
        assert audit.verify(session) == []
        found = audit.verify(session, noted)
    assert found == ["没有当时记下的第 5 条：日志被重写或截短 / entry 5 as it was noted is not there: the log was made anew or cut off"]


def test_an_entry_that_is_added_while_the_log_is_checked_is_no_fault(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command sees one moment: otherwise the head would be of an entry that it has not read."""
    url = server.url(server.create())
    migrate(url)
    engine = engine_of(url)
    filled(engine, 1)
    real = audit.head_of

    def head_of(session: Session) -> audit.Head:
        filled(engine, 1)
        return real(session)

    monkeypatch.setattr(audit, "head_of", head_of)
    settings.cache_clear()
    done = CliRunner().invoke(cli.app, ["audit", "verify"], env={"SUBSIDY_DATABASE_URL": url})
    settings.cache_clear()
    assert (done.exit_code, done.stderr) == (0, "")
    engine.dispose()


def test_entries_of_an_object_are_found_by_an_index(migrated: Engine) -> None:
    """However long the log is, only what is answered is read."""
    filled(migrated, 3)
    explain = "EXPLAIN QUERY PLAN" if migrated.dialect.name == "sqlite" else "EXPLAIN"
    query = f"{explain} SELECT * FROM audit WHERE object = 'd2' AND id > 0 ORDER BY id LIMIT 10"
    with migrated.connect() as connection:
        if explain == "EXPLAIN":
            connection.execute(text("SET enable_seqscan = off"))  # of three rows none needs an index
        assert "audit_of_object" in str(connection.execute(text(query)).all())
    with Session(migrated) as session:
        assert [one.id for one in audit.entries(session, 0, 10, "d2")] == [2]
        assert audit.entries(session, 2, 10, "d2") == []
