"""README and the guide tell the truth: every request is sent, every answer shown is in the real one, every name exists."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
from pydantic_core import PydanticUndefined

from app.settings import Settings
from tests.readme.pages import (
    ALL,
    BASE,
    FOLDERS,
    LANGUAGES,
    PAGES,
    READMES,
    ROOT,
    SUBJECTS,
    Example,
    blocks,
    blocks_of,
    examples,
    examples_of,
    is_call,
    read,
    request_of,
    text_of,
)

CALCULATIONS = {
    "/v1/loan-interest-subsidies/calculate",
    "/v1/insurance-subsidies/calculate",
    "/v1/awards/calculate",
    "/v1/grants/calculate",
}


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


# --- the pages ----------------------------------------------------------------------------------------


def test_every_page_of_the_guide_is_read_here() -> None:
    assert FOLDERS
    for folder in FOLDERS.values():
        assert {path.stem for path in (ROOT / folder).glob("*.md")} == set(SUBJECTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_readme_is_short_and_leads_to_every_page(language: str) -> None:
    text = read(READMES[language])
    assert len(text.splitlines()) < 200
    assert [page for page in PAGES[language][1:] if f"]({page})" not in text] == []


@pytest.mark.parametrize("page", READMES.values())
def test_the_two_commands_open_the_page(page: str) -> None:
    language, text = blocks(page)[0]
    assert read(page).startswith("```sh\n")
    assert language == "sh"
    assert [line.split("#")[0].strip() for line in text.splitlines()] == ["make serve", "make test"]


def test_both_languages_show_the_same_picture() -> None:
    pictures = [re.findall(r"<!-- picture -->\n(.*?)<!-- /picture -->", read(page), re.DOTALL) for page in READMES.values()]
    assert len(pictures[0]) == 1
    assert pictures[0] == pictures[1]


LINKING = (*ALL, "CHANGELOG.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("page", LINKING)
def test_every_link_leads_to_a_file_and_its_heading(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", read(page))
    if page in READMES.values():
        assert links
    for link, heading in links:
        target = (ROOT / page).parent / link if link else ROOT / page
        assert target.exists(), link
        if heading:
            there = target.read_text(encoding="utf-8")
            titles = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", there, re.MULTILINE)}
            assert heading in titles | set(re.findall(r'<a id="([^"]+)">', there)), heading


@pytest.mark.parametrize("page", PAGES["zh"][1:])
def test_a_chinese_page_leads_to_chinese_pages(page: str) -> None:
    """Its twin is the file of the same name; no link of it goes to the English guide."""
    assert [link for link in re.findall(r"\]\(([^)#]+)", read(page)) if re.fullmatch(r"\.\./[a-z-]+\.md", link)] == []


# --- requests -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_support_method_has_an_example(language: str) -> None:
    assert {example.path for example in examples_of(language)} >= CALCULATIONS
    assert {example.path for example in examples(PAGES[language][1])} == CALCULATIONS
    assert len(examples(READMES[language])) == 1


@pytest.mark.parametrize("example", examples_of("en"), ids=lambda example: f"{example.method} {example.path}")
def test_an_answer_shown_is_the_answer(client: httpx.Client, example: Example) -> None:
    response = client.request(example.method, example.path, params=example.query, json=example.body)
    assert response.status_code == 200, response.text
    if example.path in CALCULATIONS:
        assert {"status", "amount", "amount_kind"} <= example.shown.keys()
    assert example.shown
    assert missing(example.shown, response.json()) == []


@pytest.mark.parametrize("subject", range(len(PAGES["en"])))
def test_both_languages_show_the_same_requests_and_answers(subject: int) -> None:
    assert examples(PAGES["en"][subject]) == examples(PAGES["zh"][subject])


@pytest.mark.parametrize("page", ALL)
def test_the_address_is_said_once_and_nothing_is_exported(page: str) -> None:
    commands = [text for language, text in blocks(page) if language == "sh"]
    calls = [no for no, text in enumerate(commands) if is_call(text)]
    said = [no for no, text in enumerate(commands) for line in text.splitlines() if line == BASE]
    assert len(said) == bool(calls)
    assert not calls or said[0] <= calls[0]
    assert not re.search(r"\b(export|declare -x|set -a)\b", "\n".join(commands))


def test_the_reader_of_requests_refuses_what_it_does_not_know() -> None:
    assert request_of('curl -s "$BASE/v1/batches?limit=1"', {}) == Example("GET", "/v1/batches", (("limit", "1"),), None, {})
    assert request_of("curl -s -G \"$BASE/v1/batches\" --data-urlencode 'q=a=b' -d limit=1", {}).query == (("q", "a=b"), ("limit", "1"))
    for text in ("curl -s http://127.0.0.1:8000/v1/batches", 'curl -s "$BASE/v1/batches" -X POST', 'curl "$BASE/v1/batches"'):
        with pytest.raises(AssertionError):
            request_of(text, {})


def test_the_comparison_sees_a_wrong_figure() -> None:
    real = {"amount": "1.00", "items": [{"id": "A", "amount": "1.00"}, {"id": "B", "amount": "0.00"}]}
    assert missing({"items": [{"id": "B"}]}, real) == []
    assert missing({"amount": "1.01"}, real)
    assert missing({"items": [{"id": "B"}, {"id": "A"}]}, real)
    assert missing({"items": [{"id": "A", "amount": "0.00"}]}, real)
    assert missing({"total": "1.00"}, real)


# --- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_make_command_exists_and_is_named(language: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    commands = re.findall(r"^make ([a-z-]+)", "\n".join(text for _, text in blocks_of(language)), re.MULTILINE)
    named = set(commands) | set(re.findall(r"`make ([a-z-]+)", text_of(language)))
    assert named <= targets
    assert set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE)) <= named


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_configuration_is_that_of_the_settings(language: str) -> None:
    stated = re.findall(r"^\| `(SUBSIDY_[A-Z_]+)` \| `([^`]+)` \|", text_of(language), re.MULTILINE)
    prefix = Settings.model_config["env_prefix"]
    real = {(prefix + field).upper(): "—" if what.default in (None, PydanticUndefined) else str(what.default) for field, what in Settings.model_fields.items()}
    assert dict(stated) == real
    assert len(stated) == len(real)


@pytest.mark.parametrize("page", READMES.values())
def test_every_folder_named_exists(page: str) -> None:
    folders = re.findall(r"^([a-z/]+/) ", "\n".join(text for _, text in blocks(page)), re.MULTILINE)
    assert "app/calculators/" in folders
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []
