"""The sums beside the claims, worked out as a person with a calculator would; no part of the service is used.

One line each, ``name = sum`` or the last one alone, which is the amount in 元. Figures may have ``,`` between
thousands, ``%``, ``万``, ``亿``; ``×`` multiplies and ``/`` divides, both exactly. ``down(x)`` and ``half_up(x)``
round to the fen, ``down(x, 1万)`` to another unit. ``#`` begins a remark.
"""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from math import floor
from typing import Any

FIGURE = re.compile(r"(?<![\w.])(\d[\d,]*(?:\.\d+)?)(%|万|亿)?")
UNITS = {"%": "Fraction(1, 100)", "万": "10000", "亿": "100000000"}


def down(value: Fraction, unit: Fraction = Fraction(1, 100)) -> Fraction:
    """To a multiple of the unit, downwards."""
    return floor(value / unit) * unit


def half_up(value: Fraction, unit: Fraction = Fraction(1, 100)) -> Fraction:
    """To the nearest multiple of the unit, halves up."""
    return floor(value / unit + Fraction(1, 2)) * unit


KNOWN = {"down": down, "half_up": half_up, "min": min, "max": max, "Fraction": Fraction}


def _figure(found: re.Match[str]) -> str:
    digits = found[1].rstrip(",")
    comma = "," if found[1].endswith(",") else ""
    scale = f" * {UNITS[found[2]]}" if found[2] else ""
    return f'(Fraction("{digits.replace(",", "")}"){scale}){comma}'


def amount(working: str) -> Fraction:
    """What the working comes to, in 元."""
    names: dict[str, Any] = dict(KNOWN)
    last = Fraction(0)
    for written in working.strip().splitlines():
        text = written.split("#")[0].strip()
        if not text:
            continue
        tree = ast.parse(FIGURE.sub(_figure, text.replace("×", "*")))
        (statement,) = tree.body
        assert isinstance(statement, ast.Assign | ast.Expr), text
        last = eval(compile(ast.Expression(statement.value), text, "eval"), {"__builtins__": {}}, names)
        if isinstance(statement, ast.Assign):
            (target,) = statement.targets
            assert isinstance(target, ast.Name), text
            names[target.id] = last
    return last
