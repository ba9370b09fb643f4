"""What an operator does on the machine: keys, the audit log, starting the service."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import text
from sqlmodel import Session
from typer.testing import CliRunner

from app import serving
from app.cli import app
from app.quickstart import greeting
from app.settings import Settings
from app.tables.storage import audit_log as audit
from app.tables.storage.database import engine_of, writing
from app.tables.storage.migrations import migrate
from tests.access.conftest import bearer, issued, started
from tests.conftest import ROOT

OPERATOR = "operator:" + pwd.getpwuid(os.getuid()).pw_name
CREATE = ("keys", "create", "--name", "门户", "--owner", "li.na", "--scope", "calculate", "--scope", "tables:read")


def run(url: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the ``subsidy`` command as another process."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *words],
        cwd=ROOT,
        env=os.environ | {"SUBSIDY_DATABASE_URL": url} | environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty database."""
    made = f"sqlite:///{tmp_path}/keys.db"
    migrate(made)
    return made


def log(url: str) -> list[tuple[str, str]]:
    """Actor and action of each entry of the audit log."""
    engine = engine_of(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text("SELECT actor, action FROM audit ORDER BY id"))]
    engine.dispose()
    return found


def test_a_key_from_its_making_to_its_end(url: str) -> None:
    """The secret alone is on standard output, once. The log names the account that ran the command."""
    made = run(url, *CREATE, LOGNAME="somebody", USER="somebody")
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    key_id = secret.split("_")[1]
    assert key_id in made.stderr
    assert secret not in made.stderr
    rotated = run(url, "keys", "rotate", key_id, "--grace-hours", "1", "--days", "10")
    assert rotated.stdout.strip() != secret
    listed = run(url, "keys", "list").stdout
    assert re.search(rf"^{key_id}  li\.na  门户  calculate,tables:read  until \d{{4}}-\d\d-\d\d  never used$", listed, re.MULTILINE)
    with started(url, authentication="required") as service:
        for one in (secret, rotated.stdout.strip()):  # admitted, and told that this database has no tables
            assert service.elsewhere.get("/v1/funds", headers=bearer(one)).json()["code"] == "TABLES_UNAVAILABLE"
    revoked = run(url, "keys", "revoke", key_id)
    assert (revoked.returncode, key_id in revoked.stdout) == (0, True)
    listed = run(url, "keys", "list").stdout
    assert "  revoked  " in listed
    for shown in (secret, rotated.stdout.strip()):
        assert shown[-43:] not in listed
    assert log(url) == [(OPERATOR, "key.create"), (OPERATOR, "key.rotate"), (OPERATOR, "key.revoke")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("keys", "revoke", "0123456789abcdef"), "there is no such key"),
        (("keys", "rotate", "0123456789abcdef"), "there is no such key"),
        ((*CREATE, "--days", "401"), "a secret is valid for 1 to 400 days"),
        (("keys", "create", "--name", "x", "--owner", "operator:root", "--scope", "calculate"), "an owner is"),
        (("audit", "verify", "--head", "1 sha256:0"), "is not in the log"),
        (("audit", "verify", "--head", "0 sha256:0"), "is not in the log"),
        (("audit", "verify", "--head", "x"), "a noted head is"),
    ],
)
def test_what_is_refused_says_why_in_both_languages(url: str, words: tuple[str, ...], said: str) -> None:
    done = run(url, *words)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    chinese, _, english = line.partition(" / ")
    assert said in english
    assert not chinese.isascii()
    assert log(url) == []


def test_a_database_without_its_schema_is_said(tmp_path: Path) -> None:
    for words in (CREATE, ("keys", "list"), ("audit", "verify"), ("audit", "head")):
        done = run(f"sqlite:///{tmp_path}/new.db", *words)
        assert (done.returncode, done.stdout) == (1, "")
        assert "run subsidy migrate first" in done.stderr
        assert "Traceback" not in done.stderr


