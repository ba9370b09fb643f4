"""What an expression can see: facts by level, from the day up to the applicant.

A scope answers names and calls, and passes what it does not know to the scope around it. A fact that
was declared but not sent raises ``MissingFact``: never a default, never false (TERMS: FACT_REQUIRED).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import Any

from app.calculators.bilingual import Phrase
from app.calculators.claims.errors import Fault
from app.calculators.claims.model import Applicant, Claim, Contract, Measures, Project
from app.calculators.claims.patterns import ID_PATTERN, MONEY_PATTERN, SPREAD_PATTERN
from app.calculators.claims.spelling import normal, unseen
from app.calculators.expressions import nodes as ex
from app.calculators.stages.reference_rates import References
from app.calculators.terms import builtins as nm
from app.calculators.terms.model import Measure, Terms
from app.calculators.wording.nearest_names import MOST_NEAR, NOBODY, meant
from app.calculators.wording.phrases import title as title_of

Key = str | tuple[str, ...]
Answer = Callable[[tuple[str, ...]], Any]

_applicant_facts = attrgetter(*nm.APPLICANT_FACTS)
_MONEY = re.compile(MONEY_PATTERN)
_RATE = re.compile(SPREAD_PATTERN)
_QUANTITY = re.compile(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,8})?")
_FIELDS = frozenset(name for facts in nm.BUILT_IN.values() for name in facts)  # built in, so no measure of any table
_CODE = re.compile(ID_PATTERN)


class Scope:
    """Facts of one level. ``None`` as a value means: known name, but not sent."""

    __slots__ = ("answer", "around", "pointer", "values")

    def __init__(
        self,
        values: dict[str, Any],
        pointer: str,
        around: Scope | None = None,
        answer: Answer | None = None,
    ) -> None:
        self.values = values
        self.pointer = pointer
        self.around = around
        self.answer = answer

    def given(self, name: str) -> Any:
        """The value of a name, or None where it was not sent: for what matters only if it was."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.around
        return None

    def of(self, key: Key) -> Any:
        """The value of a name or call. Errors: MissingFact."""
        scope: Scope | None = self
        if isinstance(key, str):
            while scope is not None:
                if key in scope.values:
                    value = scope.values[key]
                    if value is None:
                        raise ex.MissingFact(key, scope.pointer)
                    return value
                scope = scope.around
            raise ex.MissingFact(key, "")
        while True:
            assert scope is not None, "the applicant's scope answers what no narrower one does"
            if scope.answer is not None:
                value = scope.answer(key)
                if value is not None:
                    return value
            scope = scope.around


def yuan_value(text: str | None) -> Fraction | None:
    """元 text with two decimals as an exact number of 元; None of None."""
    return None if text is None else yuan_of(text)


def yuan_of(text: str) -> Fraction:
    """元 text with two decimals as an exact number of 元."""
    return Fraction(int(text[:-3] + text[-2:]), 100)


def read_measures(given: Measures, wanted: Mapping[str, Measure], pointer: str, faults: list[Fault]) -> dict[str, Any]:
    """The declared measures of one object, read by type; undeclared and misread ones become faults."""
    found: dict[str, Any] = dict.fromkeys(wanted)
    for name, raw in given.items():
        measure = wanted.get(name)
        if measure is None:
            faults.append(_unknown_measure(name, wanted, pointer, near=len(faults) < MOST_NEAR))
            continue
        value = _read(measure, raw)
        if value is None:
            where = f"{pointer}/measures/{escaped(name)}"
            code = "UNKNOWN_CATEGORY" if measure.values is not None else "INVALID_MEASURE"
            zh, en = _expected(measure)
            near = meant(raw, measure.values or ()) if len(faults) < MOST_NEAR else NOBODY
            title = Phrase(measure.title, measure.name)
            faults.append(
                Fault(
                    pointer=where,
                    code=code,
                    zh=f"{measure.title} 应为{zh}{near.zh}",
                    en=f"{measure.name} should be {en}{near.en}",
                    title=title,
                )
            )
        found[name] = value
    return found


def _unknown_measure(name: str, wanted: Mapping[str, Measure], pointer: str, *, near: bool) -> Fault:
    there, where = ", ".join(sorted(wanted)) or "-", f"{pointer}/measures/{escaped(name)}"
    if name in _FIELDS:
        zh, en = "此为固定字段，不放在 measures 中", "a field of its own, not one of the measures"
        return Fault(where, "UNKNOWN_MEASURE", f"{zh}；measures 可用: {there}", f"{en}; declared: {there}")
    likely = meant(name, {one.name: one.title for one in wanted.values()}) if near else NOBODY
    zh, en = f"measures 中没有这个名称；可用: {there}{likely.zh}", f"no such name; declared: {there}{likely.en}"
    return Fault(where, "UNKNOWN_MEASURE", zh, en)


