"""Consumer loans of persons, 2025 (cn-consumer-2025-0-1): one point or half of the contract rate, limits per lender."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.bureau import loan
from tests.spec.claims import AS_FIRST_PUBLISHED, Body, answer, grant, post, reasons, warnings
from tests.spec.small_tables import amounts, caps, codes, segments, voucher

TABLE = "cn-consumer-2025-0-1"
FIRST, LAST = "2025-09-01", "2026-08-31"


def contract(*purchases: str, no: str = "L-1", annual_rate: str = "0.03", **more: Any) -> Body:
    """A loan at 3%, one drawdown for each purchase on 2025-09-01, open for the whole window: 12 months."""
    usual = {
        "loan_type": "CONSUMER",
        "signed_on": "2025-08-01",
        "matures_on": "2028-08-01",
        "drawn": [(FIRST, amount) for amount in purchases or ("36000.00",)],
        "rate": {"kind": "FIXED", "annual_rate": annual_rate},
    }
    return loan(no, **(usual | more))


def claim(*contracts: Body, on: str = "2026-12-31", **who: Any) -> Body:
    """A claim of a person, who has no code of an enterprise."""
    return {**AS_FIRST_PUBLISHED, "rate_table": TABLE, "application_date": on, "applicant": who, "contracts": list(contracts)}


def subsidy(client: httpx.Client, body: Body) -> str:
    """The total that a claim earns."""
    return str(answer(client, "LOAN_INTEREST", body)["amount"])


@pytest.mark.parametrize(
    ("annual_rate", "expected", "working"),
    [
        ("0.01", "200.00", "40,000 × 50% × 1%"),
        ("0.019999", "399.98", "40,000 × 50% × 1.9999% = 40,000 × 0.99995%"),
        ("0.02", "400.00", "40,000 × 50% × 2% = 40,000 × 1%"),
        ("0.020001", "400.00", "40,000 × 1%: 50% of the rate is 1.00005%"),
        ("0.2", "400.00", "40,000 × 1%"),
    ],
)
def test_one_point_but_at_most_half_of_the_contract_rate(client: httpx.Client, annual_rate: str, expected: str, working: str) -> None:
    """年贴息比例为1个百分点，最高不超过贷款合同利率的50%."""
    found = answer(client, "LOAN_INTEREST", claim(contract("40000.00", annual_rate=annual_rate)))
    assert (found["amount"], found["amount_kind"]) == (expected, "EXACT"), working


@pytest.mark.parametrize(
    ("bought", "expected", "line", "working"),
    [
        ("0.49", "0.00", "SMALL", "1% × 0.49 = 0.0049, half up"),
        ("0.50", "0.01", "SMALL", "1% × 0.50 = 0.005, half up"),
        ("49998.99", "499.99", "SMALL", "1% × 49,998.99 = 499.9899"),
        ("49999.99", "500.00", "SMALL", "1% × 49,999.99 = 499.9999: still under 5万"),
        ("50000.00", "500.00", "LARGE", "1% × 50,000: 5万 belongs to 5万元以上"),
        ("50000.01", "500.00", "LARGE", "1% × 50,000, the first 5万 of the purchase"),
        ("51000.00", "500.00", "LARGE", "1% × 50,000, not 510"),
        ("5000000.00", "500.00", "LARGE", "1% × 50,000"),
    ],
)
def test_a_purchase_counts_up_to_50000(client: httpx.Client, bought: str, expected: str, line: str, working: str) -> None:
    """对于单笔5万元以上的消费，以5万元消费额度为上限进行贴息. Twelve months."""
    found = answer(client, "LOAN_INTEREST", claim(contract(bought)))
    assert found["amount"] == expected, working
    assert found["items"][0]["lines"] == [line]


def test_each_purchase_has_its_own_50000(client: httpx.Client) -> None:
    """单笔: min(80,000, 50,000) × 1% + min(60,000, 50,000) × 1% + 10,000 × 1%, in one contract."""
    assert subsidy(client, claim(contract("80000.00", "60000.00", "10000.00"))) == "1100.00"


def test_the_50000_bound_what_is_still_owed(client: httpx.Client) -> None:
    """以5万元消费额度为上限 (D23): 80,000, then 60,000 from March, then 40,000 from June.

    50,000 × 1% × 9/12 + 40,000 × 1% × 3/12 = 375 + 100.
    """
    repaid = [("2026-03-01", "20000.00"), ("2026-06-01", "20000.00")]
    found = answer(client, "LOAN_INTEREST", claim(contract("80000.00", repaid=repaid)))
    assert found["amount"] == "475.00"
    assert segments(found, "from", "balance") == [(FIRST, "50000.00"), ("2026-03-01", "50000.00"), ("2026-06-01", "40000.00")]


@pytest.mark.parametrize(
    ("third", "expected", "binds", "working"),
    [
        ("19999.00", "999.99", False, "400 + 400 + 199.99"),
        ("20000.00", "1000.00", False, "400 + 400 + 200 = the limit"),
        ("20001.00", "1000.00", True, "400 + 400 + 200.01 > 1,000"),
    ],
)
def test_small_purchases_at_one_lender(client: httpx.Client, third: str, expected: str, binds: bool, working: str) -> None:
    """累计贴息上限为1000元: 单笔5万元以下的消费, at one lender."""
    found = answer(client, "LOAN_INTEREST", claim(contract("40000.00", "40000.00", third)))
    assert found["amount"] == expected, working
    assert caps(found, "scope", "limit", "binding") == [("LENDER_LIFETIME", "1000.00", binds), ("LENDER_LIFETIME", "3000.00", False)]


@pytest.mark.parametrize(
    ("purchases", "expected", "binding", "working"),
    [
        (["50000.00"] * 5 + ["49999.00"], "2999.99", [False, False], "5 × 500 + 499.99"),
        (["50000.00"] * 6, "3000.00", [False], "6 × 500 = the limit"),
        (["50000.00"] * 6 + ["1.00"], "3000.00", [False, True], "6 × 500 + 0.01 > 3,000"),
        (["50000.00"] * 5 + ["40000.00"] * 3, "3000.00", [True, True], "small ones 1,200 -> 1,000; 2,500 + 1,000 -> 3,000"),
        (["50000.00"] * 3 + ["40000.00"] * 3, "2500.00", [True, False], "small ones 1,200 -> 1,000; 1,500 + 1,000"),
    ],
)
def test_all_purchases_at_one_lender(
    client: httpx.Client, purchases: list[str], expected: str, binding: list[bool], working: str
) -> None:
    """累计贴息上限为3000元, the small ones' 1,000 inside it: the narrower limit comes first."""
    found = answer(client, "LOAN_INTEREST", claim(contract(*purchases)))
    assert found["amount"] == expected, working
    assert [one for (one,) in caps(found, "binding")] == binding


