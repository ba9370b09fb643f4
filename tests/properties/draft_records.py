"""What is stored, read beside the model: the catalogue as known at an instant, and the rows by themselves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Any

from sqlmodel import Session, select

from app.tables.catalogue.snapshot import Catalogue, NoVersionInForce, TableNotFound
from app.tables.storage import models
from tests.properties.draft_changes import TURNS
from tests.properties.draft_model import SECOND, TABLE, Json, in_force

DAYS = [turn + timedelta(days=by) for turn in TURNS for by in (-1, 0, 1)]


def same(found: Catalogue, instant: datetime, known: Json) -> None:
    """The catalogue as known at an instant, day by day, and what was known of the fund."""
    for table in (TABLE, SECOND):
        for day in DAYS:
            try:
                chosen = found.chosen(table, as_of=day, known_at=instant)
            except (NoVersionInForce, TableNotFound):
                assert in_force(known, table, day) is None, (table, day, instant)
                continue
            assert (chosen.table.version, chosen.raw["terms"]["lines"][0]["rate"]) == in_force(known, table, day), (table, day, instant)
            as_known = found.choose(table, as_of=day, known_at=instant)
            assert (set(as_known.fund_methods), as_known.fund_exempt) == (known["with_versions"], known["exempt"])
        versions = [one for one in found.tables.get(table, ()) if one.known_from <= instant]
        assert [one.state(instant) for one in versions] == known["states"][table], (table, instant)
    for name, (number, rows) in known["series"].items():
        series = found.series(instant)[name]
        assert (series.version, list(map(date.fromordinal, series.days))) == (number, [date.fromisoformat(on) for on, _ in rows])


def rows_hold(session: Session, instants: list[datetime], knowledge: list[Json]) -> None:
    """The rows by themselves: nobody approved what he wrote; no two versions of a table overlap in both periods."""
    revisions = session.exec(select(models.DraftRevision)).all()
    for step in session.exec(select(models.DraftStep)):
        so_far = {one.author for one in revisions if one.draft_id == step.draft_id and one.revision <= step.revision}
        assert step.kind != "APPROVED" or step.actor not in so_far  # who approved may write the next revision, and not approve that
    rows = session.exec(select(models.VersionStanding)).all()
    for one, other in combinations(rows, 2):
        assert one.rate_table != other.rate_table or not (_meet(one, other, "effective") and _meet(one, other, "known"))
    for instant, known in zip(instants, knowledge, strict=True):
        for table in (TABLE, SECOND):
            for day in DAYS:
                stand = [one.version for one in rows if one.rate_table == table and _in(one, "effective", day) and _in(one, "known", instant)]
                modelled = in_force(known, table, day)
                assert stand == ([] if modelled is None else [modelled[0]])


def _in(row: models.VersionStanding, period: str, at: Any) -> bool:
    first, until = getattr(row, f"{period}_from"), getattr(row, f"{period}_until")
    return bool(first <= at and (until is None or at < until))


def _meet(one: models.VersionStanding, other: models.VersionStanding, period: str) -> bool:
    first = max(getattr(one, f"{period}_from"), getattr(other, f"{period}_from"))
    return all(getattr(row, f"{period}_until") is None or first < getattr(row, f"{period}_until") for row in (one, other))
