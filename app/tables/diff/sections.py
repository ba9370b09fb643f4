"""What a version of a table has more or less of: facts, windows, requirements, lines, caps, each with its statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, assert_never

from app.calculators.bilingual import Phrase
from app.calculators.expressions import nodes as ex
from app.calculators.terms.code_lists import AUTHORITIES
from app.calculators.terms.model import UNKNOWN, UNSEEN, Bands, Cap, Line, Measure, Requirement, Term, Terms, Window
from app.calculators.wording import labels as voc
from app.calculators.wording.phrases import NOT_PUBLISHED, NOTHING, bound, counted_as, expression, listed, meaning, quoted, title
from app.tables.diff.fields import WHOLE_TABLE, Statement, Version, text, value

CLAUSE: Final = Phrase("条款文字", "clause text")
CLAUSE_NOTE: Final = Phrase("与条款文字不同的理由", "why it differs from the clause text")
WHERE: Final = Phrase("适用情形", "where it applies")
EMPTY: Final = Phrase("", "")


@dataclass(frozen=True, slots=True)
class Part:
    """One of them; ``keys`` say to which part of another version it corresponds, the closest first."""

    place: str
    raw: Any
    whole: Phrase
    keys: tuple[Any, ...]
    statements: tuple[Statement, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of one kind; ``order`` names their order where it means something."""

    place: str
    parts: tuple[Part, ...]
    order: Phrase | None = None


def groups(version: Version) -> Iterator[Group]:
    """All parts, as a notice is read: what must be known, who may have it, what is paid, up to which limits."""
    raw, terms = version.content["terms"], version.terms
    yield Group("/terms/needs", tuple(_need(body, terms.needs[name]) for name, body in version.held("needs").items()))
    yield Group("/terms/titles", tuple(_titled(terms, name, said) for name, said in version.held("titles").items()))
    windows = version.held("windows").items()
    yield Group("/terms/windows", tuple(_window(terms, body, terms.windows[kind]) for kind, body in windows))
    yield Group("/terms/term", tuple(_terms(version)))
    yield Group("/terms/require", _requirements(terms, WHOLE_TABLE, raw, terms.require, None))
    lines = enumerate(zip(version.listed("lines"), terms.lines, strict=True))
    order = None if terms.choose == "ONLY" else Phrase("档次顺序", "Order of the lines")
    yield Group("/terms/lines", tuple(_line(terms, no, body, line) for no, (body, line) in lines), order)
    caps = zip(version.listed("caps"), terms.caps, strict=True)
    yield Group("/terms/caps", tuple(_cap(terms, body, cap) for body, cap in caps), Phrase("限额适用顺序", "Order of the caps"))
    yield Group("/terms/admit", tuple(_admit(version)))
    yield Group("/terms/stacking", tuple(_stacking(version)))
    yield Group("/terms/not_decided", tuple(_not_decided(version)))


def named(name: Phrase, what: Phrase) -> Phrase:
    """A value of a part."""
    return Phrase(f"{name.zh} {what.zh}", f"{name.en}, {what.en}")


def _clause(raw: Mapping[str, Any], at: str, name: Phrase, said: str | None) -> Iterator[Statement]:
    """The words that a part comes from, and why it says otherwise."""
    yield text(raw, at, "clause", named(name, CLAUSE), said)
    yield text(raw, at, "clause_note", named(name, CLAUSE_NOTE), raw.get("clause_note"))


def _need(raw: Mapping[str, Any], need: Measure) -> Part:
    at = f"/terms/needs/{need.name}"
    name = Phrase(f"所需事实“{need.title}”（{need.name}）", f"Fact {need.name}")
    kind, whose = voc.TYPES[need.type], voc.MEASURED[need.of]
    values = None if need.values is None else dict(need.values)
    codes = [Phrase(code, code) if code == said else Phrase(f"{code}“{said}”", f"{code} “{said}”") for code, said in (values or {}).items()]
    decimals = None if need.decimals is None else str(need.decimals)
    return Part(
        place=at,
        raw=raw,
        whole=Phrase(f"{name.zh}：{whose.zh}的{kind.zh}", f"{name.en}: {kind.en} of the {whose.en}"),
        keys=(need.name,),
        statements=(
            value(raw, at, "of", named(name, Phrase("所属", "of what")), need.of, whose),
            value(raw, at, "type", named(name, Phrase("类型", "type")), need.type, kind),
            text(raw, at, "title", named(name, Phrase("名称", "title")), need.title),
            text(raw, at, "unit", named(name, Phrase("单位", "unit")), need.unit),
            text(raw, at, "decimals", named(name, Phrase("小数位数", "decimals")), decimals),
            value(raw, at, "values", named(name, Phrase("可选值", "values")), values, listed(codes)),
            text(raw, at, "clause", named(name, CLAUSE), need.clause),
        ),
    )


