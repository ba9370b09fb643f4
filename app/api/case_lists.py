"""Many calculations in one request: each case succeeds or fails alone, in order, with totals.

What the cases share stands at the top level once; a case gives its own ``item_id`` and whatever
differs, field by field. The answer is sent while it is being calculated, in slices of a few
milliseconds, so that other requests go on meanwhile and the answers of 10,000 cases are never all in
memory.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Final, Literal

import msgspec
from pydantic import ValidationError

from app.api import bodies, limits, problems, refusals
from app.api.calculating import Kind, answer, read_claim
from app.api.envelope import Envelope, unexpected
from app.api.problems import FieldError, ProblemError, invalid
from app.api.repeats import Repeated, Repeats
from app.calculators import patterns, results
from app.tables.catalogue import Catalogue

Detail = Literal["FULL", "SUMMARY"]
_ITEM_ID: Final = re.compile(patterns.ID_PATTERN)
_Fields = dict[str, msgspec.Raw]


@dataclass(slots=True)
class Summary:
    """An answer without its working."""

    calculation_id: str
    request_no: str | None
    known_at: str
    status: str
    currency: str
    amount: str
    amount_in_words: str
    amount_kind: str
    reasons: list[results.Reason]
    warnings: list[results.Warning_]


@dataclass(slots=True)
class Totals:
    """What the cases come to."""

    cases: int = 0
    ok: int = 0
    not_eligible: int = 0
    failed: int = 0
    amount: str = "0.00"


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
    totals: ListTotals = field(default_factory=ListTotals)
    repeats: Repeats = field(default_factory=Repeats)
    fen: int = 0


def _fault(pointer: str, code: str, zh: str, en: str) -> ProblemError:
    return invalid([FieldError(pointer, code, zh, en)])


def read_case_list(body: bytes, kind: Kind) -> CaseList:
    """Return the cases of a request; refuse it as a whole when its frame or what is shared is wrong."""
    shared = bodies.read_object(body)
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
    bodies.check_json(frame)
    try:
        kind.reader.check_shared(frame)
    except ValidationError as failure:
        raise refusals.problem_of(failure, frame, kind.reader.lists) from None
    return CaseList(
        kind, shared, cases, _item_ids(cases), "FULL" if detail == b'"FULL"' else "SUMMARY"
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
    if first in shared and first not in own:
        return error
    return replace(error, pointer=f"/cases/{index}{error.pointer}")


def _calculate_case(
    case_list: CaseList, index: int, catalogue: Catalogue, envelope: Envelope
) -> results.Result | ProblemError:
    """Return one case's answer or its problem; nothing that a case does may end the list."""
    own: _Fields = {}
    try:
        case = bytes(case_list.cases[index])
        bodies.check_json(case)
        own = msgspec.json.decode(case, type=_Fields)
        if b"null" in case:  # null says nothing, so what is shared stands (D105)
            own = {name: text for name, text in own.items() if bytes(text) != b"null"}
        fields = {**case_list.shared, **own}
        del fields["item_id"]
        claim = read_claim(msgspec.json.encode(fields), case_list.kind)
        case_list.repeats.add(claim, case_list.item_ids[index])
        return answer(claim, case_list.kind, catalogue, envelope.language)
    except ProblemError as problem:
        problem.errors = tuple(
            _moved(error, index, own, case_list.shared) for error in problem.errors
        )
        return problem
    except Exception as error:
        return unexpected(error, envelope)


def _entry(
    case_list: CaseList, index: int, outcome: results.Result | ProblemError, instance: str, envelope: Envelope
) -> bytes:
    totals = case_list.totals
    totals.cases += 1
    entry: dict[str, Any] = {"item_id": case_list.item_ids[index]}
    if isinstance(outcome, ProblemError):
        totals.failed += 1
        entry["problem"] = problems.document(
            outcome, language=envelope.language, instance=instance, request_id=envelope.request_id
        )
    else:
        if outcome.status == "NOT_ELIGIBLE":
            totals.not_eligible += 1
        else:
            totals.ok += 1
        case_list.fen += int(outcome.amount.replace(".", ""))
        entry["result"] = outcome if case_list.detail == "FULL" else _summary(outcome)
    return msgspec.json.encode(entry)


def _summary(result: results.Result) -> Summary:
    return Summary(**{name: getattr(result, name) for name in Summary.__dataclass_fields__})


async def answers(
    case_list: CaseList, catalogue: Catalogue, envelope: Envelope, instance: str
) -> AsyncIterator[bytes]:
    """Yield the answer's text piece by piece, letting other requests go on between the pieces."""
    parts, size = [b'{"cases":['], 0
    began = perf_counter()
    for index, case in enumerate(case_list.cases):
        if len(bytes(case)) > limits.LARGE_BODY_BYTES:
            outcome = await asyncio.to_thread(_calculate_case, case_list, index, catalogue, envelope)
        else:
            outcome = _calculate_case(case_list, index, catalogue, envelope)
        entry = _entry(case_list, index, outcome, instance, envelope)
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
