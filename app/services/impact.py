"""What a change does to money: the same facts under the version in force and under the new one, or before and after it.

Each case takes the road of the calculation endpoints, twice. ``Comparison.add`` takes one case, so that a
caller can let other requests go on between two of them; ``effect`` takes all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import msgspec

from app import limits
from app.calculators.claims import model as facts
from app.calculators.quantities import money
from app.calculators.results import model as results
from app.calculators.terms.model import RateTable
from app.claim_input import json_reader as json_bodies
from app.errors import Language, ProblemError
from app.services import calculation_identity as identity
from app.services import work_budget as budget
from app.services.calculation import Kind, asked_under, read_claim
from app.services.table_choice import chosen_table
from app.services.totals import Totals
from app.tables.catalogue.snapshot import Catalogue

CHOOSING: Final = ("rate_table", "version", "as_of", "known_at", "known_on")  # the tables are given, so these choose nothing
Outcome = results.Result | ProblemError


class InForce(NamedTuple):
    """A table as it applies to each case on the day of its application; there may be no version in force."""

    id: str
    catalogue: Catalogue


@dataclass(slots=True)
class Fault:
    """Why a case could not be calculated under one version: the problem's code, its first place, and what it says."""

    code: str
    pointer: str | None
    detail: str


@dataclass(slots=True)
class Failure:
    """A case that failed under one version or both; an amount stands where it did not."""

    id: str
    before: Fault | None
    after: Fault | None
    amount_before: str | None
    amount_after: str | None


@dataclass(slots=True)
class Mover:
    """A case whose amount differs, and the reasons that it did not have before."""

    id: str
    amount_before: str | None
    amount_after: str
    difference: str
    status_before: results.Status | None
    status_after: results.Status
    new_reasons: list[results.Reason]


@dataclass(slots=True)
class Effect:
    """What the cases come to under both versions; of a first version there is no ``before``.

    ``difference`` is that of the two totals. Cases that failed under one version count in one total only, so
    ``compared_difference`` is that of the cases that both could calculate: ``rise``, ``fall`` and ``stay`` are
    these, by amount, and ``change_status`` is how many of them have another status. Money is exact, in 元.
    """

    before: Totals | None
    after: Totals
    difference: str
    compared: int
    compared_difference: str
    rise: int
    fall: int
    stay: int
    change_status: int
    movers: list[Mover]
    failures: list[Failure]


@dataclass(slots=True)
class _Side:
    """One version and what the cases have come to under it."""

    of: RateTable | InForce
    cases: int = 0
    ok: int = 0
    not_eligible: int = 0
    failed: int = 0
    fen: int = 0

    def count(self, outcome: Outcome) -> None:
        self.cases += 1
        if isinstance(outcome, ProblemError):
            self.failed += 1
            return
        self.fen += _fen(outcome)
        if outcome.status == "NOT_ELIGIBLE":
            self.not_eligible += 1
        else:
            self.ok += 1

    def totals(self) -> Totals:
        return Totals(cases=self.cases, ok=self.ok, not_eligible=self.not_eligible, failed=self.failed, amount=money.yuan(self.fen))


