"""Random tables and requests that go together, by seed: valid data only.

``case(method, seed)`` gives the raw table (every scalar a text, in the words of the table files) and the
request (the JSON of the API). The same seed gives the same case for ever.
"""

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
PERIODS = ["CLAIM", "BATCH", "ACCRUAL_YEAR", "PROGRAM_YEAR", "LIFETIME"]


def width(cap: Json) -> tuple[int, int]:
    """Narrower before wider (D39)."""
    widths = [WIDTHS.get(each, 1) for each in cap["per"]] + ([WIDTHS["LINE"]] if cap.get("lines") else [])
    return (min(widths, default=9), PERIODS.index(cap.get("period", "BATCH")))


def money_caps(rng: Rng, terms: Json, pers: list[list[str]], periods: list[str], low: int, high: int) -> None:
    caps: list[Json] = []
    lines = [line["id"] for line in terms["lines"]]
    for per in rng.sample(pers, k=min(len(pers), rng.choice([0, 1, 1, 2, 2, 3, 4]))):
        scale = 1 if per else rng.choice([1, 2])
        cap: Json = {"per": per, "limit": wan(rng, low * scale, high * scale)}
        if chance(rng, 0.75) or not per:
            cap["period"] = rng.choice(periods)
        if len(lines) > 1 and chance(rng, 0.2):
            cap["lines"] = rng.sample(lines, k=1)
        if chance(rng, 0.03):
            cap["limit"] = "unknown"
        caps.append(cap)
    caps.sort(key=width)
    if caps:
        terms["caps"] = caps


def windows_and_stacking(rng: Rng, table: Json, claim: Json) -> None:
    """Application windows, one direction a year, caps of the fund that lie over all its tables."""
    terms, applicant = table["terms"], claim["applicant"]
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
    if chance(rng, 0.1) and "stacking" not in terms:
        terms["stacking"] = {"single_direction": {"clause": "单一方向"}}
        if chance(rng, 0.4):
            terms["stacking"]["single_direction"]["exempt"] = "major_project_or_key_unit"
            applicant["major_project_or_key_unit"] = chance(rng, 0.5)
        if chance(rng, 0.2):
            terms["stacking"]["exempt_direction"] = "true"
    if chance(rng, 0.1):
        cap = {"per": [], "period": rng.choice(["PROGRAM_YEAR", "LIFETIME"]), "limit": wan(rng, 5, 500)}
        table["overlays"] = [{"clause": "第九条", "caps": [cap]}]


def earlier_grants(rng: Rng, table: Json, applicant: Json, keys: list[Json], applied_on: date) -> None:
    """Grants that count against caps of this table, and some of other tables that do not."""
    sibling = table["id"].removesuffix("-1") + "-2"
    for cap in table["terms"].get("caps", []):
        if not cap["per"] and cap.get("bounds") != "BALANCE" and chance(rng, 0.15):
            cap["pool"] = rng.choice(["FUND", [table["id"], sibling], [sibling]])
    if any(cap.get("lines") for cap in table["terms"].get("caps", [])):
        return
    found = []
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])):
        grant: Json = {
            "rate_table": table["id"],
            "on": a_day(rng, date(table["year"], 1, 1), applied_on).isoformat(),
            "amount": amount(rng, 800_000),
        }
        if chance(rng, 0.6) and keys:
            grant["keys"] = dict(rng.choice(keys))
        if any(cap.get("period") == "ACCRUAL_YEAR" for cap in table["terms"].get("caps", [])):
            grant["accrual_year"] = rng.randint(2022, 2025)
        if chance(rng, 0.25):
            grant["rate_table"] = rng.choice([f"yy-other-{table['year']}-1-1", sibling])
        found.append(grant)
    if found:
        applicant["granted"] = found
    if chance(rng, 0.04):
        applicant["other_support_this_year"] = amount(rng, 500_000)
    if found and chance(rng, 0.3) and "stacking" not in table["terms"]:
        table["terms"]["stacking"] = {"higher_of": {"clause": "孰高"}}


def offset(rng: Rng, terms: Json, of: str) -> None:
    """Other money for the same thing that comes off each item."""
    if chance(rng, 0.1) and "stacking" not in terms:
        terms.setdefault("needs", {})["other_subsidy"] = {"of": of, "type": "MONEY", "title": "其他补贴"}
        terms["stacking"] = {"offset": {"less": rng.choice(["other_subsidy", "1/3 * other_subsidy"]), "clause": "扣除"}}


# Loan interest


def rate_words(rng: Rng) -> str:
    def lookup() -> str:
        return rng.choice(
            [
                "DAY",
                "SIGNED_ON",
                "FIRST_DRAWDOWN",
                "EACH_DRAWDOWN",
                "APPLICATION_DATE",
                "JAN_1",
                "JAN_1_LAST_YEAR",
                "2023-06-20",
                "signed_on",
                "months_after(first_drawdown, -1)",
            ]
        )

    def reference() -> str:
        return f"reference({rng.choice(SERIES)}, {lookup()})"

    return rng.choice(
        [
            lambda: percent(rng, 1, 400),
            lambda: percent(rng, 1, 400),
            lambda: f"min({percent(rng, 50, 400)}, contract_rate)",
            lambda: f"min({percent(rng, 50, 200)}, {percent(rng, 3000, 8000)} * contract_rate)",
            lambda: f"{percent(rng, 1000, 9000)} * {reference()}",
            lambda: f"contract_rate - ({reference()} - {percent(rng, 50, 250)})",
            lambda: f"min(3%, 50% * (contract_rate - {reference()}))",
            lambda: f"max({percent(rng, 10, 100)}, min({reference()}, contract_rate) - 1%)",
            lambda: f"contract_rate - {percent(rng, 100, 500)}",
            lambda: f"{percent(rng, 10, 100)} + 10% * contract_rate",
            lambda: f"1/{rng.choice([3, 7])} * contract_rate",
        ]
    )()


