"""The facts that an expression can name without declaring them: type, level and title.

A level says of what a fact speaks. Levels are ordered from wide to narrow; an expression that reads a
narrow fact is evaluated for each thing of that level.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.calculators.expressions import BOOLEAN, CODE, CODES, COUNT, DATE, MONEY, RATE

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


_APPLICANT = {
    "registered_in_beijing": Fact(BOOLEAN, APPLICANT, "在本市登记注册", "registered in Beijing"),
    "other_municipal_funding": Fact(BOOLEAN, APPLICANT, "已获其他市级财政资金", "other municipal funding"),
    "declaration_accepted": Fact(BOOLEAN, APPLICANT, "承诺材料真实", "declaration accepted"),
    "digital_rmb_account": Fact(BOOLEAN, APPLICANT, "开通数字人民币账户", "digital RMB account"),
    "major_project_or_key_unit": Fact(BOOLEAN, APPLICANT, "市级重大项目或重点单位", "major project or key unit"),
    "application_date": Fact(DATE, APPLICANT, "申请日", "application date"),
}

APPLICANT_FACTS = tuple(name for name in _APPLICANT if name != "application_date")  # fields of the applicant

_CONTRACTS = {
    "contract_no": Fact(CODE, ITEM, "合同编号", "contract number"),
    "lender": Fact(CODE, ITEM, "贷款机构", "lender"),
    "loan_type": Fact(CODE, ITEM, "贷款种类", "loan type"),
    "currency": Fact(CODE, ITEM, "币种", "currency"),
    "purposes": Fact(CODES, ITEM, "用途与性质标记", "purposes"),
    "signed_on": Fact(DATE, ITEM, "签订日", "signed on"),
    "matures_on": Fact(DATE, ITEM, "到期日", "matures on"),
    "first_drawdown": Fact(DATE, ITEM, "首次放款日", "first drawdown", field="drawdowns"),
    "disbursed": Fact(MONEY, ITEM, "实际放款额", "disbursed", field="drawdowns"),
    "drawn": Fact(MONEY, DRAWDOWN, "本笔放款额", "drawn", field="amount"),
    "drawn_on": Fact(DATE, DRAWDOWN, "本笔放款日", "drawn on", field="on"),
    "balance": Fact(MONEY, DAY, "贷款余额", "balance", field="drawdowns"),
    "interest": Fact(MONEY, DAY, "利息", "interest", field="rate"),
    "contract_rate": Fact(RATE, DAY, "合同利率", "contract rate", field="rate"),
    "day": Fact(DATE, DAY, "计息日", "day", field="drawdowns"),
}

_POLICIES = {
    "policy_no": Fact(CODE, ITEM, "保单号", "policy number"),
    "insurer": Fact(CODE, ITEM, "保险公司", "insurer"),
    "insurance_type": Fact(CODE, ITEM, "险种", "insurance type"),
    "unit_id": Fact(CODE, ITEM, "产品编号", "unit"),
    "unit_kind": Fact(CODE, ITEM, "产品类型", "unit kind"),
    "premium": Fact(MONEY, ITEM, "保费", "premium"),
    "premium_paid": Fact(MONEY, ITEM, "已付保费", "premium paid"),
    "sum_insured": Fact(MONEY, ITEM, "保险金额", "sum insured"),
    "sum_insured_years": Fact(MONEY, ITEM, "保险金额×保险年数", "sum insured × years of the policy", field="sum_insured"),
    "launch_approved": Fact(BOOLEAN, ITEM, "取得发射许可", "launch approved"),
    "launched_on": Fact(DATE, ITEM, "发射日期", "launched on"),
    "paid_on": Fact(DATE, ITEM, "保费付清日", "paid on"),
    "period_from": Fact(DATE, ITEM, "保险期间起", "period from"),
    "period_until": Fact(DATE, ITEM, "保险期间止", "period until"),
    "first_insured_on": Fact(DATE, ITEM, "首次投保日", "first insured on"),
    "project_id": Fact(CODE, ITEM, "项目编号", "project"),
}

_ITEMS = {
    "item_id": Fact(CODE, ITEM, "事项编号", "item"),
    "category": Fact(CODE, ITEM, "类别", "category"),
    "product_id": Fact(CODE, ITEM, "产品编号", "product"),
    "project_id": Fact(CODE, ITEM, "项目编号", "project"),
    "base_amount": Fact(MONEY, ITEM, "计算基数", "base amount"),
    "vat": Fact(MONEY, ITEM, "增值税", "VAT"),
    "hardware": Fact(MONEY, ITEM, "硬件金额", "hardware"),
    "related_party_amount": Fact(MONEY, ITEM, "关联方金额", "related-party amount"),
    "cost": Fact(MONEY, ITEM, "产品成本", "cost"),
    "events": Fact(COUNT, ITEM, "次数", "events"),
    "occurred_on": Fact(DATE, ITEM, "发生日期", "occurred on"),
    "related_party": Fact(BOOLEAN, ITEM, "关联方", "related party"),
}

_PROJECTS = {
    "project_id": Fact(CODE, ITEM, "项目编号", "project"),
    "category": Fact(CODE, ITEM, "类别", "category"),
    "admitted": Fact(MONEY, ITEM, "纳入支持范围的投资", "admitted investment", field="investments"),
    "accepted": Fact(MONEY, ITEM, "验收核定投资", "accepted investment", field="accepted_investment"),
    "other_fiscal_funding": Fact(MONEY, ITEM, "已获其他财政资金", "other fiscal funding"),
    "started_on": Fact(DATE, ITEM, "开工日", "started on"),
    "completed_on": Fact(DATE, ITEM, "完工日", "completed on"),
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
