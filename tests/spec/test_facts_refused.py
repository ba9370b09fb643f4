"""Facts that contradict each other or lack something: 422 with the pointer of each, before anything is calculated."""

from __future__ import annotations

from typing import Any

import pytest

from app.tables.loading.loader import LoadError
from tests.bureau import USCC, Bureau, loan, policy
from tests.spec.small_tables import award, grant, insurance, item, points, project, share, voucher

DRAWN = [("2025-01-01", "1000000.00")]
FLOATING = {"kind": "FLOATING", "series": "LPR_1Y", "reset": "QUARTERLY"}
STEPS = [{"from": "2025-01-01", "annual_rate": "0.03"}, {"from": "2025-07-01", "annual_rate": "0.04"}]


@pytest.fixture(scope="module")
def loans() -> Bureau:
    """A table of points on principal."""
    return Bureau(points())


def plan(**more: Any) -> dict[str, Any]:
    """An instalment plan."""
    return {"repayment_plan": {"method": "EQUAL_PRINCIPAL"} | more}


CONTRACTS = [
    # what is changed in a contract of 1,000,000.00 drawn on 2025-01-01, signed 2024-01-01, mature on 2026-01-01
    ({"matures_on": "2024-01-01"}, "/matures_on", "DATES_OUT_OF_ORDER"),
    ({"signed_on": "1989-12-31"}, "/signed_on", "DATE_OUT_OF_RANGE"),
    ({"matures_on": "2100-01-02"}, "/matures_on", "DATE_OUT_OF_RANGE"),
    ({"drawn": [("2026-01-01", "1.00")]}, "/drawdowns/0/on", "DATES_OUT_OF_ORDER"),
    ({"drawn": [("2023-12-31", "1.00")]}, "/drawdowns/0/on", "DATES_OUT_OF_ORDER"),
    ({"repaid": [("2023-12-31", "1.00")]}, "/repayments/0/on", "DATES_OUT_OF_ORDER"),
    ({"repaid": [("2100-01-02", "1.00")]}, "/repayments/0/on", "DATES_OUT_OF_ORDER"),
    ({"repaid": [("2025-06-01", "1.00")]} | plan(), "/repayment_plan", "PLAN_AND_REPAYMENTS"),
    ({"drawn": [*DRAWN, ("2025-02-01", "1.00")]} | plan(), "/repayment_plan", "PLAN_NEEDS_ONE_DRAWDOWN"),
    (plan(first_due="2025-01-01"), "/repayment_plan/first_due", "DATES_OUT_OF_ORDER"),
    (plan(first_due="2026-01-02"), "/repayment_plan/first_due", "DATES_OUT_OF_ORDER"),
    ({"rate": None} | plan(method="EQUAL_INSTALLMENT"), "/rate", "FACT_REQUIRED"),
    ({"rate": {"kind": "FIXED", "annual_rate": "10.00000001"}}, "/rate/annual_rate", "RATE_TOO_HIGH"),
    ({"rate": {"kind": "STEPPED", "steps": [STEPS[0], STEPS[1] | {"annual_rate": "10.1"}]}}, "/rate/steps/1/annual_rate", "RATE_TOO_HIGH"),
    ({"rate": {"kind": "STEPPED", "steps": [STEPS[0], STEPS[0]]}}, "/rate/steps/1/from", "DATES_OUT_OF_ORDER"),
    ({"rate": {"kind": "STEPPED", "steps": [STEPS[0] | {"from": "2025-01-02"}]}}, "/rate/steps/0/from", "RATE_STARTS_LATE"),
    ({"rate": FLOATING | {"spread": "-0.00"}}, "/rate/spread", "NEGATIVE_ZERO"),
    ({"rate": FLOATING | {"reset": "LISTED"}}, "/rate/reset_dates", "RESET_DATES"),
    ({"rate": FLOATING | {"reset_dates": ["2025-03-01"]}}, "/rate/reset_dates", "RESET_DATES"),
    ({"rate": FLOATING | {"reset": "LISTED", "reset_dates": ["2025-03-01", "2025-03-01"]}}, "/rate/reset_dates", "DATES_OUT_OF_ORDER"),
    ({"interest_paid": [voucher("2025-01-01", "2025-01-01", "1.00")]}, "/interest_paid/0/until", "DATES_OUT_OF_ORDER"),
    ({"interest_paid": [voucher("2025-01-01", "2025-02-01", "1.00", penalty="1.01")]}, "/interest_paid/0/penalty", "PART_ABOVE_WHOLE"),
    (
        {"interest_paid": [voucher("2025-01-31", "2025-03-01", "1.00"), voucher("2025-01-01", "2025-02-01", "1.00")]},
        "/interest_paid/0",
        "VOUCHERS_OVERLAP",
    ),
    (
        {"excluded_periods": [{"from": "2025-02-01", "until": "2025-02-01", "reason": "OVERDUE"}]},
        "/excluded_periods/0/until",
        "DATES_OUT_OF_ORDER",
    ),
    ({"loan_type": "BARTER"}, "/loan_type", "UNKNOWN_CATEGORY"),
    ({"drawdowns": [{"drawdown_no": "1", "on": "2025-01-01", "amount": "1.00"}] * 2}, "/drawdowns/1", "DUPLICATE_ID"),
    ({"measures": {"growth": "0.05"}}, "/measures/growth", "UNKNOWN_MEASURE"),
    (
        {"drawdowns": [{"drawdown_no": "1", "on": "2025-01-01", "amount": "1.00", "measures": {"a/b~": "1"}}]},
        "/drawdowns/0/measures/a~1b~0",
        "UNKNOWN_MEASURE",
    ),
]


