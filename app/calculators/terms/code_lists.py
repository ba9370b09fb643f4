"""The codes of a table file and of its terms, each with what it is called: one row each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from app.calculators.bilingual import Phrase

Words = Mapping[str | bool, Phrase]

AUTHORITIES: Final[Words] = {
    "official": Phrase("正式公布", "officially published"),
    "mirror_of_official_page": Phrase("官方页面的副本", "a mirror of the official page"),
    "repost": Phrase("转载", "a repost"),
    "news": Phrase("新闻报道", "news"),
    "second_hand": Phrase("间接来源", "second hand"),
    "draft": Phrase("征求意见稿", "a draft for comment"),
    "low": Phrase("未署名文章，未经核实", "an unsigned article, not verified"),
    "assumed": Phrase("推定", "assumed"),
}
"""How good a copy of a document is, from best to worst."""

CONFIDENCES: Final[Words] = {"read": Phrase("直接读到", "read"), "implied": Phrase("由上下文推知", "implied")}

SupportMethodName = Literal["LOAN_INTEREST", "INSURANCE", "AWARD", "GRANT", "LEASE_INTEREST"]
AreaName = Literal["INNOVATION_SYSTEM", "KEY_FIELDS", "DIGITAL_ECONOMY", "UPGRADING", "KEY_ENTERPRISES"]
Calculation = Literal["LOAN_INTEREST", "INSURANCE", "AWARD", "GRANT"]

AREAS: Final[Words] = MappingProxyType(
    {
        "INNOVATION_SYSTEM": Phrase("创新体系", "the innovation system"),
        "KEY_FIELDS": Phrase("重点领域", "key fields"),
        "DIGITAL_ECONOMY": Phrase("数字经济", "the digital economy"),
        "UPGRADING": Phrase("高端智能绿色", "high-end, smart and green upgrading"),
        "KEY_ENTERPRISES": Phrase("重点企业和重大项目", "key enterprises and major projects"),
    }
)
"""The support areas of the guide, in its order."""


@dataclass(frozen=True, slots=True)
class SupportMethod:
    """A support method: what it is called, as what it is calculated, and about which kinds of facts it may be."""

    title: Phrase
    calculated_as: Calculation
    facts: tuple[str, ...]


SUPPORT_METHODS: Final[Mapping[str, SupportMethod]] = MappingProxyType(
    {
        "LOAN_INTEREST": SupportMethod(Phrase("贷款贴息", "loan interest subsidy"), "LOAN_INTEREST", ("CONTRACTS",)),
        "INSURANCE": SupportMethod(Phrase("保险补贴", "insurance subsidy"), "INSURANCE", ("POLICIES",)),
        "AWARD": SupportMethod(Phrase("奖励", "award"), "AWARD", ("ITEMS", "PROJECTS")),
        "GRANT": SupportMethod(Phrase("拨款补助", "grant"), "GRANT", ("ITEMS", "PROJECTS")),
        "LEASE_INTEREST": SupportMethod(Phrase("融资租赁补贴", "lease interest subsidy"), "LOAN_INTEREST", ("CONTRACTS",)),
    }
)
METHODS: Final[Words] = MappingProxyType({name: row.title for name, row in SUPPORT_METHODS.items()})
