"""Days and periods, on ordinal days (``date.toordinal``). Periods are half-open [from, until)."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, date, timedelta, timezone
from functools import lru_cache
from operator import sub

BEIJING = timezone(timedelta(hours=8))

Spans = list[tuple[int, int]]


@lru_cache(maxsize=65536)
def iso(day: int) -> str:
    """An ordinal day as YYYY-MM-DD."""
    return date.fromordinal(day).isoformat()


@lru_cache(maxsize=65536)
def months_after(day: date, months: int) -> date:
    """The day N months later (or earlier); a missing day is the month's last (D7). The calendar's ends are never passed."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if months > 0 else date.min
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def term_until(start: date, months: int | None, *, year_end: bool) -> date:
    """The first day that no longer counts: N months from the start, and not past 31 December of its year (D7, D22)."""
    until = date.max if months is None else months_after(start, months)
    return min(until, next_year(start)) if year_end else until


def next_year(day: date) -> date:
    """The 1 January that follows; of the calendar's last year its last day."""
    return months_after(date(day.year, 1, 1), 12)


def lengths(positions: Sequence[int]) -> list[int]:
    """How far each position lies from the one before: one entry less than there are positions."""
    return list(map(sub, positions[1:], positions))


def intersect(one: Spans, other: Spans) -> Spans:
    """The days that both sorted lists of periods hold."""
    if len(one) == len(other) == 1:
        first, until = max(one[0][0], other[0][0]), min(one[0][1], other[0][1])
        return [(first, until)] if first < until else []
    found: Spans = []
    i = j = 0
    while i < len(one) and j < len(other):
        first, until = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if first < until:
            found.append((first, until))
        if one[i][1] <= other[j][1]:
            i += 1
        else:
            j += 1
    return found


def subtract(one: Spans, other: Spans) -> Spans:
    """The days of the first sorted list that the second does not hold; entries of the second may overlap."""
    found: Spans = []
    begins = [first for first, _ in other]
    reached, no = 0, 0  # how far the entries of the second reach that begin before what is looked at
    for first, until in one:
        at, meets = max(first, reached), bisect_left(begins, until, no)
        for a, b in other[no:meets]:
            if a > at:
                found.append((at, a))
            reached = max(reached, b)
            at = max(at, b)
        no = meets
        if at < until:
            found.append((at, until))
    return found


def number(spans: Spans) -> int:
    """How many days lie in any of these periods, which may overlap and stand in any order."""
    counted, reached = 0, 0
    for first, until in sorted(spans):
        counted += max(0, until - max(first, reached))
        reached = max(reached, until)
    return counted


def year_cuts(first: int, until: int) -> list[int]:
    """The ordinals of 1 January strictly inside a period."""
    years = range(date.fromordinal(first).year + 1, date.fromordinal(max(first, until - 1)).year + 1)
    return [day for year in years if first < (day := date(year, 1, 1).toordinal()) < until]
