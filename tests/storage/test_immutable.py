"""What was published stays as it was: the database refuses, whoever asks; corrections are rows added."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, MetaData, String, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, SQLModel, select

from app.tables.loading.loader import LoadError, load
from app.tables.storage import models
from app.tables.storage.database import engine_of
from tests.conftest import PUBLISHED
from tests.storage.conftest import Copy
from tests.storage.notices import FUND, batch, direction, version, written

REFUSED = "published rows are never changed or deleted"
KEPT_BY_ITSELF = "a standing is kept by the database itself"
NUMBER = '"id"'
METADATA: MetaData = SQLModel.metadata
COLUMNS = [(table, column.name) for table in models.KEPT for column in METADATA.tables[table].columns]


@pytest.fixture(scope="module")
def shared(copies: Copy) -> Iterator[Engine]:
    """One loaded database for all statements that are refused."""
    engine = engine_of(copies("loaded"))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(shared: Engine) -> Iterator[Connection]:
    """A transaction that is never kept."""
    with shared.connect() as opened:
        yield opened
        opened.rollback()


def rows(connection: Connection, table: str) -> list[Any]:
    """All rows of a table."""
    return sorted(connection.execute(text(f'SELECT * FROM "{table}"')).all(), key=str)


def refused(connection: Connection, table: str, statement: str, *others: str) -> None:
    """The statement is refused by the table's own trigger, and the rows are what they were."""
    before = rows(connection, table)
    assert before, f"{table} has no row that could be changed"
    with pytest.raises(DBAPIError) as wrong, connection.begin_nested():
        connection.execute(text(statement))
    assert any(told in str(wrong.value) for told in (REFUSED, *others))
    assert rows(connection, table) == before


def test_every_table_is_protected() -> None:
    """But the bookkeeping: what stands when is kept by triggers, the head of the log and a key's last use move on."""
    assert set(METADATA.tables) - set(models.KEPT) == {"version_standing", "audit_head", "api_key_use"}


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_no_column_can_be_changed(connection: Connection, table: str, column: str) -> None:
    """Not even to the value that it has."""
    refused(connection, table, f'UPDATE "{table}" SET "{column}" = "{column}"')


@pytest.mark.parametrize("table", models.KEPT)
def test_no_row_can_be_deleted(connection: Connection, table: str) -> None:
    refused(connection, table, f'DELETE FROM "{table}"')


def rewritten(table: str) -> tuple[str, str]:
    """The columns of a table, and one of its rows with another text in each column that is no key."""
    columns = METADATA.tables[table].columns
    others = [f"'x' || \"{one.name}\"" if isinstance(one.type, String) and not one.primary_key else f'"{one.name}"' for one in columns]
    return ", ".join(f'"{one.name}"' for one in columns), ", ".join(others)


@pytest.mark.parametrize("table", models.KEPT)
def test_an_insert_cannot_turn_into_an_update(connection: Connection, table: str) -> None:
    """ON CONFLICT asks the trigger of the update, or on SQLite that of the insert."""
    columns, row = rewritten(table)
    key = ", ".join(f'"{one.name}"' for one in METADATA.tables[table].primary_key)
    some = next((one.name for one in METADATA.tables[table].columns if not one.primary_key), None)
    assert some is not None
    refused(
        connection,
        table,
        f'INSERT INTO "{table}" ({columns}) SELECT {row} FROM "{table}" WHERE true ON CONFLICT ({key}) DO UPDATE SET "{some}" = excluded."{some}"',
        "the draft has ended",
        "revisions are numbered without a gap",
        "only the latest revision goes on",
        "an entry follows the one before it",
    )


