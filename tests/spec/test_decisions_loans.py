"""D73, D74, D76, D80, D87, D89, D90, D93-D97, D100: loans, their vouchers and the limits on their balances.

The loan of these rows is 1,000,000.00 at 3.6% by actual days over 360, unless a row says otherwise: 100.00 a day.
The published LPR_1Y: 3.10% from 2024-10-21, 3.00% from 2025-05-20, last published 2026-08-20, valid until 2026-09-21 (exclusive).
"""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from app.calculators.claims import model as facts
from app.calculators.terms.builtins import BUILT_IN
from tests.bureau import USCC, Bureau, loan
from tests.spec import claims
from tests.spec.small_tables import amounts, caps, codes, points, segments, share, voucher

Body = dict[str, Any]

FIRST_LOAN = {"rate_table": "bj-sme-2025-0-1", "version": 1}
LPR = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "ANNIVERSARY"}


def first_loan(**more: Any) -> Body:
    """A first loan of 1,000,000.00, of whose interest the enterprise gets a fifth in the first year."""
    return loan(measures={"first_loan": True}) | more


# --- D89: one reading for every fixing ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("lookup", "rate", "expected", "working"),
    [
        ("DAY_BEFORE", "0.031", "3168.89", "1,000,000 × 3.10% × 184/360 × 20%"),
        ("SAME_DAY", "0.03", "3066.67", "1,000,000 × 3.00% × 184/360 × 20%"),
    ],
)
def test_D89_the_first_fixing_reads_the_same_day_as_the_resets(
    client: httpx.Client, lookup: str, rate: str, expected: str, working: str
) -> None:
    """Drawn on 2025-05-20, on which 3.00% was published."""
    contract = first_loan(
        signed_on="2025-05-20",
        matures_on="2026-05-20",
        drawdowns=[{"drawdown_no": "1", "on": "2025-05-20", "amount": "1000000.00"}],
        rate=LPR | {"lookup": lookup},
    )
    found = claims.answer(client, "LOAN_INTEREST", FIRST_LOAN | {"application_date": "2025-11-20", "contracts": [contract]})
    assert (found["amount"], {one for (one,) in segments(found, "contract_rate")}) == (expected, {rate}), working


@pytest.mark.parametrize(("lookup", "warned"), [("SAME_DAY", True), ("DAY_BEFORE", False)])
def test_D89_the_row_that_was_read_is_the_one_that_is_warned_of(lookup: str, warned: bool) -> None:
    """The value of 2026-05-20 was inferred; the day before reads that of 2026-04-20."""
    contract = loan(signed_on="2026-01-01", drawn=[("2026-05-20", "1000000.00")], matures_on="2026-07-01", rate=LPR | {"lookup": lookup})
    found = Bureau(points("min(1%, contract_rate)")).answer({"contracts": [contract]})
    assert ("REFERENCE_RATE_CONFIDENCE" in codes(found, "warnings")) is warned


# --- D76: the first due date and the day of the later ones --------------------------------------------


def test_D76_later_dues_fall_on_the_day_that_was_given(client: httpx.Client) -> None:
    contract = {
        "contract_no": "L-1",
        "lender": "某银行",
        "loan_type": "FIXED_ASSET",
        "signed_on": "2024-01-31",
        "matures_on": "2025-01-31",
        "drawdowns": [{"drawdown_no": "1", "on": "2024-01-31", "amount": "1000000.00"}],
        "rate": {"kind": "FIXED", "annual_rate": "0.048"},
        "repayment_plan": {"method": "EQUAL_PRINCIPAL", "day": 31, "first_due": "2024-02-29"},
    }
    body = {"rate_table": "bj-equip-2024-0-1", "version": 1, "application_date": "2026-06-30", "contracts": [contract]}
    found = claims.answer(client, "LOAN_INTEREST", body)
    # twelve dues at the ends of months: 2.5% ÷ 12 × 1,000,000 × (12 + 11 + … + 1)/12
    assert found["amount"] == "13541.67"


@pytest.mark.parametrize(
    ("plan", "dues"),
    [
        ({"first_due": "2025-02-10", "day": 25}, ["2025-02-10", "2025-03-25", "2025-04-25"]),
        ({"first_due": "2025-02-10", "day": 5}, ["2025-02-10", "2025-03-05", "2025-04-05", "2025-05-05"]),
        ({"first_due": "2025-02-10", "day": 10}, ["2025-02-10", "2025-03-10", "2025-04-10"]),
        ({"first_due": "2025-02-10"}, ["2025-02-10", "2025-03-10", "2025-04-10"]),
        ({"first_due": "2025-01-31", "day": 30}, ["2025-01-31", "2025-02-28", "2025-03-30", "2025-04-30"]),
        ({"first_due": "2025-01-31", "day": 31, "every_months": 2}, ["2025-01-31", "2025-03-31"]),
        ({"day": 5}, ["2025-01-05", "2025-02-05", "2025-03-05", "2025-04-05", "2025-05-05"]),
        ({}, ["2025-01-20", "2025-02-20", "2025-03-20", "2025-04-20"]),
    ],
)
def test_D76_the_day_is_that_of_the_first_due_date_or_the_20th_unless_it_is_given(plan: Body, dues: list[str]) -> None:
    contract = loan(matures_on="2025-05-10", repayment_plan={"method": "EQUAL_PRINCIPAL"} | plan)
    found = segments(Bureau(points()).answer({"contracts": [contract]}), "from")
    assert [day for (day,) in found] == ["2025-01-01", *dues]


# --- D73: a series ends where it ends -----------------------------------------------------------------


def drawn_in_may(**more: Any) -> Body:
    """A loan drawn on 2026-05-20."""
    return loan(signed_on="2026-01-01", matures_on="2027-05-20", drawn=[("2026-05-20", "1000000.00")]) | more


