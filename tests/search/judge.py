"""Whether a variant of a claim may stand beside the claim: no amount may rise without a word."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.calculators.claims.spelling import normal
from app.calculators.results.model import Result
from app.errors import ProblemError
from app.services.calculation import Kind, asked_in
from tests.search.tables import catalogue

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the service says to one request: an amount with what it says beside it, or a refusal."""

    fen: int = 0
    paid: int = 0  # the payments, where they are shown
    caps: Counter[tuple[str, str]] = field(default_factory=Counter)  # what each cap left, over all its accounts
    accounts: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # and in each account, by its key in normal form
    rooms: dict[tuple[str, str, str], int] = field(default_factory=dict)  # the most that each account may hold
    said: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # warnings and reasons
    result: Result | None = None
    refused: tuple[tuple[str, str], ...] = ()  # pointer and code of each fault
    crashed: str = ""

    @property
    def earns(self) -> bool:
        """Whether money comes of it."""
        return self.result is not None and self.fen > 0


def _fen(text: str) -> int:
    """Money in fen, of an exact amount the whole fen."""
    yuan, _, rest = text.partition(".")
    return int(yuan) * 100 + int((rest + "00")[:2])


_NUMBER = re.compile(r"/[0-9]+(?=/|$)")


def _place(pointer: str | None) -> str:
    """A pointer without the numbers of entries: a removed entry moves those after it."""
    return _NUMBER.sub("/*", pointer or "")


def ask(body: Json, kind: Kind) -> Answer:
    """Send a request down the road that every endpoint takes."""
    try:
        result = asked_in(msgspec.json.encode(body), kind, catalogue(), "SUMMARY").answer("zh")
    except ProblemError as problem:
        return Answer(refused=tuple((one.pointer, one.code) for one in problem.errors) or (("", problem.code),))
    except Exception as error:  # whatever it is, it is a finding
        return Answer(crashed=f"{type(error).__name__}: {error}")
    caps: Counter[tuple[str, str]] = Counter()
    accounts: Counter[tuple[str, str, str]] = Counter()
    rooms: dict[tuple[str, str, str], int] = {}
    for one in result.caps:
        if one.scope == "CONTRACT_INTEREST" or one.scope.endswith("_BALANCE"):
            continue  # what the bank was paid, and principal: no amounts of money that accounts keep apart
        account = one.scope, one.clause, normal(one.key or "")
        caps[one.scope, one.clause] += _fen(one.after)
        accounts[account] += _fen(one.after)
        if one.limit is not None:
            rooms[account] = max(0, _fen(one.limit) - _fen(one.granted))
    said = Counter(("warning", one.code, _place(one.pointer)) for one in result.warnings)
    said.update(("reason", one.code, normal(one.item_id or "")) for one in result.reasons)
    return Answer(
        fen=_fen(result.amount),
        paid=sum(_fen(one.amount) for one in result.payout if one.source is None),
        caps=caps,
        accounts=accounts,
        rooms=rooms,
        said=said,
        result=result,
    )


SPREAD = 1
"""A fen that may fall to another account when a rounded amount is spread (D49): that is no room."""


def raised(before: Answer, after: Answer) -> str:
    """What rose from one answer to another; empty where nothing did."""
    if after.fen > before.fen + SPREAD:
        return "amount"
    for one, sum_ in after.caps.items():
        if one in before.caps and sum_ > before.caps[one] + SPREAD:
            return f"accounts of {one[0]} together"
    for key, left in after.accounts.items():
        if left > before.rooms.get(key, left):  # within the limit, a wider cap may only have shared its room otherwise
            return f"account {key[0]} {key[2]} over its limit"
    return ""


def says_more(before: Answer, after: Answer) -> bool:
    """Whether an answer warns, gives a reason or refuses where the other did not."""
    return bool(after.refused) or bool(after.said - before.said)


def content(answer: Answer) -> bytes:
    """All of an answer but its pointers, which follow the request."""
    assert answer.result is not None
    told = msgspec.to_builtins(answer.result)
    for one in told["warnings"]:
        one.pop("pointer", None)
        one.pop("other_pointer", None)
    return msgspec.json.encode(told, order="sorted")
