"""The answer to one claim: rows that the shell encodes as they are.

Slotted and not frozen: a frozen row costs twice as much to make, and thousands are made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal, TypedDict

Status = Literal["ELIGIBLE", "NOT_ELIGIBLE"]
AmountKind = Literal["MAXIMUM", "EXACT"]
InterestBasis = Literal["PAID", "ESTIMATED", "MIXED"]
Day = Annotated[str, "date"]
Instant = Annotated[str, "date-time"]


@dataclass(slots=True)
class Reason:
    """Why something is not eligible or earns nothing."""

    code: str
    message: str
    clause: str | None
    item_id: str | None = None
    lender: str | None = None


Segment = TypedDict(
    "Segment",
    {
        "from": Day,
        "until": Day,
        "days": int,
        "balance": str,
        "balance_exact": str | None,
        "contract_rate": str | None,
        "subsidised_rate": str | None,
        "interest": str | None,
        "day_fraction": str,
        "line": str,
        "drawdown_no": str,
        "amount": str,
        "why": str,
    },
)
"""Days on which balance, rates and line are all the same; the amounts are spread.

A converted balance that is no whole fen is shown rounded down, with ``balance_exact`` beside it (D93).
"""

Reconciliation = TypedDict(
    "Reconciliation",
    {"from": Day, "until": Day, "drawdown_no": str | None, "stated": str, "computed": str, "difference": str, "likely_cause": str},
)
"""The bank's stated interest of a voucher against the interest that the contract gives."""


@dataclass(slots=True)
class ItemResult:
    """What one contract, policy, item or project earns."""

    id: str
    amount_before_caps: str
    amount: str
    lines: list[str]
    segments: list[Segment] | None = None
    interest_basis: InterestBasis | None = None
    reconciliation: list[Reconciliation] | None = None
    recovery: str | None = None
    lender: str | None = None


@dataclass(slots=True)
class CapResult:
    """One cap account: what stood before it, what it left, and how much room was not used.

    A cap on balances is there where it bound: its figures are balances, on the day on which it took most away (D80).
    """

    scope: str
    key: str | None
    limit: str | None
    granted: str
    before: str
    after: str
    binding: bool
    margin: str | None
    clause: str
    on: Day | None = None  # of a cap on balances: the day of the figures
    days: int | None = None  # and on how many days it bound
    before_exact: str | None = None  # n/d, where the figure is no whole fen (D93)
    after_exact: str | None = None


@dataclass(slots=True)
class Step:
    """One line of the working in words: someone with a pocket calculator gets the same fen."""

    no: int
    id: str
    label: str
    formula: str
    substituted: str
    value: str
    unit: str
    rounding: str | None
    clause: str | None
    item_id: str | None
    lender: str | None = None


@dataclass(slots=True)
class Warning_:
    """Valid input that is probably a mistake, or published data that is uncertain."""

    code: str
    message: str
    pointer: str | None
    other_pointer: str | None = None


@dataclass(slots=True)
class NotDecided:
    """Something that the published clauses leave open."""

    clause: str
    message: str


@dataclass(slots=True)
class Payment:
    """One instalment, or the part that one source pays."""

    no: int
    amount: str
    when: str
    source: str | None = None


@dataclass(slots=True)
class TableProvenance:
    """Which rate table was used."""

    id: str
    version: int
    digest: str
    effective_from: Day
    effective_until: Day | None
    document: str
    authority: str
    overlays: list[str]


@dataclass(slots=True)
class SeriesProvenance:
    """Which version of a reference series was used."""

    series: str
    version: int
    digest: str


@dataclass(slots=True)
class Engine:
    """Which engine calculated."""

    version: str


@dataclass(slots=True)
class Provenance:
    """Everything beside the request that decided the answer."""

    rate_table: TableProvenance
    reference_rates: list[SeriesProvenance]
    engine: Engine


@dataclass(slots=True)
class Result:
    """The whole answer."""

    calculation_id: str
    request_no: str | None
    known_at: Instant
    status: Status
    currency: str
    amount: str
    amount_in_words: str
    amount_kind: AmountKind
    digital_rmb_account: bool | None
    reasons: list[Reason] = field(default_factory=list)
    items: list[ItemResult] = field(default_factory=list)
    caps: list[CapResult] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    warnings: list[Warning_] = field(default_factory=list)
    not_decided_here: list[NotDecided] = field(default_factory=list)
    payout: list[Payment] = field(default_factory=list)
    provenance: Provenance | None = None
