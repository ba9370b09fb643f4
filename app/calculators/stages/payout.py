"""Paid how: instalments, the balance after acceptance, and the sources of the money (D55)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.calculators.quantities import money
from app.calculators.results.model import Payment
from app.calculators.results.working import NOTHING, Difference, Money, Most, Said, WorkedStep
from app.calculators.stages.context import Case, ItemWork


def pay(case: Case, works: Sequence[ItemWork], total: int) -> list[Payment]:
    """The payments in order; all parts of one kind add up to the total, what was paid to the total and what goes back."""
    found: list[Payment] = []
    accepted = [one for one in works if one.accepted]
    if accepted:
        due = {one.id: sum(int(atom.amount) for atom in one.atoms) for one in works}
        paid = sum(one.paid_instalments for one in works)  # what was really paid; an excess is the item's recovery (D99)
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


def recovery(one: ItemWork, due: int) -> Iterator[WorkedStep]:
    """The working of what is to be paid back after acceptance, where more was paid than is due (D55, D99)."""
    back = one.paid_instalments - due
    if back > 0:
        yield WorkedStep(
            id=f"recovery:{one.id}",
            label=Said("STEP_RECOVERY", {"id": one.id}),
            formula=Said("FORMULA_RECOVERY", {}),
            working=Most([NOTHING, Difference(Money(one.paid_instalments), Money(due))]),
            value=Money(back),
            clause=None,
            item_id=one.id.text,
            lender=one.id.lender,
        )
