"""From what a draft is begun: nothing, a file, another table, a whole earlier batch."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlmodel import Session, select

from app.calculators.faults.telling import tell
from app.calculators.terms.model import TermsFault
from app.tables.drafts.planned_rows import NEW_VERSION, OWN_DIRECTION, has_versions
from app.tables.drafts.stored_content import known_direction
from app.tables.files.later_additions import present_notice, present_words
from app.tables.files.yaml_reader import FileError, parsed
from app.tables.storage import models

_GIVEN: Final = ("version", "published_at")  # publication gives them
_CORRECTION: Final = ("supersedes", "reason")  # of what the first version of a table says nothing
_NOT_OWN: Final = ("rate_table", "not_loaded", "version")


class SourceError(ValueError):
    """What a draft was to be made from is not there, or does not fit."""

    def __init__(self, fault: TermsFault) -> None:
        super().__init__(f"{fault.place}: {fault.message}")
        self.fault = fault


def from_nothing(kind: str, target: str) -> dict[str, Any]:
    """The words that a draft of this kind has, still without values; the check says what each should be."""
    if kind == "RATE_TABLE":
        return {
            "batch": target.rpartition("-")[0],
            "version": {"effective": {"first_day": None, "last_day": "open"}, "terms": {"facts": None, "lines": []}},
        }
    if kind == "BATCH":
        return {
            "fund": "-".join(target.split("-")[:2]),
            "batch": {"id": target, "year": None, "title": None},
            "document": {"title": None, "issuer": None, "number": None, "date": None},
            "authority": "official",
            "directions": [],
        }
    if kind == "FUND":
        return {"id": target, "title": None, "overlays": []}
    if kind == "REFERENCE_RATE":
        return {"series": [{"series": name, "holds_until": None, "add": []} for name in target.split()]}
    return {"rate_table": target, "version": None, "reason": None} | ({"last_day": None} if kind == "END_OF_VALIDITY" else {})


def from_file(kind: str, target: str, text: str) -> dict[str, Any]:
    """What a table file says, without the numbers and instants that publication gives. Errors: SourceError."""
    try:
        content = parsed(text.encode())
    except FileError as wrong:
        raise SourceError(TermsFault("/file", wrong.told)) from wrong
    if kind == "BATCH":
        return {**content, "directions": [_direction(one) for one in _list(content, "directions")]}
    if kind == "RATE_TABLE":
        for one in _list(content, "directions"):
            if isinstance(one, Mapping) and one.get("rate_table") == target:
                header = content.get("batch")
                batch = header.get("id") if isinstance(header, Mapping) else None
                direction = _direction(one)
                version = _last(one)
                said = {key: direction.get(key) for key in (*OWN_DIRECTION, *(key for key in direction if key not in _NOT_OWN))}
                return {"batch": batch, "direction": said, "version": _without(version, _GIVEN)}
        raise SourceError(TermsFault("/file", tell("NO_TABLE_IN_FILE", table=target)))
    if kind == "FUND":
        for one in _list(content, "funds"):
            if isinstance(one, Mapping) and one.get("id") == target:
                return {**one, "overlays": [_rules(rules) for rules in one.get("overlays") or ()]}
        raise SourceError(TermsFault("/file", tell("NO_FUND_IN_FILE", fund=target)))
    if kind == "REFERENCE_RATE":
        return {"series": [_series(one) for one in _list(content, "series")]}
    return content


def _rules(raw: Any) -> Any:
    """Rules of a fund, stripped of what publication gives."""
    return _without(raw, _GIVEN)


def _list(content: Mapping[str, Any], key: str) -> list[Any]:
    found = content.get(key)
    if not isinstance(found, list):
        raise SourceError(TermsFault("/file", tell("NOT_IN_FILE", key=key)))
    return found


def _last(raw: Mapping[str, Any]) -> Any:
    versions = raw.get("versions")
    return versions[-1] if isinstance(versions, list) and versions else None


def _direction(raw: Any) -> Any:
    """A direction of a file with its last version, stripped of what publication gives."""
    if not isinstance(raw, Mapping):
        return raw
    made = {key: value for key, value in raw.items() if key not in {"versions", "events"}}
    version = _last(raw)
    return made if not isinstance(version, Mapping) else {**made, "version": _without(version, (*_GIVEN, *_CORRECTION))}


def _without(raw: Any, keys: Collection[str]) -> Any:
    """What a file says but for some words; one that nobody knows stays, so that the check tells of it."""
    return {key: value for key, value in raw.items() if key not in keys} if isinstance(raw, Mapping) else raw


def _stripped(version: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in version.items() if key in NEW_VERSION and key not in _CORRECTION}


def _series(raw: Any) -> Any:
    version = _last(raw) if isinstance(raw, Mapping) else None
    if not isinstance(raw, Mapping) or not isinstance(version, Mapping):
        return raw
    return {**_without(raw, ("versions",)), **_without(version, _GIVEN)}


# --- copies -----------------------------------------------------------------------------------------


def from_table(session: Session, target: str, table: str, version: int | None) -> dict[str, Any]:
    """A copy of another table's version, or of an earlier version of the same table. Errors: SourceError."""
    of = models.RateTableVersion
    query = select(of).where(of.rate_table == table).order_by(of.version.desc())  # type: ignore[attr-defined]
    row = next((one for one in session.exec(query).all() if version in (None, one.version)), None)
    if row is None:
        what = tell("VERSION") if version is None else tell("VERSION_NUMBER", version=version)
        raise SourceError(TermsFault("/copy_of", tell("NOTHING_TO_COPY", table=table, what=what)))
    copied = _stripped(json.loads(row.content))
    if table == target:
        direction = session.get_one(models.Direction, table)
        return {"batch": direction.batch_id, "version": copied}
    source = known_direction(session, table)
    there = session.get(models.Direction, target)
    made: dict[str, Any] = {"batch": there.batch_id if there else target.rpartition("-")[0], "version": copied}
    if there is None or not has_versions(session, target):
        number = None if there is None else there.number
        made["direction"] = {"no": number, "title": source["title"], "method": source["method"], "area": source["area"], "schemes": []}
    return made


