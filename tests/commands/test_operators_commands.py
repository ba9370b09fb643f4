"""Loading with a trace, backup and restore: what the operator does on the machine."""

from __future__ import annotations

import gzip
import json
import os
import pty
import pwd
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from app.tables.storage import models
from app.tables.storage.database import engine_of
from app.tables.storage.migrations import migrate
from app.tables.storage.models import Fund
from tests.access.conftest import HERE, issued
from tests.commands.conftest import Desk
from tests.conftest import ROOT
from tests.contract.requests import INSURANCE, LOAN, insurance, loan
from tests.storage.forging import Row, forged
from tests.storage.notices import batch, direction, version, written

OPERATOR = "operator:" + pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def new(tmp_path: Path) -> str:
    """The URL of a database with the newest schema and nothing in it."""
    url = f"sqlite:///{tmp_path}/new.db"
    migrate(url)
    return url


# --- loading ------------------------------------------------------------------------------------------


def test_what_was_loaded_is_in_the_log_with_the_operator(desk: Desk, tmp_path: Path) -> None:
    """One fund, one batch, one direction with two versions, the second in place of the first; loading again adds no entry."""
    folder = tmp_path / "files"
    folder.mkdir()
    (path,) = written(folder, t=batch(direction(version(1, "2024-01-15"), version(2, "2024-01-15", published="2024-03-01T00:00:00+08:00", supersedes=1))))
    assert desk.done(None, "tables", "load", str(path)) == "1 张标准表无误，新增 6 行 / 1 rate tables proved, 6 rows added\n"
    entry = desk.log()[-1]
    assert (entry.actor, entry.action) == (OPERATOR, "tables.load")
    detail = json.loads(entry.detail)
    digests = detail.pop("digests")
    assert detail == {
        "added": {"batch": 1, "direction": 1, "fund": 1, "rate_table_version": 2, "version_event": 1},
        "versions": ["batch t-fund-2024-1", "t-fund-2024-1-1 1", "t-fund-2024-1-1 2"],
        "others": ["fund t-fund", "direction t-fund-2024-1-1", "version_event t-fund-2024-1-1 1 SUPERSEDED"],
    }
    assert [len(set(digests)), *map(len, digests)] == [3, 39, 39, 39]  # the beginnings of their digests, against which a backup is held
    assert desk.done(None, "tables", "load", str(path)) == "1 张标准表无误，新增 0 行 / 1 rate tables proved, 0 rows added\n"
    assert desk.log()[-1].id == entry.id


def test_a_load_that_is_refused_leaves_no_entry_and_no_row(desk: Desk, tmp_path: Path) -> None:
    """The second file is wrong: nothing of the first is kept."""
    before = len(desk.log())
    folder = tmp_path / "files"
    folder.mkdir()
    (path,) = written(folder, t=batch(direction(version(1, "2024-01-15"))), wrong="batch: red\n")
    told = desk.refused(None, "tables", "load", str(path))
    assert all(line.startswith("✗ wrong.yaml") for line in told)
    assert len(desk.log()) == before
    assert [row.id for row in desk.rows(models.Fund) if row.id == "t-fund"] == []


def test_a_database_without_its_schema_is_said(desk: Desk, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    for words in (("tables", "load"), ("backup", str(tmp_path / "b.gz")), ("tables", "draft", "list")):
        result = desk.run("li", *words, url=url)
        assert result.exit_code == 1
        assert "run subsidy migrate first" in result.stderr
    assert not (tmp_path / "b.gz").exists()


def test_progress_is_shown_on_a_terminal_and_nowhere_else() -> None:
    """On standard error alone, so that what is printed can be read by a program."""
    terminal, its_end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "app.cli", "tables", "check"],
        cwd=ROOT,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=its_end,
    ) as running:
        os.close(its_end)
        printed, _ = running.communicate(timeout=600)
    shown = b""
    try:
        while part := os.read(terminal, 65_536):
            shown += part
    except OSError:  # what a terminal says whose other end is closed
        pass
    os.close(terminal)
    assert running.returncode == 0
    assert "校验 / proving" in shown.decode()
    assert "proving" not in printed.decode()
    assert printed.decode().endswith("nothing that cannot apply\n")


