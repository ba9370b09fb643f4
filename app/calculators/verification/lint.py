"""Words that would say nothing where they stand, and figures that cannot be meant: refused, never ignored.

A window that no fact is held against, a term that nothing tests, a rate of 1.5 where 1.5% was meant: such
a table would load and calculate something else than its notice says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from app.calculators.bilingual import Phrase
from app.calculators.expressions import nodes as ex
from app.calculators.faults.telling import tell
from app.calculators.terms import builtins as nm
from app.calculators.terms.cap_periods import CAP_PERIODS, USUAL_PERIOD
from app.calculators.terms.field_reader import no_facts
from app.calculators.terms.model import UNKNOWN, Admit, Cap, Line, Terms, TermsFault

_ALIKE = 0.8  # THIRD_PARTY is no misspelling of THIRD_PARTY_LIABILITY
_DEFAULT = Terms(facts=None)
_WINDOWS = {
    "CONTRACTS": {"application", "interest", "event", "contract", "completion"},
    "POLICIES": {"application", "event", "contract"},
    "ITEMS": {"application", "event", "contract", "completion"},
    "PROJECTS": {"application", "event", "contract", "completion", "investment"},
}
_ONLY = {
    "CONTRACTS": ("day_count", "day_count_assumed", "currencies", "exclude_periods", "pay_first"),
    "PROJECTS": ("admit", "other_funding"),
}


def misplaced(terms: Terms) -> list[TermsFault]:
    """All faults of this kind in the terms of a table."""
    found = list(_words(terms))
    for no, line in enumerate(terms.lines):
        found += [TermsFault(f"lines/{no}/{key}", message) for key, message in _figures(line)]
    found += _lump(terms)
    found += _codes(terms)
    found += _misspelt(terms)
    found += _admitted(terms)
    for cap in terms.caps:
        found += [TermsFault(f"caps/{cap.no}/{key}".rstrip("/"), message) for key, message in _cap(terms, cap)]
    return found


def _words(terms: Terms) -> Iterator[TermsFault]:
    for facts, words in _ONLY.items():
        said = [word for word in words if getattr(terms, word) != getattr(_DEFAULT, word)] if terms.facts != facts else []
        for word in dict.fromkeys(word.removesuffix("_assumed") for word in said):
            yield TermsFault(word, tell("WORD_DOES_NOTHING", facts=facts, given=terms.facts))
    for kind, window in terms.windows.items():
        known = _WINDOWS[str(terms.facts)]
        if kind not in known:
            yield TermsFault(f"windows/{kind}", tell("NO_SUCH_WINDOW", facts=terms.facts, words=" ".join(sorted(known))))
        if window.tests != "PERIOD" and kind != "interest":
            yield TermsFault(f"windows/{kind}/tests", tell("TESTS_ONLY_FOR_INTEREST"))
    offset = terms.stacking.offset
    if offset is not None and not ex.reads(offset[0]) - {name for name, one in terms.needs.items() if one.of == nm.APPLICANT}:
        yield TermsFault("stacking/offset/less", tell("READS_FACTS_OF_ITEMS"))


def _figures(line: Line) -> Iterator[tuple[str, Phrase]]:
    """Constant rates and amounts that no notice can mean."""
    nodes: list[tuple[str, Any, bool]] = [("rate", line.rate, True), ("amount", line.amount, False)]
    for no, band in enumerate(line.bands.pay if line.bands is not None else ()):
        nodes += [(f"bands/pay/{no}/rate", band.rate, True), (f"bands/pay/{no}/amount", band.amount, False)]
    for key, node, is_rate in nodes:
        if not isinstance(node, ex.Node):
            continue
        if is_rate:
            yield from ((key, message) for message in _bare(node))
        if is_rate and line.per_day and not ex.facts_in(node) and ex.evaluate(node, no_facts) > 1:
            yield key, tell("ANNUAL_RATE_ABOVE_WHOLE")


def _bare(node: ex.Node) -> Iterator[Phrase]:
    """A figure above 1 without ``%`` that stands for a rate by itself: 1.5 for 1.5%."""
    for part in (node, *(inner for one in ex.walk(node) if isinstance(one, ex.Extreme) for inner in one.parts)):
        if isinstance(part, ex.Number) and ex.RATE in part.types and part.value > 1 and not {"%", "/"} & set(part.text):
            yield tell("BARE_SHARE", figure=part.text)


def _lump(terms: Terms) -> Iterator[TermsFault]:
    """A line of a contract that pays once knows no days; nor may a line beside it choose by days."""
    if terms.facts != "CONTRACTS" or all(line.per_day for line in terms.lines):
        return
    wide = (nm.APPLICANT, nm.ITEM)
    required = [(f"require/{no}/that", one) for no, one in enumerate(terms.require)]
    for no, line in enumerate(terms.lines):
        if line.when_level not in wide:
            yield TermsFault(f"lines/{no}/when", tell("WHEN_READS_CHANGING_FACTS"))
        if not line.per_day:
            required += [(f"lines/{no}/require/{at}/that", one) for at, one in enumerate(line.require)]
    for place, one in required:
        if "interest" in ex.reads(one.that):
            yield TermsFault(place, tell("ONCE_HAS_NO_INTEREST"))
        elif one.level not in wide:
            yield TermsFault(place, tell("ONCE_DEPENDS_ON_CHANGING_FACTS"))


def _conditions(terms: Terms) -> Iterator[tuple[str, ex.Node | None]]:
    """Every condition of the table, with its place."""
    yield from ((f"require/{no}/that", one.that) for no, one in enumerate(terms.require))
    for no, line in enumerate(terms.lines):
        yield f"lines/{no}/when", line.when
        yield from ((f"lines/{no}/require/{at}/that", one.that) for at, one in enumerate(line.require))
    yield from ((f"caps/{cap.no}/when", cap.when) for cap in terms.caps)
    yield "admit/that", terms.admit.that if terms.admit is not None else None
    yield "stacking/single_direction/exempt", terms.stacking.exempt


def _codes(terms: Terms) -> Iterator[TermsFault]:
    """A code that the declared values do not have can be sent by nobody."""
    for place, node in _conditions(terms):
        for name, codes in ({} if node is None else ex.codes_in(node)).items():
            measure = terms.needs.get(name)
            known = codes if measure is None or measure.values is None else measure.values.keys()
            for code in sorted(codes - known):
                yield TermsFault(place, tell("CODE_NOT_DECLARED", name=name, code=code, values=" ".join(known)))


def _misspelt(terms: Terms) -> Iterator[TermsFault]:
    """A code that is nearly one that everybody understands; a table may have others of its own."""
    for place, node in _conditions(terms):
        for name, codes in ({} if node is None else ex.codes_in(node)).items():
            if name in nm.LISTED and name not in terms.needs:
                yield from (TermsFault(place, text) for text in _nearly(name, codes, nm.LISTED[name]))
    admitted = terms.categories
    if terms.admit is not None and isinstance(terms.admit.categories, frozenset):
        admitted |= terms.admit.categories
    yield from (TermsFault("admit/categories", text) for text in _nearly("categories", admitted, nm.INVESTMENT_CATEGORIES))


def _nearly(name: str, codes: Iterable[str], known: Mapping[str, str]) -> Iterator[Phrase]:
    for code in sorted(set(codes) - known.keys()):
        near = get_close_matches(code, known, 1, _ALIKE)
        if near:
            yield tell("MISSPELT_CODE", name=name, code=code, near=near[0], words=" ".join(known))


def _admitted(terms: Terms) -> Iterator[TermsFault]:
    """``admitted(CATEGORY)`` of a category that the table does not admit is always zero."""
    admit = terms.admit
    if not isinstance(admit, Admit) or not isinstance(admit.categories, frozenset):
        return
    for code in sorted(terms.categories - admit.categories):
        yield TermsFault("admit/categories", tell("ADMITTED_ALWAYS_ZERO", code=code))


def _cap(terms: Terms, cap: Cap) -> Iterator[tuple[str, Phrase]]:
    """Words of a cap that its accounts do not have, each with the key at which it stands."""
    if cap.bounds == "BALANCE":
        for key, said in (("period", cap.period != USUAL_PERIOD), ("pool", cap.pool is not None)):
            if said:
                yield key, tell("BALANCE_CAP_OF_EACH_DAY")
        return
    if cap.room != "DAILY":
        yield "room", tell("ROOM_ONLY_FOR_BALANCE")
    if CAP_PERIODS[cap.period].of_accrual_year and terms.facts not in {None, "CONTRACTS"}:
        yield "period", tell("ACCRUAL_YEAR_ONLY_FOR_LOANS")
    if cap.limit is UNKNOWN:
        return
    of_drawdown = {name for name, one in terms.needs.items() if one.of == "DRAWDOWN"} | {"drawn", "drawn_on"}
    by_drawdown = bool({*cap.per} & {"DRAWDOWN", *of_drawdown})
    for key, node in (("limit", cap.limit), ("when", cap.when)):
        read = ex.reads(node) & of_drawdown if isinstance(node, ex.Node) else frozenset()
        if read and not by_drawdown:
            yield key, tell("NEEDS_PER_DRAWDOWN", key=key, facts=" ".join(sorted(read)))
    once = [line.id for line in terms.lines if not line.per_day and (cap.lines is None or line.id in cap.lines)]
    if terms.facts == "CONTRACTS" and once and (CAP_PERIODS[cap.period].of_accrual_year or by_drawdown):
        yield "", tell("ONCE_HAS_NO_YEARS", lines=" ".join(once))
    of_contract = "CONTRACT" in cap.per and not by_drawdown and not CAP_PERIODS[cap.period].of_accrual_year
    if not of_contract and isinstance(cap.limit, ex.Node) and "interest" in ex.reads(cap.limit):
        yield "limit", tell("INTEREST_LIMIT_PER_CONTRACT")
