"""Bring a database to the newest schema. Its own process: the server never imports Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

_APP = Path(__file__).resolve().parents[2]
MIGRATIONS = next(folder for folder in (_APP / "migrations", _APP.parent / "migrations") if folder.is_dir())
"""Inside of the package where it is installed, beside it in a checkout."""


def config(url: str) -> Config:
    """Alembic's configuration for one database."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade to a revision."""
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Downgrade to a revision."""
    command.downgrade(config(url), revision)
