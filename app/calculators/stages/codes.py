"""Codes and keys that callers spell: one that nothing reads is refused or doubted, so that no misspelling changes an amount silently.

Refused (422) where the table says which there are; doubted (a warning) where another table may read what this one does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from app.calculators.bilingual import Phrase
from app.calculators.claims.errors import Fault
from app.calculators.claims.model import Claim, Granted, Policy
from app.calculators.claims.patterns import CODE_PATTERN
from app.calculators.claims.uscc import uscc_check_character
from app.calculators.expressions import nodes as ex
from app.calculators.stages.claim_ids import bad_id, id_fault
from app.calculators.stages.context import Case
from app.calculators.stages.effective_rules import Rules
from app.calculators.stages.scope import escaped
from app.calculators.terms import builtins as nm
from app.calculators.terms.cap_periods import CAP_ACCOUNTS
from app.calculators.terms.model import RateTable, Terms
from app.calculators.wording.nearest_names import MOST_COMPARED, MOST_NEAR, NOBODY, listed, meant

_CODE: Final = re.compile(CODE_PATTERN)
CATEGORY: Final = Phrase("类别", "category")
LOAN_TYPE: Final = Phrase("贷款种类", "loan type")
STATUS: Final = Phrase("资质代码", "status")
_POLICY_CODES = {"insurance_type": nm.INSURANCE_TYPES, "unit_kind": nm.UNIT_KINDS}


def doubt_uscc(case: Case) -> None:
    """A code whose check character fails, and that the caller confirms: codes of some places fail it (D86)."""
    applicant = case.claim.applicant
    if applicant.uscc_confirmed and applicant.uscc is not None and uscc_check_character(applicant.uscc) != applicant.uscc[-1]:
        case.warn("USCC_CONFIRMED", "/applicant/uscc")


def categories(terms: Terms) -> dict[str, str]:
    """The category codes of a table with their titles: declared ones, else those that its lines name."""
    declared = terms.needs.get("category")
    if declared is not None and declared.values is not None:
        return dict(declared.values)
    found: dict[str, str] = {}
    for line in terms.lines:
        for part in ex.walk(line.when) if line.when is not None else ():
            match part:
                case ex.Member(ex.Name("category"), tuple(among)):
                    found |= dict.fromkeys(among, line.title)
                case ex.Compare(_, ex.Name("category"), ex.Code(code)) | ex.Compare(_, ex.Code(code), ex.Name("category")):
                    found[code] = line.title
    return found


def any_category(terms: Terms) -> bool:
    """Whether a line is meant for categories that nothing names."""
    declared = terms.needs.get("category")
    return terms.any_category and (declared is None or declared.values is None)


def code_fault(sent: str, known: Mapping[str, str], pointer: str, what: Phrase, *, near: bool = True) -> Fault:
    """The refusal of a code that is not known: it lists those that are, with their titles, and names the nearest (``near``)."""
    there, likely = listed(known), meant(sent, known) if near else NOBODY
    zh, en = (f"；可用: {there.zh}{likely.zh}", f"; one of: {there.en}{likely.en}") if known else ("", "")
    if _CODE.fullmatch(sent):
        return Fault(pointer, "UNKNOWN_CATEGORY", f"未知{what.zh}{zh}", f"unknown {what.en}{en}")
    return Fault(pointer, "INVALID_CODE", f"{what.zh}应为代码（大写字母、数字与下划线）{zh}", f"the {what.en} should be a code{en}")


def check_category(category: str | None, pointer: str, terms: Terms) -> list[Fault]:
    """An unknown category is an error that lists the known ones (D33); so is a text that is no code, wherever it stands."""
    named, any_other = categories(terms), any_category(terms)
    if category is None:
        if any_other or not named:
            return []
        there = listed(named)
        return [Fault(pointer, "FACT_REQUIRED", f"须给出类别: {there.zh}", f"required, one of: {there.en}")]
    if category in named or ((any_other or not named) and _CODE.fullmatch(category)):
        return []
    return [code_fault(category, named, pointer, CATEGORY)]


def check_loan_type(sent: str, pointer: str, terms: Terms) -> list[Fault]:
    """A loan type that neither the table nor anybody knows."""
    named = terms.codes.get("loan_type", frozenset())
    if sent in nm.LOAN_TYPES or sent in named:
        return []
    return [code_fault(sent, {code: nm.LOAN_TYPES.get(code, code) for code in sorted(nm.LOAN_TYPES.keys() | named)}, pointer, LOAN_TYPE)]


# --- earlier grants ----------------------------------------------------------------------------------


def check_grants(claim: Claim, table: RateTable, rules: Rules) -> list[Fault]:
    """Keys of earlier grants that no account of the table can have (D41): they would take no room without a word.

    What a grant under another table is keyed by is that table's affair, unless a cap of this one names it in its pool.
    """
    if not claim.applicant.granted:
        return []
    pooled = {one for cap in rules.caps if isinstance(cap.pool, tuple) for one in cap.pool}
    keys = _keys(table.terms)
    faults: list[Fault] = []
    for no, grant in enumerate(claim.applicant.granted):
        faults += [id_fault(f"/applicant/granted/{no}/keys/{escaped(name)}") for name, value in grant.keys.items() if bad_id(value)]
        if grant.rate_table == table.id:
            faults += _key_faults(grant, no, keys, near=len(faults) < MOST_NEAR)
        elif grant.rate_table in pooled:
            faults += _key_faults(grant, no, dict.fromkeys(keys), near=len(faults) < MOST_NEAR)
    return faults


def _keys(terms: Terms) -> dict[str, Mapping[str, str] | None]:
    """By what accounts of a table can be separated, each with its codes and their titles, or None where any text will do."""
    built_in = nm.BUILT_IN[str(terms.facts)]
    found: dict[str, Mapping[str, str] | None] = {name: None for name, fact in built_in.items() if fact.type == ex.CODE}
    found |= {row.key: None for row in CAP_ACCOUNTS.values() if terms.facts in row.facts}
    found |= {name: one.values for name, one in terms.needs.items() if one.type == ex.CODE}
    lines = {line.id: line.title for line in terms.lines}
    named = categories(terms)
    return found | {"line": lines, "category": None if named and any_category(terms) else named or lines}


def _key_faults(grant: Granted, no: int, keys: Mapping[str, Mapping[str, str] | None], *, near: bool) -> Iterator[Fault]:
    for name, value in grant.keys.items():
        where = f"/applicant/granted/{no}/keys/{escaped(name)}"
        if name not in keys:
            there = ", ".join(sorted(keys))
            likely = meant(name, sorted(keys)) if near else NOBODY
            zh, en = f"这张标准表的已获支持没有这个键；可用: {there}{likely.zh}", f"no such key; one of: {there}{likely.en}"
            yield Fault(where, "UNKNOWN_KEY", zh, en)
            continue
        codes = keys[name]
        if codes is not None and value not in codes and not (name == "category" and value in (keys["line"] or ())):
            known, likely = listed(codes), meant(value, codes) if near else NOBODY
            zh, en = f"没有这个代码；可用: {known.zh}{likely.zh}", f"the table has no such code; one of: {known.en}{likely.en}"
            yield Fault(where, "UNKNOWN_CATEGORY", zh, en)


def doubt_grants(case: Case) -> None:
    """An earlier grant under a table that is not loaded: whether it takes room cannot be known, and the answer says so."""
    known = case.table.known_tables
    unknown = [(no, one.rate_table) for no, one in enumerate(case.claim.applicant.granted) if one.rate_table not in known]
    names = sorted(known) if unknown else []
    for place, (no, table) in enumerate(unknown):
        near = case.word(meant(table, names) if place * len(names) < MOST_COMPARED else NOBODY)
        case.warn("GRANT_NOT_MATCHED", f"/applicant/granted/{no}/rate_table", table=table, meant=near)
        case.leave_open(None, "OPEN_GRANT", table=table)


# --- the applicant ----------------------------------------------------------------------------------------


def check_statuses(claim: Claim, rules: Rules) -> list[Fault]:
    """A status that is no code at all is meant for no table."""
    read = dict.fromkeys(sorted(rules.statuses), "")
    return [
        code_fault(one.status, read, f"/applicant/statuses/{no}/status", STATUS)
        for no, one in enumerate(claim.applicant.statuses)
        if not _CODE.fullmatch(one.status)
    ]


def doubt_statuses(case: Case) -> None:
    """A status that the table does not read may be meant for another table, or be misspelt.

    A table that reads no status is silent: there no spelling can change the amount.
    """
    read = case.rules.statuses
    for no, one in enumerate(case.claim.applicant.statuses):
        if read and one.status not in read:
            near = case.word(meant(one.status, sorted(read)))
            case.warn("STATUS_NOT_READ", f"/applicant/statuses/{no}/status", read=", ".join(sorted(read)), meant=near)


# --- policies ----------------------------------------------------------------------------------------


def check_policy_codes(policy: Policy, pointer: str, terms: Terms) -> list[Fault]:
    """Insurance types and kinds of unit that neither the table nor anybody knows, in a table that chooses by them."""
    faults = []
    for name, general in _POLICY_CODES.items():
        value, named = getattr(policy, name), terms.codes.get(name)
        if value is None or value in general or (named and value in named) or (not named and _CODE.fullmatch(value)):
            continue
        fact, known = nm.BUILT_IN["POLICIES"][name], dict.fromkeys(sorted(named or ()), "") | dict(general)
        faults.append(code_fault(value, known, f"{pointer}/{name}", Phrase(fact.zh, fact.en)))
    return faults


def doubt_policy_codes(case: Case) -> None:
    """A table that names no types takes all of them; one that nobody knows is probably a mistake."""
    for no, policy in enumerate(case.claim.policies or ()):
        for name, general in _POLICY_CODES.items():
            value = getattr(policy, name)
            if value is not None and not case.terms.codes.get(name) and value not in general:
                fact = nm.BUILT_IN["POLICIES"][name]
                what, known = case.word(Phrase(fact.zh, fact.en)), case.word(listed(general))
                case.warn("CODE_NOT_KNOWN", f"/policies/{no}/{name}", what=what, known=known, meant=case.word(meant(value, general)))
