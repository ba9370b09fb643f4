"""The glossary holds each term once and in order, and calls what the core names as the core calls it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import pytest

import app.calculators as core
from tests.readme.pages import read

Row = list[str]
CHINESE = re.compile("[\u4e00-\u9fff]")


def rows() -> list[Row]:
    """English, Chinese, name in the code, and the meaning in both languages."""
    lines = [line for line in read("docs/glossary.md").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")] for line in lines[2:]]


def titles() -> Iterator[tuple[str, str]]:
    """Each name of a registry of the core with its Chinese: built-in facts, code lists, words of tables."""
    for found in pkgutil.walk_packages(core.__path__, f"{core.__name__}."):
        for registry in vars(importlib.import_module(found.name)).values():
            if isinstance(registry, Mapping):
                for name, row in registry.items():
                    named = row if isinstance(row, str) else getattr(row, "title", row)
                    chinese = getattr(named, "zh", named)
                    if isinstance(name, str) and isinstance(chinese, str) and CHINESE.search(chinese):
                        yield name, chinese


@pytest.fixture(scope="module")
def called() -> dict[str, set[str]]:
    """How the core calls each name: more than one way where registries share a name, such as OTHER."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, chinese in titles():
        found[name].add(chinese)
    return found


def test_each_term_stands_once_and_in_order() -> None:
    table = rows()
    assert len(table) > 50
    assert {len(row) for row in table} == {5}
    assert [row[0] for row in table] == sorted(row[0] for row in table)
    for column in (0, 1):
        assert [term for term, times in Counter(row[column] for row in table).items() if times > 1] == []
    assert [code for code, times in Counter(row[2] for row in table if row[2]).items() if times > 1] == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_meaning_is_one_sentence_in_each_language(row: Row) -> None:
    english, chinese, _, meaning, in_chinese = row
    assert not CHINESE.search(english + meaning)
    assert CHINESE.search(chinese)
    assert re.fullmatch(r"[A-Z][^.]*\.", meaning), meaning
    assert re.fullmatch(r"[^。]+。", in_chinese), in_chinese


def test_the_core_has_names() -> None:
    """So that the comparison below compares: a registry that is written in another way is found missing here."""
    found = dict(titles())
    assert {"premium", "ENTERPRISE", "WORKING_CAPITAL", "LOAN_INTEREST", "PROGRAM_YEAR"} <= found.keys()


@pytest.mark.parametrize("row", [row for row in rows() if row[2]], ids=lambda row: row[2])
def test_a_term_is_called_as_the_core_calls_it(called: dict[str, set[str]], row: Row) -> None:
    assert row[1] in called[row[2].strip("`")], called.get(row[2].strip("`"))
