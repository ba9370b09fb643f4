"""Drafts on both databases: two pairs of eyes, two writers, one road to publication; the database guards each rule itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app.calculators.faults.telling import tell
from app.calculators.terms.model import TermsFault
from app.tables.catalogue.repository import read_catalogue
from app.tables.catalogue.snapshot import NoVersionInForce
from app.tables.drafts import workflow as drafts
from app.tables.storage import models
from app.tables.storage.audit_log import verify
from app.tables.storage.database import writing

TABLE = "bj-gjj-2025-1-11"
OLD = "t-fund-2024-1-1"
TERMS: dict[str, Any] = {
    "facts": "ITEMS",
    "wording": "EXACT",
    "lines": [{"id": "ALL", "base": "base_amount", "rate": "40%", "clause": "按照40%给予奖励"}],
}


def table_content(first: str = "2026-05-01", **version: Any) -> dict[str, Any]:
    """A new version of the corrected test table."""
    return {"batch": "t-fund-2024-1", "version": {"effective": {"first_day": first, "last_day": "open"}, "terms": TERMS, **version}}


def begin(engine: Engine, content: dict[str, Any], kind: str = "RATE_TABLE", target: str = OLD, actor: str = "li") -> drafts.State:
    with writing(engine) as session:
        return drafts.begin(session, actor, kind, target, content, "nothing")


def step(engine: Engine, name: str, actor: str, state: drafts.State, *more: Any) -> drafts.State:
    with writing(engine) as session:
        found: drafts.State = getattr(drafts, name)(session, actor, state.draft.id, state.etag, *more)
        return found


def published(engine: Engine, content: dict[str, Any], kind: str = "RATE_TABLE", target: str = OLD) -> drafts.State:
    """A draft by li, approved and published by wang."""
    state = begin(engine, content, kind, target)
    state = step(engine, "check", "li", state)
    state = step(engine, "approve", "wang", state)
    return step(engine, "publish", "wang", state)


def faults(engine: Engine, content: Any, kind: str = "RATE_TABLE", target: str = OLD) -> list[tuple[str, str]]:
    """What the check refuses."""
    state = begin(engine, content, kind, target)
    with pytest.raises(drafts.Refused) as refused:
        step(engine, "check", "li", state)
    return [(fault.place, fault.message) for fault in refused.value.faults]


def test_a_draft_becomes_a_version(loaded: Engine) -> None:
    """From 1 May 2026 the rate is 40%; the version before it ends on 30 April, as known from now on."""
    state = begin(loaded, table_content())
    assert (state.state, state.revision.revision) == ("DRAFT", 1)
    with Session(loaded) as session:
        proposal = drafts.proposal_of(session, state)
        before = read_catalogue(session)
    assert [one.zh for one in proposal.consequences] == ["版本 2 至 2026-04-30 止"]
    assert proposal.versions[0].version == 3
    state = step(loaded, "check", "li", state)
    state = step(loaded, "approve", "wang", state)
    state = step(loaded, "publish", "wang", state)
    assert state.state == "PUBLISHED"
    with Session(loaded) as session:
        after = read_catalogue(session)
        assert verify(session) == []
    assert after.choose(OLD, as_of=date(2026, 4, 30)).version == 2
    assert after.choose(OLD, as_of=date(2026, 5, 1)).version == 3
    assert after.choose(OLD, as_of=date(2026, 5, 1), known_at=before.latest_known_at).version == 2
    assert after.latest_known_at > before.latest_known_at


def test_a_correction_supersedes_from_the_beginning_but_not_before_it_was_known(loaded: Engine) -> None:
    with Session(loaded) as session:
        before = read_catalogue(session)
    published(loaded, table_content("2024-01-15", supersedes="2"))
    with Session(loaded) as session:
        after = read_catalogue(session)
    day = date(2024, 2, 1)
    assert (after.choose(OLD, as_of=day).version, after.choose(OLD, as_of=day, known_at=before.latest_known_at).version) == (3, 2)
    assert [one.state(after.latest_known_at) for one in after.versions(OLD)] == ["SUPERSEDED", "SUPERSEDED", "PUBLISHED"]


def test_who_wrote_a_draft_cannot_approve_it(loaded: Engine) -> None:
    """Not the first writer, and not one who only corrected a word."""
    state = begin(loaded, table_content())
    state = step(loaded, "revise", "wang", state, table_content("2026-06-01"))
    state = step(loaded, "check", "li", state)
    for who in ("li", "wang"):
        with pytest.raises(drafts.OwnDraft):
            step(loaded, "approve", who, state)
    assert step(loaded, "approve", "zhao", state).state == "APPROVED"


def raw_step(engine: Engine, state: drafts.State, kind: str, actor: str, revision: int = 1) -> None:
    """A step added behind the program's back."""
    with Session(engine) as session:
        session.add(models.DraftStep(draft_id=state.draft.id, revision=revision, kind=kind, actor=actor, at=datetime.now(UTC)))
        session.commit()


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        ([("CHECKED", "li"), ("APPROVED", "li")], "who wrote a draft cannot approve it"),
        ([("APPROVED", "wang")], "checked, then approved, then published"),
        ([("CHECKED", "li"), ("PUBLISHED", "wang")], "checked, then approved, then published"),
        ([("DISCARDED", "li"), ("CHECKED", "li")], "the draft has ended"),
        ([("DISCARDED", "li"), ("DISCARDED", "li")], "the draft has ended|never changed"),
        ([("FORGOTTEN", "li")], "draft_step_kind"),
    ],
)
def test_the_database_refuses_a_step_out_of_order(loaded: Engine, steps: list[tuple[str, str]], refused: str) -> None:
    state = begin(loaded, table_content())
    for kind, actor in steps[:-1]:
        raw_step(loaded, state, kind, actor)
    with pytest.raises(DBAPIError, match=refused):
        raw_step(loaded, state, *steps[-1])


