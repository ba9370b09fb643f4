"""The ``subsidy`` command. What each part does stands in ``app.commands``; heavy imports stay inside the commands that need them."""

from __future__ import annotations

import typer

from app.commands import operators, storing
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
    from app.tables.migrating import migrate as run

    run(settings().database_url)
    typer.echo("database is up to date")


@app.command()
def serve() -> None:
    """在所设的地址提供服务 / Serve on the configured address (loopback by default)."""
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
    app()


if __name__ == "__main__":
    main()
