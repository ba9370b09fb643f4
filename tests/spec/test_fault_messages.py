"""What is wrong with a table is told in Chinese and in English: every code that is told has its text, and every text is told."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

import pytest

from app.calculators.bilingual import Phrase
from app.calculators.expressions.nodes import ExpressionError
from app.calculators.expressions.parser import parse
from app.calculators.expressions.types import infer
from app.calculators.faults import files, standards, values, words
from app.calculators.faults.telling import TEXTS, joined, tell
from app.calculators.terms.model import TermsError
from app.calculators.terms.parser import parse_terms
from app.calculators.verification.coverage import prove
from tests.conftest import ROOT

CHINESE = re.compile("[\u4e00-\u9fff]")
TELLING = {"fault", "TermsFault", "Refused", "FileError", "CannotSay", "ExpressionError", "TooComplex"}
"""What is called with a fault; none is put together from words at the place where it is found."""
ASIDE = {"joined"}
"""Texts that stand between parts have nothing filled in."""


def trees() -> Iterator[tuple[str, ast.Module]]:
    """Every module that may tell of a fault, but for the texts themselves."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        if path.parent.name != "faults":
            yield path.name, ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """The calls of a module that go to some names, or to methods of these names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in names:
            yield node


def codes(node: ast.AST) -> set[str]:
    """The codes written in an expression: one, or one of two."""
    return {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and str(part.value).isupper()}


def filled_in(text: str) -> set[str]:
    """The names of what is filled into a text."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def told() -> list[tuple[str, str, set[str]]]:
    """Module, code and names of what is filled in, of every call that names its code."""
    return [
        (name, code, {str(one.arg) for one in call.keywords})
        for name, tree in trees()
        for call in calls(tree, {"tell", *ASIDE})
        for code in codes(call.args[0])
    ]


def test_every_code_that_is_told_has_its_text() -> None:
    found = told()
    assert len(found) > 230
    assert [(name, code) for name, code, _ in found if code not in TEXTS] == []


def test_every_call_fills_in_what_its_text_takes() -> None:
    assert [(name, code, given) for name, code, given in told() if code in TEXTS and given != filled_in(TEXTS[code].zh)] == []


def test_every_text_is_told() -> None:
    """By a call, or by a row of data that names it."""
    named = {part.value for _, tree in trees() for part in ast.walk(tree) if isinstance(part, ast.Constant)}
    assert sorted(TEXTS.keys() - named) == []


def test_no_code_has_two_texts() -> None:
    parts = (values.TEXTS, standards.TEXTS, files.TEXTS, words.TEXTS)
    assert len(TEXTS) == sum(map(len, parts))
    assert len({text.zh for text in TEXTS.values()}) > len(TEXTS) - 5  # ``A 的 B`` and ``A of B`` have one Chinese


def test_both_languages_take_the_same() -> None:
    assert [code for code, text in TEXTS.items() if filled_in(text.zh) != filled_in(text.en)] == []


def test_no_english_says_anything_in_chinese() -> None:
    """But for the words of the vocabulary themselves, in their quotes or as examples of units."""
    vocabulary = re.compile("不超过|按照|100元|1万元|[元分万]")
    assert [text.en for text in TEXTS.values() if CHINESE.search(vocabulary.sub("", text.en))] == []


def test_no_fault_is_put_together_where_it_is_found() -> None:
    """Its words stand in the one table of texts, never beside the place at which it is told."""
    found = [
        (name, part.value)
        for name, tree in trees()
        if any(calls(tree, {"tell"}))  # others call what is wrong with a claim a fault
        for call in calls(tree, TELLING)
        for one in (*call.args, *(key.value for key in call.keywords))
        for part in ast.walk(one)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and CHINESE.search(part.value)
    ]
    assert found == []


def test_these_read_the_source() -> None:
    """The tests above would see a code that is told, one of two, and words that are put together in a call."""
    tree = ast.parse("found.fault(place, tell('ONE' if so else 'OTHER', most=1))\nraise Refused(f'至多 {most} 项')")
    assert [codes(call.args[0]) for call in calls(tree, {"tell"})] == [{"ONE", "OTHER"}]
    assert [part.value for call in calls(tree, TELLING) for part in ast.walk(call) if isinstance(part, ast.Constant)][-2:] == [
        "至多 ",
        " 项",
    ]
    assert filled_in("{one} {{ }} {other}") == {"one", "other"}


