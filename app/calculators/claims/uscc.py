"""The unified social credit code (统一社会信用代码) of an enterprise: its check character (GB 32100-2015)."""

from __future__ import annotations

from operator import mul

_USCC = {character: value for value, character in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_USCC_CHARACTERS = tuple(_USCC)


def uscc_check_character(number: str) -> str:
    """The last character that the first 17 of a 统一社会信用代码 ask for (GB 32100-2015)."""
    total: int = sum(map(mul, _USCC_WEIGHTS, map(_USCC.__getitem__, number)))
    return _USCC_CHARACTERS[-total % 31]