def loan_line(rng: Rng, name: str, base: str, **more: Any) -> Json:
    line: Json = {"id": name, "base": base, **more}
    line["rate"] = rate_words(rng) if base == "balance" else percent(rng, 500, 10_000)
    if chance(rng, 0.15):
        line["wording"] = rng.choice(["CEILING", "EXACT"])
    return line


def loan_lines(rng: Rng, terms: Json) -> None:
    def base() -> str:
        return rng.choice(["balance", "balance", "interest"])

    kinds = ["one", "one", "type", "drawn", "rate", "signed", "status", "highest", "disbursed", "park", "step", "years", "length", "fee"]
    kind = rng.choice(kinds)
    if kind == "one":
        lines = [loan_line(rng, "ALL", base())]
    elif kind == "type":
        lines = [
            loan_line(rng, "LONG", base(), when="loan_type in [FIXED_ASSET, RESEARCH]"),
            loan_line(rng, "SHORT", base(), when="loan_type in [WORKING_CAPITAL]"),
        ]
    elif kind in {"drawn", "disbursed"}:
        edge = f"{rng.randint(50, 2000)}万"
        lines = [
            loan_line(rng, "SMALL", base(), when=f"{kind} < {edge}"),
            loan_line(rng, "LARGE", base(), when=f"{kind} >= {edge}"),
        ]
    elif kind == "rate":
        lines = [
            loan_line(rng, "CHEAP", base(), when="contract_rate <= 4%"),
            loan_line(rng, "DEAR", base(), when="contract_rate > 4%"),
        ]
    elif kind == "signed":
        lines = [
            loan_line(rng, "OLD", base(), when="signed_on < 2023-03-01"),
            loan_line(rng, "NEW", base(), when="signed_on >= 2023-03-01"),
        ]
    elif kind == "step":
        lines = [
            loan_line(rng, "BEFORE", base(), when="day < 2023-10-08"),
            loan_line(rng, "AFTER", base(), when="day >= 2023-10-08"),
        ]
    elif kind == "years":
        start, first = rng.choice(["first_drawdown", "drawn_on", "signed_on"]), rng.choice([1, 3, 6])
        a, b = (f"months_after({start}, {months})" for months in (first, first + rng.choice([2, 6])))
        lines = [
            loan_line(rng, "YEAR_1", base(), when=f"day <= {a}"),
            loan_line(rng, "YEAR_2", base(), when=f"day > {a} and {b} > day"),
            loan_line(rng, "YEAR_3", base(), when=f"day >= {b}"),
        ]
    elif kind == "length":
        lines = [
            loan_line(rng, "SHORT", base(), when="matures_on < months_after(signed_on, 4)"),
            loan_line(rng, "MIDDLE", base(), when="matures_on >= months_after(signed_on, 4) and matures_on < months_after(signed_on, 12)"),
            loan_line(rng, "LONG", base(), when="months_after(signed_on, 12) <= matures_on"),
        ]
    elif kind == "fee":
        terms.setdefault("needs", {})["fee"] = {"of": "CONTRACT", "type": "MONEY", "title": "担保费"}
        lines = [
            {"id": "FEE", "base": "min(fee, 2% * disbursed)", "rate": "50%", "when": "loan_type in [RESEARCH]"},
            loan_line(rng, "LOAN", base(), when="loan_type in [FIXED_ASSET, WORKING_CAPITAL]"),
        ]
    elif kind == "status":
        terms["choose"] = "FIRST"
        tests = rng.choice(
            [
                "status(INNOVATIVE_SME, ON_DAY)",
                "status(INNOVATIVE_SME, AT_FIRST_DRAWDOWN) or status(INNOVATIVE_SME, ON_DAY)",
                "status(SPECIALIZED, AT_APPLICATION)",
                "status(SPECIALIZED, months_after(signed_on, 3)) or status(GAZELLE, 2024-03-31)",
                "status(GAZELLE, AT_FIRST_DRAWDOWN) and not status(SPECIALIZED, ON_DAY)",
            ]
        )
        lines = [loan_line(rng, "FAVOURED", base(), when=tests), loan_line(rng, "ORDINARY", base())]
    elif kind == "highest":
        terms["choose"] = "HIGHEST"
        family = base()
        lines = [loan_line(rng, name, family) for name in ("ONE", "TWO")]
    else:
        terms.setdefault("needs", {})["park"] = {"of": "CONTRACT", "type": "CODE", "title": "园区", "values": PARK}
        lines = [
            loan_line(rng, "NORTH", base(), when="park in [NORTH]"),
            loan_line(rng, "REST", base(), when="park in [SOUTH, EAST]"),
        ]
    if chance(rng, 0.12) and terms.get("choose") != "HIGHEST":
        rng.choice(lines)["require"] = [{"that": "loan_type in [FIXED_ASSET, WORKING_CAPITAL]", "code": "WRONG_TYPE"}]
    if chance(rng, 0.08) and len(lines) == 1:
        lines[0]["require"] = [{"that": "disbursed >= 100万", "code": "TOO_SMALL"}]
    terms["lines"] = lines


def loan_window(rng: Rng, terms: Json) -> None:
    kind = rng.random()
    if kind < 0.3:
        return
    first = a_day(rng, date(2022, 1, 1), date(2023, 12, 31))
    last: Any = a_day(rng, first + timedelta(days=20), date(2025, 6, 30)).isoformat()
    if kind < 0.45:
        last = "APPLICATION_DATE"
    elif kind < 0.55:
        last = "unknown"
    window: Json = {"first_day": first.isoformat() if chance(rng, 0.9) else "unknown", "last_day": last}
    if chance(rng, 0.15):
        window["tests"] = "PAID_ON"
    terms["windows"] = {"interest": window}


