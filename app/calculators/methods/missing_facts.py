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

from app.calculators.claims.errors import FactsError, Fault, NotComputable
from app.calculators.claims.model import Contract
from app.calculators.expressions import nodes as ex
from app.calculators.expressions.functions import FUNCTIONS, is_day_word
from app.calculators.loans.accrual_periods import claimed_days, covering, supported_days
from app.calculators.loans.interest import rate_needed
from app.calculators.loans.model import Loan, day_scope, read_loan, slice_scope
from app.calculators.methods import insurance
from app.calculators.methods import items as award
from app.calculators.methods import projects as grant
from app.calculators.quantities import calendar as days
from app.calculators.stages.cap_accounts import Under, account_key, ask_for_keys, keys_of
from app.calculators.stages.context import Case, ItemId, ItemWork
from app.calculators.stages.earlier_grants import Grant, concerns, grants_of, place_grants
from app.calculators.stages.eligibility import other_directions
from app.calculators.stages.scope import REQUIRED, Scope, fact_required
from app.calculators.stages.windows import bounds, contains
from app.calculators.terms import builtins as nm
from app.calculators.terms.builtins import EVENT_OF, TERM_STARTS
from app.calculators.terms.cap_periods import CAP_ACCOUNTS
from app.calculators.terms.model import Line, Requirement, Unknown

_OF_A_DAY = frozenset(name for name, fact in nm.BUILT_IN["CONTRACTS"].items() if fact.level == nm.DAY) - {"contract_rate"}
_OWN = (*(row.key for row in CAP_ACCOUNTS.values()), "policy_no", "item_id", "category", "insurance_type", "insurer")


def every_fault(case: Case, raised: Sequence[Fault]) -> list[Fault]:
    """The faults that were raised, and every other fact that is missing: at first those alone that choose a line (D83)."""
    walk = _Walk(case)
    walk.applicant()
    for part in _PARTS[str(case.terms.facts)](walk):
        walk.item(part)
    if not walk.choosing:
        walk.accounts()
    found: dict[str, Fault] = {}
    for fault in (*raised, *walk.wrong, *(walk.choosing or walk.others)):
        found.setdefault(fault.pointer, fault)
    misspelt = {one.pointer.rpartition("/")[0] for one in raised if one.code == "UNKNOWN_CATEGORY"}
    return [one for one in found.values() if one.code != REQUIRED or not _of_a_line(one.pointer, misspelt)]


def _of_a_line(pointer: str, misspelt: set[str]) -> bool:
    """Whether a fact is asked of an earlier grant that gives it already, in a code that is wrong."""
    keys, _, name = pointer.rpartition("/")
    return name in {"line", "category"} and keys.endswith("/keys") and keys in misspelt


@dataclass(slots=True)
class _Part:
    """What lines are chosen for: an item, or one drawdown of a contract."""

    scope: Scope
    row: Any  # the contract, policy, item or project
    loan: Loan | None = None
    drawdown_no: str = ""

    @property
    def account_scope(self) -> Scope:
        """Where what separates accounts is looked up: of a loan the drawdown, not the day."""
        return self.scope if self.loan is None or self.scope.around is None else self.scope.around

    @property
    def item(self) -> ItemId:
        """What tells the item from the others."""
        return ItemId(self.scope.pointer) if self.loan is None else self.loan.id

    def own(self, line: Line) -> dict[str, str | None]:
        """What separates accounts, of the item itself."""
        found: dict[str, str | None] = {name: getattr(self.row, name, None) for name in _OWN}
        found["line"] = line.id
        return found | ({"drawdown_no": self.drawdown_no} if self.loan is not None else {})


