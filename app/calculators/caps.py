"""Caps on amounts: accounts with a limit, applied in order, spread back over their items to the fen.

An account is ``per`` × ``period``; the applicant always separates accounts (D39). A binding cap replaces
the sum of its group by the room that is left, in proportion to the amounts just before it (D49), so no
item ever rises and earlier caps stay true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.calculators import expressions as ex
from app.calculators import money
from app.calculators.facts import Granted
from app.calculators.items import Amount, Atom, Case
from app.calculators.principal_caps import ambiguous
from app.calculators.results import CapResult, Step
from app.calculators.terms import UNKNOWN, Cap
from app.calculators.vocabulary import key_titles

AccountKey = tuple[str, ...]


@dataclass(slots=True)
class Grant:
    """An earlier grant as caps see it."""

    table: str
    amount: int
    keys: dict[str, str]
    accrual_year: int | None
    year: int  # programme year
    topped_up: bool = False


def programme_year(table_id: str, on_year: int) -> int:
    """The year of the table's batch, else of the date (D40)."""
    for part in table_id.split("-"):
        if len(part) == 4 and part.isdigit():
            return int(part)
    return on_year


def grants_of(case: Case) -> list[Grant]:
    """The earlier grants; ``other_support_this_year`` is read as one without keys (D41)."""
    found = [_grant(one) for one in case.claim.applicant.granted]
    other = case.claim.applicant.other_support_this_year
    if other is not None:
        found.append(Grant(case.table.id, money.fen(other), {}, None, case.year))
    return found


def _grant(one: Granted) -> Grant:
    return Grant(one.rate_table, money.fen(one.amount), dict(one.keys), one.accrual_year, programme_year(one.rate_table, one.on.year))


def apply_cap(
    case: Case, cap: Cap, atoms: Sequence[Atom], grants: Sequence[Grant], results: list[CapResult], steps: list[Step]
) -> None:
    """Lower the atoms' amounts to the room of each account, and add how. Errors: FactsError CAP_FACT_AMBIGUOUS."""
    accounts: dict[AccountKey, list[Atom]] = {}
    for atom in atoms:
        if cap.lines is not None and atom.line.id not in cap.lines:
            continue
        accounts.setdefault(_key(cap, atom), []).append(atom)
    for key, members in sorted(accounts.items()):
        if cap.when is not None and not _condition(cap, members, atoms):
            continue
        result, step = _account(case, cap, key, members, grants)
        results.append(result)
        steps.append(step)


def _key(cap: Cap, atom: Atom) -> AccountKey:
    key = [atom.keys.get(name, "") for name in cap.keys]
    if "DRAWDOWN" in cap.per:
        key.append(atom.item_id)  # drawdown numbers are unique only within a contract
    if cap.period == "ACCRUAL_YEAR":
        key.append(str(atom.year or ""))  # what accrues on no day has an account without a year
    return tuple(key)


def _condition(cap: Cap, members: Sequence[Atom], atoms: Sequence[Atom]) -> bool:
    """Whether a conditional cap holds for an account: ``earned`` asks whole contracts, in every year and drawdown (D29, D96)."""
    held_by = {atom.item_id for atom in members}

    def of(atom: Atom) -> ex.Lookup:
        def answer(key: str | tuple[str, ...]) -> Any:
            if isinstance(key, tuple) and key[0] == "earned":
                return any(one.line.id == key[1] and one.exact > 0 and one.item_id in held_by for one in atoms)
            return atom.scope.of(key)

        return answer

    node: Any = cap.when
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


def _matches(case: Case, cap: Cap, key: AccountKey, grant: Grant) -> bool:
    """Whether an earlier grant takes room in this account: pool, period and keys (D41)."""
    return _in_pool(case, cap, grant) and _in_period(case, cap, key, grant) and _has_keys(cap, key, grant)


def _in_pool(case: Case, cap: Cap, grant: Grant) -> bool:
    if cap.pool is None:
        return grant.table == case.table.id
    if cap.pool == "FUND":
        method = case.table.fund_methods.get(grant.table)
        same_fund = grant.table.startswith(case.table.fund + "-")
        if same_fund and cap.overlay:
            return method is None or method == case.table.method
        return same_fund
    return grant.table in cap.pool or grant.table == case.table.id


