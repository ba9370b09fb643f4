"""What a draft would publish, in rows, and how they are made of what a file would say: shared by all kinds of drafts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from app.calculators.quantities.calendar import BEIJING
from app.calculators.terms.model import TermsFault
from app.tables.files.file_values import Entries, Row, key_of
from app.tables.files.later_additions import CannotSay, notice_added, words_added
from app.tables.files.term_proofs import Prove, prove_terms
from app.tables.loading.loader import Recorded, check_series
from app.tables.loading.named_ids import check_names, names_stored
from app.tables.storage import models

MAX_DIRECTIONS, MAX_VALUES, MAX_OVERLAYS = 500, 10_000, 50  # of one draft: each is a row that is added while nobody else can write
OWN_DIRECTION = ("no", "title", "method", "area", "schemes")
NEW_VERSION = ("effective", "supersedes", "reason", "confidence", "document", "authority", "examples", "terms")


@dataclass(slots=True)
class Consequence:
    """Something that publication brings with it, beside what the draft says."""

    zh: str
    en: str


@dataclass(slots=True)
class Proposal:
    """The rows that a draft would add, what is wrong with them, and what they bring with them."""

    rows: list[Row] = field(default_factory=list)
    faults: list[TermsFault] = field(default_factory=list)
    consequences: list[Consequence] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    versions: list[models.RateTableVersion] = field(default_factory=list)  # those that are new
    places: dict[str, str] = field(default_factory=dict)  # of the new version of each table, in the draft
    prove: Prove = prove_terms

    def say(self, zh: str, en: str) -> None:
        """Note a consequence."""
        self.consequences.append(Consequence(zh, en))


def wall(at: datetime) -> str:
    """An instant as a file writes it, to the second."""
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


def mapping(made: Proposal, place: str, raw: Any, words: Sequence[str]) -> dict[str, Any] | None:
    """Keys and values of known words; None, and its faults, where it is none."""
    found = Entries()
    mapping = found.mapping(place, raw, words)
    made.faults += found.faults
    return None if mapping is None or found.faults else dict(mapping)


def _placed(place: str, places: Mapping[str, str]) -> str:
    """A place of the composed file as a place of the draft."""
    for there, here in places.items():
        if place.startswith(there):
            return here + place.removeprefix(there)
    return place


def stored_event(session: Session, table: str, version: int, kind: str) -> models.VersionEvent | None:
    """The event of a kind that a version has."""
    of = models.VersionEvent
    return session.exec(select(of).where(of.rate_table == table, of.version == version, of.kind == kind)).first()


def take(session: Session, made: Proposal, found: Entries, at: datetime, places: Mapping[str, str]) -> None:
    """Keep the rows that are not stored yet, known from the instant of publication; and the faults, as places of the draft."""
    check_names(found, names_stored(session), series=False)
    check_series(session, found)
    made.faults += [TermsFault(_placed(fault.place, places), fault.told) for fault in found.faults]
    made.tables += found.tables
    for row in found.rows:
        for new in _new(session, made, found, row, at, places):
            if isinstance(new, Recorded):
                new.recorded_at = at
            if isinstance(new, models.RateTableVersion):
                made.versions.append(new)
                made.places[new.rate_table] = _placed(found.place_of(row), places)
            made.rows.append(new)


def _new(session: Session, made: Proposal, found: Entries, row: Row, at: datetime, places: Mapping[str, str]) -> Iterator[Row]:
    """The row, where it is not stored; of a batch or a direction that is, what is said in addition."""
    match row:
        case models.ReferenceRate():
            stored = False  # its version is new: it was numbered after the last one
        case models.VersionEvent():
            stored = stored_event(session, row.rate_table, row.version, row.kind) is not None
        case _:
            stored = session.get(type(row), key_of(row)) is not None
    if not stored:
        yield row
    else:
        try:
            said = _added_by(session, row, at)
        except CannotSay as wrong:
            made.faults.append(TermsFault(_placed(found.place_of(row), places), wrong.told))
        else:
            yield from [] if said is None else [said]


def _added_by(session: Session, row: Row, at: datetime) -> Row | None:
    match row:
        case models.Batch():
            return notice_added(session, row, at, again=True)
        case models.Direction() if not has_versions(session, row.rate_table):
            return words_added(session, row, at, again=True)
        case _:
            return None


def has_versions(session: Session, table: str) -> bool:
    """Whether a direction has its standards."""
    of = models.RateTableVersion
    return session.exec(select(of).where(of.rate_table == table).limit(1)).first() is not None