def loan_term(rng: Rng, terms: Json) -> None:
    if chance(rng, 0.5):
        return
    start = rng.choice(["SIGNED_ON", "FIRST_DRAWDOWN", "EACH_DRAWDOWN", "FIRST_COUNTED_DAY", "paid_to_supplier_on", "put_to_use_on"])
    term: Json = {"months": str(rng.choice([3, 6, 12, 24, 36])), "from": start}
    if chance(rng, 0.2):
        term["end"] = "YEAR_END"
    terms["term"] = term
    if chance(rng, 0.2):
        terms.setdefault("needs", {})["supported_from"] = {"of": "APPLICANT", "type": "DATE", "title": "首次支持"}
        of_enterprise = {"months": str(rng.choice([6, 24])), "from": "supported_from"}
        terms["term"] = rng.choice([[term, of_enterprise], [of_enterprise, term]])
    of = {"paid_to_supplier_on": "DRAWDOWN", "put_to_use_on": "CONTRACT"}.get(start)
    if of:
        terms.setdefault("needs", {})[start] = {"of": of, "type": "DATE", "title": "日期"}


def loan_caps(rng: Rng, terms: Json) -> None:
    pers = [["CONTRACT"], ["DRAWDOWN"], ["LINE"], ["PROJECT"], ["LENDER"], [], ["CONTRACT", "LINE"], []]
    if "park" in terms.get("needs", {}):
        pers.append(["park"])
    money_caps(rng, terms, pers, ["CLAIM", "BATCH", "ACCRUAL_YEAR", "PROGRAM_YEAR", "LIFETIME"], 1, 60)
    caps = terms.setdefault("caps", [])
    if chance(rng, 0.2):
        favoured = terms["lines"][0]["id"]
        caps[:0] = [
            {"per": ["CONTRACT"], "period": "LIFETIME", "limit": f"{percent(rng, 50, 300)} * disbursed", "when": f"earned({favoured})"},
            {"per": ["CONTRACT"], "period": "LIFETIME", "limit": f"{percent(rng, 10, 100)} * disbursed", "when": f"not earned({favoured})"},
        ]
        caps.sort(key=width)
    if chance(rng, 0.15):
        caps.insert(0, {"per": ["CONTRACT"], "limit": f"{percent(rng, 1000, 9000)} * interest", "period": rng.choice(["CLAIM", "LIFETIME"])})
        caps.sort(key=width)
    if chance(rng, 0.35):
        principal: list[Json] = []
        for per in rng.sample([["DRAWDOWN"], ["CONTRACT"], ["LENDER"], []], k=rng.choice([1, 1, 2])):
            cap: Json = {"bounds": "BALANCE", "per": per, "limit": wan(rng, 5, 3000)}
            if per == ["CONTRACT"] and chance(rng, 0.3):
                cap["limit"] = f"{percent(rng, 1000, 9000)} * disbursed"
            if per != ["DRAWDOWN"] and chance(rng, 0.3):
                cap["room"] = "CUMULATIVE"
            if len(terms["lines"]) > 1 and chance(rng, 0.2):
                cap["lines"] = [terms["lines"][0]["id"]]
            principal.append(cap)
        principal.sort(key=width)
        caps[:0] = principal
    if not caps:
        del terms["caps"]


def contract_rate(rng: Rng, first: date, last: date) -> Json:
    kind = rng.random()
    if kind < 0.35:
        return {"kind": "FIXED", "annual_rate": f"0.0{rng.randint(0, 999):03d}"}
    if kind < 0.55:
        day, steps = first - timedelta(days=rng.choice([0, 0, 30])), []
        for _ in range(rng.randint(1, 4)):
            steps.append({"from": day.isoformat(), "annual_rate": f"0.0{rng.randint(100, 699)}"})
            day = a_day(rng, day + timedelta(days=5), day + timedelta(days=200))
        return {"kind": "STEPPED", "steps": steps}
    reset = rng.choice(["MONTHLY", "QUARTERLY", "JAN_1", "ANNIVERSARY", "LISTED"])
    rate: Json = {"kind": "FLOATING", "series": rng.choice(SERIES), "reset": reset}
    if chance(rng, 0.8):
        rate["spread"] = f"{rng.choice(['', '-'])}0.00{rng.randint(0, 99):02d}".replace("-0.0000", "0.0000")
    if chance(rng, 0.3):
        rate["multiplier"] = rng.choice(["0.85", "1.1", "1.05", "0.9"])
    if chance(rng, 0.4):
        rate["lookup"] = rng.choice(["SAME_DAY", "DAY_BEFORE"])
    if reset in {"MONTHLY", "QUARTERLY", "ANNIVERSARY"} and chance(rng, 0.4):
        rate["reset_anchor"] = a_day(rng, first - timedelta(days=70), first + timedelta(days=25)).isoformat()
    if reset == "LISTED":
        rate["reset_dates"] = sorted(
            {
                a_day(rng, first + timedelta(days=1), max(last - timedelta(days=1), first + timedelta(days=1))).isoformat()
                for _ in range(rng.randint(1, 4))
            }
        )
    return rate


def repayments(rng: Rng, drawdowns: list[Json], matures_on: date) -> list[Json]:
    """Repayments that never exceed what was drawn, each to a drawdown or first in first out."""
    found = []
    named = chance(rng, 0.3)
    left = {d["drawdown_no"]: int(d["amount"].replace(".", "")) for d in drawdowns}
    last_draw = max(date.fromisoformat(d["on"]) for d in drawdowns)
    for _ in range(rng.choice([0, 1, 2, 3, 5])):
        if named:
            drawdown = rng.choice(drawdowns)
            first, most = date.fromisoformat(drawdown["on"]), left[drawdown["drawdown_no"]]
        else:
            first, most = last_draw, sum(left.values())
        if first >= matures_on or most < 2:
            continue
        fen = most if chance(rng, 0.1) else rng.randint(1, most)
        repayment = {"on": a_day(rng, first, matures_on - timedelta(days=1)).isoformat(), "principal": yuan(fen)}
        if named:
            repayment["drawdown_no"] = drawdown["drawdown_no"]
            left[drawdown["drawdown_no"]] -= fen
        else:
            some = next(iter(left))
            left[some] -= fen
        found.append(repayment)
    return found


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def vouchers(rng: Rng, first: date, matures_on: date, applied_on: date, whole: int, *, gaps: bool) -> list[Json]:
    """Interest vouchers near what a bank would have charged, with penalties, gaps and late payments."""
    found = []
    day = first
    while day < matures_on and len(found) < 12:
        until = min(matures_on, day + timedelta(days=rng.choice([30, 31, 61, 91, 92, 180])))
        if until > applied_on and not chance(rng, 0.2):
            break
        if not (gaps and chance(rng, 0.2)):
            fen = int(whole * (until - day).days / 360 * rng.uniform(0.005, 0.07)) + rng.randint(0, 500)
            voucher: Json = {"from": day.isoformat(), "until": until.isoformat(), "amount": yuan(fen)}
            if chance(rng, 0.2):
                voucher["penalty"] = yuan(rng.randint(0, fen))
            if chance(rng, 0.4) or until > applied_on:
                voucher["paid_on"] = (until + timedelta(days=rng.choice([0, 1, 3, 40]))).isoformat()
            found.append(voucher)
        day = until
    return found


