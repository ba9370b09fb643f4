"""One person, however the name is spelled: two pairs of eyes are two persons, not two spellings."""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, normalize

from app.calculators.claims.spelling import normal

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {
    chr(one) for first, last in ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF)) for one in range(first, last + 1)
}  # fillers and selectors, which are letters and marks to Unicode and nothing to the eye


@lru_cache(maxsize=4096)
def person_of(name: str) -> str:
    """The form in which the names of persons are compared: NFKC, case folded, without characters that nobody sees.

    >>> person_of("Ｌi") == person_of("l\\u200bi") == person_of("LI") == "li"
    True
    """
    if name.isascii() and name.isprintable():
        return normal(name)
    return normal("".join(one for one in normalize("NFKC", name) if category(one) not in _UNSEEN and one not in _BLANK))
