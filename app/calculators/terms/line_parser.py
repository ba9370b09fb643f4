"""Reading what a table pays and up to which limits: requirements, lines, bands and caps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.calculators.claims.patterns import TABLE_PATTERN
from app.calculators.expressions import nodes as ex
from app.calculators.faults.telling import tell
from app.calculators.quantities.money import round_down
from app.calculators.terms import builtins as nm
from app.calculators.terms.cap_periods import CAP_ACCOUNTS, CAP_PERIODS, USUAL_PERIOD, account
from app.calculators.terms.field_reader import Reader, Refused, no_facts
from app.calculators.terms.model import UNKNOWN, Band, Bands, Cap, Line, Requirement, Unknown

MAX_LINES = 60
MAX_CAPS = 60
WORDINGS = ("CEILING", "EXACT")


def _requirements(raw: Any, r: Reader) -> tuple[Requirement, ...]:
    made = []
    for no, body in enumerate(r.list(raw)):
        with r.at(no):
            body = r.mapping(body, ["that", "code", "clause", "clause_note", "message"])
            with r.within("that"):
                node = r.expression(body.get("that"), ex.BOOLEAN, extra=frozenset({"total"}), interest=True)
                if ex.Name("balance") in ex.walk(node):
                    raise Refused(tell("NO_BALANCE_IN_CONDITIONS"))
            made.append(
                Requirement(
                    that=node,
                    text=str(body["that"]),
                    code=r.key(body, "code", r.code),
                    clause=r.clause_of(body),
                    message=body.get("message"),
                    level=r.level(node),
                    totals=bool(ex.calls(node, "total")) or "interest" in ex.reads(node),
                    of_claim=bool(ex.calls(node, "total")),
                )
            )
    return tuple(made)


def read_require(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    """Read the requirements of the table into ``found``."""
    found["require"] = _requirements(raw, r)


def read_lines(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    """Read the lines into ``found``; the caps, which name them, are read later."""
    lines: list[Line] = []
    bodies = r.list(raw, MAX_LINES)
    r.lines = {str(body.get("id")) for body in bodies if isinstance(body, Mapping)}
    for no, body in enumerate(bodies):
        with r.at(no):
            line = _line(r, body)
            if any(line.id == other.id for other in lines):
                raise Refused(tell("LINE_TWICE", line=line.id), ("id",))
            lines.append(line)
    found["lines"] = tuple(lines)


def _line(r: Reader, raw: Any) -> Line:
    body = r.mapping(raw, ["id", "title", "when", "require", "base", "rate", "amount", "bands", "wording", "clause", "clause_note"])
    wording = r.wording
    if body.get("wording") is not None:
        wording = r.key(body, "wording", r.one_of, WORDINGS)
    if wording is None:
        raise Refused(tell("WORDING_MISSING"))
    when = base = rate = amount = bands = None
    if body.get("when") is not None:
        with r.within("when"):
            when = r.expression(body["when"], ex.BOOLEAN)
    if body.get("base") is not None:
        with r.within("base"):
            base = r.expression(body["base"], ex.MONEY, interest=True)
            if "interest" in ex.reads(base) and not isinstance(base, ex.Name):
                raise Refused(tell("INTEREST_MIXED"))
    if body.get("rate") is not None:
        with r.within("rate"):
            rate = UNKNOWN if body["rate"] == "unknown" else _figure(r, body["rate"], ex.RATE)
    if body.get("amount") is not None:
        with r.within("amount"):
            amount = UNKNOWN if body["amount"] == "unknown" else _figure(r, body["amount"], ex.MONEY, narrowest=nm.ITEM)
    if body.get("bands") is not None:
        with r.within("bands"):
            bands = _bands(r, body["bands"])
    read = frozenset() if base is None else ex.reads(base)
    if (base is None) != (rate is None) or sum(part is not None for part in (rate, amount, bands)) != 1:
        raise Refused(tell("LINE_PAYS_ONE_WAY"))
    per_day = bool(read & {"balance", "interest"})
    if not per_day:
        _once(r, base, rate)
    rate_moves = isinstance(rate, ex.Node) and _moves(r, rate)
    return Line(
        id=r.key(body, "id", r.code),
        title=str(body.get("title") or body.get("id")),
        when=when,
        when_level=nm.APPLICANT if when is None else r.level(when),
        require=r.key(body, "require", _requirements, r),
        base=base,
        rate=rate,
        amount=amount,
        bands=bands,
        wording=wording,  # type: ignore[arg-type]
        clause=r.clause_of(body),
        per_day=per_day,
        shares_interest="interest" in read,
        on_balance=base == ex.Name("balance"),
        rate_moves=rate_moves,
        rate_fixed=isinstance(rate, ex.Node) and not rate_moves and "contract_rate" not in ex.reads(rate),
    )


def _once(r: Reader, base: ex.Node | None, rate: Any) -> None:
    """A line that pays once, not for days, reads nothing of a day or a drawdown."""
    for key, node in (("base", base), ("rate", rate)):
        if isinstance(node, ex.Node) and nm.LEVELS.index(r.level(node)) > nm.LEVELS.index(nm.ITEM):
            raise Refused(tell("ONCE_READS_CHANGING_FACTS"), (key,))


def _moves(r: Reader, rate: ex.Node) -> bool:
    """Whether a rate changes with the day, the balance or the drawdown, not only with the contract rate."""
    of_drawdown = {name for name, one in r.needs.items() if one.of == "DRAWDOWN"}
    moments = [ex.moment(part) for part in ex.walk(rate) if isinstance(part, ex.Call)]
    return bool(ex.reads(rate) & ({"balance", "day", "drawn", "drawn_on"} | of_drawdown)) or any(
        one is not None and one.level in {nm.DRAWDOWN, nm.DAY} for one in moments
    )


def _figure(r: Reader, raw: Any, kind: str, **more: Any) -> ex.Node:
    """What a line pays. A range such as 10%-20% reads as a difference below zero, and would pay nothing (D37)."""
    node = r.expression(raw, kind, **more)
    if not ex.facts_in(node) and ex.evaluate(node, no_facts) < 0:
        raise Refused(tell("BELOW_ZERO", given=raw))
    return node


def _bands(r: Reader, raw: Any) -> Bands:
    body = r.mapping(raw, ["of", "after", "pay"])
    with r.within("of"):
        node, kinds = r.parsed(body.get("of"))
        if len(kinds & {ex.COUNT, ex.MONEY, ex.QUANTITY}) != 1:  # a bare figure could be any of them
            raise Refused(tell("BANDS_OF"))
        (wanted,) = kinds & {ex.COUNT, ex.MONEY, ex.QUANTITY}
        if ex.reads(node) & {"balance", "interest"}:
            raise Refused(tell("BANDS_OF_BALANCE"))
        of = r.expression(body["of"], wanted, narrowest=nm.ITEM)
    after = None
    if body.get("after") is not None:
        with r.within("after"):
            after = r.expression(body["after"], wanted, narrowest=nm.ITEM)
    pay: list[Band] = []
    parts = r.list(body.get("pay"))
    for no, part in enumerate(parts):
        with r.within("pay"), r.within(str(no)):
            pay.append(_band(r, part, wanted, pay[-1] if pay else None, last=no == len(parts) - 1))
    if not pay:
        raise Refused(tell("NO_BANDS"))
    return Bands(of=of, after=after, pay=tuple(pay))


def _band(r: Reader, raw: Any, of: str, before: Band | None, *, last: bool) -> Band:
    body = r.mapping(raw, ["up_to", "amount", "rate"])
    up_to = amount = rate = None
    if body.get("up_to") is not None:
        with r.within("up_to"):
            up_to = r.figure(body["up_to"], of)
            least = 0 if before is None else before.up_to
            if least is None or up_to <= least:
                raise Refused(tell("UP_TO_TOO_LOW", than=tell("ZERO") if before is None else tell("BAND_BEFORE")))
    elif not last:
        raise Refused(tell("ONLY_LAST_BAND_OPEN"))
    if body.get("amount") is not None:
        with r.within("amount"):
            amount = _figure(r, body["amount"], ex.MONEY, narrowest=nm.ITEM)
    if body.get("rate") is not None:
        with r.within("rate"):
            rate = _figure(r, body["rate"], ex.RATE, narrowest=nm.ITEM)
    if (amount is None) == (rate is None) or (rate is not None) != (of == ex.MONEY):
        raise Refused(tell("BANDS_PAY"))
    return Band(up_to=up_to, amount=amount, rate=rate)


def read_caps(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    """Read the caps into ``found``."""
    caps: list[Cap] = []
    for no, body in enumerate(r.list(raw, MAX_CAPS)):
        with r.at(no):
            caps.append(_cap(r, no, body))
    found["caps"] = tuple(caps)


def _cap(r: Reader, no: int, raw: Any) -> Cap:
    body = r.mapping(raw, ["bounds", "room", "per", "period", "limit", "lines", "when", "pool", "clause", "clause_note"])
    bounds = r.key(body, "bounds", r.one_of, ("AMOUNT", "BALANCE"), "AMOUNT")
    with r.within("per"):
        per_unknown = body.get("per") == "unknown"
        per = () if per_unknown else tuple(r.text(part, tell("A_NAME")) for part in r.list(body.get("per")))
        for part in per:
            _known_per(r, part)
    named = None
    if body.get("lines") is not None:
        with r.within("lines"):
            named = frozenset(r.code(one) for one in r.list(body["lines"]))
            if not named or not named <= r.lines:
                raise Refused(tell("NO_SUCH_LINES", lines=" ".join(sorted(named - r.lines)) or tell("NOTHING")))
    when = None
    if body.get("when") is not None:
        with r.within("when"):
            earned = frozenset({"earned"}) if bounds == "AMOUNT" else frozenset()
            when = r.expression(body["when"], ex.BOOLEAN, extra=earned, narrowest=nm.DRAWDOWN)
            for line in ex.named(when, "LINE"):
                if line not in r.lines:
                    raise Refused(tell("EARNED_NO_LINE", line=line))
    limit: ex.Node | Unknown = UNKNOWN
    if body.get("limit") != "unknown":
        with r.within("limit"):
            limit = r.expression(body.get("limit"), ex.MONEY, narrowest=nm.DRAWDOWN, interest=bounds == "AMOUNT")
    pool = body.get("pool")
    with r.within("pool"):
        if isinstance(pool, list):
            pool = tuple(table_id(r, one) for one in pool)
        elif pool is not None:
            pool = r.one_of(pool, ("FUND",))
    return Cap(
        no=no,
        bounds=bounds,  # type: ignore[arg-type]
        room=r.key(body, "room", r.one_of, ("DAILY", "CUMULATIVE"), "DAILY"),  # type: ignore[arg-type]
        per=per,
        period=r.key(body, "period", r.one_of, tuple(CAP_PERIODS), USUAL_PERIOD),  # type: ignore[arg-type]
        limit=limit,
        lines=named,
        when=when,
        pool=pool,  # type: ignore[arg-type]
        clause=r.clause_of(body),
        per_unknown=per_unknown,
        limit_fen=_fen_of(limit),
    )


def _known_per(r: Reader, part: str) -> None:
    if r.type_of(part) == ex.CODE:
        return
    row = account(part)
    if row is None:
        raise Refused(tell("UNKNOWN_ACCOUNT", given=part, words=" ".join(CAP_ACCOUNTS)))
    if r.facts is not None and r.facts not in row.facts:
        raise Refused(tell("ONLY_FOR_FACTS", what=part, facts=" ".join(row.facts)))


def table_id(r: Reader, raw: Any) -> str:
    """The id of a rate table."""
    text = r.text(raw)
    if not re.fullmatch(TABLE_PATTERN, text):
        raise Refused(tell("NO_TABLE_ID", given=text))
    return text


def _fen_of(limit: ex.Node | Unknown) -> int | None:
    """A limit that is a figure of the notice and reads nothing, in fen."""
    if not isinstance(limit, ex.Node) or ex.facts_in(limit):
        return None
    return max(0, round_down(Fraction(ex.evaluate(limit, no_facts)) * 100))
