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

from app.access.allowed_hosts import is_loopback, name_in
from app.access.authenticator import Guard, KeyringUnavailableError
from app.access.oidc_tokens import KeysUnavailableError
from app.access.scopes import ANONYMOUS, OPEN_ON_LOOPBACK, Actor, Reason, Refusal, Scope, lacking, said_of
from app.errors import ProblemError

_BEARER: Final = re.compile(rb"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*) *")
# Whoever adds one of these stands between the service and a caller who may be anywhere.
_FORWARDED: Final = frozenset(
    b"forwarded forwarded-for via client-ip proxy-client-ip wl-proxy-client-ip true-client-ip cf-connecting-ip fastly-client-ip cdn-loop"
    b" x-real-ip x-client-ip x-cluster-client-ip x-envoy-external-address x-azure-clientip x-appengine-user-ip x-proxyuser-ip".split()
)
_FORWARDED_BEGIN: Final = (b"x-forwarded", b"x-original-")
_REALM: Final = 'Bearer realm="subsidy"'
_WRONG_HOST: Final = (
    "Host 不是本服务所应答的名称；网关后的名称须列入 SUBSIDY_ALLOWED_HOSTS",
    "The Host is none that this service answers to; names behind a gateway are listed in SUBSIDY_ALLOWED_HOSTS",
)
_BY_PROXY: Final = (
    "请求由代理转发（带有 {}），不视为来自本机；须以 Authorization: Bearer 给出密钥或令牌",
    "A proxy forwarded the request (it bears {}), so it is not taken as coming from this machine: give a key or a token as"
    " Authorization: Bearer",
)
_BY_NAME: Final = (
    "请求不是以 localhost 或环回地址（Host）发来的，不视为来自本机；须以 Authorization: Bearer 给出密钥或令牌",
    "The request is not addressed to localhost or a loopback address (Host), so it is not taken as coming from this machine: give"
    " a key or a token as Authorization: Bearer",
)
_NONE: Final = ("须以 Authorization: Bearer 给出密钥或令牌", "Give a key or a token as Authorization: Bearer")


def check_host(connection: Connection) -> None:
    """Refuse a request that is addressed to another name, as by a page whose own name leads here. Errors: ProblemError 421."""
    guard: Guard = connection["app"].state.guard
    if guard.hosts or guard.mode == "loopback":
        hosts = [value for name, value in connection["headers"] if name == b"host"]
        if len(hosts) != 1 or not guard.answers_to(name_in(hosts[0])):
            raise ProblemError("HOST_NOT_ALLOWED", *_WRONG_HOST)


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
        if needed in OPEN_ON_LOOPBACK and guard.trusts_loopback and _is_here(connection):
            return ANONYMOUS
        found: Actor | Refusal = Refusal(Reason.NO_CREDENTIAL)
    else:
        found = await _found(connection, guard, header)
    if isinstance(found, Actor):
        return found
    guard.refusals.note(found)
    none = found.reason is Reason.NO_CREDENTIAL
    zh, en = _why_none(connection, guard, needed) if none else said_of(found)
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
    """Whether the caller is on this machine and addresses it as such, and no proxy says that it forwarded the request."""
    headers = connection["envelope"].headers
    return _from_here(connection) and is_loopback(name_in(headers.get(b"host", b""))) and not _forwarding(headers)


def _forwarding(headers: dict[bytes, bytes]) -> str | None:
    """The header by which a proxy says that it forwarded the request; None where there is none."""
    for name in headers:
        if name in _FORWARDED:
            return name.decode("ascii").title()
        for begin in _FORWARDED_BEGIN:
            if name.startswith(begin):  # not the whole name: that is the caller's
                return begin.decode("ascii").title() + "…"
    return None


def _from_here(connection: Connection) -> bool:
    client = connection.get("client")
    if client is None:
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


def _why_none(connection: Connection, guard: Guard, needed: Scope) -> tuple[str, str]:
    """Why a request without a credential is refused: who asks through a gateway of this machine would not know it otherwise."""
    if needed in OPEN_ON_LOOPBACK and guard.trusts_loopback and _from_here(connection):
        header = _forwarding(connection["envelope"].headers)
        return _BY_NAME if header is None else (_BY_PROXY[0].format(header), _BY_PROXY[1].format(header))
    return _NONE
