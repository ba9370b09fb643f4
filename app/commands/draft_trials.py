"""``subsidy tables draft effect`` and ``calculate``: what a draft does to money, before anybody decides on it."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.drafts import BOTH, DraftId, proved_for, read, show_acted
from app.commands.identity import database, officer
from app.commands.progress import working

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

    from app.services.draft_impact import TableEffect
    from app.services.impact import Effect
    from app.tables.catalogue.snapshot import Catalogue
    from app.tables.drafts.planned_rows import Proposal
    from app.tables.drafts.workflow import State

Cases = Annotated[
    Path | None, typer.Option(help='JSON 文件，如接口所收：{"cases": [{"item_id": …, "request": …}]} / a file of cases, as HTTP takes them')
]
Claim = Annotated[Path, typer.Argument(metavar="FILE", help="计算请求的 JSON 文件 / a file with the request of a calculation")]


class Language(StrEnum):
    """In which an answer is written."""

    ZH = "zh"
    EN = "en"


def effect_of_draft(draft_id: DraftId, cases: Cases = None) -> None:
    """测算草案的影响 / The same facts under the version in force and under the draft; the tables' own examples always count."""
    with database() as engine:
        import msgspec

        from app.commands.request_input import body_in
        from app.services.draft_impact import effect_of
        from app.services.draft_models import EffectRequest

        officer(engine, *BOTH)
        asked = EffectRequest(cases=[]) if cases is None else body_in(EffectRequest, cases)
        sent = [(one.item_id, msgspec.json.encode(one.request)) for one in asked.cases]
        with working("测算 / calculating"):
            found, proposal, catalogue = _proposed(engine, draft_id)
            made = asyncio.run(effect_of(found, proposal, sent, catalogue, "zh"))
    show_acted(found, "试算，不作依据", "a trial, nothing may be decided on it")
    for table in made.tables:
        show_table(table)
    if not any(table.effect.after.cases for table in made.tables):
        typer.echo("没有案例：以 --cases 给出，或在标准表中附 examples / no case: give --cases, or store examples with the table")


def show_table(table: TableEffect) -> None:
    """Print what a change does to the money of one table."""
    found, against = table.effect, table.against_version
    beside = "没有现行版本 / no version in force" if against is None else f"与版本 {against} 相比 / beside version {against}"
    typer.echo(f"{table.rate_table}  {beside}")
    sides = [("现行", "now", found.before), ("草案", "draft", found.after)]
    for zh, en, side in sides:
        if side is not None:
            counts = f"{side.cases} 例，{side.ok} 例可得，{side.not_eligible} 例不符合，{side.failed} 例不能计算"
            english = f"{side.cases} cases: {side.ok} earn, {side.not_eligible} not eligible, {side.failed} failed"
            typer.echo(f"  {zh} / {en}: {side.amount} 元  {counts} / {english}")
    typer.echo(f"  增减 / difference: {found.difference} 元")
    if found.failures:
        typer.echo(f"  其中两边都能计算的 / of those calculated under both: {found.compared_difference} 元")
    _show_cases(found)


def _show_cases(found: Effect) -> None:
    moved = f"升 {found.rise}，降 {found.fall}，不变 {found.stay}，资格改变 {found.change_status}"
    typer.echo(f"  {moved} / {found.rise} rise, {found.fall} fall, {found.stay} stay, {found.change_status} change status")
    for one in found.movers:
        reasons = "".join(f"  {reason.code}" for reason in one.new_reasons)
        typer.echo(f"  • {one.id}: {one.amount_before or '—'} → {one.amount_after} ({one.difference}){reasons}")
    for failure in found.failures:
        sides = {"现行 / now": failure.before, "草案 / draft": failure.after}
        told = "; ".join(f"{side}: {fault.code} {fault.pointer or ''} {fault.detail}" for side, fault in sides.items() if fault is not None)
        typer.echo(f"  ✗ {failure.id}: {told}")


def calculate_under_draft(
    draft_id: DraftId, claim: Claim, language: Annotated[Language, typer.Option(help="答复的语言 / language of the answer")] = Language.ZH
) -> None:
    """按草案试算一次，输出 JSON / Calculate one claim under a draft and print the trial as JSON."""
    with database() as engine:
        import msgspec

        from app.services.trial import supposed, try_out

        officer(engine, *BOTH)
        body = claim.read_bytes()
        found, proposal, catalogue = _proposed(engine, draft_id)
        trial = try_out(body, found, supposed(catalogue, proposal), language.value)
    typer.echo(msgspec.json.format(msgspec.json.encode(trial), indent=1))


def _proposed(engine: Engine, draft_id: str) -> tuple[State, Proposal, Catalogue]:
    """A draft, what it would publish, and what is published, at one moment. Errors: DraftError; Refused lists the faults."""
    from app.tables.catalogue.repository import read_catalogue
    from app.tables.drafts import workflow as drafts

    prove = proved_for(engine, draft_id)

    def propose(session: Session) -> tuple[State, Proposal, Catalogue]:
        found = drafts.still_open(session, draft_id)
        proposal = drafts.proposal_of(session, found, prove)
        if proposal.faults:
            raise drafts.Refused(proposal.faults)
        return found, proposal, read_catalogue(session)

    found: tuple[State, Proposal, Catalogue] = read(engine, propose)
    return found
