"""What the text of a field should look like, by its pattern: the code and the sentence of a text that does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any, Final

from app.access import keys
from app.calculators.claims import model as facts
from app.calculators.claims import patterns
from app.claim_input.claim_schemas import (
    BATCH_PATTERN,
    DATE_PATTERN,
    INSTANT_PATTERN,
    REFERENCE_NUMBER_PATTERN,
    REFERENCE_RATE_PATTERN,
    REFERENCE_VALUE_PATTERN,
)

_FORMATS: Final[Mapping[str, tuple[str, str, str]]] = {
    DATE_PATTERN: ("INVALID_DATE", "应为日期 YYYY-MM-DD", "Should be a date, YYYY-MM-DD"),
    INSTANT_PATTERN: (
        "INVALID_INSTANT",
        "应为带时区的时刻，如 2023-11-20T16:05:00+08:00",
        "Should be an instant with its offset, such as 2023-11-20T16:05:00+08:00",
    ),
    REFERENCE_RATE_PATTERN: (
        "INVALID_RATE",
        "利率应为小数形式的字符串，如 3.00% 写作 0.0300，至多八位小数",
        "A rate is a decimal fraction as a string with at most eight decimals: 3.00% is 0.0300",
    ),
    REFERENCE_NUMBER_PATTERN: (
        "INVALID_NUMBER",
        "应为数的字符串，如 7.1879，至多八位小数",
        "Should be a number as a string with at most eight decimals, such as 7.1879",
    ),
    REFERENCE_VALUE_PATTERN: (
        "INVALID_RATE",
        "利率应为小数形式的字符串，如 3.00% 写作 0.0300；值是数的系列（如汇率）写作 7.1879；至多八位小数",
        "A rate is a decimal fraction as a string with at most eight decimals: 3.00% is 0.0300; a series of numbers has 7.1879",
    ),
    patterns.MONEY_PATTERN: (
        "INVALID_MONEY",
        '金额应为字符串，两位小数，如 "1234567.80"',
        'Money is a string with two decimals, such as "1234567.80"',
    ),
    patterns.RATE_PATTERN: (
        "INVALID_RATE",
        '利率或比例应为小数形式的字符串，至多八位小数，如 "0.0345"',
        'A rate is a decimal fraction as a string with at most eight decimals, such as "0.0345"',
    ),
    patterns.SPREAD_PATTERN: (
        "INVALID_RATE",
        '加点应为小数形式的字符串，可为负，至多八位小数，如 "-0.0020"',
        'A spread is a decimal fraction as a string with at most eight decimals, such as "-0.0020"',
    ),
    patterns.CODE_PATTERN: (
        "INVALID_CODE",
        "代码由大写字母、数字与下划线组成，以字母开头",
        "A code is made of capitals, digits and underscores and begins with a letter",
    ),
    patterns.CODE_TEXT_PATTERN: (
        "INVALID_CODE",
        "代码由大写字母、数字与下划线组成，以字母开头",
        "A code is made of capitals, digits and underscores and begins with a letter",
    ),
    patterns.ID_PATTERN: (
        "INVALID_ID",
        "编号为 1 至 64 个字符，不含控制字符、零宽等不可见字符和私用区字符",
        "An id has 1 to 64 characters, and no control, format (invisible) or private-use characters",
    ),
    patterns.TABLE_PATTERN: (
        "INVALID_ID",
        "标准表编号形如 bj-gjj-2025-1-11",
        "The id of a rate table looks like bj-gjj-2025-1-11",
    ),
    BATCH_PATTERN: ("INVALID_ID", "批次编号形如 bj-gjj-2025-1", "The id of a batch looks like bj-gjj-2025-1"),
    patterns.SERIES_PATTERN: (
        "INVALID_CODE",
        "参考利率代码形如 LPR_5Y",
        "The code of a reference series looks like LPR_5Y",
    ),
    keys.NAME_PATTERN: (
        "INVALID_NAME",
        "名称为 1 至 120 个字符，首尾不为空白，不含控制字符",
        "A name has 1 to 120 characters, no blank at either end and no control characters",
    ),
    keys.OWNER_PATTERN: (
        "INVALID_NAME",
        "责任人为 1 至 120 个汉字、字母、数字或 . _ @ | + -，以前三者之一开头",
        "An owner is 1 to 120 letters, digits and . _ @ | + -, and begins with a letter or a digit",
    ),
    keys.KEY_ID_PATTERN: (
        "INVALID_ID",
        "密钥编号为十六位十六进制数字，小写",
        "The id of a key has sixteen hexadecimal digits in small letters",
    ),
    patterns.USCC_PATTERN: (
        "INVALID_USCC",
        "统一社会信用代码为十八位数字与大写字母，其中没有 I、O、S、V、Z（GB 32100-2015）",
        "The unified social credit code has 18 digits and capitals, of which I, O, S, V and Z do not occur (GB 32100-2015)",
    ),
}
CODES: Final[Mapping[str, str]] = {pattern: code for pattern, (code, _, _) in _FORMATS.items()}

# Of what a text may be instead, the likeliest: pattern of the field -> (pattern of the text, Chinese, English), the first that fits.
_MISTAKES: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    patterns.MONEY_PATTERN: (
        (r"-[0-9]+\.[0-9]{2}", "金额不得为负", "Money is never negative"),
        (r"[1-9][0-9]{13,}\.[0-9]{2}", "金额的整数部分至多十三位", "Money has at most 13 digits before the decimal point"),
    ),
    patterns.RATE_PATTERN: (
        (r"-.*", "利率或比例不得为负", "A rate is never negative"),
        (r".*[%％]", '百分数应写作小数，3.45% 写作 "0.0345"', 'A percentage is written as a decimal fraction, 3.45% as "0.0345"'),
        (r"[0-9]+\.[0-9]{9,}", "利率或比例至多八位小数", "A rate has at most eight decimals"),
    ),
    patterns.SPREAD_PATTERN: (
        (r".*[%％]", '百分数应写作小数，-0.20% 写作 "-0.0020"', 'A percentage is written as a decimal fraction, -0.20% as "-0.0020"'),
        (r"-?[0-9]+\.[0-9]{9,}", "加点至多八位小数", "A spread has at most eight decimals"),
    ),
    patterns.SERIES_PATTERN: (
        (r"[A-Za-z][A-Za-z0-9_-]*", "参考利率代码用大写字母与下划线，形如 LPR_5Y", "A series has capitals and underscores, like LPR_5Y"),
    ),
    DATE_PATTERN: (
        (
            r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].*",
            "应为日期 YYYY-MM-DD，不带时刻",
            "Should be a date, YYYY-MM-DD, without a time of day",
        ),
    ),
}


def described(pattern: str, value: Any) -> tuple[str, str]:
    """What would be right for a field of this pattern, in Chinese and English; of the value only its kind of mistake is told."""
    if isinstance(value, str):
        for mistaken, zh, en in _MISTAKES.get(pattern, ()):
            if re.fullmatch(mistaken, value):
                return zh, en
    _, zh, en = _FORMATS[pattern]
    return zh, en


def pattern_of(path: Sequence[str | int]) -> str | None:
    """The pattern of a field of money, rates, days, instants and codes of enterprises, by its name; None for any other."""
    names = [part for part in path if isinstance(part, str)]
    return None if "measures" in names[:-1] or "keys" in names[:-1] else _PATTERNS.get(names[-1] if names else "")


def _fields() -> Iterator[tuple[str, str]]:
    told = (patterns.MONEY_PATTERN, patterns.RATE_PATTERN, patterns.SPREAD_PATTERN, patterns.USCC_PATTERN)
    for kind in vars(facts).values():
        if not is_dataclass(kind):
            continue
        for field in kind.__dataclass_fields__.values():
            name = field.metadata.get("alias", field.name)
            if field.metadata.get("pattern") in told:
                yield name, field.metadata["pattern"]
            elif str(field.type).startswith(("date ", "tuple[date")) or field.type == "date":
                yield name, DATE_PATTERN
            elif str(field.type).startswith("datetime"):
                yield name, INSTANT_PATTERN


_PATTERNS: Final[Mapping[str, str]] = dict(_fields())  # a name means the same wherever it stands