@pytest.mark.parametrize(("change", "pointer", "code"), CONTRACTS, ids=[f"{pointer} {code} {no}" for no, (_, pointer, code) in enumerate(CONTRACTS)])
def test_a_contract_that_contradicts_itself(loans: Bureau, change: dict[str, Any], pointer: str, code: str) -> None:
    assert (f"/contracts/0{pointer}", code) in loans.refusal(contracts=[loan(**change)])


@pytest.mark.parametrize(
    "change",
    [
        {"drawn": [("2024-01-01", "1.00")]},
        {"drawn": [("2025-12-31", "1.00")]},
        {"rate": {"kind": "FIXED", "annual_rate": "10"}},
        {"rate": {"kind": "FIXED", "annual_rate": "9.99"}},
        {"rate": {"kind": "STEPPED", "steps": STEPS}},
        {"interest_paid": [voucher("2025-02-01", "2025-03-01", "1.00", penalty="1.00"), voucher("2025-01-01", "2025-02-01", "1.00")]},
        plan(first_due="2025-01-02"),
        plan(first_due="2026-01-01"),
    ],
)
def test_a_contract_at_the_edge_of_what_agrees(loans: Bureau, change: dict[str, Any]) -> None:
    assert loans.post({"contracts": [loan(**change)]}).status_code == 200


CLAIMS = [
    ({"application_date": "1989-12-31", "version": 1}, "/application_date", "DATE_OUT_OF_RANGE"),
    ({"application_date": "2100-01-01"}, "/application_date", "DATE_OUT_OF_RANGE"),
    ({"application_at": "2026-06-30T23:59:59"}, "/application_at", "INVALID_INSTANT"),
    ({"application_at": "2026-06-30T16:00:00Z"}, "/application_at", "DATES_DISAGREE"),
    ({"claim_period": {"from": "2026-01-01", "until": "2026-01-01"}}, "/claim_period/until", "DATES_OUT_OF_ORDER"),
    ({"claim_period": {"from": "1989-01-01", "until": "2026-01-01"}}, "/claim_period", "DATE_OUT_OF_RANGE"),
    (
        {"applicant": {"uscc": USCC, "statuses": [{"status": "SME", "from": "2025-01-01", "until": "2025-01-01"}]}},
        "/applicant/statuses/0/until",
        "DATES_OUT_OF_ORDER",
    ),
    ({"applicant": {"uscc": USCC, "measures": {"growth": "0.05"}}}, "/applicant/measures/growth", "UNKNOWN_MEASURE"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), CLAIMS, ids=[f"{pointer} {no}" for no, (_, pointer, _) in enumerate(CLAIMS)])
