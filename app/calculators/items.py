"""What a calculator hands to the assessment: items, made of atoms, the smallest amounts a cap can see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from app.calculators.expressions import Lookup, evaluate
from app.calculators.facts import Claim
from app.calculators.phrases import Phrase
from app.calculators.references import References
from app.calculators.results import CapResult, NotDecided, Reason, Reconciliation, Segment, Step, Warning_
from app.calculators.rules import Rules
from app.calculators.scope import Scope
from app.calculators.terms import Line, RateTable, Requirement, Terms
from app.calculators.texts import Language

Amount = int | Fraction  # fen; a Fraction until it is rounded


@dataclass(slots=True)
class Atom:
    """One item × line × accrual year (× drawdown where a cap separates drawdowns) (D47)."""

    item_id: str
    line: Line
    year: int | None
    drawdown_no: str
    keys: Mapping[str, str]
    scope: Scope
    exact: Fraction
    amount: Amount = 0

    @property
    def order(self) -> tuple[str, str, str, str]:
        """Breaks ties when a cap is spread, in code-point order (D49)."""
        return (self.item_id, self.line.id, str(self.year or ""), self.drawdown_no)


@dataclass(slots=True)
class ItemWork:
    """One contract, policy, item or project on its way to an amount."""

    id: str
    index: int
    scope: Scope
    base_scope: Scope | None = None  # what a base reads, where that differs from what conditions read
    atoms: list[Atom] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    segments: list[Segment] | None = None
    weights: list[int] | list[Fraction] = field(default_factory=list)  # exact amount of each segment, fen
    interest: Fraction | None = None  # Σ I over the counted days (D30), fen
    interest_basis: str | None = None
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
    lacks_cap: bool = False  # a cap that concerns the claim has no figure (D38)
    balance_caps: list[CapResult] = field(default_factory=list)  # the caps on balances that bound (D80)
    balance_steps: list[Step] = field(default_factory=list)  # and their working

    def word(self, phrase: Phrase) -> str:
        """A phrase in the language of the answer."""
        return phrase.en if self.language == "en" else phrase.zh

    def warn(self, code: str, pointer: str | None = None, /, **values: object) -> None:
        """Add a warning once."""
        warning = Warning_(code, self.say(code, **values), pointer)
        if warning not in self.warnings:
            self.warnings.append(warning)

    def cap_without_figure(self, clause: str) -> None:
        """A cap is known to exist without its figure: it is not applied, and the answer says so (D38)."""
        self.lacks_cap = True
        self.warn("CAP_NOT_PUBLISHED", None, clause=clause)
        self.leave_open(clause, "OPEN_CAP")

    def name(self, line: Line) -> str:
        """What a line is called in the language of the answer; titles are Chinese."""
        return line.id if self.language == "en" else line.title

    def refuse(self, code: str, clause: str | None, item_id: str | None = None, sentence: str | None = None, /, **values: object) -> None:
        """Add a reason; ``sentence`` names the text where it is not the code's own."""
        reason = Reason(code, self.say(sentence or code, **values), clause, item_id)
        if reason not in self.reasons:
            self.reasons.append(reason)

    def leave_open(self, clause: str | None, key: str, **values: object) -> None:
        """Add something that the published text does not decide."""
        entry = NotDecided(clause or "", self.say(key, **values))
        if entry not in self.open:
            self.open.append(entry)


def choose_lines(case: Case, of: Lookup) -> list[Line]:
    """The lines whose ``when`` holds, as ``choose`` says: one for ONLY and FIRST, all for HIGHEST (D32)."""
    holding = []
    for line in case.terms.lines:
        if line.when is None or evaluate(line.when, of):
            holding.append(line)
            if case.terms.choose == "FIRST":
                break
    return holding


def meets(case: Case, line: Line, of: Lookup, item_id: str) -> bool:
    """Whether the requirements of a line hold; each that does not gives a reason (D33)."""
    ok = True
    for one in case.rules.asked[line.id]:
        if not evaluate(one.that, of):
            refuse_requirement(case, one, item_id)
            ok = False
    return ok


def refuse_requirement(case: Case, one: Requirement, item_id: str | None) -> None:
    """The reason for a requirement that does not hold; the table's own words are Chinese."""
    condition = case.rules.called[id(one)]
    text = case.word(Phrase(one.message or condition.zh, condition.en))
    case.refuse(one.code, one.clause, item_id, "REQUIREMENT", text=text)


def keys_of(case: Case, own: Mapping[str, str | None], scope: Scope) -> dict[str, str]:
    """What separates accounts, by the names that earlier grants use; only what some cap separates."""
    found = {key: value for key, value in own.items() if value is not None}
    for name in case.rules.key_names:
        if name not in found:
            found[name] = str(scope.of(name))
    return found
