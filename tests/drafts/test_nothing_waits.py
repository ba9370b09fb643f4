"""What takes long holds no lock and nobody up: a key is revoked while a draft is proved, however long that takes."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from app import limits
from app.access import keys
from app.api.drafts.examples import BEGIN
from app.api.runtime.catalogue_refresher import Database
from app.api.runtime.transactions import Changes
from app.calculators.verification.regions import GivenUp
from app.errors import ProblemError
from app.tables.drafts import batch_plan as proposing_batches
from app.tables.drafts import fund_plan as proposing_funds
from app.tables.drafts import series_plan as proposing_series
from app.tables.drafts import workflow as drafts
from app.tables.files import term_proofs as proving
from app.tables.files.term_proofs import Wanted, prove_terms, proved
from app.tables.storage.database import engine_of, writing
from tests.access.conftest import bearer, issued, started
from tests.conftest import PATIENCE_SECONDS
from tests.drafts.conftest import Office

LINES, COMPARISONS = 60, 44
VERSION = BEGIN["content"]["value"]
TABLE = "bj-gjj-2025-1-11"


class Blocked:
    """Stands for work that takes as long as the test wants; then it goes on as always."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, where: Any, name: str) -> None:
        self.begun, self.may_go_on, self._work = threading.Event(), threading.Event(), getattr(where, name)
        monkeypatch.setattr(where, name, self)

    def __call__(self, *asked: Any) -> Any:
        self.begun.set()
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        return self._work(*asked)

    @contextmanager
    def beside(self, work: Callable[[], Any]) -> Iterator[Any]:
        """Do something that comes to the blocked work; inside, it has come there."""
        with ThreadPoolExecutor(1) as thread:
            answer = thread.submit(work)
            assert self.begun.wait(PATIENCE_SECONDS)
            try:
                yield answer
            finally:
                self.may_go_on.set()


