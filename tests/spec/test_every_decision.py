"""Each of the 106 rules stands once in docs/rules.md, and has a test that names it."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
RULES = range(1, 107)


def named_by_tests() -> dict[int, list[str]]:
    """The test functions of each number: ``test_D14_D16_…`` is a test of both."""
    found: dict[int, list[str]] = {}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in re.findall(r"^\s*(?:async )?def (test_\w+)\(", file.read_text(encoding="utf-8"), re.MULTILINE):
            for number in re.findall(r"(?<=_)D([1-9][0-9]*)(?=_)", name):
                found.setdefault(int(number), []).append(f"{file.name}::{name}")
    return found


NAMED = named_by_tests()


def test_the_page_has_each_number_once_and_in_order() -> None:
    assert [int(number) for number in re.findall(r'<a id="d([0-9]+)"></a>', PAGE)] == list(RULES)
    assert re.findall(r'^- <a id="d([0-9]+)"></a>\*\*D\1\*\* \S', PAGE, re.MULTILINE) == [str(number) for number in RULES]


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    assert {number: names for number, names in NAMED.items() if number not in RULES} == {}


@pytest.mark.parametrize("number", RULES)
def test_each_rule_has_a_test_that_names_it(number: int) -> None:
    assert NAMED.get(number), f"no test is called test_D{number}_…"


def test_the_page_is_linked_from_the_shape_of_the_service() -> None:
    assert "(../rules.md)" in (ROOT / "docs" / "decisions" / "0001-shape.md").read_text(encoding="utf-8")


def test_links_on_the_page_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)", PAGE)
    assert targets
    for target in targets:
        assert (ROOT / "docs" / target).is_file(), target
