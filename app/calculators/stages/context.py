"""What a calculator hands to the assessment: items, made of atoms, the smallest amounts a cap can see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from app.calculators.bilingual import Phrase
from app.calculators.claims.errors import Fault
from app.calculators.claims.model import Claim
from app.calculators.expressions.nodes import Lookup, evaluate
from app.calculators.results.messages import Language
from app.calculators.results.model import CapResult, InterestBasis, NotDecided, Reason, Reconciliation, Segment, Warning_
from app.calculators.results.working import Amount, Origin, WorkedStep
from app.calculators.stages.effective_rules import Rules
from app.calculators.stages.reference_rates import References
from app.calculators.stages.scope import Scope
from app.calculators.terms.model import Line, RateTable, Requirement, Terms


class ItemId(NamedTuple):
    """What names an item within a claim: a contract's number and its lender (D70), of all else the id alone.

    Items are ordered by it. In a sentence stands the id as it was sent; answers carry the lender in a field of its own.
    """

    text: str
    lender: str | None = None

    def __str__(self) -> str:
        """The id as it was sent."""
        return self.text


NO_ITEM = ItemId("")  # of a reason that speaks of the whole claim and does not refuse it


@dataclass(frozen=True, slots=True)
class Spent:
    """Why an amount above zero became zero: the code of the reason, its clause and what its sentence names."""

    code: str
    clause: str | None
    what: str = ""


@dataclass(slots=True)
class Account:
    """Items under one limit, and the room in fen that they may not pass, however their sum is rounded later (D92)."""

    members: Sequence[Atom]
    room: int
    topped: int = 0  # earlier grants of the account that are topped up, and so took no room


@dataclass(slots=True)
class Atom:
    """One item × line × accrual year (× drawdown where a cap separates drawdowns) (D47)."""

    item: ItemId
    line: Line
    year: int | None
    drawdown_no: str
    keys: Mapping[str, str]
    scope: Scope
    exact: Fraction
    step: WorkedStep  # how it is reckoned
    amount: Amount = 0
    origin: Origin | None = None  # the working that the amount comes from
    spent: Spent | None = None  # what took the last fen of it (D82)

    @property
    def order(self) -> tuple[ItemId, str, str, str]:
        """Breaks ties when a cap is spread, in code-point order (D49)."""
        return (self.item, self.line.id, str(self.year or ""), self.drawdown_no)


@dataclass(slots=True)
class ItemWork:
    """One contract, policy, item or project on its way to an amount."""

    id: ItemId
    index: int
    scope: Scope
    base_scope: Scope | None = None  # what a base reads, where that differs from what conditions read
    atoms: list[Atom] = field(default_factory=list)
    steps: list[WorkedStep] = field(default_factory=list)
    segments: list[Segment] | None = None
    weights: list[int] | list[Fraction] = field(default_factory=list)  # exact amount of each segment, fen
    interest: Fraction | None = None  # Σ I over the counted days (D30), fen
    interest_basis: InterestBasis | None = None
    reconciliation: list[Reconciliation] | None = None
    totals: dict[str, Fraction] = field(default_factory=dict)
    before: Amount = 0  # rounded, before caps
    project_id: str | None = None
    other_funding: int = 0
    paid_instalments: int = 0
    accepted: bool = False


@dataclass(slots=True)
class Case:
    """One claim under one table: what every part of the assessment reads and adds to."""

    claim: Claim
    rules: Rules
    table: RateTable
    terms: Terms
    references: References
    applicant: Scope
    year: int  # programme year (D40)
    language: Language
    say: Callable[..., str]  # a sentence in the language of the answer, by its key
    warnings: list[Warning_]
    open: list[NotDecided]
    reasons: list[Reason] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)  # facts that separate accounts and are missing (D68)
    shared_numbers: frozenset[str] = frozenset()  # contract numbers of two lenders, in normal form (D70)
    accounts: list[Account] = field(default_factory=list)  # of the caps and the interest that bounded amounts
    mode: str = "DOWN"  # how a total is rounded
    topped: bool = False  # earlier grants were set off (D44)
    lacks_cap: bool = False  # a cap that concerns the claim has no figure (D38)
    balance_caps: list[CapResult] = field(default_factory=list)  # the caps on balances that bound (D80)
    balance_steps: list[WorkedStep] = field(default_factory=list)  # and their working
    _said: set[tuple[object, ...]] = field(default_factory=set)  # of warnings, reasons and open points: each is said once
    _named: set[ItemId] = field(default_factory=set)  # of which a reason speaks

    def __post_init__(self) -> None:
        """Remember what the table itself says."""
        self._said.update(("warning", one.code, one.message, one.pointer, one.other_pointer) for one in self.warnings)
        self._said.update(("open", one.clause, one.message) for one in self.open)

    def _is_new(self, *said: object) -> bool:
        if said in self._said:
            return False
        self._said.add(said)
        return True

    def word(self, phrase: Phrase) -> str:
        """A phrase in the language of the answer."""
        return phrase.en if self.language == "en" else phrase.zh

    def warn(
        self, code: str, pointer: str | None = None, sentence: str | None = None, other: str | None = None, /, **values: object
    ) -> None:
        """Add a warning once; ``sentence`` names the text where it is not the code's own, ``other`` is a second pointer."""
        message = self.say(sentence or code, **values)
        if self._is_new("warning", code, message, pointer, other):
            self.warnings.append(Warning_(code, message, pointer, other))

    def spend(self, atoms: Sequence[Atom], code: str, clause: str | None, what: str = "") -> None:
        """Remember what took the last fen of amounts that were above zero."""
        for atom in atoms:
            if not atom.amount and atom.exact and atom.spent is None:
                atom.spent = Spent(code, clause, what)

    def cap_without_figure(self, clause: str) -> None:
        """A cap is known to exist without its figure: it is not applied, and the answer says so (D38)."""
        self.lacks_cap = True
        self.warn("CAP_NOT_PUBLISHED", None, clause=clause)
        self.leave_open(clause, "OPEN_CAP")

    def name(self, line: Line) -> str:
        """What a line is called in the language of the answer; titles are Chinese."""
        return line.id if self.language == "en" else line.title

    def refuse(self, code: str, clause: str | None, item: ItemId | None = None, sentence: str | None = None, /, **values: object) -> None:
        """Add a reason; ``sentence`` names the text where it is not the code's own."""
        item_id, lender = item or (None, None)
        message = self.say(sentence or code, **values)
        if self._is_new("reason", code, message, clause, item_id, lender):
            self.reasons.append(Reason(code=code, message=message, clause=clause, item_id=item_id, lender=lender))
            if item is not None:
                self._named.add(item)

    def says_why(self, item: ItemId) -> bool:
        """Whether a reason speaks of an item."""
        return item in self._named

    def leave_open(self, clause: str | None, key: str, **values: object) -> None:
        """Add something that the published text does not decide."""
        message = self.say(key, **values)
        if self._is_new("open", clause or "", message):
            self.open.append(NotDecided(clause or "", message))


def choose_lines(case: Case, of: Lookup) -> list[Line]:
    """The lines whose ``when`` holds, as ``choose`` says: one for ONLY and FIRST, all for HIGHEST (D32)."""
    holding = []
    for line in case.terms.lines:
        if line.when is None or evaluate(line.when, of):
            holding.append(line)
            if case.terms.choose == "FIRST":
                break
    return holding


def meets(case: Case, line: Line, of: Lookup, item: ItemId) -> bool:
    """Whether the requirements of a line hold; each that does not gives a reason (D33)."""
    ok = True
    for one in case.rules.asked[line.id]:
        if not evaluate(one.that, of):
            refuse_requirement(case, one, item)
            ok = False
    return ok


def refuse_requirement(case: Case, one: Requirement, item: ItemId | None) -> None:
    """The reason for a requirement that does not hold; the table's own words are Chinese."""
    condition = case.rules.called[id(one)]
    text = case.word(Phrase(one.message or condition.zh, condition.en))
    case.refuse(one.code, one.clause, item, "REQUIREMENT", text=text)
