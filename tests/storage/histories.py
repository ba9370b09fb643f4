"""Random uses of the service, each from a seed, with stops: at every stop all is backed up, restored twice and compared.

Officers draft, revise, check, approve, publish and give up; versions are withdrawn and ended; reference rates come month by
month; files are loaded; keys are made, rotated, used and revoked; sign-ins are refused. After a stop the use goes on in what
was restored. Half of the histories have a clock that stands still, so that nothing but the rows themselves tells their order.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.access import keys
from app.access import refusal_counter as refusals
from app.access.key_cache import Keyring, write_uses
from app.access.scopes import Reason, Scope
from app.main import create_app
from app.settings import Settings
from app.tables.backup.restore import restore
from app.tables.backup.writing import backup, digest_of
from app.tables.catalogue.repository import read_catalogue
from app.tables.drafts import workflow as drafts
from app.tables.loading.loader import read_files, store
from app.tables.storage import audit_log as audit
from app.tables.storage import models
from app.tables.storage.database import writing
from tests.bureau import USCC
from tests.properties.draft_changes import TURNS, a_month, a_version, terms
from tests.properties.draft_doors import Clock, quick
from tests.properties.draft_model import BATCH, NOTICE, SECOND, SERIES, TABLE, Json
from tests.storage.notices import BATCH as BATCH_FILE
from tests.storage.notices import direction, version, written
from tests.storage.test_backup import everything

PEOPLE = ("li", "zhao", "wang", "qian")
STEPS = ("check", "approve", "publish", "discard")
STOPS, MOST_ACTS = 2, 9
KEY = b"0123456789abcdef0123456789abcdef"

UNSEEN = {"rate_table": f"{BATCH}-9", "no": "9", "not_loaded": "附件未见"}
New = Callable[[str], str]
"""Make a database of a kind, ``sqlite`` or ``postgresql``: empty tables, newest schema."""


def rules(limit: str) -> Json:
    """Rules of the fund, again and again: each version takes the place of the one before."""
    cap = {"per": [], "period": "BATCH", "limit": limit, "clause": "至多"}
    effective = {"first_day": "2024-01-01", "last_day": "open"}
    return {"id": "t-rules", "title": "规则", "effective": effective, "authority": "official", "terms": {"caps": [cap]}}


class History:
    """One use of the service, from a seed, on a database of its own."""

    def __init__(self, seed: int, url: str, secret: str, folder: Path) -> None:
        self.random = random.Random(seed)
        self.engine = quick(url)
        self.secret, self.folder = secret, folder
        self.done: Counter[str] = Counter()
        self.day = date(2024, 2, 20)

    def act(self) -> None:
        """Do something; what is refused leaves nothing behind."""
        often = (self._step, self._bring, self._keys)
        self.random.choice((*often, *often, self._begin, self._revise, self._month, self._load, self._sign_in))()

    # --- drafts

    def _change(self) -> tuple[str, str, Json]:
        some = self.random
        number, reason = some.choice("1123"), "依据的通知已废止"
        rate, first, exempt = some.choice(["30%", "40%", "50%"]), some.choice(TURNS).isoformat(), some.random() < 0.3
        return some.choice(
            [
                a_version(TABLE, False, first, "open", some.choice([None, number]), terms(rate, True, exempt)),
                a_version(SECOND, some.random() < 0.7, first, "open", None, terms(rate, True, exempt)),
                ("WITHDRAWAL", TABLE, {"rate_table": TABLE, "version": number, "reason": reason}),
                ("END_OF_VALIDITY", TABLE, {"rate_table": TABLE, "version": number, "last_day": "2024-06-30", "reason": reason}),
                ("BATCH", BATCH, NOTICE | {"batch": NOTICE["batch"] | {"title": some.choice("甲乙丙")}}),
                ("BATCH", BATCH, NOTICE | {"directions": [UNSEEN | {"title": some.choice("丙丁")}]}),
                ("FUND", "t-fund", {"id": "t-fund", "overlays": [rules(some.choice(["100", "200"]))]}),
                a_month(SERIES, [self.day.isoformat()], "3.40%", True, "2026-12-31"),
            ]
        )

    def _fitting(self) -> tuple[str, str, Json]:
        """A correction of the version that is in force, or what follows it."""
        with Session(self.engine) as session:
            of = models.VersionStanding
            open_ = session.exec(select(of).where(of.rate_table == TABLE, of.known_until == None)).all()  # noqa: E711 - SQL
        if not open_ or self.random.random() < 0.3:
            return self._change()
        last = max(open_, key=lambda one: one.effective_from)
        said = terms(self.random.choice(["30%", "40%", "50%"]), True, False)
        if self.random.random() < 0.5:
            until = "open" if last.effective_until is None else (last.effective_until - timedelta(days=1)).isoformat()
            return a_version(TABLE, False, last.effective_from.isoformat(), until, str(last.version), said)
        first = last.effective_until or last.effective_from + timedelta(days=self.random.randint(1, 40))
        return a_version(TABLE, False, first.isoformat(), "open", None, said)

    def _begin(self) -> str:
        kind, target, content = self._change()
        return self._begun(kind, target, content)

    def _begun(self, kind: str, target: str, content: Json) -> str:
        with writing(self.engine) as session:
            self.done["begin"] += 1
            return drafts.begin(session, self.random.choice(PEOPLE), kind, target, content, "nothing", "附注").draft.id

    def _taken(self, act: str, who: str, draft: str, *more: Any) -> None:
        with suppress(drafts.DraftError), writing(self.engine) as session:
            getattr(drafts, act)(session, who, draft, None, *more)
            self.done[act] += 1

    def _some_draft(self) -> str:
        with Session(self.engine) as session:
            found = [one.draft.id for one in drafts.all_states(session)]
        return self.random.choice(found) if found else self._begin()

    def _step(self) -> None:
        self._taken(self.random.choice(STEPS), self.random.choice(PEOPLE), self._some_draft())

    def _revise(self) -> None:
        """After a check, more often than not: what was checked is so no more."""
        draft = self._some_draft()
        if self.random.random() < 0.7:
            self._taken("check", "li", draft)
        with Session(self.engine) as session:
            content = drafts.state_of(session, draft).content
        self._taken("revise", self.random.choice(PEOPLE), draft, content)

    def _bring(self) -> None:
        """A draft all the way."""
        draft = self._begun(*self._fitting())
        for act, who in (("check", "li"), ("approve", self.random.choice(PEOPLE)), ("publish", "wang")):
            self._taken(act, who, draft)

    def _month(self) -> None:
        self.day += timedelta(days=30)
        with suppress(drafts.DraftError):
            with writing(self.engine) as session:
                made = drafts.enter_month(session, "li", self.day.isoformat(), dict.fromkeys(SERIES, "3.40%"), "2026-12-31", confirmed=True)
            for act in ("approve", "publish"):
                self._taken(act, "wang", made.draft.id)
            self.done["month"] += 1

    # --- keys, files, refusals

    def _keys(self) -> None:
        now = datetime.now(UTC)
        with Session(self.engine) as session:
            found = [one for one in keys.listed(session) if one.owner != "auditor"]
        with writing(self.engine) as session:
            act = self.random.choice(["create", "rotate", "revoke", "use"]) if found else "create"
            self.done[f"key {act}"] += 1
            if act == "create":
                scopes = self.random.sample(list(Scope), self.random.randint(1, 6))
                keys.create(session, "operator:t", name="钥匙", owner=self.random.choice(PEOPLE), scopes=scopes, days=90, now=now)
                return
            key = self.random.choice(found).id
            with suppress(keys.KeyEnded):
                match act:
                    case "rotate":
                        keys.rotate(session, "operator:t", key, grace_hours=self.random.randint(0, 5), days=30, now=now)
                    case "revoke":
                        keys.revoke(session, "operator:t", key, now=now)
                    case _:
                        write_uses(session, {key: now})

    def _load(self) -> None:
        """A file of another batch, once or again."""
        year = str(self.random.choice([2020, 2021, 2022, 2023, 2025, 2026]))
        text = BATCH_FILE.replace("2024", year) + direction(version(1, f"{year}-01-15")).replace("2024-1-1", f"{year}-1-1")
        folder = self.folder / year
        folder.mkdir(exist_ok=True)
        with writing(self.engine) as session:
            self.done["load"] += store(session, read_files(written(folder, notice=text)), "operator:t")["added"] > 0

    def _sign_in(self) -> None:
        with writing(self.engine) as session:
            refusals.write(session, [refusals.Refused("-", Reason.MALFORMED, self.random.randint(1, 9))])

    # --- stops

    def stop(self, new: New, kind: str) -> None:
        """Back up, restore into both databases, compare; then go on in the restored one of the same kind."""
        path = self.folder / f"{self.random.getrandbits(64):x}.backup"
        made = backup(self.engine, path, KEY)
        stored, said = everything(self.engine), answers(self.engine, self.secret)
        for other in ("sqlite", "postgresql"):
            restored = quick(new(other))
            assert restore(restored, path, key=KEY) == made.rows
            assert digest_of(restored) == made
            if other == kind:
                assert everything(restored) == stored
            assert answers(restored, self.secret) == said
            with Session(restored) as session:
                assert audit.verify(session) == []
            if other == kind:
                self.engine.dispose()
                self.engine = restored
            else:
                restored.dispose()
        path.unlink()


def run(seed: int, kind: str, world: str, secret: str, new: New, folder: Path) -> Counter[str]:
    """One history on a copy of the small world; what was done in it."""
    history = History(seed, world, secret, folder)
    try:
        with patch.object(drafts, "datetime", Clock if seed % 2 else datetime):
            for _ in range(STOPS):
                for _ in range(history.random.randint(1, MOST_ACTS)):
                    history.act()
                history.stop(new, kind)
    finally:
        history.engine.dispose()
    return history.done


@lru_cache(maxsize=1)
def _app() -> FastAPI:
    """One application for all databases: it is made anew in a third of a second, and asked of thousands."""
    return create_app(Settings(database_url="sqlite://", change_seconds=600))


def answers(engine: Engine, secret: str) -> list[tuple[str, int, bytes]]:
    """What a service on this database answers: claims as of several days and instants, and every list."""
    app = _app()
    app.state.changes.engine = engine
    with Session(engine) as session:
        app.state.catalogue = found = read_catalogue(session)
        app.state.guard.keyring = Keyring.read(session)
        some_drafts = sorted(session.exec(select(models.Draft.id)).all())[:3]
    instants = [found.instants[0], found.instants[len(found.instants) // 2], found.latest_known_at]
    # Thousands of lines that nobody reads; and a machine that is busy makes this slow, not wrong.
    with patch("app.api.http.middleware.log_request"):
        return asyncio.run(_asked(app, secret, some_drafts, instants))


async def _asked(app: Any, secret: str, some_drafts: list[str], instants: list[datetime]) -> list[tuple[str, int, bytes]]:
    headers = {"Authorization": f"Bearer {secret}", "X-Request-ID": "same"}
    lists = ["/v1/rate-tables", f"/v1/rate-tables/{TABLE}/versions", f"/v1/reference-rates/{SERIES[0]}", "/v1/drafts", "/v1/keys", "/v1/audit"]
    got = []
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
        for address in [*lists, *(f"/v1/drafts/{one}" for one in some_drafts)]:
            answer = await client.get(address)
            got.append((address, answer.status_code, answer.content))
        for table, day in ((TABLE, "2024-03-01"), (TABLE, "2024-07-02"), (SECOND, "2025-01-01")):
            for instant in instants:
                claim = {"rate_table": table, "application_date": day, "known_at": instant.isoformat(), "applicant": {"uscc": USCC}}
                answer = await client.post("/v1/awards/calculate", json=claim | {"items": [{"item_id": "A", "base_amount": "1000.00"}]})
                got.append((f"{table} {day} {instant}", answer.status_code, answer.content))
    assert all(status == 200 for _, status, _ in got[: len(lists) + len(some_drafts)])
    return got
