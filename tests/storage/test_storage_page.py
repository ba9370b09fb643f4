"""The page on storage tells the truth: every test and every command that it names exists."""

from __future__ import annotations

import ast
import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "storage.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[a-z_/]+\.py::\w+)`", PAGE)))


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_exists(name: str) -> None:
    path, test = name.split("::")
    there = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    assert test in {one.name for one in there if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")}


def test_no_name_of_a_test_is_misspelt() -> None:
    assert PAGE.count("::") == sum(PAGE.count(f"`{name}`") for name in NAMED)


def test_a_command_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z-]+)`", PAGE))
    assert named == {"test", "bench-publications", "bench-faults", "bench-scale"}
    assert all(f"\n{name}: " in makefile for name in named)
