"""Paid how: instalments, the balance after acceptance, and the sources of the money (D55)."""

from __future__ import annotations

from collections.abc import Sequence

from app.calculators import money
from app.calculators.items import Case, ItemWork
from app.calculators.results import Payment


def pay(case: Case, works: Sequence[ItemWork], total: int) -> list[Payment]:
    """The payments in order; all parts of one kind add up to the total."""
    found: list[Payment] = []
    accepted = [one for one in works if one.accepted]
    if accepted:
        due = {one.id: sum(int(atom.amount) for atom in one.atoms) for one in works}
        paid = sum(min(one.paid_instalments, due[one.id]) for one in works)
        balance = sum(max(0, due[one.id] - one.paid_instalments) for one in works)
        found.append(Payment(1, money.yuan(paid), case.say("PAY_DONE")))
        found.append(Payment(2, money.yuan(balance), case.say("PAY_BALANCE")))
    elif case.terms.instalments:
        shares = money.split(total, [one.share for one in case.terms.instalments])
        found += [
            Payment(no, money.yuan(amount), one.name)
            for no, (one, amount) in enumerate(zip(case.terms.instalments, shares, strict=True), 1)
        ]
    if case.terms.sources:
        shares = money.split(total, [one.share for one in case.terms.sources])
        start = len(found) + 1
        found += [
            Payment(no, money.yuan(amount), case.say("PAY_AT_ONCE"), one.name)
            for no, (one, amount) in enumerate(zip(case.terms.sources, shares, strict=True), start)
        ]
    return found
