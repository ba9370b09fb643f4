"""The ids of a claim: what may be one, what occurs twice, and what is spelled in two ways (D67, D70).

Which fields are ids is read from ``claims.model``: those with the pattern of an id.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from app.calculators.claims import model as facts
from app.calculators.claims import patterns
from app.calculators.claims.errors import Fault
from app.calculators.claims.spelling import normal, unseen
from app.calculators.expressions.nodes import CODE
from app.calculators.stages.context import Case
from app.calculators.terms import builtins as nm
from app.calculators.terms.builtins import FACT_LIST

Found = tuple[str, str]  # an id as sent, and its pointer

_UNIQUE = {
    "contracts": attrgetter("contract_no", "lender"),
    "policies": attrgetter("policy_no"),
    "items": attrgetter("item_id"),
    "projects": attrgetter("project_id"),
}


def _fields_of(kind: Any) -> tuple[str, ...]:
    return tuple(name for name, one in kind.__dataclass_fields__.items() if one.metadata.get("pattern") == patterns.ID_PATTERN)


_ROWS = (facts.Contract, facts.Policy, facts.Item, facts.Project)
_FIELDS = {kind: _fields_of(kind) for kind in (*_ROWS, facts.Drawdown, facts.Repayment, facts.InterestVoucher)}
_IDS_OF: dict[Any, Any] = {kind: attrgetter(*names) for kind, names in _FIELDS.items()}


@lru_cache(maxsize=4096)
def bad_id(text: str) -> bool:
    """Whether a text cannot be an id: it is blank, or has a character that nobody sees."""
    return not normal(text) or unseen(text) is not None


def id_fault(pointer: str) -> Fault:
    """The fault of a text that cannot be an id."""
    zh = "编号为 1 至 64 个字符，不能全为空白，不含控制字符、零宽等不可见字符和私用区字符"
    en = "an id has 1 to 64 characters, not all of them blank, and no control, format (invisible) or private-use characters"
    return Fault(pointer, "INVALID_ID", zh, en)


def check_ids(claim: facts.Claim, wanted: str) -> list[Fault]:
    """Ids that cannot be any, and those that occur twice, however they are spelled."""
    faults: list[Fault] = []
    for name in FACT_LIST.values():
        rows: Sequence[Any] = getattr(claim, name) or ()
        for no, row in enumerate(rows):
            if _any_bad(row):
                faults += _bad(row, f"/{name}/{no}")
        if name == wanted:
            faults += _twice([_UNIQUE[name](row) for row in rows], f"/{name}")
    for no, contract in enumerate(claim.contracts or ()):
        where = f"/contracts/{no}"
        faults += _twice([one.drawdown_no for one in contract.drawdowns], f"{where}/drawdowns")
        for place in ("drawdowns", "repayments", "interest_paid"):
            for index, one in enumerate(getattr(contract, place)):
                if _any_bad(one):
                    faults += _bad(one, f"{where}/{place}/{index}")
    return faults


def _any_bad(row: Any) -> bool:
    found = _IDS_OF[type(row)](row)
    if not isinstance(found, tuple):
        found = (found,)
    return any(text is not None and bad_id(text) for text in found)


def _bad(row: Any, pointer: str) -> Iterator[Fault]:
    for name in _FIELDS[type(row)]:
        text = getattr(row, name)
        if text is not None and bad_id(text):
            yield id_fault(f"{pointer}/{name}")


def _twice(ids: Sequence[Any], pointer: str) -> list[Fault]:
    """Ids that another entry before has already, in normal form."""
    if len(ids) < 2:
        return []
    forms = [normal(one) if isinstance(one, str) else tuple(map(normal, one)) for one in ids]
    if len(set(forms)) == len(forms):
        return []
    seen: set[Any] = set()
    faults = []
    for no, form in enumerate(forms):
        if form in seen:
            faults.append(Fault(f"{pointer}/{no}", "DUPLICATE_ID", "编号在本次申请中重复", "the id occurs twice in this request"))
        seen.add(form)
    return faults


# --- one id in several spellings ---------------------------------------------------------------------------


def doubt_spellings(case: Case) -> None:
    """Another spelling of an id used before is the same id, and is said with both places (D67)."""
    claim = case.claim
    for found in _named(case).values():
        _doubt(case, found)
    for no, contract in enumerate(claim.contracts or ()):
        where = f"/contracts/{no}"
        drawn = [(one.drawdown_no, f"{where}/drawdowns/{index}/drawdown_no") for index, one in enumerate(contract.drawdowns)]
        named = [
            (one.drawdown_no, f"{where}/{place}/{index}/drawdown_no")
            for place in ("repayments", "interest_paid")
            for index, one in enumerate(getattr(contract, place))
        ]
        if any(text is not None for text, _ in named):
            _doubt(case, [*drawn, *((text, pointer) for text, pointer in named if text is not None)])


def _doubt(case: Case, found: Iterable[Found]) -> None:
    first: dict[str, Found] = {}
    for text, pointer in found:
        before = first.setdefault(normal(text), (text, pointer))
        if before[0] != text:
            case.warn("SPELLED_DIFFERENTLY", pointer, None, before[1])


def _named(case: Case) -> dict[str, list[Found]]:
    """By the name of each fact that has several spellings: its values with their places, those of earlier grants last."""
    kind = str(case.terms.facts)
    rows: Sequence[Any] = getattr(case.claim, FACT_LIST[kind]) or ()
    granted = [(no, one.keys) for no, one in enumerate(case.claim.applicant.granted) if one.keys]
    if len(rows) < 2 and not granted:
        return {}
    found: dict[str, list[Found]] = {}
    for name in _FIELDS[type(rows[0])]:
        found[name] = [
            (text, f"/{FACT_LIST[kind]}/{no}/{name}") for no, row in enumerate(rows) if (text := getattr(row, name)) is not None
        ]
    for name in case.rules.key_names:
        measure = case.rules.needs.get(name)
        if measure is not None and measure.type == CODE and name not in nm.BUILT_IN[kind]:
            found[name] = list(_measured(case.claim, rows, name, f"/{FACT_LIST[kind]}"))
    for no, keys in granted:
        for name, text in keys.items():
            if name in found:
                found[name].append((text, f"/applicant/granted/{no}/keys/{name}"))
    return {name: places for name, places in found.items() if len({text for text, _ in places}) > 1}


def _measured(claim: facts.Claim, rows: Sequence[Any], name: str, pointer: str) -> Iterator[Found]:
    """The values of a declared code, wherever the claim carries it."""
    owners = [(claim.applicant, "/applicant"), *((row, f"{pointer}/{no}") for no, row in enumerate(rows))]
    for no, row in enumerate(rows):
        owners += [(one, f"{pointer}/{no}/drawdowns/{index}") for index, one in enumerate(getattr(row, "drawdowns", ()))]
    for owner, where in owners:
        text = owner.measures.get(name)
        if isinstance(text, str):
            yield text, f"{where}/measures/{name}"
