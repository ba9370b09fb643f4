"""Named examples of the operations that have no examples of a body: their parameters, or what they answer; tests execute them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.api.drafts.examples import BEGIN
from app.api.http.problems import PROBLEM_TYPE, document
from app.errors import ProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Parameters that are given, and the status; what is answered, where the parameters do not say it all."""

    summary: str
    given: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    answer: Any = None


def _listed(what: str) -> dict[str, Example]:
    """A list is fetched, and fetched again by a caller who has it."""
    return {
        "ordinary": Example(summary=f"取得{what}", given={"If-None-Match": f'"sha256:{"0" * 64}"'}),
        "not_modified": Example(summary="内容未变，不再传送", given={"If-None-Match": "*"}, status=304),
    }


def _problem(summary: str, code: str, path: str) -> Example:
    """A refusal in the general words of its code."""
    problem = ProblemError(code)
    answer = document(problem, language="zh", instance=path, request_id="0123456789abcdef0123456789abcdef")
    return Example(summary=summary, status=problem.status, answer=answer)


_DRAFT: Final = "/v1/drafts/0123456789abcdef"
_DIGEST: Final = f"sha256:{'0' * 64}"
_STEPS: Final = [
    {"kind": kind, "actor": actor, "at": f"2026-11-20T{hour}:00:00+08:00"}
    for kind, actor, hour in (("CHECKED", "li", "10"), ("APPROVED", "wang", "11"), ("PUBLISHED", "wang", "12"))
]


def _draft(state: str, steps: list[dict[str, str]]) -> dict[str, Any]:
    said = BEGIN["content"]["value"]
    return {
        "id": "0123456789abcdef",
        "kind": said["kind"],
        "target": said["target"],
        "state": state,
        "revision": 1,
        "authors": ["li"],
        "source": "content",
        "note": said["note"],
        "created_by": "li",
        "created_at": "2026-11-20T09:00:00+08:00",
        "changed_by": "li",
        "changed_at": "2026-11-20T09:00:00+08:00",
        "steps": steps,
        "digest": _DIGEST,
        "content": said["content"],
    }


_DISCARDED: Final = {"kind": "DISCARDED", "actor": "li", "at": "2026-11-20T10:00:00+08:00"}
_REPORT: Final = {"publishable": True, "faults": [], "warnings": [], "consequences": ["版本 1 至 2026-11-30 止"], "differences": []}
_FAULT: Final = {"place": "/version/effective/first_day", "message": "应为日期 YYYY-MM-DD，而不是 None"}
_WARNING: Final = {
    "place": "/version/terms/caps/1/limit",
    "message": "条款中没有 2000万（条款中的数字：1000万）：“单个企业补贴金额不超过1000万元。”",
    "note": None,
}
_KEY: Final = {
    "id": "0123456789abcdef",
    "name": "申报门户",
    "owner": "zhang.wei@example.cn",
    "scopes": ["calculate"],
    "status": "ACTIVE",
    "created_by": "operator:root",
    "created_at": "2026-11-20T09:00:00+08:00",
    "revoked_at": None,
    "last_used_at": None,
    "secrets": [
        {
            "number": 1,
            "created_by": "operator:root",
            "created_at": "2026-11-20T09:00:00+08:00",
            "expires_at": "2027-02-18T09:00:00+08:00",
            "ends_at": None,
        }
    ],
}
_REVOKED: Final = {"status": "REVOKED", "revoked_at": "2026-11-21T09:00:00+08:00"}
_KNOWN: Final = "2026-08-20T09:00:00+08:00"
_DEGRADED: Final = {"what": "database", "since": "2026-11-20T09:00:00+08:00", "effect": "计算照常；暂不能变更标准表"}
_LAUNCH: Final = {"table_id": "bj-gjj-2025-1-11"}
_LOAN: Final = {"table_id": "bj-gjj-2023-2-2"}

