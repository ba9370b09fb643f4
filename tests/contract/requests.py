"""Small right requests, from which the tests make wrong ones."""

from __future__ import annotations

import copy
from typing import Any

from app.api.calculations.examples import SINGLE

INSURANCE = "/v1/insurance-subsidies/calculate"
LOAN = "/v1/loan-interest-subsidies/calculate"
AWARD = "/v1/awards/calculate"
GRANT = "/v1/grants/calculate"
Body = dict[str, Any]


def insurance(**changes: Any) -> Body:
    """A right insurance claim, changed."""
    return copy.deepcopy(SINGLE["insurance-subsidies"]["ordinary"]["value"]) | changes


def loan(**changes: Any) -> Body:
    """A right loan claim, changed."""
    return copy.deepcopy(SINGLE["loan-interest-subsidies"]["ordinary"]["value"]) | changes


def at(body: Body, pointer: str, value: Any) -> Body:
    """The body with one value put at a JSON pointer."""
    changed = copy.deepcopy(body)
    *path, last = pointer.strip("/").split("/")
    target: Any = changed
    for part in path:
        target = target[int(part)] if isinstance(target, list) else target.setdefault(part, {})
    target[int(last) if isinstance(target, list) else last] = value
    return changed


def errors(response: Any) -> set[tuple[str, str]]:
    """Pointer and code of each error of a problem."""
    return {(error["pointer"], error["code"]) for error in response.json()["errors"]}
