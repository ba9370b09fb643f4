"""``subsidy tables``: table files are proved and loaded, a month's rates entered, drafts taken from step to step."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.access.scopes import Scope
from app.commands import draft_trials as trials
from app.commands import drafts
from app.commands.identity import database, officer, operator, telling
from app.commands.progress import tracked, working

if TYPE_CHECKING:
    from app.tables.files.file_values import Entries

tables = typer.Typer(no_args_is_help=True, help="标准表 / rate tables")
drafts.draft.command("effect")(trials.effect_of_draft)
drafts.draft.command("calculate")(trials.calculate_under_draft)
tables.add_typer(drafts.draft, name="draft")

PUBLISHED = Path(__file__).resolve().parents[1] / "tables" / "published"
Paths = Annotated[list[Path] | None, typer.Argument(help="文件或目录，默认为已公布的 / files or folders; by default the published ones")]


@tables.command("load")
def load_tables(
    paths: Paths = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="已看过对现行标准表金额的影响 / the effect on tables in force was seen, and is right")
    ] = False,
    cases: trials.Cases = None,
) -> None:
    """证明标准表文件并载入新内容 / Prove table files and load what is new; loading again changes nothing."""
    with database() as engine:
        from app.commands.load_preview import keys_of, show_change
        from app.services.table_examples import check_examples
        from app.tables.catalogue.hypothetical import in_force_already
        from app.tables.catalogue.repository import read_catalogue
        from app.tables.loading.drift import beyond
        from app.tables.loading.loader import put, what_is_new
        from app.tables.storage.database import reading, writing

        found = _proved(paths)  # before the lock: others may write meanwhile
        with working("比较 / comparing"), reading(engine) as session:
            new = what_is_new(session, found, datetime.now(UTC))
            catalogue = read_catalogue(session)
            changed = in_force_already(catalogue, new)
            told = show_change(session, new, changed, catalogue, cases) if changed else None
        if told is not None:
            told()
        if changed and not confirm:
            names = " ".join(changed)
            with_make = ("（用 make 时为 make serve CONFIRM=1）", " (with make: make serve CONFIRM=1)")
            zh, en = ("", "") if paths else with_make  # which loads no others
            typer.echo(f"✗ 将改变现行标准表的金额：{names}；核对后加 --confirm{zh}，未载入", err=True)
            refused = f"  amounts of tables in force would change: {names}; nothing was loaded, add --confirm if that is right{en}"
            typer.echo(refused, err=True)
            raise typer.Exit(1)
        with working("载入 / loading"), writing(engine) as session:
            now = what_is_new(session, found, datetime.now(UTC))
            if not keys_of(now) <= keys_of(new):
                raise ValueError("库中刚有变更，未载入；请重新运行 / the database has just been changed, nothing was loaded: run it again")
            put(session, now, operator())
            check_examples(found, lambda: read_catalogue(session))
            more = list(beyond(session, found))
    proved, added = len(found.tables), len(now)
    _warn(found)
    typer.echo(f"{proved} 张标准表无误，新增 {added} 行 / {proved} rate tables proved, {added} rows added")
    for one in more:
        typer.echo(f"· 库中另有，保留：{one.zh} / also stored, and kept: {one.en}")


@tables.command("check")
def check_tables(paths: Paths = None) -> None:
    """证明标准表文件而不载入 / Prove table files without loading them."""
    with telling():
        found = _checked(paths)
    for table in found.tables:
        typer.echo(f"✓ {table}")
    _warn(found)
    proved = len(found.tables)
    zh, en = "无空隙、无重叠、无永不适用的内容", "no gap, no overlap, nothing that cannot apply"
    typer.echo(f"{proved} 张标准表无误：{zh} / {proved} rate tables proved: {en}")


def _checked(paths: list[Path] | None) -> Entries:
    """What files say. Errors: LoadError where loading would refuse them: names that are nowhere, examples that do not compute."""
    from app.services.table_examples import check_examples
    from app.tables.loading.loader import LoadError, catalogue_of, read_files
    from app.tables.loading.named_ids import check_names, names_in

    found, here, beside = read_files(paths or [PUBLISHED], tracked), _stored(), read_files([PUBLISHED])
    check_names(found, names_in(here) | names_in(beside))
    if found.faults:
        raise LoadError(found)
    check_examples(found, lambda: catalogue_of(found, here, beside))
    return found


def _stored() -> Entries:
    """What files may rest on in the database, where there is one: checking needs none."""
    from sqlalchemy.exc import SQLAlchemyError
    from sqlmodel import Session

    from app.settings import settings
    from app.tables.files.file_values import Entries
    from app.tables.loading.named_ids import stored
    from app.tables.storage.database import engine_of

    url = settings().database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        return Entries()  # connecting would make it
    engine = engine_of(url)
    try:
        with Session(engine) as session:
            return stored(session)
    except SQLAlchemyError:
        return Entries()
    finally:
        engine.dispose()


def _warn(found: Entries) -> None:
    from dataclasses import replace

    from app.tables.files.clause_doubts import unexplained
    from app.tables.files.places import placed_in

    drafts.show_doubts([replace(one, place=placed_in(found.paths, one.place)) for one in unexplained(found.doubts)])


def _proved(paths: list[Path] | None) -> Entries:
    """What files say. Errors: LoadError where they do not prove."""
    from app.tables.loading.loader import LoadError, read_files

    found = read_files(paths or [PUBLISHED], tracked)
    if found.faults:
        raise LoadError(found)
    return found


@tables.command("lpr")
def enter_month(
    on: Annotated[str, typer.Argument(metavar="DAY", help="公布日 / day of publication, YYYY-MM-DD")],
    rates: Annotated[list[str], typer.Argument(metavar="SERIES=RATE…", help="如 LPR_1Y=3.00% USD_CNY=7.1879 / one or more series")],
    holds_until: Annotated[str, typer.Option(help="有效至（不含），通常为下一公布日 / valid until, exclusive: the next publication")],
    confirm: Annotated[bool, typer.Option("--confirm", help="与上一值相差很大，确认无误 / far from the last value, and right")] = False,
    quiet: drafts.Quiet = False,
) -> None:
    """录入一次公布的参考利率，待另一人批准 / Enter a month's reference rates as a checked draft for somebody else to approve."""
    with database() as engine:
        from app.commands.request_input import entered, pairs
        from app.errors import ProblemError
        from app.services import rate_entry as months
        from app.services.draft_models import MonthRequest
        from app.tables.storage.database import writing

        actor = officer(engine, Scope.TABLES_WRITE)
        asked = entered(MonthRequest, {"on": on, "values": pairs(rates), "holds_until": holds_until, "confirmed": confirm})
        try:
            with writing(engine) as session:
                found = months.enter(session, actor.name, asked)
        except ProblemError as refused:
            if any("confirmed" in fault.zh for fault in refused.errors):
                typer.echo("相差很大但确认无误的，加 --confirm / where it is far from the last value, and right, add --confirm", err=True)
            raise
    drafts.show_for_approval(found, quiet)
