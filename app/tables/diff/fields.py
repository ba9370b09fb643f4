"""What one version of a table says as a whole, statement by statement: where it stands, what it means, in which words.

``sections`` adds what a version has more or less of; ``differences`` compares two versions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final

from app.calculators.bilingual import Phrase
from app.calculators.quantities.day_counts import DAY_COUNTS
from app.calculators.terms.code_lists import AUTHORITIES, CONFIDENCES, METHODS, Words
from app.calculators.terms.model import Terms, unsaid_other_funding
from app.calculators.terms.parser import parse_terms
from app.calculators.wording import labels as voc
from app.calculators.wording.labels import word
from app.calculators.wording.phrases import NOTHING, listed, money, quoted
from app.tables.storage.canonical_json import canonical

IN_ORDER: Final = frozenset({"instalments", "sources", "per"})  # of any other list of words the order means nothing
WHOLE_TABLE: Final = "/terms"


@dataclass(frozen=True, slots=True)
class Statement:
    """One value that a version says or, where ``raw`` is None, leaves to a default or to a wider statement."""

    place: str  # JSON pointer to the value, or to what would hold it
    name: Phrase
    raw: Any
    meaning: Any  # None: nothing is said
    words: Phrase
    by_default: bool = False  # what is meant where nothing is said differs between versions
    dated: bool = True  # it changes on the first day of the version, not with its publication


@dataclass(frozen=True, slots=True)
class Version:
    """A version's content with its terms read. Errors: TermsError where they cannot be meant."""

    content: Mapping[str, Any]
    overlay: bool = False  # a version of an overlay, which has its fund's words and no facts of its own
    terms: Terms = field(init=False)

    def __post_init__(self) -> None:
        """Read the terms once."""
        object.__setattr__(self, "terms", parse_terms(self.content["terms"], "terms", overlay=self.overlay))

    @property
    def other_funding(self) -> str:
        """Where other fiscal money comes off, also where the terms do not say: that goes by the time of publication (D103)."""
        said = self.content.get("published_at")
        published = datetime.max.replace(tzinfo=UTC) if said is None else datetime.fromisoformat(str(said))
        return self.terms.other_funding or unsaid_other_funding(published)

    def held(self, word: str) -> Mapping[str, Any]:
        """What stands under a word of the terms that holds others; nothing where it is left out."""
        found: Mapping[str, Any] | None = self.content["terms"].get(word)
        return found or {}

    def listed(self, word: str) -> Sequence[Any]:
        """What is listed under a word of the terms; nothing where it is left out."""
        found: Sequence[Any] | None = self.content["terms"].get(word)
        return found or ()


def value(holder: Mapping[str, Any], at: str, key: str, name: Phrase, meaning: Any, words: Phrase, *, dated: bool = True) -> Statement:
    """The statement that a key of ``holder``, which stands at ``at``, makes."""
    raw = holder.get(key)
    if isinstance(raw, list) and key not in IN_ORDER:
        raw = sorted(raw, key=canonical)
    return Statement(place=at if raw is None else f"{at}/{key}", name=name, raw=raw, meaning=meaning, words=words, dated=dated)


def text(holder: Mapping[str, Any], at: str, key: str, name: Phrase, said: str | None, *, dated: bool = True) -> Statement:
    """The statement that a text makes; it is quoted, for it has no translation."""
    return value(holder, at, key, name, said or None, quoted(said) if said else NOTHING, dated=dated)


def frame(version: Version) -> Iterator[Statement]:
    """What a version is and where it comes from, and how its terms are to be read."""
    content, raw, terms = version.content, version.content["terms"], version.terms
    yield from _effective(content["effective"])
    yield text(content, "", "reason", Phrase("更正理由", "Reason for the correction"), content.get("reason"), dated=False)
    yield text(content, "", "title", Phrase("标准表名称", "Title of the table"), content.get("title"), dated=False)
    method = content.get("method")
    yield value(content, "", "method", Phrase("支持方式", "Support method"), method, word(METHODS, method))
    yield from _source(content)
    confidence = content.get("confidence")
    name = Phrase("数字的可靠程度", "How surely the figures were read")
    yield value(content, "", "confidence", name, confidence, word(CONFIDENCES, confidence), dated=False)
    yield value(raw, WHOLE_TABLE, "facts", Phrase("事实种类", "Kind of facts"), terms.facts, word(voc.FACTS, terms.facts))
    wording = raw.get("wording")
    yield value(raw, WHOLE_TABLE, "wording", Phrase("金额性质", "Kind of amount"), wording, word(voc.WORDINGS, wording))
    yield text(raw, WHOLE_TABLE, "clause", Phrase("全表通用的条款文字", "Clause text of the whole table"), raw.get("clause"))


def frame_of_overlay(version: Version) -> Iterator[Statement]:
    """What an overlay is, where it comes from, and over which tables it lies."""
    content = version.content
    yield from _effective(content["effective"])
    yield text(content, "", "title", Phrase("规则名称", "Title of the rules"), content.get("title"), dated=False)
    for key, name, words in (
        ("methods", Phrase("适用的支持方式", "Support methods it lies over"), METHODS),
        ("facts", Phrase("适用的事实种类", "Kinds of facts it lies over"), voc.FACTS),
    ):
        said = content.get(key)
        chosen = [word(words, one) for one in said] if isinstance(said, list) else [Phrase("全部", "all")]
        yield value(content, "", key, name, canonical(said if isinstance(said, list) else "all"), listed(chosen))
    by = content.get("applies_by")
    shown = NOTHING if by is None else Phrase(*_APPLIES_BY[by])
    yield value(content, "", "applies_by", Phrase("按何日适用", "By what it applies"), by, shown)
    yield from _source(content)


