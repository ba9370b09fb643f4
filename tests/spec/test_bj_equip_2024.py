"""Loans for equipment and renewal, 2024 (bj-equip-2024-0-1): 2.5 points or the contract's rate, for two years."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, post, reasons, warnings

TABLE = "bj-equip-2024-0-1"
FIRST_YEAR = {"from": "2024-05-10", "until": "2025-05-10"}


def contract(annual_rate: str = "0.03", **more: Any) -> Body:
    """A loan of 12,000,000 yuan: 2.5% of it is 300,000 a year and 25,000 a month."""
    usual = {
        "loan_type": "EQUIPMENT",
        "signed_on": "2024-02-01",
        "drawn": [("2024-05-10", "12000000.00")],
        "matures_on": "2029-05-10",
        "rate": {"kind": "FIXED", "annual_rate": annual_rate},
    }
    return loan(**(usual | more))


def claim(one: Body, on: str = "2026-06-30", **more: Any) -> Body:
    """A claim for this loan."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "contracts": [one]} | more


@pytest.mark.parametrize(
    ("rate", "expected", "working"),
    [
        ("0.02499999", "299999.88", "12,000,000 × 2.499999%"),
        ("0.025", "300000.00", "12,000,000 × 2.5%, both are the same"),
        ("0.02500001", "300000.00", "12,000,000 × 2.5%"),
        ("0.05", "300000.00", "12,000,000 × 2.5%"),
        ("0.01", "120000.00", "12,000,000 × 1%"),
    ],
)
def test_the_lower_of_the_points_and_the_contract_rate(client: httpx.Client, rate: str, expected: str, working: str) -> None:
    """给予2.5个百分点的贴息…贷款实际利率低于2.5%的按实际利率贴息. One year."""
    found = answer(client, "LOAN_INTEREST", claim(contract(rate), claim_period=FIRST_YEAR))
    assert found["amount"] == expected, working
    assert found["amount_kind"] == "EXACT"
    assert "DAY_COUNT_ASSUMED" in warnings(found)