def test_contracts_of_one_lender_share_its_limits(client: httpx.Client) -> None:
    """累计: two contracts at one bank, 2,000 + 2,000 -> 3,000, spread evenly."""
    found = answer(client, "LOAN_INTEREST", claim(contract(*["50000.00"] * 4), contract(*["50000.00"] * 4, no="L-2")))
    assert amounts(found) == {"L-1": "1500.00", "L-2": "1500.00"}


def test_each_lender_has_its_own_limits(client: httpx.Client) -> None:
    """累计 is per borrower and lender: 3,500 -> 3,000 at one bank, 1,200 -> 1,000 at another."""
    body = claim(contract(*["50000.00"] * 7, lender="BANK-A"), contract(*["40000.00"] * 3, no="L-2", lender="BANK-B"))
    assert amounts(answer(client, "LOAN_INTEREST", body)) == {"L-1": "3000.00", "L-2": "1000.00"}


@pytest.mark.parametrize(
    ("bought", "granted", "expected", "working"),
    [
        ("50000.00", grant(TABLE, "2026-01-31", "2499.99", lender="BANK", line="LARGE"), "500.00", "3,000 − 2,499.99 = 500.01 left"),
        ("50000.00", grant(TABLE, "2026-01-31", "2500.00", lender="BANK", line="LARGE"), "500.00", "500.00 left"),
        ("50000.00", grant(TABLE, "2026-01-31", "2500.01", lender="BANK", line="LARGE"), "499.99", "499.99 left"),
        ("50000.00", grant(TABLE, "2026-01-31", "3000.00", lender="OTHER", line="LARGE"), "500.00", "paid at another bank"),
        ("40000.00", grant(TABLE, "2026-01-31", "599.99", lender="BANK", line="SMALL"), "400.00", "1,000 − 599.99 = 400.01 left"),
        ("40000.00", grant(TABLE, "2026-01-31", "600.00", lender="BANK", line="SMALL"), "400.00", "400.00 left"),
        ("40000.00", grant(TABLE, "2026-01-31", "600.01", lender="BANK", line="SMALL"), "399.99", "399.99 left"),
        ("40000.00", grant(TABLE, "2026-01-31", "1000.00", lender="BANK", line="LARGE"), "400.00", "large ones take no room of the small"),
        ("50000.00", grant(TABLE, "2026-01-31", "2500.01", lender="BANK", line="SMALL"), "499.99", "small ones take room of all"),
        ("50000.00", grant("cn-sme-2026-0-1", "2026-01-31", "3000.00", lender="BANK"), "500.00", "another scheme"),
    ],
)
def test_room_that_earlier_months_leave(client: httpx.Client, bought: str, granted: Body, expected: str, working: str) -> None:
    """累计: what was paid before at this lender takes room, over the whole time of the scheme."""
    assert subsidy(client, claim(contract(bought), granted=[granted])) == expected, working


@pytest.mark.parametrize(
    ("drawn_on", "matures_on", "expected", "working"),
    [
        ("2025-08-30", "2025-09-01", "0.00", "over before the first day"),
        ("2025-08-30", "2025-09-02", "1.00", "2025-09-01 alone counts"),
        ("2025-08-30", "2025-09-03", "2.00", "two days"),
        ("2026-08-16", "2026-08-31", "15.00", "2026-08-16 to 30"),
        ("2026-08-16", "2026-09-01", "16.00", "2026-08-16 to 31: the last day counts"),
        ("2026-08-16", "2026-09-02", "16.00", "2026-09-01 does not"),
        ("2026-08-31", "2026-12-31", "1.00", "the last day alone"),
        ("2026-09-01", "2026-12-31", "0.00", "drawn a day too late"),
        ("2025-08-20", "2027-08-20", "360.00", "the whole window: 12 months of 30"),
    ],
)
def test_the_days_of_the_scheme(client: httpx.Client, drawn_on: str, matures_on: str, expected: str, working: str) -> None:
    """2025-09-01 to 2026-08-31, both counting: 36,000 × 1% × 1/360 = 1 yuan a day."""
    found = answer(client, "LOAN_INTEREST", claim(contract(drawn=[(drawn_on, "36000.00")], matures_on=matures_on)))
    assert found["amount"] == expected, working
    assert codes(found) == (["NO_DAY_COUNTS", "NO_EARNING_ITEM"] if expected == "0.00" else [])


def test_months_are_twelfths_of_a_year(client: httpx.Client) -> None:
    """年贴息比例: a month of 28 days and one of 31 earn the same, 36,000 × 1% × 1/12 = 30; no day count is assumed."""
    for first, until in (("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-04-01")):
        found = answer(client, "LOAN_INTEREST", claim(contract()) | {"claim_period": {"from": first, "until": until}})
        assert found["amount"] == "30.00"
        assert "DAY_COUNT_ASSUMED" not in warnings(found)


def test_days_to_come_count_as_the_scheme_reaches_past_the_application(client: httpx.Client) -> None:
    """Charged at once by the bank (D13): drawn 2025-10-01, applied 2026-02-10, [2025-10-01, 2026-09-01) = 11 × 30."""
    found = answer(client, "LOAN_INTEREST", claim(contract(drawn=[("2025-10-01", "36000.00")]), on="2026-02-10"))
    assert (found["amount"], found["items"][0]["interest_basis"]) == ("330.00", "ESTIMATED")


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [
        ("359.99", "359.99", "less was paid than 1% of 36,000"),
        ("360.00", "360.00", "as much"),
        ("360.01", "360.00", "more"),
    ],
)
def test_never_more_than_the_interest_paid(client: httpx.Client, paid: str, expected: str, working: str) -> None:
    """贴息: interest that was not paid is not subsidised (D30)."""
    one = contract(interest_paid=[voucher(FIRST, "2026-09-01", paid)])
    assert subsidy(client, claim(one)) == expected, working


@pytest.mark.parametrize(
    ("bought", "payments", "working"),
    [
        ("36000.00", [("324.00", "CENTRAL"), ("36.00", "PROVINCE")], "90% × 360 and the rest"),
        ("39998.00", [("359.98", "CENTRAL"), ("40.00", "PROVINCE")], "90% × 399.98 = 359.982, down; the rest"),
        ("1.00", [("0.00", "CENTRAL"), ("0.01", "PROVINCE")], "90% × 0.01 = 0.009, down; the rest"),
    ],
)
def test_who_pays(client: httpx.Client, bought: str, payments: list[tuple[str, str]], working: str) -> None:
    """The centre pays 90%, the province the rest (D55)."""
    found = answer(client, "LOAN_INTEREST", claim(contract(bought)))
    assert [(one["amount"], one["source"]) for one in found["payout"]] == payments, working


def test_the_source_is_news(client: httpx.Client) -> None:
    """The answer says how good the copy is; a person needs no code of an enterprise."""
    assert warnings(answer(client, "LOAN_INTEREST", claim(contract()))) == {"TABLE_AUTHORITY", "INTEREST_ESTIMATED", "CONTRACT_DAY_COUNT_ASSUMED"}


def test_a_loan_in_another_currency_earns_nothing(client: httpx.Client) -> None:
    """No conversion was published (D64)."""
    found = answer(client, "LOAN_INTEREST", claim(contract(currency="USD")))
    assert (found["amount"], reasons(found)) == ("0.00", {"CURRENCY_NOT_ADMITTED", "NO_EARNING_ITEM"})


@pytest.mark.parametrize(("on", "status"), [("2025-08-11", 404), ("2025-08-12", 200), ("2026-08-31", 200), ("2026-09-01", 200)])
def test_the_first_day_of_the_table(client: httpx.Client, on: str, status: int) -> None:
    """The plan is dated 2025-08-12; it may be claimed after its last day of interest."""
    response = post(client, "LOAN_INTEREST", claim(contract(drawn=[("2025-08-01", "36000.00")]), on=on))
    assert response.status_code == status
    if status == 404:
        assert response.json()["code"] == "NO_VERSION_IN_FORCE"
    else:
        # [2025-09-01, 2026-09-01), whatever the day of application
        assert response.json()["amount"] == "360.00"
