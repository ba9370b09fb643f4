"""Caps on amounts: accounts with a limit, applied in order, spread back over their items to the fen.

An account is ``per`` × ``period``; the applicant always separates accounts (D39). A binding cap replaces
the sum of its group by the room that is left, in proportion to the amounts just before it (D49), so no
item ever rises and earlier caps stay true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from operator import itemgetter
from typing import Any

from app.calculators.bilingual import Phrase
from app.calculators.expressions import nodes as ex
from app.calculators.quantities import money
from app.calculators.results.model import CapResult
from app.calculators.results.working import (
    NOTHING,
    Amount,
    Difference,
    Least,
    Money,
    Most,
    Operation,
    Origin,
    Said,
    Share,
    StepValue,
    Together,
    Words,
    WorkedStep,
)
from app.calculators.stages.cap_accounts import AccountKey, Under, account_key, ambiguous, ask_for_keys, shown_key
from app.calculators.stages.context import Account, Atom, Case
from app.calculators.stages.earlier_grants import Grant, concerns, lies_in, may_be_placed
from app.calculators.terms.cap_periods import CAP_PERIODS
from app.calculators.terms.model import UNKNOWN, Cap
from app.calculators.wording.labels import key_titles


def apply_cap(
    case: Case, cap: Cap, atoms: Sequence[Atom], grants: Sequence[Grant], results: list[CapResult], steps: list[WorkedStep]
) -> None:
    """Lower the atoms' amounts to the room of each account, and add how. Errors: FactsError CAP_FACT_AMBIGUOUS."""
    accounts: dict[tuple[AccountKey, int | None], list[Atom]] = {}
    lacking = False
    for atom in atoms:
        if cap.lines is not None and atom.line.id not in cap.lines:
            continue
        key = account_key(cap, atom.keys)
        lacking = lacking or (None in key and atom.exact > 0)
        # What accrues on no day has an account without a year.
        accounts.setdefault((key, atom.year if CAP_PERIODS[cap.period].of_accrual_year else None), []).append(atom)
    if lacking and _ask(case, cap, accounts, grants):
        return
    named = [(_shown(case, cap, members[0], year), key, year, members) for (key, year), members in accounts.items()]
    placed = [one for one in grants if may_be_placed(case, cap, one)]
    for shown, key, year, members in sorted(named, key=itemgetter(0)):
        if cap.when is not None and not _condition(cap, members, atoms):
            continue
        inside = [one for one in placed if lies_in(cap, key, year, one)]
        result, step = _account(case, cap, shown, members, inside)
        results.append(result)
        steps.append(step)


def _shown(case: Case, cap: Cap, first: Atom, year: int | None) -> tuple[str, ...]:
    """How an account is called: by the first spelling of its keys, and by its year of interest."""
    shown = shown_key(case, cap, first.keys)
    return (*shown, str(year or "")) if CAP_PERIODS[cap.period].of_accrual_year else shown


def _ask(case: Case, cap: Cap, accounts: Mapping[tuple[AccountKey, int | None], list[Atom]], grants: Sequence[Grant]) -> bool:
    """Ask what earns under a cap for the facts that separate its accounts (D68); whether any of them is missing for good."""
    under = [(atom, key) for (key, _), members in accounts.items() for atom in members]
    earning = [Under(atom.item, atom.drawdown_no, atom.scope, key) for atom, key in under if atom.exact > 0 and _may_hold(cap, atom)]
    return ask_for_keys(case, cap, earning, touched=any(concerns(case, cap, one) for one in grants))


def _may_hold(cap: Cap, atom: Atom) -> bool:
    """Whether a conditional cap may hold for an atom; one that asks which lines earned depends on its whole account."""
    return cap.when is None or bool(ex.calls(cap.when, "earned")) or _condition(cap, [atom], [atom])


def _condition(cap: Cap, members: Sequence[Atom], atoms: Sequence[Atom]) -> bool:
    """Whether a conditional cap holds for an account: ``earned`` asks whole contracts, in every year and drawdown (D29, D96)."""
    node: Any = cap.when
    held_by = {atom.item for atom in members} if ex.calls(node, "earned") else frozenset()
    earned = {one.line.id for one in atoms if one.item in held_by and one.exact > 0}

    def of(atom: Atom) -> ex.Lookup:
        def answer(key: str | tuple[str, ...]) -> Any:
            if isinstance(key, tuple) and key[0] == "earned":
                return key[1] in earned
            return atom.scope.of(key)

        return answer

    held = {bool(ex.evaluate(node, of(atom))) for atom in members}
    if len(held) > 1:
        raise ambiguous(cap)
    return held.pop()


