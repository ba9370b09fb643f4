"""From the text of a data file to ``Terms``: every word is known, every expression typed, or it is refused.

All faults of a table are collected, each with its place, so that the person who types a notice in
corrects them in one go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from app.calculators import expressions as ex
from app.calculators import names as nm
from app.calculators.days import BASIS
from app.calculators.money import round_down
from app.calculators.terms import (
    APPLICATION_DATE,
    UNKNOWN,
    Admit,
    Band,
    Bands,
    Cap,
    Currency,
    Line,
    Measure,
    NotDecided,
    Requirement,
    Rounding,
    Share,
    Stacking,
    Term,
    Terms,
    TermsError,
    TermsFault,
    Unknown,
    Watch,
    Window,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = [
    "facts",
    "applicant",
    "wording",
    "choose",
    "day_count",
    "currencies",
    "exclude_periods",
    "pay_first",
    "needs",
    "windows",
    "term",
    "require",
    "lines",
    "caps",
    "rounding",
    "admit",
    "stacking",
    "payout",
    "other_funding",
    "not_decided",
    "clause",
]
OVERLAY_WORDS = ["needs", "require", "caps", "stacking", "term", "not_decided", "clause", "wording"]
WINDOW_KINDS = ("interest", "event", "application", "contract", "investment", "completion")
WINDOW_OF = {"contract": "signed_on", "completion": "completed_on", "investment": "paid_on"}
EVENT_OF = {"POLICIES": "launched_on", "ITEMS": "occurred_on", "CONTRACTS": "signed_on", "PROJECTS": "completed_on"}
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_UNIT = re.compile(r"(0|[1-9][0-9]*)?(万)?元|分")
MAX_LINES = 60
MAX_CAPS = 60


class _Refused(Exception):
    """One value that cannot be read; recorded at its place, reading goes on with the next."""


class _Reader:
    """Reads one table: keeps the place and collects faults."""

    def __init__(self, place: str) -> None:
        self.place = [place] if place else []
        self.faults: list[TermsFault] = []
        self.facts: str | None = None
        self.needs: dict[str, Measure] = {}
        self.types: dict[str, str] = {}
        self.levels: dict[str, str] = {}
        self.reads: set[str] = set()
        self.clause: str | None = None
        self.wording: str | None = None

    def fault(self, message: str) -> None:
        self.faults.append(TermsFault("/".join(self.place), message))

    @contextmanager
    def at(self, *place: object) -> Iterator[None]:
        """Inside, faults are recorded at this place, and a refused value ends only this block."""
        self.place.extend(str(part) for part in place)
        depth = len(place)
        try:
            yield
        except (_Refused, ex.ExpressionError) as refused:
            self.fault(str(refused))
        finally:
            del self.place[len(self.place) - depth :]

    # --- plain values

    def mapping(self, raw: Any, allowed: list[str] | None = None) -> Mapping[str, Any]:
        if not isinstance(raw, Mapping):
            raise _Refused("此处应为一组 键: 值")
        if allowed is not None:
            for key in raw:
                if key not in allowed:
                    self.fault(f"不认识的词 {key!r}；可用: {' '.join(allowed)}")
        return raw

    def list(self, raw: Any, most: int = 200) -> list[Any]:
        if raw is None:
            return []
        if not isinstance(raw, list | tuple):
            raise _Refused("此处应为列表")
        if len(raw) > most:
            raise _Refused(f"至多 {most} 项")
        return list(raw)

    def text(self, raw: Any, what: str = "文字") -> str:
        if not isinstance(raw, str) or not raw.strip():
            raise _Refused(f"此处应为{what}")
        return raw.strip()

    def one_of(self, raw: Any, allowed: tuple[str, ...], default: str | None = None) -> str:
        if raw is None and default is not None:
            return default
        if raw not in allowed:
            raise _Refused(f"{raw!r} 不在可用的词中: {' '.join(allowed)}")
        return str(raw)

    def day(self, raw: Any) -> date:
        text = self.text(raw, "日期")
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise _Refused(f"不是日期: {text}（应为 YYYY-MM-DD）")
        try:
            return date.fromisoformat(text)
        except ValueError as wrong:
            raise _Refused(f"没有这一天: {text}") from wrong

    def whole(self, raw: Any, least: int, most: int) -> int:
        text = raw if isinstance(raw, str) else ""
        if not re.fullmatch(r"[0-9]{1,6}", text) or not least <= int(text) <= most:
            raise _Refused(f"此处应为 {least} 至 {most} 的整数")
        return int(text)

    def flag(self, raw: Any, default: bool = False) -> bool:
        if raw is None:
            return default
        if raw not in {"true", "false"}:
            raise _Refused("此处应为 true 或 false")
        return bool(raw == "true")

    def clause_of(self, raw: Mapping[str, Any]) -> str:
        clause = raw.get("clause") or self.clause
        if not clause:
            raise _Refused("缺少条款原文 clause")
        return self.text(clause, "条款原文")

    def code(self, raw: Any) -> str:
        text = self.text(raw, "代码")
        if not _CODE.fullmatch(text):
            raise _Refused(f"代码应为大写字母、数字和下划线: {text}")
        return text

    # --- expressions

    def expression(self, raw: Any, wanted: str, *, extra: frozenset[str] = frozenset(), narrowest: str = nm.DAY) -> ex.Node:
        node = ex.parse(self.text(raw, "表达式"))
        types = ex.infer(node, self.types)
        if wanted not in types:
            raise _Refused(f"应得 {wanted}，而表达式是 {'/'.join(sorted(types))}")
        allowed = {"months_after", "reference", "status", "dishonest_since", "total"} | extra
        for part in ex.walk(node):
            if isinstance(part, ex.Call) and part.fn not in allowed:
                raise _Refused(f"此处不能用 {part.fn}")
        level = self.level(node)
        if nm.LEVELS.index(level) > nm.LEVELS.index(narrowest):
            raise _Refused("此处不能读随日或随放款变化的事实")
        self.reads |= ex.reads(node)
        return node

    def level(self, node: ex.Node) -> str:
        """The narrowest level that the expression reads; ``total`` speaks of the whole claim."""
        level = 0
        for part in ex.walk(node):
            own = nm.APPLICANT
            if isinstance(part, ex.Name):
                own = self.levels[part.name]
            elif isinstance(part, ex.Call) and part.fn == "status":
                own = {"AT_FIRST_DRAWDOWN": nm.ITEM, "ON_DAY": nm.DAY}.get(part.key[2], nm.APPLICANT)
            elif isinstance(part, ex.Call) and part.fn == "reference":
                own = {"DAY": nm.DAY, "EACH_DRAWDOWN": nm.DRAWDOWN, "SIGNED_ON": nm.ITEM, "FIRST_DRAWDOWN": nm.ITEM}.get(
                    part.key[2], nm.APPLICANT
                )
            level = max(level, nm.LEVELS.index(own))
        return nm.LEVELS[level]

    def declare(self) -> None:
        """Types and levels of all names, once facts and needs are known."""
        built_in = nm.BUILT_IN[self.facts] if self.facts else nm.BUILT_IN["ITEMS"]
        for name, fact in built_in.items():
            if self.facts or fact.level == nm.APPLICANT:
                self.types[name] = fact.type
                self.levels[name] = fact.level
        for name, measure in self.needs.items():
            self.types[name] = measure.type
            self.levels[name] = nm.LEVEL_OF[measure.of]


def parse_terms(raw: Mapping[str, Any], place: str = "", *, overlay: bool = False) -> Terms:
    """The terms that ``raw`` (every scalar a text) says. Errors: TermsError with all faults."""
    reader = _Reader(place)
    found: dict[str, Any] = {"facts": None}
    with reader.at():
        raw = reader.mapping(raw, OVERLAY_WORDS if overlay else WORDS)
        if not overlay:
            with reader.at("facts"):
                reader.facts = found["facts"] = reader.one_of(raw.get("facts"), tuple(nm.BUILT_IN))
            if reader.facts is None:
                raise TermsError(reader.faults)
        reader.clause = raw.get("clause")
        with reader.at("wording"):
            wording = raw.get("wording")
            reader.wording = reader.one_of(wording, ("CEILING", "EXACT")) if wording is not None else None
        with reader.at("needs"):
            found["needs"] = _needs(reader, raw.get("needs"))
        reader.declare()
        for word, read in _READ.items():
            if raw.get(word) is not None:
                with reader.at(word):
                    read(reader, raw[word], found)
        if overlay:
            found["caps"] = tuple(_replace_overlay(cap) for cap in found.get("caps", ()))
        elif not found.get("lines"):
            reader.fault("lines 至少一行")
    if reader.faults:
        raise TermsError(reader.faults)
    found["watch"] = _watch(found)
    found["codes"] = _codes(found)
    return Terms(**found, reads=frozenset(reader.reads), types=dict(reader.types))


def _codes(found: dict[str, Any]) -> dict[str, frozenset[str]]:
    """The codes with which the conditions of the lines compare each fact."""
    nodes = [line.when for line in found.get("lines", ()) if line.when is not None]
    nodes += [one.that for line in found.get("lines", ()) for one in line.require]
    nodes += [one.that for one in found.get("require", ())]
    codes: dict[str, set[str]] = {}
    for part in (part for node in nodes for part in ex.walk(node)):
        if isinstance(part, ex.Member) and isinstance(part.item, ex.Name) and isinstance(part.among, tuple):
            codes.setdefault(part.item.name, set()).update(part.among)
        if isinstance(part, ex.Compare) and isinstance(part.left, ex.Name) and isinstance(part.right, ex.Code):
            codes.setdefault(part.left.name, set()).add(part.right.value)
    return {name: frozenset(found) for name, found in codes.items()}


def _watch(found: dict[str, Any]) -> Watch:
    """Collect what can change within a loan's life, so that a calculation need not look for it again."""
    lines: tuple[Line, ...] = found.get("lines", ())
    conditions = [line.when for line in lines] + [one.that for line in lines for one in line.require]
    conditions += [one.that for one in found.get("require", ()) if one.level in {nm.DRAWDOWN, nm.DAY}]
    nodes = [node for line in lines for node in (line.rate, line.base)] + conditions
    parts = [part for node in nodes if node is not None and not isinstance(node, Unknown) for part in ex.walk(node)]
    called = [part for part in parts if isinstance(part, ex.Call)]
    days: set[int] = set()
    for part in parts:
        if isinstance(part, ex.Compare):
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if one == ex.Name("day") and isinstance(other, ex.Day):
                    days |= {other.value.toordinal(), other.value.toordinal() + 1}
    by_day = [line.when_level for line in lines] + [one.level for line in lines for one in line.require]
    by_day += [one.level for one in found.get("require", ())]
    return Watch(
        series=frozenset(call.key[1] for call in called if call.fn == "reference" and call.key[2] == "DAY"),
        statuses=any(call.fn == "status" and call.key[2] == "ON_DAY" for call in called),
        days=frozenset(days),
        lines_by_day=nm.DAY in by_day,
    )


