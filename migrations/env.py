"""Alembic's environment: the models' metadata, on the URL that the caller or the settings name."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from app.settings import settings
from app.tables import models
from app.tables.database import engine_of

assert models.PUBLISHED  # the import fills SQLModel.metadata


def run() -> None:
    """Migrate within one transaction."""
    url = context.config.get_main_option("sqlalchemy.url") or settings().database_url
    engine = engine_of(url)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
