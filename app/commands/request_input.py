"""What is typed becomes the request that HTTP would take, so that one schema decides what is right."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from app.calculators.quantities.money import decimal_text
from app.claim_input.strict_models import read as read_request
from app.errors import FieldError, invalid
from app.limits import MAX_TOKENS
from app.tables.files.yaml_reader import read

_PERCENTAGE = re.compile(r"-?[0-9]{1,2}(\.[0-9]{1,6})?%")
Body = TypeVar("Body", bound=BaseModel)


def entered(kind: type[Body], given: dict[str, Any]) -> Body:
    """A request made of what was given. Errors: ProblemError."""
    return read_request(json.dumps({key: value for key, value in given.items() if value is not None}, ensure_ascii=False).encode(), kind)


def body_in(kind: type[Body], path: Path) -> Body:
    """A request in a file, as HTTP would take it. Errors: OSError, ProblemError."""
    return read_request(path.read_bytes(), kind, MAX_TOKENS)


def pairs(words: list[str]) -> dict[str, str]:
    """``SERIES=RATE`` for each series. Errors: ProblemError."""
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or name in found:
            zh, en = "应为 系列=利率，每个系列一次，如 LPR_1Y=3.00%", "Should be SERIES=RATE, each series once, such as LPR_1Y=3.00%"
            raise invalid([FieldError(f"/values/{name}", "INVALID_VALUE", zh, en)])
        found[name] = _fraction(value)
    return found


def _fraction(value: str) -> str:
    """A percentage as the decimal fraction that a request takes; anything else stays, and is refused there."""
    if not _PERCENTAGE.fullmatch(value):
        return value
    text = decimal_text(Fraction(value[:-1]) * Fraction(1, 100))
    return text if "." in text else f"{text}.0"


def text_of(path: Path | None) -> str | None:
    """The text of a table file. Errors: OSError, ValueError where it is not UTF-8."""
    try:
        return None if path is None else path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path} 不是 UTF-8 的文本 / {path} is not a text in UTF-8") from None


def content_in(path: Path | None) -> dict[str, Any] | None:
    """A draft's content in a file, as ``draft show --content`` prints it. Errors: FileError."""
    return None if path is None else read(path)
