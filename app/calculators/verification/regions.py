"""The cases that the conditions of a table can tell apart: finitely many, one sample for each.

Every comparison is brought to one axis against one constant, so that ``base_amount - vat < 1000`` and
``base_amount - vat >= 1000`` meet, and ``matures_on < months_after(signed_on, 12)`` lies below
``… months_after(signed_on, 36)``. An axis falls into its constants and the stretches between them; a
code into its named values and "any other"; anything else into true and false. Whether a case that mixes
several sums can exist at all (``sales < 130% * before`` beside ``sales >= 150% * before``) is decided by
elimination over exact rationals, with money, counts and quantities never below zero.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from typing import Any

from app.calculators.bilingual import Phrase, same
from app.calculators.expressions import nodes as ex
from app.calculators.expressions.types import infer
from app.calculators.faults.telling import FaultError, joined, tell
from app.calculators.quantities.money import decimal_text
from app.calculators.terms.model import Terms

OTHER = "（其他）"
MAX_STEPS = 500_000  # of a proof, mostly comparisons, so that none takes longer than about a second
LOOK_EVERY = 5_000  # steps somebody looks whether anybody still waits for the proof
NOT_NEGATIVE = {ex.MONEY, ex.COUNT, ex.QUANTITY}

Key = Hashable
Cell = Mapping[Key, Any]
Form = dict[str, Fraction]  # names (or texts that are no sums) to their coefficients; "" is the constant
Row = tuple[Form, bool]  # a sum that is above zero (True) or at least zero (False)


class GivenUp(Exception):
    """Nobody waits for the proof any more."""


def never() -> bool:
    """Somebody waits for the proof to the end."""
    return False


class TooComplex(FaultError):
    """The conditions have more cases than a proof may look at."""

    def __init__(self) -> None:
        super().__init__(tell("TOO_COMPLEX", most=MAX_STEPS))


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison: where an axis lies against a constant."""

    key: Key
    op: str
    constant: Any

    def holds(self, cell: Cell) -> bool:
        """Whether it holds in a case."""
        return ex.compare(self.op, cell[self.key], self.constant)


