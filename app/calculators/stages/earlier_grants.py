"""Earlier grants: in which accounts they take room, and what they must say so that this is known (D41, D69)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from app.calculators.claims.errors import FactsError, Fault
from app.calculators.claims.model import Granted
from app.calculators.claims.spelling import normal
from app.calculators.expressions import nodes as ex
from app.calculators.quantities import money
from app.calculators.stages.cap_accounts import AccountKey, missing_keys, title_of
from app.calculators.stages.context import Case
from app.calculators.terms.cap_periods import CAP_PERIODS
from app.calculators.terms.model import UNKNOWN, Cap, Terms


@dataclass(slots=True, kw_only=True)
class Grant:
    """An earlier grant as caps see it."""

    table: str
    amount: int
    on: date
    year: int  # programme year
    pointer: str
    keys: Mapping[str, str]  # in normal form
    lines: frozenset[str] | None  # to which its line or category belongs; None where it names neither
    accrual_year: int | None = None
    everywhere: bool = False  # one sum for several accounts: it takes room in each that its keys do not exclude
    topped_up: bool = False


def programme_year(table_id: str, on_year: int) -> int:
    """The year of the table's batch, else of the date (D40)."""
    for part in table_id.split("-"):
        if len(part) == 4 and part.isdecimal():
            return int(part)
    return on_year


def grants_of(case: Case) -> list[Grant]:
    """The earlier grants; ``other_support_this_year`` is read as one without keys (D41)."""
    found = [_grant(case, no, one) for no, one in enumerate(case.claim.applicant.granted)]
    other = case.claim.applicant.other_support_this_year
    if other is not None:
        found.append(
            Grant(
                table=case.table.id,
                amount=money.fen(other),
                on=case.claim.application_date,
                year=case.year,
                pointer=OTHER_SUPPORT,
                keys={},
                lines=None,
            )
        )
    return found


OTHER_SUPPORT = "/applicant/other_support_this_year"


def _grant(case: Case, no: int, one: Granted) -> Grant:
    keys = {name: normal(value) for name, value in one.keys.items()}
    return Grant(
        table=one.rate_table,
        amount=money.fen(one.amount),
        on=one.on,
        year=programme_year(one.rate_table, one.on.year),
        pointer=f"/applicant/granted/{no}",
        keys=keys,
        lines=_lines_of(case.terms, one.keys),
        accrual_year=one.accrual_year,
        everywhere=one.keys_unknown,
    )


def _lines_of(terms: Terms, keys: Mapping[str, str]) -> frozenset[str] | None:
    """The lines under which a grant may have been paid: the one that it names, or those that its category may choose.

    None where that says nothing of lines.
    """
    named = {line.id for line in terms.lines} & {keys.get("line"), keys.get("category")}
    if named or "category" not in keys:
        return frozenset(named) or None
    known = {"category": keys["category"]}
    found = []
    for line in terms.lines:
        held = True if line.when is None else ex.probe(line.when, known.get, [])  # type: ignore[arg-type]
        if held or (held is None and line.when is not None and "category" in ex.reads(line.when)):
            found.append(line.id)
            if held and terms.choose == "FIRST":
                break
    return frozenset(found) or None


# --- where a grant takes room ----------------------------------------------------------------------------


def in_pool(case: Case, cap: Cap, grant: Grant) -> bool:
    """Whether a grant's table shares the accounts of a cap (D41)."""
    if cap.pool is None:
        return grant.table == case.table.id
    if cap.pool == "FUND":
        method = case.table.fund_methods.get(grant.table)
        same_fund = grant.table.startswith(case.table.fund + "-")
        if same_fund and cap.overlay:
            return method is None or method == case.table.method
        return same_fund
    return grant.table in cap.pool or grant.table == case.table.id


def _in_period(case: Case, cap: Cap, grant: Grant) -> bool:
    """Whether a grant lies in the period of a cap; of the years of interest each is a period, so that any may be its own."""
    match cap.period:
        case "CLAIM" | "unknown":
            return False
        case "BATCH":
            return grant.table == case.table.id or grant.table.startswith(case.table.batch + "-")
        case "PROGRAM_YEAR":
            return grant.year == case.year
        case "CALENDAR_YEAR":
            return grant.on.year == case.claim.application_date.year
        case "ACCRUAL_YEAR" | "LIFETIME":
            return True
        case _:
            assert_never(cap.period)


def _on_lines(cap: Cap, grant: Grant) -> bool:
    """Whether a grant may lie on the lines of a cap; one that names no line may."""
    return cap.lines is None or grant.lines is None or not grant.lines.isdisjoint(cap.lines)


def concerns(case: Case, cap: Cap, grant: Grant) -> bool:
    """Whether a grant may take room in some account of a cap; one that is topped up takes none (D44)."""
    return not grant.topped_up and _may_lie(case, cap, grant)


