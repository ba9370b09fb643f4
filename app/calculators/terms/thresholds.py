"""With which sums of money a table compares each fact: what an amount in the wrong unit is recognised by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from fractions import Fraction

from app.calculators.expressions import nodes as ex
from app.calculators.terms.model import Cap


def thresholds(nodes: Iterable[ex.Node], caps: Iterable[Cap], money: Set[str]) -> dict[str, Fraction]:
    """The smallest sum in 元 with which each fact of ``money`` is compared, or at which a balance is cut off."""
    found: dict[str, Fraction] = {}
    for name, value in (*(pair for node in nodes for pair in _compared(node)), *_balances(caps)):
        if name in money and value > 0:
            found[name] = min(value, found.get(name, value))
    return found


def _compared(node: ex.Node) -> Iterator[tuple[str, Fraction]]:
    for part in ex.walk(node):
        match part:
            case ex.Compare(_, ex.Name(name), ex.Number(value)) | ex.Compare(_, ex.Number(value), ex.Name(name)):
                yield name, value
            case ex.Extreme(_, parts):
                figures = [one.value for one in parts if isinstance(one, ex.Number)]
                yield from ((one.name, min(figures)) for one in parts if isinstance(one, ex.Name) and figures)
            case _:
                pass


def _balances(caps: Iterable[Cap]) -> Iterator[tuple[str, Fraction]]:
    for cap in caps:
        if cap.bounds == "BALANCE" and isinstance(cap.limit, ex.Number):
            yield "balance", cap.limit.value