def test_the_log_is_checked_against_a_head_that_was_noted(url: str) -> None:
    """A chain that was made anew holds in itself; the head noted elsewhere tells."""
    assert run(url, "audit", "head").stdout == "0\n"
    run(url, *CREATE)
    noted = run(url, "audit", "head").stdout.strip()
    assert re.fullmatch(r"1 sha256:[0-9a-f]{64}", noted)
    run(url, *CREATE)
    for head in (noted, "0"):
        done = run(url, "audit", "verify", "--head", head)
        assert (done.returncode, "2 entries, the chain holds" in done.stdout) == (0, True)
    engine = engine_of(url)
    with engine.begin() as connection:
        for trigger in ("audit_no_update", "audit_no_delete"):
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("DELETE FROM audit"))
        connection.execute(text("UPDATE audit_head SET last = 0, hash = ''"))
    engine.dispose()
    run(url, *CREATE)
    assert run(url, "audit", "verify").returncode == 0
    done = run(url, "audit", "verify", "--head", noted)
    assert (done.returncode, "the noted entry 1 is not in the log" in done.stderr) == (1, True)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_beyond_loopback_authentication_must_be_required(host: str) -> None:
    """One line, in both languages, says what to set."""
    done = subprocess.run(
        [sys.executable, "-m", "app.serving"],
        cwd=ROOT,
        env=os.environ | {"SUBSIDY_HOST": host, "SUBSIDY_AUTHENTICATION": "loopback"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    (line,) = done.stderr.splitlines()
    assert done.returncode == 1
    chinese, _, english = line.partition(" / ")
    assert "SUBSIDY_AUTHENTICATION=required" in chinese
    assert "SUBSIDY_AUTHENTICATION=required" in english
    assert not chinese.isascii()


def test_with_authentication_any_address_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[str] = []
    monkeypatch.setattr(serving, "settings", lambda: Settings(host="0.0.0.0", authentication="required"))
    monkeypatch.setattr(serving.uvicorn, "run", lambda *_, **options: served.append(options["host"]))
    serving.serve()
    assert served == ["0.0.0.0"]


def test_the_greeting_is_silent_about_the_first_key_once_there_is_one(own_database: str) -> None:
    """`make serve` prints it at each start until somebody has made a key."""
    for lines in (1, 0):
        done = subprocess.run(
            [sys.executable, "-m", "app.quickstart", "9000"],
            cwd=ROOT,
            env=os.environ | {"SUBSIDY_DATABASE_URL": own_database},
            capture_output=True,
            text=True,
            timeout=600,
            check=True,
        )
        assert done.stdout.count("keys create") == lines
        assert "http://127.0.0.1:9000/docs" in done.stdout
        issued(own_database, "calculate")


def test_the_greeting_says_how_to_make_the_first_key(url: str) -> None:
    """The command works as it is printed, for whoever is signed in."""
    (line,) = (line for line in greeting(8000).splitlines() if line.lstrip().startswith("key "))
    command = line.split(None, 1)[1].replace(".venv/bin/subsidy", f"{sys.executable} -m app.cli")
    done = subprocess.run(
        command, shell=True, cwd=ROOT, env=os.environ | {"SUBSIDY_DATABASE_URL": url}, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    with started(url, authentication="required") as service:
        shown = bearer(done.stdout.strip())
        assert service.elsewhere.get("/v1/keys", headers=shown).status_code == 200
        assert service.elsewhere.get("/v1/audit", headers=shown).status_code == 200


def test_a_log_that_is_written_meanwhile_is_not_taken_for_an_altered_one(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between reading the entries and reading the head somebody adds one: the command sees one moment."""
    issued(url, "calculate")
    head_of = audit.head_of

    def append() -> None:
        engine = engine_of(url)
        with writing(engine) as session:
            audit.append(session, "-", "sign-in.refused", "-", {})
        engine.dispose()

    writer = Thread(target=append)

    def meanwhile(session: Session) -> audit.Head:
        if not writer.ident:
            writer.start()
            writer.join(0.5)  # SQLite lets it wait until the reading has ended
        return head_of(session)

    monkeypatch.setenv("SUBSIDY_DATABASE_URL", url)
    monkeypatch.setattr(audit, "head_of", meanwhile)
    done = CliRunner().invoke(app, ["audit", "verify"])
    assert (done.exit_code, done.output) == (0, "✓ 1 条记录，链完整 / 1 entries, the chain holds\n")
    writer.join(10)
    monkeypatch.undo()
    assert [action for _, action in log(url)] == ["key.create", "sign-in.refused"]
