"""Interest vouchers that contradict each other: overlaps, receipts that cannot be told apart, reversals of nothing (D27, D87)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from app.calculators.claims.errors import Fault
from app.calculators.claims.model import Contract, InterestVoucher
from app.calculators.claims.spelling import normal
from app.calculators.quantities.money import fen
from app.calculators.wording.nearest_names import MOST_COMPARED, NOBODY, meant

Scope = str | None  # the drawdown of a voucher in normal form; None: the contract as a whole
Days = tuple[date, date]  # from, until
Places = dict[Days, list[int]]  # which entries of the request have the same days


def check_vouchers(contract: Contract, pointer: str) -> list[Fault]:
    """Vouchers that overlap, receipts that cannot be told apart, reversals of nothing."""
    faults: list[Fault] = []
    known = {normal(one.drawdown_no) for one in contract.drawdowns}
    interest: dict[Scope, Places] = {}
    reversals: dict[Scope, Places] = {}
    for no, one in enumerate(contract.interest_paid):
        where, scope = f"{pointer}/interest_paid/{no}", scope_of(one)
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


def scope_of(one: InterestVoucher) -> Scope:
    """The drawdown that a voucher names, in normal form; None where it is of the contract as a whole."""
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
    net = sum(ordinary(paid[no]) for no in interest) - sum(ordinary(paid[no]) for no in reversals)
    if gross < 0 or net < 0:
        zh, en = "冲销后利息为负", "the reversal exceeds the interest that was stated"
        return [Fault(f"{where}/amount", "REVERSAL_EXCEEDS_VOUCHER", zh, en)]
    return []


def ordinary(one: InterestVoucher) -> int:
    """The interest of a voucher without penalty, in fen."""
    return fen(one.amount) - fen(one.penalty)
