"""The working in Chinese or English: each step's ``substituted`` formula is what a pocket calculator takes.

Its grammar: decimals, ``2%``, ``n/d``, ``+ - ×``, ``min``, ``max`` and brackets. ``rounding`` says how the exact result became
the value, or is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final, assert_never

from app.calculators.bilingual import Phrase
from app.calculators.expressions import nodes as ex
from app.calculators.quantities import money
from app.calculators.quantities.day_counts import part_texts
from app.calculators.results.messages import Language, say
from app.calculators.results.model import Step
from app.calculators.results.working import (
    Amount,
    Column,
    Difference,
    Least,
    Money,
    Most,
    Negative,
    Number,
    Operation,
    Part,
    Product,
    Rate,
    Rounding,
    Rows,
    Said,
    Sum,
    Symbols,
    Words,
    WorkedStep,
)
from app.calculators.terms.model import Terms
from app.calculators.wording.phrases import expression, title

UNIT: Final = "元"
_SUM, _PRODUCT, _NEGATIVE = 5, 6, 7  # how strongly an operation binds: brackets only where they are needed


def steps_in_words(steps: Sequence[WorkedStep], language: Language, spoken: Terms) -> list[Step]:
    """The steps in a language."""
    found = []
    for step in steps:
        clause = step.clause if not isinstance(step.clause, Said) else _said(step.clause, language)
        found.append(
            Step(
                no=step.no,
                id=step.id,
                label=_said(step.label, language),
                formula=formula(step.formula, language, spoken),
                substituted=numbers(step.working),
                value=numbers(step.value),
                unit=UNIT,
                rounding=None if step.rounding is None else _rounding(step.rounding),
                clause=clause,
                item_id=step.item_id,
                lender=step.lender,
            )
        )
    return found


def _said(one: object, language: Language) -> str:
    match one:
        case Said(key, values):
            return say(language, key, **{name: _said(value, language) for name, value in values.items()})
        case Words(parts):
            return " ".join([said for said in (_said(part, language) for part in parts) if said])
        case Phrase(zh, en):
            return en if language == "en" else zh
        case _:
            return str(one)


def _rounding(one: Rounding) -> str:
    return f"{one.mode} {money.yuan(one.unit)}"


# --- the formula ----------------------------------------------------------------------------------------


def formula(one: Said | Symbols, language: Language, spoken: Terms) -> str:
    """How a step is reckoned, in words: a text of its own, or the table's expression with the titles of its facts."""
    if isinstance(one, Said):
        return _said(one, language)
    return " × ".join([symbols(node, language, spoken, _PRODUCT) for node in one.factors])


def symbols(node: ex.Node, language: Language, spoken: Terms, outer: int = 0) -> str:
    """An expression with the titles of its facts."""

    def leaf(part: ex.Node) -> str:
        match part:
            case ex.Name(name):
                return _said(title(name, spoken), language)
            case ex.Number(text=text):
                return text
            case ex.Call():
                return _said(expression(part, ex.RATE, spoken), language)
            case _:  # pragma: no cover - write() handles every other node
                raise AssertionError(part)

    return ex.write(node, leaf, outer)


# --- the numbers ----------------------------------------------------------------------------------------


def numbers(one: Operation, outer: int = 0) -> str:
    """The operation with its numbers put in: it evaluates to the value.

    >>> numbers(Least([Money(722_000), Most([Number(0), Difference(Money(1_000_000), Money(0))])]))
    'min(7220.00, max(0, 10000.00 - 0.00))'
    """
    match one:
        case Money(fen):
            return amount_text(fen)
        case Rate(value, _, typed):
            return typed or money.percent_text(value)
        case Number(value):
            return str(value) if isinstance(value, int) else money.decimal_text(value)
        case Part(numerator, denominator):
            return f"{numerator}/{denominator}"
        case Least(parts):
            return f"min({', '.join(map(numbers, parts))})"
        case Most(parts):
            return f"max({', '.join(map(numbers, parts))})"
        case Sum(parts):
            text, own = " + ".join([numbers(part, _SUM) for part in parts]) or "0", _SUM
        case Rows():
            text, own = " + ".join(_rows(one)) or "0", _SUM
        case Difference(left, right):
            text, own = f"{numbers(left, _SUM)} - {numbers(right, _SUM + 1)}", _SUM
        case Product(factors):
            text, own = " × ".join([numbers(factor, _PRODUCT) for factor in factors]), _PRODUCT
        case Negative(part):
            text, own = "-" + numbers(part, _NEGATIVE), _NEGATIVE
        case _:
            assert_never(one)
    return text if own >= outer else f"({text})"


def amount_text(fen: Amount) -> str:
    """An amount in 元; exact where it is not yet rounded."""
    if isinstance(fen, int):
        return money.yuan(fen)
    if fen.denominator == 1:
        return money.yuan(fen.numerator)
    return money.ratio_text(fen.numerator, 100 * fen.denominator)


def _rows(rows: Rows) -> list[str]:
    columns = [_column(one) if isinstance(one, Column) else [numbers(one)] * rows.length for one in rows.factors]
    return ["0" if None in row else " × ".join(row) for row in zip(*columns, strict=True)]


def _column(one: Column) -> list[str] | list[str | None]:
    match one.kind:
        case "PART":
            return part_texts([int(value or 0) for value in one.values], one.of, one.shown_over)
        case "REDUCED":
            parts = [Fraction(value or 0) / one.of for value in one.values]
            return [f"{part.numerator}/{part.denominator}" for part in parts]
        case "RATE":
            return [None if value is None else money.percent_text(Fraction(value) / one.of) for value in one.values]
        case "NUMBER":
            return [money.decimal_text(Fraction(value or 0) / one.of) for value in one.values]
        case "MONEY":
            if one.of == 1:
                return [amount_text(value or 0) for value in one.values]
            return [money.decimal_text(Fraction(value or 0) / (100 * one.of)) for value in one.values]  # converted: to the last decimal
    assert_never(one.kind)
