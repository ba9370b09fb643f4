"""Many calculations in one request: each case succeeds or fails alone, in order, with totals.

What the cases share stands at the top level once; a case gives its own ``item_id`` and whatever
differs, field by field. The answer is sent while it is being calculated, in slices of a few
milliseconds, so that other requests go on meanwhile and the answers of 10,000 cases are never all in
memory. A case may cost as much as a calculation alone; all together are charged as they go, reading included, and the cases
beyond the budget of a list are refused unread.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import Any, Final

import msgspec
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from app import limits
from app.api.calculations.repeats import Repeated, Repeats
from app.api.http import problems
from app.api.http.middleware import Envelope, unexpected
from app.calculators.claims import patterns
from app.calculators.results import model as results
from app.claim_input import json_reader as json_bodies
from app.claim_input import validation_errors as refusals
from app.errors import FieldError, ProblemError, invalid
from app.services import work_budget as budget
from app.services.calculation import Asked, Kind, asked_of, read_claim
from app.services.summary import Detail, summary_of
from app.services.worker_threads import heavily, reading
from app.tables.catalogue.snapshot import Catalogue

_ITEM_ID: Final = re.compile(patterns.ID_PATTERN)
_Fields = dict[str, msgspec.Raw]


@dataclass(slots=True)
class ListTotals:
    """What the cases of a list come to, and what occurs in several of them (D72)."""

    cases: int = 0
    ok: int = 0
    not_eligible: int = 0
    failed: int = 0
    amount: str = "0.00"
    repeated: Repeated = field(default_factory=Repeated)
    warnings: list[results.Warning_] = field(default_factory=list)


@dataclass(slots=True)
class CaseList:
    """A list of cases as it was read."""

    kind: Kind
    shared: _Fields
    cases: list[msgspec.Raw]
    item_ids: list[str]
    detail: Detail
    shared_bytes: int
    left: int = field(default_factory=lambda: limits.MAX_LIST_WORK)  # units of work (``calculators.workload.estimate``)
    totals: ListTotals = field(default_factory=ListTotals)
    repeats: Repeats = field(default_factory=Repeats)
    fen: int = 0


def _fault(pointer: str, code: str, zh: str, en: str) -> ProblemError:
    return invalid([FieldError(pointer, code, zh, en)])


def read_case_list(body: bytes, kind: Kind) -> CaseList:
    """Return the cases of a request; refuse it as a whole when its frame or what is shared is wrong."""
    shared = json_bodies.read_object(body)
    if "cases" not in shared:
        raise _fault("/cases", "FIELD_REQUIRED", "缺少必填字段", "This field is required")
    try:
        cases: list[msgspec.Raw] = msgspec.json.decode(shared.pop("cases"), type=list[msgspec.Raw])
    except msgspec.ValidationError:
        raise _fault("/cases", "INVALID_TYPE", "应为数组", "Should be an array") from None
    if not 1 <= len(cases) <= limits.MAX_CASES:
        most = limits.MAX_CASES
        code = "TOO_MANY" if cases else "TOO_FEW"
        zh, en = f"应有 1 至 {most} 个案例，收到 {len(cases)} 个", f"There should be 1 to {most} cases; {len(cases)} were sent"
        raise _fault("/cases", code, zh, en)
    detail = bytes(shared.pop("detail", msgspec.Raw(b"null")))
    if detail == b"null":
        detail = b'"FULL"'
    if detail not in (b'"FULL"', b'"SUMMARY"'):
        raise _fault("/detail", "INVALID_VALUE", "应为 FULL 或 SUMMARY", "Should be FULL or SUMMARY")
    frame = msgspec.json.encode(shared)
    json_bodies.check_json(frame)
    try:
        kind.reader.check_shared(frame)
    except ValidationError as failure:
        raise refusals.problem_of(failure, frame, kind.reader.lists) from None
    if (len(body) + len(frame) * len(cases)) // limits.BYTES_PER_UNIT > limits.MAX_LIST_WORK:
        most = limits.MAX_LIST_WORK * limits.BYTES_PER_UNIT
        zh = f"公共部分 {len(frame):,} 字节 × 案例 {len(cases):,} 个，超过上限 {most:,} 字节；请减少案例，或把事实写在案例中"
        en = f"what is shared is {len(frame):,} bytes × {len(cases):,} cases, above {most:,}; send fewer cases, or the facts with the cases"
        raise _fault("/cases", "TOO_MUCH_WORK", zh, en)
    return CaseList(
        kind=kind,
        shared=shared,
        cases=cases,
        item_ids=_item_ids(cases),
        detail="FULL" if detail == b'"FULL"' else "SUMMARY",
        shared_bytes=len(frame),
    )


class _Named(msgspec.Struct):
    """The one field of a case that must be right for the list to make sense."""

    item_id: str


_NAMED = msgspec.json.Decoder(_Named)


def _item_ids(cases: list[msgspec.Raw]) -> list[str]:
    item_ids: list[str] = []
    seen: set[str] = set()
    for index, case in enumerate(cases):
        try:
            item_id = _NAMED.decode(case).item_id
        except (msgspec.DecodeError, UnicodeDecodeError):
            item_id = ""
        if not _ITEM_ID.fullmatch(item_id):
            raise _fault(
                f"/cases/{index}/item_id",
                "INVALID_ID",
                "每个案例须有 item_id：1 至 64 个字符，不含控制字符",
                "Every case has an item_id of 1 to 64 characters without control characters",
            )
        if item_id in seen:
            raise _fault(
                f"/cases/{index}/item_id", "DUPLICATE_ID", "item_id 重复", "This item_id is given twice"
            )
        seen.add(item_id)
        item_ids.append(item_id)
    return item_ids


def _moved(error: FieldError, index: int, own: _Fields, shared: _Fields) -> FieldError:
    """Return a case's fault with its pointer into the whole request."""
    first = error.pointer.split("/", 2)[1] if error.pointer else ""
    if first not in own and (first in shared or first == "detail"):
        return error
    return replace(error, pointer=f"/cases/{index}{error.pointer}")


