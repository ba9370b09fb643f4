"""Earlier grants: in which accounts they take room, and which cannot be placed (D41, D44, D69, D70, D78, D84)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.oracle.language import RefusedError, money, words_of
from tests.oracle.spelling import normal

if TYPE_CHECKING:
    from tests.oracle.accounts import Atom, Situation

Json = dict[str, Any]
KEY_NAMES = {
    "UNIT": "unit_id",
    "PRODUCT": "product_id",
    "CONTRACT": "contract_no",
    "DRAWDOWN": "drawdown_no",
    "LINE": "line",
    "PROJECT": "project_id",
    "LENDER": "lender",
}
GRANTED = r"/applicant/granted/\d+.*"


def earlier_grants(case: Situation) -> list[Json]:
    """All earlier grants with their keys in normal form; other support of the year is one without keys."""
    applicant = case.request["applicant"]
    found = [
        dict(grant, keys={name: normal(value) for name, value in grant.get("keys", {}).items()}) for grant in applicant.get("granted", [])
    ]
    if applicant.get("other_support_this_year"):
        found.append(
            {
                "rate_table": case.table["id"],
                "on": case.request["application_date"],
                "amount": applicant["other_support_this_year"],
                "keys": {},
                "is_other_support": True,
            }
        )
    return found


def is_of_this_year(case: Situation, grant: Json) -> bool:
    return grant["rate_table"].startswith(case.table["fund"] + "-") and table_year(grant) == case.program_year


def table_year(grant: Json) -> int:
    parts = [part for part in grant["rate_table"].split("-") if part.isdigit() and len(part) == 4]
    return int(parts[0]) if parts else int(grant["on"][:4])


def is_topped_up(case: Situation, grant: Json) -> bool:
    """D44, D98: the caps are not reduced by the grants being topped up; those are of the year, and of the same project where the clause says so."""
    rule = case.terms.get("stacking", {}).get("higher_of")
    if not rule or not is_of_this_year(case, grant):
        return False
    named = grant["keys"].get("project_id")
    return rule.get("same_project") != "true" or named is None or named in case.projects


def money_caps(case: Situation) -> list[Json]:
    """The caps on amounts in listed order, those of overlays last; what is unknown is read in its tightest way (D84)."""
    caps = list(case.terms.get("caps", []))
    for overlay in case.table.get("overlays", []):
        caps += [{"pool": "FUND", **cap} for cap in overlay.get("caps", [])]
    found = []
    for cap in caps:
        if cap.get("bounds", "AMOUNT") != "AMOUNT":
            continue
        if "unknown" in {cap.get("period"), str(cap.get("per"))}:
            case.said.has_open_point = True
        per = [] if cap.get("per") == "unknown" else cap.get("per", [])
        period = "CLAIM" if cap.get("period") == "unknown" else cap.get("period", "BATCH")
        found.append({**cap, "per": per, "period": period})
    return found


def in_pool_and_period(case: Situation, cap: Json, grant: Json) -> bool:
    return in_pool(case, cap, grant) and in_period(case, cap, grant)


def in_pool(case: Situation, cap: Json, grant: Json) -> bool:
    pool = cap.get("pool", [])
    if pool == "FUND":
        return bool(grant["rate_table"].startswith(case.table["fund"] + "-"))
    return grant["rate_table"] in ([case.table["id"], *pool])


def in_period(case: Situation, cap: Json, grant: Json) -> bool:
    period = cap["period"]
    if period == "PROGRAM_YEAR":
        return table_year(grant) == case.program_year
    if period == "CALENDAR_YEAR":
        return bool(grant["on"][:4] == case.request["application_date"][:4])
    return bool(period != "CLAIM")


def falls_under_lines(case: Situation, cap: Json, grant: Json) -> bool | None:
    """Whether a grant was paid under a line of the cap; None where it does not say under which."""
    if not cap.get("lines"):
        return True
    mine = {normal(line) for line in cap["lines"]}
    lines = set(lines_of(case, grant))
    if lines <= mine:
        return True if lines else None
    return None if lines & mine else False


def lines_of(case: Situation, grant: Json) -> list[str]:
    """The lines that a grant can be of: as it says, or as its category chooses; none where that says nothing of lines."""
    keys = grant["keys"]
    if "line" in keys:
        return [keys["line"]]
    if "category" not in keys:
        return []
    lines = case.terms["lines"]
    named = [line for line in lines if normal(line["id"]) == keys["category"]]
    chosen = named or [line for line in lines if is_of_category(line, keys["category"])]
    return [normal(line["id"]) for line in (chosen[:1] if case.terms.get("choose") == "FIRST" else chosen)]


def is_of_category(line: Json, category: str) -> bool:
    """Whether the condition of a line holds for a category; of other facts a grant says nothing."""
    if words_of(line.get("when", "")) - {"category"} - {word for word in words_of(line.get("when", "")) if word.upper() == word}:
        return False
    codes = re.findall(r"\b[A-Z][A-Z0-9_]*\b", line.get("when", ""))
    return not codes or category in {normal(code) for code in codes}


def wanted_keys(case: Situation, cap: Json, atom: Atom) -> dict[str, str]:
    """The keys that a grant must name to lie in an atom's account."""
    wanted = {
        KEY_NAMES.get(each, each): normal(atom.line if each == "LINE" else atom.keys.get(each) or "") for each in cap["per"]
    }
    if "DRAWDOWN" in cap["per"]:
        wanted["contract_no"] = normal(atom.keys.get("CONTRACT") or atom.item)
    if "contract_no" in wanted and wanted["contract_no"] in case.shared_numbers:
        wanted["lender"] = normal(atom.keys["LENDER"])
    return wanted


