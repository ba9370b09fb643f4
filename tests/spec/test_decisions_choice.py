"""D32-D38: which line applies, who may have it, ladders and thresholds, and what was not published; each sum is written out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bureau import USCC, Bureau, loan, policy
from tests.spec.small_tables import amounts, award, caps, codes, insurance, item, points, project, share, voucher

ITEMS = "facts: ITEMS\nwording: EXACT\n"
CONTRACTS = "facts: CONTRACTS\nwording: EXACT\nday_count: MONTHS_12\n"


def reasons(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Code and item of each reason."""
    return [(one["code"], one["item_id"]) for one in answer["reasons"]]


# --- D32: one line of several ---------------------------------------------------------------------------

TWO_AT_ONCE = "lines: [{id: FEW, when: 'events <= 10', amount: 5万}, {id: ANY, when: 'events >= 1', amount: 1万 * events}]"


def test_D32_two_lines_that_hold_at_once_are_refused_at_load() -> None:
    with pytest.raises(ValueError, match="行 FEW 与 ANY 同时成立"):
        Bureau(ITEMS + TWO_AT_ONCE, "AWARD")


def test_D32_a_line_without_condition_holds_beside_every_other() -> None:
    with pytest.raises(ValueError, match="行 FEW 与 ALL 同时成立"):
        Bureau(ITEMS + "lines: [{id: FEW, when: 'events <= 10', amount: 5万}, {id: ALL, amount: 1万}]", "AWARD")


@pytest.mark.parametrize(
    ("choose", "events", "line", "amount"),
    [
        ("FIRST", 3, "FEW", "50000.00"),
        ("FIRST", 8, "FEW", "50000.00"),
        ("FIRST", 11, "ANY", "110000.00"),
        ("HIGHEST", 3, "FEW", "50000.00"),  # 50,000 > 3 × 10,000
        ("HIGHEST", 8, "ANY", "80000.00"),
        ("HIGHEST", 5, "FEW", "50000.00"),  # of equal ones the first
    ],
)
def test_D32_a_table_may_say_which_of_several_lines(choose: str, events: int, line: str, amount: str) -> None:
    answer = Bureau(ITEMS + f"choose: {choose}\n" + TWO_AT_ONCE, "AWARD").answer({"items": [{"item_id": "A", "events": events}]})
    assert (answer["items"][0]["lines"], answer["amount"]) == ([line], amount)


@pytest.mark.parametrize(("rate", "amount"), [("0.018", "10000.00"), ("0.02", "10000.00"), ("0.03", "15000.00")])
def test_D32_the_highest_rate_of_loans(rate: str, amount: str) -> None:
    lines = "choose: HIGHEST\nlines: [{id: FLAT, base: balance, rate: 1%}, {id: HALF, base: balance, rate: 50% * contract_rate}]"
    # 1,000,000 × max(1%, half of the contract rate)
    assert Bureau(CONTRACTS + lines).amount(contracts=[loan(rate={"kind": "FIXED", "annual_rate": rate})]) == amount


def test_D32_the_first_line_that_holds_is_taken_also_where_its_requirement_fails() -> None:
    first = "{id: SME, when: 'status(SME, AT_APPLICATION)', amount: 100, require: [{that: not related_party, code: RELATED}]}"
    bureau = Bureau(ITEMS + f"choose: FIRST\nlines: [{first}, {{id: OTHER, amount: 10}}]", "AWARD")
    applicant = {"uscc": USCC, "statuses": [{"status": "SME", "from": "2025-01-01"}]}
    answer = bureau.answer({"applicant": applicant, "items": [{"item_id": "A", "related_party": True}]})
    assert (answer["amount"], codes(answer)) == ("0.00", ["RELATED", "NO_EARNING_ITEM"])


# --- D33: when chooses, require decides -----------------------------------------------------------------


