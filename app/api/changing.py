"""Changes of the database on behalf of requests: a few at a time, bounded in time, never on the event loop.

The calculation path does not come here. A database that is away, stalled or read-only is 503 for whoever wants to
change something, with Retry-After; nobody waits for ever and no queue grows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlmodel import Session

from app.api.problems import ProblemError
from app.tables.database import engine_of, reading, writing

AT_ONCE = 4
SECONDS = 8.0
RAISED = "P0001"  # what a trigger of PostgreSQL says with RAISE

Done = TypeVar("Done")


class Changes:
    """The engine and the threads for requests that read or change what is stored."""

    def __init__(self, database_url: str) -> None:
        self.engine = engine_of(database_url)
        self.threads = ThreadPoolExecutor(AT_ONCE, "changes")
        self.under_way = 0

    def close(self) -> None:
        """Let go of the connections."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()

    async def change(self, work: Callable[[Session], Done]) -> Done:
        """Do this in one transaction that is the only one that writes. Errors: ProblemError 409, 503; those of ``work``."""
        return await self._run(lambda: _within(writing, self.engine, work))

    async def read(self, work: Callable[[Session], Done]) -> Done:
        """Read at one moment of the database. Errors: ProblemError 503; those of ``work``."""
        return await self._run(lambda: _within(reading, self.engine, work))

    async def _run(self, job: Callable[[], Done]) -> Done:
        if self.under_way >= AT_ONCE:
            raise ProblemError("OVERLOADED")
        self.under_way += 1
        running = asyncio.get_running_loop().run_in_executor(self.threads, job)
        running.add_done_callback(self._ended)  # a stalled one keeps its place until it really ends
        done, _ = await asyncio.wait({running}, timeout=SECONDS)
        if not done:
            raise ProblemError("DATABASE_UNAVAILABLE")
        try:
            return running.result()
        except DBAPIError as error:
            if isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) == RAISED:
                raise ProblemError("CONFLICT") from None
            raise ProblemError("DATABASE_UNAVAILABLE") from None
        except SQLAlchemyError:
            raise ProblemError("DATABASE_UNAVAILABLE") from None

    def _ended(self, running: asyncio.Future[Done]) -> None:
        self.under_way -= 1
        if not running.cancelled():
            running.exception()  # seen here, should nobody wait for it any more


def _within(session_of: Callable[[Engine], object], engine: Engine, work: Callable[[Session], Done]) -> Done:
    with session_of(engine) as session:  # type: ignore[attr-defined]
        done: Done = work(session)
        return done
