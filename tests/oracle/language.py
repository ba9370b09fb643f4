"""The expression language of the tables, by translation to Python text and ``eval``.

Crude on purpose: it only ever sees texts that the test generators wrote, and it must not look like
the engine's parser. Every number becomes a ``Fraction``; money is in 元.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from types import CodeType
from typing import Any


class RefusedError(Exception):
    """The claim cannot be calculated: the service would answer 422 or 404 with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d{2}-\d{2})|(?P<number>\d+/\d+|\d+(?:\.\d+)?)(?P<unit>%|万|亿)?元?"
    r"|(?P<word>[A-Za-z_][A-Za-z_0-9]*)|(?P<sign><=|>=|==|!=|[-+*<>(),\[\]]))"
)
UNITS = {"%": Fraction(1, 100), "万": Fraction(10_000), "亿": Fraction(100_000_000)}
KEPT = {"and", "or", "not", "in", "min", "max"}
CALLS = {"months_after", "reference", "status", "earned", "dishonest_since", "admitted"}
compiled: dict[str, tuple[CodeType, tuple[Any, ...]]] = {}


def translated(text: str) -> tuple[CodeType, tuple[Any, ...]]:
    if text in compiled:
        return compiled[text]
    constants: list[Any] = []
    out: list[str] = []
    at = 0
    text_ = text.rstrip()
    while at < len(text_):
        found = TOKEN.match(text_, at)
        if found is None:
            raise SyntaxError(f"{text!r} at {at}")
        at = found.end()
        if found["date"]:
            out.append(f"K[{len(constants)}]")
            constants.append(date.fromisoformat(found["date"]))
        elif found["number"]:
            out.append(f"K[{len(constants)}]")
            constants.append(Fraction(found["number"]) * UNITS.get(found["unit"] or "", Fraction(1)))
        elif word := found["word"]:
            if word in KEPT or (word in CALLS and (word != "admitted" or text_[at:].startswith("("))):
                out.append(word)
            elif word in {"true", "false"}:
                out.append(word.title())
            elif word.isupper() or word.upper() == word:
                out.append(repr(word))
            else:
                out.append(f"N({word!r})")
        else:
            out.append(found["sign"])
    compiled[text] = (compile(" ".join(out), text, "eval"), tuple(constants))
    return compiled[text]


def evaluate(text: str, names: Callable[[str], Any], calls: dict[str, Callable[..., Any]]) -> Any:
    code, constants = translated(str(text))
    return eval(code, {"__builtins__": {}, "K": constants, "N": names, "min": min, "max": max, **calls})


def words_of(text: str) -> set[str]:
    """The names that an expression reads, and its calls."""
    return {found["word"] for found in TOKEN.finditer(str(text)) if found["word"]} - KEPT


def plus_months(day: date, months: int) -> date:
    """Day + N months; a missing day is the month's last (D7)."""
    month = day.year * 12 + day.month - 1 + months
    year, index = divmod(month, 12)
    first_of_next = date(year + (index == 11), (index + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, index + 1, min(day.day, last))


def money(text: str) -> Fraction:
    """Fen of a wire amount."""
    return Fraction(text) * 100


def measure_value(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind in {"MONEY", "RATE", "QUANTITY", "COUNT"}:
        if isinstance(value, dict):
            value = value.get("value", value.get("quantity"))
        return Fraction(str(value))
    if kind == "DATE":
        return date.fromisoformat(value)
    return value
