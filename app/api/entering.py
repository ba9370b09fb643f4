"""Bodies of requests that change something, as strict as those of calculations."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from app.api import bodies, refusals

Body = TypeVar("Body", bound=BaseModel)


async def entered(request: Request, kind: type[Body], limit: int) -> Body:
    """The body of a request. Errors: ProblemError 400, 413, 415, 422, 503."""
    bodies.check_headers(request.scope["envelope"].headers, limit)
    body = await bodies.read_body(request.receive, limit, request.app.state.arriving)
    bodies.check_json(body)
    try:
        return kind.model_validate_json(body)
    except ValidationError as failure:
        raise refusals.problem_of(failure, body, ()) from None
