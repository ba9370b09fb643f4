"""A database as large as wanted, grown from the published files: copies of every batch under other ids, and long series."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from app.calculators.quantities.calendar import BEIJING
from app.tables.files.batch_file import read_batch, read_funds, read_references
from app.tables.files.file_values import Entries, Row
from app.tables.files.reference_series import extended, read_titles, read_version
from app.tables.files.term_proofs import Proven
from app.tables.files.yaml_reader import read
from app.tables.storage import models
from app.tables.storage.database import engine_of, writing
from app.tables.storage.write_order import place_of

FIRST_MONTH = date(1996, 1, 20)
TITLES = {"source": "试验", "authority": "official"}


def grow(url: str, published: Path, tables: int, versions: int, series: int, months: int) -> int:
    """Fill a migrated database; answer how many tables have standards. The first copy of each batch has the published ids."""
    found = Entries(prove=lambda _raw, _method: Proven())  # what is copied was proved when it was published
    read_funds(found, "funds", read(published / "funds.yaml"))
    read_references(found, "series", read(published / "reference_rates.yaml"))
    batches = [read(path) for path in sorted(published.glob("*-*.yaml"))]
    copy = 0
    while len(found.tables) < tables:
        for content in batches:
            if len(found.tables) < tables:
                read_batch(found, "batch", _copied(content, copy, versions))
        copy += 1
    for number in range(series):
        _grow_series(found, f"T_RATE_{number}", months)
    assert not found.faults, found.faults[:3]
    _store(url, found.rows)
    return len(found.tables)


def published_tables(published: Path) -> int:
    """How many of the published tables have standards: so many has each whole copy."""
    return sum("versions" in one for path in published.glob("*-*.yaml") for one in read(path)["directions"])


def copied_id(table: str, copy: int) -> str:
    """The id of a table of a copy: its batch has another number, and its fund stays.

    >>> copied_id("bj-gjj-2023-1-1", 0), copied_id("bj-gjj-2023-1-1", 7)
    ('bj-gjj-2023-1-1', 'bj-gjj-2023-1x7-1')
    """
    if copy == 0:
        return table
    fund, name, year, number, *rest = table.split("-")
    return "-".join((fund, name, year, f"{number}x{copy}", *rest))


def _copied(content: Mapping[str, Any], copy: int, versions: int) -> dict[str, Any]:
    """A batch under another id, and each table in so many versions, each of which corrects the one before."""
    batch = str(content["batch"]["id"])
    text = json.dumps(content, ensure_ascii=False).replace(f'"{batch}"', f'"{copied_id(batch, copy)}"')
    made: dict[str, Any] = json.loads(text.replace(f'"{batch}-', f'"{copied_id(batch, copy)}-'))
    for direction in made["directions"]:
        own = direction.get("versions") or []
        while own and len(own) < versions:
            number = int(own[-1]["version"])
            later = datetime.fromisoformat(own[-1]["published_at"]) + timedelta(days=1)
            own.append({**own[-1], "version": str(number + 1), "supersedes": str(number), "published_at": later.isoformat()})
    return made


def _grow_series(found: Entries, name: str, months: int) -> None:
    """A series to which each month has added its value."""
    titles = {"series": name, "title": name, **TITLES}
    read_titles(found, name, titles)
    head: models.ReferenceRateVersion | None = None
    on = FIRST_MONTH
    for number in range(1, months + 1):
        following = (on.replace(day=1) + timedelta(days=32)).replace(day=20)
        row = {"on": on.isoformat(), "value": f"{3 + number % 7 / 20:.2f}%", "confidence": "read"}
        published = datetime(on.year, on.month, on.day, 9, 15, tzinfo=BEIJING).isoformat()
        version = {"version": str(number), "published_at": published, "holds_until": following.isoformat(), "rows": [row]}
        read_version(found, f"{name}/{number}", titles, version if head is None else version | {"extends": extended(head)})
        (head,) = (row for row in found.rows[-2:] if isinstance(row, models.ReferenceRateVersion))
        on = following


def _store(url: str, rows: list[Row]) -> None:
    """Add rows as a restore does: in the order in which the triggers take them."""
    engine = engine_of(url)
    with writing(engine) as session:
        for table, together in groupby(_placed(rows), key=lambda one: one[0]):
            session.execute(insert(SQLModel.metadata.tables[table]), [row for _, row in together])
    engine.dispose()


def _placed(rows: list[Row]) -> Iterator[tuple[str, dict[str, Any]]]:
    named = [(str(row.__tablename__), row.model_dump()) for row in rows]
    ordered = sorted(named, key=lambda one: place_of(*one))
    return ((table, _without_number(table, row)) for table, row in ordered)


def _without_number(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """The database numbers events itself."""
    return {key: value for key, value in row.items() if (table, key) != ("version_event", "id")}
