"""The inner accrual: Σ balance × days × rate, as whole fen and a remainder, on plain integers.

Written so that a compiler with 64-bit integers can take it as it is. fen × days × rate passes 2^63 at
73 million yuan a year, therefore quotient and remainder are kept apart at every product. As a bank does,
balance × days are added up first (计息积数) while the rate is the same. Bounds, for balances that on no
day add up to 10^15 fen, rates at most 10 over a denominator of at most 10^10, and 22,000 days:

    balance = a·basis + b              a < 10^15/basis, b < basis; basis 360, 365, or 365·366 (then a day is 365 or 366)
    Σ days·balance/basis = whole + part  whole < 6.2e16, part < basis
    whole = p·D + s (D the denominator) p·numerator < 6.2e16/D·10·D, s·numerator < 10·D² ≤ 1e21 for D = 1e10

The last product is split once more by a 10^5 limb, so that no intermediate passes 2^63.
"""

from __future__ import annotations

from collections.abc import Sequence

LIMB = 100_000


def interest(balances: Sequence[int], days: Sequence[int], day_basis: int, rate: int, rate_denominator: int) -> tuple[int, int]:
    """Σ balance × (days/day_basis) × (rate/rate_denominator): whole units, and the rest over the product of both denominators.

    Balances are whole units (fen), not negative; the sum is exact: whole + rest / (day_basis·rate_denominator).
    """
    assert rate_denominator > 0 and day_basis > 0
    whole, part = 0, 0
    for balance, count in zip(balances, days, strict=True):
        whole += balance // day_basis * count
        part += balance % day_basis * count
    more, part = divmod(part, day_basis)
    p, s = divmod(whole + more, rate_denominator)
    high, low = divmod(s, LIMB)
    q1, r1 = divmod(high * rate, rate_denominator)
    q2, r2 = divmod(r1 * LIMB + low * rate, rate_denominator)
    over, rest = divmod(r2 * day_basis + part * rate, rate_denominator * day_basis)
    return p * rate + q1 * LIMB + q2 + over, rest
