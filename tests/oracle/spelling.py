"""Ids as they are compared (D67)."""

from __future__ import annotations

import unicodedata

from tests.oracle.language import RefusedError

UNSEEN = {"Cc", "Cf", "Co"}


def normal(text: str) -> str:
    """Two spellings of one id have the same normal form; an id with characters that nobody sees is refused."""
    if any(unicodedata.category(char) in UNSEEN for char in text):
        raise RefusedError("")
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
