"""Interest vouchers as a bank issues them: of the contract or of one drawdown, several receipts, reversals (D27, D87).

Receipts of one drawdown for the same days are one voucher; a reversal (冲销) comes off it, whenever it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.calculators.claims.model import Contract
from app.calculators.claims.spelling import normal
from app.calculators.loans.balances import Slice
from app.calculators.quantities.money import fen
from app.calculators.stages.context import Case, ItemId
from app.calculators.stages.voucher_consistency import Scope, ordinary, scope_of
from app.calculators.stages.windows import bounds

FAR = date(9999, 12, 31).toordinal()


@dataclass(slots=True, eq=False)
class Voucher:
    """An interest voucher that counts: its ordinary interest is shared over its days (D28). Money in fen, days as ordinals."""

    first: int
    until: int
    net: int  # what is shared: without penalty, of the receipts that the table's window on payments takes
    stated: int  # the same of all receipts paid by the application
    penalty: int
    paid: list[int]  # the days of payment
    index: int  # of its first receipt in the request
    slices: list[Slice]  # over whose balances it is shared
    named: str | None  # the drawdown as the request has it
    weight: int | None = None  # Σ balance × rate × days over the whole voucher, in 1/(parts × basis)
    parts: int = 1
    basis: int = 1
    rated: bool = False  # the rate is part of the weight


def read_vouchers(case: Case, fact: Contract, slices: list[Slice]) -> list[Voucher]:
    """The vouchers of which something was paid by the application, by their first day; a reason for each receipt paid later."""
    groups: dict[tuple[Scope, date, date], list[int]] = {}
    for no, one in enumerate(fact.interest_paid):
        groups.setdefault((scope_of(one), one.from_, one.until), []).append(no)
    windows = _payment_windows(case)
    by_name: dict[str, list[Slice]] = {}
    for one_slice in slices:
        by_name.setdefault(normal(one_slice.no), []).append(one_slice)
    found = []
    for (scope, _, _), same in groups.items():
        own = slices if scope is None or len(slices) == 1 else by_name.get(scope, [])
        voucher = _read(case, fact, same, own, windows)
        if voucher is not None:
            found.append(voucher)
    found.sort(key=lambda one: one.first)
    return found


def _read(case: Case, fact: Contract, same: list[int], slices: list[Slice], windows: list[tuple[int, int]]) -> Voucher | None:
    receipts: list[tuple[int, int]] = []  # day of payment, ordinary interest
    reversed_, penalty, first = 0, 0, None
    for no in same:
        one = fact.interest_paid[no]
        if one.kind == "REVERSAL":
            reversed_ += ordinary(one)
            penalty -= fen(one.penalty)
            continue
        paid_on = one.paid_on or one.until
        if paid_on > case.claim.application_date:
            id_, from_day, until_day = ItemId(fact.contract_no, fact.lender), one.from_, one.until
            case.refuse("VOUCHER_AFTER_APPLICATION", None, id_, None, id=id_, from_day=from_day, until_day=until_day)
            continue
        receipts.append((paid_on.toordinal(), ordinary(one)))
        penalty += fen(one.penalty)
        first = no if first is None else first
    if first is None:
        return None
    fact_ = fact.interest_paid[first]
    taken = sum([net for day, net in receipts if all(begin <= day < end for begin, end in windows)])
    return Voucher(
        first=fact_.from_.toordinal(),
        until=fact_.until.toordinal(),
        net=max(0, taken - reversed_),
        stated=max(0, sum([net for _, net in receipts]) - reversed_),
        penalty=max(0, penalty),
        paid=[day for day, _ in receipts],
        index=first,
        slices=slices,
        named=fact_.drawdown_no,
    )


def _payment_windows(case: Case) -> list[tuple[int, int]]:
    """The periods in which interest has to be paid, where the table asks for the day of payment (D28)."""
    window, period = case.terms.windows.get("interest"), case.claim.claim_period
    if window is None or window.tests != "PAID_ON":
        return []
    first, last = bounds(window, case.claim.application_date)
    found = [(1 if first is None else first.toordinal(), FAR if last is None else last.toordinal() + 1)]
    return found if period is None else [*found, (period.from_.toordinal(), period.until.toordinal())]


def given(fact: Contract, slices: list[Slice]) -> frozenset[str]:
    """The drawdowns for which vouchers were given, whether they count or not: all, unless vouchers name theirs (D74)."""
    named = {scope_of(one) for one in fact.interest_paid}
    if not named or None in named:
        return frozenset(one.no for one in slices if named)
    return frozenset(one.no for one in slices if normal(one.no) in named)