def from_batch(session: Session, target: str, batch: str) -> dict[str, Any]:
    """A copy of a whole batch under another id: every table in its last version, ids and pools of the batch renamed."""
    row = session.get(models.Batch, batch)
    if row is None:
        raise SourceError(TermsFault("/copy_of", tell("NO_SUCH_BATCH", batch=batch)))
    content = json.loads(present_notice(session, row).content)
    content["batch"] = {**content["batch"], "id": target}
    if target == batch:
        return dict(content)  # what is published stays: its header is there to be said better
    content["directions"] = []
    of = models.Direction
    for direction in session.exec(select(of).where(of.batch_id == batch).order_by(of.position)).all():  # type: ignore[arg-type]
        words = present_words(session, direction)
        made = {"rate_table": _renamed(direction.rate_table, batch, target), **{key: words[key] for key in OWN_DIRECTION[:4]}}
        try:
            made["version"] = _renamed(from_table(session, direction.rate_table, direction.rate_table, None)["version"], batch, target)
        except SourceError:
            made["not_loaded"] = words["not_loaded"]
        else:
            made["method"] = known_direction(session, direction.rate_table)["method"]
        content["directions"].append(made)
    return dict(content)


def _renamed(raw: Any, batch: str, target: str) -> Any:
    """Ids of the batch's tables, wherever they stand alone as a value."""
    if isinstance(raw, str):
        return target + raw.removeprefix(batch) if raw == batch or raw.startswith(batch + "-") else raw
    if isinstance(raw, Mapping):
        return {key: _renamed(value, batch, target) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_renamed(value, batch, target) for value in raw]
    return raw
