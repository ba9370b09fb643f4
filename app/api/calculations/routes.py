"""The four calculation endpoints, as ASGI applications.

They are routes of FastAPI for the document and for matching, and take the request themselves: the body
goes from bytes to facts to bytes without a model or a response class in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from fastapi.routing import APIRoute
from starlette.datastructures import State
from starlette.types import Message, Receive, Scope, Send

from app import limits
from app.access.scopes import Scope as Needed
from app.api.calculations import examples
from app.api.calculations.case_lists import answers, read_case_list
from app.api.http import authorization as gate
from app.api.http import query_string as queries
from app.api.http import request_body as bodies
from app.api.http.current_catalogue import catalogue_of
from app.api.http.middleware import Envelope, public
from app.api.http.openapi_responses import CALCULATION_STATUSES, json_response, problem_responses, ref
from app.errors import Language, ProblemError
from app.services import work_budget as budget
from app.services.calculation import KINDS, Asked, Kind, asked_in
from app.services.summary import DETAILS, Detail
from app.services.worker_threads import heavily, reading
from app.tables.catalogue.snapshot import Catalogue

_JSON = (b"content-type", b"application/json")
_NO_STORE = (b"cache-control", b"no-store")
_VARY = (b"vary", b"Accept-Language")
_LANGUAGE = {"zh": (b"content-language", b"zh-CN"), "en": (b"content-language", b"en")}
_DETAIL: Final = {
    "name": "detail",
    "in": "query",
    "required": False,
    "description": "FULL 含计算过程；SUMMARY 不含 steps 与 segments，其余相同。批量计算写在请求体中。",
    "schema": {"type": "string", "enum": list(DETAILS), "default": "FULL", "title": "应答的详略"},
}

App = Callable[[Scope, Receive, Send], Awaitable[None]]


@contextmanager
def _place(state: State) -> Iterator[None]:
    """A place among the few large bodies, once it has come in: what it costs is not known yet. Errors: ProblemError OVERLOADED."""
    if state.large_in_flight >= limits.MAX_LARGE_IN_FLIGHT:
        raise ProblemError("OVERLOADED")
    state.large_in_flight += 1
    try:
        yield
    finally:
        state.large_in_flight -= 1


@contextmanager
def _room(state: State, work: int) -> Iterator[None]:
    """Room for a heavy calculation among the others, by what it costs. Errors: ProblemError OVERLOADED."""
    if state.work_in_flight + work > limits.MAX_WORK_IN_FLIGHT:
        raise ProblemError("OVERLOADED")
    state.work_in_flight += work
    try:
        yield
    finally:
        state.work_in_flight -= work


def _answer_if_light(body: bytes, kind: Kind, catalogue: Catalogue, language: Language, detail: Detail) -> bytes | Asked:
    """The answer, or what is asked where other requests should not wait for it."""
    asked = asked_in(body, kind, catalogue, detail)
    return asked.encoded(language, detail) if asked.is_light else asked


def single(kind: Kind) -> App:
    """Make the application that answers one calculation."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await gate.admitted(scope, Needed.CALCULATE)
        detail = queries.detail_of(scope)
        envelope: Envelope = scope["envelope"]
        state = scope["app"].state
        body = await bodies.received(envelope.headers, receive, state.max_body_bytes, state.arriving)
        asked = body, kind, catalogue_of(scope), envelope.language, detail
        if len(body) > limits.LARGE_BODY_BYTES:
            with _place(state):
                found = await reading(_answer_if_light, *asked)
        else:
            found = await state.together.do(_answer_if_light, *asked)
        if isinstance(found, bytes):
            answer = found
        else:
            with _room(state, found.cost.work):
                answer = await heavily(found.encoded, envelope.language, detail)
        headers = [
            _JSON,
            (b"content-length", b"%d" % len(answer)),
            _LANGUAGE[envelope.language],
            _NO_STORE,
            _VARY,
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    return application


def many(kind: Kind) -> App:
    """Make the application that answers a list of calculations."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await gate.admitted(scope, Needed.CALCULATE)
        queries.check_none(scope)
        envelope: Envelope = scope["envelope"]
        state = scope["app"].state
        catalogue = catalogue_of(scope)
        body = await bodies.received(envelope.headers, receive, state.max_body_bytes, state.arriving)
        if state.case_lists_in_flight >= limits.MAX_CASE_LISTS_IN_FLIGHT:
            raise ProblemError("OVERLOADED")
        state.case_lists_in_flight += 1
        gone: asyncio.Task[Message] | None = None
        try:
            case_list = await reading(read_case_list, body, kind)
            gone = asyncio.ensure_future(receive())
            started = False
            async for piece in answers(case_list, catalogue, envelope, public(scope), gone.done):
                if not started:
                    headers = [_JSON, _LANGUAGE[envelope.language], _NO_STORE, _VARY]
                    await send({"type": "http.response.start", "status": 200, "headers": headers})
                    started = True
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            state.case_lists_in_flight -= 1
            if gone is not None:
                gone.cancel()

    return application


class DirectRoute(APIRoute):
    """A route of FastAPI whose application takes the request itself."""

    def __init__(self, path: str, application: App, **documentation: Any) -> None:
        async def endpoint() -> None:
            """Stand in for the application in FastAPI's eyes."""

        super().__init__(path, endpoint, methods=["POST"], **documentation)
        self.app = application


def routes() -> list[DirectRoute]:
    """Make the routes of the four calculations, alone and many at once."""
    made = []
    for kind in KINDS:
        name = kind.reader.kind.__name__
        made.append(
            DirectRoute(
                f"/v1/{kind.path}/calculate",
                single(kind),
                operation_id=f"calculate_{kind.path.replace('-', '_')}",
                summary=f"计算{kind.title}",
                description=f"按标准表计算一次{kind.title}，附每一步、每一限额与条款依据。{budget.IN_WORDS}",
                tags=[kind.title],
                responses={
                    200: json_response("计算结果；不符合条件也是 200", "Result", "Summary"),
                    **problem_responses(CALCULATION_STATUSES),
                },
                openapi_extra={**_request_body(name, examples.SINGLE[kind.path]), "parameters": [_DETAIL]},
            )
        )
        made.append(
            DirectRoute(
                f"/v1/{kind.path}/calculate/batch",
                many(kind),
                operation_id=f"calculate_{kind.path.replace('-', '_')}_batch",
                summary=f"批量计算{kind.title}",
                description=f"一次至多 {limits.MAX_CASES} 个案例；每个案例单独成功或失败，按顺序应答并合计。{budget.IN_WORDS_OF_LISTS}",
                tags=[kind.title],
                responses={
                    200: json_response("各案例的结果或问题，以及合计", "CaseListAnswer"),
                    **problem_responses(CALCULATION_STATUSES),
                },
                openapi_extra=_request_body(f"{name}List", examples.MANY[kind.path]),
            )
        )
    return made


def _request_body(schema: str, named: dict[str, Any]) -> dict[str, Any]:
    content = {"application/json": {"schema": ref(schema), "examples": named}}
    return {"requestBody": {"required": True, "content": content}, **gate.secured(Needed.CALCULATE)}
