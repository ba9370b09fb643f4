"""A backup: every row of every table as lines of JSON, compressed, with a digest at the end.

The form is the same for SQLite and PostgreSQL, so a backup of one restores into the other. What the database itself
keeps (when a version stands) is made anew by its triggers; the hash chain of the audit log is kept as it was.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from app.tables.backup.seal import Seal
from app.tables.storage import models
from app.tables.storage.database import reading

FORMATS: Final = ("subsidy-backup-1", "subsidy-backup-2")
"""The first could carry no signature; both are restored, the last is written."""

KINDS: tuple[type[SQLModel], ...] = (
    models.Fund,
    models.OverlayVersion,
    models.Batch,
    models.BatchVersion,
    models.Direction,
    models.DirectionVersion,
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


class Made(NamedTuple):
    """How many rows were written, and the digest of all of them, to be noted elsewhere."""

    rows: int
    digest: str


def backup(engine: Engine, path: Path, key: bytes | None = None) -> Made:
    """Write one moment of the database to a new file, signed where there is a key. Errors: OSError; no half of a file stays."""
    seal, count = Seal(key), -1
    with reading(engine) as session, path.open("xb") as raw:
        try:
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as file:  # the same rows give the same bytes
                for line in _lines(session):
                    file.write(line)
                    seal.add(line)
                    count += 1
                file.write(_line({"rows": count, **seal.written()}))
            raw.flush()
            os.fsync(raw.fileno())  # a disk that is full or away says so here at the latest
        except BaseException as error:
            path.unlink()
            if isinstance(error, OSError) and error.filename is None:
                error.filename = str(path)
            raise
    return Made(count, seal.digest)


def digest_of(engine: Engine) -> Made:
    """What a backup of this database would hold, without writing one."""
    seal, count = Seal(None), -1
    with reading(engine) as session:
        for line in _lines(session):
            seal.add(line)
            count += 1
    return Made(count, seal.digest)


def _lines(session: Session) -> Iterator[bytes]:
    yield _line({"format": FORMATS[-1]})
    for kind in KINDS:
        table = SQLModel.metadata.tables[str(kind.__tablename__)]
        query = table.select().order_by(*table.primary_key.columns).execution_options(yield_per=1_000)
        for row in session.execute(query).mappings():
            yield _line({"table": table.name, "row": {key: _written(value) for key, value in row.items()}})


def _line(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
