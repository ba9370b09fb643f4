"""Caps on principal (贷款规模上限): they bound balances each day, before any rate (D23-D26)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Any

from app.calculators.bilingual import Phrase
from app.calculators.claims.spelling import normal
from app.calculators.expressions import nodes as ex
from app.calculators.loans.balances import Slice
from app.calculators.loans.model import Loan, Run
from app.calculators.quantities import money
from app.calculators.quantities.calendar import iso
from app.calculators.results.model import CapResult
from app.calculators.results.working import Least, Money, Operation, Said, Sum, Words, WorkedStep
from app.calculators.stages.cap_accounts import AccountKey, Under, account_key, ambiguous, ask_for_keys, keys_of, shown_key
from app.calculators.stages.context import Case
from app.calculators.stages.scope import Scope
from app.calculators.terms.model import UNKNOWN, Cap
from app.calculators.wording.labels import key_titles

Columns = list[tuple[list[int], list[int]]]  # marks and balances of runs


@dataclass(slots=True)
class Holder:
    """A drawdown in an account, with its runs that the cap bounds; without any, it only takes room (D90)."""

    loan: Loan
    slice: Slice
    runs: list[Run]

    @property
    def order(self) -> tuple[int, str, str, str]:
        """Who takes room first (D25), whatever the spelling of the ids (D67)."""
        return (self.slice.on, normal(self.loan.id.text), normal(self.loan.fact.lender), normal(self.slice.no))


@dataclass(slots=True)
class Account:
    """One account of a cap: its drawdowns in the order in which they take room, and the limits that they name."""

    key: tuple[str, ...]  # what it is called by
    holders: list[Holder] = field(default_factory=list)
    limits: set[Fraction] = field(default_factory=set)


@dataclass(slots=True)
class Bound:
    """Where a cap took most away: the day, the balances before and after; and on how many days it took anything."""

    day: int
    before: int
    after: int
    days: int = 0


def apply_principal_caps(case: Case, loans: Sequence[Loan], scale: int) -> None:
    """Lower what counts of each stretch, in the order of the caps; may cut stretches further."""
    for cap in case.rules.caps:
        if cap.bounds == "BALANCE":
            for account in _accounts(case, cap, loans):
                _bound(case, cap, account, scale)


def _accounts(case: Case, cap: Cap, loans: Sequence[Loan]) -> list[Account]:
    found: dict[AccountKey, Account] = {}
    under: list[Under] = []  # drawdowns with a balance that the cap bounds, or that take its room for ever (D90)
    for loan in loans:
        of_slices = loan.runs_of_slices()
        for one in loan.slices:
            mine = [run for run in of_slices.get(one.no, []) if cap.lines is None or run.line.id in cap.lines]
            if not mine and not _takes_room(cap, loan, one):
                continue
            scope = loan.scopes[one.no]
            if cap.when is not None and not ex.evaluate(cap.when, scope.of):
                continue
            keys = keys_of(case, loan.keys | {"drawdown_no": one.no}, scope)
            key = account_key(cap, keys)
            if cap.room == "CUMULATIVE" or any(any(run.counted) for run in mine):
                under.append(Under(loan.id, one.no, scope, key))
            account = found.setdefault(key, Account(shown_key(case, cap, keys)))
            account.holders.append(Holder(loan, one, mine))
            if cap.limit is UNKNOWN:
                case.cap_without_figure(cap.clause)
            else:
                account.limits.add(_limit(cap, scope))
    if any(None in key for key in found):
        ask_for_keys(case, cap, under, touched=False)
    for account in found.values():
        account.holders.sort(key=lambda holder: holder.order)
    return sorted(found.values(), key=lambda account: account.key)


def _takes_room(cap: Cap, loan: Loan, one: Slice) -> bool:
    """Whether a drawdown without a day in this claim takes room for ever: a line of the cap holds on other supported days (D90)."""
    if cap.room != "CUMULATIVE":
        return False
    held = loan.elsewhere.get(one.no, frozenset())
    return bool(held if cap.lines is None else held & cap.lines)


def _bound(case: Case, cap: Cap, account: Account, scale: int) -> None:
    """Lower the balances of an account to its room, and say so where that lowered any."""
    if len(account.limits) > 1:
        raise ambiguous(cap)
    if not account.limits:  # no figure was published (D38)
        return
    room = money_floor(max(Fraction(0), *account.limits), scale)
    once = cap.room == "CUMULATIVE"
    if not once and sum([max([max(run.counted) for run in holder.runs]) for holder in account.holders]) <= room:
        return
    before, taken = [_columns(holder) for holder in account.holders], list[int]()
    if once:
        case.leave_open(cap.clause, "OPEN_ROOM_TAKEN")
        taken = _cumulative(account.holders, room, scale)
    else:
        _daily(account.holders, room)
    bound = _where_it_bound(before, [_columns(holder) for holder in account.holders])
    if bound is None:
        return
    parts = [Least([_balance(_at(columns, bound.day), scale), _balance(part, scale)]) for columns, part in zip(before, taken, strict=False)]
    working = Sum(parts) if parts else Least([_balance(bound.before, scale), _balance(room, scale)])
    _say(case, cap, account.key, bound, room, working, scale)
    for loan in [holder.loan for holder in account.holders if holder.runs]:
        if loan.used_up is None and not any(any(run.counted) for run in loan.runs):
            loan.used_up = cap


def _say(case: Case, cap: Cap, key: tuple[str, ...], bound: Bound, room: int, working: Operation, scale: int) -> None:
    """A limit that lowered balances stands in the caps and in the working (D80)."""
    shown = " ".join([part for part in key if part]) or None
    if cap.lines is not None and not cap.per:
        shown = " ".join(sorted(cap.lines))
    parts = map(Phrase, key_titles(cap, key, case.rules.spoken), key)
    label = Words((case.rules.called[id(cap)], *parts))
    day = iso(bound.day)
    limit, stood, stands = (money.yuan(amount // scale) for amount in (room, bound.before, bound.after))
    result = CapResult(
        scope=cap.scope,
        key=shown,
        limit=limit,
        granted="0.00",
        before=stood,
        after=stands,
        binding=True,
        margin="0.00",
        clause=cap.clause,
        on=day,
        days=bound.days,
    )
    result.before_exact, result.after_exact = money.exact_text(bound.before, scale), money.exact_text(bound.after, scale)
    case.balance_caps.append(result)
    case.balance_steps.append(
        WorkedStep(
            id=f"cap:{cap.scope}:{shown or ''}",
            label=Said("STEP_BALANCE_CAP", {"label": label, "day": day, "days": bound.days}),
            formula=Said("FORMULA_BALANCE_CAP_ONCE" if cap.room == "CUMULATIVE" else "FORMULA_BALANCE_CAP", {}),
            working=working,
            value=_balance(bound.after, scale),
            clause=cap.clause,
        )
    )


def _balance(amount: int, scale: int) -> Money:
    """A balance as the working holds it: exact."""
    return Money(Fraction(amount, scale) if amount % scale else amount // scale)


def _columns(holder: Holder) -> Columns:
    """The balances as they stand; what lowers them makes new lists."""
    return [(run.marks, run.counted) for run in holder.runs]


def _at(columns: Columns, day: int) -> int:
    """The sum of the balances of a day."""
    return sum([counted[bisect_right(marks, day) - 1] for marks, counted in columns if marks[0] <= day < marks[-1]])


def _where_it_bound(before: list[Columns], after: list[Columns]) -> Bound | None:
    """The day on which most was taken away, the first of several, and the number of days on which anything was."""
    was, now = _changes(before), _changes(after)
    marks = sorted({*was, *now})
    stood, stands, days, most = 0, 0, 0, None
    for day, until in pairwise(marks):
        stood, stands = stood + was.get(day, 0), stands + now.get(day, 0)
        if stands < stood:
            days += until - day
            if most is None or stood - stands > most.before - most.after:
                most = Bound(day, stood, stands)
    if most is not None:
        most.days = days
    return most


def _changes(columns: list[Columns]) -> dict[int, int]:
    """By how much the sum of all balances changes on which days."""
    found: dict[int, int] = {}
    for marks, counted in [pair for own in columns for pair in own]:
        for day, left, balance in zip(marks, (0, *counted), (*counted, 0), strict=True):
            found[day] = found.get(day, 0) + balance - left
    return found


def _limit(cap: Cap, scope: Scope) -> Fraction:
    node: Any = cap.limit
    return Fraction(ex.evaluate(node, scope.of))


def money_floor(yuan: Fraction, scale: int) -> int:
    """A limit in 元, rounded down to fen (D48), in scaled fen."""
    fen = yuan * 100
    return (fen.numerator // fen.denominator) * scale


def _cumulative(holders: Sequence[Holder], room: int, scale: int) -> list[int]:
    """A drawdown takes room once, by its drawn amount, for ever (D25); answer what each took."""
    taken = []
    for holder in holders:
        part = min(int(holder.slice.drawn * holder.loan.factor * scale), room)
        room -= part
        taken.append(part)
        for run in holder.runs:
            run.counted = [min(balance, part) for balance in run.counted]
    return taken


def _daily(holders: Sequence[Holder], room: int) -> None:
    """On each day, room goes to drawdowns in order, freed room to the next (D25)."""
    if len(holders) == 1:
        for run in holders[0].runs:
            run.counted = [min(balance, room) for balance in run.counted]
        return
    marks = sorted({day for holder in holders for run in holder.runs for day in run.marks})
    left = dict.fromkeys(marks, room)  # from each day to the next
    for run in [run for holder in holders for run in holder.runs]:
        run.cut(marks)
        for no, day in enumerate(run.marks[:-1]):
            run.counted[no] = min(run.counted[no], left[day])
            left[day] -= run.counted[no]
        run.join()
