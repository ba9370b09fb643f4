"""What occurs in more than one case of a list: each case is calculated alone, so limits do not hold across them (D72).

Compared in normal form. What is remembered is bounded; when the bound is reached the answer says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from app import limits
from app.calculators.claims import model as facts
from app.calculators.claims.spelling import normal
from app.calculators.results import model as results
from app.calculators.results.messages import Language, say

Id = tuple[str, str | None]  # as sent, and the lender of a contract


@dataclass(slots=True)
class RepeatedId:
    """One id that occurs in several cases, as it was first sent."""

    id: str
    lender: str | None
    cases: int
    item_ids: list[str]


@dataclass(slots=True)
class Repeated:
    """What occurs in more than one case: the first of each kind, and how many there are beyond those that are listed."""

    applicants: list[RepeatedId] = field(default_factory=list)
    contracts: list[RepeatedId] = field(default_factory=list)
    policies: list[RepeatedId] = field(default_factory=list)
    items: list[RepeatedId] = field(default_factory=list)
    projects: list[RepeatedId] = field(default_factory=list)
    not_listed: int = 0
    complete: bool = True


KINDS: Final = ("applicants", "contracts", "policies", "items", "projects")
_Key = tuple[str, str, str]


def _ids(claim: facts.Claim) -> Iterator[tuple[str, Id]]:
    if claim.applicant.uscc is not None:
        yield "applicants", (claim.applicant.uscc, None)
    for contract in claim.contracts or ():
        yield "contracts", (contract.contract_no, contract.lender)
    for policy in claim.policies or ():
        yield "policies", (policy.policy_no, None)
    for item in claim.items or ():
        yield "items", (item.item_id, None)
    rows: tuple[Any, ...] = (*(claim.contracts or ()), *(claim.policies or ()), *(claim.items or ()), *(claim.projects or ()))
    for row in rows:
        if row.project_id is not None:
            yield "projects", (row.project_id, None)


@dataclass(slots=True)
class Repeats:
    """Counts in how many cases each id occurs, case by case."""

    seen: dict[_Key, tuple[Id, str]] = field(default_factory=dict)  # where an id occurred first: as sent, and the case
    found: dict[_Key, RepeatedId] = field(default_factory=dict)
    complete: bool = True

    def add(self, claim: facts.Claim, item_id: str) -> None:
        """Count the ids of one case; one that it names twice counts once."""
        own: dict[_Key, Id] = {}
        for kind, sent in _ids(claim):
            own.setdefault((kind, normal(sent[0]), normal(sent[1] or "")), sent)
        for key, sent in own.items():
            before = self.seen.get(key)
            if before is None:
                if len(self.seen) < limits.MAX_REMEMBERED_IDS:
                    self.seen[key] = (sent, item_id)
                else:
                    self.complete = False
                continue
            repeated = self.found.get(key)
            if repeated is None:
                repeated = self.found[key] = RepeatedId(*before[0], 1, [before[1]])
            repeated.cases += 1
            if len(repeated.item_ids) < limits.MAX_LISTED_CASES:
                repeated.item_ids.append(item_id)

    def repeated(self) -> Repeated:
        """Return what was found, in the order in which it occurred again."""
        made = Repeated(complete=self.complete)
        for (kind, *_), one in self.found.items():
            listed: list[RepeatedId] = getattr(made, kind)
            if len(listed) < limits.MAX_LISTED_REPEATS:
                listed.append(one)
            else:
                made.not_listed += 1
        return made

    def warnings(self, language: Language) -> list[results.Warning_]:
        """Return the warning that limits do not hold across cases, where anything occurs again or may."""
        if not self.found and self.complete:
            return []
        return [results.Warning_("CAPS_NOT_ACROSS_CASES", say(language, "CAPS_NOT_ACROSS_CASES"), None)]
