"""A fund that nobody has published yet: its measures, its first batch, and what becomes of them; as drafts say it."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from tests.bureau import USCC

FUND, BATCH = "hd-chip", "hd-chip-2026-1"
TABLE, UNSEEN = f"{BATCH}-1", f"{BATCH}-2"
MEASURES = "hd-chip-measures-2026"
AWARDS = "/v1/awards/calculate"
Json = dict[str, Any]


def award(base: str, table: str = TABLE, **more: Any) -> Json:
    """A claim for one tape-out."""
    item = {"item_id": "A-1", "base_amount": base}
    return {"rate_table": table, "application_date": "2026-06-30", "applicant": {"uscc": USCC}, "items": [item]} | more


def measures(limit: str = "300万", **more: Any) -> Json:
    """The fund's measures: what one enterprise gets in a year."""
    clause = f"单个企业年度支持金额不超过{limit}元"
    return {
        "id": MEASURES,
        "title": "集成电路专项资金管理办法",
        "methods": "all",
        "facts": "all",
        "effective": {"first_day": "2026-01-01", "last_day": "open"},
        "document": {"title": "集成电路专项资金管理办法", "issuer": "某区科委", "number": "区科发〔2026〕1号", "date": "2026-01-05"},
        "authority": "official",
        "terms": {"caps": [{"per": [], "period": "PROGRAM_YEAR", "limit": limit, "clause": clause}]},
    } | more


def fund(*overlays: Json, **more: Any) -> Json:
    """A draft of the fund."""
    content = {"id": FUND, "title": "集成电路专项资金", "overlays": list(overlays)} | more
    return {"kind": "FUND", "target": FUND, "content": content}


def terms(rate: str = "30%") -> Json:
    """An award of a share of the cost."""
    return {
        "facts": "ITEMS",
        "wording": "CEILING",
        "lines": [{"id": "ALL", "base": "base_amount", "rate": rate, "clause": f"按照不超过流片费用的{rate}给予奖励"}],
    }


def version(rate: str = "30%", **more: Any) -> Json:
    """A version with an example of its own."""
    example = {"name": "五百万", "request": json.dumps({key: value for key, value in award("5000000.00").items() if key != "rate_table"})}
    effective = {"first_day": "2026-01-20", "last_day": "open"}
    return {"effective": effective, "confidence": "read", "examples": [example], "terms": terms(rate)} | more


HEADER: Json = {
    "fund": FUND,
    "batch": {
        "id": BATCH,
        "year": "2026",
        "no": "1",
        "title": "2026年第一批",
        "application_window": {"first_day": "2026-02-01", "last_day": "2026-03-31"},
    },
    "document": {"title": "2026年申报指南", "issuer": "某区科委", "number": None, "date": "2026-01-20"},
    "authority": "repost",
}
DIRECTIONS: list[Json] = [
    {"rate_table": TABLE, "no": "1", "title": "流片奖励", "method": "AWARD", "area": "KEY_FIELDS", "version": version()},
    {"rate_table": UNSEEN, "no": "2", "title": "（标题未见）", "not_loaded": "附件未见"},
]


def batch(*directions: Json, **header: Any) -> Json:
    """A draft of the batch; without directions, of its header alone."""
    content = deepcopy(HEADER) | header
    return {"kind": "BATCH", "target": BATCH, "content": content | ({"directions": list(directions)} if directions else {})}


def new_version(rate: str, table: str = TABLE, direction: Json | None = None, **more: Any) -> Json:
    """A draft of a version of a table."""
    content = {"batch": BATCH, "version": version(rate, **more)} | ({} if direction is None else {"direction": direction})
    return {"kind": "RATE_TABLE", "target": table, "content": content}


def withdrawal(number: str, table: str = TABLE, **more: Any) -> Json:
    """A draft that withdraws a version."""
    return {"kind": "WITHDRAWAL", "target": table, "content": {"rate_table": table, "version": number, "reason": "依据的通知已废止"} | more}
