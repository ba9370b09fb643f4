"""The same facts under two versions of a table: what a change does to money, before anybody approves it.

Each case goes the real road twice. A case that cannot be answered under one of the versions counts as failed there
and is listed; it moves no total. Everything is whole fen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from app.api import bodies, problems
from app.api.calculating import Kind, answer_under, read_claim
from app.api.problems import Language, ProblemError
from app.calculators import results
from app.calculators.money import yuan
from app.calculators.terms import RateTable
from app.tables.catalogue import Catalogue

MOST_MOVERS = 10
_CHOSEN = ("rate_table", "version", "as_of", "known_on", "known_at")  # the tables are given, whatever a case names


@dataclass(slots=True)
class SideTotals:
    """What all cases come to under one version."""

    version: int | None
    ok: int = 0
    not_eligible: int = 0
    failed: int = 0
    amount: str = "0.00"


@dataclass(slots=True)
class Failure:
    """A case that cannot be answered under one version."""

    item_id: str
    side: str
    code: str
    pointer: str | None
    detail: str


@dataclass(slots=True)
class Mover:
    """A case whose amount or status differs."""

    item_id: str
    before: str | None
    after: str
    difference: str
    status_before: str | None
    status_after: str
    new_reasons: list[results.Reason]


@dataclass(slots=True)
class Effect:
    """Two totals, how many cases move which way, and those that move most."""

    cases: int
    before: SideTotals | None
    after: SideTotals
    difference: str | None
    rise: int
    fall: int
    same: int
    status_changes: int
    movers: list[Mover] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


Outcome = results.Result | ProblemError


class Comparison:
    """Runs case by case, so that other requests go on in between."""

    def __init__(
        self,
        kind: Kind,
        cases: Sequence[tuple[str, bytes]],
        before: RateTable | None,
        after: RateTable,
        catalogue: Catalogue,
        language: Language,
    ) -> None:
        self.kind, self.cases, self.catalogue, self.language = kind, cases, catalogue, language
        self.before, self.after = before, after
        self._sides = (SideTotals(before.version) if before else None, SideTotals(after.version))
        self._fen = [0, 0]
        self._at = 0
        self._moved: list[tuple[int, Mover]] = []
        self._counts = {"rise": 0, "fall": 0, "same": 0, "status_changes": 0}
        self._failures: list[Failure] = []

    @property
    def done(self) -> bool:
        """Whether every case was calculated."""
        return self._at == len(self.cases)

    def step(self) -> None:
        """Calculate the next case under both versions."""
        item_id, request = self.cases[self._at]
        self._at += 1
        before = None if self.before is None else self._outcome(request, self.before)
        after = self._outcome(request, self.after)
        for name, side, outcome in zip(("before", "after"), self._sides, (before, after), strict=True):
            if side is not None and outcome is not None:
                self._count(item_id, name, side, outcome)
        if isinstance(after, ProblemError) or isinstance(before, ProblemError):
            return  # what has no amount on one side is in neither total: the difference stays one of versions
        self._fen[0] += 0 if before is None else _fen(before)
        self._fen[1] += _fen(after)
        self._compare(item_id, before, after)

    def _outcome(self, request: bytes, table: RateTable) -> Outcome:
        try:
            fields = bodies.check_json(request)
            if not isinstance(fields, dict):
                raise ProblemError("INVALID_FACTS")
            claim = {key: value for key, value in fields.items() if key not in _CHOSEN} | {"rate_table": table.id}
            read = read_claim(msgspec.json.encode(claim), self.kind)
            return answer_under(read, self.kind, table, self.catalogue, self.catalogue.latest_known_at, self.language)
        except ProblemError as problem:
            return problem

    def _count(self, item_id: str, name: str, side: SideTotals, outcome: Outcome) -> None:
        if isinstance(outcome, ProblemError):
            side.failed += 1
            first = next(iter(outcome.errors), None)
            detail = outcome.zh if self.language == "zh" else outcome.en
            self._failures.append(Failure(item_id, name, outcome.code, first.pointer if first else None, detail))
        elif outcome.status == "NOT_ELIGIBLE":
            side.not_eligible += 1
        else:
            side.ok += 1

    def _compare(self, item_id: str, before: results.Result | None, after: results.Result) -> None:
        was, said = (0 if before is None else _fen(before)), _fen(after)
        self._counts["rise" if said > was else "fall" if said < was else "same"] += 1
        turned = before is not None and before.status != after.status
        self._counts["status_changes"] += turned
        if said == was and not turned:
            return
        known = {reason.code for reason in before.reasons} if before else set()
        mover = Mover(
            item_id,
            None if before is None else before.amount,
            after.amount,
            _signed(said - was),
            None if before is None else before.status,
            after.status,
            [reason for reason in after.reasons if reason.code not in known],
        )
        self._moved.append((abs(said - was), mover))

    def effect(self) -> Effect:
        """What was found, once all is done."""
        assert self.done
        before, after = self._sides
        if before is not None:
            before.amount = yuan(self._fen[0])
        after.amount = yuan(self._fen[1])
        ordered = sorted(self._moved, key=lambda one: (-one[0], one[1].item_id))
        return Effect(
            cases=len(self.cases),
            before=before,
            after=after,
            difference=None if before is None else _signed(self._fen[1] - self._fen[0]),
            movers=[mover for _, mover in ordered[:MOST_MOVERS]],
            failures=self._failures[: problems.MAX_ERRORS],
            **self._counts,
        )


def compared(
    kind: Kind,
    cases: Sequence[tuple[str, bytes]],
    before: RateTable | None,
    after: RateTable,
    catalogue: Catalogue,
    language: Language,
) -> Comparison:
    """Begin a comparison; call ``step`` until it is ``done``."""
    return Comparison(kind, cases, before, after, catalogue, language)


def _fen(result: results.Result) -> int:
    return int(result.amount.replace(".", ""))


def _signed(fen: int) -> str:
    return ("-" if fen < 0 else "+" if fen else "") + yuan(abs(fen))
