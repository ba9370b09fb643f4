"""Examples for the document of what officers send; tests send them too."""

from __future__ import annotations

from typing import Any, Final

from app.api.calculations.examples import SINGLE

_CAPS: Final = [
    {"per": ["UNIT"], "period": "LIFETIME", "limit": "500万", "clause": "单发（颗）产品补贴金额不超过500万元"},
    {"per": [], "period": "BATCH", "limit": "2000万", "clause": "单个企业补贴金额不超过2000万元"},
]
_TERMS: Final[dict[str, Any]] = {
    "facts": "POLICIES",
    "wording": "CEILING",
    "require": [{"that": "premium_paid == premium", "code": "PREMIUM_NOT_PAID_IN_FULL", "clause": "已全额支付相关保费"}],
    "lines": [{"id": "ALL", "base": "premium_paid", "rate": "50%", "clause": "按照不超过相关保费的50%给予保险补贴"}],
    "caps": _CAPS,
}
_VERSION: Final = {
    "batch": "bj-gjj-2025-1",
    "version": {"effective": {"first_day": "2026-12-01", "last_day": "open"}, "confidence": "read", "terms": _TERMS},
}
_RULES: Final[dict[str, Any]] = {
    "id": "bj-gjj-measures-2027",
    "title": "2027年管理办法（示例）",
    "methods": ["INSURANCE"],
    "facts": "all",
    "effective": {"first_day": "2027-01-01", "last_day": "open"},
    "document": {"title": "管理办法（示例）", "issuer": "示例单位", "number": None, "date": "2026-11-20"},
    "authority": "official",
    "terms": {"caps": [{"per": [], "period": "PROGRAM_YEAR", "limit": "3000万", "clause": "单个企业年度支持金额不超过3000万元"}]},
}
_LATER_NOTICE: Final[dict[str, Any]] = {
    "fund": "bj-gjj",
    "batch": {
        "id": "bj-gjj-2025-1",
        "year": "2025",
        "no": "1",
        "title": "2025年第一批（延期，示例）",
        "application_window": {"first_day": "2025-01-20", "last_day": "2025-04-30"},
    },
    "document": {"title": "关于延期的通知（示例）", "issuer": "示例单位", "number": None, "date": "2025-03-20"},
    "authority": "official",
    "directions": [
        {
            "rate_table": "bj-gjj-2025-1-1",
            "no": "1",
            "title": "示例奖励",
            "method": "AWARD",
            "area": "KEY_FIELDS",
            "version": {
                "effective": {"first_day": "2025-01-20", "last_day": "open"},
                "confidence": "read",
                "terms": {
                    "facts": "ITEMS",
                    "wording": "CEILING",
                    "lines": [{"id": "ALL", "base": "base_amount", "rate": "10%", "clause": "按不超过10%给予奖励"}],
                },
            },
        }
    ],
}
_FILE: Final = """\
fund: bj-gjj
batch: {id: bj-gjj-2027-1, year: '2027', title: 2027年第一批（示例）}
document: {title: 示例通知, issuer: 示例单位, number: null, date: '2026-12-20'}
authority: official
directions:
  - rate_table: bj-gjj-2027-1-1
    no: '1'
    title: 示例奖励
    method: AWARD
    area: null
    versions:
      - version: '1'
        effective: {first_day: '2026-12-20', last_day: open}
        published_at: '2026-12-20T00:00:00+08:00'
        terms:
          facts: ITEMS
          wording: CEILING
          lines:
            - {id: ALL, base: base_amount, rate: 10%, clause: 按不超过10%给予奖励}
"""

BEGIN: Final[dict[str, Any]] = {
    "content": {
        "summary": "写出一张标准表的新版本",
        "value": {"kind": "RATE_TABLE", "target": "bj-gjj-2025-1-11", "content": _VERSION, "note": "上限提高到2000万元"},
    },
    "copy_of_a_batch": {
        "summary": "从上一年的批次复制整个批次",
        "value": {"kind": "BATCH", "target": "bj-gjj-2027-1", "copy_of": {"batch": "bj-gjj-2025-1"}},
    },
    "file": {"summary": "从文件起草整个批次", "value": {"kind": "BATCH", "target": "bj-gjj-2027-1", "file": _FILE}},
    "fund": {
        "summary": "为基金增加管理办法；新基金另给出名称",
        "value": {"kind": "FUND", "target": "bj-gjj", "content": {"id": "bj-gjj", "overlays": [_RULES]}},
    },
    "later_notice": {
        "summary": "更正已公布的批次，并为未载入标准的方向补上标准",
        "value": {"kind": "BATCH", "target": "bj-gjj-2025-1", "content": _LATER_NOTICE},
    },
    "withdrawal": {
        "summary": "撤回一个版本",
        "value": {
            "kind": "WITHDRAWAL",
            "target": "bj-gjj-2025-3-1",
            "content": {"rate_table": "bj-gjj-2025-3-1", "version": "2", "reason": "依据的通知已废止"},
        },
    },
}
REVISE: Final[dict[str, Any]] = {
    "content": {"summary": "改写内容", "value": {"content": _VERSION, "note": "按会签意见修改"}},
    "file": {"summary": "以文件改写", "value": {"file": _FILE}},
}
MONTH: Final[dict[str, Any]] = {
    "both": {
        "summary": "一年期与五年期以上 LPR",
        "value": {"on": "2026-09-21", "values": {"LPR_1Y": "0.0300", "LPR_5Y": "0.0350"}, "holds_until": "2026-10-20"},
    },
    "confirmed": {
        "summary": "与上月相差很大，确认无误",
        "value": {"on": "2026-09-21", "values": {"LPR_1Y": "0.0250"}, "holds_until": "2026-10-20", "confirmed": True},
    },
}
_POLICIES: Final = next(iter(SINGLE["insurance-subsidies"].values()))["value"]
TRIAL: Final[dict[str, Any]] = {
    "ordinary": {"summary": "按草案试算一次", "value": _POLICIES},
    "english": {"summary": "同一请求，带 Accept-Language: en 时为英文", "value": _POLICIES},
}
CASES: Final[dict[str, Any]] = {
    "examples_only": {"summary": "只用标准表所附的例子", "value": {"cases": []}},
    "own": {"summary": "另带一个案例", "value": {"cases": [{"item_id": "C-1", "request": _POLICIES}]}},
}
