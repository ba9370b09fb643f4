"""Whether what a draft is published upon is still what it was: only the rows on which its target rests are read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, func, select

from app.tables.catalogue.integrity import fault_of_content, fault_of_series, fault_of_version, name_of
from app.tables.files.later_additions import present_notice
from app.tables.storage import models


def basis(session: Session, kind: str, target: str, content: Mapping[str, Any]) -> str:
    """What was published of the same table, batch, fund or series when a draft was checked: counts, for rows are only added."""
    of = models
    always = (
        select(func.count()).where(of.RateTableVersion.rate_table == target),
        select(func.count()).where(of.VersionEvent.rate_table == target),
        select(func.count()).where(of.BatchVersion.batch_id == target),
        select(func.count()).where(col(of.ReferenceRateVersion.series).in_(target.split())),
    )
    where_any = {
        "words": select(func.count()).where(of.DirectionVersion.rate_table == target),
        "rules": select(func.count()).where(of.OverlayVersion.fund_id == target),
    }
    counts = [str(session.exec(query).one()) for query in always]
    more = [(name, session.exec(query).one()) for name, query in where_any.items()]
    batch = session.get(models.Batch, str(content.get("batch"))) if kind == "RATE_TABLE" else None
    notice = "" if batch is None else _source_changed(session, batch)
    return " ".join([*counts, *(f"{name}={count}" for name, count in more if count), *([notice] if notice else [])])


def _source_changed(session: Session, batch: models.Batch) -> str:
    """Which later notice has changed the document or the authority that versions of a batch carry; nothing where none has."""
    notice = present_notice(session, batch)
    first, last = (json.loads(one.content) for one in (batch, notice))
    same = all(first.get(key) == last.get(key) for key in ("document", "authority"))
    return "" if same else f"notice={notice.digest[7:23]}"


def altered_under(session: Session, target: str) -> str | None:
    """The first altered row on which a table, a batch or some series rest; None where all are intact.

    A table rests on its versions, its batch, the overlays of its fund, and the series that they name.
    """
    return next(_altered(session, target), None)


def _altered(session: Session, target: str) -> Iterator[str]:
    of = models
    direction = session.get(of.Direction, target)
    batch = session.get(of.Batch, target if direction is None else direction.batch_id)
    series = set(session.exec(select(of.ReferenceRateVersion.series).distinct()).all())
    if batch is None:
        rules = session.exec(select(of.OverlayVersion).where(of.OverlayVersion.fund_id == target)).all()
        yield from _names(row for row in rules if fault_of_content(row.content, row.digest) is not None)
        named = series.intersection(target.split())
    else:
        versions = session.exec(select(of.RateTableVersion).where(of.RateTableVersion.rate_table == target)).all()
        overlays = session.exec(select(of.OverlayVersion).where(of.OverlayVersion.fund_id == batch.fund_id)).all()
        notices = select(of.BatchVersion).where(of.BatchVersion.batch_id == batch.id).order_by(col(of.BatchVersion.version).desc())
        notice = session.exec(notices.limit(1)).first()
        yield from _names(row for row in versions if fault_of_version(row.model_dump()) is not None)
        sealed: tuple[Any, ...] = (notice or batch, *overlays)
        words = session.exec(select(of.DirectionVersion).where(of.DirectionVersion.rate_table == target)).all()
        sealed = (*sealed, *words)
        yield from _names(row for row in sealed if fault_of_content(row.content, row.digest) is not None)
        contents = [row.content for row in versions] + [row.content for row in overlays]
        named = {name for name in series if any(name in content for content in contents)}
    for name in sorted(named):
        yield from _names(_altered_of_series(session, name))


def _altered_of_series(session: Session, series: str) -> Iterator[models.ReferenceRateVersion]:
    """Of the latest version of a series, and of those that it adds to."""
    heads = _chain(session, series)
    of = models.ReferenceRate
    query = select(of).where(of.series == series, of.version >= heads[-1].version)
    values: dict[int, list[dict[str, Any]]] = {}
    for row in session.exec(query):
        values.setdefault(row.version, []).append(row.model_dump())
    for head, before in zip(heads, (*heads[1:], None), strict=True):
        if fault_of_series(head.model_dump(), values.get(head.version, ()), None if before is None else before.digest) is not None:
            yield head


def _chain(session: Session, series: str) -> Sequence[models.ReferenceRateVersion]:
    of = models.ReferenceRateVersion
    found = []
    query = select(of).where(of.series == series).order_by(col(of.version).desc()).execution_options(yield_per=50)
    for head in session.exec(query):  # pragma: no branch - the first version adds to none
        found.append(head)
        if "extends" not in json.loads(head.content):
            break
    return found


def _names(rows: Iterable[Any]) -> Iterator[str]:
    return (name_of(str(row.__tablename__), row.model_dump()) for row in rows)
