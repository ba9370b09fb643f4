"""The application factory: settings, lifespan, routers, problem handlers; nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.access.allowed_hosts import listed
from app.access.authenticator import Guard
from app.access.oidc_tokens import TokenRules
from app.api.calculations import routes as calculations
from app.api.drafts import routes as drafts
from app.api.http import exception_handlers as handlers
from app.api.http.body_stream import Arriving
from app.api.http.middleware import EnvelopeMiddleware
from app.api.keys import routes as keys
from app.api.openapi import docs_pages
from app.api.openapi.document import Service
from app.api.operations import routes as operations
from app.api.runtime.audit_flusher import Keeper
from app.api.runtime.calculation_queue import Together
from app.api.runtime.catalogue_refresher import Database, Loader
from app.api.runtime.transactions import Changes
from app.api.tables import routes as tables
from app.settings import Settings
from app.settings import settings as from_environment


def create_app(settings: Settings | None = None) -> FastAPI:
    """Make the application; the environment says what ``settings`` does not."""
    chosen = settings or from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with app.state.loader, Keeper(app):
            yield
        app.state.changes.close()

    app = Service(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.catalogue = None
    app.state.altered_since = None
    app.state.max_body_bytes = chosen.max_body_bytes
    app.state.arriving = Arriving(chosen.max_body_bytes)
    app.state.case_lists_in_flight = 0
    app.state.large_in_flight = 0
    app.state.work_in_flight = 0
    app.state.together = Together()
    app.state.root_path = chosen.root_path or ""
    app.state.guard = _guard(chosen)
    app.state.database = Database()
    app.state.changes = Changes(chosen.database_url, app.state.database, chosen.change_seconds, chosen.lock_seconds)
    app.state.loader = Loader(app, chosen.answer_seconds)
    calculating = calculations.routes()
    app.router.routes.extend(calculating)
    for router in (tables.router, drafts.router, keys.router, operations.router, docs_pages.router):
        app.include_router(router)
    handlers.install(app)
    app.add_middleware(EnvelopeMiddleware, direct={route.path: route for route in calculating}, root=chosen.root_path or "")
    return app


def _guard(chosen: Settings) -> Guard:
    rules = None
    if chosen.oidc_issuer and chosen.oidc_audience and chosen.oidc_jwks:
        rules = TokenRules(
            issuer=chosen.oidc_issuer,
            audience=chosen.oidc_audience,
            jwks=chosen.oidc_jwks,
            scope_claim=chosen.oidc_scope_claim,
            skew_seconds=chosen.oidc_skew_seconds,
        )
    return Guard(chosen.authentication, rules, listed(chosen.allowed_hosts or ""))
