"""When a version stands, as known when: two time axes, kept and guarded by the database itself, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app.tables.catalogue.repository import read_catalogue
from app.tables.catalogue.snapshot import Catalogue, NoVersionInForce
from app.tables.loading.loader import load
from app.tables.storage import models
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import downgrade, migrate
from tests.storage.conftest import fill
from tests.storage.notices import batch, direction, overlay, series, series_version, version, written
from tests.storage.notices import fund as fund_file

TABLE = "t-fund-2024-1-1"


def at(day: str) -> datetime:
    """Noon of a day in Beijing."""
    return datetime.fromisoformat(f"{day}T12:00:00+08:00")


def standings(session: Session) -> list[tuple[Any, ...]]:
    """(version, effective from, until, known from, until) of the table; instants as days in Beijing."""

    def day(instant: datetime | None) -> str | None:
        return None if instant is None else (instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant).astimezone(at("2024-01-01").tzinfo).date().isoformat()

    rows = session.exec(select(models.VersionStanding).where(models.VersionStanding.rate_table == TABLE).order_by(models.VersionStanding.id)).all()  # type: ignore[arg-type]
    return [(row.version, row.effective_from.isoformat(), row.effective_until and row.effective_until.isoformat(), day(row.known_from), day(row.known_until)) for row in rows]


def in_force(catalogue: Catalogue, on: str, known: str) -> int | None:
    """The number of the version in force on a day, as known at noon of another."""
    try:
        return catalogue.choose(TABLE, as_of=date.fromisoformat(on), known_at=at(known)).version
    except NoVersionInForce:
        return None


EVENTS = "    events:\n"


def ended(number: int, last: str, known: str) -> str:
    """The end of a version's validity."""
    return f"      - {{version: '{number}', kind: ENDED, last_day: '{last}', known_at: '{known}T00:00:00+08:00'}}\n"


def withdrawn(number: int, known: str) -> str:
    """The withdrawal of a version."""
    return f"      - {{version: '{number}', kind: WITHDRAWN, known_at: '{known}T00:00:00+08:00'}}\n"


def test_a_correction_is_seen_from_its_publication_on(migrated: Engine, tmp_path: Path) -> None:
    """v1 from 15 January; on 1 March v2 replaces it from the beginning."""
    first = version(1, "2024-01-15")
    second = version(2, "2024-01-15", published="2024-03-01T00:00:00+08:00", supersedes=1)
    with Session(migrated) as session:
        load(session, written(tmp_path, t=batch(direction(first, second))))
        assert standings(session) == [
            (1, "2024-01-15", None, "2024-01-15", "2024-03-01"),
            (2, "2024-01-15", None, "2024-03-01", None),
        ]
        catalogue = read_catalogue(session)
    assert in_force(catalogue, "2024-02-01", "2024-02-29") == 1
    assert in_force(catalogue, "2024-02-01", "2024-03-01") == 2


def test_an_end_of_validity_shortens_what_is_known_from_then_on(migrated: Engine, tmp_path: Path) -> None:
    """v1 is open; on 1 June it is known to end on 30 June, and v2 follows."""
    file = batch(direction(version(1, "2024-01-15"), version(2, "2024-07-01", published="2024-06-01T00:00:00+08:00")) + EVENTS + ended(1, "2024-06-30", "2024-06-01"))
    with Session(migrated) as session:
        load(session, written(tmp_path, t=file))
        assert standings(session) == [
            (1, "2024-01-15", None, "2024-01-15", "2024-06-01"),
            (1, "2024-01-15", "2024-07-01", "2024-06-01", None),
            (2, "2024-07-01", None, "2024-06-01", None),
        ]
        catalogue = read_catalogue(session)
    assert in_force(catalogue, "2024-07-01", "2024-05-31") == 1
    assert in_force(catalogue, "2024-07-01", "2024-06-01") == 2
    assert in_force(catalogue, "2024-06-30", "2024-06-01") == 1