@pytest.mark.parametrize(("applied", "status"), [("2026-09-20", 200), ("2026-09-21", 200), ("2026-09-22", 422), ("2026-10-15", 422)])
@pytest.mark.parametrize(
    "terms",
    [
        points("reference(LPR_1Y, DAY)"),
        "facts: CONTRACTS\nwording: EXACT\nlines: [{id: ALL, base: 'balance * reference(LPR_1Y, DAY)', rate: '50%'}]",
        "facts: CONTRACTS\nwording: EXACT\nlines: [{id: ALL, when: 'reference(LPR_1Y, DAY) < 10%', base: balance, rate: '1%'}]",
        points(more="require: [{that: 'contract_rate > reference(LPR_1Y, DAY)', code: TOO_CHEAP, clause: c}]"),
    ],
    ids=["rate", "base", "when", "require"],
)
def test_D73_a_day_on_which_the_series_has_ended_is_refused(terms: str, applied: str, status: int) -> None:
    """The last day that counts is the day before the application; 2026-09-20 is the last that the series covers."""
    response = Bureau(terms).post({"application_date": applied, "contracts": [drawn_in_may()]})
    assert response.status_code == status, response.text
    if status == 422:
        assert response.json()["code"] == "REFERENCE_RATE_NOT_COVERED"
        assert "2026-08-20" in response.text


def test_D73_a_series_that_has_ended_matters_only_on_days_that_count() -> None:
    claim = {"application_date": "2026-10-15", "claim_period": {"from": "2026-05-20", "until": "2026-09-21"}, "contracts": [drawn_in_may()]}
    found = Bureau(points("reference(LPR_1Y, DAY)")).answer(claim)
    assert segments(found, "until")[-1] == ("2026-09-21",)


@pytest.mark.parametrize(("applied", "status"), [("2026-09-21", 200), ("2026-10-15", 200), ("2026-10-21", 422)])
def test_D73_a_floating_rate_reads_the_series_only_where_it_is_fixed(applied: str, status: int) -> None:
    """Fixed on 20 May, 20 June, …, 20 September: the value of 20 August stands until the fixing of 20 October, which has none."""
    contract = drawn_in_may(rate=LPR | {"reset": "MONTHLY"})
    assert Bureau(points("min(1%, contract_rate)")).post({"application_date": applied, "contracts": [contract]}).status_code == status


# --- D94: the first day that counts is the contract's -------------------------------------------------

HALF_A_YEAR = "term: {months: '6', from: FIRST_COUNTED_DAY}"


def spans_of(found: Body) -> dict[str, tuple[str, str]]:
    """The first counted day of each drawdown, and the day after its last."""
    spans: dict[str, tuple[str, str]] = {}
    for no, first, until in segments(found, "drawdown_no", "from", "until"):
        before = spans.get(no, (first, until))
        spans[no] = min(before[0], first), max(before[1], until)
    return spans


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("2025-07-09", {"1": ("2025-01-10", "2025-07-10"), "2": ("2025-07-09", "2025-07-10")}),
        ("2025-07-10", {"1": ("2025-01-10", "2025-07-10")}),
    ],
)
def test_D94_the_term_of_every_drawdown_starts_on_the_first_counted_day_of_the_contract(second: str, expected: Body) -> None:
    contract = loan(drawn=[("2025-01-10", "1000000.00"), (second, "1000000.00")])
    assert spans_of(Bureau(points(more=HALF_A_YEAR)).answer({"contracts": [contract]})) == expected


def test_D94_a_claim_period_does_not_move_the_first_counted_day() -> None:
    """The first drawdown has no day in this claim, and still starts the term."""
    contract = loan(drawn=[("2025-01-10", "1000000.00"), ("2025-05-01", "1000000.00")], repaid=[("2025-03-01", "1000000.00")])
    claim = {"claim_period": {"from": "2025-05-01", "until": "2026-01-01"}, "contracts": [contract]}
    assert spans_of(Bureau(points(more=HALF_A_YEAR)).answer(claim)) == {"2": ("2025-05-01", "2025-07-10")}


# --- D74, D95: vouchers were given, whether they count or not -----------------------------------------


@pytest.mark.parametrize(("paid_on", "expected"), [("2025-12-31", "0.00"), ("2025-12-30", "1840.00"), (None, "7220.00")])
def test_D74_with_vouchers_of_which_none_counts_nothing_counts(client: httpx.Client, paid_on: str | None, expected: str) -> None:
    """Paid after the application: nothing; paid by then: 9,200 × 20%; no voucher at all: estimated, 361 days × 100.00 × 20%."""
    paid = [] if paid_on is None else [{"from": "2024-03-21", "until": "2024-06-21", "amount": "9200.00", "paid_on": paid_on}]
    contract = first_loan(
        signed_on="2024-03-01",
        matures_on="2025-03-01",
        drawdowns=[{"drawdown_no": "1", "on": "2024-03-05", "amount": "1000000.00"}],
        interest_paid=paid,
    )
    found = claims.answer(client, "LOAN_INTEREST", FIRST_LOAN | {"application_date": "2025-12-30", "contracts": [contract]})
    assert found["amount"] == expected
    late = ["VOUCHER_AFTER_APPLICATION", "NO_EARNING_ITEM"]
    assert (found["status"], codes(found)) == (("NOT_ELIGIBLE", late) if expected == "0.00" else ("ELIGIBLE", []))


def test_D74_vouchers_are_given_for_each_contract_by_itself() -> None:
    """A has a voucher that came too late, B none: B is estimated, 36,500 × 20%."""
    late = voucher("2025-01-01", "2025-04-01", "9000.00", paid_on="2026-07-01")
    bureau = Bureau(share(more="pay_first: 'true'"))
    found = bureau.answer({"application_date": "2026-06-30", "contracts": [loan("A", interest_paid=[late]), loan("B")]})
    assert [one["amount"] for one in found["items"]] == ["0.00", "7300.00"]


APRIL = "windows: {interest: {first_day: '2025-04-01', last_day: '2025-04-30', tests: PAID_ON}}"


@pytest.mark.parametrize(
    ("paid_on", "expected", "working"),
    [
        ("2025-03-31", "0.00", "the voucher was not paid in April, and April has none"),
        ("2025-04-01", "1800.00", "9,000 × 20%; April itself has no voucher"),
        ("2025-04-30", "1800.00", "the last day of the window"),
        ("2025-05-01", "0.00", "a day late"),
        ("2026-07-01", "0.00", "paid after the application"),
        (None, "600.00", "no voucher: the days of April, estimated, 3,000 × 20%"),
    ],
)
def test_D95_with_vouchers_given_no_day_without_one_counts_in_a_payment_window(paid_on: str | None, expected: str, working: str) -> None:
    paid = [] if paid_on is None else [voucher("2025-01-01", "2025-04-01", "9000.00", paid_on=paid_on)]
    found = Bureau(share(more=APRIL)).answer({"application_date": "2026-06-30", "contracts": [loan(interest_paid=paid)]})
    assert found["amount"] == expected, working
    assert ("INTEREST_ESTIMATED" in codes(found, "warnings")) is (paid_on is None)


