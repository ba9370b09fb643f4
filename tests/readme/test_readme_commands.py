"""Every command that the READMEs show is run, in order and in one folder, and prints what is shown; every one named exists."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.main import get_command

from app.cli import app
from tests.readme.test_readme import READMES, ROOT, blocks, examples, read

COMMAND = ".venv/bin/subsidy"
MARK = "--- block"


def shown(name: str) -> list[tuple[str, str]]:
    """Each block of commands, and what is shown to come of it."""
    found = blocks(name)
    follow = [*found[1:], ("", "")]
    return [
        (text, after if language == "text" else "")
        for (kind, text), (language, after) in zip(found, follow, strict=True)
        if kind == "sh" and COMMAND in text
    ]


def commands(command: Any, *above: str) -> set[tuple[str, ...]]:
    """The words of every command."""
    parts = getattr(command, "commands", None)
    return {above} if parts is None else {words for name, part in parts.items() for words in commands(part, *above, name)}


@pytest.fixture(scope="module")
def folder(database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `make serve` leaves it, with the cases of the page: its insurance request."""
    made = tmp_path_factory.mktemp("folder")
    (made / "var").mkdir()
    shutil.copyfile(database.removeprefix("sqlite:///"), made / "var" / "subsidy.db")
    program = made / COMMAND
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m app.cli "$@"\n')
    program.chmod(0o755)
    request = next(body for path, body, _ in examples("README.md") if "insurance" in path)
    (made / "cases.json").write_text(json.dumps({"cases": [{"item_id": "three rockets", "request": request}]}), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def printed(folder: Path) -> list[list[str]]:
    """What each block of README.md prints, line by line."""
    script = "set -eu\n" + "".join(f"echo '{MARK}'\n{text}" for text, _ in shown("README.md"))
    without = {key: value for key, value in os.environ.items() if not key.startswith("SUBSIDY_")}
    env = without | {"PYTHONPATH": str(ROOT), "SUBSIDY_DATABASE_URL": "sqlite:///var/subsidy.db"}
    done = subprocess.run(["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [part.splitlines() for part in done.stdout.split(f"{MARK}\n")[1:]]


@pytest.mark.parametrize("number", range(len(shown("README.md"))))
def test_a_block_of_commands_does_what_is_shown(printed: list[list[str]], number: int) -> None:
    rest = iter(printed[number])
    for line in shown("README.md")[number][1].splitlines():
        assert line in rest, (line, printed[number])


def test_something_is_shown() -> None:
    assert len(shown("README.md")) == 6
    assert sum(bool(text) for _, text in shown("README.md")) == 2


def test_both_pages_show_the_same_commands() -> None:
    assert shown(READMES[0]) == shown(READMES[1])


@pytest.mark.parametrize("name", READMES)
def test_every_command_named_exists_and_every_command_is_named(name: str) -> None:
    there = {" ".join(words) for words in commands(get_command(app))}
    changing = {one for one in there if one.startswith("tables draft ") or one == "tables lpr"}
    steps = re.findall(r"^\| .* \| (`.*`) \| `[A-Z]+ /v1", read(name), re.MULTILINE)
    assert {f"tables {word}" for row in steps for word in re.findall(r"`([a-z ]+)`", row)} == changing
    named = set()
    for row in re.findall(r"^\| (`subsidy .*?`) \| ", read(name), re.MULTILINE):
        group = ""
        for program, word in re.findall(r"`(subsidy )?([a-z ]+?)(?: …)?`", row):
            if program:
                group = word.rpartition(" ")[0]
            named.add(word if program else f"{group} {word}")
    assert named == there - changing | {"tables draft", "tables lpr"}


@pytest.mark.parametrize("name", READMES)
def test_every_address_named_exists(name: str, client: httpx.Client) -> None:
    served = {f"{method.upper()} {path}" for path, methods in client.get("/openapi.json").json()["paths"].items() for method in methods}
    named = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /v1/[^`]*)`", read(name)))
    assert len(named) >= 10
    assert {one.replace("/{id}", "/{table_id}") for one in named} <= served