def _titled(terms: Terms, name: str, said: str) -> Part:
    """What a built-in fact is called in this table."""
    called = Phrase(f"固定事实 {name} 的名称", f"Title of the fact {name}")
    of_it = value({name: said}, "/terms/titles", name, called, terms.titles[name], quoted(said))
    return Part(
        place=of_it.place,
        raw=said,
        whole=Phrase(f"{called.zh}：{of_it.words.zh}", f"{called.en}: {of_it.words.en}"),
        keys=(name,),
        statements=(of_it,),
    )


def _window(terms: Terms, raw: Mapping[str, Any], window: Window) -> Part:
    at, name = f"/terms/windows/{window.kind}", voc.window_title(window, terms)
    first, last = bound(window.first_day), bound(window.last_day)
    days = _days(window, first, last)
    tested, tests = NOTHING if window.of is None else title(window.of, terms), voc.TESTS[window.tests]
    how = EMPTY if window.of is None else Phrase(f"（按{tested.zh}）", f" ({tested.en})")
    if window.tests == "PAID_ON":
        how = Phrase(f"（{tests.zh}）", f" ({tests.en})")
    return Part(
        place=at,
        raw=raw,
        whole=Phrase(f"{name.zh}：{days.zh}{how.zh}", f"{name.en}: {days.en}{how.en}"),
        keys=(window.kind,),
        statements=(
            value(raw, at, "of", named(name, Phrase("所依据的日期", "the date tested")), window.of, tested),
            value(raw, at, "first_day", named(name, Phrase("首日", "first day")), window.first_day or "OPEN", first),
            value(raw, at, "last_day", named(name, Phrase("末日", "last day")), window.last_day or "OPEN", last),
            value(raw, at, "tests", named(name, Phrase("判断方式", "way of testing")), window.tests, tests),
            *_clause(raw, at, name, window.clause),
        ),
    )


def _days(window: Window, first: Phrase, last: Phrase) -> Phrase:
    """From when until when; of a bound that was not seen just that (D77)."""
    match window.unseen:
        case None:
            return Phrase(f"{first.zh} 至 {last.zh}", f"{first.en} to {last.en}")
        case "BOTH":
            return NOT_PUBLISHED
        case "FIRST_DAY":
            return Phrase(f"至 {last.zh}（首日未公布）", f"to {last.en} (first day not published)")
        case "LAST_DAY":
            return Phrase(f"自 {first.zh} 起（末日未公布）", f"from {first.en} (last day not published)")
        case unreachable:
            assert_never(unreachable)


def _terms(version: Version) -> Iterator[Part]:
    """One term, or a list of which each narrows the others; among several each is known by its start."""
    raw, limits = version.content["terms"].get("term"), version.terms.limits
    if isinstance(raw, Mapping):
        raw, at = [raw], ["/terms/term"]
    else:
        raw, at = raw or [], [f"/terms/term/{no}" for no in range(len(limits))]
    for place, body, term in zip(at, raw, limits, strict=True):
        yield _term(version.terms, place, body, term, alone=len(limits) == 1)


