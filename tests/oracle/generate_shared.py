"""What random tables and requests of all four methods share: amounts, days, caps, windows, earlier grants."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests.oracle.language import plus_months

Json = dict[str, Any]
Rng = random.Random
USCC = "91350100M000100Y43"
CODES = ["INNOVATIVE_SME", "SPECIALIZED", "GAZELLE"]
PARK = ["NORTH", "SOUTH", "EAST"]
SERIES = ["LPR_1Y", "LPR_5Y", "SHIBOR_3M"]
UNITS = ["分", "元", "100元", "1万元", "10元", "1000元"]


def chance(rng: Rng, p: float) -> bool:
    return rng.random() < p


def amount(rng: Rng, most: int = 50_000_000) -> str:
    """元 with fen: round figures, small ones and crooked ones."""
    kind = rng.random()
    if kind < 0.4:
        return f"{rng.randint(1, max(1, most // 10_000)) * 10_000}.00"
    if kind < 0.5:
        return f"{rng.randint(0, 99)}.{rng.randint(1, 99):02d}"
    return f"{rng.randint(1, most)}.{rng.randint(0, 99):02d}"


def percent(rng: Rng, low: int, high: int) -> str:
    """``low`` and ``high`` in hundredths of a percent."""
    return f"{rng.randint(low, high) / 100:.2f}".rstrip("0").rstrip(".") + "%"


def wan(rng: Rng, low: int, high: int) -> str:
    kind = rng.random()
    n = rng.randint(low, high)
    return f"{n}万" if kind < 0.7 else f"{n * 10_000 + rng.randint(0, 9999)}.{rng.randint(0, 99):02d}"


def a_day(rng: Rng, first: date, last: date) -> date:
    day = first + timedelta(days=rng.randint(0, max(0, (last - first).days)))
    if chance(rng, 0.15):  # month ends and leap days are where calendars go wrong
        day = plus_months(day.replace(day=1), 1) - timedelta(days=1)
    return min(max(day, first), last)


def dated(rng: Rng, first: date, applied_on: date) -> str:
    """Up to the application; now and then after it (D75)."""
    if chance(rng, 0.05):
        return (applied_on + timedelta(days=rng.choice([1, 30, 300]))).isoformat()
    return a_day(rng, first, applied_on).isoformat()


# What all tables share


def shared_terms(rng: Rng, facts: str) -> Json:
    terms: Json = {"facts": facts, "clause": "第一条", "wording": rng.choice(["CEILING", "EXACT"])}
    if chance(rng, 0.35):
        rounding: Json = {}
        if chance(rng, 0.5):
            rounding["unit"] = rng.choice(UNITS)
        if chance(rng, 0.5):
            rounding["mode"] = rng.choice(["DOWN", "HALF_UP"])
        if chance(rng, 0.5):
            rounding["scope"] = rng.choice(["ITEM", "TOTAL"])
        if rounding:
            terms["rounding"] = rounding
    elif chance(rng, 0.15):
        terms["rounding"] = {"unit": rng.choice(["元", "100元", "1万元"]), "mode": "HALF_UP", "scope": rng.choice(["ITEM", "TOTAL"])}
    return terms


def shared_requirements(rng: Rng, terms: Json, applicant: Json) -> None:
    """Conditions on the applicant, mostly met."""
    rules = []
    if chance(rng, 0.3):
        rules.append({"that": "registered_in_beijing", "code": "NOT_IN_BEIJING"})
        applicant["registered_in_beijing"] = chance(rng, 0.95)
    if chance(rng, 0.2):
        terms.setdefault("needs", {})["net_assets"] = {"of": "APPLICANT", "type": "MONEY", "title": "净资产"}
        rules.append({"that": "net_assets >= 1000万 or not (net_assets < 500万)", "code": "TOO_SMALL"})
        applicant.setdefault("measures", {})["net_assets"] = f"{rng.randint(480, 3000) * 10_000}.00"
    if chance(rng, 0.15):
        rules.append({"that": "not dishonest_since(months_after(application_date, -36))", "code": "DISHONEST"})
        applicant["dishonesty_records"] = [
            {"on": a_day(rng, date(2015, 1, 1), date(2021, 12, 31)).isoformat()} for _ in range(rng.randint(0, 2))
        ]
    if rules:
        terms["require"] = rules


def payout(rng: Rng, terms: Json) -> None:
    kind = rng.random()
    if kind < 0.1:
        terms["payout"] = {"instalments": [{"share": "80%", "when": "立项"}, {"when": "验收"}]}
    elif kind < 0.2:
        terms["payout"] = {"sources": [{"source": "CENTRAL", "share": "90%"}, {"source": "PROVINCE"}]}
    elif kind < 0.25:
        terms["payout"] = {"instalments": [{"share": "33.33%", "when": "一"}, {"share": "33.33%", "when": "二"}, {"when": "三"}]}


def a_table(method: str, terms: Json, year: int) -> Json:
    return {
        "id": f"xx-oracle-{year}-1-1",
        "fund": "xx-oracle",
        "year": year,
        "batch": f"xx-oracle-{year}-1",
        "method": method,
        "terms": terms,
    }


def a_claim(table: Json, applied_on: date, applicant: Json) -> Json:
    return {
        "rate_table": table["id"],
        "version": 1,
        "application_date": applied_on.isoformat(),
        "applicant": {"uscc": USCC, **applicant},
    }


WIDTHS = {"UNIT": 1, "PRODUCT": 1, "CONTRACT": 1, "DRAWDOWN": 0, "LINE": 2, "PROJECT": 3, "LENDER": 4}
PERIODS = {"CLAIM": 0, "unknown": 0, "BATCH": 1, "ACCRUAL_YEAR": 2, "PROGRAM_YEAR": 3, "CALENDAR_YEAR": 3, "LIFETIME": 4}
PUBLISHED = ["2026-08-20T09:00:00+08:00", "2026-11-30T23:59:59+08:00", "2026-12-01T00:00:00+08:00", "2026-12-15T09:00:00+08:00"]


def width(cap: Json) -> tuple[int, int]:
    """Narrower before wider (D39)."""
    per = [] if cap["per"] == "unknown" else cap["per"]
    widths = [WIDTHS.get(each, 1) for each in per] + ([WIDTHS["LINE"]] if cap.get("lines") else [])
    return (min(widths, default=9), PERIODS[cap.get("period", "BATCH")])


def money_caps(rng: Rng, terms: Json, pers: list[list[str]], periods: list[str], low: int, high: int) -> None:
    caps: list[Json] = []
    lines = [line["id"] for line in terms["lines"]]
    rounds_up = terms.get("rounding", {}).get("unit") and terms["rounding"].get("mode") == "HALF_UP"
    for per in rng.sample(pers, k=min(len(pers), rng.choice([0, 1, 1, 2, 2, 3, 4]))):
        scale = 1 if per else rng.choice([1, 2])
        cap: Json = {"per": per, "limit": wan(rng, low * scale, high * scale)}
        if rounds_up:  # limits that rounding up could pass (D92)
            cap["limit"] = f"{rng.randint(1, high * scale * 2000)}.{rng.randint(0, 99):02d}"
        if chance(rng, 0.75) or not per:
            cap["period"] = rng.choice(periods)
        if len(lines) > 1 and chance(rng, 0.2):
            cap["lines"] = rng.sample(lines, k=1)
        if chance(rng, 0.03):
            cap["limit"] = "unknown"
        elif chance(rng, 0.05):
            cap["period"] = "unknown"
        elif chance(rng, 0.05) and not cap.get("lines"):
            cap["per"] = "unknown"
        caps.append(cap)
    caps.sort(key=width)
    if caps:
        terms["caps"] = caps


def kinds_of_applicant(rng: Rng, terms: Json, applicant: Json) -> None:
    """Tables for persons, or for persons and enterprises: then the request says which (D85)."""
    kind = rng.random()
    if kind < 0.03:
        terms["applicant"] = "PERSON"
        del applicant["uscc"]
    elif kind < 0.12:
        terms["applicant"] = ["PERSON", "ENTERPRISE"]
        if not chance(rng, 0.2):
            applicant["kind"] = rng.choice(["PERSON", "ENTERPRISE"])
        if applicant.get("kind") == "PERSON" or chance(rng, 0.1):
            del applicant["uscc"]


def year_of(rng: Rng, applied_on: date) -> int:
    """The year of the batch: mostly the application's, sometimes one that is over (D104)."""
    return applied_on.year - (1 if chance(rng, 0.12) else 0)


