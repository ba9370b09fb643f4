"""Drafts run for their lives: officers write, check, approve, publish and give up in any order, each seeing what he last saw.

Beside the real drafts runs a plain model (``draft_model``). It says of every step whether it is accepted or with which
error it is refused; and of every day which version is in force, as known at every instant at which anything was published.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from app.tables import drafts, models
from app.tables.audit import verify
from app.tables.catalogue import Catalogue, NoVersionInForce, TableNotFound
from app.tables.database import engine_of, writing
from app.tables.migrating import migrate
from app.tables.repository import read_catalogue
from tests.properties.draft_model import BATCH, NOTICE, SECOND, SERIES, TABLE, Json, Model, in_force
from tests.storage.conftest import fill
from tests.storage.notices import batch, direction, series, series_version, version, written
from tests.storage.postgres import started

LI, ZHAO, WANG, QIAN = "li", "zhao", "wang", "qian"  # li and zhao write, wang and qian approve; anybody may try anything
NOBODYS = "0123456789abcdef"
TURNS = [date(2024, 1, 15), date(2024, 3, 1), date(2024, 5, 1), date(2024, 7, 1), date(2025, 1, 1)]  # on which versions begin
DAYS = [turn + timedelta(days=by) for turn in TURNS for by in (-1, 0, 1)]
ALL_OUTCOMES = {
    *((act, None) for act in ("begin", "revise", "check", "approve", "publish", "discard", "month")),
    *((act, error) for act in ("revise", "check", "approve", "publish", "discard") for error in ("SomebodyWasFaster", "NotNow")),
    ("publish", "Overtaken"),
    ("check", "Refused"),
    ("month", "Refused"),
    ("approve", "OwnDraft"),
    ("publish", "NoSuchDraft"),
    *((kind, "published") for kind in ("RATE_TABLE", "BATCH", "REFERENCE_RATE", "WITHDRAWAL", "END_OF_VALIDITY")),
}

_NAMES = {"something was published about the same table since the check; save a revision and check it again": "Overtaken"}

firsts = st.sampled_from([day.isoformat() for day in TURNS])
lasts = st.sampled_from([(day - timedelta(days=by)).isoformat() for day in TURNS[1:] for by in (1, 0)])
numbers = st.sampled_from("1123")
words = st.sampled_from(["依据的通知已废止", "依据的通知已废止", "依据的通知已废止", ""])


def terms(rate: str, clause: bool, exempt: bool) -> Json:
    line = {"id": "ALL", "base": "base_amount", "rate": rate} | ({"clause": "按比例给予奖励"} if clause else {})
    made: Json = {"facts": "ITEMS", "wording": "EXACT", "lines": [line]}
    return made | ({"stacking": {"exempt_direction": "true"}} if exempt else {})


def a_version(target: str, new: bool, first: str, last: str, supersedes: str | None, said: Json) -> tuple[str, str, Json]:
    body = {"effective": {"first_day": first, "last_day": last}, "terms": said} | ({"supersedes": supersedes} if supersedes else {})
    own = {"direction": {"no": "2", "title": "另一方向", "method": "AWARD", "area": None}} if new else {}
    return "RATE_TABLE", target, {"batch": BATCH, "version": body} | own


def a_month(names: tuple[str, ...], days: list[str], value: str, confirmed: bool, until: str) -> tuple[str, str, Json]:
    rows = [{"on": day, "value": value} | ({"confirmed": "true"} if confirmed else {}) for day in days]
    content = {"series": [{"series": name, "holds_until": until, "add": rows} for name in names]}
    return "REFERENCE_RATE", " ".join(names), content


terms_ = st.builds(terms, st.sampled_from(["30%", "40%", "50%"]), st.sampled_from([True, True, True, True, False]), st.booleans())
versions = st.builds(
    a_version, st.just(TABLE), st.just(False), firsts, st.just("open") | lasts, st.none() | st.none() | numbers, terms_
)
of_second = st.builds(a_version, st.just(SECOND), st.booleans(), firsts, st.just("open"), st.none() | numbers, terms_)
withdrawals = st.builds(lambda no, why: ("WITHDRAWAL", TABLE, {"rate_table": TABLE, "version": no, "reason": why}), numbers, words)
ends = st.builds(
    lambda no, day, why: ("END_OF_VALIDITY", TABLE, {"rate_table": TABLE, "version": no, "last_day": day, "reason": why}), numbers, lasts, words
)
published_on = st.sampled_from(["2024-01-22", "2024-02-20", "2024-03-20", "2024-04-22", "2024-05-20", "2024-06-20"])
values = st.sampled_from(["3.45%", "3.35%", "3.15%", "3.10%", "2.50%"])
months = st.builds(
    a_month,
    st.sampled_from([SERIES, SERIES[:1], SERIES[1:]]),
    st.lists(published_on, min_size=1, max_size=2),
    values,
    st.booleans(),
    st.sampled_from(["2024-03-01", "2024-07-22", "2024-07-22"]),
)
notices = st.builds(
    lambda title: ("BATCH", BATCH, NOTICE | {"batch": NOTICE["batch"] | {"title": title}}), st.sampled_from(["2024年第一批", "甲", "乙"])
)
changes = st.one_of(versions, versions, versions, of_second, withdrawals, ends, months, notices)
officers = st.sampled_from([LI, ZHAO, WANG, QIAN])
which = st.sampled_from([0, 0, 1, 2, 3, 4])
ALL_THE_WAY = [("check", "approve"), ("check", "approve", "publish"), ("check", "approve", "publish")]


class Drafts(RuleBasedStateMachine):
    """The real drafts on one database, and the model beside them."""

    reached: Counter[tuple[str, str | None]] = Counter()

    def __init__(self, new_database: Callable[[], str]) -> None:
        super().__init__()
        self.engine = _quick(new_database())
        self.model = Model()
        self.seen: dict[tuple[str, str], str] = {}
        with Session(self.engine) as session:
            self.instants = [read_catalogue(session).latest_known_at]

    # --- what officers do

    @rule(actor=officers, change=changes)
    def begin(self, actor: str, change: tuple[str, str, Json]) -> None:
        kind, target, content = change
        with writing(self.engine) as session:
            made = drafts.begin(session, actor, kind, target, content, "content")
        self.model.begun(actor, made.draft.id, kind, target, content, made.etag)
        self.reached["begin", None] += 1
        self._agree(actor, made.draft.id)

    @rule(actor=officers, change=months)
    def enter_month(self, actor: str, change: tuple[str, str, Json]) -> None:
        """One day's publication: begun and checked in one step, or neither."""
        _, target, content = change
        one = content["series"][0]
        row, names = one["add"][0], target.split()
        content = {"series": [{**series, "add": [{"confidence": "read", **row}]} for series in content["series"]]}
        refused = None if self.model.after("REFERENCE_RATE", target, content) else "Refused"
        enter = partial(
            drafts.enter_month, on=row["on"], values=dict.fromkeys(names, row["value"]), holds_until=one["holds_until"], confirmed="confirmed" in row
        )
        made = self._tried("month", refused, lambda session: enter(session, actor))
        if made is not None:
            self.model.begun(actor, made.draft.id, "REFERENCE_RATE", target, content, "unseen")
            self.model.taken("check", actor, made.draft.id, made.etag)
            self._agree(actor, made.draft.id)

    @precondition(lambda self: self.model.drafts)
    @rule(actor=officers, no=which, look=st.booleans(), data=st.data())
    def revise(self, actor: str, no: int, look: bool, data: st.DataObject) -> None:
        self._revise(actor, self._draft(no), look, data)

    @precondition(lambda self: self.model.drafts)
    @rule(act=st.sampled_from(["check", "approve", "publish", "discard"]), actor=st.sampled_from([WANG, QIAN]), no=which, data=st.data())
    def come_too_late(self, act: str, actor: str, no: int, data: st.DataObject) -> None:
        """One officer looks at a draft, another one writes a revision, the first goes on with what he saw."""
        draft = self._draft(no)
        self._agree(actor, draft)
        self._revise(LI, draft, True, data)
        self._step(act, actor, draft, look=False)

    def _revise(self, actor: str, draft: str, look: bool, data: st.DataObject) -> None:
        of_kind = {"RATE_TABLE": versions, "WITHDRAWAL": withdrawals, "END_OF_VALIDITY": ends, "REFERENCE_RATE": months, "BATCH": notices}
        kind, target = (self.model.drafts[draft][key] for key in ("kind", "target"))
        options = of_second if target == SECOND else of_kind[kind]
        _, _, content = data.draw(options.filter(lambda one: one[1] == target))
        self._step("revise", actor, draft, look, content)

    @precondition(lambda self: self.model.drafts)
    @rule(act=st.sampled_from(["check", "approve", "publish", "discard"]), actor=officers, no=which, look=st.booleans())
    def step(self, act: str, actor: str, no: int, look: bool) -> None:
        self._step(act, actor, self._draft(no), look)

    @precondition(lambda self: self.model.drafts)
    @rule(no=which, approver=st.sampled_from([WANG, QIAN, ZHAO]), acts=st.sampled_from(ALL_THE_WAY))
    def carry(self, no: int, approver: str, acts: tuple[str, ...]) -> None:
        """Several steps in a row, so that many drafts get far."""
        draft = self._draft(no)
        for act in acts:
            self._step(act, LI if act == "check" else approver, draft, look=True)

    @rule(change=changes, approver=st.sampled_from([WANG, QIAN, ZHAO]), acts=st.sampled_from(ALL_THE_WAY))
    def bring(self, change: tuple[str, str, Json], approver: str, acts: tuple[str, ...]) -> None:
        """The same with a new draft."""
        self.begin(ZHAO, change)
        self.carry(0, approver, acts)

    @rule(change=changes)
    def be_overtaken(self, change: tuple[str, str, Json]) -> None:
        """A draft is approved, another one of the same is published, and then the first is tried."""
        self.begin(LI, change)
        first = self._draft(0)
        for act in ("check", "approve"):
            self._step(act, LI if act == "check" else QIAN, first, look=True)
        self.bring(change, WANG, ALL_THE_WAY[-1])
        self._step("publish", QIAN, first, look=False)

    @rule(actor=officers)
    def publish_what_is_not_there(self, actor: str) -> None:
        self._step("publish", actor, NOBODYS, look=False)

    # --- how it is compared

    def _draft(self, no: int) -> str:
        begun = list(self.model.drafts)
        return begun[-1 - no % len(begun)]

    def _step(self, act: str, actor: str, draft: str, look: bool, content: Json | None = None) -> None:
        known = self.model.drafts.get(draft, {"etags": [None], "etag": None})
        seen = known["etag"] if look else self.seen.get((actor, draft), known["etags"][0])
        refused = self.model.refusal(act, actor, draft, seen)
        more = () if content is None else (content,)
        made = self._tried(act, refused, lambda session: getattr(drafts, act)(session, actor, draft, seen, *more))
        if made is not None:
            self.model.taken(act, actor, draft, made.etag, content)
            if act == "publish":
                self.reached[known["kind"], "published"] += 1
                self._look_back(published=True)
        if draft in self.model.drafts:
            self._agree(actor, draft)

    def _tried(self, act: str, refused: str | None, work: Callable[[Session], drafts.State]) -> drafts.State | None:
        """Do it, and be refused as the model says."""
        self.reached[act, refused] += 1
        try:
            with writing(self.engine) as session:
                made = work(session)
        except drafts.DraftError as error:
            assert (_NAMES.get(error.en) or type(error).__name__) == refused, (act, error, getattr(error, "faults", ""))
            return None
        assert refused is None, act
        return made

    def _agree(self, actor: str, draft_id: str) -> None:
        """The draft is what the model says; the officer sees it."""
        said = self.model.drafts[draft_id]
        with Session(self.engine) as session:
            found = drafts.state_of(session, draft_id)
        assert (found.draft.kind, found.draft.target, found.content) == (said["kind"], said["target"], said["content"])
        assert (found.state, found.etag, found.revision.revision) == (said["state"], said["etag"], said["revision"])
        assert (list(found.authors), [(one.kind, one.actor) for one in found.steps]) == (said["authors"], said["steps"])
        self.seen[actor, draft_id] = found.etag

    def _look_back(self, *, published: bool) -> None:
        """What was known at each instant is what the model copied then; a publication is later than all before it."""
        with Session(self.engine) as session:
            found = read_catalogue(session)
        assert found.batches[BATCH].title == self.model.notice["batch"]["title"]
        if published:
            if found.latest_known_at == self.instants[-1]:  # a notice of a batch is on no time axis
                self.instants.append(self.instants[-1])
            else:
                assert found.latest_known_at > self.instants[-1]
                self.instants.append(found.latest_known_at)
        for no, (instant, known) in enumerate(zip(self.instants, self.model.known, strict=True)):
            _same(found, instant, known)
            if no and instant > self.instants[no - 1]:
                _same(found, instant - timedelta(microseconds=1), self.model.known[no - 1])

    def teardown(self) -> None:
        """Nothing that was said has changed, and the log has one entry for each step that was taken."""
        for draft in self.model.drafts:
            self._agree(WANG, draft)
        self._look_back(published=False)
        with Session(self.engine) as session:
            assert verify(session) == []
            entries = session.exec(select(models.Audit).order_by(models.Audit.id)).all()  # type: ignore[arg-type]
            assert [(one.actor, one.action, one.object) for one in entries] == self.model.log
        self.engine.dispose()