def _term(terms: Terms, at: str, raw: Mapping[str, Any], term: Term, *, alone: bool) -> Part:
    name = Phrase("支持期限", "Supported term")
    start = NOT_PUBLISHED if term.start == UNSEEN else voc.DAYS.get(str(term.start)) or title(str(term.start), terms)
    months = NOTHING if term.months is None else Phrase(f"{term.months}个月", f"{term.months} months")
    end = Phrase("至起始年12月31日止", "to 31 December of its first year") if term.year_end else NOTHING
    zh, en = f"自{start.zh}起", f"from {start.en}"
    if term.months is not None:
        zh, en = f"{zh}{months.zh}", f"{months.en} {en}"
    if term.year_end:
        zh, en = f"{zh}，{end.zh}", f"{en}, {end.en}"
    own = name if alone else Phrase(f"{name.zh}（自{start.zh}起）", f"{name.en} from {start.en}")
    if term.start == UNSEEN:
        length = voc.term_length(term)
        zh, en = f"{length.zh}（起点未公布）", f"{length.en} (start not published)"
        own = name if alone else Phrase(f"{name.zh}（起点未公布）", f"{name.en} (start not published)")
    return Part(
        place=at,
        raw=raw,
        whole=Phrase(f"{name.zh}：{zh}", f"{name.en}: {en}"),
        keys=(term.start, "term"),
        statements=(
            value(raw, at, "months", own, term.months, months),
            value(raw, at, "from", named(name, Phrase("起点", "start")), term.start, start),
            value(raw, at, "end", named(own, Phrase("终点", "end")), term.year_end or None, end),
            *_clause(raw, at, own, term.clause),
        ),
    )


def _requirements(terms: Terms, at: str, raw: Mapping[str, Any], require: tuple[Requirement, ...], line: str | None) -> tuple[Part, ...]:
    rows = enumerate(zip(raw.get("require") or (), require, strict=True))
    return tuple(_requirement(terms, f"{at}/require/{no}", body, one, line) for no, (body, one) in rows)


def _requirement(terms: Terms, at: str, raw: Mapping[str, Any], one: Requirement, line: str | None) -> Part:
    name = Phrase(f"条件 {one.code}", f"Requirement {one.code}")
    if line is not None:
        name = Phrase(f"档次 {line} 的条件 {one.code}", f"{name.en} of line {line}")
    said, meant = expression(one.that, ex.BOOLEAN, terms), meaning(one.that)
    return Part(
        place=at,
        raw=raw,
        whole=Phrase(f"{name.zh}：{said.zh}", f"{name.en}: {said.en}"),
        keys=((one.code, meant), one.code),
        statements=(
            value(raw, at, "that", name, meant, said),
            text(raw, at, "message", named(name, Phrase("说明", "message")), one.message),
            *_clause(raw, at, name, one.clause),
        ),
    )


def _line(terms: Terms, no: int, raw: Mapping[str, Any], line: Line) -> Part:
    at = f"/terms/lines/{no}"
    name = Phrase(f"档次 {line.id}" + ("" if line.title == line.id else f"（{line.title}）"), f"Line {line.id}")
    when, base = expression(line.when, ex.BOOLEAN, terms), expression(line.base, ex.MONEY, terms)
    factors = [expression(line.base, ex.MONEY, terms, factor=True), expression(line.rate, ex.RATE, terms, factor=True)]
    rate, amount = expression(line.rate, ex.RATE, terms), expression(line.amount, ex.MONEY, terms)
    bands, wording = _bands(terms, line.bands), voc.WORDINGS[line.wording]
    paid = amount if line.bands is None else bands
    if line.base is not None:
        paid = Phrase(" × ".join(one.zh for one in factors), " × ".join(one.en for one in factors))
    place = EMPTY if terms.choose == "ONLY" else Phrase(f"排第{no + 1}，", f"no. {no + 1}, ")
    where = EMPTY if line.when is None else Phrase(f"{when.zh} 的，", f"where {when.en}, ")
    of_year = line.per_day and not line.shares_interest  # also of a base such as min(balance, 5000万)
    kind = Phrase("年贴息率", "annual rate") if of_year else Phrase("比例", "rate")
    return Part(
        place=at,
        raw=raw,
        whole=Phrase(
            f"{name.zh}：{place.zh}{where.zh}{paid.zh}（{wording.zh}）", f"{name.en}: {place.en}{where.en}{paid.en} ({wording.en})"
        ),
        keys=(line.id,),
        statements=(
            text(raw, at, "title", named(name, Phrase("名称", "title")), line.title),
            value(raw, at, "when", named(name, WHERE), meaning(line.when), when),
            value(raw, at, "base", named(name, Phrase("计算依据", "base")), meaning(line.base), base),
            value(raw, at, "rate", named(name, kind), meaning(line.rate), rate),
            value(raw, at, "amount", named(name, Phrase("金额", "amount")), meaning(line.amount), amount),
            value(raw, at, "bands", named(name, Phrase("分段", "bands")), _bands_meaning(line.bands), bands),
            value(raw, at, "wording", named(name, Phrase("金额性质", "kind of amount")), line.wording, wording),
            *_clause(raw, at, name, line.clause),
        ),
        parts=_requirements(terms, at, raw, line.require, line.id),
    )


