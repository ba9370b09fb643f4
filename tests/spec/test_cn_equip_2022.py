"""National subsidy on loans for equipment, 2022 (cn-equip-2022-0-1): 2.5 points for two years, drawn by 2022-12-31."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, post, reasons, warnings
from tests.spec.small_tables import voucher

TABLE = "cn-equip-2022-0-1"
MEASURES = {"equipment_renewal": True, "listed_field": True}
FIRST_YEAR = {"from": "2022-10-10", "until": "2023-10-10"}


def contract(measures: Body | None = None, **more: Any) -> Body:
    """A loan of 14,400,000 yuan at 3.2%: 2.5% of it is 360,000 a year, 30,000 a month, 1,000 a day."""
    usual = {
        "loan_type": "EQUIPMENT",
        "signed_on": "2022-09-20",
        "drawn": [("2022-10-10", "14400000.00")],
        "matures_on": "2027-10-10",
        "rate": {"kind": "FIXED", "annual_rate": "0.032"},
        "measures": MEASURES | (measures or {}),
    }
    return loan(**(usual | more))


def claim(one: Body, on: str = "2024-12-31", **more: Any) -> Body:
    """A claim for this loan."""
    return {"rate_table": TABLE, "application_date": on, "contracts": [one]} | more


@pytest.mark.parametrize(
    ("drawn", "expected", "working"),
    [
        ("1.39", "0.03", "2.5% × 1.39 = 0.03475, half up"),
        ("1.40", "0.04", "2.5% × 1.40 = 0.035, half up"),
        ("14400000.00", "360000.00", "2.5% × 14,400,000"),
        ("9000000000.00", "225000000.00", "2.5% × 9,000,000,000: no cap was seen"),
    ],
)
def test_two_and_a_half_points(client: httpx.Client, drawn: str, expected: str, working: str) -> None:
    """贴息2.5个百分点: one year."""
    found = answer(client, "LOAN_INTEREST", claim(contract(drawn=[("2022-10-10", drawn)]), claim_period=FIRST_YEAR))
    assert (found["amount"], found["amount_kind"]) == (expected, "EXACT"), working


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [
        ("359999.99", "359999.99", "less was paid than 2.5%"),
        ("360000.00", "360000.00", "as much"),
        ("360000.01", "360000.00", "more"),
    ],
)
def test_never_more_than_the_interest_paid(client: httpx.Client, paid: str, expected: str, working: str) -> None:
    """贴息: interest that was not paid is not subsidised (D30)."""
    one = contract(interest_paid=[voucher("2022-10-10", "2023-10-10", paid)])
    assert answer(client, "LOAN_INTEREST", claim(one, claim_period=FIRST_YEAR))["amount"] == expected, working


@pytest.mark.parametrize(
    ("drawn_on", "expected", "working"),
    [
        ("2022-12-30", "1000.00", "a day before the last"),
        ("2022-12-31", "1000.00", "the last day counts"),
        ("2023-01-01", "0.00", "a day late"),
    ],
)
def test_the_last_day_of_drawdowns(client: httpx.Client, drawn_on: str, expected: str, working: str) -> None:
    """2022年12月31日前新增; one day of January earns 1,000."""
    body = claim(contract(drawn=[(drawn_on, "14400000.00")]), claim_period={"from": "2023-01-05", "until": "2023-01-06"})
    found = answer(client, "LOAN_INTEREST", body)
    assert found["amount"] == expected, working
    assert ("DRAWN_TOO_LATE" in reasons(found)) == (expected == "0.00")


def test_a_late_drawdown_does_not_spoil_an_early_one(client: httpx.Client) -> None:
    """Each drawdown is tested by its own day: 7,200,000 × 2.5% × 1/360 = 500 of the early one."""
    one = contract(drawn=[("2022-12-31", "7200000.00"), ("2023-01-01", "7200000.00")])
    found = answer(client, "LOAN_INTEREST", claim(one, claim_period={"from": "2023-01-05", "until": "2023-01-06"}))
    assert (found["amount"], reasons(found)) == ("500.00", {"DRAWN_TOO_LATE"})


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2022-10-10", "2022-10-11", "1000.00", "the first day"),
        ("2024-10-09", "2024-10-10", "1000.00", "the last day of two years"),
        ("2024-10-10", "2024-10-11", "0.00", "the first day after them"),
        ("2022-01-01", "2024-12-31", "720000.00", "24 months × 30,000"),
    ],
)
def test_the_term_of_two_years(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """期限2年, from the first drawdown."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), claim_period={"from": first, "until": until}))
    assert found["amount"] == expected, working


@pytest.mark.parametrize(("fact", "code"), [("equipment_renewal", "NOT_FOR_EQUIPMENT"), ("listed_field", "FIELD_NOT_LISTED")])
def test_conditions_of_a_loan(client: httpx.Client, fact: str, code: str) -> None:
    """10个领域设备更新改造贷款: asked for, and refused where it is not so."""
    found = answer(client, "LOAN_INTEREST", claim(contract({fact: False})))
    assert (found["amount"], reasons(found)) == ("0.00", {code, "NO_EARNING_ITEM"})
    one = contract()
    del one["measures"][fact]
    assert refused(client, "LOAN_INTEREST", claim(one)) == [(f"/contracts/0/measures/{fact}", "FACT_REQUIRED")]


def test_what_is_left_open(client: httpx.Client) -> None:
    """The source is news; from when two years run, and what 新增 means, is said to be open."""
    found = answer(client, "LOAN_INTEREST", claim(contract()))
    assert {"TABLE_AUTHORITY", "DAY_COUNT_ASSUMED"} <= warnings(found)
    assert {"期限2年。", "对2022年12月31日前新增的10个领域设备更新改造贷款"} <= {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2022-08-31", 404), ("2022-09-01", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is of September 2022; its day was not seen."""
    one = contract(signed_on="2022-08-01", drawn=[("2022-08-10", "14400000.00")])
    response = post(client, "LOAN_INTEREST", claim(one, on=on, claim_period={"from": "2022-08-10", "until": "2022-08-11"}))
    assert response.status_code == status
    assert response.json()["amount"] == "1000.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
