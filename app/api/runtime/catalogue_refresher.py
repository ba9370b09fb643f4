"""What requests read from memory: the catalogue and the keys, read at the start and again whenever a row was added.

Rows are only ever added, so their counts tell whether anything is new; every process asks for them on its own, reads what
was added, and a version that one of them published is in force in all within two seconds. While the database is away,
requests go on with what was read last.

The database is timed by the short question alone, never by what this process makes of its rows: a slow machine is not a
database that is away, and a key that was revoked does not wait until tables are read.
"""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Literal, Self

from fastapi import FastAPI

from app import limits
from app.access.key_cache import Keyring
from app.api.http.logs import log
from app.calculators.stages import effective_rules as rules
from app.tables.catalogue.new_rows import counts_of
from app.tables.catalogue.repository import Stock
from app.tables.catalogue.snapshot import Catalogue
from app.tables.storage.database import WAIT_SECONDS, is_read_only, reading

ASK_SECONDS = 0.5

Counts = tuple[int, ...]
State = Literal["ready", "away", "read-only"]


class Database:
    """Whether the database answers and takes changes, as the health check tells it."""

    def __init__(self) -> None:
        self.state: State = "ready"
        self.since: datetime | None = None  # it is not ready

    def is_now(self, state: State, error: str | None = None) -> None:
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
        self._counts: Counts | None = None  # of the rows that the catalogue was made of
        self._stock = Stock()
        # One thread each: what was read first can never replace what was read later.
        self._question = ThreadPoolExecutor(1, "question")
        self._tables = ThreadPoolExecutor(1, "tables")
        self._reading: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Load; when that fails, serve without tables and go on trying."""
        gc.disable()  # what is read at the start stays: looking through it while it grows finds nothing
        first = asyncio.create_task(self._turn())
        await asyncio.wait({first}, timeout=max(WAIT_SECONDS, self.answer_seconds))
        if self._reading is not None:  # the database answers: it takes as long as it takes
            await asyncio.wait({self._reading})
        gc.collect()
        gc.freeze()  # the tables live as long as the process: no collection need look at them again
        gc.enable()
        gc.set_threshold(20_000, 50)  # answers leave no cycles, and many at once are no reason to look for some
        self._asking = asyncio.create_task(self._keep_asking(first))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop asking."""
        for task in (self._asking, self._reading):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        for thread in (self._question, self._tables):
            thread.shutdown(wait=False, cancel_futures=True)

    async def renew(self, *, tables: bool = True) -> None:
        """Read now, for whoever has just changed something; what takes too long or fails, the next turn reads.

        Without ``tables`` the keys alone are read anew, whatever else is being read.
        """
        thread, work = (self._tables, self._read) if tables else (self._question, self._ask)
        read = asyncio.get_running_loop().run_in_executor(thread, work)
        read.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait({read}, timeout=self.answer_seconds)

    async def _keep_asking(self, first: asyncio.Task[None]) -> None:
        await first
        while True:
            await asyncio.sleep(ASK_SECONDS)
            await self._turn()

    async def _turn(self) -> None:
        """Ask whether the database is there and what it holds; begin to read what is new."""
        asked = asyncio.get_running_loop().run_in_executor(self._question, self._ask)
        done, _ = await asyncio.wait({asked}, timeout=self.answer_seconds)
        if not done:
            self.database.is_now("away", "no answer")
        try:
            state, counts = await asked
        except Exception as error:  # whatever it is: it is told, and the next turn asks again
            self.database.is_now("away", type(error).__name__)
            return
        if counts == self._counts:
            self.database.is_now(state)
        elif self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_new(state))

    async def _read_new(self, state: State) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._tables, self._read)
        except Exception as error:  # the next turn reads again
            self.database.is_now("away", type(error).__name__)
        else:
            self.database.is_now(state)

    def _ask(self) -> tuple[State, Counts]:
        """Read the keys; answer whether the database takes changes, and how many rows there are."""
        guard = self.app.state.guard
        with reading(self.app.state.changes.engine) as session:
            state: State = "read-only" if is_read_only(session) else "ready"
            guard.keyring = Keyring.renewed(session, guard.keyring)
            return state, counts_of(session)

    def _read(self) -> None:
        """Read what is new, as of one moment; make the catalogue when the database has been let go."""
        with reading(self.app.state.changes.engine) as session:
            counts = counts_of(session)
            if counts == self._counts:
                return
            rows, anew = self._stock.unread(session)
        try:
            found = self._stock.catalogue_with(rows, anew)
        except Exception:
            self._stock = Stock()  # half of the rows are in it
            raise
        self._take(found)
        self._counts = counts

    def _take(self, found: Catalogue) -> None:
        """Every request that begins from now on reads this catalogue; those under way keep theirs."""
        state = self.app.state
        state.altered_since = (state.altered_since or datetime.now(UTC)) if found.altered else None
        for name in found.altered:
            log.error("stored content does not match its digest and is not used", row=name)
        if found.tables or found.altered:
            if state.catalogue is not None and state.catalogue.tables.keys() != found.tables.keys():
                rules.forget()  # every table knows all others, so all of them were made anew
            state.catalogue = found
            log.info("tables loaded", tables=len(found.tables), series=len(found.references), known_at=found.latest_known_at.isoformat())
        elif state.catalogue is None:
            log.error("tables unavailable", error="none loaded")
