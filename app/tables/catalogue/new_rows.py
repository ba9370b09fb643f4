"""Which published rows a process has not read yet: asked for by key, so that each is read once.

Rows are only ever added. Where one is gone or another stands in its place, it is another database (a file that was
moved away, a restored backup), and everything is read anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, func, tuple_
from sqlmodel import Session, SQLModel, select

from app.tables.storage.models import PUBLISHED

Key = tuple[Any, ...]
Keys = Mapping[str, Collection[Key]]
Rows = Mapping[str, Sequence[Any]]
"""Rows by the name of their table; each has its columns as attributes."""

KNOWN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "fund": ("id",),
    "overlay_version": ("id", "version", "digest"),
    "batch": ("id", "digest"),
    "batch_version": ("batch_id", "version", "digest"),
    "direction": ("rate_table",),
    "direction_version": ("rate_table", "version", "digest"),
    "rate_table_version": ("rate_table", "version", "digest"),
    "reference_rate_version": ("series", "version", "digest"),
    "version_event": ("id",),
}
"""What tells rows apart. The values of a series come with its versions, and when a version stands with the version."""

AT_ONCE: Final = 200  # keys in one statement


def counts_of(session: Session) -> tuple[int, ...]:
    """How many rows each published table has, in one statement."""
    columns = [select(func.count()).select_from(SQLModel.metadata.tables[name]).scalar_subquery() for name in PUBLISHED]
    return tuple(session.execute(select(*columns)).one())


def unread(session: Session, read: Keys, values: int) -> tuple[Rows, bool]:
    """The rows that were added since those of ``read`` (and ``values`` values of series), and whether they are all there are."""
    found = _added(session, read, values) if any(read.values()) else None
    return (_all(session), True) if found is None else (found, False)


def _all(session: Session) -> Rows:
    names = (*KNOWN_BY, "reference_rate", "version_standing")
    return {name: session.execute(SQLModel.metadata.tables[name].select()).all() for name in names}


def _added(session: Session, read: Keys, values: int) -> Rows | None:
    """None where something is not as it was read."""
    counts = dict(zip(PUBLISHED, counts_of(session), strict=True))
    found: dict[str, Sequence[Any]] = {}
    for name, columns in KNOWN_BY.items():
        if counts[name] == len(read[name]):
            continue
        table = SQLModel.metadata.tables[name]
        stored = {tuple(row) for row in session.execute(select(*(table.columns[column] for column in columns))).all()}
        if not stored.issuperset(read[name]):
            return None
        found[name] = list(_of(session, table, columns, stored.difference(read[name])))
    heads = [(row.series, row.version) for row in found.get("reference_rate_version", ())]
    tables = {row.rate_table for name in ("rate_table_version", "version_event") for row in found.get(name, ())}
    found["reference_rate"] = list(_of(session, SQLModel.metadata.tables["reference_rate"], ("series", "version"), heads))
    standing = SQLModel.metadata.tables["version_standing"]
    found["version_standing"] = list(_of(session, standing, ("rate_table",), [(one,) for one in tables]))
    return found if counts["reference_rate"] == values + len(found["reference_rate"]) else None


def _of(session: Session, table: Table, columns: Sequence[str], keys: Collection[Key]) -> Iterator[Any]:
    """The rows that have one of these keys in some columns."""
    left = iter(keys)
    while some := list(islice(left, AT_ONCE)):
        first = table.columns[columns[0]]
        wanted: ColumnElement[bool] = (
            first.in_([key[0] for key in some]) if len(columns) == 1 else tuple_(*(table.columns[one] for one in columns)).in_(some)
        )
        yield from session.execute(table.select().where(wanted)).all()
