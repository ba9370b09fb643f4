"""Drafts over HTTP: begin, revise, prove, compare, try out, approve, publish. Nothing here is on the calculation path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final, TypeVar

import msgspec
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from app import limits
from app.access.scopes import Actor, Scope
from app.api.drafts import links as draft_links
from app.api.drafts import schemas as draft_views
from app.api.drafts.examples import BEGIN, CASES, MONTH, REVISE, TRIAL
from app.api.drafts.schemas import DraftId, DraftQuery, IfMatch
from app.api.http import authorization as gate
from app.api.http import request_body as bodies
from app.api.http.change_bodies import entered
from app.api.http.current_catalogue import catalogue_of
from app.api.http.openapi_responses import problem_responses, ref
from app.api.http.paging import no_such_entry, searched
from app.api.http.parameters import NoQuery
from app.api.runtime.transactions import apart, ask, change
from app.calculators.terms.model import TermsFault
from app.errors import FieldError, ProblemError, invalid
from app.services import draft_models
from app.services import rate_entry as months
from app.services.draft_content import content_of, file_of, revised_content
from app.services.draft_impact import effect_of
from app.services.draft_report import compared, report
from app.services.table_examples import failing_examples
from app.services.trial import refused, supposed, try_out
from app.services.worker_threads import heavily
from app.tables.catalogue.snapshot import Catalogue
from app.tables.drafts import workflow as drafts
from app.tables.drafts.planned_rows import Proposal
from app.tables.drafts.templates import SourceError
from app.tables.drafts.workflow import State
from app.tables.files.clause_doubts import Doubt, doubts
from app.tables.files.term_proofs import Prove, TooMuchWork, proved

Writer = Annotated[Actor, Depends(gate.needs(Scope.TABLES_WRITE))]
Approver = Annotated[Actor, Depends(gate.needs(Scope.TABLES_APPROVE))]
Officer = Annotated[Actor, Depends(gate.needs(Scope.TABLES_WRITE, Scope.TABLES_APPROVE))]
Done = TypeVar("Done")

router = APIRouter(prefix="/v1", tags=["草案"])
_READ: Final[dict[int | str, dict[str, Any]]] = problem_responses((401, 403, 404, 406, 422, 500, 503))
_BEGUN: Final[dict[int | str, dict[str, Any]]] = problem_responses((400, 401, 403, 406, 409, 413, 415, 422, 500, 503))
_STEP: Final[dict[int | str, dict[str, Any]]] = problem_responses((401, 403, 404, 406, 409, 412, 422, 428, 500, 503))
_WRITTEN: Final[dict[int | str, dict[str, Any]]] = {**_STEP, **problem_responses((400, 413, 415))}
_BOTH: Final = (Scope.TABLES_WRITE, Scope.TABLES_APPROVE)


def _takes(schema: str, examples: dict[str, Any], *needed: Scope) -> dict[str, Any]:
    content = {"application/json": {"schema": ref(schema), "examples": examples}}
    return {"requestBody": {"required": True, "content": content}, **gate.secured(*needed)}


def _seen_before(extra: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": [draft_views.IF_MATCH], **extra}


@router.post(
    "/drafts",
    operation_id="begin_draft",
    summary="起草变更",
    description="从空白、内容、文件、另一张标准表或整个批次起草。草案不影响任何计算，直到由编写者以外的人批准并公布。",
    status_code=201,
    response_model=draft_models.DraftView,
    response_description="草案；ETag 用于其后的每一步",
    responses={**_BEGUN, **draft_links.shown(201, "DRAFT")},
    openapi_extra=_takes("DraftRequest", BEGIN, Scope.TABLES_WRITE),
)
async def begin_draft(request: Request, actor: Writer, _: NoQuery) -> Response:
    """Begin a draft."""
    asked = await entered(request, draft_models.DraftRequest, limits.MAX_DRAFT_BYTES)
    file = await _apart(request, lambda _: file_of(asked))

    def begin(session: Session) -> State:
        content, source = content_of(session, asked, file)
        return drafts.begin(session, actor.name, asked.kind, asked.target, content, source, asked.note)

    found = await _changed(request, begin)
    return _shown(found, 201, {"Location": f"{request.app.state.root_path}/v1/drafts/{found.draft.id}"})


@router.get(
    "/drafts",
    operation_id="list_drafts",
    summary="列出草案",
    description="草案及其状态，包括已公布与放弃的；后起草的在前，分页列出。搜索编号、对象、说明、起草人与最近修订人。",
    response_model=draft_models.DraftList,
    response_description="草案列表的一页",
    responses={**problem_responses((401, 403, 406, 422, 500, 503)), **draft_links.listed()},
    openapi_extra=gate.secured(*_BOTH),
)
async def list_drafts(request: Request, _actor: Officer, query: DraftQuery) -> Response:
    """List the drafts."""
    holds = None if query.q is None else searched(query.q)

    def read(session: Session) -> tuple[list[State], bool]:
        return drafts.listed(session, state=query.state, target=query.target, holds=holds, after=query.after, limit=query.limit)

    try:
        found, more = await _read(request, read)
    except ProblemError as problem:
        if problem.code != "DRAFT_NOT_FOUND":
            raise
        raise no_such_entry() from None
    return _answer(draft_models.DraftList(drafts=[draft_models.entry(one) for one in found], next=found[-1].draft.id if more else None))


@router.get(
    "/drafts/{draft_id}",
    operation_id="get_draft",
    summary="查看草案",
    description="草案的内容、状态与走过的步骤。",
    response_model=draft_models.DraftView,
    response_description="草案",
    responses={**_READ, **draft_links.shown(200, "any")},
    openapi_extra=gate.secured(*_BOTH),
)
async def get_draft(request: Request, _actor: Officer, draft_id: DraftId, _: NoQuery) -> Response:
    """Show a draft."""
    return _shown(await _read(request, lambda session: drafts.state_of(session, draft_id)))


@router.put(
    "/drafts/{draft_id}",
    operation_id="revise_draft",
    summary="修订草案",
    description="写一版新的修订，原来的修订仍保留。须以 If-Match 给出所见的 ETag；他人先改了则为 412。检查与批准须重新进行。",
    response_model=draft_models.DraftView,
    response_description="修订后的草案",
    responses={**_WRITTEN, **draft_links.shown(200, "DRAFT")},
    openapi_extra=_seen_before(_takes("RevisionRequest", REVISE, Scope.TABLES_WRITE)),
)
async def revise_draft(request: Request, actor: Writer, draft_id: DraftId, if_match: IfMatch = None, _: NoQuery = None) -> Response:  # type: ignore[assignment]
    """Write a new revision."""
    seen = _seen(if_match)
    asked = await entered(request, draft_models.RevisionRequest, limits.MAX_DRAFT_BYTES)
    found = await _read(request, lambda session: drafts.state_of(session, draft_id))
    content = await _apart(request, lambda _: revised_content(found, asked))
    return _shown(await _changed(request, lambda session: drafts.revise(session, actor.name, draft_id, seen, content, asked.note)))


@router.delete(
    "/drafts/{draft_id}",
    operation_id="discard_draft",
    summary="放弃草案",
    description="放弃草案；其内容与经过仍可查看。",
    response_model=draft_models.DraftView,
    response_description="已放弃的草案",
    responses={**_STEP, **draft_links.shown(200, "DISCARDED")},
    openapi_extra=_seen_before(gate.secured(Scope.TABLES_WRITE)),
)
async def discard_draft(request: Request, actor: Writer, draft_id: DraftId, if_match: IfMatch = None, _: NoQuery = None) -> Response:  # type: ignore[assignment]
    """Give a draft up."""
    seen = _seen(if_match)
    return _shown(await _changed(request, lambda session: drafts.discard(session, actor.name, draft_id, seen)))


@router.post(
    "/drafts/{draft_id}/check",
    operation_id="check_draft",
    summary="检查草案",
    description="证明内容可以公布：无空隙、无重叠、无永不适用的行，条款齐全；有错误为 422，逐处列出。与条款不同的列为 warnings。",
    response_model=draft_models.JudgedView,
    response_description="已检查的草案",
    responses={**_STEP, **draft_links.shown(200, "CHECKED")},
    openapi_extra=_seen_before(gate.secured(Scope.TABLES_WRITE)),
)
async def check_draft(request: Request, actor: Writer, draft_id: DraftId, if_match: IfMatch = None, _: NoQuery = None) -> Response:  # type: ignore[assignment]
    """Prove a draft."""
    seen = _seen(if_match)
    prove, failing = await _examined(request, draft_id, seen)
    doubted = await _doubted(request, draft_id)
    found = await _changed(request, lambda session: drafts.check(session, actor.name, draft_id, seen, prove, failing))
    return _judged(request, found, doubted)


@router.post(
    "/drafts/{draft_id}/approve",
    operation_id="approve_draft",
    summary="批准草案",
    description="由编写者以外的人批准已检查的草案；编写过任何一版修订的人不能批准。与条款不同的列为 warnings。",
    response_model=draft_models.JudgedView,
    response_description="已批准的草案",
    responses={**_STEP, **draft_links.shown(200, "APPROVED")},
    openapi_extra=_seen_before(gate.secured(Scope.TABLES_APPROVE)),
)
async def approve_draft(request: Request, actor: Approver, draft_id: DraftId, if_match: IfMatch = None, _: NoQuery = None) -> Response:  # type: ignore[assignment]
    """Approve a draft."""
    seen = _seen(if_match)
    doubted = await _doubted(request, draft_id)
    found = await _changed(request, lambda session: drafts.approve(session, actor.name, draft_id, seen))
    return _judged(request, found, doubted)


@router.post(
    "/drafts/{draft_id}/publish",
    operation_id="publish_draft",
    summary="公布草案",
    description="公布已批准的草案，一次完成；两秒内对所有进程生效。此前的答复不受影响。检查之后对象另有公布的，为 409。",
    response_model=draft_models.DraftView,
    response_description="已公布的草案",
    responses={**_STEP, **draft_links.shown(200, "PUBLISHED")},
    openapi_extra=_seen_before(gate.secured(Scope.TABLES_APPROVE)),
)
async def publish_draft(request: Request, actor: Approver, draft_id: DraftId, if_match: IfMatch = None, _: NoQuery = None) -> Response:  # type: ignore[assignment]
    """Publish a draft."""
    seen = _seen(if_match)
    prove, failing = await _examined(request, draft_id, seen)
    return _shown(await _changed(request, lambda session: drafts.publish(session, actor.name, draft_id, seen, prove, failing)))


@router.get(
    "/drafts/{draft_id}/report",
    operation_id="report_draft",
    summary="草案报告",
    description="能否公布、数字与条款有何不同、公布时一并发生什么、与现行版本（或复制来源）有何不同，逐句写明。已公布或放弃的草案为 409。",
    response_model=draft_models.ReportView,
    response_description="报告",
    responses={**_READ, **problem_responses((409,))},
    openapi_extra=gate.secured(*_BOTH),
)
async def report_draft(request: Request, _actor: Officer, draft_id: DraftId, _: NoQuery) -> Response:
    """Show what a draft would change."""
    language = request.scope["envelope"].language
    prove = await _proved(request, draft_id)
    seen = await _read(request, lambda session: compared(session, drafts.still_open(session, draft_id), prove))
    catalogue = request.app.state.catalogue or Catalogue()  # of an empty database a report is made, too
    return _answer(await _apart(request, lambda _: report(seen, language, catalogue)))


@router.post(
    "/drafts/{draft_id}/effect",
    operation_id="effect_of_draft",
    summary="测算草案的影响",
    description=(
        "同样的事实分别按现行版本与草案计算：合计、增减与变动最大的案例。标准表所附的例子总会一并测算。"
        "撤回、失效、资金规则与参考利率的草案，各案例按其申请日适用的版本比较，案例须写明受影响的标准表。"
    ),
    response_description="影响",
    responses={
        200: {"description": "影响", "content": {"application/json": {"schema": ref("DraftEffect")}}},
        **_READ,
        **problem_responses((400, 409, 413, 415)),
    },
    openapi_extra=_takes("EffectRequest", CASES, *_BOTH),
)
async def effect_of_draft(request: Request, _actor: Officer, draft_id: DraftId, _: NoQuery) -> Response:
    """Show what a draft does to money."""
    asked = await entered(request, draft_models.EffectRequest, request.app.state.max_body_bytes, limits.MAX_TOKENS)
    found, proposal = await _proposed(request, draft_id)
    catalogue = catalogue_of(request.scope)
    sent = [(one.item_id, msgspec.json.encode(one.request)) for one in asked.cases]
    effect = await effect_of(found, proposal, sent, catalogue, request.scope["envelope"].language, request.is_disconnected)
    return Response(msgspec.json.encode(effect), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post(
    "/drafts/{draft_id}/calculate",
    operation_id="calculate_under_draft",
    summary="按草案试算",
    description="按草案试算一次。答复嵌套在 trial 之下并标明草案，编号以 draft: 开头，不会与正式计算混淆。",
    response_description="试算",
    responses={
        200: {"description": "试算", "content": {"application/json": {"schema": ref("Trial")}}},
        **_READ,
        **problem_responses((400, 409, 413, 415)),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"anyOf": [ref(name) for name in ("LoanClaim", "InsuranceClaim", "AwardClaim", "GrantClaim")]},
                    "examples": TRIAL,
                }
            },
        },
        **gate.secured(*_BOTH),
    },
)
async def calculate_under_draft(request: Request, _actor: Officer, draft_id: DraftId, _: NoQuery) -> Response:
    """Calculate under a draft."""
    state = request.app.state
    body = await bodies.received(request.scope["envelope"].headers, request.receive, state.max_body_bytes, state.arriving)
    found, proposal = await _proposed(request, draft_id)
    catalogue = catalogue_of(request.scope)
    language = request.scope["envelope"].language
    trial = await heavily(lambda: msgspec.json.encode(try_out(body, found, supposed(catalogue, proposal), language)))
    return Response(trial, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post(
    "/reference-rates",
    operation_id="enter_reference_rates",
    summary="录入一次公布的参考利率",
    description=(
        "一次录入某日公布的一个或几个系列（利率为小数，3.00% 写作 0.0300），起草并检查。"
        "重复、次序颠倒、尚未到来、与上一值相差过大而未确认的，拒绝。"
        "由另一人批准并公布后生效。"
    ),
    status_code=201,
    response_model=draft_models.DraftView,
    response_description="已检查的草案，待另一人批准",
    responses={**_BEGUN, **draft_links.shown(201, "CHECKED")},
    openapi_extra=_takes("MonthRequest", MONTH, Scope.TABLES_WRITE),
)
async def enter_reference_rates(request: Request, actor: Writer, _: NoQuery) -> Response:
    """Enter a month's publication: a draft, checked at once."""
    asked = await entered(request, draft_models.MonthRequest, limits.MAX_DRAFT_BYTES)

    def enter(session: Session) -> State:
        return months.enter(session, actor.name, asked)

    found = await _changed(request, enter)
    return _shown(found, 201, {"Location": f"{request.app.state.root_path}/v1/drafts/{found.draft.id}"})