# --- D97: a bound that would hold for some days alone -------------------------------------------------


@pytest.mark.parametrize(
    "paid",
    [
        [voucher("2025-02-01", "2025-03-01", "2800.00")],
        [voucher("2025-01-01", "2025-12-31", "36400.00")],  # a day is left
        [voucher("2025-01-01", "2026-01-01", "36500.00", paid_on="2026-07-01")],  # given, and it does not count
    ],
)
def test_D97_points_with_vouchers_for_some_days_need_the_contract_rate(paid: list[Body]) -> None:
    contract = loan(rate=None, interest_paid=paid)
    assert Bureau(points()).refusal(application_date="2026-06-30", contracts=[contract]) == [("/contracts/0/rate", "FACT_REQUIRED")]


def test_D97_with_vouchers_for_all_days_points_are_bounded_by_them() -> None:
    contract = loan(rate=None, interest_paid=[voucher("2025-01-01", "2026-01-01", "9000.00")])
    found = Bureau(points(), year=2026).answer({"contracts": [contract]})
    assert (found["amount"], codes(found, "warnings")) == ("9000.00", ["OVERDUE_BALANCE"])


def test_D97_without_rate_and_voucher_points_are_calculated_with_a_warning() -> None:
    found = Bureau(points(), year=2026).answer({"contracts": [loan(rate=None)]})
    assert (found["amount"], codes(found, "warnings")[:2]) == ("10000.00", ["INTEREST_BOUND_NOT_CHECKED", "INTEREST_ESTIMATED"])


# --- D96: a cap that asks what a contract earned ------------------------------------------------------

TWO_SHARES = """
facts: CONTRACTS
wording: EXACT
choose: FIRST
lines:
  - {id: INNOVATIVE, when: 'status(INNOVATIVE_SME, ON_DAY)', base: interest, rate: 40%}
  - {id: ORDINARY, base: interest, rate: 20%}
caps:
  - {per: [CONTRACT], period: ACCRUAL_YEAR, limit: 8000.00, when: earned(INNOVATIVE)}
  - {per: [CONTRACT], period: ACCRUAL_YEAR, limit: 5000.00, when: not earned(INNOVATIVE)}
"""


@pytest.mark.parametrize(
    ("certified", "limits", "expected"),
    [
        # 2025: 36,500 × 20% = 7,300; 2026: a day × 40% more than a fifth of 36,500
        ("2026-12-31", ["8000.00", "8000.00"], "14620.00"),
        ("2027-01-01", ["5000.00", "5000.00"], "10000.00"),
    ],
)
def test_D96_a_line_that_earned_in_one_year_gives_its_cap_in_every_year(certified: str, limits: list[str], expected: str) -> None:
    claim = {
        "application_date": "2027-06-30",
        "applicant": {"uscc": USCC, "statuses": [{"status": "INNOVATIVE_SME", "from": certified}]},
        "contracts": [loan("A", matures_on="2027-01-01")],
    }
    found = Bureau(TWO_SHARES).answer(claim)
    assert [limit for (limit,) in caps(found, "limit")] == limits
    assert found["amount"] == expected


def test_D96_what_another_contract_earned_is_not_asked() -> None:
    """A was repaid before the status began."""
    claim = {
        "applicant": {"uscc": USCC, "statuses": [{"status": "INNOVATIVE_SME", "from": "2025-07-01"}]},
        "contracts": [loan("A", matures_on="2025-07-01"), loan("B")],
    }
    assert caps(Bureau(TWO_SHARES).answer(claim), "key", "limit") == [("B 2025", "8000.00"), ("A 2025", "5000.00")]


# --- D80: limits on balances are said -----------------------------------------------------------------


def balance_caps(found: Body) -> list[tuple[Any, ...]]:
    """Scope, key, balance before and after, the day, and on how many days it bound, of each cap on balances that bound."""
    return [tuple(one[name] for name in ("scope", "key", "before", "after", "on", "days")) for one in found["caps"] if one["on"]]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("500000.00", []),
        # a fen above until 1 July, 181 days; then half is repaid
        ("500000.01", [("DRAWDOWN_BALANCE", "1 L-1", "500000.01", "500000.00", "2025-01-01", 181)]),
        ("900000.00", [("DRAWDOWN_BALANCE", "1 L-1", "900000.00", "500000.00", "2025-01-01", 181)]),
        # 510,000 are left for the other 184 days
        ("1020000.00", [("DRAWDOWN_BALANCE", "1 L-1", "1020000.00", "500000.00", "2025-01-01", 365)]),
    ],
)
def test_D80_a_cap_on_a_drawdown_that_binds_stands_in_caps_and_steps(amount: str, expected: list[Any]) -> None:
    half = f"{int(amount[:-3]) // 2}.00"
    contract = loan(drawn=[("2025-01-01", amount)], repaid=[("2025-07-01", half)])
    found = Bureau(points(more="caps: [{bounds: BALANCE, per: [DRAWDOWN], limit: 50万}]")).answer({"contracts": [contract]})
    assert balance_caps(found) == expected
    worked = [(one["substituted"], one["value"]) for one in found["steps"] if one["id"].startswith("cap:DRAWDOWN_BALANCE")]
    assert worked == [(f"min({amount}, 500000.00)", "500000.00") for _ in expected]


def test_D80_the_day_of_the_figures_is_that_on_which_most_was_taken() -> None:
    """Room 1,000,000: A 800,000 from January, B 500,000 from April, until A is repaid in October."""
    contracts = [
        loan("A", drawn=[("2025-01-01", "800000.00")], repaid=[("2025-10-01", "800000.00")]),
        loan("B", drawn=[("2025-04-01", "500000.00"), ("2025-06-01", "100000.00")], repaid=[("2025-09-01", "50000.00")]),
    ]
    found = Bureau(points(more="caps: [{bounds: BALANCE, per: [], limit: 100万}]")).answer({"contracts": contracts})
    # 1,300,000 in April and May, 1,400,000 from 1 June, 1,350,000 in September: bound from 1 April until 1 October
    assert balance_caps(found) == [("ENTERPRISE_BALANCE", None, "1400000.00", "1000000.00", "2025-06-01", 183)]
    assert found["steps"][0]["substituted"] == "min(1400000.00, 1000000.00)"


