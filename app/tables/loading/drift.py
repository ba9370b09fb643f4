"""What the database knows beyond a set of files: published here, or loaded from other files. It stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from sqlmodel import Session, col, select

from app.tables.files.batch_file import check_periods
from app.tables.files.file_values import Entries, Row, key_of
from app.tables.files.later_additions import words_of
from app.tables.storage import models
from app.tables.storage.canonical_json import digest

Stored = TypeVar("Stored", bound=Row)


class Known(NamedTuple):
    """One thing that the database knows and the files do not, Chinese and English."""

    zh: str
    en: str


def beyond(session: Session, found: Entries) -> Iterator[Known]:
    """What is stored about the funds, batches, tables and series of these files without standing in them.

    Of what is itself beyond the files, a batch published here for instance, its parts are not listed again.
    """
    here = _Here(found)
    for fund in here.keys(models.Fund):
        for overlay in here.missing(session, models.OverlayVersion, "fund_id", fund):
            yield Known(f"{overlay.id} 版本 {overlay.version}", f"{overlay.id} version {overlay.version}")
        for batch in here.missing(session, models.Batch, "fund_id", fund):
            yield Known(f"批次 {batch.id}", f"batch {batch.id}")
    for batch_id in here.keys(models.Batch):
        for notice in here.missing(session, models.BatchVersion, "batch_id", batch_id):
            if notice.digest in here.said:
                continue
            number = notice.version
            yield Known(f"批次 {batch_id} 的后续通知（第 {number} 版）", f"a later notice of batch {batch_id} (version {number})")
        for direction in here.missing(session, models.Direction, "batch_id", batch_id):
            yield Known(f"支持方向 {direction.rate_table}", f"direction {direction.rate_table}")
    for table in here.keys(models.Direction):
        for later in here.missing(session, models.DirectionVersion, "rate_table", table):
            if later.digest not in here.said:
                no = later.version
                yield Known(f"支持方向 {table} 的后续说明（第 {no} 版）", f"a later word about direction {table} (version {no})")
        for version in here.missing(session, models.RateTableVersion, "rate_table", table):
            day = version.effective_from
            yield Known(f"{table} 版本 {version.version}，自 {day} 起施行", f"{table} version {version.version}, in force from {day}")
        for event in here.missing(session, models.VersionEvent, "rate_table", table):
            if (table, event.version) in here.versions and event.kind != "SUPERSEDED":  # that, the version in its place says
                yield _of_event(event)
    for series in sorted({row.series for row in found.rows if isinstance(row, models.ReferenceRateVersion)}):
        for rates in here.missing(session, models.ReferenceRateVersion, "series", series):
            yield Known(f"{series} 版本 {rates.version}", f"{series} version {rates.version}")


def check_beside(session: Session, found: Entries, new: list[Row]) -> None:
    """Versions that files add stand beside those published here as they stand beside each other: no overlap, no gap."""
    here = _Here(found)
    for table in sorted({row.rate_table for row in new if isinstance(row, models.RateTableVersion | models.VersionEvent)}):
        versions = list(here.missing(session, models.RateTableVersion, "rate_table", table))
        events = list(here.missing(session, models.VersionEvent, "rate_table", table))
        if versions or events:
            of_table = [row for row in found.rows if getattr(row, "rate_table", None) == table]
            versions += [row for row in of_table if isinstance(row, models.RateTableVersion)]
            events += [row for row in of_table if isinstance(row, models.VersionEvent)]
            check_periods(found, table, versions, events)


class _Here:
    """The keys of what the files say."""

    def __init__(self, found: Entries) -> None:
        self.found = {(type(row), key_of(row)) for row in found.rows}
        self.said = {row.digest for row in found.rows if isinstance(row, models.Batch)}  # what additions may say as well
        self.said |= {digest(words_of(row)) for row in found.rows if isinstance(row, models.Direction)}
        self.versions = {key_of(row) for row in found.rows if isinstance(row, models.RateTableVersion)}

    def keys(self, kind: type[Row]) -> list[str]:
        """The ids of one kind of row."""
        return sorted(key[0] for of, key in self.found if of is kind)

    def missing(self, session: Session, kind: type[Stored], parent: str, of: str) -> Iterator[Stored]:
        """Stored rows of a parent that the files do not have."""
        order = [col(getattr(kind, column.name)) for column in kind.__table__.primary_key]  # type: ignore[attr-defined]
        for row in session.exec(select(kind).where(getattr(kind, parent) == of).order_by(*order)).all():
            if (kind, key_of(row)) not in self.found:
                yield row


def _of_event(event: models.VersionEvent) -> Known:
    name = f"{event.rate_table} 版本 {event.version}", f"{event.rate_table} version {event.version}"
    if event.kind == "ENDED":
        return Known(f"{name[0]} 至 {event.ends_on} 止", f"{name[1]} ends on {event.ends_on}")
    return Known(f"{name[0]} 已撤回", f"{name[1]} is withdrawn")
