"""Bodies of requests that change something, as strict as those of calculations."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from app.api import bodies, limits, refusals
from app.api.heavy import reading
from app.api.validating import BoundedValidator

Body = TypeVar("Body", bound=BaseModel)


async def entered(request: Request, kind: type[Body], limit: int, most: int = limits.MAX_DRAFT_TOKENS) -> Body:
    """The body of a request; a large one is read in a thread. Errors: ProblemError 400, 413, 415, 422, 503."""
    body = await bodies.received(request.scope["envelope"].headers, request.receive, limit, request.app.state.arriving)
    if len(body) > limits.LARGE_BODY_BYTES:
        return await reading(read, body, kind, most)
    return read(body, kind, most)


def read(body: bytes, kind: type[Body], most: int = limits.MAX_DRAFT_TOKENS) -> Body:
    """What a body says. Errors: ProblemError 400, 413, 422."""
    bodies.check_json(body, most)
    try:
        made: Body = _validator(kind).read(body)
    except ValidationError as failure:
        raise refusals.problem_of(failure, body, ()) from None
    return made


@lru_cache(maxsize=32)
def _validator(kind: type[BaseModel]) -> BoundedValidator:
    return BoundedValidator(kind.__pydantic_core_schema__)
