"""Which known name may have been meant by one that nobody knows: one function for every refusal and warning.

Names are compared in normal form (D67), codes by their titles too. What was sent is never repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from app.calculators.bilingual import Phrase
from app.calculators.claims.spelling import normal

MOST_KNOWN = 500  # names that are compared, so that no refusal costs much
LONGEST = 80
MOST_NAMED = 3
MOST_NEAR = 100  # faults of a claim that are listed: only for these the nearest name is looked for
MOST_COMPARED = 5_000  # names that are compared for all faults of a claim's ids, so that no refusal costs much
ALIKE = 0.6
SHORTEST = 2  # a shorter text is a part of too many names

NOBODY = Phrase("", "")


def nearest(sent: object, known: Mapping[str, str] | Iterable[str]) -> list[str]:
    """The known names that are nearest to a text, best first, at most three; ``known`` may give each its title.

    >>> nearest("mpw", {"MPW": "多项目晶圆", "FULL_MASK": "全掩膜"}), nearest("全掩模", {"MPW": "多项目晶圆", "FULL_MASK": "全掩膜"})
    (['MPW'], ['FULL_MASK'])
    """
    if not isinstance(sent, str) or not 0 < len(sent) <= LONGEST:
        return []
    text = _compared(sent)
    titles = known if isinstance(known, Mapping) else dict.fromkeys(known, "")
    forms: dict[str, list[str]] = {}  # how names and titles are compared -> the names
    for name, title in list(titles.items())[:MOST_KNOWN]:
        for form in {_compared(name), _compared(title)} - {""}:
            forms.setdefault(form, []).append(name)
    near = [text] if text in forms else []
    if not near:
        near = [form for form in forms if len(text) >= SHORTEST and text in form] + get_close_matches(text, forms, MOST_NAMED, ALIKE)
    return list(dict.fromkeys(name for form in near for name in forms[form]))[:MOST_NAMED]


def _compared(text: str) -> str:
    return normal(text[:LONGEST]).replace("_", " ").replace("-", " ")


def meant(sent: object, known: Mapping[str, str] | Iterable[str]) -> Phrase:
    """The end of a sentence that asks whether the nearest name was meant; nothing where none is near."""
    found = nearest(sent, known)
    if not found:
        return NOBODY
    titles = known if isinstance(known, Mapping) else {}
    return Phrase(f"；您是否要 {'、'.join(coded(name, titles.get(name)) for name in found)}？", f"; did you mean {', '.join(found)}?")


def coded(code: str, title: str | None) -> str:
    """A code with its Chinese title, where it has one of its own."""
    if not title or title == code:
        return code
    return code + title if title.startswith("（") else f"{code}（{title}）"


def listed(known: Mapping[str, str]) -> Phrase:
    """Codes with their titles, in order."""
    return Phrase(", ".join(coded(code, title) for code, title in known.items()), ", ".join(known))