def a_contract(rng: Rng, no: str, terms: Json, applied_on: date) -> Json:
    signed_on = a_day(rng, date(2022, 1, 1), date(2024, 6, 30))
    first = a_day(rng, signed_on, signed_on + timedelta(days=60))
    life = rng.choice([45, 100, 200, 365, 366, 400, 730])
    matures_on = a_day(rng, first + timedelta(days=10), first + timedelta(days=life))
    has_plan = chance(rng, 0.2)
    drawdowns = []
    numbers = rng.sample(["1", "2", "10", "A", "b"], k=5)
    for index in range(1 if has_plan else rng.choice([1, 1, 1, 2, 3])):
        on = first if index == 0 else a_day(rng, first, min(first + timedelta(days=120), matures_on - timedelta(days=1)))
        drawdowns.append({"drawdown_no": numbers[index], "on": on.isoformat(), "amount": amount(rng, 30_000_000)})
    contract: Json = {
        "contract_no": no,
        "lender": rng.choice(["甲银行", "乙银行"]),
        "loan_type": rng.choice(["FIXED_ASSET", "RESEARCH", "WORKING_CAPITAL"]),
        "signed_on": signed_on.isoformat(),
        "matures_on": matures_on.isoformat(),
        "drawdowns": drawdowns,
        "rate": contract_rate(rng, first, matures_on),
        "project_id": rng.choice(["P1", "P2"]),
    }
    if chance(rng, 0.7):
        contract["day_count"] = rng.choice(["ACT_360", "ACT_365", "MONTHS_12", "D30_360"])
    if terms.get("currencies") and chance(rng, 0.5):
        contract["currency"] = rng.choice(["USD", "USD", "CNY", "JPY"])
    if has_plan:
        plan: Json = {"method": rng.choice(["EQUAL_INSTALLMENT", "EQUAL_INSTALLMENT", "EQUAL_PRINCIPAL", "INTEREST_ONLY", "BULLET"])}
        plan["every_months"] = rng.choice([1, 1, 2, 3, 6])
        if chance(rng, 0.6):
            plan["day"] = rng.choice([1, 15, 20, 28, 30, 31])
        contract["repayment_plan"] = plan
    else:
        contract["repayments"] = repayments(rng, drawdowns, matures_on)
    if chance(rng, 0.5):
        whole = sum(int(d["amount"].replace(".", "")) for d in drawdowns)
        contract["interest_paid"] = vouchers(rng, first, matures_on, applied_on, whole, gaps=True)
        if terms.get("pay_first") and not any(
            (v.get("paid_on") or v["until"]) <= applied_on.isoformat() for v in contract["interest_paid"]
        ):
            contract["interest_paid"] = []
    if chance(rng, 0.25):
        day, excluded = a_day(rng, first, matures_on), []
        for _ in range(rng.randint(1, 2)):
            until = day + timedelta(days=rng.randint(1, 60))
            excluded.append({"from": day.isoformat(), "until": until.isoformat(), "reason": rng.choice(["OVERDUE", "EXTENSION", "OTHER"])})
            day = until + timedelta(days=rng.randint(0, 40))
        contract["excluded_periods"] = excluded
    needs = terms.get("needs", {})
    measures: Json = {}
    if "park" in needs:
        measures["park"] = rng.choice(PARK)
    for name in ("fee", "other_subsidy"):
        if name in needs:
            measures[name] = amount(rng, 300_000)
    if "put_to_use_on" in needs:
        measures["put_to_use_on"] = a_day(rng, first - timedelta(days=60), first + timedelta(days=90)).isoformat()
    if measures:
        contract["measures"] = measures
    if "paid_to_supplier_on" in needs:
        for drawdown in drawdowns:
            on = date.fromisoformat(drawdown["on"])
            drawdown["measures"] = {"paid_to_supplier_on": a_day(rng, on - timedelta(days=30), on + timedelta(days=60)).isoformat()}
    return contract