@dataclass(slots=True)
class _Case:
    """One case on its way: what it gives itself, what it asks for once it is read, and what it comes to."""

    index: int
    own: _Fields = field(default_factory=dict)
    asked: Asked | None = None
    outcome: results.Result | ProblemError | None = None


def _read(case_list: CaseList, case: _Case, catalogue: Catalogue) -> None:
    """Read a case, choose its table and count what it costs, which is charged."""
    text = bytes(case_list.cases[case.index])
    case_list.left -= (len(text) + case_list.shared_bytes) // limits.BYTES_PER_UNIT
    json_bodies.check_json(text)
    case.own = msgspec.json.decode(text, type=_Fields)
    if b"null" in text:  # null says nothing, so what is shared stands (D105)
        case.own = {name: value for name, value in case.own.items() if bytes(value) != b"null"}
    fields = {**case_list.shared, **case.own}
    del fields["item_id"]
    claim = read_claim(msgspec.json.encode(fields), case_list.kind)
    case_list.repeats.add(claim, case_list.item_ids[case.index])
    case.asked = asked_of(claim, case_list.kind, catalogue, case_list.detail, "/detail")
    case_list.left -= case.asked.cost.work


def _attempt(case_list: CaseList, case: _Case, envelope: Envelope, step: Callable[[], None]) -> None:
    """Take a step of a case; nothing that a case does may end the list."""
    try:
        step()
    except ProblemError as problem:
        problem.errors = tuple(_moved(error, case.index, case.own, case_list.shared) for error in problem.errors)
        case.outcome = problem
    except Exception as error:
        case.outcome = unexpected(error, envelope)


def _entry(case_list: CaseList, case: _Case, instance: str, envelope: Envelope) -> bytes:
    """Calculate a case that is read, unless it failed already, and write its entry."""

    def calculated() -> None:
        assert case.asked is not None, "a case that was not read has failed"
        case.outcome = case.asked.answer(envelope.language)

    if case.outcome is None:
        _attempt(case_list, case, envelope, calculated)
    totals, outcome = case_list.totals, case.outcome
    totals.cases += 1
    entry: dict[str, Any] = {"item_id": case_list.item_ids[case.index]}
    if isinstance(outcome, ProblemError):
        totals.failed += 1
        entry["problem"] = problems.document(
            outcome, language=envelope.language, instance=instance, request_id=envelope.request_id
        )
    else:
        assert outcome is not None
        if outcome.status == "NOT_ELIGIBLE":
            totals.not_eligible += 1
        else:
            totals.ok += 1
        case_list.fen += int(outcome.amount.replace(".", ""))
        entry["result"] = outcome if case_list.detail == "FULL" else summary_of(outcome)
    return msgspec.json.encode(entry)


async def _answered(case_list: CaseList, index: int, catalogue: Catalogue, envelope: Envelope, instance: str) -> bytes:
    """The entry of one case; what is long to read or heavy to calculate goes on in a thread."""
    case = _Case(index)
    if case_list.left <= 0:
        case.outcome = budget.spent(f"/cases/{index}")
        return _entry(case_list, case, instance, envelope)
    read = partial(_attempt, case_list, case, envelope, partial(_read, case_list, case, catalogue))
    if len(bytes(case_list.cases[index])) + case_list.shared_bytes > limits.LARGE_BODY_BYTES:
        await reading(read)
    else:
        read()
    if case.asked is None or case.asked.is_light:
        return _entry(case_list, case, instance, envelope)
    return await heavily(_entry, case_list, case, instance, envelope)


async def answers(
    case_list: CaseList, catalogue: Catalogue, envelope: Envelope, instance: str, gone: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """Yield the answer's text piece by piece, letting other requests go on between the pieces.

    Errors: ClientDisconnect before the next case once the caller is ``gone``.
    """
    parts, size = [b'{"cases":['], 0
    began = perf_counter()
    for index in range(len(case_list.cases)):
        if gone():
            raise ClientDisconnect
        entry = await _answered(case_list, index, catalogue, envelope, instance)
        parts += [b",", entry] if index else [entry]
        size += len(entry)
        if perf_counter() - began > limits.SLICE_SECONDS:
            if size > limits.CHUNK_BYTES:
                yield b"".join(parts)
                parts, size = [], 0
            await asyncio.sleep(0)
            began = perf_counter()
    case_list.totals.repeated = case_list.repeats.repeated()
    case_list.totals.warnings = case_list.repeats.warnings(envelope.language)
    case_list.totals.amount = f"{case_list.fen // 100}.{case_list.fen % 100:02d}"
    yield b"".join([*parts, b'],"totals":', msgspec.json.encode(case_list.totals), b"}"])
