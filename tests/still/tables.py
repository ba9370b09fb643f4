"""The tables of a recording beside the published ones: the shapes of ``tests/shapes``, and random tables of ``tests/oracle``."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from tests.oracle.generate import MAKERS, case
from tests.oracle.series import made_up
from tests.shapes.files import FILES, write

Json = dict[str, Any]
TABLES_OF_THE_ORACLE = 12
"""Random tables of each method: each costs a proof when they are loaded."""
SERIES = ("LPR_1Y", "LPR_5Y", "SHIBOR_3M", "USD_CNY", "LPR_2022")


def files(seed: int) -> dict[str, str]:
    """The table files beside the published ones: shapes, and random tables."""
    with tempfile.TemporaryDirectory(prefix="subsidy-still-") as folder:
        found = {path.name: path.read_text(encoding="utf-8") for one in FILES for path in write(Path(folder), one)}
    return found | _oracle_files(seed)


@cache
def oracle_cases(seed: int) -> list[tuple[str, Json, Json]]:
    """Random tables that need no others, each with an id of its own, and the claim of each."""
    found = []
    for method in MAKERS:
        taken, no = 0, seed * 1_000
        while taken < TABLES_OF_THE_ORACLE:
            no += 1
            table, body = case(method, no)
            if table.get("overlays") or body.get("version", 1) != 1 or "pool" in json.dumps(table):
                continue
            taken += 1
            name = f"or-{method.lower().replace('_', '-')}-2024-1-{taken}"
            text = json.dumps([table, body], ensure_ascii=False).replace(f'"{table["id"]}"', f'"{name}"')
            found.append((method, *json.loads(text)))
    return found


def _oracle_files(seed: int) -> dict[str, str]:
    """The random tables as table files, with their series under names of their own."""
    series = [
        {
            "series": f"OR_{name}",
            "title": name,
            "source": "示例",
            "authority": "assumed",
            "versions": [
                {
                    "version": "1",
                    "published_at": "2020-01-01T00:00:00+08:00",
                    "holds_until": about["holds_until"],
                    "rows": [{"on": on, "value": _percent(value), "confidence": "read"} for on, value in about["rows"]],
                }
            ],
        }
        for name, about in made_up().items()
    ]
    made = {"or-series.yaml": json.dumps({"series": series}, ensure_ascii=False)}
    by_method: dict[str, list[Json]] = {}
    for method, table, _ in oracle_cases(seed):
        by_method.setdefault(method, []).append(renamed(table))
    for method, tables in by_method.items():
        fund = f"or-{method.lower().replace('_', '-')}"
        directions = [
            {
                "rate_table": table["id"],
                "no": str(no),
                "title": "测试",
                "method": table["method"],
                "area": None,
                "versions": [
                    {
                        "version": "1",
                        "effective": {"first_day": "2000-01-01", "last_day": "open"},
                        "published_at": "2020-01-01T00:00:00+08:00",
                        "terms": table["terms"],
                    }
                ],
            }
            for no, table in enumerate(tables, 1)
        ]
        document = {"title": "测试通知", "issuer": "示例", "number": None, "date": "2020-01-01"}
        batch = {"id": f"{fund}-2024-1", "year": "2024", "title": "测试"}
        made[f"{fund}-funds.yaml"] = json.dumps({"funds": [{"id": fund, "title": "测试资金"}]}, ensure_ascii=False)
        made[f"{fund}-2024-1.yaml"] = json.dumps(
            {"fund": fund, "batch": batch, "document": document, "authority": "assumed", "directions": directions}, ensure_ascii=False
        )
    return made


def renamed(value: Json) -> Json:
    text = json.dumps(value, ensure_ascii=False)
    for name in SERIES:
        text = text.replace(name, f"OR_{name}")
    renamed: Json = json.loads(text)
    return renamed


def _percent(value: str) -> str:
    whole, _, rest = value.partition(".")
    digits = (whole + rest.ljust(2, "0")[:2]).lstrip("0") or "0"
    return f"{digits}.{rest[2:] or '0'}%"
