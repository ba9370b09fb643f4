"""The figures that a Chinese clause names: numbers, shares, lengths of time, days; and how a clause bounds a figure.

It reads digits, percentages, 万 and 亿, numerals such as 三 or 二十五, 百分之五 and 三分之一, and no more grammar than that: a range
``2-10亿元`` names 2 and 1,000,000,000. A figure that it reads too many hides a doubt; one too few raises a needless one, which an
officer answers with ``clause_note``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

Kind = Literal["NUMBER", "SHARE", "MONTHS", "CLOCK"]
Operators = frozenset[str]

MAX_CLAUSE: Final = 1_000  # characters that are read of one; the longest that was published has a hundred
_WIDE: Final = str.maketrans("０１２３４５６７８９．％：", "0123456789.%:")
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,10})?|[0-9]{1,15}(?:\.[0-9]{1,10})?"
_HAN = r"[一二两三四五六七八九十][零〇一二两三四五六七八九十百千]{0,8}"
_SCALE = r"[百千]?[万亿]|[百千](?=元)"
_FIGURE = re.compile(
    r"(?P<year>[12][0-9]{3})(?:年(?:(?P<month>[01]?[0-9])月(?:(?P<day>[0-3]?[0-9])日)?)?|-(?P<iso>[01][0-9]-[0-3][0-9]))"
    r"|(?P<own_month>[01]?[0-9])月(?P<own_day>[0-3]?[0-9])日"
    r"|(?P<clock>[0-2]?[0-9]:[0-5][0-9])"
    rf"|(?P<whole>百|千|万|{_DIGITS}|{_HAN})分之(?P<part>{_DIGITS}|{_HAN})"
    rf"|(?P<share>{_DIGITS}|{_HAN})(?:%|个百分点)"
    rf"|(?P<length>{_DIGITS}|{_HAN}|半)(?P<unit>个月|周?年)"
    rf"|(?P<number>{_DIGITS}|{_HAN})(?P<scale>{_SCALE})?"
)
_VALUES: Final = {sign: no for no, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}

_BEFORE: Final[tuple[tuple[re.Pattern[str], Operators], ...]] = tuple(
    (re.compile(f"(?:{words})(?:人民币)?$"), frozenset(operators))
    for words, operators in (
        ("不低于|不少于|不小于|至少|达到", {">="}),
        ("不超过|不高于|不大于|不多于|最高|最多|至多", {"<="}),
        ("(?<!不)(?:大于|高于|多于|超过)", {">"}),
        ("(?<!不)(?:低于|小于|少于)|不足|不满|未满", {"<"}),
    )
)
_INCLUDED = r"[（(](?P<{}>不?含)(?:本数)?[）)]"
_AFTER = re.compile(rf"元?(?:人民币)?(?:{_INCLUDED.format('first')})?(?P<and>及)?(?P<side>以上|以下|以内)?(?:{_INCLUDED.format('last')})?")
_SIDES: Final = {"以上": {">", ">="}, "以下": {"<", "<="}, "以内": {"<="}}
_ALL: Final = frozenset({">", ">=", "<", "<="})


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that is no day: its kind, its value (a clock time in minutes), and the comparisons that its words allow."""

    kind: Kind
    value: Fraction
    text: str
    allowed: Operators = _ALL


@dataclass(frozen=True, slots=True)
class Days:
    """A day, month or year that a clause names; a day without year stands in every year, unless a year was named before it."""

    year: int | None
    month: int | None
    day: int | None
    text: str

    def bounds(self, on: date) -> bool:
        """Whether ``on`` is the day, or the first or last day of the month or year."""
        if self.year not in (None, on.year) or self.month not in (None, on.month):
            return False
        if self.day is not None:
            return self.day == on.day
        if self.month is not None:
            return on.day in (1, monthrange(on.year, on.month)[1])
        return (on.month, on.day) in ((1, 1), (12, 31))


@dataclass(frozen=True, slots=True)
class Clause:
    """All figures of a clause, in the order of its words."""

    figures: tuple[Figure, ...]
    days: tuple[Days, ...]


@lru_cache(maxsize=64)
def read_clause(text: str) -> Clause:
    """The figures of a clause.

    >>> [(one.kind, str(one.value)) for one in read_clause("不超过500万元，百分之五，三年").figures]
    [('NUMBER', '5000000'), ('SHARE', '1/20'), ('MONTHS', '36')]
    """
    text = text[:MAX_CLAUSE].translate(_WIDE)
    figures: list[Figure] = []
    days: list[Days] = []
    for found in _FIGURE.finditer(text):
        if found["year"] or found["own_month"]:
            days.append(_days(found, days))
        else:
            kind, value = _valued(found)
            figures.append(Figure(kind, value, found[0], _allowed(text, found)))
    return Clause(tuple(figures), tuple(days))


def _days(found: re.Match[str], before: list[Days]) -> Days:
    """A day without a year belongs to the year that was named last."""
    if found["own_month"]:
        return Days(before[-1].year if before else None, int(found["own_month"]), int(found["own_day"]), found[0])
    month, day = found["iso"].split("-") if found["iso"] else (found["month"], found["day"])
    return Days(int(found["year"]), int(month) if month else None, int(day) if day else None, found[0])


def _valued(found: re.Match[str]) -> tuple[Kind, Fraction]:
    if found["clock"]:
        hour, minute = found["clock"].split(":")
        return "CLOCK", Fraction(60 * int(hour) + int(minute))
    if found["part"]:
        return "SHARE", _number(found["part"]) / (_number(found["whole"]) or 1)
    if found["share"]:
        return "SHARE", _number(found["share"]) / 100
    if found["length"]:
        length = Fraction(1, 2) if found["length"] == "半" else _number(found["length"])
        return "MONTHS", length * (1 if "月" in found["unit"] else 12)
    value = _number(found["number"])
    for sign in found["scale"] or "":
        value *= _TENS[sign]
    return "NUMBER", value


def _number(text: str) -> Fraction:
    """A number in digits, or a numeral below ten thousand."""
    if text[0].isdigit():
        return Fraction(text.replace(",", ""))
    if text in _TENS:
        return Fraction(_TENS[text])
    total, one = 0, 0
    for sign in text:
        if sign in _TENS:
            total, one = total + (one or 1) * _TENS[sign], 0
        else:
            one = _VALUES[sign]
    return Fraction(total + one)


def _allowed(text: str, found: re.Match[str]) -> Operators:
    """The comparisons that the words around a figure allow; all where they say nothing, or contradict each other."""
    allowed = set(_ALL)
    before = text[max(0, found.start() - 8) : found.start()]
    for words, operators in _BEFORE:
        if words.search(before):
            allowed &= operators
    after = _AFTER.match(text, found.end())
    assert after is not None  # every part of it may be absent
    allowed &= _SIDES.get(after["side"], _ALL)
    included = after["first"] or after["last"] or ("含" if after["and"] else None)
    if included is not None:
        allowed &= {">=", "<="} if included == "含" else {">", "<"}
    return frozenset(allowed) or _ALL


def named(clause: Clause) -> list[str]:
    """The figures and days of a clause as it writes them, each once."""
    return list(dict.fromkeys([*(one.text for one in clause.figures), *(one.text for one in clause.days)]))
