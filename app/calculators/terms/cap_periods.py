"""For how long a cap adds up, and what separates its accounts: one row each (D39, D41, D70)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from app.calculators.bilingual import Phrase

CapPeriodName = Literal["CLAIM", "BATCH", "PROGRAM_YEAR", "ACCRUAL_YEAR", "CALENDAR_YEAR", "LIFETIME", "unknown"]
CapAccountName = Literal["UNIT", "PRODUCT", "CONTRACT", "DRAWDOWN", "LINE", "PROJECT", "LENDER"]
FactsName = Literal["CONTRACTS", "POLICIES", "ITEMS", "PROJECTS"]

USUAL_PERIOD: Final[CapPeriodName] = "BATCH"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapPeriod:
    """How far back earlier grants take room under a cap."""

    width: int  # caps stand in order of it, the narrowest first
    title: Phrase
    suffix: str  # of the cap's name in the answer
    of_claim: bool = False  # no earlier grant lies in it
    of_accrual_year: bool = False  # each year of interest has an account of its own


CAP_PERIODS: Final[Mapping[CapPeriodName, CapPeriod]] = MappingProxyType(
    {
        "CLAIM": CapPeriod(width=0, title=Phrase("单次申请", " and claim"), suffix="CLAIM", of_claim=True),
        "BATCH": CapPeriod(width=1, title=Phrase("本批次", " and batch"), suffix="BATCH"),
        "PROGRAM_YEAR": CapPeriod(width=2, title=Phrase("年度", " and year"), suffix="YEAR"),
        "ACCRUAL_YEAR": CapPeriod(
            width=2, title=Phrase("每计息年度", " and year of interest"), suffix="ACCRUAL_YEAR", of_accrual_year=True
        ),
        "CALENDAR_YEAR": CapPeriod(width=2, title=Phrase("自然年度", " and calendar year"), suffix="CALENDAR_YEAR"),
        "LIFETIME": CapPeriod(width=3, title=Phrase("累计", " in all"), suffix="LIFETIME"),
        # One that was not seen is counted per claim.
        "unknown": CapPeriod(
            width=0,
            title=Phrase("单次申请（期间未公布）", " and claim (its period was not published)"),
            suffix="CLAIM",
            of_claim=True,
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapAccount:
    """What can separate the accounts of a cap, beside a declared code."""

    key: str  # under which an earlier grant names it
    width: int
    title: Phrase
    facts: tuple[FactsName, ...]  # kinds of facts that have it
    names: tuple[str, ...] = ()  # all that names it where the key alone does not: a contract is its number and its lender (D70)

    @property
    def keys(self) -> tuple[str, ...]:
        """Under what items and earlier grants name it."""
        return self.names or (self.key,)


_ALL: Final = ("CONTRACTS", "POLICIES", "ITEMS", "PROJECTS")

CAP_ACCOUNTS: Final[Mapping[CapAccountName, CapAccount]] = MappingProxyType(
    {
        "UNIT": CapAccount(key="unit_id", width=1, title=Phrase("单个投保产品", "insured unit"), facts=("POLICIES",)),
        "PRODUCT": CapAccount(key="product_id", width=1, title=Phrase("单个产品", "product"), facts=("ITEMS",)),
        "CONTRACT": CapAccount(
            key="contract_no",
            width=1,
            title=Phrase("单份合同", "contract"),
            facts=("CONTRACTS",),
            names=("contract_no", "lender"),
        ),
        "DRAWDOWN": CapAccount(
            key="drawdown_no",
            width=0,
            title=Phrase("单笔放款", "drawdown"),
            facts=("CONTRACTS",),
            names=("contract_no", "lender", "drawdown_no"),
        ),
        "LINE": CapAccount(key="line", width=2, title=Phrase("单个档次", "line"), facts=_ALL),
        "PROJECT": CapAccount(key="project_id", width=3, title=Phrase("单个项目", "project"), facts=_ALL),
        "LENDER": CapAccount(key="lender", width=4, title=Phrase("单家贷款机构", "lender"), facts=("CONTRACTS",)),
    }
)
DECLARED_WIDTH: Final = 1  # of a code that the table declares
APPLICANT_WIDTH: Final = 5


def account(part: str) -> CapAccount | None:
    """The row of one entry of ``per``; None for a code that the table declares."""
    return _BY_NAME.get(part)


def account_keys(part: str) -> tuple[str, ...]:
    """Under what items and earlier grants name one entry of ``per``."""
    row = account(part)
    return (part,) if row is None else row.keys


_BY_NAME: Final[Mapping[str, CapAccount]] = MappingProxyType({str(name): row for name, row in CAP_ACCOUNTS.items()})
