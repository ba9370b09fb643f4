"""The facts of a claim in normal form (D88): every list in order, rates by value, defaults that follow from other facts filled in.

What a class of facts holds is read from ``claims.model`` once, so a new list or rate there is in order here too. What is in order
already is not made anew, and a list of one entry is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, is_dataclass, replace
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import msgspec

from app.calculators.claims import model as facts
from app.calculators.claims import patterns
from app.calculators.expressions import nodes as ex
from app.calculators.loans.repayment_plans import usual_day
from app.calculators.quantities.day_counts import USUAL
from app.calculators.terms.model import Measure, RateTable

Places = dict[str, list[int]]
"""Where the entries of a list (by its pointer in the sorted claim) stood in the request."""

_ROW: Final = msgspec.json.Encoder(order="deterministic")
_RATES: Final = (patterns.RATE_PATTERN, patterns.SPREAD_PATTERN)
_DECIMAL: Final = re.compile(r"(-?[0-9]+\.[0-9]*?)0+")

# By which a list is put in order; one that is not here goes by all fields of its entries, in the order in which they are declared.
_IDS: Final[dict[Any, Callable[[Any], Any]]] = {
    facts.Contract: attrgetter("contract_no", "lender"),
    facts.Policy: attrgetter("policy_no"),
    facts.Item: attrgetter("item_id"),
    facts.Project: attrgetter("project_id"),
    facts.Drawdown: attrgetter("drawdown_no"),
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A field of a class of facts that has a normal form: a list, an object, or a rate."""

    name: str
    spelled: str  # in pointers
    is_list: bool = False
    is_rate: bool = False
    is_plain: bool = False  # the entries of the list, or the object, have nothing inside that has a normal form


def _kinds(hint: Any) -> list[Any]:
    """The classes of facts that a field can hold."""
    if get_origin(hint) in (tuple, Union, UnionType):
        return [kind for part in get_args(hint) for kind in _kinds(part)]
    return [hint] if is_dataclass(hint) else []


def _is_list(hint: Any) -> bool:
    return get_origin(hint) is tuple or any(get_origin(part) is tuple for part in get_args(hint))


@lru_cache
def _parts(kind: Any) -> tuple[_Part, ...]:
    found = []
    hints = get_type_hints(kind)
    for name, field in kind.__dataclass_fields__.items():
        hint, spelled = hints[name], field.metadata.get("alias", name)
        if hint is NoneType:
            continue
        plain = not any(_parts(inner) or inner in _FOLLOWS for inner in _kinds(hint))
        if _is_list(hint):
            found.append(_Part(name, spelled, is_list=True, is_plain=plain))
        elif _kinds(hint) and not plain:
            found.append(_Part(name, spelled))
        elif field.metadata.get("pattern") in _RATES:
            found.append(_Part(name, spelled, is_rate=True))
    return tuple(found)


@lru_cache
def _plan(kind: Any) -> tuple[tuple[_Part, ...], Callable[[Any], tuple[Any, ...]], Callable[[Any], Any] | None]:
    """The parts of a class of facts, a reader of all of them at once, and what follows from other fields."""
    parts = _parts(kind)
    names = [part.name for part in parts]
    values_of: Callable[[Any], Any]
    match names:
        case []:
            values_of = _nothing
        case [name]:
            values_of = _one(attrgetter(name))
        case _:
            values_of = attrgetter(*names)
    return parts, values_of, _FOLLOWS.get(kind)


def _nothing(_: Any) -> tuple[Any, ...]:
    return ()