def test_D80_room_that_is_taken_once_shows_what_each_drawdown_took() -> None:
    more = "caps: [{bounds: BALANCE, room: CUMULATIVE, per: [], limit: 100万}]"
    contracts = [loan("A", drawn=[("2025-01-01", "800000.00")], repaid=[("2025-07-01", "500000.00")]), loan("B", drawn=[("2025-07-01", "800000.00")])]
    found = Bureau(points(more=more)).answer({"contracts": contracts})
    # from 1 July A has 300,000 of its 800,000, B gets 200,000 for its 800,000
    assert balance_caps(found) == [("ENTERPRISE_BALANCE", None, "1100000.00", "500000.00", "2025-07-01", 184)]
    assert (found["steps"][0]["substituted"], found["steps"][0]["value"]) == (
        "min(300000.00, 800000.00) + min(800000.00, 200000.00)",
        "500000.00",
    )


# --- D90: room that is taken for ever -----------------------------------------------------------------

ONCE = "caps: [{bounds: BALANCE, room: CUMULATIVE, per: [], limit: 150万}]\n"
SECOND_HALF = {"claim_period": {"from": "2025-07-01", "until": "2026-01-01"}}


def half_years(**more: Any) -> list[Body]:
    """A 1,500,000 from January to June, B 1,500,000 from July."""
    a = loan("A", drawn=[("2025-01-01", "1500000.00")], matures_on="2025-07-01") | more
    return [a, loan("B", drawn=[("2025-07-01", "1500000.00")])]


def test_D90_a_drawdown_before_the_claim_period_has_taken_its_room() -> None:
    found = Bureau(points(more=ONCE)).answer(SECOND_HALF | {"contracts": half_years()})
    assert amounts(found) == {"A": "0.00", "B": "0.00"}
    assert [(one["code"], one["item_id"]) for one in found["reasons"]] == [
        ("NO_DAY_COUNTS", "A"),
        ("PRINCIPAL_CAP_USED", "B"),
        ("NO_EARNING_ITEM", None),
    ]


@pytest.mark.parametrize(("drawn", "expected"), [("1499999.99", "0.01"), ("900000.00", "600000.00"), ("1600000.00", "0.00")])
def test_D90_later_drawdowns_have_what_is_left(drawn: str, expected: str) -> None:
    contracts = half_years(drawdowns=[{"drawdown_no": "1", "on": "2025-01-01", "amount": drawn}])
    found = Bureau(points(more=ONCE)).answer(SECOND_HALF | {"contracts": contracts})
    assert [balance for no, balance in zip(["B"], segments(found, "balance"), strict=True)] == [(expected,)]


@pytest.mark.parametrize(
    ("terms", "a", "why"),
    [
        (points(more=ONCE + "require: [{that: 'loan_type in [WORKING_CAPITAL]', code: KIND, clause: c}]"), {"loan_type": "OTHER"}, "refused"),
        (points(more=ONCE), {"currency": "USD"}, "its currency is not admitted"),
        (
            points(more=ONCE + "windows: {interest: {first_day: '2025-07-01', last_day: '2025-12-31'}}"),
            {},
            "none of its days is supported, whatever is claimed",
        ),
        (
            "facts: CONTRACTS\nwording: EXACT\nlines:\n"
            "  - {id: ALL, when: 'loan_type in [WORKING_CAPITAL]', base: balance, rate: 1%}\n"
            "  - {id: OTHER, when: 'loan_type in [OTHER]', base: balance, rate: 1%}\n"
            "caps: [{bounds: BALANCE, room: CUMULATIVE, per: [], lines: [ALL], limit: 150万}]",
            {"loan_type": "OTHER"},
            "the line of the cap does not apply",
        ),
    ],
)
def test_D90_a_contract_that_is_not_supported_takes_no_room(terms: str, a: Body, why: str) -> None:
    found = Bureau(terms).answer(SECOND_HALF | {"contracts": half_years(**a)})
    # 1,500,000 × 1% × 6/12
    assert amounts(found) == {"A": "0.00", "B": "7500.00"}, why


def test_D90_a_line_that_reads_the_day_takes_room_where_it_held_on_days_not_claimed() -> None:
    terms = (
        "facts: CONTRACTS\nwording: EXACT\nday_count: MONTHS_12\nchoose: FIRST\nlines:\n"
        "  - {id: EARLY, when: 'day < 2025-04-01', base: balance, rate: 1%}\n"
        "  - {id: LATE, base: balance, rate: 1%}\n"
        "caps: [{bounds: BALANCE, room: CUMULATIVE, per: [], lines: [EARLY], limit: 150万}]"
    )
    bureau = Bureau(terms)
    contracts = [loan("A", drawn=[("2025-01-01", "1000000.00")]), loan("B", drawn=[("2025-03-01", "1000000.00")])]
    found = bureau.answer({"claim_period": {"from": "2025-03-01", "until": "2025-04-01"}, "contracts": contracts})
    # A 1,000,000 and B 500,000 × 1% × 1/12
    assert amounts(found) == {"A": "833.33", "B": "416.67"}


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        ("0.0400", "0.00"),  # both pay 2%: the first of them, which is the cap's
        ("0.0401", "15000.00"),  # the other line pays A: 1,500,000 × 2% × 6/12 are left to B
        (None, "0.00"),  # which one pays is not known, and nothing that is not known makes room
    ],
)
def test_D90_of_several_lines_the_one_that_pays_most_takes_the_room_on_days_not_claimed_too(rate: str | None, expected: str) -> None:
    terms = (
        "facts: CONTRACTS\nwording: EXACT\nday_count: MONTHS_12\nchoose: HIGHEST\nlines:\n"
        "  - {id: FLAT, base: balance, rate: 2%}\n"
        "  - {id: DEAR, base: balance, rate: contract_rate - 2%}\n"
        "caps: [{bounds: BALANCE, room: CUMULATIVE, per: [], lines: [FLAT], limit: 150万}]"
    )
    contracts = half_years(rate=None if rate is None else {"kind": "FIXED", "annual_rate": rate})
    found = Bureau(terms).answer(SECOND_HALF | {"contracts": contracts})
    assert amounts(found) == {"A": "0.00", "B": expected}


