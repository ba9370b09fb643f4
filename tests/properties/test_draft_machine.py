"""Drafts run for their lives: officers write, check, approve, publish and give up in any order, each seeing what he last saw.

Beside the real drafts runs a plain model (``draft_model``). It says of every step whether it is accepted or with which
error it is refused; and of every day which version is in force, as known at every instant at which anything was published
and at the end of every day that has passed. The real ones are reached by their functions or over HTTP (``draft_doors``).
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlmodel import Session, select

from app.services.calculation_identity import CHINA, instant_text
from app.tables.catalogue.repository import read_catalogue
from app.tables.drafts import workflow as drafts
from app.tables.storage import models
from app.tables.storage.audit_log import verify
from tests.access.conftest import issued
from tests.properties import draft_doors
from tests.properties.draft_changes import (
    TURNS,
    a_version,
    changes,
    ends,
    firsts,
    months,
    notices,
    of_second,
    terms,
    versions,
    withdrawals,
)
from tests.properties.draft_doors import Archive, Clock, Functions, Http, Refusal, Shown
from tests.properties.draft_model import BATCH, SECOND, TABLE, Json, Model, in_force
from tests.properties.draft_records import rows_hold, same
from tests.storage.postgres import started

LI, ZHAO, WANG, QIAN = "li", "zhao", "wang", "qian"  # li and zhao write, wang and qian approve; anybody may try anything
NOBODYS = "0123456789abcdef"
FITTING = ["correct", "end", "follow", "withdraw", "begin"]
STEPS = ["check", "approve", "publish", "discard"]
ALL_OUTCOMES = {
    *((act, None) for act in ("begin", "revise", "check", "approve", "publish", "discard", "month")),
    *((act, error) for act in ("revise", "check", "approve", "publish", "discard") for error in ("SomebodyWasFaster", "NotNow")),
    ("publish", "Overtaken"),
    ("month", "Refused"),
    *(("check", fault) for fault in ("overlap", "gap", "clause", "direction", "supersedes", "period", "event", "month", "same")),
    ("approve", "OwnDraft"),
    ("publish", "NoSuchDraft"),
    *((kind, "published") for kind in ("RATE_TABLE", "BATCH", "REFERENCE_RATE", "WITHDRAWAL", "END_OF_VALIDITY")),
    *(("RATE_TABLE", what) for what in ("supersedes", "ends the one before", "begins a table")),
}
SAID = {"overlap": "施行期重叠", "gap": "施行期之间有空隙"}
Office = tuple[str, AbstractContextManager[tuple[Functions | Http, Archive | None]]]  # the database, and the way to its drafts

officers = st.sampled_from([LI, ZHAO, WANG, QIAN])
which = st.sampled_from([0, 0, 1, 2, 3, 4])
ALL_THE_WAY = [("check", "approve"), ("check", "approve", "publish"), ("check", "approve", "publish")]


class Drafts(RuleBasedStateMachine):
    """The real drafts on one database, and the model beside them."""

    reached: Counter[tuple[str, str | None]] = Counter()

    def __init__(self, new_office: Callable[[], Office]) -> None:
        super().__init__()
        Clock.at = datetime(2025, 3, 1, 1, tzinfo=UTC)
        url, office = new_office()
        self.open = ExitStack()
        self.door, self.archive = self.open.enter_context(office)
        self.engine = draft_doors.quick(url)
        self.open.callback(self.engine.dispose)
        self.model = Model()
        self.seen: dict[tuple[str, str], str] = {}
        self.days: list[tuple[date, int]] = []  # that have passed, and how much was known at the end of each
        with Session(self.engine) as session:
            self.instants = [read_catalogue(session).latest_known_at]

    # --- what officers do

    @rule(actor=officers, change=changes)
    def begin(self, actor: str, change: tuple[str, str, Json]) -> None:
        kind, target, content = change
        made = self.door.begin(actor, kind, target, content)
        self.model.begun(actor, made.id, kind, target, content, made.etag)
        self.reached["begin", None] += 1
        self._agree(actor, made.id)

    @rule(actor=officers, change=months)
    def enter_month(self, actor: str, change: tuple[str, str, Json]) -> None:
        """One day's publication: begun and checked in one step, or neither."""
        _, target, content = change
        one = content["series"][0]
        row, names = one["add"][0], target.split()
        content = {"series": [{**series, "add": [{"confidence": "read", **row}]} for series in content["series"]]}
        body = {"on": row["on"], "values": dict.fromkeys(names, row["value"]), "holds_until": one["holds_until"]}
        body |= {"confirmed": True} if "confirmed" in row else {}
        refused = None if self.model.after("REFERENCE_RATE", target, content) else "Refused"
        made = self._tried("month", refused, "Refused", lambda: self.door.month(actor, body))
        if made is not None:
            self.model.begun(actor, made.id, "REFERENCE_RATE", target, content, "unseen")
            self.model.taken("check", actor, made.id, made.etag)
            self._agree(actor, made.id)

    @precondition(lambda self: self.model.drafts)
    @rule(actor=officers, no=which, look=st.booleans(), data=st.data())
    def revise(self, actor: str, no: int, look: bool, data: st.DataObject) -> None:
        self._revise(actor, self._draft(no), look, data)

    @precondition(lambda self: self.model.drafts)
    @rule(act=st.sampled_from([*STEPS, "revise"]), actor=st.sampled_from([WANG, QIAN]), no=which, data=st.data())
    def come_too_late(self, act: str, actor: str, no: int, data: st.DataObject) -> None:
        """One officer looks at a draft, another one writes a revision, the first goes on with what he saw."""
        draft = self._draft(no)
        self._agree(actor, draft)
        self._revise(LI, draft, True, data)
        if act == "revise":
            self._revise(actor, draft, False, data)
        else:
            self._step(act, actor, draft, look=False)

    @precondition(lambda self: self.model.drafts)
    @rule(actor=st.sampled_from([WANG, QIAN]), no=which, data=st.data())
    def approve_what_he_corrected(self, actor: str, no: int, data: st.DataObject) -> None:
        draft = self._draft(no)
        self._revise(actor, draft, True, data)
        for act, who in (("check", LI), ("approve", actor)):
            self._step(act, who, draft, look=True)

    def _revise(self, actor: str, draft: str, look: bool, data: st.DataObject) -> None:
        of_kind = {"RATE_TABLE": versions, "WITHDRAWAL": withdrawals, "END_OF_VALIDITY": ends, "REFERENCE_RATE": months, "BATCH": notices}
        kind, target = (self.model.drafts[draft][key] for key in ("kind", "target"))
        options = of_second if target == SECOND else of_kind[kind]
        _, _, content = data.draw(options.filter(lambda one: one[1] == target))
        self._step("revise", actor, draft, look, content)

    @precondition(lambda self: self.model.drafts)
    @rule(act=st.sampled_from(STEPS), actor=officers, no=which, look=st.booleans())
    def step(self, act: str, actor: str, no: int, look: bool) -> None:
        self._step(act, actor, self._draft(no), look)

    @precondition(lambda self: self.model.drafts)
    @rule(no=which, approver=st.sampled_from([WANG, QIAN, ZHAO]), acts=st.sampled_from(ALL_THE_WAY), later=st.booleans())
    def carry(self, no: int, approver: str, acts: tuple[str, ...], later: bool) -> None:
        """Several steps in a row, so that many drafts get far; perhaps on the next day."""
        if later:
            self.days.append((Clock.today(), len(self.model.known) - 1))
            Clock.at += timedelta(days=1)
        draft = self._draft(no)
        for act in acts:
            self._step(act, LI if act == "check" else approver, draft, look=True)

    @rule(change=changes, approver=st.sampled_from([WANG, QIAN, ZHAO]), acts=st.sampled_from(ALL_THE_WAY), later=st.booleans())
    def bring(self, change: tuple[str, str, Json], approver: str, acts: tuple[str, ...], later: bool) -> None:
        """The same with a new draft."""
        self.begin(ZHAO, change)
        self.carry(0, approver, acts, later)

    @rule(change=changes)
    def be_overtaken(self, change: tuple[str, str, Json]) -> None:
        """A draft is approved, another one of the same is published, and then the first is tried."""
        self.begin(LI, change)
        first = self._draft(0)
        for act in ("check", "approve"):
            self._step(act, LI if act == "check" else QIAN, first, look=True)
        self.bring(change, WANG, ALL_THE_WAY[-1], later=False)
        self._step("publish", QIAN, first, look=False)

    @rule(what=st.sampled_from(FITTING), rate=st.sampled_from(["30%", "40%"]), approver=st.sampled_from([WANG, QIAN]))
    def bring_right(self, what: str, rate: str, approver: str) -> None:
        """What fits on what is published: a correction from the first day on, an end soon after it, what follows, the first of a table."""
        said = terms(rate, True, False)
        change = a_version(SECOND, not self.model.tables[SECOND], TURNS[0].isoformat(), "open", None, said)
        for first, last, number, _ in self.model.known[-1]["tables"][TABLE][-1:]:
            if what == "correct":
                change = a_version(TABLE, False, first.isoformat(), last.isoformat() if last else "open", str(number), said)
            elif what in {"end", "withdraw"}:
                gone = {"rate_table": TABLE, "version": str(number), "reason": "已废止"}
                soon = {"last_day": (first + timedelta(days=15)).isoformat()}
                change = ("WITHDRAWAL", TABLE, gone) if what == "withdraw" else ("END_OF_VALIDITY", TABLE, {**gone, **soon})
            elif what == "follow" and last is not None:
                change = a_version(TABLE, False, (last + timedelta(days=1)).isoformat(), "open", None, said)
        self.bring(change, approver, ALL_THE_WAY[-1], later=True)

    @rule(first=firsts)
    def meet_wrongly(self, first: str) -> None:
        """A period that ends before it begins, one long before all others, one that begins with another; a notice that changes nothing."""
        beside = self.model.known[-1]["tables"][TABLE][:1]
        periods = (first, "2023-12-31"), ("2023-06-01", "2023-06-30"), (str(beside[0][0]) if beside else first, "open")
        said = terms("30%", True, False)
        for change in (*(a_version(TABLE, False, *period, None, said) for period in periods), ("BATCH", BATCH, self.model.notice)):
            self.begin(LI, change)
            self._step("check", LI, self._draft(0), look=True)

    @rule(actor=officers)
    def publish_what_is_not_there(self, actor: str) -> None:
        self._step("publish", actor, NOBODYS, look=False)

    # --- how it is compared

    def _draft(self, no: int) -> str:
        begun = list(self.model.drafts)
        return begun[-1 - no % len(begun)]

    def _step(self, act: str, actor: str, draft: str, look: bool, content: Json | None = None) -> None:
        known = dict(self.model.drafts.get(draft, {"etags": [None], "etag": None}))
        seen = known["etag"] if look else self.seen.get((actor, draft), known["etags"][0])
        refused = self.model.refusal(act, actor, draft, seen)
        why = self.model.fault(*(known[key] for key in ("kind", "target", "content"))) if refused == "Refused" else ""
        made = self._tried(act, refused, why, lambda: self.door.step(act, actor, draft, seen, content))
        if made is not None:
            before = self.model.tables
            self.model.taken(act, actor, draft, made.etag, content)
            if act == "publish":
                self._count(known, before)
                self._look_back(known["kind"])
        if draft in self.model.drafts:
            self._agree(actor, draft)

    def _count(self, published: Json, before: dict[str, list[Json]]) -> None:
        """Note which ways of publication were gone."""
        kind, target, content = (published[key] for key in ("kind", "target", "content"))
        self.reached[kind, "published"] += 1
        if kind == "RATE_TABLE":
            cut = sum(one["cut"] for one in self.model.tables[target]) - sum(one["cut"] for one in before[target])
            self.reached[kind, "supersedes"] += "supersedes" in content["version"]
            self.reached[kind, "ends the one before"] += cut
            self.reached[kind, "begins a table"] += "direction" in content

    def _tried(self, act: str, refused: str | None, why: str, work: Callable[[], Shown]) -> Shown | None:
        """Do it, and be refused as the model says: by name, and where periods meet wrongly, in words."""
        self.reached[act, why if refused == "Refused" else refused] += 1
        try:
            made = work()
        except Refusal as error:
            assert error.name == refused, (act, error)
            assert why not in SAID or any(SAID[why] in fault for fault in error.faults), (why, error)
            return None
        assert refused is None, act
        return made

    def _agree(self, actor: str, draft_id: str) -> None:
        """The draft is what the model says; the officer sees it."""
        said, found = self.model.drafts[draft_id], self.door.shown(draft_id)
        for key in ("kind", "target", "content", "state", "etag", "revision", "authors", "steps"):
            assert getattr(found, key) == said[key], key
        self.seen[actor, draft_id] = found.etag

    def _look_back(self, published: str | None = None) -> None:
        """What was known at each instant is what the model copied then; a publication is later than all before it."""
        with Session(self.engine) as session:
            found = read_catalogue(session)
        assert found.batches[BATCH].title == self.model.notice["batch"]["title"]
        if published is not None:
            later = found.latest_known_at > self.instants[-1]
            assert later == (published != "BATCH")  # a notice of a batch is on no time axis
            self.instants.append(found.latest_known_at)
        for no, (instant, known) in enumerate(zip(self.instants, self.model.known, strict=True)):
            same(found, instant, known)
            if no and instant > self.instants[no - 1]:
                same(found, instant - timedelta(microseconds=1), self.model.known[no - 1])
        for day, known_then in self.days:
            same(found, datetime.combine(day, time.max, CHINA), self.model.known[known_then])
        if self.archive is not None:
            draft_doors.take(self.archive, found)
            self._ask(self.archive)

    def _ask(self, archive: Archive) -> None:
        """What was answered once is answered so for ever: as known at an instant, and as known on a day that has passed."""
        archive.unchanged()
        for day in (TURNS[1], TURNS[3]):
            _, rate = in_force(self.model.known[-1], TABLE, day) or (0, None)
            archive.answered(TABLE, day, rate, known_at=instant_text(self.instants[-1]))
            for passed, known in self.days[-3:]:
                _, rate = in_force(self.model.known[known], TABLE, day) or (0, None)
                archive.answered(TABLE, day, rate, known_on=passed.isoformat())

    def teardown(self) -> None:
        """Nothing that was said has changed, and the log has one entry for each step that was taken."""
        with self.open:
            for draft in self.model.drafts:
                self._agree(WANG, draft)
            self._look_back()
            with Session(self.engine) as session:
                assert verify(session) == []
                entries = session.exec(select(models.Audit).order_by(models.Audit.id)).all()  # type: ignore[arg-type]
                said = [(one.actor, one.action, one.object) for one in entries if one.action.startswith("draft.")]
                assert said == self.model.log
                rows_hold(session, self.instants, self.model.known)


