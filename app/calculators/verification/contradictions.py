"""What a table asks for and nobody can have: requirements that contradict each other, lines that they exclude, caps below all amounts.

The search ends at the first facts that meet all conditions, and gives up, finding nothing wrong, where that takes too long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from app.calculators.expressions import nodes as ex
from app.calculators.faults.telling import tell
from app.calculators.quantities.money import decimal_text
from app.calculators.terms.field_reader import no_facts
from app.calculators.terms.model import Line, Terms, TermsFault
from app.calculators.verification.regions import MAX_STEPS, Cell, Cells, Key, TooComplex, never

STEPS: Final = 50_000  # a tenth of a proof; where facts exist, a few hundred find them


def contradictions(terms: Terms, given_up: Callable[[], bool] = never) -> Iterator[TermsFault]:
    """The faults of this kind. Errors: GivenUp."""
    yield from _above_caps(terms)
    cells = Cells(terms, given_up=given_up, spent=MAX_STEPS - STEPS)
    required = [one.that for one in terms.require]
    everywhere = [line.when for line in terms.lines if line.when is not None] + [one.that for line in terms.lines for one in line.require]
    for node in (*required, *everywhere):
        cells.read(node)
    axes = cells.axes()
    try:
        if not _together(cells, required, axes, {}):
            yield TermsFault("require", tell("REQUIREMENTS_CONTRADICT"))
            return
        for no, line in enumerate(terms.lines):
            yield from _excluded(cells, axes, no, line, required)
    except TooComplex:
        return


def _excluded(cells: Cells, axes: Mapping[Key, list[Any]], no: int, line: Line, required: list[ex.Node]) -> Iterator[TermsFault]:
    """A line that could apply, but not to anybody who meets what is required."""
    when = [] if line.when is None else [line.when]
    own = [one.that for one in line.require]
    if not (own or required) or not _together(cells, when, axes, {}):
        return  # one whose own condition cannot hold is told as such
    if own and not _together(cells, when + own, axes, {}):
        yield TermsFault(f"lines/{no}/require", tell("LINE_CONTRADICTS_ITSELF", line=line.id))
    elif not _together(cells, when + own + required, axes, {}):
        yield TermsFault(f"lines/{no}", tell("LINE_CONTRADICTS_TABLE", line=line.id))


def _together(cells: Cells, nodes: Sequence[ex.Node], axes: Mapping[Key, list[Any]], cell: Cell) -> bool:
    """Whether some case meets all conditions. Errors: TooComplex, GivenUp."""
    cells.spend(1 + len(axes))
    decided = [cells.decided(node, cell) for node in nodes]
    if False in decided:
        return False
    undecided = [node for node, known in zip(nodes, decided, strict=True) if known is None]
    if not undecided:
        return cells.possible(cell)
    left = cells.open_keys(undecided[0], cell)
    key = next(key for key in axes if key in left)
    return any(_together(cells, undecided, axes, {**cell, key: value}) for value in axes[key])


# --- amounts -------------------------------------------------------------------------------------------


def _above_caps(terms: Terms) -> Iterator[TermsFault]:
    """A cap below every fixed amount that it bounds, so that none is ever paid: 50万 for 500万. The top rungs of a ladder may lie above."""
    for cap in terms.caps:
        limit = _constant(cap.limit)
        if cap.bounds != "AMOUNT" or cap.when is not None or limit is None or limit <= 0:
            continue
        amounts = [_constant(line.amount) for line in terms.lines if cap.lines is None or line.id in cap.lines]
        least = min((amount for amount in amounts if amount is not None), default=None)
        if least is not None and None not in amounts and least > limit:
            text = tell("CAP_BELOW_AMOUNTS", limit=decimal_text(limit), least=decimal_text(least))
            yield TermsFault(f"caps/{cap.no}/limit", text)


def _constant(node: Any) -> Fraction | None:
    if not isinstance(node, ex.Node) or ex.facts_in(node):
        return None
    return Fraction(ex.evaluate(node, no_facts))
