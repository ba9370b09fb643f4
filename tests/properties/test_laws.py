"""Laws that hold whatever the table says: checked on drawn cases, never against expected figures."""

from __future__ import annotations

import copy
import dataclasses
import random
import re
from datetime import date, timedelta
from fractions import Fraction
from math import floor
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.calculators.results.model import Result
from app.errors import ProblemError
from tests.oracle.generate import MAKERS, case
from tests.oracle.judge import engine_answer

Json = dict[str, Any]
LAW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
FACTS = {"LOAN_INTEREST": "contracts", "INSURANCE": "policies", "AWARD": "items", "GRANT": "projects"}
SEEDS = st.integers(min_value=0, max_value=10_000_000)
METHODS = st.sampled_from(sorted(MAKERS))


def fen(text: str) -> int:
    return int(text.replace(".", ""))


def answer(table: Json, request: Json) -> Result:
    """The answer to a drawn claim; one that is refused says nothing about these laws."""
    try:
        return engine_answer(table, request)
    except ProblemError:
        assume(False)
        raise


@pytest.mark.parametrize("method", sorted(MAKERS))
def test_the_laws_are_tried_on_what_they_speak_of(method: str) -> None:
    """One drawn case may have no cap or earn nothing; of forty many have and do, so that no law holds for want of cases."""
    limits = steps = items = 0
    for seed in range(40):
        try:
            result = engine_answer(*case(method, seed))
        except ProblemError:
            continue
        limits += sum(cap.limit is not None for cap in result.caps)
        steps += bool(result.steps)
        items += sum(step.id.startswith("item:") for step in result.steps)
    assert min(limits, steps, items) >= 5, (limits, steps, items)


# Laws of every answer


@LAW
@given(method=METHODS, seed=SEEDS)
def test_items_add_up_to_the_total_and_never_rise(method: str, seed: int) -> None:
    table, request = case(method, seed)
    result = answer(table, request)
    assert sum(fen(item.amount) for item in result.items) == fen(result.amount)
    unit = table["terms"].get("rounding", {}).get("unit", "分")
    if unit == "分":
        for item in result.items:
            assert fen(item.amount) <= Fraction(item.amount_before_caps) * 100 + 1


@LAW
@given(method=METHODS, seed=SEEDS)
def test_caps_are_never_exceeded(method: str, seed: int) -> None:
    """The final amounts of an account stay under its limit; a unit that rounds up is the table's own wish."""
    table, request = case(method, seed)
    result = answer(table, request)
    unit = table["terms"].get("rounding", {}).get("unit", "分")
    amounts = {item.id: fen(item.amount) for item in result.items}
    for cap in result.caps:
        assert Fraction(cap.after) <= Fraction(cap.before)
        if cap.limit is not None:
            assert Fraction(cap.after) <= Fraction(cap.limit)
    if unit != "分":
        return
    id_name = {"contracts": "contract_no", "policies": "policy_no", "items": "item_id", "projects": "project_id"}
    kind = FACTS[method]
    fields = {"LENDER": "lender", "PROJECT": "project_id", "CONTRACT": "contract_no", "UNIT": "unit_id"}
    for cap in table["terms"].get("caps", []):
        known = [fields.get(each) for each in cap["per"]]
        if (
            cap.get("bounds") == "BALANCE"
            or cap.get("lines")
            or cap.get("when")
            or None in known
            or cap["limit"] == "unknown"
            or cap.get("period") == "ACCRUAL_YEAR"
            or not re.fullmatch(r"[\d.]+万?", cap["limit"])
        ):
            continue
        limit = floor(Fraction(cap["limit"].rstrip("万")) * (10_000 if cap["limit"].endswith("万") else 1) * 100)
        accounts: dict[Any, int] = {}
        for fact in request[kind]:
            key = tuple(fact.get(name) for name in known)
            accounts[key] = accounts.get(key, 0) + amounts[fact[id_name[kind]]]
        for key, total in accounts.items():
            assert total <= limit, (cap, key, total)


@LAW
@given(method=METHODS, seed=SEEDS, shuffle=SEEDS)
def test_the_order_of_the_facts_does_not_matter(method: str, seed: int, shuffle: int) -> None:
    table, request = case(method, seed)
    rng = random.Random(shuffle)
    other = copy.deepcopy(request)
    rng.shuffle(other[FACTS[method]])
    for fact in other[FACTS[method]]:
        for name in ("drawdowns", "repayments", "interest_paid", "excluded_periods"):
            if fact.get(name):
                rng.shuffle(fact[name])
    one, two = dataclasses.asdict(answer(table, request)), dataclasses.asdict(answer(table, other))
    for told in (one, two):
        told["warnings"] = sorted(warning["code"] for warning in told["warnings"])  # pointers name positions
    assert one == two


TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?(?:/\d+)?)(%)?|(min|max)|([-+×(),]))")


def evaluated(text: str) -> Fraction:
    """A substituted formula with a pocket calculator: numbers, %, n/d, + - × min max and parentheses."""
    tokens: list[str] = []
    at = 0
    while at < len(text.rstrip()):
        found = TOKEN.match(text, at)
        assert found is not None, f"{text!r} at {at}"
        at = found.end()
        number, per_cent, function, sign = found.groups()
        if number:
            tokens.append(f"F('{number}')" + ("/100" if per_cent else ""))
        else:
            tokens.append(function or sign.replace("×", "*"))
    return Fraction(eval("".join(tokens), {"__builtins__": {}, "F": Fraction, "min": min, "max": max}))


def rounded(value: Fraction, rounding: str) -> Fraction:
    mode, unit = rounding.split(" ")
    parts = value / Fraction(unit)
    return (floor(parts) if mode == "DOWN" else floor(parts + Fraction(1, 2))) * Fraction(unit)


@LAW
@given(method=METHODS, seed=SEEDS)
def test_every_step_evaluates_to_its_value(method: str, seed: int) -> None:
    table, request = case(method, seed)
    result = answer(table, request)
    if result.status == "ELIGIBLE":
        assert result.steps
    for step in result.steps:
        value = evaluated(step.substituted)
        if step.rounding:
            value = rounded(value, step.rounding)
        assert value == Fraction(step.value), step
    if result.status == "ELIGIBLE":
        assert any(Fraction(step.value) * 100 == fen(result.amount) for step in result.steps)


# Laws of loans


RISING = ["2%", "min(2.5%, contract_rate)", "min(1%, 50% * contract_rate)", "35% * contract_rate", "contract_rate - 1.5%"]


@st.composite
def loans(draw: st.DrawFn) -> tuple[Json, Json]:
    """One plain loan under one line, with caps now and then; everything that makes a law is left to the test."""
    first = date(2022, 1, 1) + timedelta(days=draw(st.integers(0, 800)))
    terms: Json = {
        "facts": "CONTRACTS",
        "clause": "第一条",
        "wording": draw(st.sampled_from(["CEILING", "EXACT"])),
        "day_count": draw(st.sampled_from(["ACT_360", "ACT_365", "ACT_ACT", "MONTHS_12", "D30_360"])),
    }
    if draw(st.booleans()):
        terms["lines"] = [{"id": "ALL", "base": "balance", "rate": draw(st.sampled_from(RISING))}]
    else:
        terms["lines"] = [{"id": "ALL", "base": "interest", "rate": draw(st.sampled_from(["20%", "35%", "100%"]))}]
    caps: list[Json] = []
    if draw(st.booleans()):
        caps.append({"bounds": "BALANCE", "per": draw(st.sampled_from([["DRAWDOWN"], ["CONTRACT"], []])), "limit": "300万"})
    if draw(st.booleans()):
        caps.append({"per": [], "period": "PROGRAM_YEAR", "limit": "5万"})
    if caps:
        terms["caps"] = caps
    if draw(st.booleans()):
        terms["windows"] = {"interest": {"first_day": "2022-07-01", "last_day": "2024-06-30"}}
    rate = draw(
        st.sampled_from(
            [
                {"kind": "FIXED", "annual_rate": "0.0365"},
                {"kind": "FIXED", "annual_rate": "0.0120"},
                {"kind": "FLOATING", "series": "LPR_1Y", "reset": "QUARTERLY", "spread": "0.0030"},
                {
                    "kind": "STEPPED",
                    "steps": [
                        {"from": first.isoformat(), "annual_rate": "0.03"},
                        {"from": (first + timedelta(days=100)).isoformat(), "annual_rate": "0.05"},
                    ],
                },
            ]
        )
    )
    amount = draw(st.integers(1, 1_000_000_000))
    request: Json = {
        "rate_table": "xx-oracle-2025-1-1",
        "version": 1,
        "application_date": "2025-12-01",
        "applicant": {"uscc": "91350100M000100Y43"},
        "contracts": [
            {
                "contract_no": "L",
                "lender": "甲银行",
                "loan_type": "FIXED_ASSET",
                "signed_on": first.isoformat(),
                "matures_on": (first + timedelta(days=draw(st.integers(2, 600)))).isoformat(),
                "drawdowns": [{"drawdown_no": "1", "on": first.isoformat(), "amount": f"{amount // 100}.{amount % 100:02d}"}],
                "rate": rate,
                "day_count": draw(st.sampled_from(["ACT_360", "ACT_365", "ACT_ACT", "MONTHS_12", "D30_360"])),
            }
        ],
    }
    table = {
        "id": "xx-oracle-2025-1-1",
        "fund": "xx-oracle",
        "year": 2025,
        "batch": "xx-oracle-2025-1",
        "method": "LOAN_INTEREST",
        "terms": terms,
    }
    return table, request