@dataclass(slots=True)
class Cells:
    """The axes of a table's conditions, and the samples on each."""

    terms: Terms
    kinds: dict[Key, str] = field(default_factory=dict)
    constants: dict[Key, set[Any]] = field(default_factory=dict)
    tests: dict[ex.Node, Comparison | bool] = field(default_factory=dict)
    known: dict[tuple[Any, ...], bool] = field(default_factory=dict)
    given_up: Callable[[], bool] = never
    spent: int = 0
    looked: int = 0

    def spend(self, steps: int) -> None:
        """Count the work of the proof. Errors: TooComplex, GivenUp."""
        self.spent += steps
        if self.spent > MAX_STEPS:
            raise TooComplex
        if self.spent - self.looked >= LOOK_EVERY:
            self.looked = self.spent
            if self.given_up():
                raise GivenUp

    def read(self, node: ex.Node) -> None:
        """Note every fact of a condition, with the constants that it is compared with."""
        match node:
            case ex.Logic(_, parts):
                for part in parts:
                    self.read(part)
            case ex.Not(part):
                self.read(part)
            case _:
                self.tests[node] = test = self._test(node)
                if isinstance(test, Comparison):
                    constants = test.constant if isinstance(test.constant, tuple) else (test.constant,)
                    self.constants.setdefault(test.key, set()).update(constants)

    def decided(self, node: ex.Node | None, cell: Cell) -> bool | None:
        """Whether a condition holds in a case, which may leave axes open; None where these decide."""
        match node:
            case None:
                return True
            case ex.Logic(op, parts):
                decisive = op == "or"
                found = {self.decided(part, cell) for part in parts}
                return decisive if decisive in found else None if None in found else not decisive
            case ex.Not(part):
                inner = self.decided(part, cell)
                return None if inner is None else not inner
            case _:
                self.spend(1)  # each line is asked for each case, so this is lines × comparisons × cases
                test = self.tests[node]
                return test if isinstance(test, bool) else test.holds(cell) if test.key in cell else None

    def open_keys(self, node: ex.Node | None, cell: Cell) -> set[Key]:
        """The axes that still decide a condition."""
        if node is None or self.decided(node, cell) is not None:
            return set()
        if isinstance(node, ex.Logic):
            return {key for part in node.parts for key in self.open_keys(part, cell)}
        if isinstance(node, ex.Not):
            return self.open_keys(node.part, cell)
        test = self.tests[node]
        return {test.key} if isinstance(test, Comparison) else set()

    def cases(self, axes: Mapping[Key, list[Any]], group: Cell) -> Iterator[tuple[tuple[Any, ...], Cell]]:
        """Every case of some axes within a group, left out where sums contradict each other."""
        if not axes:
            yield (), group
            return
        (key, samples), *rest = axes.items()
        for value in samples:
            self.spend(1)
            cell = {**group, key: value}
            if self.possible(cell):
                for values, whole in self.cases(dict(rest), cell):
                    yield (value, *values), whole

    def is_ordered(self, key: Key) -> bool:
        """Whether an axis is a number or a date, so that it can have gaps."""
        return self.kinds[key] not in {ex.CODE, ex.BOOLEAN}

    def axes(self) -> dict[Key, list[Any]]:
        """The samples on each axis, in order."""
        return {key: self._samples(key) for key in self.constants}

    # --- comparisons

    def _test(self, node: ex.Node) -> Comparison | bool:
        match node:
            case ex.Compare(op, left, right):
                return self._comparison(op, left, right)
            case ex.Member(ex.Name(name), tuple() as among):
                return self._axis(name, ex.CODE, "in", among)
            case ex.Name(name):
                return self._axis(name, ex.BOOLEAN, "==", True)
            case _:
                return self._axis(("is", ex.plain(node)), ex.BOOLEAN, "==", True)

    def _axis(self, key: Key, kind: str, op: str, constant: Any) -> Comparison:
        self.kinds[key] = kind
        return Comparison(key, op, constant)

    def _comparison(self, op: str, left: ex.Node, right: ex.Node) -> Comparison | bool:
        if not ex.facts_in(left) and ex.facts_in(right):
            op, left, right = ex.MIRRORED[op], right, left
        kinds = infer(left, self.terms.types) & infer(right, self.terms.types)
        if kinds <= {ex.CODE, ex.BOOLEAN} and (ex.facts_in(right) or not isinstance(left, ex.Name)):
            return self._axis(("is", ex.plain(ex.Compare("==", left, right))), ex.BOOLEAN, op, True)
        if kinds <= {ex.CODE, ex.BOOLEAN}:
            return self._axis(str(getattr(left, "name", "")), ex.CODE, op, ex.evaluate(right, _never))
        if kinds == {ex.DATE}:
            return self._dates(op, left, right)
        return self._sums(op, left, right)

    def _dates(self, op: str, left: ex.Node, right: ex.Node) -> Comparison | bool:
        """Two dates lie some months apart: ``months_after`` of one never overtakes that of more months."""
        if not ex.facts_in(left):
            return ex.compare(op, ex.evaluate(left, _never), ex.evaluate(right, _never))
        if not ex.facts_in(right):
            key: Key = left.name if isinstance(left, ex.Name) else ("date", ex.plain(left))
            return self._axis(key, ex.DATE, op, ex.evaluate(right, _never))
        match left, right:
            case _, ex.Call("months_after", (start, months)) if not ex.facts_in(months):
                return self._months(op, left, start, months)
            case ex.Call("months_after", (start, months)), _ if not ex.facts_in(months):
                return self._months(ex.MIRRORED[op], right, start, months)
            case _:
                return self._axis(("months", ex.plain(left), ex.plain(right)), ex.NUMBER, op, Fraction(0))

    def _months(self, op: str, day: ex.Node, start: ex.Node, months: ex.Node) -> Comparison:
        return self._axis(("months", ex.plain(day), ex.plain(start)), ex.NUMBER, op, ex.evaluate(months, _never))

    def _sums(self, op: str, left: ex.Node, right: ex.Node) -> Comparison | bool:
        form = _form(ex.Arithmetic("-", left, right))
        constant = -form.pop("", Fraction(0))
        form = {name: factor for name, factor in sorted(form.items()) if factor}
        if not form:
            return ex.compare(op, Fraction(0), constant)
        first = next(iter(form.values()))
        if first < 0:
            op = ex.MIRRORED[op]
        constant *= 1 / first
        form = {name: factor * (1 / first) for name, factor in form.items()}
        kinds = {self.terms.types.get(name, ex.NUMBER) for name in form}
        whole = all(factor.denominator == 1 for factor in form.values())
        kind = ex.COUNT if kinds == {ex.COUNT} and whole else ex.NUMBER
        if len(form) == 1:
            return self._axis(next(iter(form)), kind, op, constant)
        return self._axis(("sum", tuple(form.items())), kind, op, constant)

    # --- samples

    def _samples(self, key: Key) -> list[Any]:
        kind, constants = self.kinds[key], self.constants[key]
        if kind == ex.BOOLEAN:
            return [False, True]
        if kind == ex.CODE:
            measure = self.terms.needs.get(str(key))
            declared = measure.values if measure is not None else None
            return sorted(set(declared or ()) | constants) + ([] if declared else [OTHER])
        points = sorted(constants)
        if kind == ex.DATE:
            one = timedelta(days=1)
            return sorted({day for point in points for day in (point - one, point, point + one)})
        if kind == ex.COUNT:
            around = {Fraction(near) for point in points for near in (-(-point // 1) - 1, point, point // 1 + 1)}
            return sorted(value for value in around if value >= 0 or not isinstance(key, str))
        between = [(a + b) / 2 for a, b in itertools.pairwise(points)]  # exact: Fraction
        below = [points[0] / 2 if points[0] > 0 else points[0] - 1]
        return sorted({*below, *points, *between, points[-1] + 1})

    # --- which cases can exist

    def possible(self, cell: Cell) -> bool:
        """Whether any facts make up a case; asked only where several sums might contradict each other."""
        numbers = {key: value for key, value in cell.items() if isinstance(value, Fraction) and not _is_months(key)}
        if not any(isinstance(key, tuple) for key in numbers):
            return True
        known = tuple(numbers.items())
        if known not in self.known:
            rows = [row for key, value in numbers.items() for row in self._rows(key, value)]
            names = {name for form, _ in rows for name in form if name}
            rows += [({name: Fraction(1)}, False) for name in names if self.terms.types.get(name) in NOT_NEGATIVE]
            self.known[known] = _solvable(rows, self.spend)
        return self.known[known]

    def _rows(self, key: Key, value: Fraction) -> Iterable[Row]:
        """An axis lies on one of its constants, or strictly between two."""
        form: Form = {key: Fraction(1)} if isinstance(key, str) else dict(key[1])  # type: ignore[index]
        minus: Form = {name: -factor for name, factor in form.items()}
        points = self.constants[key]
        low = max((point for point in points if point <= value), default=None)
        high = min((point for point in points if point >= value), default=None)
        if low is not None:
            yield {**form, "": -low}, low != value
        if high is not None:
            yield {**minus, "": high}, high != value


def _is_months(key: Key) -> bool:
    return isinstance(key, tuple) and key[0] == "months"


def _never(key: Any) -> Any:  # pragma: no cover - constants read no facts
    raise AssertionError(key)


def _form(node: ex.Node) -> Form:
    """A sum as its names with their coefficients; what is no sum (a product of facts, min, max) stands as one name."""
    if not ex.facts_in(node):
        return {"": Fraction(ex.evaluate(node, _never))}
    match node:
        case ex.Negative(part):
            return {name: -factor for name, factor in _form(part).items()}
        case ex.Arithmetic("*", left, right) if not (ex.facts_in(left) and ex.facts_in(right)):
            if ex.facts_in(left):
                left, right = right, left
            times = Fraction(ex.evaluate(left, _never))
            return {name: factor * times for name, factor in _form(right).items()}
        case ex.Arithmetic("+" | "-" as op, left, right):
            found, other = _form(left), _form(right)
            for name, factor in other.items():
                found[name] = found.get(name, Fraction(0)) + (factor if op == "+" else -factor)
            return found
        case _:
            return {ex.plain(node): Fraction(1)}


def _tightest(rows: Iterable[Row]) -> list[Row]:
    """Of rows that bound the same sum, the one that bounds it most."""
    found: dict[tuple[Any, ...], tuple[Fraction, bool]] = {}
    for form, strict in rows:
        parts = sorted((name, factor) for name, factor in form.items() if name and factor)
        scale = 1 / abs(parts[0][1]) if parts else Fraction(1)
        key = tuple((name, factor * scale) for name, factor in parts)
        bound = (form.get("", Fraction(0)) * scale, not strict)
        found[key] = min(found.get(key, bound), bound)
    return [({**dict(key), "": constant}, not at_least) for key, (constant, at_least) in found.items()]


def _solvable(rows: list[Row], spend: Callable[[int], None]) -> bool:
    """Whether inequalities have a common solution: names are eliminated one by one (Fourier and Motzkin)."""
    names = {name for form, _ in rows for name in form if name}
    for name in sorted(names):
        rows = _tightest(rows)
        above = [row for row in rows if row[0].get(name, 0) > 0]
        below = [row for row in rows if row[0].get(name, 0) < 0]
        rows = [row for row in rows if not row[0].get(name)]
        spend(20 * (len(above) + len(below) + len(rows)) + 40 * len(above) * len(below))  # sums of fractions cost more than comparisons
        for (one, one_strict), (other, other_strict) in itertools.product(above, below):
            a, b = one[name], -other[name]
            form = {key: one.get(key, Fraction(0)) * b + other.get(key, Fraction(0)) * a for key in {*one, *other} - {name}}
            rows.append((form, one_strict or other_strict))
    return all(form.get("", Fraction(0)) > 0 or (not strict and form.get("", Fraction(0)) == 0) for form, strict in rows)


# --- texts -----------------------------------------------------------------------------------------


def say(cell: Cell) -> Phrase:
    """A case as an official reads it."""
    return joined("COMMA", [_case(name(key), value) for key, value in cell.items()]) if cell else tell("ANY_CASE")


def _case(axis: Phrase, value: Any) -> Phrase:
    if isinstance(value, bool):
        return tell("HOLDS" if value else "HOLDS_NOT", what=axis)
    if value == OTHER:
        return tell("IS", what=axis, value=tell("OTHERS"))
    return tell("IS", what=axis, value=decimal_text(value) if isinstance(value, Fraction) else value)


def name(key: Key) -> Phrase:
    """What an axis is called."""
    match key:
        case ("months", day, start):
            return tell("MONTHS_BETWEEN", day=day, start=start)
        case ("sum", tuple(parts)):
            return same(" ".join(_term(of, factor) for of, factor in parts).removeprefix("+ "))
        case (_, text):
            return same(text)
        case _:
            return same(key)


def _term(of: str, factor: Fraction) -> str:
    times = "" if abs(factor) == 1 else f"{decimal_text(abs(factor))} * "
    return f"{'-' if factor < 0 else '+'} {times}{of}"
