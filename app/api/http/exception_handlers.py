"""What the framework refuses by itself, as problems; the envelope sends them."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy import exc
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from app.api.http.logs import log
from app.claim_input.validation_errors import parameter_errors
from app.errors import ProblemError, invalid

_CODES = {
    400: "MALFORMED_JSON",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    406: "NOT_ACCEPTABLE",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    503: "OVERLOADED",
}


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _CODES.get(error.status_code, "INTERNAL_ERROR")
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    zh, en = _nearest(request) if error.status_code == 404 else (None, None)
    raise ProblemError(code, zh, en, headers=headers) from None


def _nearest(request: Request) -> tuple[str, str]:
    """Which address may have been meant: the same one without slashes at its end, or one of the list."""
    root, path = request.app.state.root_path, request.scope["path"].rstrip("/")
    there = {**request.scope, "path": path}
    if path != request.scope["path"] and any(route.matches(there)[0] is not Match.NONE for route in request.app.routes):
        meant = quote(root + path[:200])
        return f"没有这个地址；末尾不带斜杠：{meant}", f"No such address; without the slash at its end there is {meant}"
    zh = f"没有这个地址；全部地址见 {root}/docs 与 {root}/openapi.json"
    return zh, f"No such address; all addresses are listed in {root}/docs and {root}/openapi.json"


def _allowed(request: Request) -> str:
    """Every method of an address: the framework names those of its first route alone, and knows no HEAD."""
    routes = request.app.routes
    tried = ((method, {**request.scope, "method": method}) for method in ("DELETE", "GET", "PATCH", "POST", "PUT"))
    found = [method for method, scope in tried if any(route.matches(scope)[0] is Match.FULL for route in routes)]
    return ", ".join(sorted([*found, "HEAD"] if "GET" in found else found))


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    raise invalid(parameter_errors(error.errors())) from None


async def _database(_: Request, error: Exception) -> Response:
    log.error("database unavailable", error=type(error).__name__)  # its message may hold what was to be written
    raise ProblemError("DATABASE_UNAVAILABLE") from None


def install(app: FastAPI) -> None:
    """Install the handlers."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    for kind in (exc.OperationalError, exc.InterfaceError, exc.ProgrammingError, exc.TimeoutError):  # away, or without its schema
        app.add_exception_handler(kind, _database)