def test_a_claim_that_contradicts_itself(loans: Bureau, change: dict[str, Any], pointer: str, code: str) -> None:
    found = loans.refusal(contracts=[loan()], **change)
    assert (pointer, code) in found


def test_an_instant_on_the_application_day_in_beijing_agrees(loans: Bureau) -> None:
    """2026-06-29T16:00Z is midnight of the 30th in Beijing."""
    assert loans.post({"contracts": [loan()], "application_at": "2026-06-29T16:00:00Z"}).status_code == 200


def test_D1_an_award_takes_items_or_projects_as_its_table_says() -> None:
    bureau = Bureau(award(), "AWARD")
    assert bureau.refusal(projects=[project("P", "1.00")]) == [("/", "WRONG_FACTS"), ("/projects", "WRONG_FACTS")]


def test_policies_and_projects_that_contradict_themselves() -> None:
    policies = Bureau(insurance(), "INSURANCE")
    wrong = policies.refusal(policies=[policy("P", "1.00", period_until="2025-01-01")])
    assert wrong == [("/policies/0/period_until", "DATES_OUT_OF_ORDER")]
    assert policies.refusal(policies=[policy("P", "1.00", premium_paid="1.01")]) == [("/policies/0/premium_paid", "PAID_ABOVE_PREMIUM")]
    projects = Bureau(grant(), "GRANT")
    late = project("P", "1.00", started_on="2025-01-02", completed_on="2025-01-01")
    assert projects.refusal(projects=[late]) == [("/projects/0/completed_on", "DATES_OUT_OF_ORDER")]


ADMIT = "{categories: [EQUIPMENT, ROBOT], vat: EXCLUDED, related_party: EXCLUDED}"
PAID = {"paid_on": "2025-01-01", "vat": "10.00", "related_party": False}
INVESTMENTS = [
    ({"category": "JET"}, "/category", "UNKNOWN_CATEGORY"),
    ({"vat": "100.01"}, "/vat", "PART_ABOVE_WHOLE"),
    ({"vat": None}, "/vat", "FACT_REQUIRED"),
    ({"paid_on": None}, "/paid_on", "FACT_REQUIRED"),
    ({"related_party": None}, "/related_party", "FACT_REQUIRED"),
]


@pytest.fixture(scope="module")
def grants() -> Bureau:
    """A table that admits two categories, without tax, without related parties, paid in 2025."""
    return Bureau(grant(admit=ADMIT, more="windows: {investment: {first_day: 2025-01-01, last_day: 2025-12-31}}"), "GRANT")


@pytest.mark.parametrize(("change", "pointer", "code"), INVESTMENTS, ids=[code + pointer for _, pointer, code in INVESTMENTS])
def test_an_investment_that_lacks_or_contradicts(grants: Bureau, change: dict[str, Any], pointer: str, code: str) -> None:
    part = {"category": "EQUIPMENT", "amount": "100.00"} | PAID | change
    assert grants.refusal(projects=[{"project_id": "P", "investments": [part]}]) == [(f"/projects/0/investments/0{pointer}", code)]


@pytest.mark.parametrize(
    ("change", "amount", "working"),
    [
        ({}, "27.00", "(100.00 - 10.00 of tax) × 30%"),
        ({"category": "ROBOT"}, "27.00", "a category that only this table has"),
        ({"category": "SOFTWARE"}, "0.00", "not admitted"),
        ({"related_party": True}, "0.00", "from a related party"),
        ({"paid_on": "2025-12-31"}, "27.00", "the last day counts"),
        ({"paid_on": "2026-01-01"}, "0.00", "a day late"),
    ],
)
def test_what_of_an_investment_counts(grants: Bureau, change: dict[str, Any], amount: str, working: str) -> None:
    part = {"category": "EQUIPMENT", "amount": "100.00"} | PAID | change
    assert grants.amount(projects=[{"project_id": "P", "investments": [part]}]) == amount, working


