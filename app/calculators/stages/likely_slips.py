"""Likely slips of the hand in a claim that is right in form: a unit of 万元, a period whose last day was meant to count.

They change nothing; the answer says what was assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

from app.calculators.claims.model import Claim
from app.calculators.quantities import money
from app.calculators.stages.context import Case, ItemWork
from app.calculators.stages.scope import Scope
from app.calculators.terms import builtins as nm
from app.calculators.wording.phrases import title

WAN = 10_000
HUNDREDTH = 100
_DAY = timedelta(days=1)
_LOAN = frozenset({"balance", "disbursed", "drawn"})  # compared by what was drawn under the contract
_LISTS = {"admitted": "investments", "accepted": "accepted_investment"}  # where the sum of a derived fact was sent


def doubt_periods(case: Case) -> None:
    """A period from the first of a month to the last day of one: ``until`` does not count, so a day may be lost."""
    for pointer, first, until in _periods(case.claim):
        if first.day == 1 and until.day >= 28 and (until + _DAY).day == 1:
            case.warn("UNTIL_LOOKS_INCLUSIVE", pointer, until=until, next=until + _DAY)


def _periods(claim: Claim) -> Iterator[tuple[str, date, date]]:
    if claim.claim_period is not None:
        yield "/claim_period/until", claim.claim_period.from_, claim.claim_period.until
    for at, contract in enumerate(claim.contracts or ()):
        for no, voucher in enumerate(contract.interest_paid):
            yield f"/contracts/{at}/interest_paid/{no}/until", voucher.from_, voucher.until
        for no, period in enumerate(contract.excluded_periods):
            yield f"/contracts/{at}/excluded_periods/{no}/until", period.from_, period.until
    for at, policy in enumerate(claim.policies or ()):
        yield f"/policies/{at}/period_until", policy.period_from, policy.period_until


def doubt_amounts(case: Case, works: Sequence[ItemWork]) -> None:
    """Sums below a hundredth of the least with which the table compares them: perhaps 万元 where 元 is meant."""
    for name, least in case.rules.thresholds.items():
        if name in case.applicant.values:
            _doubt(case, name, least, case.applicant, case.applicant.given(name))
            continue
        for one in works:
            value = _drawn(case, one) if name in _LOAN else one.scope.given(name)
            _doubt(case, name, least, one.scope, value)


def _drawn(case: Case, one: ItemWork) -> Fraction | None:
    contract = (case.claim.contracts or ())[one.index]
    if contract.currency != "CNY":
        return None
    return Fraction(sum(money.fen(drawn.amount) for drawn in contract.drawdowns), 100)


def _doubt(case: Case, name: str, least: Fraction, scope: Scope, value: Fraction | None) -> None:
    if value is None or not 0 < value * HUNDREDTH < least:
        return
    field = "drawdowns" if name in _LOAN else _LISTS.get(name, name)
    measure = name in case.rules.needs and name not in nm.BUILT_IN[str(case.terms.facts)]
    case.warn(
        "AMOUNT_LOOKS_LIKE_WAN",
        f"{scope.pointer}/measures/{name}" if measure else f"{scope.pointer}/{field}",
        what=case.word(title(name, case.rules.spoken)),
        value=_text(value),
        least=_text(least),
        meant=_text(value * WAN),
    )


def _text(yuan: Fraction) -> str:
    return money.yuan(money.round_down(yuan * 100))