@dataclass(slots=True)
class _Walk:
    """One pass over a claim that collects what is missing."""

    case: Case
    wrong: list[Fault] = field(default_factory=list)
    choosing: list[Fault] = field(default_factory=list)
    others: list[Fault] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    under: dict[int, list[tuple[_Part, Line]]] = field(default_factory=dict)  # what may earn under each cap, by its number
    uncovered: dict[tuple[Any, ...], bool] = field(default_factory=dict)  # of a contract, by what its days are reckoned from

    def ask(self, node: ex.Node | Unknown | None, scope: Scope, into: list[Fault] | None = None) -> Any:
        """The value of a node, or None where it is not known; what it misses is noted."""
        if node is None or isinstance(node, Unknown):
            return None
        lacking: list[ex.MissingFact] = []
        value = ex.probe(node, _reader(scope), lacking)
        into = self.others if into is None else into
        into += [fact_required(one, self.case.rules.spoken) for one in lacking]
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
        """What the applicant is asked, the keys of earlier grants, and an exemption where another direction may bar it."""
        case = self.case
        self.holds([*case.rules.of_applicant, *(one for one in case.rules.of_claim if one.level == nm.APPLICANT)], case.applicant)
        self.grants = grants_of(case)
        if not self.grants:
            return
        if other_directions(case, self.grants):
            for stacking in case.rules.stackings:
                self.ask(stacking.exempt if stacking.single_direction is not None else None, case.applicant)
        try:
            place_grants(case, self.grants)
        except FactsError as error:
            self.take(error.faults)

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
                self._pay(line, part)
        if part.loan is not None and _reads_rate(part.loan, lines) and self._lacks_rate(part.loan, scope):
            self.others.append(rate_needed(part.loan))

    def _lacks_rate(self, loan: Loan, scope: Scope) -> bool:
        """Whether a day of a contract may need its rate: looked for once, unless a term begins elsewhere for another drawdown."""
        starts = (scope.given(str(term.start).lower() if term.start in TERM_STARTS else str(term.start)) for term in self.case.rules.limits)
        key = (loan.index, *starts)
        if key not in self.uncovered:
            self.uncovered[key] = _uncovered(self.case, loan, scope)
        return self.uncovered[key]

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
            start = self.ask(ex.Name(str(term.start)), scope)
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
        for name in dict.fromkeys(name for one in asked if one.of_claim for name in ex.named(one.that, "FACT")):
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

    def _pay(self, line: Line, part: _Part) -> None:
        """What a line pays on, at which rate, and under which caps."""
        terms, scope = self.case.terms, part.scope
        earns = 0 not in [self.ask(node, scope) for node in (line.base, line.rate, line.amount)]
        if line.bands is not None:
            for node in (line.bands.of, line.bands.after, *(node for band in line.bands.pay for node in (band.amount, band.rate))):
                self.ask(node, scope)
        if terms.stacking.offset is not None:
            self.ask(terms.stacking.offset[0], scope)
        for no, cap in enumerate(self.case.rules.caps):
            if cap.lines is not None and line.id not in cap.lines:
                continue
            if cap.when is None or self.ask(cap.when, scope) is not False:
                self.ask(cap.limit, scope)
                if earns:
                    self.under.setdefault(no, []).append((part, line))

    def accounts(self) -> None:
        """What separates the accounts of caps: required where more than one thing may share an account (D68)."""
        case = self.case
        before = len(case.faults)
        for no, under in self.under.items():
            cap = case.rules.caps[no]
            touched = any(cap.bounds == "AMOUNT" and concerns(case, cap, one) for one in self.grants)
            scopes = [(part, part.account_scope, part.own(line)) for part, line in under]
            asked = [Under(part.item, part.drawdown_no, scope, account_key(cap, keys_of(case, own, scope))) for part, scope, own in scopes]
            ask_for_keys(case, cap, asked, touched=touched)
        self.take(case.faults[before:])


def _reader(scope: Scope) -> ex.Lookup:
    """Facts as a scope answers them; None for what only a full calculation knows."""

    def of(key: str | tuple[str, ...]) -> Any:
        if isinstance(key, tuple):
            if FUNCTIONS[key[0]].calculated or is_day_word(key[-1]):
                return None
        elif key in _OF_A_DAY or key in {"admitted", "disbursed"} or (key == "contract_rate" and scope.values.get(key) is not None):
            return None  # a rate may change with the day
        try:
            return scope.of(key)
        except NotComputable:
            return None

    return of


# --- the parts of a claim: their faults stand in one list, which bounds what is looked for each -----------


def _items(walk: _Walk) -> Iterator[_Part]:
    faults: list[Fault] = []
    for index, item in enumerate(walk.case.claim.items or ()):
        yield _Part(award.item_scope(walk.case, item, index, faults), item)
    walk.take(faults)


def _projects(walk: _Walk) -> Iterator[_Part]:
    faults: list[Fault] = []
    for index, project in enumerate(walk.case.claim.projects or ()):
        scope = grant.project_scope(walk.case, project, index, faults)
        grant.admit(walk.case, ItemWork(ItemId(project.project_id), index, scope), project, faults)
        yield _Part(scope, project)
    walk.take(faults)


def _policies(walk: _Walk) -> Iterator[_Part]:
    faults: list[Fault] = []
    for index, policy in enumerate(walk.case.claim.policies or ()):
        scope = insurance.policy_scope(walk.case, policy, index, policy.period_from, faults)
        if policy.premium_paid == policy.premium:
            paid_on = walk.ask(ex.Name("paid_on"), scope)
            if paid_on is not None and paid_on > walk.case.claim.application_date:
                continue
            yield _Part(scope, policy)
    walk.take(faults)


def _contracts(walk: _Walk) -> Iterator[_Part]:
    faults: list[Fault] = []
    for index, contract in enumerate(walk.case.claim.contracts or ()):
        yield from _drawdowns(walk, contract, index, faults)
    walk.take(faults)


def _drawdowns(walk: _Walk, contract: Contract, index: int, faults: list[Fault]) -> Iterator[_Part]:
    case = walk.case
    admitted = {one.code: one for one in case.terms.currencies}
    try:
        loan = read_loan(case, contract, index, faults)
    except FactsError as error:
        walk.take(error.faults)
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
            yield _Part(day_scope(case, loan, around, one.on, rate, one.drawn, 1), contract, loan, one.no)


def _reads_rate(loan: Loan, lines: Sequence[Line]) -> bool:
    """Whether days without a voucher need the contract's rate: a share of interest (D30), or what is known of other days (D97)."""
    some = bool(loan.fact.interest_paid) or any(one.rate.days for one in loan.slices)
    return some or any(line.shares_interest for line in lines)


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
