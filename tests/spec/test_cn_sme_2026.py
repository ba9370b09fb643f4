"""Loans of small enterprises, 2026 (cn-sme-2026-0-1): 1.5 points a year, two years, 50,000,000 of loans, 1,500,000 in all."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import USCC, loan
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, binding, grant, post, reasons, warnings
from tests.spec.small_tables import amounts, segments, voucher

TABLE = "cn-sme-2026-0-1"
DRAWN = "2026-05-10"
FIRST_YEAR = {"from": "2026-05-10", "until": "2027-05-10"}


def contract(amount: str = "24000000.00", no: str = "L-1", *, on: str = DRAWN, other: bool = False, **more: Any) -> Body:
    """A loan of 24,000,000 yuan: 1.5% of it is 360,000 a year, 30,000 a month and 1,000 a day."""
    usual = {
        "loan_type": "FIXED_ASSET",
        "signed_on": "2026-01-10",
        "drawn": [(on, amount)],
        "matures_on": "2033-05-10",
        "rate": {"kind": "FIXED", "annual_rate": "0.03"},
        "measures": {"other_central_subsidy": other},
    }
    return loan(no, **(usual | more))


def claim(*contracts: Body, on: str = "2030-06-30", granted: list[Body] | None = None, **more: Any) -> Body:
    """A claim long after all terms have ended."""
    who = {"uscc": USCC, "granted": granted or []}
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": who, "contracts": list(contracts)} | more


def subsidy(client: httpx.Client, body: Body) -> str:
    """The total that a claim earns."""
    return str(answer(client, "LOAN_INTEREST", body)["amount"])


@pytest.mark.parametrize(
    ("borrowed", "expected", "working"),
    [
        ("0.33", "0.00", "1.5% × 0.33 = 0.00495, half up"),
        ("0.34", "0.01", "1.5% × 0.34 = 0.0051, half up"),
        ("24000000.00", "360000.00", "1.5% × 24,000,000"),
        ("49999999.00", "749999.99", "1.5% × 49,999,999 = 749,999.985, half up"),
        ("50000000.00", "750000.00", "1.5% × 50,000,000, all the loan that counts"),
        ("50000001.00", "750000.00", "1.5% × 50,000,000, not 750,000.015"),
        ("90000000.00", "750000.00", "1.5% × 50,000,000"),
    ],
)
def test_points_on_at_most_50_million(client: httpx.Client, borrowed: str, expected: str, working: str) -> None:
    """每年贴息1.5个百分点…单户贴息贷款规模上限5000万元. One year."""
    found = answer(client, "LOAN_INTEREST", claim(contract(borrowed), claim_period=FIRST_YEAR))
    assert (found["amount"], found["amount_kind"]) == (expected, "EXACT"), working


def test_the_50_million_are_for_all_loans_together(client: httpx.Client) -> None:
    """单户…5000万元 (D24, D25): the earlier loan first; half of it repaid after six months, the room goes to the other.

    L-1: 30,000,000 × 1.5% × 6/12 + 15,000,000 × 1.5% × 6/12 = 225,000 + 112,500.
    L-2: 20,000,000 × 1.5% × 6/12 + 30,000,000 × 1.5% × 6/12 = 150,000 + 225,000; 5,000,000 of room are left.
    """
    first = contract("30000000.00", repaid=[("2026-11-10", "15000000.00")])
    found = answer(client, "LOAN_INTEREST", claim(first, contract("30000000.00", "L-2"), claim_period=FIRST_YEAR))
    assert amounts(found) == {"L-1": "337500.00", "L-2": "375000.00"}
    assert segments(found, "balance") == [("30000000.00",), ("15000000.00",), ("20000000.00",), ("30000000.00",)]


@pytest.mark.parametrize(
    ("loans", "expected", "binds", "working"),
    [
        ([contract("49999999.00")], "1499999.97", [], "49,999,999 × 1.5% × 24/12"),
        ([contract("50000000.00")], "1500000.00", [], "50,000,000 × 1.5% × 24/12 = the limit"),
        (
            [contract("50000000.00"), contract("240.00", "L-2", on="2026-05-11")],
            "1500000.00",
            ["ENTERPRISE_LIFETIME"],
            "when L-1 has had its two years, L-2 still has one day: 240 × 1.5% × 1/360 = 0.01 > 0.00 left",
        ),
        (
            [contract("50000000.00"), contract("50000000.00", "L-2", on="2026-11-10")],
            "1500000.00",
            ["ENTERPRISE_LIFETIME"],
            "1,500,000 and six months more, 375,000",
        ),
    ],
    ids=["below", "at", "a fen above", "above"],
)
def test_at_most_1_500_000_in_all(client: httpx.Client, loans: list[Body], expected: str, binds: list[str], working: str) -> None:
    """单户最多可享受贴息150万元."""
    found = answer(client, "LOAN_INTEREST", claim(*loans))
    assert found["amount"] == expected, working
    assert [scope for scope in binding(found) if scope != "ENTERPRISE_BALANCE"] == binds


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2027-06-30", "1139999.99"), "360000.00", "1,500,000 − 1,139,999.99 = 360,000.01 left"),
        (grant(TABLE, "2027-06-30", "1140000.00"), "360000.00", "360,000.00 left"),
        (grant(TABLE, "2027-06-30", "1140000.01"), "359999.99", "359,999.99 left"),
        (grant(TABLE, "2027-06-30", "1500000.00"), "0.00", "nothing is left"),
        (grant("bj-sme-2025-0-1", "2027-06-30", "1500000.00"), "360000.00", "another scheme"),
    ],
)
def test_room_that_earlier_years_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """单户最多…150万元, over all years; the new claim is 24,000,000 × 1.5%."""
    assert subsidy(client, claim(contract(), granted=[granted], claim_period=FIRST_YEAR)) == expected, working


@pytest.mark.parametrize(
    ("loan_type", "expected", "working"),
    [
        ("FIXED_ASSET", "360000.00", "固定资产贷款"),
        ("POLICY_INSTRUMENT", "360000.00", "新型政策性金融工具资金"),
        ("WORKING_CAPITAL", "0.00", "not named"),
        ("EQUIPMENT", "0.00", "not named"),
        ("FINANCE_LEASE", "0.00", "not named"),
    ],
)
def test_which_loans(client: httpx.Client, loan_type: str, expected: str, working: str) -> None:
    """固定资产贷款 / 新型政策性金融工具资金."""
    found = answer(client, "LOAN_INTEREST", claim(contract(loan_type=loan_type), claim_period=FIRST_YEAR))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"LOAN_TYPE_EXCLUDED", "NO_EARNING_ITEM"} if expected == "0.00" else set())


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2026-05-09", "2026-05-10", "0.00", "before the first drawdown"),
        ("2026-05-10", "2026-05-11", "1000.00", "the first day: 24,000,000 × 1.5% × 1/360"),
        ("2028-05-08", "2028-05-09", "1000.00", "the last day but one"),
        ("2028-05-09", "2028-05-10", "1000.00", "the last day of two years"),
        ("2028-05-10", "2028-05-11", "0.00", "two years are over"),
        ("2026-01-01", "2030-01-01", "720000.00", "24 months × 30,000"),
    ],
)
def test_two_years(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """最长贴息2年: [2026-05-10, 2028-05-10)."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), claim_period={"from": first, "until": until}))
    assert found["amount"] == expected, working


