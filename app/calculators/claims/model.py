"""The facts of one claim, as they arrive: the single definition of every field.

Standard-library dataclasses. ``field(metadata=…)`` carries the Chinese title, the pattern and the
limits; the API builds validation and the OpenAPI document from the same metadata, so that schema,
validation, documentation and core are never four hand-kept copies. ``neutral`` is the value that says nothing, ``codes`` are those of
a field that say something: what a table does not read of them warns (D81, ``unread_facts``). ``says`` is what a sentence calls the
fact where the title asks a question or adds a remark, ``en`` its English name where that is not the field's own.

Money is a string in 元 with two decimals, a rate a decimal fraction as a string (DOMAIN: money and
rates never pass through a binary float); ``money.fen`` and ``money.decimal_ratio`` read them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, get_args

from app.calculators.claims import fields
from app.calculators.claims.loan_terms import REPAYMENT_METHODS, RepaymentMethodName, ResetRuleName
from app.calculators.claims.patterns import SERIES_PATTERN, SPREAD_PATTERN, TABLE_PATTERN, USCC_PATTERN
from app.calculators.quantities.day_counts import USUAL, DayCountName

MAX_CONTRACTS = 500
MAX_DRAWDOWNS = 500
MAX_REPAYMENTS = 4000
MAX_VOUCHERS = 1000
MAX_PERIODS = 100
MAX_STEPS = 200
MAX_POLICIES = 1000
MAX_ITEMS = 1000
MAX_PROJECTS = 200
MAX_INVESTMENTS = 2000
MAX_GRANTED = 200
MAX_YEARS = 60  # a period longer than this is a mistyped date

EXTRA_FORBIDDEN = {"extra": "forbid"}

ApplicantKind = Literal["ENTERPRISE", "PERSON", "HOUSEHOLD"]
Purpose = Literal["ENTRUSTED", "SHAREHOLDER", "REFINANCING", "LAND_PURCHASE", "BILL", "TRADE_FINANCE", "INTRA_GROUP"]
ExcludedReason = Literal["OVERDUE", "EXTENSION", "OTHER"]
MARKS = frozenset(get_args(Purpose))  # of a loan that some tables do not support; some are loan types too
EXCLUDED = frozenset(get_args(ExcludedReason))
Measures = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A half-open period [from, until): the first day counts, the last does not (算头不算尾)."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    from_: date = field(metadata={"title": "起日（含）", "alias": "from"})
    until: date = field(metadata={"title": "止日（不含）"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedPeriod:
    """Days of a loan that do not count, such as overdue or extended ones."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    from_: date = field(metadata={"title": "起日（含）", "alias": "from"})
    until: date = field(metadata={"title": "止日（不含）"})
    reason: ExcludedReason = field(metadata={"title": "剔除原因"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DishonestyRecord:
    """A record of serious dishonesty (严重失信记录)."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    on: date = field(metadata={"title": "记录日期"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A status of the applicant that begins and may end, such as 创新型中小企业."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    status: str = field(metadata=fields.code("资质代码"))
    from_: date = field(metadata={"title": "起日（含）", "alias": "from"})
    until: date | None = field(default=None, metadata={"title": "止日（不含），空为至今"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Money granted earlier, which takes room under caps (DECISIONS 41)."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    rate_table: str = field(metadata={"title": "标准表编号", "pattern": TABLE_PATTERN, "max_length": 80})
    on: date = field(metadata={"title": "批准日期"})
    amount: str = field(metadata=fields.money("金额"))
    accrual_year: int | None = field(default=None, metadata={"title": "计息年度", "ge": 1990, "le": 2100})
    keys: dict[str, str] = field(default_factory=dict, metadata={"title": "所占限额的键（unit_id、contract_no 等）", "max_length": 20})
    keys_unknown: bool = field(
        default=False, metadata={"title": "一笔款项对应多个限额账户而不知如何划分：在每个账户中都占用全额"}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """The enterprise or person that applies (项目单位). All facts are as of the application date."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    name: str | None = field(default=None, metadata=fields.text("名称（不计算、不记录日志）"))
    kind: ApplicantKind | None = field(
        default=None,
        metadata={
            "title": "申请主体",
            "description": "ENTERPRISE 企业、PERSON 个人、HOUSEHOLD 家庭；标准表允许多种主体时必填；只允许一种时可不填，填写的须与之一致。",
        },
    )
    uscc: str | None = field(
        default=None,
        metadata={"title": "统一社会信用代码（GB 32100-2015），企业必填", "pattern": USCC_PATTERN, "max_length": 18},
    )
    uscc_confirmed: bool = field(
        default=False, metadata={"title": "统一社会信用代码校验码不符，已与营业执照核对无误", "description": "个别地区的代码校验码不符。"}
    )
    registered_in_beijing: bool | None = field(
        default=None, metadata={"title": "是否在本市登记注册", "says": "在本市登记注册", "en": "registered in Beijing", "neutral": True}
    )
    dishonesty_records: tuple[DishonestyRecord, ...] | None = field(
        default=None, metadata=fields.many("严重失信记录（没有则为空列表）", MAX_PERIODS, neutral=())
    )
    major_project_or_key_unit: bool | None = field(
        default=None, metadata={"title": "是否市级重大项目或重点单位", "says": "市级重大项目或重点单位"}
    )
    statuses: tuple[Status, ...] = field(default=(), metadata=fields.many("资质", MAX_PERIODS))
    granted: tuple[Granted, ...] = field(default=(), metadata=fields.many("此前已获支持", MAX_GRANTED))
    other_support_this_year: str | None = field(default=None, metadata=fields.money("本年度已获同一资金支持金额（视为不带键的已获支持）"))
    other_municipal_funding: bool | None = field(
        default=None, metadata={"title": "申请项目是否已获其他市级财政资金", "says": "已获其他市级财政资金", "neutral": False}
    )
    declaration_accepted: bool | None = field(default=None, metadata={"title": "是否承诺材料真实", "says": "承诺材料真实", "neutral": True})
    digital_rmb_account: bool | None = field(
        default=None, metadata={"title": "是否开通数字人民币账户", "says": "开通数字人民币账户", "en": "digital RMB account"}
    )
    measures: Measures = fields.measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """One drawdown (放款)."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    drawdown_no: str = field(metadata=fields.identifier("放款编号"))
    on: date = field(metadata={"title": "放款日"})
    amount: str = field(metadata=fields.money("放款金额"))
    matures_on: date | None = field(default=None, metadata={"title": "本笔到期日，空为合同到期日"})
    rate: FixedRate | SteppedRate | FloatingRate | None = field(
        default=None, metadata={"title": "本笔利率，空为合同利率", "discriminator": "kind"}
    )
    day_count: DayCountName | None = field(default=None, metadata={"title": "本笔计息方式，空为合同计息方式"})
    repayment_plan: RepaymentPlan | None = field(
        default=None, metadata={"title": "本笔还款计划", "description": "有计划的放款不再列实际还本；未写明放款的还本不冲减它。"}
    )
    measures: Measures = fields.measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repayment:
    """One repayment of principal (还本)."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    on: date = field(metadata={"title": "还本日"})
    principal: str = field(metadata=fields.money("归还本金"))
    drawdown_no: str | None = field(default=None, metadata=fields.identifier("所还放款编号，空为先借先还"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaymentPlan:
    """A plan from which principal repayments follow (DECISIONS 61-63)."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    method: RepaymentMethodName = field(
        metadata={"title": "、".join(row.zh for row in REPAYMENT_METHODS.values())}
    )
    every_months: int = field(default=1, metadata={"title": "每几个月一期", "ge": 1, "le": 12})
    day: int | None = field(
        default=None,
        metadata={
            "title": "还款日，空为首个还款日之日，未给首个还款日则为 20 日",
            "description": "与 first_due 并用时，首期在 first_due，以后各期在此日；当月无此日则为月末。",
            "ge": 1,
            "le": 31,
        },
    )
    first_due: date | None = field(default=None, metadata={"title": "首个还款日"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedRate:
    """A contract rate that never changes."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    kind: Literal["FIXED"] = field(metadata={"title": "固定利率"})
    annual_rate: str = field(metadata=fields.rate("年利率"))


@dataclass(frozen=True, slots=True, kw_only=True)
class RateStep:
    """A contract rate from a day on."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    from_: date = field(metadata={"title": "起日（含）", "alias": "from"})
    annual_rate: str = field(metadata=fields.rate("年利率"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedRate:
    """A contract rate that changes on stated dates."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    kind: Literal["STEPPED"] = field(metadata={"title": "分段利率"})
    steps: tuple[RateStep, ...] = field(metadata=fields.many("各段利率", MAX_STEPS, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class FloatingRate:
    """A contract rate that follows a reference series (DECISIONS 15-16)."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    kind: Literal["FLOATING"] = field(metadata={"title": "浮动利率"})
    series: str = field(metadata={"title": "参考利率", "pattern": SERIES_PATTERN, "max_length": 32})
    reset: ResetRuleName = field(metadata={"title": "重定价方式"})
    spread: str = field(default="0", metadata=fields.rate("加点", SPREAD_PATTERN))
    multiplier: str = field(default="1", metadata=fields.rate("倍数"))
    reset_anchor: date | None = field(default=None, metadata={"title": "重定价基准日，空为首次放款日"})
    reset_dates: tuple[date, ...] = field(default=(), metadata=fields.many("列明的重定价日", MAX_STEPS))
    lookup: Literal["SAME_DAY", "DAY_BEFORE"] = field(default="SAME_DAY", metadata={"title": "重定价日取当日或前一日的参考利率"})


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestVoucher:
    """One interest voucher of the bank (利息凭证), or the reversal of one (DECISIONS 87)."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    from_: date = field(metadata={"title": "计息起日（含）", "alias": "from"})
    until: date = field(metadata={"title": "计息止日（不含）"})
    amount: str = field(metadata=fields.money("已付利息（含罚息）"))
    penalty: str = field(default="0.00", metadata=fields.money("其中逾期、罚息、复利与违约金"))
    paid_on: date | None = field(default=None, metadata={"title": "付息日，空为计息止日"})
    drawdown_no: str | None = field(default=None, metadata=fields.identifier("所属放款编号，空为整个合同"))
    receipt_no: str | None = field(
        default=None,
        metadata=fields.identifier("回单号", description="同一放款同一期间有几张回单时，各写不同的回单号，金额相加。"),
    )
    kind: Literal["INTEREST", "REVERSAL"] = field(
        default="INTEREST",
        metadata={
            "title": "INTEREST 付息；REVERSAL 冲销",
            "description": "冲销的起止日与放款编号须与所冲销的凭证一致；不论冲销日期，一律从该期间的利息中减去，余额不得为负。",
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One loan contract (贷款合同) or finance lease."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    contract_no: str = field(metadata=fields.identifier("合同编号", en="contract number"))
    lender: str = field(metadata=fields.identifier("贷款机构"))
    loan_type: str = field(metadata=fields.code("贷款种类", codes=MARKS))
    signed_on: date = field(metadata={"title": "签订日"})
    matures_on: date = field(metadata={"title": "到期日"})
    drawdowns: tuple[Drawdown, ...] = field(metadata=fields.many("放款", MAX_DRAWDOWNS, 1))
    currency: str = field(
        default="CNY", metadata={"title": "币种（ISO 4217）", "says": "币种", "pattern": r"^[A-Z]{3}$", "max_length": 3}
    )
    purposes: tuple[Purpose, ...] = field(
        default=(), metadata=fields.many("贷款用途与性质标记", 20, says="用途与性质标记", codes=MARKS)
    )
    project_id: str | None = field(default=None, metadata=fields.identifier("所属项目", says="项目编号", en="project"))
    repayments: tuple[Repayment, ...] = field(default=(), metadata=fields.many("实际还本", MAX_REPAYMENTS))
    repayment_plan: RepaymentPlan | None = field(default=None, metadata={"title": "还款计划"})
    rate: FixedRate | SteppedRate | FloatingRate | None = field(default=None, metadata={"title": "合同利率", "discriminator": "kind"})
    day_count: DayCountName | None = field(
        default=None, metadata={"title": "合同计息方式", "description": f"未给时按银行惯例 {USUAL}；推算利息以此为准时提示。"}
    )
    interest_paid: tuple[InterestVoucher, ...] = field(default=(), metadata=fields.many("利息凭证", MAX_VOUCHERS))
    excluded_periods: tuple[ExcludedPeriod, ...] = field(
        default=(), metadata=fields.many("剔除期间", MAX_PERIODS, codes=EXCLUDED, part="reason")
    )
    measures: Measures = fields.measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One insurance policy, or the part of it that covers one unit (DECISIONS 58)."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    policy_no: str = field(metadata=fields.identifier("保单号", en="policy number"))
    insurer: str = field(metadata=fields.identifier("保险公司"))
    insurance_type: str = field(metadata=fields.code("险种"))
    unit_id: str = field(metadata=fields.identifier("被保产品（单发火箭或单颗卫星）编号", says="产品编号", en="unit"))
    premium: str = field(metadata=fields.money("保费"))
    premium_paid: str = field(metadata=fields.money("已付保费"))
    period_from: date = field(metadata={"title": "保险期间起（含）", "says": "保险期间起"})
    period_until: date = field(metadata={"title": "保险期间止（不含）", "says": "保险期间止"})
    unit_kind: str | None = field(default=None, metadata=fields.code("产品类型"))
    launched_on: date | None = field(default=None, metadata={"title": "发射日期"})
    launch_approved: bool | None = field(default=None, metadata={"title": "是否取得发射许可", "says": "取得发射许可", "neutral": True})
    sum_insured: str | None = field(default=None, metadata=fields.money("保险金额"))
    paid_on: date | None = field(default=None, metadata={"title": "保费付清日"})
    first_insured_on: date | None = field(default=None, metadata={"title": "首次投保日"})
    project_id: str | None = field(default=None, metadata=fields.identifier("所属项目", says="项目编号", en="project"))
    measures: Measures = fields.measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that earns an award or a grant: a product, an event, a fee."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    item_id: str = field(metadata=fields.identifier("事项编号", en="item"))
    category: str | None = field(default=None, metadata=fields.code("类别"))
    project_id: str | None = field(default=None, metadata=fields.identifier("所属项目", says="项目编号", en="project"))
    product_id: str | None = field(default=None, metadata=fields.identifier("所属产品", says="产品编号", en="product"))
    base_amount: str | None = field(default=None, metadata=fields.money("计算基数"))
    vat: str | None = field(default=None, metadata=fields.money("其中增值税", says="增值税", en="VAT", neutral="0.00"))
    hardware: str | None = field(default=None, metadata=fields.money("其中硬件", says="硬件金额", neutral="0.00"))
    related_party_amount: str | None = field(
        default=None, metadata=fields.money("其中关联方", says="关联方金额", en="related-party amount", neutral="0.00")
    )
    cost: str | None = field(default=None, metadata=fields.money("产品成本"))
    events: int | None = field(default=None, metadata={"title": "次数", "ge": 0, "le": 1_000_000})
    occurred_on: date | None = field(default=None, metadata={"title": "发生日期"})
    related_party: bool | None = field(default=None, metadata={"title": "是否关联方", "says": "关联方", "neutral": False})
    measures: Measures = fields.measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Investment:
    """One payment of project investment."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    category: str = field(metadata=fields.code("投资类别"))
    amount: str = field(metadata=fields.money("金额（含税）"))
    vat: str | None = field(default=None, metadata=fields.money("其中增值税", says="增值税", en="VAT", neutral="0.00"))
    paid_on: date | None = field(default=None, metadata={"title": "付款日"})
    related_party: bool | None = field(default=None, metadata={"title": "是否关联方", "says": "关联方", "neutral": False})
    measures: Measures = fields.measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """One investment project."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    project_id: str = field(metadata=fields.identifier("项目编号", en="project"))
    investments: tuple[Investment, ...] = field(metadata=fields.many("投资明细", MAX_INVESTMENTS))
    category: str | None = field(default=None, metadata=fields.code("类别"))
    started_on: date | None = field(default=None, metadata={"title": "开工日"})
    completed_on: date | None = field(default=None, metadata={"title": "完工日"})
    other_fiscal_funding: str | None = field(default=None, metadata=fields.money("已获其他财政资金", neutral="0.00"))
    accepted_investment: str | None = field(default=None, metadata=fields.money("验收核定投资"))
    paid_instalments: str = field(default="0.00", metadata=fields.money("已拨付金额"))
    measures: Measures = fields.measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One request: which table, when, who, and the facts of one kind."""

    __pydantic_config__ = EXTRA_FORBIDDEN
    rate_table: str = field(metadata=fields.text("标准表编号", max_length=80, description="形如 bj-gjj-2025-1-11；没有的以 404 应答。"))
    application_date: date = field(metadata={"title": "申请日"})
    applicant: Applicant = field(metadata={"title": "项目单位"})
    version: int | None = field(default=None, metadata={"title": "标准表版本", "ge": 1, "le": 100000})
    as_of: date | None = field(default=None, metadata={"title": "规则适用日，空为申请日"})
    known_on: date | None = field(default=None, metadata={"title": "只用该日终了前发布的版本"})
    known_at: datetime | None = field(default=None, metadata={"title": "只用该时刻前发布的版本"})
    application_at: datetime | None = field(default=None, metadata={"title": "申请时刻（带时区）"})
    claim_period: Period | None = field(default=None, metadata={"title": "本次申请期间"})
    request_no: str | None = field(default=None, metadata=fields.identifier("调用方编号，原样返回"))
    contracts: tuple[Contract, ...] | None = field(default=None, metadata=fields.many("贷款合同", MAX_CONTRACTS, 1))
    policies: tuple[Policy, ...] | None = field(default=None, metadata=fields.many("保单", MAX_POLICIES, 1))
    items: tuple[Item, ...] | None = field(default=None, metadata=fields.many("事项", MAX_ITEMS, 1))
    projects: tuple[Project, ...] | None = field(default=None, metadata=fields.many("项目", MAX_PROJECTS, 1))
