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

from app.access.actors import ANONYMOUS, OPEN_ON_LOOPBACK, TITLES, Actor, Reason, Refusal, Scope
from app.access.guard import Guard, KeyringUnavailableError
from app.access.tokens import KeysUnavailableError
from app.api.problems import ProblemError

_BEARER: Final = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*) *")
# Whoever adds one of these stands between the service and a caller who may be anywhere.
_FORWARDED: Final = (b"forwarded", b"x-forwarded-for", b"x-real-ip")
_REALM: Final = 'Bearer realm="subsidy"'
_SAID: Final = {
    Reason.EXPIRED: ("凭证已过期", "The credential has expired"),
    Reason.REVOKED: ("密钥已吊销", "The key was revoked"),
    Reason.REPLACED: ("密钥已轮换，旧密文已失效", "The key has a new secret, the grace period of this one is over"),
    Reason.TOKENS_NOT_ACCEPTED: ("本服务未配置令牌，只接受密钥", "No tokens are configured here, only keys are accepted"),
}
_WRONG: Final = ("凭证无效", "The credential is not valid")
_NONE: Final = ("须以 Authorization: Bearer 给出密钥或令牌", "Give a key or a token as Authorization: Bearer")


async def admitted(connection: Connection, needed: Scope, *others: Scope) -> Actor:
    """Who makes this request, if that person may do this; any of several scopes will do. Errors: ProblemError 401, 403, 503."""
    guard: Guard = connection["app"].state.guard
    actor: Actor | None = connection.get("actor")
    if actor is None:
        actor = connection["actor"] = await _recognised(connection, guard, needed)
    if needed not in actor.scopes and actor.scopes.isdisjoint(others):
        guard.refusals.note(Refusal(Reason.MISSING_SCOPE, actor.key_id or "-"))
        title = TITLES[needed]
        raise ProblemError(
            "FORBIDDEN",
            f"需要权限 {needed.value}（{title}）",
            f"The scope {needed.value} is needed",
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
    zh, en = _NONE if none else _SAID.get(found.reason, _WRONG)
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
