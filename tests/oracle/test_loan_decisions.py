"""The oracle of loans against sums worked out by hand, one test or more for each later decision (D67-D100)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.oracle.language import RefusedError
from tests.oracle.repayment_plans import due_dates
from tests.oracle.test_vectors import contract, line, loans

POINTS = {"wording": "EXACT", "day_count": "ACT_360", "lines": [line(base="balance", rate="3.6%")]}  # 100.00 a day on 1,000,000
SHARE = {"wording": "EXACT", "day_count": "ACT_360", "lines": [line(base="interest", rate="20%")]}
MILLION = "1000000.00"


def fixed(rate: str) -> dict[str, Any]:
    return {"kind": "FIXED", "annual_rate": rate}


def voucher(first: str, until: str, amount: str, **more: Any) -> dict[str, Any]:
    return {"from": first, "until": until, "amount": amount, **more}


def two_drawdowns(**more: Any) -> dict[str, Any]:
    """Two drawdowns of a million, both from 2025-01-01 to 2025-03-02: 60 days at 100.00 a day each."""
    return contract(
        matures_on="2025-03-02",
        draws=[("2025-01-01", MILLION), ("2025-01-01", MILLION)],
        rate=fixed("0.036"),
        **more,
    )


def first_of(fact: dict[str, Any], **own: Any) -> dict[str, Any]:
    """The contract with conditions of its own on its first drawdown."""
    fact["drawdowns"][0] |= own
    return fact


def is_refused(*given: Any, code: str = "", **more: Any) -> bool:
    with pytest.raises(RefusedError) as error:
        loans(*given, **more)
    return not code or error.value.code == code


# Ids and contracts


@pytest.mark.parametrize("spelling", ["Ｌ-1", "l-1", " L-1 ", "L-1\u00a0"])
def test_D67_another_spelling_is_the_same_contract(spelling: str) -> None:
    one, other = (contract(no, matures_on="2025-02-01", draws=[("2025-01-01", MILLION)]) for no in ("L-1", spelling))
    assert is_refused(POINTS, "2025-06-01", one, other, code="DUPLICATE_ID")


def test_D67_an_invisible_character_is_refused() -> None:
    assert is_refused(POINTS, "2025-06-01", contract("L\u200b1", matures_on="2025-02-01", draws=[("2025-01-01", MILLION)]))


def test_D67_repayments_and_vouchers_name_a_drawdown_in_any_spelling() -> None:
    fact = two_drawdowns(repayments=[{"on": "2025-01-31", "principal": MILLION, "drawdown_no": "１ "}])
    assert loans(POINTS, "2025-06-01", fact)["amount"] == "9000.00"  # 30 days of one, 60 of the other


def test_D67_one_lender_in_two_spellings_has_one_account() -> None:
    terms = {**POINTS, "caps": [{"per": ["LENDER"], "limit": "4000", "period": "CLAIM"}]}
    facts = [
        contract(no, matures_on="2025-01-31", draws=[("2025-01-01", MILLION)], lender=lender)
        for no, lender in (("A", "B bank"), ("B", "B  Bank"))
    ]
    assert loans(terms, "2025-06-01", *facts)["amount"] == "4000.00"


def test_D68_a_principal_cap_requires_what_it_separates_by() -> None:
    terms = {**POINTS, "caps": [{"bounds": "BALANCE", "per": ["PROJECT"], "limit": "50万"}]}
    one, other = (contract(no, matures_on="2025-01-31", draws=[("2025-01-01", MILLION)]) for no in "AB")
    assert is_refused(terms, "2025-06-01", one, {**other, "project_id": "P"}, code="FACT_REQUIRED")
    assert loans(terms, "2025-06-01", one)["amount"] == "1500.00"  # alone under the cap: 30 days at 50.00


def test_D70_one_number_at_two_lenders_is_two_contracts() -> None:
    terms = {**POINTS, "caps": [{"per": ["CONTRACT"], "limit": "2000", "period": "LIFETIME"}]}
    facts = [contract("L", matures_on="2025-01-31", draws=[("2025-01-01", MILLION)], lender=lender) for lender in ("Y", "X")]
    answer = loans(terms, "2025-06-01", *facts)
    assert {item: about["amount"] for item, about in answer["items"].items()} == {("L", "Y"): "2000.00", ("L", "X"): "2000.00"}


def test_D70_a_grant_names_the_lender_where_two_share_the_number() -> None:
    terms = {**POINTS, "caps": [{"per": ["CONTRACT"], "limit": "2000", "period": "LIFETIME"}]}
    facts = [contract("L", matures_on="2025-01-31", draws=[("2025-01-01", MILLION)], lender=lender) for lender in ("X", "Y")]
    granted = {"rate_table": "bj-test-2024-1-1", "on": "2025-02-01", "amount": "500.00", "keys": {"contract_no": "l"}}
    assert is_refused(terms, "2025-06-01", *facts, applicant={"granted": [granted]})
    granted["keys"]["lender"] = "y"
    answer = loans(terms, "2025-06-01", *facts, applicant={"granted": [granted]})
    assert [answer["items"]["L", lender]["amount"] for lender in "XY"] == ["2000.00", "1500.00"]


# Time


@pytest.mark.parametrize(
    ("applied_on", "answers"), [("2026-09-20", True), ("2026-09-21", True), ("2026-09-22", False), ("2026-10-15", False)]
)
def test_D73_a_series_ends_within_a_run(applied_on: str, answers: bool) -> None:
    terms = {**POINTS, "lines": [line(base="balance", rate="reference(LPR_1Y, DAY)")]}
    fact = contract(matures_on="2027-05-20", draws=[("2026-05-20", MILLION)])
    if answers:  # the day of application itself does not count (D13)
        assert loans(terms, applied_on, fact)["status"] == "ELIGIBLE"
    else:
        assert is_refused(terms, applied_on, fact, code="REFERENCE_RATE_NOT_COVERED")


def test_D73_D18_a_day_that_decides_nothing_needs_no_rate() -> None:
    terms = {**POINTS, "windows": {"interest": {"last_day": "2026-06-18"}}, "lines": [line(base="balance", rate="reference(LPR_1Y, DAY)")]}
    fact = contract(matures_on="2027-05-20", draws=[("2026-05-20", MILLION)])
    assert loans(terms, "2026-12-01", fact)["amount"] == "2583.33"  # 30 days at 3.10%


@pytest.mark.parametrize(("paid_on", "amount"), [("2025-12-31", "0.00"), ("2025-12-30", "1840.00")])
def test_D74_pay_first_asks_whether_vouchers_were_given(paid_on: str, amount: str) -> None:
    """Trial f1: the only voucher is paid a day after the application."""
    fact = contract(
        matures_on="2025-03-01",
        draws=[("2024-03-05", MILLION)],
        rate=fixed("0.036"),
        interest_paid=[voucher("2024-03-21", "2024-06-21", "9200.00", paid_on=paid_on)],
    )
    answer = loans({**SHARE, "pay_first": "true"}, "2025-12-30", fact)
    assert answer["amount"] == amount
    assert answer["status"] == ("ELIGIBLE" if amount != "0.00" else "NOT_ELIGIBLE")


def test_D74_no_voucher_at_all_is_estimated() -> None:
    answer = loans({**SHARE, "pay_first": "true"}, "2025-12-30", two_drawdowns())
    assert answer["amount"] == "2400.00"  # 20% of 2 × 60 × 100.00


def test_D74_asked_of_each_drawdown_where_vouchers_name_drawdowns() -> None:
    fact = two_drawdowns(interest_paid=[voucher("2025-01-01", "2025-01-31", "3000.00", drawdown_no="1", paid_on="2026-01-01")])
    answer = loans({**SHARE, "pay_first": "true"}, "2025-06-01", fact)
    assert answer["amount"] == "1200.00"  # drawdown 1 given and late; drawdown 2 estimated


def test_D76_first_due_and_day() -> None:
    """Trial f3: twelve dues at the ends of the months, not on the 29th."""
    plan = {"method": "EQUAL_PRINCIPAL", "day": 31, "first_due": "2024-02-29"}
    dues = due_dates(plan, date(2024, 1, 31), date(2025, 1, 31))
    assert [due.isoformat() for due in dues[:4]] == ["2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]
    assert len(dues) == 12
    fact = contract(matures_on="2025-01-31", draws=[("2024-01-31", MILLION)], rate=fixed("0.048"), repayment_plan=plan)
    answer = loans({"wording": "EXACT", "lines": [line(base="balance", rate="2.5%")]}, "2026-06-30", fact)
    assert answer["amount"] == "13541.67"


@pytest.mark.parametrize(
    ("plan", "dues"),
    [
        ({"first_due": "2024-02-29"}, ["2024-02-29", "2024-03-29"]),
        ({"first_due": "2024-02-10", "day": 5, "every_months": 2}, ["2024-02-10", "2024-04-05"]),
        ({}, ["2024-02-20", "2024-03-20"]),
        ({"day": 31, "every_months": 3}, ["2024-03-31", "2024-06-30"]),
    ],
)
def test_D76_the_day_of_later_dues(plan: dict[str, Any], dues: list[str]) -> None:
    found = due_dates(plan, date(2024, 1, 31), date(2025, 1, 31))
    assert [due.isoformat() for due in found[:2]] == dues


# A contract as a bank keeps it


def test_D87_own_maturity() -> None:
    fact = first_of(two_drawdowns(), matures_on="2025-01-31")
    assert loans(POINTS, "2025-06-01", fact)["amount"] == "9000.00"
    fact = first_of(two_drawdowns(), matures_on="2025-04-01")
    assert loans(POINTS, "2025-06-01", fact)["amount"] == "15000.00"  # 90 and 60 days


def test_D87_conditions_read_the_maturity_of_the_contract() -> None:
    terms = {**POINTS, "require": [{"that": "matures_on >= 2025-03-02", "code": "SHORT"}]}
    assert loans(terms, "2025-06-01", first_of(two_drawdowns(), matures_on="2025-01-31"))["amount"] == "9000.00"


def test_D87_a_drawdown_on_its_own_maturity_is_refused() -> None:
    assert is_refused(POINTS, "2025-06-01", first_of(two_drawdowns(), matures_on="2025-01-01"))


def test_D87_own_rate_and_day_count() -> None:
    terms = {**POINTS, "lines": [line(base="interest", rate="100%")]}
    fact = first_of(two_drawdowns(), rate=fixed("0.073"), day_count="ACT_365")
    assert loans(terms, "2025-06-01", fact)["amount"] == "18000.00"  # 60 × 200.00 + 60 × 100.00
    terms = {**POINTS, "lines": [line(base="balance", rate="contract_rate")]}
    fact = first_of(two_drawdowns(), rate=fixed("0.018"))
    assert loans(terms, "2025-06-01", fact)["amount"] == "9000.00"


def test_D87_an_own_floating_rate_is_fixed_at_its_own_drawdown() -> None:
    floating = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "ANNIVERSARY"}
    terms = {**POINTS, "lines": [line(base="interest", rate="100%")]}
    draws = [("2024-09-21", MILLION), ("2024-10-31", MILLION)]
    fact = contract(matures_on="2024-11-10", draws=draws, rate=floating, day_count="ACT_365")
    # 50 and 10 days at 3.35%, then 10 days at 3.10%
    assert loans(terms, "2025-06-01", fact)["amount"] == "5506.84"  # 60 × 33,500 ÷ 365 = 5,506.849…, down: the bound (D30)
    fact["drawdowns"][1]["rate"] = floating
    assert loans(terms, "2025-06-01", fact)["amount"] == "5438.35"  # (50 × 33,500 + 10 × 31,000) ÷ 365


def test_D87_own_plan_takes_no_actual_repayments() -> None:
    plan = {"method": "EQUAL_PRINCIPAL", "every_months": 1, "first_due": "2025-01-31"}  # half from 2025-01-31 on
    fact = first_of(two_drawdowns(repayments=[{"on": "2025-01-11", "principal": MILLION}]), repayment_plan=plan)
    # drawdown 1: 30 days of 1,000,000; 28 until 2025-02-28 of two thirds; 2 of one third; drawdown 2: 10 days
    assert loans(POINTS, "2025-06-01", fact)["amount"] == "5933.33"
    fact["repayments"][0]["drawdown_no"] = "1"
    assert is_refused(POINTS, "2025-06-01", fact)
    fact["repayments"] = [{"on": "2025-01-11", "principal": "1000000.01"}]
    assert is_refused(POINTS, "2025-06-01", fact)


def test_D87_the_plan_of_a_contract_needs_one_drawdown() -> None:
    assert is_refused(POINTS, "2025-06-01", two_drawdowns(repayment_plan={"method": "BULLET"}))


def test_D87_vouchers_of_drawdowns_may_overlap() -> None:
    """Trial f9: two vouchers of 800.00 for the same days stand where each names its drawdown."""
    same = [voucher("2024-03-05", "2024-03-21", "800.00") for _ in range(2)]
    fact = contract(
        matures_on="2025-03-01",
        draws=[("2024-03-05", "500000.00"), ("2024-03-05", "500000.00")],
        rate=fixed("0.036"),
        interest_paid=same,
    )
    terms = {**SHARE, "pay_first": "true"}
    assert is_refused(terms, "2025-12-30", fact)
    fact["interest_paid"] = [{**same[0], "drawdown_no": "1"}, {**same[1], "drawdown_no": "2"}]
    answer = loans(terms, "2025-12-30", fact)
    assert (answer["amount"], answer["items"]["L"]["basis"]) == ("320.00", "PAID")


@pytest.mark.parametrize(
    "vouchers",
    [
        [voucher("2025-01-01", "2025-01-31", "1.00"), voucher("2025-01-30", "2025-02-10", "1.00")],
        [voucher("2025-01-01", "2025-01-31", "1.00"), voucher("2025-01-30", "2025-02-10", "1.00", drawdown_no="2")],
        [voucher("2025-01-01", "2025-01-31", "1.00", drawdown_no="1"), voucher("2025-01-30", "2025-02-10", "1.00", drawdown_no="1")],
        [voucher("2025-01-01", "2025-01-31", "1.00", drawdown_no="9")],
        [voucher("2025-01-01", "2025-01-31", "1.00", receipt_no="R"), voucher("2025-01-01", "2025-01-31", "2.00", receipt_no="R")],
        [voucher("2025-01-01", "2025-01-31", "1.00", kind="REVERSAL")],
        [voucher("2025-01-01", "2025-01-31", "1.00"), voucher("2025-01-01", "2025-01-31", "1.01", kind="REVERSAL")],
        [voucher("2025-01-01", "2025-01-31", "1.00", drawdown_no="1"), voucher("2025-01-01", "2025-01-31", "1.00", kind="REVERSAL")],
    ],
)
def test_D87_vouchers_that_are_refused(vouchers: list[dict[str, Any]]) -> None:
    assert is_refused(SHARE, "2025-06-01", two_drawdowns(interest_paid=vouchers))


def test_D87_receipts_add_up_and_reversals_are_subtracted() -> None:
    vouchers = [
        voucher("2025-01-01", "2025-03-02", "6000.00", receipt_no="R1"),
        voucher("2025-01-01", "2025-03-02", "5000.00", receipt_no="R2"),
        voucher("2025-01-01", "2025-03-02", "1000.00", kind="REVERSAL", paid_on="2026-01-01"),
    ]
    answer = loans(SHARE, "2025-06-01", two_drawdowns(interest_paid=vouchers))
    assert answer["amount"] == "2000.00"  # 20% of 10,000.00


def test_D87_a_voucher_of_the_contract_is_shared_by_own_rates() -> None:
    """9,000.00 for 60 days, of a drawdown at 7.2% until 2025-01-31 and another at 3.6%: 6,000 to 6,000 in weight."""
    terms = {**SHARE, "windows": {"interest": {"first_day": "2025-01-31", "last_day": "2025-12-31"}}}
    fact = first_of(
        two_drawdowns(interest_paid=[voucher("2025-01-01", "2025-03-02", "9000.00")]),
        rate=fixed("0.072"),
        matures_on="2025-01-31",
        repayment_plan={"method": "BULLET"},
    )
    assert loans(terms, "2025-06-01", fact)["amount"] == "450.00"  # 30 of 120 parts: 2,250 × 20%


def test_D28_D8_a_voucher_is_shared_over_an_overdue_balance_too() -> None:
    fact = contract(matures_on="2025-01-31", draws=[("2025-01-01", MILLION)], rate=fixed("0.036"))
    fact["interest_paid"] = [voucher("2025-01-01", "2025-03-02", "6000.00")]
    assert loans(SHARE, "2025-06-01", fact)["amount"] == "600.00"  # 30 of 60 days
    fact["repayments"] = [{"on": "2025-01-31", "principal": MILLION}]
    assert loans(SHARE, "2025-06-01", fact)["amount"] == "1200.00"
    fact["repayments"] = [{"on": "2025-02-10", "principal": "1000000.01"}]
    assert is_refused(SHARE, "2025-06-01", fact)


# Identity, and rulings where the first part was silent


def test_D88_order_and_spelling_of_numbers_change_nothing() -> None:
    vouchers = [voucher("2025-01-01", "2025-01-31", "5000.00"), voucher("2025-01-31", "2025-03-02", "5500.00", penalty="300.00")]
    repaid = [{"on": "2025-02-10", "principal": "700000.00"}, {"on": "2025-02-10", "principal": "600000.00"}]
    fact = two_drawdowns(interest_paid=vouchers, repayments=repaid)
    turned = {
        **fact,
        "interest_paid": vouchers[::-1],
        "repayments": repaid[::-1],
        "drawdowns": fact["drawdowns"][::-1],
        "rate": fixed("0.03600"),
    }
    assert loans(SHARE, "2025-06-01", fact) == loans(SHARE, "2025-06-01", turned)


@pytest.mark.parametrize(("lookup", "amount"), [("DAY_BEFORE", "3350.00"), ("SAME_DAY", "3100.00")])
def test_D89_the_first_fixing_too(lookup: str, amount: str) -> None:
    """Drawn on 2024-10-21, the day of a new LPR_1Y: 3.35% the day before, 3.10% that day; 36 days."""
    floating = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "ANNIVERSARY", "lookup": lookup}
    terms = {**POINTS, "lines": [line(base="interest", rate="100%")]}
    fact = contract(matures_on="2024-11-26", draws=[("2024-10-21", MILLION)], rate=floating)
    assert loans(terms, "2025-06-01", fact)["amount"] == amount


def test_D90_room_is_taken_whatever_is_claimed() -> None:
    terms = {**POINTS, "caps": [{"bounds": "BALANCE", "room": "CUMULATIVE", "per": [], "limit": "150万"}]}
    one = contract("A", matures_on="2025-07-01", draws=[("2025-01-01", "1500000.00")])
    other = contract("B", matures_on="2025-12-01", draws=[("2025-07-01", "1500000.00")])
    claimed = {"claim_period": {"from": "2025-07-01", "until": "2026-01-01"}}
    answer = loans(terms, "2026-01-01", one, other, **claimed)
    assert answer["items"]["B"]["amount"] == "0.00"
    assert ("PRINCIPAL_CAP_USED", "B") in answer["said"].reasons  # 100
    # a refused contract takes none
    admitted = {"require": [{"that": "loan_type in [FIXED_ASSET]", "code": "TYPE"}]}
    answer = loans({**terms, **admitted}, "2026-01-01", {**one, "loan_type": "RESEARCH"}, other, **claimed)
    assert answer["items"]["B"]["amount"] == "22950.00"  # 153 days at 150.00


def test_D94_the_first_counted_day_of_the_contract() -> None:
    """One month from the first counted day: drawdown 2 of 2025-01-16 does not get a month of its own."""
    terms = {**POINTS, "term": {"months": "1", "from": "FIRST_COUNTED_DAY"}}
    fact = contract(matures_on="2025-03-02", draws=[("2025-01-01", MILLION), ("2025-01-16", MILLION)])
    assert loans(terms, "2025-06-01", fact)["amount"] == "4700.00"  # 31 and 16 days


def test_D95_days_without_a_voucher_under_a_payment_window() -> None:
    terms = {**SHARE, "windows": {"interest": {"first_day": "2025-01-01", "last_day": "2025-12-31", "tests": "PAID_ON"}}}
    fact = two_drawdowns(interest_paid=[voucher("2025-01-01", "2025-01-31", "6000.00")])
    assert loans(terms, "2025-06-01", fact)["amount"] == "1200.00"
    fact = two_drawdowns(interest_paid=[voucher("2025-01-01", "2025-01-31", "3000.00", drawdown_no="1")])
    assert loans(terms, "2025-06-01", fact)["amount"] == "1800.00"  # 600 and, with none given for it, 1,200 estimated
    assert loans(terms, "2025-06-01", two_drawdowns())["amount"] == "2400.00"


def test_D96_a_line_earned_in_another_year() -> None:
    terms = {
        **POINTS,
        "lines": [
            line(id="OLD", when="day < 2025-01-01", base="balance", rate="3.6%"),
            line(id="NEW", when="day >= 2025-01-01", base="balance", rate="3.6%"),
        ],
        "caps": [
            {"per": ["CONTRACT"], "period": "ACCRUAL_YEAR", "limit": "0.2% * disbursed", "when": "earned(OLD)"},
            {"per": ["CONTRACT"], "period": "ACCRUAL_YEAR", "limit": "0.1% * disbursed", "when": "not earned(OLD)"},
        ],
    }
    fact = contract(matures_on="2025-03-02", draws=[("2024-12-02", MILLION)])
    assert loans(terms, "2025-06-01", fact)["amount"] == "4000.00"  # 2,000.00 of each year


def test_D97_points_without_a_rate() -> None:
    terms = {**POINTS, "lines": [line(base="balance", rate="3.6%")]}
    fact = two_drawdowns()
    del fact["rate"]
    assert loans(terms, "2025-06-01", fact)["amount"] == "12000.00"
    fact["interest_paid"] = [voucher("2025-01-01", "2025-01-31", "6000.00")]
    assert is_refused(terms, "2025-06-01", fact, code="FACT_REQUIRED")
    fact["interest_paid"].append(voucher("2025-01-31", "2025-03-02", "5000.00"))
    assert loans(terms, "2025-06-01", fact)["amount"] == "11000.00"


def test_D100_a_principal_cap_that_leaves_nothing() -> None:
    terms = {**POINTS, "caps": [{"bounds": "BALANCE", "per": [], "limit": "100万"}]}
    one, other = (contract(no, matures_on="2025-01-31", draws=[("2025-01-01", MILLION)]) for no in "AB")
    answer = loans(terms, "2025-06-01", one, other)
    assert answer["said"].reasons == {("PRINCIPAL_CAP_USED", "B")}


@pytest.mark.parametrize(("last_day", "amount"), [("2025-12-31", "1200.00"), ("2025-02-10", "820.00"), ("unknown", "620.00")])
def test_D13_D95_a_voucher_paid_by_the_application_for_days_after_it(last_day: str, amount: str) -> None:
    """6,000.00 for 60 days, paid on the day of application, 2025-02-01: days count as far as the window reaches."""
    terms = {**SHARE, "windows": {"interest": {"first_day": "2025-01-01", "last_day": last_day, "tests": "PAID_ON"}}}
    fact = contract(matures_on="2025-03-02", draws=[("2025-01-01", MILLION)], rate=fixed("0.036"))
    fact["interest_paid"] = [voucher("2025-01-01", "2025-03-02", "6000.00", paid_on="2025-02-01")]
    assert loans(terms, "2025-02-01", fact)["amount"] == amount


@pytest.mark.parametrize("without", ["A", "B"])
def test_D68_D90_what_takes_room_for_ever_says_in_which_account(without: str) -> None:
    """Room of project P is used up by A, of which nothing is claimed: B is not paid because A or B leaves its project out."""
    terms = {**POINTS, "caps": [{"bounds": "BALANCE", "room": "CUMULATIVE", "per": ["PROJECT"], "limit": "150万"}]}
    one = contract("A", matures_on="2025-07-01", draws=[("2025-01-01", "1500000.00")], project_id="P")
    other = contract("B", matures_on="2025-12-01", draws=[("2025-07-01", "1500000.00")], project_id="P")
    claimed = {"claim_period": {"from": "2025-07-01", "until": "2026-01-01"}}
    assert loans(terms, "2026-01-01", one, other, **claimed)["items"]["B"]["amount"] == "0.00"
    del (one if without == "A" else other)["project_id"]
    assert is_refused(terms, "2026-01-01", one, other, code="FACT_REQUIRED", **claimed)


def test_D90_a_requirement_on_interest_does_not_free_the_room_of_what_is_not_claimed() -> None:
    terms = {
        **POINTS,
        "require": [{"that": "interest >= 100", "code": "TOO_LITTLE"}],
        "caps": [{"bounds": "BALANCE", "room": "CUMULATIVE", "per": [], "limit": "150万"}],
    }
    one = contract("A", matures_on="2025-07-01", draws=[("2025-01-01", "1500000.00")])
    other = contract("B", matures_on="2025-12-01", draws=[("2025-07-01", "1500000.00")])
    claimed = {"claim_period": {"from": "2025-07-01", "until": "2026-01-01"}}
    assert loans(terms, "2026-01-01", one, other, **claimed)["items"]["B"]["amount"] == "0.00"


def test_D18_the_rate_of_a_line_that_is_refused_is_not_asked_for() -> None:
    require = [{"that": "loan_type in [RESEARCH]", "code": "TYPE"}]
    terms = {**POINTS, "lines": [line(base="balance", rate="reference(LPR_1Y, 2020-01-01)", require=require)]}
    fact = contract(matures_on="2025-03-02", draws=[("2025-01-01", MILLION)])
    assert loans(terms, "2025-06-01", fact)["status"] == "NOT_ELIGIBLE"
    assert is_refused(terms, "2025-06-01", {**fact, "loan_type": "RESEARCH"}, code="REFERENCE_RATE_NOT_COVERED")
