"""Which revision's report an officer was shown on the command line: what he approves or publishes there afterwards is that one.

The audit log remembers it. Over HTTP the ETag that a step sends back does the same.
"""

from __future__ import annotations

import json
from typing import Final

from sqlmodel import Session, col, select

from app.tables.drafts.workflow import NotNow, SomebodyWasFaster, State, state_of
from app.tables.storage import audit_log as audit
from app.tables.storage import models
from app.tables.storage.persons import person_of

SHOWN: Final = "report.shown"


def note(session: Session, actor: str, found: State) -> None:
    """Remember that a report was shown; the same one twice is one entry. The transaction holds the write lock."""
    revision = found.revision
    if last_shown(session, actor, found.draft.id) != revision.revision:
        audit.append(session, actor, SHOWN, found.draft.id, {"revision": str(revision.revision), "digest": revision.digest})


def last_shown(session: Session, actor: str, draft_id: str) -> int | None:
    """The revision of which the report was shown last to a person; None where none was."""
    of = models.Audit
    query = select(of).where(of.object == draft_id, of.action == SHOWN).order_by(col(of.id).desc())
    mine = (entry for entry in session.exec(query) if person_of(entry.actor) == person_of(actor))
    return next((int(json.loads(entry.detail)["revision"]) for entry in mine), None)


def must_be_seen(session: Session, actor: str, draft_id: str) -> None:
    """The draft is at the revision whose report was shown to this person. Errors: DraftError."""
    found, shown = state_of(session, draft_id), last_shown(session, actor, draft_id)
    if shown is None:
        raise NotNow(
            f"先看草案的报告：subsidy tables draft report {draft_id}（或以 --if-match 写明所见的 ETag）",
            f"look at the draft's report first: subsidy tables draft report {draft_id} (or name what was seen with --if-match)",
        )
    if shown != found.revision.revision:
        number, author = found.revision.revision, found.revision.author
        raise SomebodyWasFaster(
            f"草案现为第 {number} 版（{author}），所看的报告是第 {shown} 版；请重新看报告",
            f"the draft is now revision {number} by {author}, and the report that was shown is of revision {shown}: look at it again",
        )
