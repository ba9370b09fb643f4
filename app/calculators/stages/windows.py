"""Windows of a table: the first and last day both count (D11); a bound that is unknown restricts nothing."""

from __future__ import annotations

from datetime import date, datetime

from app.calculators.quantities.calendar import BEIJING, term_until
from app.calculators.stages.context import Case, ItemId
from app.calculators.stages.scope import Scope
from app.calculators.terms.builtins import EVENT_OF, TERM_STARTS
from app.calculators.terms.model import APPLICATION_DATE, Window
from app.calculators.wording.phrases import title

NARROWLY = 7  # days by which a missed window looks like a mistyped date


def bounds(window: Window, application_date: date) -> tuple[date | None, date | None]:
    """First and last day, both inclusive; None where open or unknown."""
    first = window.first_day if isinstance(window.first_day, date) else None
    last = window.last_day
    if last == APPLICATION_DATE:
        return first, application_date
    if isinstance(last, datetime):
        return first, last.date()
    return first, last if isinstance(last, date) else None


def contains(window: Window, day: date, application_date: date) -> bool:
    """Whether a day lies in the window."""
    first, last = bounds(window, application_date)
    return (first is None or first <= day) and (last is None or day <= last)


def outside_window(case: Case, kind: str, scope: Scope, item: ItemId) -> bool:
    """Whether an item's date misses a window of the table; then there is a reason."""
    window = case.terms.windows.get(kind)
    if window is None or window.of is None:
        return False
    first, last = bounds(window, case.claim.application_date)
    if first is None and last is None:
        return False
    day = scope.of(window.of)
    if contains(window, day, case.claim.application_date):
        return False
    case.refuse(
        "OUTSIDE_WINDOW",
        window.clause,
        item,
        None,
        id=item,
        what=case.word(title(window.of, case.rules.spoken)),
        given=day,
        within=_within(case, window, first, last),
    )
    warn_if_narrow(case, window, day, item, None)
    return True


def warn_if_narrow(case: Case, window: Window, day: date, item: object, pointer: str | None) -> None:
    """Warn where a date outside a window lies within a week of it, or on its closing day but too late on that day (D82)."""
    known = [bound for bound in bounds(window, case.claim.application_date) if bound is not None]
    missed = min(abs((day - bound).days) for bound in known)
    if missed <= NARROWLY:
        by = case.say("BY_DAYS", days=missed) if missed else case.say("BY_PART_OF_A_DAY")
        case.warn("WINDOW_NARROWLY_MISSED", pointer, id=item, by=by)


def _within(case: Case, window: Window, first: object, last: object) -> str:
    """A window as a reason names it: its known bounds, and which bound was not seen (D77)."""
    return case.say("WITHIN" if window.unseen is None else f"WITHIN_{window.unseen}", first=first or "…", last=last or "…")


def beyond_term(case: Case, scope: Scope, item: ItemId) -> bool:
    """Whether the date of an item or project lies outside what its term supports; then there is a reason."""
    window = case.terms.windows.get("event")
    of = window.of if window is not None and window.of is not None else EVENT_OF[str(case.terms.facts)]
    for term in case.rules.limits:
        if term.start in TERM_STARTS:  # an overlay's term for loans
            continue
        start = scope.of(str(term.start))
        if not start <= scope.of(of) < term_until(start, term.months, year_end=term.year_end):
            case.refuse("BEYOND_TERM", term.clause, item, None, id=item)
            return True
    return False


def check_application(case: Case) -> None:
    """The application window; a clock time decides it where one is given (D46)."""
    applied, last_year = case.claim.application_date.year, case.rules.last_year
    if last_year is not None and applied > last_year:
        case.warn("APPLIED_IN_A_LATER_YEAR", "/application_date", applied=applied, year=case.table.year)
        case.leave_open(None, "OPEN_YEAR", applied=applied, year=case.table.year)
    window = case.terms.windows.get("application")
    if window is None:
        return
    first, last = bounds(window, case.claim.application_date)
    day, at = case.claim.application_date, case.claim.application_at
    closes = window.last_day if isinstance(window.last_day, datetime) else None
    late = last is not None and day > last
    given: object = day
    if at is not None:
        local = at.astimezone(BEIJING)
        given = local.isoformat()
        if closes is not None:
            late = late or local.replace(tzinfo=None) > closes
    elif closes is not None and day == closes.date():
        case.warn("CLOSING_DAY_WITHOUT_TIME", "/application_at")
    early = first is not None and day < first
    if late or early:
        case.refuse(
            "OUTSIDE_APPLICATION_WINDOW",
            window.clause,
            None,
            None,
            given=given,
            within=_within(case, window, first, closes.isoformat() if closes else last),
        )
        pointer = "/application_date" if at is None or day not in (first, last) else "/application_at"
        warn_if_narrow(case, window, day, case.table.id, pointer)
