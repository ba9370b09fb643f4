"""What is written beside requests, every second: refused sign-ins into the audit log, and when keys were last used.

The database may be away: what could not be written waits. No request ever waits for this.
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

from app.access.authenticator import Guard
from app.access.key_cache import write_uses
from app.access.refusal_counter import Refused
from app.access.refusal_counter import write as write_refusals
from app.api.http.logs import log
from app.tables.storage.database import WAIT_SECONDS, writing

EVERY_SECONDS = 1.0


class Keeper:
    """Writes down what the guard has seen while the application runs."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.guard: Guard = app.state.guard
        self._waiting: list[Refused] = []
        self._failing = False
        self._stop = asyncio.Event()
        self._turns: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin."""
        self._turns = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what is left; a stalled database is not waited for."""
        assert self._turns is not None
        self._stop.set()  # a turn is never cut short: what it was writing would be written twice
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS):
                await self._turns

    async def turn(self, *, last: bool = False) -> None:
        """Write once. What could not be written waits for the next turn."""
        self._waiting = self._waiting or self.guard.refusals.drain(inf if last else time.monotonic())
        uses = self.guard.uses.due()
        try:
            if self._waiting or uses:
                await asyncio.to_thread(_write, self.app.state.changes.engine, self._waiting, uses)
                self._waiting = []
                self.guard.uses.written(uses)
            self._failing = False
        except Exception as error:  # whatever it is: the next turn tries again
            if not self._failing:
                log.error("refusals and last uses wait for the database", error=type(error).__name__)
            self._failing = True

    async def _go_on(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), EVERY_SECONDS)
            await self.turn()
        await self.turn(last=True)


def _write(engine: Engine, refused: Sequence[Refused], uses: Mapping[str, datetime]) -> None:
    with writing(engine) as session:
        write_refusals(session, refused)
        write_uses(session, uses)
