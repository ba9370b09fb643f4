"""What a draft is begun with, and what a revision says: given outright, from a file, or copied. For HTTP and for the command.

A file is read before the transaction: reading YAML is slow, and nobody else's change should wait for it.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from app.errors import FieldError, ProblemError, invalid
from app.services.draft_models import DraftRequest, RevisionRequest
from app.tables.drafts import templates as sources
from app.tables.drafts.workflow import State


def file_of(asked: DraftRequest) -> dict[str, Any] | None:
    """What the file of a request says; None where it gives none. Errors: ProblemError where it gives more; SourceError."""
    given = [name for name in ("content", "file", "copy_of") if getattr(asked, name) is not None]
    if len(given) > 1:
        zh, en = "content、file、copy_of 只能给出一个", "Give only one of content, file and copy_of"
        raise _not_so(given[-1], zh, en)
    return None if asked.file is None else sources.from_file(asked.kind, asked.target, asked.file)


def content_of(session: Session, asked: DraftRequest, file: dict[str, Any] | None) -> tuple[dict[str, Any], str]:
    """What a draft is begun with, and from what that was made; ``file`` was read before. Errors: ProblemError, SourceError."""
    if asked.content is not None:
        return asked.content, "content"
    if file is not None:
        return file, "file"
    copied = asked.copy_of
    if copied is None:
        return sources.from_nothing(asked.kind, asked.target), "nothing"
    if asked.kind == "BATCH" and copied.batch is not None and copied.rate_table is None:
        return sources.from_batch(session, asked.target, copied.batch), f"batch {copied.batch}"
    if asked.kind == "RATE_TABLE" and copied.rate_table is not None and copied.batch is None:
        content = sources.from_table(session, asked.target, copied.rate_table, copied.version)
        return content, f"table {copied.rate_table}"
    raise _not_so("copy_of", "标准表从标准表复制，批次从批次复制", "a rate table is copied from a rate table, a batch from a batch")


def revised_content(found: State, asked: RevisionRequest) -> dict[str, Any]:
    """What a revision says; a file is read here. Errors: ProblemError, SourceError."""
    if (asked.content is None) == (asked.file is None):
        raise _not_so("content", "content 与 file 须给出一个", "Give one of content and file")
    if asked.content is not None:
        return asked.content
    return sources.from_file(found.draft.kind, found.draft.target, str(asked.file))


def _not_so(field: str, zh: str, en: str) -> ProblemError:
    return invalid([FieldError(f"/{field}", "INVALID_VALUE", zh, en)])