@pytest.mark.parametrize("copies", ["sqlite"], indirect=True)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("table", [*models.KEPT, "version_standing"])
def test_an_insert_cannot_replace_a_row(copies: Copy, table: str, recursive: str) -> None:
    """SQLite's REPLACE deletes the old row without asking the trigger of deletions, unless the connection says that it should."""
    path = copies("loaded").removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA recursive_triggers = {recursive}")
        before = connection.execute(f'SELECT rowid, * FROM "{table}"').fetchall()
        statements = list(replacements(table))
        assert statements
        for statement in statements:
            with pytest.raises(sqlite3.IntegrityError, match=f"{REFUSED}|{KEPT_BY_ITSELF}|the draft has ended|follows the one before"):
                connection.execute(statement)
            connection.rollback()
            assert connection.execute(f'SELECT rowid, * FROM "{table}"').fetchall() == before != []


def replacements(table: str) -> Iterator[str]:
    """REPLACE finds the old row by its key, by whatever else there can be only one of, and by its number in the file."""
    columns, row = rewritten(table)
    yield f'REPLACE INTO "{table}" ({columns}) SELECT {row} FROM "{table}"'
    if table == "version_event":
        yield f'REPLACE INTO "{table}" ({columns}) SELECT {row.replace(NUMBER, "id + 1000")} FROM "{table}"'
    if NUMBER not in columns or table in {"fund", "overlay_version", "batch", "draft", "api_key"}:
        moved = ", ".join(f"'y' || \"{one.name}\"" if isinstance(one.type, String) else f'"{one.name}"' for one in METADATA.tables[table].columns)
        yield f'REPLACE INTO "{table}" (rowid, {columns}) SELECT rowid, {moved} FROM "{table}"'


@pytest.mark.parametrize("copies", ["postgresql"], indirect=True)
@pytest.mark.parametrize("table", sorted(METADATA.tables))
def test_no_table_can_be_truncated(connection: Connection, table: str) -> None:
    """TRUNCATE asks no trigger of rows; it is refused to the owner, too, as whom the tests are connected."""
    before = rows(connection, table)
    for more in ("", " CASCADE"):
        with pytest.raises(DBAPIError, match=f"{REFUSED}|cannot truncate a table referenced"), connection.begin_nested():
            connection.execute(text(f'TRUNCATE "{table}"{more}'))
        assert rows(connection, table) == before


def event(kind: str, **given: Any) -> models.VersionEvent:
    """An event of the corrected table's second version."""
    return models.VersionEvent(
        rate_table="t-fund-2024-1-1", version=2, kind=kind, known_at=datetime(2024, 6, 1, tzinfo=UTC), **given
    )


@pytest.mark.parametrize(
    ("kind", "given"), [("SUPERSEDED", {"by_version": 3}), ("WITHDRAWN", {}), ("ENDED", {"ends_on": date(2024, 7, 1)})]
)
def test_what_happens_to_a_version_is_added_once(loaded: Engine, kind: str, given: dict[str, Any]) -> None:
    """The version itself is not touched, and what happened to it cannot be changed or said twice."""
    with Session(loaded) as session:
        before = session.get_one(models.RateTableVersion, ("t-fund-2024-1-1", 2)).model_dump()
        session.add(event(kind, **given))
        session.commit()
        session.expire_all()
        assert session.get_one(models.RateTableVersion, ("t-fund-2024-1-1", 2)).model_dump() == before
        stored = session.exec(select(models.VersionEvent).where(models.VersionEvent.kind == kind, models.VersionEvent.version == 2)).one()
        stored.known_at = datetime(2025, 1, 1, tzinfo=UTC)
        with pytest.raises(DBAPIError, match=REFUSED):
            session.commit()
        session.rollback()
        session.add(event(kind, **given))
        with pytest.raises(IntegrityError):
            session.commit()


def test_an_event_of_another_kind_is_refused(loaded: Engine) -> None:
    with Session(loaded) as session:
        session.add(event("FORGOTTEN"))
        with pytest.raises(IntegrityError, match="version_event_kind"):
            session.commit()


