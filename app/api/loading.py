"""The catalogue that calculations read: loaded at the start, and again whenever something was published.

Rows are only ever added, so their counts tell whether anything is new; every process asks for them on its own, and
a version that one of them published is in force in all within two seconds. While the database is away, calculations
go on from the catalogue that is loaded.
"""

from __future__ import annotations

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Self

from fastapi import FastAPI
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel, select

from app.api.logs import log
from app.calculators.terms import TermsError
from app.tables.catalogue import Catalogue
from app.tables.database import engine_of, reading
from app.tables.models import PUBLISHED
from app.tables.repository import read_catalogue

ASK_SECONDS = 0.5
SLOW_SECONDS = 2.0  # an answer that takes longer counts as none: the database is stalled

Counts = tuple[int, ...]


class Database:
    """Whether the database answers, as the health check tells it."""

    def __init__(self) -> None:
        self.away_since: datetime | None = None

    def answered(self) -> None:
        """It does."""
        if self.away_since is not None:
            log.info("database is back", away_seconds=round((datetime.now(UTC) - self.away_since).total_seconds(), 1))
        self.away_since = None

    def failed(self, error: str) -> None:
        """It does not; said once, when it begins."""
        if self.away_since is None:
            self.away_since = datetime.now(UTC)
            log.error("database is away", error=error)


class CatalogueLoader:
    """Keeps ``app.state.catalogue`` as new as the database while the application runs."""

    def __init__(self, app: FastAPI, database_url: str) -> None:
        self.app = app
        self.engine = engine_of(database_url)
        self.database: Database = app.state.database
        self._counts: Counts | None = None
        self._thread = ThreadPoolExecutor(1, "catalogue")  # one: a stalled question is not asked again beside itself
        self._asking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Load; when that fails, serve without tables and go on trying."""
        try:
            found = self._read_if_new()
        except (SQLAlchemyError, TermsError) as error:
            self.database.failed(type(error).__name__)
        else:
            self._take(found)
            gc.collect()
            gc.freeze()  # the tables live as long as the process: no collection need look at them again
        self._asking = asyncio.create_task(self._keep_asking())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop asking."""
        assert self._asking is not None
        self._asking.cancel()
        with suppress(asyncio.CancelledError):
            await self._asking
        self._thread.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()

    async def _keep_asking(self) -> None:
        while True:
            await asyncio.sleep(ASK_SECONDS)
            asked = asyncio.get_running_loop().run_in_executor(self._thread, self._read_if_new)
            done, _ = await asyncio.wait({asked}, timeout=SLOW_SECONDS)
            if not done:
                self.database.failed("no answer")
            try:
                self._take(await asked)
            except (SQLAlchemyError, TermsError) as error:
                self.database.failed(type(error).__name__)

    def _take(self, found: Catalogue | None) -> None:
        """Every request that begins from now on reads this catalogue; those under way keep theirs."""
        self.database.answered()
        if found is None:
            return
        if found.tables:
            self.app.state.catalogue = found
            log.info("tables loaded", tables=len(found.tables), series=len(found.references), known_at=found.latest_known_at.isoformat())
        elif self.app.state.catalogue is None:
            log.error("tables unavailable", error="none loaded")

    def _read_if_new(self) -> Catalogue | None:
        with reading(self.engine) as session:
            counts = _counts(session)
            if counts == self._counts:
                return None
            found = read_catalogue(session)
        self._counts = counts
        return found


def _counts(session: Session) -> Counts:
    """How many rows each published table has, in one statement."""
    columns = [select(func.count()).select_from(SQLModel.metadata.tables[name]).scalar_subquery() for name in PUBLISHED]
    return tuple(session.execute(select(*columns)).one())