@pytest.fixture
def pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of the small world, to be copied; drafts go by the machine's clock."""
    monkeypatch.setattr(drafts, "datetime", Clock)
    (tmp_path / "files").mkdir()
    draft_doors.small_world(f"sqlite:///{tmp_path}/pattern.db", tmp_path / "files")
    return tmp_path / "pattern.db"


def _copied(pattern: Path) -> str:
    shutil.copyfile(pattern, pattern.with_name("case.db"))
    return f"sqlite:///{pattern.with_name('case.db')}"


@pytest.fixture
def sqlite(pattern: Path) -> Callable[[], Office]:
    def new() -> Office:
        url = _copied(pattern)
        return url, draft_doors.by_functions(url)

    return new


@pytest.fixture
def http(pattern: Path) -> Callable[[], Office]:
    """Every officer may write and approve: what stands between them is the draft alone."""
    url = f"sqlite:///{pattern}"
    secrets = {who: issued(url, "tables:write", "tables:approve", "calculate", owner=who).secret for who in (LI, ZHAO, WANG, QIAN)}

    def new() -> Office:
        url = _copied(pattern)
        return url, draft_doors.over_http(url, secrets)

    return new


@pytest.fixture
def postgresql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Office]]:
    monkeypatch.setattr(drafts, "datetime", Clock)
    with started() as server:
        pattern = server.create()
        draft_doors.small_world(server.url(pattern), tmp_path)

        def new() -> Office:
            url = server.url(server.create(pattern))
            return url, draft_doors.by_functions(url)

        yield new


