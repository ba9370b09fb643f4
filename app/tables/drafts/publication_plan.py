"""What a draft would publish: its content, put beside what is stored, as the content of table files.

So a draft takes the loader's road: one reader, one proof, one way in which rows are made. Content is JSON in which
every scalar is a text, as in a file. ``published_at`` and the number of a version are the service's to give.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlmodel import Session, select

from app.calculators.bilingual import Phrase
from app.calculators.faults.telling import tell
from app.calculators.terms.field_reader import MAX_FAULTS
from app.calculators.terms.model import TermsFault
from app.tables.diff.announcements import news
from app.tables.drafts.batch_plan import propose_batch
from app.tables.drafts.ending_plan import propose_end, propose_withdrawal
from app.tables.drafts.fund_plan import propose_fund
from app.tables.drafts.planned_rows import NEW_VERSION, OWN_DIRECTION, Proposal, has_versions, mapping, take, wall
from app.tables.drafts.series_plan import propose_series
from app.tables.drafts.stored_content import event, events_of, known_direction, versions_of
from app.tables.files.batch_file import read_batch
from app.tables.files.file_values import Entries, given
from app.tables.files.later_additions import present_notice, present_words
from app.tables.files.term_proofs import Prove, prove_terms
from app.tables.files.yaml_reader import unseen
from app.tables.storage import models

MAX_DEPTH = 24
MAX_PLACE, MAX_MESSAGE = 300, 1_000  # a key or a value of any length can stand in a fault
KINDS: Mapping[str, tuple[str, ...]] = {
    "RATE_TABLE": ("batch", "direction", "version"),
    "BATCH": ("fund", "batch", "document", "authority", "directions"),
    "FUND": ("id", "title", "overlays"),
    "REFERENCE_RATE": ("series",),
    "WITHDRAWAL": ("rate_table", "version", "reason", "returns"),
    "END_OF_VALIDITY": ("rate_table", "version", "last_day", "reason"),
}


def misfits(content: Any, place: str = "", depth: int = 0) -> Iterator[TermsFault]:
    """Where a content is not made of texts, lists and keys alone, or holds what a file could not."""
    if depth > MAX_DEPTH:
        yield TermsFault(place[:200], tell("NESTED_TOO_DEEPLY", most=MAX_DEPTH))
    elif isinstance(content, str):
        wrong = unseen(content)
        if wrong is not None:
            yield TermsFault(place, tell("CONTROL_CHARACTER", given=repr(wrong)))
    elif isinstance(content, Mapping):
        for key, part in content.items():
            yield from misfits(key, f"{place}/{key[:64]!r}", depth + 1)
            yield from misfits(part, f"{place}/{key[:64]}", depth + 1)
    elif isinstance(content, list):
        for no, part in enumerate(content):
            yield from misfits(part, f"{place}/{no}", depth + 1)
    elif content is not None:
        yield TermsFault(place, tell("VALUES_ARE_TEXTS"))


def propose(session: Session, kind: str, target: str, content: Mapping[str, Any], at: datetime, prove: Prove = prove_terms) -> Proposal:
    """What would be added if the draft were published at an instant; with its faults, whose places lie in the content."""
    made = Proposal(prove=prove)
    made.faults = list(islice(misfits(content), MAX_FAULTS))
    for key in content:
        if key not in KINDS[kind]:
            made.faults.append(TermsFault(f"/{key}", tell("UNKNOWN_KEY", words=" ".join(KINDS[kind]))))
    if not made.faults:
        _PROPOSERS[kind](session, made, target, content, at)
    if not made.faults:
        for zh, en in news(session, made.rows):
            made.say(zh, en)
    made.faults = [_bounded(fault) for fault in _first(made.faults)]
    return made


def _bounded(fault: TermsFault) -> TermsFault:
    return TermsFault(fault.place[:MAX_PLACE], Phrase(*(text[:MAX_MESSAGE] for text in fault.told)))


def _first(faults: list[TermsFault]) -> list[TermsFault]:
    """The faults that are listed; where there are more, or nobody looked for more, the last says so."""
    if len(faults) < MAX_FAULTS:
        return faults
    listed = MAX_FAULTS - 1
    return [*faults[:listed], TermsFault("", tell("MORE_FAULTS", count=len(faults), listed=listed))]


# --- rate tables ------------------------------------------------------------------------------------


def _rate_table(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    batch = session.get(models.Batch, str(content.get("batch")))
    if batch is None:
        made.faults.append(TermsFault("/batch", tell("NO_BATCH_YET", batch=given(content.get("batch")))))
        return
    stored = session.get(models.Direction, target)
    direction = _direction_of(session, made, stored, content.get("direction"))
    if stored is None and direction is not None:
        _check_number(session, made, batch.id, direction.get("no"))
    version = mapping(made, "/version", content.get("version"), NEW_VERSION)
    if direction is None or version is None:
        return
    number = 1 + len(published := versions_of(session, target))
    events = events_of(session, target)
    new = {**version, "version": str(number), "published_at": wall(at)}
    ended = _ends(made, published, events, new, at)
    full = {
        **json.loads(present_notice(session, batch).content),
        "directions": [{**direction, "rate_table": target, "versions": [*published, new], "events": [*events, *ended]}],
    }
    before = [f"/directions/0/versions/{no}" for no in range(len(published))]
    stored_places = ("/batch", "/document", *before, *(f"{place}/document" for place in before))
    found = Entries(prove=made.prove, published=frozenset(stored_places))
    read_batch(found, "", full)
    places = {f"/directions/0/versions/{number - 1}": "/version", "/directions/0": "/direction"}
    take(session, made, found, at, places)
    for row in made.rows:
        if isinstance(row, models.Direction):  # a new one
            row.position = len(session.exec(select(models.Direction).where(models.Direction.batch_id == batch.id)).all())


def _direction_of(session: Session, made: Proposal, stored: models.Direction | None, given: Any) -> dict[str, Any] | None:
    """The direction as it is known; of a new table as the draft gives it, of one without standards so far as far as it does."""
    if stored is None:
        return mapping(made, "/direction", given, OWN_DIRECTION)
    if not has_versions(session, stored.rate_table):
        words, direction = present_words(session, stored), mapping(made, "/direction", given, OWN_DIRECTION)
        known = {key: words[key] for key in OWN_DIRECTION}
        return None if direction is None else {**known, **{key: value for key, value in direction.items() if value}}
    known = {key: value for key, value in known_direction(session, stored.rate_table).items() if key != "batch"}
    if given is not None and not _same(given, known):  # a whole file says it again
        made.faults.append(TermsFault("/direction", tell("DIRECTION_IS_KNOWN")))
        return None
    return known


def _same(given: Any, known: Mapping[str, Any]) -> bool:
    return isinstance(given, Mapping) and all((given.get(key) or None) == (known.get(key) or None) for key in {*given, *known})


def _check_number(session: Session, made: Proposal, batch: str, number: Any) -> None:
    """A new direction has a number of its own in its batch."""
    of = models.Direction
    there = session.exec(select(of).where(of.batch_id == batch, of.number == number)).first() if isinstance(number, str) else None
    if there is not None:
        made.faults.append(TermsFault("/direction/no", tell("DIRECTION_NUMBER_TAKEN", number=given(number), table=there.rate_table)))


def _ends(
    made: Proposal, published: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]], new: Mapping[str, Any], at: datetime
) -> list[dict[str, Any]]:
    """The version that the new one follows ends the day before, where it would go on."""
    replaced = new.get("supersedes")
    if replaced is not None:
        made.say(f"版本 {replaced} 由本版本取代", f"version {replaced} is superseded by this one")
    try:
        first = date.fromisoformat(str(new["effective"]["first_day"]))
    except (KeyError, TypeError, ValueError):
        return []  # the reader says what is wrong
    gone = {one.get("supersedes") for one in published} | {one["version"] for one in events if one["kind"] == "WITHDRAWN"}
    ends = {one["version"]: date.fromisoformat(one["last_day"]) for one in events if one["kind"] == "ENDED"}
    ended = []
    for one in published:
        number, period = one["version"], one["effective"]
        if number == replaced or number in gone or number in ends or date.fromisoformat(period["first_day"]) >= first:
            continue
        last = period.get("last_day", "open")
        if last in {None, "open"} or date.fromisoformat(last) >= first:
            day = first - timedelta(days=1)
            ended.append(event(int(number), "ENDED", at, day))
            made.say(f"版本 {number} 至 {day} 止", f"version {number} ends on {day}")
    return ended


_PROPOSERS = {
    "RATE_TABLE": _rate_table,
    "BATCH": propose_batch,
    "FUND": propose_fund,
    "REFERENCE_RATE": propose_series,
    "WITHDRAWAL": propose_withdrawal,
    "END_OF_VALIDITY": propose_end,
}