def test_a_later_drawdown_has_no_years_of_its_own(client: httpx.Client) -> None:
    """最长贴息2年: 12,000,000 × 1.5% × 24/12 + 12,000,000 × 1.5% × 6/12 = 360,000 + 90,000."""
    drawn = [(DRAWN, "12000000.00"), ("2027-11-10", "12000000.00")]
    assert subsidy(client, claim(contract(drawn=drawn))) == "450000.00"


@pytest.mark.parametrize(
    ("signed_on", "expected", "working"),
    [
        ("2025-12-31", "0.00", "the day before"),
        ("2026-01-01", "720000.00", "the first day"),
        ("2026-01-02", "720000.00", "the day after"),
        ("2028-06-30", "720000.00", "no last day was published"),
    ],
)
def test_the_window_of_contracts(client: httpx.Client, signed_on: str, expected: str, working: str) -> None:
    """From 2026-01-01 on; the last day was not seen and restricts nothing. 24 months × 30,000."""
    one = contract(signed_on=signed_on, on="2028-06-30")
    found = answer(client, "LOAN_INTEREST", claim(one, on="2030-07-31"))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"OUTSIDE_WINDOW", "NO_EARNING_ITEM"} if expected == "0.00" else set())
    assert ("WINDOW_NARROWLY_MISSED" in warnings(found)) == (expected == "0.00")
    assert {"clause": "（整理）自2026年1月1日起", "message": "合同期间的末日未见公布，末日之后未作限制"} in found["not_decided_here"]


