"""D29-D45, D59, D61: lines, bases, requirements on totals, caps that ask for facts, earlier grants; each sum is written out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bureau import USCC, Bureau, loan, policy
from tests.spec.small_tables import amounts, award, caps, codes, grant, insurance, item, measures, points, project, segments, share, voucher

CONTRACT = "facts: CONTRACTS\nwording: EXACT\nday_count: MONTHS_12\n"
ITEMS = "facts: ITEMS\nwording: EXACT\n"


# --- lines ----------------------------------------------------------------------------------------------


CATEGORIES = ITEMS + "lines: [{id: SHARED, when: 'category in [MPW]', amount: 1万}, {id: OWN, when: 'category == FULL_MASK', amount: 2万}]"


def test_D33_the_categories_that_lines_name_are_the_categories_of_the_table() -> None:
    bureau = Bureau(CATEGORIES, "AWARD")
    assert bureau.refusal(items=[{"item_id": "A", "category": "WAFER"}]) == [("/items/0/category", "UNKNOWN_CATEGORY")]
    assert bureau.refusal(items=[{"item_id": "A"}]) == [("/items/0/category", "FACT_REQUIRED")]
    assert bureau.amount(items=[{"item_id": "A", "category": "MPW"}]) == "10000.00"


def test_D33_a_category_that_only_a_comparison_names_is_a_category_too() -> None:
    assert Bureau(CATEGORIES, "AWARD").amount(items=[{"item_id": "A", "category": "FULL_MASK"}]) == "20000.00"


@pytest.mark.parametrize(
    ("terms", "method", "chosen", "other", "amount"),
    [
        (
            ITEMS + "lines: [{id: A, when: related_party, amount: unknown}, {id: B, when: not related_party, amount: 100}]",
            "AWARD",
            {"items": [{"item_id": "1", "related_party": True}]},
            {"items": [{"item_id": "1", "related_party": False}]},
            "100.00",
        ),
        (
            CONTRACT + "lines: [{id: A, when: 'loan_type in [RESEARCH]', base: balance, rate: unknown}, "
            "{id: B, when: 'loan_type in [WORKING_CAPITAL]', base: balance, rate: 1%}]",
            "LOAN_INTEREST",
            {"contracts": [loan(loan_type="RESEARCH")]},
            {"contracts": [loan()]},
            "10000.00",  # 1,000,000 × 1% × 360/360
        ),
    ],
)
def test_D37_only_the_line_that_was_not_published_is_refused(
    terms: str, method: str, chosen: dict[str, Any], other: dict[str, Any], amount: str
) -> None:
    bureau = Bureau(terms, method)
    response = bureau.post(chosen)
    assert (response.status_code, response.json()["code"]) == (422, "STANDARD_NOT_LOADED")
    assert bureau.amount(**other) == amount


def test_D17_a_base_below_zero_earns_nothing_and_the_working_says_so() -> None:
    bureau = Bureau(award("10%").replace("base: base_amount", "base: 'base_amount - 1000元'"), "AWARD")
    answer = bureau.answer({"items": [item("A", "500.00"), item("B", "1500.00")]})
    assert amounts(answer) == {"A": "0.00", "B": "50.00"}
    assert [one["substituted"] for one in answer["steps"][:2]] == [
        "max(0, (500.00 - 1000.00) × 10%)",
        "(1500.00 - 1000.00) × 10%",
    ]


def test_a_count_stands_in_the_working_as_it_is() -> None:
    answer = Bureau(ITEMS + "lines: [{id: ALL, amount: 20万 * events}]", "AWARD").answer({"items": [{"item_id": "A", "events": 3}]})
    assert (answer["amount"], answer["steps"][0]["substituted"]) == ("600000.00", "200000.00 × 3")


@pytest.mark.parametrize(("until", "amount"), [(None, "100.00"), ("2026-06-30", "10.00"), ("2026-07-01", "100.00")])
def test_D29_the_status_of_an_award_is_that_of_the_application_day(until: str | None, amount: str) -> None:
    lines = "lines: [{id: SME, when: 'status(SME, AT_APPLICATION)', amount: 100}, {id: OTHER, when: 'not status(SME, AT_APPLICATION)', amount: 10}]"
    applicant = {"uscc": USCC, "statuses": [{"status": "SME", "from": "2025-01-01", "until": until}]}
    assert Bureau(ITEMS + lines, "AWARD").amount(applicant=applicant, items=[{"item_id": "A"}]) == amount


def test_a_loan_without_a_line_says_which_fact_decided() -> None:
    by_type = Bureau(CONTRACT + "lines: [{id: A, when: 'loan_type in [RESEARCH]', base: balance, rate: 1%}]")
    by_size = Bureau(CONTRACT + "lines: [{id: A, when: drawn < 5万, base: balance, rate: 1%}]")
    assert codes(by_type.answer({"contracts": [loan()]})) == ["LOAN_TYPE_EXCLUDED", "NO_EARNING_ITEM"]
    assert codes(by_size.answer({"contracts": [loan()]})) == ["NO_LINE_APPLIES", "NO_EARNING_ITEM"]


def test_a_policy_without_a_line_earns_nothing() -> None:
    lines = "lines: [{id: A, when: 'insurance_type in [LAUNCH]', base: premium_paid, rate: 50%}]"
    answer = Bureau("facts: POLICIES\nwording: EXACT\n" + lines, "INSURANCE").answer(
        {"policies": [policy("P", "100.00"), policy("Q", "100.00", insurance_type="PROPERTY")]}
    )
    assert amounts(answer) == {"P": "50.00", "Q": "0.00"}
    assert [(one["code"], one["item_id"]) for one in answer["reasons"]] == [("NO_LINE_APPLIES", "Q")]


# --- what pays a contract once ---------------------------------------------------------------------------

MIXED = (
    CONTRACT + "lines: [{id: FEE, when: 'loan_type in [RESEARCH]', amount: 1万}, "
    "{id: POINTS, when: 'loan_type in [WORKING_CAPITAL]', base: balance, rate: 1%}]"
)


def test_a_line_may_pay_a_contract_once_beside_lines_that_pay_its_days() -> None:
    answer = Bureau(MIXED).answer({"contracts": [loan("A", loan_type="RESEARCH"), loan("B")]})
    assert amounts(answer) == {"A": "10000.00", "B": "10000.00"}  # a fixed 10,000; 1,000,000 × 1%
    assert answer["reasons"] == []
    assert segments(answer, "line") == [("POINTS",)]


def test_a_line_that_pays_once_is_taken_of_the_contract_as_it_was_drawn() -> None:
    fee = Bureau(CONTRACT + "lines: [{id: FEE, when: 'loan_type in [RESEARCH]', base: disbursed, rate: 0.5%}]")
    drawn = [("2025-01-01", "600000.00"), ("2025-02-01", "200000.00")]
    answer = fee.answer({"contracts": [loan("A", loan_type="RESEARCH", drawn=drawn), loan("B")]})
    assert amounts(answer) == {"A": "4000.00", "B": "0.00"}  # 800,000 × 0.5%
    assert [(one["code"], one["item_id"]) for one in answer["reasons"]] == [("LOAN_TYPE_EXCLUDED", "B")]


def test_D32_the_highest_of_lines_that_pay_once() -> None:
    lines = "choose: HIGHEST\nlines: [{id: FIXED, amount: 3000}, {id: FEE, amount: 0.5% * disbursed}]"
    bureau = Bureau(CONTRACT + lines)
    small, large = loan("A", drawn=[("2025-01-01", "400000.00")]), loan("B")
    answer = bureau.answer({"contracts": [small, large]})
    assert amounts(answer) == {"A": "3000.00", "B": "5000.00"}  # 400,000 × 0.5% = 2,000 < 3,000; 1,000,000 × 0.5%


# --- bases, windows and terms of loans -------------------------------------------------------------------


def test_a_base_may_bound_the_balance_of_each_day() -> None:
    """300,000 for 180 days of 360, then 200,000: 1% × (300,000 + 200,000) / 2."""
    bureau = Bureau(CONTRACT + "lines: [{id: ALL, base: 'min(balance, 30万)', rate: 1%}]")
    answer = bureau.answer({"contracts": [loan(repaid=[("2025-07-01", "800000.00")])]})
    assert answer["amount"] == "2500.00"
    assert answer["steps"][0]["substituted"] == "300000 × 1% × 180/360 + 200000 × 1% × 180/360"


def test_D11_a_closing_time_of_an_interest_window_counts_its_day() -> None:
    bureau = Bureau(points(more="windows: {interest: {first_day: 2025-01-01, last_day: '2025-06-30T17:30'}}"))
    assert segments(bureau.answer({"contracts": [loan()]}), "from", "until") == [("2025-01-01", "2025-07-01")]


@pytest.mark.parametrize(("rate", "warned"), [("0.24", False), ("0.24000001", True)])
def test_a_contract_rate_above_24_percent_is_a_warning(rate: str, warned: bool) -> None:
    answer = Bureau(points()).answer({"contracts": [loan(rate={"kind": "FIXED", "annual_rate": rate})]})
    assert ("CONTRACT_RATE_HIGH" in codes(answer, "warnings")) is warned


@pytest.mark.parametrize(
    ("first_due", "balances"),
    [
        ("2025-04-10", ["400000.00", "300000.00", "200000.00", "100000.00"]),  # 10 April, July and October, and maturity
        ("2025-12-31", ["400000.00", "200000.00"]),
        ("2026-01-01", ["400000.00"]),
    ],
)
def test_D61_a_plan_may_name_its_first_due_date(first_due: str, balances: list[str]) -> None:
    plan = {"method": "EQUAL_PRINCIPAL", "every_months": 3, "first_due": first_due}
    contract = loan(drawn=[("2025-01-01", "400000.00")], repayment_plan=plan)
    assert segments(Bureau(points()).answer({"contracts": [contract]}), "balance") == [(one,) for one in balances]


def test_D59_a_term_of_a_policy_may_end_with_the_year() -> None:
    """From 2025-07-01 to 31 December are 184 of 365 days: 365.00 × 184/365 × 50%."""
    bureau = Bureau(insurance(more="term: {from: first_insured_on, end: YEAR_END}"), "INSURANCE")
    assert bureau.amount(policies=[policy("P", "365.00", period_from="2025-07-01", period_until="2026-07-01")]) == "92.00"


def test_days_past_the_end_of_the_calendar_are_its_last_day() -> None:
    """D7: 10^9 months after a day no date is left, nor before it; both are answers, not errors."""
    needs = "needs: {n: {of: ITEM, type: COUNT}, since: {of: ITEM, type: DATE}}\n"
    later = Bureau(award(more=needs + "require: [{that: 'since <= months_after(application_date, n)', code: LATE}]"), "AWARD")
    never = Bureau(award(more=needs + "require: [{that: 'since >= months_after(application_date, -1 * n)', code: EARLY}]"), "AWARD")
    for bureau, since in ((later, "9999-12-31"), (never, "0001-01-01")):
        assert bureau.amount(items=[item("A", "1.00", measures={"n": 10**9, "since": since})]) == "1.00"


@pytest.mark.parametrize("term", ["months: 24, from: paid_on", "from: paid_on, end: YEAR_END"])
def test_a_term_that_starts_at_the_end_of_the_calendar_counts_no_day(term: str) -> None:
    bureau = Bureau(points(more=f"needs: {{paid_on: {{of: DRAWDOWN, type: DATE}}}}\nterm: {{{term}}}"))
    drawdown = {"drawdown_no": "1", "on": "2025-01-01", "amount": "1.00", "measures": {"paid_on": "9999-12-31"}}
    assert codes(bureau.answer({"contracts": [loan(drawdowns=[drawdown])]})) == ["NO_DAY_COUNTS", "NO_EARNING_ITEM"]


def test_a_term_of_the_fund_that_starts_from_a_fact_no_loan_has_asks_for_it() -> None:
    overlays = (
        "overlays:\n  - {id: xx-rules, title: 办法, effective: {first_day: 2020-01-01, last_day: open}, authority: official, "
        "terms: {clause: c, term: {months: 36, from: first_insured_on}}}"
    )
    assert Bureau(points(), overlays=overlays).refusal(contracts=[loan()]) == [("/first_insured_on", "FACT_REQUIRED")]


def test_a_term_of_the_fund_that_starts_with_a_loan_is_for_loans() -> None:
    """Measures lie over tables of every kind: premiums and items have no first drawdown."""
    overlays = measures("term: {months: 12, from: FIRST_DRAWDOWN, clause: c}")
    assert Bureau(insurance("50%"), "INSURANCE", overlays=overlays).amount(policies=[policy("P", "100.00")]) == "50.00"
    assert Bureau(award(), "AWARD", overlays=overlays).amount(items=[item("A", "60.00")]) == "60.00"
    # 1,000,000 × 1% for 12 months of the loan's 18
    long = loan(drawdowns=[{"drawdown_no": "1", "on": "2024-01-01", "amount": "1000000.00"}], signed_on="2024-01-01", matures_on="2025-07-01")
    assert Bureau(points(), overlays=overlays).amount(contracts=[long]) == "10000.00"


def test_a_date_that_decides_nothing_need_not_be_sent() -> None:
    """Two years from the day on which equipment is put to use count for loans for equipment; a loan for research has no such day."""
    needs = "needs: {put_to_use_on: {of: CONTRACT, type: DATE, title: 投产日}}\n"
    first = "{id: EQUIPMENT, when: 'loan_type in [EQUIPMENT] and day < months_after(put_to_use_on, 24)', base: balance, rate: 2%}"
    second = "{id: RESEARCH, when: 'loan_type in [RESEARCH]', base: balance, rate: 1%}"
    bureau = Bureau(f"facts: CONTRACTS\nwording: EXACT\n{needs}lines: [{first}, {second}]")
    year = {"signed_on": "2024-01-01", "matures_on": "2025-01-01", "drawdowns": [{"drawdown_no": "1", "on": "2024-01-01", "amount": "1000000.00"}]}
    assert bureau.amount(contracts=[loan(loan_type="RESEARCH", **year)]) == "10000.00"
    assert bureau.refusal(contracts=[loan(loan_type="EQUIPMENT", **year)]) == [("/contracts/0/measures/put_to_use_on", "FACT_REQUIRED")]


# --- requirements on totals ------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "status", "amount"), [("40.00", "ELIGIBLE", "100.00"), ("39.99", "NOT_ELIGIBLE", "0.00")])
def test_D35_a_total_of_the_claim_decides_for_all(second: str, status: str, amount: str) -> None:
    bureau = Bureau(award(more="require: [{that: total(base_amount) >= 100, code: TOO_LITTLE}]"), "AWARD")
    answer = bureau.answer({"items": [item("A", "60.00"), item("B", second)]})
    assert (answer["status"], answer["amount"]) == (status, amount)
    assert codes(answer) == ([] if status == "ELIGIBLE" else ["TOO_LITTLE"])


@pytest.mark.parametrize(("here", "status"), [(True, "ELIGIBLE"), (False, "NOT_ELIGIBLE")])
def test_D35_a_total_may_stand_beside_a_fact_of_the_applicant(here: bool, status: str) -> None:
    that = "total(base_amount) >= 100 and registered_in_beijing"
    bureau = Bureau(award(more=f"require: [{{that: {that}, code: TOO_LITTLE}}]"), "AWARD")
    applicant = {"uscc": USCC, "registered_in_beijing": here}
    assert bureau.answer({"applicant": applicant, "items": [item("A", "100.00")]})["status"] == status


@pytest.mark.parametrize(("paid", "status"), [("18000.00", "ELIGIBLE"), ("17999.99", "NOT_ELIGIBLE")])
def test_D35_the_total_may_be_the_interest_of_all_contracts(paid: str, status: str) -> None:
    bureau = Bureau(share(more="require: [{that: total(interest) >= 3.6万, code: TOO_LITTLE}]"))
    contracts = [
        loan(no, interest_paid=[voucher("2025-01-01", "2026-01-01", amount)]) for no, amount in (("A", "18000.00"), ("B", paid))
    ]
    assert bureau.answer({"contracts": contracts})["status"] == status


def test_D33_a_line_may_ask_for_a_total_of_the_claim() -> None:
    first = "{id: LARGE, when: related_party, base: base_amount, rate: 100%, require: [{that: total(base_amount) >= 100, code: TOO_LITTLE}]}"
    bureau = Bureau(ITEMS + f"lines: [{first}, {{id: SMALL, when: not related_party, base: base_amount, rate: 10%}}]", "AWARD")
    large, small = item("A", "60.00", related_party=True), item("B", "30.00", related_party=False)
    answer = bureau.answer({"items": [large, small]})
    assert amounts(answer) == {"A": "0.00", "B": "3.00"}
    assert [(one["code"], one["item_id"]) for one in answer["reasons"]] == [("TOO_LITTLE", "A")]
    enough = bureau.answer({"items": [large, small | {"base_amount": "40.00"}]})
    assert amounts(enough) == {"A": "60.00", "B": "4.00"}


# --- caps ------------------------------------------------------------------------------------------------


def test_D39_a_cap_may_hold_only_where_a_fact_does() -> None:
    bureau = Bureau(award(more="caps: [{per: [PRODUCT], when: related_party, limit: 40}]"), "AWARD")
    answer = bureau.answer({"items": [item("A", "100.00", related_party=True, product_id="A"), item("B", "100.00", related_party=False)]})
    assert amounts(answer) == {"A": "40.00", "B": "100.00"}
    assert caps(answer, "key", "limit") == [("A", "40.00")]


@pytest.mark.parametrize("cap", ["when: related_party, limit: 40", "limit: 50% * cost"])
def test_D39_the_members_of_one_account_must_agree_on_what_its_cap_asks(cap: str) -> None:
    bureau = Bureau(award(more=f"caps: [{{per: [], {cap}}}]"), "AWARD")
    one, other = item("A", "100.00", related_party=True, cost="10.00"), item("B", "100.00", related_party=False, cost="20.00")
    assert bureau.refusal(items=[one, other]) == [("", "CAP_FACT_AMBIGUOUS")]
    assert bureau.amount(items=[one]) == ("40.00" if "when" in cap else "5.00")


def test_D23_a_cap_on_balances_may_separate_drawdowns_by_a_measure() -> None:
    """Two purchases of one kind share 100,000, a third of another kind has its own: 1% × (100,000 + 100,000)."""
    more = "needs: {goods: {of: DRAWDOWN, type: CODE}}\ncaps: [{bounds: BALANCE, per: [goods], limit: 10万}]"
    drawdowns = [
        {"drawdown_no": no, "on": "2025-01-01", "amount": "80000.00" if goods == "CAR" else "500000.00", "measures": {"goods": goods}}
        for no, goods in (("1", "CAR"), ("2", "CAR"), ("3", "HOME"))
    ]
    answer = Bureau(points(more=more)).answer({"contracts": [loan(drawdowns=drawdowns)]})
    assert answer["amount"] == "2000.00"
    assert segments(answer, "drawdown_no", "balance") == [("1", "80000.00"), ("2", "20000.00"), ("3", "100000.00")]


@pytest.mark.parametrize(
    ("cap", "message"),
    [
        ("{per: [CONTRACT], limit: 50% * drawn}", "caps/0/limit: limit 读每笔放款的事实（drawn），per 须含 DRAWDOWN"),
        ("{per: [CONTRACT], when: drawn > 5万, limit: 1}", "caps/0/when: when 读每笔放款的事实（drawn），per 须含 DRAWDOWN"),
        ("{per: [CONTRACT], limit: 50% * balance}", "caps/0/limit: 此处不能读随日或随放款变化的事实"),
        ("{bounds: BALANCE, per: [CONTRACT], when: earned(ALL), limit: 1}", "caps/0/when: 此处不能用 earned；它只用于金额限额的 when"),
    ],
)
def test_a_cap_asks_only_for_what_its_accounts_have(cap: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Bureau(points(more=f"caps: [{cap}]"))


@pytest.mark.parametrize(("on", "amount"), [("2025-12-31", "30.00"), ("2024-12-31", "100.00")])
def test_D40_a_grant_whose_table_names_no_year_belongs_to_the_year_of_its_date(on: str, amount: str) -> None:
    bureau = Bureau(award(more="caps: [{per: [], period: PROGRAM_YEAR, pool: FUND, limit: 100}]"), "AWARD")
    granted = [{"rate_table": "xx-spec-special", "on": on, "amount": "70.00"}]
    assert bureau.amount(applicant={"uscc": USCC, "granted": granted}, items=[item("A", "500.00")]) == amount


# --- reconciliation --------------------------------------------------------------------------------------

YEAR = ("2025-01-01", "2026-01-01")
STEPPED = {"kind": "STEPPED", "steps": [{"from": "2025-01-01", "annual_rate": "0.036"}, {"from": "2025-07-01", "annual_rate": "0.03"}]}
CAUSES = [
    # rate, stated interest and penalty, cause; 1,000,000 at 3.6% ACT_360 for 365 days: 36,500.00
    ({}, ("36600.00", "0.00"), "天数相差一天"),
    ({}, ("36000.00", "0.00"), "日利率按 365 而非 360（或相反）"),
    ({"rate": STEPPED}, ("36500.00", "0.00"), "重定价日不一致"),
    ({}, ("3650000.00", "0.00"), "利率可能以百分数录入"),
    ({}, ("36500.00", "700.00"), "金额可能含罚息"),
    ({}, ("37900.00", "700.00"), "金额可能含罚息"),
    ({}, ("35000.00", "0.00"), "未能识别原因"),
]


@pytest.mark.parametrize(("change", "stated", "cause"), CAUSES, ids=[f"{stated} {cause}" for _, stated, cause in CAUSES])
def test_D31_a_difference_names_what_would_explain_it(change: dict[str, Any], stated: tuple[str, str], cause: str) -> None:
    amount, penalty = stated
    contract = loan(interest_paid=[voucher(*YEAR, amount, penalty=penalty)], **change)
    (found,) = Bureau(points()).answer({"contracts": [contract]})["items"][0]["reconciliation"]
    assert found["likely_cause"] == cause


# --- the rest of an answer -------------------------------------------------------------------------------


def test_a_claim_period_without_loans_is_a_warning() -> None:
    period = {"from": "2025-01-01", "until": "2026-01-01"}
    answer = Bureau(award(), "AWARD", year=2026).answer({"items": [item("A", "1.00")], "claim_period": period})
    assert [(one["code"], one["pointer"]) for one in answer["warnings"]] == [("CLAIM_PERIOD_IGNORED", "/claim_period")]


def test_what_two_clauses_leave_open_alike_is_said_once() -> None:
    open_ = "not_decided: [{message: 办理期限未见}, {message: 办理期限未见}, {message: 材料清单未见}]"
    answer = Bureau(award(more=open_), "AWARD", year=2026).answer({"items": [item("A", "1.00")]})
    assert [one["message"] for one in answer["not_decided_here"]] == ["办理期限未见", "材料清单未见"]


def test_a_category_is_a_field_even_where_the_table_declares_its_codes() -> None:
    needs = "needs: {category: {of: PROJECT, type: CODE, values: {NEW: 新建, OLD: 改造}}}\n"
    lines = "lines: [{id: NEW, when: 'category in [NEW]', base: admitted, rate: 20%}, {id: OLD, when: 'category in [OLD]', base: admitted, rate: 10%}]"
    bureau = Bureau("facts: PROJECTS\nwording: EXACT\n" + needs + lines, "GRANT")
    sent = [project("A", "100.00", category="NEW"), project("B", "100.00", measures={"category": "OLD"})]
    wrong = [("/projects/1/measures/category", "UNKNOWN_MEASURE"), ("/projects/1/category", "FACT_REQUIRED")]
    assert bureau.refusal(projects=sent) == wrong
    sent[1] = project("B", "100.00", category="OLD")
    assert amounts(bureau.answer({"projects": sent})) == {"A": "20.00", "B": "10.00"}


def test_D55_nothing_admitted_is_nothing_accepted() -> None:
    bureau = Bureau(grant(admit="{categories: [SOFTWARE], vat: INCLUDED, related_party: INCLUDED}"), "GRANT")
    answer = bureau.answer({"projects": [project("P", "100.00", accepted_investment="80.00")]})
    assert answer["amount"] == "0.00"
    assert answer["steps"][0]["substituted"] == "min(0, 80.00)"
