"""The whole life of a change on the command line; two pairs of eyes hold there as they do over HTTP."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from app.access import keys
from app.api.drafts.examples import BEGIN
from app.commands.drafts import Kind, StateName, draft
from app.commands.tables import tables
from app.main import create_app
from app.settings import Settings
from app.tables.drafts.publication_plan import KINDS
from app.tables.storage import audit_log as audit
from app.tables.storage import models
from app.tables.storage.database import engine_of, writing
from tests.access.conftest import HERE, issued
from tests.commands.conftest import MONTH, REWORDED, TABLE, Desk, edited, step
from tests.contract.requests import INSURANCE
from tests.drafts.test_life import four_rockets

NOBODYS = "0123456789abcdef"


def answer(url: str, day: str) -> tuple[str, int]:
    """Amount and version for four rockets on a day, from a service that starts on the database."""
    with TestClient(create_app(Settings(database_url=url)), client=HERE, base_url="http://localhost") as client:
        body = client.post(INSURANCE, json=four_rockets(day)).json()
    return body["amount"], body["provenance"]["rate_table"]["version"]


# --- the whole life -----------------------------------------------------------------------------------


def test_from_a_copy_to_an_amount_by_two_keys(desk: Desk, raising: str) -> None:
    """Four rockets at 5,000,000 each: 10,000,000 under the old cap, 20,000,000 under the new one, from its first day on."""
    assert answer(desk.url, "2025-03-10") == ("10000000.00", 1)
    step(desk, "li", "check", raising)
    step(desk, "wang", "approve", raising)
    said = step(desk, "wang", "publish", raising)
    assert said.splitlines()[0] == f"草案 {raising} 第 2 版（li）已公布 / draft {raising}, revision 2 by li: published"
    assert answer(desk.url, "2025-03-10") == ("20000000.00", 2)
    assert answer(desk.url, "2025-02-28") == ("10000000.00", 1)
    assert [(one.actor, one.action) for one in desk.log() if one.object == raising] == [
        ("li", "draft.begin"),
        ("li", "draft.revise"),
        ("li", "draft.checked"),
        ("wang", "report.shown"),
        ("wang", "draft.approved"),
        ("wang", "draft.published"),
    ]
    engine = engine_of(desk.url)
    with Session(engine) as session:
        assert audit.verify(session) == []
    engine.dispose()


def test_the_report_says_each_difference_in_both_languages(desk: Desk, raising: str) -> None:
    said = desk.done("wang", "tables", "draft", "report", raising).splitlines()
    assert said[0].endswith("revision 2 by li: can be published")
    assert "• 版本 1 至 2025-02-28 止 / version 1 ends on 2025-02-28" in said
    place = said.index(f"• {TABLE}  单个企业本批次上限 由 1000万元 调整为 2000万元，自 2025-03-01 起")
    assert said[place + 1] == "  Cap per enterprise and batch: changed from 10,000,000.00 yuan to 20,000,000.00 yuan, from 2025-03-01"


def test_a_figure_that_its_clause_does_not_have_is_a_warning_on_standard_error(desk: Desk, raising: str, tmp_path: Path) -> None:
    """The cap is raised, and the clause beside it is left as it was."""
    back = edited(desk, raising, tmp_path / "back.yaml", REWORDED[::-1])
    desk.done("li", "tables", "draft", "revise", raising, "--content", back)
    told = (
        "! /version/terms/caps/1/limit: 条款中没有 2000万（条款中的数字：1000万）：“单个企业补贴金额不超过1000万元。”"
        " / 2000万 is not in the clause (figures there: 1000万): “单个企业补贴金额不超过1000万元。”\n"
    )
    for who, name in (("li", "check"), ("wang", "report"), ("wang", "approve")):
        ended = desk.run(who, "tables", "draft", name, raising)
        assert (ended.exit_code, ended.stderr) == (0, told)


def test_faults_are_listed_with_their_places(desk: Desk, tmp_path: Path) -> None:
    """A clause is missing, and a rate is none; the report tells the same as the check."""
    made = desk.begin("li", "rate_table", TABLE, "--copy-of", TABLE)
    lost = ("    - clause: 单发（颗）产品补贴金额不超过500万元\n      limit", "    - limit")
    desk.done("li", "tables", "draft", "revise", made, "--content", edited(desk, made, tmp_path / "d.yaml", lost, ("rate: 50%", "rate: half")))
    told = desk.refused("li", "tables", "draft", "check", made)
    assert "✗ /version/terms/caps/0: 缺少条款原文 clause" in told
    assert any(line.startswith("✗ /version/terms/lines/0") for line in told), told
    assert desk.refused("wang", "tables", "draft", "report", made) == told
    assert desk.done("li", "tables", "draft", "list").split()[1] == "DRAFT"


# --- who may do what ----------------------------------------------------------------------------------

WRITE, APPROVE = "tables:write", "tables:approve"
COMMANDS = {
    "begin": (("begin", "batch", "bj-gjj-2027-1"), WRITE, "wang"),
    "list": (("list",), WRITE, "portal"),
    "show": (("show", NOBODYS), WRITE, "portal"),
    "revise": (("revise", NOBODYS), WRITE, "wang"),
    "discard": (("discard", NOBODYS), WRITE, "wang"),
    "check": (("check", NOBODYS), WRITE, "wang"),
    "report": (("report", NOBODYS), WRITE, "portal"),
    "effect": (("effect", NOBODYS), WRITE, "portal"),
    "calculate": (("calculate", NOBODYS, "claim.json"), WRITE, "portal"),
    "approve": (("approve", NOBODYS), APPROVE, "li"),
    "publish": (("publish", NOBODYS), APPROVE, "li"),
    "withdraw": (("withdraw", TABLE, "1", "--reason", "r"), WRITE, "wang"),
    "end": (("end", TABLE, "1", "--last-day", "2026-01-01", "--reason", "r"), WRITE, "wang"),
}
ASKING = {name: (("tables", "draft", *words), scope, who) for name, (words, scope, who) in COMMANDS.items()} | {"lpr": (MONTH, WRITE, "wang")}


def test_every_command_that_needs_a_key_is_in_the_table() -> None:
    assert {command.name for command in draft.registered_commands} == set(COMMANDS)
    assert {command.name for command in tables.registered_commands} == {"load", "check", "lpr"}


@pytest.mark.parametrize("name", ASKING)
def test_without_a_key_is_said_how_to_get_one(desk: Desk, name: str) -> None:
    words, scope, _ = ASKING[name]
    before = len(desk.log())
    (line,) = desk.refused(None, *words)
    chinese, english = line.split(" / ")
    for said in (chinese, english):
        assert "SUBSIDY_KEY" in said
        assert f"--scope {scope} --owner" in said
    assert not chinese.isascii()
    assert english.isascii()
    assert (len(desk.log()), desk.rows(models.Draft)) == (before, [])


@pytest.mark.parametrize("name", ASKING)
def test_a_key_without_the_scope_is_refused_and_that_is_written_down(desk: Desk, name: str) -> None:
    words, scope, who = ASKING[name]
    (line,) = desk.refused(who, *words)
    assert line.endswith(f" / The scope {scope} is needed")
    last = desk.log()[-1]
    assert (last.actor, last.action, last.object) == ("-", "sign-in.refused", desk.secrets[who].split("_")[1])
    assert json.loads(last.detail) == {"reason": "MISSING_SCOPE", "times": 1}
    assert desk.rows(models.Draft) == []


@pytest.mark.parametrize(
    ("wrong", "said", "reason"),
    [
        ("expired", "The credential has expired", "EXPIRED"),
        ("revoked", "The key was revoked", "REVOKED"),
        ("unknown", "The credential is not valid", "UNKNOWN_KEY"),
        ("other", "The credential is not valid", "WRONG_SECRET"),
        ("no key", "The credential is not valid", "MALFORMED"),
    ],
)
def test_a_wrong_key_is_refused_as_over_http(desk: Desk, wrong: str, said: str, reason: str) -> None:
    made = issued(desk.url, WRITE, days=30, age_days=30 if wrong == "expired" else 0)
    shown = made.secret
    if wrong == "revoked":
        engine = engine_of(desk.url)
        with writing(engine) as session:
            keys.revoke(session, "operator:test", made.key_id, now=made.expires_at.replace(year=2000))
        engine.dispose()
    shown = {"unknown": shown.replace(made.key_id, NOBODYS), "other": shown[:-43] + desk.secrets["li"][-43:], "no key": "a.b.c"}.get(wrong, shown)
    (line,) = desk.refused(None, "tables", "draft", "list", key=shown)
    assert line.endswith(f" / {said}")
    last = desk.log()[-1]
    assert (last.action, json.loads(last.detail)["reason"]) == ("sign-in.refused", reason)
    assert shown[-43:] not in line + last.detail + last.object


def test_who_wrote_any_revision_cannot_approve(desk: Desk, raising: str, tmp_path: Path) -> None:
    """zhao may approve, but not what he corrected, even where his was not the last word."""
    path = edited(desk, raising, tmp_path / "d.yaml", ("last_day: open", "last_day: '2027-12-31'"))
    desk.done("zhao", "tables", "draft", "revise", raising, "--content", path)
    desk.done("li", "tables", "draft", "revise", raising, "--content", path, "--note", "再改")
    step(desk, "li", "check", raising)
    desk.done("zhao", "tables", "draft", "report", raising)
    (line,) = desk.refused("zhao", "tables", "draft", "approve", raising)
    assert line == "✗ 草案须由编写者以外的人批准 / a draft is approved by somebody who did not write it"
    step(desk, "wang", "approve", raising)


@pytest.mark.parametrize(
    "words",
    [
        ("tables", "draft", "begin", "rate_table", TABLE, "--copy-of", TABLE),
        MONTH,
        ("tables", "draft", "withdraw", TABLE, "1", "--reason", "r"),
        ("tables", "draft", "end", TABLE, "1", "--last-day", "2026-01-01", "--reason", "r"),
    ],
)
def test_for_scripts_the_id_alone_is_printed(desk: Desk, words: tuple[str, ...]) -> None:
    printed = desk.done("li", *words, "--quiet")
    assert printed == desk.done("li", "tables", "draft", "list").split()[0] + "\n"


def test_the_use_of_a_key_is_noted(desk: Desk) -> None:
    assert desk.rows(models.ApiKeyUse) == []
    desk.done("wang", "tables", "draft", "list")
    assert [one.key_id for one in desk.rows(models.ApiKeyUse)] == [desk.secrets["wang"].split("_")[1]]


def test_steps_out_of_order_are_refused(desk: Desk, raising: str) -> None:
    desk.done("wang", "tables", "draft", "report", raising)
    (line,) = desk.refused("wang", "tables", "draft", "publish", raising)
    assert line.endswith("only a draft that is APPROVED can be published; it is DRAFT")
    (line,) = desk.refused("wang", "tables", "draft", "approve", raising)
    assert line.endswith("only a draft that is CHECKED can be approved; it is DRAFT")
    for name in ("show", "report", "effect"):
        assert desk.refused("li", "tables", "draft", name, NOBODYS) == ["✗ 没有这个草案 / there is no such draft"]


# --- what is acted upon -------------------------------------------------------------------------------


def test_with_if_match_only_what_was_seen_is_acted_upon(desk: Desk, raising: str) -> None:
    """The ETag is printed by each command, and taken with or without its quotation marks."""
    shown = desk.done("li", "tables", "draft", "show", raising)
    etag = re.search(r"ETag (2-draft-[0-9a-f]{16})$", shown, re.MULTILINE)
    assert etag is not None
    said = step(desk, "li", "check", raising, "--if-match", etag[1])
    (line,) = desk.refused("wang", "tables", "draft", "approve", raising, "--if-match", etag[1])
    assert line.endswith("the draft is now revision 2 (CHECKED) by li, which is not what the given ETag names; fetch it again")
    checked = said.split("ETag ")[1].strip()
    step(desk, "wang", "approve", raising, "--if-match", f'"{checked}"')


@pytest.mark.parametrize("name", ["check", "discard", "revise"])
def test_a_stale_etag_stops_every_step(desk: Desk, raising: str, tmp_path: Path, name: str) -> None:
    more = ("--content", edited(desk, raising, tmp_path / "d.yaml")) if name == "revise" else ()
    (line,) = desk.refused("li", "tables", "draft", name, raising, *more, "--if-match", "1-draft-0123456789abcdef")
    assert line.endswith("the draft is now revision 2 (DRAFT) by li, which is not what the given ETag names; fetch it again")


def test_without_if_match_the_latest_is_taken_and_named(desk: Desk, raising: str) -> None:
    first, second = step(desk, "li", "check", raising).splitlines()
    assert first == f"草案 {raising} 第 2 版（li）已检查 / draft {raising}, revision 2 by li: checked"
    assert second.startswith(f"RATE_TABLE  {TABLE}  CHECKED  ETag 2-checked-")


def test_a_discarded_draft_stays_readable_and_goes_no_further(desk: Desk, raising: str) -> None:
    step(desk, "li", "discard", raising)
    for name in ("report", "effect"):
        assert desk.refused("li", "tables", "draft", name, raising) == ["✗ 草案已是 DISCARDED / the draft is DISCARDED already"]
    assert desk.done("wang", "tables", "draft", "list", "--state", "discarded").startswith(f"{raising}  DISCARDED  RATE_TABLE  {TABLE}  r2 li  上限提高")
    assert "DISCARDED  li  " in desk.done("wang", "tables", "draft", "show", raising)
    (line,) = desk.refused("li", "tables", "draft", "check", raising)
    assert line.endswith("the draft is DISCARDED already")


def test_a_list_is_narrowed_by_state_and_target(desk: Desk, raising: str) -> None:
    other = desk.begin("zhao", "batch", "bj-gjj-2027-1", "--copy-of", "bj-gjj-2025-1")
    listed = desk.done("wang", "tables", "draft", "list")
    assert [line.split()[0] for line in listed.splitlines()] == [other, raising]
    assert desk.done("wang", "tables", "draft", "list", "--target", TABLE).split()[0] == raising
    assert desk.done("wang", "tables", "draft", "list", "--state", "CHECKED") == ""


# --- what a draft is begun with -----------------------------------------------------------------------


def test_the_kinds_and_states_of_the_command_are_those_of_drafts() -> None:
    assert [kind.value for kind in Kind] == list(KINDS)
    assert {state.value for state in StateName} == {"DRAFT", "CHECKED", "APPROVED", "PUBLISHED", "DISCARDED"}


def test_a_draft_from_a_file_is_published(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "notice.yaml"
    path.write_text(BEGIN["file"]["value"]["file"], encoding="utf-8")
    made = desk.begin("li", "batch", "bj-gjj-2027-1", "--file", str(path))
    for who, name in (("li", "check"), ("wang", "approve"), ("wang", "publish")):
        step(desk, who, name, made)
    assert [row.version for row in desk.rows(models.RateTableVersion) if row.rate_table == "bj-gjj-2027-1-1"] == [1]


def test_a_content_is_written_and_read_back_unchanged(desk: Desk, tmp_path: Path) -> None:
    """Texts that look like a date, a number, a truth or nothing stay texts; what is nothing stays nothing."""
    made = desk.begin("li", "rate_table", TABLE, "--copy-of", TABLE)
    strange = {"a": ["1", "true", "null", "", "2026-01-01", "17:30", "a: b", "行\n行", "50%"], "b": None, "c": {}, "d": []}
    path = tmp_path / "d.yaml"
    path.write_text(json.dumps(strange, ensure_ascii=False), encoding="utf-8")
    desk.done("li", "tables", "draft", "revise", made, "--content", str(path))
    desk.done("li", "tables", "draft", "revise", made, "--content", edited(desk, made, path))
    contents = [json.loads(one.content) for one in sorted(desk.rows(models.DraftRevision), key=lambda one: one.revision)]
    assert contents[1:] == [strange, strange]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rate_table", TABLE, "--copy-of", "xx-none-2025-1-1"), "✗ /copy_of: 没有 xx-none-2025-1-1 的版本"),
        (("rate_table", TABLE, "--copy-of", TABLE, "--copy-version", "9"), f"✗ /copy_of: 没有 {TABLE} 的版本 9"),
        (("batch", "bj-gjj-2027-1", "--copy-of", "xx-none-2025-1"), "✗ /copy_of: 没有批次 xx-none-2025-1"),
        (("reference_rate", "LPR_1Y", "--copy-of", TABLE), "✗ /copy_of: 标准表从标准表复制，批次从批次复制 / a rate table"),
        (("batch", "bj gjj*"), "✗ /target: 格式应为"),
        (("batch", "bj-gjj-2027-1", "--file", "{folder}/none"), "✗ {folder}/none 不能读写：No such file or directory / "),
        (("batch", "bj-gjj-2027-1", "--file", "{folder}/list"), "✗ /file: 应为一组 键: 值"),
        (("batch", "bj-gjj-2027-1", "--file", "{folder}/latin"), "✗ {folder}/latin 不是 UTF-8 的文本 / {folder}/latin is not a text in UTF-8"),
        (("batch", "bj-gjj-2027-1", "--content", "{folder}/list"), "✗ 应为一组 键: 值"),
        (("batch", "bj-gjj-2027-1", "--file", "{folder}/map", "--content", "{folder}/map"), "✗ /file: content、file、copy_of 只能给出一个 / Give only"),
        (("batch", "bj-gjj-2027-1", "--note", "n" * 501), "✗ /note: 至多 500 个字符，收到 501 个 / At most 500 characters; 501 were sent"),
    ],
)
def test_what_cannot_be_begun_is_refused(desk: Desk, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    (tmp_path / "list").write_text("- a\n")
    (tmp_path / "map").write_text("a: b\n")
    (tmp_path / "latin").write_bytes(b"a: \xe9\n")
    (line,) = desk.refused("li", "tables", "draft", "begin", *(word.format(folder=tmp_path) for word in words))
    assert line.startswith(said.format(folder=tmp_path))
    assert desk.rows(models.Draft) == []


def test_a_revision_says_something(desk: Desk, raising: str) -> None:
    (line,) = desk.refused("li", "tables", "draft", "revise", raising)
    assert line == "✗ /content: content 与 file 须给出一个 / Give one of content and file"
