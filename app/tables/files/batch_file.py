"""What funds, reference rates and batches say in their files, as rows; their terms are proved."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, get_args

from app.calculators.claims.patterns import FUND_PATTERN, MONEY_PATTERN, TABLE_PATTERN
from app.calculators.faults.telling import tell
from app.calculators.terms import code_lists
from app.calculators.terms.builtins import BUILT_IN
from app.calculators.terms.code_lists import SUPPORT_METHODS, AreaName
from app.calculators.terms.model import TermsFault
from app.tables.files.file_values import DAY, Entries, given
from app.tables.files.reference_series import AUTHORITIES, read_series
from app.tables.storage import models
from app.tables.storage.canonical_json import canonical, digest

METHODS = tuple(SUPPORT_METHODS)
AREAS = get_args(AreaName)
CONFIDENCES = tuple(map(str, code_lists.CONFIDENCES))

APPLIES_BY = ("PROGRAM_YEAR", "APPLICATION_DATE")

FUNDS_FILE = ("funds",)
FUND = ("id", "title", "overlays")
OVERLAY = ("id", "version", "title", "methods", "facts", "applies_by", "effective", "published_at", "document", "authority", "terms")
SERIES_FILE = ("series",)
SERIES = ("series", "title", "source", "authority", "values_are", "versions")
BATCH_FILE = ("fund", "batch", "document", "authority", "directions")
BATCH = ("id", "year", "no", "title", "application_window")
DOCUMENT = ("title", "issuer", "number", "date")
DIRECTION = ("rate_table", "no", "title", "method", "area", "not_loaded", "schemes", "versions", "events")
VERSION = ("version", "effective", "published_at", "supersedes", "reason", "confidence", "document", "authority", "examples", "terms")
EXAMPLE = ("name", "request", "amount")
EVENT = ("version", "kind", "known_at", "last_day")
PERIOD = ("first_day", "last_day")
MAX_EXAMPLE = 20_000  # characters
MAX_EXAMPLES = 20
MAX_ID = 80  # characters of an id that a claim may name


def read_funds(found: Entries, name: str, content: Mapping[str, Any]) -> None:
    """The funds and their overlays."""
    found.mapping(name, content, FUNDS_FILE)
    for place, fund in found.mappings(f"{name}/funds", content["funds"], FUND):
        fund_id = _id(found, place, fund)
        found.add(place, models.Fund(id=fund_id, title=found.text(place, fund, "title")))
        for at, overlay in found.mappings(f"{place}/overlays", fund.get("overlays"), OVERLAY):
            _overlay(found, at, fund_id, overlay)


def _overlay(found: Entries, place: str, fund_id: str, raw: Mapping[str, Any]) -> None:
    first, _ = _period(found, f"{place}/effective", raw.get("effective"))
    found.text(place, raw, "title")
    found.one_of(f"{place}/authority", raw.get("authority"), AUTHORITIES)
    found.several_of(f"{place}/methods", raw.get("methods"), METHODS)
    found.several_of(f"{place}/facts", raw.get("facts"), tuple(BUILT_IN))
    if raw.get("applies_by") is not None:
        found.one_of(f"{place}/applies_by", raw["applies_by"], APPLIES_BY)
    if raw.get("document") is not None:
        _document(found, f"{place}/document", raw["document"])
    _terms(found, place, raw.get("terms"), None)
    published = raw.get("published_at") or f"{first.isoformat()}T00:00:00+08:00"
    text = canonical(raw)
    found.add(
        place,
        models.OverlayVersion(
            id=_id(found, place, raw),
            version=found.number(f"{place}/version", raw.get("version", "1")),
            fund_id=fund_id,
            published_at=found.instant(f"{place}/published_at", published),
            content=text,
            digest=digest(text),
        ),
    )


def _id(found: Entries, place: str, raw: Mapping[str, Any]) -> str:
    """The id of a fund or of its rules, as the ids of its batches and tables are written."""
    name = found.text(place, raw, "id")
    if name and not re.fullmatch(FUND_PATTERN, name):
        found.fault(f"{place}/id", tell("ID_SPELLING", given=given(name)))
    return name


def read_references(found: Entries, name: str, content: Mapping[str, Any]) -> None:
    """The series of reference rates."""
    found.mapping(name, content, SERIES_FILE)
    for place, raw in found.mappings(f"{name}/series", content["series"], SERIES):
        read_series(found, place, raw)


def read_batch(found: Entries, name: str, content: Mapping[str, Any]) -> None:
    """One batch with its directions."""
    found.mapping(name, content, BATCH_FILE)
    found.one_of(f"{name}/authority", content.get("authority"), AUTHORITIES)
    _document(found, f"{name}/document", content.get("document"))
    batch = found.mapping(f"{name}/batch", content["batch"], BATCH)
    if batch is None:
        return
    batch_id = found.text(f"{name}/batch", batch, "id")
    found.perhaps(f"{name}/batch", batch, "no")
    if f"{name}/batch" not in found.published:  # one that is stored can no longer be otherwise
        _header(found, f"{name}/batch", batch)
    text = canonical({key: value for key, value in content.items() if key != "directions"})
    found.add(
        f"{name}/batch",
        models.Batch(
            id=batch_id,
            fund_id=found.text(name, content, "fund"),
            year=found.year(f"{name}/batch/year", batch.get("year")),
            title=found.text(f"{name}/batch", batch, "title"),
            content=text,
            digest=digest(text),
        ),
    )
    numbers: set[str] = set()
    for no, (place, raw) in enumerate(found.mappings(f"{name}/directions", content.get("directions"), DIRECTION)):
        number = raw.get("no")
        if isinstance(number, str):
            if number in numbers:
                found.fault(f"{place}/no", tell("DIRECTION_NUMBER_TWICE", number=given(number)))
            numbers.add(number)
        _direction(found, place, batch_id, no, raw, content)
        _check_opening(found, place, raw, batch.get("application_window"))


def _header(found: Entries, at: str, batch: Mapping[str, Any]) -> None:
    """What is shown of a batch fits together."""
    year = next(iter(re.findall(r"(?<=-)[12][0-9]{3}(?=-|$)", str(batch.get("id")))), None)
    if year is not None and isinstance(batch.get("year"), str) and batch["year"] != year:
        found.fault(f"{at}/year", tell("YEAR_OF_BATCH_ID", batch=batch["id"], year=year, given=given(batch["year"])))
    if batch.get("application_window") is None:
        return
    window = found.mapping(f"{at}/application_window", batch["application_window"], PERIOD) or {}
    first, last = (found.opening(f"{at}/application_window/{key}", window.get(key)) for key in PERIOD)
    if first is not None and last is not None and last < first:
        found.fault(f"{at}/application_window", tell("LAST_BEFORE_FIRST"))


def _check_opening(found: Entries, place: str, direction: Mapping[str, Any], of_batch: Any) -> None:
    """The last version of a direction is still in force when its applications open, or those of the batch."""
    versions = direction.get("versions")
    last = versions[-1] if isinstance(versions, list) and versions else None
    if f"{place}/versions/{len(versions or ()) - 1}" in found.published:
        return  # it is in force or was; what was published of it is not judged again
    opens = _text_at(last, "terms", "windows", "application", "first_day") or _text_at(of_batch, "first_day")
    ends = _text_at(last, "effective", "last_day")
    if opens and ends and DAY.fullmatch(opens) and DAY.fullmatch(ends) and ends < opens:
        last = f"{place}/versions/{len(versions or ()) - 1}/effective/last_day"
        found.fault(last, tell("ENDS_BEFORE_APPLICATIONS", ends=ends, opens=opens))


def _text_at(raw: Any, *keys: str) -> str | None:
    """The text that stands under some keys, one within the other."""
    for key in keys:
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return raw if isinstance(raw, str) else None


def _direction(found: Entries, place: str, batch_id: str, no: int, raw: Mapping[str, Any], content: Mapping[str, Any]) -> None:
    table = found.text(place, raw, "rate_table")
    if table and (not re.fullmatch(TABLE_PATTERN, table) or len(table) > MAX_ID):
        found.fault(f"{place}/rate_table", tell("NO_TABLE_ID", given=given(table)))  # no claim could name it
    elif not table.startswith(batch_id + "-"):
        found.fault(f"{place}/rate_table", tell("ID_OF_ANOTHER_BATCH", batch=batch_id))
    versions = list(found.mappings(f"{place}/versions", raw.get("versions"), VERSION))
    if bool(versions) == (raw.get("not_loaded") is not None):
        found.fault(place, tell("VERSIONS_OR_NOT_LOADED"))
    method = None
    if versions or raw.get("method") is not None:
        method = found.one_of(f"{place}/method", raw.get("method"), METHODS)
    if raw.get("area") is not None:
        found.one_of(f"{place}/area", raw["area"], AREAS)
    found.add(
        place,
        models.Direction(
            rate_table=table,
            batch_id=batch_id,
            position=no,
            number=found.perhaps(place, raw, "no"),
            title=found.text(place, raw, "title"),
            method=method,
            area=raw.get("area"),
            not_loaded=found.perhaps(place, raw, "not_loaded"),
            schemes=_schemes(found, f"{place}/schemes", raw.get("schemes")),
        ),
    )
    made = [_version(found, at, table, raw, method or METHODS[0], version, content) for at, version in versions]
    known = {row.version: row for row in made}
    events = [_event(found, at, table, event, known) for at, event in found.mappings(f"{place}/events", raw.get("events"), EVENT)]
    _check_supersession(found, place, made)
    check_periods(found, place, made, events)
    if versions:
        found.tables.append(table)


def _schemes(found: Entries, place: str, raw: Any) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, list) or not all(isinstance(one, str) and one and " " not in one for one in raw):
        found.fault(place, tell("LIST_OF_SCHEMES"))
        return ""
    return " ".join(raw)


def _version(
    found: Entries, place: str, table: str, direction: Mapping[str, Any], method: str, raw: Mapping[str, Any], content: Mapping[str, Any]
) -> models.RateTableVersion:
    first, until = _period(found, f"{place}/effective", raw.get("effective"))
    full = {
        "document": content.get("document"),
        "authority": content.get("authority"),
        **raw,
        "method": method,
        "title": direction.get("title"),
    }
    if "authority" in raw:
        found.one_of(f"{place}/authority", raw["authority"], AUTHORITIES)
    if "document" in raw:
        _document(found, f"{place}/document", raw["document"])
    if raw.get("confidence") is not None:
        found.one_of(f"{place}/confidence", raw["confidence"], CONFIDENCES)
    found.perhaps(place, raw, "reason")
    _examples(found, f"{place}/examples", raw.get("examples"))
    _terms(found, place, raw.get("terms"), method)
    text = canonical(full)
    row = models.RateTableVersion(
        rate_table=table,
        version=found.number(f"{place}/version", raw.get("version")),
        effective_from=first,
        effective_until=until,
        published_at=found.instant(f"{place}/published_at", raw.get("published_at")),
        supersedes=None if raw.get("supersedes") is None else found.number(f"{place}/supersedes", raw["supersedes"]),
        content=text,
        digest=digest(text),
    )
    found.add(place, row)
    if row.supersedes is not None:
        event = models.VersionEvent(
            rate_table=table, version=row.supersedes, kind="SUPERSEDED", known_at=row.published_at, by_version=row.version
        )
        found.add(place, event)
    return row


def _event(
    found: Entries, place: str, table: str, raw: Mapping[str, Any], versions: Mapping[int, models.RateTableVersion]
) -> models.VersionEvent:
    """A withdrawal, or an end of validity with the last day on which the version counts."""
    kind = found.one_of(f"{place}/kind", raw.get("kind"), ("WITHDRAWN", "ENDED"))
    ends_on = found.day(f"{place}/last_day", raw.get("last_day")) if kind == "ENDED" else None
    if kind == "WITHDRAWN" and "last_day" in raw:
        found.fault(f"{place}/last_day", tell("WITHDRAWAL_WITH_LAST_DAY"))
    number = found.number(f"{place}/version", raw.get("version"))
    of = versions.get(number)
    if of is None:
        found.fault(f"{place}/version", tell("NO_VERSION_IN_FILE", version=number))
    elif ends_on is not None and not (of.effective_from <= ends_on < (of.effective_until or date.max)):
        found.fault(f"{place}/last_day", tell("OUTSIDE_PERIOD", version=number))
    known_at = found.instant(f"{place}/known_at", raw.get("known_at"))
    row = models.VersionEvent(rate_table=table, version=number, kind=kind, known_at=known_at, ends_on=ends_on)
    found.add(place, row)
    return row


def _period(found: Entries, place: str, raw: Any) -> tuple[date, date | None]:
    """``effective``: both days count in the file; stored half-open."""
    period = found.mapping(place, raw, PERIOD) or {}
    first = found.day(f"{place}/first_day", period.get("first_day"))
    last = period.get("last_day", "open")
    if last is None or last == "open":
        return first, None
    until = found.day(f"{place}/last_day", last) + timedelta(days=1)
    if until <= first:
        found.fault(place, tell("LAST_BEFORE_FIRST"))
        return first, None
    return first, until


def _document(found: Entries, place: str, raw: Any) -> None:
    document = found.mapping(place, raw, DOCUMENT)
    if document is None:
        return
    found.text(place, document, "title")
    for key in DOCUMENT[1:]:
        found.perhaps(place, document, key)
    if document.get("date") is not None and place not in found.published:
        found.issued(f"{place}/date", document["date"])


def _examples(found: Entries, place: str, raw: Any) -> None:
    """Invented claims that show what a change does to money; each a JSON text, for a file knows texts only."""
    names: set[str] = set()
    for at, example in found.mappings(place, raw, EXAMPLE):
        name = found.text(at, example, "name")
        if name in names:
            found.fault(f"{at}/name", tell("EXAMPLE_NAME_TWICE"))
        names.add(name)
        request = found.text(at, example, "request")
        try:
            claim = json.loads(request)
        except ValueError:
            claim = None
        if "amount" in example and not re.fullmatch(MONEY_PATTERN, found.text(at, example, "amount") or "0.00"):
            found.fault(f"{at}/amount", tell("SHOULD_BE_AMOUNT"))
        if not isinstance(claim, dict) or len(request) > MAX_EXAMPLE:
            found.fault(f"{at}/request", tell("SHOULD_BE_JSON_OBJECT", most=MAX_EXAMPLE))
    if len(names) > MAX_EXAMPLES:
        found.fault(place, tell("TOO_MANY_EXAMPLES", most=MAX_EXAMPLES))


def _terms(found: Entries, place: str, raw: Any, method: str | None) -> None:
    """Terms are read and proved, but for those that were when they were published; an overlay belongs to no one method."""
    if place in found.published:
        return
    for at, name in _others(raw):
        found.others.setdefault(name, f"{place}/terms/{at}")
    proof = found.prove(raw, method)
    for name, named_at in proof.series.items():
        found.series.setdefault(name, f"{place}/{named_at}")
    for name, named_at in proof.rates.items():
        found.rates.setdefault(name, f"{place}/{named_at}")
    found.faults += [TermsFault(f"{place}/{fault.place}", fault.told) for fault in proof.faults]


def _others(raw: Any) -> Iterator[tuple[str, str]]:
    """The other tables that terms name, each with its place in them; what is no list of ids is left to the reader of terms."""
    terms = raw if isinstance(raw, Mapping) else {}
    caps, stacking = terms.get("caps"), terms.get("stacking")
    rule = stacking.get("single_direction") if isinstance(stacking, Mapping) else None
    listed = enumerate(caps if isinstance(caps, list) else ())
    lists = [(f"caps/{no}/pool", cap.get("pool")) for no, cap in listed if isinstance(cap, Mapping)]
    lists.append(("stacking/single_direction/exempt_tables", rule.get("exempt_tables") if isinstance(rule, Mapping) else None))
    for place, names in lists:
        for no, name in enumerate(names if isinstance(names, list) else ()):
            if isinstance(name, str):
                yield f"{place}/{no}", name


def _check_supersession(found: Entries, place: str, versions: list[models.RateTableVersion]) -> None:
    """A correction replaces an earlier version of the same file, and is not published before it."""
    published = {row.version: row.published_at for row in versions}
    for row in versions:
        if row.supersedes is None:
            continue
        if row.supersedes not in published or row.supersedes >= row.version:
            found.fault(place, tell("SUPERSEDES_NO_VERSION", version=row.version, superseded=row.supersedes))
        elif row.published_at < published[row.supersedes]:
            found.fault(place, tell("PUBLISHED_BEFORE_SUPERSEDED", version=row.version, superseded=row.supersedes))


def check_periods(
    found: Entries, place: str, versions: list[models.RateTableVersion], events: list[models.VersionEvent]
) -> None:
    """Versions in force neither overlap nor leave a gap; a correction says what it supersedes."""
    gone = {row.supersedes for row in versions} | {event.version for event in events if event.kind == "WITHDRAWN"}
    ends = {event.version: event.ends_on + timedelta(days=1) for event in events if event.ends_on is not None}
    in_force = sorted((row for row in versions if row.version not in gone), key=lambda row: row.effective_from)
    for before, after in itertools.pairwise(in_force):
        until = min((day for day in (before.effective_until, ends.get(before.version)) if day is not None), default=None)
        if until is None or until > after.effective_from:
            found.fault(place, tell("PERIODS_OVERLAP", before=before.version, after=after.version))
        elif until < after.effective_from:
            found.fault(place, tell("PERIODS_GAP", before=before.version, after=after.version))