def test_the_database_refuses_a_step_of_an_older_revision(loaded: Engine) -> None:
    state = begin(loaded, table_content())
    step(loaded, "revise", "li", state, table_content("2026-06-01"))
    with pytest.raises(DBAPIError, match="only the latest revision goes on"):
        raw_step(loaded, state, "CHECKED", "li")


def test_the_database_refuses_a_revision_of_what_has_ended(loaded: Engine) -> None:
    state = begin(loaded, table_content())
    step(loaded, "discard", "li", state)
    with Session(loaded) as session, pytest.raises(DBAPIError, match="the draft has ended"):
        session.add(models.DraftRevision(draft_id=state.draft.id, revision=2, author="li", at=datetime.now(UTC), content="{}", digest="d"))
        session.commit()


def test_of_two_writers_the_later_one_is_told(loaded: Engine) -> None:
    state = begin(loaded, table_content())
    step(loaded, "revise", "wang", state, table_content("2026-06-01"))
    with pytest.raises(drafts.SomebodyWasFaster, match=r"revision 2 \(DRAFT\) by wang"):
        step(loaded, "revise", "li", state, table_content("2026-07-01"))


def test_a_revision_takes_check_and_approval_back(loaded: Engine) -> None:
    state = step(loaded, "check", "li", begin(loaded, table_content()))
    state = step(loaded, "approve", "wang", state)
    state = step(loaded, "revise", "li", state, table_content("2026-06-01"))
    assert state.state == "DRAFT"
    with pytest.raises(drafts.NotNow, match="only a draft that is APPROVED can be published; it is DRAFT"):
        step(loaded, "publish", "wang", state)


def test_an_approval_does_not_outlive_another_publication(loaded: Engine) -> None:
    """What was approved was its difference from version 2; meanwhile there is a version 3."""
    state = step(loaded, "check", "li", begin(loaded, table_content()))
    state = step(loaded, "approve", "wang", state)
    published(loaded, table_content("2026-03-01"))
    with pytest.raises(drafts.NotNow, match="since the check"):
        step(loaded, "publish", "wang", state)


def test_a_withdrawal(loaded: Engine) -> None:
    content = {"rate_table": OLD, "version": "2", "reason": "依据的通知已废止"}
    published(loaded, content, "WITHDRAWAL")
    with Session(loaded) as session:
        found = read_catalogue(session)
    with pytest.raises(NoVersionInForce):
        found.choose(OLD, as_of=date(2024, 2, 1))
    assert found.choose(OLD, as_of=date(2024, 2, 1), known_at=datetime(2024, 3, 2, tzinfo=UTC)).version == 2
    assert faults(loaded, content, "WITHDRAWAL") == [("/version", "版本 2 已被取代或撤回")]