def test_a_loan_with_another_central_subsidy_earns_nothing(client: httpx.Client) -> None:
    """同一笔贷款不得重复享受中央财政其他贴息政策: that loan; the other keeps its 360,000."""
    body = claim(contract(other=True), contract(no="L-2"), claim_period=FIRST_YEAR)
    found = answer(client, "LOAN_INTEREST", body)
    assert amounts(found) == {"L-1": "0.00", "L-2": "360000.00"}
    assert (found["status"], reasons(found)) == ("ELIGIBLE", {"OTHER_CENTRAL_SUBSIDY"})


def test_a_loan_that_earns_nothing_takes_no_room(client: httpx.Client) -> None:
    """单户贴息贷款规模: the loan with another subsidy is none of them. 50,000,000 × 1.5% for the other."""
    body = claim(contract("50000000.00", other=True), contract("50000000.00", "L-2"), claim_period=FIRST_YEAR)
    assert amounts(answer(client, "LOAN_INTEREST", body)) == {"L-1": "0.00", "L-2": "750000.00"}


def test_another_central_subsidy_must_be_told(client: httpx.Client) -> None:
    """A fact that decides is asked for, and never assumed."""
    response = post(client, "LOAN_INTEREST", claim(contract(measures={})))
    assert response.status_code == 422
    faults = [(one["pointer"], one["code"]) for one in response.json()["errors"]]
    assert faults == [("/contracts/0/measures/other_central_subsidy", "FACT_REQUIRED")]


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [
        ("359999.99", "359999.99", "less was paid than 1.5% of 24,000,000"),
        ("360000.00", "360000.00", "as much"),
        ("360000.01", "360000.00", "more"),
    ],
)
def test_never_more_than_the_interest_paid(client: httpx.Client, paid: str, expected: str, working: str) -> None:
    """贴息: interest that was not paid is not subsidised (D30)."""
    one = contract(interest_paid=[voucher("2026-05-10", "2027-05-10", paid)])
    assert subsidy(client, claim(one, claim_period=FIRST_YEAR)) == expected, working


def test_what_the_notice_does_not_say(client: httpx.Client) -> None:
    """The source is official; the day count is assumed (D6), and the start of the two years is not decided."""
    found = answer(client, "LOAN_INTEREST", claim(contract()))
    # Applied in 2030, after two years from the end of 2026: nothing says whether that is still admitted (D104).
    assert warnings(found) == {"DAY_COUNT_ASSUMED", "INTEREST_ESTIMATED", "CONTRACT_DAY_COUNT_ASSUMED", "APPLIED_IN_A_LATER_YEAR"}
    assert "最长贴息2年" in {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2026-01-19", 404), ("2026-01-20", 200), ("2026-01-21", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2026-01-20; of a loan drawn on 2026-01-10 the days before the application count (D13)."""
    one = contract(on="2026-01-10")
    response = post(client, "LOAN_INTEREST", claim(one, on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        # 1,000 a day from 2026-01-10
        assert response.json()["amount"] == {"2026-01-20": "10000.00", "2026-01-21": "11000.00"}[on]
