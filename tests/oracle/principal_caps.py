"""Principal caps, per day and in listed order, before the rate (D23-D26, D68, D80, D90)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Any

from tests.oracle.accounts import Json, Situation
from tests.oracle.counted_days import Chooser, Day
from tests.oracle.language import RefusedError, evaluate
from tests.oracle.loans import Loan, Slice
from tests.oracle.spelling import normal


@dataclass
class Admitted:
    """A loan that is not refused, whatever is claimed of it, and those of its lines whose requirements it meets."""

    loan: Loan
    chooser: Chooser
    lines: set[str]


@dataclass
class Claimant:
    """A slice that takes room for ever under a line, once a day of it was open, whatever was claimed (D90)."""

    loan: Loan
    slice: Slice
    line: str


def claimants_of(admitted: list[Admitted]) -> list[Claimant]:
    found = []
    for each in admitted:
        for slice_ in each.loan.slices:
            lines = {line for day in slice_.open for line in each.chooser.possible_lines(slice_, day)}
            found += [Claimant(each.loan, slice_, line) for line in sorted(lines & each.lines)]
    return found


def limit_principal(case: Situation, chosen: list[Day], admitted: list[Admitted]) -> list[Json]:
    """Bound the balances; what bound is told of the day on which each account bound most (D80)."""
    told: list[Json] = []
    caps = [c for c in case.terms.get("caps", []) if c.get("bounds") == "BALANCE" and c["limit"] != "unknown"]
    claimants = claimants_of(admitted) if any(c.get("room") == "CUMULATIVE" for c in caps) else []
    for cap in caps:
        concerned = [each for each in chosen if is_under(case, cap, each)]
        under = [each for each in concerned if each.counted]
        require_keys(case, cap, [c for c in claimants if is_under(case, cap, c)] if cap.get("room") == "CUMULATIVE" else under)
        groups: dict[Any, list[Day]] = defaultdict(list)
        for each in concerned:
            groups[account_of_day(case, cap, each)].append(each)
        for account, group in groups.items():
            limit = limit_of(case, cap, group[0])
            before = balances_by_day(group)
            if cap.get("room") == "CUMULATIVE":
                take_once(group, [c for c in claimants if is_under(case, cap, c) and account_of_day(case, cap, c) == account], limit)
            else:
                take_daily(group, limit)
            after = balances_by_day(group)
            most = max(sorted(before), key=lambda day: before[day] - after[day])
            if before[most] > after[most]:
                told.append(told_of(cap, key_shown(case, cap, group[0]), limit, before[most], after[most]))
    return told


def told_of(cap: Json, key: list[str], limit: int, before: Any, after: Any) -> Json:
    about = {"per": cap["per"], "key": key, "lines": [normal(line) for line in cap.get("lines", [])]}
    return {**about, "limit": limit, "before": before, "after": after, "binding": True}


def key_shown(case: Situation, cap: Json, each: Day) -> list[str]:
    """What an account separates by, in the words of the answer; a drawdown has two words, its contract's and its own."""
    keys = {**keys_of(case, each.loan), "CONTRACT": contract_shown(case, each.loan), "LINE": normal(each.line)}
    return [word for per in cap["per"] for word in ([keys["CONTRACT"], each.slice.key] if per == "DRAWDOWN" else [keys[per] or ""])]


def contract_shown(case: Situation, loan: Loan) -> str:
    return normal(f"{loan.no} {loan.lender}" if normal(loan.no) in case.shared_numbers else loan.no)


def balances_by_day(group: list[Day]) -> dict[date, Any]:
    found: dict[date, Any] = defaultdict(int)
    for each in group:
        found[each.day] += each.counted
    return found


def is_under(case: Situation, cap: Json, each: Day | Claimant) -> bool:
    if cap.get("lines") and each.line not in cap["lines"]:
        return False
    return not cap.get("when") or bool(
        evaluate(cap["when"], lambda n: each.loan.fact_named(each.slice, n), case.calls(each.loan.places(each.slice)))
    )


def require_keys(case: Situation, cap: Json, concerned: list[Any]) -> None:
    """A cap that separates by a fact requires it of what it bounds, unless a single contract is under it (D68).

    It works before the rate (D26), so that days at a rate of zero are under it too; what takes room for ever is under
    it whether it is claimed or not (D90).
    """
    if len({each.loan.id for each in concerned}) < 2:
        return
    if any(None in account_of_day(case, cap, each) for each in concerned):
        raise RefusedError("FACT_REQUIRED")


def limit_of(case: Situation, cap: Json, each: Day) -> int:
    limit = evaluate(cap["limit"], lambda n: each.loan.fact_named(each.slice, n), case.calls(each.loan.places(each.slice)))
    return floor(limit * 100)


def order_of(each: Day | Claimant) -> tuple[date, str, str, str]:
    return (each.slice.on, normal(each.loan.no), normal(each.loan.lender), each.slice.key)


def account_of_day(case: Situation, cap: Json, each: Day | Claimant) -> tuple[Any, ...]:
    keys = {**keys_of(case, each.loan), "LINE": each.line}
    for name, about in case.terms.get("needs", {}).items():
        if about["type"] == "CODE" and about["of"] == "DRAWDOWN":
            keys[name] = normal_or_none((each.slice.fact.get("measures") or {}).get(name))
    account = [keys[per] or None for per in cap.get("per", []) if per not in {"DRAWDOWN", "CONTRACT"}]
    if "DRAWDOWN" in cap.get("per", []):
        account.append((each.loan.id, each.slice.key))
    if "CONTRACT" in cap.get("per", []):
        account.append(each.loan.id)
    return tuple(account)


def normal_or_none(text: str | None) -> str | None:
    return normal(text) if text else None


def keys_of(case: Situation, loan: Loan) -> dict[str, Any]:
    """What a cap may separate by, in normal form (D67)."""
    keys: dict[str, Any] = {
        "CONTRACT": normal(loan.no),
        "LENDER": normal(loan.lender),
        "PROJECT": normal(loan.fact.get("project_id") or ""),
        "DRAWDOWN": "",
    }
    for need, about in case.terms.get("needs", {}).items():
        if about["type"] == "CODE" and about["of"] == "CONTRACT":
            keys[need] = normal_or_none((loan.fact.get("measures") or {}).get(need))
    return keys


def take_daily(group: list[Day], limit: int) -> None:
    by_day: dict[date, list[Day]] = defaultdict(list)
    for each in group:
        by_day[each.day].append(each)
    for today in by_day.values():
        room: Any = limit
        for each in sorted(today, key=order_of):
            each.counted = min(each.counted, room)
            room -= each.counted


def take_once(group: list[Day], takers: list[Claimant], limit: int) -> None:
    slices = {order_of(each): each for each in takers}
    room: Any = limit
    share: dict[Any, Any] = {}
    for order in sorted(slices):
        share[order] = min(slices[order].slice.drawn * slices[order].loan.fx, room)
        room -= share[order]
    for each in group:
        each.counted = min(each.counted, share[order_of(each)])
