"""What a draft would publish: its content, put beside what is stored, as the content of table files.

So a draft takes the loader's road: one reader, one proof, one way in which rows are made. Content is JSON in which
every scalar is a text, as in a file. ``published_at`` and the number of a version are the service's to give.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlmodel import Session, select

from app.calculators.reader import MAX_FAULTS
from app.calculators.terms import TermsFault
from app.calculators.windows import BEIJING
from app.tables import models
from app.tables.entries import NUMBER, Entries, Row, given, key_of
from app.tables.files import unseen
from app.tables.loader import check_series
from app.tables.notices import read_batch
from app.tables.proving import Prove, prove_terms
from app.tables.publications import appended, said
from app.tables.series import extended, latest_version, read_titles, read_version, stored_rows, values_are

MAX_DEPTH = 24
MAX_DIRECTIONS, MAX_VALUES = 500, 10_000  # of one draft: each is a row that is added while nobody else can write
MAX_PLACE, MAX_MESSAGE = 300, 1_000  # a key or a value of any length can stand in a fault
KINDS: Mapping[str, tuple[str, ...]] = {
    "RATE_TABLE": ("batch", "direction", "version"),
    "BATCH": ("fund", "batch", "document", "authority", "directions"),
    "REFERENCE_RATE": ("series",),
    "WITHDRAWAL": ("rate_table", "version", "reason"),
    "END_OF_VALIDITY": ("rate_table", "version", "last_day", "reason"),
}
OWN_DIRECTION = ("no", "title", "method", "area", "schemes")
NEW_VERSION = ("effective", "supersedes", "reason", "confidence", "document", "authority", "examples", "terms")
NEW_SERIES = ("series", "title", "source", "authority", "values_are", "holds_until", "rows", "add")


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
    prove: Prove = prove_terms

    def say(self, zh: str, en: str) -> None:
        """Note a consequence."""
        self.consequences.append(Consequence(zh, en))


def misfits(content: Any, place: str = "", depth: int = 0) -> Iterator[TermsFault]:
    """Where a content is not made of texts, lists and keys alone, or holds what a file could not."""
    if depth > MAX_DEPTH:
        yield TermsFault(place[:200], f"嵌套过深，至多 {MAX_DEPTH} 层")
    elif isinstance(content, str):
        wrong = unseen(content)
        if wrong is not None:
            yield TermsFault(place, f"不允许控制字符 {wrong!r}")
    elif isinstance(content, Mapping):
        for key, part in content.items():
            yield from misfits(key, f"{place}/{key[:64]!r}", depth + 1)
            yield from misfits(part, f"{place}/{key[:64]}", depth + 1)
    elif isinstance(content, list):
        for no, part in enumerate(content):
            yield from misfits(part, f"{place}/{no}", depth + 1)
    elif content is not None:
        yield TermsFault(place, "每个值都写成文字（加引号），如 '2%'、'12'、'true'")


def propose(
    session: Session, kind: str, target: str, content: Mapping[str, Any], at: datetime, prove: Prove = prove_terms
) -> Proposal:
    """What would be added if the draft were published at an instant; with its faults, whose places lie in the content."""
    made = Proposal(prove=prove)
    made.faults = list(islice(misfits(content), MAX_FAULTS))
    for key in content:
        if key not in KINDS[kind]:
            made.faults.append(TermsFault(f"/{key}", f"不认识的词；可用: {' '.join(KINDS[kind])}"))
    if not made.faults:
        _PROPOSERS[kind](session, made, target, content, at)
    made.faults = [TermsFault(one.place[:MAX_PLACE], one.message[:MAX_MESSAGE]) for one in _first(made.faults)]
    return made


def _first(faults: list[TermsFault]) -> list[TermsFault]:
    """The faults that are listed; where there are more, or nobody looked for more, the last says so."""
    if len(faults) < MAX_FAULTS:
        return faults
    listed = MAX_FAULTS - 1
    return [*faults[:listed], TermsFault("", f"错误至少 {len(faults)} 处，只列出前 {listed} 处")]


def _wall(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


# --- rate tables ------------------------------------------------------------------------------------


def _rate_table(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    batch = session.get(models.Batch, str(content.get("batch")))
    if batch is None:
        made.faults.append(TermsFault("/batch", f"没有批次 {given(content.get('batch'))}；先以 BATCH 草案建立"))
        return
    stored = session.get(models.Direction, target)
    direction = _direction_of(made, stored, content.get("direction"))
    if stored is None and direction is not None:
        _check_number(session, made, batch.id, direction.get("no"))
    version = _mapping(made, "/version", content.get("version"), NEW_VERSION)
    if direction is None or version is None:
        return
    number = 1 + len(published := _published(session, target))
    events = _events(session, target)
    new = {**version, "version": str(number), "published_at": _wall(at)}
    ended = _ends(made, published, events, new, at)
    full = {
        **json.loads(batch.content),
        "directions": [{**direction, "rate_table": target, "versions": [*published, new], "events": [*events, *ended]}],
    }
    before = [f"/directions/0/versions/{no}" for no in range(len(published))]
    stored_places = ("/batch", "/document", *before, *(f"{place}/document" for place in before))
    found = Entries(prove=made.prove, published=frozenset(stored_places))
    read_batch(found, "", full)
    places = {f"/directions/0/versions/{number - 1}": "/version", "/directions/0": "/direction"}
    _take(session, made, found, at, places)
    for row in made.rows:
        if isinstance(row, models.Direction):
            row.position = len(session.exec(select(models.Direction).where(models.Direction.batch_id == batch.id)).all())


def _direction_of(made: Proposal, stored: models.Direction | None, given: Any) -> dict[str, Any] | None:
    """The direction as it is stored; of a new table, or one whose standards had not been seen, as the draft gives it."""
    if stored is None or stored.not_loaded is not None:
        direction = _mapping(made, "/direction", given, OWN_DIRECTION)
        if direction is None or stored is None:
            return direction
        return {**direction, "no": stored.number, "title": stored.title, "area": stored.area, "schemes": stored.schemes.split()}
    if given is not None:
        made.faults.append(TermsFault("/direction", "标准表已有支持方向，不可再写"))
        return None
    return {"no": stored.number, "title": stored.title, "method": stored.method, "area": stored.area, "schemes": stored.schemes.split()}


def _check_number(session: Session, made: Proposal, batch: str, number: Any) -> None:
    """A new direction has a number of its own in its batch."""
    of = models.Direction
    there = session.exec(select(of).where(of.batch_id == batch, of.number == number)).first() if isinstance(number, str) else None
    if there is not None:
        made.faults.append(TermsFault("/direction/no", f"方向编号 {given(number)} 已有: {there.rate_table}"))


def _published(session: Session, table: str) -> list[dict[str, Any]]:
    """The versions of a table as their file would have them."""
    of = models.RateTableVersion
    rows = session.exec(select(of).where(of.rate_table == table).order_by(of.version)).all()  # type: ignore[arg-type]
    return [{key: value for key, value in json.loads(row.content).items() if key not in {"method", "title"}} for row in rows]


def _events(session: Session, table: str) -> list[dict[str, Any]]:
    of = models.VersionEvent
    rows = session.exec(select(of).where(of.rate_table == table, of.kind != "SUPERSEDED").order_by(of.id)).all()  # type: ignore[arg-type]
    return [_event(row.version, row.kind, row.known_at, row.ends_on) for row in rows]


def _event(version: int, kind: str, known_at: datetime, last_day: date | None = None) -> dict[str, Any]:
    event = {"version": str(version), "kind": kind, "known_at": _wall(known_at)}
    return event if last_day is None else {**event, "last_day": last_day.isoformat()}


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
            ended.append(_event(int(number), "ENDED", at, day))
            made.say(f"版本 {number} 至 {day} 止", f"version {number} ends on {day}")
    return ended


# --- batches ----------------------------------------------------------------------------------------


def _batch(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    header = content.get("batch")
    if not isinstance(header, Mapping) or header.get("id") != target:
        made.faults.append(TermsFault("/batch/id", f"应为 {target}"))
        return
    stored = session.get(models.Batch, target)
    if stored is None:
        _new_batch(session, made, content, at)
    else:
        _later_notice(session, made, stored, content, at)


def _new_batch(session: Session, made: Proposal, content: Mapping[str, Any], at: datetime) -> None:
    if session.get(models.Fund, str(content.get("fund"))) is None:
        made.faults.append(TermsFault("/fund", f"没有基金 {given(content.get('fund'))}"))
        return
    directions = content.get("directions")
    if not isinstance(directions, list) or not directions:
        made.faults.append(TermsFault("/directions", "至少一个支持方向"))
        return
    if len(directions) > MAX_DIRECTIONS:
        made.faults.append(TermsFault("/directions", f"至多 {MAX_DIRECTIONS} 项"))
        return
    full = []
    for no, one in enumerate(directions):
        direction = _mapping(made, f"/directions/{no}", one, ("rate_table", *OWN_DIRECTION, "not_loaded", "version"))
        if direction is None:
            return
        version = direction.pop("version", None)
        if version is not None:
            version = _mapping(made, f"/directions/{no}/version", version, NEW_VERSION)
            if version is None:
                return
            direction["versions"] = [{**version, "version": "1", "published_at": _wall(at)}]
        full.append(direction)
    found = Entries(prove=made.prove)
    read_batch(found, "", {**content, "directions": full})
    places = {f"/directions/{no}/versions/0": f"/directions/{no}/version" for no in range(len(full))}
    _take(session, made, found, at, places)


def _later_notice(session: Session, made: Proposal, stored: models.Batch, content: Mapping[str, Any], at: datetime) -> None:
    """A later notice may change a batch's title, window and document; its directions have drafts of their own."""
    if "directions" in content:
        made.faults.append(TermsFault("/directions", "批次已公布；支持方向另以 RATE_TABLE 草案变更"))
    found = Entries()
    read_batch(found, "", {**content, "directions": []})
    made.faults += found.faults
    said = next(row for row in found.rows if isinstance(row, models.Batch))  # the header is there: _batch has seen it
    if (said.fund_id, said.year) != (stored.fund_id, stored.year):
        made.faults.append(TermsFault("/batch", f"批次的基金与年度不可变更：{stored.fund_id} {stored.year}"))
    of = models.BatchVersion
    later = session.exec(select(of).where(of.batch_id == stored.id).order_by(of.version)).all()  # type: ignore[arg-type]
    if said.digest == (later[-1].digest if later else stored.digest):
        made.faults.append(TermsFault("", "与现有内容相同"))
    number = 2 + len(later)
    made.rows.append(
        models.BatchVersion(
            batch_id=stored.id, version=number, published_at=at, title=said.title, content=said.content, digest=said.digest
        )
    )