def missing_keys(case: Situation, cap: Json, grant: Json) -> list[str]:
    """What a grant that falls under a cap would have to say and does not."""
    falls = falls_under_lines(case, cap, grant)
    if falls is False:
        return []
    names = {KEY_NAMES.get(each, each) for each in cap["per"]}
    if "DRAWDOWN" in cap["per"]:
        names.add("contract_no")
    if "contract_no" in names and grant["keys"].get("contract_no") in case.shared_numbers:
        names.add("lender")
    absent = [name for name in sorted(names) if name not in grant["keys"]]
    if "line" in absent and len(lines_of(case, grant)) == 1:
        absent.remove("line")
    if falls is None:
        absent.append("category")
    if cap["period"] == "ACCRUAL_YEAR" and grant.get("accrual_year") is None:
        absent.append("accrual_year")
    return absent


def place_grants(case: Situation) -> None:
    """Refuse a grant of this table that does not say where it belongs; warn of others that cannot be placed (D69)."""
    for grant in case.grants:
        is_own = grant["rate_table"] == case.table["id"] and not grant.get("is_other_support")
        if grant["on"] > case.request["application_date"]:
            case.said.warned_places.add(GRANTED)
        caps = [cap for cap in case.caps if in_pool(case, cap, grant) and cap["period"] != "CLAIM"]
        topped_up = is_topped_up(case, grant)
        if not caps and not topped_up and grant["rate_table"] == case.table["id"]:
            case.said.warnings.add("GRANT_NOT_PLACED")
        for cap in caps:
            if topped_up or cap["limit"] == "unknown" or not in_period(case, cap, grant) or not missing_keys(case, cap, grant):
                continue
            if not is_own:
                case.said.warnings.add("GRANT_NOT_PLACED")
            elif grant.get("keys_unknown"):
                case.said.warned_places.add(GRANTED)
            else:
                raise RefusedError("FACT_REQUIRED")


def matches(case: Situation, cap: Json, grant: Json, atom: Atom) -> bool:
    """Whether a grant lies in the account of an atom; with ``keys_unknown`` what it does not say fits everywhere."""
    is_open = bool(grant.get("keys_unknown"))
    falls = falls_under_lines(case, cap, grant)
    if falls is False or (falls is None and not is_open):
        return False
    for name, value in wanted_keys(case, cap, atom).items():
        given = grant["keys"].get(name)
        if name == "line":
            given = lines_of(case, grant)[0] if len(lines_of(case, grant)) == 1 else None
        if given != value and not (given is None and is_open):
            return False
    if cap["period"] == "ACCRUAL_YEAR":
        year = grant.get("accrual_year")
        return str(year) == atom.year or (year is None and is_open)
    return True


def granted_in(case: Situation, cap: Json, atom: Atom, *, topped_up: bool) -> int:
    """Fen of the earlier grants in an atom's account: those that take room, or those that are being topped up."""
    return sum(
        int(money(grant["amount"]))
        for grant in case.grants
        if in_pool_and_period(case, cap, grant) and is_topped_up(case, grant) is topped_up and matches(case, cap, grant, atom)
    )


def touches(case: Situation, cap: Json) -> bool:
    """Whether any earlier grant may lie in an account of the cap."""
    return any(
        in_pool_and_period(case, cap, grant) and not is_topped_up(case, grant) and falls_under_lines(case, cap, grant) is not False
        for grant in case.grants
    )