def test_a_draft_that_would_be_faulty_by_now_is_not_published(loaded: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was right when it was approved; what is made of it at publication is proved once more, and nothing is kept."""
    state = step(loaded, "check", "li", begin(loaded, table_content()))
    state = step(loaded, "approve", "wang", state)
    proposal_of = drafts.proposal_of

    def faulty(*asked: Any) -> Any:
        made = proposal_of(*asked)
        made.faults.append(TermsFault("/version", tell("PERIODS_OVERLAP", before=1, after=2)))
        return made

    monkeypatch.setattr(drafts, "proposal_of", faulty)
    with pytest.raises(drafts.Refused):
        step(loaded, "publish", "wang", state)
    with Session(loaded) as session:
        assert drafts.state_of(session, state.draft.id).state == "APPROVED"
        assert read_catalogue(session).choose(OLD, as_of=date(2026, 5, 1)).version == 2


def test_an_end_of_validity(loaded: Engine) -> None:
    content = {"rate_table": OLD, "version": "2", "last_day": "2026-12-31", "reason": "办法到期"}
    published(loaded, content, "END_OF_VALIDITY")
    with Session(loaded) as session:
        found = read_catalogue(session)
    ended = found.choose(OLD, as_of=date(2026, 12, 31))
    assert (ended.version, ended.effective_until) == (2, date(2027, 1, 1))
    assert found.choose(OLD, as_of=date(2026, 12, 31)) is ended  # what is derived from a table is derived once
    with pytest.raises(NoVersionInForce):
        found.choose(OLD, as_of=date(2027, 1, 1))
    assert faults(loaded, content, "END_OF_VALIDITY") == [("/version", "版本 2 已有失效日")]


def new_batch(**direction: Any) -> dict[str, Any]:
    """A notice with one direction."""
    version = {"effective": {"first_day": "2026-11-20", "last_day": "open"}, "terms": TERMS}
    return {
        "fund": "t-fund",
        "batch": {
            "id": "t-fund-2026-1",
            "year": "2026",
            "no": "1",
            "title": "2026年第一批",
            "application_window": {"first_day": "2026-11-20", "last_day": "2026-12-31"},
        },
        "document": {"title": "2026年通知", "issuer": "试验部门", "number": None, "date": "2026-11-20"},
        "authority": "official",
        "directions": [
            {
                "rate_table": "t-fund-2026-1-1",
                "no": "1",
                "title": "试验奖励",
                "method": "AWARD",
                "area": None,
                "version": version,
                **direction,
            }
        ],
    }


def test_a_whole_batch_and_a_later_notice_of_it(loaded: Engine) -> None:
    """The window is extended by a later notice; the batch of then stays as it was."""
    published(loaded, new_batch(), "BATCH", "t-fund-2026-1")
    later = {key: value for key, value in new_batch().items() if key != "directions"}
    later["batch"] = {**later["batch"], "application_window": {"first_day": "2026-11-20", "last_day": "2027-01-31"}}
    published(loaded, later, "BATCH", "t-fund-2026-1")
    with Session(loaded) as session:
        found = read_catalogue(session)
    assert found.batches["t-fund-2026-1"].content["batch"]["application_window"]["last_day"] == "2027-01-31"
    assert found.choose("t-fund-2026-1-1", as_of=date(2026, 11, 25)).version == 1
    assert faults(loaded, later, "BATCH", "t-fund-2026-1") == [("", "与现有内容相同")]


def test_a_new_direction_of_a_published_batch(loaded: Engine) -> None:
    direction = {"no": "2", "title": "另一方向", "method": "AWARD", "area": None}
    published(loaded, table_content() | {"direction": direction}, target="t-fund-2024-1-2")
    with Session(loaded) as session:
        found = read_catalogue(session)
    assert [one.rate_table for one in found.batches["t-fund-2024-1"].directions] == [OLD, "t-fund-2024-1-9", "t-fund-2024-1-2"]
    assert found.choose("t-fund-2024-1-2", as_of=date(2026, 5, 1)).version == 1


def test_a_new_direction_has_a_number_of_its_own(loaded: Engine) -> None:
    direction = {"no": "1", "title": "另一方向", "method": "AWARD", "area": None}
    found = faults(loaded, table_content() | {"direction": direction}, target="t-fund-2024-1-2")
    assert found == [("/direction/no", f"方向编号 '1' 已有: {OLD}")]
    batch = new_batch()
    batch["directions"].append({**batch["directions"][0], "rate_table": "t-fund-2026-1-2"})
    assert faults(loaded, batch, "BATCH", "t-fund-2026-1") == [("/directions/1/no", "方向编号 '1' 重复")]


def test_a_new_version_does_not_end_before_applications_to_its_batch_open(loaded: Engine) -> None:
    """The batch is stored, its window with it."""
    published(loaded, new_batch(), "BATCH", "t-fund-2026-1")
    content = table_content("2026-11-18", supersedes="1") | {"batch": "t-fund-2026-1"}
    content["version"]["effective"]["last_day"] = "2026-11-19"
    found = faults(loaded, content, target="t-fund-2026-1-1")
    assert found == [("/version/effective/last_day", "施行期止于 2026-11-19，早于申请开始之日 2026-11-20")]


def lpr(**row: str) -> dict[str, Any]:
    """A month's publication of two series in one draft."""
    return {
        "series": [
            {"series": name, "holds_until": "2026-10-20", "add": [{"on": "2026-09-21", "value": value} | row]}
            for name, value in (("LPR_1Y", "3.00%"), ("LPR_5Y", "3.50%"))
        ]
    }


def test_an_exemption_is_not_seen_before_it_was_published(loaded: Engine) -> None:
    """With a later version the direction is exempt from the one of each year (D43); an earlier answer goes on as if it were not."""
    with Session(loaded) as session:
        before = read_catalogue(session)
    published(loaded, table_content(terms={**TERMS, "stacking": {"exempt_direction": "true"}}))
    with Session(loaded) as session:
        after = read_catalogue(session)
    assert OLD in after.choose(TABLE, version=1).fund_exempt
    assert OLD not in after.choose(TABLE, version=1, known_at=before.latest_known_at).fund_exempt


def test_a_direction_without_standards_is_of_no_method(loaded: Engine) -> None:
    """A new notice names one: since when its method is known is nowhere said, so that no earlier answer can depend on it."""
    batch = new_batch()
    other = {"rate_table": "t-fund-2026-1-2", "no": "2", "title": "另一方向", "method": "GRANT", "area": None, "not_loaded": "标准未见"}
    published(loaded, {**batch, "directions": [*batch["directions"], other]}, "BATCH", "t-fund-2026-1")
    with Session(loaded) as session:
        found = read_catalogue(session)
    assert found.directions["t-fund-2026-1-2"].method == "GRANT"
    assert found.choose(OLD, as_of=date(2026, 1, 1)).fund_methods == {OLD: "AWARD", "t-fund-2026-1-1": "AWARD"}


def test_a_month_of_reference_rates(loaded: Engine) -> None:
    with Session(loaded) as session:
        before = read_catalogue(session)
    published(loaded, lpr(), "REFERENCE_RATE", "LPR_1Y LPR_5Y")
    with Session(loaded) as session:
        after = read_catalogue(session)
    old, new = before.series()["LPR_1Y"], after.series()["LPR_1Y"]
    assert (new.version, len(new.days)) == (old.version + 1, len(old.days) + 1)
    assert (str(new.values[-1]), new.holds_until) == ("3/100", date(2026, 10, 20))
    assert after.series(before.latest_known_at)["LPR_1Y"].digest == old.digest


@pytest.mark.parametrize(
    ("row", "place", "message"),
    [
        ({"on": "2026-08-20"}, "/series/0/add/0/on", "2026-08-20 已有公布值；更正请以 rows 给出全部"),
        ({"on": "2026-08-19"}, "/series/0/add/0/on", "早于最后公布日 2026-08-20"),
        ({"on": (datetime.now(UTC).date() + timedelta(days=2)).isoformat()}, "/series/0/add/0/on", "尚未到来"),
        ({"value": "2.00%"}, "/series/0/add/0/value", "相差过大；确认无误请写 confirmed: 'true'"),
        ({"value": "0.03"}, "/series/0/add/0/value", "应为百分数，如 3.45%，而不是 '0.03'"),
    ],
)
def test_a_month_that_cannot_be_right_is_refused(loaded: Engine, row: dict[str, str], place: str, message: str) -> None:
    """A duplicate, one out of order, one of tomorrow, and one far from the last without a word of confirmation."""
    found = faults(loaded, lpr(**row), "REFERENCE_RATE", "LPR_1Y LPR_5Y")
    assert found[0][0] == place
    assert found[0][1].endswith(message)


def test_a_month_far_from_the_last_goes_with_a_confirmation(loaded: Engine) -> None:
    state = begin(loaded, lpr(value="2.00%", confirmed="true"), "REFERENCE_RATE", "LPR_1Y LPR_5Y")
    assert step(loaded, "check", "li", state).state == "CHECKED"


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        ({**table_content(), "batch": "t-none"}, "/batch", "没有批次 't-none'；先以 BATCH 草案建立"),
        ({**table_content(), "direction": {"no": "1"}}, "/direction", "标准表已有支持方向，不可再写"),
        ({**table_content(), "else": "x"}, "/else", "不认识的词；可用: batch direction version"),
        (
            table_content(version="3"),
            "/version/version",
            "不认识的词；可用: effective supersedes reason confidence document authority examples terms",
        ),
        (table_content("2026-13-01"), "/version/effective/first_day", "应为日期 YYYY-MM-DD，而不是 '2026-13-01'"),
        (table_content("2024-01-15"), "/direction", "版本 2 与 3 的施行期重叠（更正须写 supersedes）"),
        (table_content(supersedes="9"), "/direction", "版本 3 取代的版本 9 不在文件中，或不早于它"),
        (table_content(terms={**TERMS, "wording": 1}), "/version/terms/wording", "每个值都写成文字（加引号），如 '2%'、'12'、'true'"),
        (table_content(confidence="rea\x00d"), "/version/confidence", "不允许控制字符 '\\x00'"),
        (table_content(examples=[{"name": "a", "request": "no"}]), "/version/examples/0/request", "应为一个 JSON 对象，至多 20000 字符"),
    ],
)
def test_what_cannot_be_published_is_refused_with_its_place(loaded: Engine, content: dict[str, Any], place: str, message: str) -> None:
    assert (place, message) in faults(loaded, content)


