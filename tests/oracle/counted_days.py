"""Line and subsidised rate of each counted day of a loan, and its requirements (D17, D29, D32, D33, D35)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.accounts import Json, Situation, choose_line
from tests.oracle.language import RefusedError, evaluate, words_of
from tests.oracle.loans import Loan, Slice


@dataclass
class Day:
    """One counted day of one slice."""

    loan: Loan
    slice: Slice
    day: date
    line: str
    counted: Any  # fen in 元, after the principal caps so far
    rate: Fraction = Fraction(0)  # asked for once the line's requirements are met (D18)


def by_days(line: Json) -> bool:
    """Whether a line pays for days."""
    return bool(words_of(line.get("base", "")) & {"balance", "interest"})


class Chooser:
    """Line and subsidised rate of each day of a loan's slices (D17, D29, D32), each worked out once for days that are alike."""

    def __init__(self, case: Situation, loan: Loan) -> None:
        self.case, self.loan = case, loan
        texts = [str(line.get(k, "")) for line in case.terms["lines"] for k in ("when", "rate")]
        self.reads_day = any("day" in words_of(text) for text in texts)
        self.reads_contract_rate = any("contract_rate" in words_of(text) for text in texts)
        daily = [text for text in texts if "reference" in text and "DAY" in words_of(text)]
        self.series = sorted({w for text in daily for w in words_of(text) if w in case.series})
        self.codes = sorted({s["status"] for s in case.request["applicant"].get("statuses") or []})
        self.known: dict[Any, Any] = {}

    def signature(self, slice_: Slice, day: date) -> Any:
        rate_now = id(known_or_none(lambda: slice_.rate_on(day))) if self.reads_contract_rate else None
        return (
            slice_.key,
            rate_now,
            tuple(known_or_none(lambda name=name: self.case.reference(name, day)) for name in self.series),
            tuple(self.case.has_status(code, day) for code in self.codes),
            day if self.reads_day else None,
        )

    def line(self, slice_: Slice, day: date) -> str | None:
        """The line that a day has, whatever its rate."""
        signature = ("line", self.signature(slice_, day))
        if signature not in self.known:
            line = self.worked_out(slice_, day)[0]
            self.known[signature] = line["id"] if line else None
        found: str | None = self.known[signature]
        return found

    def possible_lines(self, slice_: Slice, day: date) -> set[str]:
        """For room it matters that a line applies; which of two pays more is not asked where a rate is not known (D18)."""
        try:
            line = self.line(slice_, day)
        except RefusedError:
            if self.case.terms.get("choose") != "HIGHEST":
                raise
            return {each["id"] for each in self.case.terms["lines"]}
        return {line} if line else set()

    def rate(self, slice_: Slice, day: date) -> Fraction:
        signature = self.signature(slice_, day)
        if signature not in self.known:
            line, rate_of = self.worked_out(slice_, day)
            assert line
            self.known[signature] = rate_of(line)
        found: Fraction = self.known[signature]
        return found

    def worked_out(self, slice_: Slice, day: date) -> tuple[Json | None, Callable[[Json], Fraction]]:
        def names(name: str) -> Any:
            return self.loan.fact_named(slice_, name, day)

        calls = self.case.calls(self.loan.places(slice_, day))

        def rate_of(line: Json) -> Fraction:
            if line["rate"] == "unknown":
                raise RefusedError("STANDARD_NOT_LOADED")
            return max(Fraction(0), evaluate(line["rate"], names, calls))

        line = choose_line(self.case, names, calls, rate_of)
        return (line if line and by_days(line) else None), rate_of


def known_or_none(look: Callable[[], Any]) -> Any:
    """What is looked up only to tell days apart is no error where the series ends (D18)."""
    try:
        return look()
    except RefusedError:
        return None


def chosen_days(loan: Loan, chooser: Chooser) -> list[Day]:
    chosen: list[Day] = []
    for slice_ in loan.slices:
        for day in slice_.counted:
            if (line := chooser.line(slice_, day)) is not None:
                balance = slice_.balance(day)
                chosen.append(Day(loan, slice_, day, line, balance if loan.fx == 1 else balance * loan.fx))
    return chosen


def are_met(case: Situation, loan: Loan, rules: list[Json], chosen: list[Day]) -> bool:
    """Requirements on a contract (D33, D35)."""

    def names(name: str) -> Any:
        if name == "interest":
            return loan.interest(chosen) / 100
        return loan.fact_named(None, name)

    return all(evaluate(rule["that"], names, case.calls(loan.places())) for rule in rules)
