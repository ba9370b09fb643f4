"""The ``subsidy`` command. Heavy imports stay inside the commands that need them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app import operator_commands
from app.settings import settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="补贴计算服务 / subsidy calculation service")
tables = typer.Typer(no_args_is_help=True, help="标准表 / rate tables")
app.add_typer(tables, name="tables")
app.add_typer(operator_commands.keys, name="keys")
app.add_typer(operator_commands.audit, name="audit")

PUBLISHED = Path(__file__).resolve().parent / "tables" / "published"
Paths = Annotated[list[Path] | None, typer.Argument(help="文件或目录，默认为已公布的标准表")]


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from app.tables.migrating import migrate as run

    run(settings().database_url)
    typer.echo("database is up to date")


@tables.command("load")
def load_tables(paths: Paths = None) -> None:
    """Prove table files and load what is new; loading again changes nothing."""
    from sqlmodel import Session

    from app.tables.database import engine_of
    from app.tables.loader import LoadError, load

    with Session(engine_of(settings().database_url)) as session:
        try:
            done = load(session, paths or [PUBLISHED])
        except LoadError as refused:
            _report(refused)
            raise typer.Exit(1) from refused
    typer.echo(f"{done['tables']} rate tables proved, {done['added']} rows added")


@tables.command("check")
def check_tables(paths: Paths = None) -> None:
    """Prove table files without loading them."""
    from app.tables.loader import LoadError, read_files

    found = read_files(paths or [PUBLISHED])
    if found.faults:
        _report(LoadError(found.faults))
        raise typer.Exit(1)
    for table in found.tables:
        typer.echo(f"✓ {table}")
    typer.echo(f"{len(found.tables)} rate tables proved: no gap, no overlap, nothing that cannot apply")


def _report(refused: Exception) -> None:
    for fault in getattr(refused, "faults", ()):
        typer.echo(f"✗ {fault.place}: {fault.message}", err=True)


@app.command()
def serve() -> None:
    """Serve on the configured address (loopback by default)."""
    from app.serving import serve as run

    run()


@app.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    import json

    from app.main import create_app

    typer.echo(json.dumps(create_app().openapi(), ensure_ascii=False, indent=1))


def main() -> None:
    """Entry point of the ``subsidy`` command."""
    app()


if __name__ == "__main__":
    main()