@pytest.mark.parametrize(
    ("fault", "en"),
    [
        (tell("PERIODS_OVERLAP", before=2, after=3), "The periods of versions 2 and 3 overlap; a correction says supersedes"),
        (tell("SHOULD_BE_DAY", given="'2026-13-01'"), "Should be a date, YYYY-MM-DD, not '2026-13-01'"),
        (tell("SHOULD_BE_HERE", what=tell("AN_EXPRESSION")), "Should be an expression"),
        (tell("NOTHING_TO_COPY", table="bj-x-2025-1-1", what=tell("VERSION_NUMBER", version=9)), "There is no version 9 of bj-x-2025-1-1"),
        (tell("CURLY_NOT_CLOSED"), "curly brackets are not closed, or a comma is missing in them"),
        (joined("OR", ["A", tell("A_DATE"), "B"]), "A or a date or B"),
    ],
)
def test_what_is_filled_in_is_said_in_each_language(fault: Phrase, en: str) -> None:
    assert fault.en == en


def test_what_is_filled_in_is_taken_as_it_is() -> None:
    """Braces of a file's own text are no places to fill in."""
    assert tell("SHOULD_BE", wanted="{on, value}") == Phrase("应为 {on, value}", "Should be {on, value}")
    assert tell("CURLY_NOT_CLOSED").zh == "花括号 { } 没有成对，或其中缺少逗号"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("growth > 1", "未声明的名称: growth；可用: cost, since", "Undeclared name: growth; there are: cost, since"),
        (
            "cost + since",
            "+ 两边的类型不相容: 金额 MONEY 与 日期 DATE",
            "The types on both sides of + do not fit: money MONEY and a date DATE",
        ),
        ("cost +", "此处不应为 '结尾'", "the end should not stand here"),
        ("(cost", "此处应为 ')'，而不是 '结尾'", "Should be ')' here, not the end"),
        ("months_after(cost, 1)", "months_after 的日期不相容: 金额 MONEY", "The date of months_after do not fit: money MONEY"),
        ("total(since)", "total 的名称不相容: 日期 DATE", "The name in total do not fit: a date DATE"),
        (
            "status(TECH, 3)",
            "status(代码, 日期、日期事实或 AT_FIRST_DRAWDOWN AT_APPLICATION ON_DAY)",
            "status(CODE, a date, a fact that is a date, or AT_FIRST_DRAWDOWN AT_APPLICATION ON_DAY)",
        ),
    ],
)
def test_expressions_are_refused_in_both_languages(text: str, zh: str, en: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        infer(parse(text), {"cost": "MONEY", "since": "DATE"})
    assert refused.value.told == Phrase(zh, en)
    assert str(refused.value) == zh


LINE = {"wording": "EXACT", "clause": "奖励10万元", "amount": "10万"}
CASES = [
    (
        {"lines": [{**LINE, "id": "A", "when": "not large and size < 5"}, {**LINE, "id": "B", "when": "not large and size > 10"}]},
        "size 有空隙: size=5, large 不成立",
        "size has a gap: size=5, large does not hold",
    ),
    (
        {"lines": [{**LINE, "id": "A", "when": "kind != ROCKET"}, {**LINE, "id": "B", "when": "kind != ROCKET"}]},
        "行 A 与 B 同时成立: kind=（其他）（若有意，写 choose: FIRST 或 HIGHEST）",
        "Lines A and B hold at once: kind=(others); where that is meant, write choose: FIRST or HIGHEST",
    ),
    (
        {"lines": [{**LINE, "id": "A", "when": "large"}, {**LINE, "id": "B"}]},
        "行 A 与 B 同时成立: large 成立（若有意，写 choose: FIRST 或 HIGHEST）",
        "Lines A and B hold at once: large holds; where that is meant, write choose: FIRST or HIGHEST",
    ),
    (
        {"lines": [{**LINE, "id": "A"}, {**LINE, "id": "B"}]},
        "行 A 与 B 同时成立: 任何情形（若有意，写 choose: FIRST 或 HIGHEST）",
        "Lines A and B hold at once: any case; where that is meant, write choose: FIRST or HIGHEST",
    ),
]


@pytest.mark.parametrize(("said", "zh", "en"), CASES)
def test_the_cases_of_a_proof_are_told_in_both_languages(said: dict[str, object], zh: str, en: str) -> None:
    needs = {
        "kind": {"of": "ITEM", "type": "CODE", "title": "类别", "clause": "按类别"},
        "large": {"of": "ITEM", "type": "BOOLEAN", "title": "大型", "clause": "大型"},
        "size": {"of": "ITEM", "type": "COUNT", "title": "数量", "clause": "数量"},
    }
    read = {name: one for name, one in needs.items() if name in str(said)}
    try:
        terms = parse_terms({"facts": "ITEMS", **({"needs": read} if read else {}), **said}, "terms")
    except TermsError as error:  # pragma: no cover - tells what the table of this test lacks
        pytest.fail(str(error))
    assert [one.told for one in prove(terms, "AWARD")] == [Phrase(zh, en)]
