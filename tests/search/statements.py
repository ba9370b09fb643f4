"""Facts whose absence or date is itself a statement: the only ones that may raise an amount without a word.

A closed list; each entry has its reason. What is not here may not raise anything silently. The tests assert that each entry is
still needed: that some variant uses it.
"""

from __future__ import annotations

Statement = tuple[str, str]
"""``absent``, ``later`` or ``earlier``, and the fact."""

STATED = {"remove": "absent", "remove all": "absent", "null": "absent", "post-date": "later", "pre-date": "earlier"}
"""What each kind of variant states."""


def fact_of(field: str) -> str:
    """A list and its entries are one fact: no repayments, or one less."""
    return field.removesuffix("[]")


STATEMENTS: dict[Statement, str] = {
    # --- absent: nothing of the kind happened -----------------------------------------------------
    ("absent", "applicant.granted"): "no earlier grant; nobody but the applicant and the office knows of one",
    ("absent", "applicant.other_support_this_year"): "no other support this year, the same in one sum",
    ("absent", "contracts[].repayments"): "nothing was repaid, so the balance stands",
    ("absent", "contracts[].repayment_plan"): "the contract is repaid as the repayments say, without a plan",
    ("absent", "contracts[].excluded_periods"): "the loan was neither overdue nor extended",
    ("absent", "contracts[].interest_paid[].penalty"): "nothing of the receipt is penalty (default 0.00)",
    ("absent", "claim_period"): "the claim is for all days that the table counts",
    ("absent", "projects[].accepted_investment"): "the project is not accepted yet",
    ("absent", "contracts[].rate.steps"): "the contract rate does not change on that day",
    ("absent", "contracts[].rate.reset_dates"): "the contract rate is not fixed again on that day",
    ("absent", "contracts[].rate.spread"): "the contract has no spread (default 0)",
    ("absent", "contracts[].rate.multiplier"): "the contract has no multiplier (default 1)",
    ("absent", "contracts[].repayments[].drawdown_no"): "repaid is the earliest drawdown first (D20)",
    # --- later or earlier: another fact, which the document behind it shows ------------------------
    ("later", "contracts[].repayments[].on"): "the principal was owed for longer",
    ("later", "contracts[].repayment_plan.first_due"): "the principal is owed for longer",
    ("later", "contracts[].matures_on"): "a longer loan",
    ("earlier", "contracts[].drawdowns[].on"): "the loan ran for longer",
    ("later", "contracts[].excluded_periods[].from"): "other days were overdue",
    ("earlier", "contracts[].excluded_periods[].from"): "other days were overdue",
    ("earlier", "contracts[].excluded_periods[].until"): "fewer days were overdue",
    ("later", "claim_period.from"): "the claim is for other days",
    ("earlier", "claim_period.from"): "the claim is for more days",
    ("later", "claim_period.until"): "the claim is for more days",
    ("later", "contracts[].rate.steps[].from"): "the rate fell later",
    ("later", "contracts[].rate.reset_dates"): "the rate was fixed again on another day",
    ("earlier", "contracts[].rate.reset_dates"): "the rate was fixed again on another day",
    ("later", "contracts[].rate.reset_anchor"): "the rate was fixed again on other days",
    ("earlier", "contracts[].interest_paid[].from"): "the receipt is for other days",
    ("earlier", "contracts[].interest_paid[].until"): "the receipt is for other days",
}
