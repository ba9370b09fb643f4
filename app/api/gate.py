"""Who may do what: each request shows its credential once, here, before anything else of it is read.

``Authorization: Bearer`` and a key or a token; nothing else is looked at, least of all the query. A key costs
one look-up and one hash. Without a credential only calculating and reading are open, only where the deployment
says so, and only to a caller on the machine itself.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Final

from starlette.requests import Request
from starlette.types import Scope as Connection

from app.access.actors import ANONYMOUS, OPEN_ON_LOOPBACK, Actor, Reason, Refusal, Scope, lacking, said_of
from app.access.guard import Guard, KeyringUnavailableError
from app.access.tokens import KeysUnavailableError
from app.api.problems import ProblemError

_BEARER: Final = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*) *")
# Whoever adds one of these stands between the service and a caller who may be anywhere.
_FORWARDED: Final = (b"forwarded", b"x-forwarded-for", b"x-real-ip")
_REALM: Final = 'Bearer realm="subsidy"'
_NONE: Final = ("须以 Authorization: Bearer 给出密钥或令牌", "Give a key or a token as Authorization: Bearer")


async def admitted(connection: Connection, needed: Scope, *others: Scope) -> Actor:
    """Who makes this request, if that person may do this; any of several scopes will do. Errors: ProblemError 401, 403, 503."""
    guard: Guard = connection["app"].state.guard
    actor: Actor | None = connection.get("actor")
    if actor is None:
        actor = connection["actor"] = await _recognised(connection, guard, needed)
    if not actor.may(needed, *others):
        guard.refusals.note(Refusal(Reason.MISSING_SCOPE, actor.key_id or "-"))
        raise ProblemError(
            "FORBIDDEN",
            *lacking(needed),
            headers={"WWW-Authenticate": f'{_REALM}, error="insufficient_scope", scope="{needed.value}"'},
        )
    return actor


def needs(needed: Scope, *others: Scope) -> Callable[[Request], Awaitable[Actor]]:
    """Make the dependency of an operation that needs a scope."""

    async def dependency(request: Request) -> Actor:
        return await admitted(request.scope, needed, *others)

    return dependency


def secured(*needed: Scope) -> dict[str, Any]:
    """Say in the OpenAPI document which scope an operation needs; any of several will do."""
    return {"security": [{"bearer": [one.value]} for one in needed]}


async def _recognised(connection: Connection, guard: Guard, needed: Scope) -> Actor:
    header = connection["envelope"].headers.get(b"authorization")
    if header is None:
        if needed in OPEN_ON_LOOPBACK and guard.mode == "loopback" and _is_here(connection):
            return ANONYMOUS
        found: Actor | Refusal = Refusal(Reason.NO_CREDENTIAL)
    else:
        found = await _found(connection, guard, header)
    if isinstance(found, Actor):
        return found
    guard.refusals.note(found)
    none = found.reason is Reason.NO_CREDENTIAL
    zh, en = _NONE if none else said_of(found)
    raise ProblemError("UNAUTHENTICATED", zh, en, headers={"WWW-Authenticate": _REALM if none else f'{_REALM}, error="invalid_token"'})


async def _found(connection: Connection, guard: Guard, header: bytes) -> Actor | Refusal:
    match = _BEARER.fullmatch(header)
    # Two headers: a gateway may have looked at one of them, and which one is anybody's guess.
    if match is None or sum(name == b"authorization" for name, _ in connection["headers"]) > 1:
        return Refusal(Reason.MALFORMED)
    try:
        return await guard.find(match[1].decode("ascii"), datetime.now(UTC))
    except KeyringUnavailableError:
        raise ProblemError("DATABASE_UNAVAILABLE") from None
    except KeysUnavailableError:
        raise ProblemError("SIGN_IN_UNAVAILABLE") from None


def _is_here(connection: Connection) -> bool:
    """Whether the caller is on this machine, and not behind a proxy that is."""
    client = connection.get("client")
    if client is None or any(name in connection["envelope"].headers for name in _FORWARDED):
        return False
    host = client[0]
    if host == "127.0.0.1":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
