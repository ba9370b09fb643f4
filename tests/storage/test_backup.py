"""A backup holds everything and restores into either database: the same answers, the same log, nothing half done."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from app.access import keys
from app.access.scopes import Scope
from app.tables.backup.restore import restore, verify
from app.tables.backup.seal import BackupError
from app.tables.backup.writing import Made, backup, digest_of
from app.tables.catalogue.repository import read_catalogue
from app.tables.drafts import workflow as drafts
from app.tables.storage import audit_log as audit
from app.tables.storage import models
from app.tables.storage.database import engine_of, writing
from tests.storage import forging
from tests.storage.conftest import Copy
from tests.storage.test_drafts import OLD, TERMS, published, table_content

TABLES = [name for name in models.SQLModel.metadata.tables if name != "version_standing"]
KEY, ANOTHER = b"k" * 32, b"a" * 32
CAP = {"per": [], "period": "BATCH", "limit": "500万", "clause": "单个企业奖励金额最高不超过500万元"}


def everything(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table."""
    with engine.connect() as connection:
        found = {name: sorted(map(str, connection.execute(models.SQLModel.metadata.tables[name].select()).all())) for name in TABLES}
        standing = "SELECT rate_table, version, effective_from, effective_until, known_from, known_until FROM version_standing"
        return found | {"version_standing": sorted(str([str(part)[:19] for part in row]) for row in connection.execute(text(standing)))}


def nothing(engine: Engine) -> bool:
    """Whether no row is stored but the head of an empty log."""
    return all(not rows for name, rows in everything(engine).items() if name != "audit_head")


def test_what_is_restored_is_what_was_there(loaded: Engine, migrated: Engine, tmp_path: Path) -> None:
    published(loaded, table_content())
    path = tmp_path / "backup.gz"
    made = backup(loaded, path)
    assert restore(migrated, path, digest=made.digest) == made.rows
    assert everything(migrated) == everything(loaded)
    with Session(migrated) as session:
        assert audit.verify(session) == []
        assert read_catalogue(session).choose(OLD, as_of=date(2026, 5, 1)).version == 3
    again = tmp_path / "again.gz"
    assert backup(migrated, again) == made
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("ended", ["", "publish", "discard"])
def test_a_draft_that_was_revised_after_a_check_is_restored(loaded: Engine, migrated: Engine, tmp_path: Path, ended: str) -> None:
    """Its rows are written in the order in which they were written first: each revision, then its steps, then the next."""
    with writing(loaded) as session:
        draft = drafts.begin(session, "li", "RATE_TABLE", OLD, table_content(), "file").draft.id
        drafts.check(session, "li", draft, None)
        drafts.approve(session, "wang", draft, None)
        drafts.revise(session, "wang", draft, None, table_content())
        drafts.check(session, "li", draft, None)
        drafts.approve(session, "zhao", draft, None)
        if ended:
            getattr(drafts, ended)(session, "zhao", draft, None)
    made = backup(loaded, tmp_path / "backup.gz")
    restore(migrated, tmp_path / "backup.gz", digest=made.digest)
    assert everything(migrated) == everything(loaded)


def test_a_restored_database_is_used_further(loaded: Engine, migrated: Engine, tmp_path: Path) -> None:
    """What is numbered by the database goes on after the restored numbers."""
    published(loaded, table_content())
    made = backup(loaded, tmp_path / "backup.gz")
    restore(migrated, tmp_path / "backup.gz", digest=made.digest)
    with writing(migrated) as session:
        content = {"rate_table": OLD, "version": "3", "reason": "依据的通知已废止"}
        draft = drafts.begin(session, "li", "WITHDRAWAL", OLD, content, "file").draft.id
        drafts.check(session, "li", draft, None)
        drafts.approve(session, "wang", draft, None)
        drafts.publish(session, "wang", draft, None)
        assert audit.verify(session) == []


