"""What the framework alone costs: the same request as Pydantic models, echoed through its response model.

The models are made from ``app.calculators.claims.model``, the service's own definition of the request, so that
both sides read the same fields under the same patterns and limits.
"""

from __future__ import annotations

import types
import typing
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any

import pydantic
from fastapi import FastAPI

from app.calculators.claims import model as facts

OTHER_LISTS = {"policies", "items", "projects"}


@cache
def model_of(kind: type) -> type[pydantic.BaseModel]:
    """Return the Pydantic model that says what a dataclass of the request says."""
    hints = typing.get_type_hints(kind)
    wanted = [one for one in fields(kind) if not (kind is facts.Claim and one.name in OTHER_LISTS)]
    made: dict[str, Any] = {one.name: (_with_models(hints[one.name]), _field(one)) for one in wanted}
    return pydantic.create_model(kind.__name__, __config__=pydantic.ConfigDict(extra="forbid"), **made)


def _field(one: Field[Any]) -> Any:
    about = dict(one.metadata)
    if one.default is not MISSING:
        about["default"] = one.default
    elif one.default_factory is not MISSING:
        about["default_factory"] = one.default_factory
    return pydantic.Field(**about)


def _with_models(hint: Any) -> Any:
    if is_dataclass(hint):
        return model_of(hint)  # type: ignore[arg-type]
    parts = tuple(_with_models(part) for part in typing.get_args(hint))
    origin = typing.get_origin(hint)
    if origin is types.UnionType:
        return typing.Union[parts]  # noqa: UP007 - built from parts that are known only here
    if origin is tuple:
        return tuple[parts]
    return hint


Claim = model_of(facts.Claim)
app = FastAPI()


@app.post("/echo", response_model=Claim)
async def echo(claim: Claim) -> Any:  # type: ignore[valid-type]
    """Return what came."""
    return claim
