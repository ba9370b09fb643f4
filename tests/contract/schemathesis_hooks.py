"""Hooks of schemathesis: right requests draw ids, categories, codes and facts from the loaded tables.

A random body satisfies the schema and then names no table. Generated texts, amounts, days and flags are
kept where a table leaves them free; everything that a table or another field decides is drawn to fit,
three times in four. Requests that are meant to be wrong are left as they are. Every answer is counted.
"""

from __future__ import annotations

import json
import os
import random
import urllib.request
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import schemathesis
from schemathesis import GenerationMode

from app.api.calculations.examples import SINGLE

LIVE = os.environ["SUBSIDY_LIVE_URL"]
COUNTS = Path(os.environ["SUBSIDY_COUNTS"])
SHOWN = os.environ.get("SUBSIDY_LI")  # the key with which is looked up and made what requests need
OWN_KEYS = os.environ.get("SUBSIDY_OWN_KEYS", "").split()  # the ids of the keys that requests show
USCC = "91350100M000100Y43"
METHODS = {
    "loan-interest-subsidies": ("LOAN_INTEREST", "LEASE_INTEREST"),
    "insurance-subsidies": ("INSURANCE",),
    "awards": ("AWARD",),
    "grants": ("GRANT",),
}
ID_OF = {"CONTRACTS": "contract_no", "POLICIES": "policy_no", "ITEMS": "item_id", "PROJECTS": "project_id"}
Body = dict[str, Any]


def asked(path: str, body: Body | None = None, more: Mapping[str, str] = MappingProxyType({})) -> Any:
    """The JSON that an address answers, to GET where nothing is sent."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {SHOWN}"} if SHOWN else {}) | dict(more)
    sent = None if body is None else json.dumps(body).encode()
    with opener.open(urllib.request.Request(LIVE + path, sent, headers), timeout=600) as answer:
        return json.load(answer)


@cache
def tables(kind: str) -> tuple[Body, ...]:
    """The loaded tables of an endpoint, whole."""
    listed = asked("/v1/rate-tables")["rate_tables"]
    return tuple(asked(f"/v1/rate-tables/{one['id']}") for one in listed if one["method"] in METHODS[kind])


def measures(table: Body, of: str, draw: random.Random) -> Body:
    """A value for each measure that the table needs of this kind of fact."""
    made: Body = {}
    for name, need in table["needs"].items():
        if need["of"] == of and name != "category":
            made[name] = value(need, draw)
    return made


def value(need: Body, draw: random.Random) -> Any:
    """A value of the type that a table needs."""
    match need["type"]:
        case "MONEY":
            return f"{draw.choice([0, 5, 500, 3000, 20000]) * 10_000 + draw.randint(0, 9999)}.{draw.randint(0, 99):02d}"
        case "RATE":
            return f"0.{draw.randint(0, 99):02d}"
        case "QUANTITY":
            return f"{draw.randint(0, 9999)}"
        case "COUNT":
            return draw.randint(0, 20)
        case "DATE":
            return f"2024-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"
        case "BOOLEAN":
            return draw.random() < 0.8
        case _:
            return draw.choice(list(need["values"] or ["A1", "B2"]))


def application_date(table: Body, draw: random.Random) -> str:
    """A day on which the table is in force, in its application window when it has one."""
    window = table["terms"].get("windows", {}).get("application", {})
    first = window.get("first_day", "unknown")
    return max(first if first != "unknown" else "", table["effective_from"], "2023-11-20" if draw.random() < 0.5 else "")


def codes_of(table: Body) -> list[str]:
    """The words of capitals in the table's conditions: its loan types and categories."""
    text = json.dumps(table["terms"].get("lines", []))
    known = {word for line in text.split("in [")[1:] for word in line.split("]")[0].replace(" ", "").split(",")}
    return sorted(known)


def applicant(table: Body, generated: Body, draw: random.Random) -> Body:
    """The generated applicant with the facts that tables read."""
    kept = {key: generated[key] for key in ("name", "major_project_or_key_unit", "digital_rmb_account") if key in generated}
    made = {
        **kept,
        "registered_in_beijing": draw.random() < 0.9,
        "dishonesty_records": [],
        "other_municipal_funding": draw.random() < 0.1,
        "declaration_accepted": draw.random() < 0.9,
        "major_project_or_key_unit": bool(kept.get("major_project_or_key_unit")),
        "measures": measures(table, "APPLICANT", draw),
    }
    return made | ({"uscc": USCC} if table["applicant"] == "ENTERPRISE" else {})


def contract(table: Body, row: Body, draw: random.Random) -> Body:
    """A contract with generated names and purposes, and days and amounts that fit together."""
    year = int(application_date(table, draw)[:4]) - 1
    made = SINGLE["loan-interest-subsidies"]["ordinary"]["value"]["contracts"][0] | {
        "loan_type": draw.choice([*codes_of(table), "WORKING_CAPITAL"]),
        "signed_on": f"{year}-01-0{draw.randint(1, 9)}",
        "matures_on": f"{year + 3}-02-15",
        "drawdowns": [
            {
                "drawdown_no": "1",
                "on": f"{year}-02-{draw.randint(10, 28)}",
                "amount": f"{draw.randint(1, 10**9)}.00",
                "measures": measures(table, "DRAWDOWN", draw),
            }
        ],
        "rate": {"kind": "FIXED", "annual_rate": f"0.0{draw.randint(200, 599)}"},
        "measures": measures(table, "CONTRACT", draw),
    }
    return made | {key: row[key] for key in ("lender", "purposes", "day_count") if key in row}