def test_a_file_is_never_written_over(loaded: Engine, tmp_path: Path) -> None:
    (tmp_path / "backup.gz").write_bytes(b"older")
    with pytest.raises(FileExistsError):
        backup(loaded, tmp_path / "backup.gz")
    assert (tmp_path / "backup.gz").read_bytes() == b"older"


def test_a_database_in_use_is_not_restored_into(loaded: Engine, tmp_path: Path) -> None:
    made = backup(loaded, tmp_path / "backup.gz")
    before = everything(loaded)
    with pytest.raises(BackupError, match="not empty"):
        restore(loaded, tmp_path / "backup.gz", digest=made.digest)
    assert everything(loaded) == before


def test_an_empty_database_is_kept_too(migrated: Engine, tmp_path: Path) -> None:
    """Nothing was ever done in it: there is no last entry of the log, either."""
    path = tmp_path / "backup.gz"
    before = everything(migrated)
    made = backup(migrated, path)
    assert (made.rows, restore(migrated, path, digest=made.digest)) == (0, 0)
    assert everything(migrated) == before


def test_a_backup_of_the_first_form_is_still_restored(loaded: Engine, migrated: Engine, tmp_path: Path) -> None:
    path = tmp_path / "backup.gz"
    backup(loaded, path)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"subsidy-backup-2", b"subsidy-backup-1", 1)))
    digest = forging.forged(path, lambda rows: None)
    restore(migrated, path, digest=digest)
    assert everything(migrated) == everything(loaded)


# --- damage -------------------------------------------------------------------------------------------


DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda raw: raw[:-40], "the file breaks off"),
    "cut at the beginning": (lambda raw: raw[:5], "the file breaks off"),
    "a bit": (lambda raw: raw[:2000] + bytes([raw[2000] ^ 1]) + raw[2001:], "cannot be decompressed|altered or damaged"),
    "a figure": (lambda raw: gzip.compress(gzip.decompress(raw).replace(b"30%", b"31%", 1)), "altered or damaged"),
    "without its last line": (lambda raw: gzip.compress(b"".join(_lines(raw)[:-1])), "its last line is missing"),
    "without some lines": (lambda raw: gzip.compress(b"".join(_lines(raw)[:-5] + _lines(raw)[-1:])), "altered or damaged"),
    "with a line after the last": (lambda raw: gzip.compress(gzip.decompress(raw) + _lines(raw)[1]), "its last line is missing"),
    "other JSON": (lambda raw: gzip.compress(json.dumps({"some": "json"}).encode() + b"\n"), "not a backup of this service"),
    "no gzip": (lambda raw: b"no gzip at all", "not a backup of this service"),
    "nothing": (lambda raw: b"", "not a backup of this service"),
}


