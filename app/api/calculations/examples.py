"""Named examples of every calculation: one ordinary, one at a cap. Tests send each of them."""

from __future__ import annotations

from typing import Any, Final

from app.services.calculation import AWARD, GRANT, INSURANCE, LOAN

Example = dict[str, Any]

_ENTERPRISE: Final = {
    "uscc": "91350100M000100Y43",
    "registered_in_beijing": True,
    "dishonesty_records": [],
    "other_municipal_funding": False,
    "declaration_accepted": True,
}


def _loan(principal: str) -> Example:
    return {
        "rate_table": "bj-gjj-2023-2-2",
        "application_date": "2023-11-20",
        "claim_period": {"from": "2022-11-01", "until": "2023-11-01"},
        "applicant": {
            **_ENTERPRISE,
            "measures": {
                "key_industry": True,
                "fai_2022": "8000000.00",
                "fai_2023_q1_q3": "0.00",
                "chain_leader_with_approved_plan": False,
            },
        },
        "contracts": [
            {
                "contract_no": "L-1",
                "lender": "某银行北京分行",
                "loan_type": "FIXED_ASSET",
                "signed_on": "2022-03-01",
                "matures_on": "2027-03-01",
                "drawdowns": [{"drawdown_no": "1", "on": "2022-03-05", "amount": principal}],
                "repayments": [],
                "rate": {
                    "kind": "FLOATING",
                    "series": "LPR_5Y",
                    "spread": "-0.0020",
                    "reset": "ANNIVERSARY",
                },
            }
        ],
    }


def _policy(number: str, unit: str, premium: str) -> Example:
    return {
        "policy_no": number,
        "insurer": "某财产保险公司",
        "insurance_type": "LAUNCH",
        "unit_id": unit,
        "unit_kind": "ROCKET",
        "launched_on": "2024-06-06",
        "launch_approved": True,
        "sum_insured": "200000000.00",
        "premium": premium,
        "premium_paid": premium,
        "paid_on": "2024-05-20",
        "period_from": "2024-06-06",
        "period_until": "2025-06-06",
    }


def _insurance(policies: list[Example]) -> Example:
    return {
        "rate_table": "bj-gjj-2025-1-11",
        "application_date": "2025-03-10",
        "applicant": _ENTERPRISE,
        "policies": policies,
    }


def _award(items: list[Example]) -> Example:
    return {
        "rate_table": "bj-gjj-2023-1-1",
        "application_date": "2023-04-10",
        "applicant": _ENTERPRISE,
        "items": items,
    }


def _item(number: str, category: str | None, base: str, **more: Any) -> Example:
    category_given = {"category": category} if category else {}
    return {"item_id": number, **category_given, "base_amount": base, **more}


def _grant(items: list[Example]) -> Example:
    return {
        "rate_table": "bj-gjj-2023-3-data-asset-entry",
        "application_date": "2023-12-20",
        "applicant": _ENTERPRISE,
        "items": items,
    }


def _named(summary: str, value: Example) -> Example:
    return {"summary": summary, "value": value}


def _cases(common: Example, facts: str, *lists: list[Example], detail: str = "FULL") -> Example:
    shared = {name: value for name, value in common.items() if name != facts}
    cases = [{"item_id": f"C-{number}", facts: rows} for number, rows in enumerate(lists, start=1)]
    return {**shared, "detail": detail, "cases": cases}


_LOAN = _loan("60000000.00")
_LARGE_LOAN = _loan("800000000.00")
_POLICIES = [_policy("P-1", "ROCKET-Y7", "6000000.00")]
_LARGE_POLICIES = [
    _policy("P-1", "ROCKET-Y7", "12000000.00"),
    _policy("P-2", "ROCKET-Y8", "12000000.00"),
    _policy("P-3", "ROCKET-Y9", "12000000.00"),
]
_TAPE_OUT = {
    "occurred_on": "2023-02-01",
    "measures": {
        "contract_completed": True,
        "industrialise_in_beijing": True,
        "district_recommended": True,
    },
}
_ITEMS = [_item("A-1", "MPW", "4000000.00", **_TAPE_OUT)]
_LARGE_ITEMS = [_item("A-1", "MPW", "8000000.00", **_TAPE_OUT)]
_ENTRY = {"measures": {"first_entry": True, "first_entry_amount": "2000000.00"}}
_FEES = [_item("G-1", None, "1000000.00", **_ENTRY)]
_LARGE_FEES = [_item("G-1", None, "3000000.00", **_ENTRY)]

SINGLE: Final[dict[str, dict[str, Example]]] = {
    LOAN.path: {
        "ordinary": _named("固定资产贷款，未达限额", _LOAN),
        "at_cap": _named("年度限额 1000 万元起作用", _LARGE_LOAN),
    },
    INSURANCE.path: {
        "ordinary": _named("发射保险，未达限额", _insurance(_POLICIES)),
        "at_cap": _named("单发 500 万元、单个企业 1000 万元限额起作用", _insurance(_LARGE_POLICIES)),
    },
    AWARD.path: {
        "ordinary": _named("MPW 首轮流片，未达限额", _award(_ITEMS)),
        "at_cap": _named("MPW 限额 300 万元起作用", _award(_LARGE_ITEMS)),
    },
    GRANT.path: {
        "ordinary": _named("数据资产首入表，未达限额", _grant(_FEES)),
        "at_cap": _named("限额 50 万元起作用", _grant(_LARGE_FEES)),
    },
}

MANY: Final[dict[str, dict[str, Example]]] = {
    LOAN.path: {
        "ordinary": _named("两个案例", _cases(_LOAN, "contracts", _LOAN["contracts"], _LOAN["contracts"])),
        "at_cap": _named(
            "第二个案例限额起作用，只要结果",
            _cases(_LOAN, "contracts", _LOAN["contracts"], _LARGE_LOAN["contracts"], detail="SUMMARY"),
        ),
    },
    INSURANCE.path: {
        "ordinary": _named("两个案例", _cases(_insurance([]), "policies", _POLICIES, _POLICIES)),
        "at_cap": _named(
            "第二个案例限额起作用，只要结果",
            _cases(_insurance([]), "policies", _POLICIES, _LARGE_POLICIES, detail="SUMMARY"),
        ),
    },
    AWARD.path: {
        "ordinary": _named("两个案例", _cases(_award([]), "items", _ITEMS, _ITEMS)),
        "at_cap": _named(
            "第二个案例限额起作用，只要结果",
            _cases(_award([]), "items", _ITEMS, _LARGE_ITEMS, detail="SUMMARY"),
        ),
    },
    GRANT.path: {
        "ordinary": _named("两个案例", _cases(_grant([]), "items", _FEES, _FEES)),
        "at_cap": _named(
            "第二个案例限额起作用，只要结果",
            _cases(_grant([]), "items", _FEES, _LARGE_FEES, detail="SUMMARY"),
        ),
    },
}
