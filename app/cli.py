"""The ``subsidy`` command. What each part does stands in ``app.commands``; heavy imports stay inside the commands that need them."""

from __future__ import annotations

import typer

from app.commands import backup as storing
from app.commands import operators
from app.commands.identity import telling
from app.commands.tables import tables
from app.settings import settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="补贴计算服务 / subsidy calculation service")
app.add_typer(tables, name="tables")
app.add_typer(operators.keys, name="keys")
app.add_typer(operators.audit, name="audit")
app.command("backup")(storing.backup_database)
app.command("restore")(storing.restore_database)


@app.command()
def migrate() -> None:
    """把数据库升级到最新结构 / Bring the database to the newest schema."""
    from app.tables.storage.migrations import migrate as run

    with telling():
        run(settings().database_url)
    typer.echo("数据库已是最新结构 / the database has the newest schema")


@app.command()
def serve() -> None:
    """在所设的地址提供服务 / Serve on the configured address (loopback by default)."""
    with telling():
        settings()
    from app.serving import serve as run

    run()


@app.command()
def openapi() -> None:
    """输出 OpenAPI 文档 / Print the OpenAPI document."""
    import json

    from app.main import create_app

    typer.echo(json.dumps(create_app().openapi(), ensure_ascii=False, indent=1))


def main() -> None:
    """Entry point of the ``subsidy`` command."""
    app(prog_name="subsidy")


if __name__ == "__main__":
    main()
