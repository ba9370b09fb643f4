"""A fault is told by its code and what is filled in, in both languages at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.calculators.bilingual import Phrase, same
from app.calculators.faults import files, standards, values, words

TEXTS: Final[Mapping[str, Phrase]] = {**values.TEXTS, **standards.TEXTS, **files.TEXTS, **words.TEXTS}
"""Every text by its code; ``{name}`` is where something is filled in, the same names in both languages."""


class FaultError(Exception):
    """Something cannot be read or meant; ``told`` says why in both languages."""

    def __init__(self, told: Phrase) -> None:
        super().__init__(told.zh)
        self.told = told


def tell(code: str, /, **given: object) -> Phrase:
    """A text with what is filled in; a phrase among that is said in each language, all else is the same in both.

    >>> tell("PERIODS_GAP", before=1, after=2).en, tell("SHOULD_BE_HERE", what=tell("A_DATE"))
    ('There is a gap between the periods of versions 1 and 2', Phrase(zh='此处应为日期', en='Should be a date'))
    """
    text = TEXTS[code]
    zh = {name: value.zh if isinstance(value, Phrase) else value for name, value in given.items()}
    en = {name: value.en if isinstance(value, Phrase) else value for name, value in given.items()}
    return Phrase(text.zh.format_map(zh), text.en.format_map(en))


def joined(code: str, parts: Iterable[object]) -> Phrase:
    """Parts one after another with the words of a text between them: ``A 或 B 或 C``, ``A or B or C``."""
    said = [part if isinstance(part, Phrase) else same(part) for part in parts]
    between = TEXTS[code]
    return Phrase(between.zh.join(one.zh for one in said), between.en.join(one.en for one in said))