def _may_lie(case: Case, cap: Cap, grant: Grant) -> bool:
    return in_pool(case, cap, grant) and _in_period(case, cap, grant) and _on_lines(cap, grant)


def may_be_placed(case: Case, cap: Cap, grant: Grant) -> bool:
    """Whether a grant lies in some account of a cap: pool, period and lines (D41).

    What it does not say keeps it out of every account, unless it stands for all of them (``keys_unknown``).
    """
    return _may_lie(case, cap, grant) and (grant.everywhere or not _lacks(case, cap, grant))


def lies_in(cap: Cap, key: AccountKey, year: int | None, grant: Grant) -> bool:
    """Whether a grant that may be placed lies in one account, by its year of interest and its keys."""
    if CAP_PERIODS[cap.period].of_accrual_year and grant.accrual_year not in (None, year):
        return False
    for name, value in zip(cap.keys, key, strict=True):
        if name == "line":
            if grant.lines is not None and not any(normal(line) == value for line in grant.lines):
                return False
        elif grant.keys.get(name, value) != value:
            return False
    return True


def _lacks(case: Case, cap: Cap, grant: Grant) -> list[str]:
    """What a grant would have to say so that its account under a cap is known; its line or category first."""
    of_lines = cap.lines is not None and (grant.lines is None or not grant.lines <= cap.lines)
    if of_lines or ("line" in cap.keys and (grant.lines is None or len(grant.lines) > 1)):
        return ["line" if "category" in grant.keys else "category"]
    lacking = list(missing_keys(cap, grant.keys, case.shared_numbers))
    if CAP_PERIODS[cap.period].of_accrual_year and grant.accrual_year is None:
        lacking.append("accrual_year")
    return lacking


# --- what is said of them ----------------------------------------------------------------------------------


def place_grants(case: Case, grants: Sequence[Grant]) -> None:
    """Ask for the keys that grants of this table must carry, and say of which others it is not known where they belong (D69).

    Errors: FactsError with every key that is missing.
    """
    faults: list[Fault] = []
    for grant in grants:
        if not grant.amount:
            continue
        if grant.on > case.claim.application_date:
            case.warn("GRANT_AFTER_APPLICATION", f"{grant.pointer}/on", on=grant.on)
        known = False
        for cap in case.rules.caps:
            if cap.bounds != "AMOUNT" or cap.limit is UNKNOWN or grant.topped_up or not in_pool(case, cap, grant):
                continue
            known = known or not CAP_PERIODS[cap.period].of_claim
            if concerns(case, cap, grant):
                lacking = _lacks(case, cap, grant)
                if lacking:
                    faults += _unplaced(case, cap, grant, lacking)
        if not known and not grant.topped_up and not _read_otherwise(case, grant):
            case.warn("GRANT_NOT_PLACED", grant.pointer, "GRANT_TAKES_NO_ROOM")
    if faults:
        raise FactsError(list({fault.pointer: fault for fault in reversed(faults)}.values())[::-1])


def _read_otherwise(case: Case, grant: Grant) -> bool:
    """Whether a grant is already spoken of: its table is not loaded, or it is another direction of the year (D43)."""
    if grant.table != case.table.id and grant.table not in case.table.known_tables:
        return True
    same_fund = grant.table.startswith(case.table.fund + "-")
    single = any(one.single_direction is not None for one in case.rules.stackings)
    return single and same_fund and grant.year == case.year and grant.table != case.table.id


def _unplaced(case: Case, cap: Cap, grant: Grant, lacking: Sequence[str]) -> list[Fault]:
    """Faults of a grant of this table; of any other, and of one sum for several accounts, a warning."""
    called = case.word(case.rules.called[id(cap)])
    if grant.everywhere:
        case.warn("GRANT_KEYS_UNKNOWN", f"{grant.pointer}/keys_unknown", cap=called, clause=cap.clause)
        return []
    if grant.table != case.table.id or grant.pointer == OTHER_SUPPORT:
        case.warn("GRANT_NOT_PLACED", grant.pointer, cap=called, clause=cap.clause)
        return []
    faults = []
    for name in lacking:
        where = f"{grant.pointer}/{name}" if name == "accrual_year" else f"{grant.pointer}/keys/{name}"
        title = "计息年度" if name == "accrual_year" else title_of(case, name)
        zh = f"已获支持占用哪个限额账户不明，须给出: {title}；一笔款项对应多个账户的，写 keys_unknown: true"
        en = f"which account of a cap it takes is not known; give {name}, or keys_unknown: true for one sum for several accounts"
        faults.append(Fault(where, "FACT_REQUIRED", zh, en))
    return faults