def test_D33_a_failed_requirement_of_the_table_refuses_the_claim() -> None:
    bureau = Bureau(award(more="require: [{that: registered_in_beijing, code: ELSEWHERE, clause: 本市登记}]"), "AWARD")
    answer = bureau.answer({"applicant": {"uscc": USCC, "registered_in_beijing": False}, "items": [item("A", "1.00"), item("B", "2.00")]})
    assert (answer["status"], answer["amount"], amounts(answer)) == ("NOT_ELIGIBLE", "0.00", {"A": "0.00", "B": "0.00"})
    assert [(one["code"], one["clause"], one["item_id"]) for one in answer["reasons"]] == [("ELSEWHERE", "本市登记", None)]
    assert answer["payout"] == []


RUNGS = (
    "needs: {growth: {of: ITEM, type: RATE}}\nlines: [{id: LOW, when: 'growth >= 10% and growth < 20%', amount: 100, "
    "require: [{that: not related_party, code: RELATED, clause: 不含关联方}]}, {id: HIGH, when: growth >= 20%, amount: 200}]"
)


def rung(no: str, growth: str, *, related: bool = False) -> dict[str, Any]:
    """An item that grew by so much."""
    return {"item_id": no, "related_party": related, "measures": {"growth": growth}}


def test_D33_a_failed_requirement_of_a_line_or_no_rung_leaves_the_rest_eligible() -> None:
    answer = Bureau(ITEMS + RUNGS, "AWARD").answer(
        {"items": [rung("A", "0.1", related=True), rung("B", "0.09"), rung("C", "0.2", related=True), rung("D", "0.1")]}
    )
    assert (answer["status"], answer["amount"]) == ("ELIGIBLE", "300.00")
    assert amounts(answer) == {"A": "0.00", "B": "0.00", "C": "200.00", "D": "100.00"}
    assert reasons(answer) == [("RELATED", "A"), ("NO_LINE_APPLIES", "B")]


def test_D33_where_nothing_earns_the_claim_is_not_eligible() -> None:
    answer = Bureau(ITEMS + RUNGS, "AWARD").answer({"items": [rung("A", "0.1", related=True), rung("B", "0.09")]})
    assert answer["status"] == "NOT_ELIGIBLE"
    assert reasons(answer) == [("RELATED", "A"), ("NO_LINE_APPLIES", "B"), ("NO_EARNING_ITEM", None)]


def test_D33_a_line_of_loans_or_policies_asks_the_contract_or_policy_that_chose_it() -> None:
    line = "when: 'loan_type in [RESEARCH]', base: balance, rate: 1%, require: [{that: 'lender in [BANK]', code: LENDER}]"
    loans = Bureau(CONTRACTS + f"lines: [{{id: A, {line}}}, {{id: B, when: 'loan_type in [WORKING_CAPITAL]', base: balance, rate: 2%}}]")
    answer = loans.answer({"contracts": [loan("1", loan_type="RESEARCH", lender="SHOP"), loan("2", lender="SHOP")]})
    assert (answer["status"], amounts(answer), reasons(answer)) == ("ELIGIBLE", {"1": "0.00", "2": "20000.00"}, [("LENDER", "1")])
    more = "facts: POLICIES\nwording: EXACT\nlines: [{id: A, base: premium_paid, rate: 50%, require: [{that: launch_approved, code: APPROVAL}]}]"
    answer = Bureau(more, "INSURANCE").answer({"policies": [policy("1", "2.00", launch_approved=False), policy("2", "2.00", launch_approved=True)]})
    assert (answer["status"], amounts(answer), reasons(answer)) == ("ELIGIBLE", {"1": "0.00", "2": "1.00"}, [("APPROVAL", "1")])


def test_D33_a_category_that_the_table_declares_and_no_other() -> None:
    needs = "needs: {category: {of: PROJECT, type: CODE, values: {NEW: 新建, OLD: 改造}}}\n"
    bureau = Bureau("facts: PROJECTS\nwording: EXACT\n" + needs + "lines: [{id: ALL, base: admitted, rate: 10%}]", "GRANT")
    assert bureau.amount(projects=[project("P", "100.00", category="OLD")]) == "10.00"
    response = bureau.post({"projects": [project("P", "100.00", category="RAZED")]})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "UNKNOWN_CATEGORY")
    assert "NEW（新建）, OLD（改造）" in response.text


