"""Words that would say nothing where they stand, and figures that cannot be meant: refused, never ignored.

A window that no fact is held against, a term that nothing tests, a rate of 1.5 where 1.5% was meant: such
a table would load and calculate something else than its notice says.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from app.calculators import expressions as ex
from app.calculators import names as nm
from app.calculators.reader import no_facts
from app.calculators.terms import UNKNOWN, Admit, Cap, Line, Terms, TermsFault

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
        found += [TermsFault(f"lines/{no}", message) for message in _lump(terms, line)]
    found += _codes(terms)
    found += _admitted(terms)
    for cap in terms.caps:
        found += [TermsFault(f"caps/{cap.no}", message) for message in _cap(terms, cap)]
    return found


def _words(terms: Terms) -> Iterator[TermsFault]:
    for facts, words in _ONLY.items():
        for word in words if terms.facts != facts else ():
            if getattr(terms, word) != getattr(_DEFAULT, word):
                yield TermsFault(word.removesuffix("_assumed"), f"只用于 {facts}，对 {terms.facts} 不起作用")
    for kind, window in terms.windows.items():
        known = _WINDOWS[str(terms.facts)]
        if kind not in known:
            yield TermsFault(f"windows/{kind}", f"{terms.facts} 没有这种窗口；可用: {' '.join(sorted(known))}，或在 require 中比较日期")
        if window.tests != "PERIOD" and kind != "interest":
            yield TermsFault(f"windows/{kind}/tests", "只用于 interest；按哪一日期检验写在 of")
    offset = terms.stacking.offset
    if offset is not None and not ex.reads(offset[0]) - {name for name, one in terms.needs.items() if one.of == nm.APPLICANT}:
        yield TermsFault("stacking/offset/less", "应读每一项的事实；项目单位此前所获由请求的 granted 给出")


def _figures(line: Line) -> Iterator[tuple[str, str]]:
    """Constant rates and amounts that no notice can mean."""
    nodes: list[tuple[str, Any, bool]] = [("rate", line.rate, True), ("amount", line.amount, False)]
    for no, band in enumerate(line.bands.pay if line.bands is not None else ()):
        nodes += [(f"bands/pay/{no}/rate", band.rate, True), (f"bands/pay/{no}/amount", band.amount, False)]
    for key, node, is_rate in nodes:
        if not isinstance(node, ex.Node):
            continue
        if is_rate:
            yield from ((key, message) for message in _bare(node))
        if ex.facts_in(node):
            continue
        value = Fraction(ex.evaluate(node, no_facts))
        if value < 0:
            yield key, "不能为负"
        elif is_rate and line.per_day and value > 1:
            yield key, "年贴息率或利息份额超过 100%"


def _bare(node: ex.Node) -> Iterator[str]:
    """A figure above 1 without ``%`` that stands for a rate by itself: 1.5 for 1.5%."""
    for part in (node, *(inner for one in ex.walk(node) if isinstance(one, ex.Extreme) for inner in one.parts)):
        if isinstance(part, ex.Number) and ex.RATE in part.types and part.value > 1 and not {"%", "/"} & set(part.text):
            yield f"{part.text} 是 {part.text} 倍；比例请写作 {part.text}%"


def _lump(terms: Terms, line: Line) -> Iterator[str]:
    """A line of a contract that pays once knows no days; nor may a line beside it choose by days."""
    if terms.facts != "CONTRACTS" or line.per_day:
        return
    wide = (nm.APPLICANT, nm.ITEM)
    if any(other.when_level not in wide for other in terms.lines):
        yield "有一次性给付的行时，各行的 when 不能读随日或随放款变化的事实"
    for one in (*terms.require, *line.require):
        if "interest" in ex.reads(one.that):
            yield f"一次性给付的行没有利息可检验: {one.text}"
        elif one.level not in wide:
            yield f"一次性给付的行不能以随日或随放款变化的事实为条件: {one.text}"


def _codes(terms: Terms) -> Iterator[TermsFault]:
    """A code that the declared values do not have can be sent by nobody."""
    for name, codes in terms.codes.items():
        measure = terms.needs.get(name)
        if measure is not None and measure.values is not None:
            for code in sorted(codes - measure.values.keys()):
                yield TermsFault(f"needs/{name}", f"条件中的代码 {code} 不在 values 中: {' '.join(measure.values)}")


def _admitted(terms: Terms) -> Iterator[TermsFault]:
    """``admitted(CATEGORY)`` of a category that the table does not admit is always zero."""
    admit = terms.admit
    if not isinstance(admit, Admit) or not isinstance(admit.categories, frozenset):
        return
    for code in sorted(terms.categories - admit.categories):
        yield TermsFault("admit/categories", f"admitted({code}) 总为零：类别 {code} 不在 categories 中")


def _cap(terms: Terms, cap: Cap) -> Iterator[str]:
    limit = cap.limit if isinstance(cap.limit, ex.Node) else None
    if cap.bounds == "BALANCE":
        if cap.period != "BATCH" or cap.pool is not None:
            yield "余额限额逐日适用，没有 period 与 pool"
        return
    if cap.room != "DAILY":
        yield "room 只用于余额限额（bounds: BALANCE）"
    if cap.period == "ACCRUAL_YEAR" and terms.facts not in {None, "CONTRACTS"}:
        yield "只有贷款按计息年度分账；其他用 PROGRAM_YEAR"
    if cap.limit is UNKNOWN:
        return
    of_drawdown = {name for name, one in terms.needs.items() if one.of == "DRAWDOWN"} | {"drawn", "drawn_on"}
    read = {name for node in (limit, cap.when) if node is not None for name in ex.reads(node)}
    if read & of_drawdown and not {*cap.per} & {"DRAWDOWN", *of_drawdown}:
        yield f"limit 或 when 读每笔放款的事实（{' '.join(sorted(read & of_drawdown))}），per 须含 DRAWDOWN"
    once = [line.id for line in terms.lines if not line.per_day and (cap.lines is None or line.id in cap.lines)]
    if terms.facts == "CONTRACTS" and once and (cap.period == "ACCRUAL_YEAR" or {*cap.per} & {"DRAWDOWN", *of_drawdown}):
        yield f"一次性给付的行（{' '.join(once)}）没有计息年度与放款；以 lines 限定到按日计算的行"
    if "interest" in read and ("CONTRACT" not in cap.per or {*cap.per} & {"DRAWDOWN", *of_drawdown} or cap.period == "ACCRUAL_YEAR"):
        yield "按利息定的限额是每份合同的限额: per 写 [CONTRACT]，period 不写 ACCRUAL_YEAR"
