"""The engine beside the oracle: run both on one case and say where they differ."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import cache, lru_cache, partial
from math import floor
from types import ModuleType
from typing import Any

from app.calculators.results.model import Result
from app.calculators.terms.model import Overlay, RateTable, ReferenceSeries
from app.calculators.terms.parser import parse_terms
from app.errors import ProblemError
from app.services.calculation import answer_under, kind_of, read_claim
from tests.oracle import award, grant, insurance, loan_interest
from tests.oracle.accounts import Said
from tests.oracle.generate import case
from tests.oracle.language import RefusedError
from tests.oracle.series import made_up
from tests.oracle.spelling import normal

Json = dict[str, Any]
ORACLES: dict[str, ModuleType] = {
    "LOAN_INTEREST": loan_interest,
    "INSURANCE": insurance,
    "AWARD": award,
    "GRANT": grant,
}
ON_BALANCES: set[str] = set()  # scopes of caps that bound balances


@dataclass
class Refusal:
    """The engine's refusal of a claim."""

    text: str
    codes: set[str]


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
        published_at=datetime.fromisoformat(table.get("published_at", "2020-01-01T00:00:00+00:00")),
        document="测试通知",
        authority="official",
        read_terms=cache(partial(parse_terms, table["terms"])),
        overlays=tuple(engine_overlay(raw) for raw in table.get("overlays", [])),
    )


def engine_answer(table: Json, request: Json) -> Result:
    """What a sender gets under this very table: read, put in order and assessed as an endpoint does it."""
    rates = engine_table(table)
    kind = kind_of(rates)
    claim = read_claim(json.dumps(request).encode(), kind)
    return answer_under(claim, kind, rates, engine_series(), "2026-08-20T09:00:00+08:00", "zh")


def oracle_answer(table: Json, request: Json) -> Json:
    answer: Json = ORACLES[table["method"]].expected(table, request, raw_series())
    return answer


def differences(ours: Result, theirs: Json) -> list[str]:
    """Where the engine's answer is not the oracle's: status, amount, items, bases, payout, caps that bind, what has to be said."""
    found = unsaid(ours, theirs)
    if ours.status != theirs["status"]:
        found.append(f"status {ours.status} / {theirs['status']}")
    if ours.amount != theirs["amount"]:
        found.append(f"amount {ours.amount} / {theirs['amount']}")
    items = {named(item.id, getattr(item, "lender", None), theirs): item for item in ours.items}
    if set(items) - set(theirs["items"]):
        found.append(f"items {list(items)} / {list(theirs['items'])}")
    for name, expected in theirs["items"].items():
        if name not in items:
            if expected["amount"] != "0.00":
                found.append(f"{name} missing")
            continue
        item = items[name]
        if item.amount != expected["amount"]:
            found.append(f"{name} amount {item.amount} / {expected['amount']}")
        before = expected["amount_before_caps"]
        if before is not None and fen(item.amount_before_caps) != before:
            found.append(f"{name} before caps {item.amount_before_caps} / {before}")
        if "recovery" in expected and theirs["status"] == "ELIGIBLE" and Fraction(item.recovery or 0) != Fraction(expected["recovery"]):
            found.append(f"{name} recovery {item.recovery} / {expected['recovery']}")
        if expected.get("basis") and item.interest_basis != expected["basis"] and theirs["status"] == "ELIGIBLE":
            found.append(f"{name} basis {item.interest_basis} / {expected['basis']}")
    if theirs["status"] == "ELIGIBLE":
        found += caps_that_differ(ours, theirs)
        if theirs.get("kind") and ours.amount_kind != theirs["kind"]:
            found.append(f"kind {ours.amount_kind} / {theirs['kind']}")
        payout = [part.amount for part in ours.payout]
        if theirs["payout"] and payout != theirs["payout"]:
            found.append(f"payout {payout} / {theirs['payout']}")
    return found


