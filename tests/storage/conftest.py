"""Empty, migrated and loaded databases of both kinds; each test that changes one has a copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.access import keys
from app.access.scopes import Scope
from app.tables.drafts import workflow as drafts
from app.tables.loading.loader import load
from app.tables.storage.database import engine_of, writing
from app.tables.storage.migrations import migrate
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
    """Rows of each kind that officers' decisions leave behind, made as the service makes them."""
    at = datetime(2024, 3, 2, tzinfo=UTC)
    notice = {
        "fund": "t-fund",
        "batch": {"id": "t-fund-2024-1", "year": "2024", "no": "1", "title": "2024年第一批（延期）"},
        "document": {"title": "试验通知", "issuer": "试验部门", "number": "试发〔2024〕1号", "date": "2024-01-15"},
        "authority": "official",
    }
    unseen = {"rate_table": "t-fund-2024-1-9", "no": "9", "title": "（标题未见）", "not_loaded": "附件未见"}
    engine = engine_of(url)
    with writing(engine) as session:
        for directions in ([unseen], [unseen | {"title": "后来得知的名称"}]):
            begun = drafts.begin(session, "li", "BATCH", "t-fund-2024-1", notice | {"directions": directions}, "nothing")
            drafts.check(session, "li", begun.draft.id, None)
            drafts.approve(session, "wang", begun.draft.id, None)
            drafts.publish(session, "wang", begun.draft.id, None)
        drafts.revise(session, "li", drafts.begin(session, "li", "BATCH", "t-fund-2024-1", notice, "nothing").draft.id, None, notice)
        made = keys.create(session, "li", name="portal", owner="li", scopes=[Scope.CALCULATE], days=90, now=at)
        keys.rotate(session, "li", made.key_id, grace_hours=1, days=90, now=at)
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
