"""What is to be seen of a draft before it is approved: its faults, what it brings with it, how it differs, what it costs."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlmodel import Session, select

from app.api import limits
from app.api.calculating import kind_of
from app.api.draft_views import DifferenceView, FaultView, ReportView
from app.api.effect import Comparison, Effect
from app.api.heavy import heavily
from app.api.problems import Language, ProblemError
from app.api.trying import DraftMark, mark
from app.calculators.terms import RateTable
from app.tables import models
from app.tables.catalogue import Catalogue, CatalogueError
from app.tables.drafts import State, proposal_of
from app.tables.english import english
from app.tables.proposals import Proposal
from app.tables.proving import Prove, prove_terms
from app.tables.wording import differences


@dataclass(slots=True)
class TableEffect:
    """What a draft does to the money of one table."""

    rate_table: str
    against_version: int | None
    effect: Effect


@dataclass(slots=True)
class DraftEffect:
    """What a draft does to money, table by table."""

    draft: DraftMark
    tables: list[TableEffect]


class Compared(NamedTuple):
    """What a draft would publish, and with what each new version is compared."""

    proposal: Proposal
    before: dict[str, Mapping[str, Any] | None]


def compared(session: Session, found: State, prove: Prove = prove_terms) -> Compared:
    """A draft beside what is published now."""
    proposal = proposal_of(session, found, prove)
    versions = [] if proposal.faults else proposal.versions
    return Compared(proposal, {row.rate_table: _before(session, found, row) for row in versions})


def report(seen: Compared, language: Language) -> ReportView:
    """The report on a draft; sentences take their time, and no database is asked for them."""
    proposal = seen.proposal
    return ReportView(
        publishable=not proposal.faults,
        faults=[FaultView(place=one.place, message=one.message if language == "zh" else english(one.message)) for one in proposal.faults],
        consequences=[one.zh if language == "zh" else one.en for one in proposal.consequences],
        differences=[] if proposal.faults else list(_differences(seen, language)),
    )


def _differences(seen: Compared, language: Language) -> Iterator[DifferenceView]:
    for row in seen.proposal.versions:
        for one in differences(seen.before[row.rate_table], json.loads(row.content)):
            yield DifferenceView(
                rate_table=row.rate_table,
                place=one.place,
                sentence=one.zh if language == "zh" else one.en,
                before=one.before,
                after=one.after,
            )


def _before(session: Session, found: State, row: models.RateTableVersion) -> Mapping[str, Any] | None:
    """What a new version is compared with: the one it replaces or follows; of a new table, that from which it was copied."""
    of = models.RateTableVersion
    earlier = session.exec(select(of).where(of.rate_table == row.rate_table).order_by(of.version.desc())).all()  # type: ignore[attr-defined]
    chosen = next((one for one in earlier if row.supersedes in (None, one.version)), None)
    if chosen is None:
        kind, _, source = found.draft.source.partition(" ")
        copied = source if kind == "table" else source + row.rate_table.removeprefix(found.draft.target) if kind == "batch" else ""
        chosen = session.exec(select(of).where(of.rate_table == copied).order_by(of.version.desc())).first()  # type: ignore[attr-defined]
    return None if chosen is None else dict(json.loads(chosen.content))


async def _nobody_leaves() -> bool:
    return False


async def effect_of(
    found: State,
    proposal: Proposal,
    tables: Mapping[str, RateTable],
    sent: Sequence[tuple[str, bytes]],
    catalogue: Catalogue,
    language: Language,
    left: Callable[[], Awaitable[bool]] = _nobody_leaves,
) -> DraftEffect:
    """The same facts under the version in force and under the draft; other requests go on meanwhile. Ends when its caller has left."""
    made, budget = DraftEffect(mark(found, language), []), limits.MAX_LIST_WORK
    for row in proposal.versions:
        after = tables[row.rate_table]
        before = _in_force(catalogue, after)
        cases = [*_examples(row.content, "草案"), *(_examples(before[1], "现行") if before else ()), *sent]
        comparison = Comparison(kind_of(after), before[0] if before else None, after, catalogue, language, left=budget)
        for case_id, body in cases:
            if await left():
                raise ProblemError("OVERLOADED")  # nobody reads it
            await heavily(comparison.add, case_id, body)
        budget = comparison.left
        made.tables.append(TableEffect(row.rate_table, before[0].version if before else None, comparison.effect()))
    return made


def _in_force(catalogue: Catalogue, after: RateTable) -> tuple[RateTable, str] | None:
    """The version on the day from which the draft would apply."""
    try:
        version = catalogue.chosen(after.id, as_of=after.effective_from)
    except CatalogueError:
        return None
    return version.table, version.content


def _examples(content: str, whose: str) -> list[tuple[str, bytes]]:
    """The examples that a version carries, as cases."""
    return [(f"{whose} {one['name']}"[:64], one["request"].encode()) for one in json.loads(content).get("examples") or ()]
