"""Slips of whoever sends a claim: other spellings of an id, an id twice, a fact left out, facts of one unit that disagree (D67-D71)."""

from __future__ import annotations

from typing import Any

from tests.oracle.generate_grants import KEYS, caps_on_amounts
from tests.oracle.generate_shared import Json, Rng, chance

LISTS = {"policies": "policy_no", "items": "item_id", "projects": "project_id"}
UNSEEN = ["\u200b", "\ufeff", "\u202e", "\u00ad", "\ue000", "\u0085"]
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


def slips(rng: Rng, table: Json, claim: Json) -> None:
    """At most one slip for which a claim is refused, and other spellings, which change nothing."""
    kind = rng.random()
    facts, no = next((claim[name], no) for name, no in LISTS.items() if name in claim)
    if kind < 0.03:
        facts.append({**facts[0], no: respelled(rng, facts[0][no])})
    elif kind < 0.06:
        field = rng.choice([name for name in (no, "unit_id", "project_id", "product_id") if name in facts[0]])
        facts[0][field] += rng.choice(UNSEEN)
    elif kind < 0.26:
        leave_out(rng, table, facts)
    elif kind < 0.36 and no == "policy_no":
        disagree(rng, facts)
    elif kind < 0.5:
        respell(rng, table, claim, facts)


def respelled(rng: Rng, text: str) -> str:
    """Another spelling of the same id."""
    ways = [text + " ", " " + text, text + "\u00a0", text + "\u3000", text.translate(WIDE), text.swapcase() + " ", text.swapcase()]
    return rng.choice([way for way in ways if way != text])


def leave_out(rng: Rng, table: Json, facts: list[Json]) -> None:
    """Leave out a fact by which a cap with a figure separates accounts."""
    caps = caps_on_amounts(table)
    if any(cap["limit"] == "unknown" for cap in caps):
        return
    separating = {KEYS.get(each, each) for cap in caps if cap["per"] != "unknown" for each in cap["per"]}
    fact = rng.choice(facts)
    mine = sorted(name for name in separating & {"project_id", "product_id"} if "investments" not in fact)
    mine += sorted(name for name in separating & set(fact.get("measures", {})) if name not in used_elsewhere(table))
    if not mine:
        return
    name = rng.choice(mine)
    fact.pop(name, None)
    fact.get("measures", {}).pop(name, None)


def used_elsewhere(table: Json) -> set[str]:
    """Codes that choose a line: without them there is no amount at all."""
    return {name for name in table["terms"].get("needs", {}) if any(name in line.get("when", "") for line in table["terms"]["lines"])}


def disagree(rng: Rng, facts: list[Json]) -> None:
    """One fact of a unit told otherwise by one of its policies."""
    units = [fact["unit_id"] for fact in facts]
    if not (several := [fact for fact in facts if units.count(fact["unit_id"]) > 1]):
        return
    fact = rng.choice(several)
    name = rng.choice(["launched_on", "launch_approved", "unit_kind", "first_insured_on"])
    others: dict[str, Any] = {
        "launched_on": "2023-06-01",
        "launch_approved": not fact["launch_approved"],
        "unit_kind": "ROCKET" if fact["unit_kind"] == "SATELLITE" else "SATELLITE",
        "first_insured_on": "2021-05-31",
    }
    fact[name] = others[name]


def respell(rng: Rng, table: Json, claim: Json, facts: list[Json]) -> None:
    codes = [name for name, about in table["terms"].get("needs", {}).items() if about["type"] == "CODE" and not about.get("values")]
    for fact in facts:
        for name in ("unit_id", "project_id", "product_id", "item_id", "policy_no"):
            if fact.get(name) and chance(rng, 0.5):
                fact[name] = respelled(rng, fact[name])
        for name in codes:
            if fact.get("measures", {}).get(name) and chance(rng, 0.5):
                fact["measures"][name] = respelled(rng, fact["measures"][name])
    for grant in claim["applicant"].get("granted", []):
        for name in ("unit_id", "project_id", "product_id", *codes):
            if name in grant["keys"] and chance(rng, 0.5):
                grant["keys"][name] = respelled(rng, grant["keys"][name])
