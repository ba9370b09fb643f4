"""Empty, migrated and loaded databases of both kinds; each test that changes one has a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.tables import models
from app.tables.audit import append
from app.tables.database import engine_of
from app.tables.loader import load
from app.tables.migrating import migrate
from tests.conftest import PUBLISHED
from tests.storage.notices import batch, direction, version, written
from tests.storage.postgres import Server, started

Copy = Callable[[str], str]


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One PostgreSQL for each process of the run, so that processes never meet."""
    with started() as running:
        yield running


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def copies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Make a database: ``empty``, ``migrated`` or ``loaded``. The first of its kind is kept and copied."""
    make = _postgres(request.getfixturevalue("server")) if request.param == "postgresql" else _sqlite(tmp_path_factory)
    corrected = written(
        tmp_path_factory.mktemp("corrected"),
        t=batch(direction(version(1, "2024-01-15"), version(2, "2024-01-15", published="2024-03-01T00:00:00+08:00", supersedes=1))),
    )
    patterns: dict[str, str] = {}

    def pattern(kind: str) -> str:
        if kind not in patterns:
            url = make(None)
            migrate(url)
            if kind == "loaded":
                fill(url, [PUBLISHED, *corrected])
                decide(url)
            patterns[kind] = url
        return patterns[kind]

    return lambda kind: make(None if kind == "empty" else pattern(kind))


def fill(url: str, paths: list[Path]) -> dict[str, int]:
    """Load files into a database, and leave no connection behind."""
    engine = engine_of(url)
    try:
        with Session(engine) as session:
            return load(session, paths)
    finally:
        engine.dispose()


def decide(url: str) -> None:
    """One row of each kind that officers' decisions leave behind."""
    at = datetime(2024, 3, 2, tzinfo=UTC)
    rows = [
        models.BatchVersion(batch_id="t-fund-2024-1", version=2, published_at=at, title="2024年第一批（延期）", content="{}", digest="d"),
        models.Draft(id="d1", kind="BATCH", target="t-fund-2024-1", source="nothing", created_by="li", created_at=at),
        models.DraftRevision(draft_id="d1", revision=1, author="li", at=at, content="{}", digest="d"),
        models.DraftStep(draft_id="d1", revision=1, kind="CHECKED", actor="li", at=at),
        models.ApiKey(id="0123456789abcdef", name="portal", owner="li", scopes="calculate", created_by="li", created_at=at),
        models.ApiKeySecret(key_id="0123456789abcdef", number=1, hash="h", created_by="li", created_at=at, expires_at=at),
        models.ApiKeyEnd(key_id="0123456789abcdef", number=1, ends_at=at, ended_by="li"),
    ]
    engine = engine_of(url)
    with Session(engine) as session:
        for row in rows:
            session.add(row)
            session.flush()
        append(session, "li", "draft.check", "d1", {})
        session.commit()
    engine.dispose()


def _sqlite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str | None], str]:
    folder = tmp_path_factory.mktemp("sqlite")

    def make(template: str | None) -> str:
        path = folder / f"{len(list(folder.iterdir()))}.db"
        if template is None:
            path.touch()
        else:
            shutil.copyfile(template.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    return make


def _postgres(server: Server) -> Callable[[str | None], str]:
    def make(template: str | None) -> str:
        return server.url(server.create("template0" if template is None else template.split("/")[3].split("?")[0]))

    return make


@pytest.fixture
def empty(copies: Copy) -> str:
    """The URL of a database with nothing in it."""
    return copies("empty")


@pytest.fixture
def migrated(copies: Copy) -> Iterator[Engine]:
    """A database with the newest schema and no rows."""
    engine = engine_of(copies("migrated"))
    yield engine
    engine.dispose()


@pytest.fixture
def loaded(copies: Copy) -> Iterator[Engine]:
    """A database with the published tables and one corrected table of a test fund."""
    engine = engine_of(copies("loaded"))
    yield engine
    engine.dispose()
