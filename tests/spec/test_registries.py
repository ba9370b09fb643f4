"""Each concept has one row, and a member that no row knows is an error, never the last branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any, get_args

import pytest

from app.calculators.claims import loan_terms
from app.calculators.claims.model import Applicant, Claim, Contract, FloatingRate, Item, Policy, Project, RepaymentPlan
from app.calculators.expressions.nodes import MissingFact
from app.calculators.loans.contract_rates import resets
from app.calculators.loans.repayment_plans import planned_repayments
from app.calculators.quantities import day_counts
from app.calculators.stages import earlier_grants as grants
from app.calculators.stages.scope import applicant_scope
from app.calculators.terms import builtins as names
from app.calculators.terms import cap_periods, code_lists
from app.calculators.terms.parser import parse_terms
from app.calculators.workload.loans import _resets
from tests.bureau import Bureau, loan
from tests.spec.small_tables import points

ROWS: list[tuple[Any, Mapping[Any, Any]]] = [
    (day_counts.DayCountName, day_counts.DAY_COUNTS),
    (cap_periods.CapPeriodName, cap_periods.CAP_PERIODS),
    (cap_periods.CapAccountName, cap_periods.CAP_ACCOUNTS),
    (loan_terms.RepaymentMethodName, loan_terms.REPAYMENT_METHODS),
    (loan_terms.ResetRuleName, loan_terms.RESET_RULES),
    (code_lists.SupportMethodName, code_lists.SUPPORT_METHODS),
]


@pytest.mark.parametrize(("names", "rows"), ROWS, ids=lambda one: "rows" if isinstance(one, Mapping) else None)
def test_each_name_has_a_row_and_each_row_a_name(names: Any, rows: Mapping[Any, Any]) -> None:
    assert tuple(rows) == get_args(names)
    assert len(rows) >= 4


DRAWN, MATURES = date(2025, 1, 1), date(2025, 4, 1)


def test_an_unknown_repayment_plan_is_no_plan_of_equal_instalments() -> None:
    plan = RepaymentPlan(method="EQUAL_PRINCIPLE", day=1)  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="EQUAL_PRINCIPLE"):
        planned_repayments(plan, DRAWN, MATURES, 1000, lambda _: Fraction(1, 10))


@pytest.mark.parametrize(
    ("method", "principal"),
    [
        ("BULLET", [(date(2025, 4, 1), 1000)]),
        ("INTEREST_ONLY", [(date(2025, 4, 1), 1000)]),
        ("EQUAL_PRINCIPAL", [(date(2025, 2, 1), 333), (date(2025, 3, 1), 333), (date(2025, 4, 1), 334)]),
    ],
)
def test_plans_that_need_no_rate(method: Any, principal: list[tuple[date, int]]) -> None:
    assert planned_repayments(RepaymentPlan(method=method, day=1), DRAWN, MATURES, 1000, None) == (principal, None)


def test_equal_instalments_without_a_rate_are_refused_beside_every_other_fault() -> None:
    plan = {"method": "EQUAL_INSTALLMENT"}
    contract = {key: value for key, value in loan(repayment_plan=plan).items() if key != "rate"}
    other = loan("L-2", matures_on="2024-12-01")
    assert Bureau(points()).refusal(contracts=[contract, other]) == [
        ("/contracts/0/rate", "FACT_REQUIRED"),
        ("/contracts/1/drawdowns/0/on", "DATES_OUT_OF_ORDER"),
    ]


def test_an_unknown_reset_rule_is_no_yearly_one() -> None:
    rate = FloatingRate(kind="FLOATING", series="LPR_1Y", reset="WEEKLY")  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="WEEKLY"):
        resets(rate, DRAWN, MATURES)
    with pytest.raises(KeyError, match="WEEKLY"):
        _resets(rate, 12)


def test_an_unknown_cap_period_is_no_lifetime() -> None:
    line = {"id": "ALL", "base": "base_amount", "rate": "1%"}
    terms = {"facts": "ITEMS", "wording": "EXACT", "clause": "第一条", "lines": [line], "caps": [{"limit": "1万"}]}
    (cap,) = parse_terms(terms).caps
    with pytest.raises(KeyError, match="QUARTER"):
        replace(cap, period="QUARTER")
    object.__setattr__(cap, "period", "QUARTER")
    with pytest.raises(AssertionError, match="QUARTER"):
        grants._in_period(None, cap, None)  # type: ignore[arg-type]


def test_an_unknown_day_count_is_no_day_count_of_360_days() -> None:
    with pytest.raises(KeyError, match="ACT_364"):
        day_counts.DAY_COUNTS["ACT_364"]  # type: ignore[index]


@pytest.mark.parametrize("name", ["ACT_360", "ACT_365", "ACT_ACT", "MONTHS_12", "D30_360"])
def test_every_day_count_is_taken_from_a_contract_and_named(name: str) -> None:
    contract = loan(day_count=name)
    answer = Bureau(points(day_count=f"{{is: {name}, assumed: 未见}}")).answer({"contracts": [contract]})
    (told,) = [one["message"] for one in answer["warnings"] if one["code"] == "DAY_COUNT_ASSUMED"]
    assert day_counts.DAY_COUNTS[name].title.zh in told  # type: ignore[index]


LEVELS = {
    "APPLICANT": "application_date declaration_accepted digital_rmb_account major_project_or_key_unit other_municipal_funding "
    "registered_in_beijing",
    "DRAWDOWN": "drawn drawn_on",
    "DAY": "balance contract_rate day interest",
}


@pytest.mark.parametrize("facts", names.BUILT_IN)
def test_levels_of_built_in_names(facts: str) -> None:
    """All that is neither of the applicant nor of a loan's days and drawdowns speaks of one item."""
    narrow = {name: level for level, told in LEVELS.items() for name in told.split()}
    found = {name: fact.level for name, fact in names.BUILT_IN[facts].items()}
    assert found == {name: narrow.get(name, "ITEM") for name in found}
    assert set(narrow) & set(found) == (set(narrow) if facts == "CONTRACTS" else set(LEVELS["APPLICANT"].split()))


