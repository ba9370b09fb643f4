"""From the text of a data file to ``Terms``: every word is known, every expression typed, or it is refused.

All faults of a table are collected, up to a hundred, each with its place, so that the person who types a notice in
corrects them in one go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from app.calculators.expressions import nodes as ex
from app.calculators.expressions.nodes import may_hold
from app.calculators.expressions.parser import WORDS as OPERATORS
from app.calculators.faults.telling import tell
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.terms import builtins as nm
from app.calculators.terms.code_lists import AUTHORITIES
from app.calculators.terms.field_reader import CLAUSE_WORDS, Reader, Refused
from app.calculators.terms.line_parser import WORDINGS, read_caps, read_lines, read_require, table_id
from app.calculators.terms.model import (
    APPLICANT_KINDS,
    UNKNOWN,
    Admit,
    Cap,
    Currency,
    Line,
    Measure,
    NotDecided,
    Rounding,
    Share,
    Stacking,
    Terms,
    TermsError,
    Unknown,
    Watch,
)
from app.calculators.terms.window_parser import read_term, read_windows

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
    "titles",
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
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_CHANGES = {"<": (0,), ">=": (0,), "<=": (1,), ">": (1,)}  # how many days after a date a comparison of ``day`` with it changes
_UNIT = re.compile(r"(0|[1-9][0-9]*)?(万)?元|分")


def parse_terms(raw: Mapping[str, Any], place: str = "", *, overlay: bool = False) -> Terms:
    """The terms that ``raw`` (every scalar a text) says. Errors: TermsError with all faults."""
    reader = Reader(place)
    found: dict[str, Any] = {"facts": None}
    with reader.at():
        raw = reader.mapping(raw, OVERLAY_WORDS if overlay else WORDS)
        if not overlay:
            with reader.at("facts"):
                reader.facts = found["facts"] = reader.one_of(raw.get("facts"), tuple(nm.BUILT_IN))
            if reader.facts is None:
                raise TermsError(reader.faults)
        # What stands for all lines is told once where it is wrong, not again for each line.
        if raw.get("clause"):
            reader.clause = "（有误）"
            with reader.at("clause"):
                reader.clause = reader.text(raw["clause"], CLAUSE_WORDS)
        if raw.get("wording") is not None:
            reader.wording = "EXACT"
            with reader.at("wording"):
                reader.wording = reader.one_of(raw["wording"], WORDINGS)
        with reader.at("needs"):
            found["needs"] = _needs(reader, raw.get("needs"))
        reader.declare()
        for word, read in _READ.items():
            if raw.get(word) is not None:
                with reader.at(word):
                    read(reader, raw[word], found)
        if overlay:
            found["caps"] = tuple(_replace_overlay(cap) for cap in found.get("caps", ()))
        elif not raw.get("lines"):
            reader.fault(tell("NO_LINES"), ("lines",))
    if reader.faults:
        raise TermsError(reader.faults)
    found["watch"] = _watch(found)
    found["codes"] = _codes(found)
    found["any_category"] = any(may_hold(line.when, "category") is not False for line in found.get("lines", ()))
    return Terms(
        **found,
        reads=frozenset(reader.reads),
        series=reader.series,
        rates=reader.rates,
        categories=frozenset(reader.categories),
        types=dict(reader.types),
    )


def _codes(found: dict[str, Any]) -> dict[str, frozenset[str]]:
    """The codes with which the conditions of the lines compare each fact."""
    nodes = [line.when for line in found.get("lines", ()) if line.when is not None]
    nodes += [one.that for line in found.get("lines", ()) for one in line.require]
    nodes += [one.that for one in found.get("require", ())]
    codes: dict[str, set[str]] = {}
    for name, compared in (pair for node in nodes for pair in ex.codes_in(node).items()):
        codes.setdefault(name, set()).update(compared)
    return {name: frozenset(compared) for name, compared in codes.items()}


def _watch(found: dict[str, Any]) -> Watch:
    """Collect what can change within a loan's life, so that a calculation need not look for it again."""
    lines: tuple[Line, ...] = found.get("lines", ())
    conditions = [line.when for line in lines] + [one.that for line in lines for one in line.require]
    conditions += [one.that for one in found.get("require", ()) if one.level in {nm.DRAWDOWN, nm.DAY}]
    nodes = [node for line in lines for node in (line.rate, line.base)] + conditions
    parts = [part for node in nodes if node is not None and not isinstance(node, Unknown) for part in ex.walk(node)]
    called = [(part, ex.moment(part)) for part in parts if isinstance(part, ex.Call)]
    by_day_word = [call for call, named in called if named is not None and named.level == nm.DAY]
    marks: set[tuple[ex.Node, tuple[int, ...]]] = set()
    for part in parts:
        match part:
            case ex.Compare(op, ex.Name("day"), other):
                marks.add((other, _CHANGES.get(op, (0, 1))))
            case ex.Compare(op, other, ex.Name("day")):
                marks.add((other, _CHANGES.get(ex.MIRRORED[op], (0, 1))))
    by_day = [line.when_level for line in lines] + [one.level for line in lines for one in line.require]
    by_day += [one.level for one in found.get("require", ())]
    return Watch(
        series=frozenset(name for call in by_day_word for name in ex.named(call, "SERIES")),
        statuses=any(ex.named(call, "STATUS") for call in by_day_word),
        marks=tuple(sorted(marks, key=lambda mark: (ex.plain(mark[0]), mark[1]))),
        lines_by_day=nm.DAY in by_day,
    )


