"""The engine beside the oracle: run both on one case and say where they differ."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from types import ModuleType
from typing import Any

from pydantic import TypeAdapter

from app.calculators.assessment import assess
from app.calculators.facts import Claim
from app.calculators.reading import parse_terms
from app.calculators.results import Result
from app.calculators.terms import Overlay, RateTable, ReferenceSeries
from tests.oracle import award, grant, insurance, loan_interest
from tests.oracle.generate import case
from tests.oracle.series import made_up

Json = dict[str, Any]
ORACLES: dict[str, ModuleType] = {
    "LOAN_INTEREST": loan_interest,
    "INSURANCE": insurance,
    "AWARD": award,
    "GRANT": grant,
}
CLAIM: TypeAdapter[Claim] = TypeAdapter(Claim)


@lru_cache(maxsize=1)
def raw_series() -> Json:
    return made_up()


@lru_cache(maxsize=1)
def engine_series() -> dict[str, ReferenceSeries]:
    return {
        name: ReferenceSeries(
            series=name,
            version=1,
            digest="sha256:0",
            holds_until=date.fromisoformat(about["holds_until"]),
            days=tuple(date.fromisoformat(on).toordinal() for on, _ in about["rows"]),
            values=tuple(Fraction(value) for _, value in about["rows"]),
            confidences=("read",) * len(about["rows"]),
        )
        for name, about in raw_series().items()
    }


def engine_overlay(raw: Json) -> Overlay:
    return Overlay(
        id="yy",
        title="管理办法",
        methods=None,
        facts=None,
        effective_from=date(2000, 1, 1),
        effective_until=None,
        known_from=datetime(2020, 1, 1, tzinfo=UTC),
        document="管理办法",
        authority="official",
        digest="sha256:0",
        terms=parse_terms(raw, overlay=True),
    )


def engine_table(table: Json) -> RateTable:
    return RateTable(
        id=table["id"],
        fund=table["fund"],
        year=table["year"],
        batch=table["batch"],
        direction="1",
        title="测试",
        method=table["method"],
        version=1,
        digest="sha256:0",
        effective_from=date(2000, 1, 1),
        effective_until=None,
        published_at=datetime(2020, 1, 1, tzinfo=UTC),
        document="测试通知",
        authority="official",
        terms=parse_terms(table["terms"]),
        overlays=tuple(engine_overlay(raw) for raw in table.get("overlays", [])),
    )


def engine_answer(table: Json, request: Json) -> Result:
    claim = CLAIM.validate_json(json.dumps(request), strict=True)
    return assess(
        claim,
        engine_table(table),
        engine_series(),
        endpoint_method=table["method"],
        language="zh",
        known_at="2026-08-20T09:00:00+08:00",
        calculation_id="sha256:0",
    )


def oracle_answer(table: Json, request: Json) -> Json:
    answer: Json = ORACLES[table["method"]].expected(table, request, raw_series())
    return answer


def differences(ours: Result, theirs: Json) -> list[str]:
    """What the engine says and the oracle does not: status, amount, items, bases, payout."""
    found = []
    if ours.status != theirs["status"]:
        found.append(f"status {ours.status} / {theirs['status']}")
    if ours.amount != theirs["amount"]:
        found.append(f"amount {ours.amount} / {theirs['amount']}")
    items = {item.id: item for item in ours.items}
    if set(items) - set(theirs["items"]):
        found.append(f"items {sorted(items)} / {sorted(theirs['items'])}")
    for name, expected in theirs["items"].items():
        if name not in items:
            if expected["amount"] != "0.00":
                found.append(f"{name} missing")
            continue
        item = items[name]
        if item.amount != expected["amount"]:
            found.append(f"{name} amount {item.amount} / {expected['amount']}")
        before = expected["amount_before_caps"]
        if before is not None and Fraction(before).denominator == 1 and Fraction(item.amount_before_caps) * 100 != before:
            found.append(f"{name} before caps {item.amount_before_caps} / {before}")
        if expected.get("basis") and item.interest_basis != expected["basis"] and theirs["status"] == "ELIGIBLE":
            found.append(f"{name} basis {item.interest_basis} / {expected['basis']}")
    return found


def compare(method: str, seed: int) -> str | None:
    """None where both agree, else everything that is needed to look into it."""
    table, request = case(method, seed)
    theirs: Json | str
    try:
        theirs = oracle_answer(table, request)
    except Exception as error:  # a crash of the oracle is a finding too
        theirs = repr(error)
    ours: Result | str
    try:
        ours = engine_answer(table, request)
    except Exception as error:
        ours = f"{type(error).__name__}: {error} {getattr(error, 'faults', '')}"
    if isinstance(ours, Result) and isinstance(theirs, dict):
        found = differences(ours, theirs)
        if not found:
            return None
    else:
        found = ["one of them gives no answer"]
    return report(method, seed, table, request, ours, theirs, found)


def report(method: str, seed: int, table: Json, request: Json, ours: Any, theirs: Any, found: list[str]) -> str:
    if isinstance(ours, Result):
        ours = {
            "status": ours.status,
            "amount": ours.amount,
            "items": {i.id: (i.amount_before_caps, i.amount, i.interest_basis) for i in ours.items},
            "caps": [(c.scope, c.key, c.before, c.after) for c in ours.caps],
            "reasons": [(r.code, r.item_id) for r in ours.reasons],
        }
    return "\n".join(
        [
            f"{method} seed {seed}: " + "; ".join(found),
            "table   " + json.dumps(table, ensure_ascii=False),
            "request " + json.dumps(request, ensure_ascii=False),
            f"engine  {ours}",
            f"oracle  {theirs}",
        ]
    )
