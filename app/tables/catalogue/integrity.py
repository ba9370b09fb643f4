"""Whether a stored row is what its digest was made of, and its columns are what its content says.

The database refuses to change a row; whoever gets past it can still be found out. What does not agree here is not
calculated with (``repository``) and not restored (``backup.consistency``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

import msgspec
from sqlmodel import SQLModel

from app.tables.files.reference_series import figure, values_are
from app.tables.storage.canonical_json import digest

Row = Mapping[str, Any]
Said = tuple[str, str]
"""What is wrong, in Chinese and in English."""

ALTERED: Final[Said] = ("内容与其摘要不符", "its content does not match its digest")


def fault_of_content(content: str, said: str) -> Said | None:
    """What is wrong with a content, beside the digest that is stored with it."""
    return None if digest(content) == said else ALTERED


def fault_of_version(row: Row) -> Said | None:
    """The same of a version of a table: period, number and supersession are columns as well."""
    fault = fault_of_content(row["content"], row["digest"])
    if fault is not None:
        return fault
    raw = msgspec.json.decode(row["content"])
    period = raw["effective"]
    last = period.get("last_day")
    until = None if last in {None, "open"} else date.fromisoformat(last) + timedelta(days=1)
    said = (int(raw["version"]), date.fromisoformat(period["first_day"]), until, raw.get("supersedes"))
    replaced = None if row["supersedes"] is None else str(row["supersedes"])
    if said == (row["version"], row["effective_from"], row["effective_until"], replaced):
        return None
    return "施行期、版本号或所取代的版本与内容不符", "its period, number or supersession is not what its content says"


def fault_of_series(head: Row, rates: Iterable[Row], before: str | None) -> Said | None:
    """The same of a version of a reference series, whose values are rows as well.

    ``before`` is the digest of the version before it: one that adds to it holds that digest, and so vouches for all values.
    """
    fault = fault_of_content(head["content"], head["digest"])
    if fault is not None:
        return fault
    raw = msgspec.json.decode(head["content"])
    extended = raw.get("extends")
    if extended is not None and extended != {"version": str(head["version"] - 1), "digest": before}:
        return "它所接续的版本不是原来的内容", "the version that it adds to is not what it was added to"
    said = [(one["on"], figure(values_are(raw), one["value"]), one["confidence"]) for one in raw["rows"]]
    stored = sorted((one["on"].isoformat(), Fraction(one["value"]), one["confidence"]) for one in rates)
    if said == stored and raw["holds_until"] == head["holds_until"].isoformat():
        return None
    return "各日的值与内容不符", "its values are not what its content says"


def name_of(table: str, row: Row) -> str:
    """A stored row as messages name it: its table and its key."""
    return f"{table} {' '.join(str(row[column.name]) for column in SQLModel.metadata.tables[table].primary_key)}"
