"""Consumer loans of persons, 2026 (cn-consumer-2026-0-1): one point, also on card instalments; 3,000 a year and lender."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.bodies import refused
from tests.spec.claims import Body, answer, grant, post, reasons, warnings
from tests.spec.small_tables import amounts, caps, voucher

TABLE = "cn-consumer-2026-0-1"
YEAR = {"from": "2026-01-01", "until": "2027-01-01"}


def contract(
    *bought: str, no: str = "L-1", annual_rate: str = "0.03", on: str = "2026-01-01", consumed: str | None = "2026-01-01",
    card: bool = False, listed: bool = True, **more: Any,
) -> Body:  # fmt: skip
    """A loan at 3%, one drawdown for each purchase on 2026-01-01, open for all of 2026: 12 months."""
    usual = {
        "loan_type": "CONSUMER",
        "signed_on": "2025-08-01",
        "matures_on": "2028-08-01",
        "drawn": [(on, amount) for amount in bought or ("36000.00",)],
        "rate": {"kind": "FIXED", "annual_rate": annual_rate},
        "measures": {"card_instalments": card, "listed_lender": listed},
    }
    one = loan(no, **(usual | more))
    for row in one["drawdowns"]:
        row["measures"] = {} if consumed is None else {"consumed_on": consumed}
    return one


def claim(*contracts: Body, on: str = "2026-12-31", who: Body | None = None, **more: Any) -> Body:
    """A claim of a person for all of 2026."""
    body = {"rate_table": TABLE, "application_date": on, "applicant": who or {}, "contracts": list(contracts)}
    return body | {"claim_period": YEAR} | more


def subsidy(client: httpx.Client, body: Body) -> str:
    """The total that a claim earns."""
    return str(answer(client, "LOAN_INTEREST", body)["amount"])


@pytest.mark.parametrize(
    ("annual_rate", "card", "expected", "working"),
    [
        ("0.019999", False, "399.98", "40,000 × 50% × 1.9999% = 40,000 × 0.99995%"),
        ("0.02", False, "400.00", "40,000 × 50% × 2% = 40,000 × 1%"),
        ("0.020001", False, "400.00", "40,000 × 1%"),
        ("0.012", True, "400.00", "card instalments: 40,000 × 1%, whatever half of the rate is"),
        ("0.15", True, "400.00", "40,000 × 1%"),
    ],
)
def test_one_point(client: httpx.Client, annual_rate: str, card: bool, expected: str, working: str) -> None:
    """年贴息比例为1个百分点: of a loan at most half of the contract rate, as in 2025; of card instalments none is named."""
    found = answer(client, "LOAN_INTEREST", claim(contract("40000.00", annual_rate=annual_rate, card=card)))
    assert (found["amount"], found["amount_kind"]) == (expected, "EXACT"), working
    assert found["items"][0]["lines"] == ["CARD_INSTALMENTS" if card else "CONSUMER_LOAN"]


def test_the_limits_of_one_purchase_and_of_small_ones_are_gone(client: httpx.Client) -> None:
    """取消单笔…500元, 取消…1000元: 200,000 × 1% = 2,000 of one purchase; 4 × 40,000 × 1% = 1,600 of small ones."""
    assert subsidy(client, claim(contract("200000.00"))) == "2000.00"
    assert subsidy(client, claim(contract("40000.00", "40000.00", "40000.00", "40000.00"))) == "1600.00"


@pytest.mark.parametrize(
    ("bought", "expected", "binds", "working"),
    [
        ("299999.00", "2999.99", False, "1% × 299,999"),
        ("300000.00", "3000.00", False, "1% × 300,000 = the limit"),
        ("300001.00", "3000.00", True, "1% × 300,001 = 3,000.01 > 3,000"),
    ],
)
def test_3000_a_year_at_one_lender(client: httpx.Client, bought: str, expected: str, binds: bool, working: str) -> None:
    """在一家经办机构可享受累计消费贴息上限每年3000元."""
    found = answer(client, "LOAN_INTEREST", claim(contract(bought)))
    assert found["amount"] == expected, working
    assert caps(found, "scope", "limit", "binding") == [("LENDER_ACCRUAL_YEAR", "3000.00", binds)]


def test_each_year_and_each_lender_has_its_own_limit(client: httpx.Client) -> None:
    """1,200,000 × 1% × 4/12 = 4,000 of 2025 -> 3,000 and 12,000 of 2026 -> 3,000; at two lenders twice."""
    one = {"on": "2025-09-01", "consumed": "2025-09-01"}
    both = {"claim_period": {"from": "2025-09-01", "until": "2027-01-01"}}
    assert subsidy(client, claim(contract("1200000.00", **one), **both)) == "6000.00"
    body = claim(contract("1200000.00", lender="A", **one), contract("1200000.00", no="L-2", lender="B", **one), **both)
    assert amounts(answer(client, "LOAN_INTEREST", body)) == {"L-1": "6000.00", "L-2": "6000.00"}


@pytest.mark.parametrize(
    ("table", "year", "lender", "granted", "expected", "working"),
    [
        (TABLE, 2026, "BANK", "2639.99", "360.00", "3,000 − 2,639.99 = 360.01 left"),
        (TABLE, 2026, "BANK", "2640.00", "360.00", "360.00 left"),
        (TABLE, 2026, "BANK", "2640.01", "359.99", "359.99 left"),
        (TABLE, 2025, "BANK", "3000.00", "360.00", "another year"),
        (TABLE, 2026, "OTHER", "3000.00", "360.00", "another bank"),
        ("cn-consumer-2025-0-1", 2026, "BANK", "2640.01", "359.99", "the plan of 2025 has the same limit"),
    ],
)
def test_room_that_earlier_months_leave(
    client: httpx.Client, table: str, year: int, lender: str, granted: str, expected: str, working: str
) -> None:
    """累计: what was paid for the year at this lender takes room; the claim is 36,000 × 1%."""
    who = {"granted": [grant(table, "2026-06-30", granted, lender=lender) | {"accrual_year": year}]}
    assert subsidy(client, claim(contract(), who=who)) == expected, working


@pytest.mark.parametrize(
    ("drawn_on", "first", "until", "expected", "working"),
    [
        ("2025-08-10", "2025-08-31", "2025-09-01", "0.00", "the day before the first"),
        ("2025-08-10", "2025-09-01", "2025-09-02", "1.00", "the first day"),
        ("2026-12-20", "2026-12-31", "2027-01-01", "1.00", "the last day"),
        ("2026-12-20", "2027-01-01", "2027-01-02", "0.00", "the day after"),
    ],
)
def test_the_days_of_the_policy(
    client: httpx.Client, drawn_on: str, first: str, until: str, expected: str, working: str
) -> None:
    """2025年9月1日至2026年12月31日: 36,000 × 1% × 1/360 = 1 yuan a day."""
    one = contract(on=drawn_on, consumed="2026-12-20")
    assert subsidy(client, claim(one, on="2027-01-31", claim_period={"from": first, "until": until})) == expected, working


@pytest.mark.parametrize(
    ("consumed", "expected"),
    [("2025-08-31", "0.00"), ("2025-09-01", "1.00"), ("2026-12-31", "1.00"), ("2027-01-01", "0.00")],
)
def test_the_day_of_the_purchase(client: httpx.Client, consumed: str, expected: str) -> None:
    """居民在上述期限内发生的符合条件的消费: 36,000 × 1% × 1/360 on 2026-12-30."""
    body = claim(contract(consumed=consumed), on="2027-01-31", claim_period={"from": "2026-12-30", "until": "2026-12-31"})
    found = answer(client, "LOAN_INTEREST", body)
    assert found["amount"] == expected
    assert ("CONSUMED_OUTSIDE_PERIOD" in reasons(found)) == (expected == "0.00")


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [("359.99", "359.99", "less was paid than 1% of 36,000"), ("360.00", "360.00", "as much"), ("360.01", "360.00", "more")],
)
def test_never_more_than_the_interest_paid(client: httpx.Client, paid: str, expected: str, working: str) -> None:
    """贴息: interest that was not paid is not subsidised (D30)."""
    one = contract(interest_paid=[voucher("2026-01-01", "2027-01-01", paid) | {"paid_on": "2026-12-31"}])
    assert subsidy(client, claim(one)) == expected, working


def test_a_lender_that_is_not_listed(client: httpx.Client) -> None:
    """经办机构: another lender's loan earns nothing."""
    found = answer(client, "LOAN_INTEREST", claim(contract(listed=False)))
    assert (found["amount"], reasons(found)) == ("0.00", {"LENDER_NOT_LISTED", "NO_EARNING_ITEM"})