def loan_case(rng: Rng) -> tuple[Json, Json]:
    terms = shared_terms(rng, "CONTRACTS")
    applicant: Json = {}
    applied_on = a_day(rng, date(2023, 6, 1), date(2026, 6, 30))
    day_count = rng.choice(["ACT_360", "ACT_365", "MONTHS_12", "D30_360"])
    terms["day_count"] = {"is": day_count, "assumed": "通知未载明"} if chance(rng, 0.2) else day_count
    shared_requirements(rng, terms, applicant)
    loan_lines(rng, terms)
    loan_window(rng, terms)
    loan_term(rng, terms)
    loan_caps(rng, terms)
    payout(rng, terms)
    if chance(rng, 0.2):
        terms["exclude_periods"] = rng.sample(["OVERDUE", "EXTENSION", "OTHER"], k=rng.choice([1, 2]))
    if chance(rng, 0.15):
        terms["pay_first"] = "true"
    if chance(rng, 0.1):
        terms["currencies"] = [
            "CNY",
            {"currency": "USD", "series": "USD_CNY", "on": rng.choice(["SIGNED_ON", "FIRST_DRAWDOWN", "APPLICATION_DATE", "2023-05-15"])},
        ]
    if chance(rng, 0.1):
        terms.setdefault("windows", {})["contract"] = {"first_day": "2022-03-01", "last_day": rng.choice(["2023-12-31", "2024-06-30"])}
    if chance(rng, 0.1):
        terms.setdefault("require", []).append(
            {
                "that": rng.choice(
                    ["interest >= 5万", "matures_on >= months_after(first_drawdown, 6)", "loan_type in [FIXED_ASSET, RESEARCH]"]
                ),
                "code": "NOT_ENOUGH",
            }
        )
    offset(rng, terms, "CONTRACT")
    if "supported_from" in terms.get("needs", {}):
        applicant.setdefault("measures", {})["supported_from"] = a_day(rng, date(2021, 6, 1), date(2024, 6, 30)).isoformat()
    if any(line["id"] == "FEE" for line in terms["lines"]):  # what is paid once knows no interest and no days
        terms["require"] = [rule for rule in terms.get("require", []) if "interest" not in rule["that"]]
        caps = [cap for cap in terms.get("caps", []) if "interest" not in cap["limit"] and cap.get("period") != "ACCRUAL_YEAR"]
        terms["caps"] = [cap for cap in caps if "DRAWDOWN" not in cap["per"] or cap.get("bounds") == "BALANCE"]
    mixed = {line.get("wording", terms["wording"]) for line in terms["lines"]}
    if len(mixed) > 1 and "mode" not in terms.get("rounding", {}):
        terms.setdefault("rounding", {})["mode"] = rng.choice(["DOWN", "HALF_UP"])
    table = a_table("LOAN_INTEREST", terms, applied_on.year)
    names = rng.sample(["L-1", "L-2", "L-10", "Z", "a"], k=5)
    contracts = [a_contract(rng, names[i], terms, applied_on) for i in range(rng.choice([1, 1, 1, 2, 3]))]
    if "status" in str(terms["lines"]):
        applicant["statuses"] = [
            {
                "status": code,
                "from": a_day(rng, date(2022, 1, 1), date(2024, 6, 30)).isoformat(),
                "until": rng.choice([None, a_day(rng, date(2024, 7, 1), date(2025, 6, 30)).isoformat()]),
            }
            for code in rng.sample(CODES, k=rng.randint(0, 3))
        ]
    keys: list[Json] = [{"contract_no": c["contract_no"]} for c in contracts]
    keys += [{"lender": c["lender"]} for c in contracts] + [{"project_id": "P1"}]
    earlier_grants(rng, table, applicant, keys, applied_on)
    claim = a_claim(table, applied_on, applicant)
    if chance(rng, 0.35):
        first = a_day(rng, date(2022, 1, 1), date(2024, 12, 31))
        claim["claim_period"] = {
            "from": first.isoformat(),
            "until": a_day(rng, first + timedelta(days=30), first + timedelta(days=700)).isoformat(),
        }
    claim["contracts"] = contracts
    return table, claim


# Insurance