def _bands(terms: Terms, bands: Bands | None) -> Phrase:
    """A banded ladder: what is counted, from where, and what each band pays."""
    if bands is None:
        return NOTHING
    kind = counted_as(bands.of, terms)
    what, after = expression(bands.of, kind, terms), expression(bands.after, kind, terms)
    start = EMPTY if bands.after is None else Phrase(f"（在{after.zh}之后）", f" (after {after.en})")
    pay = []
    for band in bands.pay:
        last = Phrase("其余", "the rest")
        if band.up_to is not None:
            limit = expression(ex.Number(band.up_to, "", frozenset()), kind, terms)
            last = Phrase(f"至{limit.zh}", f"up to {limit.en}")
        each, rate = expression(band.amount, ex.MONEY, terms), expression(band.rate, ex.RATE, terms)
        pay.append(
            Phrase(f"{last.zh}为{rate.zh}", f"{last.en}: {rate.en}")
            if band.amount is None
            else Phrase(f"{last.zh}为每单位{each.zh}", f"{last.en}: {each.en} each")
        )
    return Phrase(f"{what.zh}{start.zh}分段：{listed(pay).zh}", f"{what.en}{start.en} in bands: {listed(pay).en}")


def _bands_meaning(bands: Bands | None) -> Any:
    if bands is None:
        return None
    return (meaning(bands.of), meaning(bands.after), tuple((one.up_to, meaning(one.amount), meaning(one.rate)) for one in bands.pay))


def _cap(terms: Terms, raw: Mapping[str, Any], cap: Cap) -> Part:
    at, name, limit = f"/terms/caps/{cap.no}", voc.cap_name(cap, terms), expression(cap.limit, ex.MONEY, terms)
    pool = frozenset(cap.pool) if isinstance(cap.pool, tuple) else cap.pool or "OWN"
    same = (cap.bounds, frozenset(cap.per), cap.per_unknown, cap.period, cap.lines, meaning(cap.when))
    return Part(
        place=at,
        raw=raw,
        whole=Phrase(f"{name.zh} {limit.zh}", f"{name.en}: {limit.en}"),
        keys=(same,),
        statements=(
            value(raw, at, "limit", name, meaning(cap.limit), limit),
            value(raw, at, "room", named(name, Phrase("额度使用方式", "use of its room")), cap.room, voc.ROOMS[cap.room]),
            value(raw, at, "pool", named(name, Phrase("共用限额的标准表", "tables that share it")), pool, voc.pool(cap.pool)),
            # These make two caps the same cap; they can differ in their spelling only.
            *(value(raw, at, key, named(name, what), same, NOTHING) for key, what in _SAME_CAP.items()),
            *_clause(raw, at, name, cap.clause),
        ),
    )


_SAME_CAP: Final[Mapping[str, Phrase]] = {
    "bounds": Phrase("限制对象", "what it bounds"),
    "per": Phrase("分户", "accounts"),
    "period": Phrase("期间", "period"),
    "when": WHERE,
}


