"""The database goes away in every way it can: calculations go on, changes wait, the health check tells, all recovers by itself.

A real service with a client that never stops calculating; version n of the table pays n% (``benchmarks.publications``).
An officer's publication meets the fault, is answered with 503, and is done in one piece once the fault is over.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import httpx
import pytest

from app.tables.migrating import migrate
from benchmarks import publications
from benchmarks.run import free_port, server
from tests.access.conftest import bearer
from tests.storage.postgres import Server
from tests.storage.proxy import Mode, Proxy

Fault = Callable[[], AbstractContextManager[object]]
Shown = Callable[[str, object], None]
STALL_SECONDS = 5.0
TOLD_SECONDS = 3.0  # until the health check says that something is wrong
RECOVERY_SECONDS = 5.0  # until a change is possible and the health check says so

# Root passes over the modes of files; a service that gives up that right (CAP_DAC_OVERRIDE) meets them like anybody.
AS_ANYBODY = (
    "import ctypes, os, sys; os.geteuid() or ctypes.CDLL(None).prctl(24, 1, 0, 0, 0);"
    "os.execv(sys.executable, [sys.executable, '-m', 'app.serving'])"
)


@dataclass
class House:
    """A running service on a database that is about to go away."""

    url: str
    secrets: dict[str, str]
    faults: dict[str, Fault]
    version: int = 1

    def client(self, who: str) -> httpx.Client:
        """A client with somebody's key."""
        return httpx.Client(base_url=self.url, headers=bearer(self.secrets[who]), trust_env=False, timeout=30)


@contextmanager
def opened(database: str, faults: dict[str, Fault]) -> Iterator[House]:
    """The service on a database with the test table."""
    port = free_port()
    environment = {"SUBSIDY_DATABASE_URL": database, "SUBSIDY_HOST": "127.0.0.1", "SUBSIDY_PORT": str(port)}
    secrets = publications.prepare(database)
    with server([sys.executable, "-c", AS_ANYBODY], port, "/health/ready", **environment):
        yield House(f"http://127.0.0.1:{port}", secrets, faults)


