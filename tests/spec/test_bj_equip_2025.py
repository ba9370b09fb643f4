"""Loans for equipment and renewal, 2025 (bj-equip-2025-0-1): at most 2.5 points or the contract's rate, for two years, from 5,000,000 on."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, post, reasons, warnings

TABLE = "bj-equip-2025-0-1"
FIRST_YEAR = {"from": "2025-07-10", "until": "2026-07-10"}


def contract(annual_rate: str = "0.03", measures: Body | None = None, **more: Any) -> Body:
    """A loan of 12,000,000 yuan for equipment: 2.5% of it is 300,000 a year and 25,000 a month."""
    usual = {
        "loan_type": "EQUIPMENT",
        "signed_on": "2025-06-20",
        "drawn": [("2025-07-10", "12000000.00")],
        "matures_on": "2030-07-10",
        "rate": {"kind": "FIXED", "annual_rate": annual_rate},
        "measures": {"equipment_renewal": True, "equipment_purchase": "5000000.00"} | (measures or {}),
    }
    return loan(**(usual | more))


def claim(one: Body, on: str = "2027-12-31", **more: Any) -> Body:
    """A claim for this loan."""
    return {"rate_table": TABLE, "application_date": on, "contracts": [one]} | more


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
    """最高不超过2.5个百分点的贴息，贷款实际利率低于2.5%的按照贴息率不超过贷款实际利率安排. One year."""
    found = answer(client, "LOAN_INTEREST", claim(contract(rate), claim_period=FIRST_YEAR))
    assert (found["amount"], found["amount_kind"]) == (expected, "MAXIMUM"), working
    assert {"DAY_COUNT_ASSUMED", "TABLE_AUTHORITY"} <= warnings(found)


@pytest.mark.parametrize(
    ("measures", "expected", "working"),
    [
        ({"equipment_purchase": "5000000.00"}, "300000.00", "500万元及以上 includes it"),
        ({"equipment_purchase": "5000000.01"}, "300000.00", "one fen above"),
        ({"equipment_purchase": "4999999.99", "exception_approved": False}, "0.00", "one fen below"),
        ({"equipment_purchase": "4999999.99", "exception_approved": True}, "300000.00", "原则上: the authority agreed"),
    ],
)
def test_threshold_of_the_purchase(client: httpx.Client, measures: Body, expected: str, working: str) -> None:
    """原则上设备采购金额应达到人民币500万元及以上."""
    found = answer(client, "LOAN_INTEREST", claim(contract(measures=measures), claim_period=FIRST_YEAR))
    assert found["amount"] == expected, working
    assert ("BELOW_THRESHOLD" in reasons(found)) == (expected == "0.00")


def test_below_the_threshold_the_decision_is_asked_for(client: httpx.Client) -> None:
    """原则上 leaves the exception to the authority: it is neither granted nor refused in silence."""
    body = claim(contract(measures={"equipment_purchase": "4999999.99"}))
    assert refused(client, "LOAN_INTEREST", body) == [("/contracts/0/measures/exception_approved", "FACT_REQUIRED")]


@pytest.mark.parametrize("missing", ["equipment_renewal", "equipment_purchase"])
def test_what_a_loan_must_say(client: httpx.Client, missing: str) -> None:
    """A fact that decides is asked for."""
    one = contract()
    del one["measures"][missing]
    assert (f"/contracts/0/measures/{missing}", "FACT_REQUIRED") in refused(client, "LOAN_INTEREST", claim(one))


def test_a_loan_for_something_else_earns_nothing(client: httpx.Client) -> None:
    """重点领域设备购置与更新改造贷款贴息."""
    found = answer(client, "LOAN_INTEREST", claim(contract(measures={"equipment_renewal": False})))
    assert (found["amount"], reasons(found)) == ("0.00", {"NOT_FOR_EQUIPMENT", "NO_EARNING_ITEM"})


@pytest.mark.parametrize(
    ("drawn_on", "first", "until", "expected", "working"),
    [
        ("2025-07-10", "2025-01-01", "2027-12-31", "600000.00", "[2025-07-10, 2027-07-10) = 24 months × 25,000"),
        ("2025-07-10", "2025-07-10", "2025-07-11", "833.33", "the first day: 12,000,000 × 2.5% × 1/360 = 833.333…, down"),
        ("2025-07-10", "2027-07-09", "2027-07-10", "833.33", "the last day of the term"),
        ("2025-07-10", "2027-07-10", "2027-07-11", "0.00", "the first day after it"),
    ],
)
def test_the_term_of_two_years(client: httpx.Client, drawn_on: str, first: str, until: str, expected: str, working: str) -> None:
    """贴息期限2年, from the first drawdown."""
    one = contract(drawn=[(drawn_on, "12000000.00")])
    found = answer(client, "LOAN_INTEREST", claim(one, claim_period={"from": first, "until": until}))
    assert found["amount"] == expected, working
    assert ("NO_DAY_COUNTS" in reasons(found)) == (expected == "0.00")


def test_no_cap_was_published(client: httpx.Client) -> None:
    """No maximum is named: 9,000,000,000 × 2.5% × 24/12."""
    found = answer(client, "LOAN_INTEREST", claim(contract(drawn=[("2025-07-10", "9000000000.00")])))
    assert found["amount"] == "450000000.00"
    assert [one["scope"] for one in found["caps"]] == ["CONTRACT_INTEREST"]


@pytest.mark.parametrize(("on", "status"), [("2025-06-08", 404), ("2025-06-09", 200), ("2027-12-31", 200), ("2028-01-01", 404)])
def test_the_days_of_the_plan(client: httpx.Client, on: str, status: int) -> None:
    """In force from 2025-06-09 to 2027-12-31; what holds for applications after that was not seen."""
    one = contract(signed_on="2025-05-20", drawn=[("2025-06-01", "12000000.00")])
    response = post(client, "LOAN_INTEREST", claim(one, on=on, claim_period={"from": "2025-06-01", "until": "2025-06-07"}))
    assert response.status_code == status
    # 12,000,000 × 2.5% × 6/360
    assert response.json()["amount"] == "5000.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"


def test_what_is_left_open(client: httpx.Client) -> None:
    """From when two years run, exceptions, applications after the last day."""
    found = answer(client, "LOAN_INTEREST", claim(contract()))
    assert {"贴息期限2年。", "原则上设备采购金额应达到人民币500万元及以上", "（整理）有效期至2027年12月31日"} <= {
        one["clause"] for one in found["not_decided_here"]
    }
