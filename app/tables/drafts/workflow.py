"""The life of a change: DRAFT → CHECKED → APPROVED → PUBLISHED, or DISCARDED; every step a row added (decision 0003).

Each function works in the caller's transaction, which holds the write lock (``database.writing``), and adds its audit
entry there, so that a change and its trace are kept or lost together. Who may do what is the caller's to decide; that
nobody approves what he wrote is decided here and, again, by the database.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_
from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, col, select

from app.calculators.claims.spelling import normal
from app.calculators.terms.model import TermsFault
from app.tables.drafts.foundations import altered_under, basis
from app.tables.drafts.planned_rows import Proposal
from app.tables.drafts.publication_plan import propose
from app.tables.files.term_proofs import Prove, Unproved, Wanted, prove_terms
from app.tables.loading.loader import add, latest_known, objects_logged
from app.tables.storage import audit_log as audit
from app.tables.storage import models
from app.tables.storage.canonical_json import canonical, digest
from app.tables.storage.persons import person_of
from app.tables.storage.write_order import STEPS

ENDS = {"PUBLISHED", "DISCARDED"}


class DraftError(Exception):
    """A step that cannot be taken; ``zh`` and ``en`` say why, and what can be done instead."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class NoSuchDraft(DraftError):
    """There is no draft of this id."""


class SomebodyWasFaster(DraftError):
    """The draft is not what the caller has seen: another revision or another state."""


class NotNow(DraftError):
    """The draft is in a state in which this step cannot be taken."""


class OwnDraft(DraftError):
    """Who wrote a draft cannot approve it."""


class Refused(DraftError):
    """What the draft says cannot be published; ``faults`` say where and why."""

    def __init__(self, faults: list[TermsFault]) -> None:
        super().__init__("草案内容有误", "the draft has faults")
        self.faults = faults


@dataclass(frozen=True, slots=True)
class State:
    """A draft at its latest revision."""

    draft: models.Draft
    revision: models.DraftRevision
    steps: tuple[models.DraftStep, ...]  # of this revision, in order
    authors: tuple[str, ...]

    @property
    def state(self) -> str:
        """DRAFT, CHECKED, APPROVED, PUBLISHED or DISCARDED."""
        return self.steps[-1].kind if self.steps else "DRAFT"

    @property
    def content(self) -> Any:
        """What the latest revision says."""
        return json.loads(self.revision.content)

    @property
    def etag(self) -> str:
        """What changes with each revision and each step."""
        return f'"{self.revision.revision}-{self.state.lower()}-{self.revision.digest[7:23]}"'


def state_of(session: Session, draft_id: str) -> State:
    """A draft and where it stands. Errors: NoSuchDraft."""
    of, step = models.DraftRevision, models.DraftStep
    draft = _draft(session, draft_id)
    revisions = session.exec(select(of).where(of.draft_id == draft_id).order_by(col(of.revision))).all()
    return _stands(draft, revisions, session.exec(select(step).where(step.draft_id == draft_id)).all())


def _draft(session: Session, draft_id: str) -> models.Draft:
    draft = session.get(models.Draft, draft_id)
    if draft is None:
        raise NoSuchDraft("没有这个草案", "there is no such draft")
    return draft


def _stands(draft: models.Draft, revisions: Sequence[models.DraftRevision], steps: Sequence[models.DraftStep]) -> State:
    latest = revisions[-1]
    taken = sorted((one for one in steps if one.revision == latest.revision), key=lambda one: STEPS.index(one.kind))
    return State(draft, latest, tuple(taken), tuple(dict.fromkeys(one.author for one in revisions)))


def all_states(session: Session) -> list[State]:
    """Every draft without its content, the latest begun first."""
    return listed(session)[0]


