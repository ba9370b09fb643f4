"""Every command that README and the guide show is run, in order and in one folder, and prints what is shown; every one named exists."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.main import get_command

from app.cli import app
from tests.readme.pages import LANGUAGES, PAGES, ROOT, blocks, examples, is_call, text_of

COMMAND = ".venv/bin/subsidy"
MARK = "--- block"
OTHER = re.compile(r"(make [a-z-]+.*\n)+|BASE=\S+\n")
"""Blocks that no shell runs here: the two commands of make, and the address of the service."""


def shown(page: str) -> list[tuple[str, str]]:
    """Each block of commands of a page, and the lines that it is shown to print."""
    return [
        (text, after if language == "text" else "")
        for (kind, text), (language, after) in pairwise([*blocks(page), ("", "")])
        if kind == "sh" and not is_call(text) and not OTHER.fullmatch(text)
    ]


WITH_COMMANDS = tuple(page for page in PAGES["en"] if shown(page))
BLOCKS = [(page, number) for page in WITH_COMMANDS for number in range(len(shown(page)))]


def commands(command: Any, *above: str) -> set[tuple[str, ...]]:
    """The words of every command."""
    parts = getattr(command, "commands", None)
    return {above} if parts is None else {words for name, part in parts.items() for words in commands(part, *above, name)}


@pytest.fixture(scope="module")
def folder(database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `make serve` leaves it."""
    made = tmp_path_factory.mktemp("folder")
    (made / "var").mkdir()
    shutil.copyfile(database.removeprefix("sqlite:///"), made / "var" / "subsidy.db")
    program = made / COMMAND
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m app.cli "$@"\n')
    program.chmod(0o755)
    return made


@pytest.fixture(scope="module")
def printed(folder: Path) -> dict[str, list[list[str]]]:
    """What each block of the English pages prints, line by line: a shell for each page, for a page leaves nothing in one."""
    found = {}
    for page in WITH_COMMANDS:
        script = "set -eu\n" + "".join(f"echo '{MARK}'\n{text}" for text, _ in shown(page))
        without = {key: value for key, value in os.environ.items() if not key.startswith("SUBSIDY_")}
        env = without | {"PYTHONPATH": str(ROOT), "SUBSIDY_DATABASE_URL": "sqlite:///var/subsidy.db"}
        done = subprocess.run(["bash", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        found[page] = [part.splitlines() for part in done.stdout.split(f"{MARK}\n")[1:]]
    return found


@pytest.mark.parametrize(("page", "number"), BLOCKS)
def test_a_block_of_commands_does_what_is_shown(printed: dict[str, list[list[str]]], page: str, number: int) -> None:
    rest = iter(printed[page][number])
    missing = [line for line in shown(page)[number][1].splitlines() if line not in rest]  # each after the one before it
    assert missing == [], printed[page][number]


def test_something_is_shown() -> None:
    every = [block for page in PAGES["en"] for block in shown(page)]
    assert sum(COMMAND in text for text, _ in every) == 3
    assert len(every) == 7
    assert sum(bool(text) for _, text in every) == 2


def test_the_cases_are_those_of_the_insurance_example(printed: dict[str, list[list[str]]], folder: Path) -> None:
    assert printed
    (request,) = (example.body for example in examples(PAGES["en"][1]) if "insurance" in example.path)
    (case,) = json.loads((folder / "cases.json").read_text(encoding="utf-8"))["cases"]
    assert case["request"] == request


@pytest.mark.parametrize("subject", range(len(PAGES["en"])))
def test_both_languages_show_the_same_commands(subject: int) -> None:
    assert shown(PAGES["en"][subject]) == shown(PAGES["zh"][subject])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_named_exists_and_every_command_is_named(language: str) -> None:
    text = text_of(language)
    there = {" ".join(words) for words in commands(get_command(app))}
    changing = {one for one in there if one.startswith("tables draft ") or one == "tables lpr"}
    steps = re.findall(r"^\| .* \| (`.*`) \| `[A-Z]+ /v1", text, re.MULTILINE)
    assert {f"tables {word}" for row in steps for word in re.findall(r"`([a-z ]+)`", row)} == changing
    named = set()
    for row in re.findall(r"^\| (`subsidy .*?`) \| ", text, re.MULTILINE):
        group = ""
        for program, word in re.findall(r"`(subsidy )?([a-z ]+?)(?: …)?`", row):
            if program:
                group = word.rpartition(" ")[0]
            named.add(word if program else f"{group} {word}")
    assert named == there - changing | {"tables draft", "tables lpr"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_named_exists(language: str, client: httpx.Client) -> None:
    served = {f"{method.upper()} {path}" for path, methods in client.get("/openapi.json").json()["paths"].items() for method in methods}
    named = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /v1/[^`]*)`", text_of(language)))
    assert len(named) >= 10
    assert {one.replace("/{id}", "/{table_id}") for one in named} <= served
