"""Both READMEs tell the truth: every request is sent, every answer shown is in the real one, every name exists."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic_core import PydanticUndefined

from app.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
CALCULATIONS = {
    "/v1/loan-interest-subsidies/calculate",
    "/v1/insurance-subsidies/calculate",
    "/v1/awards/calculate",
    "/v1/grants/calculate",
}
Example = tuple[str, Any, Any]  # path, request, the part of the answer that is shown


def read(name: str) -> str:
    """The text of a page."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[tuple[str, str]]:
    """Language and content of each fenced block, in order."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", read(name), re.MULTILINE | re.DOTALL)


def examples(name: str) -> list[Example]:
    """Each curl block with the JSON block that follows it."""
    found = []
    shown = blocks(name)
    for at, (language, text) in enumerate(shown):
        if language == "sh" and text.startswith("curl"):
            command = shlex.split(text)
            assert shown[at + 1][0] == "json", f"no answer is shown after {command[:3]}"
            url = next(word for word in command if word.startswith("http"))
            assert command[command.index("-H") + 1] == "Content-Type: application/json"
            body = json.loads(command[command.index("-d") + 1])
            found.append((urlsplit(url).path, body, json.loads(shown[at + 1][1])))
    return found


def missing(shown: Any, real: Any, place: str = "") -> list[str]:
    """What is shown and is not in the answer: keys are looked up; rows of a list stand there in this order."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return [
            fault
            for key, value in shown.items()
            for fault in (missing(value, real[key], f"{place}/{key}") if key in real else [f"{place}/{key}: not in the answer"])
        ]
    if isinstance(shown, list) and isinstance(real, list) and any(isinstance(row, dict) for row in shown):
        rest = iter(enumerate(real))
        faults = []
        for no, row in enumerate(shown):
            if not any(not missing(row, other) for _, other in rest):
                faults.append(f"{place}/{no}: no such row in {json.dumps(real, ensure_ascii=False)}")
        return faults
    return [] if shown == real and type(shown) is type(real) else [f"{place}: shown {shown!r}, answered {real!r}"]


@pytest.mark.parametrize("name", READMES)
def test_the_two_commands_open_the_page(name: str) -> None:
    language, text = blocks(name)[0]
    assert read(name).startswith("```sh\n")
    assert language == "sh"
    assert [line.split("#")[0].strip() for line in text.splitlines()] == ["make serve", "make test"]


@pytest.mark.parametrize("name", READMES)
def test_each_support_method_has_an_example(name: str) -> None:
    assert {path for path, _, _ in examples(name)} == CALCULATIONS


@pytest.mark.parametrize("example", examples("README.md"), ids=lambda example: example[0])
def test_an_answer_shown_is_the_answer(client: httpx.Client, example: Example) -> None:
    path, body, shown = example
    response = client.post(path, json=body)
    assert response.status_code == 200, response.text
    assert {"status", "amount", "amount_kind"} <= shown.keys()
    assert missing(shown, response.json()) == []


def test_both_pages_show_the_same_requests_and_answers() -> None:
    assert examples(READMES[0]) == examples(READMES[1])


def test_the_comparison_sees_a_wrong_figure() -> None:
    real = {"amount": "1.00", "items": [{"id": "A", "amount": "1.00"}, {"id": "B", "amount": "0.00"}]}
    assert missing({"items": [{"id": "B"}]}, real) == []
    assert missing({"amount": "1.01"}, real)
    assert missing({"items": [{"id": "B"}, {"id": "A"}]}, real)
    assert missing({"items": [{"id": "A", "amount": "0.00"}]}, real)
    assert missing({"total": "1.00"}, real)


@pytest.mark.parametrize("name", READMES)
def test_every_make_command_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    commands = re.findall(r"^make ([a-z-]+)", "\n".join(text for _, text in blocks(name)), re.MULTILINE)
    named = set(commands) | set(re.findall(r"`make ([a-z-]+)", read(name)))
    assert named <= targets
    assert set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE)) <= named


@pytest.mark.parametrize("name", READMES)
def test_every_link_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", read(name))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_the_configuration_is_that_of_the_settings(name: str) -> None:
    stated = dict(re.findall(r"^\| `(SUBSIDY_[A-Z_]+)` \| `([^`]+)` \|", read(name), re.MULTILINE))
    prefix = Settings.model_config["env_prefix"]
    assert stated == {(prefix + field).upper(): "—" if what.default in (None, PydanticUndefined) else str(what.default) for field, what in Settings.model_fields.items()}


@pytest.mark.parametrize("name", READMES)
def test_every_folder_named_exists(name: str) -> None:
    folders = re.findall(r"^([a-z/]+/) ", "\n".join(text for _, text in blocks(name)), re.MULTILINE)
    assert "app/calculators/" in folders
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []
