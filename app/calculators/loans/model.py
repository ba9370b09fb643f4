"""Loan contracts as the calculation sees them: drawdowns, rates, vouchers, and the runs of days that count.

Days are ordinals, balances fen times the claim's ``scale`` (1, unless a foreign currency is converted exactly).
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from app.calculators.claims.model import Contract
from app.calculators.claims.spelling import normal
from app.calculators.loans import repayment_plans as repayment
from app.calculators.loans.balances import Course, Slice, repay, whole_course
from app.calculators.loans.contract_rates import ContractRate, contract_rate
from app.calculators.loans.vouchers import Voucher, given, read_vouchers
from app.calculators.quantities.day_counts import USUAL
from app.calculators.quantities.money import fen
from app.calculators.results.working import Rows
from app.calculators.stages.context import Case, ItemId
from app.calculators.stages.effective_rules import Price
from app.calculators.stages.scope import Scope, has_status, read_measures
from app.calculators.terms.model import Cap, Line


@dataclass(slots=True)
class Run:
    """Days in a row of one drawdown under one line, at one price. A stretch begins wherever balance or contract rate changes.

    Columns have one entry for each stretch, ``marks`` one more: the end of the last. What is not given at
    first is filled on the way; reading it earlier is an error.
    """

    slice: Slice
    line: Line
    others: tuple[Line, ...]  # with HIGHEST: further lines that hold
    voucher: Voucher | None
    year: int | None  # where each calendar year is its own account
    marks: list[int]
    counted: list[int]  # the balance that is subsidised
    rate_nos: list[int]  # which of the slice's rates; -1 where none was given
    pieces: list[int] | None = None  # parts that daily caps cut off keep the number of their whole
    price: Price = field(init=False)  # the subsidised rate
    days: list[int] = field(init=False)  # numerators of the subsidy's day fractions
    moved: list[int] = field(init=False)  # numerators of the bank's day fractions
    interest: list[int] = field(init=False)  # I in fen of CNY, in parts of ``interest_of``
    interest_of: int = field(init=False)
    amounts: list[int] = field(init=False)  # what is earned in fen, in parts of ``amounts_of``
    amounts_of: int = field(init=False)
    rows: Rows = field(init=False)  # how the stretches earn what they do

    def part(self, first: int, until: int, line: Line, price: Price) -> Run:
        """Some of the stretches as a run of their own, under one of the lines that hold."""
        run = Run(
            slice=self.slice,
            line=line,
            others=(),
            voucher=self.voucher,
            year=self.year,
            marks=self.marks[first : until + 1],
            counted=self.counted[first:until],
            rate_nos=self.rate_nos[first:until],
            pieces=None if self.pieces is None else self.pieces[first:until],
        )
        run.price = price
        return run

    def cut(self, days_to_cut: list[int]) -> None:
        """Cut stretches at further days."""
        whole = self.pieces or range(len(self.counted))
        marks, counted, rate_nos, pieces = [], [], [], []
        for no, (first, until) in enumerate(itertools.pairwise(self.marks)):
            parts = [first, *days_to_cut[bisect_right(days_to_cut, first) : bisect_left(days_to_cut, until)]]
            marks += parts
            counted += [self.counted[no]] * len(parts)
            rate_nos += [self.rate_nos[no]] * len(parts)
            pieces += [whole[no]] * len(parts)
        self.marks, self.counted, self.rate_nos, self.pieces = [*marks, self.marks[-1]], counted, rate_nos, pieces

    def join(self) -> None:
        """Put parts that were cut without need together again, so that the working stays short."""
        assert self.pieces is not None
        begins = [no for no in range(len(self.pieces)) if no == 0 or self._differs(no)]
        self.marks = [*(self.marks[no] for no in begins), self.marks[-1]]
        self.counted, self.rate_nos, self.pieces = ([column[no] for no in begins] for column in (self.counted, self.rate_nos, self.pieces))

    def _differs(self, no: int) -> bool:
        assert self.pieces is not None
        return (self.pieces[no], self.counted[no]) != (self.pieces[no - 1], self.counted[no - 1])


@dataclass(slots=True)
class Loan:
    """One contract on its way."""

    fact: Contract
    index: int
    scope: Scope
    slices: list[Slice]
    rate: ContractRate  # of the slices that have none of their own
    vouchers: list[Voucher]
    given: frozenset[str]  # the slices for which vouchers were given, whether they count or not
    keys: dict[str, str]
    course: Course  # the whole balance, in the contract's own currency
    until: int  # the latest maturity
    alike: bool  # all slices have the contract's rate and day count
    factor: Fraction = Fraction(1)  # to CNY
    runs: list[Run] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)  # of each slice
    elsewhere: dict[str, frozenset[str]] = field(default_factory=dict)  # of each slice: lines that hold on supported days not claimed
    used_up: Cap | None = None  # the cap on principal that left no balance
    id: ItemId = field(init=False)

    def __post_init__(self) -> None:
        """Name the contract: its number and its lender (D70)."""
        self.id = ItemId(self.fact.contract_no, self.fact.lender)

    def runs_of_slices(self) -> dict[str, list[Run]]:
        """The runs of each slice that has any, by its number."""
        found: dict[str, list[Run]] = {}
        for run in self.runs:
            found.setdefault(run.slice.no, []).append(run)
        return found


def read_loan(case: Case, fact: Contract, index: int, faults: list[Any]) -> Loan:
    """The slices, rates and vouchers of one contract. Errors: FactsError, NotComputable."""
    pointer = f"/contracts/{index}"
    first = min([one.on for one in fact.drawdowns])
    until = max([one.matures_on or fact.matures_on for one in fact.drawdowns])
    rate = contract_rate(fact.rate, first, until, case.references.series, f"{pointer}/rate")
    slices = _slices(case, fact, rate, pointer)
    own = {"contract_no": fact.contract_no, "lender": fact.lender, "project_id": fact.project_id}
    return Loan(
        fact=fact,
        index=index,
        scope=_contract_scope(case, fact, index, first, faults),
        slices=slices,
        rate=rate,
        vouchers=read_vouchers(case, fact, slices) if fact.interest_paid else [],
        given=given(fact, slices) if fact.interest_paid else frozenset(),
        keys=own,  # type: ignore[arg-type]
        course=whole_course(slices),
        until=until.toordinal(),
        alike=all(one.rate is rate and one.day_count == fact.day_count for one in slices),
    )


def _slices(case: Case, fact: Contract, rate: ContractRate, pointer: str) -> list[Slice]:
    """The drawdowns, earliest first, with the rate, day count and maturity of each, and what is left of each over time."""
    slices = []
    for no, one in enumerate(fact.drawdowns):
        matures_on, on, drawn = one.matures_on or fact.matures_on, one.on.toordinal(), fen(one.amount)
        own = rate
        if one.rate is not None:
            own = contract_rate(one.rate, one.on, matures_on, case.references.series, f"{pointer}/drawdowns/{no}/rate")
        day_count = one.day_count or fact.day_count or USUAL
        made = Slice(
            no=one.drawdown_no,
            index=no,
            on=on,
            until=matures_on.toordinal(),
            drawn=drawn,
            fact=one,
            rate=own,
            day_count=day_count,
            course=Course([on], [drawn]),
        )
        plan = one.repayment_plan or fact.repayment_plan
        if plan is not None:
            made.follow(*repayment.planned_repayments(plan, one.on, matures_on, drawn, _rate_on(own) if own.days else None))
        slices.append(made)
    if len(slices) > 1:
        slices.sort(key=lambda one: (one.on, normal(one.no)))
    if fact.repayments:
        repay(slices, fact, pointer)
    return slices


def _rate_on(rate: ContractRate) -> repayment.RateOn:
    return lambda day: Fraction(rate.needed(rate.no(day.toordinal())), rate.parts)


def _contract_scope(case: Case, fact: Contract, index: int, first: date, faults: list[Any]) -> Scope:
    pointer = f"/contracts/{index}"
    values: dict[str, Any] = read_measures(fact.measures, case.rules.measures["CONTRACT"], pointer, faults)
    values |= {
        "contract_no": fact.contract_no,
        "lender": fact.lender,
        "loan_type": fact.loan_type,
        "currency": fact.currency,
        "purposes": fact.purposes,
        "signed_on": fact.signed_on,
        "matures_on": fact.matures_on,
        "first_drawdown": first,
    }
    looked_up = {"SIGNED_ON": fact.signed_on, "FIRST_DRAWDOWN": first}
    claim, references = case.claim, case.references  # not the case, which holds accounts, which hold scopes: a cycle

    def answer(key: tuple[str, ...]) -> Any:
        if key[0] == "reference" and key[2] in looked_up:
            return references.rate(key[1], looked_up[key[2]].toordinal(), pointer)
        if key[0] == "status" and key[2] == "AT_FIRST_DRAWDOWN":
            return has_status(claim, key[1], first)
        return None

    return Scope(values, pointer, case.applicant, answer)


def slice_scope(case: Case, loan: Loan, one: Slice, faults: list[Any]) -> Scope:
    """What is known of one drawdown."""
    pointer = f"/contracts/{loan.index}/drawdowns/{one.index}"
    values = read_measures(one.fact.measures, case.rules.measures["DRAWDOWN"], pointer, faults)
    values["drawn_on"] = one.fact.on
    if "drawn" in case.rules.reads:
        values["drawn"] = Fraction(one.drawn * loan.factor.numerator, 100 * loan.factor.denominator)
    references, on = case.references, one.on

    def answer(key: tuple[str, ...]) -> Any:
        if key[0] == "reference" and key[2] == "EACH_DRAWDOWN":
            return references.rate(key[1], on, pointer)
        return None

    return Scope(values, pointer, loan.scope, answer)


def day_scope(case: Case, loan: Loan, around: Scope, day: int, rate: Fraction | None, counted: int, scale: int) -> Scope:
    """What is known of one day of one drawdown."""
    when = date.fromordinal(day)
    claim, references, pointer = case.claim, case.references, f"/contracts/{loan.index}"

    def answer(key: tuple[str, ...]) -> Any:
        if key[0] == "reference" and key[2] == "DAY":
            return references.rate(key[1], day, pointer)
        if key[0] == "status" and key[2] == "ON_DAY":
            return has_status(claim, key[1], when)
        return None

    values = {"contract_rate": rate, "day": when, "balance": Fraction(counted, 100 * scale)}
    return Scope(values, pointer, around, answer)