# --- D34: ladders ---------------------------------------------------------------------------------------

LEFT_CLOSED = "lines: [{id: A, when: base_amount < 100, amount: 1}, {id: B, when: base_amount >= 100, amount: 2}]"
RIGHT_CLOSED = "lines: [{id: A, when: base_amount <= 100, amount: 1}, {id: B, when: base_amount > 100, amount: 2}]"


@pytest.mark.parametrize(
    ("lines", "base", "amount"),
    [
        (LEFT_CLOSED, "99.99", "1.00"),
        (LEFT_CLOSED, "100.00", "2.00"),
        (RIGHT_CLOSED, "100.00", "1.00"),
        (RIGHT_CLOSED, "100.01", "2.00"),
    ],
)
def test_D34_a_rung_states_which_of_its_bounds_it_holds(lines: str, base: str, amount: str) -> None:
    assert Bureau(ITEMS + lines, "AWARD").amount(items=[item("A", base)]) == amount


@pytest.mark.parametrize(
    ("first", "second", "fault"),
    [
        ("base_amount <= 100", "base_amount >= 100", "行 A 与 B 同时成立: base_amount=100"),
        ("base_amount < 100", "base_amount > 100", "base_amount 有空隙: base_amount=100"),
        ("base_amount <= 100", "base_amount >= 100.01", "base_amount 有空隙"),  # money has no such steps for the proof
        ("events <= 3", "events >= 5", "events 有空隙: events=4"),
        ("occurred_on <= 2025-06-30", "occurred_on >= 2025-07-02", "occurred_on 有空隙: occurred_on=2025-07-01"),
        ("base_amount < 100 and events < 3", "base_amount >= 100 or events >= 2", "行 A 与 B 同时成立"),
    ],
)
def test_D34_the_loader_proves_that_rungs_leave_no_gap_and_do_not_overlap(first: str, second: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Bureau(ITEMS + f"lines: [{{id: A, when: '{first}', amount: 1}}, {{id: B, when: '{second}', amount: 2}}]", "AWARD")


@pytest.mark.parametrize(("first", "second"), [("events <= 3", "events >= 4"), ("occurred_on <= 2025-06-30", "occurred_on >= 2025-07-01")])
def test_D34_counts_and_days_have_neighbours(first: str, second: str) -> None:
    terms = ITEMS + f"lines: [{{id: A, when: '{first}', amount: 1}}, {{id: B, when: '{second}', amount: 2}}]"
    there = {"events": 4, "occurred_on": "2025-07-01"}
    assert Bureau(terms, "AWARD").amount(items=[{"item_id": "A"} | there]) == "2.00"


WHOLE = "lines: [{id: A, when: base_amount <= 100万, base: base_amount, rate: 10%}, {id: B, when: base_amount > 100万, base: base_amount, rate: 5%}]"
BANDS = "lines: [{id: ALL, bands: {of: base_amount, pay: [{up_to: 100万, rate: 10%}, {up_to: 300万, rate: 5%}, {rate: 1%}]}}]"


@pytest.mark.parametrize(
    ("lines", "base", "amount", "working"),
    [
        (WHOLE, "1000000.00", "100000.00", "1,000,000 × 10%"),
        (WHOLE, "2000000.00", "100000.00", "2,000,000 × 5%: the rung's figure for everything"),
        (BANDS, "1000000.00", "100000.00", "1,000,000 × 10%"),
        (BANDS, "2000000.00", "150000.00", "1,000,000 × 10% + 1,000,000 × 5%"),
        (BANDS, "3000000.00", "200000.00", "1,000,000 × 10% + 2,000,000 × 5%"),
        (BANDS, "4000000.10", "210000.00", "… + 1,000,000.10 × 1% = 210,000.001"),
    ],
)
def test_D34_a_ladder_is_whole_unless_it_says_bands(lines: str, base: str, amount: str, working: str) -> None:
    assert Bureau(ITEMS + lines, "AWARD").amount(items=[item("A", base)]) == amount, working


TRADES = "needs: {before: {of: ITEM, type: COUNT}}\nlines: [{id: ALL, bands: {of: events, after: before, pay: [{up_to: 1, amount: 100万}, PAY]}}]"


@pytest.mark.parametrize(
    ("pay", "before", "events", "amount", "working"),
    [
        ("{amount: 20万}", 0, 1, "1000000.00", "the first trade"),
        ("{amount: 20万}", 0, 4, "1600000.00", "the first and three more"),
        ("{amount: 20万}", 1, 3, "600000.00", "the first was paid before: 3 × 200,000"),
        ("{amount: 20万}", 7, 0, "0.00", "none new"),
        ("{up_to: 5, amount: 20万}", 0, 9, "1800000.00", "1,000,000 + 4 × 200,000; the sixth and later ones pay nothing"),
        ("{up_to: 5, amount: 20万}", 4, 9, "200000.00", "the fifth alone"),
        ("{up_to: 5, amount: 20万}", 5, 9, "0.00", "all paid before"),
    ],
)
def test_D34_bands_pay_the_part_from_after_to_after_plus_amount(pay: str, before: int, events: int, amount: str, working: str) -> None:
    bureau = Bureau(ITEMS + TRADES.replace("PAY", pay), "AWARD")
    assert bureau.amount(items=[{"item_id": "A", "events": events, "measures": {"before": before}}]) == amount, working


def test_D34_a_band_may_pay_for_each_unit_of_a_quantity() -> None:
    needs = "needs: {mass: {of: ITEM, type: QUANTITY, unit: kg, decimals: 3}}\n"
    lines = "lines: [{id: ALL, bands: {of: mass, pay: [{up_to: 100, amount: 1000}, {amount: 500}]}}]"
    answer = Bureau(ITEMS + needs + lines, "AWARD").answer({"items": [{"item_id": "A", "measures": {"mass": "150.125 kg"}}]})
    # 100 kg × 1,000 + 50.125 kg × 500
    assert answer["amount"] == "125062.50"


# --- D35: totals of the base ----------------------------------------------------------------------------


@pytest.mark.parametrize(("threshold", "fits"), [("36500", True), ("36500.01", False)])
def test_D35_a_threshold_on_interest_sees_it_before_share_and_caps(threshold: str, fits: bool) -> None:
    bureau = Bureau(share(more=f"require: [{{that: interest >= {threshold}, code: TOO_LITTLE}}]\ncaps: [{{per: [], limit: 100}}]"))
    # 1,000,000 × 3.6% × 365/360 = 36,500; a fifth of it, capped at 100
    assert bureau.amount(contracts=[loan()]) == ("100.00" if fits else "0.00")


@pytest.mark.parametrize(("threshold", "fits"), [("1013.88", True), ("1013.89", False)])
def test_D35_that_interest_is_exact(threshold: str, fits: bool) -> None:
    bureau = Bureau(share(more=f"require: [{{that: interest >= {threshold}, code: TOO_LITTLE}}]"))
    contract = loan(matures_on="2025-01-11", rate={"kind": "FIXED", "annual_rate": "0.0365"})
    # 1,000,000 × 3.65% × 10/360 = 1,013.888…; rounded it would reach 1,013.89
    assert (bureau.answer({"contracts": [contract]})["status"] == "ELIGIBLE") is fits


def test_D35_only_the_interest_of_the_window_counts() -> None:
    more = "windows: {interest: {first_day: 2025-01-01, last_day: 2025-01-31}}\nrequire: [{that: interest > 3100, code: TOO_LITTLE}]"
    # 31 days × 100.00
    assert codes(Bureau(share(more=more)).answer({"contracts": [loan()]})) == ["TOO_LITTLE", "NO_EARNING_ITEM"]


def test_D35_a_total_of_projects_is_that_of_what_is_admitted_before_caps() -> None:
    terms = (
        "facts: PROJECTS\nwording: EXACT\nadmit: {categories: [EQUIPMENT], vat: INCLUDED, related_party: INCLUDED}\n"
        "require: [{that: total(admitted) >= 200, code: TOO_LITTLE}]\n"
        "lines: [{id: ALL, base: admitted, rate: 10%}]\ncaps: [{per: [PROJECT], limit: 1}]"
    )
    bureau = Bureau(terms, "GRANT")
    assert bureau.amount(projects=[project("P", "150.00"), project("Q", "50.00")]) == "2.00"
    land = project("Q", "49.99") | {"investments": [{"category": "EQUIPMENT", "amount": "49.99"}, {"category": "LAND", "amount": "900.00"}]}
    assert codes(bureau.answer({"projects": [project("P", "150.00"), land]})) == ["TOO_LITTLE"]


# --- D36: alternatives and sums -------------------------------------------------------------------------

PERIODS = """needs:
  fai_2022: {of: APPLICANT, type: MONEY}
  fai_2023: {of: APPLICANT, type: MONEY}
require: [{that: 'fai_2022 >= 500万 or fai_2023 >= 500万', code: BELOW}]
"""


@pytest.mark.parametrize(
    ("one", "other", "fits"),
    [
        ("5000000.00", "0.00", True),
        ("0.00", "5000000.00", True),
        ("4999999.99", "4999999.99", False),
        ("4999999.99", "5000000.00", True),
    ],
)
def test_D36_periods_that_stand_beside_each_other_are_tested_alone(one: str, other: str, fits: bool) -> None:
    applicant = {"uscc": USCC, "measures": {"fai_2022": one, "fai_2023": other}}
    answer = Bureau(award(more=PERIODS), "AWARD").answer({"applicant": applicant, "items": [item("A", "1.00")]})
    assert (answer["status"] == "ELIGIBLE") is fits


@pytest.mark.parametrize(
    ("that", "expected"),
    [("base_amount >= 100", {"A": "0.00", "B": "0.00", "C": "100.00"}), ("total(base_amount) >= 220", {"A": "60.00", "B": "60.00", "C": "100.00"})],
)
def test_D36_a_threshold_tests_each_item_unless_the_table_says_the_sum(that: str, expected: dict[str, str]) -> None:
    bureau = Bureau(award(more=f"require: [{{that: '{that}', code: BELOW}}]"), "AWARD")
    assert amounts(bureau.answer({"items": [item("A", "60.00"), item("B", "60.00"), item("C", "100.00")]})) == expected


# --- D37: a figure that was not published ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "method", "chosen", "other", "amount"),
    [
        (
            "facts: PROJECTS\nwording: EXACT\nlines: [{id: A, when: admitted >= 100, base: admitted, rate: unknown}, "
            "{id: B, when: admitted < 100, base: admitted, rate: 10%}]",
            "GRANT",
            {"projects": [project("P", "100.00")]},
            {"projects": [project("P", "99.00")]},
            "9.90",
        ),
        (
            "facts: POLICIES\nwording: EXACT\nlines: [{id: A, when: 'insurance_type in [LAUNCH]', base: premium_paid, rate: unknown}, "
            "{id: B, when: 'insurance_type in [ORBIT]', base: premium_paid, rate: 50%}]",
            "INSURANCE",
            {"policies": [policy("P", "2.00")]},
            {"policies": [policy("P", "2.00", insurance_type="ORBIT")]},
            "1.00",
        ),
        (
            CONTRACTS + "lines: [{id: A, when: 'loan_type in [RESEARCH]', base: balance, rate: unknown}, "
            "{id: B, when: 'loan_type in [WORKING_CAPITAL]', base: balance, rate: 1%}]",
            "LOAN_INTEREST",
            {"contracts": [loan(), loan("L-2", loan_type="RESEARCH")]},
            {"contracts": [loan()]},
            "10000.00",
        ),
    ],
)
def test_D37_choosing_a_line_without_figure_is_an_error_and_other_lines_work(
    terms: str, method: str, chosen: dict[str, Any], other: dict[str, Any], amount: str
) -> None:
    bureau = Bureau(terms, method)
    response = bureau.post(chosen)
    assert (response.status_code, response.json()["code"]) == (422, "STANDARD_NOT_LOADED")
    assert bureau.amount(**other) == amount


