"""D27-D31: the interest of a day, its share, and its bound.

The loan of these rows is 1,000,000.00 at 3.6% by actual days over 360: 100.00 a day, 36,500.00 for 2025.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.bureau import Bureau, loan
from tests.spec.small_tables import caps, codes, points, segments, share, voucher


def window(first: str, last: str, tests: str = "PERIOD") -> str:
    """The words of an interest window."""
    return f"windows: {{interest: {{first_day: '{first}', last_day: '{last}', tests: {tests}}}}}"


def basis(answer: dict[str, Any]) -> str:
    """What the interest of the first contract is made of."""
    return str(answer["items"][0]["interest_basis"])


def test_D27_a_day_inside_a_voucher_has_its_interest_and_other_days_accrue() -> None:
    contract = loan(interest_paid=[voucher("2025-01-01", "2025-07-01", "19000.00", penalty="1000.00")])
    answer = Bureau(share()).answer({"contracts": [contract]})
    # (19,000 - 1,000 for 181 days) + 184 days × 100.00 = 36,400, times 20%
    assert (answer["amount"], basis(answer)) == ("7280.00", "MIXED")


def test_D27_vouchers_may_not_overlap() -> None:
    paid = [voucher("2025-03-01", "2025-04-02", "1.00"), voucher("2025-04-01", "2025-05-01", "1.00")]
    assert Bureau(share()).refusal(contracts=[loan(interest_paid=paid)]) == [("/contracts/0/interest_paid/1", "VOUCHERS_OVERLAP")]


def test_D27_a_voucher_paid_after_the_application_is_ignored_with_a_reason() -> None:
    contract = loan(interest_paid=[voucher("2025-01-01", "2026-01-01", "90000.00", paid_on="2026-07-01")])
    answer = Bureau(share()).answer({"application_date": "2026-06-30", "contracts": [contract]})
    # accrued instead: 36,500 × 20%
    assert (answer["amount"], basis(answer)) == ("7300.00", "ESTIMATED")
    assert codes(answer) == ["VOUCHER_AFTER_APPLICATION"]


TWO_BALANCES = {
    "drawn": [("2025-03-21", "1000000.00")],
    "repaid": [("2025-05-05", "400000.00")],
    "interest_paid": [voucher("2025-03-21", "2025-06-21", "7320.00")],
}


def test_D28_without_a_rate_balance_and_days_share_a_voucher() -> None:
    contract = loan(**TWO_BALANCES, rate=None)
    # (45 d × 1,000,000 + 16 d × 600,000) ÷ (45 d × 1,000,000 + 47 d × 600,000) × 7,320 = 5,460, times 20%
    assert Bureau(share(more=window("2025-01-01", "2025-05-20"))).amount(contracts=[contract]) == "1092.00"


def test_D28_where_all_weights_are_zero_days_share_a_voucher() -> None:
    contract = loan(rate={"kind": "FIXED", "annual_rate": "0"}, interest_paid=[voucher("2025-01-01", "2025-04-11", "1000.00")])
    # 40 of 100 days: 400 × 20%
    assert Bureau(share(more=window("2025-01-01", "2025-02-09"))).amount(contracts=[contract]) == "80.00"


def test_D28_the_weights_follow_the_day_count_of_the_contract() -> None:
    contract = loan(day_count="MONTHS_12", interest_paid=[voucher("2025-01-01", "2025-04-01", "9000.00")])
    # January is one month of three, although it has 31 of 90 days: 3,000 × 20%
    assert Bureau(share(more=window("2025-01-01", "2025-01-31"))).amount(contracts=[contract]) == "600.00"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [("2025-06-21", "2025-06-30", "1464.00"), ("2025-06-01", "2025-06-21", "1464.00"), ("2025-06-22", "2025-06-30", "0.00")],
)
def test_D28_a_payment_window_takes_or_leaves_a_voucher_whole(first: str, last: str, expected: str) -> None:
    contract = loan(**TWO_BALANCES, matures_on="2025-06-21", rate=None)
    # 7,320 × 20%, or nothing
    assert Bureau(share(more=window(first, last, "PAID_ON"))).amount(contracts=[contract]) == expected


def test_D28_a_term_still_cuts_a_voucher_that_a_payment_window_took() -> None:
    more = window("2025-06-01", "2025-06-30", "PAID_ON") + "\nterm: {months: '1', from: FIRST_DRAWDOWN}"
    # 31 days to 21 April: 3,100 × 20%
    assert Bureau(share(more=more)).amount(contracts=[loan(**TWO_BALANCES)]) == "620.00"


def test_D28_where_no_voucher_was_given_the_days_test_a_payment_window_themselves() -> None:
    # April, 30 days × 100.00 × 20%, lies in the window
    assert Bureau(share(more=window("2025-04-01", "2025-04-30", "PAID_ON"))).amount(contracts=[loan()]) == "600.00"


TWO_SHARES = """
facts: CONTRACTS
wording: EXACT
choose: FIRST
lines:
  - {id: INNOVATIVE, when: 'status(INNOVATIVE_SME, WHEN)', base: interest, rate: 40%}
  - {id: ORDINARY, base: interest, rate: 20%}
