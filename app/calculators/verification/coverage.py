"""Proof, at load, that the lines of a table leave no gap, no overlap and nothing that can never apply.

The conditions compare facts with constants and with each other, so the space of all facts falls into
finitely many cells (``regions``). One sample for each cell decides all claims in it. The proof is exact,
not a sample of cases (decision D32, D34).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.calculators.bilingual import Phrase
from app.calculators.expressions import nodes as ex
from app.calculators.faults.telling import joined, tell
from app.calculators.terms.cap_periods import APPLICANT_WIDTH, CAP_ACCOUNTS, CAP_PERIODS, DECLARED_WIDTH, account
from app.calculators.terms.code_lists import SUPPORT_METHODS
from app.calculators.terms.field_reader import no_facts
from app.calculators.terms.model import Cap, Line, Terms, TermsFault
from app.calculators.verification.contradictions import contradictions
from app.calculators.verification.lint import misplaced
from app.calculators.verification.regions import Cell, Cells, Key, name, never, say


def prove(terms: Terms, method: str, given_up: Callable[[], bool] = never) -> list[TermsFault]:
    """All faults of the table; none means: no gap, overlap, dead line, unreachable category or loose cap.

    Errors: TooComplex where that would take too long, GivenUp where nobody waits for it.
    """
    faults: list[TermsFault] = []
    if terms.facts is not None:
        faults += _method_fits(terms, method)
        faults += misplaced(terms)
        faults += _lines(terms, given_up)
        faults += contradictions(terms, given_up)
    faults += _caps(terms)
    return faults


def _method_fits(terms: Terms, method: str) -> list[TermsFault]:
    wanted = SUPPORT_METHODS[method].facts
    if terms.facts in wanted:
        return []
    return [TermsFault("facts", tell("FACTS_OF_METHOD", method=method, wanted=joined("OR", wanted), given=terms.facts))]


# --- lines -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Found:
    """What the walk through all cases has seen."""

    applied: set[str] = field(default_factory=set)
    reached: dict[Key, set[Any]] = field(default_factory=dict)
    overlaps: dict[tuple[str, str], Phrase] = field(default_factory=dict)
    gaps: dict[Key, Phrase] = field(default_factory=dict)


def _lines(terms: Terms, given_up: Callable[[], bool]) -> list[TermsFault]:
    cells = Cells(terms, given_up=given_up)
    for line in terms.lines:
        if line.when is not None:
            cells.read(line.when)
    axes = cells.axes()
    found = _Found()
    for cell, lines in _groups(cells, axes, list(terms.lines), {}):
        ordered = {key for line in lines for key in cells.open_keys(line.when, cell)}
        _walk(cells, {key: samples for key, samples in axes.items() if key in ordered}, lines, cell, found)
    faults = [
        TermsFault("lines", tell("OVERLAP", one=one, other=other, where=where))
        for (one, other), where in found.overlaps.items()
    ]
    for no, line in enumerate(terms.lines):
        if line.id not in found.applied:
            before = tell("TAKEN_BEFORE") if terms.choose == "FIRST" else ""
            place = f"lines/{no}" if line.when is None else f"lines/{no}/when"
            faults.append(TermsFault(place, tell("LINE_CAN_NEVER_APPLY", line=line.id, before=before)))
    if terms.facts == "CONTRACTS" and terms.choose == "HIGHEST" and len({line.base if line.per_day else None for line in terms.lines}) > 1:
        faults.append(TermsFault("choose", tell("HIGHEST_OF_ONE_BASE")))
    faults += _unreached(terms, axes, found.reached)
    return faults + [TermsFault("lines", tell("GAP", axis=name(key), where=where)) for key, where in found.gaps.items()]


def _groups(cells: Cells, axes: Mapping[Key, list[Any]], lines: list[Line], cell: Cell) -> Iterator[tuple[Cell, list[Line]]]:
    """The cases of codes and of true or false, as far as they decide a line; with the lines that are left in each.

    Twelve categories, each with a ladder in its own measure, are twelve small proofs and not their product.
    """
    cells.spend(1)
    alive = []
    for line in lines:
        decided = cells.decided(line.when, cell)
        if decided is not False:
            alive.append(line)
        if decided and cells.terms.choose == "FIRST":
            break
    still = {key for line in alive for key in cells.open_keys(line.when, cell) if not cells.is_ordered(key)}
    if not still:
        yield cell, alive
        return
    key = next(key for key in sorted(axes, key=lambda key: cells.kinds[key] != ex.CODE) if key in still)
    for value in axes[key]:
        yield from _groups(cells, axes, alive, {**cell, key: value})


def _walk(cells: Cells, axes: Mapping[Key, list[Any]], lines: list[Line], group: Cell, found: _Found) -> None:
    """Every case of numbers and dates within a group."""
    choose = cells.terms.choose
    covered: dict[tuple[Any, ...], bool] = {}
    for values, cell in cells.cases(axes, group):
        cells.spend(1 + len(axes))
        holding = [line for line in lines if cells.decided(line.when, cell)]
        covered[values] = bool(holding)
        if not holding:
            continue
        for key, value in cell.items():
            found.reached.setdefault(key, set()).add(value)
        if choose == "FIRST":
            found.applied.add(holding[0].id)
            continue
        found.applied.update(line.id for line in holding)
        if choose == "ONLY" and len(holding) > 1:
            found.overlaps.setdefault((holding[0].id, holding[1].id), say(cell))
    _gaps(axes, covered, group, found)


def _unreached(terms: Terms, axes: Mapping[Key, list[Any]], reached: Mapping[Key, set[Any]]) -> Iterator[TermsFault]:
    for key in axes:
        measure = terms.needs.get(key) if isinstance(key, str) else None
        if measure is None or measure.values is None:
            continue
        for code in measure.values:
            if code not in reached.get(key, ()):
                yield TermsFault(f"needs/{measure.name}", tell("CODE_WITHOUT_LINE", code=code))


def _gaps(axes: Mapping[Key, list[Any]], covered: Mapping[tuple[Any, ...], bool], group: Cell, found: _Found) -> None:
    """A stretch of a number or date that no line covers, between two that lines cover."""
    for at, key in enumerate(axes):
        stretches: dict[tuple[Any, ...], list[tuple[Any, bool]]] = {}
        for values, holds in covered.items():  # in the order of the samples; cases that cannot exist are not there
            stretches.setdefault((*values[:at], *values[at + 1 :]), []).append((values[at], holds))
        for others, stretch in stretches.items():
            line = [holds for _, holds in stretch]
            if True not in line or key in found.gaps:
                continue
            first, last = line.index(True), len(line) - 1 - line[::-1].index(True)
            if False in line[first:last]:
                hole = stretch[line.index(False, first)][0]
                keys = [other for other in axes if other != key]
                found.gaps[key] = say({key: hole, **group, **dict(zip(keys, others, strict=True))})


# --- caps ------------------------------------------------------------------------------------------


def _width(cap: Cap) -> tuple[int, int]:
    widths = [DECLARED_WIDTH if (row := account(part)) is None else row.width for part in cap.per]
    if cap.lines is not None:
        widths.append(CAP_ACCOUNTS["LINE"].width)
    return min(widths, default=APPLICANT_WIDTH), CAP_PERIODS[cap.period].width


def _caps(terms: Terms) -> list[TermsFault]:
    """Caps stand narrower before wider (D39), none is negative, and balance caps bound contracts only."""
    faults = []
    for bounds in ("AMOUNT", "BALANCE"):
        ordered = [cap for cap in terms.caps if cap.bounds == bounds]
        for before, after in itertools.pairwise(ordered):
            (a, a_period), (b, b_period) = _width(before), _width(after)
            if a > b or (a == b and a_period > b_period):
                faults.append(TermsFault(f"caps/{after.no}", tell("CAPS_OUT_OF_ORDER")))
    for cap in terms.caps:
        if cap.bounds == "BALANCE" and terms.facts != "CONTRACTS":
            faults.append(TermsFault(f"caps/{cap.no}/bounds", tell("NO_BALANCE_TO_CAP")))
        if isinstance(cap.limit, ex.Node) and not ex.facts_in(cap.limit):
            limit = ex.evaluate(cap.limit, no_facts)
            if limit <= 0:
                faults.append(TermsFault(f"caps/{cap.no}/limit", tell("LIMIT_ZERO")))
    return faults
