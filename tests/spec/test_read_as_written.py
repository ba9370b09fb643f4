"""What a table may say is read as it is written, and what it may not is refused: edges that only one test sees."""

from __future__ import annotations

import re

import pytest

from app.calculators.terms.builtins import LOAN_TYPES
from app.tables.loading.loader import LoadError
from tests.bureau import Bureau, loan
from tests.spec.small_tables import award, grant, item, points, share, voucher

TWO_COUNTS = "needs:\n  x: {of: ITEM, type: COUNT, title: 甲}\n  y: {of: ITEM, type: COUNT, title: 乙}\n"
DRAWN = [("2025-01-01", "1000000.00"), ("2025-03-01", "1000000.00")]


def refused(terms: str, method: str) -> str:
    """What is said of a table that is not taken."""
    with pytest.raises(LoadError) as found:
        Bureau(terms, method)
    return str(found.value)


# --- contract rates ------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", ["2025-01-02", "2025-02-01", "2025-03-01"])
def test_a_rate_that_starts_between_two_drawdowns_is_refused(start: str) -> None:
    """From the second drawdown on all days would have a rate; those of the first before it would have none."""
    rate = {"kind": "STEPPED", "steps": [{"from": start, "annual_rate": "0.036"}]}
    assert Bureau(share()).refusal(contracts=[loan(drawn=DRAWN, rate=rate)]) == [("/contracts/0/rate/steps/0/from", "RATE_STARTS_LATE")]


def test_a_rate_that_starts_with_the_first_drawdown_is_taken() -> None:
    rate = {"kind": "STEPPED", "steps": [{"from": "2025-01-01", "annual_rate": "0.036"}]}
    # 20% of 1,000,000 × 3.6% × days/360: 365 days are 7,300.00, 306 days are 6,120.00
    assert Bureau(share()).amount(application_date="2026-01-01", contracts=[loan(drawn=DRAWN, rate=rate)]) == "13420.00"


# --- lines ---------------------------------------------------------------------------------------------


def two_lines(low: str, high: str) -> str:
    """A line of 10% and one of 20%."""
    lines = f"[{{id: LOW, when: {low}, base: base_amount, rate: '10%'}}, {{id: HIGH, when: {high}, base: base_amount, rate: '20%'}}]"
    return f"facts: ITEMS\nwording: EXACT\n{TWO_COUNTS}lines: {lines}\n"


@pytest.mark.parametrize(("high", "from_"), [("x >= 20", 20), ("x >= 10", 10)])
def test_lines_that_no_two_counts_meet_are_taken(high: str, from_: int) -> None:
    """Counts are never negative: where x is 10, x + y is not below 10."""
    bureau = Bureau(two_lines("x + y < 10", high), "AWARD")
    earned = [bureau.amount(items=[item("A", "1000.00", measures={"x": x, "y": 0})]) for x in (9, from_ - 1, from_)]
    assert earned == ["100.00", "100.00" if from_ == 10 else "0.00", "200.00"]


@pytest.mark.parametrize(("low", "high", "where"), [("x + y < 10", "x >= 9", "x + y=9, x=9"), ("x - y < 10", "x >= 20", "x - y=9, x=20")])
def test_lines_that_two_counts_meet_are_refused_with_the_counts(low: str, high: str, where: str) -> None:
    assert f"行 LOW 与 HIGH 同时成立: {where}" in refused(two_lines(low, high), "AWARD")


# --- what may be read where ----------------------------------------------------------------------------


@pytest.mark.parametrize("that", ["admitted > 0", "admitted(EQUIPMENT) > 0", "1万 < admitted(EQUIPMENT) + admitted(SOFTWARE)"])
def test_what_decides_the_admitted_investment_does_not_read_it(that: str) -> None:
    admit = f"{{categories: [EQUIPMENT, SOFTWARE], vat: INCLUDED, related_party: INCLUDED, that: '{that}', clause: c}}"
    said = refused(grant(admit=admit), "GRANT")
    assert "terms/admit/that: admit 的 that 决定什么被纳入，不能读 admitted" in said


