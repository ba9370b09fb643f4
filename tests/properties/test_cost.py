"""The estimate of a calculation beside what it takes: never below it in segments and lines, and near it where it is large.

Compared are counts. How long a unit takes was measured once (``docs/benchmarks.md``) and depends on the machine.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from app.calculators.loans import interest, reconciliation
from app.calculators.results.model import Result
from app.calculators.workload.estimate import MOST_WORK, Cost, cost_of
from app.errors import ProblemError
from app.services.calculation import Asked, kind_of, read_claim
from tests.bureau import USCC
from tests.oracle.generate import MAKERS, case
from tests.oracle.judge import engine_series, engine_table

Json = dict[str, Any]
SEEDS = range(150)
FIRST = date(2019, 1, 1)
POINTS = {"facts": "CONTRACTS", "wording": "EXACT", "clause": "第一条", "lines": [{"id": "ALL", "base": "balance", "rate": "1%"}]}
AWARD = {"facts": "ITEMS", "wording": "EXACT", "clause": "第一条", "lines": [{"id": "ALL", "base": "base_amount", "rate": "10%"}]}
GRANT = {
    "facts": "PROJECTS",
    "wording": "EXACT",
    "clause": "第一条",
    "admit": {"categories": "unknown", "vat": "INCLUDED", "related_party": "INCLUDED"},
    "lines": [{"id": "ALL", "base": "admitted", "rate": "10%"}],
}
PER_PRODUCT = {"caps": [{"per": ["PRODUCT"], "period": "LIFETIME", "limit": "100"}]}


def day(no: int) -> str:
    return (FIRST + timedelta(days=no)).isoformat()


def asked(table: Json, request: Json) -> Asked:
    """What a claim asks for under a table, whatever it costs."""
    rates = engine_table(table)
    kind = kind_of(rates)
    claim = read_claim(json.dumps(request).encode(), kind)
    series = engine_series()
    return Asked(claim=claim, kind=kind, table=rates, series=series, known_at="", cost=cost_of(claim, rates, series))


def under(method: str, terms: Json, **facts: Any) -> Asked:
    """The same under invented terms, for an application late in 2025."""
    named = {"id": "xx-spec-2025-0-1", "fund": "xx", "year": 2025, "batch": "xx-spec-2025-0", "method": method, "terms": terms}
    claim = {"rate_table": named["id"], "application_date": "2025-11-20", "applicant": {"uscc": USCC} | facts.pop("applicant", {})}
    return asked(named, claim | facts)


def loan(drawdowns: int = 1, repayments: int = 0, vouchers: int = 0, rates: int = 0, **more: Any) -> Json:
    """A contract from 2019 on in which something changes every day."""
    made: Json = {
        "contract_no": "L-1",
        "lender": "甲银行",
        "loan_type": "FIXED_ASSET",
        "signed_on": "2018-12-01",
        "matures_on": "2029-01-01",
        "drawdowns": [{"drawdown_no": str(no), "on": day(0), "amount": "600000.00"} for no in range(drawdowns)],
        "repayments": [{"on": day(1 + no), "principal": "1.01"} for no in range(repayments)],
        "interest_paid": [{"from": day(no), "until": day(no + 1), "amount": f"{700 + no % 13}.00"} for no in range(vouchers)],
        "rate": {"kind": "FIXED", "annual_rate": "0.0385"},
    }
    if rates:
        made["rate"] = {"kind": "STEPPED", "steps": [{"from": day(5 * no), "annual_rate": f"0.{300 + no:05d}"} for no in range(rates)]}
    return made | more


def one_a_day(number: int) -> list[Json]:
    return [{"drawdown_no": str(no), "on": day(no), "amount": "600000.00"} for no in range(number)]


def plans(number: int) -> list[Json]:
    """Drawdowns that each have a plan of their own."""
    plan = {"method": "EQUAL_PRINCIPAL", "every_months": 1}
    return [one | {"repayment_plan": plan | {"day": 1 + no % 28}} for no, one in enumerate(one_a_day(number))]


def excluded(number: int) -> list[Json]:
    return [{"from": day(10 + 5 * no), "until": day(12 + 5 * no), "reason": "OVERDUE"} for no in range(number)]


def segments(result: Result) -> int:
    return sum(len(one.segments or ()) for one in result.items)


def lines(result: Result) -> int:
    """Segments, steps and everything else of which an answer has a list."""
    lists = (result.items, result.caps, result.steps, result.warnings, result.reasons, result.not_decided_here, result.payout)
    return segments(result) + sum(map(len, lists)) + sum(len(one.reconciliation or ()) for one in result.items)


def bounded(cost: Cost, result: Result) -> bool:
    return cost.counts.get("segments", 0) >= segments(result) and cost.lines + cost.working >= lines(result)


@pytest.mark.parametrize("method", list(MAKERS))
def test_no_answer_has_more_segments_or_lines_than_was_estimated(method: str) -> None:
    """Of any table and claim that are invented for the comparison with the oracle."""
    answered = 0
    for seed in SEEDS:
        try:
            one = asked(*case(method, seed))
            result = one.answer("zh")
        except ProblemError:
            continue
        assert bounded(one.cost, result), f"{method} seed {seed}: {one.cost}"
        answered += 1
    assert answered > len(SEEDS) / 2


LOANS = {
    "drawdowns × repayments": loan(20, 50),
    "drawdowns × rates": loan(20, rates=50),
    "drawdowns × vouchers": loan(20, vouchers=50),
    "repayments × vouchers × rates": loan(1, 60, 60, 60),
    "drawdowns on different days": loan() | {"drawdowns": one_a_day(40)},
    "drawdowns × resets": loan(20, rate={"kind": "FLOATING", "series": "LPR_5Y", "reset": "MONTHLY"}),
    "drawdowns × plans": loan() | {"drawdowns": plans(8)},
    "drawdowns × excluded periods": loan(20, excluded_periods=excluded(30)),
}


@pytest.mark.parametrize("shape", list(LOANS))
def test_of_large_loans_the_estimate_is_at_most_four_times_the_segments(shape: str) -> None:
    """An upper bound that refuses no loan for much more than it is."""
    one = under("LOAN_INTEREST", POINTS, contracts=[LOANS[shape]])
    result = one.answer("zh")
    assert bounded(one.cost, result)
    assert one.cost.counts["segments"] <= 4 * segments(result)
    assert one.cost.work >= segments(result)


def test_days_that_a_claim_cannot_count_cost_nothing() -> None:
    long = under("LOAN_INTEREST", POINTS, contracts=[loan(10, 1000)])
    short = under("LOAN_INTEREST", POINTS, contracts=[loan(10, 1000)], claim_period={"from": day(100), "until": day(200)})
    assert segments(short.answer("zh")) <= short.cost.counts["segments"] < long.cost.counts["segments"] / 9


def test_what_multiplies_is_counted_as_it_multiplies() -> None:
    """Twice as much of both: four times the work, but for what each takes by itself."""
    pairs = {
        "drawdowns × repayments": [under("LOAN_INTEREST", POINTS, contracts=[loan(100 * n, 100 * n)]) for n in (1, 2)],
        "drawdowns × vouchers": [under("LOAN_INTEREST", POINTS, contracts=[loan(100 * n, vouchers=100 * n)]) for n in (1, 2)],
        "vouchers × rates": [under("LOAN_INTEREST", POINTS, contracts=[loan(vouchers=500 * n, rates=100 * n)]) for n in (1, 2)],
        "items × grants": [under("AWARD", AWARD | PER_PRODUCT, items=items(500 * n), applicant={"granted": grants(100 * n)}) for n in (1, 2)],
    }
    ratios = {name: larger.cost.work / smaller.cost.work for name, (smaller, larger) in pairs.items()}
    assert {name: ratio for name, ratio in ratios.items() if not 2.5 < ratio < 4.5} == {}


def items(number: int) -> list[Json]:
    return [{"item_id": f"A-{no}", "product_id": f"P-{no}", "base_amount": "1000.00"} for no in range(number)]


def grants(number: int) -> list[Json]:
    return [
        {"rate_table": "xx-spec-2025-0-1", "on": "2025-01-01", "amount": "1.00", "keys": {"product_id": f"P-{no}"}} for no in range(number)
    ]


def projects(number: int, payments: int) -> list[Json]:
    paid = [{"category": "EQUIPMENT", "amount": "1000.00"}] * payments
    return [{"project_id": f"G-{no}", "investments": paid} for no in range(number)]


TOO_MUCH = {
    "500 drawdowns × 1,000 repayments × 200 rates": lambda: under("LOAN_INTEREST", POINTS, contracts=[loan(500, 1000, rates=200)]),
    "500 drawdowns on as many days": lambda: under("LOAN_INTEREST", POINTS, contracts=[loan() | {"drawdowns": one_a_day(500)}]),
    "100 drawdowns × 1,000 vouchers": lambda: under("LOAN_INTEREST", POINTS, contracts=[loan(100, vouchers=1000)]),
    "500 drawdowns with plans of their own": lambda: under("LOAN_INTEREST", POINTS, contracts=[loan() | {"drawdowns": plans(500)}]),
    "500 drawdowns × 100 excluded periods": lambda: under("LOAN_INTEREST", POINTS, contracts=[loan(500, excluded_periods=excluded(100))]),
    "100 projects × 2,000 payments": lambda: under("GRANT", GRANT, projects=projects(100, 2000)),
    "1,000 items × 5 caps × 200 grants": lambda: under(
        "AWARD", AWARD | {"caps": PER_PRODUCT["caps"] * 5}, items=items(1000), applicant={"granted": grants(200)}
    ),
}
ENOUGH = {
    "ten years of daily repayments": lambda: under("LOAN_INTEREST", POINTS, contracts=[loan(1, 3650)]),
    "the same in twelve drawdowns": lambda: under("LOAN_INTEREST", POINTS, contracts=[loan(12, 3650)]),
    "ten years of monthly vouchers and resets": lambda: under(
        "LOAN_INTEREST", POINTS, contracts=[loan(12, 120, 120, rate={"kind": "FLOATING", "series": "LPR_5Y", "reset": "MONTHLY"})]
    ),
    "1,000 vouchers": lambda: under("LOAN_INTEREST", POINTS, contracts=[loan(1, 1000, 1000, 200)]),
    "500 contracts": lambda: under("LOAN_INTEREST", POINTS, contracts=[loan(1, 10, contract_no=f"L-{no}") for no in range(500)]),
    "1,000 items": lambda: under("AWARD", AWARD | PER_PRODUCT, items=items(1000), applicant={"granted": grants(50)}),
    "20 projects × 1,000 payments": lambda: under("GRANT", GRANT, projects=projects(20, 1000)),
}


@pytest.mark.parametrize("shape", list(TOO_MUCH))
def test_the_worst_shapes_are_above_the_budget(shape: str) -> None:
    assert TOO_MUCH[shape]().cost.work > MOST_WORK


@pytest.mark.parametrize("shape", list(ENOUGH))
def test_what_real_applicants_send_is_below_it(shape: str) -> None:
    assert ENOUGH[shape]().cost.work <= MOST_WORK


def test_a_voucher_is_accrued_a_few_times_however_many_rates_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is compared with the contract at each of its rates, but its balances are added up once."""
    accrued = []
    real = interest.accrual_days
    for module in (interest, reconciliation):
        monkeypatch.setattr(module, "accrual_days", lambda *given: accrued.append(given) or real(*given))
    under("LOAN_INTEREST", POINTS, contracts=[loan(1, 20, 20, 200)]).answer("zh")
    assert 20 < len(accrued) <= 9 * 20