def listed(
    session: Session,
    *,
    state: str | None = None,
    target: str | None = None,
    holds: Callable[[str], bool] | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> tuple[list[State], bool]:
    """A page of the drafts without their contents, the latest begun first, and whether more follow. Errors: NoSuchDraft.

    ``holds`` is asked about id, target, note and writers of a draft, as one text in normal form.
    """
    of, begun = models.Draft, col(models.Draft.created_at)
    query = select(of).order_by(begun.desc(), col(of.id))
    if after is not None:
        last = _draft(session, after)
        query = query.where(or_(begun < last.created_at, and_(begun == last.created_at, col(of.id) > last.id)))
    if target is not None:
        query = query.where(of.target == target)
    if state is not None:
        query = query.where(*_stands_at(state))
    if holds is not None:
        query = query.where(col(of.id).in_(_holding(session, query, holds, limit)))
    found = session.exec(query if limit is None else query.limit(limit + 1)).all()
    return list(_states_of(session, found[:limit])), limit is not None and len(found) > limit


def _states_of(session: Session, found: Sequence[models.Draft]) -> Iterator[State]:
    """Drafts and where they stand, without their contents; a thousand of them in two statements."""
    of, step = models.DraftRevision, models.DraftStep
    unread = defer(of.content)  # type: ignore[arg-type]  # SQLModel types a column as its value
    for at in range(0, len(found), 1_000):
        ids = [one.id for one in found[at : at + 1_000]]
        revisions: dict[str, list[models.DraftRevision]] = {one: [] for one in ids}
        steps: dict[str, list[models.DraftStep]] = {one: [] for one in ids}
        for revision in session.exec(select(of).where(col(of.draft_id).in_(ids)).order_by(col(of.revision)).options(unread)):
            revisions[revision.draft_id].append(revision)
        for taken in session.exec(select(step).where(col(step.draft_id).in_(ids))):
            steps[taken.draft_id].append(taken)
        yield from (_stands(one, revisions[one.id], steps[one.id]) for one in found[at : at + 1_000])


def _holding(session: Session, query: Select[Any], holds: Callable[[str], bool], limit: int | None) -> list[str]:
    """The ids of the first drafts of a query that hold what is searched, and of one more; they are read a thousand at a time."""
    of, revision = models.Draft, models.DraftRevision
    any_of = aliased(revision)
    latest = select(func.max(any_of.revision)).where(any_of.draft_id == of.id).scalar_subquery()
    said = query.join(revision, and_(col(revision.draft_id) == of.id, col(revision.revision) == latest))
    columns: list[Any] = [of.id, of.target, of.created_by, revision.author, revision.note]
    with session.execute(said.with_only_columns(*columns).execution_options(yield_per=1_000)) as rows:
        holding = (row[0] for row in rows if holds(normal(" ".join(row))))
        return list(islice(holding, None if limit is None else limit + 1))


def _stands_at(state: str) -> list[ColumnElement[bool]]:
    """That the latest revision of a draft has taken this step, and none after it."""
    of, step = models.DraftRevision, models.DraftStep
    latest = select(func.max(of.revision)).where(of.draft_id == step.draft_id).scalar_subquery()
    taken = select(step).where(step.draft_id == models.Draft.id, step.revision == latest)
    later = STEPS[STEPS.index(state) + 1 :] if state in STEPS else STEPS
    so_far = [taken.where(step.kind == state).exists()] if state in STEPS else []
    return [*so_far, not_(taken.where(col(step.kind).in_(later)).exists())]


def begin(session: Session, actor: str, kind: str, target: str, content: Mapping[str, Any], source: str, note: str = "") -> State:
    """Begin a draft; ``source`` says from what it was made."""
    now = datetime.now(UTC)
    draft = models.Draft(
        id=secrets.token_hex(8), kind=kind, target=target, source=source[:200], created_by=actor, created_at=now
    )
    session.add(draft)
    session.flush()
    _revise(session, draft.id, 1, actor, content, note, now)
    audit.append(session, actor, "draft.begin", draft.id, {"kind": kind, "target": target, "source": source[:200]})
    return state_of(session, draft.id)


def revise(session: Session, actor: str, draft_id: str, seen: str | None, content: Mapping[str, Any], note: str = "") -> State:
    """Write a new revision; what was checked or approved before is so no more. Errors: DraftError."""
    found = _open(session, draft_id, seen)
    _revise(session, draft_id, found.revision.revision + 1, actor, content, note, datetime.now(UTC))
    made = state_of(session, draft_id)
    _log(session, actor, "draft.revise", made)
    return made


def _revise(session: Session, draft_id: str, number: int, actor: str, content: Mapping[str, Any], note: str, at: datetime) -> None:
    text = canonical(content)
    row = models.DraftRevision(
        draft_id=draft_id,
        revision=number,
        author=actor,
        at=at,
        content=text,
        digest=digest(text),
        note=note[:500],
        person=person_of(actor),
    )
    session.add(row)
    session.flush()


def discard(session: Session, actor: str, draft_id: str, seen: str | None) -> State:
    """Give a draft up; it stays readable. Errors: DraftError."""
    return _step(session, actor, _open(session, draft_id, seen), "DISCARDED")


def proposal_of(session: Session, found: State, prove: Prove = prove_terms, at: datetime | None = None) -> Proposal:
    """What a draft would publish now.

    Errors: NotNow where the stored content is not what its digest was made of, or not that of which the terms were proved.
    """
    if digest(found.revision.content) != found.revision.digest:
        raise NotNow(
            "草案的内容与其摘要不符：库中的内容被改动；请弃置并重新起草",
            "the content of the draft does not match its digest: it was altered in the database; discard it and draft anew",
        )
    try:
        return propose(session, found.draft.kind, found.draft.target, found.content, at or next_instant(session), prove)
    except Unproved:
        raise NotNow(
            "草案或其对象在证明期间有变更；请重试",
            "the draft, or what it changes, was changed while it was proved: try again",
        ) from None


def next_instant(session: Session) -> datetime:
    """Now, but later than everything that is known: what was answered before never changes."""
    known = latest_known(session)
    now = datetime.now(UTC)
    return now if known is None else max(now, known + timedelta(microseconds=1))


def to_prove(session: Session, draft_id: str, seen: str | None = None) -> Wanted:
    """The terms that have to be proved before a draft can go on: long work, to be done outside of any transaction. Errors: DraftError."""
    wanted = Wanted()
    proposal_of(session, _open(session, draft_id, seen), wanted)
    return wanted


def check(
    session: Session, actor: str, draft_id: str, seen: str | None, prove: Prove = prove_terms, found_before: Sequence[TermsFault] = ()
) -> State:
    """Prove a draft and mark it CHECKED; ``found_before``: what was found to be wrong with its examples.

    Errors: DraftError; Refused lists the faults.
    """
    found = _open(session, draft_id, seen)
    _must_be(found, "DRAFT", "检查", "checked")
    _must_be_right(proposal_of(session, found, prove), found_before)
    return _step(session, actor, found, "CHECKED", basis(session, found.draft.kind, found.draft.target, found.content))


def approve(session: Session, actor: str, draft_id: str, seen: str | None) -> State:
    """Approve a checked draft that somebody else wrote. Errors: DraftError."""
    found = _open(session, draft_id, seen)
    _must_be(found, "CHECKED", "批准", "approved")
    if person_of(actor) in map(person_of, found.authors):
        raise OwnDraft("草案须由编写者以外的人批准", "a draft is approved by somebody who did not write it")
    _must_stand_on(session, found)
    return _step(session, actor, found, "APPROVED")


def publish(
    session: Session, actor: str, draft_id: str, seen: str | None, prove: Prove = prove_terms, found_before: Sequence[TermsFault] = ()
) -> State:
    """Publish an approved draft: rows, step and audit entry, all or nothing; ``found_before`` as for a check. Errors: DraftError."""
    found = _open(session, draft_id, seen)
    _must_be(found, "APPROVED", "公布", "published")
    _must_stand_on(session, found)
    _must_be_intact(session, found.draft.target)
    at = next_instant(session)
    proposal = proposal_of(session, found, prove, at)
    _must_be_right(proposal, found_before)
    add(session, proposal.rows)
    return _step(session, actor, found, "PUBLISHED", at=at, more=objects_logged(proposal.rows))


def enter_month(
    session: Session, actor: str, on: str, values: Mapping[str, str], holds_until: str, *, confirmed: bool
) -> State:
    """One publication of reference rates as a draft, checked at once; another person publishes it. Errors: DraftError."""
    row = {"on": on, "confidence": "read"} | ({"confirmed": "true"} if confirmed else {})
    series = [
        {"series": name, "holds_until": holds_until, "add": [{**row, "value": value}]} for name, value in sorted(values.items())
    ]
    found = begin(session, actor, "REFERENCE_RATE", " ".join(sorted(values)), {"series": series}, "month")
    return check(session, actor, found.draft.id, found.etag)


def _must_stand_on(session: Session, found: State) -> None:
    """What the report and the approver saw must be what the draft is published upon."""
    checked = next(step for step in found.steps if step.kind == "CHECKED")
    if checked.note != basis(session, found.draft.kind, found.draft.target, found.content):
        raise NotNow(
            "检查之后该对象另有公布；请保存一版新的修订并重新检查",
            "something was published about the same table since the check; save a revision and check it again",
        )


def _step(
    session: Session,
    actor: str,
    found: State,
    kind: str,
    note: str = "",
    at: datetime | None = None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> State:
    row = models.DraftStep(
        draft_id=found.draft.id,
        revision=found.revision.revision,
        kind=kind,
        actor=actor,
        at=at or datetime.now(UTC),
        note=note,
        person=person_of(actor),
    )
    session.add(row)
    session.flush()
    made = state_of(session, found.draft.id)
    _log(session, actor, f"draft.{kind.lower()}", made, more)
    return made


def _log(session: Session, actor: str, action: str, made: State, more: Mapping[str, Any] = MappingProxyType({})) -> None:
    detail = {
        "kind": made.draft.kind,
        "target": made.draft.target,
        "revision": str(made.revision.revision),
        "digest": made.revision.digest,
        **more,
    }
    audit.append(session, actor, action, made.draft.id, detail)


def still_open(session: Session, draft_id: str) -> State:
    """A draft that has not ended: of others nothing is to be published any more. Errors: NoSuchDraft, NotNow."""
    found = state_of(session, draft_id)
    if found.state in ENDS:
        raise NotNow(f"草案已是 {found.state}", f"the draft is {found.state} already")
    return found


def _open(session: Session, draft_id: str, seen: str | None) -> State:
    """A draft that has not ended and is what the caller has seen."""
    found = still_open(session, draft_id)
    if seen is not None and seen != found.etag:
        raise SomebodyWasFaster(
            f"草案现为第 {found.revision.revision} 版（{found.state}），由 {found.revision.author} 编写，与所给的 ETag 不符；请取回后再改",
            f"the draft is now revision {found.revision.revision} ({found.state}) by {found.revision.author}, which is not "
            "what the given ETag names; fetch it again",
        )
    return found


def _must_be_right(proposal: Proposal, found_before: Sequence[TermsFault]) -> None:
    faults = [*proposal.faults, *found_before]
    if faults:
        raise Refused(faults)


def _must_be_intact(session: Session, target: str) -> None:
    name = altered_under(session, target)
    if name is not None:
        raise NotNow(
            f"库中的 {name} 与其摘要不符，不能在其上变更；请由备份恢复",
            f"{name} does not match its digest in the database: nothing is published upon it; restore a backup",
        )


def _must_be(found: State, state: str, zh: str, en: str) -> None:
    if found.state != state:
        raise NotNow(
            f"只有 {state} 状态的草案可以{zh}；现为 {found.state}",
            f"only a draft that is {state} can be {en}; it is {found.state}",
        )
