"""What goes on beside requests, every second: keys are read again, refusals and last uses are written down.

The database may be away: the keys stay as they were read, refusals wait. No request ever waits for this.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from math import inf
from typing import Self

from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session

from app.access.guard import Guard
from app.access.keyring import Keyring, counted, write_uses
from app.access.refusals import Refused
from app.api.logs import log
from app.tables import audit
from app.tables.database import engine_of, writing

EVERY_SECONDS = 1.0
NOBODY = "-"
"""The actor of a refused sign-in: nobody was recognised."""


class Keeper:
    """Keeps the guard up to date while the application runs, and holds the engine for whoever changes keys."""

    def __init__(self, app: FastAPI, guard: Guard, database_url: str) -> None:
        self.app = app
        self.guard = guard
        self.engine = engine_of(database_url)
        self._reading = asyncio.Lock()  # else a slower reading could put older keys over newer ones
        self._waiting: list[Refused] = []
        self._failing = False
        self._stop = asyncio.Event()
        self._turns: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Read the keys; where the database is away, begin without them."""
        await self.turn()
        self.app.state.keeper = self
        self._turns = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what is left."""
        self.app.state.keeper = None
        self._stop.set()  # a turn is never cut short: what it was writing would be written twice
        if self._turns is not None:
            await self._turns
        await self.turn(last=True)
        self.engine.dispose()

    async def turn(self, *, last: bool = False) -> None:
        """Write and read once. What could not be written waits for the next turn."""
        self._waiting = self._waiting or self.guard.refusals.drain(inf if last else time.monotonic())
        uses = self.guard.uses.due()
        try:
            if self._waiting or uses:
                await asyncio.to_thread(_write, self.engine, self._waiting, uses)
                self._waiting = []
                self.guard.uses.written(uses)
            await self.renew()
            self._failing = False
        except Exception as error:  # whatever it is: the next turn tries again
            if not self._failing:
                log.error("keys and refusals wait for the database", error=type(error).__name__)
            self._failing = True

    async def renew(self) -> None:
        """Read the keys again. Errors: SQLAlchemyError."""
        async with self._reading:
            self.guard.keyring = await asyncio.to_thread(_read_again, self.engine, self.guard.keyring)

    async def _go_on(self) -> None:
        while not self._stop.is_set():
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), EVERY_SECONDS)
            await self.turn()


def _read_again(engine: Engine, keyring: Keyring | None) -> Keyring:
    """The keys as they are now; counting rows tells that nothing was added."""
    with Session(engine) as session:
        if keyring is not None and counted(session) == keyring.counts:
            return keyring
        return Keyring.read(session)


def _write(engine: Engine, refused: Sequence[Refused], uses: Mapping[str, datetime]) -> None:
    with writing(engine) as session:
        for one in refused:
            audit.append(session, NOBODY, "sign-in.refused", one.object, {"reason": one.reason.value, "times": one.times})
        write_uses(session, uses)