EXAMPLES: Final[Mapping[str, Mapping[str, Example]]] = {
    "list_funds": _listed("资金"),
    "list_batches": _listed("批次"),
    "list_reference_rates": _listed("参考利率"),
    "get_batch": {
        "ordinary": Example(summary="一年中的一个批次", given={"batch_id": "bj-gjj-2025-1"}),
        "whole_year": Example(summary="一年只有一份指南，批次为 0", given={"batch_id": "bj-gjj-2022-0"}),
    },
    "list_rate_tables": {
        "ordinary": Example(summary="一个批次在某日适用的标准表", given={"batch": "bj-gjj-2025-1", "as_of": "2025-03-10"}),
        "by_method": Example(summary="某一领域的全部奖励", given={"method": "AWARD", "area": "DIGITAL_ECONOMY"}),
        "searched": Example(summary="名称等处有这些词的标准表，至多一百张", given={"q": "集成电路 流片", "limit": 100}),
    },
    "get_rate_table": {
        "ordinary": Example(summary="最新版本", given=_LAUNCH),
        "on_a_day": Example(summary="某日适用的版本", given={**_LOAN, "as_of": "2023-11-20"}),
    },
    "list_versions": {
        "ordinary": Example(summary="保险补贴标准表的版本", given=_LAUNCH),
        "loan_interest": Example(summary="贷款贴息标准表的版本", given=_LOAN),
    },
    "get_version": {
        "ordinary": Example(summary="第 1 版", given={**_LAUNCH, "version": 1}),
        "missing": Example(summary="没有的版本：列出已有的", given={**_LOAN, "version": 99}, status=404),
    },
    "diff_versions": {
        "ordinary": Example(summary="两个版本的不同", given={**_LAUNCH, "version": 1, "against": 1}),
        "missing": Example(summary="没有的版本：列出已有的", given={**_LOAN, "version": 1, "against": 99}, status=404),
    },
    "get_reference_rate": {
        "ordinary": Example(summary="全部公布值", given={"series": "LPR_5Y"}),
        "on_a_day": Example(summary="某日适用的值", given={"series": "LPR_1Y", "on": "2024-03-01"}),
    },
    "list_drafts": {
        "ordinary": Example(summary="待批准的草案", given={"state": "CHECKED"}),
        "of_a_table": Example(summary="一张标准表的草案", given={"target": "bj-gjj-2025-1-11"}),
    },
    "get_draft": {
        "ordinary": Example(summary="刚起草的草案", answer=_draft("DRAFT", [])),
        "unknown": _problem("没有这个草案", "DRAFT_NOT_FOUND", _DRAFT),
    },
    "discard_draft": {
        "ordinary": Example(summary="已放弃", answer=_draft("DISCARDED", [_DISCARDED])),
        "unseen": _problem("没有给出 If-Match", "PRECONDITION_REQUIRED", _DRAFT),
    },
    "check_draft": {
        "ordinary": Example(summary="没有错误", answer=_draft("CHECKED", _STEPS[:1]) | {"warnings": []}),
        "unseen": _problem("没有给出 If-Match", "PRECONDITION_REQUIRED", f"{_DRAFT}/check"),
    },
    "approve_draft": {
        "ordinary": Example(summary="由另一人批准", answer=_draft("APPROVED", _STEPS[:2]) | {"warnings": [_WARNING]}),
        "unseen": _problem("没有给出 If-Match", "PRECONDITION_REQUIRED", f"{_DRAFT}/approve"),
    },
    "publish_draft": {
        "ordinary": Example(summary="已公布", answer=_draft("PUBLISHED", _STEPS)),
        "unseen": _problem("没有给出 If-Match", "PRECONDITION_REQUIRED", f"{_DRAFT}/publish"),
    },
    "report_draft": {
        "ordinary": Example(summary="可以公布", answer=_REPORT),
        "faulty": Example(summary="有错误，不能公布", answer=_REPORT | {"publishable": False, "faults": [_FAULT], "consequences": []}),
    },
    "list_keys": {
        "ordinary": Example(summary="一个密钥", answer={"keys": [_KEY]}),
        "revoked": Example(summary="已吊销的密钥", answer={"keys": [_KEY | _REVOKED]}),
    },
    "revoke_key": {
        "ordinary": Example(summary="吊销一个密钥", given={"key_id": "0123456789abcdef"}, status=204),
        "unknown": _problem("没有这个密钥", "KEY_NOT_FOUND", "/v1/keys/0000000000000000"),
    },
    "read_audit": {
        "ordinary": Example(summary="最早的一百条", given={"after": 0, "limit": 100}),
        "next": Example(summary="其后至多一千条", given={"after": 100, "limit": 1000}),
        "of_an_object": Example(summary="对一个草案或密钥所做的", given={"object": "0123456789abcdef"}),
    },
    "live": {
        "ordinary": Example(summary="存活", answer={"status": "ok"}),
        "without_tables": Example(summary="标准表尚未载入，也是存活", answer={"status": "ok"}),
    },
    "ready": {
        "ordinary": Example(summary="就绪", answer={"status": "ready", "known_at": _KNOWN, "degraded": []}),
        "degraded": Example(summary="数据库不可用，计算照常", answer={"status": "degraded", "known_at": _KNOWN, "degraded": [_DEGRADED]}),
    },
    "metrics": {
        "ordinary": Example(
            summary="请求的时间", answer='subsidy_request_seconds_count{method="GET",path="/health/live",status="200"} 1.0\n'
        ),
        "process": Example(summary="进程", answer="process_resident_memory_bytes 1.2e+08\n"),
    },
}


ANSWERS: Final = Path(__file__).with_name("answers.json")
"""What the service answers to the examples of each calculation. It wrote them itself; a test compares, and writes them anew."""


def document_answers(operation: dict[str, Any], answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Put beside the examples of a calculation what the service answers to them."""
    for name, answer in answers.get(operation["operationId"], {}).items():
        sent = operation["requestBody"]["content"]["application/json"]["examples"][name]
        shown = operation["responses"]["200"]["content"]["application/json"].setdefault("examples", {})
        shown[name] = {"summary": sent["summary"], "value": answer}


def recorded_answers() -> dict[str, dict[str, Any]]:
    """The answers to the examples, by operation and name."""
    read: dict[str, dict[str, Any]] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return read


def document_examples(operation: dict[str, Any]) -> None:
    """Put the examples of an operation into its document."""
    for name, example in EXAMPLES.get(operation["operationId"], {}).items():
        for parameter in operation.get("parameters", ()):
            if parameter["name"] in example.given:
                told = {"summary": example.summary, "value": example.given[parameter["name"]]}
                parameter.setdefault("examples", {})[name] = told
        if example.answer is not None:
            content = operation["responses"][str(example.status)]["content"]
            media = content[PROBLEM_TYPE] if example.status >= 400 else next(iter(content.values()))
            media.setdefault("examples", {})[name] = {"summary": example.summary, "value": example.answer}
