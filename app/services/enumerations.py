"""The codes that answers use, as the document lists them: each list once, from the registry or the type that decides it.

A view names its list with ``coded``; the document has it once, by name, with what each code is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args, get_type_hints

from pydantic import WithJsonSchema

from app.calculators.bilingual import Phrase
from app.calculators.claims import model as facts
from app.calculators.claims.loan_terms import REPAYMENT_METHODS
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.results import model as results
from app.calculators.terms.code_lists import AREAS, AUTHORITIES, CONFIDENCES, METHODS, Words
from app.calculators.wording import labels as words
from app.services.summary import Detail
from app.tables.drafts.publication_plan import KINDS
from app.tables.storage.write_order import STEPS

MARK: Final = "x-enumeration"
"""What stands in the schema of a view where the document has a reference to the list of this name."""
DRAFT_AUTHORITY: Final = "DRAFT"
"""In the place of the authority of a table that is only a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration:
    """A list of codes: its Chinese title, and what each code is called."""

    title: str
    codes: Mapping[str, str]

    @property
    def in_words(self) -> str:
        """``LOAN_INTEREST 贷款贴息；INSURANCE 保险补贴``."""
        return "；".join(code if code == said else f"{code} {said}" for code, said in self.codes.items())


def _of(title: str, named: Words, only: Iterable[str] | None = None) -> Enumeration:
    chosen = [str(code) for code in named] if only is None else list(only)
    return Enumeration(title=title, codes={code: named[code].zh for code in chosen})


def _taken(kind: type, field: str) -> Any:
    """The type of a field of a claim."""
    return get_type_hints(kind)[field]


def _typed(title: str, kind: Any, said: Mapping[str, str]) -> Enumeration:
    return Enumeration(title=title, codes={code: said[code] for code in get_args(kind)})


_STATES: Final[Words] = {
    "DRAFT": Phrase("起草中", "being written"),
    "CHECKED": Phrase("已检查", "checked"),
    "APPROVED": Phrase("已批准", "approved"),
    "PUBLISHED": Phrase("已公布", "published"),
    "DISCARDED": Phrase("已放弃", "discarded"),
}
_DRAFTED: Final[Words] = {
    "RATE_TABLE": Phrase("标准表", "a rate table"),
    "BATCH": Phrase("批次", "a batch"),
    "FUND": Phrase("资金及其规则", "a fund and its rules"),
    "REFERENCE_RATE": Phrase("参考利率", "reference rates"),
    "WITHDRAWAL": Phrase("撤回", "a withdrawal"),
    "END_OF_VALIDITY": Phrase("失效", "the end of validity"),
}
_PURPOSES: Final = {
    "ENTRUSTED": "委托贷款",
    "SHAREHOLDER": "股东借款",
    "REFINANCING": "借新还旧",
    "LAND_PURCHASE": "购地",
    "BILL": "票据融资",
    "TRADE_FINANCE": "贸易融资",
    "INTRA_GROUP": "集团内部借款",
}

ENUMERATIONS: Final[Mapping[str, Enumeration]] = {
    "SupportMethod": _of("支持方式", METHODS),
    "SupportArea": _of("支持领域", AREAS),
    "FactKind": _of("事实种类", words.FACTS),
    "ApplicantKind": _of("申请主体", words.APPLICANTS, get_args(facts.ApplicantKind)),
    "DayCount": _of("计息方式", {name: row.title for name, row in DAY_COUNTS.items()}),
    "LoanPurpose": _typed("贷款用途与性质标记", facts.Purpose, _PURPOSES),
    "ExcludedReason": _of("剔除原因", words.EXCLUDED, get_args(facts.ExcludedReason)),
    "RepaymentMethod": _typed(
        "还款方式",
        _taken(facts.RepaymentPlan, "method"),
        {name: row.zh for name, row in REPAYMENT_METHODS.items()},
    ),
    "ResetRule": _typed(
        "重定价方式",
        _taken(facts.FloatingRate, "reset"),
        {
            "MONTHLY": "自基准日起每月",
            "QUARTERLY": "自基准日起每三个月",
            "JAN_1": "每年1月1日",
            "ANNIVERSARY": "自基准日起每年",
            "LISTED": "列明的各日",
        },
    ),
    "ResetLookup": _typed("重定价日所取的参考利率", _taken(facts.FloatingRate, "lookup"), {"SAME_DAY": "当日", "DAY_BEFORE": "前一日"}),
    "VoucherKind": _typed("凭证的种类", _taken(facts.InterestVoucher, "kind"), {"INTEREST": "付息", "REVERSAL": "冲销"}),
    "Detail": _typed("应答的详略", Detail, {"FULL": "含计算过程", "SUMMARY": "不含 steps 与 segments，其余相同"}),
    "MeasureOf": _of("属于哪一种事实", words.MEASURED),
    "MeasureType": _of("事实的类型", words.TYPES),
    "Authority": _of("来源", AUTHORITIES),
    "Confidence": _of("可信程度", CONFIDENCES),
    "DraftKind": _of("变更的种类", _DRAFTED, KINDS),
    "DraftState": _of("草案的状态", _STATES, ("DRAFT", *STEPS)),
    "DraftStep": _of("草案的步骤", _STATES, STEPS),
    "ResultStatus": _typed("结论", results.Status, {"ELIGIBLE": "符合条件", "NOT_ELIGIBLE": "不符合条件（不是错误）"}),
    "AmountKind": _typed("金额性质", results.AmountKind, {"MAXIMUM": "上限（不超过）", "EXACT": "确定金额"}),
    "InterestBasis": _typed(
        "利息依据", results.InterestBasis, {"PAID": "凭证所载的实付利息", "ESTIMATED": "按合同推算", "MIXED": "部分实付、部分推算"}
    ),
}


def coded(name: str) -> WithJsonSchema:
    """Say in the document that a text is one of a list's codes."""
    assert name in ENUMERATIONS
    return WithJsonSchema({MARK: name})


def schemas() -> dict[str, dict[str, Any]]:
    """The schema of each list, by its name."""
    return {
        name: {"type": "string", "enum": list(one.codes), "description": f"{one.title}：{one.in_words}。"}
        for name, one in ENUMERATIONS.items()
    }