@pytest.mark.parametrize("step", ["check", "publish", "report"])
def test_a_stolen_key_is_revoked_while_a_draft_is_proved(office: Office, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """By then the key is refused, and other drafts are begun; the draft itself goes on afterwards."""
    draft, etag = office.begin("li", VERSION)
    if step != "check":
        etag = office.step("li", draft, etag, "check").headers["etag"]
        etag = office.step("wang", draft, etag, "approve").headers["etag"]
    admin, stolen = issued(office.service.url, "keys:admin"), issued(office.service.url, "tables:approve")
    office.secrets |= {"thief": stolen.secret, "admin": admin.secret}
    office.wait_until(lambda: office.call("thief", "GET", draft).status_code == 200)
    proof = Blocked(monkeypatch, proving, "prove_terms")
    method, who, path = ("GET", "wang", f"{draft}/report") if step == "report" else ("POST", "wang", f"{draft}/{step}")
    asked = "li" if step == "check" else who
    with proof.beside(lambda: office.call(asked, method, path, **({} if step == "report" else {"If-Match": etag}))) as answer:
        assert office.call("admin", "DELETE", f"/v1/keys/{stolen.key_id}").status_code == 204
        assert office.call("thief", "GET", draft).status_code == 401
        assert office.call("zhao", "POST", "/v1/drafts", VERSION).status_code == 201
    assert answer.result().status_code == 200, answer.result().text


def test_a_draft_that_is_revised_while_it_is_proved_is_not_checked(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was proved is not what would be checked."""
    draft, etag = office.begin("li", VERSION)
    content = office.call("li", "GET", draft).json()["content"]
    proof = Blocked(monkeypatch, proving, "prove_terms")
    with proof.beside(lambda: office.step("li", draft, etag, "check")) as answer:
        assert office.call("li", "PUT", draft, {"content": content, "note": "again"}, **{"If-Match": etag}).status_code == 200
    assert (answer.result().status_code, answer.result().json()["code"]) == (412, "PRECONDITION_FAILED")


def test_other_terms_than_those_that_were_proved_are_not_published(office: Office) -> None:
    """Where no ETag says what was seen, as in a command, the terms themselves are compared."""
    draft, etag = office.begin("li", VERSION)
    engine = engine_of(office.service.url)
    with Session(engine) as session:
        prove = proved(drafts.to_prove(session, draft[-16:]))
    content = office.call("li", "GET", draft).json()["content"]
    content["version"]["terms"]["caps"] = []
    office.call("li", "PUT", draft, {"content": content}, **{"If-Match": etag})
    with writing(engine) as session, pytest.raises(drafts.NotNow, match="changed while it was proved"):
        drafts.check(session, "li", draft[-16:], None, prove)
    engine.dispose()


def heavy() -> dict[str, Any]:
    """60 lines of 44 conditions, each in another order."""
    names = [f"m_{number}" for number in range(COMPARISONS)]
    needs = {name: {"of": "ITEM", "type": "BOOLEAN", "title": name} for name in names}
    lines = [
        {"id": f"L{no}", "base": "base_amount", "rate": "1%", "clause": "按照1%", "when": " or ".join(names[no % 44 :] + names[: no % 44])}
        for no in range(LINES)
    ]
    return {"facts": "ITEMS", "wording": "EXACT", "needs": needs, "lines": lines}


def test_a_proof_that_would_be_too_much_work_is_refused(office: Office) -> None:
    """It is charged for every comparison of every line; the refusal says the limit, in check and report alike."""
    draft, etag = office.begin("li", VERSION)
    content = office.call("li", "GET", draft).json()["content"]
    content["version"] |= {"effective": {"first_day": "2026-03-01", "last_day": "open"}, "terms": heavy()}
    answer = office.call("li", "PUT", draft, {"content": content}, **{"If-Match": etag})
    etag = answer.headers["etag"]
    for refused in (office.step("li", draft, etag, "check"), office.call("li", "GET", f"{draft}/report")):
        assert (refused.status_code, refused.json()["code"]) == (422, "TOO_MUCH_WORK"), refused.text
        assert "500000" in refused.json()["detail"]


def test_a_draft_adds_no_more_rows_than_a_short_transaction_takes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are added while nobody else can write."""
    for module, name in ((proposing_batches, "MAX_DIRECTIONS"), (proposing_series, "MAX_VALUES"), (proposing_funds, "MAX_OVERLAYS")):
        monkeypatch.setattr(module, name, 2)
    value = {"on": "2026-09-21", "value": "3.05%", "confidence": "read"}
    directions = [{"rate_table": f"bj-gjj-2027-9-{no}", "no": f"{no}", "title": "x", "not_loaded": "x"} for no in range(3)]
    batch = {"id": "bj-gjj-2027-9", "year": "2027", "title": "x"}
    many = {"fund": "bj-gjj", "batch": batch, "document": {"title": "x"}, "authority": "official", "directions": directions}
    for kind, target, content, place in (
        ("REFERENCE_RATE", "LPR_1Y", {"series": [{"series": "LPR_1Y", "holds_until": "2026-10-20", "add": [value] * 3}]}, "/series/0"),
        ("REFERENCE_RATE", "LPR_1Y", {"series": [{"series": "LPR_1Y"}, {"series": "LPR_1Y"}]}, "/series"),
        ("BATCH", "bj-gjj-2027-9", many, "/directions"),
        ("FUND", "bj-gjj", {"id": "bj-gjj", "overlays": [{}] * 3}, "/overlays"),
    ):
        draft, etag = office.begin("li", {"kind": kind, "target": target, "content": content})
        errors = office.step("li", draft, etag, "check").json()["errors"]
        assert [one["pointer"] for one in errors] == [f"/content{place}"], errors


def test_a_proof_ends_when_nobody_waits_for_it() -> None:
    looked = []

    def left() -> bool:
        looked.append(True)
        return len(looked) == 3

    with pytest.raises(GivenUp):
        prove_terms(heavy(), "AWARD", left)
    wanted = Wanted()
    wanted(heavy(), "AWARD")
    with pytest.raises(GivenUp):
        proved(wanted, lambda: True)


# --- one process's places ---------------------------------------------------------------------------


@pytest.fixture
def own_database(database: str, tmp_path: Path) -> str:
    """A copy of the loaded database."""
    path = tmp_path / "own.db"
    shutil.copyfile(database.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def changes(own_database: str) -> Iterator[Changes]:
    """The places of a process for changes; the database has 0.2 seconds to answer."""
    made = Changes(own_database, Database(), seconds=0.2)
    yield made
    made.close()


async def _never() -> None:
    await asyncio.Event().wait()


def test_work_ends_when_its_caller_leaves(changes: Changes) -> None:
    told = threading.Event()

    def work(given_up: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not given_up():
            assert time.monotonic() < deadline, "never told"
            time.sleep(0.001)
        told.set()
        raise GivenUp

    async def leaves() -> None:
        await asyncio.sleep(0.01)

    with pytest.raises(ProblemError):
        asyncio.run(changes.apart(work, leaves()))
    assert told.is_set()
    assert asyncio.run(changes.apart(lambda _: 1, _never())) == 1  # its place is free again


def test_proofs_wait_for_their_turn_up_to_a_number(changes: Changes) -> None:
    """One whose caller has left by then is not begun."""
    go_on, done = threading.Event(), []

    async def crowd() -> None:
        def work(number: int) -> Callable[[Callable[[], bool]], None]:
            return lambda _: (go_on.wait(PATIENCE_SECONDS), done.append(number))[1]  # type: ignore[func-returns-value]

        leaving = asyncio.Event()
        jobs = [
            asyncio.create_task(changes.apart(work(no), leaving.wait() if no == 5 else _never()))  # type: ignore[arg-type]
            for no in range(limits.MAX_PROOFS_TAKEN)
        ]
        await asyncio.sleep(0)
        with pytest.raises(ProblemError) as refused:
            await changes.apart(work(99), _never())
        assert refused.value.code == "OVERLOADED"
        leaving.set()
        await asyncio.sleep(0.01)
        go_on.set()
        await asyncio.gather(*jobs, return_exceptions=True)

    asyncio.run(crowd())
    assert sorted(done) == [no for no in range(limits.MAX_PROOFS_TAKEN) if no != 5]


def test_what_is_made_of_an_answer_is_not_timed(changes: Changes) -> None:
    """Three times as long as the database may take."""
    assert asyncio.run(changes.read(lambda _: time.sleep(0.6))) is None


def test_keys_are_changed_when_all_other_places_are_taken(changes: Changes, own_database: str) -> None:
    made, go_on = issued(own_database, "calculate"), threading.Event()

    async def crowd() -> None:
        waiting = [asyncio.create_task(changes.read(lambda _: go_on.wait(PATIENCE_SECONDS))) for _ in range(limits.MAX_CHANGES)]
        await asyncio.sleep(0)
        with pytest.raises(ProblemError) as refused:
            await changes.read(lambda _: None)
        assert refused.value.code == "OVERLOADED"
        await changes.change(lambda session: keys.revoke(session, "operator:t", made.key_id, now=datetime.now(UTC)), "keys")
        go_on.set()
        await asyncio.gather(*waiting)

    changes.seconds = PATIENCE_SECONDS
    asyncio.run(crowd())


def test_keys_are_read_while_tables_are_being_made(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long that takes: the database is not away, and a key that was revoked elsewhere is refused."""
    officer = issued(own_database, "tables:write")
    with started(own_database) as service:
        assert service.here.get("/v1/drafts", headers=bearer(officer.secret)).status_code == 200
        making = Blocked(monkeypatch, service.app.state.loader._stock, "catalogue_with")
        known = service.here.get("/health/ready").json()["known_at"]
        engine = engine_of(own_database)
        content = {"rate_table": TABLE, "version": "1", "reason": "误发"}
        with writing(engine) as session:
            begun = drafts.begin(session, "li", "WITHDRAWAL", TABLE, content, "content")
            drafts.check(session, "li", begun.draft.id, None)
            drafts.approve(session, "wang", begun.draft.id, None)
            drafts.publish(session, "wang", begun.draft.id, None)
        assert making.begun.wait(PATIENCE_SECONDS)
        with writing(engine) as session:
            keys.revoke(session, "operator:t", officer.key_id, now=datetime.now(UTC))
        engine.dispose()
        Office.wait_until(lambda: service.here.get("/v1/drafts", headers=bearer(officer.secret)).status_code == 401)
        ready = service.here.get("/health/ready").json()
        assert (ready["status"], ready["known_at"]) == ("ready", known)
        making.may_go_on.set()
        Office.wait_until(lambda: service.here.get("/health/ready").json()["known_at"] != known)