def test_without_admission_rules_every_investment_counts_as_it_was_sent() -> None:
    terms = "facts: PROJECTS\nwording: EXACT\nlines: [{id: ALL, base: admitted, rate: 30%}]"
    assert Bureau(terms, "GRANT").amount(projects=[project("P", "100.00")]) == "30.00"


NEEDS = """needs:
  net: {of: ITEM, type: MONEY, title: 净资产}
  growth: {of: ITEM, type: RATE}
  mass: {of: ITEM, type: QUANTITY, unit: kg, decimals: 1}
  sales: {of: ITEM, type: COUNT}
  since: {of: ITEM, type: DATE}
  first: {of: ITEM, type: BOOLEAN}
  grade: {of: ITEM, type: CODE, values: {L3: 三级, L4: 四级}}
  model: {of: ITEM, type: CODE}
"""
MEASURES = [
    ("net", "1.5", "INVALID_MEASURE", "净资产 应为金额字符串"),
    ("net", 100, "INVALID_MEASURE", "净资产 应为金额字符串"),
    ("growth", "5%", "INVALID_MEASURE", "growth 应为小数字符串"),
    ("growth", "-0", "INVALID_MEASURE", "growth 应为小数字符串"),
    ("mass", "1.55 kg", "INVALID_MEASURE", "mass 应为数量字符串（kg）"),
    ("mass", "1.5 t", "INVALID_MEASURE", "mass 应为数量字符串（kg）"),
    ("sales", "3", "INVALID_MEASURE", "sales 应为非负整数"),
    ("sales", True, "INVALID_MEASURE", "sales 应为非负整数"),
    ("sales", -1, "INVALID_MEASURE", "sales 应为非负整数"),
    ("since", "2025-02-30", "INVALID_MEASURE", "since 应为日期 YYYY-MM-DD"),
    ("since", "yesterday", "INVALID_MEASURE", "since 应为日期 YYYY-MM-DD"),
    ("first", "true", "INVALID_MEASURE", "first 应为 true 或 false"),
    ("model", "", "INVALID_MEASURE", "model 应为1 至 64 字符的编号"),
    ("grade", "L5", "UNKNOWN_CATEGORY", "grade 应为其中之一: L3（三级）, L4（四级）"),
    ("colour", "red", "UNKNOWN_MEASURE", "measures 中没有这个名称；可用: first, grade, growth, mass, model, net, sales, since"),
]


@pytest.fixture(scope="module")
def measures() -> Bureau:
    """A table that declares a measure of every type."""
    return Bureau(award(more=NEEDS), "AWARD")


@pytest.mark.parametrize(("name", "value", "code", "message"), MEASURES, ids=[f"{name} {value}" for name, value, _, _ in MEASURES])
def test_a_measure_of_the_wrong_type(measures: Bureau, name: str, value: Any, code: str, message: str) -> None:
    response = measures.post({"items": [item("A", "1.00", measures={name: value})]})
    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"/items/0/measures/{name}", code)
    assert message in error["detail"]


def test_measures_of_the_right_type_are_taken(measures: Bureau) -> None:
    given = {"net": "1.50", "growth": "-0.05", "mass": "1.5 kg", "sales": 0, "since": "2025-02-28", "first": False, "grade": "L3", "model": "型号 一"}
    assert measures.amount(items=[item("A", "1.00", measures=given)]) == "1.00"


def test_a_rate_that_no_series_gives_is_named() -> None:
    """D18: a series that does not exist, and a day that the series does not reach."""
    bureau = Bureau(share())
    unknown = bureau.post({"contracts": [loan(rate=FLOATING | {"series": "HIBOR"})]})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "REFERENCE_RATE_NOT_COVERED")
    assert "没有参考利率系列 HIBOR" in unknown.text
    with pytest.raises(LoadError, match="没有参考利率 HIBOR；可用: LPR_1Y LPR_5Y"):
        Bureau(points("50% * reference(HIBOR, APPLICATION_DATE)"))