def test_D18_a_rate_that_is_not_covered_decides_nothing_where_no_balance_is_left() -> None:
    """All room is A's; B's rate of a series that ends before is not asked for, and A's, which is paid, would be."""
    terms = share(more="caps: [{bounds: BALANCE, room: CUMULATIVE, per: [], limit: 150万}]")
    ended = LPR | {"series": "LPR_5Y", "reset": "MONTHLY", "lookup": "SAME_DAY"}
    late = loan("B", drawn=[("2026-10-01", "1000.00")], signed_on="2026-09-30", matures_on="2027-01-01", rate=ended)
    first = loan("A", drawn=[("2025-01-01", "1500000.00")])
    claimed = {"application_date": "2027-02-01", "claim_period": {"from": "2026-10-01", "until": "2027-01-01"}}
    found = Bureau(terms).answer(claimed | {"contracts": [first, late]})
    assert ("PRINCIPAL_CAP_USED", "B") in [(one["code"], one["item_id"]) for one in found["reasons"]]
    told = Bureau(terms).refusal(**claimed, contracts=[late])
    assert [code for _, code in told] == ["REFERENCE_RATE_NOT_COVERED"]


def test_D90_room_that_earlier_claims_took_is_an_open_point() -> None:
    found = Bureau(points(more=ONCE), year=2026).answer({"contracts": [loan()]})
    assert ["以前申请" in one["message"] for one in found["not_decided_here"]] == [True]
    daily = Bureau(points(more=ONCE.replace("room: CUMULATIVE, ", "")), year=2026).answer({"contracts": [loan()]})
    assert daily["not_decided_here"] == []


# --- D100: nothing is left for a contract -------------------------------------------------------------


@pytest.mark.parametrize(("drawn", "told"), [("1000000.00", [("B", "单户贷款规模上限100万元")]), ("999999.99", [])])
@pytest.mark.parametrize("rate", [{"kind": "FIXED", "annual_rate": "0.036"}, None])
def test_D100_a_cap_on_principal_that_leaves_a_contract_nothing_is_its_reason(drawn: str, told: list[Any], rate: Body | None) -> None:
    more = "caps: [{bounds: BALANCE, per: [], limit: 100万, clause: 单户贷款规模上限100万元}]"
    contracts = [loan("A", drawn=[("2025-01-01", drawn)], rate=rate), loan("B", drawn=[("2025-02-01", "1000000.00")], rate=rate)]
    found = Bureau(points("100%", more=more)).answer({"contracts": contracts})
    assert [(one["item_id"], one["clause"]) for one in found["reasons"] if one["code"] == "PRINCIPAL_CAP_USED"] == told
    assert not {"NO_INTEREST", "NO_DAY_COUNTS"} & set(codes(found))


# --- D87: a contract as a bank keeps it ---------------------------------------------------------------


def two_drawdowns(**more: Any) -> Body:
    """A contract of two drawdowns of 500,000.00 each on the same day: 50.00 of interest a day each."""
    return loan(drawn=[("2025-01-01", "500000.00"), ("2025-01-01", "500000.00")]) | more


def own(no: str, **terms: Any) -> Body:
    """A drawdown of 500,000.00 with terms of its own."""
    return {"drawdown_no": no, "on": "2025-01-01", "amount": "500000.00"} | terms


def fixed(rate: str) -> Body:
    """A fixed rate."""
    return {"kind": "FIXED", "annual_rate": rate}


def first_days(*paid: Body) -> Body:
    """Two drawdowns of a first loan on 2024-03-05, and vouchers for their first 16 days."""
    drawdowns = [{"drawdown_no": no, "on": "2024-03-05", "amount": "500000.00"} for no in ("1", "2")]
    period = {"from": "2024-03-05", "until": "2024-03-21", "amount": "800.00"}
    return FIRST_LOAN | {
        "application_date": "2025-12-30",
        "contracts": [first_loan(signed_on="2024-03-01", matures_on="2025-03-01", drawdowns=drawdowns, interest_paid=[period | one for one in paid])],
    }


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        ([{"drawdown_no": "1"}, {"drawdown_no": "2"}], "320.00"),  # 1,600 × 20%
        ([{"receipt_no": "R-1"}, {"receipt_no": "R-2"}], "320.00"),  # of the whole contract, in two receipts
        ([{"drawdown_no": "1", "receipt_no": "R-1"}, {"drawdown_no": "1", "receipt_no": "R-2"}, {"drawdown_no": "2"}], "480.00"),
        ([{"drawdown_no": "1"}], "3770.00"),  # 800 × 20%; the second, for which none was given, is estimated: 361 d × 50.00 × 20%
    ],
)
def test_D87_vouchers_of_drawdowns_may_have_the_same_days(client: httpx.Client, paid: list[Body], expected: str) -> None:
    found = claims.answer(client, "LOAN_INTEREST", first_days(*paid))
    assert found["amount"] == expected


@pytest.mark.parametrize(
    ("paid", "faults"),
    [
        ([{}, {}], [1]),
        ([{"receipt_no": "R-1"}, {}], [1]),
        ([{}, {"receipt_no": "R-1"}], [0]),
        ([{"receipt_no": "R-1"}, {"receipt_no": "r-1 "}], [1]),  # the same number, spelled differently
        ([{"drawdown_no": "1"}, {"drawdown_no": "1"}, {"drawdown_no": "2"}], [1]),
    ],
)
def test_D87_receipts_that_cannot_be_told_apart_are_refused_with_the_remedy(client: httpx.Client, paid: list[Body], faults: list[int]) -> None:
    refused = claims.post(client, "LOAN_INTEREST", first_days(*paid))
    assert refused.status_code == 422
    errors = refused.json()["errors"]
    assert [(one["pointer"], one["code"]) for one in errors] == [(f"/contracts/0/interest_paid/{no}", "VOUCHERS_OVERLAP") for no in faults]
    assert all(field in one["detail"] for one in errors for field in ("drawdown_no", "receipt_no"))


@pytest.mark.parametrize(
    ("other", "accepted"),
    [
        (voucher("2025-02-01", "2025-03-01", "1.00", drawdown_no="1"), False),
        (voucher("2025-03-31", "2025-04-30", "1.00", drawdown_no="1"), False),  # a day in common
        (voucher("2024-12-01", "2025-01-02", "1.00", drawdown_no="1"), False),
        (voucher("2025-04-01", "2025-05-01", "1.00", drawdown_no="1"), True),
    ],
)
def test_D87_a_voucher_of_the_contract_may_not_overlap_one_of_a_drawdown(other: Body, accepted: bool) -> None:
    contract = two_drawdowns(interest_paid=[voucher("2025-01-01", "2025-04-01", "9000.00"), other])
    response = Bureau(share()).post({"contracts": [contract]})
    assert response.status_code == (200 if accepted else 422)
    if not accepted:
        assert [(one["pointer"], one["code"]) for one in response.json()["errors"]] == [("/contracts/0/interest_paid/1", "VOUCHERS_OVERLAP")]


