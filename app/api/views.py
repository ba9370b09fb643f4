"""Answers of the tables: JSON of typed models with a strong ETag."""

from __future__ import annotations

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response


def tagged(request: Request, body: bytes, digest: str | None = None) -> Response:
    """Answer a body with its strong ETag, or 304 when the caller has it already."""
    tag = f'"{digest or "sha256:" + sha256(body).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    known = request.headers.get("if-none-match")
    if known is not None and (known.strip() == "*" or tag in _tags(known)):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _tags(header: str) -> set[str]:
    # RFC 9110: If-None-Match compares weakly.
    return {part.strip().removeprefix("W/") for part in header.split(",")}
