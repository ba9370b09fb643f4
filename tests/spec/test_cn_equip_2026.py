"""National subsidy on loans for equipment, 2026 (cn-equip-2026-0-1): 1.5 points for two years from each drawdown."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, post, reasons, warnings

TABLE = "cn-equip-2026-0-1"


def contract(renewal: bool = True, **more: Any) -> Body:
    """A loan of 24,000,000 yuan at 3%: 1.5% of it is 360,000 a year, 30,000 a month, 1,000 a day."""
    usual = {
        "loan_type": "FIXED_ASSET",
        "signed_on": "2026-01-25",
        "drawn": [("2026-05-10", "24000000.00")],
        "matures_on": "2032-05-10",
        "rate": {"kind": "FIXED", "annual_rate": "0.03"},
        "measures": {"equipment_renewal": renewal},
    }
    return loan(**(usual | more))


def claim(one: Body, on: str = "2028-06-30", **more: Any) -> Body:
    """A claim for this loan."""
    return {"rate_table": TABLE, "application_date": on, "contracts": [one]} | more


def days(first: str, until: str) -> Body:
    """The days that are claimed."""
    return {"claim_period": {"from": first, "until": until}}


@pytest.mark.parametrize(
    ("drawn", "expected", "working"),
    [
        ("0.33", "0.00", "1.5% × 0.33 = 0.00495, half up"),
        ("0.34", "0.01", "1.5% × 0.34 = 0.0051, half up"),
        ("24000000.00", "360000.00", "1.5% × 24,000,000"),
        ("9000000000.00", "135000000.00", "1.5% × 9,000,000,000: no cap was seen"),
    ],
)
def test_one_and_a_half_points(client: httpx.Client, drawn: str, expected: str, working: str) -> None:
    """相关固定资产贷款本金贴息1.5个百分点: one year."""
    found = answer(client, "LOAN_INTEREST", claim(contract(drawn=[("2026-05-10", drawn)]), **days("2026-05-10", "2027-05-10")))
    assert (found["amount"], found["amount_kind"]) == (expected, "EXACT"), working


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2026-05-10", "2026-05-11", "1000.00", "the day of the drawdown"),
        ("2028-05-09", "2028-05-10", "1000.00", "the last day of two years"),
        ("2028-05-10", "2028-05-11", "0.00", "the first day after them"),
        ("2026-01-01", "2028-06-30", "720000.00", "24 months × 30,000"),
    ],
)
def test_two_years_from_the_drawdown(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """按照相关固定资产贷款发放之日起予以贴息，贴息期限不超过2年."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), **days(first, until)))
    assert found["amount"] == expected, working
    assert ("NO_DAY_COUNTS" in reasons(found)) == (expected == "0.00")


def test_each_drawdown_has_its_own_two_years(client: httpx.Client) -> None:
    """Drawn 2026-05-10 and 2026-08-10: 12,000,000 × 1.5% × 24/12 each, the second up to 2028-08-10."""
    one = contract(drawn=[("2026-05-10", "12000000.00"), ("2026-08-10", "12000000.00")])
    assert answer(client, "LOAN_INTEREST", claim(one, on="2028-12-31"))["amount"] == "720000.00"


@pytest.mark.parametrize(
    ("drawn_on", "expected", "working"),
    [
        ("2025-12-31", "1000.00", "no first day was seen"),
        ("2026-12-30", "1000.00", "the day before the last"),
        ("2026-12-31", "1000.00", "the last day counts"),
        ("2027-01-01", "0.00", "a day late"),
    ],
)
def test_the_last_day_of_drawdowns(client: httpx.Client, drawn_on: str, expected: str, working: str) -> None:
    """政策实施至2026年12月31日; one day earns 1,000."""
    one = contract(signed_on="2025-12-01", drawn=[(drawn_on, "24000000.00")])
    found = answer(client, "LOAN_INTEREST", claim(one, on="2027-06-30", **days("2027-01-10", "2027-01-11")))
    assert found["amount"] == expected, working
    assert ("DRAWN_TOO_LATE" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("loan_type", "expected"),
    [("FIXED_ASSET", "360000.00"), ("EQUIPMENT", "360000.00"), ("TECHNOLOGY_UPGRADE", "360000.00"), ("WORKING_CAPITAL", "0.00"), ("OTHER", "0.00")],
)
def test_only_loans_for_fixed_assets(client: httpx.Client, loan_type: str, expected: str) -> None:
    """固定资产贷款; of loans for innovation, which are admitted too, the conditions were not seen, and the answer says so."""
    found = answer(client, "LOAN_INTEREST", claim(contract(loan_type=loan_type), **days("2026-05-10", "2027-05-10")))
    assert found["amount"] == expected
    assert ("LOAN_TYPE_EXCLUDED" in reasons(found)) == (expected == "0.00")
    assert any("科技创新类贷款" in one["message"] for one in found["not_decided_here"])


def test_a_loan_for_something_else_earns_nothing(client: httpx.Client) -> None:
    """设备更新项目: asked for, and refused where it is not one."""
    found = answer(client, "LOAN_INTEREST", claim(contract(renewal=False)))
    assert (found["amount"], reasons(found)) == ("0.00", {"NOT_FOR_EQUIPMENT", "NO_EARNING_ITEM"})
    assert refused(client, "LOAN_INTEREST", claim(contract(measures={}))) == [
        ("/contracts/0/measures/equipment_renewal", "FACT_REQUIRED")
    ]


def test_what_is_left_open(client: httpx.Client) -> None:
    """What 2026-12-31 bounds is said to be open."""
    found = answer(client, "LOAN_INTEREST", claim(contract()))
    assert {"TABLE_AUTHORITY", "DAY_COUNT_ASSUMED"} <= warnings(found)
    assert "政策实施至2026年12月31日，后续可视情延长实施期限。" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2026-01-18", 404), ("2026-01-19", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2026-01-19."""
    one = contract(signed_on="2025-12-20", drawn=[("2026-01-05", "24000000.00")])
    response = post(client, "LOAN_INTEREST", claim(one, on=on, **days("2026-01-05", "2026-01-06")))
    assert response.status_code == status
    assert response.json()["amount"] == "1000.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
