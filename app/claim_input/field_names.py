"""What a place of a request is called: ``/contracts/0/repayments/1/on`` is 第1份合同的第2笔还本的还本日.

The titles are those of the claim model; the table here says only how the entries of its lists are counted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple, get_args, get_type_hints

from app.calculators.bilingual import Phrase
from app.calculators.claims import model as facts

# How the entries of a list are counted, and what one is called in English.
ENTRIES: Final[Mapping[str, Phrase]] = {
    "cases": Phrase("个案例", "case"),
    "contracts": Phrase("份合同", "contract"),
    "policies": Phrase("份保单", "policy"),
    "items": Phrase("个事项", "item"),
    "projects": Phrase("个项目", "project"),
    "drawdowns": Phrase("笔放款", "drawdown"),
    "repayments": Phrase("笔还本", "repayment"),
    "interest_paid": Phrase("张利息凭证", "interest voucher"),
    "excluded_periods": Phrase("段剔除期间", "excluded period"),
    "steps": Phrase("段利率", "rate step"),
    "reset_dates": Phrase("个重定价日", "reset date"),
    "purposes": Phrase("项用途", "purpose"),
    "investments": Phrase("笔投资", "investment"),
    "statuses": Phrase("项资质", "status"),
    "granted": Phrase("笔已获支持", "earlier grant"),
    "dishonesty_records": Phrase("条失信记录", "dishonesty record"),
}
_ELSEWHERE: Final[Mapping[str, Phrase]] = {
    "query": Phrase("查询参数", "query parameter"),
    "path": Phrase("地址中的", "part of the address"),
}


class Known(NamedTuple):
    """One field of the claim model."""

    title: str
    kinds: tuple[type, ...]  # the objects that it holds


@lru_cache(maxsize=64)
def model(kind: type) -> Mapping[str, Known]:
    """The fields of an object of the claim model, by the names under which they are sent."""
    hints = get_type_hints(kind)
    return {
        field.metadata.get("alias", field.name): Known(re.split("[（，]", field.metadata["title"])[0], tuple(_objects(hints[field.name])))
        for field in fields(kind)
        if "title" in field.metadata
    }


def _objects(hint: Any) -> list[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        return [hint]
    return [kind for part in get_args(hint) for kind in _objects(part)]


def fields_at(path: Sequence[str | int]) -> Mapping[str, str]:
    """The fields that an object at this place can have, with their titles; empty where the model has no object."""
    kinds: tuple[type, ...] = (facts.Claim,)
    for part in path:
        if isinstance(part, str) and not part.isdecimal():
            found = next((model(kind)[part] for kind in kinds if part in model(kind)), None)
            kinds = () if found is None else found.kinds
    return {name: known.title for kind in kinds for name, known in model(kind).items()}


def place_of(pointer: str, title: Phrase | None = None) -> Phrase | None:
    """What the place of a JSON pointer is called; ``title`` is that of a fact, where only its table knows it.

    >>> place_of("/contracts/0/repayments/1/on")
    Phrase(zh='第1份合同的第2笔还本的还本日', en='contract 1, repayment 2, on')
    >>> place_of("/cases/1/applicant/uscc").zh
    '第2个案例的项目单位的统一社会信用代码'
    """
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    if not parts or parts[0] == "content":
        return None
    if parts[0] in _ELSEWHERE:
        where = _ELSEWHERE[parts[0]]
        return Phrase(" ".join([where.zh, *parts[1:]]), " ".join([where.en, *parts[1:]]))
    zh: list[str] = []
    en: list[str] = []
    kinds: tuple[type, ...] = (facts.Claim,)
    above = ""
    for no, part in enumerate(parts, 1):
        if part.isascii() and part.isdecimal() and above in ENTRIES:
            zh[-1], en[-1] = f"第{int(part) + 1}{ENTRIES[above].zh}", f"{ENTRIES[above].en} {int(part) + 1}"
            above = ""  # what follows is in the entry, also where it is a number
            continue
        found = next((model(kind)[part] for kind in kinds if part in model(kind)), None)
        if above == "measures":
            zh[-1:], en[-1:] = [title.zh if title else f"事实 {part}"], [title.en if title else part.replace("_", " ")]
        elif part == "cases":
            zh, en = [*zh, "案例"], [*en, "cases"]
        else:
            called = title.zh if title is not None and no == len(parts) else None
            zh.append(called or (found.title if found else part))
            en.append(part.replace("_", " "))
        if part != "cases":
            kinds = () if found is None else found.kinds
        above = part
    return Phrase("的".join(zh), ", ".join(en))
