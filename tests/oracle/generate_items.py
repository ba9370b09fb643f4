"""Random tables and requests of launch insurance and of awards."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.oracle.generate_grants import earlier_grants
from tests.oracle.generate_shared import (
    Json,
    Rng,
    a_claim,
    a_day,
    a_table,
    amount,
    chance,
    dated,
    money_caps,
    offset,
    payout,
    percent,
    shared_requirements,
    shared_terms,
    wan,
    width,
    year_of,
    yuan,
)


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
    money_caps(rng, terms, [["UNIT"], ["LINE"], ["PROJECT"], [], []], ["CLAIM", "BATCH", "PROGRAM_YEAR", "CALENDAR_YEAR", "LIFETIME"], 50, 1000)
    payout(rng, terms)
    table = a_table("INSURANCE", terms, year_of(rng, applied_on))
    units = {unit: rng.choice(["ROCKET", "SATELLITE"]) for unit in ("U1", "U2", "U3")}
    launched = {unit: dated(rng, date(2023, 1, 1), applied_on) for unit in units}
    approved = {unit: chance(rng, 0.9) for unit in units}
    policies = []
    tiny = chance(rng, 0.05)
    for number in rng.sample(range(1, 30), k=rng.choice([1, 2, 3, 5])):
        unit = rng.choice(list(units))
        first = a_day(rng, date(2022, 1, 1), min(applied_on, date(2025, 6, 30)))
        premium = f"0.0{rng.randint(1, 3)}" if tiny else amount(rng, 30_000_000)
        policy: Json = {
            "policy_no": f"P-{number}",
            "insurer": rng.choice(["甲保险", "乙保险"]),
            "insurance_type": rng.choice(["LAUNCH", "IN_ORBIT", "THIRD_PARTY"]),
            "unit_id": unit,
            "unit_kind": units[unit],
            "launched_on": launched[unit],
            "launch_approved": approved[unit],
            "sum_insured": amount(rng, 500_000_000),
            "premium": premium,
            "premium_paid": premium if chance(rng, 0.9) else yuan(int(premium.replace(".", "")) // 2),
            "paid_on": dated(rng, first - timedelta(days=60), applied_on),
            "period_from": first.isoformat(),
            "period_until": (first + timedelta(days=rng.choice([30, 90, 180, 365, 366, 730, 1096]))).isoformat(),
            "project_id": rng.choice(["P1", "P2"]),
        }
        if "other_subsidy" in terms.get("needs", {}):
            policy["measures"] = {"other_subsidy": amount(rng, 300_000)}
        policies.append(policy)
    first_insured(rng, policies)
    places = [{"unit_id": policy["unit_id"], "project_id": policy["project_id"]} for policy in policies]
    earlier_grants(rng, table, applicant, places, applied_on)
    claim = a_claim(table, applied_on, applicant)
    claim["policies"] = policies
    return table, claim


def first_insured(rng: Rng, policies: list[Json]) -> None:
    """The first insured day of some units, told by all of the unit's policies or by one."""
    for unit in sorted({policy["unit_id"] for policy in policies}):
        if chance(rng, 0.4):
            mine = [policy for policy in policies if policy["unit_id"] == unit]
            first = min(a_day(rng, date(2021, 6, 1), date(2024, 6, 30)).isoformat(), *(policy["period_from"] for policy in mine))
            for policy in mine if chance(rng, 0.7) else mine[:1]:
                policy["first_insured_on"] = first


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


def room_for_one(terms: Json) -> None:
    """Raise limits below every fixed amount that they bound to the least of these: such a table is refused."""
    fixed = {line["id"]: worth(line.get("amount", "")) for line in terms["lines"]}
    for cap in terms.get("caps", []):
        limit, amounts = worth(cap["limit"]), [fixed[name] for name in cap.get("lines", fixed)]
        least = min((one for one in amounts if one is not None), default=None)
        if limit is not None and least is not None and None not in amounts and limit < least:
            cap["limit"] = f"{least:f}"


def worth(text: str) -> Decimal | None:
    """A number with or without 万; None for anything else."""
    try:
        return 10_000 * Decimal(text.removesuffix("万")) if text.endswith("万") else Decimal(text)
    except InvalidOperation:
        return None


def places_of(item: Json) -> Json:
    """What an earlier grant for the same item would name; a key of another table is refused."""
    found = {name: item[name] for name in ("category", "project_id", "product_id") if name in item}
    return found | {name: value for name, value in item["measures"].items() if name == "dataset_id"}


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
        ["CLAIM", "BATCH", "PROGRAM_YEAR", "CALENDAR_YEAR", "LIFETIME"],
        20,
        1200,
    )
    if chance(rng, 0.2):
        terms.setdefault("caps", []).insert(0, {"per": ["PRODUCT"], "limit": rng.choice(["cost", "80% * cost"])})
        terms["caps"].sort(key=width)
    room_for_one(terms)
    payout(rng, terms)
    used = str(terms)
    for name in ("net_increase", "growth", "mass_kg", "grade", "dataset_id"):
        if used.count(name) == 1:
            del needs[name]
    used = str(terms)
    table = a_table("GRANT" if chance(rng, 0.1) else "AWARD", terms, year_of(rng, applied_on))
    by_product = any("PRODUCT" in cap["per"] for cap in terms.get("caps", []))
    tiny = chance(rng, 0.06)
    items = []
    for number in rng.sample(range(1, 40), k=rng.choice([1, 2, 3, 5, 8])):
        base = f"0.0{rng.randint(1, 9)}" if tiny else amount(rng, 40_000_000)
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
            "occurred_on": dated(rng, date(2022, 1, 1), applied_on),
        }
        if by_product or chance(rng, 0.3):  # a limit of its cost belongs to one product
            item["product_id"] = f"Q{number}" if "cost" in used else rng.choice(["Q1", "Q2"])
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
    places = [places_of(item) for item in items]
    earlier_grants(rng, table, applicant, places, applied_on)
    claim = a_claim(table, applied_on, applicant)
    claim["items"] = items
    return table, claim
