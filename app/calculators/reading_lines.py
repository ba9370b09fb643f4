"""Reading what a table pays and up to which limits: requirements, lines, bands and caps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from app.calculators import expressions as ex
from app.calculators import names as nm
from app.calculators.grammar import parse
from app.calculators.inference import infer
from app.calculators.money import round_down
from app.calculators.reader import Reader, Refused, no_facts
from app.calculators.terms import UNKNOWN, Band, Bands, Cap, Line, Requirement, Unknown

MAX_LINES = 60
MAX_CAPS = 60


def _requirements(r: Reader, raw: Any) -> tuple[Requirement, ...]:
    made = []
    for no, body in enumerate(r.list(raw)):
        with r.at("require", no):
            body = r.mapping(body, ["that", "code", "clause", "message"])
            node = r.expression(body.get("that"), ex.BOOLEAN, extra=frozenset({"total"}))
            if any(isinstance(part, ex.Name) and part.name == "balance" for part in ex.walk(node)):
                raise Refused("条件不能读每日余额")
            made.append(
                Requirement(
                    that=node,
                    text=str(body["that"]),
                    code=r.code(body.get("code")),
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
    del r.place[-1]  # _requirements names the place itself
    try:
        found["require"] = _requirements(r, raw)
    finally:
        r.place.append("require")


def read_lines(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    """Read the lines into ``found``; the caps, which name them, are read later."""
    lines: list[Line] = []
    for no, body in enumerate(r.list(raw, MAX_LINES)):
        with r.at(no):
            line = _line(r, body)
            if any(line.id == other.id for other in lines):
                raise Refused(f"行 {line.id} 重复")
            lines.append(line)
    found["lines"] = tuple(lines)


def _line(r: Reader, raw: Any) -> Line:
    body = r.mapping(raw, ["id", "title", "when", "require", "base", "rate", "amount", "bands", "wording", "clause"])
    wording = body.get("wording") or r.wording
    if wording is None:
        raise Refused("须写明 wording: CEILING（不超过）或 EXACT（按照）")
    when = None if body.get("when") is None else r.expression(body["when"], ex.BOOLEAN)
    base = rate = amount = None
    if body.get("base") is not None:
        base = r.expression(body["base"], ex.MONEY)
        if "interest" in ex.reads(base) and not isinstance(base, ex.Name):
            raise Refused("base: interest 不与其他项混合，份额写在 rate")
    if body.get("rate") is not None:
        rate = UNKNOWN if body["rate"] == "unknown" else _figure(r, body["rate"], ex.RATE)
    if body.get("amount") is not None:
        amount = UNKNOWN if body["amount"] == "unknown" else _figure(r, body["amount"], ex.MONEY, narrowest=nm.ITEM)
    read = frozenset() if base is None else ex.reads(base)
    moving = {"balance", "day", "drawn", "drawn_on"}
    rate_moves = isinstance(rate, ex.Node) and (
        bool(ex.reads(rate) & (moving | {name for name, one in r.needs.items() if one.of == "DRAWDOWN"}))
        or any(call.key[2] in {"DAY", "EACH_DRAWDOWN"} for call in ex.calls(rate, "reference"))
        or any(call.key[2] == "ON_DAY" for call in ex.calls(rate, "status"))
    )
    bands = None if body.get("bands") is None else _bands(r, body["bands"])
    if (base is None) != (rate is None) or sum(part is not None for part in (rate, amount, bands)) != 1:
        raise Refused("每行恰为 base 与 rate，或 amount，或 bands")
    return Line(
        id=r.code(body.get("id")),
        title=str(body.get("title") or body.get("id")),
        when=when,
        when_level=nm.APPLICANT if when is None else r.level(when),
        require=_requirements(r, body.get("require")),
        base=base,
        rate=rate,
        amount=amount,
        bands=bands,
        wording=r.one_of(wording, ("CEILING", "EXACT")),  # type: ignore[arg-type]
        clause=r.clause_of(body),
        per_day=bool(read & {"balance", "interest"}),
        shares_interest="interest" in read,
        on_balance=base == ex.Name("balance"),
        rate_moves=rate_moves,
        rate_fixed=isinstance(rate, ex.Node) and not rate_moves and "contract_rate" not in ex.reads(rate),
    )


def _figure(r: Reader, raw: Any, kind: str, **more: Any) -> ex.Node:
    """What a line pays. A range such as 10%-20% reads as a difference below zero, and would pay nothing (D37)."""
    node = r.expression(raw, kind, **more)
    if not any(isinstance(part, ex.Name | ex.Call) for part in ex.walk(node)) and ex.evaluate(node, no_facts) < 0:
        raise Refused(f"小于零: {raw}；只公布了区间的，写 unknown")
    return node


def _bands(r: Reader, raw: Any) -> Bands:
    body = r.mapping(raw, ["of", "after", "pay"])
    kinds = infer(parse(r.text(body.get("of"), "名称")), r.types) & {ex.COUNT, ex.MONEY, ex.QUANTITY}
    if len(kinds) != 1:  # a bare figure could be any of them
        raise Refused("bands.of 应为次数、数量或金额")
    (wanted,) = kinds
    of = r.expression(body["of"], wanted, narrowest=nm.ITEM)
    after = None if body.get("after") is None else r.expression(body["after"], wanted, narrowest=nm.ITEM)
    pay: list[Band] = []
    for no, part in enumerate(r.list(body.get("pay"))):
        part = r.mapping(part, ["up_to", "amount", "rate"])
        up_to = None
        if part.get("up_to") is not None:
            up_to = ex.evaluate(r.expression(part["up_to"], wanted, narrowest=nm.APPLICANT), no_facts)
            if pay and (pay[-1].up_to is None or up_to <= pay[-1].up_to):
                raise Refused(f"第 {no + 1} 段的 up_to 应大于前一段")
        elif no != len(r.list(body.get("pay"))) - 1:
            raise Refused("只有最后一段可以没有 up_to")
        amount = None if part.get("amount") is None else _figure(r, part["amount"], ex.MONEY, narrowest=nm.ITEM)
        rate = None if part.get("rate") is None else _figure(r, part["rate"], ex.RATE, narrowest=nm.ITEM)
        if (amount is None) == (rate is None) or (rate is not None) != (wanted == ex.MONEY):
            raise Refused("次数与数量的段写 amount（每一单位），金额的段写 rate")
        pay.append(Band(up_to=up_to, amount=amount, rate=rate))
    if not pay:
        raise Refused("bands.pay 至少一段")
    return Bands(of=of, after=after, pay=tuple(pay))


def read_caps(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    """Read the caps into ``found``."""
    caps: list[Cap] = []
    lines = {line.id for line in found.get("lines", ())}
    for no, body in enumerate(r.list(raw, MAX_CAPS)):
        with r.at(no):
            caps.append(_cap(r, no, body, lines))
    found["caps"] = tuple(caps)


def _cap(r: Reader, no: int, raw: Any, lines: set[str]) -> Cap:
    body = r.mapping(raw, ["bounds", "room", "per", "period", "limit", "lines", "when", "pool", "clause"])
    per = tuple(r.text(part, "名称") for part in r.list(body.get("per")))
    for part in per:
        declared = r.types.get(part) == ex.CODE
        known = part in nm.CAP_PER and (r.facts is None or r.facts in nm.PER_FACTS[part])
        if not declared and not known:
            raise Refused(f"per 不认识 {part}；可用: {' '.join(nm.CAP_PER)} 或已声明的 CODE 事实")
    named = None if body.get("lines") is None else frozenset(r.code(one) for one in r.list(body["lines"]))
    if named is not None and (not named or not named <= lines):
        raise Refused(f"没有这样的行: {' '.join(sorted(named - lines)) or '（空）'}")
    bounds = r.one_of(body.get("bounds"), ("AMOUNT", "BALANCE"), "AMOUNT")
    by_drawdown = bounds == "BALANCE" or any(part == "DRAWDOWN" or r.levels.get(part) == nm.DRAWDOWN for part in per)
    narrowest = nm.DRAWDOWN if by_drawdown else nm.ITEM
    when = None
    if body.get("when") is not None:
        paid = frozenset({"earned"} if bounds == "AMOUNT" else ())  # balances are bounded before anything is earned
        when = r.expression(body["when"], ex.BOOLEAN, extra=paid, narrowest=narrowest)
        for call in ex.calls(when, "earned"):
            if call.key[1] not in lines:
                raise Refused(f"earned 的行不存在: {call.key[1]}")
    limit: ex.Node | Unknown = UNKNOWN
    if body.get("limit") != "unknown":
        limit = r.expression(body.get("limit"), ex.MONEY, narrowest=narrowest)
    pool = body.get("pool")
    if isinstance(pool, list):
        pool = tuple(r.text(one) for one in pool)
    elif pool is not None:
        pool = r.one_of(pool, ("FUND",))
    return Cap(
        no=no,
        bounds=bounds,  # type: ignore[arg-type]
        room=r.one_of(body.get("room"), ("DAILY", "CUMULATIVE"), "DAILY"),  # type: ignore[arg-type]
        per=per,
        period=r.one_of(body.get("period"), nm.PERIODS, "BATCH"),
        limit=limit,
        lines=named,
        when=when,
        pool=pool,  # type: ignore[arg-type]
        clause=r.clause_of(body),
        limit_fen=_fen_of(limit),
    )


def _fen_of(limit: ex.Node | Unknown) -> int | None:
    """A limit that is a figure of the notice and reads nothing, in fen."""
    if not isinstance(limit, ex.Node) or any(isinstance(part, (ex.Name, ex.Call)) for part in ex.walk(limit)):
        return None
    return max(0, round_down(Fraction(ex.evaluate(limit, no_facts)) * 100))
