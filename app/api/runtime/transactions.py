"""Changes of the database on behalf of requests: a few at a time, bounded in time, never on the event loop.

The calculation path does not come here. A database that is away, stalled or read-only is 503 for whoever wants to
change something, with Retry-After; nobody waits for ever and no queue grows. Only what the database takes is timed, not what
is made of its answer. Keys have threads of their own, and what takes long is done ``apart``, where nothing is locked: so a key
is revoked whatever becomes of drafts.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic
from typing import Any, Literal, TypeVar

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request

from app import limits
from app.api.http import request_body as bodies
from app.api.http.logs import log
from app.api.runtime.catalogue_refresher import Database, Loader
from app.calculators.verification.regions import GivenUp
from app.errors import ProblemError
from app.tables.storage.database import engine_of, is_refusal, reading, writing

AWAY_SECONDS = 1.0  # once it is known to be away
LOOK_SECONDS = 0.05

Done = TypeVar("Done")
Of = Literal["tables", "keys"]


class NobodyWaitsError(Exception):
    """The caller was told that it was not done, so it is not done."""


class Waiting:
    """How long a job has waited for the database in all; a job begins with waiting for a connection."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = monotonic()

    def begin(self) -> None:
        """The database is asked."""
        self._since = monotonic()

    def end(self) -> None:
        """It has answered."""
        if self._since is not None:
            self._before += monotonic() - self._since
            self._since = None

    @property
    def seconds(self) -> float:
        """Until now."""
        since = self._since
        return self._before + (0.0 if since is None else monotonic() - since)


class _Threads:
    """Threads for one purpose; a job more than ``most`` is turned away."""

    def __init__(self, name: str, threads: int, most: int) -> None:
        self.pool = ThreadPoolExecutor(threads, name)
        self._most = most
        self.under_way = 0

    def begin(self, job: Callable[[], Done]) -> asyncio.Future[Done]:
        """Errors: ProblemError 503 where there are as many."""
        if self.under_way >= self._most:
            raise ProblemError("OVERLOADED")
        self.under_way += 1
        running = asyncio.get_running_loop().run_in_executor(self.pool, job)
        running.add_done_callback(self._ended)  # a stalled one keeps its place until it really ends
        return running

    def _ended(self, running: asyncio.Future[Done]) -> None:
        self.under_way -= 1
        if not running.cancelled():
            running.exception()  # seen here, should nobody wait for it any more


class Changes:
    """The process's engine, and the threads for requests that read or change what is stored."""

    def __init__(
        self, database_url: str, database: Database, seconds: float = limits.CHANGE_SECONDS, lock_seconds: float | None = None
    ) -> None:
        self.database = database
        self.seconds = seconds
        self.engine = engine_of(database_url, lock_seconds)
        self._threads = {
            "tables": _Threads("changes", limits.MAX_CHANGES, limits.MAX_CHANGES),
            "keys": _Threads("keys", limits.MAX_KEY_CHANGES, limits.MAX_KEY_CHANGES),
        }
        self._apart = _Threads("apart", limits.MAX_PROOFS, limits.MAX_PROOFS_TAKEN)
        self._here = threading.local()  # the waiting of the job that a thread does
        event.listen(self.engine, "before_cursor_execute", self._asked)
        event.listen(self.engine, "after_cursor_execute", self._answered)
        event.listen(self.engine, "commit", self._asked)

    def close(self) -> None:
        """Let go of the connections."""
        for threads in (*self._threads.values(), self._apart):
            threads.pool.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()

    async def change(self, work: Callable[[Session], Done], of: Of = "tables") -> Done:
        """Do this in one transaction that is the only one that writes. Errors: ProblemError 409, 503; those of ``work``."""
        given_up, waiting = Event(), Waiting()

        def job() -> Done:
            self._here.waiting = waiting
            with writing(self.engine) as session:
                done = work(session)
                if given_up.is_set():
                    raise NobodyWaitsError
                return done

        return await self._run(self._threads[of], job, waiting, given_up)

    async def read(self, work: Callable[[Session], Done], of: Of = "tables") -> Done:
        """Read at one moment of the database. Errors: ProblemError 503; those of ``work``."""
        waiting = Waiting()

        def job() -> Done:
            self._here.waiting = waiting
            with reading(self.engine) as session:
                return work(session)

        return await self._run(self._threads[of], job, waiting, Event())

    async def apart(self, work: Callable[[Callable[[], bool]], Done], left: Coroutine[Any, Any, None]) -> Done:
        """Do in a thread what takes long and needs no database; ``work`` is told when the caller has ``left``.

        Errors: ProblemError 503; those of ``work``.
        """
        given_up, leaving = Event(), asyncio.ensure_future(left)

        def job() -> Done:
            if given_up.is_set():  # while it waited for its turn
                raise GivenUp
            return work(given_up.is_set)

        try:
            running = self._apart.begin(job)
            either: set[asyncio.Future[Any]] = {running, leaving}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                given_up.set()
            return await asyncio.shield(running)
        except GivenUp:
            raise ProblemError("OVERLOADED") from None  # nobody reads it
        finally:
            given_up.set()
            leaving.cancel()

    @property
    def under_way(self) -> int:
        """How many jobs have not ended yet, whether or not anybody waits for them."""
        return sum(threads.under_way for threads in self._threads.values())

    def _asked(self, *_: object) -> None:
        if (waiting := getattr(self._here, "waiting", None)) is not None:
            waiting.begin()

    def _answered(self, *_: object) -> None:
        if (waiting := getattr(self._here, "waiting", None)) is not None:
            waiting.end()

    async def _run(self, threads: _Threads, job: Callable[[], Done], waiting: Waiting, given_up: Event) -> Done:
        running = threads.begin(job)
        most = AWAY_SECONDS if self.database.state == "away" else self.seconds
        while not running.done():
            left = most - waiting.seconds
            if left <= 0:
                given_up.set()
                log.error("database unavailable", error="no answer")
                raise ProblemError("DATABASE_UNAVAILABLE")
            await asyncio.wait({running}, timeout=max(left, LOOK_SECONDS))
        try:
            return running.result()
        except SQLAlchemyError as error:
            raise ProblemError("CONFLICT") if is_refusal(error) else _unavailable(error) from None


def _unavailable(error: SQLAlchemyError) -> ProblemError:
    log.error("database unavailable", error=type(error).__name__)  # its message may hold what was to be written
    return ProblemError("DATABASE_UNAVAILABLE")


async def ask(request: Request, question: Callable[[Session], Done], of: Of = "tables") -> Done:
    """What the database answers. Errors: ProblemError 406, 503; those of ``question``."""
    return await _changes(request).read(question, of)


async def apart(request: Request, work: Callable[[Callable[[], bool]], Done]) -> Done:
    """Do what needs no database while nothing is locked; ``work`` asks now and then whether the caller has given up.

    Errors: ProblemError 406, 503; those of ``work``.
    """
    return await _changes(request).apart(work, _left(request))


async def change(request: Request, work: Callable[[Session], Done], of: Of = "tables") -> Done:
    """Change the database; this process goes by it when the answer is out. Errors: ProblemError 406, 409, 503; those of ``work``."""
    done = await _changes(request).change(work, of)
    loader: Loader = request.app.state.loader
    await loader.renew(tables=of == "tables")
    return done


async def _left(request: Request) -> None:
    """Return when the caller has gone. The body was read before; what is left to receive is its end, and that."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _changes(request: Request) -> Changes:
    accept = request.headers.get("accept")
    bodies.check_accept(accept.encode("latin-1") if accept is not None else None)
    changes: Changes = request.app.state.changes
    return changes
