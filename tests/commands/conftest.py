"""A desk with the ``subsidy`` command: li and zhao write, zhao and wang approve, each with a key of his own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from sqlmodel import Session, select
from typer.testing import CliRunner

from app.cli import app
from app.settings import settings
from app.tables.storage.audit_log import entries
from app.tables.storage.database import engine_of
from app.tables.storage.models import Audit
from tests.access.conftest import issued

TABLE = "bj-gjj-2025-1-11"
FROM_MARCH = ("  effective:\n    first_day: '2025-01-20'", "  effective:\n    first_day: '2025-03-01'")
RAISED = ("limit: 1000万", "limit: 2000万")
REWORDED = ("单个企业补贴金额不超过1000万元", "单个企业补贴金额不超过2000万元")
MONTH = ("tables", "lpr", "2026-09-21", "LPR_1Y=3.00%", "--holds-until", "2026-10-20")
SCOPES = {"li": ["tables:write"], "zhao": ["tables:write", "tables:approve"], "wang": ["tables:approve"], "portal": ["calculate"]}


class Desk:
    """The command on one database, run by whoever shows a key."""

    def __init__(self, url: str, secrets: dict[str, str]) -> None:
        self.url, self.secrets = url, secrets

    def run(self, who: str | None, *words: str, url: str | None = None, key: str | None = None) -> Result:
        """Run ``subsidy`` with the key of ``who``, or with ``key``; with none where both are None."""
        settings.cache_clear()
        shown = self.secrets[who] if who else key
        return CliRunner().invoke(app, words, env={"SUBSIDY_DATABASE_URL": url or self.url, "SUBSIDY_KEY": shown}, catch_exceptions=False)

    def done(self, who: str | None, *words: str) -> str:
        """What a command prints that does what it should."""
        result = self.run(who, *words)
        assert (result.exit_code, result.stderr) == (0, ""), result.output
        return result.stdout

    def refused(self, who: str | None, *words: str, key: str | None = None) -> list[str]:
        """The lines on standard error of a command that is refused."""
        result = self.run(who, *words, key=key)
        assert result.exit_code == 1, result.output
        return result.stderr.splitlines()

    def begin(self, who: str, *words: str) -> str:
        """Begin a draft; answer its id."""
        self.done(who, "tables", "draft", "begin", *words)
        return self.done(who, "tables", "draft", "list").split()[0]

    def log(self) -> list[Audit]:
        """The audit log."""
        engine = engine_of(self.url)
        with Session(engine) as session:
            found = entries(session, 0, 1000)
        engine.dispose()
        return found

    def rows(self, kind: type) -> list:  # type: ignore[type-arg]
        """Every row of a table."""
        engine = engine_of(self.url)
        with Session(engine) as session:
            found = list(session.exec(select(kind)).all())
        engine.dispose()
        return found


@pytest.fixture
def desk(database: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk on a copy of the loaded database."""
    path = tmp_path / "own.db"
    shutil.copyfile(database.removeprefix("sqlite:///"), path)
    url = f"sqlite:///{path}"
    yield Desk(url, {who: issued(url, *scopes, owner=who).secret for who, scopes in SCOPES.items()})
    settings.cache_clear()


def edited(desk: Desk, draft: str, path: Path, *changes: tuple[str, str]) -> str:
    """Write a draft's content to a file, change texts in it as an officer does in an editor; answer the file's name."""
    text = desk.done("li", "tables", "draft", "show", draft, "--content")
    for was, said in changes:
        assert text.count(was) == 1, (was, text)
        text = text.replace(was, said)
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def raising(desk: Desk, tmp_path: Path) -> str:
    """A draft by li that raises the enterprise's cap from 1000万 to 2000万 from 1 March 2025 on."""
    made = desk.begin("li", "rate_table", TABLE, "--copy-of", TABLE)
    file = edited(desk, made, tmp_path / "d.yaml", RAISED, REWORDED, FROM_MARCH)
    desk.done("li", "tables", "draft", "revise", made, "--content", file, "--note", "上限提高")
    return made


def step(desk: Desk, who: str, name: str, made: str, *more: str) -> str:
    """Take a step that is allowed; who approves or publishes has read the report."""
    if name in {"approve", "publish"} and "--if-match" not in more:
        desk.done(who, "tables", "draft", "report", made)
    return desk.done(who, "tables", "draft", name, made, *more)


def entered(said: str) -> str:
    """The id of a draft that was begun and checked in one call, from what the command prints."""
    lines = said.splitlines()
    found = re.match(r"草案 ([0-9a-f]{16}) 第 1 版（li）已起草并检查 / draft \1, revision 1 by li: begun and checked", lines[0])
    assert found is not None, said
    assert lines[2:] == [
        "待 li 以外的人批准并公布 / to be approved and published by somebody other than li:",
        *(f"  subsidy tables draft {step} {found[1]}" for step in ("report", "approve", "publish")),
    ]
    return found[1]