@pytest.mark.parametrize(
    ("variables", "words", "told"),
    [
        ({"SUBSIDY_PORT": "x"}, ("serve",), "✗ SUBSIDY_PORT 有误 / SUBSIDY_PORT is wrong: Input should be a valid integer"),
        ({"SUBSIDY_OIDC_ISSUER": "https://id.example"}, ("serve",), "✗ SUBSIDY_OIDC_ISSUER、_AUDIENCE、_JWKS 须同时给出 / "),
        ({"SUBSIDY_DATABASE_URL": "red"}, ("migrate",), "✗ SUBSIDY_DATABASE_URL 应为 sqlite:///文件 或 postgresql+psycopg://"),
        ({"SUBSIDY_DATABASE_URL": "red://a"}, ("tables", "load"), "✗ SUBSIDY_DATABASE_URL 应为 "),
        ({"SUBSIDY_DATABASE_URL": "sqlite:////proc/none/x.db"}, ("migrate",), "✗ /proc/none 不能读写："),
        (
            {"SUBSIDY_DATABASE_URL": "postgresql+psycopg://me:hush@127.0.0.1:1/x"},
            ("migrate",),
            "✗ 数据库不可用（OperationalError），见 SUBSIDY_DATABASE_URL / the database is not available (OperationalError), ",
        ),
    ],
)
def test_what_is_wrong_with_a_setting_is_one_line(variables: dict[str, str], words: tuple[str, ...], told: str) -> None:
    """Never a trace, nor what the variable holds: an address may hold a password."""
    run = [sys.executable, "-m", "app.cli", *words]
    done = subprocess.run(run, cwd=ROOT, env=os.environ | variables, capture_output=True, text=True, timeout=600, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(told)
    assert "hush" not in line


def test_the_log_is_listed_as_over_http(desk: Desk) -> None:
    """Every entry is a line; what follows a number can be asked for."""
    desk.done("li", "tables", "draft", "withdraw", "bj-gjj-2025-3-1", "2", "--reason", "依据的通知已废止")
    auditor = issued(desk.url, "audit:read").secret
    lines = [json.loads(line) for line in desk.done(None, "audit", "list").splitlines()]
    assert [one["id"] for one in lines] == list(range(1, len(desk.log()) + 1))
    with TestClient(create_app(Settings(database_url=desk.url)), client=HERE, base_url="http://localhost") as client:
        assert client.get("/v1/audit", headers={"Authorization": f"Bearer {auditor}"}).json()["entries"] == lines
    assert [json.loads(line) for line in desk.done(None, "audit", "list", "--after", "2").splitlines()] == lines[2:]
    of_one = [json.loads(line) for line in desk.done(None, "audit", "list", "--object", lines[1]["object"]).splitlines()]
    assert of_one == [one for one in lines if one["object"] == lines[1]["object"]]
    assert 0 < len(of_one) < len(lines)


def test_help_is_in_both_languages(desk: Desk) -> None:
    """Each command says in a sentence what it does, in Chinese and in English, and is called by its name."""
    told = []
    for words in ((), ("tables",), ("tables", "draft"), ("keys",), ("audit",)):
        shown = desk.run(None, *words, "--help").stdout
        rows = re.findall(r"^│ ([a-z]+) {2,}(.*?) *│$", shown, re.MULTILINE)
        assert rows, shown
        told += rows
    assert {"migrate", "lpr", "effect", "rotate", "list"} <= {name for name, _ in told}
    assert [row for row in told if " / " not in row[1] or row[1].split(" / ")[0].isascii()] == []


# --- backup and restore -------------------------------------------------------------------------------


def test_a_restored_database_gives_the_same_bytes(desk: Desk, new: str, tmp_path: Path) -> None:
    """Two services side by side, one on the database and one on what was restored: each answer and each list is the same."""
    said = desk.done("li", "tables", "draft", "end", "bj-gjj-2025-1-11", "1", "--last-day", "2026-12-31", "--reason", "办法到期")
    made = said.split()[1]
    for name in ("report", "approve", "publish"):
        desk.done("wang", "tables", "draft", name, made)
    path = tmp_path / "backup.gz"
    first, last = desk.done(None, "backup", str(path)).splitlines()
    rows, digest = int(first.split()[0]), last.split()[-1]
    assert rows > 300
    result = desk.run(None, "restore", str(path), "--digest", digest, url=new)
    assert (result.exit_code, result.stdout) == (0, f"{rows} 行已恢复 / {rows} rows restored\n")
    with (
        TestClient(create_app(Settings(database_url=desk.url)), client=HERE, base_url="http://localhost") as there,
        TestClient(create_app(Settings(database_url=new)), client=HERE, base_url="http://localhost") as here,
    ):
        for address, body in ((INSURANCE, insurance()), (LOAN, loan())):
            first, second = there.post(address, json=body), here.post(address, json=body)
            assert first.status_code == 200
            assert first.content == second.content
            pinned = body | {"known_at": "2026-01-01T00:00:00+08:00"}
            assert there.post(address, json=pinned).content == here.post(address, json=pinned).content
        for address in ("/v1/rate-tables", "/v1/rate-tables/bj-gjj-2025-1-11/versions", "/v1/reference-rates/LPR_1Y", "/health/ready"):
            assert there.get(address).content == here.get(address).content
        bearer = {"Authorization": f"Bearer {desk.secrets['wang']}"}
        assert there.get(f"/v1/drafts/{made}", headers=bearer).content == here.get(f"/v1/drafts/{made}", headers=bearer).content
    assert desk.run(None, "audit", "verify", url=new).exit_code == 0


def test_a_backup_is_never_written_over(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "backup.gz"
    path.write_bytes(b"older")
    assert desk.refused(None, "backup", str(path)) == [f"✗ {path} 已存在，不会覆盖 / {path} exists and is not written over"]
    assert path.read_bytes() == b"older"
    (line,) = desk.refused(None, "backup", str(tmp_path / "none" / "b.gz"))
    assert "No such file or directory" in line


def test_what_is_not_empty_not_migrated_or_not_a_backup_is_refused(desk: Desk, new: str, tmp_path: Path) -> None:
    path = tmp_path / "backup.gz"
    digest = desk.done(None, "backup", str(path)).split()[-1]
    assert desk.refused(None, "restore", str(path), "--digest", digest) == ["✗ 数据库不是空的（fund） / the database is not empty (fund)"]
    result = desk.run(None, "restore", str(path), "--digest", digest, url=f"sqlite:///{tmp_path}/empty.db")
    assert (result.exit_code, "run subsidy migrate first" in result.stderr) == (1, True)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[:-1])))
    result = desk.run(None, "restore", str(path), "--digest", digest, url=new)
    assert (result.exit_code, result.stderr) == (1, "✗ 备份不完整：没有末行 / the backup is not whole: its last line is missing\n")
    result = desk.run(None, "restore", str(tmp_path / "none"), "--digest", digest, url=new)
    assert (result.exit_code, "No such file or directory" in result.stderr) == (1, True)