def _replace_overlay(cap: Cap) -> Cap:
    from dataclasses import replace

    return replace(cap, overlay=True, pool=cap.pool or "FUND")


def _needs(r: _Reader, raw: Any) -> dict[str, Measure]:
    for name, body in (r.mapping(raw) if raw is not None else {}).items():
        with r.at(name):
            if not _NAME.fullmatch(name):
                raise _Refused("名称应为小写字母、数字和下划线")
            body = r.mapping(body, ["of", "type", "title", "unit", "decimals", "values", "clause"])
            of = r.one_of(body.get("of"), nm.MEASURE_OF[r.facts] if r.facts else ("APPLICANT",))
            kind = r.one_of(body.get("type"), ("MONEY", "RATE", "QUANTITY", "COUNT", "DATE", "BOOLEAN", "CODE"))
            built_in = nm.BUILT_IN[r.facts].get(name) if r.facts else None
            if built_in is not None and (name != "category" or kind != "CODE"):
                raise _Refused("与既有名称相同")
            values = body.get("values")
            if values is not None and not isinstance(values, Mapping):
                values = {r.code(value): str(value) for value in r.list(values)}
            if kind == "QUANTITY" and not body.get("unit"):
                raise _Refused("QUANTITY 须有 unit")
            r.needs[name] = Measure(
                name=name,
                of=of,
                type=kind,
                title=str(body.get("title") or name),
                unit=body.get("unit"),
                decimals=None if body.get("decimals") is None else r.whole(body["decimals"], 0, 8),
                values=None if values is None else {r.code(code): str(title) for code, title in values.items()},
                clause=body.get("clause"),
            )
    return r.needs


