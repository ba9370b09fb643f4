"""What the codes of a table's terms are called in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal

from app.calculators.bilingual import Phrase
from app.calculators.quantities.money import percent_text
from app.calculators.results.messages import Language
from app.calculators.terms.cap_periods import CAP_PERIODS, account
from app.calculators.terms.code_lists import Words
from app.calculators.terms.model import Cap, Term, Terms, Window
from app.calculators.wording.phrases import NOTHING, expression, listed, title

DOCUMENT: Final[Mapping[str, Phrase]] = {
    "title": Phrase("依据文件标题", "Title of the document"),
    "issuer": Phrase("发文机关", "Issuer of the document"),
    "number": Phrase("文号", "Number of the document"),
    "date": Phrase("文件日期", "Date of the document"),
}
FACTS: Final[Words] = {
    "CONTRACTS": Phrase("贷款合同", "loan contracts"),
    "POLICIES": Phrase("保单", "insurance policies"),
    "ITEMS": Phrase("事项", "items"),
    "PROJECTS": Phrase("项目", "projects"),
}
WORDINGS: Final[Words] = {"CEILING": Phrase("不超过，为上限", "a ceiling"), "EXACT": Phrase("按照，为确定金额", "exact")}
APPLICANTS: Final[Words] = {
    "ENTERPRISE": Phrase("企业", "enterprise"),
    "PERSON": Phrase("个人", "person"),
    "HOUSEHOLD": Phrase("家庭", "household"),
}
CHOICES: Final[Words] = {
    "ONLY": Phrase("各档次互不重叠", "lines do not overlap"),
    "FIRST": Phrase("取顺序在先的适用档次", "the first line that applies"),
    "HIGHEST": Phrase("取金额最高的适用档次", "the line that pays most"),
}
EXCLUDED: Final[Words] = {
    "EXTENSION": Phrase("展期", "extension"),
    "OTHER": Phrase("其他剔除期间", "other excluded periods"),
    "OVERDUE": Phrase("逾期", "overdue"),
}
PAY_FIRST: Final[Words] = {
    True: Phrase("有付息凭证后只计凭证覆盖的日子", "once vouchers are given, only days that they cover"),
    False: Phrase("不要求", "not asked for"),
}
EXEMPT: Final[Words] = {True: Phrase("不受限制，也不限制其他方向", "neither bars nor is barred"), False: Phrase("受限制", "subject to it")}
SAME_PROJECT: Final[Words] = {
    True: Phrase("仅同一项目已获支持", "only what the same project was granted"),
    False: Phrase("同一年度已获支持，不分项目", "what was granted in the year, whichever project"),
}
OTHER_FUNDING: Final[Words] = {
    "FROM_AMOUNT": Phrase("从支持金额中扣除", "taken from the amount"),
    "FROM_BASE": Phrase("从计算依据中扣除", "taken from the base"),
    "IGNORED": Phrase("不扣除", "not taken off"),
}
MODES: Final[Words] = {
    "DOWN": Phrase("舍去尾数", "down"),
    "HALF_UP": Phrase("四舍五入", "half up"),
    "BY_WORDING": Phrase("随金额性质（上限舍去尾数，确定金额四舍五入）", "as the wording says (a ceiling down, exact half up)"),
}
SCOPES: Final[Words] = {"ITEM": Phrase("逐项", "each item"), "TOTAL": Phrase("合计", "the total only")}
ROOMS: Final[Words] = {
    "DAILY": Phrase("按日，腾出的额度可再用", "by the day, freed room is used again"),
    "CUMULATIVE": Phrase("累计，用过不再腾出", "cumulative, used room is never freed"),
}
ADMITTED: Final[Words] = {"INCLUDED": Phrase("计入", "included"), "EXCLUDED": Phrase("不计入", "excluded")}
ADMITS: Final[Mapping[str, Phrase]] = {
    "categories": Phrase("类别", "categories"),
    "vat": Phrase("增值税", "VAT"),
    "related_party": Phrase("关联方采购", "related parties"),
}
WINDOWS: Final[Words] = {
    "interest": Phrase("计息期间", "Interest window"),
    "event": Phrase("发生日期的期间", "Event window"),
    "application": Phrase("申请期", "Application window"),
    "contract": Phrase("合同期间", "Contract window"),
    "investment": Phrase("投资期间", "Investment window"),
    "completion": Phrase("完工期间", "Completion window"),
}
TESTS: Final[Words] = {"PERIOD": Phrase("按日子本身", "by the day itself"), "PAID_ON": Phrase("按付息日", "by the day of payment")}
MEASURED: Final[Words] = {
    "APPLICANT": Phrase("项目单位", "applicant"),
    "CONTRACT": Phrase("合同", "contract"),
    "DRAWDOWN": Phrase("放款", "drawdown"),
    "POLICY": Phrase("保单", "policy"),
    "ITEM": Phrase("事项", "item"),
    "PROJECT": Phrase("项目", "project"),
    "INVESTMENT": Phrase("投资明细", "investment"),
}
TYPES: Final[Words] = {
    "MONEY": Phrase("金额", "amount"),
    "RATE": Phrase("比例", "rate"),
    "QUANTITY": Phrase("数量", "quantity"),
    "COUNT": Phrase("次数", "count"),
    "DATE": Phrase("日期", "date"),
    "BOOLEAN": Phrase("是或否", "yes or no"),
    "CODE": Phrase("代码", "code"),
}
DAYS: Final[Mapping[str, Phrase]] = {
    "SIGNED_ON": Phrase("签订日", "the day of signing"),
    "FIRST_DRAWDOWN": Phrase("首次放款日", "the first drawdown"),
    "EACH_DRAWDOWN": Phrase("各笔放款日", "each drawdown"),
    "FIRST_COUNTED_DAY": Phrase("首个计息日", "the first day that counts"),
    "APPLICATION_DATE": Phrase("申请日", "the application date"),
}
_EACH_APPLICANT: Final[Words] = {
    "ENTERPRISE": Phrase("单个企业", "enterprise"),
    "PERSON": Phrase("单人", "person"),
    "HOUSEHOLD": Phrase("单户", "household"),
}


def word(words: Words, code: str | bool | None) -> Phrase:
    """What a code is called; 无 for none."""
    return NOTHING if code is None else words[code]


def say_word(words: Mapping[str, Phrase] | Words, code: str, language: Language) -> str:
    """What a code is called in the middle of a sentence."""
    return say_phrase(words[code], language)


def say_phrase(phrase: Phrase, language: Language) -> str:
    """A title in the middle of a sentence."""
    if language == "zh":
        return phrase.zh
    return phrase.en if phrase.en[:2].isupper() else phrase.en[0].lower() + phrase.en[1:]


def share(name: str, part: Fraction | None) -> Phrase:
    """An instalment or the part of a source."""
    if part is None:
        return Phrase(f"{name} 其余", f"{name}: the rest")
    return Phrase(f"{name} {percent_text(part)}", f"{name}: {percent_text(part)}")


def pool(tables: tuple[str, ...] | Literal["FUND"] | None) -> Phrase:
    """The tables whose earlier grants take room under a cap."""
    if tables is None:
        return Phrase("仅本标准表", "this table alone")
    if tables == "FUND":
        return Phrase("本资金的各标准表", "every table of the fund")
    return listed([Phrase(one, one) for one in sorted(tables)])


def term_length(term: Term) -> Phrase:
    """``Phrase("24个月", "24 months")``: how long a term is, from whichever day it starts."""
    parts = [] if term.months is None else [Phrase(f"{term.months}个月", f"{term.months} months")]
    if term.year_end:
        parts.append(Phrase("至起始年12月31日止", "to 31 December of its first year"))
    return Phrase("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def applicants(kinds: Sequence[str]) -> Phrase:
    """The kinds of applicant that a table admits (D85)."""
    return listed([APPLICANTS[kind] for kind in kinds])


def _each_applicant(terms: Terms) -> Phrase:
    each = [_EACH_APPLICANT[kind] for kind in terms.applicants]
    return Phrase("或".join(one.zh for one in each), " or ".join(one.en for one in each))


def accounts(cap: Cap, terms: Terms) -> Phrase:
    """What separates the accounts of a cap; the applicant where nothing else does."""
    if cap.per_unknown:
        who = _each_applicant(terms)
        return Phrase(f"{who.zh}（限额对象未公布）", f"{who.en} (what it is per was not published)")
    if not cap.per:
        return _each_applicant(terms)
    parts = [_account(one, terms) for one in cap.per]
    return Phrase("、".join(one.zh for one in parts), " and ".join(one.en for one in parts))


def _account(part: str, terms: Terms) -> Phrase:
    row = account(part)
    return row.title if row is not None else Phrase(f"单个“{title(part, terms).zh}”", title(part, terms).en)


def cap_name(cap: Cap, terms: Terms) -> Phrase:
    """``Phrase("单个企业年度上限", "Cap per enterprise and year")``, with the lines and the case to which it is limited."""
    zh, en = _bare_name(cap, terms)
    if cap.lines is not None:
        zh, en = f"{zh}（档次 {'、'.join(sorted(cap.lines))}）", f"{en} on {', '.join(sorted(cap.lines))}"
    if cap.when is not None:
        when = expression(cap.when, "BOOLEAN", terms)
        zh, en = f"{zh}（限{when.zh}时）", f"{en}, where {when.en}"
    return Phrase(zh, en)


def _bare_name(cap: Cap, terms: Terms) -> Phrase:
    who, period = accounts(cap, terms), CAP_PERIODS[cap.period].title
    if cap.bounds == "BALANCE":  # a balance has a day and no period, so that only an unusual one is named
        period = Phrase("", "") if cap.period == "BATCH" else period
        return Phrase(f"{who.zh}{period.zh}贷款余额上限", f"Balance cap per {who.en}{period.en}")
    return Phrase(f"{who.zh}{period.zh}上限", f"Cap per {who.en}{period.en}")


def window_title(window: Window, terms: Terms) -> Phrase:
    """What a window is called: that of an event by the date that it tests, such as 发射日期."""
    name = WINDOWS[window.kind]
    return name if window.kind != "event" or window.of is None else Phrase(f"{title(window.of, terms).zh}的期间", name.en)


def cap_title(cap: Cap, terms: Terms) -> Phrase:
    """What a step of the working calls a cap; its lines go by their Chinese titles."""
    name = _bare_name(cap, terms)
    lines = [line for line in terms.lines if line.id in (cap.lines or ())]
    return Phrase(" ".join([name.zh, *(line.title for line in lines)]), " ".join([name.en, *(line.id for line in lines)]))


def key_titles(cap: Cap, key: Sequence[str], terms: Terms) -> list[str]:
    """What separates one account of a cap, in Chinese: lines and declared codes by their titles, all else as it is."""
    found = list(key)
    for no, part in enumerate(cap.per):
        if part == "LINE":
            found[no] = next((line.title for line in terms.lines if line.id == key[no]), key[no])
        elif part in terms.needs:
            found[no] = (terms.needs[part].values or {}).get(key[no], key[no])
    return found
