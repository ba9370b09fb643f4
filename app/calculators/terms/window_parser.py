"""Reading between which days something must lie, and for how long it is supported: windows and terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from app.calculators.faults.telling import tell
from app.calculators.terms import builtins as nm
from app.calculators.terms.field_reader import Reader, Refused
from app.calculators.terms.model import APPLICATION_DATE, UNKNOWN, UNSEEN, Term, Unknown, Window

WINDOW_KINDS = ("interest", "event", "application", "contract", "investment", "completion")
WINDOW_OF = {"contract": "signed_on", "completion": "completed_on", "investment": "paid_on"}


def read_windows(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    """Read the windows into ``found``."""
    windows = {}
    for kind, body in r.mapping(raw, list(WINDOW_KINDS)).items():
        if kind not in WINDOW_KINDS:
            continue
        with r.at(kind):
            body = r.mapping(body, ["of", "first_day", "last_day", "tests", "clause", "clause_note"])
            if body.get("of") is not None and kind not in {"event", "contract", "completion"}:
                raise Refused(tell("OF_ONLY_FOR_SOME_WINDOWS"), ("of",))
            of = body.get("of") or WINDOW_OF.get(kind) or (nm.EVENT_OF.get(str(r.facts)) if kind == "event" else None)
            with r.within("of"):
                if of is not None and kind != "investment" and r.type_of(r.text(of, tell("A_NAME"))) != "DATE":
                    raise Refused(tell("IS_NO_DATE_FACT", given=of))
                if of is not None and r.levels.get(of) in (nm.DRAWDOWN, nm.DAY):
                    raise Refused(tell("NO_CHANGING_FACTS_HERE"))
            window = Window(
                kind=kind,
                of=of,
                first_day=_bound(r, body, "first_day"),  # type: ignore[arg-type]
                last_day=_bound(r, body, "last_day"),
                tests=r.key(body, "tests", r.one_of, ("PERIOD", "PAID_ON"), "PERIOD"),
                clause=r.clause_of(body),
            )
            first, last = window.first_day, window.last_day
            if isinstance(first, date) and isinstance(last, date):
                end = last.date() if isinstance(last, datetime) else last
                if end < first:
                    raise Refused(tell("LAST_BEFORE_FIRST"))
            if first is None and last is None:
                raise Refused(tell("WINDOW_OPEN_BOTH_WAYS"))
            if of is not None:
                r.reads.add(of)
            windows[kind] = window
    found["windows"] = windows


def _bound(r: Reader, body: Mapping[str, Any], which: str) -> date | datetime | str | Unknown | None:
    raw = body.get(which)
    if raw is None:
        return None
    if raw == "unknown":
        return UNKNOWN
    if raw == APPLICATION_DATE and which == "last_day":
        return APPLICATION_DATE
    with r.within(which):
        if which == "last_day" and isinstance(raw, str) and "T" in raw:
            day, _, clock = raw.partition("T")
            if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?", clock):
                raise Refused(tell("NOT_A_CLOCK_TIME", given=clock))
            return datetime.combine(r.day(day), time.fromisoformat(clock))
        return r.day(raw)


def read_term(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    """Read one term, or several (of each loan and of the enterprise), into ``found``."""
    limits = [_term(r, raw)] if isinstance(raw, Mapping) else []
    if not limits:
        for no, body in enumerate(r.list(raw, 4)):
            with r.at(no):
                limits.append(_term(r, body))
    found["limits"] = tuple(limits)


def _term(r: Reader, raw: Any) -> Term:
    body = r.mapping(raw, ["months", "from", "end", "clause", "clause_note"])
    with r.within("from"):
        start = r.text(body.get("from"), tell("A_START"))
        if start == UNSEEN:
            return _length(r, body, start)
        of_tables = nm.DATES if r.facts is None else frozenset()  # an overlay lies over tables of any kind
        if (start not in nm.TERM_STARTS and start not in of_tables and r.type_of(start) != "DATE") or start == "day":
            raise Refused(tell("NO_SUCH_START", given=start, words=" ".join((*nm.TERM_STARTS, UNSEEN))))
        if start in nm.TERM_STARTS and r.facts not in {None, "CONTRACTS"}:
            raise Refused(tell("START_ONLY_FOR_CONTRACTS", given=start))
    if start not in nm.TERM_STARTS:
        r.reads.add(start)
    return _length(r, body, start)


def _length(r: Reader, body: Mapping[str, Any], start: str) -> Term:
    """A term from its start on: N months, to the end of the year, or both."""
    months = None if body.get("months") is None else r.key(body, "months", r.whole, 1, 600)
    year_end = body.get("end") is not None and r.key(body, "end", r.one_of, ("YEAR_END",)) == "YEAR_END"
    if months is None and not year_end:
        raise Refused(tell("TERM_WITHOUT_LENGTH"))
    return Term(months=months, start=start, year_end=year_end, clause=r.clause_of(body))
