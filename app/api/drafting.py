"""What a draft is begun or revised with: a content, a file that is read here, or a copy of what is stored."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlmodel import Session

from app.api.changing import Changes
from app.api.draft_views import DraftRequest, RevisionRequest
from app.api.problems import FieldError, ProblemError, invalid
from app.tables import sources


async def read_file(changes: Changes, kind: str, target: str, text: str | None) -> dict[str, Any] | None:
    """The content of a file, read before the transaction: nobody else's change waits for it. Errors: SourceError."""
    return None if text is None else await changes.apart(partial(sources.from_file, kind, target, text))


def given_once(asked: DraftRequest) -> None:
    """Refuse a request that gives more than one content. Errors: ProblemError."""
    given = [name for name in ("content", "file", "copy_of") if getattr(asked, name) is not None]
    if len(given) > 1:
        zh, en = "content、file、copy_of 只能给出一个", "Give only one of content, file and copy_of"
        raise _not_so(given[-1], zh, en)


def given_one(asked: RevisionRequest) -> None:
    """Refuse a revision that gives no content, or two. Errors: ProblemError."""
    if (asked.content is None) == (asked.file is None):
        raise _not_so("content", "content 与 file 须给出一个", "Give one of content and file")


def begun_with(session: Session, asked: DraftRequest, from_file: dict[str, Any] | None) -> tuple[dict[str, Any], str]:
    """What a draft is begun with, and from what that was made. Errors: ProblemError, SourceError."""
    if asked.content is not None:
        return asked.content, "content"
    if from_file is not None:
        return from_file, "file"
    copied = asked.copy_of
    if copied is None:
        return sources.from_nothing(asked.kind, asked.target), "nothing"
    if asked.kind == "BATCH" and copied.batch is not None and copied.rate_table is None:
        return sources.from_batch(session, asked.target, copied.batch), f"batch {copied.batch}"
    if asked.kind == "RATE_TABLE" and copied.rate_table is not None and copied.batch is None:
        content = sources.from_table(session, asked.target, copied.rate_table, copied.version)
        return content, f"table {copied.rate_table}"
    raise _not_so("copy_of", "标准表从标准表复制，批次从批次复制", "a rate table is copied from a rate table, a batch from a batch")


def _not_so(field: str, zh: str, en: str) -> ProblemError:
    return invalid([FieldError(f"/{field}", "INVALID_VALUE", zh, en)])