"""


def status(first: str, until: str | None = None) -> dict[str, Any]:
    """An applicant with a status."""
    return {"uscc": "91350100M000100Y43", "statuses": [{"status": "INNOVATIVE_SME", "from": first, "until": until}]}


@pytest.mark.parametrize(
    ("when", "first", "until", "expected", "working"),
    [
        ("ON_DAY", "2025-07-01", None, "10980.00", "181 d × 20.00 + 184 d × 40.00"),
        ("ON_DAY", "2025-01-01", "2025-07-01", "10920.00", "181 d × 40.00 + 184 d × 20.00"),
        ("AT_APPLICATION", "2026-06-30", None, "14600.00", "365 d × 40.00"),
        ("AT_APPLICATION", "2026-07-01", None, "7300.00", "365 d × 20.00"),
        ("AT_APPLICATION", "2024-01-01", "2026-06-30", "7300.00", "ended that day"),
        ("AT_FIRST_DRAWDOWN", "2025-01-01", "2025-01-02", "14600.00", "had on the day of the drawdown"),
        ("AT_FIRST_DRAWDOWN", "2025-01-02", None, "7300.00", "a day late"),
    ],
)
def test_D29_a_status_is_tested_when_the_table_says(when: str, first: str, until: str | None, expected: str, working: str) -> None:
    bureau = Bureau(TWO_SHARES.replace("WHEN", when))
    assert bureau.amount(applicant=status(first, until), contracts=[loan()]) == expected, working


def test_D29_the_certification_day_has_the_new_share() -> None:
    bureau = Bureau(TWO_SHARES.replace("WHEN", "ON_DAY"))
    answer = bureau.answer({"applicant": status("2025-07-01"), "contracts": [loan()]})
    assert segments(answer, "from", "until", "line") == [
        ("2025-01-01", "2025-07-01", "ORDINARY"),
        ("2025-07-01", "2026-01-01", "INNOVATIVE"),
    ]


@pytest.mark.parametrize(("first", "limit"), [("2025-12-31", "20000.00"), ("2026-01-01", "10000.00")])
def test_D29_one_day_of_a_status_gives_its_higher_cap(first: str, limit: str) -> None:
    bureau = Bureau(
        TWO_SHARES.replace("WHEN", "ON_DAY")
        + "caps:\n"
        + "  - {per: [CONTRACT], period: LIFETIME, limit: '2% * disbursed', when: earned(INNOVATIVE)}\n"
        + "  - {per: [CONTRACT], period: LIFETIME, limit: '1% * disbursed', when: not earned(INNOVATIVE)}"
    )
    contract = loan(rate={"kind": "FIXED", "annual_rate": "0.12"})
    # a fifth of 121,666.67 passes both caps
    answer = bureau.answer({"applicant": status(first), "contracts": [contract]})
    assert caps(answer, "limit", "binding") == [(limit, True)]
    assert answer["amount"] == limit


def test_D30_points_never_exceed_the_interest_of_the_counted_share_of_the_balance() -> None:
    answer = Bureau(points("5%", more="caps: [{bounds: BALANCE, per: [], limit: 50万}]")).answer({"contracts": [loan()]})
    # 500,000 × 5% = 25,000; half of 36,500 = 18,250
    assert (answer["items"][0]["amount_before_caps"], answer["amount"]) == ("25000.00", "18250.00")


@pytest.mark.parametrize(
    "terms", [points("50%", more=window("2025-01-01", "2025-01-31")), share("100%", more=window("2025-01-01", "2025-01-31"))]
)
def test_D30_the_bound_is_rounded_down(terms: str) -> None:
    contract = loan(interest_paid=[voucher("2025-01-01", "2025-04-01", "1000.01")])
    # 1,000.01 × 31/90 = 344.4478
    assert Bureau(terms).amount(contracts=[contract]) == "344.44"


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ([("2025-01-01", "2026-01-01", "36500.00")], "PAID"),
        ([("2025-02-01", "2025-03-01", "2800.00")], "MIXED"),
        ([], "ESTIMATED"),
    ],
)
def test_D30_the_basis_says_how_many_counted_days_lie_in_vouchers(paid: list[tuple[str, str, str]], expected: str) -> None:
    answer = Bureau(share()).answer({"contracts": [loan(interest_paid=[voucher(*one) for one in paid])]})
    assert basis(answer) == expected
    assert ("INTEREST_ESTIMATED" in codes(answer, "warnings")) is (expected != "PAID")


@pytest.mark.parametrize(
    ("paid", "expected"),
    [([("2025-02-01", "2025-03-01", "2800.00")], "560.00"), ([], "7300.00")],  # 2,800 × 20%; nothing given: 36,500 × 20%
)
def test_D30_paid_first_counts_no_uncovered_day_once_a_voucher_is_given(paid: list[tuple[str, str, str]], expected: str) -> None:
    bureau = Bureau(share(more="pay_first: 'true'"))
    assert bureau.amount(contracts=[loan(interest_paid=[voucher(*one) for one in paid])]) == expected


@pytest.mark.parametrize("paid", [[], [("2025-02-01", "2025-03-01", "2800.00")]])
def test_D30_a_share_without_rate_and_full_vouchers_is_refused(paid: list[tuple[str, str, str]]) -> None:
    contract = loan(rate=None, interest_paid=[voucher(*one) for one in paid])
    assert Bureau(share()).refusal(contracts=[contract]) == [("/contracts/0/rate", "FACT_REQUIRED")]


def test_D30_points_without_a_rate_cannot_be_compared_with_the_interest() -> None:
    answer = Bureau(points()).answer({"contracts": [loan(rate=None)]})
    assert answer["amount"] == "10000.00"
    assert "INTEREST_BOUND_NOT_CHECKED" in codes(answer, "warnings")


@pytest.mark.parametrize(("stated", "difference"), [("1013.90", None), ("1013.91", "0.02"), ("1013.88", None), ("1013.87", "-0.02")])
def test_D31_a_difference_above_one_fen_is_reported(stated: str, difference: str | None) -> None:
    rate = {"kind": "FIXED", "annual_rate": "0.0365"}
    contract = loan(rate=rate, interest_paid=[voucher("2025-01-01", "2025-01-11", stated)])
    answer = Bureau(points()).answer({"contracts": [contract]})
    # 1,000,000 × 3.65% × 10/360 = 1,013.888…
    found = [(one["stated"], one["computed"], one["difference"]) for one in answer["items"][0]["reconciliation"]]
    assert found == ([] if difference is None else [(stated, "1013.89", difference)])


def test_D31_the_computed_interest_is_rounded_once() -> None:
    contract = loan(
        drawn=[("2025-01-01", "100000.00")],
        repaid=[("2025-01-02", "30000.00"), ("2025-01-03", "30000.00")],
        rate={"kind": "FIXED", "annual_rate": "0.012"},
        interest_paid=[voucher("2025-01-01", "2025-01-04", "8.00")],
    )
    answer = Bureau(points()).answer({"contracts": [contract]})
    # 3.333… + 2.333… + 1.333… = 7.00; rounded one by one it would be 6.99
    assert [one["computed"] for one in answer["items"][0]["reconciliation"]] == ["7.00"]


PAID_IN_JUNE = window("2025-06-01", "2025-06-30", "PAID_ON")


def test_D28_excluded_days_still_cut_a_voucher_that_a_payment_window_took() -> None:
    excluded = [{"from": "2025-03-21", "until": "2025-04-20", "reason": "OVERDUE"}]
    # 7,320 less 30 days × 100.00
    assert Bureau(share(more=PAID_IN_JUNE)).amount(contracts=[loan(**TWO_BALANCES, excluded_periods=excluded, matures_on="2025-06-21")]) == "864.00"


def test_D28_a_status_still_cuts_a_voucher_that_a_payment_window_took() -> None:
    bureau = Bureau(TWO_SHARES.replace("WHEN", "ON_DAY") + PAID_IN_JUNE)
    # 30 days × 100.00 × 20% + 4,320 × 40%
    assert bureau.amount(applicant=status("2025-04-20"), contracts=[loan(**TWO_BALANCES, matures_on="2025-06-21")]) == "2328.00"


def test_D29_a_cap_sees_only_the_days_that_count() -> None:
    """The status was had on days of the loan that are not claimed: its line earned nothing, the lower cap holds."""
    bureau = Bureau(
        TWO_SHARES.replace("WHEN", "ON_DAY")
        + "caps:\n"
        + "  - {per: [CONTRACT], period: LIFETIME, limit: '0.2% * disbursed', when: earned(INNOVATIVE)}\n"
        + "  - {per: [CONTRACT], period: LIFETIME, limit: '0.1% * disbursed', when: not earned(INNOVATIVE)}"
    )
    for first, limit in (("2025-03-31", "2000.00"), ("2025-04-01", "1000.00")):
        claim = {"applicant": status("2025-01-01", "2025-04-01"), "contracts": [loan()], "claim_period": {"from": first, "until": "2026-01-01"}}
        answer = bureau.answer(claim)
        assert (caps(answer, "limit"), answer["amount"]) == ([(limit,)], limit)
