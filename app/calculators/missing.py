"""All that a claim lacks, when it lacks anything (D83): worked out only after a calculation was refused.

A calculation stops at the first fact that it misses. This walks the same road again and reads on: first over what chooses a
line, for which the answer must come before anything else can be asked; then over all that the chosen lines read. Nothing is
asked of an item that is out already: a window that it misses, a requirement that it does not meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from app.calculators import award, days, grant, insurance
from app.calculators import expressions as ex
from app.calculators import names as nm
from app.calculators.facts import Contract
from app.calculators.faults import FactsError, Fault, NotComputable
from app.calculators.interest import rate_needed
from app.calculators.items import Case, ItemId, ItemWork
from app.calculators.loans import Loan, day_scope, read_loan, slice_scope
from app.calculators.names import CAP_PER, EVENT_OF, TERM_STARTS
from app.calculators.runs import claimed_days, covering, supported_days
from app.calculators.scope import REQUIRED, Scope, fact_required
from app.calculators.terms import Cap, Line, Requirement, Unknown
from app.calculators.windows import bounds, contains

_OF_A_DAY = frozenset(name for name, fact in nm.BUILT_IN["CONTRACTS"].items() if fact.level == nm.DAY) - {"contract_rate"}


def every_fault(case: Case, raised: Sequence[Fault]) -> list[Fault]:
    """The faults that were raised, and every other fact that is missing: at first those alone that choose a line (D83)."""
    walk = _Walk(case)
    walk.applicant()
    for part in _PARTS[str(case.terms.facts)](walk):
        walk.item(part)
    found: dict[str, Fault] = {}
    for fault in (*raised, *walk.wrong, *(walk.choosing or walk.others)):
        found.setdefault(fault.pointer, fault)
    return list(found.values())


@dataclass(slots=True)
class _Part:
    """What lines are chosen for: an item, or one drawdown of a contract."""

    scope: Scope
    loan: Loan | None = None


@dataclass(slots=True)
class _Walk:
    """One pass over a claim that collects what is missing."""

    case: Case
    wrong: list[Fault] = field(default_factory=list)
    choosing: list[Fault] = field(default_factory=list)
    others: list[Fault] = field(default_factory=list)

    def ask(self, node: ex.Node | Unknown | None, scope: Scope, into: list[Fault] | None = None) -> Any:
        """The value of a node, or None where it is not known; what it misses is noted."""
        if node is None or isinstance(node, Unknown):
            return None
        lacking: list[ex.MissingFact] = []
        value = ex.probe(node, _reader(scope), lacking)
        into = self.others if into is None else into
        into += [fact_required(one, self.case.rules.needs, str(self.case.terms.facts)) for one in lacking]
        return value

    def holds(self, asked: Sequence[Requirement], scope: Scope) -> bool:
        """Whether none of these requirements is known not to hold."""
        return False not in [self.ask(one.that, scope) for one in asked]

    def take(self, faults: Sequence[Fault]) -> None:
        """Sort what reading an item has found."""
        for fault in faults:
            if fault.code != REQUIRED:
                self.wrong.append(fault)
            elif fault.pointer.endswith("/category"):
                self.choosing.append(fault)
            else:
                self.others.append(fault)

    def applicant(self) -> None:
        """What the applicant is asked, and an exemption from the single direction where another grant may bar it."""
        case = self.case
        self.holds([*case.rules.of_applicant, *(one for one in case.rules.of_claim if one.level == nm.APPLICANT)], case.applicant)
        others = {one.rate_table for one in case.claim.applicant.granted} - {case.table.id}
        elsewhere = any(one.startswith(case.table.fund + "-") for one in others)
        if elsewhere and not any(one.higher_of for one in case.rules.stackings):
            for stacking in case.rules.stackings:
                self.ask(stacking.exempt, case.applicant)

    def item(self, part: _Part) -> None:
        """Everything that is read of one item."""
        case, scope = self.case, part.scope
        if self._outside(scope) or self._beyond(scope):
            return
        requirements = case.terms.require if part.loan is None else case.rules.of_items
        if not self.holds([one for one in requirements if one.level != nm.APPLICANT and not one.totals], scope):
            return
        self._totalled(scope)
        lines = self._lines(scope)
        for line in lines:
            if self.holds(case.rules.asked[line.id], scope):
                self._pay(line, scope)
        if part.loan is not None and _reads_rate(part.loan, lines) and _uncovered(case, part.loan, scope):
            self.others.append(rate_needed(part.loan))

    def _outside(self, scope: Scope) -> bool:
        for kind in self.case.rules.item_windows:
            window = self.case.terms.windows[kind]
            on = self.case.claim.application_date
            if window.of is None or bounds(window, on) == (None, None):
                continue
            day = self.ask(ex.Name(window.of), scope)
            if day is not None and not contains(window, day, on):
                return True
        return False

    def _beyond(self, scope: Scope) -> bool:
        facts = str(self.case.terms.facts)
        for term in self.case.rules.limits:
            if term.start in TERM_STARTS or isinstance(term.start, date):
                continue
            start = self.ask(ex.Name(term.start), scope)
            if facts in {"CONTRACTS", "POLICIES"}:
                continue
            window = self.case.terms.windows.get("event")
            day = self.ask(ex.Name(window.of if window is not None and window.of is not None else EVENT_OF[facts]), scope)
            known = start is not None and day is not None
            if known and not start <= day < days.term_until(start, term.months, year_end=term.year_end):
                return True
        return False

    def _totalled(self, scope: Scope) -> None:
        """What requirements on totals of the claim add up."""
        case = self.case
        asked = (*case.terms.require, *(one for line in case.terms.lines for one in line.require))
        for call in [call for one in asked if one.of_claim for call in ex.calls(one.that, "total")]:
            (name,) = (part.name for part in call.args if isinstance(part, ex.Name))
            self.ask(ex.Name(name), scope)

    def _lines(self, scope: Scope) -> list[Line]:
        """The lines that may apply: none of them is known not to."""
        found = []
        for line in self.case.terms.lines:
            held = True if line.when is None else self.ask(line.when, scope, self.choosing)
            if held is False:
                continue
            found.append(line)
            if held and self.case.terms.choose == "FIRST":
                break
        return found

    def _pay(self, line: Line, scope: Scope) -> None:
        """What a line pays on, at which rate, and under which caps."""
        terms = self.case.terms
        for node in (line.base, line.rate, line.amount):
            self.ask(node, scope)
        if line.bands is not None:
            for node in (line.bands.of, line.bands.after, *(node for band in line.bands.pay for node in (band.amount, band.rate))):
                self.ask(node, scope)
        if terms.stacking.offset is not None:
            self.ask(terms.stacking.offset[0], scope)
        if terms.other_funding == "FROM_BASE":
            self.ask(ex.Name("other_fiscal_funding"), scope)
        for cap in self.case.rules.caps:
            if cap.lines is None or line.id in cap.lines:
                self._cap(cap, scope)

    def _cap(self, cap: Cap, scope: Scope) -> None:
        for part in cap.per:
            if part not in CAP_PER:
                self.ask(ex.Name(part), scope)
        if cap.when is None or self.ask(cap.when, scope) is not False:
            self.ask(cap.limit, scope)


def _reader(scope: Scope) -> ex.Lookup:
    """Facts as a scope answers them; None for what only a full calculation knows."""

    def of(key: str | tuple[str, ...]) -> Any:
        if isinstance(key, tuple):
            if key[0] in {"earned", "total", "admitted"} or key[-1] in {"DAY", "ON_DAY"}:
                return None
        elif key in _OF_A_DAY or key in {"admitted", "disbursed"} or (key == "contract_rate" and scope.values.get(key) is not None):
            return None  # a rate may change with the day
        try:
            return scope.of(key)
        except NotComputable:
            return None

    return of


# --- the parts of a claim ----------------------------------------------------------------------------


def _items(walk: _Walk) -> Iterator[_Part]:
    for index, item in enumerate(walk.case.claim.items or ()):
        faults: list[Fault] = []
        scope = award.item_scope(walk.case, item, index, faults)
        walk.take(faults)
        yield _Part(scope)


def _projects(walk: _Walk) -> Iterator[_Part]:
    for index, project in enumerate(walk.case.claim.projects or ()):
        faults: list[Fault] = []
        scope = grant.project_scope(walk.case, project, index, faults)
        grant.admit(walk.case, ItemWork(ItemId(project.project_id), index, scope), project, faults)
        walk.take(faults)
        yield _Part(scope)


def _policies(walk: _Walk) -> Iterator[_Part]:
    for index, policy in enumerate(walk.case.claim.policies or ()):
        faults: list[Fault] = []
        scope = insurance.policy_scope(walk.case, policy, index, policy.period_from, faults)
        walk.take(faults)
        if policy.premium_paid == policy.premium:
            paid_on = walk.ask(ex.Name("paid_on"), scope)
            if paid_on is not None and paid_on > walk.case.claim.application_date:
                continue
            yield _Part(scope)


def _contracts(walk: _Walk) -> Iterator[_Part]:
    for index, contract in enumerate(walk.case.claim.contracts or ()):
        yield from _drawdowns(walk, contract, index)


def _drawdowns(walk: _Walk, contract: Contract, index: int) -> Iterator[_Part]:
    case = walk.case
    faults: list[Fault] = []
    admitted = {one.code: one for one in case.terms.currencies}
    try:
        loan = read_loan(case, contract, index, faults)
    except FactsError as error:
        walk.take([*faults, *error.faults])
        return
    except NotComputable:
        return
    if contract.currency != "CNY" and contract.currency in admitted:
        on = admitted[contract.currency].on
        if not isinstance(on, date):
            walk.ask(ex.Name(on.lower()), loan.scope)
    if contract.currency == "CNY" or contract.currency in admitted:
        for one in loan.slices:
            around = loan.scopes[one.no] = slice_scope(case, loan, one, faults)
            rate = Fraction(1) if one.rate.days else None
            yield _Part(day_scope(case, loan, around, one.on, rate, one.drawn, 1), loan)
    walk.take(faults)


def _reads_rate(loan: Loan, lines: Sequence[Line]) -> bool:
    """Whether days without a voucher need the contract's rate: a share of interest (D30), or vouchers for other days (D97)."""
    return bool(loan.fact.interest_paid) or any(line.shares_interest for line in lines)


def _uncovered(case: Case, loan: Loan, scope: Scope) -> bool:
    """Whether a day that may count has neither a voucher nor a contract rate."""
    for one in loan.slices:
        if one.rate.days:
            continue
        try:
            spans = claimed_days(case, loan, one, supported_days(case, loan, one, scope))
        except ex.MissingFact:
            spans = [(one.on, one.until)]
        if days.subtract(spans, [(voucher.first, voucher.until) for voucher in covering(loan, one)]):
            return True
    return False


_PARTS = {"CONTRACTS": _contracts, "POLICIES": _policies, "ITEMS": _items, "PROJECTS": _projects}
