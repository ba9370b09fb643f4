"""Calculations under a draft: by the real road, but never to be mistaken for a real answer.

The answer is nested under ``trial``, beside ``draft``; it has no ``amount`` where a real one has it, its id begins with
``draft:``, its words and its provenance say what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from app.calculators.claims.model import Claim
from app.calculators.results import model as results
from app.calculators.terms.field_reader import MAX_FAULTS
from app.calculators.terms.model import RateTable
from app.calculators.wording.nearest_names import meant
from app.claim_input import json_reader as json_bodies
from app.errors import FieldError, Language, ProblemError, invalid
from app.services import table_choice
from app.services.calculation import answer_under, kind_of, read_claim
from app.services.calculation_identity import instant_text
from app.services.enumerations import DRAFT_AUTHORITY
from app.services.table_choice import chosen_table
from app.tables.catalogue.hypothetical import supposing, touched
from app.tables.catalogue.snapshot import Catalogue
from app.tables.drafts.planned_rows import Proposal
from app.tables.drafts.workflow import State

NOTICE = {
    "zh": "草案试算：标准表尚未公布，结果不得作为任何决定的依据",
    "en": "A trial under a draft: the table is not published, nothing may be decided on it",
}
WORDS = {"zh": "（草案试算）", "en": "（草案试算 / trial）"}


@dataclass(slots=True)
class DraftMark:
    """Under what was calculated."""

    id: str
    revision: int
    state: str
    notice: str


@dataclass(slots=True)
class Trial:
    """A calculation under a draft."""

    draft: DraftMark
    trial: results.Result


class Supposed(NamedTuple):
    """What would be if a draft were published: its new versions, and the tables whose amounts it may change otherwise."""

    catalogue: Catalogue
    versions: Mapping[str, RateTable]
    touched: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Every table that it concerns."""
        return [*self.versions, *(name for name in self.touched if name not in self.versions)]


def supposed(catalogue: Catalogue, proposal: Proposal) -> Supposed:
    """The tables of a draft as calculations would see them. Errors: ProblemError where it has faults, or changes no amount."""
    if proposal.faults:
        raise refused(proposal)
    try:
        found = supposing(catalogue, proposal.rows)
        with table_choice.found():
            versions = {row.rate_table: found.choose(row.rate_table, version=row.version) for row in proposal.versions}
    except KeyError:  # somebody has just published what the draft rests on: it is read within the second
        raise ProblemError("OVERLOADED") from None
    made = Supposed(found, versions, tuple(touched(catalogue, proposal.rows)))
    if not made.names:
        raise ProblemError("CONFLICT", "此草案不影响任何标准表的金额", "this draft changes the amount of no table")
    return made


def refused(proposal: Proposal) -> ProblemError:
    """The faults of a draft as a problem; their places are in the draft's content."""
    faults = [FieldError(f"/content{one.place}", "DRAFT_FAULT", one.message, one.en) for one in proposal.faults]
    return ProblemError("DRAFT_FAULTY", errors=faults, unfinished=len(faults) >= MAX_FAULTS)


def try_out(body: bytes, found: State, trial: Supposed, language: Language) -> Trial:
    """Calculate one claim under a draft. Errors: ProblemError."""
    fields: Any = json_bodies.check_json(body)
    named = fields.get("rate_table") if isinstance(fields, dict) else None
    if not isinstance(named, str):
        named = trial.names[0]
    if named not in trial.names:
        listed = ", ".join(trial.names)
        near = meant(named, trial.names)
        zh, en = f"草案中没有；可用: {listed}{near.zh}", f"not in the draft; it has: {listed}{near.en}"
        raise invalid([FieldError("/rate_table", "RATE_TABLE_NOT_FOUND", zh, en)])
    known_at = instant_text(trial.catalogue.latest_known_at)
    table = trial.versions.get(named) or trial.catalogue.versions(named)[-1].table
    kind = kind_of(table)
    claim = read_claim(body, kind)
    if named not in trial.versions:
        table = _in_force(trial.catalogue, claim)
    result = answer_under(claim, kind, table, trial.catalogue.latest_series, known_at, language)
    return Trial(mark(found, language), marked(result, language))


def _in_force(catalogue: Catalogue, claim: Claim) -> RateTable:
    """The version that would apply to a claim; where there would be none, that is what the draft does, not something lost."""
    try:
        return chosen_table(catalogue, claim, catalogue.latest_known_at)
    except ProblemError as none:
        raise ProblemError("CONFLICT", f"按此草案：{none.zh}", f"under this draft: {none.en}") from None


def mark(found: State, language: Language) -> DraftMark:
    """What every answer under a draft carries."""
    return DraftMark(found.draft.id, found.revision.revision, found.state, NOTICE[language])


def marked(result: results.Result, language: Language) -> results.Result:
    """The result with its id, words and provenance saying that it is none."""
    assert result.provenance is not None
    table = replace(result.provenance.rate_table, authority=DRAFT_AUTHORITY)
    return replace(
        result,
        calculation_id="draft:" + result.calculation_id,
        amount_in_words=WORDS[language] + result.amount_in_words,
        provenance=replace(result.provenance, rate_table=table),
    )
