"""``subsidy backup`` and ``subsidy restore``: the whole database in one file, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.commands.acting import database
from app.commands.progress import working

NewFile = Annotated[Path, typer.Argument(metavar="FILE", help="要写的文件，不得已存在 / the file to write; it must not exist")]
OldFile = Annotated[Path, typer.Argument(metavar="FILE", help="subsidy backup 所写的文件 / a file that subsidy backup wrote")]


def backup_database(file: NewFile) -> None:
    """备份整个数据库 / Write everything that is stored to a file; the service goes on meanwhile."""
    with database() as engine:
        from app.tables.backup import backup

        with working("备份 / backing up"):
            rows = backup(engine, file)
    typer.echo(f"{rows} 行已写入 {file} / {rows} rows written to {file}")


def restore_database(file: OldFile) -> None:
    """恢复到空库 / Put a backup into an empty database, after subsidy migrate; all or nothing."""
    with database() as engine:
        from app.tables.backup import restore

        with working("恢复 / restoring"):
            rows = restore(engine, file)
    typer.echo(f"{rows} 行已恢复 / {rows} rows restored")
