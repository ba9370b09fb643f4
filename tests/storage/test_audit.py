"""The audit log: chained, append-only, and whoever alters, removes or inserts an entry behind its back is found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.tables.audit import append, verify
from app.tables.database import engine_of, writing

TRIGGERS = {
    "sqlite": ("audit_no_update", "audit_no_delete", "audit_chain"),
    "postgresql": ("audit_immutable", "audit_chain"),
}


@pytest.fixture
def log(migrated: Engine) -> Engine:
    """A log of five entries."""
    for no in range(1, 6):
        with writing(migrated) as session:
            append(session, "li", "draft.check", f"d{no}", {"revision": str(no)})
    return migrated


def found(engine: Engine, head: tuple[int, str] | None = None) -> list[tuple[int, str]]:
    """What the verification says in English."""
    with Session(engine) as session:
        return [(one.entry, one.en) for one in verify(session, head)]


def behind_its_back(engine: Engine, *statements: str) -> None:
    """Do what only someone who owns the database can: drop the triggers first."""
    with engine.begin() as connection:
        for name in TRIGGERS[engine.dialect.name]:
            connection.execute(text(f"DROP TRIGGER {name}" + (" ON audit" if engine.dialect.name == "postgresql" else "")))
        for statement in statements:
            connection.execute(text(statement))


def test_an_untouched_log_is_whole(log: Engine) -> None:
    assert found(log) == []


def test_an_empty_log_is_whole(migrated: Engine) -> None:
    assert found(migrated) == []


@pytest.mark.parametrize("column", ["at", "actor", "action", "object", "detail"])
def test_an_altered_entry_is_named(log: Engine, column: str) -> None:
    value = "'2020-01-01 00:00:00.000000'" if column == "at" else "'x'"
    behind_its_back(log, f'UPDATE audit SET "{column}" = {value} WHERE id = 3')
    assert found(log) == [(3, "entry 3 was altered")]


def test_an_altered_entry_with_a_hash_that_fits_breaks_the_chain(log: Engine) -> None:
    behind_its_back(log, "UPDATE audit SET hash = 'sha256:0' WHERE id = 3")
    assert found(log) == [(3, "entry 3 was altered"), (4, "entry 4 does not follow the one before it")]


def test_a_removed_entry_is_named(log: Engine) -> None:
    behind_its_back(log, "DELETE FROM audit WHERE id IN (2, 3)")
    assert found(log)[0] == (2, "entries 2 to 3 are missing")


def test_the_last_entries_cannot_go_unseen(log: Engine) -> None:
    behind_its_back(log, "DELETE FROM audit WHERE id >= 4")
    assert found(log) == [(4, "entries 4 to 5 are missing")]


def test_an_inserted_entry_is_named(log: Engine) -> None:
    behind_its_back(
        log, "INSERT INTO audit (id, at, actor, action, object, detail, previous, hash) SELECT 6, at, actor, action, object, detail, hash, 'x' FROM audit WHERE id = 5"
    )
    assert found(log) == [(6, "entry 6 was altered"), (6, "entries from 6 on were inserted")]


def test_a_log_written_anew_is_found_by_a_head_noted_elsewhere(log: Engine) -> None:
    with Session(log) as session:
        noted = session.connection().execute(text("SELECT last, hash FROM audit_head")).one()
    head = (noted[0], noted[1])
    assert found(log, head) == []
    behind_its_back(log, "DELETE FROM audit", "UPDATE audit_head SET last = 0, hash = ''")
    for no in range(6):
        with writing(log) as session:
            append(session, "li", "draft.check", f"other{no}")
    assert found(log) == []
    assert found(log, head) == [(5, "entry 5 is not the one that was noted")]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "INSERT INTO audit (id, at, actor, action, object, detail, previous, hash) SELECT 9, at, actor, action, object, detail, hash, 'x' FROM audit WHERE id = 5",
        "INSERT INTO audit (id, at, actor, action, object, detail, previous, hash) SELECT 6, at, actor, action, object, detail, 'x', 'x' FROM audit WHERE id = 5",
    ],
)
def test_the_database_refuses_what_does_not_follow(log: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError), log.begin() as connection:
        connection.execute(text(statement))
    assert found(log) == []


def test_entries_of_many_writers_make_one_chain(log: Engine) -> None:
    url = log.url.render_as_string(hide_password=False)

    def write(who: int) -> None:
        engine = engine_of(url)
        for no in range(10):
            with writing(engine) as session:
                append(session, f"writer {who}", "test", str(no))
        engine.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert found(log) == []
    with log.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit")).scalar_one() == 45