def insurance_case(rng: Rng) -> tuple[Json, Json]:
    terms = shared_terms(rng, "POLICIES")
    applicant: Json = {}
    applied_on = a_day(rng, date(2024, 6, 1), date(2026, 6, 30))
    shared_requirements(rng, terms, applicant)
    bases = [
        "premium_paid",
        "premium",
        f"min(premium_paid, {percent(rng, 50, 600)} * sum_insured)",
        "min(premium_paid, 3% * sum_insured_years)",
    ]
    kind = rng.choice(["one", "one", "type", "kind", "highest", "status"])

    def line(name: str, **more: Any) -> Json:
        made: Json = {"id": name, "base": rng.choice(bases), "rate": percent(rng, 1000, 9000), **more}
        if chance(rng, 0.15):
            made["wording"] = rng.choice(["CEILING", "EXACT"])
        return made

    if kind == "type":
        terms["lines"] = [
            line("LAUNCH", when="insurance_type in [LAUNCH, IN_ORBIT]"),
            line("LIABILITY", when="insurance_type in [THIRD_PARTY]"),
        ]
    elif kind == "kind":
        terms["lines"] = [line("ROCKET", when="unit_kind in [ROCKET]"), line("SATELLITE", when="unit_kind in [SATELLITE]")]
        if chance(rng, 0.3):
            terms["lines"][0]["require"] = [{"that": "sum_insured >= 5000万", "code": "TOO_SMALL"}]
    elif kind == "status":
        terms["lines"] = [
            line("FAVOURED", when="status(SPECIALIZED, period_from)"),
            line("ORDINARY", when="not status(SPECIALIZED, period_from)"),
        ]
        applicant["statuses"] = [
            {"status": "SPECIALIZED", "from": a_day(rng, date(2022, 1, 1), date(2025, 6, 30)).isoformat(), "until": None},
        ]
    elif kind == "highest":
        terms["choose"] = "HIGHEST"
        terms["lines"] = [line("ONE"), line("TWO", base=f"{percent(rng, 100, 300)} * sum_insured", rate="50%")]
    else:
        terms["lines"] = [line("ALL")]
    if chance(rng, 0.5):
        terms["windows"] = {
            "event": {"of": "launched_on", "first_day": "2023-04-01", "last_day": rng.choice(["APPLICATION_DATE", "2025-12-31", "unknown"])}
        }
    if chance(rng, 0.4):
        terms.setdefault("require", []).append({"that": "launch_approved", "code": "NO_LAUNCH_APPROVAL"})
    if chance(rng, 0.4):
        terms["term"] = {"months": str(rng.choice([12, 24, 36])), "from": "first_insured_on"}
        if chance(rng, 0.3):
            terms["term"] = [terms["term"], {"end": "YEAR_END", "from": "period_from"}]
    offset(rng, terms, "POLICY")
    money_caps(rng, terms, [["UNIT"], ["LINE"], ["PROJECT"], [], []], ["CLAIM", "BATCH", "PROGRAM_YEAR", "LIFETIME"], 50, 1000)
    payout(rng, terms)
    table = a_table("INSURANCE", terms, applied_on.year)
    units = {unit: rng.choice(["ROCKET", "SATELLITE"]) for unit in ("U1", "U2", "U3")}
    launched = {unit: a_day(rng, date(2023, 1, 1), date(2025, 12, 31)).isoformat() for unit in units}
    insured = {unit: a_day(rng, date(2021, 6, 1), date(2024, 6, 30)).isoformat() for unit in units}
    policies = []
    for number in rng.sample(range(1, 30), k=rng.choice([1, 2, 3, 5])):
        unit = rng.choice(list(units))
        first = a_day(rng, date(2022, 1, 1), date(2025, 6, 30))
        premium = amount(rng, 30_000_000)
        policy: Json = {
            "policy_no": f"P-{number}",
            "insurer": rng.choice(["甲保险", "乙保险"]),
            "insurance_type": rng.choice(["LAUNCH", "IN_ORBIT", "THIRD_PARTY"]),
            "unit_id": unit,
            "unit_kind": units[unit],
            "launched_on": launched[unit],
            "launch_approved": chance(rng, 0.9),
            "sum_insured": amount(rng, 500_000_000),
            "premium": premium,
            "premium_paid": premium if chance(rng, 0.9) else yuan(int(premium.replace(".", "")) // 2),
            "paid_on": a_day(rng, first - timedelta(days=60), first + timedelta(days=30)).isoformat(),
            "period_from": first.isoformat(),
            "period_until": (first + timedelta(days=rng.choice([30, 90, 180, 365, 366, 730, 1096]))).isoformat(),
            "project_id": rng.choice(["P1", "P2"]),
        }
        if "other_subsidy" in terms.get("needs", {}):
            policy["measures"] = {"other_subsidy": amount(rng, 300_000)}
        if number % 2 and chance(rng, 0.5):
            policy["first_insured_on"] = min(insured[unit], policy["period_from"])
        policies.append(policy)
    earlier_grants(rng, table, applicant, [{"unit_id": "U1"}, {"unit_id": "U2"}, {"project_id": "P1"}], applied_on)
    claim = a_claim(table, applied_on, applicant)
    claim["policies"] = policies
    return table, claim


# Awards


def bands(rng: Rng, terms: Json) -> Json:
    if chance(rng, 0.5):
        terms["needs"]["events_before"] = {"of": "ITEM", "type": "COUNT", "title": "此前次数"}
        pay: list[Json] = [{"up_to": str(rng.randint(1, 3)), "amount": wan(rng, 20, 100)}]
        if chance(rng, 0.5):
            pay.append({"up_to": str(rng.randint(4, 8)), "amount": wan(rng, 5, 30)})
        pay.append({"amount": wan(rng, 1, 20)})
        return {"of": "events", "after": "events_before", "pay": pay}
    pay = [
        {"up_to": f"{rng.randint(100, 500)}万", "rate": percent(rng, 500, 2000)},
        {"up_to": f"{rng.randint(600, 2000)}万", "rate": percent(rng, 200, 900)},
        {"rate": percent(rng, 50, 500)},
    ]
    return {"of": "base_amount", "pay": pay}


def award_case(rng: Rng) -> tuple[Json, Json]:
    terms = shared_terms(rng, "ITEMS")
    applicant: Json = {}
    applied_on = a_day(rng, date(2023, 6, 1), date(2026, 6, 30))
    shared_requirements(rng, terms, applicant)
    needs: Json = {
        **terms.get("needs", {}),
        "net_increase": {"of": "ITEM", "type": "MONEY", "title": "净增"},
        "growth": {"of": "ITEM", "type": "RATE", "title": "增速"},
        "mass_kg": {"of": "ITEM", "type": "QUANTITY", "unit": "kg", "decimals": "3", "title": "质量"},
        "grade": {"of": "ITEM", "type": "CODE", "values": ["L3", "L4", "L5"], "title": "等级"},
        "dataset_id": {"of": "ITEM", "type": "CODE", "title": "数据集"},
        "category": {"of": "ITEM", "type": "CODE", "values": ["MPW", "FULL_MASK", "IP"], "title": "类别"},
    }
    terms["needs"] = needs
    bases = [
        "base_amount",
        "base_amount - vat",
        "base_amount - vat - hardware",
        "min(base_amount, 2000万)",
        "base_amount - related_party_amount",
    ]

    def line(name: str, **more: Any) -> Json:
        made: Json = {"id": name, **more}
        if not {"amount", "bands"} & set(more):
            made.update(base=rng.choice(bases), rate=percent(rng, 500, 6000))
        if chance(rng, 0.1):
            made["wording"] = rng.choice(["CEILING", "EXACT"])
        return made

    kind = rng.choice(["one", "category", "ladder", "bands", "grade", "mass", "highest", "fixed", "growth", "net", "open", "counted"])
    if kind == "category":
        terms["lines"] = [line(code, when=f"category in [{code}]") for code in ("MPW", "FULL_MASK", "IP")]
        if chance(rng, 0.3):
            terms["lines"][1]["require"] = [{"that": "base_amount > 100万", "code": "TOO_SMALL"}]
    elif kind == "ladder":
        terms["lines"] = [
            line("RUNG_1", when="net_increase >= 2亿 and net_increase < 10亿 and growth >= 15%", amount="200万"),
            line("RUNG_2", when="net_increase >= 10亿 and net_increase < 20亿 and growth >= 10%", amount="400万"),
            line("RUNG_3", when="net_increase >= 20亿 and growth >= 10%", amount="min(600万, 1% * net_increase)"),
        ]
    elif kind == "bands":
        terms["lines"] = [line("ALL", bands=bands(rng, terms))]
    elif kind == "grade":
        terms["lines"] = [
            line("LOW", when="grade in [L3]", amount="50万"),
            line("HIGH", when="grade in [L4, L5]", amount=wan(rng, 60, 300)),
        ]
    elif kind == "mass":
        terms["lines"] = (
            [line("KG", amount=f"mass_kg * {rng.randint(1, 9)}万")]
            if chance(rng, 0.5)
            else [
                line("LIGHT", when="mass_kg < 100", amount="mass_kg * 1.5万"),
                line("HEAVY", when="mass_kg >= 100", base="base_amount", rate="20%"),
            ]
        )
    elif kind == "highest":
        terms["choose"] = "HIGHEST"
        terms["lines"] = [line("SHARE"), line("FIXED", amount=wan(rng, 10, 300))]
    elif kind == "growth":
        terms["lines"] = [
            line("SLOW", when="base_amount >= 110% * cost and base_amount < 150% * cost"),
            line("FAST", when="150% * cost <= base_amount", bands={"of": "base_amount - cost", "pay": [{"up_to": "100万", "rate": "9%"}, {"rate": "3%"}]}),
        ]
    elif kind == "net":
        edge = f"{rng.randint(10, 1000)}万"
        terms["lines"] = [line("SMALL", when=f"base_amount - vat <= {edge}"), line("LARGE", when=f"base_amount - vat > {edge}")]
    elif kind == "open":
        del needs["category"]
        terms["choose"] = "FIRST"
        terms["lines"] = [line("MPW", when="category == MPW"), line("REST")]
    elif kind == "counted":
        terms["lines"] = [line("ALL", base="base_amount", rate="min(5%, 1/3 * 1% * events)")]
    elif kind == "fixed":
        terms["lines"] = [line("ALL", amount=f"{wan(rng, 1, 30)} + 1% * base_amount")]
    else:
        terms["lines"] = [line("ALL")]
    if chance(rng, 0.3):
        terms["windows"] = {
            "event": {"of": "occurred_on", "first_day": "2022-04-01", "last_day": rng.choice(["APPLICATION_DATE", "2024-12-31"])}
        }
    if chance(rng, 0.15):
        terms.setdefault("require", []).append({"that": "base_amount >= 10万", "code": "BELOW_THRESHOLD"})
    offset(rng, terms, "ITEM")
    if chance(rng, 0.15):
        needs["settled_on"] = {"of": "APPLICANT", "type": "DATE", "title": "入驻日"}
        terms["term"] = {"from": "settled_on", "months": str(rng.choice([12, 24]))}
        applicant.setdefault("measures", {})["settled_on"] = a_day(rng, date(2021, 6, 1), date(2024, 6, 30)).isoformat()
        if chance(rng, 0.3):
            del terms["term"]["months"]
            terms["term"]["end"] = "YEAR_END"
    money_caps(
        rng,
        terms,
        [["PRODUCT"], ["LINE"], ["PROJECT"], ["dataset_id"], ["category"], [], []],
        ["CLAIM", "BATCH", "PROGRAM_YEAR", "LIFETIME"],
        20,
        1200,
    )
    if chance(rng, 0.2):
        terms.setdefault("caps", []).insert(0, {"per": ["PRODUCT"], "limit": rng.choice(["cost", "80% * cost"])})
        terms["caps"].sort(key=width)
    payout(rng, terms)
    used = str(terms)
    for name in ("net_increase", "growth", "mass_kg", "grade", "dataset_id"):
        if used.count(name) == 1:
            del needs[name]
    used = str(terms)
    table = a_table("GRANT" if chance(rng, 0.1) else "AWARD", terms, applied_on.year)
    items = []
    for number in rng.sample(range(1, 40), k=rng.choice([1, 2, 3, 5, 8])):
        base = amount(rng, 40_000_000)
        fen = int(base.replace(".", ""))
        item: Json = {
            "item_id": f"A-{number}",
            "category": rng.choice(["MPW", "FULL_MASK", "IP"]),
            "project_id": rng.choice(["P1", "P2"]),
            "base_amount": base,
            "vat": yuan(fen * 13 // 113),
            "hardware": yuan(fen // rng.randint(2, 9)),
            "related_party_amount": yuan(fen // rng.randint(2, 20)),
            "cost": amount(rng, 10_000_000),
            "events": rng.randint(0, 12),
            "occurred_on": a_day(rng, date(2022, 1, 1), applied_on).isoformat(),
        }
        if "cost" not in used and chance(rng, 0.3):
            item["product_id"] = rng.choice(["Q1", "Q2"])
        measures: Json = {
            "net_increase": f"{rng.randint(1, 25)}00000000.00",
            "growth": f"0.{rng.randint(5, 30):02d}",
            "mass_kg": f"{rng.randint(0, 400)}.{rng.randint(0, 999):03d}",
            "grade": rng.choice(["L3", "L4", "L5"]),
            "dataset_id": rng.choice(["D1", "D2"]),
            "events_before": rng.randint(0, 6),
            "other_subsidy": amount(rng, 300_000),
        }
        item["measures"] = {name: value for name, value in measures.items() if name in needs}
        items.append(item)
    keys = [{"category": "MPW"}, {"project_id": "P2"}] + [{"dataset_id": "D1"}] * ("dataset_id" in needs)  # a key of another table is refused
    earlier_grants(rng, table, applicant, keys, applied_on)
    claim = a_claim(table, applied_on, applicant)
    claim["items"] = items
    return table, claim


# Grants


def grant_case(rng: Rng) -> tuple[Json, Json]:
    terms = shared_terms(rng, "PROJECTS")
    applicant: Json = {}
    applied_on = a_day(rng, date(2023, 6, 1), date(2026, 6, 30))
    shared_requirements(rng, terms, applicant)
    needs: Json = {
        **terms.get("needs", {}),
        "category": {"of": "PROJECT", "type": "CODE", "values": ["UPGRADE", "RATED_UPGRADE", "NEW_TO_STANDARD"], "title": "类别"},
    }
    terms["needs"] = needs
    terms["other_funding"] = rng.choice(["FROM_AMOUNT", "FROM_BASE", "IGNORED"])
    admit: Json = {
        "categories": rng.choice(["unknown", ["EQUIPMENT", "SOFTWARE"], ["EQUIPMENT", "SOFTWARE", "R_AND_D"]]),
        "vat": rng.choice(["INCLUDED", "EXCLUDED"]),
        "related_party": rng.choice(["INCLUDED", "EXCLUDED"]),
        "clause": "第二条",
    }
    terms["admit"] = admit

    def line(name: str, **more: Any) -> Json:
        made: Json = {
            "id": name,
            "base": rng.choice(["admitted", "admitted", "min(admitted, 3000万)"]),
            "rate": percent(rng, 500, 5000),
            **more,
        }
        if chance(rng, 0.1):
            made["wording"] = rng.choice(["CEILING", "EXACT"])
        return made

    kind = rng.choice(["one", "category", "ladder", "matching", "highest", "parts"])
    if kind == "parts":
        terms["lines"] = [line("ALL", base="20% * admitted(EQUIPMENT) + 50% * min(admitted(SOFTWARE), 1/3 * admitted(EQUIPMENT))", rate="90%")]
        if chance(rng, 0.3):
            terms["lines"][0]["require"] = [{"that": "admitted(SOFTWARE) > 0", "code": "NO_SOFTWARE"}]
    elif kind == "category":
        terms["lines"] = [line("UPGRADE", when="category in [UPGRADE]"), line("REST", when="category in [RATED_UPGRADE, NEW_TO_STANDARD]")]
        if chance(rng, 0.3):
            terms["lines"][0]["require"] = [{"that": "admitted >= 500万", "code": "BELOW_THRESHOLD"}]
    elif kind == "ladder":
        edge = f"{rng.randint(300, 3000)}万"
        terms["lines"] = [line("SMALL", when=f"admitted < {edge}"), line("LARGE", when=f"admitted >= {edge}")]
    elif kind == "matching":
        needs["national_grant"] = {"of": "PROJECT", "type": "MONEY", "title": "国家资金"}
        needs["industrialised_in_beijing"] = {"of": "PROJECT", "type": "BOOLEAN", "title": "在京产业化"}
        terms["lines"] = [
            line("MATCHING", base="national_grant", rate="50%", require=[{"that": "industrialised_in_beijing", "code": "NOT_IN_BEIJING"}])
        ]
    elif kind == "highest":
        terms["choose"] = "HIGHEST"
        terms["lines"] = [line("ONE"), line("TWO")]
    else:
        terms["lines"] = [line("ALL")]
    windows: Json = {}
    if chance(rng, 0.5):
        windows["investment"] = {"first_day": "2022-06-01", "last_day": rng.choice(["APPLICATION_DATE", "2024-12-31"])}
    if chance(rng, 0.3):
        windows["completion"] = {"of": "completed_on", "first_day": "2023-01-01", "last_day": rng.choice(["2025-06-30", "unknown"])}
    if windows:
        terms["windows"] = windows
    if chance(rng, 0.25):
        terms.setdefault("require", []).append(
            {"that": rng.choice(["admitted >= 100万", "completed_on <= months_after(started_on, 24)"]), "code": "NOT_ENOUGH"}
        )
    if chance(rng, 0.2):
        needs["unit_price"] = {"of": "INVESTMENT", "type": "MONEY", "title": "单价"}
        admit["that"] = "unit_price >= 10万"
    if chance(rng, 0.1):
        terms["term"] = {"from": "started_on", "months": str(rng.choice([12, 24]))}
    offset(rng, terms, "PROJECT")
    money_caps(rng, terms, [["PROJECT"], ["LINE"], [], []], ["CLAIM", "BATCH", "PROGRAM_YEAR", "LIFETIME"], 50, 1500)
    payout(rng, terms)
    table = a_table("AWARD" if chance(rng, 0.1) else "GRANT", terms, applied_on.year)
    projects = []
    for number in rng.sample(range(1, 20), k=rng.choice([1, 1, 2, 3])):
        started_on = a_day(rng, date(2022, 1, 1), date(2023, 6, 30))
        investments = []
        for _ in range(rng.randint(1, 6)):
            paid = amount(rng, 20_000_000)
            fen = int(paid.replace(".", ""))
            investments.append(
                {
                    "category": rng.choice(["EQUIPMENT", "SOFTWARE", "R_AND_D", "LAND"]),
                    "amount": paid,
                    "vat": yuan(fen * 13 // 113),
                    "paid_on": a_day(rng, date(2022, 1, 1), applied_on).isoformat(),
                    "related_party": chance(rng, 0.15),
                }
            )
            if "unit_price" in needs:
                investments[-1]["measures"] = {"unit_price": amount(rng, 300_000)}
        project: Json = {
            "project_id": f"G-{number}",
            "category": rng.choice(["UPGRADE", "RATED_UPGRADE", "NEW_TO_STANDARD"]),
            "started_on": started_on.isoformat(),
            "completed_on": a_day(rng, started_on + timedelta(days=100), started_on + timedelta(days=900)).isoformat(),
            "investments": investments,
            "other_fiscal_funding": amount(rng, 3_000_000) if chance(rng, 0.3) else "0.00",
        }
        measures = {
            "national_grant": amount(rng, 20_000_000),
            "industrialised_in_beijing": chance(rng, 0.8),
            "other_subsidy": amount(rng, 300_000),
        }
        project["measures"] = {name: value for name, value in measures.items() if name in needs}
        if chance(rng, 0.2):
            project["accepted_investment"] = amount(rng, 30_000_000)
            project["paid_instalments"] = amount(rng, 2_000_000) if chance(rng, 0.5) else "0.00"
        projects.append(project)
    earlier_grants(rng, table, applicant, [{"project_id": p["project_id"]} for p in projects], applied_on)
    claim = a_claim(table, applied_on, applicant)
    claim["projects"] = projects
    return table, claim


MAKERS = {"LOAN_INTEREST": loan_case, "INSURANCE": insurance_case, "AWARD": award_case, "GRANT": grant_case}


def case(method: str, seed: int) -> tuple[Json, Json]:
    """The table and the request of one seed."""
    rng = random.Random(f"{method}-{seed}")
    table, claim = MAKERS[method](rng)
    windows_and_stacking(rng, table, claim)
    return table, claim
