"""``subsidy keys`` and ``subsidy audit``: what an operator does on the machine itself, beside the service.

Whoever can run these can also write to the database, so no key is asked for; the audit log names the operator.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.access.scopes import Scope
from app.commands.identity import database, operator

if TYPE_CHECKING:
    from app.access.keys import Issued

keys = typer.Typer(no_args_is_help=True, help="密钥 / keys")
audit = typer.Typer(no_args_is_help=True, help="审计日志 / audit log")

KeyId = Annotated[str, typer.Argument(help="密钥编号 / the key's id")]
Days = Annotated[int, typer.Option(help="有效天数，至多 400 / days until it expires, at most 400")]


def _show(issued: Issued) -> None:
    """The secret alone on standard output, so that it can be piped into a vault."""
    typer.echo(issued.secret)
    until = issued.expires_at.astimezone().isoformat(timespec="minutes")
    typer.echo(
        f"密钥 {issued.key_id}，有效至 {until}；密文只显示这一次 / key {issued.key_id}, valid until {until}; the secret is shown this once",
        err=True,
    )


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Option(help="用途 / what it is for")],
    owner: Annotated[str, typer.Option(help="责任人，与其令牌的 sub 一致 / the person who answers for it, as in the sub of tokens")],
    scope: Annotated[list[Scope], typer.Option(help="权限，可多次给出 / scope, may be given several times")],
    days: Days = 90,
) -> None:
    """新建密钥，密文只显示一次 / Make a key and print its secret once."""
    from app.access import keys as stored
    from app.tables.storage.database import writing

    with database() as engine, writing(engine) as session:
        issued = stored.create(session, operator(), name=name, owner=owner, scopes=scope, days=days, now=datetime.now(UTC))
    _show(issued)


@keys.command("list")
def list_keys() -> None:
    """列出密钥，不含密文 / List keys, never their secrets."""
    from sqlmodel import Session

    from app.access.keys import listed

    with database() as engine, Session(engine) as session:
        for key in listed(session):
            until = max(min(one.expires_at, one.ends_at or one.expires_at) for one in key.secrets)
            end = "revoked" if key.revoked_at else f"until {until.date()}"
            used = f"used {key.last_used_at:%Y-%m-%d %H:%M}Z" if key.last_used_at else "never used"
            typer.echo(f"{key.id}  {key.owner}  {key.name}  {','.join(key.scopes)}  {end}  {used}")


@keys.command("rotate")
def rotate_key(
    key_id: KeyId,
    grace_hours: Annotated[int, typer.Option(help="旧密文还可使用的小时数 / hours for which the old secret goes on")] = 24,
    days: Days = 90,
) -> None:
    """更换密文，只显示一次 / Give a key a new secret and print it once."""
    from app.access.keys import rotate
    from app.tables.storage.database import writing

    with database() as engine, writing(engine) as session:
        issued = rotate(session, operator(), key_id, grace_hours=grace_hours, days=days, now=datetime.now(UTC))
    _show(issued)


@keys.command("revoke")
def revoke_key(key_id: KeyId) -> None:
    """吊销密钥，其全部密文即刻失效 / Refuse a key from now on, with all its secrets."""
    from app.access.keys import revoke
    from app.tables.storage.database import writing

    with database() as engine, writing(engine) as session:
        revoke(session, operator(), key_id, now=datetime.now(UTC))
    typer.echo(f"密钥 {key_id} 已吊销 / key {key_id} is revoked")


@audit.command("list")
def list_log(
    after: Annotated[int, typer.Option(min=0, help="从这一条之后起 / only entries after this number")] = 0,
    about: Annotated[str | None, typer.Option("--object", help="只列对这个对象所做的 / only what was done to this object")] = None,
) -> None:
    """列出审计记录，每条一行 JSON，与接口所示相同 / Print the entries, each a line of JSON, as over HTTP."""
    from sqlmodel import Session

    from app.services.audit_listing import MAX_AUDIT_ENTRIES, audit_log
    from app.tables.storage import audit_log as log

    with database() as engine, Session(engine) as session:
        while found := log.entries(session, after, MAX_AUDIT_ENTRIES, about):
            for one in audit_log(found, log.head_of(session)).entries:
                typer.echo(one.model_dump_json())
            after = found[-1].id


@audit.command("verify")
def verify_log(
    head: Annotated[str | None, typer.Option(help="先前记下的链头“序号 摘要” / a head noted earlier, 'number hash'")] = None,
) -> None:
    """核对整条链；给出先前的链头时，也核对没有重做 / Check the chain, and with a head noted earlier that it is the same one."""
    from app.tables.storage import audit_log as log
    from app.tables.storage.database import reading

    with database() as engine, reading(engine) as session:  # one moment: an entry that is added meanwhile is no fault
        faults = log.verify(session)
        if head is not None:
            faults += log.missing(session, head)
        last = log.head_of(session).last
    for fault in faults:
        typer.echo(f"✗ {fault}", err=True)
    if faults:
        raise typer.Exit(1)
    typer.echo(f"✓ {last} 条记录，链完整 / {last} entries, the chain holds")


@audit.command("head")
def show_head() -> None:
    """输出末条的序号与摘要，以便另处记下 / Print number and hash of the last entry, to be noted somewhere else."""
    from sqlmodel import Session

    from app.tables.storage import audit_log as log

    with database() as engine, Session(engine) as session:
        last, digest = log.head_of(session)
    typer.echo(f"{last} {digest}".strip())