@pytest.mark.parametrize(
    ("kind", "facts", "name", "fact"),
    [
        (Contract, "CONTRACTS", "currency", ("CODE", "币种", "currency")),
        (Contract, "CONTRACTS", "purposes", ("CODES", "用途与性质标记", "purposes")),
        (Policy, "POLICIES", "sum_insured", ("MONEY", "保险金额", "sum insured")),
        (Policy, "POLICIES", "launch_approved", ("BOOLEAN", "取得发射许可", "launch approved")),
        (Item, "ITEMS", "events", ("COUNT", "次数", "events")),
        (Item, "ITEMS", "vat", ("MONEY", "增值税", "VAT")),
        (Project, "PROJECTS", "completed_on", ("DATE", "完工日", "completed on")),
    ],
)
def test_type_and_titles_of_a_fact_are_those_of_its_field(kind: type, facts: str, name: str, fact: tuple[str, str, str]) -> None:
    found = names.BUILT_IN[facts][name]
    assert (found.type, found.zh, found.en) == fact
    told = kind.__dataclass_fields__[name].metadata  # type: ignore[attr-defined]
    assert found.zh == told.get("says", told["title"])


def test_the_loan_types_of_a_refusal_are_those_of_the_list() -> None:
    response = Bureau(points(more="require: [{that: 'loan_type in [WORKING_CAPITAL]', code: X}]\n")).post(
        {"contracts": [loan(loan_type="WORKING_CAPITL")]}
    )
    (told,) = response.json()["errors"]
    assert told["pointer"] == "/contracts/0/loan_type"
    assert all(f"{code}（{title}）" in told["detail"] for code, title in names.LOAN_TYPES.items())
    listed, _, meant = told["detail"].partition("；您是否要")
    assert listed.count("（") == len(names.LOAN_TYPES)
    assert meant.startswith(" WORKING_CAPITAL（")


def test_a_call_that_no_scope_answers_is_an_error() -> None:
    claim = Claim(rate_table="x-y-2026-1-1", application_date=DRAWN, applicant=Applicant())
    scope = applicant_scope(claim, {}, None, 2026, [])  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="colour"):
        scope.of(("colour", "2025-01-01"))
    with pytest.raises(MissingFact, match="dishonesty_records"):
        scope.of(("dishonest_since", "2025-01-01"))