def _lines(raw: bytes) -> list[bytes]:
    return gzip.decompress(raw).splitlines(keepends=True)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_backup_is_refused_and_nothing_restored(loaded: Engine, migrated: Engine, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "backup.gz"
    made = backup(loaded, path)
    alter, told = DAMAGES[damage]
    path.write_bytes(alter(path.read_bytes()))
    with pytest.raises(BackupError, match=told):
        restore(migrated, path, digest=made.digest)
    assert nothing(migrated)


# --- forgery ------------------------------------------------------------------------------------------

Rows = dict[str, list[forging.Row]]


def raised_scopes(rows: Rows) -> None:
    rows["api_key"][0]["scopes"] = "calculate keys:admin tables:approve"


def own_approval(rows: Rows) -> None:
    """In the step and in the log, whose chain is made anew."""
    for step in rows["draft_step"]:
        if step["kind"] == "APPROVED":
            step["actor"] = "li"
    for entry in rows["audit"]:
        if entry["action"] == "draft.approved":
            entry["actor"] = "li"
    forging.rechained(rows["audit"])


def altered_cap(rows: Rows) -> None:
    forging.resealed(next(row for row in rows["rate_table_version"] if (row["rate_table"], row["version"]) == (OLD, 3)), "500万", "900万")


def altered_rate(rows: Rows) -> None:
    rows["reference_rate"][0]["value"] = "0.0001"


def shorter_period(rows: Rows) -> None:
    rows["rate_table_version"][0]["effective_until"] = "2035-01-01"


def altered_draft(rows: Rows) -> None:
    forging.resealed(next(row for row in rows["draft_revision"] if "40%" in row["content"]), "40%", "45%")


def altered_word(rows: Rows) -> None:
    forging.resealed(rows["direction_version"][0], "后来得知的名称", "另一个名称")


def altered_notice(rows: Rows) -> None:
    forging.resealed(rows["batch_version"][0], "延期", "提前")


def lost_event(rows: Rows) -> None:
    rows["version_event"] = [row for row in rows["version_event"] if row["recorded_at"] is None]


def broken_chain(rows: Rows) -> None:
    rows["audit"][2]["detail"] = rows["audit"][2]["detail"].replace("t-fund", "x-fund")


def shortened_chain(rows: Rows) -> None:
    del rows["audit"][1]


def revived_key(rows: Rows) -> None:
    rows["api_key_end"] = [row for row in rows["api_key_end"] if row["number"] != 0]


def longer_life(rows: Rows) -> None:
    rows["api_key_secret"][0]["expires_at"] = "2099-01-01T00:00:00+00:00"


def longer_grace(rows: Rows) -> None:
    next(row for row in rows["api_key_end"] if row["number"])["ends_at"] = "2099-01-01T00:00:00+00:00"


def another_table(rows: Rows) -> None:
    rows["secret_table"] = [{"a": 1}]


def another_column(rows: Rows) -> None:
    rows["fund"][0]["more"] = 1


def no_mapping(rows: Rows) -> None:
    rows["audit"][0]["detail"] = "7"
    forging.rechained(rows["audit"])


FORGERIES = {
    raised_scopes: "key [0-9a-f]{16}: name, owner or scopes are not those of the audit log",
    own_approval: "draft [0-9a-f]{16}: approved by li, who wrote it",
    altered_cap: f"{OLD} 3: its content is not that of entry [0-9]+ of the audit log",
    altered_rate: "reference_rate_version .*: its values are not what its content says",
    shorter_period: "its period, number or supersession is not what its content says",
    altered_draft: "draft [0-9a-f]{16}: not what the audit log says of draft.checked",
    altered_word: "direction_version t-fund-2024-1-9 2: its content is not that of entry [0-9]+ of the audit log",
    altered_notice: "batch_version t-fund-2024-1 2: its content is not that of entry [0-9]+ of the audit log",
    lost_event: f"version_event {OLD} [0-9] [A-Z]+: named by entry [0-9]+ of the audit log, not in the backup",
    broken_chain: "audit log: entry 3 does not match its hash: altered",
    shortened_chain: "audit log: entries 2 to 2 are missing: removed",
    revived_key: "key [0-9a-f]{16}: its revocation is not what the audit log says",
    longer_life: "key [0-9a-f]{16}: the expiry of a secret is not what the audit log says",
    longer_grace: "key [0-9a-f]{16}: a rotation is not what the audit log says",
    another_table: "line [0-9]+ is not written by this service",
    another_column: "line [0-9]+ is not written by this service",
    no_mapping: "the backup holds what this service does not write",
}


@pytest.fixture
def used(loaded: Engine) -> Engine:
    """A database with a published version that has a cap, and a revoked key."""
    published(loaded, table_content(terms=TERMS | {"caps": [CAP]}))
    with writing(loaded) as session:
        now = datetime.now(UTC)
        made = keys.create(session, "operator:t", name="x", owner="li", scopes=[Scope.CALCULATE], days=90, now=now)
        keys.revoke(session, "operator:t", made.key_id, now=now)
    return loaded


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda one: one.__name__)
def test_rows_that_disagree_are_refused_though_every_digest_is_made_anew(
    used: Engine, migrated: Engine, tmp_path: Path, forgery: Callable[[Rows], None]
) -> None:
    """Even to whoever is given the forged digest: the rows contradict each other, and it is said which."""
    backup(used, tmp_path / "backup.gz")
    digest = forging.forged(tmp_path / "backup.gz", forgery)
    with pytest.raises(BackupError, match=FORGERIES[forgery]):
        restore(migrated, tmp_path / "backup.gz", digest=digest)
    assert nothing(migrated)


