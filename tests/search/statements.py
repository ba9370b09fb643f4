"""Facts whose absence or date is itself a statement: the only ones that may raise an amount without a word.

A closed list; each entry has its reason. What is not here may not raise anything silently. The tests assert that each entry is
still needed: that some variant uses it.
"""

from __future__ import annotations

from typing import NamedTuple

Statement = tuple[str, str]
"""``absent``, ``later`` or ``earlier``, and the fact."""

STATED = {"remove": "absent", "remove all": "absent", "null": "absent", "post-date": "later", "pre-date": "earlier"}
"""What each kind of variant states."""


def fact_of(field: str) -> str:
    """A list and its entries are one fact: no repayments, or one less. So are a rate and a plan, of a contract or a drawdown (D87)."""
    return field.removesuffix("[]").replace(".drawdowns[].rate", ".rate").replace(".drawdowns[].repayment_plan", ".repayment_plan")


class Reason(NamedTuple):
    """Why a fact may be missing or moved, and a table in which that raises an amount."""

    why: str
    witness: str


STATEMENTS: dict[Statement, Reason] = {
    # --- absent: nothing of the kind happened, or what stands in its place is a rule of the model
    ("absent", "applicant.granted"): Reason(
        "no earlier grant; nobody but the applicant and the office knows of one", "sf-lease-2026-1-1"
    ),
    ("absent", "applicant.other_support_this_year"): Reason("no other support this year, the same in one sum", "sf-lease-2026-1-1"),
    ("absent", "applicant.statuses[].until"): Reason("the status has no end", "sk-innov-2026-1-1"),
    ("absent", "claim_period"): Reason("the claim is for all days that the table counts", "sf-lease-2026-1-1"),
    ("absent", "contracts"): Reason("the loan is not claimed: what it would have taken of a shared limit is free", "se-sme-2026-1-1"),
    ("absent", "contracts[].drawdowns"): Reason(
        "the drawdown is not claimed: what it would have taken of a shared limit is free", "cn-sme-2026-0-1"
    ),
    ("absent", "contracts[].drawdowns[].day_count"): Reason(
        "the drawdown's interest is counted as its contract's (D87)", "sf-lease-2026-1-1"
    ),
    ("absent", "contracts[].drawdowns[].matures_on"): Reason("the drawdown falls due with its contract (D87)", "sf-lease-2026-1-1"),
    ("absent", "contracts[].excluded_periods"): Reason("the loan was neither overdue nor extended", "sf-lease-2026-1-1"),
    ("absent", "contracts[].interest_paid"): Reason(
        "nothing was paid to the bank by receipt: estimated, and warned of as an estimate (D30)", "sf-lease-2026-1-1"
    ),
    ("absent", "contracts[].interest_paid[].penalty"): Reason("nothing of the receipt is penalty (default 0.00)", "sf-lease-2026-1-1"),
    ("absent", "contracts[].rate"): Reason("a receipt is shared over its days by balance alone (D28)", "sf-lease-2026-1-1"),
    ("absent", "contracts[].rate.multiplier"): Reason("the contract has no multiplier (default 1)", "sf-lease-2026-1-1"),
    ("absent", "contracts[].rate.reset_dates"): Reason("the contract rate is not fixed again on that day", "sf-lease-2026-1-1"),
    ("absent", "contracts[].rate.spread"): Reason("the contract has no spread (default 0)", "sf-lease-2026-1-1"),
    ("absent", "contracts[].rate.steps"): Reason("the contract rate does not change on that day", "sf-lease-2026-1-1"),
    ("absent", "contracts[].repayment_plan"): Reason("the contract is repaid as the repayments say, without a plan", "sf-lease-2026-1-1"),
    ("absent", "contracts[].repayment_plan.first_due"): Reason(
        "the first due date is the first of its kind after the drawdown (D61)", "so-gate-2026-1-1"
    ),
    ("absent", "contracts[].repayments"): Reason("nothing was repaid, so the balance stands", "sf-lease-2026-1-1"),
    ("absent", "contracts[].repayments[].drawdown_no"): Reason("repaid is the earliest drawdown first (D20)", "sf-lease-2026-1-1"),
    ("absent", "items"): Reason("the item is not claimed: what it would have taken of a shared limit is free", "tr-fair-2026-1-1"),
    ("absent", "projects[].accepted_investment"): Reason("the project is not accepted yet", "th-match-2026-1-1"),
    # --- later: another fact, which the document behind it shows
    ("later", "applicant.statuses[].until"): Reason("the applicant had the status for longer", "sk-innov-2026-1-1"),
    ("later", "claim_period.from"): Reason("the claim is for other days", "cn-consumer-2025-0-1"),
    ("later", "claim_period.until"): Reason("the claim is for more days", "sf-lease-2026-1-1"),
    ("later", "contracts[].drawdowns[].matures_on"): Reason("a longer loan, for the drawdown alone (D87)", "sf-lease-2026-1-1"),
    ("later", "contracts[].drawdowns[].on"): Reason("not drawn yet, so it takes nothing of a shared principal limit", "cn-sme-2026-0-1"),
    ("later", "contracts[].excluded_periods[].from"): Reason("other days were overdue", "sf-lease-2026-1-1"),
    ("later", "contracts[].excluded_periods[].until"): Reason(
        "more days were overdue, and another loan takes their room under a shared principal limit (D25): MONTHS_12 counts its days from its"
        " own drawdown, one more or less (D4)",
        "cn-home-2026-0-1",
    ),
    ("later", "contracts[].matures_on"): Reason("a longer loan", "sf-lease-2026-1-1"),
    ("later", "contracts[].rate.reset_anchor"): Reason("the rate was fixed again on other days", "sf-lease-2026-1-1"),
    ("later", "contracts[].rate.reset_dates"): Reason("the rate was fixed again on another day", "sf-lease-2026-1-1"),
    ("later", "contracts[].rate.steps[].from"): Reason("the rate fell later", "sf-lease-2026-1-1"),
    ("later", "contracts[].repayment_plan.first_due"): Reason("the principal is owed for longer", "sf-lease-2026-1-1"),
    ("later", "contracts[].repayments[].on"): Reason("the principal was owed for longer", "sf-lease-2026-1-1"),
    ("later", "policies[].period_until"): Reason("a longer policy, whose premium is less a year", "tn-insure-2026-1-1"),
    # --- earlier: the same
    ("earlier", "applicant.statuses[].from"): Reason("the applicant had the status for longer", "sk-innov-2026-1-1"),
    ("earlier", "claim_period.from"): Reason("the claim is for more days", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].drawdowns[].measures.paid_to_supplier_on"): Reason("the term began earlier", "sv-machine-2026-1-1"),
    ("earlier", "contracts[].drawdowns[].on"): Reason("the loan ran for longer", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].excluded_periods[].from"): Reason("other days were overdue", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].excluded_periods[].until"): Reason("fewer days were overdue", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].interest_paid[].from"): Reason("the receipt is for other days", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].interest_paid[].paid_on"): Reason("paid inside the window that tests the payment", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].interest_paid[].until"): Reason("the receipt is for other days", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].matures_on"): Reason("a shorter loan, whose plan repays it in fewer instalments", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].rate.reset_anchor"): Reason("the rate was fixed again on other days", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].rate.reset_dates"): Reason("the rate was fixed again on another day", "sf-lease-2026-1-1"),
    ("earlier", "contracts[].rate.steps[].from"): Reason(
        "a receipt is shared by rate, and more of it then lies on days that count (D28)", "sk-innov-2026-1-1"
    ),
    ("earlier", "contracts[].repayment_plan.first_due"): Reason(
        "a receipt is shared by balance, which falls on other days (D28)", "sk-innov-2026-1-1"
    ),
    ("earlier", "contracts[].repayments[].on"): Reason(
        "a receipt is shared by balance, and more of it then lies on days that count (D28)", "sf-lease-2026-1-1"
    ),
    ("earlier", "contracts[].signed_on"): Reason(
        "a contract of another day, whose reference rate or window is another", "sb-mfg-2026-1-1"
    ),
    ("earlier", "policies[].period_until"): Reason("a shorter policy, of which more lies inside the term", "tn-insure-2026-1-1"),
    ("earlier", "items[].measures.month_on"): Reason("the output of another month, under another cap's period", "tm-two-2026-1-1"),
    ("earlier", "items[].occurred_on"): Reason("another event; a table may pay more for an early one", "ti-rent-2026-1-1"),
}