def _limit(cap: Cap, members: Sequence[Atom]) -> int:
    """The limit in fen, always rounded down (D48)."""
    if cap.limit_fen is not None:
        return cap.limit_fen
    node: Any = cap.limit
    values = {ex.evaluate(node, atom.scope.of) for atom in members}
    if len(values) > 1:
        raise ambiguous(cap)
    return max(0, money.round_down(Fraction(values.pop()) * 100))


def _account(case: Case, cap: Cap, named: tuple[str, ...], members: list[Atom], inside: Sequence[Grant]) -> tuple[CapResult, WorkedStep]:
    """Bound the sum of an account by the room that the grants ``inside`` it leave."""
    before: Amount = sum([atom.amount for atom in members])
    shown = " ".join([part for part in named if part]) or None
    if cap.lines is not None and not cap.per:
        shown = " ".join([*sorted(cap.lines), *named])
    if cap.limit is UNKNOWN:
        case.cap_without_figure(cap.clause)
        fen, exactly = whole(case, before)
        result = CapResult(
            scope=cap.scope, key=shown, limit=None, granted="0.00", before=fen, after=fen, binding=False, margin=None, clause=cap.clause
        )
        result.before_exact = result.after_exact = exactly
        return result, _step(case, cap, named, shown, Money(before, together(members)), before)
    limit = _limit(cap, members)
    taken = sum([one.amount for one in inside if not one.topped_up])
    room = max(0, limit - taken)
    after = min(before, room)
    working = Least([Money(before, together(members)), Most([NOTHING, Difference(Money(limit), Money(taken))])])
    step = _step(case, cap, named, shown, working, after)
    if before > room:
        lower(members, room, StepValue(step), exact=case.terms.rounding.scope == "TOTAL")
        case.spend(members, "CAP_USED", cap.clause, case.word(case.rules.called[id(cap)]))
    case.accounts.append(Account(members, room, sum([one.amount for one in inside if one.topped_up])))
    most, granted = money.yuan(limit), money.yuan(taken)
    (fen_before, exact_before), (fen_after, exact_after) = whole(case, before), whole(case, after)
    margin = money.yuan(room - money.fen(fen_after))
    result = CapResult(
        scope=cap.scope,
        key=shown,
        limit=most,
        granted=granted,
        before=fen_before,
        after=fen_after,
        binding=before > room,
        margin=margin,
        clause=cap.clause,
    )
    result.before_exact, result.after_exact = exact_before, exact_after
    return result, step


def _step(case: Case, cap: Cap, named: tuple[str, ...], shown: str | None, working: Operation, after: Amount) -> WorkedStep:
    parts = map(Phrase, key_titles(cap, named, case.rules.spoken), named)
    return WorkedStep(
        id=f"cap:{cap.scope}:{shown or ''}",
        label=Words((case.rules.called[id(cap)], *parts)),
        formula=Said("FORMULA_CAP" if cap.limit is not UNKNOWN else "FORMULA_CAP_UNKNOWN", {}),
        working=working,
        value=Money(after),
        clause=cap.clause,
    )


def together(members: Sequence[Atom]) -> Origin | None:
    """Where the sum of amounts comes from."""
    origins = tuple(atom.origin for atom in members if atom.origin is not None)
    return origins[0] if len(origins) == 1 else Together(origins) if origins else None


def lower(members: Sequence[Atom], total: Amount, origin: StepValue, *, exact: bool) -> None:
    """Replace the sum of a group by ``total`` of ``origin``, in proportion (D49); exactly where only the total is rounded (D50)."""
    ordered = sorted(members, key=lambda atom: atom.order)
    weights = tuple(atom.amount for atom in ordered)
    before = sum(weights, 0)
    if not before:
        return
    exact = exact or isinstance(total, Fraction)
    if exact:
        shares: Sequence[Amount] = [Fraction(total) * Fraction(weight) * (1 / Fraction(before)) for weight in weights]
    else:
        shares = money.spread(int(total), weights)
    for place, (atom, share) in enumerate(zip(ordered, shares, strict=True)):
        atom.amount = share
        atom.origin = origin if len(ordered) == 1 else Share(of=origin, total=total, weights=weights, place=place, exact=exact)


def whole(case: Case, amount: Amount) -> tuple[str, str | None]:
    """An amount in 元 to the fen, rounded as the total is; beside it the exact "n/d" of a 元 where it is no whole fen (D93)."""
    if isinstance(amount, int):
        return money.yuan(amount), None
    if amount.denominator == 1:
        return money.yuan(amount.numerator), None
    exact = amount * Fraction(1, 100)
    return money.yuan(money.round_to(amount, 1, case.mode)), f"{exact.numerator}/{exact.denominator}"
