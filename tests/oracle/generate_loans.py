"""Random tables and requests of loan interest, some of which have to be refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.oracle.generate_contracts import a_contract
from tests.oracle.generate_grants import earlier_grants
from tests.oracle.generate_loan_slips import places_of_grants, respell, share_a_number, shuffle, slip
from tests.oracle.generate_shared import (
    CODES,
    PARK,
    SERIES,
    Json,
    Rng,
    a_claim,
    a_day,
    a_table,
    amount,
    chance,
    money_caps,
    offset,
    payout,
    percent,
    shared_requirements,
    shared_terms,
    wan,
    width,
)
from tests.oracle.series import ENDS_EARLY


def rate_words(rng: Rng) -> str:
    def lookup() -> str:
        return rng.choice(
            [
                "DAY",
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
        return f"reference({ENDS_EARLY if chance(rng, 0.14) else rng.choice(SERIES)}, {lookup()})"

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

    kinds = [
        "one",
        "one",
        "type",
        "drawn",
        "rate",
        "signed",
        "status",
        "highest",
        "disbursed",
        "park",
        "step",
        "years",
        "length",
        "fee",
        "step",
        "years",
    ]
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
        line = rng.choice(lines)
        line["require"] = [{"that": "loan_type in [FIXED_ASSET, WORKING_CAPITAL]", "code": "WRONG_TYPE"}]
        if line["id"] == "FEE":  # which is for another type, and then for nobody: such a table is refused
            line["require"] = [{"that": "disbursed >= 100万", "code": "TOO_SMALL"}]
    if chance(rng, 0.08) and len(lines) == 1:
        lines[0]["require"] = [{"that": "disbursed >= 100万", "code": "TOO_SMALL"}]
    terms["lines"] = lines


def loan_window(rng: Rng, terms: Json) -> None:
    kind = rng.random()
    if kind < 0.3:
        return
    first = a_day(rng, date(2022, 1, 1), date(2022, 9, 30) if chance(rng, 0.75) else date(2023, 12, 31))
    last: Any = a_day(rng, max(first + timedelta(days=20), date(2023, 6, 1)), date(2025, 6, 30)).isoformat()
    if kind < 0.45:
        last = "APPLICATION_DATE"
    elif kind < 0.55:
        last = "unknown"
    window: Json = {"first_day": first.isoformat() if chance(rng, 0.9) else "unknown", "last_day": last}
    if chance(rng, 0.25):
        window["tests"] = "PAID_ON"
    terms["windows"] = {"interest": window}


def loan_term(rng: Rng, terms: Json) -> None:
    if chance(rng, 0.5):
        return
    starts = [
        "SIGNED_ON",
        "FIRST_DRAWDOWN",
        "EACH_DRAWDOWN",
        "FIRST_COUNTED_DAY",
        "FIRST_COUNTED_DAY",
        "paid_to_supplier_on",
        "put_to_use_on",
    ]
    start = rng.choice([*starts, "unknown"])
    term: Json = {"months": str(rng.choice([1, 2, 3, 6] if start == "FIRST_COUNTED_DAY" else [3, 6, 12, 24, 36])), "from": start}
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
    if chance(rng, 0.15):
        terms.setdefault("needs", {})["team"] = {"of": "CONTRACT", "type": "CODE", "title": "团队"}
        pers += [["team"], ["team"], ["team"]]
    money_caps(rng, terms, pers, ["CLAIM", "BATCH", "ACCRUAL_YEAR", "PROGRAM_YEAR", "LIFETIME"], 1, 60)
    caps = terms.setdefault("caps", [])
    changes = any(word in str(terms["lines"]) for word in ("'day ", "ON_DAY", "contract_rate <"))  # two lines within one contract
    if chance(rng, 0.4 if changes else 0.12):
        favoured = terms["lines"][0]["id"]
        period = rng.choice(["LIFETIME", "ACCRUAL_YEAR", "ACCRUAL_YEAR"])
        caps[:0] = [
            {"per": ["CONTRACT"], "period": period, "limit": f"{percent(rng, 20, 200)} * disbursed", "when": f"earned({favoured})"},
            {"per": ["CONTRACT"], "period": period, "limit": f"{percent(rng, 1, 30)} * disbursed", "when": f"not earned({favoured})"},
        ]
        caps.sort(key=width)
    if chance(rng, 0.15):
        caps.insert(
            0, {"per": ["CONTRACT"], "limit": f"{percent(rng, 1000, 9000)} * interest", "period": rng.choice(["CLAIM", "LIFETIME"])}
        )
        caps.sort(key=width)
    if chance(rng, 0.35):
        principal: list[Json] = []
        kinds = [["DRAWDOWN"], ["CONTRACT"], ["LENDER"], ["PROJECT"], [], *([["team"]] if "team" in terms.get("needs", {}) else [])]
        for per in rng.sample(kinds, k=rng.choice([1, 1, 2])):
            cap: Json = {"bounds": "BALANCE", "per": per, "limit": wan(rng, 5, 3000)}
            if per == ["CONTRACT"] and chance(rng, 0.3):
                cap["limit"] = f"{percent(rng, 1000, 9000)} * disbursed"
            if per != ["DRAWDOWN"] and chance(rng, 0.45):
                cap["room"] = "CUMULATIVE"
                if not cap["limit"].endswith("disbursed"):
                    cap["limit"] = wan(rng, 5, 1500)
            if len(terms["lines"]) > 1 and chance(rng, 0.2):
                cap["lines"] = [terms["lines"][0]["id"]]
            principal.append(cap)
        principal.sort(key=width)
        caps[:0] = principal
    if not caps:
        del terms["caps"]


def loan_case(rng: Rng) -> tuple[Json, Json]:
    terms = shared_terms(rng, "CONTRACTS")
    applicant: Json = {}
    applied_on = a_day(rng, date(2023, 6, 1), date(2026, 6, 30))
    day_count = rng.choice(["ACT_360", "ACT_365", "ACT_ACT", "MONTHS_12", "D30_360"])
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
        that = rng.choice(["interest >= 5万", "matures_on >= months_after(first_drawdown, 6)", "loan_type in [FIXED_ASSET, RESEARCH]"])
        if "loan_type" in that and any(line.get("when") == "loan_type in [WORKING_CAPITAL]" for line in terms["lines"]):
            that = "loan_type in [FIXED_ASSET, WORKING_CAPITAL]"  # a line that the requirements exclude is refused
        terms.setdefault("require", []).append({"that": that, "code": "NOT_ENOUGH"})
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
    contracts = [a_contract(rng, names[i], terms, applied_on) for i in range(rng.choice([1, 1, 1, 2, 2, 3]))]
    share_a_number(rng, contracts)
    if "status" in str(terms["lines"]):
        applicant["statuses"] = [
            {
                "status": code,
                "from": a_day(rng, date(2022, 1, 1), date(2024, 6, 30)).isoformat(),
                "until": rng.choice([None, a_day(rng, date(2024, 7, 1), date(2025, 6, 30)).isoformat()]),
            }
            for code in rng.sample(CODES, k=rng.randint(0, 3))
        ]
    earlier_grants(rng, table, applicant, places_of_grants(rng, terms, contracts), applied_on)
    for grant in applicant.get("granted", []):
        if chance(rng, 0.6):  # so that room is left
            grant["amount"] = amount(rng, 5_000)
        if any(cap["limit"] == "unknown" for cap in terms.get("caps", [])) and grant["keys"].get("contract_no"):
            # whether a cap without a figure asks for the lender of a number is not decided
            owner = next(c for c in contracts if c["contract_no"] == grant["keys"]["contract_no"])
            grant["keys"]["lender"] = owner["lender"]
    claim = a_claim(table, applied_on, applicant)
    room_for_ever = any(cap.get("room") == "CUMULATIVE" for cap in terms.get("caps", []))
    if chance(rng, 0.7 if room_for_ever else 0.3):
        first = a_day(rng, date(2022, 1, 1), date(2023, 6, 30))
        if room_for_ever:  # what was drawn before it has taken room (D90)
            drawn = sorted(drawdown["on"] for contract in contracts for drawdown in contract["drawdowns"])
            first = date.fromisoformat(rng.choice(drawn)) + timedelta(days=rng.randint(0, 90))
        claim["claim_period"] = {
            "from": first.isoformat(),
            "until": a_day(rng, first + timedelta(days=60), first + timedelta(days=900)).isoformat(),
        }
    claim["contracts"] = contracts
    respell(rng, claim)
    slip(rng, claim)
    shuffle(rng, claim)
    return table, claim
