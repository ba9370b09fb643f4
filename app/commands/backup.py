"""``subsidy backup`` and ``subsidy restore``: the whole database in one file, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.commands.identity import database
from app.commands.progress import working
from app.settings import settings

NewFile = Annotated[Path, typer.Argument(metavar="FILE", help="要写的文件，不得已存在 / the file to write; it must not exist")]
OldFile = Annotated[Path, typer.Argument(metavar="FILE", help="subsidy backup 所写的文件 / a file that subsidy backup wrote")]
Verify = Annotated[
    bool, typer.Option("--verify", help="写完后恢复到临时库并逐行比较 / then restore into a scratch database and compare every row")
]
Digest = Annotated[
    str | None,
    typer.Option(
        metavar="sha256:…",
        help="备份时输出、另处保管的摘要；设有 SUBSIDY_BACKUP_KEY_FILE 时可不给"
        " / printed at backup and kept elsewhere; not needed where SUBSIDY_BACKUP_KEY_FILE is set",
    ),
]


def backup_database(file: NewFile, verify: Verify = False) -> None:
    """备份整个数据库并输出摘要 / Write everything that is stored to a file and print its digest; the service goes on meanwhile."""
    with database() as engine:
        from app.tables.backup.seal import key_of
        from app.tables.backup.writing import backup

        key = key_of(settings().backup_key_file)
        with working("备份 / backing up"):
            made = backup(engine, file, key)
        if verify:
            from app.tables.backup.restore import verify as restored

            with working("恢复到临时库核对 / restoring into a scratch database"):
                restored(file, made, key)
            typer.echo("✓ 已恢复到临时库并逐行核对 / restored into a scratch database, every row compared")
    signed = "，已签名" if key else "", ", signed" if key else ""
    typer.echo(f"{made.rows} 行已写入 {file}{signed[0]} / {made.rows} rows written to {file}{signed[1]}")
    typer.echo(f"摘要，请另处保管 / digest, to be kept elsewhere: {made.digest}")


def restore_database(file: OldFile, digest: Digest = None) -> None:
    """恢复到空库 / Put a backup into an empty database, after subsidy migrate; all or nothing."""
    with database() as engine:
        from app.tables.backup.restore import restore
        from app.tables.backup.seal import key_of

        with working("恢复 / restoring"):
            rows = restore(engine, file, key=key_of(settings().backup_key_file), digest=digest)
    typer.echo(f"{rows} 行已恢复 / {rows} rows restored")
