"""A backup put back into an empty database: first whether it is the one that was made, then whether its rows agree, then all of it."""

from __future__ import annotations

import gzip
import json
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Date, Engine, insert, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, select

from app.tables.backup.consistency import disagreements
from app.tables.backup.seal import BackupError, Seal, noted_digest
from app.tables.backup.writing import FORMATS, KINDS, Made, digest_of
from app.tables.storage import models
from app.tables.storage.database import engine_of, is_refusal, writing
from app.tables.storage.migrations import migrate
from app.tables.storage.write_order import place_of

MAX_LINE_BYTES: Final = 64_000_000
MOST_TOLD: Final = 20

Rows = dict[str, list[dict[str, Any]]]


def restore(engine: Engine, path: Path, *, key: bytes | None = None, digest: str | None = None) -> int:
    """Put a backup into an empty, migrated database, all or nothing; answer how many rows. Errors: BackupError, OSError.

    ``digest`` is the one that was printed at backup; without it the file must carry a signature by ``key``.
    """
    rows = _read(path, key, noted_digest(digest, key))
    _check_agreement(rows)
    with writing(engine) as session:
        for kind in KINDS:
            if session.exec(select(kind)).first() is not None:
                raise BackupError(f"数据库不是空的（{kind.__tablename__}）", f"the database is not empty ({kind.__tablename__})")
        _put(session, rows)
    return sum(map(len, rows.values()))


def verify(path: Path, made: Made, key: bytes | None) -> None:
    """Restore a backup into a scratch database beside it, and compare every row. Errors: BackupError, OSError."""
    with tempfile.TemporaryDirectory(prefix=".subsidy-verify-", dir=path.parent) as folder:
        url = f"sqlite:///{folder}/scratch.db"
        migrate(url)
        engine = engine_of(url)
        try:
            restore(engine, path, key=key, digest=made.digest)
            found = digest_of(engine)
        finally:
            engine.dispose()
    if found != made:
        raise BackupError(
            f"恢复出的数据与备份不同（{found.rows} 行，应为 {made.rows} 行）",
            f"what was restored differs from the backup ({found.rows} rows instead of {made.rows})",
        )


# --- reading ----------------------------------------------------------------------------------------


def _read(path: Path, key: bytes | None, noted: str | None) -> Rows:
    """The rows of each table. The file is read twice: nothing in it is looked at before it is known to be the right one."""
    try:
        with gzip.open(path, "rb") as file:
            _check_seal(file, Seal(key), noted)
        with gzip.open(path, "rb") as file:
            return _rows(file)
    except EOFError:
        raise BackupError("备份不完整：文件在中途断开", "the backup is not whole: the file breaks off") from None
    except gzip.BadGzipFile as wrong:
        if str(wrong).startswith("Not a gzipped file"):
            raise BackupError("不是本服务的备份", "not a backup of this service") from None
        raise _damaged() from None
    except zlib.error:
        raise _damaged() from None


def _damaged() -> BackupError:
    return BackupError("备份损坏：不能解压", "the backup is damaged: it cannot be decompressed")


def _check_seal(file: gzip.GzipFile, seal: Seal, noted: str | None) -> None:
    lines = _lines(file)
    first = next(lines, b"")
    if _parsed(first) not in [{"format": one} for one in FORMATS]:
        raise BackupError("不是本服务的备份", "not a backup of this service")
    seal.add(first)
    count, last = 0, b""
    for line in lines:
        if last:
            seal.add(last)
            count += 1
        last = line
    said = _parsed(last)
    if not isinstance(said, dict) or "rows" not in said:
        raise BackupError("备份不完整：没有末行", "the backup is not whole: its last line is missing")
    seal.check(said, noted)
    if said["rows"] != count:
        raise BackupError(
            f"备份不完整：{count} 行，末行说 {said['rows']} 行",
            f"the backup is not whole: {count} rows, its last line says {said['rows']}",
        )


def _lines(file: gzip.GzipFile) -> Iterator[bytes]:
    while line := file.readline(MAX_LINE_BYTES):
        if len(line) >= MAX_LINE_BYTES:
            raise BackupError(f"有一行超过 {MAX_LINE_BYTES} 字节", f"a line is longer than {MAX_LINE_BYTES} bytes")
        yield line


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _rows(file: gzip.GzipFile) -> Rows:
    found: Rows = {str(kind.__tablename__): [] for kind in KINDS}
    lines = enumerate(_lines(file), 1)
    next(lines)
    for number, line in lines:
        content = _parsed(line)
        if isinstance(content, dict) and "rows" in content:
            return found
        try:
            row, readers = content["row"], _readers(content["table"])
            values = ((name, read, row.get(name)) for name, read in readers.items())
            found[content["table"]].append({name: value if value is None or read is None else read(value) for name, read, value in values})
            unknown = row.keys() - readers
        except (LookupError, TypeError, AttributeError, ValueError):
            raise _odd(number) from None
        if unknown:
            raise _odd(number)
    raise AssertionError("the last line was there a moment ago")


def _odd(number: int) -> BackupError:
    return BackupError(f"第 {number} 行不是本服务所写", f"line {number} is not written by this service")


@cache
def _readers(table: str) -> Mapping[str, Callable[[str], Any] | None]:
    """How to read the value of each column; None where it is what the line says. Errors: KeyError for no table of ours."""
    return {column.name: _reader(column.type) for column in SQLModel.metadata.tables[table].columns}


def _reader(kind: Any) -> Callable[[str], Any] | None:
    if isinstance(kind, models.Instant):
        return datetime.fromisoformat
    return date.fromisoformat if isinstance(kind, Date) else None


def _check_agreement(rows: Rows) -> None:
    try:
        found = list(disagreements(rows))
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as wrong:
        kind = type(wrong).__name__
        raise BackupError(f"备份中有本服务不会写的内容（{kind}）", f"the backup holds what this service does not write ({kind})") from wrong
    if found:
        more = len(found) - MOST_TOLD
        first, *others = found[:MOST_TOLD] + ([(f"另有 {more} 处", f"and {more} more")] if more > 0 else [])
        raise BackupError(*first, *others)


# --- writing ----------------------------------------------------------------------------------------


def _put(session: Session, rows: Rows) -> None:
    """Add rows in the order in which they were written: only so do the triggers take them."""
    ordered = sorted(((place_of(table, row), table, row) for table, found in rows.items() for row in found), key=lambda one: one[0])
    for table, together in groupby(ordered, key=lambda one: one[1]):
        values = [row for _, _, row in together]
        try:
            session.execute(insert(SQLModel.metadata.tables[table]), values)
        except DBAPIError as error:
            if not is_refusal(error):
                raise
            said = str(error.orig).splitlines()[0]
            raise BackupError(f"数据库不接受 {table} 的行：{said}", f"the database refuses rows of {table}: {said}") from error
    if rows["audit"]:
        last = max(rows["audit"], key=lambda row: int(row["id"]))
        head = session.get_one(models.AuditHead, 1)
        head.last, head.hash = last["id"], last["hash"]
    if session.get_bind().dialect.name == "postgresql" and rows["version_event"]:
        _count_on(session, max(row["id"] for row in rows["version_event"]))


def _count_on(session: Session, last: int) -> None:
    """Numbers of events that are given out from now on follow the restored ones. A role that may not set a sequence may use it."""
    numbers = "nextval('version_event_id_seq')"
    given = session.execute(text(f"SELECT {numbers}")).scalar_one()
    session.execute(text(f"SELECT count({numbers}) FROM generate_series(1, :more)"), {"more": max(last - given, 0)})  # noqa: S608
