"""Calculations under a draft: by the real road, but never to be mistaken for a real answer.

The answer is nested under ``trial``, beside ``draft``; it has no ``amount`` where a real one has it, its id begins with
``draft:``, its words and its provenance say what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.api import bodies
from app.api.calculating import answer_under, kind_of, read_claim
from app.api.identity import instant_text
from app.api.problems import FieldError, Language, ProblemError, invalid
from app.calculators import results
from app.calculators.nearest import meant
from app.calculators.reader import MAX_FAULTS
from app.calculators.terms import RateTable
from app.tables.catalogue import Catalogue
from app.tables.drafts import State
from app.tables.english import english
from app.tables.proposals import Proposal
from app.tables.trials import tables_of

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


def trial_tables(catalogue: Catalogue, proposal: Proposal) -> Mapping[str, RateTable]:
    """The tables of a draft as calculations would see them. Errors: ProblemError where it has faults or none."""
    if proposal.faults:
        raise refused(proposal)
    found = tables_of(catalogue, proposal)
    if not found:
        raise ProblemError("CONFLICT", "此种草案没有可试算的标准表", "a draft of this kind has no table to calculate with")
    return found


def refused(proposal: Proposal) -> ProblemError:
    """The faults of a draft as a problem; their places are in the draft's content."""
    faults = [FieldError(f"/content{one.place}", "DRAFT_FAULT", one.message, english(one.message)) for one in proposal.faults]
    return ProblemError("DRAFT_FAULTY", errors=faults, unfinished=len(faults) >= MAX_FAULTS)


def try_out(body: bytes, found: State, tables: Mapping[str, RateTable], catalogue: Catalogue, language: Language) -> Trial:
    """Calculate one claim under a draft. Errors: ProblemError."""
    fields: Any = bodies.check_json(body)
    named = fields.get("rate_table") if isinstance(fields, dict) else None
    table = tables.get(named) if isinstance(named, str) else next(iter(tables.values()))
    if table is None:
        listed = ", ".join(tables)
        near = meant(named, list(tables))
        zh, en = f"草案中没有；可用: {listed}{near.zh}", f"not in the draft; it has: {listed}{near.en}"
        raise invalid([FieldError("/rate_table", "RATE_TABLE_NOT_FOUND", zh, en)])
    kind = kind_of(table)
    result = answer_under(read_claim(body, kind), kind, table, catalogue.latest_series, instant_text(catalogue.latest_known_at), language)
    return Trial(mark(found, language), marked(result, language))


def mark(found: State, language: Language) -> DraftMark:
    """What every answer under a draft carries."""
    return DraftMark(found.draft.id, found.revision.revision, found.state, NOTICE[language])


def marked(result: results.Result, language: Language) -> results.Result:
    """The result with its id, words and provenance saying that it is none."""
    assert result.provenance is not None
    table = replace(result.provenance.rate_table, authority="DRAFT")
    return replace(
        result,
        calculation_id="draft:" + result.calculation_id,
        amount_in_words=WORDS[language] + result.amount_in_words,
        provenance=replace(result.provenance, rate_table=table),
    )
