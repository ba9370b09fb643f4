"""Likely slips of the hand are said and change nothing: 万元 for 元, a last day that was meant to count, percentages."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import Bureau, loan, policy
from tests.spec.claims import answer
from tests.spec.small_tables import award, insurance, item, points, project, voucher

WAN, UNTIL = "AMOUNT_LOOKS_LIKE_WAN", "UNTIL_LOOKS_INCLUSIVE"


def said(found: dict[str, Any], code: str) -> list[tuple[str, str]]:
    """Pointer and message of each warning of a code."""
    return [(one["pointer"], one["message"]) for one in found["warnings"] if one["code"] == code]


# --- 万元 ----------------------------------------------------------------------------------------------

LARGE = "require: [{that: 'disbursed >= 500万', code: TOO_SMALL, clause: c}]"


@pytest.mark.parametrize(("drawn", "warned"), [("5000.00", True), ("49999.99", True), ("50000.00", False), ("5000000.00", False)])
def test_a_loan_below_a_hundredth_of_the_threshold_is_doubted(drawn: str, warned: bool) -> None:
    """A loan of 5,000 where at least 5,000,000 is asked for: 5,000 万元 were meant, perhaps."""
    found = Bureau(points(more=LARGE)).answer({"contracts": [loan(drawn=[("2025-01-01", drawn)])]})
    assert bool(said(found, WAN)) is warned
    if drawn == "5000.00":
        assert said(found, WAN) == [
            (
                "/contracts/0/drawdowns",
                "实际放款额 5000.00 元不到标准表与之比较的 5000000.00 元的百分之一，已按元计算；如原意为万元，应填 50000000.00",
            )
        ]


def test_a_table_that_compares_the_loan_with_nothing_doubts_nothing() -> None:
    assert said(Bureau(points()).answer({"contracts": [loan(drawn=[("2025-01-01", "0.01")])]}), WAN) == []


def test_a_limit_on_balances_is_compared_too() -> None:
    bureau = Bureau(points(more="caps: [{bounds: BALANCE, limit: 1000万, clause: c}]"))
    assert said(bureau.answer({"contracts": [loan(drawn=[("2025-01-01", "1000.00")])]}), WAN) != []
    assert said(bureau.answer({"contracts": [loan(drawn=[("2025-01-01", "100000.00")])]}), WAN) == []


def test_a_base_is_compared_with_the_least_of_its_thresholds() -> None:
    """Lines from 100万 and from 1000万: 9,999.99 is below a hundredth of the lower one; 10,000 is not. Nothing is nothing."""
    terms = """
facts: ITEMS
wording: EXACT
choose: FIRST
lines:
  - {id: HIGH, when: 'base_amount >= 1000万', base: base_amount, rate: 20%}
  - {id: LOW, when: 'base_amount >= 100万', base: base_amount, rate: 10%}
"""
    bureau = Bureau(terms, "AWARD")
    sent = [item("A", "9999.99"), item("B", "10000.00"), item("C", "0.00")]
    assert [pointer for pointer, _ in said(bureau.answer({"items": sent}), WAN)] == ["/items/0/base_amount"]
    assert [pointer for pointer, _ in said(bureau.answer({"items": list(reversed(sent))}), WAN)] == ["/items/2/base_amount"]


def test_an_investment_and_a_measure_are_compared() -> None:
    terms = """
facts: PROJECTS
wording: EXACT
needs: {fixed: {of: PROJECT, type: MONEY, title: 固定资产投资}, assets: {of: APPLICANT, type: MONEY, title: 总资产}}
require:
  - {that: 'admitted >= 500万', code: A, clause: c}
  - {that: 'fixed >= 500万', code: B, clause: c}
  - {that: 'assets >= 500万', code: C, clause: c}
lines: [{id: ALL, base: admitted, rate: 10%}]
"""
    bureau = Bureau(terms, "GRANT")
    who = {"uscc": "91350100M000100Y43", "measures": {"assets": "600.00"}}
    found = bureau.answer({"applicant": who, "projects": [project("P", "600.00", measures={"fixed": "600.00"})]})
    assert {pointer for pointer, _ in said(found, WAN)} == {
        "/projects/0/investments",
        "/projects/0/measures/fixed",
        "/applicant/measures/assets",
    }
    assert said(Bureau(award(), "AWARD").answer({"items": [item("A", "0.01")]}), WAN) == []


# --- a last day that was meant to count ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "until", "warned"),
    [
        ("2025-01-01", "2025-03-31", True),
        ("2025-01-01", "2025-02-28", True),
        ("2024-01-01", "2024-02-29", True),
        ("2024-02-01", "2024-02-28", False),
        ("2025-01-01", "2025-04-01", False),
        ("2025-01-01", "2025-03-30", False),
        ("2025-01-02", "2025-03-31", False),
    ],
)
def test_a_period_from_the_first_to_the_last_of_a_month_is_doubted(first: str, until: str, warned: bool) -> None:
    """Vouchers, excluded periods, the claim's own period, policies; the days are counted as they were sent."""
    bureau = Bureau(points())
    period = {"from": first, "until": until}
    sent = {
        "claim_period": period,
        "contracts": [
            loan(
                signed_on="2023-01-01",
                drawn=[("2024-01-01", "1000000.00")],
                interest_paid=[voucher(first, until, "9000.00")],
                excluded_periods=[period | {"reason": "OTHER"}],
            )
        ],
    }
    places = [pointer for pointer, _ in said(bureau.answer(sent), UNTIL)]
    expected = ["/claim_period/until", "/contracts/0/interest_paid/0/until", "/contracts/0/excluded_periods/0/until"]
    assert places == (expected if warned else [])
    insured = Bureau(insurance(), "INSURANCE").answer({"policies": [policy("P", "1.00", period_from=first, period_until=until)]})
    assert [pointer for pointer, _ in said(insured, UNTIL)] == (["/policies/0/period_until"] if warned else [])


def test_the_day_that_was_meant_is_named() -> None:
    found = Bureau(points()).answer({"claim_period": {"from": "2025-01-01", "until": "2025-12-31"}, "contracts": [loan()]})
    (warning,) = said(found, UNTIL)
    assert warning[1] == "期间自 1 日起而止于月末 2025-12-31：止日不含，当日不计；如原意含当日，应填 2026-01-01"


# --- a percentage ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "warned"), [("3.85", True), ("0.24000001", True), ("0.24", False)])
def test_a_rate_above_24_percent_says_how_a_percentage_is_written(rate: str, warned: bool) -> None:
    found = Bureau(points()).answer({"contracts": [loan(rate={"kind": "FIXED", "annual_rate": rate})]})
    messages = [message for _, message in said(found, "CONTRACT_RATE_HIGH")]
    assert len(messages) == warned
    assert all("3.85% 应写作 0.0385" in one for one in messages)


def test_published_tables_do_not_doubt_their_own_examples(client: httpx.Client) -> None:
    """The ordinary examples of the documentation raise neither doubt."""
    from app.api.calculations.examples import SINGLE

    paths = {"loan-interest-subsidies": "LOAN_INTEREST", "insurance-subsidies": "INSURANCE", "awards": "AWARD", "grants": "GRANT"}
    assert all(SINGLE[path] for path in paths)
    for path, examples in SINGLE.items():
        for example in examples.values():
            found = answer(client, paths[path], example["value"])
            assert said(found, WAN) == []
