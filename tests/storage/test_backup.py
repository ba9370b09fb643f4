"""A backup holds everything and restores into either database: the same answers, the same log, nothing half done."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from app.tables import audit, models
from app.tables.backup import BackupError, backup, restore
from app.tables.repository import read_catalogue
from tests.storage.test_drafts import OLD, published, table_content

TABLES = [name for name in models.SQLModel.metadata.tables if name != "version_standing"]


def everything(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table."""
    with engine.connect() as connection:
        found = {name: sorted(map(str, connection.execute(models.SQLModel.metadata.tables[name].select()).all())) for name in TABLES}
        standing = "SELECT rate_table, version, effective_from, effective_until, known_from, known_until FROM version_standing"
        return found | {"version_standing": sorted(str([str(part)[:19] for part in row]) for row in connection.execute(text(standing)))}


def test_what_is_restored_is_what_was_there(loaded: Engine, migrated: Engine, tmp_path: Path) -> None:
    published(loaded, table_content())
    path = tmp_path / "backup.gz"
    assert backup(loaded, path) == restore(migrated, path)
    assert everything(migrated) == everything(loaded)
    with Session(migrated) as session:
        assert audit.verify(session) == []
        assert read_catalogue(session).choose(OLD, as_of=date(2026, 5, 1)).version == 3
    again = tmp_path / "again.gz"
    backup(migrated, again)
    assert again.read_bytes() == path.read_bytes()


def test_a_file_is_never_written_over(loaded: Engine, tmp_path: Path) -> None:
    (tmp_path / "backup.gz").write_bytes(b"older")
    with pytest.raises(FileExistsError):
        backup(loaded, tmp_path / "backup.gz")
    assert (tmp_path / "backup.gz").read_bytes() == b"older"


def test_a_database_in_use_is_not_restored_into(loaded: Engine, tmp_path: Path) -> None:
    backup(loaded, tmp_path / "backup.gz")
    before = everything(loaded)
    with pytest.raises(BackupError, match="not empty"):
        restore(loaded, tmp_path / "backup.gz")
    assert everything(loaded) == before


@pytest.mark.parametrize("damage", ["cut", "altered", "shortened", "other", "none"])
def test_a_damaged_backup_is_refused_and_nothing_restored(loaded: Engine, migrated: Engine, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "backup.gz"
    backup(loaded, path)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    match damage:
        case "cut":
            path.write_bytes(path.read_bytes()[:-40])
        case "altered":
            row = next(no for no, line in enumerate(lines) if b"30%" in line)
            lines[row] = lines[row].replace(b"30%", b"31%")
            path.write_bytes(gzip.compress(b"".join(lines)))
        case "shortened":
            path.write_bytes(gzip.compress(b"".join(lines[:-5] + lines[-1:])))
        case "other":
            path.write_bytes(gzip.compress(json.dumps({"some": "json"}).encode() + b"\n"))
        case "none":
            path.write_bytes(b"no gzip at all")
    with pytest.raises(BackupError):
        restore(migrated, path)
    assert all(not rows for name, rows in everything(migrated).items() if name != "audit_head")


def test_an_empty_database_is_kept_too(migrated: Engine, tmp_path: Path) -> None:
    """Nothing was ever done in it: there is no last entry of the log, either."""
    path = tmp_path / "backup.gz"
    before = everything(migrated)
    assert backup(migrated, path) == restore(migrated, path)
    assert everything(migrated) == before
