"""What surrounds every request: its id, its language, how its answer is coded, its log line, its metrics, its last resort.

A plain ASGI middleware: Starlette's ``BaseHTTPMiddleware`` costs a task and a stream per request.
The log line holds no body, no name, no code and no query string.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from time import perf_counter
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import errors, limits
from app.api.http import authorization as gate
from app.api.http import problems
from app.api.http import query_string as queries
from app.api.http.compression import compressed, plain_tags, vary
from app.api.http.logs import log, log_request
from app.api.http.metrics import observe

_SAFE_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT: Final = re.compile(
    rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})"
)
_PLAIN: Final = (b"zh-CN", b"zh")
_POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_SECURITY: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Envelope:
    """One request's surroundings, under ``scope["envelope"]``."""

    __slots__ = ("headers", "language", "request_id", "root", "span", "trace_id", "traceparent")

    def __init__(self, headers: dict[bytes, bytes], root: str = "") -> None:
        self.headers = headers
        self.root = root  # before every address of this service, as callers see it
        given = headers.get(b"x-request-id")
        if given is not None and _SAFE_ID.fullmatch(given):
            self.request_id = given.decode("ascii")
        else:
            self.request_id = secrets.token_hex(16)
        accept_language = headers.get(b"accept-language")
        self.language: errors.Language = "zh"
        if accept_language is not None and accept_language not in _PLAIN:
            self.language = problems.preferred_language(accept_language.decode("latin-1"))
        self.trace_id: str | None = None
        self.traceparent: bytes | None = None
        parent = headers.get(b"traceparent")
        match = _TRACEPARENT.fullmatch(parent) if parent is not None else None
        if match is not None:
            self.trace_id = match[1].decode("ascii")
            span = secrets.token_hex(8).encode("ascii")
            self.traceparent = b"00-" + match[1] + b"-" + span + b"-" + match[2]


class EnvelopeMiddleware:
    """Adds the envelope to the scope and to the answer, and turns what nobody caught into a problem."""

    def __init__(self, app: ASGIApp, direct: Mapping[str, APIRoute] = MappingProxyType({}), root: str = "") -> None:
        self.app = app
        self.root = root
        # Routes that are POSTed to at exactly these paths go past FastAPI's own layers, which cost
        # more than reading the request does.
        self.direct = direct
        self.in_flight = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        method = scope["method"]
        headers = dict(scope["headers"])
        scope = plain_tags(_routed(scope, self.root), headers)
        envelope = scope["envelope"] = Envelope(headers, self.root)
        status = 0

        async def send_wrapped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _surrounded(message["headers"], scope["path"], envelope)
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        sending = compressed(envelope.headers, send_wrapped)
        self.in_flight += 1
        try:
            if self.in_flight > limits.MAX_IN_FLIGHT and not scope["path"].startswith("/health/"):
                raise errors.ProblemError("OVERLOADED")
            _check_size(scope)
            if not scope["path"].startswith("/health/"):  # a probe asks by whatever address it knows, and learns nothing
                gate.check_host(scope)
            queries.check_once(scope)
            route = self.direct.get(scope["path"]) if scope["method"] == "POST" else None
            if route is None:
                await self.app(scope, receive, sending)
            else:
                scope["route"] = route
                await route.app(scope, receive, sending)
        except ClientDisconnect:
            status = 499  # what proxies log for a caller that went away
        except Exception as error:
            problem = error if isinstance(error, errors.ProblemError) else unexpected(error, envelope)
            if status:  # half an answer is out: break the connection rather than send a wrong one
                raise
            await send_problem(problem, scope, sending)
            del problem  # it knows this frame, and together they would be a cycle
        finally:
            self.in_flight -= 1
            _record(scope, method, envelope, status, perf_counter() - started)


def _surrounded(headers: Iterable[tuple[bytes, bytes]], path: str, envelope: Envelope) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with those that every answer has."""
    made = [*headers, (b"x-request-id", envelope.request_id.encode("ascii")), *_SECURITY]
    vary(made)
    if not path.startswith("/docs") or not any(name == _POLICY[0] for name, _ in made):
        made.append(_POLICY)
    if envelope.traceparent is not None:
        made.append((b"traceparent", envelope.traceparent))
    return made


def _routed(scope: Scope, root: str) -> Scope:
    """The scope by which the route is found: HEAD is answered as GET is, and a gateway may take its prefix away, or leave it."""
    if scope["method"] == "HEAD":
        scope = {**scope, "method": "GET"}
    if root and scope["path"].startswith(f"{root}/"):
        scope = {**scope, "path": scope["path"].removeprefix(root)}
    return scope


def _check_size(scope: Scope) -> None:
    if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > limits.MAX_URI_BYTES:
        most = limits.MAX_URI_BYTES
        raise errors.ProblemError("URI_TOO_LONG", f"请求地址不得超过 {most} 字节", f"The address must not exceed {most} bytes")
    headers = scope["headers"]
    if len(headers) > limits.MAX_HEADERS or sum([len(name) + len(value) for name, value in headers]) > limits.MAX_HEADER_BYTES:
        most, count = limits.MAX_HEADER_BYTES, limits.MAX_HEADERS
        raise errors.ProblemError(
            "HEADERS_TOO_LARGE",
            f"请求头至多 {count} 个，合计不得超过 {most} 字节",
            f"There may be at most {count} headers of {most} bytes in all",
        )


def unexpected(error: Exception, envelope: Envelope) -> errors.ProblemError:
    """Log what nobody expected, and return the problem to answer.

    The log has the type and the place only: a message may hold what the caller sent.
    """
    log.error("unexpected", request_id=envelope.request_id, **_where(error))
    return errors.ProblemError("INTERNAL_ERROR")


def _where(error: Exception) -> dict[str, Any]:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
    module = trace.tb_frame.f_globals.get("__name__", "") if trace else ""
    return {"error": type(error).__name__, "place": f"{module}.{place}"}


def _record(scope: Scope, asked: str, envelope: Envelope, status: int, seconds: float) -> None:
    route = scope.get("route")
    path = getattr(route, "path", "unmatched")
    method = asked if path != "unmatched" or asked in _METHODS else "OTHER"
    observe(method, path, status, seconds)
    trace = {} if envelope.trace_id is None else {"trace_id": envelope.trace_id}
    log_request(
        {"request_id": envelope.request_id, **trace, "method": method, "path": path, "status": status, "ms": round(seconds * 1000, 3)}
    )


_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def public(scope: Scope) -> str:
    """The address of a request as its caller knows it, prefix included; at most 200 signs of its own."""
    envelope: Envelope = scope["envelope"]
    return quote(envelope.root + scope["path"][:200])


async def send_problem(problem: errors.ProblemError, scope: Scope, send: Send) -> None:
    """Send a problem document."""
    envelope: Envelope = scope["envelope"]
    body = problems.encoded(
        problem,
        language=envelope.language,
        instance=public(scope),
        request_id=envelope.request_id,
    )
    headers = [
        (b"content-type", problems.PROBLEM_TYPE.encode("ascii")),
        (b"content-length", str(len(body)).encode("ascii")),
        (b"content-language", b"zh-CN" if envelope.language == "zh" else b"en"),
        (b"cache-control", b"no-store"),
        (b"vary", b"Accept-Language"),
    ]
    headers += [
        (name.lower().encode("ascii"), value.encode("latin-1")) for name, value in problem.headers.items()
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