def _replace_overlay(cap: Cap) -> Cap:
    from dataclasses import replace

    return replace(cap, overlay=True, pool=cap.pool or "FUND")


def _needs(r: Reader, raw: Any) -> dict[str, Measure]:
    declared = r.mapping(raw) if raw is not None else {}
    for name, body in declared.items():
        with r.at(name):
            if not _NAME.fullmatch(name) or name in OPERATORS:
                raise Refused(tell("FACT_NAME_SPELLING"))
            body = r.mapping(body, ["of", "type", "title", "unit", "decimals", "values", "clause"])
            of = r.key(body, "of", r.one_of, nm.MEASURE_OF[r.facts] if r.facts else ("APPLICANT",))
            kind = r.key(body, "type", r.one_of, ("MONEY", "RATE", "QUANTITY", "COUNT", "DATE", "BOOLEAN", "CODE"))
            built_in = nm.BUILT_IN[r.facts].get(name) if r.facts else None
            if built_in is not None and (name != "category" or kind != "CODE"):
                raise Refused(tell("NAME_TAKEN"))
            if kind == "QUANTITY" and not body.get("unit"):
                raise Refused(tell("QUANTITY_WITHOUT_UNIT"))
            r.needs[name] = Measure(
                name=name,
                of=of,
                type=kind,
                title=str(body.get("title") or name),
                unit=body.get("unit"),
                decimals=None if body.get("decimals") is None else r.key(body, "decimals", r.whole, 0, 8),
                values=r.key(body, "values", _values, r, kind),
                clause=body.get("clause"),
            )
    r.refused |= declared.keys() - r.needs.keys()
    return r.needs


