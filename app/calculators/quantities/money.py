"""Money as whole fen, rates as exact rationals, rounding once, spreading to the fen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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


def total(parts: Iterable[tuple[int, int]]) -> Fraction:
    """The exact sum of numerators over denominators, reduced once: adding one fraction after the other takes a longer division each time.

    >>> total([(1, 2), (1, 3), (0, 7)])
    Fraction(5, 6)
    """
    listed = list(parts)
    common = lcm(*(of for _, of in listed))
    return Fraction(sum([part * (common // of) for part, of in listed]), common)


def round_down(value: Fraction | int) -> int:
    """Towards minus infinity."""
    return value if isinstance(value, int) else value.numerator // value.denominator


def round_half_up(value: Fraction | int) -> int:
    """To the nearest whole, halves up."""
    if isinstance(value, int):
        return value
    return half_up(value.numerator, value.denominator)


def half_up(numerator: int, denominator: int) -> int:
    """The same of a numerator and a denominator that need not be reduced."""
    return (2 * numerator + denominator) // (2 * denominator)


def round_to(value: Fraction | int, unit: int, mode: str) -> int:
    """To a multiple of ``unit`` fen; mode DOWN or HALF_UP."""
    scaled = Fraction(value, unit) if unit != 1 else value
    return (round_down(scaled) if mode == "DOWN" else round_half_up(scaled)) * unit


def round_up(value: Fraction | int) -> int:
    """Towards plus infinity."""
    return -round_down(-value)


def spread(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Share ``total`` in proportion to the weights, which come in order of id: largest remainder, ties to the first (D49).

    The parts add up to ``total``. With whole weights and ``total`` at most their sum, no part passes its
    weight: the exact share t·w/s is at most w, and a share below w rounds up to at most w.
    """
    if not weights or sum(weights) == 0:
        return [0] * len(weights)
    if len(weights) == 1:
        return [total]
    parts, rests = _shared(total, weights)
    for no in _by_rest(rests)[: total - sum(parts)]:
        parts[no] += 1
    return parts


def spread_within(
    total: int, weights: Sequence[Fraction | int], limits: Sequence[tuple[Sequence[int], int]], most: Sequence[int] | None
) -> list[int] | None:
    """As ``spread``, but no group of parts passes its limit and no part its ``most``; None where that cannot be (D92)."""
    parts, rests = _shared(total, weights)
    left = [room - sum([parts[no] for no in members]) for members, room in limits]
    if any(room < 0 for room in left):
        return None
    missing = total - sum(parts)
    of: list[list[int]] = [[] for _ in parts]
    for limit, (members, _) in enumerate(limits):
        for no in members:
            of[no].append(limit)
    for no in _by_rest(rests):
        if missing and (most is None or parts[no] < most[no]) and all(left[limit] > 0 for limit in of[no]):
            parts[no] += 1
            missing -= 1
            for limit in of[no]:
                left[limit] -= 1
    return None if missing else parts


def _shared(total: int, weights: Sequence[Fraction | int]) -> tuple[list[int], list[int]]:
    """The exact shares rounded down, and what each lacks of the next whole, in equal parts."""
    scale = lcm(*(weight.denominator for weight in weights))
    scaled = [weight.numerator * (scale // weight.denominator) for weight in weights]
    whole = sum(scaled)
    shares = [divmod(total * weight, whole) for weight in scaled]
    return [part for part, _ in shares], [rest for _, rest in shares]


def _by_rest(rests: Sequence[int]) -> list[int]:
    return sorted(range(len(rests)), key=rests.__getitem__, reverse=True)  # the sort is stable: ties stay in order


def split(total: int, shares: Sequence[Fraction | None]) -> list[int]:
    """Each part but the last rounded down to fen, the last takes the rest (D55)."""
    parts = [round_down(total * share) for share in shares[:-1] if share is not None]
    return [*parts, total - sum(parts)]