def run(new_office: Callable[[], Office], examples: int, steps: int) -> None:
    Drafts.reached.clear()
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(lambda: Drafts(new_office), settings=how)  # type: ignore[no-untyped-call]


def shown(how: str) -> str:
    published = sum(number for (_, outcome), number in Drafts.reached.items() if outcome == "published")
    steps = sum(number for (act, _), number in Drafts.reached.items() if act.islower())
    return f"drafts against their model, {how}: {steps} steps, {published} publications"


def test_drafts_do_what_the_model_does(sqlite: Callable[[], Office], record_property: Callable[[str, Any], None]) -> None:
    """Every kind of step was accepted and refused in each way at least once, and every kind of draft published."""
    run(sqlite, examples=28, steps=18)
    record_property("shown", shown("by functions"))
    reached = {way for way, number in Drafts.reached.items() if number}
    assert reached >= ALL_OUTCOMES, ALL_OUTCOMES - reached


def test_drafts_do_what_the_model_does_over_http(http: Callable[[], Office], record_property: Callable[[str, Any], None]) -> None:
    """The same with a key for each officer; and no answer that was given as of an instant or a day changes any more."""
    run(http, examples=8, steps=12)
    record_property("shown", shown("over HTTP"))
    published = Drafts.reached["publish", None]
    told = [sum(number for (_, outcome), number in Drafts.reached.items() if outcome == error) for error in ("SomebodyWasFaster", "OwnDraft")]
    assert published and all(told), Drafts.reached


def test_drafts_do_what_the_model_does_on_postgresql(postgresql: Callable[[], Office]) -> None:
    run(postgresql, examples=3, steps=20)
    assert Drafts.reached["publish", None]
