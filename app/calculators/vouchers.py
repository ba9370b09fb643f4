"""Interest vouchers as a bank issues them: of the contract or of one drawdown, several receipts, reversals (D27, D87).

Receipts of one drawdown for the same days are one voucher; a reversal (冲销) comes off it, whenever it was made.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.calculators.balances import Slice
from app.calculators.facts import Contract, InterestVoucher
from app.calculators.faults import Fault
from app.calculators.items import Case, ItemId
from app.calculators.money import fen
from app.calculators.nearest import MOST_COMPARED, NOBODY, meant
from app.calculators.spelling import normal
from app.calculators.windows import bounds

Scope = str | None  # the drawdown of a voucher in normal form; None: the contract as a whole
Days = tuple[date, date]  # from, until
Places = dict[Days, list[int]]  # which entries of the request have the same days

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


# --- what contradicts itself ------------------------------------------------------------------------


def check_vouchers(contract: Contract, pointer: str) -> list[Fault]:
    """Vouchers that overlap, receipts that cannot be told apart, reversals of nothing."""
    faults: list[Fault] = []
    known = {normal(one.drawdown_no) for one in contract.drawdowns}
    interest: dict[Scope, Places] = {}
    reversals: dict[Scope, Places] = {}
    for no, one in enumerate(contract.interest_paid):
        where, scope = f"{pointer}/interest_paid/{no}", _scope(one)
        if scope is not None and scope not in known:
            names = [drawn.drawdown_no for drawn in contract.drawdowns]
            near = meant(one.drawdown_no, names) if len(faults) * len(names) < MOST_COMPARED else NOBODY
            zh, en = f"本合同没有此放款编号{near.zh}", f"the contract has no such drawdown_no{near.en}"
            faults.append(Fault(f"{where}/drawdown_no", "UNKNOWN_DRAWDOWN", zh, en))
        if fen(one.penalty) > fen(one.amount):
            faults.append(Fault(f"{where}/penalty", "PART_ABOVE_WHOLE", "罚息大于利息金额", "the penalty exceeds the amount"))
        kind = reversals if one.kind == "REVERSAL" else interest
        kind.setdefault(scope, {}).setdefault((one.from_, one.until), []).append(no)
    for places in (*interest.values(), *reversals.values()):
        for same in places.values():
            faults += _same_receipts(contract.interest_paid, same, pointer)
    for places in interest.values():
        faults += _overlaps(places, pointer)
    faults += _contract_beside_drawdowns(interest, pointer)
    for scope, places in reversals.items():
        for period, same in places.items():
            faults += _reversed(contract.interest_paid, interest.get(scope, {}).get(period, []), same, pointer)
    return faults


def _scope(one: InterestVoucher) -> Scope:
    return None if one.drawdown_no is None else normal(one.drawdown_no)


def _same_receipts(paid: Sequence[InterestVoucher], same: list[int], pointer: str) -> list[Fault]:
    """Entries for the same days of the same drawdown, each of which needs a receipt_no of its own."""
    seen: set[str] = set()
    doubtful = []
    for no in same if len(same) > 1 else []:
        receipt = paid[no].receipt_no
        if receipt is None or normal(receipt) in seen:
            doubtful.append(no)
        else:
            seen.add(normal(receipt))
    if doubtful == same:
        doubtful = same[1:]
    zh = "同一期间有两张利息凭证：属不同放款的，各以 drawdown_no 写明放款；属同一放款的，各以不同的 receipt_no 写明回单号"
    en = (
        "two vouchers for the same days: give each its drawdown_no if they belong to different drawdowns, "
        "or each a receipt_no of its own if they are receipts of one"
    )
    return [Fault(f"{pointer}/interest_paid/{no}", "VOUCHERS_OVERLAP", zh, en) for no in doubtful]


def _overlaps(places: Places, pointer: str) -> list[Fault]:
    """Vouchers of one drawdown, or of the contract, for different days that overlap."""
    faults = []
    last = date.min
    for (first, until), same in sorted(places.items()):
        if first < last:
            zh = (
                "利息凭证期间重叠：属不同放款的，各以 drawdown_no 写明放款；"
                "属同一放款的，改正起止日（止日不含），同期的几张回单以 receipt_no 区分"
            )
            en = (
                "interest vouchers overlap: give each its drawdown_no if they belong to different drawdowns; if not, correct their days "
                "(until is exclusive), or give the receipts of the same days a receipt_no each"
            )
            faults.append(Fault(f"{pointer}/interest_paid/{same[0]}", "VOUCHERS_OVERLAP", zh, en))
        last = max(last, until)
    return faults


def _contract_beside_drawdowns(interest: dict[Scope, Places], pointer: str) -> list[Fault]:
    """A voucher of the contract would be shared over days and balances that one of a drawdown pays for."""
    whole = sorted(interest.get(None, {}))
    starts = [first for first, _ in whole]
    faults = []
    for scope, places in interest.items():
        for (first, until), same in places.items() if scope is not None else ():
            before = bisect_right(starts, first) - 1
            meets = (before >= 0 and whole[before][1] > first) or (before + 1 < len(whole) and whole[before + 1][0] < until)
            if meets:
                zh = "放款的利息凭证与合同的利息凭证期间重叠：请为每张凭证以 drawdown_no 写明放款，或改正起止日（止日不含）"
                en = (
                    "the voucher of a drawdown overlaps one of the whole contract: "
                    "give every voucher its drawdown_no, or correct their days (until is exclusive)"
                )
                faults.append(Fault(f"{pointer}/interest_paid/{same[0]}", "VOUCHERS_OVERLAP", zh, en))
    return faults


def _reversed(paid: Sequence[InterestVoucher], interest: list[int], reversals: list[int], pointer: str) -> list[Fault]:
    """A reversal has the days and the drawdown of a voucher, and takes no more than was stated, interest and penalty together or not."""
    where = f"{pointer}/interest_paid/{reversals[0]}"
    if not interest:
        zh = "冲销须与一张利息凭证的起止日和放款编号（drawdown_no）一致"
        en = "a reversal has the same from, until and drawdown_no as a voucher that is given"
        return [Fault(where, "REVERSAL_WITHOUT_VOUCHER", zh, en)]
    gross = sum(fen(paid[no].amount) for no in interest) - sum(fen(paid[no].amount) for no in reversals)
    net = sum(_net(paid[no]) for no in interest) - sum(_net(paid[no]) for no in reversals)
    if gross < 0 or net < 0:
        zh, en = "冲销后利息为负", "the reversal exceeds the interest that was stated"
        return [Fault(f"{where}/amount", "REVERSAL_EXCEEDS_VOUCHER", zh, en)]
    return []


def _net(one: InterestVoucher) -> int:
    return fen(one.amount) - fen(one.penalty)


# --- what counts ------------------------------------------------------------------------------------


def read_vouchers(case: Case, fact: Contract, slices: list[Slice]) -> list[Voucher]:
    """The vouchers of which something was paid by the application, by their first day; a reason for each receipt paid later."""
    groups: dict[tuple[Scope, date, date], list[int]] = {}
    for no, one in enumerate(fact.interest_paid):
        groups.setdefault((_scope(one), one.from_, one.until), []).append(no)
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
            reversed_ += _net(one)
            penalty -= fen(one.penalty)
            continue
        paid_on = one.paid_on or one.until
        if paid_on > case.claim.application_date:
            id_, from_day, until_day = ItemId(fact.contract_no, fact.lender), one.from_, one.until
            case.refuse("VOUCHER_AFTER_APPLICATION", None, id_, None, id=id_, from_day=from_day, until_day=until_day)
            continue
        receipts.append((paid_on.toordinal(), _net(one)))
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
    named = {_scope(one) for one in fact.interest_paid}
    if not named or None in named:
        return frozenset(one.no for one in slices if named)
    return frozenset(one.no for one in slices if normal(one.no) in named)