@LAW
@given(loan=loans(), more=st.integers(1, 500_000_000))
def test_more_principal_never_earns_less(loan: tuple[Json, Json], more: int) -> None:
    table, request = loan
    larger = copy.deepcopy(request)
    drawdown = larger["contracts"][0]["drawdowns"][0]
    total = fen(drawdown["amount"]) + more
    drawdown["amount"] = f"{total // 100}.{total % 100:02d}"
    assert fen(answer(table, larger).amount) >= fen(answer(table, request).amount)


@LAW
@given(loan=loans(), more=st.integers(1, 200))
def test_more_days_never_earn_less(loan: tuple[Json, Json], more: int) -> None:
    table, request = loan
    longer = copy.deepcopy(request)
    contract = longer["contracts"][0]
    contract["matures_on"] = (date.fromisoformat(contract["matures_on"]) + timedelta(days=more)).isoformat()
    assert fen(answer(table, longer).amount) >= fen(answer(table, request).amount)


@LAW
@given(loan=loans(), higher=st.integers(1, 300))
def test_a_higher_contract_rate_never_earns_less_where_the_formula_rises(loan: tuple[Json, Json], higher: int) -> None:
    table, request = loan
    dearer = copy.deepcopy(request)
    request["contracts"][0]["rate"] = {"kind": "FIXED", "annual_rate": "0.0200"}
    dearer["contracts"][0]["rate"] = {"kind": "FIXED", "annual_rate": f"0.{200 + higher:04d}"}
    assert fen(answer(table, dearer).amount) >= fen(answer(table, request).amount)


@settings(LAW, max_examples=250)
@given(seed=SEEDS, cut=st.integers(0, 1000))
def test_cutting_the_period_changes_nothing_before_rounding(seed: int, cut: int) -> None:
    """Under one anchor: the exact amounts of [a, c) and [c, b) are together that of [a, b)."""
    table, request = case("LOAN_INTEREST", seed)
    terms = table["terms"]
    terms["rounding"] = {"scope": "TOTAL", "mode": "DOWN"}
    terms.pop("caps", None)
    terms.pop("stacking", None)
    terms["require"] = [rule for rule in terms.get("require", []) if "interest" not in rule["that"]]
    if terms.get("windows", {}).get("interest", {}).get("tests"):
        del terms["windows"]["interest"]["tests"]
    first, last = date(2022, 1, 1), date.fromisoformat(request["application_date"])
    middle = first + timedelta(days=cut * (last - first).days // 1000)

    def exact(a: date, b: date) -> dict[Any, Fraction]:
        """What each contract earns, as its steps say it: under this scope they are not rounded (D93)."""
        if a == b:
            return {}
        claim = {**request, "claim_period": {"from": a.isoformat(), "until": b.isoformat()}}
        result = answer(table, claim)
        earned: dict[Any, Fraction] = {(item.id, item.lender): Fraction(0) for item in result.items}
        for step in result.steps:
            if step.id.startswith("item:"):
                earned[step.item_id, step.lender] += Fraction(step.value)
        return earned

    whole, left, right = exact(first, last), exact(first, middle), exact(middle, last)
    once = {(item.id, item.lender) for item in answer(table, request).items if item.lines == ["FEE"]}  # paid once, not for days
    for name, amount in whole.items():
        if name in once:
            assert amount == left.get(name, amount) == right.get(name, amount)
            continue
        assert amount == left.get(name, 0) + right.get(name, 0)


@pytest.mark.parametrize("text", ["min(2.5%, 3.85%) × 1000.00 × 90/360", "max(0, 1.00 - 2.00) + (3 - 1) × 1/3"])
def test_the_pocket_calculator(text: str) -> None:
    assert evaluated(text) in {Fraction("6.25"), Fraction(2, 3)}