@pytest.fixture(scope="module")
def on_postgresql(server: Server) -> Iterator[tuple[House, Proxy]]:
    """PostgreSQL behind a network that fails."""
    name = server.create()
    server.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")  # the test server's shortcut forgets in a crash what it has confirmed
    migrate(server.url(name))
    proxy = Proxy(server.folder / ".s.PGSQL.5432")

    @contextmanager
    def mode(which: Mode) -> Iterator[None]:
        proxy.mode = which
        try:
            yield
        finally:
            proxy.mode = "open"

    @contextmanager
    def stalled() -> Iterator[None]:
        until = time.monotonic() + STALL_SECONDS
        with mode("stall"):
            yield
            assert time.monotonic() < until, "the stall was to end before this"
            time.sleep(until - time.monotonic())

    @contextmanager
    def read_only() -> Iterator[None]:
        server.execute("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
        time.sleep(0.3)  # every connection hears of it in its own time
        try:
            yield
        finally:
            server.execute("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")

    @contextmanager
    def restarted() -> Iterator[None]:
        server.stop()
        try:
            yield
        finally:
            server.start()

    faults: dict[str, Fault] = {
        "refused": lambda: mode("refuse"),
        "reset in mid-query": lambda: mode("reset"),
        "stalled for 5 s": stalled,
        "read-only": read_only,
        "crashed and restarted": restarted,
    }
    with opened(f"postgresql+psycopg://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable", faults) as house:
        yield house, proxy
    proxy.close()


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A file that others can lock, move and protect."""
    path = tmp_path_factory.mktemp("faults") / "database" / "subsidy.db"
    url = f"sqlite:///{path}"
    migrate(url)

    @contextmanager
    def locked() -> Iterator[None]:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            holder.close()

    @contextmanager
    def read_only() -> Iterator[None]:
        path.chmod(0o444)
        path.parent.chmod(0o555)
        try:
            yield
        finally:
            path.parent.chmod(0o755)
            path.chmod(0o644)

    @contextmanager
    def moved() -> Iterator[None]:
        elsewhere = path.with_name("elsewhere.db")
        path.rename(elsewhere)
        try:
            yield
        finally:
            elsewhere.replace(path)

    with opened(url, {"locked": locked, "read-only": read_only, "moved away": moved}) as house:
        yield house


@dataclass
class Answers:
    """What the calculating client got: the version of each answer in order, and what was no answer."""

    versions: list[int] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0
    finished: bool = False


@contextmanager
def calculating(house: House) -> Iterator[Answers]:
    """Calculate without a pause until the block ends."""
    seen = Answers()

    def go_on() -> None:
        with house.client("portal") as client:
            while not seen.finished:
                began = time.monotonic()
                try:
                    response = client.post("/v1/awards/calculate", json=publications.CLAIM)
                except httpx.HTTPError as error:
                    seen.errors.append(repr(error))
                    continue
                seen.slowest_seconds = max(seen.slowest_seconds, time.monotonic() - began)
                answer = response.json()
                if response.status_code != 200 or answer["amount"] != publications.amount(answer["provenance"]["rate_table"]["version"]):
                    seen.errors.append(response.text)
                else:
                    seen.versions.append(answer["provenance"]["rate_table"]["version"])
                time.sleep(0.002)

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield seen
    finally:
        seen.finished = True
        thread.join()


def until(holds: Callable[[], bool], seconds: float) -> float:
    """Wait until something holds; answer how long that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - began


def approved(house: House) -> tuple[str, str]:
    """Address and ETag of a draft of the next version that waits for its publication."""
    effective = {"first_day": "2026-01-01", "last_day": "open"}
    version = {"effective": effective, "supersedes": str(house.version), "terms": publications.terms(house.version + 1)}
    content = {"batch": publications.BATCH, "version": version}
    body: Any = {"kind": "RATE_TABLE", "target": publications.TABLE, "content": content}
    path, etag = "/v1/drafts", ""
    for who, step in (("li", ""), ("li", "/check"), ("wang", "/approve")):
        with house.client(who) as client:
            response = client.post(path + step, json=None if etag else body, headers={"If-Match": etag} if etag else {})
        assert response.status_code in {200, 201}, response.text
        path, etag = response.headers.get("location", path), response.headers["etag"]
    return path, etag


def health(client: httpx.Client) -> dict[str, Any]:
    """What the health check says; it answers 200 as long as there are tables."""
    response = client.get("/health/ready", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def goes_on(house: House, fault: Fault) -> str:
    """Everything that is promised of one fault; answer the figures."""
    old, new = house.version, house.version + 1
    draft, etag = approved(house)
    with house.client("wang") as wang, calculating(house) as seen:

        def publish() -> httpx.Response:
            return wang.post(f"{draft}/publish", headers={"If-Match": etag})

        def refused() -> float:
            began = time.monotonic()
            response = publish()
            assert (response.status_code, response.headers.get("retry-after")) == (503, "2"), response.text
            return time.monotonic() - began

        with fault(), ThreadPoolExecutor(1) as beside:
            early = beside.submit(refused)
            told = until(lambda: health(wang)["status"] == "degraded", TOLD_SECONDS)
            (part,) = health(wang)["degraded"]
            assert part["what"] == "database"
            assert part["effect"].endswith("calculations go on; tables and keys cannot be changed")
            later = refused()
            assert httpx.get(f"{house.url}/v1/rate-tables/{publications.TABLE}", trust_env=False).status_code == 200
            first = early.result()
            assert set(seen.versions) == {old}
        recovered = until(lambda: publish().status_code == 200, RECOVERY_SECONDS)
        recovered += until(lambda: health(wang)["status"] == "ready", RECOVERY_SECONDS)
        until(lambda: seen.versions[-1] == new, publications.MOST_SECONDS)
        house.version = new
    assert seen.errors == []
    assert seen.versions == sorted(seen.versions), "an answer knew less than one before it"
    return (
        f"{len(seen.versions)} calculations, 0 errors, slowest {seen.slowest_seconds:.2f} s; "
        f"told after {told:.1f} s; a change refused within {first:.1f} s, once that was known within {later:.1f} s; "
        f"all well {recovered:.1f} s after the end"
    )


@pytest.mark.parametrize("name", ["refused", "reset in mid-query", "stalled for 5 s", "read-only", "crashed and restarted"])
def test_postgresql_goes_away(on_postgresql: tuple[House, Proxy], name: str, record_property: Shown) -> None:
    house, _ = on_postgresql
    record_property("shown", f"PostgreSQL {name}: {goes_on(house, house.faults[name])}")


@pytest.mark.parametrize("name", ["locked", "read-only", "moved away"])
def test_an_sqlite_file_goes_away(on_sqlite: House, name: str, record_property: Shown) -> None:
    record_property("shown", f"SQLite {name}: {goes_on(on_sqlite, on_sqlite.faults[name])}")


def test_the_answer_to_a_commit_is_lost(on_postgresql: tuple[House, Proxy]) -> None:
    """503, for nobody knows; the draft says that it is published, and publishing once more is a conflict, not a second version."""
    house, proxy = on_postgresql
    draft, etag = approved(house)
    with house.client("wang") as wang, calculating(house) as seen:
        proxy.mode = "lose-commit"
        response = wang.post(f"{draft}/publish", headers={"If-Match": etag})
        proxy.mode = "open"
        assert (response.status_code, response.headers["retry-after"]) == (503, "2")
        until(lambda: wang.get(draft).status_code == 200, RECOVERY_SECONDS)
        assert wang.get(draft).json()["state"] == "PUBLISHED"
        assert wang.post(f"{draft}/publish", headers={"If-Match": etag}).status_code == 409
        house.version += 1
        until(lambda: seen.versions[-1] == house.version, publications.MOST_SECONDS)
    assert seen.errors == []
