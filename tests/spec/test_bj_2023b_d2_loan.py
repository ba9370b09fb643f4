"""Loan interest of 2023, second batch, direction 2 (bj-gjj-2023-2-2): 2% and 1% of the balance, one cap of the year."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.claims import Body, answer, applicant, binding, grant, post, reasons, warnings

TABLE = "bj-gjj-2023-2-2"
MEASURES = {
    "key_industry": True,
    "fai_2022": "5000000.00",
    "fai_2023_q1_q3": "0.00",
    "chain_leader_with_approved_plan": True,
}
ONE_YEAR = {"from": "2022-11-01", "until": "2023-11-01"}


def contract(loan_type: str = "FIXED_ASSET", amount: str = "12000000.00", no: str = "L-1", **more: Any) -> Body:
    """A loan of 12,000,000 yuan at 5%: 2% of it is 240,000 a year and 20,000 a month."""
    usual = {
        "loan_type": loan_type,
        "signed_on": "2022-03-01",
        "drawn": [("2022-11-01", amount)],
        "matures_on": "2027-11-01",
        "rate": {"kind": "FIXED", "annual_rate": "0.05"},
    }
    return loan(no, **(usual | more))


def claim(*contracts: Body, measures: Body | None = None, granted: list[Body] | None = None, **more: Any) -> Body:
    """A claim for the year from 2022-11-01."""
    who = applicant(measures=MEASURES | (measures or {}), granted=granted or [])
    usual = {"rate_table": TABLE, "application_date": "2023-11-20", "claim_period": ONE_YEAR, "applicant": who}
    return usual | {"contracts": list(contracts)} | more


@pytest.mark.parametrize(
    ("loan_type", "expected", "working"),
    [
        ("FIXED_ASSET", "240000.00", "12,000,000 × 2% × 12/12"),
        ("RESEARCH", "240000.00", "12,000,000 × 2% × 12/12"),
        ("WORKING_CAPITAL", "120000.00", "12,000,000 × 1% × 12/12"),
        ("FINANCE_LEASE", "0.00", "a lease is not among the loans"),
    ],
)
def test_rate_of_each_loan_type(client: httpx.Client, loan_type: str, expected: str, working: str) -> None:
    """固定资产投资贷款、研发贷款等中长期贷款不超过2%；流动资金贷款不超过1%."""
    found = answer(client, "LOAN_INTEREST", claim(contract(loan_type)))
    assert found["amount"] == expected, working
    assert reasons(found) == ({"LOAN_TYPE_EXCLUDED", "NO_EARNING_ITEM"} if expected == "0.00" else set())


@pytest.mark.parametrize(
    ("fai_2022", "fai_2023", "expected", "working"),
    [
        ("4999999.99", "0.00", "0.00", "one fen below 500万 in 2022"),
        ("5000000.00", "0.00", "240000.00", "500万（含） in 2022"),
        ("5000000.01", "0.00", "240000.00", "above in 2022"),
        ("0.00", "4999999.99", "0.00", "one fen below in 2023"),
        ("0.00", "5000000.00", "240000.00", "500万（含） in 2023"),
        ("0.00", "5000000.01", "240000.00", "above in 2023"),
        ("4999999.99", "4999999.99", "0.00", "2022年或2023年: the two are not added"),
    ],
)
def test_investment_threshold(client: httpx.Client, fai_2022: str, fai_2023: str, expected: str, working: str) -> None:
    """对2022年或2023年1月1日至9月30日…固定资产投资纳统500万元（含）以上."""
    body = claim(contract(), measures={"fai_2022": fai_2022, "fai_2023_q1_q3": fai_2023})
    found = answer(client, "LOAN_INTEREST", body)
    assert found["amount"] == expected, working
    assert ("INVESTMENT_BELOW_THRESHOLD" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("fact", "code", "amounts"),
    [
        ("key_industry", "INDUSTRY", ["0.00", "120000.00"]),
        ("chain_leader_with_approved_plan", "NOT_CHAIN_LEADER", ["240000.00", "0.00"]),
    ],
)
def test_each_branch_has_its_own_condition(client: httpx.Client, fact: str, code: str, amounts: list[str]) -> None:
    """在京工业重点产业或软件信息服务业; 已制定强链补链方案通过审核的产业链龙头企业. The other branch still earns."""
    body = claim(contract(), contract("WORKING_CAPITAL", no="L-2"), measures={fact: False})
    found = answer(client, "LOAN_INTEREST", body)
    assert [one["amount"] for one in found["items"]] == amounts
    assert reasons(found) == {code}


@pytest.mark.parametrize(
    ("working_capital", "expected", "binds", "working"),
    [
        ("199999999.00", "9999999.99", False, "400,000,000 × 2% + 199,999,999 × 1%"),
        ("200000000.00", "10000000.00", False, "8,000,000 + 2,000,000 = the cap"),
        ("200000001.00", "10000000.00", True, "8,000,000 + 2,000,000.01 > 10,000,000"),
    ],
)
def test_both_branches_share_the_cap_of_the_year(
    client: httpx.Client, working_capital: str, expected: str, binds: bool, working: str
) -> None:
    """单个企业年度贴息金额不超过1000万元."""
    body = claim(contract(amount="400000000.00"), contract("WORKING_CAPITAL", working_capital, "L-2"))
    found = answer(client, "LOAN_INTEREST", body)
    assert found["amount"] == expected, working
    assert binding(found) == (["ENTERPRISE_YEAR"] if binds else [])
    assert found["amount_kind"] == "MAXIMUM"


@pytest.mark.parametrize(
    ("granted", "expected", "working"),
    [
        (grant(TABLE, "2023-10-30", "9759999.99"), "240000.00", "10,000,000 − 9,759,999.99 = 240,000.01 left"),
        (grant(TABLE, "2023-10-30", "9760000.00"), "240000.00", "240,000.00 left"),
        (grant(TABLE, "2023-10-30", "9760000.01"), "239999.99", "239,999.99 left"),
        (grant("bj-gjj-2022-0-1", "2022-12-31", "10000000.00"), "240000.00", "another year"),
        (grant("bj-gjj-2023-2-1", "2023-10-30", "10000000.00"), "240000.00", "an award is no loan interest"),
    ],
)
def test_room_that_earlier_grants_leave(client: httpx.Client, granted: Body, expected: str, working: str) -> None:
    """年度贴息金额不超过1000万元: what was paid in the year counts."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), granted=[granted]))
    assert found["amount"] == expected, working