_APPLIES_BY: Final = {
    "PROGRAM_YEAR": ("标准表的年度", "the year of the table"),
    "APPLICATION_DATE": ("申请日", "the day of the application"),
}


def _source(content: Mapping[str, Any]) -> Iterator[Statement]:
    document = content.get("document") or {}
    for key, name in voc.DOCUMENT.items():
        yield text(document, "/document", key, name, document.get(key), dated=False)
    authority = content.get("authority")
    yield value(content, "", "authority", Phrase("来源", "Source"), authority, word(AUTHORITIES, authority), dated=False)


def _effective(period: Mapping[str, Any]) -> Iterator[Statement]:
    first, last = period["first_day"], period.get("last_day") or "open"
    shown = Phrase("长期", "open") if last == "open" else Phrase(last, last)
    for key, name, day, words in (
        ("first_day", Phrase("施行首日", "First day of effect"), first, Phrase(first, first)),
        ("last_day", Phrase("施行末日", "Last day of effect"), last, shown),
    ):
        yield value(period, "/effective", key, name, day, words, dated=False)


def rules(version: Version) -> Iterator[Statement]:
    """What holds for the whole table and is one value each."""
    kinds, name = version.terms.applicants, Phrase("申请主体", "Kind of applicant")
    yield value(version.content["terms"], WHOLE_TABLE, "applicant", name, frozenset(kinds), voc.applicants(kinds))
    yield from _day_count(version)
    yield from _loans(version)
    yield _rule(version, "choose", Phrase("档次选用", "Choice of line"), voc.CHOICES, version.terms.choose)
    yield from _rounding(version)
    other = _rule(version, "other_funding", Phrase("其他财政资金", "Other fiscal money"), voc.OTHER_FUNDING, version.other_funding)
    yield replace(other, by_default=version.terms.facts == "PROJECTS")
    exempt, name = version.terms.stacking.exempt_direction, Phrase("本方向与单一方向限制", "This direction and the limit to one")
    yield value(version.held("stacking"), "/terms/stacking", "exempt_direction", name, exempt, voc.EXEMPT[exempt])
    yield from _payout(version)


def _rule(version: Version, key: str, name: Phrase, words: Words, meaning: str | bool) -> Statement:
    return value(version.content["terms"], WHOLE_TABLE, key, name, meaning, words[meaning])


def _day_count(version: Version) -> Iterator[Statement]:
    """A name, or a name and why it is assumed."""
    raw, terms = version.content["terms"], version.terms
    named = not isinstance(raw.get("day_count"), Mapping)
    holder, at, key = (raw, WHOLE_TABLE, "day_count") if named else (raw["day_count"], "/terms/day_count", "is")
    yield value(holder, at, key, Phrase("计息方式", "Day count"), terms.day_count, DAY_COUNTS[terms.day_count].title)
    name = Phrase("计息方式系推定的说明", "Why the day count is assumed")
    yield text({} if named else holder, at, "assumed", name, terms.day_count_assumed)


def _loans(version: Version) -> Iterator[Statement]:
    raw, terms = version.content["terms"], version.terms
    currencies = [Phrase("人民币", "CNY")]
    for one in terms.currencies:
        when = voc.DAYS.get(str(one.on)) or Phrase(str(one.on), str(one.on))
        currencies.append(Phrase(f"{one.code}（按{when.zh}的 {one.series} 换算）", f"{one.code} (by {one.series} of {when.en})"))
    yield value(raw, WHOLE_TABLE, "currencies", Phrase("币种", "Currencies"), frozenset(terms.currencies), listed(currencies))
    name, excluded = Phrase("不计息的期间", "Periods that do not count"), [voc.EXCLUDED[one] for one in sorted(terms.exclude_periods)]
    yield value(raw, WHOLE_TABLE, "exclude_periods", name, terms.exclude_periods, listed(excluded))
    yield _rule(version, "pay_first", Phrase("先付后贴", "Interest to be paid first"), voc.PAY_FIRST, terms.pay_first)


def _rounding(version: Version) -> Iterator[Statement]:
    holder, at, rounding = version.held("rounding"), "/terms/rounding", version.terms.rounding
    unit = Phrase("分", "0.01 yuan") if rounding.unit == 1 else money(Fraction(rounding.unit, 100))
    yield value(holder, at, "unit", Phrase("合计取整单位", "Unit of the total"), rounding.unit, unit)
    mode = rounding.mode or "BY_WORDING"
    yield value(holder, at, "mode", Phrase("取整方式", "Way of rounding"), mode, voc.MODES[mode])
    yield value(holder, at, "scope", Phrase("取整对象", "What is rounded"), rounding.scope, voc.SCOPES[rounding.scope])


def _payout(version: Version) -> Iterator[Statement]:
    holder, terms = version.held("payout"), version.terms
    for key, name, shares in (
        ("instalments", Phrase("分期拨付", "Instalments"), terms.instalments),
        ("sources", Phrase("资金来源", "Sources of the money"), terms.sources),
    ):
        parts = [voc.share(one.name, one.share) for one in shares]
        yield value(holder, "/terms/payout", key, name, shares or None, listed(parts))
