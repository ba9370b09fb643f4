"""What several calculations come to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Totals:
    """What the cases come to."""

    cases: int = 0
    ok: int = 0
    not_eligible: int = 0
    failed: int = 0
    amount: str = "0.00"
