"""Problems (RFC 9457): an error of ``errors`` as the ``application/problem+json`` document that is sent.

Titles and details are Chinese unless ``Accept-Language`` prefers English.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from app.claim_input.field_names import place_of
from app.errors import KINDS, MAX_ERRORS, FieldError, Language, ProblemError

PROBLEM_TYPE: Final = "application/problem+json"


def _place(error: FieldError, language: Language) -> str | None:
    """What the place of a fault is called."""
    place = place_of(error.pointer, error.title)
    return None if place is None else place.zh if language == "zh" else place.en


def _detail(problem: ProblemError, language: Language) -> str:
    """What is wrong, first of all where; how many faults there are."""
    chinese = language == "zh"
    detail = problem.zh if chinese else problem.en
    place = _place(problem.errors[0], language) if problem.errors else None
    if place is not None:
        detail = f"{place}：{detail}" if chinese else f"{place}: {detail}"
    if problem.unfinished:
        total, listed = problem.total, min(problem.total, MAX_ERRORS)
        zh = f"（至少 {total} 处，检查到此为止，列出 {listed} 处）"
        en = f" (at least {total} faults; checking stopped there, {listed} are listed)"
        detail += zh if chinese else en
    elif problem.total > MAX_ERRORS:
        most = MAX_ERRORS
        detail += f"（共 {problem.total} 处，只列前 {most} 处）" if chinese else f" ({problem.total} faults, the first {most} are listed)"
    elif problem.total > 1 and not problem.own:
        detail += f"（共 {problem.total} 处）" if chinese else f" ({problem.total} faults)"
    return detail


def document(problem: ProblemError, *, language: Language, instance: str, request_id: str) -> dict[str, Any]:
    """Return the problem as the document that is sent."""
    chinese = language == "zh"
    kind = KINDS[problem.code]
    return {
        "type": f"/problems/{problem.code.lower().replace('_', '-')}",
        "title": kind.zh if chinese else kind.en,
        "status": problem.status,
        "detail": _detail(problem, language),
        "instance": instance,
        "code": problem.code,
        "errors": [
            {
                "pointer": error.pointer,
                "place": _place(error, language),
                "code": error.code,
                "detail": error.zh if chinese else error.en,
            }
            for error in problem.errors[:MAX_ERRORS]
        ],
        "request_id": request_id,
    }


def encoded(problem: ProblemError, *, language: Language, instance: str, request_id: str) -> bytes:
    """Return the problem as bytes."""
    return msgspec.json.encode(
        document(problem, language=language, instance=instance, request_id=request_id)
    )


def preferred_language(accept_language: str | None) -> Language:
    """Return ``en`` when the header prefers English to Chinese, else ``zh``.

    >>> preferred_language("en-GB,en;q=0.9,zh;q=0.5"), preferred_language("fr"), preferred_language(None)
    ('en', 'zh', 'zh')
    """
    if not accept_language:
        return "zh"
    best = {"zh": 0.0, "en": 0.0}
    for choice in accept_language[:500].lower().split(","):
        tag, _, parameters = choice.strip().partition(";")
        primary = tag.strip().partition("-")[0]
        quality = parameters.strip().removeprefix("q=").strip() if parameters else "1"
        try:
            weight = float(quality)
        except ValueError:
            continue
        if primary in best and 0 <= weight <= 1:
            best[primary] = max(best[primary], weight)
    return "en" if best["en"] > best["zh"] else "zh"