def _in_period(case: Case, cap: Cap, key: AccountKey, grant: Grant) -> bool:
    if cap.period == "CLAIM":
        return False
    if cap.period == "BATCH":
        return grant.table == case.table.id or grant.table.startswith(case.table.batch + "-")
    if cap.period == "PROGRAM_YEAR":
        return grant.year == case.year
    if cap.period == "ACCRUAL_YEAR":
        return str(grant.accrual_year or "") == key[-1]
    return True


def _has_keys(cap: Cap, key: AccountKey, grant: Grant) -> bool:
    for name, value in zip(cap.keys, key, strict=False):
        if grant.keys.get(name) != value:
            return False
    if "DRAWDOWN" in cap.per and grant.keys.get("contract_no") != key[len(cap.per)]:
        return False
    if cap.lines is None:
        return True
    return bool({grant.keys.get("line"), grant.keys.get("category")} & cap.lines)


def _account(case: Case, cap: Cap, key: AccountKey, members: list[Atom], grants: Sequence[Grant]) -> tuple[CapResult, Step]:
    before: Amount = sum([atom.amount for atom in members])
    shown = " ".join([part for part in key if part]) or None
    if cap.lines is not None and not cap.per:
        shown = " ".join([*sorted(cap.lines), *key])
    if cap.limit is UNKNOWN:
        case.cap_without_figure(cap.clause)
        text = amount_text(before)
        result = CapResult(cap.scope, shown, None, "0.00", text, text, False, None, cap.clause)
        return result, _step(case, cap, key, shown, text, text)
    limit = _limit(cap, members)
    taken = sum([one.amount for one in grants if not one.topped_up and _matches(case, cap, key, one)])
    room = max(0, limit - taken)
    after = before
    if before > room:
        lower(members, room, exact=case.terms.rounding.scope == "TOTAL")
        after = room
    most, granted, stood = money.yuan(limit), money.yuan(taken), amount_text(before)
    stands = stood if after == before else amount_text(after)
    result = CapResult(cap.scope, shown, most, granted, stood, stands, before > room, amount_text(room - after), cap.clause)
    return result, _step(case, cap, key, shown, f"min({stood}, max(0, {most} - {granted}))", stands)


def _step(case: Case, cap: Cap, key: AccountKey, shown: str | None, substituted: str, value: str) -> Step:
    formula = "FORMULA_CAP" if cap.limit is not UNKNOWN else "FORMULA_CAP_UNKNOWN"
    label = case.word(case.rules.called[id(cap)])
    if key:
        parts = key if case.language == "en" else key_titles(cap, key, case.rules.spoken)
        label = " ".join(part for part in (label, *parts) if part)
    return Step(
        0,
        f"cap:{cap.scope}:{shown or ''}",
        label,
        case.say(formula),
        substituted,
        value,
        "元",
        None,
        cap.clause,
        None,
    )


def lower(members: Sequence[Atom], total: Amount, *, exact: bool) -> None:
    """Replace the sum of a group by ``total``, in proportion (D49); exactly where only the total is rounded (D50)."""
    ordered = sorted(members, key=lambda atom: atom.order)
    before = sum((atom.amount for atom in ordered), 0)
    if not before:
        return
    if exact or isinstance(total, Fraction):
        for atom in ordered:
            atom.amount = Fraction(total) * Fraction(atom.amount) * (1 / Fraction(before))
        return
    shares = money.spread(total, [atom.amount for atom in ordered])
    for atom, share in zip(ordered, shares, strict=True):
        atom.amount = share


def amount_text(amount: Amount) -> str:
    """An amount in 元; exact where it is not yet rounded."""
    if isinstance(amount, int):
        return money.yuan(amount)
    if amount.denominator == 1:
        return money.yuan(amount.numerator)
    return money.decimal_text(amount * Fraction(1, 100))