# --- how it is done ---------------------------------------------------------------------------------


async def _read(request: Request, work: Callable[[Session], Done]) -> Done:
    with _told():
        return await ask(request, work)


async def _changed(request: Request, work: Callable[[Session], Done]) -> Done:
    with _told():
        return await change(request, work)


async def _apart(request: Request, work: Callable[[Callable[[], bool]], Done]) -> Done:
    with _told():
        return await apart(request, work)


async def _proved(request: Request, draft_id: str, seen: str | None = None) -> Prove:
    """Prove the terms of a draft while nothing is locked; it ends when the caller leaves."""
    wanted = await _read(request, lambda session: drafts.to_prove(session, draft_id, seen))
    return await _apart(request, lambda given_up: proved(wanted, given_up))


async def _examined(request: Request, draft_id: str, seen: str) -> tuple[Prove, list[TermsFault]]:
    """Prove a draft and calculate its examples, before the step: where the draft changes meanwhile, its ETag refuses the step."""
    prove = await _proved(request, draft_id, seen)
    proposal = await _read(request, lambda session: drafts.proposal_of(session, drafts.still_open(session, draft_id), prove))
    return prove, await heavily(failing_examples, proposal, request.app.state.catalogue or Catalogue())


async def _doubted(request: Request, draft_id: str) -> list[Doubt]:
    """What the clauses of a draft say otherwise. Before the step: where the draft changes meanwhile, its ETag refuses the step."""
    found = await _read(request, lambda session: drafts.state_of(session, draft_id))
    return await _apart(request, lambda _: doubts(found.content))