def caps_that_differ(ours: Result, theirs: Json) -> list[str]:
    """The accounts that bind: what they separate by (where that is one id), their limit and what they leave."""
    bound = [cap for cap in theirs["caps"] if cap["binding"]]
    by_one = all(len(cap["per"]) <= 1 and len(cap["key"]) == len(cap["per"]) for cap in bound)
    expected = sorted(((cap["key"] or cap["lines"] or [""])[0] if by_one else "", cap["limit"], floor(cap["after"])) for cap in bound)
    told = sorted(
        (normal(cap.key or "") if by_one else "", fen(cap.limit), fen(cap.after))
        for cap in ours.caps
        if cap.binding and cap.scope not in ON_BALANCES
    )
    return [] if told == expected else [f"caps that bind {told} / {expected}"]


def named(no: str, lender: str | None, theirs: Json) -> Any:
    """The oracle names a contract by its lender too where two lenders share its number (D70)."""
    return (no, lender) if (no, lender) in theirs["items"] else no


def fen(text: str | None) -> Fraction:
    return Fraction(text or "0") * 100


def unsaid(ours: Result, theirs: Json) -> list[str]:
    """What the answer has to say and does not: reasons that decisions name, and warnings without which a silence would be a fault."""
    said: Said = theirs["said"]
    found = []
    reasons = {(reason.code, item) for reason in ours.reasons for item in (reason.item_id, None)}
    found += [f"no reason {code} of {item}" for code, item in sorted(said.reasons - reasons, key=str)]
    if said.needs_reason and not ours.reasons:
        found.append("0.00 without a reason")
    codes = {warning.code for warning in ours.warnings}
    found += [f"warning {code} out of place" for code in sorted(said.never & codes)]
    if theirs["status"] != "ELIGIBLE":
        return found  # nothing is paid, so that nothing is paid silently
    found += [f"no warning {code}" for code in sorted(said.warnings - codes)]
    pointers = [warning.pointer or "" for warning in ours.warnings]
    found += [f"no warning at {place}" for place in sorted(said.warned_places) if not any(re.fullmatch(place, p) for p in pointers)]
    messages = [warning.message.replace(",", "") for warning in ours.warnings]
    found += [f"no warning says {text}" for text in sorted(said.messages) if not any(text in message for message in messages)]
    if said.has_open_point and not ours.not_decided_here:
        found.append("no open point")
    return found


def compare(method: str, seed: int) -> str | None:
    """None where both agree, else everything that is needed to look into it.

    Both answer alike, or both refuse, with the code that the oracle states if it states one. A refusal beside an answer
    is a disagreement, and so is any other exception of either.
    """
    table, request = case(method, seed)
    theirs: Json | RefusedError | str
    try:
        theirs = oracle_answer(table, request)
    except RefusedError as refusal:
        theirs = refusal
    except Exception as error:  # a crash of the oracle is a finding too
        theirs = repr(error)
    ours: Result | Refusal | str
    try:
        ours = engine_answer(table, request)
    except ProblemError as problem:
        ours = Refusal(str([(fault.pointer, fault.code) for fault in problem.errors]), {problem.code, *(fault.code for fault in problem.errors)})
    except Exception as error:
        ours = f"{type(error).__name__}: {error}"
    match ours, theirs:
        case Result(), dict():
            found = differences(ours, theirs)
        case Refusal(), RefusedError():
            # of two things that are missing either may be told first: a fact, or a value of a series
            missing = {"FACT_REQUIRED", "REFERENCE_RATE_NOT_COVERED"}
            told = {"", *ours.codes, *(missing if missing & ours.codes else ())}
            found = [] if theirs.code in told else [f"refused with {sorted(ours.codes)} / {theirs.code}"]
        case Refusal(), dict():
            # no decision says whether a claim that is refused outright may lack what its items need, a rate included
            is_open = theirs.get("may_lack_facts") and ours.codes <= {"FACT_REQUIRED", "REFERENCE_RATE_NOT_COVERED"}
            found = [] if is_open else [f"refused with {sorted(ours.codes)} / answered"]
        case Result(), RefusedError():
            found = [f"answered / refused with {theirs.code or 'some code'}"]
        case _:
            found = ["a crash"]
    return report(method, seed, table, request, ours, theirs, found) if found else None


def report(method: str, seed: int, table: Json, request: Json, ours: Any, theirs: Any, found: list[str]) -> str:
    if isinstance(ours, Result):
        ours = {
            "warnings": [(w.code, w.pointer) for w in ours.warnings],
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
