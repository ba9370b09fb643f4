"""Alembic's environment: the models' metadata, on the URL that the caller or the settings name."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

from app.settings import settings
from app.tables.storage import models
from app.tables.storage.database import engine_of

assert models.PUBLISHED  # the import fills SQLModel.metadata

ALONE = 7_834_274_939  # the number of the lock that migrations of one PostgreSQL database share; any will do


def run() -> None:
    """Migrate in one transaction, all or nothing. A lock is waited for as long as by anybody else, then nothing was done."""
    url = context.config.get_main_option("sqlalchemy.url") or settings().database_url
    engine = engine_of(url)
    with engine.begin() as connection:
        _alone(connection)
        context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, transactional_ddl=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _alone(connection: Connection) -> None:
    """Of two migrations at once, the later one waits and finds nothing to do."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the driver itself would begin with the first row written, not with a table
    else:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # it may take its time, once it has its locks
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ALONE})")


run()
