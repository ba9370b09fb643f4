"""The worst requests for each limit of the service: one row of ``CORPUS`` each, made at full size or at a share of it.

A share of a hundredth has the same shape with a hundredth of the rows or bytes: from such ones the light mutations are made.
The counts are those of ``claims.model`` and ``limits``, so that a limit that is raised makes its worst request larger by itself.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal

from app import limits
from app.api.calculations.examples import SINGLE
from app.calculators.claims import model as facts
from app.calculators.workload.estimate import MOST_WORK

LOAN, INSURANCE = "/v1/loan-interest-subsidies/calculate", "/v1/insurance-subsidies/calculate"
AWARD, GRANT = "/v1/awards/calculate", "/v1/grants/calculate"
BODY_LIMIT = 20_000_000
FIRST = date(2022, 3, 5)
Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A request that is meant to cost much: where it goes, what it says, and how it is sent.

    ``SENT`` as it is; ``TRAILERS`` chunked, with trailers of this many bytes after the body; ``UNREAD`` by a caller who does not
    read the answer and leaves; ``LEFT`` by one who leaves as soon as it is sent; ``CHECK`` as content of a draft, which is checked.
    """

    name: str
    path: str = LOAN
    body: Callable[[float], bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    calculated: bool = False  # a small one is right
    sent: Literal["SENT", "TRAILERS", "UNREAD", "LEFT", "CHECK"] = "SENT"
    trailers: int = 0


def _count(most: int, share: float) -> int:
    return max(1, round(most * share))


def _written(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _claim(kind: str, **changes: Any) -> Body:
    return {**SINGLE[kind]["ordinary"]["value"], **changes}


def _days(count: int, step: int = 1) -> Iterable[str]:
    return ((FIRST + timedelta(days=1 + number * step)).isoformat() for number in range(count))


# --- calculations -------------------------------------------------------------------------------------


def _contract(**changes: Any) -> Body:
    row = SINGLE["loan-interest-subsidies"]["ordinary"]["value"]["contracts"][0]
    return {**row, "signed_on": FIRST.isoformat(), "matures_on": "2032-03-01", **changes}


def _loan(*contracts: Body, **changes: Any) -> Body:
    return _claim("loan-interest-subsidies", contracts=list(contracts), claim_period=None, **changes)


def _drawdowns(count: int, **more: Any) -> list[Body]:
    return [{"drawdown_no": str(number), "on": FIRST.isoformat(), "amount": "10000000.00", **more} for number in range(count)]


def _repayments(count: int) -> list[Body]:
    return [{"on": day, "principal": "1000.00"} for day in _days(count)]


def _stepped(count: int) -> Body:
    days = [FIRST.isoformat(), *_days(count - 1, 3)]
    return {"kind": "STEPPED", "steps": [{"from": day, "annual_rate": f"0.0{300 + number % 90}"} for number, day in enumerate(days)]}


def _busy(share: float) -> Body:
    rate = _stepped(_count(facts.MAX_STEPS, share))
    drawdowns, repayments = _drawdowns(_count(facts.MAX_DRAWDOWNS, share)), _repayments(_count(facts.MAX_REPAYMENTS, share))
    return _contract(drawdowns=drawdowns, repayments=repayments, rate=rate)


def _nearly_too_much(share: float) -> bytes:
    """Just below the budget, nine tenths of which are segments: what takes longest of all that is calculated."""
    drawdowns, repayments = 300, MOST_WORK * 91 // 100 // 300
    return _written(_loan(_contract(drawdowns=_drawdowns(_count(drawdowns, share)), repayments=_repayments(_count(repayments, share)))))


def _vouchers(share: float) -> bytes:
    days = [FIRST.isoformat(), *_days(_count(facts.MAX_VOUCHERS, share))]
    paid = [{"from": one, "until": until, "amount": "1.00"} for one, until in pairwise(days)]
    return _written(_loan(_contract(interest_paid=paid, rate=_stepped(_count(facts.MAX_STEPS, share)))))


def _shared(share: float) -> bytes:
    contract = _contract(drawdowns=_drawdowns(_count(100, share)), repayments=_repayments(_count(500, share)))
    return _written({**_loan(contract), "cases": [{"item_id": f"C-{number}"} for number in range(_count(20, share))]})


def _excluded(share: float) -> bytes:
    days = list(_days(2 * _count(facts.MAX_PERIODS, share), 2))
    periods = [{"from": one, "until": until, "reason": "OVERDUE"} for one, until in zip(days[::2], days[1::2], strict=True)]
    return _written(_loan(*({**_busy(share / 10), "contract_no": str(number), "excluded_periods": periods} for number in range(10))))


def _contracts(share: float) -> bytes:
    return _written(_loan(*(_contract(contract_no=f"L-{number}") for number in range(_count(facts.MAX_CONTRACTS, share)))))


def _policies(share: float) -> bytes:
    row = SINGLE["insurance-subsidies"]["ordinary"]["value"]["policies"][0]
    rows = [{**row, "policy_no": f"P-{number}", "unit_id": f"R-{number}"} for number in range(_count(facts.MAX_POLICIES, share))]
    return _written(_claim("insurance-subsidies", policies=rows))


def _items(share: float) -> bytes:
    row = SINGLE["awards"]["ordinary"]["value"]["items"][0]
    claim = _claim("awards", items=[{**row, "item_id": f"A-{number}"} for number in range(_count(facts.MAX_ITEMS, share))])
    grant = {"rate_table": claim["rate_table"], "on": "2023-04-01", "amount": "1.00", "keys_unknown": True}
    return _written({**claim, "applicant": {**claim["applicant"], "granted": [grant] * _count(facts.MAX_GRANTED, share)}})


def _cases(share: float) -> bytes:
    claim = _claim("insurance-subsidies")
    cases = [{"item_id": f"C-{number}"} for number in range(_count(limits.MAX_CASES, share))]
    return _written({**claim, "cases": cases})


# --- validation and JSON ------------------------------------------------------------------------------


def _filled(start: bytes, part: bytes, end: bytes, size: int) -> bytes:
    return start + part * max(1, (size - len(start) - len(end)) // len(part)) + end


def _empty_contracts(size: int) -> Callable[[float], bytes]:
    return lambda share: _filled(b'{"contracts":[{}', b",{}", b"]}", _count(size, share))


def _brackets(share: float) -> bytes:
    half = _count(BODY_LIMIT // 2 - 20, share)
    return b'{"contracts":' + b"[" * half + b"]" * half + b"}"


def _small_lists(share: float) -> bytes:
    return _filled(b'{"contracts":[[]', b",[]", b"]}", _count(BODY_LIMIT - 10, share))


def _keys(share: float) -> bytes:
    return b'{"applicant":{' + b",".join(b'"%x":0' % number for number in range(_count(1_700_000, share))) + b"}}"


def _duplicates(share: float) -> bytes:
    return _filled(b'{"a":1', b',"a":1', b"}", _count(BODY_LIMIT - 10, share))


def _errors(share: float) -> bytes:
    wrong = {"contract_no": 1, "lender": [], "drawdowns": [{"on": "x", "amount": 1, "y": 0}] * 20, "rate": {"kind": "NONE"}, "z": {}}
    return _written(_loan(*[wrong] * _count(facts.MAX_CONTRACTS, share)))


def _long_text(share: float) -> bytes:
    return _filled(b'{"rate_table":"', "表".encode(), b'"}', _count(BODY_LIMIT - 10, share))


def _escaped_text(share: float) -> bytes:
    return _filled(b'{"rate_table":"', b"\\u8868", b'"}', _count(BODY_LIMIT - 10, share))


def _long_number(share: float) -> bytes:
    return _filled(b'{"version":', b"9", b"}", _count(BODY_LIMIT - 10, share))


def _zipped(inner: Callable[[float], bytes], size: int) -> Callable[[float], bytes]:
    """A body that is compressed, of blanks up to ``size`` bytes where it holds less."""
    return lambda share: gzip.compress(inner(share).ljust(_count(size, share)), 9, mtime=0)


def _ordinary(_: float = 1) -> bytes:
    return _written(_claim("insurance-subsidies"))


# --- drafts -------------------------------------------------------------------------------------------


def _draft(share: float) -> bytes:
    """A table of sixty lines, each for whom twenty-two stretches of its own name, in forty-four comparisons."""

    def stretches(line: int) -> str:
        starts = [60 * number + line for number in range(22)]
        return " or ".join(f"vat>={start} and vat<{start + 1}" for start in starts)  # an expression has 600 signs at most

    pays = {"base": "base_amount", "rate": "50%", "clause": "示例条款"}
    lines = [{"id": f"L{line}", "when": stretches(line), **pays} for line in range(_count(60, share))]
    terms = {"facts": "ITEMS", "wording": "CEILING", "lines": lines}
    version = {"effective": {"first_day": "2026-12-01", "last_day": "open"}, "confidence": "read", "terms": terms}
    content = {"batch": "bj-gjj-2025-3", "version": version}
    return _written({"kind": "RATE_TABLE", "target": "bj-gjj-2025-3-1", "content": content})


GZIP = {"Content-Encoding": "gzip"}

CORPUS: tuple[Hostile, ...] = (
    Hostile(name="drawdowns × repayments × steps", body=lambda share: _written(_loan(_busy(share))), calculated=True),
    Hostile(name="the same, the caller leaves", body=lambda share: _written(_loan(_busy(share))), calculated=True, sent="LEFT"),
    Hostile(name="the same, the answer is not read", body=lambda share: _written(_loan(_busy(share))), calculated=True, sent="UNREAD"),
    Hostile(name="as much work as is taken", path=f"{LOAN}?detail=SUMMARY", body=_nearly_too_much, calculated=True),
    Hostile(name="vouchers × steps", body=_vouchers, calculated=True),
    Hostile(name="excluded periods × drawdowns × contracts", body=_excluded, calculated=True),
    Hostile(name="all contracts", body=_contracts, calculated=True),
    Hostile(name="all policies, a unit each", path=INSURANCE, body=_policies, calculated=True),
    Hostile(name="all items × earlier grants", path=AWARD, body=_items, calculated=True),
    Hostile(name="contracts shared by 20 cases", path=f"{LOAN}/batch", body=_shared, calculated=True),
    Hostile(name="the same, the caller leaves", path=f"{LOAN}/batch", body=_shared, calculated=True, sent="LEFT"),
    Hostile(name="all cases of a list", path=f"{INSURANCE}/batch", body=_cases, calculated=True),
    Hostile(name="empty contracts, 300 KB", body=_empty_contracts(300_000)),
    Hostile(name="empty contracts, body limit", body=_empty_contracts(BODY_LIMIT - 10)),
    Hostile(name="many errors", body=_errors),
    Hostile(name="nested brackets", body=_brackets),
    Hostile(name="small lists", body=_small_lists),
    Hostile(name="1.7 million keys", body=_keys),
    Hostile(name="duplicate keys", body=_duplicates),
    Hostile(name="a long text", body=_long_text),
    Hostile(name="a long text, escaped", body=_escaped_text),
    Hostile(name="a long number", body=_long_number),
    Hostile(name="gzip, 500 MB of blanks", path=INSURANCE, body=_zipped(_ordinary, 500_000_000), headers=GZIP),
    Hostile(name="gzip of empty contracts", body=_zipped(_empty_contracts(BODY_LIMIT - 10), 0), headers=GZIP),
    Hostile(name="trailers, 88 MB", path=INSURANCE, body=_ordinary, sent="TRAILERS", trailers=88_000_000),
    Hostile(name="draft, 60 lines × 44 comparisons", path="/v1/drafts", body=_draft, sent="CHECK"),
)