def another_secret(rows: Rows) -> None:
    """Agrees with everything else in the file: only what is not in the file can tell."""
    rows["api_key_secret"][0]["hash"] = "0" * 64


def test_recomputing_is_not_enough(used: Engine, migrated: Engine, tmp_path: Path) -> None:
    """Without a key the digest that was printed is asked for; with one, the signature."""
    path = tmp_path / "backup.gz"
    noted = backup(used, path, KEY).digest
    forging.forged(path, another_secret)
    for key, digest, told in (
        (None, noted, "not the backup of the given digest: that of this file is sha256:"),
        (None, None, "a restore needs --digest"),
        (None, "sha256:zz", "64 hexadecimal digits"),
        (KEY, None, "the signature does not match"),
    ):
        with pytest.raises(BackupError, match=told):
            restore(migrated, path, key=key, digest=digest)
        assert nothing(migrated)


def test_a_signed_backup_is_restored_with_its_key_alone(used: Engine, migrated: Engine, tmp_path: Path) -> None:
    path = tmp_path / "backup.gz"
    made = backup(used, path, KEY)
    with pytest.raises(BackupError, match="signed with another key"):
        restore(migrated, path, key=ANOTHER)
    assert restore(migrated, path, key=KEY) == made.rows
    assert everything(migrated) == everything(used)


def test_an_unsigned_backup_is_restored_beside_a_key_by_its_digest(used: Engine, migrated: Engine, tmp_path: Path) -> None:
    path = tmp_path / "backup.gz"
    made = backup(used, path)
    with pytest.raises(BackupError, match="not signed"):
        restore(migrated, path, key=KEY)
    restore(migrated, path, key=KEY, digest=made.digest)
    assert everything(migrated) == everything(used)


# --- verification -------------------------------------------------------------------------------------


def test_a_backup_is_verified_in_a_scratch_database(used: Engine, tmp_path: Path) -> None:
    """Of which nothing stays; what differs is told."""
    path = tmp_path / "backup.gz"
    made = backup(used, path, KEY)
    assert digest_of(used) == made
    verify(path, made, KEY)
    assert list(tmp_path.iterdir()) == [path]
    forged = Made(made.rows, forging.forged(path, raised_scopes))
    with pytest.raises(BackupError, match="scopes are not those of the audit log"):
        verify(path, forged, None)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("entries", [3, 300])
def test_a_restore_takes_as_many_statements_however_long_the_log(
    migrated: Engine, copies: Copy, tmp_path: Path, entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All entries go in as one batch, in order, and none is made a row of the database first."""
    with writing(migrated) as session:
        for number in range(entries):
            audit.append(session, "-", "sign-in.refused", f"{number:016x}", {"reason": "UNKNOWN_KEY"})
    made = backup(migrated, tmp_path / "backup.gz")
    target = engine_of(copies("migrated"))
    batches: list[tuple[bool, int]] = []
    asked: list[str] = []

    @event.listens_for(target, "before_cursor_execute")
    def count(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        asked.append(statement)
        if statement.startswith("INSERT INTO audit "):
            batches.append((many, len(parameters)))

    monkeypatch.setattr(models.Audit, "__init__", None)
    assert restore(target, tmp_path / "backup.gz", digest=made.digest) == entries
    monkeypatch.undo()
    assert batches == [(True, entries)]
    assert len(asked) < 30
    with Session(target) as session:
        assert audit.verify(session) == []
    target.dispose()
