"""Bodies of requests that change something, as strict as those of calculations."""

from __future__ import annotations

from starlette.requests import Request

from app import limits
from app.api.http import request_body as bodies
from app.claim_input.strict_models import Body, read
from app.services.worker_threads import reading


async def entered(request: Request, kind: type[Body], limit: int, most: int = limits.MAX_DRAFT_TOKENS) -> Body:
    """The body of a request; a large one is read in a thread. Errors: ProblemError 400, 413, 415, 422, 503."""
    body = await bodies.received(request.scope["envelope"].headers, request.receive, limit, request.app.state.arriving)
    if len(body) > limits.LARGE_BODY_BYTES:
        return await reading(read, body, kind, most)
    return read(body, kind, most)
