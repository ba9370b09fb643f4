"""An answer without its working: everything but steps and segments, for single calculations and lists alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from app.calculators.results import model as results

Detail = Literal["FULL", "SUMMARY"]
DETAILS: Final[tuple[Detail, ...]] = ("FULL", "SUMMARY")


@dataclass(slots=True)
class ItemSummary:
    """What one contract, policy, item or project earns, without its segments."""

    id: str
    amount_before_caps: str
    amount: str
    lines: list[str]
    interest_basis: results.InterestBasis | None
    reconciliation: list[results.Reconciliation] | None
    recovery: str | None
    lender: str | None


@dataclass(slots=True)
class Summary:
    """An answer without its working."""

    calculation_id: str
    request_no: str | None
    known_at: results.Instant
    status: results.Status
    currency: str
    amount: str
    amount_in_words: str
    amount_kind: results.AmountKind
    digital_rmb_account: bool | None
    reasons: list[results.Reason]
    items: list[ItemSummary]
    caps: list[results.CapResult]
    warnings: list[results.Warning_]
    not_decided_here: list[results.NotDecided]
    payout: list[results.Payment]
    provenance: results.Provenance | None


def summary_of(result: results.Result) -> Summary:
    """Leave the working of an answer out."""
    kept = {name: getattr(result, name) for name in Summary.__dataclass_fields__}
    items = [ItemSummary(**{name: getattr(one, name) for name in ItemSummary.__dataclass_fields__}) for one in result.items]
    return Summary(**kept | {"items": items})