def test_every_contradiction_in_a_backup_is_a_line(desk: Desk, new: str, tmp_path: Path) -> None:
    """Even to whoever was given the digest of the altered file."""

    def alter(rows: dict[str, list[Row]]) -> None:
        for key in rows["api_key"]:
            key["scopes"] = "keys:admin"

    path = tmp_path / "backup.gz"
    desk.done(None, "backup", str(path))
    result = desk.run(None, "restore", str(path), "--digest", forged(path, alter), url=new)
    lines = result.stderr.splitlines()
    assert (result.exit_code, len(lines)) == (1, len(desk.secrets))
    assert all("name, owner or scopes are not those of the audit log" in line for line in lines)


def test_a_restore_asks_for_the_digest_that_was_printed_or_the_key(
    desk: Desk, new: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With SUBSIDY_BACKUP_KEY_FILE a backup is signed; the key then is enough, and another key is refused."""
    path, key = tmp_path / "backup.gz", tmp_path / "key"
    key.write_bytes(b"k" * 31 + b"\n")
    monkeypatch.setenv("SUBSIDY_BACKUP_KEY_FILE", str(key))
    (line,) = desk.refused(None, "backup", str(path))
    assert "should have 32 to 4096 bytes" in line
    key.write_bytes(b"k" * 32 + b"\n")
    said = desk.done(None, "backup", "--verify", str(path)).splitlines()
    assert said[0] == "✓ 已恢复到临时库并逐行核对 / restored into a scratch database, every row compared"
    assert said[1].endswith(f" rows written to {path}, signed")
    key.write_bytes(b"a" * 32)
    result = desk.run(None, "restore", str(path), url=new)
    assert (result.exit_code, "signed with another key" in result.stderr) == (1, True)
    monkeypatch.delenv("SUBSIDY_BACKUP_KEY_FILE")
    result = desk.run(None, "restore", str(path), url=new)
    assert (result.exit_code, "a restore needs --digest, printed at backup" in result.stderr) == (1, True)
    key.write_bytes(b"k" * 32)
    monkeypatch.setenv("SUBSIDY_BACKUP_KEY_FILE", str(key))
    assert desk.run(None, "restore", str(path), url=new).exit_code == 0


@pytest.mark.parametrize("words", [("backup",), ("backup", "--verify"), ("restore",)])
def test_a_disk_that_is_full_is_said_and_leaves_nothing(desk: Desk, new: str, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A limit on the size of files stands for the disk."""
    whole = tmp_path / "whole.gz"
    digest = desk.done(None, "backup", str(whole)).split()[-1]
    size = whole.stat().st_size
    most, url = (size // 2, desk.url) if words == ("backup",) else (size + 4_000, desk.url) if "--verify" in words else (300_000, new)
    file, more = (tmp_path / "half.gz", []) if words[0] == "backup" else (whole, ["--digest", digest])
    command = ["bash", "-c", f'ulimit -f {most // 1024}; exec "$@"', "limited", sys.executable, "-m", "app.cli", *words, str(file), *more]
    env = os.environ | {"SUBSIDY_DATABASE_URL": url, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 1, done.stderr
    (line,) = done.stderr.splitlines()
    assert ("File too large" in line) if words == ("backup",) else ("is full or takes no more" in line)
    assert "rows" not in done.stdout
    assert file.exists() == (words != ("backup",))
    engine = engine_of(new)
    with Session(engine) as session:
        assert session.exec(select(Fund)).first() is None
    engine.dispose()
