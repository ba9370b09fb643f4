"""The effect of a draft, or of a load, on money: each table whose amounts may change, with its own examples and with cases."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from app import limits
from app.calculators.terms.model import RateTable
from app.errors import FieldError, Language, ProblemError, invalid
from app.services.calculation import kind_of
from app.services.impact import Comparison, Effect, InForce
from app.services.trial import DraftMark, Supposed, mark, supposed
from app.services.worker_threads import heavily
from app.tables.catalogue.snapshot import Catalogue, CatalogueError
from app.tables.drafts.planned_rows import Proposal
from app.tables.drafts.workflow import State
from app.tables.storage import models

Case = tuple[str, bytes]
"""The caller's id and a claim's JSON."""


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


class _Planned(NamedTuple):
    """One table, with what is compared and which cases."""

    rate_table: str
    against: int | None
    comparison: Comparison
    cases: list[Case]

    def done(self) -> TableEffect:
        return TableEffect(self.rate_table, self.against, self.comparison.effect())


def _plan(proposal: Proposal, trial: Supposed, sent: Sequence[Case], catalogue: Catalogue, language: Language) -> list[_Planned]:
    """A comparison for each new version, and for each table whose amounts change otherwise: by its end, by rules, by rates.

    A new version is given every case that names no other new one; any other table those that name it.
    Errors: ProblemError for a case that none takes.
    """
    made, named = [], [(one, _named(one[1])) for one in sent]
    for row in proposal.versions:
        after = trial.versions[row.rate_table]
        before = _in_force(catalogue, after)
        mine = [one for one, name in named if name == row.rate_table or name not in trial.versions]
        cases = [*_examples(row.content, "草案"), *(_examples(before[1], "现行", row.content) if before else ()), *mine]
        comparison = Comparison(
            kind=kind_of(after), before=before[0] if before else None, after=after, catalogue=catalogue, language=language
        )
        made.append(_Planned(row.rate_table, before[0].version if before else None, comparison, cases))
    ended = {row.rate_table: row.version for row in proposal.rows if isinstance(row, models.VersionEvent)}
    others = [name for name in trial.touched if name not in trial.versions and name in catalogue.tables]
    taken: set[str] = set()
    for name in others:
        mine = [one for one, table in named if len(others) == 1 or table == name]
        taken |= {case_id for case_id, _ in mine}
        standing = [one for one in catalogue.tables[name] if one.standing(catalogue.latest_known_at)]
        cases = [case for one in standing for case in _examples(one.content, f"版本 {one.table.version}")] + mine
        if cases or name in ended:
            kind = kind_of(catalogue.tables[name][-1].table)
            comparison = Comparison(
                kind=kind, before=InForce(name, catalogue), after=InForce(name, trial.catalogue), catalogue=catalogue, language=language
            )
            made.append(_Planned(name, ended.get(name, standing[-1].table.version if standing else None), comparison, cases))
    if not proposal.versions:
        _check_taken(sent, taken, others)
    return made


def _named(body: bytes) -> str | None:
    claim = msgspec.json.decode(body)
    named = claim.get("rate_table") if isinstance(claim, dict) else None
    return named if isinstance(named, str) else None


def _check_taken(sent: Sequence[Case], taken: Collection[str], others: Sequence[str]) -> None:
    """A case of a table that the draft does not touch shows nothing, and is no effect of 0."""
    listed = ", ".join(others)
    zh, en = f"草案不影响该标准表的金额；所影响的: {listed}", f"the draft does not change amounts of this table; it concerns: {listed}"
    places = [f"/cases/{no}/request/rate_table" for no, (case_id, _) in enumerate(sent) if case_id not in taken]
    if places:
        raise invalid([FieldError(place, "INVALID_VALUE", zh, en) for place in places])


def of_examples(proposal: Proposal, catalogue: Catalogue, language: Language) -> Iterator[str]:
    """The effect on the examples that tables carry, a sentence for each table; of a version that ends without any, that there are none."""
    try:
        trial = supposed(catalogue, proposal)
    except ProblemError as none:
        if none.code == "OVERLOADED":
            raise
        return  # it changes no amount, or of nothing that is calculated with
    ended = {row.rate_table for row in proposal.rows if isinstance(row, models.VersionEvent)} - trial.versions.keys()
    budget = limits.MAX_LIST_WORK
    for one in _plan(proposal, trial, (), catalogue, language):
        one.comparison.left = budget
        for case_id, body in one.cases:
            one.comparison.add(case_id, body)
        budget = one.comparison.left
        if one.cases or one.rate_table in ended:
            yield said_of_effect(one.done(), language)


def said_of_effect(of: TableEffect, language: Language) -> str:
    """One table's effect in a sentence."""
    found = of.effect
    before = "—" if found.before is None else found.before.amount
    if not found.after.cases:
        zh = f"{of.rate_table} 没有所附的例子；对金额的影响以案例测算（effect）"
        return zh if language == "zh" else f"{of.rate_table} carries no examples; the effect on money is shown by cases (effect)"
    if language == "zh":
        failed = f"，{found.after.failed} 例不能计算" if found.after.failed else ""
        amounts = f"合计由 {before} 元变为 {found.after.amount} 元，增减 {found.difference} 元"
        return f"{of.rate_table} 所附 {found.after.cases} 例：{amounts}{failed}"
    failed = f", {found.after.failed} cannot be calculated" if found.after.failed else ""
    return (
        f"{of.rate_table}, {found.after.cases} examples: from {before} to {found.after.amount} yuan, "
        f"a difference of {found.difference} yuan{failed}"
    )


async def _nobody_leaves() -> bool:
    return False


async def effect_of(
    found: State,
    proposal: Proposal,
    sent: Sequence[Case],
    catalogue: Catalogue,
    language: Language,
    left: Callable[[], Awaitable[bool]] = _nobody_leaves,
) -> DraftEffect:
    """The same facts as published and under the draft; other requests go on meanwhile. Ends when its caller has left."""
    return DraftEffect(mark(found, language), await effects(proposal, sent, catalogue, language, left))


async def effects(
    proposal: Proposal,
    sent: Sequence[Case],
    catalogue: Catalogue,
    language: Language,
    left: Callable[[], Awaitable[bool]] = _nobody_leaves,
) -> list[TableEffect]:
    """The effect on each table. Errors: ProblemError."""
    trial = await heavily(supposed, catalogue, proposal)
    made, budget = [], limits.MAX_LIST_WORK
    for one in await heavily(_plan, proposal, trial, sent, catalogue, language):
        one.comparison.left = budget
        for case_id, body in one.cases:
            if await left():
                raise ProblemError("OVERLOADED")  # nobody reads it
            await heavily(one.comparison.add, case_id, body)
        budget = one.comparison.left
        made.append(one.done())
    return made


def _in_force(catalogue: Catalogue, after: RateTable) -> tuple[RateTable, str] | None:
    """The version on the day from which the draft would apply."""
    try:
        version = catalogue.chosen(after.id, as_of=after.effective_from)
    except CatalogueError:
        return None
    return version.table, version.content


def _examples(content: str, whose: str, beside: str = "{}") -> list[Case]:
    """The examples that a version carries, as cases, but for those of another version: the same case counts once."""
    taken = json.loads(beside).get("examples") or ()
    mine = [one for one in json.loads(content).get("examples") or () if one not in taken]
    return [(f"{whose} {one['name']}"[:64], one["request"].encode()) for one in mine]