def test_D87_a_voucher_names_a_drawdown_that_there_is_however_it_is_spelled() -> None:
    bureau = Bureau(share())
    for name, accepted in ((" 2", True), ("２", True), ("3", False)):
        contract = two_drawdowns(interest_paid=[voucher("2025-01-01", "2025-04-01", "9000.00", drawdown_no=name)])
        response = bureau.post({"contracts": [contract]})
        assert response.status_code == (200 if accepted else 422), name
        if not accepted:
            assert [one["pointer"] for one in response.json()["errors"]] == ["/contracts/0/interest_paid/0/drawdown_no"]


def test_D87_a_voucher_of_a_drawdown_is_shared_over_its_balance_alone() -> None:
    """90 days of the second drawdown, half of it repaid after 45; the window takes the first 45."""
    more = "windows: {interest: {first_day: '2025-01-01', last_day: '2025-02-14'}}"
    contract = two_drawdowns(
        repayments=[{"on": "2025-02-15", "principal": "250000.00", "drawdown_no": "2"}],
        interest_paid=[
            voucher("2025-01-01", "2025-04-01", "4500.00", drawdown_no="1"),
            voucher("2025-01-01", "2025-04-01", "3600.00", drawdown_no="2"),
        ],
    )
    found = Bureau(share("100%", more=more)).answer({"contracts": [contract]})
    # 4,500 × 45/90; 3,600 × 45 × 500,000 ÷ (45 × 500,000 + 45 × 250,000)
    assert sorted(segments(found, "drawdown_no", "interest")) == [("1", "2250.00"), ("2", "2400.00")]


@pytest.mark.parametrize(
    ("paid", "expected", "working"),
    [
        ([], "7300.00", "none: 365 d × 100.00 × 20%"),
        (["1"], "3950.00", "the first has one for 30 days, 1,500 × 20%; the second is estimated, 365 d × 50.00 × 20% = 3,650"),
        (["1", "2"], "600.00", "both have one for 30 days"),
        ([None], "300.00", "one of the contract, for both"),
    ],
)
def test_D74_where_vouchers_name_drawdowns_each_drawdown_is_asked(paid: list[str | None], expected: str, working: str) -> None:
    vouchers = [voucher("2025-01-01", "2025-01-31", "1500.00", drawdown_no=no) for no in paid]
    assert Bureau(share(more="pay_first: 'true'")).amount(contracts=[two_drawdowns(interest_paid=vouchers)]) == expected, working


@pytest.mark.parametrize(
    ("reversal", "expected"),
    [
        ({"amount": "4500.00"}, "900.00"),  # (9,000 − 4,500) × 20%
        ({"amount": "9000.00"}, "0.00"),
        ({"amount": "4500.00", "paid_on": "2027-01-01"}, "900.00"),  # whatever its date
        ({"amount": "4600.00", "penalty": "100.00"}, "900.00"),
        ({"amount": "4500.00", "drawdown_no": "1"}, "900.00"),
    ],
)
def test_D87_a_reversal_comes_off_the_voucher_of_the_same_days(reversal: Body, expected: str) -> None:
    scope = {"drawdown_no": "1"} if "drawdown_no" in reversal else {}
    paid = voucher("2025-01-01", "2025-04-01", "9000.00", **scope)
    back = voucher("2025-01-01", "2025-04-01", **reversal, kind="REVERSAL")
    for order in ([paid, back], [back, paid]):
        found = Bureau(share(more="pay_first: 'true'")).answer({"contracts": [loan(interest_paid=order)]})
        assert found["amount"] == expected


@pytest.mark.parametrize(
    ("paid", "code", "pointer"),
    [
        ([voucher("2025-01-01", "2025-04-01", "9000.01", kind="REVERSAL")], "REVERSAL_EXCEEDS_VOUCHER", "/1/amount"),
        ([voucher("2025-01-01", "2025-04-01", "9000.00", kind="REVERSAL", penalty="1.00")] * 2, "VOUCHERS_OVERLAP", "/2"),
        ([voucher("2025-01-01", "2025-03-31", "1.00", kind="REVERSAL")], "REVERSAL_WITHOUT_VOUCHER", "/1"),
        ([voucher("2025-01-01", "2025-04-01", "1.00", kind="REVERSAL", drawdown_no="1")], "REVERSAL_WITHOUT_VOUCHER", "/1"),
    ],
)
def test_D87_a_reversal_has_a_voucher_and_takes_no_more_than_it_stated(paid: list[Body], code: str, pointer: str) -> None:
    contract = two_drawdowns(interest_paid=[voucher("2025-01-01", "2025-04-01", "9000.00"), *paid])
    assert (f"/contracts/0/interest_paid{pointer}", code) in Bureau(share()).refusal(contracts=[contract])


def test_D87_a_payment_window_takes_each_receipt_by_its_own_day() -> None:
    """9,000 for three months, paid half in March and half in April: the window of April takes the second half."""
    paid = [
        voucher("2025-01-01", "2025-04-01", "4500.00", receipt_no="1", paid_on="2025-03-31"),
        voucher("2025-01-01", "2025-04-01", "4500.00", receipt_no="2", paid_on="2025-04-01"),
    ]
    found = Bureau(share(more=APRIL)).answer({"contracts": [loan(interest_paid=paid)]})
    # what the bank stated, 9,000 for 90 days × 100.00, agrees with the contract
    assert (found["amount"], found["items"][0]["reconciliation"]) == ("900.00", [])


def test_D87_a_drawdown_has_its_own_rate_day_count_and_maturity() -> None:
    contract = two_drawdowns(
        drawdowns=[own("1"), own("2", rate=fixed("0.0365"), day_count="ACT_365", matures_on="2025-07-01")],
    )
    found = Bureau(share()).answer({"contracts": [contract]})
    assert segments(found, "drawdown_no", "from", "until", "contract_rate", "interest") == [
        ("1", "2025-01-01", "2026-01-01", "0.036", "18250.00"),  # 365 d × 50.00
        ("2", "2025-01-01", "2025-07-01", "0.0365", "9050.00"),  # 181 d × 500,000 × 3.65%/365
    ]
    assert found["amount"] == "5460.00"


