"""The working of an answer as data: steps of operations on amounts, rates, counts and parts of a year.

Nothing here is a sentence or a formula in text. ``working_text`` writes a step in Chinese or English, ``working_cells`` as a
formula of a spreadsheet; ``value_of`` is what it comes to. Amounts are in fen, values of operations in 元.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from typing import Final, Literal, assert_never

from app.calculators.expressions import nodes as ex
from app.calculators.expressions.functions import FUNCTIONS
from app.calculators.quantities import money

Amount = int | Fraction  # fen; a Fraction until it is rounded
_FEN: Final = Fraction(1, 100)


# --- where an operand comes from ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the claim, or what the table looks up for it (a reference rate, an admitted sum): read at ``pointer``."""

    read: ex.Name | ex.Call
    pointer: str


@dataclass(frozen=True, slots=True)
class StepValue:
    """The value of an earlier step."""

    step: WorkedStep


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an earlier amount, spread in proportion to ``weights``; to the fen by largest remainder, or exactly (D49, D50)."""

    of: StepValue
    total: Amount
    weights: tuple[Amount, ...]
    place: int
    exact: bool

    def amount(self) -> Amount:
        """The part, in fen."""
        if self.exact:
            whole = sum(self.weights)
            return Fraction(self.total) * Fraction(self.weights[self.place]) / Fraction(whole) if whole else Fraction(0)
        return money.spread(int(self.total), self.weights)[self.place]


@dataclass(frozen=True, slots=True)
class Together:
    """A sum of amounts of earlier steps."""

    parts: tuple[Origin, ...]


Origin = Fact | StepValue | Share | Together


# --- operands -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Money:
    """An amount in fen."""

    fen: Amount
    of: Origin | None = None


@dataclass(slots=True)
class Rate:
    """A rate or share; ``typed`` is how the table writes it, such as ``2.50%``."""

    value: Fraction
    of: Origin | None = None
    typed: str | None = None


@dataclass(slots=True)
class Number:
    """A count or quantity, or an exact amount of 元 that is not rounded yet."""

    value: Fraction | int
    of: Origin | None = None


@dataclass(slots=True)
class Part:
    """A part of a whole, such as days of a year: 90/360."""

    numerator: int
    denominator: int


# --- operations -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Sum:
    """A sum; of nothing it is zero."""

    parts: Sequence[Operation]


@dataclass(slots=True)
class Difference:
    """The first less the second."""

    left: Operation
    right: Operation


@dataclass(slots=True)
class Product:
    """A product."""

    factors: Sequence[Operation]


@dataclass(slots=True)
class Least:
    """The least of several."""

    parts: Sequence[Operation]


@dataclass(slots=True)
class Most:
    """The most of several."""

    parts: Sequence[Operation]


@dataclass(slots=True)
class Negative:
    """The opposite."""

    part: Operation


ColumnKind = Literal["MONEY", "NUMBER", "RATE", "PART", "REDUCED"]


@dataclass(slots=True)
class Column:
    """One factor of every row: ``values`` in parts of ``of``. A value of None makes its row nothing: it is not known and not needed (D18).

    MONEY is fen, shown in 元; NUMBER exact 元; PART is shown as it is, ``90/360``, or over the first of
    ``shown_over`` in which it is whole; REDUCED in lowest terms.
    """

    kind: ColumnKind
    values: Sequence[int | Fraction | None]
    of: int = 1
    shown_over: Sequence[int] = ()


@dataclass(slots=True)
class Rows:
    """A sum of products, one row for each segment: thousands of them, so that they are columns and not objects.

    ``segments`` are the numbers of the item's segments, in the order of the rows.
    """

    factors: Sequence[Column | Money | Rate]
    length: int
    segments: Sequence[int] = ()


Operand = Money | Rate | Number | Part
Operation = Operand | Sum | Difference | Product | Least | Most | Negative | Rows
NOTHING: Final = Number(0)


# --- steps ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence or name by its key in ``messages``; a value that is a phrase is said in the language of the rest."""

    key: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Words:
    """Phrases, names and figures with spaces between them; empty ones are left out."""

    parts: Sequence[object]


@dataclass(frozen=True, slots=True)
class Symbols:
    """The formula of the table, as factors of a product: its facts are named by their titles."""

    factors: Sequence[ex.Node]


@dataclass(frozen=True, slots=True)
class Rounding:
    """How the exact result became the value: DOWN or HALF_UP, to a multiple of ``unit`` fen."""

    mode: str
    unit: int


