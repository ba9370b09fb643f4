"""Load published tables from files: proved first, then added; what is published is never changed.

Loading is idempotent: the same content adds nothing; the same version with other content is refused.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.calculators.proofs import prove
from app.calculators.reading import parse_terms
from app.calculators.terms import TermsError, TermsFault
from app.tables import models
from app.tables.canonical import canonical, digest
from app.tables.files import FileError, read
from app.tables.series import SeriesError, read_series

AUTHORITIES = ("official", "mirror_of_official_page", "repost", "news", "second_hand", "assumed")
Row = (
    models.Fund
    | models.OverlayVersion
    | models.Batch
    | models.Direction
    | models.RateTableVersion
    | models.ReferenceRateVersion
    | models.ReferenceRate
    | models.VersionEvent
)


class LoadError(ValueError):
    """Files that were refused; ``faults`` name the place and the reason of each."""

    def __init__(self, faults: list[TermsFault]) -> None:
        super().__init__("\n".join(f"{fault.place}: {fault.message}" for fault in faults))
        self.faults = faults


@dataclass(slots=True)
class Read:
    """What a set of files says, as rows, with every fault that was found."""

    rows: list[Row] = field(default_factory=list)
    faults: list[TermsFault] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)

    def fault(self, place: str, message: str) -> None:
        """Record a fault; reading goes on."""
        self.faults.append(TermsFault(place, message))


def read_files(paths: list[Path]) -> Read:
    """Read and prove files and folders of files; funds first, so that batches find theirs."""
    found = Read()
    files = sorted({file for path in paths for file in (path.glob("*.yaml") if path.is_dir() else [path])})
    order = {"funds.yaml": 0, "reference_rates.yaml": 1}
    for path in sorted(files, key=lambda file: (order.get(file.name, 2), file.name)):
        try:
            content = read(path)
        except (FileError, OSError) as wrong:
            found.fault(path.name, str(wrong))
            continue
        if "funds" in content:
            _funds(found, path.name, content)
        elif "series" in content:
            _series(found, path.name, content)
        elif "batch" in content:
            _batch(found, path.name, content)
        else:
            found.fault(path.name, "不是批次、基金或参考利率文件（缺少 batch、funds 或 series）")
    return found


def _text(found: Read, place: str, raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value:
        found.fault(f"{place}/{key}", "此处应为文字")
        return ""
    return value


def _day(found: Read, place: str, raw: Any) -> date:
    try:
        if isinstance(raw, str) and len(raw) == 10:
            return date.fromisoformat(raw)
    except ValueError:
        pass
    found.fault(place, f"应为日期 YYYY-MM-DD，而不是 {raw!r}")
    return date(1, 1, 1)


def _instant(found: Read, place: str, raw: Any) -> datetime:
    try:
        value = datetime.fromisoformat(raw) if isinstance(raw, str) else None
        if value is not None and value.tzinfo is not None:
            return value.astimezone(UTC)  # SQLite keeps no zone
    except ValueError:
        pass
    found.fault(place, f"应为带时区的时刻，而不是 {raw!r}")
    return datetime.fromisoformat("2000-01-01T00:00:00+08:00")


def _period(found: Read, place: str, raw: Any) -> tuple[date, date | None]:
    """``effective``: both days count in the file; stored half-open."""
    raw = raw if isinstance(raw, Mapping) else {}
    first = _day(found, f"{place}/first_day", raw.get("first_day"))
    last = raw.get("last_day", "open")
    if last in {None, "open"}:
        return first, None
    until = _day(found, f"{place}/last_day", last) + timedelta(days=1)
    if until <= first:
        found.fault(place, "last_day 早于 first_day")
    return first, until


def _funds(found: Read, name: str, content: Mapping[str, Any]) -> None:
    for no, fund in enumerate(content["funds"] or ()):
        place = f"{name}/funds/{no}"
        fund_id = _text(found, place, fund, "id")
        found.rows.append(models.Fund(id=fund_id, title=_text(found, place, fund, "title")))
        for at, overlay in enumerate(fund.get("overlays") or ()):
            _overlay(found, f"{place}/overlays/{at}", fund_id, overlay)


def _overlay(found: Read, place: str, fund_id: str, raw: Mapping[str, Any]) -> None:
    first, _ = _period(found, f"{place}/effective", raw.get("effective"))
    _authority(found, place, raw.get("authority"))
    _terms(found, place, raw.get("terms"), None)
    published = raw.get("published_at") or f"{first.isoformat()}T00:00:00+08:00"
    text = canonical(dict(raw))
    found.rows.append(
        models.OverlayVersion(
            id=_text(found, place, raw, "id"),
            version=int(raw.get("version") or 1),
            fund_id=fund_id,
            published_at=_instant(found, f"{place}/published_at", published),
            content=text,
            digest=digest(text),
        )
    )


def _authority(found: Read, place: str, raw: Any) -> None:
    if raw not in AUTHORITIES:
        found.fault(f"{place}/authority", f"应为 {' '.join(AUTHORITIES)} 之一，而不是 {raw!r}")


def _terms(found: Read, place: str, raw: Any, method: str | None) -> None:
    try:
        terms = parse_terms(raw or {}, f"{place}/terms", overlay=method is None)
        found.faults += [TermsFault(f"{place}/terms/{fault.place}", fault.message) for fault in prove(terms, method or "AWARD")]
    except TermsError as refused:
        found.faults += refused.faults


def _series(found: Read, name: str, content: Mapping[str, Any]) -> None:
    for no, raw in enumerate(content["series"] or ()):
        place = f"{name}/series/{no}"
        for at, version in enumerate(raw.get("versions") or ()):
            try:
                made = read_series(raw, version)
            except SeriesError as wrong:
                found.fault(f"{place}/versions/{at}/{wrong.place}", str(wrong))
                continue
            text = canonical({**{key: value for key, value in raw.items() if key != "versions"}, **version})
            found.rows.append(
                models.ReferenceRateVersion(
                    series=made.series,
                    version=made.version,
                    published_at=_instant(found, f"{place}/published_at", version.get("published_at")),
                    holds_until=made.holds_until,
                    content=text,
                    digest=digest(text),
                )
            )
            found.rows += [
                models.ReferenceRate(series=made.series, version=made.version, on=on, value=value, confidence=confidence)
                for on, value, confidence in made.rows
            ]


def _batch(found: Read, name: str, content: Mapping[str, Any]) -> None:
    batch = content.get("batch")
    if not isinstance(batch, Mapping):
        found.fault(f"{name}/batch", "此处应为一组 键: 值")
        return
    batch_id = _text(found, f"{name}/batch", batch, "id")
    _authority(found, name, content.get("authority"))
    header = {key: value for key, value in content.items() if key != "directions"}
    text = canonical(header)
    year = batch.get("year")
    if not isinstance(year, str) or not year.isdigit():
        found.fault(f"{name}/batch/year", "应为年份")
        return
    found.rows.append(
        models.Batch(
            id=batch_id,
            fund_id=_text(found, name, content, "fund"),
            year=int(year),
            title=_text(found, f"{name}/batch", batch, "title"),
            content=text,
            digest=digest(text),
        )
    )
    for no, raw in enumerate(content.get("directions") or ()):
        _direction(found, f"{name}/directions/{no}", batch_id, no, raw, content)


def _direction(found: Read, place: str, batch_id: str, no: int, raw: Mapping[str, Any], content: Mapping[str, Any]) -> None:
    table = _text(found, place, raw, "rate_table")
    if not table.startswith(batch_id + "-"):
        found.fault(f"{place}/rate_table", f"编号应以批次编号 {batch_id}- 开头")
    versions = raw.get("versions") or ()
    if not versions and not raw.get("not_loaded"):
        found.fault(place, "须有 versions，或以 not_loaded 说明未载入的原因")
    schemes = raw.get("schemes") or []
    found.rows.append(
        models.Direction(
            rate_table=table,
            batch_id=batch_id,
            position=no,
            number=raw.get("no"),
            title=_text(found, place, raw, "title"),
            method=raw.get("method"),
            area=raw.get("area"),
            not_loaded=raw.get("not_loaded"),
            schemes=" ".join(schemes),
        )
    )
    made = [_version(found, f"{place}/versions/{at}", table, raw, version, content) for at, version in enumerate(versions)]
    _check_periods(found, place, made)
    if versions:
        found.tables.append(table)


def _version(
    found: Read, place: str, table: str, direction: Mapping[str, Any], raw: Mapping[str, Any], content: Mapping[str, Any]
) -> models.RateTableVersion:
    method = direction.get("method")
    if method not in {"LOAN_INTEREST", "INSURANCE", "AWARD", "GRANT", "LEASE_INTEREST"}:
        found.fault(f"{place}/method", f"不是支持方式: {method!r}")
        method = "AWARD"
    first, until = _period(found, f"{place}/effective", raw.get("effective"))
    number = raw.get("version")
    if not isinstance(number, str) or not number.isdigit() or int(number) < 1:
        found.fault(f"{place}/version", "应为正整数")
        number = "1"
    full = {
        "document": content.get("document"),
        "authority": content.get("authority"),
        **raw,
        "method": method,
        "title": direction.get("title"),
    }
    _authority(found, place, full["authority"])
    if not isinstance(full["document"], Mapping) or not full["document"].get("title"):
        found.fault(f"{place}/document", "须有 document.title")
    _terms(found, place, raw.get("terms"), str(method))
    text = canonical(full)
    supersedes = raw.get("supersedes")
    row = models.RateTableVersion(
        rate_table=table,
        version=int(number),
        effective_from=first,
        effective_until=until,
        published_at=_instant(found, f"{place}/published_at", raw.get("published_at")),
        supersedes=int(supersedes) if isinstance(supersedes, str) and supersedes.isdigit() else None,
        content=text,
        digest=digest(text),
    )
    found.rows.append(row)
    if row.supersedes is not None:
        found.rows.append(
            models.VersionEvent(
                rate_table=table, version=row.supersedes, kind="SUPERSEDED", known_at=row.published_at, by_version=row.version
            )
        )
    return row


def _check_periods(found: Read, place: str, versions: list[models.RateTableVersion]) -> None:
    """Versions in force neither overlap nor leave a gap; a correction says what it supersedes."""
    replaced = {row.supersedes for row in versions}
    in_force = sorted((row for row in versions if row.version not in replaced), key=lambda row: row.effective_from)
    for before, after in itertools.pairwise(in_force):
        if before.effective_until is None or before.effective_until > after.effective_from:
            found.fault(place, f"版本 {before.version} 与 {after.version} 的施行期重叠（更正须写 supersedes）")
        elif before.effective_until < after.effective_from:
            found.fault(place, f"版本 {before.version} 与 {after.version} 的施行期之间有空隙")


def load(session: Session, paths: list[Path]) -> dict[str, int]:
    """Prove all files, then add what is new, in one transaction. Errors: LoadError; nothing is added then."""
    found = read_files(paths)
    new = list(_new_rows(session, found)) if not found.faults else []
    if found.faults:
        raise LoadError(found.faults)
    for kind in _ORDER:
        session.add_all([row for row in new if isinstance(row, kind)])
        session.flush()
    session.commit()
    return {"tables": len(found.tables), "added": len(new)}


_ORDER = (
    models.Fund,
    models.OverlayVersion,
    models.Batch,
    models.Direction,
    models.RateTableVersion,
    models.ReferenceRateVersion,
    models.ReferenceRate,
    models.VersionEvent,
)
_KEYS: dict[type, tuple[str, ...]] = {
    models.Fund: ("id",),
    models.OverlayVersion: ("id", "version"),
    models.Batch: ("id",),
    models.Direction: ("rate_table",),
    models.RateTableVersion: ("rate_table", "version"),
    models.ReferenceRateVersion: ("series", "version"),
    models.ReferenceRate: ("series", "version", "on"),
}


def _new_rows(session: Session, found: Read) -> Iterator[Row]:
    """Rows that are not there yet; a published row with other content is a fault."""
    known: set[tuple[Any, ...]] = set()
    for row in found.rows:
        kind = type(row)
        if isinstance(row, models.VersionEvent):
            if not _event_known(session, row):
                yield row
            continue
        key = tuple(getattr(row, part) for part in _KEYS[kind])
        place = " ".join(str(part) for part in key)
        if (kind, key) in known:
            found.fault(place, "在文件中出现两次")
            continue
        known.add((kind, key))
        there = session.get(kind, key)
        if there is None:
            yield row
        elif _differs(there, row):
            found.fault(place, "已公布的内容不可更改；更正须新增版本（supersedes）")


def _event_known(session: Session, row: models.VersionEvent) -> bool:
    from sqlmodel import select

    query = select(models.VersionEvent).where(
        models.VersionEvent.rate_table == row.rate_table,
        models.VersionEvent.version == row.version,
        models.VersionEvent.kind == row.kind,
    )
    return session.exec(query).first() is not None


def _differs(there: Any, row: Any) -> bool:
    if hasattr(row, "digest"):
        return bool(there.digest != row.digest)
    return any(getattr(there, name) != getattr(row, name) for name in type(row).model_fields)