def test_D87_a_drawdown_may_mature_after_the_contract() -> None:
    contract = two_drawdowns(matures_on="2025-07-01", drawdowns=[own("1"), own("2", matures_on="2025-10-01")])
    assert spans_of(Bureau(points()).answer({"contracts": [contract]})) == {
        "1": ("2025-01-01", "2025-07-01"),
        "2": ("2025-01-01", "2025-10-01"),
    }


def test_D87_conditions_on_the_contract_read_the_contract() -> None:
    terms = points(more="require: [{that: 'matures_on >= months_after(signed_on, 24)', code: SHORT, clause: c}]")
    contract = two_drawdowns(drawdowns=[own("1"), own("2", matures_on="2025-07-01")])
    assert Bureau(terms).amount(contracts=[contract]) == "7500.00"  # 500,000 × 1% × (12 + 6)/12


def test_D87_points_follow_the_rate_of_the_drawdown() -> None:
    """At most half of the contract rate: 1.8% and 0.5%."""
    contract = two_drawdowns(drawdowns=[own("1"), own("2", rate=fixed("0.01"))])
    found = Bureau(points("min(2%, 50% * contract_rate)")).answer({"contracts": [contract]})
    assert segments(found, "drawdown_no", "subsidised_rate") == [("1", "0.018"), ("2", "0.005")]


def test_D87_a_voucher_of_the_contract_is_shared_by_each_drawdown_s_rate_and_day_count() -> None:
    contract = two_drawdowns(
        drawdowns=[own("1"), own("2", rate=fixed("0.073"), day_count="ACT_365")],
        interest_paid=[voucher("2025-01-01", "2025-01-11", "3000.00")],
    )
    more = "windows: {interest: {first_day: '2025-01-01', last_day: '2025-01-10'}}"
    found = Bureau(share(more=more)).answer({"contracts": [contract]})
    # 10 days at 50.00 and 100.00 a day: 3,000 in the proportion of 1 to 2; 1,500.00 would be right
    assert segments(found, "drawdown_no", "interest") == [("1", "1000.00"), ("2", "2000.00")]
    assert [(one["drawdown_no"], one["computed"], one["difference"]) for one in found["items"][0]["reconciliation"]] == [(None, "1500.00", "1500.00")]


def test_D87_each_voucher_is_reconciled_with_its_drawdown() -> None:
    contract = two_drawdowns(
        drawdowns=[own("1"), own("2", rate=fixed("0.073"), day_count="ACT_365")],
        interest_paid=[
            voucher("2025-01-01", "2025-01-11", "500.00", drawdown_no="1"),
            voucher("2025-01-01", "2025-01-11", "1000.02", drawdown_no="2"),
        ],
    )
    found = Bureau(share()).answer({"contracts": [contract]})
    rows = [(one["drawdown_no"], one["computed"], one["difference"]) for one in found["items"][0]["reconciliation"]]
    assert rows == [("2", "1000.00", "0.02")]


def test_D87_the_rows_of_a_series_that_a_drawdown_s_rate_read_are_warned_of() -> None:
    """The value of 2026-05-20 was inferred."""
    drawn = {"drawdown_no": "1", "on": "2026-05-20", "amount": "1000000.00", "rate": LPR}
    contract = loan(signed_on="2026-01-01", matures_on="2026-06-20", drawdowns=[drawn])
    found = Bureau(share()).answer({"contracts": [contract]})
    assert (found["amount"], "REFERENCE_RATE_CONFIDENCE" in codes(found, "warnings")) == ("516.67", True)  # 31 d × 3.00%/360 × 20%


def test_D87_drawdowns_with_plans_of_their_own_stand_beside_others() -> None:
    """The first is repaid by its plan; what is repaid without a name goes to the second."""
    plan = {"method": "EQUAL_PRINCIPAL", "every_months": 6, "first_due": "2025-07-01"}
    contract = two_drawdowns(
        drawdowns=[own("1", repayment_plan=plan), own("2")],
        repayments=[{"on": "2025-04-01", "principal": "500000.00"}],
    )
    found = Bureau(points()).answer({"contracts": [contract]})
    counted = [(no, first, balance) for no, first, balance in segments(found, "drawdown_no", "from", "balance")]
    assert counted[0] == ("1", "2025-01-01", "500000.00")
    assert ("1", "2025-07-01", "250000.00") in counted
    assert spans_of(found)["2"] == ("2025-01-01", "2025-04-01")
    # 500,000 × 6/12 + 250,000 × 6/12 + 500,000 × 3/12, at 1%
    assert found["amount"] == "5000.00"


def test_D87_a_plan_of_equal_instalments_reads_the_drawdown_s_rate() -> None:
    plan = {"method": "EQUAL_INSTALLMENT"}
    drawn = [{"drawdown_no": "1", "on": "2025-01-20", "amount": "1200000.00", "rate": fixed("0.036"), "repayment_plan": plan}]
    contract = loan(drawdowns=drawn, matures_on="2026-01-20", rate=fixed("0.12"))
    found = segments(Bureau(points()).answer({"contracts": [contract]}), "balance")
    # A = 101,960.71 at 3.6%: 98,360.71 and 98,655.79 of principal
    assert found[:3] == [("1200000.00",), ("1101639.29",), ("1002983.50",)]


PLAN = {"method": "BULLET"}


