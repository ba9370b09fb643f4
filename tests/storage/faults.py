"""A real service whose database goes away while a client never stops calculating: what is promised of each fault.

Version n of the table pays n% (``benchmarks.publications``). An officer's publication meets the fault, is answered with
503, and is done in one piece once the fault is over. ``test_faults`` is the short form, ``make bench-faults`` the long one.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import httpx

from app.tables.storage.migrations import migrate
from benchmarks import publications
from benchmarks.run import free_port, server
from tests.storage.postgres import Server
from tests.storage.proxy import Mode, Proxy

Fault = Callable[[], AbstractContextManager[object]]
STALL_SECONDS = 5.0
NEVER_SECONDS = 600.0  # how soon the health check tells and all is well again is measured, by `make bench-faults`
# The service gives up as it does by default, whatever is set for others: a fault is noticed because it does.
DEADLINES = {"SUBSIDY_CHANGE_SECONDS": "4", "SUBSIDY_ANSWER_SECONDS": "1.5", "SUBSIDY_LOCK_SECONDS": "5"}

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
        return httpx.Client(base_url=self.url, headers=publications.bearer(self.secrets[who]), trust_env=False, timeout=NEVER_SECONDS)


@contextmanager
def opened(database: str, faults: dict[str, Fault]) -> Iterator[House]:
    """The service on a database with the test table."""
    port = free_port()
    environment = {"SUBSIDY_DATABASE_URL": database, "SUBSIDY_HOST": "127.0.0.1", "SUBSIDY_PORT": str(port), **DEADLINES}
    secrets = publications.prepare(database)
    with server([sys.executable, "-c", AS_ANYBODY], port, "/health/ready", **environment):
        yield House(f"http://127.0.0.1:{port}", secrets, faults)


@contextmanager
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
            time.sleep(max(0.0, until - time.monotonic()))

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


@contextmanager
def on_sqlite(folder: Path) -> Iterator[House]:
    """A file that others can lock, move and protect."""
    path = folder / "database" / "subsidy.db"
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


class Figures(NamedTuple):
    """What one fault did: how many requests were sent and failed, and seconds."""

    calculations: int
    errors: int
    slowest: float
    told: float  # until the health check says that something is wrong
    first_refused: float  # until a change has its 503, at the beginning of the fault
    refused: float  # the same, once the service knows
    recovered: float  # from the end of the fault until a change is done and the health check says ready


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


def until(holds: Callable[[], bool], seconds: float = NEVER_SECONDS) -> float:
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
            sent: dict[str, Any] = {"json": None if etag else body, "headers": {"If-Match": etag} if etag else {}}
            while (response := client.post(path + step, **sent)).status_code == 503:
                pass  # nothing was done: this machine was slower than the deadline
        assert response.status_code in {200, 201}, response.text
        path, etag = response.headers.get("location", path), response.headers["etag"]
    return path, etag


def health(client: httpx.Client) -> dict[str, Any]:
    """What the health check says; it answers 200 as long as there are tables."""
    response = client.get("/health/ready", headers={"Accept-Language": "en"})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def goes_on(house: House, fault: Fault, hold_seconds: float = 0.0) -> Figures:
    """Everything that is promised of one fault that is held so long at least; answer the figures."""
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
            told = until(lambda: health(wang)["status"] == "degraded", NEVER_SECONDS)
            (part,) = health(wang)["degraded"]
            assert part["what"] == "database"
            assert part["effect"].endswith("calculations go on; tables and keys cannot be changed")
            later = refused()
            assert httpx.get(f"{house.url}/v1/rate-tables/{publications.TABLE}", trust_env=False).status_code == 200
            first = early.result()
            time.sleep(hold_seconds)
            assert set(seen.versions) == {old}
        recovered = until(lambda: publish().status_code == 200, NEVER_SECONDS)
        recovered += until(lambda: health(wang)["status"] == "ready", NEVER_SECONDS)
        until(lambda: seen.versions[-1] == new, NEVER_SECONDS)
        house.version = new
    assert seen.errors == []
    assert seen.versions == sorted(seen.versions), "an answer knew less than one before it"
    return Figures(len(seen.versions), len(seen.errors), seen.slowest_seconds, told, first, later, recovered)