async def _proposed(request: Request, draft_id: str) -> tuple[State, Proposal]:
    prove = await _proved(request, draft_id)

    def propose(session: Session) -> tuple[State, Proposal]:
        found = drafts.still_open(session, draft_id)
        return found, drafts.proposal_of(session, found, prove)

    return await _read(request, propose)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what a draft refuses into problems."""
    try:
        yield
    except drafts.Refused as error:
        raise refused(Proposal(faults=error.faults)) from None
    except drafts.DraftError as error:
        raise ProblemError(_CODES[type(error)], error.zh, error.en) from None
    except TooMuchWork as error:
        zh, en = error.fault.message, error.fault.en
        raise ProblemError("TOO_MUCH_WORK", zh, en) from None
    except SourceError as error:
        raise invalid([FieldError(error.fault.place, "INVALID_VALUE", error.fault.message, error.fault.en)]) from None


_ONE_STRONG: Final = re.compile(r'"[\x21\x23-\x7e]*"')
_ONE_ETAG: Final = (
    "If-Match 应为取回草案时的 ETag，原样给出；*、弱 ETag（W/）与多个值没有说明所见的是哪一版，不接受",
    "If-Match should be the ETag with which the draft was fetched, as it was given; *, weak ETags (W/) and several of them "
    "do not say which revision was seen, and are not accepted",
)
_CODES: Final = {
    drafts.NoSuchDraft: "DRAFT_NOT_FOUND",
    drafts.SomebodyWasFaster: "PRECONDITION_FAILED",
    drafts.NotNow: "CONFLICT",
    drafts.OwnDraft: "OWN_DRAFT",
}


def _seen(if_match: str | None) -> str:
    """The one ETag that was seen. ``*`` and the like say that nothing was looked at, and would undo what somebody else wrote."""
    if if_match is None:
        raise ProblemError("PRECONDITION_REQUIRED")
    seen = if_match.strip()
    if not _ONE_STRONG.fullmatch(seen):
        raise ProblemError("PRECONDITION_REQUIRED", *_ONE_ETAG)
    return seen


def _shown(found: State, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return _answer(draft_models.draft(found), status, {"ETag": found.etag, **(headers or {})})


def _judged(request: Request, found: State, doubted: list[Doubt]) -> Response:
    return _answer(draft_models.judged(found, doubted, request.scope["envelope"].language), 200, {"ETag": found.etag})


def _answer(view: BaseModel, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(view.model_dump_json(), status, {"Cache-Control": "no-store", **(headers or {})}, "application/json")