def test_a_table_that_does_not_prove_is_refused(loaded: Engine) -> None:
    line = {"id": "ALL", "base": "base_amount", "rate": "40%"}
    found = faults(loaded, table_content(terms={**TERMS, "lines": [line]}))
    assert found[0][0] == "/version/terms/lines/0"


def test_a_table_that_names_an_unknown_series_is_refused(loaded: Engine) -> None:
    """A file is held to this when it is loaded; a draft is held to it too, at its own places."""
    lines = [{"id": "ALL", "base": "base_amount", "rate": "reference(HIBOR, JAN_1)", "clause": "c"}]
    ((place, message),) = faults(loaded, table_content(terms={**TERMS, "lines": lines}))
    assert place == "/version/terms/lines/0/rate"
    assert message.startswith("没有参考利率 HIBOR；可用: ")


def test_every_step_is_in_the_log(loaded: Engine) -> None:
    state = published(loaded, table_content())
    with Session(loaded) as session:
        entries = session.exec(select(models.Audit).where(models.Audit.object == state.draft.id).order_by(models.Audit.id)).all()  # type: ignore[arg-type]
        assert [(one.actor, one.action) for one in entries] == [
            ("li", "draft.begin"),
            ("li", "draft.checked"),
            ("wang", "draft.approved"),
            ("wang", "draft.published"),
        ]


