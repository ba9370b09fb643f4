"""Ids and names in normal form, and what the request as a whole must satisfy before anything is calculated (D67, D70, D71, D85)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from tests.oracle.language import RefusedError

Json = dict[str, Any]
ID_FIELDS = ("contract_no", "drawdown_no", "policy_no", "unit_id", "item_id", "project_id", "product_id", "lender")
UNIT_FACTS = ("launched_on", "launch_approved", "unit_kind", "first_insured_on")
LISTS = {"policies": "policy_no", "items": "item_id", "projects": "project_id"}


@lru_cache(maxsize=100_000)
def normal(text: str) -> str:
    """NFKC, outer blanks off, inner blanks to one, case folded (D67)."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.split(r"\s+", unicodedata.normalize("NFKC", folded).strip()))


def has_unseen(text: str) -> bool:
    """Control, format and private-use characters cannot be seen, so nobody can tell two ids apart by them."""
    return any(unicodedata.category(char) in {"Cc", "Cf", "Co"} for char in text)


def identities(terms: Json, request: Json) -> Iterator[tuple[str, str]]:
    """Each id, name and free CODE of a request, with its kind; the keys of earlier grants are of the same kinds."""
    codes = {name for name, about in terms.get("needs", {}).items() if about.get("type") == "CODE" and not about.get("values")}
    for grant in request["applicant"].get("granted", []):
        yield from ((name, value) for name, value in grant.get("keys", {}).items())
    facts = [fact for name in ("contracts", *LISTS) for fact in request.get(name, [])]
    facts += [drawdown for contract in request.get("contracts", []) for drawdown in contract.get("drawdowns", [])]
    for contract in request.get("contracts", []):
        facts += [named for key in ("interest_paid", "repayments") for named in contract.get(key) or []]
    for fact in facts:
        yield from ((name, fact[name]) for name in ID_FIELDS if fact.get(name) is not None)
        yield from ((name, value) for name, value in fact.get("measures", {}).items() if name in codes)


def refuse_unreadable(terms: Json, request: Json) -> None:
    """What is 422 whatever the table pays: unseen characters, an id twice, facts of one unit that disagree, an unknown kind of applicant."""
    if any(has_unseen(value) for _, value in identities(terms, request)):
        raise RefusedError("")
    for name, no in LISTS.items():
        refuse_twice([normal(fact[no]) for fact in request.get(name, [])])
    contracts = request.get("contracts", [])
    refuse_twice([(normal(fact["lender"]), normal(fact["contract_no"])) for fact in contracts])
    for fact in contracts:
        refuse_twice([normal(drawdown["drawdown_no"]) for drawdown in fact["drawdowns"]])
    refuse_disagreement(request.get("policies", []))
    refuse_kind(terms, request["applicant"])


def refuse_twice(ids: list[Any]) -> None:
    if len(set(ids)) < len(ids):
        raise RefusedError("DUPLICATE_ID")


def refuse_disagreement(policies: list[Json]) -> None:
    said: dict[tuple[str, str], set[Any]] = {}
    for policy in policies:
        for name in UNIT_FACTS:
            if policy.get(name) is not None:
                said.setdefault((normal(policy["unit_id"]), name), set()).add(policy[name])
    if any(len(values) > 1 for values in said.values()):
        raise RefusedError("FACTS_DISAGREE")


def refuse_kind(terms: Json, applicant: Json) -> None:
    """Where a table admits several kinds of applicant, the request says which; an enterprise has its code (D85)."""
    if not isinstance(terms.get("applicant"), list):
        return
    if applicant.get("kind") is None or (applicant["kind"] == "ENTERPRISE" and not applicant.get("uscc")):
        raise RefusedError("FACT_REQUIRED")


def spelled_differently(terms: Json, request: Json) -> set[str]:
    """The kinds of which one id is written in two ways."""
    found: dict[tuple[str, str], set[str]] = {}
    for name, value in identities(terms, request):
        found.setdefault((name, normal(value)), set()).add(value)
    return {name for (name, _), spellings in found.items() if len(spellings) > 1}
