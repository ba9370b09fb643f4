"""Bodies of requests that change something, read as strictly as those of calculations."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from app import limits
from app.claim_input import json_reader as json_bodies
from app.claim_input import validation_errors as refusals
from app.claim_input.bounded_validation import BoundedValidator

Body = TypeVar("Body", bound=BaseModel)


def read(body: bytes, kind: type[Body], most: int = limits.MAX_DRAFT_TOKENS) -> Body:
    """What a body says. Errors: ProblemError 400, 413, 422."""
    json_bodies.check_json(body, most)
    try:
        made: Body = _validator(kind).read(body)
    except ValidationError as failure:
        raise refusals.problem_of(failure, body, ()) from None
    return made


@lru_cache(maxsize=32)
def _validator(kind: type[BaseModel]) -> BoundedValidator:
    return BoundedValidator(kind.__pydantic_core_schema__)
