"""The terms of tables that have one line, and the parts of an answer that a row of the specification compares."""

from __future__ import annotations

from typing import Any

from tests.bureau import USCC

Answer = dict[str, Any]


def points(rate: str = "1%", *, wording: str = "EXACT", day_count: str = "MONTHS_12", more: str = "") -> str:
    """Points on principal: balance × rate × days."""
    return f"facts: CONTRACTS\nwording: {wording}\nday_count: {day_count}\nlines: [{{id: ALL, base: balance, rate: '{rate}'}}]\n{more}"


def share(rate: str = "20%", *, wording: str = "EXACT", more: str = "") -> str:
    """A share of the interest."""
    return f"facts: CONTRACTS\nwording: {wording}\nday_count: MONTHS_12\nlines: [{{id: ALL, base: interest, rate: '{rate}'}}]\n{more}"


def award(rate: str = "100%", *, wording: str = "EXACT", more: str = "") -> str:
    """A share of each item's base."""
    return f"facts: ITEMS\nwording: {wording}\nlines: [{{id: ALL, base: base_amount, rate: '{rate}'}}]\n{more}"


def insurance(rate: str = "50%", *, base: str = "premium_paid", wording: str = "EXACT", more: str = "") -> str:
    """A share of each premium."""
    return f"facts: POLICIES\nwording: {wording}\nlines: [{{id: ALL, base: '{base}', rate: '{rate}'}}]\n{more}"


def grant(rate: str = "30%", *, wording: str = "CEILING", admit: str = "", more: str = "") -> str:
    """A share of each project's admitted investment."""
    admit = admit or "{categories: unknown, vat: INCLUDED, related_party: INCLUDED}"
    return f"facts: PROJECTS\nwording: {wording}\nadmit: {admit}\nlines: [{{id: ALL, base: admitted, rate: '{rate}'}}]\n{more}"


def item(no: str, amount: str, **more: Any) -> Answer:
    """An item with a base."""
    return {"item_id": no, "base_amount": amount} | more


def project(no: str, amount: str, **more: Any) -> Answer:
    """A project with one payment for equipment."""
    return {"project_id": no, "investments": [{"category": "EQUIPMENT", "amount": amount}]} | more


def voucher(first: str, until: str, amount: str, **more: Any) -> Answer:
    """An interest voucher, paid on the day after its last."""
    return {"from": first, "until": until, "amount": amount, "paid_on": until} | more


def granted(amount: str, table: str = "xx-spec-2025-0-1", on: str = "2025-03-01", year: int | None = None, **keys: str) -> Answer:
    """An applicant with one earlier grant."""
    return {"uscc": USCC, "granted": [{"rate_table": table, "on": on, "amount": amount, "accrual_year": year, "keys": keys}]}


def measures(terms: str, *, methods: str = "all", first: str = "2020-01-01", last: str = "open") -> str:
    """Management measures of the fund."""
    return (
        f"overlays:\n  - {{id: xx-rules, title: 管理办法, methods: {methods}, effective: {{first_day: '{first}', last_day: {last}}}, "
        f"authority: official, terms: {{{terms}}}}}"
    )


def codes(answer: Answer, where: str = "reasons") -> list[str]:
    """The codes of an answer's reasons or warnings, in order."""
    return [one["code"] for one in answer[where]]


def segments(answer: Answer, *names: str) -> list[tuple[Any, ...]]:
    """Fields of all segments, in order."""
    return [tuple(one[name] for name in names) for work in answer["items"] for one in work["segments"]]


def days_counted(answer: Answer) -> tuple[str, str]:
    """The first day that counts and the day after the last one."""
    spans = segments(answer, "from", "until")
    return min(first for first, _ in spans), max(until for _, until in spans)


def amounts(answer: Answer) -> dict[str, str]:
    """The amount of each item."""
    return {one["id"]: one["amount"] for one in answer["items"]}


def caps(answer: Answer, *names: str) -> list[tuple[Any, ...]]:
    """Fields of all caps of the table, in order; the interest bound of contracts left out."""
    return [tuple(one[name] for name in names) for one in answer["caps"] if one["scope"] != "CONTRACT_INTEREST"]