@pytest.mark.parametrize("given", ["10%-20%", "10%~20%", "10%至20%"])
def test_D37_a_range_is_no_figure(given: str) -> None:
    """10%-20% is also a difference, which would pay nothing."""
    with pytest.raises(ValueError, match="lines/0"):
        Bureau(award(given), "AWARD")
    with pytest.raises(ValueError, match="小于零: 10万-20万；只公布了区间的，写 unknown"):
        Bureau(ITEMS + "lines: [{id: ALL, amount: 10万-20万}]", "AWARD")


# --- D38: a cap without figure --------------------------------------------------------------------------


def test_D38_a_cap_without_figure_is_not_applied_and_the_answer_says_so() -> None:
    answer = Bureau(award(more="caps: [{per: [], limit: unknown, clause: 设上限}]"), "AWARD", year=2026).answer({"items": [item("A", "100.00")]})
    assert (answer["amount"], answer["amount_kind"]) == ("100.00", "MAXIMUM")
    assert codes(answer, "warnings") == ["CAP_NOT_PUBLISHED"]
    assert [one["clause"] for one in answer["not_decided_here"]] == ["设上限"]
    assert caps(answer, "limit", "before", "after", "binding", "margin") == [(None, "100.00", "100.00", False, None)]


def test_D38_a_cap_on_balances_without_figure_says_so_too() -> None:
    terms = points(more="caps: [{bounds: BALANCE, per: [LENDER], limit: unknown, clause: 设规模上限}]")
    answer = Bureau(terms, year=2026).answer({"contracts": [loan()]})
    assert (answer["amount"], answer["amount_kind"]) == ("10000.00", "MAXIMUM")
    assert codes(answer, "warnings") == ["CAP_NOT_PUBLISHED", "INTEREST_ESTIMATED", "CONTRACT_DAY_COUNT_ASSUMED", "OVERDUE_BALANCE"]
    assert [one["clause"] for one in answer["not_decided_here"]] == ["设规模上限"]