def _simple(word: str, *allowed: str) -> Any:
    def read(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
        found[word] = r.one_of(raw, allowed)

    return read


def _day_count(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    if isinstance(raw, Mapping):
        body = r.mapping(raw, ["is", "assumed"])
        found["day_count"] = r.one_of(body.get("is"), tuple(BASIS))
        found["day_count_assumed"] = r.text(body.get("assumed"), "说明")
    else:
        found["day_count"] = r.one_of(raw, tuple(BASIS))


def _currencies(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    admitted = []
    for no, body in enumerate(r.list(raw)):
        with r.at(no):
            if body == "CNY":
                continue
            body = r.mapping(body, ["currency", "series", "on"])
            when = r.text(body.get("on"), "换算日")
            admitted.append(
                Currency(
                    code=r.code(body.get("currency")),
                    series=r.code(body.get("series")),
                    on=when if when in {"APPLICATION_DATE", "SIGNED_ON", "FIRST_DRAWDOWN"} else r.day(when),
                )
            )
    found["currencies"] = tuple(admitted)


def _exclude(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    found["exclude_periods"] = frozenset(r.one_of(reason, ("OVERDUE", "EXTENSION", "OTHER")) for reason in r.list(raw))


def _pay_first(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    found["pay_first"] = r.flag(raw)


def _windows(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    windows = {}
    for kind, body in r.mapping(raw, list(WINDOW_KINDS)).items():
        if kind not in WINDOW_KINDS:
            continue
        with r.at(kind):
            body = r.mapping(body, ["of", "first_day", "last_day", "tests", "clause"])
            of = body.get("of") or WINDOW_OF.get(kind) or (EVENT_OF.get(str(r.facts)) if kind == "event" else None)
            if of is not None and kind != "investment" and r.types.get(of) != "DATE":
                raise _Refused(f"{of} 不是日期")
            window = Window(
                kind=kind,
                of=of,
                first_day=_bound(r, body.get("first_day"), "first_day"),  # type: ignore[arg-type]
                last_day=_bound(r, body.get("last_day"), "last_day"),
                tests=r.one_of(body.get("tests"), ("PERIOD", "PAID_ON"), "PERIOD"),
                clause=body.get("clause") or r.clause,
            )
            first, last = window.first_day, window.last_day
            if isinstance(first, date) and isinstance(last, date):
                end = last.date() if isinstance(last, datetime) else last
                if end < first:
                    raise _Refused("last_day 早于 first_day")
            if of is not None:
                r.reads.add(of)
            windows[kind] = window
    found["windows"] = windows


def _bound(r: _Reader, raw: Any, which: str) -> date | datetime | str | Unknown | None:
    if raw is None:
        return None
    if raw == "unknown":
        return UNKNOWN
    if raw == APPLICATION_DATE and which == "last_day":
        return APPLICATION_DATE
    if which == "last_day" and isinstance(raw, str) and re.fullmatch(r"[0-9-]{10}T[0-9:]{5,8}", raw):
        return datetime.fromisoformat(raw)
    return r.day(raw)


def _term(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    body = r.mapping(raw, ["months", "from", "end", "clause"])
    start = r.text(body.get("from"), "起点")
    starts = ("SIGNED_ON", "FIRST_DRAWDOWN", "EACH_DRAWDOWN", "FIRST_COUNTED_DAY")
    if start not in starts and r.facts is not None and r.types.get(start) != "DATE":
        raise _Refused(f"{start} 不是起点；可用: {' '.join(starts)} 或日期事实")
    if start not in starts:
        r.reads.add(start)
    months = None if body.get("months") is None else r.whole(body["months"], 1, 600)
    year_end = body.get("end") is not None and r.one_of(body["end"], ("YEAR_END",)) == "YEAR_END"
    if months is None and not year_end:
        raise _Refused("term 须有 months 或 end: YEAR_END")
    found["term"] = Term(months=months, start=start, year_end=year_end, clause=body.get("clause") or r.clause)


def _requirements(r: _Reader, raw: Any) -> tuple[Requirement, ...]:
    made = []
    for no, body in enumerate(r.list(raw)):
        with r.at("require", no):
            body = r.mapping(body, ["that", "code", "clause", "message"])
            node = r.expression(body.get("that"), ex.BOOLEAN)
            if any(isinstance(part, ex.Name) and part.name == "balance" for part in ex.walk(node)):
                raise _Refused("条件不能读每日余额")
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


def _require(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    del r.place[-1]  # _requirements names the place itself
    try:
        found["require"] = _requirements(r, raw)
    finally:
        r.place.append("require")


def _lines(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    lines: list[Line] = []
    for no, body in enumerate(r.list(raw, MAX_LINES)):
        with r.at(no):
            line = _line(r, body)
            if any(line.id == other.id for other in lines):
                raise _Refused(f"行 {line.id} 重复")
            lines.append(line)
    found["lines"] = tuple(lines)


def _line(r: _Reader, raw: Any) -> Line:
    body = r.mapping(raw, ["id", "title", "when", "require", "base", "rate", "amount", "bands", "wording", "clause"])
    wording = body.get("wording") or r.wording
    if wording is None:
        raise _Refused("须写明 wording: CEILING（不超过）或 EXACT（按照）")
    when = None if body.get("when") is None else r.expression(body["when"], ex.BOOLEAN)
    base = rate = amount = None
    if body.get("base") is not None:
        base = r.expression(body["base"], ex.MONEY)
        if "interest" in ex.reads(base) and not isinstance(base, ex.Name):
            raise _Refused("base: interest 不与其他项混合，份额写在 rate")
    if body.get("rate") is not None:
        rate = UNKNOWN if body["rate"] == "unknown" else r.expression(body["rate"], ex.RATE)
    if body.get("amount") is not None:
        amount = UNKNOWN if body["amount"] == "unknown" else r.expression(body["amount"], ex.MONEY, narrowest=nm.ITEM)
    read = frozenset() if base is None else ex.reads(base)
    moving = {"balance", "day", "drawn", "drawn_on"}
    rate_moves = isinstance(rate, ex.Node) and (
        bool(ex.reads(rate) & (moving | {name for name, one in r.needs.items() if one.of == "DRAWDOWN"}))
        or any(call.key[2] in {"DAY", "EACH_DRAWDOWN"} for call in ex.calls(rate, "reference"))
        or any(call.key[2] == "ON_DAY" for call in ex.calls(rate, "status"))
    )
    bands = None if body.get("bands") is None else _bands(r, body["bands"])
    if (base is None) != (rate is None) or sum(part is not None for part in (rate, amount, bands)) != 1:
        raise _Refused("每行恰为 base 与 rate，或 amount，或 bands")
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


def _bands(r: _Reader, raw: Any) -> Bands:
    body = r.mapping(raw, ["of", "after", "pay"])
    of = ex.parse(r.text(body.get("of"), "名称"))
    kinds = ex.infer(of, r.types)
    r.reads |= ex.reads(of)
    wanted = next(iter(kinds & {ex.COUNT, ex.MONEY, ex.QUANTITY}), None)
    if wanted is None:
        raise _Refused("bands.of 应为次数、数量或金额")
    after = None if body.get("after") is None else r.expression(body["after"], wanted, narrowest=nm.ITEM)
    pay: list[Band] = []
    for no, part in enumerate(r.list(body.get("pay"))):
        part = r.mapping(part, ["up_to", "amount", "rate"])
        up_to = None
        if part.get("up_to") is not None:
            up_to = ex.evaluate(ex.parse(r.text(part["up_to"])), _no_facts)
            if pay and (pay[-1].up_to is None or up_to <= pay[-1].up_to):
                raise _Refused(f"第 {no + 1} 段的 up_to 应大于前一段")
        elif no != len(r.list(body.get("pay"))) - 1:
            raise _Refused("只有最后一段可以没有 up_to")
        amount = None if part.get("amount") is None else r.expression(part["amount"], ex.MONEY, narrowest=nm.ITEM)
        rate = None if part.get("rate") is None else r.expression(part["rate"], ex.RATE, narrowest=nm.ITEM)
        if (amount is None) == (rate is None) or (rate is not None) != (wanted == ex.MONEY):
            raise _Refused("次数与数量的段写 amount（每一单位），金额的段写 rate")
        pay.append(Band(up_to=up_to, amount=amount, rate=rate))
    if not pay:
        raise _Refused("bands.pay 至少一段")
    return Bands(of=of, after=after, pay=tuple(pay))


def _no_facts(key: str | tuple[str, ...]) -> Any:
    raise _Refused(f"此处应为数字，而不是 {key}")


def _caps(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    caps: list[Cap] = []
    lines = {line.id for line in found.get("lines", ())}
    for no, body in enumerate(r.list(raw, MAX_CAPS)):
        with r.at(no):
            caps.append(_cap(r, no, body, lines))
    found["caps"] = tuple(caps)


def _cap(r: _Reader, no: int, raw: Any, lines: set[str]) -> Cap:
    body = r.mapping(raw, ["bounds", "room", "per", "period", "limit", "lines", "when", "pool", "clause"])
    per = tuple(r.text(part, "名称") for part in r.list(body.get("per")))
    for part in per:
        declared = r.types.get(part) == ex.CODE
        known = part in nm.CAP_PER and (r.facts is None or r.facts in nm.PER_FACTS[part])
        if not declared and not known:
            raise _Refused(f"per 不认识 {part}；可用: {' '.join(nm.CAP_PER)} 或已声明的 CODE 事实")
    named = None if body.get("lines") is None else frozenset(r.code(one) for one in r.list(body["lines"]))
    if named is not None and (not named or not named <= lines):
        raise _Refused(f"没有这样的行: {' '.join(sorted(named - lines)) or '（空）'}")
    bounds = r.one_of(body.get("bounds"), ("AMOUNT", "BALANCE"), "AMOUNT")
    when = None
    if body.get("when") is not None:
        when = r.expression(body["when"], ex.BOOLEAN, extra=frozenset({"earned"}), narrowest=nm.DRAWDOWN)
        for call in ex.calls(when, "earned"):
            if call.key[1] not in lines:
                raise _Refused(f"earned 的行不存在: {call.key[1]}")
    limit: ex.Node | Unknown = UNKNOWN
    if body.get("limit") != "unknown":
        limit = r.expression(body.get("limit"), ex.MONEY, narrowest=nm.DRAWDOWN)
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
    return max(0, round_down(Fraction(ex.evaluate(limit, _no_facts)) * 100))


def _rounding(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    body = r.mapping(raw, ["unit", "mode", "scope"])
    unit = 1
    if body.get("unit") is not None:
        text = r.text(body["unit"], "单位").replace(" ", "")
        if text == "分":
            unit = 1
        elif _UNIT.fullmatch(text):
            unit = int(re.sub(r"[万元]", "", text) or "1") * (10**4 if "万" in text else 1) * 100
        else:
            raise _Refused(f"不认识的单位 {text}；例: 分、元、100元、1万元")
        if unit == 0:
            raise _Refused("单位不能为零")
    mode = body.get("mode")
    found["rounding"] = Rounding(
        unit=unit,
        mode=None if mode is None else r.one_of(mode, ("DOWN", "HALF_UP")),  # type: ignore[arg-type]
        scope=r.one_of(body.get("scope"), ("ITEM", "TOTAL"), "ITEM"),  # type: ignore[arg-type]
    )


def _admit(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    body = r.mapping(raw, ["categories", "vat", "related_party", "clause"])
    categories = body.get("categories", "unknown")

    def choice(word: str) -> str | Unknown:
        value = r.one_of(body.get(word), ("INCLUDED", "EXCLUDED", "unknown"), "unknown")
        return UNKNOWN if value == "unknown" else value

    found["admit"] = Admit(
        categories=UNKNOWN if categories == "unknown" else frozenset(r.code(one) for one in r.list(categories)),
        vat=choice("vat"),
        related_party=choice("related_party"),
        clause=r.clause_of(body),
    )


def _stacking(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    body = r.mapping(raw, ["single_direction", "higher_of", "exempt_direction"])
    single = exempt = higher = None
    if body.get("single_direction") is not None:
        with r.at("single_direction"):
            one = r.mapping(body["single_direction"], ["exempt", "clause"])
            single = r.clause_of(one)
            if one.get("exempt") is not None:
                exempt = r.expression(one["exempt"], ex.BOOLEAN, narrowest=nm.APPLICANT)
    if body.get("higher_of") is not None:
        with r.at("higher_of"):
            higher = r.clause_of(r.mapping(body["higher_of"], ["clause"]))
    found["stacking"] = Stacking(
        single_direction=single, exempt=exempt, higher_of=higher, exempt_direction=r.flag(body.get("exempt_direction"))
    )


def _payout(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    body = r.mapping(raw, ["instalments", "sources"])
    for word, label in (("instalments", "when"), ("sources", "source")):
        shares: list[Share] = []
        parts = r.list(body.get(word))
        for no, part in enumerate(parts):
            with r.at(word, no):
                part = r.mapping(part, ["share", label])
                share = None
                if part.get("share") is not None:
                    share = ex.evaluate(r.expression(part["share"], ex.RATE, narrowest=nm.APPLICANT), _no_facts)
                if (share is None) != (no == len(parts) - 1):
                    raise _Refused("除最后一项外都写 share，最后一项得其余")
                shares.append(Share(name=r.text(part.get(label)), share=share))
        if sum((one.share for one in shares if one.share is not None), Fraction(0)) >= 1 and shares:
            r.fault(f"{word} 的份额合计应小于 100%")
        found[word] = tuple(shares)


def _not_decided(r: _Reader, raw: Any, found: dict[str, Any]) -> None:
    made = []
    for no, body in enumerate(r.list(raw)):
        with r.at(no):
            body = r.mapping(body, ["clause", "message"])
            made.append(NotDecided(clause=str(body.get("clause") or r.clause or ""), message=r.text(body.get("message"))))
    found["not_decided"] = tuple(made)


_READ: dict[str, Any] = {
    "applicant": _simple("applicant", "ENTERPRISE", "PERSON", "HOUSEHOLD"),
    "choose": _simple("choose", "ONLY", "FIRST", "HIGHEST"),
    "other_funding": _simple("other_funding", "FROM_AMOUNT", "FROM_BASE", "IGNORED"),
    "day_count": _day_count,
    "currencies": _currencies,
    "exclude_periods": _exclude,
    "pay_first": _pay_first,
    "windows": _windows,
    "term": _term,
    "require": _require,
    "lines": _lines,
    "caps": _caps,
    "rounding": _rounding,
    "admit": _admit,
    "stacking": _stacking,
    "payout": _payout,
    "not_decided": _not_decided,
}
