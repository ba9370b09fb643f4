"""Query strings as strict as bodies: no parameter twice, and none where none is taken."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.types import Scope

from app.claim_input.validation_errors import UNKNOWN, pointer_of
from app.errors import MAX_ERRORS, FieldError, invalid
from app.limits import MAX_KEY_LENGTH
from app.services.summary import DETAILS, Detail


def check_once(scope: Scope) -> None:
    """Refuse a parameter that is given twice: which of its values was meant is anybody's guess."""
    if b"&" not in scope["query_string"] or not scope["path"].startswith("/v1/"):
        return
    names = _names(scope)
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        said = "DUPLICATE_PARAMETER", "同一个参数出现两次", "This parameter is given twice"
        raise invalid([FieldError(_pointer(name), *said) for name in twice[:MAX_ERRORS]])


def check_none(scope: Scope) -> None:
    """Refuse every parameter: one that was meant for the body must not change an amount silently."""
    if scope["query_string"]:
        raise invalid([FieldError(_pointer(name), *UNKNOWN) for name in list(dict.fromkeys(_names(scope)))[:MAX_ERRORS]])


def detail_of(scope: Scope) -> Detail:
    """What ``detail`` asks for, the one parameter of a calculation. Errors: ProblemError."""
    if not scope["query_string"]:
        return "FULL"
    given = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))  # none is given twice
    asked = given.pop("detail", "FULL")
    faults = [FieldError(_pointer(name), *UNKNOWN) for name in given]
    if asked not in DETAILS:
        faults.append(FieldError("/query/detail", "INVALID_VALUE", "应为 FULL 或 SUMMARY", "Should be FULL or SUMMARY"))
    if faults:
        raise invalid(faults[:MAX_ERRORS])
    return "FULL" if asked == "FULL" else "SUMMARY"


def _names(scope: Scope) -> list[str]:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return [name for name, _ in pairs]


def _pointer(name: str) -> str:
    """As for keys of bodies: a name of the caller's own making is not repeated at any length."""
    return pointer_of(["query", name] if len(name) <= MAX_KEY_LENGTH else ["query"])
