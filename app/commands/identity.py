"""On whose behalf a command acts, on which database, and how it says that something was refused.

An operator on the machine can write to the database anyhow, so ``keys``, ``audit``, ``tables load``, ``backup`` and
``restore`` ask for no key; the log names the account. Drafts are the work of officers: each shows a key of his own in
the environment, and what it may do is decided as over HTTP, so that two pairs of eyes stay two.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import typer

from app.access.scopes import OPERATOR_PREFIX, Actor, Reason, Refusal, Said, Scope, lacking, said_of
from app.settings import settings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails
    from sqlalchemy import Engine

KEY: Final = "SUBSIDY_KEY"
"""The variable that holds an officer's key: not an argument, which every user of the machine could read."""


UNDEFINED_TABLE: Final = "42P01"  # what PostgreSQL says of a table that is not there


class NotAdmitted(Exception):
    """Nobody was recognised, or somebody who may not do this; ``said`` is told in both languages."""

    def __init__(self, said: Said) -> None:
        super().__init__(said[1])
        self.said = said


def operator() -> str:
    """Who runs this: the account, not a variable of the environment."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    return OPERATOR_PREFIX + name


def officer(engine: Engine, needed: Scope, *others: Scope) -> Actor:
    """Whose key it is, if that person may do this; any of several scopes will do. Errors: NotAdmitted, SQLAlchemyError.

    As over HTTP, the last use is noted, and a refusal is written into the audit log.
    """
    credential = os.environ.get(KEY, "").strip()
    if not credential:
        raise NotAdmitted(_how_to_get_one(needed))
    from app.access import refusal_counter as refusals
    from app.access.key_cache import Keyring, write_uses
    from app.tables.storage.database import writing

    now = datetime.now(UTC)
    with writing(engine) as session:
        found = Keyring.read(session).find(credential, now)
        if isinstance(found, Refusal):
            refusal, said = found, said_of(found)
        elif found.may(needed, *others):
            write_uses(session, {str(found.key_id): now})
            return found
        else:
            refusal, said = Refusal(Reason.MISSING_SCOPE, str(found.key_id)), lacking(needed)
        refusals.write(session, [refusals.Refused(refusal.object, refusal.reason, 1)])
    raise NotAdmitted(said)


def _how_to_get_one(needed: Scope) -> Said:
    make = f"subsidy keys create --name {'approvals' if needed is Scope.TABLES_APPROVE else 'drafts'} --scope {needed.value} --owner"
    return (
        f"须以环境变量 {KEY} 给出有 {needed.value} 权限的密钥；由运维人员新建：{make} 责任人",
        f"set {KEY} to a key with the scope {needed.value}; an operator makes one: {make} PERSON",
    )


@contextmanager
def database() -> Iterator[Engine]:
    """The database; whatever is refused on it is said, place by place, and the command ends with 1."""
    from app.tables.storage.database import engine_of

    with telling():
        engine = engine_of(settings().database_url)
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def telling() -> Iterator[None]:
    """Say what is refused within, and end with 1; what nobody expected goes on upwards."""
    try:
        yield
    except Exception as error:
        lines = _told(error)
        if lines is None:
            raise
        for line in lines:
            typer.echo(f"✗ {line}", err=True)
        raise typer.Exit(1) from error


def _told(error: Exception) -> list[str] | None:
    """The lines for an error that was expected."""
    from pydantic import ValidationError
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    from app.access.keys import KeyEnded, KeyNotFound
    from app.errors import ProblemError
    from app.tables.drafts.templates import SourceError
    from app.tables.drafts.workflow import DraftError, Refused
    from app.tables.files.term_proofs import TooMuchWork
    from app.tables.loading.loader import LoadError

    match error:
        case LoadError():
            return [f"{error.placed(fault)}: {fault.message}" for fault in error.faults]
        case Refused():
            return [placed(fault.place, fault.message) for fault in error.faults]
        case SourceError() | TooMuchWork():
            return [placed(error.fault.place, error.fault.message)]
        case ProblemError() if error.errors:
            return [placed(one.pointer, f"{one.zh} / {one.en}") for one in error.errors]
        case DraftError() | ProblemError():
            return [f"{error.zh} / {error.en}"]
        case NotAdmitted():
            return [" / ".join(error.said)]
        case KeyNotFound():
            return ["没有这个密钥 / there is no such key"]
        case KeyEnded():
            return ["密钥已吊销，不能轮换 / the key was revoked and gets no new secret"]
        case ArgumentError() | ModuleNotFoundError():
            return [
                "SUBSIDY_DATABASE_URL 应为 sqlite:///文件 或 postgresql+psycopg://用户@主机/库名"
                " / SUBSIDY_DATABASE_URL should be sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"
            ]
        case SQLAlchemyError():
            return [_of_the_database(error)]
        case FileExistsError():
            return [f"{error.filename} 已存在，不会覆盖 / {error.filename} exists and is not written over"]
        case BrokenPipeError():  # whoever read what is printed has seen enough
            return None
        case OSError():
            return [f"{error.filename} 不能读写：{error.strerror} / {error.filename} cannot be read or written: {error.strerror}"]
        case ValidationError():  # of the settings: requests are answered as problems
            return [_of_a_setting(one) for one in error.errors(include_url=False, include_input=False)]
        case ValueError():
            return str(error).splitlines()
        case _:
            return None


def placed(place: str, message: str) -> str:
    """A fault with its place, where it has one."""
    return f"{place}: {message}" if place else message


def _of_the_database(error: Exception) -> str:
    from app.tables.storage.database import is_full, is_locked, is_refusal

    kind = type(error).__name__
    if is_refusal(error):
        return f"与现状冲突（{kind}），可能有人同时变更，请重试 / in conflict with what is stored ({kind}): try again"
    if is_locked(error):
        zh = "数据库被他人占用，没有等到，未作变更；请重新运行"
        return f"{zh} / somebody else holds a lock on the database, nothing was done: run the command again"
    if is_full(error):
        return "数据库所在的磁盘已满或写不进，未作变更 / the disk of the database is full or takes no more: nothing was done"
    if "no such table" in str(error) or getattr(getattr(error, "orig", None), "sqlstate", None) == UNDEFINED_TABLE:
        return "数据库中还没有表，先运行 subsidy migrate / the database has no tables yet: run subsidy migrate first"
    return f"数据库不可用（{kind}），见 SUBSIDY_DATABASE_URL / the database is not available ({kind}), see SUBSIDY_DATABASE_URL"


def _of_a_setting(error: ErrorDetails) -> str:
    """Which variable is wrong; never what it holds."""
    said = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return said  # of several together: it names them
    name = f"SUBSIDY_{error['loc'][0]}".upper()
    return f"{name} 有误 / {name} is wrong: {said}"
