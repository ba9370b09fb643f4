"""What a loan contract can say of its repayments and of its resets: one row each (D15, D61-D63)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

RepaymentMethodName = Literal["EQUAL_INSTALLMENT", "EQUAL_PRINCIPAL", "INTEREST_ONLY", "BULLET"]
ResetRuleName = Literal["MONTHLY", "QUARTERLY", "JAN_1", "ANNIVERSARY", "LISTED"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentMethod:
    """How principal falls due under a plan."""

    zh: str
    by_instalments: bool  # principal falls due before maturity
    needs_rate: bool = False  # principal follows from the rate


REPAYMENT_METHODS: Final[Mapping[RepaymentMethodName, RepaymentMethod]] = MappingProxyType(
    {
        "EQUAL_INSTALLMENT": RepaymentMethod(zh="等额本息", by_instalments=True, needs_rate=True),
        "EQUAL_PRINCIPAL": RepaymentMethod(zh="等额本金", by_instalments=True),
        "INTEREST_ONLY": RepaymentMethod(zh="按期付息到期还本", by_instalments=False),
        "BULLET": RepaymentMethod(zh="一次还本付息", by_instalments=False),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetRule:
    """When a floating contract rate is fixed anew."""

    every_months: int | None  # None: on the days that the contract lists
    from_january: bool = False  # on 1 January, whatever the anchor


RESET_RULES: Final[Mapping[ResetRuleName, ResetRule]] = MappingProxyType(
    {
        "MONTHLY": ResetRule(every_months=1),
        "QUARTERLY": ResetRule(every_months=3),
        "JAN_1": ResetRule(every_months=12, from_january=True),
        "ANNIVERSARY": ResetRule(every_months=12),
        "LISTED": ResetRule(every_months=None),
    }
)