@dataclass(slots=True)
class WorkedStep:
    """One line of the working. ``no`` is its place in the answer, from 1, and ``id`` occurs once there (``numbered``)."""

    id: str
    label: Said | Words
    formula: Said | Symbols
    working: Operation
    value: Money | Number
    clause: str | Said | None
    rounding: Rounding | None = None
    item_id: str | None = None
    lender: str | None = None
    no: int = 0


def numbered(steps: Sequence[WorkedStep]) -> None:
    """Number steps from 1. An id that occurs again gets #2: a table and the rules of its fund may have the same cap."""
    seen: set[str] = set()
    for no, step in enumerate(steps, 1):
        step.no = no
        if step.id in seen:
            own = step.id
            step.id = next(name for name in (f"{own}#{again}" for again in count(2)) if name not in seen)
        seen.add(step.id)


def value_of(one: Operation) -> Fraction:
    """What an operation comes to, exactly, in 元 where it is an amount.

    >>> value_of(Product([Money(100_000), Part(90, 360)]))
    Fraction(250, 1)
    """
    match one:
        case Money(fen):
            return fen * _FEN
        case Rate(value) | Number(value):
            return Fraction(value)
        case Part(numerator, denominator):
            return Fraction(numerator, denominator)
        case Sum(parts):
            return sum(map(value_of, parts), Fraction(0))
        case Difference(left, right):
            return value_of(left) - value_of(right)
        case Product(factors):
            product = Fraction(1)
            for factor in factors:
                product *= value_of(factor)
            return product
        case Least(parts):
            return min(map(value_of, parts))
        case Most(parts):
            return max(map(value_of, parts))
        case Negative(part):
            return -value_of(part)
        case Rows():
            return sum((_row(one, no) for no in range(one.length)), Fraction(0))
    assert_never(one)


def _row(rows: Rows, no: int) -> Fraction:
    product = Fraction(1)
    for factor in rows.factors:
        if isinstance(factor, Column):
            value = factor.values[no]
            if value is None:
                return Fraction(0)
            product *= Fraction(value) / factor.of * (_FEN if factor.kind == "MONEY" else 1)
        else:
            product *= value_of(factor)
    return product


def amount_of(origin: Origin) -> Fraction:
    """What an operand's origin gives, in 元. A fact is not looked up here."""
    match origin:
        case StepValue(step):
            return value_of(step.value)
        case Share():
            return Fraction(origin.amount()) * _FEN
        case Together(parts):
            return sum(map(amount_of, parts), Fraction(0))
        case Fact():
            raise TypeError("a fact is read from the claim, not from steps")
    assert_never(origin)


def worked(node: ex.Node, of: ex.Lookup, types: Mapping[str, str], pointer: str) -> Operation:
    """An expression of the table as an operation on what its facts are."""
    match node:
        case ex.Negative(part):
            return Negative(worked(part, of, types, pointer))
        case ex.Arithmetic("*", left, right):
            return Product((worked(left, of, types, pointer), worked(right, of, types, pointer)))
        case ex.Arithmetic("+", left, right):
            return Sum((worked(left, of, types, pointer), worked(right, of, types, pointer)))
        case ex.Arithmetic(_, left, right):
            return Difference(worked(left, of, types, pointer), worked(right, of, types, pointer))
        case ex.Extreme("min", parts):
            return Least([worked(part, of, types, pointer) for part in parts])
        case ex.Extreme("max", parts):
            return Most([worked(part, of, types, pointer) for part in parts])
        case ex.Number(value, text, kinds):
            return Rate(value, None, text) if kinds == {ex.RATE} else operand(value, ex.MONEY)
        case ex.Name(name):
            return operand(of(name), types.get(name, ex.RATE), Fact(node, pointer))
        case ex.Call(fn):
            kind = FUNCTIONS[fn].result
            assert kind is not None, "a total over the claim is no amount and no rate of an item"
            return operand(ex.evaluate(node, of), kind, Fact(node, pointer))
        case _:  # pragma: no cover - no condition is an amount or a rate
            raise AssertionError(node)


def operand(value: ex.Value, kind: str, of: Origin | None = None) -> Operand:
    """A value of an expression as an operand of its type; amounts are in 元."""
    assert isinstance(value, Fraction | int), "amounts, rates and counts are numbers"
    if isinstance(value, int):
        return Number(value, of)
    if kind == ex.RATE:
        return Rate(value, of)
    return Money(value * 100, of) if kind == ex.MONEY else Number(value, of)
