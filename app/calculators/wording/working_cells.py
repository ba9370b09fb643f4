"""The working as formulas of a spreadsheet: operands are numbers, or the addresses of the cells that hold them.

The formulas say what is reckoned with; that doubles hold every amount of them exactly is the business of whoever lays out a sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import assert_never

from app.calculators.quantities import money
from app.calculators.results.working import (
    Column,
    Difference,
    Least,
    Money,
    Most,
    Negative,
    Number,
    Operand,
    Operation,
    Part,
    Product,
    Rate,
    Rows,
    Sum,
    value_of,
)

Address = Callable[[Operand], str | None]
_SUM, _PRODUCT, _NEGATIVE, _ALONE = 5, 6, 7, 8  # how strongly an operation binds


def no_address(_: Operand) -> None:
    """Every operand is written as its number."""


def cell_formula(one: Operation, address: Address = no_address) -> str:
    """A formula without its equals sign; ``address`` gives the cell of an operand, or None to write its number.

    >>> cell_formula(Least([Money(722_000), Most([Number(0), Difference(Money(1_000_000), Money(0))])]))
    'MIN(7220,MAX(0,10000-0))'
    """
    return _written(one, address, 0)


def row_formulas(rows: Rows, address: Address = no_address) -> list[str]:
    """The formula of each row alone: a sheet gives each a line of its own, and sums them."""
    return ["*".join(_factor(factor, no, address) for factor in rows.factors) for no in range(rows.length)]


def _written(one: Operation, address: Address, outer: int) -> str:
    match one:
        case Money() | Rate() | Number() | Part():
            return address(one) or _number(value_of(one), outer)
        case Least(parts):
            return f"MIN({','.join(_written(part, address, 0) for part in parts)})"
        case Most(parts):
            return f"MAX({','.join(_written(part, address, 0) for part in parts)})"
        case Sum(parts):
            text, own = "+".join(_written(part, address, _SUM) for part in parts) or "0", _SUM
        case Rows():
            text, own = "+".join(row_formulas(one, address)) or "0", _SUM
        case Difference(left, right):
            text, own = f"{_written(left, address, _SUM)}-{_written(right, address, _SUM + 1)}", _SUM
        case Product(factors):
            text, own = "*".join(_written(factor, address, _PRODUCT) for factor in factors), _PRODUCT
        case Negative(part):
            text, own = "-" + _written(part, address, _NEGATIVE), _NEGATIVE
        case _:
            assert_never(one)
    return text if own >= outer else f"({text})"


def _factor(one: Column | Money | Rate, no: int, address: Address) -> str:
    if not isinstance(one, Column):
        return _written(one, address, _PRODUCT)
    value = one.values[no]
    return _number(Fraction(value or 0) / (one.of * (100 if one.kind == "MONEY" else 1)), _PRODUCT)


def _number(value: Fraction, outer: int) -> str:
    """All decimals of a number; a fraction that never ends as a division."""
    text = money.decimal_text(value)
    own = _SUM if text[0] == "-" else _PRODUCT if "/" in text else _ALONE
    return text if own >= outer else f"({text})"
