"""Drafts that end a version: a withdrawal, an end of validity; and what stands afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from app.calculators.faults.telling import tell
from app.calculators.terms.model import TermsFault
from app.tables.drafts.planned_rows import Proposal, stored_event, take, wall
from app.tables.drafts.stored_content import events_of, known_direction, versions_of
from app.tables.files.batch_file import read_batch
from app.tables.files.file_values import NUMBER, Entries
from app.tables.files.later_additions import present_notice
from app.tables.storage import models


def propose_withdrawal(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    """A version is withdrawn as if it had never stood; an earlier one may return in its place, as a new version."""
    standing = _standing(session, made, target, content)
    if standing is None:
        return
    made.say(f"撤回版本 {standing.version}", f"version {standing.version} is withdrawn")
    if content.get("returns") is not None:
        _return(session, made, standing, str(content["returns"]), at)
    else:
        _add_event(made, standing, "WITHDRAWN", at)
        _say_none(made, standing.effective_from, standing.effective_until)
        replaced = session.get_one(models.RateTableVersion, (target, standing.version)).supersedes
        if replaced is not None:
            zh = f"它所取代的版本 {replaced} 不会自行恢复；应恢复的，以 returns: '{replaced}' 写明"
            en = f"version {replaced}, which it replaced, does not return by itself; where it should, say returns: '{replaced}'"
            made.say(zh, en)


def propose_end(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    """A version counts up to a last day."""
    standing = _standing(session, made, target, content)
    if standing is None:
        return
    number, found = standing.version, Entries()
    last = found.day("/last_day", content.get("last_day"))
    made.faults += found.faults
    if not found.faults and not standing.effective_from <= last < (standing.effective_until or date.max):
        made.faults.append(TermsFault("/last_day", tell("OUTSIDE_PERIOD", version=number)))
    if stored_event(session, target, number, "ENDED") is not None:
        made.faults.append(TermsFault("/version", tell("VERSION_ENDED", version=number)))
    made.say(f"版本 {number} 至 {last} 止", f"version {number} ends on {last}")
    _add_event(made, standing, "ENDED", at, last)
    if last < date.max:
        _say_none(made, last + timedelta(days=1), standing.effective_until)


def _standing(session: Session, made: Proposal, target: str, content: Mapping[str, Any]) -> models.VersionStanding | None:
    """The period that the version has now; None, and the fault, where it has none."""
    if content.get("rate_table") != target:
        made.faults.append(TermsFault("/rate_table", tell("SHOULD_BE", wanted=target)))
    if not str(content.get("reason") or "").strip():
        made.faults.append(TermsFault("/reason", tell("REASON_MISSING")))
    number = str(content.get("version"))
    version = session.get(models.RateTableVersion, (target, int(number))) if NUMBER.fullmatch(number) else None
    if version is None:
        made.faults.append(TermsFault("/version", tell("NO_SUCH_VERSION", table=target, version=number[:20])))
        return None
    of = models.VersionStanding
    standing = session.exec(select(of).where(of.rate_table == target, of.version == version.version, of.known_until == None)).first()  # noqa: E711 - SQL
    if standing is None:
        made.faults.append(TermsFault("/version", tell("VERSION_REPLACED", version=number)))
    return standing


def _add_event(made: Proposal, standing: models.VersionStanding, kind: str, at: datetime, last: date | None = None) -> None:
    table = standing.rate_table
    made.tables.append(table)
    made.rows.append(models.VersionEvent(rate_table=table, version=standing.version, kind=kind, known_at=at, ends_on=last, recorded_at=at))


def _say_none(made: Proposal, first: date, until: date | None) -> None:
    if until is None:
        made.say(f"自 {first} 起没有生效的版本", f"no version is in force from {first}")
    elif first < until:
        last = until - timedelta(days=1)
        made.say(f"自 {first} 起至 {last} 没有生效的版本", f"no version is in force from {first} to {last}")


def _return(session: Session, made: Proposal, standing: models.VersionStanding, number: str, at: datetime) -> None:
    """The terms of an earlier version, as a new one, for the period of the version that is withdrawn."""
    table, withdrawn = standing.rate_table, standing.version
    versions = versions_of(session, table)
    earlier = next((one for one in versions if one["version"] == number and int(number) < withdrawn), None)
    if earlier is None:
        made.faults.append(TermsFault("/returns", tell("NO_EARLIER_VERSION", table=table, withdrawn=withdrawn, version=number[:20])))
        return
    last = "open" if standing.effective_until is None else (standing.effective_until - timedelta(days=1)).isoformat()
    new = {key: value for key, value in earlier.items() if key != "supersedes"}
    new |= {"version": str(1 + len(versions)), "published_at": wall(at)}
    new["effective"] = {"first_day": standing.effective_from.isoformat(), "last_day": last}
    event = {"version": str(withdrawn), "kind": "WITHDRAWN", "known_at": wall(at)}
    _read(session, made, table, [*versions, new], event, at)
    first = standing.effective_from
    made.say(
        f"自 {first} 起版本 {number} 的规定恢复，记为版本 {new['version']}",
        f"from {first} on what version {number} says returns, as version {new['version']}",
    )


def _read(session: Session, made: Proposal, table: str, versions: Sequence[Mapping[str, Any]], event: Any, at: datetime) -> None:
    direction = known_direction(session, table)
    batch = session.get_one(models.Batch, direction.pop("batch"))
    events = [*events_of(session, table), event]
    directions = [{**direction, "rate_table": table, "versions": versions, "events": events}]
    found = Entries(prove=made.prove, published=frozenset(f"/directions/0/versions/{no}" for no in range(len(versions) - 1)))
    read_batch(found, "", {**json.loads(present_notice(session, batch).content), "directions": directions})
    take(session, made, found, at, {})