def _titles(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    """What built-in facts are called in this table; a declared one has its title in ``needs``."""
    titles: dict[str, str] = {}
    for name, title in r.mapping(raw).items():
        with r.at(name):
            if name in r.needs:
                raise Refused(tell("TITLE_IN_NEEDS"))
            if name not in nm.BUILT_IN[str(r.facts)]:
                raise Refused(tell("UNDECLARED_NAME", name=name, names=", ".join(sorted(nm.BUILT_IN[str(r.facts)]))))
            titles[name] = r.text(title, tell("A_NAME"))
    found["titles"] = titles


def _values(raw: Any, r: Reader, kind: str) -> dict[str, str] | None:
    """The codes that a measure can have, with their titles."""
    if raw is None:
        return None
    if kind != "CODE":
        raise Refused(tell("VALUES_ONLY_FOR_CODES"))
    titles = raw if isinstance(raw, Mapping) else {code: code for code in map(r.code, r.list(raw))}
    if not titles:
        raise Refused(tell("NO_VALUES"))
    return {r.code(code): str(title) for code, title in titles.items()}


def _simple(word: str, *allowed: str) -> Any:
    def read(r: Reader, raw: Any, found: dict[str, Any]) -> None:
        found[word] = r.one_of(raw, allowed)

    return read


def _applicant(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    """One kind of applicant, or a list of those that are admitted (D85); their order means nothing."""
    if not isinstance(raw, list | tuple):
        found["applicants"] = (r.one_of(raw, APPLICANT_KINDS),)
        return
    if not raw:
        raise Refused(tell("NO_APPLICANT"))
    said: set[str] = set()
    for no, one in enumerate(r.list(raw)):
        with r.at(no):
            kind = r.one_of(one, APPLICANT_KINDS)
            if kind in said:
                raise Refused(tell("TWICE_IN_LIST", given=kind))
            said.add(kind)
    found["applicants"] = tuple(kind for kind in APPLICANT_KINDS if kind in said)


def _day_count(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    if isinstance(raw, Mapping):
        body = r.mapping(raw, ["is", "assumed"])
        found["day_count"] = r.key(body, "is", r.one_of, tuple(DAY_COUNTS))
        found["day_count_assumed"] = r.key(body, "assumed", r.text, tell("AN_EXPLANATION"))
    else:
        found["day_count"] = r.one_of(raw, tuple(DAY_COUNTS))


def _currencies(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    admitted = []
    for no, body in enumerate(r.list(raw)):
        with r.at(no):
            if body == "CNY":
                continue
            body = r.mapping(body, ["currency", "series", "on"])
            admitted.append(
                Currency(
                    code=r.key(body, "currency", r.code),
                    series=r.key(body, "series", r.series_name),
                    on=r.key(body, "on", _conversion_day, r),
                )
            )
    found["currencies"] = tuple(admitted)


def _conversion_day(raw: Any, r: Reader) -> date | str:
    text = r.text(raw, tell("CONVERSION_DAY"))
    return text if text in {"APPLICATION_DATE", "SIGNED_ON", "FIRST_DRAWDOWN"} else r.day(text)


def _exclude(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    found["exclude_periods"] = frozenset(r.one_of(reason, ("OVERDUE", "EXTENSION", "OTHER")) for reason in r.list(raw))


def _pay_first(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    found["pay_first"] = r.flag(raw)


def _rounding(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    body = r.mapping(raw, ["unit", "mode", "scope"])
    found["rounding"] = Rounding(
        unit=1 if body.get("unit") is None else r.key(body, "unit", _unit, r),
        mode=None if body.get("mode") is None else r.key(body, "mode", r.one_of, ("DOWN", "HALF_UP")),  # type: ignore[arg-type]
        scope=r.key(body, "scope", r.one_of, ("ITEM", "TOTAL"), "ITEM"),  # type: ignore[arg-type]
    )


def _unit(raw: Any, r: Reader) -> int:
    """A unit of rounding, in fen."""
    text = r.text(raw, tell("A_UNIT")).replace(" ", "")
    if text == "分":
        return 1
    if not _UNIT.fullmatch(text):
        raise Refused(tell("UNKNOWN_UNIT", given=text))
    unit = int(re.sub(r"[万元]", "", text) or "1") * (10**4 if "万" in text else 1) * 100
    if unit == 0:
        raise Refused(tell("UNIT_ZERO"))
    return unit


def _admit(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    body = r.mapping(raw, ["categories", "that", "vat", "related_party", "clause", "clause_note"])
    categories: frozenset[str] | Unknown = UNKNOWN
    if body.get("categories", "unknown") != "unknown":
        with r.within("categories"):
            categories = frozenset(r.code(one) for one in r.list(body["categories"]))
    that = None
    if body.get("that") is not None:
        with r.within("that"):
            that = r.expression(body["that"], ex.BOOLEAN, investment=True)

    def choice(word: str) -> str | Unknown:
        value = r.key(body, word, r.one_of, ("INCLUDED", "EXCLUDED", "unknown"), "unknown")
        return UNKNOWN if value == "unknown" else value

    found["admit"] = Admit(
        categories=categories,
        vat=choice("vat"),
        related_party=choice("related_party"),
        that=that,
        clause=r.clause_of(body),
    )


def _stacking(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    body = r.mapping(raw, ["single_direction", "higher_of", "offset", "exempt_direction"])
    single = authority = exempt = higher = None
    apart = frozenset[str]()
    same_project = False
    offset: tuple[ex.Node, str] | None = None
    if body.get("single_direction") is not None:
        with r.at("single_direction"):
            one = r.mapping(body["single_direction"], ["exempt", "exempt_tables", "clause", "clause_note", "authority"])
            single = r.clause_of(one)
            if one.get("authority") is not None:
                authority = r.key(one, "authority", r.one_of, tuple(AUTHORITIES))
            with r.within("exempt_tables"):
                apart = frozenset(table_id(r, name) for name in r.list(one.get("exempt_tables")))
            if one.get("exempt") is not None:
                with r.within("exempt"):
                    exempt = r.expression(one["exempt"], ex.BOOLEAN, narrowest=nm.APPLICANT)
    if body.get("higher_of") is not None:
        with r.at("higher_of"):
            one = r.mapping(body["higher_of"], ["same_project", "clause", "clause_note"])
            higher, same_project = r.clause_of(one), r.key(one, "same_project", r.flag)
    if body.get("offset") is not None:
        with r.at("offset"):
            one = r.mapping(body["offset"], ["less", "clause", "clause_note"])
            with r.within("less"):
                less = r.expression(one.get("less"), ex.MONEY, narrowest=nm.ITEM)
            offset = (less, r.clause_of(one))
    found["stacking"] = Stacking(
        single_direction=single,
        direction_authority=authority,
        exempt=exempt,
        exempt_tables=apart,
        higher_of=higher,
        same_project=same_project,
        offset=offset,
        exempt_direction=r.key(body, "exempt_direction", r.flag),
    )


def _payout(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    body = r.mapping(raw, ["instalments", "sources"])
    for word, label in (("instalments", "when"), ("sources", "source")):
        shares: list[Share] = []
        parts = r.list(body.get(word))
        for no, part in enumerate(parts):
            with r.at(word, no):
                part = r.mapping(part, ["share", label])
                share = None
                if part.get("share") is not None:
                    with r.within("share"):
                        share = r.figure(part["share"], ex.RATE)
                        if share <= 0:
                            raise Refused(tell("SHARE_ZERO"))
                if (share is None) != (no == len(parts) - 1):
                    raise Refused(tell("LAST_TAKES_THE_REST"))
                shares.append(Share(name=r.key(part, label, r.text), share=share))
        if sum((one.share for one in shares if one.share is not None), Fraction(0)) >= 1:
            r.fault(tell("SHARES_NOT_BELOW_WHOLE", word=word), (word,))
        found[word] = tuple(shares)


def _not_decided(r: Reader, raw: Any, found: dict[str, Any]) -> None:
    made = []
    for no, body in enumerate(r.list(raw)):
        with r.at(no):
            body = r.mapping(body, ["clause", "message"])
            made.append(NotDecided(clause=str(body.get("clause") or r.clause or ""), message=r.key(body, "message", r.text)))
    found["not_decided"] = tuple(made)


_READ: dict[str, Any] = {
    "applicant": _applicant,
    "choose": _simple("choose", "ONLY", "FIRST", "HIGHEST"),
    "other_funding": _simple("other_funding", "FROM_AMOUNT", "FROM_BASE", "IGNORED"),
    "day_count": _day_count,
    "currencies": _currencies,
    "exclude_periods": _exclude,
    "pay_first": _pay_first,
    "titles": _titles,
    "windows": read_windows,
    "term": read_term,
    "require": read_require,
    "lines": read_lines,
    "caps": read_caps,
    "rounding": _rounding,
    "admit": _admit,
    "stacking": _stacking,
    "payout": _payout,
    "not_decided": _not_decided,
}
