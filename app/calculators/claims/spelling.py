"""Ids and names in normal form: how something is spelled never makes it another thing (D67).

Compared are the compatibility forms of Unicode (NFKC) without outer blanks, with inner blanks as one, and without regard to
case. Characters that nobody sees are no part of a name: a text that has one is refused before it is compared.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category, normalize

_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})  # control, format, private use, unassigned, half a character


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """The form in which an id or a name is compared.

    >>> normal("Ｒ-7 ") == normal("r-7\\u00a0") == "r-7"
    True
    """
    if text.isascii():
        return " ".join(text.split()).lower()
    return " ".join(normalize("NFKC", normalize("NFKC", text).casefold()).split())


def unseen(text: str) -> str | None:
    """The first character of a text that nobody can see, or None.

    >>> unseen("R\\u200b7"), unseen("R 7")
    ('\\u200b', None)
    """
    if text.isascii() and text.isprintable():
        return None
    return next((one for one in text if category(one) in _UNSEEN), None)