@pytest.mark.parametrize(
    ("first", "until", "expected", "working"),
    [
        ("2022-11-01", "2023-11-01", "240000.00", "12,000,000 × 2% × 360/360"),
        ("2022-11-02", "2023-11-01", "239333.33", "× 359/360 = 239,333.333…, a ceiling: down"),
        ("2022-11-01", "2023-10-30", "239333.33", "11 months and 29 days: 359/360"),
        ("2022-11-01", "2023-10-31", "240000.00", "11 months and 30 days: a month has no 31st part"),
        ("2023-02-01", "2023-03-01", "20000.00", "one month: 30/360, although it has 28 days"),
        ("2022-10-01", "2022-11-01", "0.00", "before the first drawdown"),
        ("2022-10-01", "2022-11-02", "666.66", "the first day: 1/360 = 666.666…"),
    ],
)
def test_days_and_months(client: httpx.Client, first: str, until: str, expected: str, working: str) -> None:
    """（详见附件2） was not seen: months of 1/12, odd days of 1/360, so that a year is exactly 2%."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), claim_period={"from": first, "until": until}))
    assert found["amount"] == expected, working
    assert "DAY_COUNT_ASSUMED" in warnings(found)


@pytest.mark.parametrize(
    ("on", "period", "expected", "working"),
    [
        ("2023-12-01", {}, "260000.00", "[2022-11-01, 2023-12-01) = 13 months × 20,000"),
        ("2023-12-02", {}, "260666.66", "13 months and a day: 260,000 + 666.666…"),
        ("2023-11-30", {}, "259333.33", "12 months and 29 days: 240,000 + 19,333.333…"),
        ("2023-12-01", {"from": "2022-11-01", "until": "2024-01-01"}, "280000.00", "the claim reaches past the application: 14 months"),
    ],
)
def test_an_interest_window_that_was_not_seen(client: httpx.Client, on: str, period: Body, expected: str, working: str) -> None:
    """（详见附件2） was not seen: nothing is cut but the days from the application on, unless the claim reaches past it."""
    body = claim(contract(), application_date=on) | ({"claim_period": period} if period else {})
    if not period:
        del body["claim_period"]
    found = answer(client, "LOAN_INTEREST", body)
    assert found["amount"] == expected, working
    assert {"clause": "（详见附件2）", "message": "计息期间未见公布，未作限制"} in found["not_decided_here"]


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [
        ("239999.99", "239999.99", "less was paid than 2% of 12,000,000"),
        ("240000.00", "240000.00", "as much was paid"),
        ("240000.01", "240000.00", "more was paid"),
    ],
)
def test_never_more_than_the_interest_paid(client: httpx.Client, paid: str, expected: str, working: str) -> None:
    """贴息: interest that was not paid is not subsidised."""
    voucher = {"from": "2022-11-01", "until": "2023-11-01", "amount": paid}
    found = answer(client, "LOAN_INTEREST", claim(contract(interest_paid=[voucher])))
    assert found["amount"] == expected, working


@pytest.mark.parametrize(
    ("on", "caps"),
    [("2024-12-30", ["ENTERPRISE_YEAR", "ENTERPRISE_YEAR"]), ("2024-12-31", ["ENTERPRISE_YEAR"])],
    ids=["last day of the measures of 2021", "first day of the measures of 2024"],
)
def test_the_cap_of_the_measures_of_2021(client: httpx.Client, on: str, caps: list[str]) -> None:
    """分年度贴息，单个企业每年贴息额最高不超过1000万元, until the measures of 2024-12-31 replaced those of 2021."""
    found = answer(client, "LOAN_INTEREST", claim(contract(), application_date=on))
    assert [one["scope"] for one in found["caps"] if one["scope"].startswith("ENTERPRISE")] == caps
    assert found["amount"] == "240000.00"


@pytest.mark.parametrize(("on", "status"), [("2023-10-24", 404), ("2023-10-25", 200), ("2023-10-26", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2023-10-25."""
    response = post(client, "LOAN_INTEREST", claim(contract(), application_date=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"


@pytest.mark.parametrize(
    ("loan_type", "missing"),
    [
        ("FIXED_ASSET", "key_industry"),
        ("FIXED_ASSET", "fai_2022"),
        ("WORKING_CAPITAL", "chain_leader_with_approved_plan"),
    ],
)
def test_what_a_branch_reads_must_be_told(client: httpx.Client, loan_type: str, missing: str) -> None:
    """A fact that decides is asked for, and never assumed."""
    body = claim(contract(loan_type))
    del body["applicant"]["measures"][missing]
    response = post(client, "LOAN_INTEREST", body)
    assert response.status_code == 422
    assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [(f"/applicant/measures/{missing}", "FACT_REQUIRED")]
