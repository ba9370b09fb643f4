"""D3-D13: how days are counted, and which of them count. Fractions are written as days over the year's basis."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.bureau import Bureau, loan
from tests.spec.small_tables import award, codes, days_counted, item, points, segments, share, voucher


@pytest.mark.parametrize(
    ("day_count", "first", "until", "expected"),
    [
        ("D30_360", "2024-02-28", "2024-03-01", "3/360"),
        ("D30_360", "2025-02-28", "2025-03-01", "3/360"),
        ("D30_360", "2025-01-31", "2025-02-28", "28/360"),
        ("D30_360", "2025-01-30", "2025-01-31", "0/360"),
        ("ACT_365", "2024-01-01", "2025-01-01", "366/365"),
        ("ACT_360", "2024-01-01", "2025-01-01", "366/360"),
        ("ACT_ACT", "2025-01-31", "2025-03-03", "31/365"),
        ("ACT_ACT", "2024-01-31", "2024-03-02", "31/366"),  # with 29 February
        ("ACT_ACT", "2025-02-28", "2025-03-01", "1/365"),
        ("ACT_ACT", "2024-02-28", "2024-03-01", "2/366"),
        ("ACT_ACT", "2023-12-30", "2023-12-31", "1/365"),
        ("ACT_ACT", "2023-12-30", "2024-01-01", "2/365"),  # 31 December is a day of 2023
        ("ACT_ACT", "2023-12-30", "2024-01-02", "1097/133590"),  # 2/365 + 1/366 = (2 × 366 + 365)/(365 × 366)
        ("ACT_ACT", "2024-12-30", "2024-12-31", "1/366"),
        ("ACT_ACT", "2024-12-30", "2025-01-01", "2/366"),  # 31 December is a day of 2024
        ("ACT_ACT", "2024-12-30", "2025-01-02", "1096/133590"),  # 2/366 + 1/365 = (2 × 365 + 366)/(365 × 366)
        ("ACT_ACT", "2025-12-30", "2026-01-02", "3/365"),
        ("ACT_ACT", "2023-03-01", "2024-03-01", "133896/133590"),  # 306/365 + 60/366: more than a year by 29 February
        ("ACT_ACT", "2024-03-01", "2025-03-01", "133284/133590"),  # 306/366 + 59/365
        ("ACT_ACT", "2024-01-01", "2025-01-01", "365/365"),
        ("ACT_ACT", "2000-02-28", "2000-03-01", "2/366"),  # a hundred that is a leap year
    ],
)
def test_D3_a_period_is_the_difference_of_two_positions(day_count: str, first: str, until: str, expected: str) -> None:
    contract = loan(signed_on=first, drawn=[(first, "1000000.00")], matures_on=until)
    answer = Bureau(points(day_count=day_count)).answer({"contracts": [contract]})
    assert segments(answer, "from", "until", "day_fraction") == [(first, until, expected)]


def test_D3_cutting_a_period_does_not_change_its_days() -> None:
    contract = loan(drawn=[("2025-01-31", "1000000.00")], repaid=[("2025-02-28", "1.00"), ("2025-03-31", "1.00")], matures_on="2025-05-31")
    answer = Bureau(points(day_count="D30_360")).answer({"contracts": [contract]})
    # 31 January is day 30, 28 February day 58, 31 March day 90, 31 May day 150: 28 + 32 + 60 = 120
    assert segments(answer, "day_fraction") == [("28/360",), ("32/360",), ("60/360",)]


def test_D3_actual_days_are_divided_by_the_length_of_their_own_year() -> None:
    contract = loan(
        drawn=[("2023-12-02", "1000000.00")],
        signed_on="2023-12-01",
        matures_on="2024-01-31",
        rate={"kind": "FIXED", "annual_rate": "0.0366"},
        day_count="ACT_ACT",
    )
    answer = Bureau(points(day_count="ACT_ACT")).answer({"contracts": [contract]})
    # 1,000,000 × 1% × (30/365 + 30/366) = 821.9178… + 819.6721… = 1,641.5899…
    assert answer["amount"] == "1641.59"
    # the bank's: 1,000,000 × 3.66% × (30/365 + 30/366) = 3,008.2191… + 3,000
    assert [one["interest"] for one in answer["items"][0]["segments"]] == ["6008.22"]


def test_D3_a_cut_at_any_day_around_the_new_year_changes_no_sum() -> None:
    sums = []
    for cut in ("2023-12-31", "2024-01-01", "2024-01-02", "2024-02-28", "2024-02-29", "2024-03-01"):
        contract = loan(signed_on="2023-12-01", drawn=[("2023-12-02", "1000000.00")], repaid=[(cut, "0.01")], matures_on="2024-03-31")
        parts = [
            Fraction(one) for (one,) in segments(Bureau(points(day_count="ACT_ACT")).answer({"contracts": [contract]}), "day_fraction")
        ]
        assert len(parts) == 2
        sums.append(sum(parts))
    assert sums == [Fraction(30, 365) + Fraction(90, 366)] * 6


def test_D4_whole_months_are_counted_from_the_anchor_also_after_a_cut() -> None:
    contract = loan(drawn=[("2025-01-31", "1000000.00")], repaid=[("2025-03-15", "1.00")], matures_on="2025-05-31")
    answer = Bureau(points()).answer({"contracts": [contract]})
    # one month to 28 February and 15 days; four months in all. A count from 15 March would give 76.
    assert segments(answer, "day_fraction") == [("45/360",), ("75/360",)]


def test_D4_a_month_has_at_most_30_odd_days() -> None:
    contract = loan(drawn=[("2025-01-01", "1000000.00")], repaid=[("2025-01-31", "1.00")], matures_on="2025-02-01")
    answer = Bureau(points()).answer({"contracts": [contract]})
    assert segments(answer, "day_fraction") == [("30/360",), ("0/360",)]


def test_D4_the_grid_falls_on_the_last_day_of_a_short_month() -> None:
    contract = loan(
        signed_on="2023-12-01",
        drawn=[("2023-12-31", "1000000.00")],
        repaid=[("2024-02-29", "1.00"), ("2024-03-01", "1.00"), ("2024-03-30", "1.00")],
        matures_on="2024-03-31",
    )
    answer = Bureau(points()).answer({"contracts": [contract]})
    # two months to 29 February, then 1 day, then 29 more (30 odd days on 30 March), and the third month on 31 March
    assert segments(answer, "day_fraction") == [("60/360",), ("1/360",), ("29/360",), ("0/360",)]


def test_D5_the_anchor_of_a_subsidy_lies_before_the_claim_period() -> None:
    contract = loan(drawn=[("2025-01-31", "1000000.00")], matures_on="2025-05-31")
    claim = {"contracts": [contract], "claim_period": {"from": "2025-03-15", "until": "2025-05-31"}}
    # positions 45 and 120 from 31 January; from 15 March it would be 76
    assert segments(Bureau(points()).answer(claim), "day_fraction") == [("75/360",)]


def test_D5_the_anchor_of_a_voucher_is_its_first_day() -> None:
    contract = loan(
        drawn=[("2025-01-31", "1000000.00")],
        matures_on="2025-05-31",
        day_count="MONTHS_12",
        interest_paid=[voucher("2025-03-15", "2025-05-31", "7000.00")],
    )
    answer = Bureau(points()).answer({"contracts": [contract]})
    # 1,000,000 × 3.6% × (2 months + 16 days) = 36,000 × 76/360
    assert [one["computed"] for one in answer["items"][0]["reconciliation"]] == ["7600.00"]


def test_D5_the_anchor_of_accrued_interest_is_the_drawdown() -> None:
    contract = loan(drawn=[("2025-01-31", "1000000.00")], matures_on="2025-05-31", day_count="MONTHS_12")
    claim = {"contracts": [contract], "claim_period": {"from": "2025-03-15", "until": "2025-05-31"}}
    # 36,000 × 75/360 × 20%
    assert Bureau(share()).answer(claim)["amount"] == "1500.00"


@pytest.mark.parametrize(
    ("drawn", "months", "until"), [("2024-02-29", 12, "2025-02-28"), ("2024-08-31", 6, "2025-02-28"), ("2024-08-28", 6, "2025-02-28")]
)
def test_D7_months_from_a_day_end_on_the_last_day_of_a_short_month(drawn: str, months: int, until: str) -> None:
    bureau = Bureau(points(more=f"term: {{months: '{months}', from: FIRST_DRAWDOWN}}"))
    answer = bureau.answer({"contracts": [loan(drawn=[(drawn, "1000000.00")])]})
    assert days_counted(answer) == (drawn, until)


@pytest.mark.parametrize(
    ("that", "matures", "fits"),
    [
        (">=", "2025-02-27", False),
        (">=", "2025-02-28", True),
        ("<=", "2025-02-28", True),
        ("<=", "2025-03-01", False),
    ],
)
def test_D7_at_least_and_at_most_n_months_compare_days(that: str, matures: str, fits: bool) -> None:
    bureau = Bureau(points(more=f"require: [{{that: 'matures_on {that} months_after(first_drawdown, 6)', code: LENGTH}}]"))
    answer = bureau.answer({"contracts": [loan(drawn=[("2024-08-31", "1000000.00")], matures_on=matures)]})
    assert ("LENGTH" not in codes(answer)) is fits


@pytest.mark.parametrize("turned", [False, True])
def test_D8_a_drawdown_and_a_repayment_of_one_day_leave_the_net(turned: bool) -> None:
    drawn = [("2025-01-01", "100000.00"), ("2025-03-01", "500000.00")]
    contract = loan(drawn=list(reversed(drawn)) if turned else drawn, repaid=[("2025-03-01", "400000.00")])
    # 100,000 × 2/12 + 200,000 × 10/12 = 550,000/3, at 1%
    assert Bureau(points()).amount(contracts=[contract]) == "1833.33"


def test_D8_a_negative_balance_is_refused() -> None:
    contract = loan(drawn=[("2025-01-01", "100000.00"), ("2025-03-01", "500000.00")], repaid=[("2025-02-28", "100000.01")])
    assert Bureau(points()).refusal(contracts=[contract]) == [("/contracts/0/repayments/0", "REPAYMENT_EXCEEDS_BALANCE")]


@pytest.mark.parametrize("drawn", ["2026-01-01", "2026-01-02", "2023-12-31"])
def test_D9_a_drawdown_outside_the_life_of_the_loan_is_refused(drawn: str) -> None:
    contract = loan(drawn=[(drawn, "1000000.00")])
    assert Bureau(points()).refusal(contracts=[contract]) == [("/contracts/0/drawdowns/0/on", "DATES_OUT_OF_ORDER")]


@pytest.mark.parametrize("drawn", ["2024-01-01", "2025-12-31"])
def test_D9_a_drawdown_on_the_signing_day_or_the_last_day_counts(drawn: str) -> None:
    answer = Bureau(points()).answer({"contracts": [loan(drawn=[(drawn, "1000000.00")])]})
    assert days_counted(answer) == (drawn, "2026-01-01")


@pytest.mark.parametrize(
    ("matures", "expected", "warned"),
    [
        ("2025-07-01", "5000.00", True),  # 1,000,000 × 1% × 6/12; the balance after it is overdue
        ("2026-01-01", "7500.00", False),  # extended: repaid on 1 October, 9/12
    ],
)
def test_D9_a_balance_from_maturity_on_does_not_count(matures: str, expected: str, warned: bool) -> None:
    contract = loan(matures_on=matures, repaid=[("2025-10-01", "1000000.00")])
    answer = Bureau(points()).answer({"contracts": [contract]})
    assert answer["amount"] == expected
    assert ("OVERDUE_BALANCE" in codes(answer, "warnings")) is warned


MARCH = [{"from": "2025-03-01", "until": "2025-04-01", "reason": "OVERDUE"}]


def test_D10_excluded_days_earn_no_points() -> None:
    # 1,000,000 × 1% × 11/12
    assert Bureau(points()).amount(contracts=[loan(excluded_periods=MARCH)]) == "9166.67"


def test_D10_excluded_days_earn_no_share_of_a_voucher() -> None:
    contract = loan(interest_paid=[voucher("2025-01-01", "2026-01-01", "36500.00")], excluded_periods=MARCH)
    # 100.00 a day; (365 - 31) days × 20%
    assert Bureau(share()).amount(contracts=[contract]) == "6680.00"


def test_D10_a_table_may_exclude_only_some_periods() -> None:
    bureau = Bureau(points(more="exclude_periods: [EXTENSION]"))
    assert bureau.amount(contracts=[loan(excluded_periods=MARCH)]) == "10000.00"


def test_D10_penalty_earns_no_subsidy() -> None:
    contract = loan(interest_paid=[voucher("2025-01-01", "2026-01-01", "38500.00", penalty="2000.00")])
    # (38,500 - 2,000) × 20%
    assert Bureau(share()).amount(contracts=[contract]) == "7300.00"


def test_D10_unpaid_interest_never_joins_the_balance() -> None:
    answer = Bureau(share()).answer({"contracts": [loan(drawn=[("2024-01-01", "1000000.00")])]})
    assert segments(answer, "balance") == [("1000000.00",)]
    # two years: 1,000,000 × 3.6% × 731/360 × 20%; with interest on interest it would be more
    assert answer["amount"] == "14620.00"


@pytest.mark.parametrize(
    ("last_day", "applied", "expected"),
    [
        ("'2025-03-31'", "2026-06-30", ("2025-03-01", "2025-04-01")),
        ("APPLICATION_DATE", "2025-03-31", ("2025-03-01", "2025-04-01")),
        ("APPLICATION_DATE", "2025-03-01", ("2025-03-01", "2025-03-02")),
    ],
)
def test_D11_the_last_day_of_a_window_counts(last_day: str, applied: str, expected: tuple[str, str]) -> None:
    bureau = Bureau(points(more=f"windows: {{interest: {{first_day: '2025-03-01', last_day: {last_day}}}}}"))
    assert days_counted(bureau.answer({"application_date": applied, "contracts": [loan()]})) == expected


@pytest.mark.parametrize(("on", "inside"), [("2025-02-28", False), ("2025-03-01", True), ("2025-03-31", True), ("2025-04-01", False)])
def test_D11_both_days_of_an_event_window_count(on: str, inside: bool) -> None:
    bureau = Bureau(award(more="windows: {event: {first_day: '2025-03-01', last_day: '2025-03-31'}}"), "AWARD")
    assert bureau.amount(items=[item("A", "100.00", occurred_on=on)]) == ("100.00" if inside else "0.00")


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ({"from": "2025-02-01", "until": "2025-05-01"}, ("2025-03-01", "2025-05-01")),
        ({"from": "2025-04-01", "until": "2025-08-01"}, ("2025-04-01", "2025-07-01")),
        ({"from": "2024-01-01", "until": "2026-01-01"}, ("2025-03-01", "2025-07-01")),
    ],
)
def test_D12_the_claim_period_is_intersected_with_the_window(period: dict[str, str], expected: tuple[str, str]) -> None:
    bureau = Bureau(points(more="windows: {interest: {first_day: '2025-03-01', last_day: '2025-06-30'}}"))
    assert days_counted(bureau.answer({"contracts": [loan()], "claim_period": period})) == expected


def test_D13_a_window_that_was_not_published_restricts_nothing_before_the_application() -> None:
    bureau = Bureau(points(more="windows: {interest: {first_day: unknown, last_day: unknown, clause: 附件二}}"))
    answer = bureau.answer({"application_date": "2025-07-01", "contracts": [loan()]})
    assert days_counted(answer) == ("2025-01-01", "2025-07-01")
    assert [(one["clause"], "计息期间" in one["message"]) for one in answer["not_decided_here"]] == [("附件二", True)]


@pytest.mark.parametrize(
    ("window", "period", "until"),
    [
        ("unknown", {"from": "2025-01-01", "until": "2025-12-01"}, "2025-12-01"),
        ("'2025-11-30'", None, "2025-12-01"),
        ("'2025-11-30'", {"from": "2025-01-01", "until": "2025-10-01"}, "2025-10-01"),
    ],
)
def test_D13_later_days_count_where_window_or_claim_reaches_past_the_application(
    window: str, period: dict[str, str] | None, until: str
) -> None:
    bureau = Bureau(points(more=f"windows: {{interest: {{first_day: '2025-01-01', last_day: {window}}}}}"))
    claim = {"application_date": "2025-07-01", "contracts": [loan()]} | ({"claim_period": period} if period else {})
    answer = bureau.answer(claim)
    assert days_counted(answer) == ("2025-01-01", until)
    assert answer["items"][0]["interest_basis"] == "ESTIMATED"
    assert "INTEREST_ESTIMATED" in codes(answer, "warnings")


def test_D5_a_window_that_opens_later_moves_the_anchor_of_a_subsidy() -> None:
    bureau = Bureau(points(more="windows: {interest: {first_day: '2025-03-15', last_day: '2025-05-30'}}"))
    answer = bureau.answer({"contracts": [loan(drawn=[("2025-01-31", "1000000.00")])]})
    # two months from 15 March and 16 days; from 31 January it would be 120 - 45 = 75
    assert segments(answer, "from", "until", "day_fraction") == [("2025-03-15", "2025-05-31", "76/360")]


def test_D5_each_drawdown_has_its_own_anchor() -> None:
    contract = loan(drawn=[("2025-01-31", "1000000.00"), ("2025-03-15", "1000000.00")], matures_on="2025-05-31")
    answer = Bureau(points()).answer({"contracts": [contract]})
    days: dict[str, int] = {}
    for drawdown, fraction in segments(answer, "drawdown_no", "day_fraction"):
        days[drawdown] = days.get(drawdown, 0) + int(fraction.removesuffix("/360"))
    assert days == {"1": 120, "2": 76}


@pytest.mark.parametrize(
    "more",
    [
        "windows: {interest: {first_day: '2025-01-01', last_day: '2025-01-31'}}",
        "term: {months: 1, from: FIRST_DRAWDOWN}",
    ],
)
def test_D10_days_outside_window_or_term_earn_neither_points_nor_interest(more: str) -> None:
    contract = loan(interest_paid=[voucher("2025-01-01", "2025-04-01", "9000.00")])
    assert Bureau(points(more=more)).amount(contracts=[contract]) == "833.33"  # 1,000,000 × 1% × 30/360
    assert Bureau(share(more=more)).amount(contracts=[contract]) == "620.00"  # 31 of 90 days: 3,100 × 20%


def test_D12_a_claim_period_cuts_the_interest_of_a_voucher_too() -> None:
    contract = loan(interest_paid=[voucher("2025-01-01", "2025-04-01", "9000.00")])
    claim = {"contracts": [contract], "claim_period": {"from": "2025-01-31", "until": "2025-02-10"}}
    assert Bureau(share()).answer(claim)["amount"] == "200.00"  # 10 of 90 days: 1,000 × 20%
