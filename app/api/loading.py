"""What requests read from memory: the catalogue and the keys, read at the start and again whenever a row was added.

Rows are only ever added, so their counts tell whether anything is new; every process asks for them on its own, and
a version that one of them published is in force in all within two seconds. While the database is away, requests go on
with what was read last.
"""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal, Self

from fastapi import FastAPI
from sqlalchemy import func
from sqlmodel import Session, SQLModel, select

from app.access.keyring import Keyring
from app.api import limits
from app.api.logs import log
from app.tables.catalogue import Catalogue
from app.tables.database import WAIT_SECONDS, is_read_only, reading
from app.tables.models import PUBLISHED
from app.tables.repository import read_catalogue

ASK_SECONDS = 0.5

Counts = tuple[int, ...]


class Database:
    """Whether the database answers and takes changes, as the health check tells it."""

    def __init__(self) -> None:
        self.state: Literal["ready", "away", "read-only"] = "ready"
        self.since: datetime | None = None  # it is not ready

    def is_now(self, state: Literal["ready", "away", "read-only"], error: str | None = None) -> None:
        """Take note; what changes is logged, once."""
        if state == self.state:
            return
        now = datetime.now(UTC)
        self.since, since = (None, self.since) if state == "ready" else (self.since or now, None)
        self.state = state
        if since is not None:
            log.info("database is back", after_seconds=round((now - since).total_seconds(), 1))
        else:
            log.error(f"database is {state}", error=error)


class Loader:
    """Keeps ``app.state.catalogue`` and the guard's keys as new as the database while the application runs."""

    def __init__(self, app: FastAPI, answer_seconds: float = limits.ANSWER_SECONDS) -> None:
        self.app = app
        self.answer_seconds = answer_seconds
        self.database: Database = app.state.database
        self._counts: Counts | None = None
        self._thread = ThreadPoolExecutor(1, "loader")  # one: what was read first can never replace what was read later
        self._asking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Load; when that fails, serve without tables and go on trying."""
        first = asyncio.create_task(self._ask())
        await asyncio.wait({first}, timeout=max(WAIT_SECONDS, self.answer_seconds))
        gc.collect()
        gc.freeze()  # the tables live as long as the process: no collection need look at them again
        gc.set_threshold(20_000, 50)  # answers leave no cycles, and many at once are no reason to look for some
        self._asking = asyncio.create_task(self._keep_asking(first))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop asking."""
        assert self._asking is not None
        self._asking.cancel()
        with suppress(asyncio.CancelledError):
            await self._asking
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def renew(self) -> None:
        """Read now, for whoever has just changed something; what takes too long or fails, the next turn reads."""
        asked = asyncio.get_running_loop().run_in_executor(self._thread, self._read)
        asked.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait({asked}, timeout=self.answer_seconds)

    async def _keep_asking(self, first: asyncio.Task[None]) -> None:
        await first
        while True:
            await asyncio.sleep(ASK_SECONDS)
            await self._ask()

    async def _ask(self) -> None:
        asked = asyncio.get_running_loop().run_in_executor(self._thread, self._read)
        done, _ = await asyncio.wait({asked}, timeout=self.answer_seconds)
        if not done:
            self.database.is_now("away", "no answer")
        try:
            read_only = await asked
        except Exception as error:  # whatever it is: it is told, and the next turn asks again
            self.database.is_now("away", type(error).__name__)
        else:
            self.database.is_now("read-only" if read_only else "ready")

    def _read(self) -> bool:
        """Read what is new, all as of one moment; answer whether the database is read-only."""
        guard = self.app.state.guard
        with reading(self.app.state.changes.engine) as session:
            read_only = is_read_only(session)
            guard.keyring = Keyring.renewed(session, guard.keyring)
            counts = _counts(session)
            if counts != self._counts:
                self._take(read_catalogue(session))
                self._counts = counts
        return read_only

    def _take(self, found: Catalogue) -> None:
        """Every request that begins from now on reads this catalogue; those under way keep theirs."""
        state = self.app.state
        state.altered_since = (state.altered_since or datetime.now(UTC)) if found.altered else None
        for name in found.altered:
            log.error("stored content does not match its digest and is not used", row=name)
        if found.tables or found.altered:
            self.app.state.catalogue = found
            log.info("tables loaded", tables=len(found.tables), series=len(found.references), known_at=found.latest_known_at.isoformat())
        elif self.app.state.catalogue is None:
            log.error("tables unavailable", error="none loaded")


def _counts(session: Session) -> Counts:
    """How many rows each published table has, in one statement."""
    columns = [select(func.count()).select_from(SQLModel.metadata.tables[name]).scalar_subquery() for name in PUBLISHED]
    return tuple(session.execute(select(*columns)).one())