@dataclass(slots=True)
class Comparison:
    """The effect on money, case by case.

    ``unexpected`` makes the problem of an error that nobody expected, so that it fails one case and not all;
    without it such an error is raised.
    """

    kind: Kind
    before: RateTable | InForce | None
    after: RateTable | InForce
    catalogue: Catalogue
    language: Language
    unexpected: Callable[[Exception], ProblemError] | None = None
    left: int = field(default_factory=lambda: limits.MAX_LIST_WORK)  # units of work; the cases beyond are not calculated
    _was: _Side | None = field(init=False)
    _now: _Side = field(init=False)
    _found: Effect = field(init=False)
    _compared_fen: int = field(init=False, default=0)
    _largest: list[tuple[int, int, Mover]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Begin with no case."""
        self._was = None if self.before is None else _Side(self.before)
        self._now = _Side(self.after)
        self._found = Effect(
            before=None,
            after=Totals(),
            difference="0.00",
            compared=0,
            compared_difference="0.00",
            rise=0,
            fall=0,
            stay=0,
            change_status=0,
            movers=[],
            failures=[],
        )

    def add(self, case_id: str, body: bytes) -> None:
        """Calculate one case under both versions. ``body`` is a claim's JSON; what chooses a table in it is ignored."""
        self.left -= len(body) // limits.BYTES_PER_UNIT
        try:
            claim: facts.Claim | ProblemError = self._claim(body) if self.left > 0 else budget.spent("")
        except Exception as error:
            claim = self._problem(error)
        was = None if self._was is None else self._outcome(claim, self._was)
        now = self._outcome(claim, self._now)
        if isinstance(was, ProblemError) or isinstance(now, ProblemError):
            failure = Failure(
                id=case_id, before=self._fault(was), after=self._fault(now), amount_before=_amount(was), amount_after=_amount(now)
            )
            self._found.failures.append(failure)
        else:
            self._compare(case_id, was, now)

    def effect(self) -> Effect:
        """Return what the cases so far come to."""
        was, now = self._was, self._now
        return replace(
            self._found,
            before=None if was is None else was.totals(),
            after=now.totals(),
            difference=money.yuan(now.fen - (0 if was is None else was.fen)),
            compared_difference=money.yuan(self._compared_fen),
            movers=[mover for _, _, mover in self._largest],
            failures=list(self._found.failures),
        )

    def _claim(self, body: bytes) -> facts.Claim:
        json_bodies.check_json(body)
        fields = json_bodies.read_object(body)
        for name in CHOOSING:
            fields.pop(name, None)
        fields["rate_table"] = msgspec.Raw(msgspec.json.encode(self.after.id))
        return read_claim(msgspec.json.encode(fields), self.kind)

    def _outcome(self, claim: facts.Claim | ProblemError, side: _Side) -> Outcome:
        outcome: Outcome
        if isinstance(claim, ProblemError):
            outcome = claim
        else:
            of = side.of.catalogue if isinstance(side.of, InForce) else self.catalogue
            known_at = identity.instant_text(of.latest_known_at)
            try:
                table = chosen_table(of, claim, of.latest_known_at) if isinstance(side.of, InForce) else side.of
                asked = asked_under(claim, self.kind, table, of.latest_series, known_at, "SUMMARY", None)
                self.left -= asked.cost.work
                outcome = asked.answer(self.language)
            except Exception as error:
                outcome = self._problem(error)
        side.count(outcome)
        return outcome

    def _problem(self, error: Exception) -> ProblemError:
        if isinstance(error, ProblemError):
            return error
        if self.unexpected is None:
            raise error
        return self.unexpected(error)

    def _compare(self, case_id: str, was: results.Result | None, now: results.Result) -> None:
        found = self._found
        difference = _fen(now) - (0 if was is None else _fen(was))
        found.compared += 1
        self._compared_fen += difference
        found.rise += difference > 0
        found.fall += difference < 0
        found.stay += difference == 0
        found.change_status += was is not None and was.status != now.status
        if not difference:
            return
        had = set() if was is None else {(reason.code, reason.item_id) for reason in was.reasons}
        mover = Mover(
            id=case_id,
            amount_before=None if was is None else was.amount,
            amount_after=now.amount,
            difference=money.yuan(difference),
            status_before=None if was is None else was.status,
            status_after=now.status,
            new_reasons=[reason for reason in now.reasons if (reason.code, reason.item_id) not in had],
        )
        # Of equal differences the case that was given first stands first.
        self._largest.append((-abs(difference), found.compared, mover))
        self._largest.sort(key=lambda one: one[:2])
        del self._largest[limits.LARGEST_MOVERS :]

    def _fault(self, outcome: Outcome | None) -> Fault | None:
        if not isinstance(outcome, ProblemError):
            return None
        pointer = outcome.errors[0].pointer if outcome.errors else None
        said = outcome.errors[0] if outcome.errors else outcome
        return Fault(outcome.code, pointer, said.zh if self.language == "zh" else said.en)


def effect(
    kind: Kind,
    cases: Sequence[tuple[str, bytes]],
    before: RateTable | None,
    after: RateTable,
    catalogue: Catalogue,
    language: Language,
) -> Effect:
    """Return what the cases, each an id of the caller's and a claim's JSON, come to under both versions."""
    comparison = Comparison(kind=kind, before=before, after=after, catalogue=catalogue, language=language)
    for case_id, body in cases:
        comparison.add(case_id, body)
    return comparison.effect()


def _fen(result: results.Result) -> int:
    return int(result.amount.replace(".", ""))


def _amount(outcome: Outcome | None) -> str | None:
    return outcome.amount if isinstance(outcome, results.Result) else None
