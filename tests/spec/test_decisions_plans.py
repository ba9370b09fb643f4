"""D61-D64: repayment plans (when is due, how much, what a change of rate does) and loans in other currencies."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.bureau import Bureau, loan
from tests.spec.small_tables import Answer, amounts, caps, codes, points, segments, share, voucher

ONE_PERCENT = points()


def planned(drawn: str, matures: str, method: str = "EQUAL_PRINCIPAL", amount: str = "1000.00", rate: Any = "0.12", **plan: Any) -> dict[str, Any]:
    """A loan that is repaid by a plan; ``rate`` is a fixed annual rate or a whole rate."""
    return loan(
        drawn=[(drawn, amount)],
        matures_on=matures,
        rate={"kind": "FIXED", "annual_rate": rate} if isinstance(rate, str) else rate,
        repayment_plan={"method": method} | plan,
    )


def steps(answer: Answer) -> list[tuple[str, str]]:
    """From when the loan has which balance."""
    found = segments(answer, "from", "balance")
    return [one for no, one in enumerate(found) if no == 0 or one[1] != found[no - 1][1]]


def balances(contract: dict[str, Any]) -> list[str]:
    """What is left after the drawdown and after each due date before maturity."""
    return [balance for _, balance in steps(Bureau(ONE_PERCENT).answer({"contracts": [contract]}))]


def dues(contract: dict[str, Any]) -> list[str]:
    """The due dates before maturity."""
    return [day for day, _ in steps(Bureau(ONE_PERCENT).answer({"contracts": [contract]}))][1:]


# --- D61: due dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("drawn", "matures", "plan", "expected"),
    [
        ("2025-01-10", "2026-01-10", {"every_months": 3}, ["2025-03-20", "2025-06-20", "2025-09-20", "2025-12-20"]),
        ("2025-03-19", "2025-08-01", {"every_months": 3}, ["2025-03-20", "2025-06-20"]),
        ("2025-03-20", "2025-08-01", {"every_months": 3}, ["2025-06-20"]),  # after the drawdown, not on its day
        ("2025-01-19", "2025-04-01", {}, ["2025-01-20", "2025-02-20", "2025-03-20"]),  # every month, on the 20th
        ("2025-01-20", "2025-04-01", {"every_months": 1}, ["2025-02-20", "2025-03-20"]),
        ("2025-01-10", "2026-01-10", {"every_months": 6, "day": 5}, ["2025-06-05", "2025-12-05"]),
        ("2025-01-10", "2026-01-10", {"every_months": 4}, ["2025-04-20", "2025-08-20", "2025-12-20"]),
        ("2024-12-21", "2026-01-10", {"every_months": 12}, ["2025-12-20"]),
        # first a month that 5 divides, then every five months
        ("2025-01-10", "2026-05-01", {"every_months": 5}, ["2025-05-20", "2025-10-20", "2026-03-20"]),
        ("2025-01-10", "2026-05-01", {"every_months": 7}, ["2025-07-20", "2026-02-20"]),
        # short months have their last day, and the day comes back after them
        ("2025-01-30", "2025-05-31", {"day": 31}, ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"]),
        ("2025-02-28", "2025-04-01", {"day": 31}, ["2025-03-31"]),  # 28 February is the day of the drawdown
        ("2024-01-31", "2024-04-01", {"day": 30}, ["2024-02-29", "2024-03-30"]),
    ],
)
def test_D61_the_first_due_date_follows_the_drawdown_in_a_month_that_the_interval_divides(
    drawn: str, matures: str, plan: dict[str, Any], expected: list[str]
) -> None:
    assert dues(planned(drawn, matures, **plan)) == expected


@pytest.mark.parametrize(
    ("first_due", "every", "expected"),
    [
        ("2025-01-31", 1, ["2025-01-31", "2025-02-28", "2025-03-31"]),
        ("2025-02-05", 2, ["2025-02-05", "2025-04-05"]),
        ("2025-04-09", 3, ["2025-04-09"]),
    ],
)
def test_D61_a_given_first_due_date_carries_its_own_day(first_due: str, every: int, expected: list[str]) -> None:
    assert dues(planned("2025-01-10", "2025-04-10", every_months=every, first_due=first_due)) == expected


@pytest.mark.parametrize(
    ("matures", "left"),
    [
        ("2025-03-20", ["1000.00", "500.00"]),  # maturity is the second due date, not one more
        ("2025-03-21", ["1000.00", "666.67", "333.34"]),
        ("2025-02-20", ["1000.00"]),
        ("2025-02-01", ["1000.00"]),  # no due date before maturity
    ],
)
def test_D61_maturity_is_always_the_last_due_date(matures: str, left: list[str]) -> None:
    assert balances(planned("2025-01-20", matures)) == left


def test_D61_a_plan_belongs_to_exactly_one_drawdown() -> None:
    contract = loan(drawn=[("2025-01-01", "1.00"), ("2025-02-01", "1.00")], repayment_plan={"method": "BULLET"})
    assert Bureau(ONE_PERCENT).refusal(contracts=[contract]) == [("/contracts/0/repayment_plan", "PLAN_NEEDS_ONE_DRAWDOWN")]


# --- D62: principal -------------------------------------------------------------------------------------


def test_D62_twelve_monthly_equal_instalments() -> None:
    """A = 1,200,000 × 0.3% / (1 − 1.003^−12) = 101,960.71; the last takes 101,655.74."""
    contract = planned("2025-01-20", "2026-01-20", "EQUAL_INSTALLMENT", "1200000.00", "0.036")
    left = balances(contract)
    fen = [int(one.replace(".", "")) for one in left] + [0]
    principal = [before - after for before, after in itertools.pairwise(fen)]
    assert principal[:2] == [98_360_71, 98_655_79]  # 101,960.71 − 3,600.00; 101,960.71 − 3,304.92
    assert principal[-1] == 101_655_74
    assert len(principal) == 12


@pytest.mark.parametrize(
    ("contract", "expected", "working"),
    [
        (planned("2025-01-20", "2025-04-20"), ["1000.00", "666.67", "333.34"], "1,000 / 3 = 333.33, the last 333.34"),
        (planned("2025-01-20", "2025-04-20", amount="0.02"), ["0.02"], "0.00 twice, and 0.02 at maturity"),
        (planned("2025-01-20", "2025-04-20", "INTEREST_ONLY"), ["1000.00"], "all at maturity"),
        (planned("2025-01-20", "2025-04-20", "BULLET"), ["1000.00"], "all at maturity"),
        # i = 1%: A = 340.02; interest 10.00 and 6.6998, half up 6.70
        (planned("2025-01-20", "2025-04-20", "EQUAL_INSTALLMENT"), ["1000.00", "669.98", "336.66"], "− 330.02, − 333.32"),
        (planned("2025-01-19", "2025-03-20", "EQUAL_INSTALLMENT"), ["1000.00", "669.98", "336.66"], "the same with a first period of a day"),
        (planned("2025-01-20", "2025-04-18", "EQUAL_INSTALLMENT"), ["1000.00", "669.98", "336.66"], "and with a last one cut short"),
        # i = 3%: A = 353.53; interest 30.00 and 20.2941
        (planned("2025-03-20", "2025-12-20", "EQUAL_INSTALLMENT", every_months=3), ["1000.00", "676.47", "343.23"], "− 323.53, − 333.24"),
        (planned("2025-01-20", "2025-04-20", "EQUAL_INSTALLMENT", rate="0"), ["1000.00", "666.67", "333.34"], "as equal principal"),
    ],
)
def test_D62_what_each_due_date_pays_back(contract: dict[str, Any], expected: list[str], working: str) -> None:
    assert balances(contract) == expected, working


@pytest.mark.parametrize(("day_count", "expected"), [("ACT_360", "2250.00"), ("MONTHS_12", "2250.00"), ("ACT_365", "2219.18")])
def test_D62_interest_accrues_by_the_day_count_and_not_by_the_plan(day_count: str, expected: str) -> None:
    contract = planned("2025-01-20", "2025-03-20", amount="1000000.00", rate="0.036") | {"day_count": day_count}
    # 1,000,000 for 31 days, 500,000 for 28: 3.6% × (31 + 14)/360, of 365, in months (30 + 15)/360; half of it
    assert Bureau(share("50%")).amount(contracts=[contract]) == expected


# --- D63: a change of rate ------------------------------------------------------------------------------


def stepped(day: str, rate: str) -> dict[str, Any]:
    """12%, and another rate from a day on."""
    return {"kind": "STEPPED", "steps": [{"from": "2025-01-20", "annual_rate": "0.12"}, {"from": day, "annual_rate": rate}]}


@pytest.mark.parametrize(
    ("day", "rate", "expected", "working"),
    [
        # at 1% a month, four periods: A = 256.28; 246.28 and 248.74 are paid back
        ("2025-05-20", "0.24", ["1000.00", "753.72", "504.98", "253.75"], "no change: 256.28 − 5.05 = 251.23"),
        ("2025-03-01", "0.24", ["1000.00", "753.72", "504.98", "254.99"], "from 20 March 2%, two periods: A = 260.09, − 10.10"),
        ("2025-03-20", "0.24", ["1000.00", "753.72", "504.98", "254.99"], "on the due date itself"),
        ("2025-03-21", "0.24", ["1000.00", "753.72", "504.98", "253.75"], "a day later: only from 20 April, when the last is due"),
        ("2025-02-20", "0.24", ["1000.00", "753.72", "507.43", "256.22"], "from 20 February, three periods: A = 261.36, − 15.07, − 10.15"),
        ("2025-03-01", "0", ["1000.00", "753.72", "504.98", "252.49"], "from 20 March nothing: halves"),
    ],
)
def test_D63_a_new_rate_makes_a_new_instalment_from_the_next_due_date(day: str, rate: str, expected: list[str], working: str) -> None:
    assert balances(planned("2025-01-20", "2025-05-20", "EQUAL_INSTALLMENT", rate=stepped(day, rate))) == expected, working


LPR = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "ANNIVERSARY"}


def test_D63_a_floating_rate_changes_instalments_too() -> None:
    contract = planned("2024-01-20", "2026-01-20", "EQUAL_INSTALLMENT", every_months=6, day=20, first_due="2024-07-20", rate=LPR)
    # 3.45%, four half-years of 1.725%: A = 260.87, − 17.25, − 13.05; from 20 January 2025 3.10%, two of 1.55%:
    # 508.56 × 1.55% / (1 − 1.0155^−2) = 260.21, − 7.88
    assert balances(contract) == ["1000.00", "756.38", "508.56", "256.23"]


def test_D63_a_rate_that_is_not_known_yet_matters_only_where_its_balance_counts() -> None:
    """D18 too: the reset of 2027-01-20 lies beyond the last LPR, the days that count lie before it."""
    contract = planned("2025-01-20", "2030-01-20", "EQUAL_INSTALLMENT", "1000000.00", LPR)
    bureau = Bureau(ONE_PERCENT)
    answer = bureau.answer({"application_date": "2025-04-20", "contracts": [contract]})
    # 3.10%/12, 60 periods: A = 18,013.16, − 2,583.33, − 2,543.47 (984,570.17 × 3.10%/12)
    assert steps(answer) == [("2025-01-20", "1000000.00"), ("2025-02-20", "984570.17"), ("2025-03-20", "969100.48")]

    def until(day: str) -> Any:
        return bureau.post({"contracts": [contract], "claim_period": {"from": "2026-01-20", "until": day}})

    # the balance after the due date of 20 January 2027 is known, that after 20 February is not
    assert until("2027-01-20").status_code == 200
    refused = until("2027-02-21")
    assert (refused.status_code, refused.json()["code"]) == (422, "REFERENCE_RATE_NOT_COVERED")
    assert "2026-08-20" in refused.text


def test_D63_what_a_plan_does_not_know_is_neither_reconciled_nor_called_overdue() -> None:
    """Drawn before the first LPR: the plan is known up to its first due date, and only days before it count."""
    contract = planned("2019-01-20", "2020-01-20", "EQUAL_INSTALLMENT", rate=LPR | {"reset": "MONTHLY"}) | {
        "signed_on": "2019-01-01",
        "interest_paid": [voucher("2019-01-20", "2019-02-20", "3.00"), voucher("2019-12-20", "2020-01-20", "3.00")],
    }
    window = "windows: {interest: {first_day: 2019-01-01, last_day: 2019-01-19}}"
    answer = Bureau(points(more=window), year=2026).answer({"contracts": [contract]})
    assert codes(answer) == ["NO_DAY_COUNTS", "NO_EARNING_ITEM"]
    assert codes(answer, "warnings") == ["RECONCILIATION_SKIPPED", "RECONCILIATION_SKIPPED"]


# --- D64: currencies ------------------------------------------------------------------------------------

RATES = """
- series: USD_CNY
  title: 美元兑人民币
  source: 测试
  authority: official
  versions:
    - version: '1'
      published_at: '2020-01-01T00:00:00+08:00'
      holds_until: '2026-06-01'
      rows: [{on: '2024-01-01', value: 700%, confidence: read}, {on: '2025-01-01', value: 712.34%, confidence: read}, {on: '2026-01-01', value: 720%, confidence: read}]
