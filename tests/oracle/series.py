"""Reference series for the generators: monthly on or near the 20th, made up, decimal fractions as text."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

ENDS_EARLY = "LPR_2022"  # a series that begins and ends within the loans: days outside it are refused where they decide (D18, D73)


def made_up(seed: int = 7) -> dict[str, Any]:
    rng = random.Random(seed)
    series: dict[str, Any] = {}
    for name, start, low in (("LPR_1Y", 425, 100), ("LPR_5Y", 485, 200), ("SHIBOR_3M", 280, 20)):
        value, rows = start, []
        for month in range(2018 * 12, 2026 * 12 + 8):
            value = max(low, value + rng.choice((-10, -5, 0, 0, 0, 0, 5)))
            day = date(month // 12, month % 12 + 1, rng.choice((20, 20, 20, 21, 22)))
            rows.append((day.isoformat(), f"0.{value:04d}"))
        series[name] = {"rows": rows, "holds_until": "2026-09-21"}
    rows = []
    value = 68_000
    for month in range(2018 * 12, 2026 * 12 + 8):
        value += rng.randint(-800, 800)
        rows.append((date(month // 12, month % 12 + 1, 1).isoformat(), f"{value / 10_000:.4f}"))
    series["USD_CNY"] = {"rows": rows, "holds_until": "2026-09-21"}
    inside = [row for row in series["LPR_1Y"]["rows"] if "2022-03" <= row[0] < "2024-05"]
    series[ENDS_EARLY] = {"rows": inside, "holds_until": "2024-05-21"}
    return series