@pytest.mark.parametrize("per", ["[]", "[CONTRACT]", "[DRAWDOWN]"])
@pytest.mark.parametrize("when", ["balance >= 100万", "contract_rate > 3%", "reference(LPR_1Y, DAY) > 3%"])
def test_whether_a_cap_on_amounts_applies_does_not_change_with_the_day(when: str, per: str) -> None:
    said = refused(points(more=f"caps: [{{per: {per}, period: BATCH, limit: 500, when: '{when}', clause: c}}]\n"), "LOAN_INTEREST")
    assert "terms/caps/0/when: 此处不能读随日或随放款变化的事实" in said


@pytest.mark.parametrize(
    ("method", "terms", "taken"),
    [
        ("AWARD", award(more="require: [{that: occurred_on >= 2025-01-01, code: C, clause: c}]"), True),
        ("AWARD", award(more="require: [{that: premium > 0, code: C, clause: c}]"), False),
        ("LOAN_INTEREST", points(more="require: [{that: signed_on >= 2024-01-01, code: C, clause: c}]"), True),
        ("LOAN_INTEREST", points(more="require: [{that: occurred_on >= 2024-01-01, code: C, clause: c}]"), False),
        ("AWARD", award(more="caps: [{per: [], period: BATCH, limit: 1万, when: registered_in_beijing, clause: c}]"), True),
        ("AWARD", award(more="stacking: {single_direction: {exempt: base_amount > 1万, clause: c}}"), False),
        ("AWARD", award(more="stacking: {single_direction: {exempt: major_project_or_key_unit, clause: c}}"), True),
    ],
)
def test_a_fact_is_read_only_where_there_is_one_of_it(method: str, terms: str, taken: bool) -> None:
    if taken:
        assert Bureau(terms, method)  # a table that is not taken raises
    else:
        assert "terms/" in refused(terms, method)


def test_a_limit_that_differs_within_an_account_is_no_limit() -> None:
    bureau = Bureau(award(more="caps: [{per: [], period: BATCH, limit: 50% * base_amount, clause: c}]"), "AWARD")
    assert bureau.refusal(items=[item("A", "1000.00"), item("B", "500.00")]) == [("", "CAP_FACT_AMBIGUOUS")]
    assert bureau.amount(items=[item("A", "1000.00"), item("B", "1000.00")]) == "500.00"


# --- what is said, and in which order --------------------------------------------------------------------


def test_a_missing_fact_is_called_by_its_title() -> None:
    event = "windows: {event: {first_day: '2025-01-01', last_day: '2025-12-31', clause: c}}"
    bureau = Bureau(award(more=event), "AWARD")
    (fault,) = bureau.post({"items": [item("A", "100.00")]}).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/items/0/occurred_on", "FACT_REQUIRED")
    assert "日期 YYYY-MM-DD" in fault["detail"]
    assert "occurred_on" not in fault["detail"]


def test_a_loan_type_that_is_none_is_answered_with_all_of_them() -> None:
    (fault,) = Bureau(points()).post({"contracts": [loan(loan_type="SECRET")]}).json()["errors"]
    told = re.findall(r"([A-Z_]+)（([^（）]+)）", fault["detail"])
    assert dict(told) == LOAN_TYPES


def test_vouchers_sent_in_reverse_change_nothing() -> None:
    """Two vouchers that share a day's boundary, and one of another amount: each day is paid by its own."""
    vouchers = [
        voucher("2025-01-01", "2025-04-01", "9000.00"),
        voucher("2025-04-01", "2025-07-01", "9100.00"),
        voucher("2025-07-01", "2025-10-01", "4600.00"),
    ]
    answers = [
        Bureau(share(more="pay_first: true\n")).answer({"contracts": [loan(interest_paid=sent)]}) for sent in (vouchers, vouchers[::-1])
    ]
    # 20% of the interest: 90 days at 3.6% are 9,000.00; 91 are 9,100.00; the last voucher bounds 92 days at 4,600.00
    assert answers[0]["amount"] == "4540.00"
    assert answers[1] == answers[0]