def test_a_failed_step_leaves_nothing_behind(loaded: Engine) -> None:
    """An error after the rows were added undoes them, the step and the log entry."""
    state = step(loaded, "approve", "wang", step(loaded, "check", "li", begin(loaded, table_content())))
    with pytest.raises(RuntimeError), writing(loaded) as session:
        drafts.publish(session, "wang", state.draft.id, state.etag)
        raise RuntimeError
    with Session(loaded) as session:
        assert drafts.state_of(session, state.draft.id).state == "APPROVED"
        assert session.get(models.RateTableVersion, (OLD, 3)) is None
        assert verify(session) == []


def test_drafts_are_searched_in_their_latest_revision(loaded: Engine) -> None:
    """Asked in normal form of each draft until a page and one more are found, the latest begun first."""
    made = [begin(loaded, table_content(), actor=f"LI-{number}") for number in range(4)]
    with writing(loaded) as session:
        drafts.revise(session, "Zhao", made[1].draft.id, None, table_content(), "Ｎｏｔｅ")
    asked: list[str] = []

    def holds(word: str, text: str) -> bool:
        asked.append(text)
        return word in text

    with Session(loaded) as session:
        found, more = drafts.listed(session, holds=lambda text: holds("zhao note", text), limit=1)
        assert ([one.draft.id for one in found], more) == ([made[1].draft.id], False)
        assert asked[2] == f"{made[1].draft.id} {OLD} li-1 zhao note"
        asked.clear()
        found, more = drafts.listed(session, holds=lambda text: holds("li-", text), limit=2)
        assert ([one.draft.id for one in found], more, len(asked)) == ([made[3].draft.id, made[2].draft.id], True, 3)