@pytest.mark.parametrize(
    ("terms", "method", "body"),
    [
        (award(more="caps: [{per: [PRODUCT], when: related_party, limit: unknown}]"), "AWARD", {"items": [item("A", "1.00", related_party=False)]}),
        (
            points(more="caps: [{bounds: BALANCE, per: [], when: 'loan_type in [RESEARCH]', limit: unknown}]"),
            "LOAN_INTEREST",
            {"contracts": [loan(repaid=[("2026-01-01", "1000000.00")], interest_paid=[voucher("2025-01-01", "2026-01-01", "36500.00")])]},
        ),
    ],
)
def test_D38_a_cap_without_figure_that_concerns_nothing_of_the_claim_leaves_it_exact(terms: str, method: str, body: dict[str, Any]) -> None:
    answer = Bureau(terms, method, year=2026).answer(body)
    assert (answer["amount_kind"], answer["warnings"], answer["not_decided_here"]) == ("EXACT", [], [])


def test_D38_caps_that_have_a_figure_still_apply_beside_one_that_has_none() -> None:
    more = "caps: [{per: [UNIT], limit: unknown}, {per: [], limit: 30}]"
    answer = Bureau(insurance(more=more), "INSURANCE").answer({"policies": [policy("P", "100.00")]})
    assert (answer["amount"], answer["amount_kind"]) == ("30.00", "MAXIMUM")