def _admit(version: Version) -> Iterator[Part]:
    admit, raw, at = version.terms.admit, version.held("admit"), "/terms/admit"
    if admit is None:
        return
    name = Phrase("投资纳入范围", "Admitted investment")
    categories = NOT_PUBLISHED
    if isinstance(admit.categories, frozenset):
        categories = listed([Phrase(one, one) for one in sorted(admit.categories)])
    that = expression(admit.that, ex.BOOLEAN, version.terms)
    each = EMPTY if admit.that is None else Phrase(f"，且每笔 {that.zh}", f", each payment where {that.en}")
    vat, related = (NOT_PUBLISHED if one is UNKNOWN else voc.ADMITTED[str(one)] for one in (admit.vat, admit.related_party))
    yield Part(
        place=at,
        raw=raw,
        whole=Phrase(
            f"{name.zh}：类别 {categories.zh}，增值税{vat.zh}，关联方采购{related.zh}{each.zh}",
            f"{name.en}: categories {categories.en}, VAT {vat.en}, related parties {related.en}{each.en}",
        ),
        keys=("admit",),
        statements=(
            value(raw, at, "categories", named(name, voc.ADMITS["categories"]), admit.categories, categories),
            value(raw, at, "that", named(name, Phrase("每笔投资的条件", "what each payment must meet")), meaning(admit.that), that),
            value(raw, at, "vat", named(name, voc.ADMITS["vat"]), admit.vat, vat),
            value(raw, at, "related_party", named(name, voc.ADMITS["related_party"]), admit.related_party, related),
            *_clause(raw, at, name, admit.clause),
        ),
    )


def _stacking(version: Version) -> Iterator[Part]:
    stacking, raw = version.terms.stacking, version.held("stacking")
    if stacking.single_direction is not None:
        at, body = "/terms/stacking/single_direction", raw["single_direction"]
        name = Phrase("单一方向限制", "One direction per unit and year")
        exempt = expression(stacking.exempt, ex.BOOLEAN, version.terms)
        tables, source = listed([Phrase(one, one) for one in sorted(stacking.exempt_tables)]), stacking.direction_authority
        free, of = named(name, Phrase("例外方向", "exempt directions")), named(name, Phrase("条款来源", "source of the clause"))
        yield Part(
            place=at,
            raw=body,
            whole=Phrase(f"{name.zh}：同一单位一年只支持一个方向，例外 {exempt.zh}", f"{name.en}; exempt: {exempt.en}"),
            keys=("single_direction",),
            statements=(
                value(body, at, "exempt", named(name, Phrase("例外", "exempt")), meaning(stacking.exempt), exempt),
                value(body, at, "exempt_tables", free, stacking.exempt_tables, tables),
                *_clause(body, at, name, stacking.single_direction),
                value(body, at, "authority", of, source, voc.word(AUTHORITIES, source)),
            ),
        )
    if stacking.higher_of is not None:
        at, body = "/terms/stacking/higher_of", raw["higher_of"]
        name = Phrase("孰高兑付、差额补齐", "The higher of two grants, paid as a top-up")
        whose, same = Phrase("抵减范围", "what is set off"), voc.SAME_PROJECT[stacking.same_project]
        yield Part(
            place=at,
            raw=body,
            whole=name if not stacking.same_project else Phrase(f"{name.zh}（{same.zh}）", f"{name.en} ({same.en})"),
            keys=("higher_of",),
            statements=(
                value(body, at, "same_project", named(name, whose), stacking.same_project, same),
                *_clause(body, at, name, stacking.higher_of),
            ),
        )
    if stacking.offset is not None:
        (less, clause), at, body = stacking.offset, "/terms/stacking/offset", raw["offset"]
        name, said = Phrase("从每项金额中扣除", "Taken off each item's amount"), expression(less, ex.MONEY, version.terms)
        yield Part(
            place=at,
            raw=body,
            whole=Phrase(f"{name.zh}：{said.zh}", f"{name.en}: {said.en}"),
            keys=("offset",),
            statements=(value(body, at, "less", name, meaning(less), said), *_clause(body, at, name, clause)),
        )


def _not_decided(version: Version) -> Iterator[Part]:
    rows = zip(version.listed("not_decided"), version.terms.not_decided, strict=True)
    for no, (body, one) in enumerate(rows):
        at, name, said = f"/terms/not_decided/{no}", Phrase("未尽事项", "Left open"), quoted(one.message)
        name_it = Phrase(f"{name.zh}{said.zh}", f"{name.en}: {said.en}")
        yield Part(
            place=at,
            raw=body,
            whole=name_it,
            keys=(one.message, ("clause", one.clause)),
            statements=(
                text(body, at, "message", name, one.message),
                text(body, at, "clause", named(name_it, CLAUSE), one.clause),
            ),
        )
