"""Methods whose items earn one amount each: insurance, award, grant (D32-D36, D53-D60)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.accounts import (
    Atom,
    Json,
    Situation,
    choose_line,
    finish,
    in_window,
    is_refused_outright,
    refused,
)
from tests.oracle.language import RefusedError, evaluate, measure_value

Names = Callable[[str], Any]
MONEY_FIELDS = {
    "premium",
    "premium_paid",
    "sum_insured",
    "base_amount",
    "vat",
    "hardware",
    "related_party_amount",
    "cost",
    "other_fiscal_funding",
}
DATE_FIELDS = {
    "launched_on",
    "paid_on",
    "period_from",
    "period_until",
    "first_insured_on",
    "occurred_on",
    "started_on",
    "completed_on",
}


def fact_value(case: Situation, of: str, fact: Json, name: str) -> Any:
    """A built-in field, a measure, or something of the applicant; absent is refused, never a default."""
    if name in MONEY_FIELDS or name in DATE_FIELDS or name == "events":
        if fact.get(name) is None:
            raise RefusedError("FACT_REQUIRED")
        kind = "MONEY" if name in MONEY_FIELDS else "DATE" if name in DATE_FIELDS else "COUNT"
        return measure_value(kind, fact[name])
    if case.need(name).get("of") == of and name != "category":
        return case.measure(of, fact, name)
    if name in {
        "category", "insurer", "insurance_type", "unit_id", "unit_kind", "launch_approved", "product_id", "related_party",
    }:  # fmt: skip
        if fact.get(name) is None:
            raise RefusedError("FACT_REQUIRED")
        values = case.need("category").get("values") if name == "category" else None
        if values and fact[name] not in values:
            raise RefusedError("UNKNOWN_CATEGORY")
        return fact[name]
    return case.applicant_fact(name)


def is_inside_windows(case: Situation, names: Names, defaults: dict[str, str]) -> bool:
    for window, about in case.terms.get("windows", {}).items():
        if window not in defaults:
            continue
        of = about.get("of", defaults[window])
        if about.get("first_day", "unknown") == about.get("last_day", "unknown") == "unknown":
            continue
        if not in_window(case, window, names(of)):
            return False
    return True


def banded(bands: Json, names: Names, calls: Json) -> Fraction:
    """Each band pays its own part, from ``after`` to ``after + amount`` (D34)."""
    first = evaluate(bands["after"], names, calls) if bands.get("after") else Fraction(0)
    last = first + evaluate(bands["of"], names, calls)
    total, low = Fraction(0), Fraction(0)
    for band in bands["pay"]:
        high = evaluate(band["up_to"], names, calls) if band.get("up_to") else max(last, low)
        inside = max(Fraction(0), min(last, high) - max(first, low))
        total += inside * evaluate(band.get("amount") or band["rate"], names, calls)
        low = high
    return total


def line_amount(case: Situation, line: Json, names: Names, calls: Json) -> Fraction:
    """Fen, exact."""
    if "unknown" in {line.get("rate"), line.get("amount"), line.get("base")}:
        raise RefusedError("STANDARD_NOT_LOADED")
    if line.get("bands"):
        return banded(line["bands"], names, calls) * 100
    if line.get("amount"):
        return max(Fraction(0), evaluate(line["amount"], names, calls)) * 100
    base = max(Fraction(0), evaluate(line["base"], names, calls))
    return base * max(Fraction(0), evaluate(line["rate"], names, calls)) * 100


def settle(
    case: Situation,
    ids: list[str],
    read: dict[str, Names],
    keys: dict[str, dict[str, str]],
    inside: Callable[[str], bool],
    *,
    share_of_base: dict[str, Fraction] | None = None,
    read_base: dict[str, Names] | None = None,
    other: dict[str, int] | None = None,
    functions: dict[str, Callable[[str, bool], Any]] | None = None,
    is_late: Callable[[str], bool] = lambda _: False,
    say_late: Callable[[str], None] = lambda _: None,
) -> Json:
    """The road from items to the answer; ``functions`` answer ``admitted(CATEGORY)``, for a base (True) or a condition.

    ``is_late``: what happened after the application, which earns nothing; ``say_late``: what counts nevertheless and is said (D75).
    """
    if is_refused_outright(case):
        return refused(ids, case)
    atoms: list[Atom] = []
    for item in ids:
        names = read[item]
        parts = (functions or {}).get(item)
        calls = case.calls({}, **({"admitted": lambda code, parts=parts: parts(code, False)} if parts else {}))
        base_calls = case.calls({}, **({"admitted": lambda code, parts=parts: parts(code, True)} if parts else {}))
        rules = [r for r in case.terms.get("require", []) if not case.is_applicant_only(r["that"])]
        if is_late(item):
            case.said.reasons.add(("AFTER_APPLICATION", item))
            continue
        if not inside(item):
            continue
        if not all(evaluate(rule["that"], names, calls) for rule in rules):
            continue
        base_names = (read_base or read)[item]
        share = (share_of_base or {}).get(item, Fraction(1))

        def amount(line: Json, names: Names = base_names, calls: Json = base_calls, share: Fraction = share) -> Fraction:
            return share * line_amount(case, line, names, calls)

        line = choose_line(case, names, calls, amount)
        if line is None or not all(evaluate(rule["that"], names, calls) for rule in line.get("require", [])):
            continue
        atoms.append(Atom(item, line["id"], "", "", keys[item], amount(line)))
        if atoms[-1].exact > 0:
            say_late(item)

    def deduct() -> None:
        for atom in atoms:
            atom.at = max(type(atom.at)(0), atom.at - (other or {}).get(atom.item, 0))

    less = case.terms.get("stacking", {}).get("offset", {}).get("less")
    return finish(
        case,
        ids,
        atoms,
        lambda atom, name: read[atom.item](name),
        after_project=deduct if other else None,
        offset=(lambda no: evaluate(less, read[no], case.calls({}))) if less else None,
    )


def code_keys(case: Situation, of: str, fact: Json) -> dict[str, str]:
    keys = {
        name: fact.get("measures", {}).get(name)
        for name, about in case.terms.get("needs", {}).items()
        if about.get("of") == of and about["type"] == "CODE"
    }
    keys["category"] = fact.get("category")
    return keys


def on(text: str) -> date:
    return date.fromisoformat(text)
