"""The same words in Chinese and in English."""

from __future__ import annotations

from typing import NamedTuple


class Phrase(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str
