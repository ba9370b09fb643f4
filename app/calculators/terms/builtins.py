"""The facts that an expression can name without declaring them: type, level and title.

Those of the claim take type and titles from its fields (``claims.model``); those that are worked out have a row here.

A level says of what a fact speaks. Levels are ordered from wide to narrow; an expression that reads a
narrow fact is evaluated for each thing of that level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from datetime import date
from types import NoneType
from typing import Any, get_args, get_type_hints

from app.calculators.claims.model import Applicant, Claim, Contract, Item, Policy, Project
from app.calculators.claims.patterns import MONEY_PATTERN
from app.calculators.expressions.nodes import BOOLEAN, CODE, CODES, COUNT, DATE, MONEY, RATE

APPLICANT, ITEM, DRAWDOWN, DAY = "APPLICANT", "ITEM", "DRAWDOWN", "DAY"
LEVELS = (APPLICANT, ITEM, DRAWDOWN, DAY)


@dataclass(frozen=True, slots=True)
class Fact:
    """A built-in fact: its type, of what it speaks, its titles, and where it stands in the request."""

    type: str
    level: str
    zh: str
    en: str
    field: str | None = None  # what gives it in the request, where that has another name


def _of(kind: type, level: str, *names: str) -> dict[str, Fact]:
    """Facts that are fields of the claim: type and titles are those of the field."""
    hints = get_type_hints(kind)
    return {one.name: _fact(one, hints[one.name], level) for one in fields(kind) if one.name in names}


def _fact(one: Field[Any], hint: Any, level: str) -> Fact:
    told = one.metadata
    return Fact(_type(hint, told), level, told.get("says", told["title"]), told.get("en", one.name.replace("_", " ")))


def _type(hint: Any, told: Mapping[str, Any]) -> str:
    """The type of a field in the expression language."""
    match [one for one in get_args(hint) or (hint,) if one is not NoneType]:
        case [one] if one is bool:
            return BOOLEAN
        case [one] if one is date:
            return DATE
        case [one] if one is int:
            return COUNT
        case [one] if one is str:
            return MONEY if told.get("pattern") == MONEY_PATTERN else CODE
        case [_, last] if last is Ellipsis:
            return CODES
        case other:
            raise TypeError(f"no expression can read {other}")


APPLICANT_FACTS = (  # fields of the applicant
    "registered_in_beijing",
    "other_municipal_funding",
    "declaration_accepted",
    "digital_rmb_account",
    "major_project_or_key_unit",
)

_APPLICANT = _of(Applicant, APPLICANT, *APPLICANT_FACTS) | _of(Claim, APPLICANT, "application_date")

_CONTRACTS = _of(
    Contract, ITEM, "contract_no", "lender", "loan_type", "currency", "purposes", "signed_on", "matures_on"
) | {
    "first_drawdown": Fact(DATE, ITEM, "首次放款日", "first drawdown", field="drawdowns"),
    "disbursed": Fact(MONEY, ITEM, "实际放款额", "disbursed", field="drawdowns"),
    "drawn": Fact(MONEY, DRAWDOWN, "本笔放款额", "drawn", field="amount"),
    "drawn_on": Fact(DATE, DRAWDOWN, "本笔放款日", "drawn on", field="on"),
    "balance": Fact(MONEY, DAY, "贷款余额", "balance", field="drawdowns"),
    "interest": Fact(MONEY, DAY, "利息", "interest", field="rate"),
    "contract_rate": Fact(RATE, DAY, "合同利率", "contract rate", field="rate"),
    "day": Fact(DATE, DAY, "计息日", "day", field="drawdowns"),
}

_POLICIES = _of(Policy, ITEM, *(one.name for one in fields(Policy) if one.name != "measures")) | {
    "sum_insured_years": Fact(MONEY, ITEM, "保险金额×保险年数", "sum insured × years of the policy", field="sum_insured"),
}

_ITEMS = _of(Item, ITEM, *(one.name for one in fields(Item) if one.name != "measures"))

_PROJECTS = _of(Project, ITEM, "project_id", "category", "other_fiscal_funding", "started_on", "completed_on") | {
    "admitted": Fact(MONEY, ITEM, "纳入支持范围的投资", "admitted investment", field="investments"),
    "accepted": Fact(MONEY, ITEM, "验收核定投资", "accepted investment", field="accepted_investment"),
}

BUILT_IN: dict[str, dict[str, Fact]] = {
    "CONTRACTS": _APPLICANT | _CONTRACTS,
    "POLICIES": _APPLICANT | _POLICIES,
    "ITEMS": _APPLICANT | _ITEMS,
    "PROJECTS": _APPLICANT | _PROJECTS,
}

DATES = frozenset(name for facts in BUILT_IN.values() for name, fact in facts.items() if fact.type == DATE)
"""The dates that a table of some kind can name without declaring them."""

FACT_LIST = {"CONTRACTS": "contracts", "POLICIES": "policies", "ITEMS": "items", "PROJECTS": "projects"}
ID_FIELD = {"CONTRACTS": "contract_no", "POLICIES": "policy_no", "ITEMS": "item_id", "PROJECTS": "project_id"}
MEASURE_OF = {
    "CONTRACTS": ("APPLICANT", "CONTRACT", "DRAWDOWN"),
    "POLICIES": ("APPLICANT", "POLICY"),
    "ITEMS": ("APPLICANT", "ITEM"),
    "PROJECTS": ("APPLICANT", "PROJECT", "INVESTMENT"),
}
LEVEL_OF = {
    "APPLICANT": APPLICANT,
    "CONTRACT": ITEM,
    "POLICY": ITEM,
    "ITEM": ITEM,
    "PROJECT": ITEM,
    "DRAWDOWN": DRAWDOWN,
    "INVESTMENT": DRAWDOWN,
}

EVENT_OF = {"POLICIES": "launched_on", "ITEMS": "occurred_on", "CONTRACTS": "signed_on", "PROJECTS": "completed_on"}
"""The date of an item that an event window tests, unless the window names another."""

FIRST_COUNTED_DAY = "FIRST_COUNTED_DAY"
TERM_STARTS = ("SIGNED_ON", "FIRST_DRAWDOWN", "EACH_DRAWDOWN", FIRST_COUNTED_DAY)
"""Where the term of a loan can start, beside any DATE fact."""

LOAN_TYPES = {
    "FIXED_ASSET": "固定资产投资贷款",
    "RESEARCH": "研发贷款",
    "WORKING_CAPITAL": "流动资金贷款",
    "FINANCE_LEASE": "融资租赁",
    "EQUIPMENT": "设备购置贷款",
    "TECHNOLOGY_UPGRADE": "技术改造贷款",
    "POLICY_INSTRUMENT": "新型政策性金融工具资金",
    "CONSUMER": "个人消费贷款",
    "BUSINESS": "经营性贷款",
    "PROJECT_FINANCE": "项目贷款",
    "MERGER": "并购贷款",
    "LAND_PURCHASE": "购地贷款",
    "BILL": "票据融资",
    "TRADE_FINANCE": "贸易融资",
    "ENTRUSTED": "委托贷款",
    "SHAREHOLDER": "股东借款",
    "OTHER": "其他",
}
"""Loan types that any table understands; one that a table names itself is known to that table too."""

INSURANCE_TYPES = {
    "LAUNCH": "发射保险",
    "IN_ORBIT": "在轨保险",
    "THIRD_PARTY_LIABILITY": "第三者责任保险",
    "PROPERTY": "财产保险",
    "FIRST_SET": "首台（套）重大技术装备综合保险",
    "QUALITY": "质量保证保险",
    "LIABILITY": "责任保险",
    "OTHER": "其他",
}
"""Insurance types that any table understands (保险补贴); the same holds of them."""

UNIT_KINDS = {"ROCKET": "火箭", "SATELLITE": "卫星", "SPACECRAFT": "飞船", "EQUIPMENT": "装备", "OTHER": "其他"}
"""Kinds of insured units that any table understands; the same holds of them."""

INVESTMENT_CATEGORIES = {
    "EQUIPMENT": "设备",
    "SOFTWARE": "软件",
    "R_AND_D": "研发",
    "CONSTRUCTION": "建设",
    "LAND": "土地",
    "FEES": "费用",
    "SERVICE": "服务",
    "MATERIAL": "材料",
    "LABOUR": "人工",
    "TESTING": "检测",
    "OTHER": "其他",
}
"""Investment categories that any table understands; the same holds of them."""

LISTED = {"loan_type": LOAN_TYPES, "insurance_type": INSURANCE_TYPES, "unit_kind": UNIT_KINDS}
"""The facts whose codes are listed here."""
