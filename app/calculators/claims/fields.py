"""What is said of each field of a claim beside its type: Chinese title, pattern and limits, from which the API makes schema and checks."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from app.calculators.claims.patterns import CODE_TEXT_PATTERN, ID_PATTERN, MONEY_PATTERN, RATE_PATTERN

MAX_MEASURES = 60


def text(title: str, *, max_length: int = 200, **more: Any) -> dict[str, Any]:
    """A text of limited length."""
    return {"title": title, "max_length": max_length, **more}


def identifier(title: str, **more: Any) -> dict[str, Any]:
    """An id: compared in normal form (D67)."""
    return {"title": title, "pattern": ID_PATTERN, "max_length": 64, **more}


def code(title: str, **more: Any) -> dict[str, Any]:
    """A code that the rate table knows; ``codes`` refuses any other text and lists those that there are."""
    description = "代码：大写字母、数字与下划线，以字母开头；标准表没有的以 422 拒绝，并列出可用的代码与名称。"
    return {"title": title, "pattern": CODE_TEXT_PATTERN, "max_length": 64, "description": description, **more}


def money(title: str, **more: Any) -> dict[str, Any]:
    """An amount in 元, as text with two decimals."""
    return {
        "title": title,
        "pattern": MONEY_PATTERN,
        "max_length": 16,
        "description": "金额，元，字符串，恰好两位小数。",
        **more,
    }


def rate(title: str, pattern: str = RATE_PATTERN, **more: Any) -> dict[str, Any]:
    """A rate as a decimal fraction, as text."""
    return {
        "title": title,
        "pattern": pattern,
        "max_length": 12,
        "description": "小数形式的利率或比例，字符串，至多八位小数（3.45% 写作 0.0345）。",
        **more,
    }


def many(title: str, most: int, least: int = 0, **more: Any) -> dict[str, Any]:
    """A list of at most ``most`` entries."""
    return {"title": title, "min_length": least, "max_length": most, **more}


def measures() -> Any:
    """The facts that a rate table declares for itself, by name."""
    return field(
        default_factory=dict,
        metadata={
            "title": "标准表要求的其他事实",
            "description": "标准表 needs 所声明的事实，以其名称为键。",
            "max_length": MAX_MEASURES,
        },
    )
