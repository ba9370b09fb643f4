"""Backup and restore: every row of every table as lines of JSON, compressed, with a digest at the end.

The form is the same for SQLite and PostgreSQL, so a backup of one restores into the other. What the database itself
keeps (when a version stands) is made anew by its triggers; the hash chain of the audit log is restored as it was.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Date, Engine
from sqlmodel import Session, SQLModel, select

from app.tables import models
from app.tables.database import reading, writing
from app.tables.loader import add

FORMAT = "subsidy-backup-1"
KINDS: tuple[type[SQLModel], ...] = (
    models.Fund,
    models.OverlayVersion,
    models.Batch,
    models.BatchVersion,
    models.Direction,
    models.ReferenceRateVersion,
    models.ReferenceRate,
    models.RateTableVersion,
    models.VersionEvent,
    models.Draft,
    models.DraftRevision,
    models.DraftStep,
    models.ApiKey,
    models.ApiKeySecret,
    models.ApiKeyEnd,
    models.ApiKeyUse,
    models.Audit,
)
_STEPS = ("CHECKED", "APPROVED", "PUBLISHED", "DISCARDED")


class BackupError(ValueError):
    """A file that is no whole backup, or a database that is not empty."""


def backup(engine: Engine, path: Path) -> int:
    """Write one moment of the database to a new file; answer how many rows. Errors: OSError; no half of a file stays."""
    digest, count = hashlib.sha256(), 0
    with reading(engine) as session, path.open("xb") as raw:
        try:
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as file:  # the same rows give the same bytes
                for line in _lines(session):
                    file.write(line)
                    digest.update(line)
                    count += 1
                file.write(_line({"rows": count - 1, "sha256": digest.hexdigest()}))
        except BaseException:
            path.unlink()
            raise
    return count - 1


def _lines(session: Session) -> Iterator[bytes]:
    yield _line({"format": FORMAT})
    for kind in KINDS:
        table = SQLModel.metadata.tables[str(kind.__tablename__)]
        for row in session.exec(select(kind).order_by(*table.primary_key.columns)).all():
            yield _line({"table": table.name, "row": {key: _written(value) for key, value in row.model_dump().items()}})


def _line(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def restore(engine: Engine, path: Path) -> int:
    """Put a backup into an empty, migrated database, all or nothing. Errors: BackupError, OSError."""
    rows = _read(path)
    with writing(engine) as session:
        for kind in KINDS:
            if session.exec(select(kind)).first() is not None:
                raise BackupError(f"数据库不是空的（{kind.__tablename__}）/ the database is not empty ({kind.__tablename__})")
        published = [row for row in rows if str(row.__tablename__) in models.PUBLISHED]
        add(session, published)  # type: ignore[arg-type]
        for kind in KINDS:
            mine = [row for row in rows if type(row) is kind and str(row.__tablename__) not in models.PUBLISHED]
            for row in sorted(mine, key=_order) if kind is models.DraftStep else mine:
                session.add(row)
                session.flush()
        last = next((row for row in reversed(rows) if isinstance(row, models.Audit)), None)
        if last is not None:
            head = session.get_one(models.AuditHead, 1)
            head.last, head.hash = last.id, last.hash
    return len(rows)


def _order(row: Any) -> tuple[str, int]:
    """The steps of a draft in the order in which they may be taken."""
    return row.draft_id, _STEPS.index(row.kind)


def _read(path: Path) -> list[SQLModel]:
    digest = hashlib.sha256()
    made: list[SQLModel] = []
    kinds = {str(kind.__tablename__): kind for kind in KINDS}
    try:
        with gzip.open(path, "rb") as file:
            lines = file.readlines()
        first, *between, last = lines
        end = json.loads(last)
        for line in (first, *between):
            digest.update(line)
        if json.loads(first) != {"format": FORMAT} or end != {"rows": len(between), "sha256": digest.hexdigest()}:
            raise BackupError("备份不完整或被改动 / the backup is not whole, or was altered")
        for line in between:
            content = json.loads(line)
            made.append(_row(kinds[content["table"]], content["row"]))
    except (EOFError, gzip.BadGzipFile, ValueError, KeyError) as wrong:
        if isinstance(wrong, BackupError):
            raise
        raise BackupError("不是本服务的备份 / not a backup of this service") from wrong
    return made


def _row(kind: type[SQLModel], values: dict[str, Any]) -> SQLModel:
    columns = SQLModel.metadata.tables[str(kind.__tablename__)].columns
    return kind(**{key: _typed(columns[key].type, value) for key, value in values.items()})


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, models.Instant):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
