"""National subsidy on loans for equipment, 2024 (cn-equip-2024-0-1): 1 point for two years from the payment to the supplier."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, post, reasons, warnings

TABLE = "cn-equip-2024-0-1"
MEASURES = {"listed_project": True, "relending_supported": True}


def contract(
    *drawn: tuple[str, str, str | None], measures: Body | None = None, **more: Any
) -> Body:
    """A loan of 36,000,000 yuan at 3%: 1% of it is 360,000 a year, 30,000 a month, 1,000 a day. Drawn on, paid on, amount."""
    rows = drawn or (("2024-07-01", "36000000.00", "2024-07-10"),)
    usual = {
        "loan_type": "EQUIPMENT",
        "signed_on": "2024-01-20",
        "matures_on": "2030-07-10",
        "drawn": [(on, amount) for on, amount, _ in rows],
        "rate": {"kind": "FIXED", "annual_rate": "0.03"},
        "measures": MEASURES | (measures or {}),
    }
    one = loan(**(usual | more))
    for row, (_, _, paid_on) in zip(one["drawdowns"], rows, strict=True):
        row["measures"] = {} if paid_on is None else {"paid_to_supplier_on": paid_on}
    return one


def claim(one: Body, on: str = "2026-09-30", **more: Any) -> Body:
    """A claim for this loan."""
    return {"rate_table": TABLE, "application_date": on, "contracts": [one]} | more


def one_day(first: str, until: str) -> Body:
    """The days that are claimed."""
    return {"claim_period": {"from": first, "until": until}}


@pytest.mark.parametrize(
    ("drawn", "expected", "working"),
    [
        ("0.49", "0.00", "1% × 0.49 = 0.0049, half up"),
        ("0.50", "0.01", "1% × 0.50 = 0.005, half up"),
        ("36000000.00", "360000.00", "1% × 36,000,000"),
        ("9000000000.00", "90000000.00", "1% × 9,000,000,000: no cap was seen"),
    ],
)
def test_one_point(client: httpx.Client, drawn: str, expected: str, working: str) -> None:
    """对符合条件的银行贷款本金贴息1个百分点: one year."""
    one = contract(("2024-07-01", drawn, "2024-07-10"))
    found = answer(client, "LOAN_INTEREST", claim(one, **one_day("2024-07-10", "2025-07-10")))
    assert (found["amount"], found["amount_kind"]) == (expected, "EXACT"), working


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2024-07-09", "2024-07-10", "0.00", "drawn, and not yet paid to the supplier"),
        ("2024-07-10", "2024-07-11", "1000.00", "the day of the payment"),
        ("2026-07-09", "2026-07-10", "1000.00", "the last day of two years"),
        ("2026-07-10", "2026-07-11", "0.00", "the first day after them"),
        ("2024-01-01", "2026-09-30", "720000.00", "24 months × 30,000"),
    ],
)
def test_two_years_from_the_payment(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """贴息期限不超过2年，自相关贷款资金划付供应商账户之日起实施."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), **one_day(first, until)))
    assert found["amount"] == expected, working
    assert ("NO_DAY_COUNTS" in reasons(found)) == (expected == "0.00")


def test_each_drawdown_has_its_own_two_years(client: httpx.Client) -> None:
    """Paid on 2024-07-10 and 2025-01-10: 18,000,000 × 1% × 24/12 + 18,000,000 × 1% × 18/12 up to 2026-07-10."""
    one = contract(("2024-07-01", "18000000.00", "2024-07-10"), ("2025-01-05", "18000000.00", "2025-01-10"))
    found = answer(client, "LOAN_INTEREST", claim(one, **one_day("2024-01-01", "2026-07-10")))
    assert found["amount"] == "630000.00"


@pytest.mark.parametrize(
    ("drawn_on", "expected", "working"),
    [
        ("2024-03-06", "0.00", "a day early"),
        ("2024-03-07", "1000.00", "the day itself counts"),
        ("2024-03-08", "1000.00", "the day after"),
    ],
)
def test_the_first_day_of_drawdowns(client: httpx.Client, drawn_on: str, expected: str, working: str) -> None:
    """2024年3月7日后发放, whenever the contract was signed; one day earns 1,000."""
    one = contract((drawn_on, "36000000.00", "2024-07-10"))
    found = answer(client, "LOAN_INTEREST", claim(one, **one_day("2024-07-10", "2024-07-11")))
    assert found["amount"] == expected, working
    assert ("DRAWN_TOO_EARLY" in reasons(found)) == (expected == "0.00")


def test_an_early_drawdown_does_not_spoil_a_later_one(client: httpx.Client) -> None:
    """Each drawdown is tested by its own day: 18,000,000 × 1% × 1/360 = 500 of the later one."""
    one = contract(("2024-03-06", "18000000.00", "2024-07-10"), ("2024-03-07", "18000000.00", "2024-07-10"))
    found = answer(client, "LOAN_INTEREST", claim(one, **one_day("2024-07-10", "2024-07-11")))
    assert (found["amount"], reasons(found)) == ("500.00", {"DRAWN_TOO_EARLY"})


@pytest.mark.parametrize(("fact", "code"), [("listed_project", "PROJECT_NOT_LISTED"), ("relending_supported", "NO_RELENDING")])
def test_conditions_of_a_loan(client: httpx.Client, fact: str, code: str) -> None:
    """备选项目清单; 再贷款支持: asked for, and refused where it is not so."""
    found = answer(client, "LOAN_INTEREST", claim(contract(measures={fact: False})))
    assert (found["amount"], reasons(found)) == ("0.00", {code, "NO_EARNING_ITEM"})
    one = contract()
    del one["measures"][fact]
    assert refused(client, "LOAN_INTEREST", claim(one)) == [(f"/contracts/0/measures/{fact}", "FACT_REQUIRED")]


def test_the_day_of_payment_is_asked_for(client: httpx.Client) -> None:
    """It begins the two years; the day of the drawdown is not taken in its place."""
    body = claim(contract(("2024-07-01", "36000000.00", None)))
    assert refused(client, "LOAN_INTEREST", body) == [("/contracts/0/drawdowns/0/measures/paid_to_supplier_on", "FACT_REQUIRED")]


def test_what_is_left_open(client: httpx.Client) -> None:
    """The source is news; the period was extended until a quota is used up, which is said to be open."""
    found = answer(client, "LOAN_INTEREST", claim(contract()))
    assert {"TABLE_AUTHORITY", "DAY_COUNT_ASSUMED"} <= warnings(found)
    assert "（整理）2024年3月7日至12月31日，后延长" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2024-05-31", 404), ("2024-06-01", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is of June 2024; its day was not seen."""
    one = contract(("2024-04-01", "36000000.00", "2024-04-10"))
    response = post(client, "LOAN_INTEREST", claim(one, on=on, **one_day("2024-04-10", "2024-04-11")))
    assert response.status_code == status
    assert response.json()["amount"] == "1000.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
