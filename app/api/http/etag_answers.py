"""Answers with a strong ETag, or 304 for a caller that has the same already."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response


def tagged(request: Request, body: bytes, named: str | None = None) -> Response:
    """Answer a body with a strong ETag, its name or else its digest, or 304 when the caller has it already."""
    return _unless_known(request, named or f"sha256:{sha256(body).hexdigest()}", lambda: body)


def _unless_known(request: Request, named: str, body: Callable[[], bytes]) -> Response:
    tag = f'"{named}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = request.headers.get("if-none-match")
    if known is not None and (known.strip() == "*" or tag in _tags(known)):
        return Response(status_code=304, headers=headers)
    return Response(body(), media_type="application/json", headers=headers)


def _tags(header: str) -> set[str]:
    # RFC 9110: If-None-Match compares weakly.
    return {part.strip().removeprefix("W/") for part in header.split(",")}


def answer(request: Request, view: BaseModel, named: str | None = None) -> Response:
    """Answer a view; its name, where it has one, changes whenever the view does."""
    return tagged(request, _written(view), named)


def made(request: Request, named: str, show: Callable[[], BaseModel]) -> Response:
    """Answer a view that is made only for a caller who does not have it; its name changes whenever the view would."""
    return _unless_known(request, named, lambda: _written(show()))


def _written(view: BaseModel) -> bytes:
    return view.model_dump_json(by_alias=True).encode()
