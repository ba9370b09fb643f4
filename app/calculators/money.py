"""Money as whole fen, rates as exact rationals, rounding once, spreading to the fen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import lcm

_USUAL = 10**8
_RATE = re.compile(r"-?(0|[1-9][0-9]?)(\.[0-9]{1,8})?")


def fen(text: str) -> int:
    """元 text with two decimals as fen: "1234567.80" is 123456780. The request's schema has let nothing else through."""
    assert text[-3] == ".", "money has two decimals"
    return int(text.replace(".", ""))


def yuan(amount: int) -> str:
    """Fen as 元 text with exactly two decimals."""
    if amount >= 100:
        text = str(amount)
        return f"{text[:-2]}.{text[-2:]}"
    sign = "-" if amount < 0 else ""
    whole, part = divmod(abs(amount), 100)
    return f"{sign}{whole}.{part:02d}"


@lru_cache(maxsize=4096)
def decimal_ratio(text: str) -> tuple[int, int]:
    """A decimal fraction as numerator and a power of ten. Schema and checks have let nothing else through."""
    assert _RATE.fullmatch(text), "a rate is a decimal fraction"
    whole, _, decimals = text.partition(".")
    return int(whole + decimals), 10 ** len(decimals)


def decimal_text(value: Fraction) -> str:
    """All decimals of an exact rational; "n/d" where they never end."""
    return ratio_text(value.numerator, value.denominator)


@lru_cache(maxsize=4096)
def ratio_text(numerator: int, denominator: int) -> str:
    """The same of a numerator and a denominator that need not be reduced."""
    sign = "-" if numerator < 0 else ""
    scaled, rest = divmod(abs(numerator) * _USUAL, denominator)
    if rest == 0:  # eight decimals hold nearly every rate and amount
        whole, part = divmod(scaled, _USUAL)
        digits = f"{part:08d}".rstrip("0")
        return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"
    value = Fraction(numerator, denominator)
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    scaled = abs(value.numerator) * 10**places // value.denominator
    digits = f"{scaled:0{places + 1}d}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def exact_text(amount: int, scale: int) -> str | None:
    """Fen times ``scale`` as an exact number of 元, "n/d"; None where it is whole fen (D93)."""
    if amount % scale == 0:
        return None
    value = Fraction(amount, 100 * scale)
    return f"{value.numerator}/{value.denominator}"


def percent_text(value: Fraction) -> str:
    """A rate as a percentage: "3.45%"; a fraction that never ends stays "n/d"."""
    text = decimal_text(value * 100)
    return f"{value.numerator}/{value.denominator}" if "/" in text else f"{text}%"


def round_down(value: Fraction | int) -> int:
    """Towards minus infinity."""
    return value if isinstance(value, int) else value.numerator // value.denominator


def round_half_up(value: Fraction | int) -> int:
    """To the nearest whole, halves up."""
    if isinstance(value, int):
        return value
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def round_to(value: Fraction | int, unit: int, mode: str) -> int:
    """To a multiple of ``unit`` fen; mode DOWN or HALF_UP."""
    scaled = Fraction(value, unit) if unit != 1 else value
    return (round_down(scaled) if mode == "DOWN" else round_half_up(scaled)) * unit


def round_up(value: Fraction | int) -> int:
    """Towards plus infinity."""
    return -round_down(-value)


def spread(total: int, weights: Sequence[Fraction | int], most: Sequence[int] | None = None) -> list[int]:
    """Share ``total`` in proportion to the weights, which come in order of id: largest remainder, ties to the first (D49).

    Of the fen that are missing none goes to a part that has reached its ``most``.

    The parts add up to ``total``. With whole weights and ``total`` at most their sum, no part passes its
    weight: the exact share t·w/s is at most w, and a share below w rounds up to at most w.
    """
    whole = sum(weights)
    if not weights or whole == 0:
        return [0] * len(weights)
    if len(weights) == 1:
        return [total]
    if not isinstance(whole, int):
        scale = lcm(*(weight.denominator for weight in weights))
        weights = [int(weight * scale) for weight in weights]
        whole = sum(weights)
    shares = [divmod(total * weight, whole) for weight in weights]
    parts = [part for part, _ in shares]
    missing = total - sum(parts)
    if missing:
        able = range(len(parts)) if most is None else [no for no, part in enumerate(parts) if part < most[no]]
        rests = [rest for _, rest in shares]
        for no in sorted(able, key=rests.__getitem__, reverse=True)[:missing]:  # the sort is stable: ties stay in order
            parts[no] += 1
    return parts


def split(total: int, shares: Sequence[Fraction | None]) -> list[int]:
    """Each part but the last rounded down to fen, the last takes the rest (D55)."""
    parts = [round_down(total * share) for share in shares[:-1] if share is not None]
    return [*parts, total - sum(parts)]
