"""The database connection; SQLite and PostgreSQL are meant by the same code."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, event
from sqlmodel import create_engine


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