def test_no_more_choices_are_remembered_than_there_is_room_for(
    migrated: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Callers name the day: what is remembered of it may not grow with what they ask, and is asked anew as well."""
    monkeypatch.setattr("app.tables.catalogue.snapshot.MOST_CHOICES", 1)
    with Session(migrated) as session:
        load(session, written(tmp_path, t=batch(direction(version(1, "2024-01-15", "2024-06-30"), version(2, "2024-07-01")))))
        catalogue = read_catalogue(session)
    for _ in range(2):
        assert in_force(catalogue, "2024-06-30", "2024-12-31") == 1
        assert in_force(catalogue, "2024-07-01", "2024-12-31") == 2
    assert len(catalogue._choices) == 1


def test_a_withdrawn_version_is_in_force_no_more_but_can_be_named(migrated: Engine, tmp_path: Path) -> None:
    file = batch(direction(version(1, "2024-01-15")) + EVENTS + withdrawn(1, "2024-02-10"))
    with Session(migrated) as session:
        load(session, written(tmp_path, t=file))
        catalogue = read_catalogue(session)
    assert in_force(catalogue, "2024-02-01", "2024-02-09") == 1
    assert in_force(catalogue, "2024-02-01", "2024-02-10") is None
    assert catalogue.choose(TABLE, version=1, known_at=at("2024-02-10")).version == 1


def row(number: int, first: date, until: date | None, published: datetime) -> models.RateTableVersion:
    """A version added behind the loader's back."""
    return models.RateTableVersion(
        rate_table=TABLE, version=number, effective_from=first, effective_until=until, published_at=published, content="{}", digest="d"
    )


@pytest.mark.parametrize(
    ("first", "until"),
    [(date(2024, 1, 15), None), (date(2024, 1, 1), date(2024, 1, 16)), (date(2025, 1, 1), date(2025, 1, 2))],
)
def test_overlap_is_refused_by_the_database(loaded: Engine, first: date, until: date | None) -> None:
    """The second version is open from 15 January 2024 and known from 1 March 2024 on."""
    with Session(loaded) as session:
        session.add(row(3, first, until, datetime(2024, 3, 2, tzinfo=UTC)))
        with pytest.raises(DBAPIError, match="overlap"):
            session.commit()


@pytest.mark.parametrize(
    ("first", "until"), [(date(2023, 1, 1), date(2024, 1, 15)), (date(2023, 12, 31), date(2024, 1, 1))]
)
def test_versions_that_only_touch_are_taken(loaded: Engine, first: date, until: date | None) -> None:
    with Session(loaded) as session:
        session.add(row(3, first, until, datetime(2024, 3, 2, tzinfo=UTC)))
        session.commit()
        assert len(standings(session)) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM version_standing",
        "UPDATE version_standing SET known_until = NULL",
        "UPDATE version_standing SET effective_until = '2024-02-01' WHERE known_until IS NULL",
        "UPDATE version_standing SET known_from = '2024-01-01' WHERE known_until IS NULL",
        "UPDATE version_standing SET version = 1, known_until = '2030-01-01' WHERE known_until IS NULL",
    ],
)
def test_a_standing_cannot_be_touched(loaded: Engine, statement: str) -> None:
    with loaded.connect() as connection, pytest.raises(DBAPIError, match="kept by the database itself"):
        connection.execute(text(statement + (" AND" if "WHERE" in statement else " WHERE") + f" rate_table = '{TABLE}'"))


def test_the_migration_finds_the_standing_of_what_was_there(empty: str, tmp_path: Path) -> None:
    """Down to the schema without standings and up again, everything is known as before."""
    file = batch(
        direction(version(1, "2024-01-15"), version(2, "2024-07-01", published="2024-06-01T00:00:00+08:00")) + EVENTS + ended(1, "2024-06-30", "2024-06-01"),
        direction(version(1, "2024-01-15"), version(2, "2024-01-15", published="2024-03-01T00:00:00+08:00", supersedes=1), number=2),
        direction(version(1, "2024-01-15"), number=3) + EVENTS + ended(1, "2024-06-30", "2024-06-01") + withdrawn(1, "2024-06-10"),
        direction(version(1, "2024-01-15"), number=4) + EVENTS + withdrawn(1, "2024-02-10"),
    )
    migrate(empty)
    fill(empty, written(tmp_path, t=file))

    def everything() -> list[tuple[Any, ...]]:
        engine = engine_of(empty)
        with engine.connect() as connection:
            found = connection.execute(text("SELECT rate_table, version, effective_from, effective_until, known_from, known_until FROM version_standing")).all()
        engine.dispose()
        return sorted(tuple(map(str, one)) for one in found)

    before = everything()
    assert len(before) == 8
    downgrade(empty, "0001")
    migrate(empty)
    assert everything() == before


def test_what_is_loaded_later_is_known_from_its_loading(migrated: Engine, tmp_path: Path) -> None:
    """A correction, an overlay and a series of older notices do not change what was answered before they were loaded."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    rates = series(series_version(1, "2024-01-20T09:00:00+08:00", "2024-09-20", ("2024-01-20", "3.45%"), ("2024-08-20", "3.35%")))
    with Session(migrated) as session:
        load(session, written(tmp_path / "a", t=batch(direction(version(1, "2024-01-15"))), s=rates))
        before = read_catalogue(session)
        files = written(
            tmp_path / "b",
            funds=fund_file(overlay("t-guide", "2024-01-01", "open", "{caps: [{per: [], period: BATCH, limit: 100, clause: 至多100元}]}")),
            t=batch(direction(version(1, "2024-01-15"), version(2, "2024-01-15", published="2024-03-01T00:00:00+08:00", supersedes=1))),
        )
        loaded = at("2024-10-01")
        load(session, files, loaded)
        after = read_catalogue(session)
        assert load(session, files)["added"] == 0
    known = before.latest_known_at
    assert after.latest_known_at == loaded
    assert after.choose(TABLE, as_of=date(2024, 2, 1), known_at=known).version == 1
    assert after.choose(TABLE, version=1, known_at=known).overlays == ()
    assert after.choose(TABLE, as_of=date(2024, 2, 1)).version == 2
    assert len(after.choose(TABLE, version=1).overlays) == 1


def test_a_direction_gets_the_standards_that_had_not_been_seen(migrated: Engine, tmp_path: Path) -> None:
    """The row that said why stays as it was; the version speaks from now on."""
    unseen = "  - {rate_table: t-fund-2024-1-1, no: '1', title: 试验奖励, method: null, area: null, not_loaded: 附件未见}\n"
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with Session(migrated) as session:
        load(session, written(tmp_path / "a", t=batch(unseen)))
        assert read_catalogue(session).directions[TABLE].not_loaded == "附件未见"
        load(session, written(tmp_path / "b", t=batch(direction(version(1, "2024-01-15")))))
        found = read_catalogue(session)
    assert (found.directions[TABLE].method, found.directions[TABLE].not_loaded) == ("AWARD", None)
    assert found.choose(TABLE, as_of=date(2024, 2, 1)).version == 1
