"""The working as data: what it comes to, its words and its formulas for a spreadsheet are the same to the fen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hypothesis import assume, event, given

from app.calculators.assessment import Assessed, assess_with_working
from app.calculators.claims.errors import FactsError, NotComputable
from app.calculators.results.working import (
    Column,
    Difference,
    Fact,
    Least,
    Money,
    Most,
    Negative,
    Number,
    Operation,
    Part,
    Product,
    Rate,
    Rows,
    Sum,
    WorkedStep,
    amount_of,
    value_of,
)
from app.calculators.wording.working_cells import cell_formula, row_formulas
from app.calculators.wording.working_text import numbers
from app.claim_input.normal_form import in_order
from app.errors import ProblemError
from app.services.calculation import kind_of, read_claim
from tests.oracle.judge import Json, case, engine_series, engine_table
from tests.properties.test_laws import LAW, METHODS, SEEDS, evaluated, rounded

CELLS = re.compile(r"MIN|MAX|[0-9.]+|[-+*/(),]")


REFUSALS = (ProblemError, FactsError, NotComputable)


def assessed(table: Json, request: Json) -> Assessed:
    """The answer to a claim with its working."""
    rates = engine_table(table)
    kind = kind_of(rates)
    claim, _ = in_order(read_claim(json.dumps(request).encode(), kind))
    return assess_with_working(claim, rates, engine_series(), endpoint_method=kind.method)


def worked(table: Json, request: Json) -> Assessed:
    """The answer to a drawn claim with its working; one that is refused has none."""
    try:
        return assessed(table, request)
    except REFUSALS:
        assume(False)
        raise


def calculated(formula: str) -> Fraction:
    """A formula of a spreadsheet, in exact numbers: what a sheet without doubles would show."""
    tokens = CELLS.findall(formula)
    assert "".join(tokens) == formula, formula
    text = "".join(f"F('{one}')" if one[0].isdigit() else one for one in tokens)
    return Fraction(eval(text, {"__builtins__": {}, "F": Fraction, "MIN": min, "MAX": max}))


def operands(one: Operation) -> Iterator[Money | Rate | Number | Part | Rows]:
    match one:
        case Sum(parts) | Product(parts) | Least(parts) | Most(parts):
            for part in parts:
                yield from operands(part)
        case Difference(left, right):
            yield from operands(left)
            yield from operands(right)
        case Negative(part):
            yield from operands(part)
        case _:
            yield one


def exact(step: WorkedStep) -> Fraction:
    """What the data comes to, rounded as the step says."""
    value = value_of(step.working)
    return value if step.rounding is None else rounded(value, f"{step.rounding.mode} {Fraction(step.rounding.unit, 100)}")


@LAW
@given(method=METHODS, seed=SEEDS)
def test_data_words_and_formula_come_to_the_value_of_the_step(method: str, seed: int) -> None:
    found = worked(*case(method, seed))
    event(f"{len(found.working)} steps" if len(found.working) < 3 else "more steps")
    assert [one.no for one in found.working] == list(range(1, len(found.result.steps) + 1))
    for step, text in zip(found.working, found.result.steps, strict=True):
        assert exact(step) == value_of(step.value) == Fraction(text.value), step
        assert evaluated(numbers(step.working)) == value_of(step.working) == calculated(cell_formula(step.working)), step
        assert (text.no, text.id, text.substituted) == (step.no, step.id, numbers(step.working))


@LAW
@given(method=METHODS, seed=SEEDS)
def test_an_operand_is_what_the_step_that_it_names_gives(method: str, seed: int) -> None:
    found = worked(*case(method, seed))
    for step in found.working:
        for one in operands(step.working):
            if isinstance(one, Money) and one.of is not None and not isinstance(one.of, Fact):
                event("an amount of an earlier step")
                assert amount_of(one.of) == value_of(one), step


@LAW
@given(seed=SEEDS)
def test_rows_are_the_segments(seed: int) -> None:
    found = worked(*case("LOAN_INTEREST", seed))
    segments = {(item.id, item.lender): item.segments for item in found.result.items}
    for step in found.working:
        for rows in operands(step.working):
            if isinstance(rows, Rows):
                event("rows")
                own = segments[step.item_id or "", step.lender] or []
                assert len(rows.segments) == rows.length == len(row_formulas(rows))
                assert_rows(rows, [own[no] for no in rows.segments])


def test_the_cases_have_operands_and_rows() -> None:
    """One drawn case may have neither; of a hundred many have, so that the two laws above are about something."""
    earlier = rows = 0
    for seed in range(100):
        try:
            found = assessed(*case("LOAN_INTEREST", seed))
        except REFUSALS:
            continue
        parts = [one for step in found.working for one in operands(step.working)]
        earlier += sum(isinstance(one, Money) and one.of is not None and not isinstance(one.of, Fact) for one in parts)
        rows += sum(isinstance(one, Rows) for one in parts)
    assert min(earlier, rows) >= 20, (earlier, rows)


def assert_rows(rows: Rows, segments: list[Any]) -> None:
    """The balance and the days that a row multiplies are those that its segment shows."""
    for factor in rows.factors:
        if isinstance(factor, Column) and factor.kind == "MONEY":
            shown = [Fraction(one["balance_exact"] or one["balance"]) for one in segments]
            assert [Fraction(value or 0) / (100 * factor.of) for value in factor.values] == shown
        if isinstance(factor, Column) and factor.kind == "PART" and any(isinstance(one, Rate) for one in rows.factors[:2]):
            assert [Fraction(value or 0) / factor.of for value in factor.values] == [Fraction(one["day_fraction"]) for one in segments]
            written = [row.split(" × ") for row in numbers(rows).split(" + ")]  # the working writes them as the segment does
            assert all(row == ["0"] or one["day_fraction"] in row for row, one in zip(written, segments, strict=True))


def test_brackets_stand_where_they_are_needed() -> None:
    two, three = Number(2), Number(Fraction(1, 3))
    one = Product([Sum([two, three]), Difference(two, Difference(two, three)), Negative(two), Part(1, 3)])
    assert numbers(one) == "(2 + 1/3) × (2 - (2 - 1/3)) × -2 × 1/3"
    assert cell_formula(one) == "(2+1/3)*(2-(2-1/3))*-2*1/3"
    assert value_of(one) == calculated(cell_formula(one))


def test_an_address_takes_the_place_of_its_number() -> None:
    stood, limit = Money(722_000), Money(1_000_000)
    cells = {id(stood): "B2", id(limit): "B3"}
    one = Least([stood, Most([Number(0), Difference(limit, Money(0))])])
    assert cell_formula(one, lambda part: cells.get(id(part))) == "MIN(B2,MAX(0,B3-0))"
