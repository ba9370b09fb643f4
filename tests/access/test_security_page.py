"""The page on security tells the truth: every test that it names exists, and every risk of the list is on it."""

from __future__ import annotations

import ast
import re

import pytest

from app.access.scopes import Scope
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[a-z_/]+\.py(?:::\w+)+)`", PAGE)))
ROWS = re.findall(r"^\| (API\d+) (.*)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_is_named_exists(name: str) -> None:
    path, *inside = name.split("::")
    body: list[ast.stmt] = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    for part in inside:
        (found,) = (one for one in body if isinstance(one, ast.ClassDef | ast.FunctionDef) and one.name == part)
        body = found.body
    assert inside[-1].startswith("test_")


def test_every_risk_has_its_row_and_its_test() -> None:
    assert [risk for risk, _ in ROWS] == [f"API{number}" for number in range(1, 11)]
    for risk, row in ROWS:
        assert re.search(r"`tests/[a-z_/]+\.py::\w+", row), risk
    assert len(re.findall(r"::", PAGE)) == sum(name.count("::") * PAGE.count(f"`{name}`") for name in NAMED)


def test_every_scope_is_explained() -> None:
    assert re.findall(r"^\| `([a-z:]+)` \|", PAGE, re.MULTILINE) == [scope.value for scope in Scope]
