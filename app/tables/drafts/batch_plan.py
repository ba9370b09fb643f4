"""Drafts of batches: a whole new one, or what became known later about one that is published."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, select

from app.calculators.faults.telling import tell
from app.calculators.terms.model import TermsFault
from app.tables.drafts.planned_rows import MAX_DIRECTIONS, NEW_VERSION, OWN_DIRECTION, Proposal, has_versions, mapping, take, wall
from app.tables.drafts.stored_content import events_of, known_direction, versions_of
from app.tables.files.batch_file import read_batch
from app.tables.files.file_values import Entries, given
from app.tables.storage import models

NOT_SAID: Final = ("document", "authority", "supersedes", "reason")  # a version may have its batch's; of corrections a batch says nothing


def propose_batch(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    """A new batch with its directions; of a published one, what its file would say anew."""
    header = content.get("batch")
    if not isinstance(header, Mapping) or header.get("id") != target:
        made.faults.append(TermsFault("/batch/id", tell("SHOULD_BE", wanted=target)))
        return
    stored = session.get(models.Batch, target)
    if stored is None and session.get(models.Fund, str(content.get("fund"))) is None:
        made.faults.append(TermsFault("/fund", tell("NO_SUCH_FUND", fund=given(content.get("fund")))))
        return
    given_directions = content.get("directions")
    if stored is not None and given_directions is None:
        given_directions = []
    elif not isinstance(given_directions, list) or not given_directions:
        made.faults.append(TermsFault("/directions", tell("NO_DIRECTIONS")))
        return
    if len(given_directions) > MAX_DIRECTIONS:
        made.faults.append(TermsFault("/directions", tell("TOO_MANY_ENTRIES", most=MAX_DIRECTIONS)))
        return
    directions = _directions(made, given_directions, at)
    if directions is None:
        return
    there = {} if stored is None else {no: one for no, one in enumerate(directions) if _is_there(session, made, target, one)}
    found = Entries(prove=made.prove)
    if there:
        directions = [_as_stored(session, one) if no in there else one for no, one in enumerate(directions)]
        versions = [f"/directions/{no}/versions/{at}" for no in there for at in range(len(directions[no]["versions"]))]
        found.published = frozenset([*versions, *(f"{place}/document" for place in versions)])
    read_batch(found, "", {**content, "directions": directions})
    places = {f"/directions/{no}/versions/0": f"/directions/{no}/version" for no in range(len(directions))}
    if stored is not None:
        _check_new(session, made, found, {str(one["rate_table"]) for one in there.values()})
        _place(session, target, found)
    take(session, made, found, at, places)
    if not made.rows and not made.faults:
        made.faults.append(TermsFault("", tell("NOTHING_NEW")))


def _directions(made: Proposal, given_directions: list[Any], at: datetime) -> list[dict[str, Any]] | None:
    """Directions as a file would have them, each with its first version where it has one; None where one is not to be read."""
    full = []
    for no, one in enumerate(given_directions):
        direction = mapping(made, f"/directions/{no}", one, ("rate_table", *OWN_DIRECTION, "not_loaded", "version"))
        if direction is None:
            return None
        version = direction.pop("version", None)
        if version is not None:
            version = mapping(made, f"/directions/{no}/version", version, NEW_VERSION)
            if version is None:
                return None
            direction["versions"] = [{**version, "version": "1", "published_at": wall(at)}]
        full.append(direction)
    return full


def _is_there(session: Session, made: Proposal, batch: str, direction: Mapping[str, Any]) -> bool:
    """Whether a direction says what was published of it, as it does where a draft is made of the whole file of its batch."""
    name = direction.get("rate_table")
    version = next(iter(direction.get("versions") or ()), None)
    if not isinstance(name, str) or version is None or not has_versions(session, name):
        return False
    known = known_direction(session, name)
    if known["batch"] != batch or any((direction.get(key) or None) != (known[key] or None) for key in OWN_DIRECTION):
        return False
    said = [key for key in NEW_VERSION if key not in NOT_SAID or version.get(key) is not None]
    same = [one["version"] for one in versions_of(session, name) if all(version.get(key) == one.get(key) for key in said)]
    if not same:
        return False
    gone, was = (" ", "") if _stands(session, name, int(same[-1])) else ("（已被取代或撤回）", " (superseded or withdrawn)")
    made.say(f"{name} 与已公布的版本 {same[-1]}{gone}相同，不变", f"{name} is as its version {same[-1]}{was}: nothing is added")
    return True


def _stands(session: Session, table: str, version: int) -> bool:
    of = models.VersionStanding
    standing = select(of).where(of.rate_table == table, of.version == version, of.known_until == None)  # noqa: E711 - SQL
    return session.exec(standing).first() is not None


def _as_stored(session: Session, direction: Mapping[str, Any]) -> dict[str, Any]:
    """A direction that is there, with all that was published of it: what is there is not added again."""
    name = str(direction["rate_table"])
    return {**direction, "versions": versions_of(session, name), "events": events_of(session, name)}


def _check_new(session: Session, made: Proposal, found: Entries, there: Collection[str]) -> None:
    """A direction that has its standards has drafts of its own: what it says otherwise here would be lost."""
    for row in found.rows:
        if isinstance(row, models.Direction) and row.rate_table not in there and has_versions(session, row.rate_table):
            made.faults.append(TermsFault(found.place_of(row), tell("TABLE_HAS_STANDARDS", table=row.rate_table)))


def _place(session: Session, batch: str, found: Entries) -> None:
    """New directions come after those that are there."""
    there = len(session.exec(select(models.Direction).where(models.Direction.batch_id == batch)).all())
    for row in found.rows:
        if isinstance(row, models.Direction) and session.get(models.Direction, row.rate_table) is None:
            row.position = there
            there += 1
