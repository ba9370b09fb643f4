"""What is wrong with a table is told in Chinese and in English: every message of the source has its English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.tables.files.fault_messages import MESSAGES, english
from tests.conftest import ROOT

CHINESE = re.compile("[\u4e00-\u9fff]")
TELLING = {"fault", "TermsFault", "Refused", "FileError", "_Refused", "CannotSay"}
"""What is called with a message; a method's place or a fault's place holds no Chinese."""


def said(node: ast.expr) -> str | None:
    """A text with ``{}`` for what is filled in; None for what is put together otherwise."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def messages() -> Iterator[tuple[str, str]]:
    """File and message of every call that tells a fault."""
    folders = (ROOT / "app" / "calculators", ROOT / "app" / "tables")
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in TELLING:
                for part in node.args:
                    text = said(part)
                    if text is not None and CHINESE.search(text):
                        yield path.name, text


def test_every_message_has_its_english() -> None:
    found = sorted(set(messages()))
    assert len(found) > 80
    filled = [(name, text.replace("{}", "X")) for name, text in found]
    assert [(name, text) for name, text in filled if english(text) == text] == []


def test_no_english_says_anything_in_chinese() -> None:
    """But for the words of the vocabulary themselves, in their quotes or as examples of units."""
    vocabulary = re.compile("不超过|按照|100元|1万元|[元分万]")
    assert [one for one in MESSAGES.values() if CHINESE.search(vocabulary.sub("", one))] == []


def test_each_english_takes_what_the_chinese_fills_in() -> None:
    assert MESSAGES
    for chinese, told in MESSAGES.items():
        places = len(re.findall(r"\{[0-9]?\}", told))
        assert places == chinese.count("{}"), chinese


@pytest.mark.parametrize(
    ("chinese", "told"),
    [
        ("版本 2 与 3 的施行期重叠（更正须写 supersedes）", "The periods of versions 2 and 3 overlap; a correction says supersedes"),
        ("应为日期 YYYY-MM-DD，而不是 '2026-13-01'", "Should be a date, YYYY-MM-DD, not '2026-13-01'"),
        ("此处应为表达式", "Should be an expression"),
        ("未声明的名称: growth；可用: cost, events", "Undeclared name: growth; there are: cost, events"),
        ("乘法两边的类型不相容", "The types on both sides of the multiplication do not fit"),
        ("没有 bj-x-2025-1-1 的版本 9", "There is no version 9 of bj-x-2025-1-1"),
        ("说不清的话", "说不清的话"),
    ],
)
def test_what_is_filled_in_stays(chinese: str, told: str) -> None:
    assert english(chinese) == told


def test_this_reads_the_source(tmp_path: Path) -> None:
    """The test above would see a message that is put into a call, plain or with something filled in."""
    calls = ast.parse("found.fault(place, '行 甲')\nraise Refused(f'至多 {most} 项')").body
    texts = [said(part) for one in calls for call in ast.walk(one) if isinstance(call, ast.Call) for part in call.args]
    assert [text for text in texts if text] == ["行 甲", "至多 {} 项"]
