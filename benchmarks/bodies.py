"""Requests that differ: one contract, twelve repayments, a floating rate; the same for every run."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from typing import Any

from app.calculators.claims.uscc import uscc_check_character

TABLE = "bj-gjj-2023-2-2"
APPLICATION_DATE = date(2023, 11, 20)
SPREAD, MULTIPLIER, SERIES = "-0.0020", "1", "LPR_1Y"


def claims(count: int, seed: int = 20231120) -> list[dict[str, Any]]:
    """Return ``count`` claims of one contract each, all with other dates and amounts."""
    random_ = random.Random(seed)
    return [_claim(number, random_) for number in range(count)]


def _claim(number: int, random_: random.Random) -> dict[str, Any]:
    drawn_on = date(2022, 1, 1) + timedelta(days=random_.randrange(90))
    due = sorted(random_.sample(range(30, 540), 12))
    return {
        "rate_table": TABLE,
        "application_date": APPLICATION_DATE.isoformat(),
        "request_no": f"R-{number}",
        "applicant": {
            "name": f"申请单位{number}",
            "uscc": _credit_code(number),
            "registered_in_beijing": True,
            "dishonesty_records": [],
            "other_municipal_funding": False,
            "declaration_accepted": True,
            "measures": {
                "key_industry": True,
                "fai_2022": "8000000.00",
                "fai_2023_q1_q3": "0.00",
                "chain_leader_with_approved_plan": False,
            },
        },
        "contracts": [
            {
                "contract_no": f"L-{number}",
                "lender": "某银行北京分行",
                "loan_type": "FIXED_ASSET",
                "currency": "CNY",
                "signed_on": "2021-12-20",
                "matures_on": "2025-12-20",
                "drawdowns": [
                    {
                        "drawdown_no": "1",
                        "on": drawn_on.isoformat(),
                        "amount": f"{random_.randrange(20_000_000, 60_000_000)}.{random_.randrange(100):02d}",
                    }
                ],
                "repayments": [
                    {
                        "on": (drawn_on + timedelta(days=after)).isoformat(),
                        "principal": f"{random_.randrange(100_000, 1_500_000)}.{random_.randrange(100):02d}",
                    }
                    for after in due
                ],
                "rate": {
                    "kind": "FLOATING",
                    "series": SERIES,
                    "multiplier": MULTIPLIER,
                    "spread": SPREAD,
                    "reset": "ANNIVERSARY",
                },
                "day_count": "ACT_360",
            }
        ],
    }


def _credit_code(number: int) -> str:
    """A well-formed 统一社会信用代码 for each applicant."""
    code = f"91110108MA{number:07d}"
    return code + uscc_check_character(code)


def encoded(count: int) -> list[bytes]:
    """Return the same claims as JSON."""
    return [json.dumps(claim, ensure_ascii=False).encode() for claim in claims(count)]
