"""The same words in Chinese and in English."""

from __future__ import annotations

from typing import NamedTuple


class Phrase(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str


def same(words: object) -> Phrase:
    """What is said alike in both languages: a figure, a name, a code."""
    return Phrase(str(words), str(words))
