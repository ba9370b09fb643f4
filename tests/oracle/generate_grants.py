"""Random earlier grants: in the account that they name, in every account, in none, of other tables, dated late (D41, D69)."""

from __future__ import annotations

import re
from datetime import date, timedelta

from tests.oracle.generate_shared import Json, Rng, a_day, amount, chance

KEYS = {
    "UNIT": "unit_id",
    "PRODUCT": "product_id",
    "CONTRACT": "contract_no",
    "DRAWDOWN": "drawdown_no",
    "LINE": "line",
    "PROJECT": "project_id",
    "LENDER": "lender",
}


def caps_on_amounts(table: Json) -> list[Json]:
    return [cap for cap in table["terms"].get("caps", []) if cap.get("bounds") != "BALANCE"]


def separating(table: Json) -> set[str]:
    """The keys that say in which accounts of the table a grant lies."""
    found: set[str] = set()
    by_category = all("category" in line.get("when", "category") for line in table["terms"]["lines"])
    for cap in caps_on_amounts(table):
        if cap["per"] != "unknown":
            found |= {KEYS.get(each, each) for each in cap["per"]}
        if cap.get("lines"):
            found.add("category" if by_category and table["terms"].get("needs", {}).get("category") else "line")
    return found | ({"contract_no"} if "drawdown_no" in found else set())


def keys_of(rng: Rng, table: Json, places: list[Json]) -> Json:
    """Keys that name one account of each cap; ``places`` are the facts of the claim under the names of keys."""
    names = separating(table)
    given = dict(rng.choice(places)) if places else {}
    if not chance(rng, 0.3):
        given = {name: value for name, value in given.items() if name in names}
    for name in sorted(names - set(given)):  # the category before the line, which has to go with it
        values = [place[name] for place in places if name in place]
        if name == "line":
            values = lines_of(table, given.get("category"))
        if name == "category" and not values:
            values = table["terms"]["needs"]["category"]["values"]
        given[name] = rng.choice(values or ["elsewhere"])
    return given


def lines_of(table: Json, category: str | None) -> list[str]:
    """The lines that a grant of a category can be of."""
    lines = table["terms"]["lines"]
    chosen = [line["id"] for line in lines if category and category in re.findall(r"\w+", line.get("when", ""))]
    return chosen or [line["id"] for line in lines if "category" not in line.get("when", "")] or [line["id"] for line in lines]


def pools(rng: Rng, table: Json, sibling: str) -> None:
    for cap in caps_on_amounts(table):
        if chance(rng, 0.15 if cap["per"] == [] else 0.08):
            cap["pool"] = rng.choice(["FUND", [table["id"], sibling], [sibling]])


def earlier_grants(rng: Rng, table: Json, applicant: Json, places: list[Json], applied_on: date) -> None:
    """Grants that count against caps of this table, and some of other tables that do not."""
    terms, year = table["terms"], table["year"]
    sibling = table["id"].removesuffix("-1") + "-2"
    pools(rng, table, sibling)
    higher = "stacking" not in terms and chance(rng, 0.3)
    may_lack = not higher and all(cap["limit"] != "unknown" for cap in caps_on_amounts(table))
    found = []
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])):
        first = date(year - 1, 7, 1) if chance(rng, 0.3) else date(year, 1, 1)
        grant: Json = {
            "rate_table": table["id"],
            "on": a_day(rng, first, applied_on).isoformat(),
            "amount": amount(rng, 12_000_000 if chance(rng, 0.2) else 800_000),
            "keys": keys_of(rng, table, places),
        }
        if chance(rng, 0.06):
            grant["on"] = (applied_on + timedelta(days=rng.choice([1, 20, 200]))).isoformat()
        if any(cap.get("period") == "ACCRUAL_YEAR" for cap in caps_on_amounts(table)):
            grant["accrual_year"] = rng.randint(2022, 2025)
        is_other = chance(rng, 0.25)
        if is_other:
            grant["rate_table"] = rng.choice([f"yy-other-{year}-1-1", sibling, sibling])
        if may_lack and chance(rng, 0.35 if is_other else 0.2):
            lack(rng, grant, is_other=is_other)
        found.append(grant)
    if found:
        applicant["granted"] = found
        if higher:
            terms["stacking"] = {"higher_of": {"clause": "孰高"}}
            if chance(rng, 0.3):
                terms["stacking"]["higher_of"]["same_project"] = "true"
    if chance(rng, 0.06):
        applicant["other_support_this_year"] = amount(rng, 500_000)


def lack(rng: Rng, grant: Json, *, is_other: bool) -> None:
    """A grant that does not say where it lies: of one sum for everything, or with a key left out."""
    if not is_other and chance(rng, 0.6):
        grant["keys"] = {}
        grant["keys_unknown"] = True
        grant.pop("accrual_year", None)
    elif grant["keys"]:
        del grant["keys"][rng.choice(sorted(grant["keys"]))]
    elif "accrual_year" in grant:
        del grant["accrual_year"]