def test_what_a_loan_must_say(client: httpx.Client) -> None:
    """Facts that decide are asked for, each at its place."""
    for missing in ("card_instalments", "listed_lender"):
        one = contract()
        del one["measures"][missing]
        assert refused(client, "LOAN_INTEREST", claim(one)) == [(f"/contracts/0/measures/{missing}", "FACT_REQUIRED")]
    assert refused(client, "LOAN_INTEREST", claim(contract(consumed=None))) == [
        ("/contracts/0/drawdowns/0/measures/consumed_on", "FACT_REQUIRED")
    ]


def test_who_pays_and_what_is_left_open(client: httpx.Client) -> None:
    """90% and the rest: of 360.05, 324.04 (down from 324.045) and 36.01. What was carried over from 2025 is said."""
    found = answer(client, "LOAN_INTEREST", claim(contract("36005.00")))
    assert [(one["amount"], one["source"]) for one in found["payout"]] == [("324.04", "CENTRAL"), ("36.01", "PROVINCE")]
    assert "TABLE_AUTHORITY" in warnings(found)
    assert {"上限每年3000元的要求不变", "取消单笔消费贴息金额上限500元的要求"} <= {one["clause"] for one in found["not_decided_here"]}


@pytest.mark.parametrize(("on", "status"), [("2026-01-19", 404), ("2026-01-20", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The notice is dated 2026-01-20."""
    response = post(client, "LOAN_INTEREST", claim(contract(), on=on, claim_period={"from": "2026-01-01", "until": "2026-01-11"}))
    assert response.status_code == status
    # 36,000 × 1% × 10/360
    assert response.json()["amount"] == "10.00" if status == 200 else response.json()["code"] == "NO_VERSION_IN_FORCE"