def test_an_event_needs_its_version(loaded: Engine) -> None:
    with Session(loaded) as session:
        session.add(models.VersionEvent(rate_table="t-fund-2024-1-1", version=9, kind="WITHDRAWN", known_at=datetime(2024, 6, 1, tzinfo=UTC)))
        with pytest.raises(IntegrityError):
            session.commit()


def counts(engine: Engine) -> dict[str, int]:
    """How many rows each table has."""
    with engine.connect() as connection:
        return {table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() for table in models.PUBLISHED}


def test_loading_twice_adds_nothing(loaded: Engine) -> None:
    before = counts(loaded)
    with Session(loaded) as session:
        assert load(session, [PUBLISHED])["added"] == 0
    assert counts(loaded) == before


def corrected(folder: Path, **changed: str) -> list[Path]:
    """The files from which the corrected table was loaded."""
    first = version(1, "2024-01-15")
    second = version(2, "2024-01-15", published="2024-03-01T00:00:00+08:00", supersedes=1)
    return written(folder, **{"t": batch(direction(first, second)), **changed})


def test_loading_a_correction_twice_adds_nothing(loaded: Engine, tmp_path: Path) -> None:
    """Neither the superseding version nor the row that says so."""
    before = counts(loaded)
    with Session(loaded) as session:
        assert load(session, corrected(tmp_path))["added"] == 0
    assert counts(loaded) == before


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("rate: 30%", "rate: 31%", "t-fund-2024-1-1 1"),
        ("clause: 按照30%给予奖励", "clause: 按照30%给予一次性奖励", "t-fund-2024-1-1 1"),
        ("published_at: '2024-01-15T00:00:00+08:00'", "published_at: '2024-01-16T00:00:00+08:00'", "t-fund-2024-1-1 1"),
        ("title: 试验奖励", "title: 试验补助", "t-fund-2024-1-1"),
        ("title: 试验奖励", "title: 试验奖励\n    schemes: [another]", "t-fund-2024-1-1"),
    ],
)
def test_a_changed_file_is_refused_with_its_place(loaded: Engine, tmp_path: Path, old: str, new: str, place: str) -> None:
    """Nothing of the file is added, not even what would be new."""
    more = direction(version(1, "2024-01-15"), number=2)
    text_of = (corrected(tmp_path)[0] / "t.yaml").read_text(encoding="utf-8")
    assert old in text_of
    before = counts(loaded)
    with Session(loaded) as session, pytest.raises(LoadError) as wrong:
        load(session, corrected(tmp_path, t=text_of.replace(old, new, 1) + more))
    assert (place, "已公布的内容不可更改；更正须新增版本（supersedes）") in [(fault.place, fault.message) for fault in wrong.value.faults]
    assert counts(loaded) == before


def test_a_better_title_is_added_and_another_year_refused(loaded: Engine, tmp_path: Path) -> None:
    """The row of before stays; of a batch its fund and year never change: its id has the year (decision 0011)."""
    before, text_of = counts(loaded), (corrected(tmp_path)[0] / "t.yaml").read_text(encoding="utf-8")
    with Session(loaded) as session:
        assert load(session, corrected(tmp_path, t=text_of.replace("title: 2024年第一批", "title: 2024年第二批")))["added"] == 1
    after = counts(loaded)
    assert {name for name in after if after[name] != before[name]} == {"batch_version"}
    with Session(loaded) as session, pytest.raises(LoadError) as wrong:
        load(session, corrected(tmp_path, t=text_of.replace("year: '2024'", "year: '2025'")))
    assert [(fault.place, fault.message) for fault in wrong.value.faults] == [("t.yaml/batch/year", "批次编号 t-fund-2024-1 的年份是 2024，而不是 '2025'")]
    assert counts(loaded) == after


def test_a_renamed_fund_is_refused(loaded: Engine, tmp_path: Path) -> None:
    with Session(loaded) as session, pytest.raises(LoadError) as wrong:
        load(session, corrected(tmp_path, funds=FUND.replace("试验资金", "别的资金")))
    assert [fault.place for fault in wrong.value.faults] == ["t-fund"]