def _one(value_of: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda row: (value_of(row),)


def _voucher(row: facts.InterestVoucher) -> facts.InterestVoucher:
    return replace(row, paid_on=row.until) if row.paid_on is None else row


_FOLLOWS: Final[dict[Any, Callable[[Any], Any]]] = {facts.InterestVoucher: _voucher}
"""Defaults that follow from another field of the same object."""


def in_order(claim: facts.Claim) -> tuple[facts.Claim, Places]:
    """Return the claim in normal form, and where the entries that moved stood in the request."""
    places: Places = {}
    return _row(claim, "", places), places


def _row(row: Any, pointer: str, places: Places) -> Any:
    kind: Any = type(row)
    parts, values_of, follows = _plan(kind)
    changes: dict[str, Any] = {}
    for part, value in zip(parts, values_of(row), strict=True):
        if not value or (part.is_list and part.is_plain and len(value) == 1):
            continue
        made: Any
        if part.is_rate:
            made = by_value(value)
        elif part.is_list:
            made = _list(value, part, f"{pointer}/{part.spelled}", places)
        else:
            made = _row(value, f"{pointer}/{part.spelled}", places)
        if made is not value:
            changes[part.name] = made
    if changes:
        row = replace(row, **changes)
    return row if follows is None else follows(row)


def _list(rows: Sequence[Any], part: _Part, pointer: str, places: Places) -> Sequence[Any]:
    """The entries in order; what is inside them is put in order first, for it may decide the order of the list."""
    made = rows
    if len(rows) == 1:
        only = _row(rows[0], f"{pointer}/0", places)
        return rows if only is rows[0] else (only,)
    if not part.is_plain:
        inner: list[tuple[Any, Places]] = []
        for row in rows:
            own: Places = {}
            inner.append((_row(row, "", own), own))
        made = tuple(row for row, _ in inner)
        if all(one is other for one, other in zip(made, rows, strict=True)):
            made = rows
    order: Sequence[int] = range(len(rows))
    key: Callable[[Any], Any] = _IDS.get(type(rows[0]), _ROW.encode)
    keys = [key(row) for row in made]
    if any(later < before for before, later in pairwise(keys)):
        order = sorted(order, key=keys.__getitem__)
        places[pointer] = order
        made = tuple(made[place] for place in order)
    if not part.is_plain:
        for no, place in enumerate(order):
            for where, moved in inner[place][1].items():
                places[f"{pointer}/{no}{where}"] = moved
    return made


def by_value(text: str) -> str:
    """A decimal without zeros that say nothing; what is no decimal with such zeros stays as it is.

    >>> by_value("0.03850"), by_value("1.00"), by_value("0.0385"), by_value("100")
    ('0.0385', '1', '0.0385', '100')
    """
    if not text.endswith("0"):
        return text
    found = _DECIMAL.fullmatch(text)
    return text if found is None else found[1].removesuffix(".")


# --- measures ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _numbers(table: RateTable) -> dict[str, Measure]:
    """The declared facts of a table and its overlays whose text has a value: rates and quantities."""
    layers = (table.terms, *(one.terms for one in table.overlays))
    return {name: one for layer in layers for name, one in layer.needs.items() if one.type in (ex.RATE, ex.QUANTITY)}


def with_measures_by_value(claim: facts.Claim, table: RateTable) -> facts.Claim:
    """The claim with the rates and quantities among its measures written by their value, and in order again."""
    numbers = _numbers(table)
    if not numbers:
        return claim
    made = _measured(claim, numbers)
    return claim if made is claim else in_order(made)[0]


def with_defaults(claim: facts.Claim) -> facts.Claim:
    """The claim with what its contracts leave to custom written out: to say it or to leave it out is one calculation."""
    if claim.contracts is None:
        return claim
    return replace(claim, contracts=tuple(map(_written_out, claim.contracts)))


def _written_out(contract: facts.Contract) -> facts.Contract:
    drawdowns = contract.drawdowns
    if any(one.repayment_plan is not None for one in drawdowns):
        drawdowns = tuple(replace(one, repayment_plan=_planned(one.repayment_plan)) for one in drawdowns)
    plan, day_count = _planned(contract.repayment_plan), contract.day_count or USUAL
    if (plan, day_count, drawdowns) == (contract.repayment_plan, contract.day_count, contract.drawdowns):
        return contract
    return replace(contract, day_count=day_count, repayment_plan=plan, drawdowns=drawdowns)


def _planned(plan: facts.RepaymentPlan | None) -> facts.RepaymentPlan | None:
    return plan if plan is None or plan.day is not None else replace(plan, day=usual_day(plan))


def _measured(row: Any, numbers: dict[str, Measure]) -> Any:
    changes: dict[str, Any] = {}
    for name, field in type(row).__dataclass_fields__.items():
        value = getattr(row, name)
        if name == "measures":
            made: Any = {key: _number(numbers[key], one) if key in numbers else one for key, one in value.items()}
            if made == value:
                continue
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            made = tuple(_measured(one, numbers) for one in value)
            if all(one is other for one, other in zip(made, value, strict=True)):
                continue
        elif name == "applicant":
            made = _measured(value, numbers)
            if made is value:
                continue
        else:
            continue
        if field.init:
            changes[name] = made
    return replace(row, **changes) if changes else row


def _number(measure: Measure, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return by_value(value.removesuffix(f" {measure.unit}") if measure.type == ex.QUANTITY else value)
