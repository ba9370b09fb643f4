"""The application factory: settings, lifespan, routers, problem handlers; nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.api import calculations, docs_pages, handlers, operations
from app.api.envelope import EnvelopeMiddleware
from app.tables.catalogue import Catalogue


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.catalogue = Catalogue()
    yield


def create_app() -> FastAPI:
    """Make the application."""
    app = FastAPI(lifespan=_lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.state.catalogue = None
    app.state.openapi = None
    app.state.case_lists_in_flight = 0
    app.router.routes.extend(calculations.routes())
    app.include_router(operations.router)
    app.include_router(docs_pages.router)
    handlers.install(app)
    app.add_middleware(EnvelopeMiddleware)
    return app