def policy(table: Body, row: Body, draw: random.Random) -> Body:
    """A policy with generated amounts, paid or not."""
    day = application_date(table, draw)
    premium = row.get("premium", "100000.00")
    return {
        "policy_no": "P",
        "insurer": row.get("insurer", "I"),
        "insurance_type": row.get("insurance_type", "LAUNCH"),
        "unit_id": row.get("unit_id", "U"),
        "premium": premium,
        "premium_paid": premium if draw.random() < 0.9 else "0.00",
        "launch_approved": draw.random() < 0.9,
        "launched_on": day,
        "first_insured_on": day,
        "paid_on": day,
        "sum_insured": "200000000.00",
        "period_from": day,
        "period_until": f"{int(day[:4]) + 1}-01-01",
        "measures": measures(table, "POLICY", draw),
    }


def item(table: Body, row: Body, draw: random.Random) -> Body:
    """An item with generated amounts."""
    category = table["needs"].get("category", {}).get("values")
    kept = {key: row[key] for key in ("product_id",) if key in row}
    made = {
        "base_amount": row.get("base_amount") or "1000000.00",
        "vat": "0.00",
        "hardware": "0.00",
        "related_party_amount": "0.00",
        "cost": "100000.00",
        "events": draw.randint(0, 9),
        "occurred_on": application_date(table, draw),
        "related_party": False,
        "measures": measures(table, "ITEM", draw),
    }
    return kept | made | ({"category": draw.choice(list(category))} if category else {})


def project(table: Body, row: Body, draw: random.Random) -> Body:
    """A project with one investment of a generated amount."""
    day = application_date(table, draw)
    year = int(day[:4])
    category = table["needs"].get("category", {}).get("values")
    admitted = table["terms"].get("admit", {}).get("categories")
    investment = {
        "category": draw.choice(admitted) if isinstance(admitted, list) else "EQUIPMENT",
        "amount": f"{draw.randint(1, 10**9)}.00",
        "vat": "0.00",
        "paid_on": f"{year - 1}-06-01",
        "related_party": False,
        "measures": measures(table, "INVESTMENT", draw),
    }
    made = {
        "started_on": f"{year - 2}-06-01",
        "completed_on": f"{year - 1}-12-01",
        "other_fiscal_funding": "0.00",
        "investments": [investment],
        "measures": measures(table, "PROJECT", draw),
    }
    return made | ({"category": draw.choice(list(category))} if category else {})


MAKERS = {"CONTRACTS": contract, "POLICIES": policy, "ITEMS": item, "PROJECTS": project}


def fitting(kind: str, body: Body, draw: random.Random, table: Body | None = None) -> Body:
    """The body made to fit one of the loaded tables."""
    table = table or draw.choice(tables(kind))
    facts = table["facts"]
    rows = (body.get(facts.lower()) or [{}])[:5]
    made = [MAKERS[facts](table, row, draw) | {ID_OF[facts]: f"F-{number}"} for number, row in enumerate(rows)]
    kept = {key: body[key] for key in ("request_no",) if key in body}
    return kept | {
        "rate_table": table["id"],
        "application_date": application_date(table, draw),
        "applicant": applicant(table, body.get("applicant") or {}, draw),
        facts.lower(): made,
    }


def _other_key(case: Any) -> None:
    """A new key, three right requests in four; never the one that requests show, or all that follow would be 401."""
    named = (case.path_parameters or {}).get("key_id")
    right = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if right and random.Random(f"{named} {case.body}").random() < 0.75:
        case.path_parameters["key_id"] = asked("/v1/keys", {"name": "x", "owner": "li", "scopes": ["calculate"]})["id"]
    elif named in OWN_KEYS:
        case.path_parameters["key_id"] = "0" * 16


@schemathesis.hook
def map_case(_: Any, case: Any) -> Any:
    """Make three right calculation requests in four fit a loaded table."""
    path = case.operation.path
    if OWN_KEYS and "{key_id}" in path:
        _other_key(case)
    kind = path.split("/")[2] if path.startswith("/v1/") else ""
    if kind not in METHODS or not isinstance(case.body, dict):
        return case
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return case
    draw = random.Random(json.dumps(case.body, sort_keys=True, default=str))
    if draw.random() < 0.75:
        if path.endswith("/batch"):
            cases = (case.body.get("cases") or [{}])[:5]
            made = [{**fitting(kind, {}, draw), "item_id": f"C-{number}"} for number in range(len(cases))]
            kept = {key: case.body[key] for key in ("detail", "request_no") if key in case.body}
            case.body = kept | {"cases": made}
        else:
            case.body = fitting(kind, case.body, draw)
    return case


@schemathesis.hook
def after_call(_: Any, case: Any, response: Any) -> None:
    """Count the answer."""
    mode = case.meta.generation.mode.value if case.meta else "example"
    with COUNTS.open("a") as counts:
        counts.write(json.dumps([case.operation.path, case.method, mode, response.status_code]) + "\n")
