"""The database connection; SQLite and PostgreSQL are meant by the same code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, event
from sqlmodel import Session, create_engine

from app.tables.models import AuditHead


def engine_of(url: str) -> Engine:
    """An engine for the URL; an SQLite file's folder is made, its foreign keys and triggers are enforced."""
    if url.startswith("sqlite:///") and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _enforce(connection, _record):  # type: ignore[no-untyped-def]
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE deletes rows without asking the trigger

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose transaction holds the write lock from its beginning; it commits when the block ends well.

    What is read inside is therefore still true when it is committed. Errors: OperationalError where the lock
    is not had in time.
    """
    with Session(engine) as session:
        if engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")  # a later upgrade of the lock could fail half-way
        session.get_one(AuditHead, 1, with_for_update=True)
        yield session
        session.commit()
