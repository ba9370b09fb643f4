"""The functions of the expression language, one row each: parser, types, levels, evaluation and wording read it.

To add one: its row here and its tests. A row without ``evaluate`` is answered by the scope of the facts, under its name and
arguments; a new one needs its answer there (``stages.scope``, ``loans``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from app.calculators.bilingual import Phrase
from app.calculators.quantities.calendar import months_after

Level = Literal["APPLICANT", "ITEM", "DRAWDOWN", "DAY"]
TypeName = Literal["MONEY", "RATE", "NUMBER", "COUNT", "QUANTITY", "DATE", "BOOLEAN", "CODE", "CODES"]
Names = Literal["SERIES", "STATUS", "LINE", "CATEGORY", "FACT"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day that a function can name by a word."""

    level: Level  # of what it speaks: the applicant's are known for tables of every kind, all others for loans only
    title: Phrase


MOMENTS: Final[Mapping[str, Moment]] = MappingProxyType(
    {
        "DAY": Moment("DAY", Phrase("计息当日", "on the day")),
        "SIGNED_ON": Moment("ITEM", Phrase("签订日", "when signed")),
        "FIRST_DRAWDOWN": Moment("ITEM", Phrase("首次放款日", "at the first drawdown")),
        "EACH_DRAWDOWN": Moment("DRAWDOWN", Phrase("各笔放款日", "at each drawdown")),
        "APPLICATION_DATE": Moment("APPLICANT", Phrase("申请日", "on the application date")),
        "JAN_1": Moment("APPLICANT", Phrase("申请当年1月1日", "on 1 January of the application's year")),
        "JAN_1_LAST_YEAR": Moment("APPLICANT", Phrase("申请上年1月1日", "on 1 January of the year before the application")),
        "AT_FIRST_DRAWDOWN": Moment("ITEM", Phrase("首次放款时", "at the first drawdown")),
        "AT_APPLICATION": Moment("APPLICANT", Phrase("申请时", "at the application")),
        "ON_DAY": Moment("DAY", Phrase("计息当日", "on the day")),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One argument: an expression of a type, a literal that names something, or a date that a word may stand for."""

    title: Phrase
    types: frozenset[TypeName] = frozenset()  # of an expression, or of the fact that is named
    names: Names | None = None
    moments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function with a fixed number of arguments."""

    parameters: tuple[Parameter, ...]
    result: TypeName | None  # None: that of its argument
    says: Phrase  # {0} and {1} are the arguments, {fact} is the fact of ``reads``
    says_not: Phrase | None = None  # for its negation
    says_before: Phrase | None = None  # where the last argument is negative
    evaluate: Callable[..., Any] | None = None
    level: Level = "APPLICANT"  # of the facts that it reads beside its arguments
    reads: str | None = None  # the fact that it reads
    facts: str | None = None  # the only kind of facts that has it
    only_in: str | None = None  # the fault of every other place than its own
    calculated: bool = False  # only the calculation knows its answer, not the facts alone


_DATE: Final = Parameter(title=Phrase("日期", "date"), types=frozenset({"DATE"}))

FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {
        "months_after": Function(
            parameters=(_DATE, Parameter(title=Phrase("月数", "months"), types=frozenset({"COUNT"}))),
            result="DATE",
            says=Phrase("{0}后{1}个月", "{1} months after {0}"),
            says_before=Phrase("{0}前{1}个月", "{1} months before {0}"),
            evaluate=lambda start, months: months_after(start, int(months)),
        ),
        "reference": Function(
            parameters=(
                Parameter(title=Phrase("系列", "SERIES"), names="SERIES"),
                Parameter(
                    title=Phrase("日期", "date"),
                    moments=("DAY", "SIGNED_ON", "FIRST_DRAWDOWN", "EACH_DRAWDOWN", "APPLICATION_DATE", "JAN_1", "JAN_1_LAST_YEAR"),
                ),
            ),
            result="RATE",
            says=Phrase("{0}（{1}）", "{0} {1}"),
        ),
        "status": Function(
            parameters=(
                Parameter(title=Phrase("代码", "CODE"), names="STATUS"),
                Parameter(title=Phrase("日期", "date"), moments=("AT_FIRST_DRAWDOWN", "AT_APPLICATION", "ON_DAY")),
            ),
            result="BOOLEAN",
            says=Phrase("{1}具有资质 {0}", "status {0} {1}"),
        ),
        "dishonest_since": Function(
            parameters=(_DATE,),
            result="BOOLEAN",
            says=Phrase("自{0}以来有严重失信记录", "a dishonesty record since {0}"),
            says_not=Phrase("自{0}以来无严重失信记录", "no dishonesty record since {0}"),
        ),
        "earned": Function(
            parameters=(Parameter(title=Phrase("档次", "LINE"), names="LINE"),),
            result="BOOLEAN",
            says=Phrase("档次 {0} 有金额", "line {0} earns"),
            only_in="ONLY_IN_WHEN_OF_CAPS",
            calculated=True,
        ),
        "total": Function(
            parameters=(Parameter(title=Phrase("名称", "name"), names="FACT", types=frozenset({"MONEY", "COUNT", "QUANTITY"})),),
            result=None,
            says=Phrase("{0}合计", "total {0}"),
            only_in="ONLY_IN_REQUIREMENTS",
            calculated=True,
        ),
        "admitted": Function(
            parameters=(Parameter(title=Phrase("类别", "CATEGORY"), names="CATEGORY"),),
            result="MONEY",
            says=Phrase("{fact}（{0}）", "{fact} in {0}"),
            level="ITEM",
            reads="admitted",
            facts="PROJECTS",
            calculated=True,
        ),
    }
)

ExtremeName = Literal["min", "max"]
EXTREMES: Final[Mapping[ExtremeName, Callable[[Iterable[Any]], Any]]] = MappingProxyType({"min": min, "max": max})
"""Functions of two or more expressions of one type, which is also their own; a date may be compared like a number."""


def is_day_word(word: str) -> bool:
    """Whether a word names each day that is counted."""
    return word in MOMENTS and MOMENTS[word].level == "DAY"