def windows_and_stacking(rng: Rng, table: Json, claim: Json) -> None:
    """Application windows, one direction a year, caps of the fund that lie over all its tables."""
    terms, applicant = table["terms"], claim["applicant"]
    table["published_at"] = rng.choice(PUBLISHED)
    kinds_of_applicant(rng, terms, applicant)
    if chance(rng, 0.1):
        day = date.fromisoformat(claim["application_date"])
        last = day + timedelta(days=rng.choice([-1, 0, 0, 5, 30]))
        clock = chance(rng, 0.5)
        window = {
            "first_day": (day - timedelta(days=rng.choice([0, 10, 40]))).isoformat(),
            "last_day": last.isoformat() + ("T17:30" if clock else ""),
        }
        if window["first_day"] <= last.isoformat():
            terms.setdefault("windows", {})["application"] = window
        if clock and chance(rng, 0.7):
            at = rng.choice(["16:05:00", "17:29:59", "17:30:00", "17:30:01", "23:00:00"])
            claim["application_at"] = f"{day.isoformat()}T{at}+08:00"
    if chance(rng, 0.15) and "stacking" not in terms:
        terms["stacking"] = {"single_direction": {"clause": rng.choice(["只能申报一个方向", "原则上只能申报一个方向"])}}
        if chance(rng, 0.4):
            terms["stacking"]["single_direction"]["exempt"] = "major_project_or_key_unit"
            applicant["major_project_or_key_unit"] = chance(rng, 0.5)
        if chance(rng, 0.2):
            terms["stacking"]["exempt_direction"] = "true"
        if chance(rng, 0.5):
            other = {"rate_table": table["id"].removesuffix("-1") + "-3", "on": f"{table['year']}-01-15", "amount": amount(rng, 500_000)}
            applicant.setdefault("granted", []).append({**other, "keys": {}})
    if chance(rng, 0.1):
        cap = {"per": [], "period": rng.choice(["PROGRAM_YEAR", "LIFETIME"]), "limit": wan(rng, 5, 500)}
        table["overlays"] = [{"clause": "第九条", "caps": [cap]}]


def offset(rng: Rng, terms: Json, of: str) -> None:
    """Other money for the same thing that comes off each item."""
    if chance(rng, 0.1) and "stacking" not in terms:
        terms.setdefault("needs", {})["other_subsidy"] = {"of": of, "type": "MONEY", "title": "其他补贴"}
        terms["stacking"] = {"offset": {"less": rng.choice(["other_subsidy", "1/3 * other_subsidy"]), "clause": "扣除"}}


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
