"""What is to be seen of a draft before it is approved: its faults, what it brings with it, how it differs, what it costs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from app.errors import Language
from app.services.draft_impact import of_examples
from app.services.draft_models import DifferenceView, FaultView, ReportView, warnings
from app.services.table_examples import failing_examples
from app.tables.catalogue.snapshot import Catalogue
from app.tables.diff.differences import differences
from app.tables.drafts.planned_rows import Proposal
from app.tables.drafts.workflow import State, proposal_of
from app.tables.files.clause_doubts import doubts
from app.tables.files.file_values import Row
from app.tables.files.term_proofs import Prove, prove_terms
from app.tables.storage import models


class New(NamedTuple):
    """A new version of a table or of rules, and what it is compared with."""

    name: str
    before: Mapping[str, Any] | None
    now: Mapping[str, Any]
    overlay: bool = False
    copied: str = ""  # of a first version: the table from which it was copied


class Compared(NamedTuple):
    """What a draft would publish, and with what each new version is compared."""

    proposal: Proposal
    new: list[New]
    content: Any  # of the draft


def compared(session: Session, found: State, prove: Prove = prove_terms) -> Compared:
    """A draft beside what is published now."""
    proposal = proposal_of(session, found, prove)
    return Compared(proposal, [] if proposal.faults else list(new_versions(session, proposal.rows, found)), found.content)


def new_versions(session: Session, rows: Sequence[Row], of_draft: State | None = None) -> Iterator[New]:
    """New versions of tables and rules among the rows of a draft, or of a load, beside those that they replace or follow."""
    earlier: dict[str, list[models.RateTableVersion]] = {}
    for row in rows:
        match row:
            case models.RateTableVersion():
                before, copied = _before(session, of_draft, row, earlier.setdefault(row.rate_table, []))
                earlier[row.rate_table].append(row)
                yield New(row.rate_table, before, json.loads(row.content), copied=copied)
            case models.OverlayVersion():
                last = session.get(models.OverlayVersion, (row.id, row.version - 1))
                yield New(row.id, None if last is None else _rules(last), _rules(row), overlay=True)


def _rules(row: models.OverlayVersion) -> Mapping[str, Any]:
    content = json.loads(row.content)
    return {**content, "terms": content.get("terms") or {}}


def report(seen: Compared, language: Language, catalogue: Catalogue) -> ReportView:
    """The report on a draft; sentences take their time, and no database is asked for them."""
    proposal = seen.proposal
    found = [*proposal.faults, *failing_examples(proposal, catalogue)]
    faults = [FaultView(place=one.place, message=one.message if language == "zh" else one.en) for one in found]
    consequences = [one.zh if language == "zh" else one.en for one in proposal.consequences]
    if not proposal.faults:
        consequences += [*_sources(seen.new, language), *of_examples(proposal, catalogue, language)]
    return ReportView(
        publishable=not found,
        faults=faults,
        warnings=warnings(doubts(seen.content), language),
        consequences=consequences,
        differences=list(differences_of(seen.new, language)),
    )


def _sources(new: Sequence[New], language: Language) -> Iterator[str]:
    for one in new:
        if one.copied:
            zh = f"{one.name} 自 {one.copied} 复制，只列与其不同之处"
            yield zh if language == "zh" else f"{one.name} was copied from {one.copied}: what differs from it is listed"


def differences_of(new: Sequence[New], language: Language) -> Iterator[DifferenceView]:
    """What new versions say otherwise than those before them, or at all, sentence by sentence."""
    for version in new:
        for one in differences(version.before, version.now, overlay=version.overlay):
            yield DifferenceView(
                rate_table=version.name,
                place=one.place,
                sentence=one.zh if language == "zh" else one.en,
                before=one.before,
                after=one.after,
                clause=one.clause,
            )


def _before(
    session: Session, of_draft: State | None, row: models.RateTableVersion, new: Sequence[models.RateTableVersion]
) -> tuple[Mapping[str, Any] | None, str]:
    """What a new version is compared with: the one it replaces or follows; of a new table, that from which it was copied."""
    of = models.RateTableVersion
    stored = session.exec(select(of).where(of.rate_table == row.rate_table).order_by(col(of.version).desc())).all()
    chosen = next((one for one in (*reversed(new), *stored) if row.supersedes in (None, one.version)), None)
    copied = ""
    if chosen is None and of_draft is not None:
        kind, _, source = of_draft.draft.source.partition(" ")
        table = source if kind == "table" else source + row.rate_table.removeprefix(of_draft.draft.target) if kind == "batch" else ""
        chosen = session.exec(select(of).where(of.rate_table == table).order_by(col(of.version).desc())).first()
        copied = "" if chosen is None else table
    return (None if chosen is None else dict(json.loads(chosen.content))), copied
