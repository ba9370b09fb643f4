"""What terms say otherwise than the clause beside it: figures that it does not contain, and words that mean something else.

A doubt is a warning and refuses nothing: a clause may say a figure in words that are not read here. Who types the terms answers it
with a reason, ``clause_note``; for versions that were published before there was such a key, ``explained.yaml`` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

from app.calculators.expressions import nodes as ex
from app.calculators.expressions.parser import parse
from app.calculators.terms.cap_periods import USUAL_PERIOD, CapPeriodName
from app.tables.files.clause_figures import Clause, Figure, Kind, named, read_clause
from app.tables.files.yaml_reader import read

MAX_DOUBTS = 100  # of one content
MAX_PARTS = 200  # of one list: more is refused when terms are read
MAX_NOTE = 1_000  # characters of a reason that are shown
_HOLDERS: Final = ("version", "versions", "directions", "funds", "overlays")  # keys on the way to ``terms``
_MAX_DEPTH: Final = 8
_MAX_QUOTED: Final = 60  # characters of a text in a message
_EXPLAINED: Final = Path(__file__).resolve().parents[1] / "explained.yaml"
_NEGATED: Final = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
_RULES: Final = ("single_direction", "offset")


@dataclass(frozen=True, slots=True)
class Doubt:
    """One disagreement: its place, what it is about (a figure or word as it was typed), and the reason that was given for it."""

    place: str
    about: str
    zh: str
    en: str
    clause: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class _Word:
    """Words of a clause, and the periods of a cap that they allow."""

    pattern: re.Pattern[str]
    allowed: frozenset[CapPeriodName]


_PERIODS: Final = (  # the first that a clause has decides: 年度累计 speaks of the year
    _Word(re.compile("每年|每一年|年度|当年"), frozenset({"PROGRAM_YEAR", "ACCRUAL_YEAR", "CALENDAR_YEAR", "unknown"})),
    _Word(re.compile("本批次|每批次"), frozenset({"BATCH", "unknown"})),
    _Word(re.compile("累计"), frozenset({"LIFETIME", "unknown"})),
)
_WITHOUT_TAX: Final = re.compile("(不含|不包括|剔除|扣除)(增值)?税")
_WITH_TAX: Final = re.compile("(?<!不)含(增值)?税")
_CEILING: Final = re.compile("不超过|不高于|最高|最多|至多")


def doubts(content: Any, place: str = "") -> list[Doubt]:
    """What is to be doubted in a table file, or in the content of a draft; at most ``MAX_DOUBTS``, places begin with ``place``."""
    return list(islice(_within(content, place, None, 0), MAX_DOUBTS))


def unexplained(found: Iterable[Doubt]) -> list[Doubt]:
    """The doubts for which no reason was given."""
    return [one for one in found if one.note is None]


def _within(raw: Any, place: str, table: str | None, depth: int) -> Iterator[Doubt]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(raw, list):
        for no, one in enumerate(raw):
            yield from _within(one, f"{place}/{no}", table, depth + 1)
    elif isinstance(raw, Mapping):
        table = _text(raw.get("rate_table")) or table
        for key in _HOLDERS:
            yield from _within(raw.get(key), f"{place}/{key}", table, depth + 1)
        for one in of_terms(raw.get("terms"), f"{place}/terms"):
            yield replace(one, note=one.note or _reasons().get((table, one.about, one.clause)))


@cache
def _reasons() -> Mapping[tuple[str | None, str, str], str]:
    """Reasons for doubts about versions that can no longer say them: by table, what the doubt is about, and its clause."""
    return {(row["rate_table"], row["about"], row["clause"]): row["note"] for row in read(_EXPLAINED)["explained"]}


# --- terms ----------------------------------------------------------------------------------------------


def of_terms(raw: Any, place: str) -> Iterator[Doubt]:
    """The doubts about terms as they are written; what cannot be read is left to the reader of terms."""
    if not isinstance(raw, Mapping):
        return
    whole = _text(raw.get("clause"))
    for kind, window in _mapping(raw.get("windows")).items():
        yield from _told(window, f"{place}/windows/{kind}", whole, _window)
    for at, term in _each(raw.get("term"), f"{place}/term"):
        yield from _told(term, at, whole, _term)
    for at, one in _each(raw.get("require"), f"{place}/require"):
        yield from _told(one, at, whole, _requirement)
    for at, line in _each(raw.get("lines"), f"{place}/lines"):
        wording = _text(line.get("wording")) or _text(raw.get("wording"))
        yield from _told({**line, "wording": wording}, at, whole, _line)
        for inside, one in _each(line.get("require"), f"{at}/require"):
            yield from _told(one, inside, whole, _requirement)
    for at, cap in _each(raw.get("caps"), f"{place}/caps"):
        yield from _told(cap, at, whole, _cap)
    yield from _told(raw.get("admit"), f"{place}/admit", whole, _admitted)
    for rule in _RULES:
        yield from _told(_mapping(raw.get("stacking")).get(rule), f"{place}/stacking/{rule}", whole, _rule)


def _told(raw: Any, place: str, whole: str | None, found: Any) -> Iterator[Doubt]:
    """The doubts about one part of the terms, with the reason that stands beside its clause."""
    if not isinstance(raw, Mapping):
        return
    clause = _text(raw.get("clause")) or whole
    if clause is None:
        return
    note = (_text(raw.get("clause_note")) or "")[:MAX_NOTE] or None
    read = read_clause(clause)
    for one in found(raw, place, clause, read):
        yield replace(one, note=note)


def _window(raw: Mapping[str, Any], place: str, clause: str, read: Clause) -> Iterator[Doubt]:
    for key in ("first_day", "last_day"):
        day, _, clock = (_text(raw.get(key)) or "").partition("T")
        try:
            on = date.fromisoformat(day)
        except ValueError:
            continue  # open, unknown or a fault
        if not any(one.bounds(on) for one in read.days):
            yield _absent(f"{place}/{key}", day, clause, read)
        hours, _, minutes = clock.partition(":")
        if hours.isdecimal() and minutes[:2].isdecimal() and not _holds(read, ("CLOCK",), Fraction(60 * int(hours) + int(minutes[:2]))):
            yield _absent(f"{place}/{key}", clock, clause, read)


def _term(raw: Mapping[str, Any], place: str, clause: str, read: Clause) -> Iterator[Doubt]:
    months = _text(raw.get("months")) or ""
    if re.fullmatch("[0-9]{1,6}", months) and not _holds(read, ("MONTHS",), Fraction(months)):
        yield _absent(f"{place}/months", f"{months} 个月", clause, read)


def _requirement(raw: Mapping[str, Any], place: str, clause: str, read: Clause) -> Iterator[Doubt]:
    yield from _expression(raw, "that", place, clause, read)


def _admitted(raw: Mapping[str, Any], place: str, clause: str, read: Clause) -> Iterator[Doubt]:
    yield from _requirement(raw, place, clause, read)
    for typed, pattern in (("INCLUDED", _WITHOUT_TAX), ("EXCLUDED", _WITH_TAX)):
        said = pattern.search(clause)
        if raw.get("vat") == typed and said is not None:
            yield _said(f"{place}/vat", typed, said[0], clause)
            return


def _rule(raw: Mapping[str, Any], place: str, clause: str, read: Clause) -> Iterator[Doubt]:
    for key in ("exempt", "less"):
        yield from _expression(raw, key, place, clause, read)


def _line(raw: Mapping[str, Any], place: str, clause: str, read: Clause) -> Iterator[Doubt]:
    for key in ("when", "base", "rate", "amount"):
        yield from _expression(raw, key, place, clause, read)
    bands = _mapping(raw.get("bands"))
    for key in ("of", "after"):
        yield from _expression(bands, key, f"{place}/bands", clause, read)
    for at, band in _each(bands.get("pay"), f"{place}/bands/pay"):
        for key in ("up_to", "amount", "rate"):
            yield from _expression(band, key, at, clause, read)
    ceiling = _CEILING.search(clause)
    if raw["wording"] == "EXACT" and ceiling is not None:
        yield _said(f"{place}/wording", "EXACT", ceiling[0], clause)


def _cap(raw: Mapping[str, Any], place: str, clause: str, read: Clause) -> Iterator[Doubt]:
    for key in ("limit", "when"):
        yield from _expression(raw, key, place, clause, read)
    if raw.get("bounds") == "BALANCE":  # bounds days, so that its period means nothing
        return
    period = _text(raw.get("period")) or USUAL_PERIOD
    for word in _PERIODS:
        said = word.pattern.search(clause)
        if said is not None:
            if period not in word.allowed:
                yield _said(f"{place}/period", period, said[0], clause)
            return


# --- figures --------------------------------------------------------------------------------------------


def _expression(raw: Mapping[str, Any], key: str, place: str, clause: str, read: Clause) -> Iterator[Doubt]:
    """The figures of an expression that the clause does not name, and comparisons that it words otherwise; each once."""
    try:
        node = parse(_text(raw.get(key)) or "")
    except ex.ExpressionError:
        return
    told: set[str] = set()
    for one in _figures(node, f"{place}/{key}", clause, read, negated=False):
        if one.zh not in told:
            told.add(one.zh)
            yield one


def _figures(node: ex.Node, place: str, clause: str, read: Clause, *, negated: bool) -> Iterator[Doubt]:
    match node:
        case ex.Not(part):
            yield from _figures(part, place, clause, read, negated=not negated)
            return
        case ex.Number() if not _names(read, node):
            yield _absent(place, node.text, clause, read)
        case ex.Day(on) if not any(one.bounds(on) for one in read.days):
            yield _absent(place, on.isoformat(), clause, read)
        case ex.Call("months_after", (start, length)):
            yield from _figures(start, place, clause, read, negated=negated)
            yield from _months(length, place, clause, read)
            return
        case ex.Compare(op, left, right):
            yield from _compared(op, left, right, place, clause, read, negated=negated)
            return
        case ex.Call("reference" | "status", (_, ex.Day() as day)):
            yield from _figures(day, place, clause, read, negated=negated)
        case _:
            pass
    for part in ex.children(node):
        yield from _figures(part, place, clause, read, negated=negated)


def _compared(
    op: str, left: ex.Node, right: ex.Node, place: str, clause: str, read: Clause, *, negated: bool
) -> Iterator[Doubt]:
    """The sides of a comparison. Where one is a figure of the clause, the words around it there allow some comparisons only."""
    for figure, other, sign in ((right, left, op), (left, right, ex.MIRRORED[op])):
        meant = _NEGATED.get(sign, sign) if negated else sign
        if isinstance(figure, ex.Number):
            of = _of(read, figure)
            allowed = {one for each in of for one in each.allowed}
            if of and meant in _NEGATED and meant not in allowed:
                yield _worded(place, f"{meant} {figure.text}", of, clause)
            if not of and figure.value != 0:
                yield _absent(place, figure.text, clause, read)
        elif isinstance(figure, ex.Day):
            days = {figure.value, *_beside(figure.value, meant)}
            if not any(one.bounds(day) for one in read.days for day in days):
                yield _absent(place, figure.value.isoformat(), clause, read)
        elif isinstance(figure, ex.Arithmetic) and not isinstance(other, ex.Number):
            yield from _growth(figure, place, clause, read, negated=negated)
        else:
            yield from _figures(figure, place, clause, read, negated=negated)


def _growth(node: ex.Arithmetic, place: str, clause: str, read: Clause, *, negated: bool) -> Iterator[Doubt]:
    """``sales >= 115% * sales_last_year`` is how the terms say 增长15%以上."""
    for part in (node.left, node.right):
        grown = isinstance(part, ex.Number) and part.value > 1 and _holds(read, ("SHARE",), part.value - 1)
        if not grown:
            yield from _figures(part, place, clause, read, negated=negated)


def _months(node: ex.Node, place: str, clause: str, read: Clause) -> Iterator[Doubt]:
    """A number of months, before or after."""
    part = node.part if isinstance(node, ex.Negative) else node
    if not isinstance(part, ex.Number):
        yield from _figures(node, place, clause, read, negated=False)
    elif part.value and not _holds(read, ("MONTHS",), part.value):
        yield _absent(place, f"{part.text} 个月", clause, read)


def _beside(day: date, sign: str) -> Iterator[date]:
    """The day that a strict comparison leaves out the one before or after of: ``> 2025-12-31`` is 自2026年1月1日起."""
    if sign == ">" and day < date.max:
        yield day + timedelta(days=1)
    elif sign == "<" and day > date.min:
        yield day - timedelta(days=1)


def _of(read: Clause, number: ex.Number) -> list[Figure]:
    """The figures of the clause that a number can be."""
    kinds: tuple[Kind, ...] = ("NUMBER", "SHARE", "MONTHS")
    if number.text.endswith("%"):
        kinds = ("SHARE",)
    elif number.text[-1] in "万亿元":
        kinds = ("NUMBER",)
    found = [one for one in read.figures if one.kind in kinds and one.value == number.value]
    years = [one for one in read.figures if "MONTHS" in kinds and one.kind == "MONTHS" and one.value == 12 * number.value]
    return found or years


def _names(read: Clause, number: ex.Number) -> bool:
    """Whether the clause names a number; zero is a word of the language rather than of a notice."""
    return number.value == 0 or bool(_of(read, number))


def _holds(read: Clause, kinds: Sequence[Kind], value: Fraction) -> bool:
    return any(one.kind in kinds and one.value == value for one in read.figures)


# --- sentences ------------------------------------------------------------------------------------------


def _absent(place: str, figure: str, clause: str, read: Clause) -> Doubt:
    there = named(read)[:6]
    zh = f"条款中没有 {figure}（条款中的数字：{'、'.join(there) or '无'}）：{_short(clause)}"
    en = f"{figure} is not in the clause (figures there: {', '.join(there) or 'none'}): {_short(clause)}"
    return Doubt(place=place, about=figure, zh=zh, en=en, clause=clause)


def _said(place: str, typed: str, word: str, clause: str) -> Doubt:
    zh, en = f"条款写“{word}”，此处为 {typed}：{_short(clause)}", f"The clause says “{word}”, and here stands {typed}: {_short(clause)}"
    return Doubt(place=place, about=typed, zh=zh, en=en, clause=clause)


def _worded(place: str, typed: str, of: Sequence[Figure], clause: str) -> Doubt:
    allowed = " ".join(sorted({one for each in of for one in each.allowed}))
    zh = f"条款中的 {of[0].text} 应为 {allowed}，此处为 {typed}：{_short(clause)}"
    en = f"{of[0].text} in the clause means {allowed}, and here stands {typed}: {_short(clause)}"
    return Doubt(place=place, about=typed, zh=zh, en=en, clause=clause)


def _short(clause: str) -> str:
    return f"“{clause if len(clause) <= _MAX_QUOTED else clause[:_MAX_QUOTED] + '…'}”"


# --- raw values -----------------------------------------------------------------------------------------


def _text(raw: Any) -> str | None:
    return raw.strip() or None if isinstance(raw, str) else None


def _mapping(raw: Any) -> Mapping[str, Any]:
    return raw if isinstance(raw, Mapping) else {}


def _each(raw: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The members of a list, or the one that stands for it, each with its place."""
    if isinstance(raw, Mapping):
        yield place, raw
    elif isinstance(raw, list):
        yield from ((f"{place}/{no}", one) for no, one in enumerate(raw[:MAX_PARTS]) if isinstance(one, Mapping))