@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        (
            {"drawdowns": [own("1", repayment_plan=PLAN), own("2")], "repayments": [{"on": "2025-02-01", "principal": "1.00", "drawdown_no": " 1"}]},
            [("/repayments/0", "PLAN_AND_REPAYMENTS")],
        ),
        (
            {"drawdowns": [own("1", repayment_plan=PLAN)], "repayments": [{"on": "2025-02-01", "principal": "1.00"}]},
            [("/repayments/0", "PLAN_AND_REPAYMENTS")],
        ),
        ({"drawdowns": [own("1", repayment_plan=PLAN), own("2")], "repayment_plan": PLAN}, [("/repayment_plan", "PLAN_NEEDS_ONE_DRAWDOWN")]),
        (
            {"drawdowns": [own("1", repayment_plan={"method": "EQUAL_INSTALLMENT"})], "rate": None},
            [("/drawdowns/0/rate", "FACT_REQUIRED")],
        ),
        (
            {"drawdowns": [own("1", repayment_plan=PLAN | {"first_due": "2025-01-01"})]},
            [("/drawdowns/0/repayment_plan/first_due", "DATES_OUT_OF_ORDER")],
        ),
        (
            {"drawdowns": [own("1", matures_on="2025-07-01", repayment_plan=PLAN | {"first_due": "2025-07-02"})]},
            [("/drawdowns/0/repayment_plan/first_due", "DATES_OUT_OF_ORDER")],
        ),
        ({"drawdowns": [own("1", matures_on="2025-01-01")]}, [("/drawdowns/0/matures_on", "DATES_OUT_OF_ORDER")]),
        ({"drawdowns": [own("1", matures_on="2095-01-01")]}, [("/drawdowns/0/matures_on", "DATE_OUT_OF_RANGE")]),
        ({"drawdowns": [own("1", rate=fixed("10.01"))]}, [("/drawdowns/0/rate/annual_rate", "RATE_TOO_HIGH")]),
        (
            {"drawdowns": [own("1", rate={"kind": "STEPPED", "steps": [{"from": "2025-01-02", "annual_rate": "0.03"}]})]},
            [("/drawdowns/0/rate/steps/0/from", "RATE_STARTS_LATE")],
        ),
    ],
)
def test_D87_what_a_drawdown_has_of_its_own_is_checked_as_the_contract_s(contract: Body, expected: list[Any]) -> None:
    found = Bureau(points()).refusal(contracts=[loan() | contract])
    assert found == [(f"/contracts/0{pointer}", code) for pointer, code in expected]


def test_D87_what_is_left_of_a_drawdown_at_its_own_maturity_is_overdue() -> None:
    contract = two_drawdowns(matures_on="2027-01-01", drawdowns=[own("1"), own("2", matures_on="2025-07-01")])
    found = Bureau(points()).answer({"contracts": [contract]})
    assert [one["message"] for one in found["warnings"] if one["code"] == "OVERDUE_BALANCE"] == ["L-1：到期日仍有余额 500000.00 元，到期后不计息"]


def test_D97_one_drawdown_without_a_rate_beside_another_with_one_is_refused() -> None:
    contract = two_drawdowns(rate=None, drawdowns=[own("1", rate=fixed("0.036")), own("2")])
    assert Bureau(points()).refusal(contracts=[contract]) == [("/contracts/0/rate", "FACT_REQUIRED")]


# --- D93: balances after conversion -------------------------------------------------------------------

DOLLAR = """
- series: USD_CNY
  title: 美元兑人民币
  source: 测试
  authority: official
  versions:
    - version: '1'
      published_at: '2020-01-01T00:00:00+08:00'
      holds_until: '2026-06-01'
      rows: [{on: '2025-01-01', value: 712.34%, confidence: read}]
"""
MONEY = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]{2}")


def in_dollars(more: str, *contracts: Body) -> Body:
    """An answer under a table that takes dollars at 7.1234."""
    terms = points(more=more) + "\ncurrencies: [CNY, {currency: USD, series: USD_CNY, on: '2025-01-01'}]"
    return Bureau(terms, series=DOLLAR).answer({"contracts": list(contracts)})


@pytest.mark.parametrize(
    ("currency", "drawn", "balance", "exact"),
    [
        ("USD", "33.33", "237.42", "118711461/500000"),  # 33.33 × 7.1234 = 237.422922
        ("USD", "50.00", "356.17", None),
        ("CNY", "33.33", "33.33", None),
    ],
)
def test_D93_a_converted_balance_has_two_decimals_and_its_exact_value_beside_it(
    currency: str, drawn: str, balance: str, exact: str | None
) -> None:
    """Beside a loan in dollars, so that all balances are converted exactly."""
    mine = loan("A", currency=currency, drawn=[("2025-01-01", drawn)])
    found = in_dollars("", mine, loan("B", currency="USD"))
    (segment,) = found["items"][0]["segments"]
    assert (segment["balance"], segment["balance_exact"]) == (balance, exact)
    assert MONEY.fullmatch(segment["balance"])


def test_D93_a_cap_on_converted_balances_has_both_too() -> None:
    found = in_dollars(
        "caps: [{bounds: BALANCE, per: [], limit: 300.00}]",
        loan("A", currency="USD", drawn=[("2025-01-01", "33.33")]),
        loan("B", currency="USD", drawn=[("2025-01-01", "11.11")]),
    )
    # 44.44 × 7.1234 = 316.563896; A keeps 237.422922, B has 62.577078 of the room
    (cap,) = [one for one in found["caps"] if one["on"]]
    assert [cap[name] for name in ("before", "before_exact", "after", "after_exact")] == ["316.56", "39570487/125000", "300.00", None]
    assert segments(found, "balance", "balance_exact") == [("237.42", "118711461/500000"), ("62.57", "31288539/500000")]
    assert found["steps"][0]["substituted"] == "min(316.563896, 300.00)"


# --- pointers name what can be sent -------------------------------------------------------------------


def test_a_contract_rate_that_is_read_and_was_not_sent_is_asked_for_where_it_stands(client: httpx.Client) -> None:
    contract = {
        "contract_no": "C1",
        "lender": "工商银行",
        "loan_type": "CONSUMER",
        "signed_on": "2025-09-01",
        "matures_on": "2026-09-01",
        "drawdowns": [{"drawdown_no": "1", "on": "2025-09-01", "amount": "40000.00"}],
    }
    body = {"rate_table": "cn-consumer-2025-0-1", "version": 1, "application_date": "2025-12-01", "applicant": {}, "contracts": [contract]}
    refused = claims.post(client, "LOAN_INTEREST", body)
    assert refused.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/contracts/0/rate", "FACT_REQUIRED")]


HOLDERS = {"CONTRACTS": facts.Contract, "POLICIES": facts.Policy, "ITEMS": facts.Item, "PROJECTS": facts.Project}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, known in BUILT_IN.items() for name in known])
def test_every_built_in_fact_names_the_field_that_gives_it(kind: str, name: str) -> None:
    fact = BUILT_IN[kind][name]
    holder = {"APPLICANT": facts.Applicant, "DRAWDOWN": facts.Drawdown}.get(fact.level, HOLDERS[kind])
    assert name == "application_date" or (fact.field or name) in holder.__dataclass_fields__
