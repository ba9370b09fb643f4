"""D20-D26: slices of a loan, terms, and caps on principal. One per cent a year, whole months; sums are written out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bureau import USCC, Bureau, loan
from tests.spec.small_tables import amounts, days_counted, points, segments


def balances(answer: dict[str, Any], no: str) -> list[tuple[Any, ...]]:
    """From when a drawdown has which counted balance."""
    return [(first, balance) for first, balance, drawdown in segments(answer, "from", "balance", "drawdown_no") if drawdown == no]


def drawdowns(*rows: tuple[str, str, str]) -> list[dict[str, str]]:
    """Drawdowns of (number, day, amount)."""
    return [{"drawdown_no": no, "on": on, "amount": amount} for no, on, amount in rows]


def test_D20_of_one_day_the_smaller_drawdown_number_is_repaid_first() -> None:
    drawn = drawdowns(("B", "2025-01-01", "100000.00"), ("A", "2025-01-01", "300000.00"))
    answer = Bureau(points()).answer({"contracts": [loan(drawdowns=drawn, repaid=[("2025-07-01", "350000.00")])]})
    assert balances(answer, "A") == [("2025-01-01", "300000.00")]
    assert balances(answer, "B")[-1] == ("2025-07-01", "50000.00")


def test_D20_a_repayment_may_name_its_drawdown() -> None:
    drawn = drawdowns(("A", "2025-01-01", "300000.00"), ("B", "2025-02-01", "100000.00"))
    # On one day the named repayment goes first, whatever the order in the request.
    repaid = [{"on": "2025-07-01", "principal": "350000.00"}, {"on": "2025-07-01", "principal": "50000.00", "drawdown_no": "B"}]
    answer = Bureau(points()).answer({"contracts": [loan(drawdowns=drawn, repayments=repaid)]})
    assert balances(answer, "A")[-1][0] < "2025-07-01"
    assert balances(answer, "B")[-1][0] < "2025-07-01"


@pytest.mark.parametrize(
    ("repayment", "code"),
    [
        ({"on": "2025-07-01", "principal": "1.00", "drawdown_no": "C"}, "UNKNOWN_DRAWDOWN"),
        ({"on": "2025-07-01", "principal": "100000.01", "drawdown_no": "B"}, "REPAYMENT_EXCEEDS_BALANCE"),
        ({"on": "2025-01-31", "principal": "1.00", "drawdown_no": "B"}, "REPAYMENT_EXCEEDS_BALANCE"),
    ],
)
def test_D20_a_named_drawdown_must_exist_and_hold_the_amount(repayment: dict[str, str], code: str) -> None:
    drawn = drawdowns(("A", "2025-01-01", "300000.00"), ("B", "2025-02-01", "100000.00"))
    contract = loan(drawdowns=drawn, repayments=[repayment])
    assert Bureau(points()).refusal(contracts=[contract]) == [("/contracts/0/repayments/0", code)]


ONE = drawdowns(("A", "2025-01-01", "300000.00"))
FIRST = {"on": "2025-02-01", "principal": "100000.00"}


@pytest.mark.parametrize(
    ("second", "left"),
    [
        ({"on": "2025-07-01", "principal": "200000.00"}, [("2025-01-01", "300000.00"), ("2025-02-01", "200000.00")]),
        ({"on": "2025-07-01", "principal": "200000.00", "drawdown_no": "A"}, [("2025-01-01", "300000.00"), ("2025-02-01", "200000.00")]),
        ({"on": "2025-02-01", "principal": "100000.00"}, [("2025-01-01", "300000.00"), ("2025-02-01", "100000.00")]),
        ({"on": "2025-01-01", "principal": "200000.00"}, [("2025-01-01", "100000.00")]),
    ],
)
def test_D20_the_only_drawdown_is_repaid_from_its_day_on(second: dict[str, str], left: list[tuple[str, str]]) -> None:
    answer = Bureau(points()).answer({"contracts": [loan(drawdowns=ONE, repayments=[FIRST, second])]})
    assert balances(answer, "A") == left


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ({"on": "2025-07-01", "principal": "200000.01"}, "REPAYMENT_EXCEEDS_BALANCE"),
        ({"on": "2024-12-31", "principal": "1.00"}, "REPAYMENT_EXCEEDS_BALANCE"),
        ({"on": "2025-07-01", "principal": "1.00", "drawdown_no": "B"}, "UNKNOWN_DRAWDOWN"),
    ],
)
def test_D20_the_only_drawdown_must_hold_what_is_repaid(second: dict[str, str], code: str) -> None:
    contract = loan(drawdowns=ONE, repayments=[FIRST, second])
    assert Bureau(points()).refusal(contracts=[contract]) == [("/contracts/0/repayments/1", code)]


PAID = "needs: {paid_to_supplier_on: {of: DRAWDOWN, type: DATE, title: 付款给供应商之日}}\n"


@pytest.mark.parametrize(
    ("start", "first", "second"),
    [
        ("SIGNED_ON", ("2025-01-10", "2025-06-01"), ("2025-03-10", "2025-06-01")),
        ("FIRST_DRAWDOWN", ("2025-01-10", "2025-07-10"), ("2025-03-10", "2025-07-10")),
        ("EACH_DRAWDOWN", ("2025-01-10", "2025-07-10"), ("2025-03-10", "2025-09-10")),
        # the window opens on 1 February: the first day that counts of the contract
        ("FIRST_COUNTED_DAY", ("2025-02-01", "2025-08-01"), ("2025-03-10", "2025-08-01")),
        ("paid_to_supplier_on", ("2025-01-20", "2025-07-20"), ("2025-04-01", "2025-10-01")),
    ],
)
def test_D21_a_term_starts_where_the_table_says(start: str, first: tuple[str, str], second: tuple[str, str]) -> None:
    window = "windows: {interest: {first_day: '2025-02-01', last_day: '2025-12-31'}}\n" if start == "FIRST_COUNTED_DAY" else ""
    measured = start == "paid_to_supplier_on"
    bureau = Bureau((PAID if measured else "") + points(more=f"{window}term: {{months: '6', from: {start}}}"))
    drawn = [
        {"drawdown_no": "1", "on": "2025-01-10", "amount": "1000000.00", "measures": {"paid_to_supplier_on": "2025-01-20"}},
        {"drawdown_no": "2", "on": "2025-03-10", "amount": "1000000.00", "measures": {"paid_to_supplier_on": "2025-04-01"}},
    ]
    if not measured:
        drawn = [{key: value for key, value in one.items() if key != "measures"} for one in drawn]
    answer = bureau.answer({"contracts": [loan(signed_on="2024-12-01", drawdowns=drawn)]})
    spans = segments(answer, "drawdown_no", "from", "until")
    for no, expected in (("1", first), ("2", second)):
        mine = [(a, b) for drawdown, a, b in spans if drawdown == no]
        assert (min(a for a, _ in mine), max(b for _, b in mine)) == expected


@pytest.mark.parametrize("order", [1, -1])
def test_D21_of_two_terms_the_first_day_that_counts_is_one_that_the_other_leaves(order: int) -> None:
    """In whichever order they stand: the enterprise is supported from 1 March, and 6 months are counted from there."""
    both = ["{months: '6', from: FIRST_COUNTED_DAY}", "{months: '36', from: since}"][::order]
    since = "needs: {since: {of: APPLICANT, type: DATE, title: 首次获得支持日}}\n"
    bureau = Bureau(since + points(more=f"term: [{', '.join(both)}]"))
    contract = loan(drawdowns=[{"drawdown_no": "1", "on": "2025-01-10", "amount": "1000000.00"}])
    answer = bureau.answer({"applicant": {"uscc": USCC, "measures": {"since": "2025-03-01"}}, "contracts": [contract]})
    spans = segments(answer, "from", "until")
    assert (spans[0][0], spans[-1][1]) == ("2025-03-01", "2025-09-01")


@pytest.mark.parametrize(
    ("term", "until"),
    [
        ("{from: FIRST_DRAWDOWN, end: YEAR_END}", "2025-01-01"),
        ("{months: '12', from: FIRST_DRAWDOWN, end: YEAR_END}", "2025-01-01"),
        ("{months: '3', from: FIRST_DRAWDOWN, end: YEAR_END}", "2024-12-15"),
    ],
)
def test_D22_year_end_ends_a_term_after_31_december_of_its_first_year(term: str, until: str) -> None:
    answer = Bureau(points(more=f"term: {term}")).answer({"contracts": [loan(drawn=[("2024-09-15", "1000000.00")])]})
    assert days_counted(answer) == ("2024-09-15", until)


def test_D23_a_cap_on_a_drawdown_bounds_what_is_left_of_it() -> None:
    contract = loan(drawn=[("2025-01-01", "80000.00")], repaid=[("2025-07-01", "40000.00")])
    answer = Bureau(points(more="caps: [{bounds: BALANCE, per: [DRAWDOWN], limit: 5万}]")).answer({"contracts": [contract]})
    # min(80,000, 50,000) × 6/12 + min(40,000, 50,000) × 6/12 = 45,000, at 1%
    assert segments(answer, "balance") == [("50000.00",), ("40000.00",)]
    assert answer["amount"] == "450.00"


def test_D24_a_principal_cap_bounds_the_sum_of_each_day() -> None:
    more = "caps: [{bounds: BALANCE, per: [LENDER], limit: 100万}]"
    first, second = loan("A"), loan("B", drawn=[("2025-04-01", "1000000.00")], matures_on="2026-04-01")
    answer = Bureau(points(more=more)).answer({"contracts": [first, second]})
    # A has the room of 2025; B that of January to March 2026: 1,000,000 × 1% × 3/12
    assert amounts(answer) == {"A": "10000.00", "B": "2500.00"}
    other = Bureau(points(more=more)).answer({"contracts": [first, second | {"lender": "OTHER"}]})
    assert amounts(other) == {"A": "10000.00", "B": "10000.00"}


def test_D25_freed_room_goes_to_the_next_slice() -> None:
    more = "caps: [{bounds: BALANCE, per: [], limit: 100万}]"
    one = loan("A", repaid=[("2025-07-01", "400000.00")])
    two = loan("B", drawn=[("2025-01-01", "1000000.00")])
    answer = Bureau(points(more=more)).answer({"contracts": [two, one]})
    # of one day the contract number decides: A 1,000,000 × 6/12 + 600,000 × 6/12; B 400,000 × 6/12
    assert amounts(answer) == {"A": "8000.00", "B": "2000.00"}


def test_D25_within_a_contract_the_drawdown_number_decides() -> None:
    drawn = drawdowns(("2", "2025-01-01", "700000.00"), ("1", "2025-01-01", "700000.00"))
    answer = Bureau(points(more="caps: [{bounds: BALANCE, per: [], limit: 100万}]")).answer({"contracts": [loan(drawdowns=drawn)]})
    assert sorted(segments(answer, "drawdown_no", "balance")) == [("1", "700000.00"), ("2", "300000.00")]


def test_D25_cumulative_room_is_taken_once_by_the_drawn_amount() -> None:
    more = "caps: [{bounds: BALANCE, room: CUMULATIVE, per: [], limit: 100万}]"
    one = loan("A", drawn=[("2025-01-01", "800000.00")], repaid=[("2025-07-01", "500000.00")])
    two = loan("B", drawn=[("2025-07-01", "800000.00")])
    answer = Bureau(points(more=more)).answer({"contracts": [one, two]})
    # A keeps its 800,000 of room after repaying: 800,000 × 6/12 + 300,000 × 6/12; B min(800,000, 200,000) × 6/12
    assert amounts(answer) == {"A": "5500.00", "B": "1000.00"}


def test_D26_principal_caps_apply_in_listed_order() -> None:
    more = "caps:\n  - {bounds: BALANCE, per: [DRAWDOWN], limit: 50万}\n  - {bounds: BALANCE, per: [], limit: 80万}"
    contract = loan(drawn=[("2025-01-01", "800000.00"), ("2025-01-01", "800000.00")])
    answer = Bureau(points(more=more)).answer({"contracts": [contract]})
    # each to 500,000, then 500,000 + 300,000; the other way round the second would get nothing
    assert sorted(segments(answer, "drawdown_no", "balance")) == [("1", "500000.00"), ("2", "300000.00")]
    assert answer["amount"] == "8000.00"


@pytest.mark.parametrize(("when", "expected"), [("loan_type in [RESEARCH]", "10000.00"), ("loan_type in [WORKING_CAPITAL]", "5000.00")])
def test_D26_a_principal_cap_may_have_a_condition(when: str, expected: str) -> None:
    bureau = Bureau(points(more=f"caps: [{{bounds: BALANCE, per: [CONTRACT], limit: '50% * disbursed', when: '{when}'}}]"))
    assert bureau.amount(contracts=[loan()]) == expected


def test_D26_a_principal_cap_without_figure_bounds_nothing() -> None:
    assert Bureau(points(more="caps: [{bounds: BALANCE, per: [], limit: unknown}]")).amount(contracts=[loan()]) == "10000.00"


def test_D26_the_members_of_one_account_must_agree_on_its_limit() -> None:
    bureau = Bureau(points(more="caps: [{bounds: BALANCE, per: [], limit: '50% * disbursed'}]"))
    contracts = [loan("A"), loan("B", drawn=[("2025-01-01", "500000.00")])]
    assert bureau.refusal(contracts=contracts) == [("", "CAP_FACT_AMBIGUOUS")]
