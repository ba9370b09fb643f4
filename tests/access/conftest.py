"""A service whose callers are here (loopback) or elsewhere, with a key for every occasion."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app.access import keys
from app.access.scopes import Scope
from app.main import create_app
from app.settings import Settings
from app.tables.storage.database import engine_of, writing

HERE = ("127.0.0.1", 50_000)
ELSEWHERE = ("192.0.2.7", 50_000)


@dataclass
class Service:
    """A running service and two callers of it."""

    app: FastAPI
    url: str
    here: TestClient
    elsewhere: TestClient


Start = Callable[..., AbstractContextManager[Service]]


@contextmanager
def started(url: str, **settings: Any) -> Iterator[Service]:
    """Run the service on a database until the block ends."""
    app = create_app(Settings(database_url=url, **settings))
    with TestClient(app, client=HERE, base_url="http://localhost") as here:
        elsewhere = TestClient(app, client=ELSEWHERE, base_url="http://localhost")
        elsewhere.portal = here.portal
        yield Service(app, url, here, elsewhere)


def issued(url: str, *scopes: str, owner: str = "li.na", days: int = 90, age_days: int = 0) -> keys.Issued:
    """A new key, made some days ago."""
    engine = engine_of(url)
    with writing(engine) as session:
        now = datetime.now(UTC) - timedelta(days=age_days)
        made = keys.create(session, "operator:test", name="test", owner=owner, scopes=map(Scope, scopes), days=days, now=now)
    engine.dispose()
    return made


def bearer(secret: str) -> dict[str, str]:
    """The header that shows a credential."""
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def own_database(database: str, tmp_path: Path) -> str:
    """A copy of the loaded database."""
    path = tmp_path / "own.db"
    shutil.copyfile(database.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"
