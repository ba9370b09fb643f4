"""The application factory: settings, lifespan, routers, problem handlers; nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.api import calculations, docs_pages, handlers, operations, tables
from app.api.envelope import EnvelopeMiddleware
from app.api.loading import CatalogueLoader, Database
from app.api.openapi import Service
from app.settings import Settings
from app.settings import settings as from_environment


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application; the environment says what ``settings`` does not."""
    chosen = settings or from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with CatalogueLoader(app, chosen.database_url):
            yield

    app = Service(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.catalogue = None
    app.state.database = Database()
    app.state.max_body_bytes = chosen.max_body_bytes
    app.state.case_lists_in_flight = 0
    calculating = calculations.routes()
    app.router.routes.extend(calculating)
    for router in (tables.router, operations.router, docs_pages.router):
        app.include_router(router)
    handlers.install(app)
    app.add_middleware(EnvelopeMiddleware, direct={route.path: route for route in calculating})
    return app
