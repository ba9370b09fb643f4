"""The working, as text: each step's ``substituted`` formula evaluates to its value.

The grammar of ``substituted`` is what a pocket calculator takes: decimals, ``2%``, ``n/d``, ``+ - ×``,
``min``, ``max`` and brackets. ``rounding`` says how the exact result became the value, or is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from app.calculators import expressions as ex
from app.calculators import money
from app.calculators.items import Case, ItemId
from app.calculators.phrases import expression, title
from app.calculators.results import Step
from app.calculators.terms import Line

UNIT = "元"


def rounding_of(case: Case, line: Line) -> tuple[str, int]:
    """How an item of a line is rounded: DOWN under a ceiling, half up under an exact clause (D47)."""
    mode = case.terms.rounding.mode or ("DOWN" if line.wording == "CEILING" else "HALF_UP")
    return mode, 1


def rounded(case: Case, line: Line, exact: Fraction) -> int:
    """The item's amount in fen."""
    return money.round_to(exact, 1, rounding_of(case, line)[0])


def item_step(case: Case, item: ItemId, line: Line, year: int | None, formula: str, terms: Sequence[str], exact: Fraction) -> Step:
    """The one step that explains an item under a line; ``formula`` is a key of the texts or a formula itself."""
    label = case.say("STEP_SUBSIDY" if formula in {"FORMULA_POINTS", "FORMULA_SHARE"} else "STEP_ITEM", id=item, line=case.name(line))
    if year is not None:
        label = f"{label} {year}"
    total_scope = case.terms.rounding.scope == "TOTAL"
    value = money.decimal_text(exact * Fraction(1, 100)) if total_scope else money.yuan(rounded(case, line, exact))
    return Step(
        0,
        f"item:{item}:{line.id}" + (f":{year}" if year is not None else ""),
        label,
        case.say(formula) if formula.startswith("FORMULA_") else formula,
        " + ".join(terms) or "0",
        value,
        UNIT,
        None if total_scope else f"{rounding_of(case, line)[0]} 0.01",
        line.clause,
        *item,
    )


def show_expression(case: Case, node: ex.Node) -> str:
    """The formula with the titles of its facts."""

    def leaf(part: ex.Node) -> str:
        match part:
            case ex.Name(name):
                return case.word(title(name, case.rules.spoken))
            case ex.Number(text=text):
                return text
            case ex.Call():
                return case.word(expression(part, ex.RATE, case.rules.spoken))
            case _:  # pragma: no cover - write() handles every other node
                raise AssertionError(part)

    return ex.write(node, leaf)


def substitute(case: Case, node: ex.Node, of: ex.Lookup) -> str:
    """The formula with the numbers put in: it evaluates to the value of the expression."""

    def leaf(part: ex.Node) -> str:
        match part:
            case ex.Number(value, text, types):
                return text if types == {ex.RATE} else figure(value, ex.MONEY)
            case ex.Name(name):
                return figure(of(name), case.terms.types.get(name, ex.RATE))
            case ex.Call(fn):
                return figure(ex.evaluate(part, of), ex.MONEY if fn == "admitted" else ex.RATE)
            case _:  # pragma: no cover - write() handles every other node
                raise AssertionError(part)

    return ex.write(node, leaf)


def figure(value: Fraction | int, kind: str) -> str:
    """A number as the working writes it: a rate as a percentage, money in 元, a count as it is."""
    if isinstance(value, int):
        return str(value)
    if kind == ex.RATE:
        return money.percent_text(value)
    hundred = value * 100
    if kind == ex.MONEY and hundred.denominator == 1:
        return money.yuan(int(hundred))
    return money.decimal_text(value)
