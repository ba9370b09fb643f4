"""Loading the catalogue once at the start; until it is there, calculations answer 503."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from typing import Self

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from app.api.logs import log
from app.tables.catalogue import Catalogue
from app.tables.database import engine_of
from app.tables.repository import read_catalogue

RETRY_SECONDS = 2.0


class CatalogueLoader:
    """Holds ``app.state.catalogue`` while the application runs; tries again while the database is away."""

    def __init__(self, app: FastAPI, database_url: str) -> None:
        self.app = app
        self.database_url = database_url
        self._retry: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Load; when that fails, serve without tables and go on trying."""
        if not self._load():
            self._retry = asyncio.create_task(self._keep_trying())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop trying."""
        if self._retry is not None:
            self._retry.cancel()
            with suppress(asyncio.CancelledError):
                await self._retry

    def _load(self) -> bool:
        try:
            catalogue = self._read()
        except SQLAlchemyError as error:
            log.error("tables unavailable", error=type(error).__name__)
            return False
        if not catalogue.tables:
            log.error("tables unavailable", error="none loaded")
            return False
        self.app.state.catalogue = catalogue
        gc.collect()
        gc.freeze()  # the tables live as long as the process: no collection need look at them again
        log.info("tables loaded", tables=len(catalogue.tables), series=len(catalogue.references))
        return True

    def _read(self) -> Catalogue:
        engine = engine_of(self.database_url)
        try:
            with Session(engine) as session:
                return read_catalogue(session)
        finally:
            engine.dispose()

    async def _keep_trying(self) -> None:
        loaded = False
        while not loaded:
            await asyncio.sleep(RETRY_SECONDS)
            loaded = await asyncio.to_thread(self._load)