def _same(found: Catalogue, instant: datetime, known: Json) -> None:
    """The catalogue as known at an instant, day by day, and what was known of the fund."""
    for table in (TABLE, SECOND):
        for day in DAYS:
            try:
                chosen = found.chosen(table, as_of=day, known_at=instant)
            except (NoVersionInForce, TableNotFound):
                assert in_force(known, table, day) is None, (table, day, instant)
                continue
            assert (chosen.table.version, chosen.raw["terms"]["lines"][0]["rate"]) == in_force(known, table, day), (table, day, instant)
            as_known = found.choose(table, as_of=day, known_at=instant)
            assert (set(as_known.fund_methods), as_known.fund_exempt) == (known["with_versions"], known["exempt"])
    for name, (number, rows) in known["series"].items():
        series = found.series(instant)[name]
        assert (series.version, list(map(date.fromordinal, series.days))) == (number, [date.fromisoformat(on) for on, _ in rows])


def _quick(url: str) -> Engine:
    """Nobody reads these files after a crash."""
    engine = engine_of(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    return engine


def _world(url: str, folder: Path) -> str:
    """The small world of the model."""
    rates = [series(series_version(1, "2024-01-22T09:15:00+08:00", "2024-02-20", ("2024-01-22", "3.45%"))).replace("T_RATE", name) for name in SERIES]
    migrate(url)
    fill(url, written(folder, notice=batch(direction(version(1, "2024-01-15"))), one=rates[0], two=rates[1]))
    return url


@pytest.fixture
def sqlite(tmp_path: Path) -> Callable[[], str]:
    (tmp_path / "files").mkdir()
    pattern = _world(f"sqlite:///{tmp_path}/pattern.db", tmp_path / "files").removeprefix("sqlite:///")

    def new() -> str:
        shutil.copyfile(pattern, tmp_path / "case.db")
        return f"sqlite:///{tmp_path}/case.db"

    return new


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[Callable[[], str]]:
    with started() as server:
        pattern = server.create()
        _world(server.url(pattern), tmp_path)
        yield lambda: server.url(server.create(pattern))


def run(new_database: Callable[[], str], examples: int, steps: int) -> None:
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(lambda: Drafts(new_database), settings=how)  # type: ignore[no-untyped-call]


def test_drafts_do_what_the_model_does(sqlite: Callable[[], str], record_property: Callable[[str, Any], None]) -> None:
    """Every kind of step was accepted and refused in each way at least once, and every kind of draft published."""
    Drafts.reached.clear()
    run(sqlite, examples=20, steps=30)
    published = sum(number for (_, outcome), number in Drafts.reached.items() if outcome == "published")
    record_property("shown", f"drafts against their model: {sum(Drafts.reached.values()) - published} steps, {published} publications")
    assert set(Drafts.reached) >= ALL_OUTCOMES, ALL_OUTCOMES - set(Drafts.reached)


def test_drafts_do_what_the_model_does_on_postgresql(postgresql: Callable[[], str]) -> None:
    Drafts.reached.clear()
    run(postgresql, examples=4, steps=25)
    assert Drafts.reached["publish", None]
