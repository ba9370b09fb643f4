"""The pages for readers: README and the guide, in each language, with the blocks and the requests that stand in them."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BASE = "BASE=http://127.0.0.1:8000"
READMES = {"en": "README.md", "zh": "README.zh-CN.md"}
FOLDERS = {"en": "docs/guide", "zh": "docs/guide/zh"}
SUBJECTS = (
    "calculating",
    "lists",
    "reading-tables",
    "access",
    "changing-tables",
    "running",
    "backups",
    "configuration",
    "commands",
)
"""The pages of the guide, in the order in which their commands are run."""
LANGUAGES = tuple(READMES)
PAGES = {language: (READMES[language], *(f"{FOLDERS[language]}/{subject}.md" for subject in SUBJECTS)) for language in LANGUAGES}
ALL = tuple(page for pages in PAGES.values() for page in pages)
Block = tuple[str, str]  # language and content


@dataclass(frozen=True)
class Example:
    """A request of a page, and the part of its answer that is shown."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any
    shown: Any


def read(page: str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def text_of(language: str) -> str:
    """The text of all pages of a language."""
    return "\n".join(read(page) for page in PAGES[language])


def blocks(page: str) -> list[Block]:
    """Each fenced block, in order."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", read(page), re.MULTILINE | re.DOTALL)


def blocks_of(language: str) -> list[Block]:
    """Each fenced block of the pages of a language, in order."""
    return [block for page in PAGES[language] for block in blocks(page)]


def is_call(text: str) -> bool:
    """Whether a block calls the service."""
    return re.search(r"^curl ", text, re.MULTILINE) is not None


def request_of(text: str, shown: Any) -> Example:
    """The request that a block sends: only the arguments that the pages use are known, and any other is an error."""
    command = shlex.split(text.removeprefix(f"{BASE}\n"))
    assert command[:2] == ["curl", "-s"], text
    words = iter(command[2:])
    url, body, query, get = "", None, [], False
    for word in words:
        match word:
            case "-G":
                get = True
            case "-H":
                assert next(words) == "Content-Type: application/json"
            case "--data-urlencode":
                name, _, value = next(words).partition("=")
                query.append((name, value))
            case "-d" if get:
                name, _, value = next(words).partition("=")
                query.append((name, value))
            case "-d":
                body = json.loads(next(words))
            case _:
                assert not url, f"{word!r} is not understood"
                url = word
    assert url.startswith("$BASE/v1/"), url
    path, _, inside = url.removeprefix("$BASE").partition("?")
    query += [(name, value) for name, _, value in (part.partition("=") for part in inside.split("&") if part)]
    return Example("GET" if body is None else "POST", path, tuple(query), body, shown)


def examples(page: str) -> list[Example]:
    """Each request of a page with the JSON block that follows it."""
    found = []
    for (language, text), (next_language, after) in pairwise([*blocks(page), ("", "")]):
        if language == "sh" and is_call(text):
            assert next_language == "json", f"{page}: no answer is shown after {text[:60]}"
            found.append(request_of(text, json.loads(after)))
    return found


def examples_of(language: str) -> list[Example]:
    """The requests of all pages of a language, in order."""
    return [example for page in PAGES[language] for example in examples(page)]