"""


def dollars(on: str, terms: str = ONE_PERCENT) -> Bureau:
    """A table that admits dollars beside CNY."""
    return Bureau(terms + f"\ncurrencies: [CNY, {{currency: USD, series: USD_CNY, on: {on}}}]", series=RATES)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("SIGNED_ON", "70000.00"),  # signed 2024-01-01: 1,000,000 × 7 × 1%
        ("FIRST_DRAWDOWN", "71234.00"),
        ("2025-06-30", "71234.00"),
        ("APPLICATION_DATE", "72000.00"),
    ],
)
def test_D64_one_day_of_one_series_converts_a_loan(on: str, expected: str) -> None:
    # the rate of 2026 applies to no day of 2025, and the other way round
    assert dollars(on).amount(application_date="2026-05-31", contracts=[loan(currency="USD")]) == expected


def test_D64_balances_are_converted_exactly() -> None:
    answer = dollars("2025-01-01").answer({"contracts": [loan(currency="USD", drawn=[("2025-01-01", "33.33")], repaid=[("2025-07-01", "11.11")])]})
    # 33.33 × 7.1234 = 237.422922, 22.22 × 7.1234 = 158.281948; × 1% × 6/12 = 1.978…
    # shown rounded down, with the exact balance beside it
    assert segments(answer, "balance", "balance_exact") == [("237.42", "118711461/500000"), ("158.28", "39570487/250000")]
    assert answer["steps"][0]["substituted"] == "237.422922 × 1% × 180/360 + 158.281948 × 1% × 180/360"
    assert answer["amount"] == "1.98"


def test_D64_a_day_that_the_series_does_not_cover_is_an_error() -> None:
    response = dollars("APPLICATION_DATE").post({"application_date": "2026-06-01", "contracts": [loan(currency="USD")]})
    assert (response.status_code, response.json()["code"]) == (422, "REFERENCE_RATE_NOT_COVERED")
    assert "2026-01-01" in response.text


def test_D64_a_loan_in_any_other_currency_earns_nothing_with_a_reason() -> None:
    answer = dollars("2025-01-01").answer({"contracts": [loan("A"), loan("B", currency="EUR"), loan("C", currency="USD")]})
    assert amounts(answer) == {"A": "10000.00", "B": "0.00", "C": "71234.00"}
    assert (answer["status"], [(one["code"], one["item_id"]) for one in answer["reasons"]]) == ("ELIGIBLE", [("CURRENCY_NOT_ADMITTED", "B")])
    none = Bureau(ONE_PERCENT).answer({"contracts": [loan(currency="USD")]})
    assert (none["status"], codes(none)) == ("NOT_ELIGIBLE", ["CURRENCY_NOT_ADMITTED", "NO_EARNING_ITEM"])


def test_D64_caps_and_bounds_are_in_yuan() -> None:
    capped = dollars("2025-01-01", points(more="caps: [{bounds: BALANCE, per: [], limit: 712.34万}]"))
    own, foreign = loan("A", drawn=[("2025-01-01", "1000000.00")]), loan("B", currency="USD")
    # A takes 1,000,000 of the room, B the 6,123,400 that are left
    assert amounts(capped.answer({"contracts": [own, foreign]})) == {"A": "10000.00", "B": "61234.00"}
    half = dollars("2025-01-01", points("2%", more="caps: [{per: [CONTRACT], limit: 1% * disbursed}]"))
    assert caps(half.answer({"contracts": [foreign]}), "limit", "before", "after") == [("71234.00", "142468.00", "71234.00")]


def test_D64_interest_in_dollars_is_converted_too() -> None:
    paid = [voucher("2025-01-01", "2026-01-01", "36500.00")]
    answer = dollars("2025-01-01", share()).answer({"contracts": [loan(currency="USD", interest_paid=paid)]})
    # 36,500.00 × 7.1234 × 20%; what the bank states is compared in dollars and agrees
    assert (answer["amount"], answer["items"][0]["reconciliation"]) == ("52000.82", [])
