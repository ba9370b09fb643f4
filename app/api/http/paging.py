"""Lists page by page: where a page begins and ends, and which entries hold the words that are searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from app.calculators.claims.spelling import normal
from app.errors import FieldError, invalid

T = TypeVar("T")


def page(found: Iterable[T], limit: int) -> tuple[list[T], bool]:
    """The first ``limit`` of what is found, and whether there is more; nothing beyond is looked for.

    >>> page("abc", 2), page("ab", 2)
    ((['a', 'b'], True), (['a', 'b'], False))
    """
    first = list(islice(found, limit + 1))
    return first[:limit], len(first) > limit


def following(ordered: Mapping[str, T], after: str | None) -> Iterator[T]:
    """The values that come after a key, or all of them. Errors: ProblemError 422 where there is no such key, at once.

    >>> list(following({"a": 1, "b": 2, "c": 3}, "a"))
    [2, 3]
    """
    if after is not None and after not in ordered:
        raise no_such_entry()
    values = iter(ordered.items())
    if after is not None:
        for name, _ in values:
            if name == after:
                break
    return (value for _, value in values)


def no_such_entry() -> Exception:
    """``after`` names nothing in this list."""
    said = "没有这个编号；应为上一页的 next", "There is no such id; it should be the next of the page before"
    return invalid([FieldError("/query/after", "INVALID_VALUE", *said)])


def searched(words: str | None) -> Callable[[str], bool]:
    """Whether a text in normal form holds every one of these words, however they are spelled.

    >>> searched("ＬＡＵＮＣＨ 保险")("bj-gjj-2025-1-11 商业航天保险 launch")
    True
    """
    wanted = normal(words or "").split()
    return lambda text: all(word in text for word in wanted)


def next_page(operation: str) -> dict[int | str, dict[str, Any]]:
    """Document that ``next`` of a list is ``after`` of its next page."""
    link = {"operationId": operation, "description": "下一页", "parameters": {"after": "$response.body#/next"}}
    return {200: {"links": {operation: link}}}