# --- reference rates --------------------------------------------------------------------------------


def _reference_rate(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    given = content.get("series")
    if not isinstance(given, list) or not given:
        made.faults.append(TermsFault("/series", "至少一个系列"))
        return
    if len(given) > len(target.split()):
        made.faults.append(TermsFault("/series", f"应为 {target}"))
        return
    found, changes = Entries(), []
    for no, one in enumerate(given):
        place = f"/series/{no}"
        series = _mapping(made, place, one, NEW_SERIES)
        if series is None:
            return
        if any(isinstance(values, list) and len(values) > MAX_VALUES for values in (series.get("rows"), series.get("add"))):
            made.faults.append(TermsFault(place, f"至多 {MAX_VALUES} 项"))
            return
        name = str(series.get("series"))
        published = latest_version(session, name)
        before = stored_rows(session, published)
        head = series if published is None else json.loads(published.content)
        kind = values_are(head)
        if series.get("values_are", kind) != kind and published is not None:
            made.faults.append(TermsFault(f"{place}/values_are", f"系列的值是 {kind}，不可更改"))
        rows = appended(made.faults, place, series, before, at, kind)
        changes.append((name, before, rows, str(series.get("holds_until"))))
        titles = {key: head.get(key) for key in ("series", "title", "source", "authority")}
        titles |= {"values_are": head["values_are"]} if "values_are" in head else {}
        number = 1 if published is None else published.version + 1
        new = {"version": str(number), "published_at": _wall(at), "holds_until": series.get("holds_until"), "rows": rows}
        if published is not None and series.get("rows") is None:
            new |= {"extends": extended(published), "rows": rows[len(before) :]}
        read_titles(found, place, titles)
        read_version(found, place, titles, new, "add" if "extends" in new else "rows")
    if made.faults:
        return
    names = " ".join(name for name, _, _, _ in changes)
    if names != target:
        made.faults.append(TermsFault("/series", f"应为 {target}"))
    _take(session, made, found, at, {})
    for change in changes if not made.faults else ():
        for zh, en in said(*change):
            made.say(zh, en)


# --- withdrawal and end -----------------------------------------------------------------------------


def _withdrawal(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    _event_of(session, made, target, content, at, "WITHDRAWN")


def _end_of_validity(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    _event_of(session, made, target, content, at, "ENDED")


def _event_of(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime, kind: str) -> None:
    if content.get("rate_table") != target:
        made.faults.append(TermsFault("/rate_table", f"应为 {target}"))
    if not str(content.get("reason") or "").strip():
        made.faults.append(TermsFault("/reason", "应写明理由"))
    number = str(content.get("version"))
    version = session.get(models.RateTableVersion, (target, int(number))) if NUMBER.fullmatch(number) else None
    if version is None:
        made.faults.append(TermsFault("/version", f"{target} 没有版本 {number[:20]}"))
        return
    of = models.VersionStanding
    standing = session.exec(select(of).where(of.rate_table == target, of.version == version.version, of.known_until == None)).first()  # noqa: E711 - SQL
    if standing is None:
        made.faults.append(TermsFault("/version", f"版本 {number} 已被取代或撤回"))
        return
    last = None
    if kind == "ENDED":
        found = Entries()
        last = found.day("/last_day", content.get("last_day"))
        made.faults += found.faults
        if not found.faults and not standing.effective_from <= last < (standing.effective_until or date.max):
            made.faults.append(TermsFault("/last_day", f"不在版本 {number} 的施行期内"))
        if _stored_event(session, target, version.version, kind) is not None:
            made.faults.append(TermsFault("/version", f"版本 {number} 已有失效日"))
        made.say(f"版本 {number} 至 {last} 止", f"version {number} ends on {last}")
    else:
        made.say(f"撤回版本 {number}", f"version {number} is withdrawn")
    made.tables.append(target)
    made.rows.append(models.VersionEvent(rate_table=target, version=version.version, kind=kind, known_at=at, ends_on=last, recorded_at=at))


# --- shared -----------------------------------------------------------------------------------------


def _mapping(made: Proposal, place: str, raw: Any, words: Sequence[str]) -> dict[str, Any] | None:
    found = Entries()
    mapping = found.mapping(place, raw, words)
    made.faults += found.faults
    return None if mapping is None or found.faults else dict(mapping)


def _placed(fault: TermsFault, places: Mapping[str, str]) -> TermsFault:
    """A fault of the composed file as a fault of the draft."""
    for there, here in places.items():
        if fault.place.startswith(there):
            return TermsFault(here + fault.place.removeprefix(there), fault.message)
    return fault


def _stored_event(session: Session, table: str, version: int, kind: str) -> models.VersionEvent | None:
    of = models.VersionEvent
    return session.exec(select(of).where(of.rate_table == table, of.version == version, of.kind == kind)).first()


def _take(session: Session, made: Proposal, found: Entries, at: datetime, places: Mapping[str, str]) -> None:
    """Keep the rows that are not stored yet, known from the instant of publication; and the faults, as places of the draft."""
    check_series(session, found)
    made.faults += [_placed(fault, places) for fault in found.faults]
    made.tables += found.tables
    for row in found.rows:
        stored: Any
        if isinstance(row, models.ReferenceRate):
            stored = None  # its version is new: it was numbered after the last one
        elif isinstance(row, models.VersionEvent):
            stored = _stored_event(session, row.rate_table, row.version, row.kind)
        else:
            stored = session.get(type(row), key_of(row))
        if stored is not None:
            continue
        if isinstance(row, models.RateTableVersion | models.ReferenceRateVersion | models.VersionEvent):
            row.recorded_at = at
        if isinstance(row, models.RateTableVersion):
            made.versions.append(row)
        made.rows.append(row)


_PROPOSERS = {
    "RATE_TABLE": _rate_table,
    "BATCH": _batch,
    "REFERENCE_RATE": _reference_rate,
    "WITHDRAWAL": _withdrawal,
    "END_OF_VALIDITY": _end_of_validity,
}
