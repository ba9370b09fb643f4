"""Values that say something and that no part of a table reads: each is a warning, once a field (D81).

Which value of a field says nothing stands beside the field (``claims.model``, ``neutral``); which fields and codes a table reads follows
from its terms. So a new field or a new word of a table needs no case here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from app.calculators.bilingual import Phrase
from app.calculators.claims.model import MARKS, Applicant, Claim, Contract, Investment, Item, Policy, Project
from app.calculators.claims.patterns import MONEY_PATTERN
from app.calculators.expressions import nodes as ex
from app.calculators.quantities import money
from app.calculators.stages.context import Case
from app.calculators.stages.effective_rules import Rules, nodes_of
from app.calculators.terms.model import UNKNOWN

_FACTS: Mapping[str, tuple[type, ...]] = {
    "CONTRACTS": (Contract,),
    "POLICIES": (Policy,),
    "ITEMS": (Item,),
    "PROJECTS": (Project, Investment),
}


@dataclass(frozen=True, slots=True)
class Unread:
    """A field that a table does not read, or of which it reads some codes only."""

    name: str
    what: Phrase
    neutral: Any  # the value that says nothing
    telling: frozenset[str] | None  # of a field that holds codes: those that say something and are not read
    part: str | None  # what holds the code in each entry of a list
    is_money: bool


@dataclass(slots=True)
class _Found:
    """What was found of one field: how often, where first, and what."""

    what: Phrase
    pointer: str
    shown: str
    number: int = 0
    total: int = 0  # fen


@lru_cache(maxsize=1024)
def unread_of(rules: Rules) -> Mapping[type, tuple[Unread, ...]]:
    """Of each kind of object the fields that a table does not read; worked out once for a table."""
    return {of: tuple(_unread(rules, of)) for of in (Applicant, *_FACTS[str(rules.table.terms.facts)])}


def _unread(rules: Rules, of: type) -> Iterator[Unread]:
    by_structure = _read_by_structure(rules, of)
    for one in fields(of):
        told = one.metadata
        codes: frozenset[str] | None = told.get("codes")
        if ("neutral" not in told and codes is None) or one.name in by_structure:
            continue
        telling = None if codes is None else codes - _codes_read(rules, one.name)
        if (telling is None and one.name in rules.reads) or telling == frozenset():
            continue
        what = Phrase(re.split("[（，]", told["title"])[0], one.name)
        yield Unread(
            name=one.name,
            what=what,
            neutral=told.get("neutral"),
            telling=telling,
            part=told.get("part"),
            is_money=told.get("pattern") == MONEY_PATTERN,
        )


def _nodes(rules: Rules) -> Iterator[ex.Node]:
    for layer in (rules.table.terms, *(one.terms for one in rules.overlays)):
        yield from nodes_of(layer)


def _read_by_structure(rules: Rules, of: type) -> frozenset[str]:
    """Fields that parts of the terms read which are no expressions."""
    terms = rules.table.terms
    found: set[str] = set()
    if of is Applicant and any(ex.calls(node, "dishonest_since") for node in _nodes(rules)):
        found.add("dishonesty_records")
    if of is Project and rules.reads_other_funding:
        found.add("other_fiscal_funding")
    if of is Investment and terms.admit is not None:
        # Whether they count is decided either way; where the clause was not seen, nothing reads them.
        found |= {name for name in ("vat", "related_party") if getattr(terms.admit, name) is not UNKNOWN}
    return frozenset(found)


def _codes_read(rules: Rules, name: str) -> frozenset[str]:
    """The codes of a field that a table tells apart; all of them where it reads the field itself."""
    if name == "excluded_periods":
        return rules.table.terms.exclude_periods
    parts = [part for node in _nodes(rules) for part in ex.walk(node)]
    asked = [part.item for part in parts if isinstance(part, ex.Member) and part.among == ex.Name(name)]
    if name in rules.reads and not asked:
        return MARKS
    return frozenset(one.value for one in asked if isinstance(one, ex.Code))


def warn_unread(case: Case) -> None:
    """Warn of each field of the claim that says something and is not read: what it says first, and how often."""
    found: dict[tuple[type, str], _Found] = {}
    unread = unread_of(case.rules)
    for pointer, one in _objects(case.claim):
        for field in unread[type(one)]:
            value = getattr(one, field.name)
            if value is not None and value != field.neutral:
                _note(found, field, type(one), f"{pointer}/{field.name}", value)
    for seen in found.values():
        shown = money.yuan(seen.total) if seen.total else seen.shown
        case.warn("FACT_NOT_READ", seen.pointer, what=case.word(seen.what), number=seen.number, shown=shown)


def _note(found: dict[tuple[type, str], _Found], field: Unread, of: type, pointer: str, value: Any) -> None:
    if field.telling is None:
        said = [(pointer, _shown(value))]
    elif isinstance(value, tuple):
        codes = [one if field.part is None else getattr(one, field.part) for one in value]
        said = [(f"{pointer}/{no}", code) for no, code in enumerate(codes) if code in field.telling]
    else:
        said = [(pointer, value)] if value in field.telling else []
    if not said:
        return
    seen = found.setdefault((of, field.name), _Found(field.what, *said[0]))
    seen.number += len(said)
    if field.is_money:
        seen.total += money.fen(value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(len(value)) if isinstance(value, tuple) else str(value)


def _objects(claim: Claim) -> Iterator[tuple[str, Any]]:
    """Every object of a claim that has marked fields, with its pointer."""
    yield "/applicant", claim.applicant
    for name in ("contracts", "policies", "items", "projects"):
        for no, one in enumerate(getattr(claim, name) or ()):
            yield f"/{name}/{no}", one
            if name == "projects":
                for at, payment in enumerate(one.investments):
                    yield f"/{name}/{no}/investments/{at}", payment
