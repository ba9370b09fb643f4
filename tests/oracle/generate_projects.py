"""Random tables and requests of grants."""

from __future__ import annotations

from datetime import date, timedelta
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
    year_of,
    yuan,
)


def places_at(project: Json) -> Json:
    return {"site": project["measures"]["site"]} if "site" in project["measures"] else {}


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
    if how := rng.choice(["FROM_AMOUNT", "FROM_BASE", "IGNORED", None, None]):
        terms["other_funding"] = how
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
    if chance(rng, 0.3):
        needs["site"] = {"of": "PROJECT", "type": "CODE", "title": "场地"}
    pers: list[list[str]] = [["PROJECT"], ["LINE"], [], []] + [["site"]] * ("site" in needs)
    money_caps(rng, terms, pers, ["CLAIM", "BATCH", "PROGRAM_YEAR", "CALENDAR_YEAR", "LIFETIME"], 50, 1500)
    if "['site']" not in str(terms):
        needs.pop("site", None)
    payout(rng, terms)
    table = a_table("AWARD" if chance(rng, 0.1) else "GRANT", terms, year_of(rng, applied_on))
    projects = []
    tiny = chance(rng, 0.05)
    for number in rng.sample(range(1, 20), k=rng.choice([1, 1, 2, 3])):
        started_on = a_day(rng, date(2022, 1, 1), date(2023, 6, 30))
        investments = []
        for _ in range(rng.randint(1, 6)):
            paid = "0.01" if tiny else amount(rng, 20_000_000)
            fen = int(paid.replace(".", ""))
            investments.append(
                {
                    "category": rng.choice(["EQUIPMENT", "SOFTWARE", "R_AND_D", "LAND"]),
                    "amount": paid,
                    "vat": yuan(fen * 13 // 113),
                    "paid_on": dated(rng, date(2022, 1, 1), applied_on),
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
        if chance(rng, 0.15):
            del project["other_fiscal_funding"]
        measures = {
            "national_grant": amount(rng, 20_000_000),
            "industrialised_in_beijing": chance(rng, 0.8),
            "other_subsidy": amount(rng, 300_000),
            "site": rng.choice(["北厂", "南厂 2"]),
        }
        project["measures"] = {name: value for name, value in measures.items() if name in needs}
        if chance(rng, 0.2):
            project["accepted_investment"] = amount(rng, 30_000_000)
            project["paid_instalments"] = amount(rng, 2_000_000) if chance(rng, 0.5) else "0.00"
        projects.append(project)
    places = [{"project_id": p["project_id"], "category": p["category"]} | places_at(p) for p in projects]
    earlier_grants(rng, table, applicant, places, applied_on)
    claim = a_claim(table, applied_on, applicant)
    claim["projects"] = projects
    return table, claim
