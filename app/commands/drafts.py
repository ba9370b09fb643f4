"""``subsidy tables draft``: the steps of a change, each by an officer with his own key; the same rules as over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from app.access.scopes import Actor, Scope
from app.commands.identity import database, officer, placed
from app.commands.progress import working

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

    from app.calculators.terms.model import TermsFault
    from app.tables.catalogue.snapshot import Catalogue
    from app.tables.drafts.planned_rows import Proposal
    from app.tables.drafts.workflow import State
    from app.tables.files.clause_doubts import Doubt
    from app.tables.files.term_proofs import Prove

Done = TypeVar("Done")
draft = typer.Typer(no_args_is_help=True, help="草案：起草、检查、批准、公布 / drafts: begin, check, approve, publish")

BOTH = (Scope.TABLES_WRITE, Scope.TABLES_APPROVE)
DraftId = Annotated[str, typer.Argument(metavar="ID", help="草案编号 / the draft's id")]
IfMatch = Annotated[
    str | None, typer.Option(help="只在草案仍是所见的样子时才做，填其 ETag / only if the draft is still what was seen: its ETag")
]
Note = Annotated[str, typer.Option(help="说明 / a note")]
File = Annotated[Path | None, typer.Option(help="标准表文件 / a table file")]
Content = Annotated[Path | None, typer.Option(help="draft show --content 所写的文件 / a file as draft show --content prints it")]
Table = Annotated[str, typer.Argument(metavar="TABLE", help="标准表编号 / the table's id")]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="版本 / its version")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="只输出草案编号 / print the draft's id alone")]
Reason = Annotated[str, typer.Option(help="理由 / why")]


class Kind(StrEnum):
    """What a draft changes."""

    RATE_TABLE = "RATE_TABLE"
    BATCH = "BATCH"
    FUND = "FUND"
    REFERENCE_RATE = "REFERENCE_RATE"
    WITHDRAWAL = "WITHDRAWAL"
    END_OF_VALIDITY = "END_OF_VALIDITY"


KINDS = ", ".join(kind.lower() for kind in Kind)


class StateName(StrEnum):
    """Where a draft stands."""

    DRAFT = "DRAFT"
    CHECKED = "CHECKED"
    APPROVED = "APPROVED"
    PUBLISHED = "PUBLISHED"
    DISCARDED = "DISCARDED"


@draft.command("begin")
def begin_draft(
    kind: Annotated[Kind, typer.Argument(metavar="KIND", case_sensitive=False, help=f"变更的种类 / what is changed: {KINDS}")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="编号或参考利率代码 / a table, batch, fund, or series")],
    file: File = None,
    content: Content = None,
    copy_of: Annotated[str | None, typer.Option(help="从这张标准表或这个批次复制 / copy this table or batch")] = None,
    copy_version: Annotated[int | None, typer.Option(help="复制哪一版本，默认最新 / which version to copy; the latest by default")] = None,
    note: Note = "",
    quiet: Quiet = False,
) -> None:
    """起草变更 / Begin a draft: from nothing, a file, a content, or a copy."""
    with database() as engine:
        from app.commands.request_input import content_in, entered, text_of
        from app.services.draft_content import content_of, file_of
        from app.services.draft_models import DraftRequest
        from app.tables.drafts import workflow as drafts

        actor = officer(engine, Scope.TABLES_WRITE)
        given = {"kind": kind, "target": target, "file": text_of(file), "content": content_in(content), "note": note}
        if copy_of is not None:
            given["copy_of"] = {"batch" if kind is Kind.BATCH else "rate_table": copy_of, "version": copy_version}
        asked = entered(DraftRequest, given)
        file_said = file_of(asked)

        def begin(session: Session) -> State:
            made, source = content_of(session, asked, file_said)
            return drafts.begin(session, actor.name, asked.kind, asked.target, made, source, asked.note)

        found = _changed(engine, begin)
    if quiet:
        typer.echo(found.draft.id)
        return
    show_acted(found, "已起草", "begun")
    typer.echo(f"下一步 / next: subsidy tables draft check {found.draft.id}")


@draft.command("list")
def list_drafts(
    state: Annotated[StateName | None, typer.Option(case_sensitive=False, help="只列这一状态 / only those in this state")] = None,
    target: Annotated[str | None, typer.Option(help="只列这一对象 / only those about this table, batch or series")] = None,
) -> None:
    """列出草案 / List drafts, the latest begun first."""
    with database() as engine:
        from app.tables.drafts.workflow import all_states

        officer(engine, *BOTH)
        for found in read(engine, all_states):
            if state in (None, found.state) and target in (None, found.draft.target):
                of, revision = found.draft, f"r{found.revision.revision} {','.join(found.authors)}"
                typer.echo("  ".join((of.id, found.state, of.kind, of.target, revision, found.revision.note)).rstrip())


@draft.command("show")
def show_draft(
    draft_id: DraftId,
    content: Annotated[bool, typer.Option("--content", help="只写内容，供修改 / the content alone, to edit and revise with")] = False,
) -> None:
    """查看草案 / Show a draft: its steps and its content."""
    with database() as engine:
        from app.services.calculation_identity import instant_text
        from app.tables.drafts.workflow import state_of

        officer(engine, *BOTH)
        found = read(engine, lambda session: state_of(session, draft_id))
        if not content:
            show_acted(found, found.state, found.state)
            who, source = found.draft.created_by, found.draft.source
            typer.echo(f"{who} 起草，来源 {source} / begun by {who} from {source}")
            for step in found.steps:
                typer.echo(f"{step.kind}  {step.actor}  {instant_text(step.at)}")
            typer.echo("---")
        typer.echo(_yaml(found.content), nl=False)


@draft.command("revise")
def revise_draft(draft_id: DraftId, file: File = None, content: Content = None, note: Note = "", if_match: IfMatch = None) -> None:
    """修订草案 / Write a new revision; check and approval begin anew."""
    with database() as engine:
        from app.commands.request_input import content_in, entered, text_of
        from app.services.draft_content import revised_content
        from app.services.draft_models import RevisionRequest
        from app.tables.drafts import workflow as drafts

        actor = officer(engine, Scope.TABLES_WRITE)
        asked = entered(RevisionRequest, {"file": text_of(file), "content": content_in(content), "note": note})

        before = read(engine, lambda session: drafts.state_of(session, draft_id))
        made = revised_content(before, asked)
        seen = _seen(if_match)
        found = _changed(engine, lambda session: drafts.revise(session, actor.name, draft_id, seen, made, asked.note))
    show_acted(found, "已修订", "revised")


@draft.command("discard")
def discard_draft(draft_id: DraftId, if_match: IfMatch = None) -> None:
    """放弃草案 / Give a draft up; it stays readable."""
    _step("discard", Scope.TABLES_WRITE, draft_id, if_match, "已放弃", "discarded")


@draft.command("check")
def check_draft(draft_id: DraftId, if_match: IfMatch = None) -> None:
    """检查草案 / Prove that a draft can be published; faults are listed with their places."""
    _step("check", Scope.TABLES_WRITE, draft_id, if_match, "已检查", "checked")


@draft.command("approve")
def approve_draft(draft_id: DraftId, if_match: IfMatch = None) -> None:
    """批准草案 / Approve a checked draft that somebody else wrote, at the revision whose report was shown to you."""
    _step("approve", Scope.TABLES_APPROVE, draft_id, if_match, "已批准", "approved")


@draft.command("publish")
def publish_draft(draft_id: DraftId, if_match: IfMatch = None) -> None:
    """公布草案 / Publish an approved draft whose report was shown to you; running services go by it within two seconds."""
    _step("publish", Scope.TABLES_APPROVE, draft_id, if_match, "已公布", "published")


def _step(name: str, needed: Scope, draft_id: str, if_match: str | None, zh: str, en: str) -> None:
    with database() as engine:
        from app.tables.drafts import workflow as drafts
        from app.tables.drafts.shown_reports import must_be_seen

        actor: Actor = officer(engine, needed)
        take: Callable[..., State] = getattr(drafts, name)

        def taken(session: Session) -> State:
            if if_match is None and needed is Scope.TABLES_APPROVE:
                must_be_seen(session, actor.name, draft_id)
            return take(session, actor.name, draft_id, seen, *proofs)

        with working(f"{zh}… / {name}…"):
            seen = _seen(if_match)
            proofs: list[Any] = []
            if name in {"check", "publish"}:
                before, *proofs = examined(engine, draft_id)
                seen = seen or before
            found = _changed(engine, taken)
    show_acted(found, zh, en)
    if name in {"check", "approve"}:
        from app.tables.files.clause_doubts import doubts

        show_doubts(doubts(found.content))


@draft.command("report")
def report_draft(draft_id: DraftId) -> None:
    """草案报告 / What would be published: faults, what it brings with it, every difference in a sentence."""
    with database() as engine:
        from app.services.draft_report import Compared, compared, report
        from app.tables.catalogue.repository import read_catalogue
        from app.tables.drafts.shown_reports import note
        from app.tables.drafts.workflow import still_open
        from app.tables.files.clause_doubts import doubts

        actor = officer(engine, *BOTH)

        def told(session: Session) -> tuple[State, Compared, Catalogue]:
            found = still_open(session, draft_id)
            return found, compared(session, found, prove), read_catalogue(session)

        with working("比较 / comparing"):
            prove = proved_for(engine, draft_id)
            found, seen, catalogue = read(engine, told)
            chinese, english = report(seen, "zh", catalogue), report(seen, "en", catalogue)
            doubted = doubts(found.content)
            _changed(engine, lambda session: note(session, actor.name, found))
    zh, en = ("可以公布", "can be published") if chinese.publishable else ("不能公布", "cannot be published")
    show_acted(found, zh, en)
    for zh, en in zip(chinese.consequences, english.consequences, strict=True):
        typer.echo(f"• {zh} / {en}")
    for one, other in zip(chinese.differences, english.differences, strict=True):
        typer.echo(f"• {one.rate_table}  {one.sentence}\n  {other.sentence}")
        if one.clause is not None:
            typer.echo(f"  条款 / clause: {one.clause}")
    show_doubts(doubted)
    for fault in chinese.faults:
        typer.echo(f"✗ {placed(fault.place, fault.message)}", err=True)
    if chinese.faults:
        raise typer.Exit(1)


@draft.command("withdraw")
def withdraw_version(
    table: Table,
    version: Version,
    reason: Reason,
    returns: Annotated[
        str | None, typer.Option(help="在其施行期内恢复此前的这一版本 / the earlier version that returns in its place")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """起草撤回一个版本 / Enter a withdrawal as a checked draft for somebody else to approve."""
    content = {"rate_table": table, "version": version, "reason": reason}
    _event(Kind.WITHDRAWAL, content | ({} if returns is None else {"returns": returns}), quiet)


@draft.command("end")
def end_version(
    table: Table,
    version: Version,
    last_day: Annotated[str, typer.Option(help="最后适用的一日 / the last day on which it applies, YYYY-MM-DD")],
    reason: Reason,
    quiet: Quiet = False,
) -> None:
    """起草一个版本的失效 / Enter an end of validity as a checked draft for somebody else to approve."""
    content = {"rate_table": table, "version": version, "last_day": last_day, "reason": reason}
    _event(Kind.END_OF_VALIDITY, content, quiet)


def _event(kind: Kind, content: dict[str, str], quiet: bool) -> None:
    """Begin and check in one transaction: what cannot be published leaves no draft."""
    with database() as engine:
        from app.commands.request_input import entered
        from app.services.draft_models import DraftRequest
        from app.tables.drafts import workflow as drafts

        actor = officer(engine, Scope.TABLES_WRITE)
        asked = entered(DraftRequest, {"kind": kind, "target": content["rate_table"], "content": content})

        def enter(session: Session) -> State:
            begun = drafts.begin(session, actor.name, asked.kind, asked.target, content, "content")
            return drafts.check(session, actor.name, begun.draft.id, begun.etag)

        found = _changed(engine, enter)
    show_for_approval(found, quiet)


# --- how it is said ---------------------------------------------------------------------------------


def show_for_approval(found: State, quiet: bool) -> None:
    """A draft that was entered in one call, and what is still to be done by whom."""
    if quiet:
        typer.echo(found.draft.id)
        return
    show_acted(found, "已起草并检查", "begun and checked")
    authors = found.authors
    typer.echo(f"待 {'、'.join(authors)} 以外的人批准并公布 / to be approved and published by somebody other than {', '.join(authors)}:")
    for step in ("report", "approve", "publish"):
        typer.echo(f"  subsidy tables draft {step} {found.draft.id}")


def show_acted(found: State, zh: str, en: str) -> None:
    """What was acted upon: which draft, which revision, by whom, and how to name it in the next step."""
    number, author = found.revision.revision, found.revision.author
    typer.echo(f"草案 {found.draft.id} 第 {number} 版（{author}）{zh} / draft {found.draft.id}, revision {number} by {author}: {en}")
    typer.echo(f"{found.draft.kind}  {found.draft.target}  {found.state}  ETag {found.etag.strip(chr(34))}")


def show_doubts(found: Sequence[Doubt]) -> None:
    """What clauses say otherwise, on standard error: a warning, with the reason that was given for it."""
    for one in found:
        note = f"  理由 / reason: {one.note}" if one.note else ""
        typer.echo(f"! {placed(one.place, f'{one.zh} / {one.en}')}{note}", err=True)


def _seen(if_match: str | None) -> str | None:
    """An ETag as it is compared; a shell takes the quotation marks away, and over HTTP an answer may have been compressed."""
    return None if if_match is None else '"' + if_match.strip().strip('"').removesuffix("-gzip") + '"'


def _yaml(content: Any) -> str:
    import yaml

    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000)


def _changed(engine: Engine, work: Callable[[Session], Done]) -> Done:
    from app.tables.storage.database import writing

    with writing(engine) as session:
        return work(session)


def read(engine: Engine, work: Callable[[Session], Any]) -> Any:
    from app.tables.storage.database import reading

    with reading(engine) as session:
        return work(session)


def examined(engine: Engine, draft_id: str) -> tuple[str, Prove, list[TermsFault]]:
    """A draft's ETag, its terms proved, what is wrong with its examples, while nothing is locked. Errors: DraftError, TooMuchWork."""
    from app.services.table_examples import failing_examples
    from app.tables.catalogue.repository import read_catalogue
    from app.tables.drafts.workflow import proposal_of, still_open

    prove = proved_for(engine, draft_id)

    def proposed(session: Session) -> tuple[str, Proposal, Catalogue]:
        found = still_open(session, draft_id)
        return found.etag, proposal_of(session, found, prove), read_catalogue(session)

    etag, proposal, catalogue = read(engine, proposed)
    return etag, prove, failing_examples(proposal, catalogue)


def proved_for(engine: Engine, draft_id: str) -> Prove:
    """Prove the terms of a draft while nothing is locked. Errors: DraftError, TooMuchWork."""
    from app.tables.drafts.workflow import to_prove
    from app.tables.files.term_proofs import proved

    return proved(read(engine, lambda session: to_prove(session, draft_id)))
