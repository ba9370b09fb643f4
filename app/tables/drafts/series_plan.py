"""Drafts of reference series: a new one, a month's publication, a correction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.calculators.faults.telling import tell
from app.calculators.terms.model import TermsFault
from app.tables.drafts.planned_rows import MAX_VALUES, Proposal, mapping, take, wall
from app.tables.files.file_values import Entries
from app.tables.files.rate_publication import appended, said
from app.tables.files.reference_series import extended, latest_version, read_titles, read_version, stored_rows, values_are

NEW_SERIES = ("series", "title", "source", "authority", "values_are", "holds_until", "rows", "add")


def propose_series(session: Session, made: Proposal, target: str, content: Mapping[str, Any], at: datetime) -> None:
    """Whole series, or what is added to them; each with all that it says anew."""
    given = content.get("series")
    if not isinstance(given, list) or not given:
        made.faults.append(TermsFault("/series", tell("NO_SERIES")))
        return
    if len(given) > len(target.split()):
        made.faults.append(TermsFault("/series", tell("SHOULD_BE", wanted=target)))
        return
    found, changes = Entries(), []
    for no, one in enumerate(given):
        place = f"/series/{no}"
        series = mapping(made, place, one, NEW_SERIES)
        if series is None:
            return
        if any(isinstance(values, list) and len(values) > MAX_VALUES for values in (series.get("rows"), series.get("add"))):
            made.faults.append(TermsFault(place, tell("TOO_MANY_ENTRIES", most=MAX_VALUES)))
            return
        name = str(series.get("series"))
        published = latest_version(session, name)
        before = stored_rows(session, published)
        head = series if published is None else json.loads(published.content)
        kind = values_are(head)
        if series.get("values_are", kind) != kind and published is not None:
            made.faults.append(TermsFault(f"{place}/values_are", tell("SERIES_VALUES_FIXED", kind=kind)))
        rows = appended(made.faults, place, series, before, at, kind)
        changes.append((name, before, rows, str(series.get("holds_until")), head))
        titles = {key: head.get(key) for key in ("series", "title", "source", "authority")}
        titles |= {"values_are": head["values_are"]} if "values_are" in head else {}
        number = 1 if published is None else published.version + 1
        new = {"version": str(number), "published_at": wall(at), "holds_until": series.get("holds_until"), "rows": rows}
        if published is not None and series.get("rows") is None:
            new |= {"extends": extended(published), "rows": rows[len(before) :]}
        read_titles(found, place, titles)
        read_version(found, place, titles, new, "add" if "extends" in new else "rows")
    if made.faults:
        return
    names = " ".join(name for name, *_ in changes)
    if names != target:
        made.faults.append(TermsFault("/series", tell("SHOULD_BE", wanted=target)))
    take(session, made, found, at, {})
    for change in changes if not made.faults else ():
        for zh, en in said(*change):
            made.say(zh, en)