@pytest.mark.parametrize(
    ("signed_on", "expected", "working"),
    [
        ("2023-11-30", "0.00", "one day early"),
        ("2023-12-01", "600000.00", "the first day counts"),
        ("2023-12-02", "600000.00", "the day after"),
        ("2024-12-30", "600000.00", "the day before the last"),
        ("2024-12-31", "600000.00", "the last day counts"),
        ("2025-01-01", "0.00", "one day late"),
    ],
)
def test_the_window_of_contracts(client: httpx.Client, signed_on: str, expected: str, working: str) -> None:
    """2023年12月1日至2024年12月31日. Drawn on 2025-02-10, two years: 12,000,000 × 2.5% × 24/12."""
    one = contract(signed_on=signed_on, drawn=[("2025-02-10", "12000000.00")])
    found = answer(client, "LOAN_INTEREST", claim(one, on="2027-03-31"))
    assert found["amount"] == expected, working
    assert ("OUTSIDE_WINDOW" in reasons(found)) == (expected == "0.00")
    assert ("WINDOW_NARROWLY_MISSED" in warnings(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("drawn_on", "first", "until", "expected", "working"),
    [
        ("2024-05-10", "2024-01-01", "2027-01-01", "600000.00", "[2024-05-10, 2026-05-10) = 24 months × 25,000"),
        ("2024-05-10", "2024-05-10", "2024-05-11", "833.33", "the first day: 12,000,000 × 2.5% × 1/360 = 833.333…"),
        ("2024-05-10", "2026-05-09", "2026-05-10", "833.33", "the last day of the term"),
        ("2024-05-10", "2026-05-10", "2026-05-11", "0.00", "the first day after it"),
        ("2024-02-29", "2026-02-27", "2026-02-28", "833.33", "two years from 29 February end before 28 February"),
        ("2024-02-29", "2026-02-28", "2026-03-01", "0.00", "the first day after it"),
    ],
)
def test_the_term_of_two_years(client: httpx.Client, drawn_on: str, first: str, until: str, expected: str, working: str) -> None:
    """期限2年, from the first drawdown."""
    one = contract(drawn=[(drawn_on, "12000000.00")])
    found = answer(client, "LOAN_INTEREST", claim(one, claim_period={"from": first, "until": until}))
    assert found["amount"] == expected, working
    assert ("NO_DAY_COUNTS" in reasons(found)) == (expected == "0.00")


def test_a_later_drawdown_has_no_term_of_its_own(client: httpx.Client) -> None:
    """期限2年: 6,000,000 × 2.5% × 24/12 + 6,000,000 × 2.5% × 12/12."""
    one = contract(drawn=[("2024-05-10", "6000000.00"), ("2025-05-10", "6000000.00")])
    assert answer(client, "LOAN_INTEREST", claim(one))["amount"] == "450000.00"


@pytest.mark.parametrize(
    ("changes", "expected", "working"),
    [
        ({"matures_on": "2025-05-10"}, "300000.00", "the loan ends after 12 months"),
        ({"repaid": [("2025-05-10", "6000000.00")]}, "450000.00", "300,000 + 6,000,000 × 2.5%"),
        (
            {
                "rate": {
                    "kind": "STEPPED",
                    "steps": [{"from": "2024-05-10", "annual_rate": "0.03"}, {"from": "2025-05-10", "annual_rate": "0.02"}],
                }
            },
            "540000.00",
            "12,000,000 × 2.5% + 12,000,000 × 2%",
        ),
        ({"excluded_periods": [{"from": "2024-06-10", "until": "2024-07-10", "reason": "OVERDUE"}]}, "575000.00", "less one month"),
    ],
    ids=["maturity", "repayment", "a lower rate later", "overdue"],
)
def test_what_changes_within_the_term(client: httpx.Client, changes: Body, expected: str, working: str) -> None:
    """Balance, rate and excluded days of each stretch; without a change 600,000."""
    assert answer(client, "LOAN_INTEREST", claim(contract(**changes)))["amount"] == expected, working


@pytest.mark.parametrize(
    ("on", "expected", "working"),
    [
        ("2024-05-10", "0.00", "no day lies before the application"),
        ("2024-05-11", "833.33", "one day"),
        ("2024-06-10", "25000.00", "one month"),
        ("2026-05-10", "600000.00", "the whole term"),
    ],
)
def test_days_before_the_application(client: httpx.Client, on: str, expected: str, working: str) -> None:
    """No interest window was published: the days before the application count."""
    assert answer(client, "LOAN_INTEREST", claim(contract(), on=on))["amount"] == expected, working


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [
        ("287999.99", "287999.99", "less was paid than 12,000,000 × 2.4%"),
        ("288000.00", "288000.00", "as much was paid"),
        ("288000.01", "288000.00", "more was paid"),
    ],
)
def test_never_more_than_the_interest_paid(client: httpx.Client, paid: str, expected: str, working: str) -> None:
    """按实际利率贴息: at most what was paid."""
    one = contract("0.024", interest_paid=[FIRST_YEAR | {"amount": paid}])
    assert answer(client, "LOAN_INTEREST", claim(one, claim_period=FIRST_YEAR))["amount"] == expected, working


def test_no_cap_was_published(client: httpx.Client) -> None:
    """No maximum is named: 9,000,000,000 × 2.5% × 24/12."""
    found = answer(client, "LOAN_INTEREST", claim(contract(drawn=[("2024-05-10", "9000000000.00")])))
    assert found["amount"] == "450000000.00"
    assert [one["scope"] for one in found["caps"]] == ["CONTRACT_INTEREST"]


def test_a_loan_without_interest_earns_nothing(client: httpx.Client) -> None:
    """按实际利率贴息: min(2.5%, 0%)."""
    found = answer(client, "LOAN_INTEREST", claim(contract("0")))
    assert (found["amount"], reasons(found)) == ("0.00", {"ZERO_RATE", "NO_EARNING_ITEM"})


@pytest.mark.parametrize(("on", "status"), [("2024-04-18", 404), ("2024-04-19", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The plan is dated 2024-04-19."""
    one = contract(drawn=[("2024-03-10", "12000000.00")])
    response = post(client, "LOAN_INTEREST", claim(one, on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"


def test_what_the_window_tests_is_said_to_be_open(client: httpx.Client) -> None:
    """期限2年 and the window: the plan itself was not seen."""
    assert "期限2年" in {one["clause"] for one in answer(client, "LOAN_INTEREST", claim(contract()))["not_decided_here"]}
