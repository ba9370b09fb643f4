"""Changes of the database on behalf of requests: a few at a time, bounded in time, never on the event loop.

The calculation path does not come here. A database that is away, stalled or read-only is 503 for whoever wants to
change something, with Retry-After; nobody waits for ever and no queue grows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request

from app.api import bodies, limits
from app.api.loading import Database, Loader
from app.api.logs import log
from app.api.problems import ProblemError
from app.tables.database import engine_of, is_refusal, reading, writing

AT_ONCE = 4
AWAY_SECONDS = 1.0  # once it is known to be away

Done = TypeVar("Done")


class NobodyWaitsError(Exception):
    """The caller was told that it was not done, so it is not done."""


class Changes:
    """The process's engine, and the threads for requests that read or change what is stored."""

    def __init__(
        self, database_url: str, database: Database, seconds: float = limits.CHANGE_SECONDS, lock_seconds: float | None = None
    ) -> None:
        self.database = database
        self.seconds = seconds
        self.engine = engine_of(database_url, lock_seconds)
        self.threads = ThreadPoolExecutor(AT_ONCE, "changes")
        self.under_way = 0

    def close(self) -> None:
        """Let go of the connections."""
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()

    async def change(self, work: Callable[[Session], Done]) -> Done:
        """Do this in one transaction that is the only one that writes. Errors: ProblemError 409, 503; those of ``work``."""
        given_up = Event()

        def job() -> Done:
            with writing(self.engine) as session:
                done = work(session)
                if given_up.is_set():
                    raise NobodyWaitsError
                return done

        return await self._run(job, given_up)

    async def read(self, work: Callable[[Session], Done]) -> Done:
        """Read at one moment of the database. Errors: ProblemError 503; those of ``work``."""

        def job() -> Done:
            with reading(self.engine) as session:
                return work(session)

        return await self._run(job, Event())

    async def apart(self, work: Callable[[], Done]) -> Done:
        """Do in a thread what takes long and needs no database, within the same bounds. Errors: ProblemError 503; those of ``work``."""
        return await self._run(work, Event())

    async def _run(self, job: Callable[[], Done], given_up: Event) -> Done:
        if self.under_way >= AT_ONCE:
            raise ProblemError("OVERLOADED")
        self.under_way += 1
        running = asyncio.get_running_loop().run_in_executor(self.threads, job)
        running.add_done_callback(self._ended)  # a stalled one keeps its place until it really ends
        done, _ = await asyncio.wait({running}, timeout=AWAY_SECONDS if self.database.state == "away" else self.seconds)
        if not done:
            given_up.set()
            log.error("database unavailable", error="no answer")
            raise ProblemError("DATABASE_UNAVAILABLE")
        try:
            return running.result()
        except SQLAlchemyError as error:
            raise ProblemError("CONFLICT") if is_refusal(error) else _unavailable(error) from None

    def _ended(self, running: asyncio.Future[Done]) -> None:
        self.under_way -= 1
        if not running.cancelled():
            running.exception()  # seen here, should nobody wait for it any more


def _unavailable(error: SQLAlchemyError) -> ProblemError:
    log.error("database unavailable", error=type(error).__name__)  # its message may hold what was to be written
    return ProblemError("DATABASE_UNAVAILABLE")


async def ask(request: Request, question: Callable[[Session], Done]) -> Done:
    """What the database answers. Errors: ProblemError 406, 503; those of ``question``."""
    return await _changes(request).read(question)


async def apart(request: Request, work: Callable[[], Done]) -> Done:
    """Do what needs no database before it is asked. Errors: ProblemError 406, 503; those of ``work``."""
    return await _changes(request).apart(work)


async def change(request: Request, work: Callable[[Session], Done]) -> Done:
    """Change the database; this process goes by it when the answer is out. Errors: ProblemError 406, 409, 503; those of ``work``."""
    done = await _changes(request).change(work)
    loader: Loader = request.app.state.loader
    await loader.renew()
    return done


def _changes(request: Request) -> Changes:
    accept = request.headers.get("accept")
    bodies.check_accept(accept.encode("latin-1") if accept is not None else None)
    changes: Changes = request.app.state.changes
    return changes
