"""In which order stored rows were written: the order in which the database takes them again.

Its triggers accept a row only after those that it builds on, and refuse it after those that end it: a draft takes no
revision once it is published, a revision no step once there is a later one. So each draft is put back revision by
revision, each with its steps; versions and their events as they became known; the log entry by entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

STEPS: Final = ("CHECKED", "APPROVED", "PUBLISHED", "DISCARDED")
"""The steps of a revision in the order in which they can be taken."""

_STAGES: Final[Mapping[str, int]] = {  # what is referred to comes first
    "fund": 0,
    "overlay_version": 1,
    "batch": 2,
    "batch_version": 3,
    "direction": 4,
    "direction_version": 5,
    "reference_rate_version": 6,
    "reference_rate": 7,
    "rate_table_version": 8,
    "version_event": 8,
    "draft": 9,
    "draft_revision": 10,
    "draft_step": 10,
    "api_key": 11,
    "api_key_secret": 12,
    "api_key_end": 13,
    "api_key_use": 14,
    "audit": 15,
}


def place_of(table: str, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What rows are sorted by to stand in the order in which they were written.

    Of what became known at once, an event comes after its version and before the next one, which may lie over it.
    """
    stage = _STAGES[table]
    match table:
        case "rate_table_version":
            return stage, known_at(row), row["version"], 0
        case "version_event":
            return stage, known_at(row), row["version"], 1
        case "draft_revision":
            return stage, row["draft_id"], row["revision"], 0
        case "draft_step":
            return stage, row["draft_id"], row["revision"], 1 + STEPS.index(row["kind"])
        case "audit":
            return stage, row["id"]
        case _:
            return (stage,)


def known_at(row: Mapping[str, Any]) -> datetime:
    """Since when a version or an event is known: since it was recorded here, or as its notice says."""
    said: datetime = row["known_at"] if "known_at" in row else row["published_at"]
    return row["recorded_at"] or said
