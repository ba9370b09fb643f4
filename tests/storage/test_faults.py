"""The database goes away in every way it can: calculations go on, changes wait, the health check tells, all recovers by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.tables.storage.migrations import migrate
from benchmarks import publications
from tests.access.conftest import started
from tests.storage.faults import NEVER_SECONDS, Figures, House, approved, calculating, goes_on, on_postgresql, on_sqlite, until
from tests.storage.postgres import Server
from tests.storage.proxy import Proxy

Shown = Callable[[str, object], None]


@pytest.fixture(scope="module")
def behind_a_proxy(server: Server) -> Iterator[tuple[House, Proxy]]:
    """A service on PostgreSQL."""
    with on_postgresql(server) as opened:
        yield opened


@pytest.fixture(scope="module")
def on_a_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A service on SQLite."""
    with on_sqlite(tmp_path_factory.mktemp("faults")) as opened:
        yield opened


def told(found: Figures) -> str:
    """The figures in a line."""
    return f"{found.calculations} calculations, {found.errors} errors; all well {found.recovered:.1f} s after the end"


@pytest.mark.parametrize("name", ["refused", "reset in mid-query", "stalled for 5 s", "read-only", "crashed and restarted"])
def test_postgresql_goes_away(behind_a_proxy: tuple[House, Proxy], name: str, record_property: Shown) -> None:
    house, _ = behind_a_proxy
    record_property("shown", f"PostgreSQL {name}: {told(goes_on(house, house.faults[name]))}")


@pytest.mark.parametrize("name", ["locked", "read-only", "moved away"])
def test_an_sqlite_file_goes_away(on_a_file: House, name: str, record_property: Shown) -> None:
    record_property("shown", f"SQLite {name}: {told(goes_on(on_a_file, on_a_file.faults[name]))}")


def test_the_answer_to_a_commit_is_lost(behind_a_proxy: tuple[House, Proxy]) -> None:
    """503, for nobody knows; the draft says that it is published, and publishing once more is a conflict, not a second version."""
    house, proxy = behind_a_proxy
    draft, etag = approved(house)
    with house.client("wang") as wang, calculating(house) as seen:
        proxy.mode = "lose-commit"
        response = wang.post(f"{draft}/publish", headers={"If-Match": etag})
        proxy.mode = "open"
        assert (response.status_code, response.headers["retry-after"]) == (503, "2")
        until(lambda: wang.get(draft).status_code == 200, NEVER_SECONDS)
        assert wang.get(draft).json()["state"] == "PUBLISHED"
        assert wang.post(f"{draft}/publish", headers={"If-Match": etag}).status_code == 409
        house.version += 1
        until(lambda: seen.versions[-1] == house.version, NEVER_SECONDS)
    assert seen.errors == []


def test_a_service_that_starts_while_the_database_is_away(tmp_path: Path) -> None:
    """It has no tables yet and says so; it has them, by itself, once there is a database."""
    path = tmp_path / "subsidy.db"
    migrate(f"sqlite:///{path}")
    publications.prepare(f"sqlite:///{path}")
    elsewhere = path.rename(tmp_path / "elsewhere.db")
    with started(f"sqlite:///{path}") as service:
        for response in (service.here.get("/health/ready"), service.here.post("/v1/awards/calculate", json=publications.CLAIM)):
            assert (response.status_code, response.json()["code"]) == (503, "TABLES_UNAVAILABLE")
            assert response.headers["retry-after"] == "2"
        assert service.here.get("/health/live").status_code == 200
        elsewhere.replace(path)
        until(lambda: service.here.get("/health/ready").status_code == 200, NEVER_SECONDS)
        assert service.here.post("/v1/awards/calculate", json=publications.CLAIM).json()["amount"] == publications.amount(1)
