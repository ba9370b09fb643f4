"""What a load would change of tables in force, before it is done: in sentences, and in money."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import msgspec
import typer
from sqlmodel import Session

from app.commands.draft_trials import show_table
from app.commands.request_input import body_in
from app.services.draft_impact import effects
from app.services.draft_models import EffectRequest
from app.services.draft_report import differences_of, new_versions
from app.tables.catalogue.snapshot import Catalogue
from app.tables.diff.announcements import news
from app.tables.drafts.planned_rows import Proposal
from app.tables.files.file_values import Row, key_of
from app.tables.storage import models


def keys_of(rows: Sequence[Row]) -> set[tuple[object, ...]]:
    """Which rows they are."""
    return {(type(row), *key_of(row)) for row in rows}


def show_change(
    session: Session, rows: list[Row], changed: Collection[str], catalogue: Catalogue, cases: Path | None
) -> Callable[[], None]:
    """What changes of some tables, to be printed when the database was let go. Errors: ProblemError."""
    asked = EffectRequest(cases=[]) if cases is None else body_in(EffectRequest, cases)
    sent = [(one.item_id, msgspec.json.encode(one.request)) for one in asked.cases]
    versions = [row for row in rows if isinstance(row, models.RateTableVersion) and row.rate_table in changed]
    sentences = list(news(session, rows, of_load=True))
    new = [one for one in new_versions(session, rows) if one.overlay or one.name in changed]

    def told() -> None:
        for zh, en in sentences:
            typer.echo(f"• {zh} / {en}")
        for one, other in zip(differences_of(new, "zh"), differences_of(new, "en"), strict=True):
            typer.echo(f"• {one.rate_table}  {one.sentence}\n  {other.sentence}")
        made = asyncio.run(effects(Proposal(rows=rows, versions=versions), sent, catalogue, "zh"))
        for table in made:
            if table.effect.after.cases:
                show_table(table)
        without = " ".join(table.rate_table for table in made if not table.effect.after.cases)
        if without:
            typer.echo(f"未附例子，对金额的影响未测算 / no examples, so that the effect is not shown: {without}")
        if not any(table.effect.after.cases for table in made):
            typer.echo("没有案例：以 --cases 给出，或在标准表中附 examples / no case: give --cases, or store examples with the table")

    return told
