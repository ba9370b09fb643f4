"""Contracts that contradict themselves: what is 422 whatever the table says (D2, D8, D9, D19, D61, D67, D70, D87)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from tests.oracle.accounts import Json
from tests.oracle.language import RefusedError
from tests.oracle.spelling import normal


def on(text: str) -> date:
    return date.fromisoformat(text)


def fen(text: str) -> int:
    return int(text.replace(".", ""))


def no_of(fact: Json) -> str | None:
    """The drawdown that a voucher or a repayment names."""
    return normal(fact["drawdown_no"]) if fact.get("drawdown_no") else None


def is_reversal(voucher: Json) -> bool:
    return voucher.get("kind") == "REVERSAL"


def check_request(request: Json) -> None:
    for contract in request["contracts"]:
        check_contract(contract)


def check_contract(contract: Json) -> None:
    drawdowns = contract["drawdowns"]
    numbers = [normal(d["drawdown_no"]) for d in drawdowns]
    for drawdown in drawdowns:
        if not contract["signed_on"] <= drawdown["on"] < (drawdown.get("matures_on") or contract["matures_on"]):
            raise RefusedError("")
        if drawdown.get("rate"):
            check_rate(drawdown["rate"], drawdown["on"])
        check_plan(drawdown.get("repayment_plan") or contract.get("repayment_plan"), drawdown, contract)
    first_drawdown = min(d["on"] for d in drawdowns)
    if contract.get("rate"):
        check_rate(contract["rate"], first_drawdown)
    if contract.get("repayment_plan") and (len(drawdowns) != 1 or contract.get("repayments")):
        raise RefusedError("")
    with_plan = {normal(d["drawdown_no"]) for d in drawdowns if d.get("repayment_plan")}
    for repayment in contract.get("repayments") or []:
        named = no_of(repayment)
        if named and (named not in numbers or named in with_plan):
            raise RefusedError("")
        if repayment["on"] < first_drawdown or len(with_plan) == len(drawdowns):
            raise RefusedError("")
    check_vouchers(contract.get("interest_paid") or [], numbers)


def require_rates(request: Json) -> None:
    """An equal instalment is worked out from a rate (D62)."""
    for contract in request["contracts"]:
        for drawdown in contract["drawdowns"]:
            plan = drawdown.get("repayment_plan") or contract.get("repayment_plan") or {}
            if plan.get("method") == "EQUAL_INSTALLMENT" and not (drawdown.get("rate") or contract.get("rate")):
                raise RefusedError("FACT_REQUIRED")


def check_rate(rate: Json, first_day: str) -> None:
    if rate["kind"] == "STEPPED" and min(step["from"] for step in rate["steps"]) > first_day:
        raise RefusedError("")


def check_plan(plan: Json | None, drawdown: Json, contract: Json) -> None:
    if plan and plan.get("first_due"):
        last = drawdown.get("matures_on") or contract["matures_on"]
        if not drawdown["on"] < plan["first_due"] <= last:
            raise RefusedError("")


def check_vouchers(vouchers: list[Json], numbers: list[str]) -> None:
    """Vouchers overlap only where they are receipts of one period, or of different drawdowns (D27, D87)."""
    groups: dict[Any, list[Json]] = defaultdict(list)
    for voucher in vouchers:
        named = no_of(voucher)
        if named and named not in numbers:
            raise RefusedError("")
        groups[voucher["from"], voucher["until"], named].append(voucher)
    periods = list(groups)
    for index, (first, until, named) in enumerate(periods):
        for other_first, other_until, other_named in periods[index + 1 :]:
            are_apart = named and other_named and named != other_named
            if not are_apart and first < other_until and other_first < until:
                raise RefusedError("")
    for group in groups.values():
        check_receipts([v for v in group if not is_reversal(v)], [v for v in group if is_reversal(v)])


def check_receipts(receipts: list[Json], reversals: list[Json]) -> None:
    """Receipts of one period add up if each has its own number; what is reversed must be there (D87)."""
    numbers = [receipt.get("receipt_no") for receipt in receipts]
    if len(receipts) > 1 and (None in numbers or len(set(numbers)) < len(numbers)):
        raise RefusedError("")
    if not receipts:
        raise RefusedError("")
    paid, penalties = (
        sum(fen(v.get(name) or "0.00") for v in receipts) - sum(fen(v.get(name) or "0.00") for v in reversals)
        for name in ("amount", "penalty")
    )
    if paid < 0 or paid - penalties < 0:
        raise RefusedError("")