def escaped(name: str) -> str:
    """A key as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")[:64]


def _read(measure: Measure, raw: Any) -> Any:
    if measure.type == ex.BOOLEAN:
        return raw if isinstance(raw, bool) else None
    if measure.type == ex.COUNT:
        whole = isinstance(raw, int) and not isinstance(raw, bool)
        return raw if whole and 0 <= raw <= 10**9 else None
    if not isinstance(raw, str):
        return None
    if measure.type == ex.MONEY:
        return yuan_value(raw) if _MONEY.fullmatch(raw) else None
    if measure.type == ex.RATE:
        negative_zero = raw.startswith("-") and not raw.strip("-0.")
        return Fraction(raw) if _RATE.fullmatch(raw) and not negative_zero else None
    if measure.type == ex.QUANTITY:
        number = raw.removesuffix(f" {measure.unit}")
        fits = _QUANTITY.fullmatch(number)
        places = len((fits[2] or ".")[1:]) if fits else 0
        return Fraction(number) if fits and (measure.decimals is None or places <= measure.decimals) else None
    if measure.type == ex.DATE:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", raw):
            return None
        try:
            return date.fromisoformat(raw)
        except ValueError:
            return None
    known = measure.values is None or raw in measure.values
    return raw if known and _CODE.fullmatch(raw) and normal(raw) and unseen(raw) is None else None


# How a fact of a type is written, in Chinese and English.
_FORMS: Mapping[str, Phrase] = {
    ex.BOOLEAN: Phrase(" true 或 false", "true or false"),
    ex.COUNT: Phrase("非负整数（JSON 数字）", "a non-negative integer"),
    ex.MONEY: Phrase('金额字符串，如 "1234567.80"', 'money text such as "1234567.80"'),
    ex.RATE: Phrase('小数字符串，如 "0.0345"', 'decimal text such as "0.0345"'),
    ex.DATE: Phrase("日期 YYYY-MM-DD", "a date YYYY-MM-DD"),
    ex.CODE: Phrase("1 至 64 字符的编号，不能全为空白，不含不可见字符", "an id of 1 to 64 characters, not all blank, none invisible"),
}


def _expected(measure: Measure) -> Phrase:
    if measure.values is not None:
        listed = ", ".join(f"{code}（{title}）" for code, title in measure.values.items())
        return Phrase(f"其中之一: {listed}", "one of " + ", ".join(measure.values))
    if measure.type == ex.QUANTITY:
        return Phrase(f"数量字符串（{measure.unit}）", f"quantity text in {measure.unit}")
    return _FORMS[measure.type]


def applicant_scope(claim: Claim, measures: Mapping[str, Measure], references: References, year: int, faults: list[Fault]) -> Scope:
    """What is known of the applicant and the application; ``year`` is the programme year."""
    applicant = claim.applicant
    values: dict[str, Any] = read_measures(applicant.measures, measures, "/applicant", faults)
    values.update(zip(nm.APPLICANT_FACTS, _applicant_facts(applicant), strict=True))
    values["application_date"] = claim.application_date

    def answer(key: tuple[str, ...]) -> Any:
        match key:
            case "reference", series, day:
                return references.rate(series, _looked_up(day, claim.application_date).toordinal(), "/application_date")
            case "status", status, day:
                on = claim.application_date if day == "AT_APPLICATION" else date.fromisoformat(day)
                return has_status(claim, status, on)
            case "dishonest_since", day:
                if applicant.dishonesty_records is None:
                    raise ex.MissingFact("dishonesty_records", "/applicant")
                since = date.fromisoformat(day)
                return any(since <= record.on <= claim.application_date for record in applicant.dishonesty_records)
            case _:
                raise AssertionError(f"no scope answers {key}")

    return Scope(values, "/applicant", None, answer)


def _looked_up(name: str, application_date: date) -> date:
    """The day on which a claim reads a series: named after the application, or a date."""
    match name:
        case "APPLICATION_DATE":
            return application_date
        case "JAN_1":
            return date(application_date.year, 1, 1)
        case "JAN_1_LAST_YEAR":
            return date(application_date.year - 1, 1, 1)
        case _:
            return date.fromisoformat(name)


def has_status(claim: Claim, status: str, on: date) -> bool:
    """Whether the applicant has a status on a day: from inclusive, until exclusive (D29)."""
    return any(one.status == status and one.from_ <= on and (one.until is None or on < one.until) for one in claim.applicant.statuses)


def fact_required(missing: ex.MissingFact, terms: Terms) -> Fault:
    """The 422 for a fact that a chosen line or requirement reads and that was not sent: what it is and how it is written."""
    measure = terms.needs.get(missing.name)
    built_in = nm.BUILT_IN[str(terms.facts)]
    if measure is not None and missing.name not in built_in:
        zh, en = _expected(measure)
        title = Phrase(measure.title, measure.name)
        zh, en = f"标准表需要此事实: {title.zh}，应为{zh}", f"the rate table needs {title.en}, {en}"
        return Fault(pointer=f"{missing.pointer}/measures/{missing.name}", code=REQUIRED, zh=zh, en=en, title=title)
    fact = built_in.get(missing.name)
    field = missing.name if fact is None or fact.field is None else fact.field
    title = title_of(missing.name, terms) if fact is not None else _field_title(field)
    form = _FORMS.get(fact.type) if fact is not None and fact.field is None else None
    zh, en = (f"，应为{form.zh}", f", {form.en}") if form is not None else ("", "")
    zh, en = f"标准表需要此事实: {title.zh}{zh}", f"the rate table needs {title.en}{en}"
    return Fault(
        pointer=f"{missing.pointer}/{field}",
        code=REQUIRED,
        zh=zh,
        en=en,
        title=title if field == missing.name and field in terms.titles else None,
    )


def _field_title(field: str) -> Phrase:
    for kind in (Applicant, Project, Contract):
        if field in kind.__dataclass_fields__:
            return Phrase(kind.__dataclass_fields__[field].metadata["title"], field.replace("_", " "))
    return Phrase(field, field)


REQUIRED = "FACT_REQUIRED"
